"""Platform words and message contents are read without guessing and without loss."""

import pytest
from pydantic import ValidationError

from domain.orders import CancelRole, CancelStatus, ChatRole, OrderStatus, OrderType
from tiktok_shop.wire import ChatWords, read_content
from tiktok_shop.words import cancel_role, cancel_status, chat_role, order_status, order_type


@pytest.mark.parametrize("status", [s for s in OrderStatus if s is not OrderStatus.UNKNOWN])
def test_every_api_order_status_reads_as_itself(status: OrderStatus) -> None:
    assert status is order_status(status.value)


@pytest.mark.parametrize("status", [s for s in CancelStatus if s is not CancelStatus.UNKNOWN])
def test_every_api_cancel_status_reads_as_itself(status: CancelStatus) -> None:
    assert status is cancel_status(status.value)


def test_the_webhook_spellings_mean_the_api_states() -> None:
    assert order_status("CANCEL") is OrderStatus.CANCELLED
    assert cancel_status("CANCELLATION_REQUEST_CANCELLED") is CancelStatus.WITHDRAWN


@pytest.mark.parametrize("word", ["", "cancelled", "REVIEWING"])
def test_a_word_we_have_not_met_is_unknown(word: str) -> None:
    assert order_status(word) is OrderStatus.UNKNOWN
    assert cancel_status(word) is CancelStatus.UNKNOWN
    assert cancel_role(word) is CancelRole.UNKNOWN
    assert chat_role(word) is ChatRole.UNKNOWN
    assert order_type(word) is OrderType.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("TEXT", '{"content": "你好 B"}', ("你好 B", "")),
        ("TEXT", '{"content": null}', ("", "")),
        ("TEXT", "plain words", ("plain words", "")),
        ("TEXT", "12", ("12", "")),
        ("TEXT", "", ("", "")),
        ("ORDER_CARD", '{"order_id": "576"}', ("", "576")),
        ("ORDER_CARD", '{"order_id": 576}', ("", "576")),
        ("COUPON_CARD", '{"coupon_id": "9"}', ("", "9")),
        ("PRODUCT_CARD", '{"product_id": "17"}', ("", "17")),
        ("LOGISTICS_CARD", '{"order_id": "576", "package_id": "3"}', ("", "576")),
        ("NOTIFICATION", '{"content": "agent joined"}', ("", "")),
        ("EMOTICONS", "{broken", ("", "")),
    ],
)
def test_content_is_json_inside_a_string(
    kind: str, content: str, expected: tuple[str, str]
) -> None:
    """Only TEXT has words, and a buyer's words survive even when the JSON does not."""
    assert expected == read_content(kind, content)


def test_a_refused_object_never_shows_what_was_in_it() -> None:
    """Received objects hold names, addresses and a buyer's words."""
    with pytest.raises(ValidationError) as caught:
        ChatWords.model_validate({"index": "Somchai, 5 Sukhumvit Rd"})
    assert "Sukhumvit" not in str(caught.value)
