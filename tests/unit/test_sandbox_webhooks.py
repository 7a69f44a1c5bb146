"""Webhooks: registration, envelopes, signatures, retries on the shop clock, flaws on demand."""

import json
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.errors import Code
from sandbox.scenario import Scenario
from sandbox.shops import APP_KEY, APP_SECRET, US_SHOP_ID
from sandbox.signing import webhook_sign
from tests.support.sandbox import InProcess, Receiver, in_process, receiver

_HOOKS = "/event/202309/webhooks"
_ORDER_ID = "577000000000000123"
_NOBODY = "http://127.0.0.1:9/hooks"


def _shops(**scenario: Any) -> Any:
    lines = [{"sku_id": "1729500000000001101", "quantity": 1}]
    seed = {"orders": [{"id": _ORDER_ID, "shop_id": US_SHOP_ID, "line_items": lines}]}
    return in_process(create_app(seed=seed, scenario=Scenario.parse(scenario)))


async def test_an_address_is_registered_listed_and_removed() -> None:
    async with _shops() as held:
        await held.shop.register("http://127.0.0.1:1/a", "NEW_MESSAGE")
        await held.shop.register("http://127.0.0.1:1/b", "NEW_MESSAGE")
        listed = await held.shop.data("GET", _HOOKS)
        await held.shop.data("DELETE", _HOOKS, {"event_type": "NEW_MESSAGE"})
        after = await held.shop.data("GET", _HOOKS)
    (hook,) = listed["webhooks"]
    assert ("NEW_MESSAGE", "http://127.0.0.1:1/b") == (hook["event_type"], hook["address"])
    assert (1, 0) == (listed["total_count"], after["total_count"])


@pytest.mark.parametrize(
    "body",
    [
        {"event_type": "NO_SUCH_EVENT", "address": _NOBODY},
        {"event_type": "NEW_MESSAGE", "address": "ftp://x"},
        {"event_type": "NEW_MESSAGE", "address": "http://" + "x" * 250},
        {"event_type": "NEW_MESSAGE"},
    ],
)
async def test_a_registration_that_cannot_work_is_refused(body: dict[str, str]) -> None:
    async with _shops() as held:
        assert Code.BAD_PARAMETER == (await held.shop.call("PUT", _HOOKS, body))["code"]


async def test_the_body_of_a_delete_is_signed() -> None:
    async with _shops() as held:
        body = {"event_type": "NEW_MESSAGE"}
        good = await held.shop.raw("DELETE", _HOOKS, body)
        headers = {"x-tts-access-token": held.shop.token}
        bad = await held.http.request("DELETE", good.request.url, headers=headers, content=b"{ }")
    assert (200, 401) == (good.status_code, bad.status_code)


async def _cancelled(held: InProcess, hooks: Receiver) -> None:
    await held.shop.register(hooks.url, "ORDER_STATUS_CHANGE", "CANCELLATION_STATUS_CHANGE")
    await held.shop.cancel(_ORDER_ID)
    await held.advance(0)


async def test_a_cancellation_is_told_in_the_webhooks_own_spelling() -> None:
    async with _shops() as held, receiver() as hooks:
        await _cancelled(held, hooks)
        (order,), (cancellation,) = hooks.notifications(1), hooks.notifications(11)
    assert "CANCEL" == order["data"]["order_status"]
    assert US_SHOP_ID == order["shop_id"]
    assert ("SELLER", "CANCELLATION_REQUEST_COMPLETE", _ORDER_ID) == (
        cancellation["data"]["cancellations_role"],
        cancellation["data"]["cancel_status"],
        cancellation["data"]["order_id"],
    )
    assert order["tts_notification_id"] != cancellation["tts_notification_id"]


async def test_a_withdrawn_request_is_spelt_cancelled() -> None:
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(hooks.url, "CANCELLATION_STATUS_CHANGE")
        cancel_id = (await held.cancel(_ORDER_ID))["cancel_id"]
        path = f"/return_refund/202309/cancellations/{cancel_id}/reject"
        reason = "seller_reject_apply_product_has_been_packed"
        await held.shop.data("POST", path, {"reject_reason": reason})
        await held.advance(0)
        statuses = [one["data"]["cancel_status"] for one in hooks.notifications(11)]
    assert ["CANCELLATION_REQUEST_PENDING", "CANCELLATION_REQUEST_CANCELLED"] == statuses


