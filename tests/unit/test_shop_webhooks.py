"""Webhooks: only the app's own signature counts, and a malformed body is refused by name."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.orders import CancelRole, CancelStatus, ChatRole, OrderStatus
from tests.support.shop_gateway import digest_of
from tiktok_shop.webhooks import (
    MalformedNotificationError,
    StockLevel,
    WebhookType,
    is_authentic,
    read_cancellation,
    read_message,
    read_notification,
    read_order_status,
    read_packages,
    read_stock,
)

_DATA = json.loads(
    (Path(__file__).parents[1] / "data" / "webhook_signing.json").read_text(encoding="utf-8")
)
VALID: list[dict[str, Any]] = _DATA["vectors"]
INVALID: list[dict[str, Any]] = _DATA["negative"]


def _check(vector: dict[str, Any], authorization: object) -> bool:
    return is_authentic(
        app_key=vector["app_key"],
        app_secret=vector["app_secret"],
        raw_body=vector["raw_body"].encode(),
        authorization=authorization,
    )


@pytest.mark.parametrize("vector", VALID, ids=lambda vector: vector["id"])
def test_a_genuine_webhook_is_authentic(vector: dict[str, Any]) -> None:
    assert _check(vector, vector["authorization_header"])


@pytest.mark.parametrize("vector", INVALID, ids=lambda vector: vector["id"])
def test_a_changed_body_is_not_authentic(vector: dict[str, Any]) -> None:
    assert not _check(vector, vector["authorization_header"])


@pytest.mark.parametrize(
    "header",
    [None, "", "null", 5, b"bytes", "签名", "\udcff", "a" * 10_000, ["list"]],
)
def test_garbage_in_the_header_is_false_and_never_an_exception(header: object) -> None:
    assert not _check(VALID[0], header)


@pytest.mark.parametrize("change", [str.upper, lambda digest: f"Bearer {digest}"])
def test_only_the_exact_lower_case_digest_counts(change: Any) -> None:
    assert not _check(VALID[0], change(VALID[0]["authorization_header"]))


def test_the_key_is_part_of_what_is_signed() -> None:
    body = b"{}"
    signed = digest_of("key-a", "secret", body)
    assert is_authentic(app_key="key-a", app_secret="secret", raw_body=body, authorization=signed)
    assert not is_authentic(
        app_key="key-b", app_secret="secret", raw_body=body, authorization=signed
    )


def test_the_official_example_reads_as_an_envelope() -> None:
    notification = read_notification(VALID[0]["raw_body"].encode())
    assert notification.type == 1
    assert notification.known_type is WebhookType.ORDER_STATUS_CHANGE
    assert notification.notification_id == "7380066284010030890"
    assert notification.shop_id == "7495540735365777507"
    assert notification.sent_at == datetime(2024, 6, 13, 19, 6, 25, tzinfo=UTC)
    changed = read_order_status(notification.data)
    assert changed.status is OrderStatus.UNPAID
    assert changed.order_id == "576653688135258178"


def test_a_missing_notification_id_is_none() -> None:
    assert read_notification(VALID[1]["raw_body"].encode()).notification_id is None


def test_a_seller_level_event_has_no_shop() -> None:
    body = b'{"type": 6, "timestamp": 1700000000, "data": {"message": "x"}, "shop_id": null}'
    notification = read_notification(body)
    assert notification.shop_id is None
    assert notification.known_type is WebhookType.SELLER_DEAUTHORIZATION


def test_an_unknown_type_and_unknown_fields_are_kept_out_of_the_way() -> None:
    body = b'{"type": 4711, "timestamp": 1700000000, "shop_id": 12, "future": [1]}'
    notification = read_notification(body)
    assert notification.known_type is None
    assert notification.shop_id == "12"
    assert notification.data == {}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'"text"',
        b'{"type": "one", "timestamp": 1700000000}',
        b'{"timestamp": 1700000000}',
        b'{"type": 1}',
        b'{"type": 1, "timestamp": 0}',
        b'{"type": 1, "timestamp": -5}',
        b'{"type": 1, "timestamp": 99999999999999999}',
        b'{"type": 1, "timestamp": 1700000000, "data": "text"}',
    ],
)
def test_a_malformed_envelope_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedNotificationError):
        read_notification(body)


def test_a_refusal_names_the_field_and_never_quotes_the_body() -> None:
    """A body may hold a buyer's words."""
    with pytest.raises(MalformedNotificationError, match=r"data\.index") as caught:
        read_message({"message_id": "1", "conversation_id": "2", "index": "my address is 5"})
    assert "my address" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_webhook_spelling_cancel_is_cancelled() -> None:
    changed = read_order_status(
        {"order_id": 576, "order_status": "CANCEL", "update_time": 1700000000}
    )
    assert changed.status is OrderStatus.CANCELLED
    assert changed.order_id == "576"


