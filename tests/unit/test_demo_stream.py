"""One stream, three ways to write it: they must tell the same story."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casedesk.demo.evening import Evening, make_evening
from casedesk.demo.files import (
    CARRIER,
    ads_book,
    carriers_book,
    sandbox_orders,
    scenario,
    suppliers_book,
    write_export,
)
from casedesk.demo.incidents import INCIDENTS, SCARVES, DemoIncident
from casedesk.demo.parcels import PARCELS
from casedesk.demo.roles import SEVERAL, cast_of, lamp_roles, scarf_roles, th_roles, us_roles
from casedesk.demo.shops import SHOPS, TH, US, DemoShop
from casedesk.demo.stream import NOBODY, DemoOrder, Stream, make_stream
from casedesk.demo.week import SIZE
from casedesk.intake import plan_shortage, read_export
from domain.ad_maps import parse_ads
from domain.carriers import parse_carriers
from domain.choices import Choice
from domain.orders import OrderStatus
from domain.replies import read_reply
from domain.suppliers import parse_suppliers
from sandbox.app import create_app
from sandbox.scenario import Scenario

FOUND = datetime(2026, 11, 25, 3, tzinfo=UTC)
ALL = tuple(Choice)


@pytest.fixture(name="stream", params=[40, SIZE], ids=["small", "full"])
def a_stream(request: pytest.FixtureRequest) -> Stream:
    return make_stream(FOUND, request.param)


@pytest.fixture(scope="module")
def evening(tmp_path_factory: pytest.TempPathFactory) -> Evening:
    """The smallest evening, read back from its exports."""
    return make_evening(FOUND, 40, tmp_path_factory.mktemp("exports"))


def test_the_full_stream_has_two_shops_two_short_skus_and_enough_orders() -> None:
    stream = make_stream(FOUND, SIZE)
    assert 120 <= len(stream.orders)
    assert {"US", "TH"} == {order.shop.region for order in stream.orders}
    assert 2 == len({shop.short.sku_id for shop in SHOPS})


def test_it_was_all_ordered_before_the_shortage_was_found(stream: Stream) -> None:
    assert all(order.created_at < FOUND for order in stream.orders)


def test_order_ids_differ_in_the_digits_that_buyers_are_told(stream: Stream) -> None:
    for shop in SHOPS:
        digits = [order.order_id[-6:] for order in stream.of(shop)]
        assert len(digits) == len(set(digits))


@pytest.mark.parametrize("shop", SHOPS, ids=["US", "TH"])
def test_the_export_reads_back_as_the_stream(
    stream: Stream, shop: DemoShop, tmp_path: Path
) -> None:
    intake = read_export(write_export(stream, shop, tmp_path), market=shop.region)
    assert () == intake.bad_rows
    told = {order.order_id: order for order in intake.orders}
    assert [order.order_id for order in stream.of(shop)] == list(told)
    for order in stream.of(shop):
        read = told[order.order_id]
        assert order.total == read.total
        assert order.paid_at == read.paid_at
        assert order.created_at == read.created_at
        assert [units for _, units in order.lines] == [line.quantity for line in read.lines]


@pytest.mark.parametrize("shop", SHOPS, ids=["US", "TH"])
def test_the_counted_stock_serves_those_who_came_first_and_nobody_with_a_role(
    stream: Stream, shop: DemoShop, tmp_path: Path
) -> None:
    intake = read_export(write_export(stream, shop, tmp_path), market=shop.region)
    plan = plan_shortage(intake, sku=shop.short.seller_sku, on_hand=stream.on_hand(shop.short))
    roles = {order.order_id: order.role for order in stream.of(shop)}
    assert plan.served
    assert all(roles[one.order_id] is NOBODY for one in plan.served)
    assert all(roles[one.order_id] is not NOBODY for one in plan.short)
    with_role = [order for order in stream.holding(shop.short) if order.role is not NOBODY]
    assert len(with_role) == len(plan.short)
    assert 4 == len(plan.skipped)


def test_the_sandbox_takes_the_orders_and_the_scenario(stream: Stream) -> None:
    seed = json.loads(json.dumps(sandbox_orders(stream)))
    plan = Scenario.parse(json.loads(json.dumps(scenario(stream))))
    app = create_app(seed=seed, scenario=plan, state=None)
    assert app is not None


def test_the_sandbox_holds_what_the_export_says(stream: Stream) -> None:
    held = {order["id"]: order for order in sandbox_orders(stream)["orders"]}
    assert [order.order_id for order in stream.orders] == list(held)
    for order in stream.orders:
        shown = held[order.order_id]
        assert order.status.value == shown["status"]
        assert (order.paid_at is None) == (shown["paid_time"] is None)
        assert order.role.cash_on_delivery == shown["is_cod"]


def test_every_buyer_with_a_role_has_its_habit_and_only_once(stream: Stream) -> None:
    named = Counter(one for habit in scenario(stream)["habits"] for one in habit.get("orders", []))
    wanted = {order.order_id for order in stream.orders if order.role is not NOBODY}
    assert dict.fromkeys(wanted, 1) == dict(named)


def test_parcels_leave_before_the_date_that_was_promised(stream: Stream) -> None:
    leaves = {event["order_id"]: event["at"] for event in scenario(stream)["events"]}
    for order in stream.orders:
        if order.status is OrderStatus.AWAITING_SHIPMENT and order.role is not NOBODY:
            promised = _promised(order)
            assert datetime.fromisoformat(leaves[order.order_id]) < FOUND + promised


def _promised(order: DemoOrder) -> timedelta:
    incident = next((one for one in INCIDENTS if one.sku == order.sku), None)
    if incident is None:
        return order.shop.slips_to or order.shop.restock_in
    return max([word.comes_in for word in incident.words] or [incident.known or timedelta()])


@pytest.mark.parametrize("shop", SHOPS, ids=["US", "TH"])
def test_every_date_that_is_promised_lies_before_the_platforms_own(shop: DemoShop) -> None:
    margin = timedelta(hours=4)
    assert shop.restock_in < shop.due_in - margin
    assert (shop.slips_to or shop.restock_in) < shop.due_in - margin


@pytest.mark.parametrize("incident", INCIDENTS, ids=["lamps", "scarves"])
def test_the_count_of_an_incident_serves_the_first_and_leaves_out_what_the_platform_sends(
    evening: Evening, incident: DemoIncident
) -> None:
    plan, orders = evening.lines[incident], evening.stream.holding(incident.sku)
    by_id = {order.order_id: order for order in orders}
    assert all(by_id[one.order_id].role is NOBODY for one in plan.served)
    assert [o.order_id for o in orders if o.role is not NOBODY] == [
        one.order_id for one in plan.short
    ]
    assert [o.order_id for o in orders if o.by_platform] == [one.order_id for one in plan.skipped]


@pytest.mark.parametrize("incident", INCIDENTS, ids=["lamps", "scarves"])
def test_as_many_units_are_left_of_the_lots_as_were_on_sale_before(
    evening: Evening, incident: DemoIncident
) -> None:
    """Then stock is back where it was once everybody who waits has their units."""
    waits = [o for o in evening.stream.holding(incident.sku) if _says_a_at_last(o)]
    came = sum(lot.units for lot in incident.lots)
    assert incident.sku.available == came - sum(order.units for order in waits)


def _says_a_at_last(order: DemoOrder) -> bool:
    says = [one["do"]["say"] for one in order.role.habit.get("reactions", ())]
    return bool(says) and says[-1] == "A"


def test_some_who_are_short_have_clocks_late_enough_for_a_long_wait(evening: Evening) -> None:
    types = {order.role.order_type for order in evening.stream.orders}
    assert {"NORMAL", "PRE_ORDER", "BACK_ORDER"} == types
    latest = SCARVES.known
    later = [o for o in evening.stream.holding(SCARVES.sku) if o.role.due_in]
    assert latest
    assert all(order.role.due_in and order.role.due_in > latest for order in later)
    assert later


def test_the_export_shows_which_parcels_nobody_collected(evening: Evening) -> None:
    late = {one.package_id: one.order_ids for found in evening.late.values() for one in found}
    wanted = {
        parcel.package_id: tuple(o.order_id for o in evening.stream.orders if o.parcel == parcel)
        for parcel in PARCELS
    }
    assert wanted == late


def test_everything_is_opened_at_once_and_each_once(evening: Evening) -> None:
    ids = [start.case_id for start in evening.starts()]
    assert len(ids) == len(set(ids))
    assert {one.incident_id for one in INCIDENTS} <= set(ids)
    assert {one.case_id for one in PARCELS} <= set(ids)
    short = sum(len(plan.short) for plan in evening.plans.values())
    assert len(ids) == short + len(INCIDENTS) + len(PARCELS)


def test_the_books_of_ads_suppliers_and_carriers_can_be_read() -> None:
    suppliers = parse_suppliers(json.dumps(suppliers_book("json://x")), filename="suppliers.yaml")
    ads = parse_ads(json.dumps(ads_book()), filename="ads.yaml")
    carriers = parse_carriers(json.dumps(carriers_book("json://x")), filename="carriers.yaml")
    for incident in INCIDENTS:
        assert suppliers.named(incident.supplier) == suppliers.of(incident.sku.sku_id)
        shown = ads.of(incident.shop.shop_id)
        assert shown
        assert (incident.shop.ads.campaign_id,) == shown.skus[incident.sku.sku_id].campaigns
    assert carriers.named(CARRIER)


def test_a_small_stream_has_the_first_roles_and_a_large_one_all() -> None:
    roles = us_roles(US.dearer.sku_id)
    assert list(roles[:3]) == cast_of(roles, roles, 3)
    assert set(map(id, roles)) <= set(map(id, cast_of(roles, roles, 90)))


def test_a_buyer_with_several_orders_counts_with_all_of_them() -> None:
    assert [SEVERAL, SEVERAL] == cast_of([SEVERAL], [SEVERAL], 4)


def _said() -> list[str]:
    roles = (
        *us_roles(US.dearer.sku_id),
        *th_roles(TH.dearer.sku_id),
        *lamp_roles(),
        *scarf_roles(),
    )
    habits = [role.habit for role in roles]
    plain = [habit["say"] for habit in habits if "say" in habit]
    reactions = [one["do"] for habit in habits for one in habit.get("reactions", [])]
    return sorted({*plain, *(do["say"] for do in reactions if "say" in do)})


@pytest.mark.parametrize("text", _said())
def test_buyers_say_what_the_product_can_read_unless_they_are_meant_not_to(text: str) -> None:
    reading = read_reply(text, offered=tuple(choice.value for choice in ALL))
    unreadable = text in {"all of them", "hmm, what would you do?", "can it come sooner?"}
    assert unreadable == (reading.choice is None)