async def test_every_delivery_is_signed_over_its_raw_body() -> None:
    async with _shops() as held, receiver() as hooks:
        await _cancelled(held, hooks)
        for body, signature in zip(hooks.bodies, hooks.signatures, strict=True):
            expected = webhook_sign(app_key=APP_KEY, secret=APP_SECRET, raw_body=body)
            assert expected == signature


async def test_messages_of_both_sides_are_told_with_their_role() -> None:
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(hooks.url, "NEW_MESSAGE", "NEW_CONVERSATION")
        await held.say(_ORDER_ID, "A")
        user_id = (await held.order(_ORDER_ID))["user_id"]
        conversation = await held.shop.conversation(user_id)
        await held.shop.send(conversation, content="Thank you")
        await held.advance(0)
        roles = [one["data"]["sender"]["role"] for one in hooks.notifications(14)]
        first = hooks.notifications(14)[0]["data"]
        assert ["BUYER", "CUSTOMER_SERVICE"] == roles
        assert 1 == len(hooks.notifications(13))
        assert ({"content": "A"}, conversation) == (
            json.loads(first["content"]),
            first["conversation_id"],
        )
        assert isinstance(first["index"], str)


async def test_stock_running_out_is_told_once() -> None:
    path = "/product/202309/products/1729500000000000101/inventory/update"
    sku = {"id": "1729500000000001101"}
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(hooks.url, "INVENTORY_STATUS_CHANGE")
        for quantity in (30, 0, 0, 3):
            body = {"skus": [sku | {"inventory": [{"quantity": quantity}]}]}
            await held.shop.data("POST", path, body)
        await held.advance(0)
        levels = [one["data"]["current_inventory_status"] for one in hooks.notifications(27)]
    assert ["OUT_OF_STOCK", "LOW_STOCK"] == levels


async def test_cancelling_one_unit_of_a_packed_order_updates_the_package() -> None:
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(hooks.url, "PACKAGE_UPDATE")
        lines = [{"sku_id": "1729500000000001101", "quantity": 2}]
        package = [{"id": "1152900000000000009"}]
        (order,) = await held.put_orders(
            {"shop_id": US_SHOP_ID, "line_items": lines, "packages": package}
        )
        line = order["line_items"][0]["id"]
        await held.shop.cancel(order["id"], order_line_item_ids=[line])
        await held.advance(0)
        (update,) = hooks.notifications(4)
    assert "PARTLY_CANCEL_SPLIT" == update["data"]["sc_type"]
    assert [order["id"]] == update["data"]["package_list"][0]["order_id_list"]


async def test_orders_that_come_to_travel_together_are_told() -> None:
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(hooks.url, "PACKAGE_UPDATE")
        parcel = {"packages": [{"id": "1152900000000000009"}], "status": "AWAITING_COLLECTION"}
        lines = [{"sku_id": "1729500000000001101"}]
        order = {"shop_id": US_SHOP_ID, "line_items": lines, **parcel}
        first, second = await held.put_orders(order, order)
        await held.advance(0)
        (update,) = hooks.notifications(4)
    assert "COMBINE" == update["data"]["sc_type"]
    (package,) = update["data"]["package_list"]
    assert [first["id"], second["id"]] == package["order_id_list"]


async def test_a_late_scan_is_told_per_order_and_a_missing_driver_never() -> None:
    """The platform has no notification of its own for the carrier."""
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(hooks.url, "ORDER_STATUS_CHANGE", "PACKAGE_UPDATE")
        parcel = {"packages": [{"id": "1152900000000000009"}], "status": "AWAITING_COLLECTION"}
        lines = [{"sku_id": "1729500000000001101"}]
        order = {"shop_id": US_SHOP_ID, "line_items": lines, **parcel}
        orders = await held.put_orders(order, order)
        await held.advance(0)
        known = len(hooks.bodies)
        await held.carrier("1152900000000000009", "no_show")
        await held.advance(0)
        assert known == len(hooks.bodies)
        await held.carrier("1152900000000000009", "scanned")
        await held.advance(0)
        told = [one["data"] for one in hooks.notifications(1)[-2:]]
    assert [one["id"] for one in orders] == [one["order_id"] for one in told]
    assert {"IN_TRANSIT"} == {one["order_status"] for one in told}


async def test_a_count_that_empties_the_shelf_is_told() -> None:
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(hooks.url, "INVENTORY_STATUS_CHANGE")
        await held.stock("1729500000000001101", 0)
        await held.advance(0)
        (told,) = hooks.notifications(27)
    assert "1729500000000001101" == told["data"]["sku_id"]
    assert "OUT_OF_STOCK" == told["data"]["current_inventory_status"]


