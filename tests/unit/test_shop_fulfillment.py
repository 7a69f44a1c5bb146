"""Packages, pickup slots and tracking are read as the platform means them."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from tests.support.shop_gateway import NOW, REQUEST_ID, SHOP, answer, ok, refused, shop_with
from tiktok_shop.errors import (
    InvalidRequestError,
    NotFoundError,
    ShopUnavailableError,
    StateForbidsError,
)
from tiktok_shop.fulfillment import HandoverMethod, PackageStatus, PickupSlot
from tiktok_shop.reports import CUT

FROM, UNTIL = datetime(2026, 11, 21, 8, tzinfo=UTC), datetime(2026, 11, 21, 12, tzinfo=UTC)
SLOT = PickupSlot(start=FROM, end=UNTIL)


PACKAGE = {
    "package_id": "1153",
    "package_status": "PROCESSING",
    "package_sub_status": "RTS",
    "orders": [{"id": "576", "skus": []}, {"id": "577"}],
    "order_line_item_ids": ["11", "12"],
    "handover_method": "PICKUP",
    "pickup_slot": {"start_time": 1_795_000_000, "end_time": 1_795_010_000},
    "tracking_number": "JX1",
    "shipping_provider_name": "J&T",
    "update_time": 1_795_000_500,
    "recipient_address": {"name": "Somchai"},
    "sender_address": {"name": "Warehouse worker"},
}


async def test_a_package_names_its_orders_and_its_pickup_and_no_person() -> None:
    shop, _ = shop_with(ok(PACKAGE))
    found = await shop.package(shop_id=SHOP, package_id="1153")
    assert found is not None
    assert found.status is PackageStatus.PROCESSING
    assert (found.sub_status, found.handover_method) == ("RTS", "PICKUP")
    assert found.order_ids == ("576", "577")
    assert found.line_ids == ("11", "12")
    assert found.pickup_from == datetime.fromtimestamp(1_795_000_000, UTC)
    assert found.pickup_until == datetime.fromtimestamp(1_795_010_000, UTC)
    assert found.updated_at == datetime.fromtimestamp(1_795_000_500, UTC)
    assert (found.tracking_number, found.carrier) == ("JX1", "J&T")
    assert "Somchai" not in found.model_dump_json()
    assert "worker" not in found.model_dump_json()


async def test_an_unmet_package_state_is_unknown() -> None:
    shop, _ = shop_with(ok(PACKAGE | {"package_status": "TELEPORTED", "pickup_slot": None}))
    found = await shop.package(shop_id=SHOP, package_id="1153")
    assert found is not None
    assert found.status is PackageStatus.UNKNOWN
    assert found.pickup_from is None


async def test_a_package_of_another_shop_is_none() -> None:
    shop, _ = shop_with(refused(21011028))
    assert await shop.package(shop_id=SHOP, package_id="1153") is None


async def test_a_package_says_what_holds_it_up_and_since_when_it_stands() -> None:
    more = {"ship_exception_reason": "NO_PICKUP", "shipping_type": "TIKTOK", "create_time": 5}
    shop, _ = shop_with(ok(PACKAGE | more))
    found = await shop.package(shop_id=SHOP, package_id="1153")
    assert found is not None
    assert (found.ship_exception_reason, found.shipping_type) == ("NO_PICKUP", "TIKTOK")
    assert found.created_at == datetime.fromtimestamp(5, UTC)


async def test_a_report_keeps_the_platforms_words_but_nobodys_name() -> None:
    shop, _ = shop_with(ok(PACKAGE | {"future_field": [1, {"phone_number": "555"}]}))
    found = await shop.package_report(shop_id=SHOP, package_id="1153")
    assert found is not None
    kept = json.loads(found.report.text)
    assert (kept["code"], kept["message"], kept["request_id"]) == (0, "Success", REQUEST_ID)
    assert kept["data"]["pickup_slot"] == PACKAGE["pickup_slot"]
    assert kept["data"]["recipient_address"] == CUT
    assert kept["data"]["future_field"] == [1, {"phone_number": CUT}]
    assert found.report.request_id == REQUEST_ID
    assert found.report.received_at == NOW
    assert found.report.path == "/fulfillment/202309/packages/1153"
    assert found.report.cut == (
        "data.recipient_address",
        "data.sender_address",
        "data.future_field[1].phone_number",
    )
    assert found.package.package_id == "1153"


LISTED = {
    "id": "1153",
    "status": "PROCESSING",
    "orders": [{"id": "576"}],
    "tracking_number": "JX1",
    "shipping_provider_name": "J&T",
    "create_time": 1_795_000_000,
    "update_time": 1_795_000_500,
}


async def test_a_search_reads_the_short_field_names_and_sends_only_what_is_asked() -> None:
    shop, gateway = shop_with(ok({"packages": [LISTED], "next_page_token": "p2"}))
    page = await shop.search_packages(
        shop_id=SHOP, status=PackageStatus.PROCESSING, created_from=FROM, updated_before=UNTIL
    )
    (found,) = page.packages
    assert (found.package_id, found.status) == ("1153", PackageStatus.PROCESSING)
    assert (found.order_ids, found.carrier, found.pickup_until) == (("576",), "J&T", None)
    assert page.next_page_token == "p2"
    assert gateway.calls[0].query["page_size"] == "50"
    assert gateway.calls[0].body == {
        "package_status": "PROCESSING",
        "create_time_ge": int(FROM.timestamp()),
        "update_time_lt": int(UNTIL.timestamp()),
    }


async def test_a_search_goes_on_from_a_page_token() -> None:
    shop, gateway = shop_with(ok({}))
    page = await shop.search_packages(shop_id=SHOP, page_token="p2+/=", page_size=7)
    assert (page.packages, page.next_page_token) == ((), None)
    assert gateway.calls[0].query["page_token"] == "p2+/="
    assert gateway.calls[0].raw_body == b""


async def test_all_packages_come_once_even_if_pages_overlap() -> None:
    shop, gateway = shop_with(
        ok({"packages": [LISTED, LISTED | {"id": "1154"}], "next_page_token": "p2"}),
        ok({"packages": [LISTED | {"id": "1154"}, LISTED | {"id": "1155"}]}),
    )
    found = [p.package_id async for p in shop.all_packages(shop_id=SHOP, updated_from=FROM)]
    assert found == ["1153", "1154", "1155"]
    assert [call.query.get("page_token") for call in gateway.calls] == [None, "p2"]


@pytest.mark.parametrize("spelling", ["avaliable", "available"])
async def test_slots_are_read_in_the_wires_spelling_and_in_the_right_one(spelling: str) -> None:
    window = {"start_time": int(FROM.timestamp()), "end_time": int(UNTIL.timestamp())}
    slots = [window | {spelling: False}, window]
    shop, _ = shop_with(ok({"can_pickup": True, "can_drop_off": False, "pickup_slots": slots}))
    offered = await shop.handover_slots(shop_id=SHOP, package_id="1153")
    assert (offered.can_pickup, offered.can_drop_off) == (True, False)
    assert [slot.available for slot in offered.slots] == [False, True]
    assert (offered.slots[1].start, offered.slots[1].end) == (FROM, UNTIL)


async def test_slots_of_an_unknown_package_are_not_an_empty_list() -> None:
    shop, _ = shop_with(refused(21011028))
    with pytest.raises(NotFoundError):
        await shop.handover_slots(shop_id=SHOP, package_id="1153")


async def test_a_pickup_is_booked_for_its_slot() -> None:
    shop, gateway = shop_with(ok())
    await shop.ship_package(shop_id=SHOP, package_id="1153", slot=SLOT)
    assert gateway.calls[0].body == {
        "handover_method": "PICKUP",
        "pickup_slot": {"start_time": int(FROM.timestamp()), "end_time": int(UNTIL.timestamp())},
    }


async def test_a_drop_off_has_no_slot() -> None:
    shop, gateway = shop_with(ok())
    drop = HandoverMethod.DROP_OFF
    await shop.ship_package(shop_id=SHOP, package_id="1153", method=drop)
    assert gateway.calls[0].body == {"handover_method": "DROP_OFF"}
    with pytest.raises(InvalidRequestError, match="leave it out"):
        await shop.ship_package(shop_id=SHOP, package_id="1153", method=drop, slot=SLOT)
    assert len(gateway.calls) == 1


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (21011006, StateForbidsError),
        (21011053, StateForbidsError),
        (21011054, InvalidRequestError),
    ],
)
async def test_a_booking_that_is_refused_says_whether_to_read_again(
    code: int, kind: type[Exception]
) -> None:
    shop, _ = shop_with(refused(code))
    with pytest.raises(kind):
        await shop.ship_package(shop_id=SHOP, package_id="1153", slot=SLOT)


@pytest.mark.parametrize(
    ("failure", "open_"), [(httpx.ReadTimeout("x"), True), (httpx.ConnectError("x"), False)]
)
async def test_a_lost_answer_says_whether_the_pickup_may_be_booked(
    failure: Exception, *, open_: bool
) -> None:
    shop, _ = shop_with(failure)
    with pytest.raises(ShopUnavailableError) as caught:
        await shop.ship_package(shop_id=SHOP, package_id="1153", slot=SLOT)
    assert caught.value.may_have_executed is open_


TRACKING = [
    {"description": "Collected", "update_time_millis": 1_795_000_900_500, "action_code": 3},
    {"description": "Label created", "update_time_millis": 1_795_000_000_000},
]


async def test_tracking_comes_in_the_order_of_time_with_its_answer() -> None:
    shop, _ = shop_with(ok({"tracking": TRACKING}))
    found = await shop.order_tracking(shop_id=SHOP, order_id="576")
    assert found is not None
    assert [event.description for event in found.events] == ["Label created", "Collected"]
    assert found.events[1].at == datetime.fromtimestamp(1_795_000_900.5, UTC)
    assert found.events[1].action_code == "3"
    assert json.loads(found.report.text) == answer({"tracking": TRACKING})


async def test_tracking_of_an_unknown_order_is_none_and_an_absurd_time_an_outage() -> None:
    shop, _ = shop_with(refused(21008111), ok({"tracking": [{"update_time_millis": 10**20}]}))
    assert await shop.order_tracking(shop_id=SHOP, order_id="576") is None
    with pytest.raises(ShopUnavailableError):
        await shop.order_tracking(shop_id=SHOP, order_id="576")
