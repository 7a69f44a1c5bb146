"""Cancelling moves money: the client never widens a cancellation and never repeats one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.money import Money
from domain.orders import CancelRole, CancelStatus
from tests.support.shop_gateway import SHOP, SeenCall, ok, refused, shop_with
from tiktok_shop.errors import (
    InvalidRequestError,
    LookFirstError,
    RiskControlError,
    ShopError,
    ShopUnavailableError,
    StateForbidsError,
)

DONE = ok({"cancel_id": 403531, "cancel_status": "CANCELLATION_REQUEST_COMPLETE"})
REASON = "seller_cancel_reason_out_of_stock"
ENTRY = {
    "cancel_id": "403531",
    "order_id": "576",
    "cancel_type": "BUYER_CANCEL",
    "cancel_status": "CANCELLATION_REQUEST_PENDING",
    "role": "BUYER",
    "cancel_reason": "ecom_order_to_ship_canceled_reason_not_shipped_on_time",
    "cancel_reason_text": "Somchai says it is late",
    "create_time": 1_795_000_000,
    "refund_amount": {"currency": "USD", "refund_total": "24.60", "refund_tax": "1.00"},
    "cancel_line_items": [{"order_line_item_id": "11"}, {"order_line_item_id": "12"}],
    "seller_next_action_response": [
        {"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": 1_795_086_400},
    ],
}


async def _cancel(reply: Any, **selection: Any) -> tuple[Any, list[SeenCall]]:
    shop, gateway = shop_with(reply)
    answer = await shop.cancel_order(shop_id=SHOP, order_id="576", reason=REASON, **selection)
    return answer, gateway.calls


async def test_a_whole_order_is_cancelled_by_naming_only_the_order() -> None:
    answer, (call,) = await _cancel(DONE)
    assert call.body == {"order_id": "576", "cancel_reason": REASON}
    assert answer.cancel_id == "403531"
    assert answer.status is CancelStatus.COMPLETE


async def test_units_of_skus_are_named_with_their_quantity() -> None:
    _, (call,) = await _cancel(DONE, sku_quantities={"17": 2, "18": 1})
    assert call.body["skus"] == [
        {"sku_id": "17", "quantity": 2},
        {"sku_id": "18", "quantity": 1},
    ]
    assert "order_line_item_ids" not in call.body


async def test_lines_are_named_by_their_ids() -> None:
    _, (call,) = await _cancel(DONE, line_ids=("11", "12"))
    assert call.body["order_line_item_ids"] == ["11", "12"]
    assert "skus" not in call.body


@pytest.mark.parametrize(
    "selection",
    [
        {"line_ids": []},
        {"sku_quantities": {}},
        {"sku_quantities": {"17": 0}},
        {"sku_quantities": {"17": 1, "18": -1}},
        {"sku_quantities": {"17": 1}, "line_ids": ["11"]},
        {"sku_quantities": {}, "line_ids": []},
    ],
)
async def test_an_empty_or_double_selection_never_becomes_the_whole_order(
    selection: dict[str, Any],
) -> None:
    shop, gateway = shop_with(DONE)
    with pytest.raises(InvalidRequestError):
        await shop.cancel_order(shop_id=SHOP, order_id="576", reason=REASON, **selection)
    assert gateway.calls == []


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (25020009, LookFirstError),
        (25001010, LookFirstError),
        (25001011, LookFirstError),
        (25001028, LookFirstError),
        (36009007, LookFirstError),
        (25001045, StateForbidsError),
        (25001051, StateForbidsError),
        (25001046, RiskControlError),
        (25001014, InvalidRequestError),
    ],
)
async def test_a_refused_cancellation_says_what_to_do(code: int, kind: type[ShopError]) -> None:
    shop, gateway = shop_with(refused(code))
    with pytest.raises(ShopError) as caught:
        await shop.cancel_order(shop_id=SHOP, order_id="576", reason=REASON)
    assert type(caught.value) is kind
    assert len(gateway.calls) == 1


async def test_an_answer_without_a_cancel_id_may_have_cancelled() -> None:
    with pytest.raises(ShopUnavailableError, match="cancel_id") as caught:
        await _cancel(ok({}))
    assert caught.value.may_have_executed


async def test_a_cancellation_is_read_without_the_buyers_words() -> None:
    shop, gateway = shop_with(ok({"cancellations": [ENTRY]}))
    (found,) = await shop.cancellations(shop_id=SHOP, order_ids=["576"])
    assert gateway.calls[0].body == {"order_ids": ["576"]}
    assert (found.cancel_id, found.order_id) == ("403531", "576")
    assert found.role is CancelRole.BUYER
    assert found.status is CancelStatus.PENDING
    assert found.refund == Money(amount_minor=2460, currency="USD")
    assert found.line_ids == ("11", "12")
    assert found.created_at == datetime.fromtimestamp(1_795_000_000, UTC)
    assert found.respond_by == datetime.fromtimestamp(1_795_086_400, UTC)
    assert "Somchai" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("steps", "seconds"),
    [
        ([], None),
        ([{"action": "SELLER_RESPOND_REFUND", "deadline": 5}], None),
        ([{"action": "SELLER_RESPOND_CANCEL", "deadline": 1_795_000_007}], 1_795_000_007),
        ([{"action": "SELLER_RESPOND_CANCEL"}], None),
        (
            [
                {"action": "SELLER_RESPOND_CANCEL", "deadline": 1_795_000_009},
                {"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": 1_795_000_008},
            ],
            1_795_000_008,
        ),
    ],
)
async def test_respond_by_is_the_earliest_deadline_of_a_buyers_request(
    steps: list[dict[str, Any]], seconds: int | None
) -> None:
    shop, _ = shop_with(ok({"cancellations": [ENTRY | {"seller_next_action_response": steps}]}))
    (found,) = await shop.cancellations(shop_id=SHOP, order_ids=["576"])
    expected = datetime.fromtimestamp(seconds, UTC) if seconds else None
    assert expected == found.respond_by


@pytest.mark.parametrize("amount", [None, {}, {"currency": "USD"}, {"refund_total": "1.00"}])
async def test_no_readable_refund_is_none(amount: Any) -> None:
    shop, _ = shop_with(ok({"cancellations": [ENTRY | {"refund_amount": amount}]}))
    (found,) = await shop.cancellations(shop_id=SHOP, order_ids=["576"])
    assert found.refund is None


async def test_every_page_of_cancellations_is_read() -> None:
    shop, gateway = shop_with(
        ok({"cancellations": [ENTRY], "next_page_token": "p2"}),
        ok({"cancellations": [ENTRY | {"cancel_id": "2"}]}),
    )
    found = await shop.cancellations(shop_id=SHOP, order_ids=["576"])
    assert [entry.cancel_id for entry in found] == ["403531", "2"]
    assert gateway.calls[1].query["page_token"] == "p2"
    assert {"50"} == {call.query["page_size"] for call in gateway.calls}


async def test_many_orders_are_asked_for_in_groups_of_fifty() -> None:
    shop, gateway = shop_with(ok({"cancellations": []}))
    await shop.cancellations(shop_id=SHOP, order_ids=[str(number) for number in range(101)])
    assert [50, 50, 1] == [len(call.body["order_ids"]) for call in gateway.calls]


async def test_no_orders_make_no_call() -> None:
    """A search without ids would list every cancellation of the shop."""
    shop, gateway = shop_with(ok())
    assert await shop.cancellations(shop_id=SHOP, order_ids=[]) == []
    assert gateway.calls == []


async def test_an_approval_has_no_body_and_its_key_in_the_query() -> None:
    shop, gateway = shop_with(ok())
    await shop.approve_cancellation(shop_id=SHOP, cancel_id="3", idempotency_key="case-1:approve")
    (call,) = gateway.calls
    assert call.raw_body == b""
    assert call.query["idempotency_key"] == "case-1:approve"


async def test_an_approval_that_was_given_already_asks_for_a_look() -> None:
    shop, _ = shop_with(refused(25020010))
    with pytest.raises(LookFirstError):
        await shop.approve_cancellation(shop_id=SHOP, cancel_id="3", idempotency_key="k")


async def test_a_rejection_names_its_reason() -> None:
    shop, gateway = shop_with(ok())
    await shop.reject_cancellation(
        shop_id=SHOP, cancel_id="3", idempotency_key="k", reason="packed", comment="on its way"
    )
    await shop.reject_cancellation(
        shop_id=SHOP, cancel_id="3", idempotency_key="k", reason="packed"
    )
    assert [
        {"reject_reason": "packed", "comment": "on its way"},
        {"reject_reason": "packed"},
    ] == [call.body for call in gateway.calls]
    assert gateway.calls[0].query["idempotency_key"] == "k"


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_the_platform_cannot_take_is_not_sent(key: str) -> None:
    shop, gateway = shop_with(ok())
    with pytest.raises(InvalidRequestError, match="1 to 255"):
        await shop.approve_cancellation(shop_id=SHOP, cancel_id="3", idempotency_key=key)
    assert gateway.calls == []


async def test_reasons_for_a_rejection_are_asked_for_one_request() -> None:
    shop, gateway = shop_with(ok({"reasons": [{"name": "packed", "text": "Already packed"}]}))
    (reason,) = await shop.reject_reasons(shop_id=SHOP, cancel_id="3")
    assert (reason.name, reason.text) == ("packed", "Already packed")
    assert gateway.calls[0].query["return_or_cancel_id"] == "3"


def _entry(*, eligible: bool = True, **changes: Any) -> dict[str, Any]:
    return {"request_type": "CANCEL", "eligible": eligible} | changes


async def _eligibility(*entries: dict[str, Any]) -> Any:
    skus = [{"sku_id": str(n), "line_item_eligibility": [e]} for n, e in enumerate(entries)]
    shop, gateway = shop_with(ok({"sku_eligibility": skus}))
    found = await shop.cancel_eligibility(shop_id=SHOP, order_id="576")
    assert gateway.calls[0].query["initiate_aftersale_user"] == "SELLER"
    assert gateway.calls[0].query["request_types"] == "CANCEL"
    return found


async def test_eligible_lines_are_joined_and_reasons_are_those_all_of_them_take() -> None:
    found = await _eligibility(
        _entry(order_line_items_ids=["11"], available_reason_names=["stock", "price"]),
        _entry(
            order_line_list=[{"order_line_item_id": "12"}], available_reason_names=["x", "stock"]
        ),
    )
    assert found.eligible
    assert found.line_ids == ("11", "12")
    assert found.reasons == ("stock",)
    assert found.refused_because == ""


async def test_a_partly_eligible_order_names_its_lines_and_the_refusal() -> None:
    found = await _eligibility(
        _entry(order_line_items_ids=["11"]),
        _entry(eligible=False, order_line_items_ids=["12"], ineligible_reason="shipped"),
    )
    assert found.eligible
    assert found.line_ids == ("11",)
    assert found.reasons == ()
    assert found.refused_because == "shipped"


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [_entry(eligible=False, ineligible_reason="shipped")],
        [_entry(request_type="REFUND")],
        [{"request_type": "CANCEL"}],
    ],
)
async def test_without_an_eligible_cancel_entry_the_seller_may_not_cancel(
    entries: list[dict[str, Any]],
) -> None:
    assert not (await _eligibility(*entries)).eligible