async def test_only_registered_types_are_told() -> None:
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(hooks.url, "NEW_MESSAGE")
        await held.shop.cancel(_ORDER_ID)
        await held.advance(0)
        assert [] == hooks.notifications()
        assert [] == await held.deliveries()


async def test_a_refused_delivery_is_tried_five_times_on_the_shop_clock() -> None:
    async with _shops() as held, receiver() as hooks:
        hooks.status = 503
        await held.shop.register(hooks.url, "ORDER_STATUS_CHANGE")
        await held.shop.cancel(_ORDER_ID)
        counts = []
        for seconds in (0, 119, 2, 1800, 3 * 3600, 12 * 3600, 40 * 3600):
            await held.advance(seconds)
            counts.append(len(hooks.bodies))
        (delivery,) = await held.deliveries()
        assert [1, 1, 2, 3, 4, 5, 5] == counts
        assert 1 == len(set(hooks.bodies)), "the same bytes each time"
    assert "given_up" == delivery["state"]
    assert [503] * 5 == [attempt["status"] for attempt in delivery["attempts"]]


async def test_a_retry_that_succeeds_is_the_last() -> None:
    async with _shops() as held, receiver() as hooks:
        hooks.status = 500
        await held.shop.register(hooks.url, "ORDER_STATUS_CHANGE")
        await held.shop.cancel(_ORDER_ID)
        await held.advance(0)
        hooks.status = 200
        reading = await held.clock()
        assert reading["next_event_at"]
        await held.advance(40 * 3600)
        (delivery,) = await held.deliveries()
        assert 2 == len(hooks.bodies)
    assert "delivered" == delivery["state"]


async def test_nobody_at_the_address_counts_as_a_failed_attempt() -> None:
    async with _shops() as held:
        await held.shop.register(_NOBODY, "ORDER_STATUS_CHANGE")
        await held.shop.cancel(_ORDER_ID)
        await held.advance(0)
        (delivery,) = await held.deliveries()
    assert "pending" == delivery["state"]
    assert "ConnectError" in delivery["attempts"][0]["error"]


async def test_a_retry_goes_to_the_address_registered_by_then() -> None:
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(_NOBODY, "ORDER_STATUS_CHANGE")
        await held.shop.cancel(_ORDER_ID)
        await held.advance(0)
        await held.shop.register(hooks.url, "ORDER_STATUS_CHANGE")
        await held.advance(121)
        assert 1 == len(hooks.bodies)


async def _told(count: int, **flaws: Any) -> list[str]:
    """Return the texts of *count* buyer messages as a receiver sees them."""
    async with _shops(webhooks=flaws) as held, receiver() as hooks:
        await held.shop.register(hooks.url, "NEW_MESSAGE")
        for number in range(count):
            await held.say(_ORDER_ID, str(number))
        await held.advance(120)
        contents = [one["data"]["content"] for one in hooks.notifications(14)]
    return [json.loads(content)["content"] for content in contents]


@pytest.mark.parametrize(
    ("flaws", "told"),
    [
        ({}, ["0", "1", "2", "3"]),
        ({"drop_every": 2}, ["0", "2"]),
        ({"double_every": 2}, ["0", "1", "1", "2", "3", "3"]),
        ({"delay_seconds": 100}, ["0", "1", "2", "3"]),
        ({"delay_seconds": 1000}, []),
        ({"reorder": True}, ["1", "3", "0", "2"]),
    ],
)
async def test_webhooks_get_lost_doubled_late_or_reordered(
    flaws: dict[str, Any], told: list[str]
) -> None:
    assert told == await _told(4, **flaws)


async def test_any_notification_can_be_sent_by_hand() -> None:
    async with _shops() as held, receiver() as hooks:
        await held.shop.register(hooks.url, "RECIPIENT_ADDRESS_UPDATE")
        body = {"shop_id": US_SHOP_ID, "type": 3, "data": {"order_id": _ORDER_ID}}
        answer = await held.http.post("/_control/webhooks", json=body)
        bad = await held.http.post("/_control/webhooks", json=body | {"type": 999})
        await held.advance(0)
        assert (200, 400) == (answer.status_code, bad.status_code)
        assert [{"order_id": _ORDER_ID}] == [one["data"] for one in hooks.notifications(3)]