def test_a_cancellation_reads_the_webhook_spelling_of_withdrawn() -> None:
    changed = read_cancellation(
        {
            "order_id": "576486316948490001",
            "cancel_id": "4035318504086604100",
            "cancellations_role": "BUYER",
            "cancel_status": "CANCELLATION_REQUEST_CANCELLED",
            "create_time": 1700000001,
        }
    )
    assert changed.status is CancelStatus.WITHDRAWN
    assert changed.role is CancelRole.BUYER
    assert changed.cancel_id == "4035318504086604100"


def test_a_package_event_gives_one_fact_per_package() -> None:
    first, second = read_packages(
        {
            "sc_type": "COMBINE",
            "role_type": "ROLE_SELLER",
            "package_list": [
                {"package_id": 1, "order_id_list": ["11", "12"]},
                {"package_id": "2", "order_id_list": ["13"]},
            ],
            "update_time": 1700000000,
        }
    )
    assert (first.package_id, first.order_ids) == ("1", ("11", "12"))
    assert (second.package_id, second.order_ids) == ("2", ("13",))
    assert {first.status, second.status} == {"COMBINE"}


MESSAGE = {
    "message_id": "7",
    "index": "1700000000123456",
    "conversation_id": "c1",
    "type": "TEXT",
    "content": '{"content": "A please"}',
    "create_time": 1700000000,
    "is_visible": True,
    "sender": {"im_user_id": "9", "role": "BUYER"},
}


def test_a_message_reads_its_text_out_of_the_inner_json() -> None:
    arrived = read_message(MESSAGE)
    assert arrived.conversation_id == "c1"
    assert arrived.message.message_id == "7"
    assert arrived.message.index == 1700000000123456
    assert arrived.message.role is ChatRole.BUYER
    assert arrived.message.text == "A please"
    assert arrived.message.visible
    assert arrived.message.sent_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_an_invisible_message_stays_marked() -> None:
    assert not read_message(MESSAGE | {"is_visible": False}).message.visible


def test_an_unknown_speaker_is_never_the_buyer() -> None:
    arrived = read_message(MESSAGE | {"sender": {"role": "buyer"}})
    assert arrived.message.role is ChatRole.UNKNOWN


@pytest.mark.parametrize("index", [None, "", "soon"])
def test_a_message_without_a_readable_index_is_refused(index: str | None) -> None:
    with pytest.raises(MalformedNotificationError, match="index"):
        read_message(MESSAGE | {"index": index})


def test_a_message_from_time_zero_is_refused() -> None:
    with pytest.raises(MalformedNotificationError, match="unix second"):
        read_message(MESSAGE | {"create_time": 0})


STOCK = {
    "product_id": 1729384750000000001,
    "sku_id": "1729384750000000002",
    "current_inventory_status": "OUT_OF_STOCK",
    "update_time": 1700000000,
}


def test_a_stock_event_takes_ids_that_come_as_numbers() -> None:
    changed = read_stock(STOCK)
    assert changed.product_id == "1729384750000000001"
    assert changed.status is StockLevel.OUT_OF_STOCK


@pytest.mark.parametrize(
    ("distribution", "available", "committed"),
    [
        ({"available_quantity": 0, "committed_quantity": 7}, 0, 7),
        ({"available_quantity": "many", "committed_quantity": -1}, None, None),
        ({}, None, None),
        ([{"available_quantity": 1}], None, None),
        (None, None, None),
    ],
)
def test_the_counts_of_a_stock_event_are_taken_where_there_are_any(
    distribution: Any, available: int | None, committed: int | None
) -> None:
    """Rule: nobody says what the counts look like, so that none is a reason to refuse it."""
    changed = read_stock(STOCK | {"inventory_distribution": distribution})
    assert (available, committed) == (changed.available, changed.committed)


def test_a_stock_level_we_have_not_met_is_unknown() -> None:
    changed = read_stock(STOCK | {"current_inventory_status": "NEARLY"})
    assert changed.status is StockLevel.UNKNOWN


@pytest.mark.parametrize(
    "read", [read_order_status, read_packages, read_cancellation, read_message, read_stock]
)
def test_every_reader_refuses_empty_data(read: Any) -> None:
    with pytest.raises(MalformedNotificationError):
        read({})
