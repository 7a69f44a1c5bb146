"""Incidents on file: one open per SKU, allocations with their inputs, orders and reviews."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.allocation_record import AllocationRecord, recompute, record_allocation
from domain.candidates import Candidate, ShortLine
from domain.handout import Standing
from domain.orders import OrderStatus
from records.database import Database
from records.errors import NotOnFileError
from records.incident_orders import IncidentOrder, IncidentOrders
from records.incidents import Claim, Incident, Incidents
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=5)
ONE, TWO = "incident:S:900:1", "incident:S:900:2"
GRANTED = Claim(granted=True, holder=ONE)


@pytest.fixture
def incidents(records_db: Database) -> Incidents:
    return Incidents(records_db)


def claim(
    incidents: Incidents, incident_id: str = ONE, *, sku: str = "900", shop: str = "S"
) -> Claim:
    return incidents.claim(shop, sku, incident_id, at=NOW, stream="friday")


# One open incident per SKU


def test_the_first_incident_of_a_sku_gets_it_and_a_second_is_told_who_has_it(
    incidents: Incidents,
) -> None:
    assert GRANTED == claim(incidents)
    assert Claim(granted=False, holder=ONE) == claim(incidents, TWO)
    assert ONE == incidents.open_for("S", "900")


def test_asking_again_is_answered_as_before(incidents: Incidents) -> None:
    claim(incidents)

    assert GRANTED == claim(incidents)


def test_other_skus_and_shops_have_incidents_of_their_own(incidents: Incidents) -> None:
    claim(incidents)

    assert claim(incidents, "other sku", sku="901").granted
    assert claim(incidents, "other shop", shop="T").granted


def test_once_the_first_has_closed_the_next_gets_the_sku(incidents: Incidents) -> None:
    claim(incidents)
    incidents.close(ONE, review={}, at=LATER)

    assert incidents.open_for("S", "900") is None
    assert claim(incidents, TWO).granted


def test_an_incident_that_has_closed_gets_no_sku_again(incidents: Incidents) -> None:
    """A late repeat of the asking activity must not block the SKU for ever."""
    claim(incidents)
    incidents.close(ONE, review={}, at=LATER)

    assert Claim(granted=False, holder=ONE) == claim(incidents)
    assert incidents.open_for("S", "900") is None


def test_a_sku_can_be_given_back_without_a_review(incidents: Incidents) -> None:
    claim(incidents)
    incidents.release(ONE)
    incidents.release("never was")

    assert incidents.open_for("S", "900") is None
    assert claim(incidents, TWO).granted


def test_the_late_release_of_one_incident_does_not_end_the_claim_of_the_next(
    incidents: Incidents,
) -> None:
    claim(incidents)
    incidents.close(ONE, review={}, at=LATER)
    claim(incidents, TWO)
    incidents.close(ONE, review={}, at=LATER)
    incidents.release(ONE)

    assert TWO == incidents.open_for("S", "900")


def test_of_many_who_ask_at_once_one_gets_the_sku_and_all_hear_who(records_url: str) -> None:
    answers = in_threads(records_url, lambda db, n: claim(Incidents(db), f"incident {n}"))

    assert 1 == sum(answer.granted for answer in answers)
    assert 1 == len({answer.holder for answer in answers})


# Reviews


def test_a_review_is_filed_when_the_incident_closes_and_the_first_one_stays(
    incidents: Incidents,
) -> None:
    claim(incidents)
    incidents.close(ONE, review={"units": 7}, at=LATER)
    incidents.close(ONE, review={"units": 8}, at=LATER + timedelta(days=1))

    expected = Incident(
        incident_id=ONE,
        shop_id="S",
        sku_id="900",
        stream="friday",
        opened_at=NOW,
        closed_at=LATER,
        review={"units": 7},
    )
    assert expected == incidents.incident(ONE)


def test_what_never_got_its_sku_cannot_close(incidents: Incidents) -> None:
    with pytest.raises(NotOnFileError, match="no incident never was is on file"):
        incidents.close("never was", review={}, at=LATER)
    assert incidents.incident("never was") is None


def test_incidents_are_listed_by_shop_and_by_stream_newest_first(incidents: Incidents) -> None:
    for n, (shop, stream) in enumerate([("S", "friday"), ("S", None), ("T", "friday")]):
        at = NOW + timedelta(hours=n)
        incidents.claim(shop, f"sku {n}", f"incident {n}", at=at, stream=stream)

    def ids(shop_id: str | None = None, stream: str | None = None) -> list[str]:
        found = incidents.search(shop_id=shop_id, stream=stream)
        return [one.incident_id for one in found]

    assert ["incident 2", "incident 1", "incident 0"] == ids()
    assert ["incident 1", "incident 0"] == ids(shop_id="S")
    assert ["incident 2", "incident 0"] == ids(stream="friday")
    assert ["incident 0"] == ids(stream="friday", shop_id="S")
    assert 2 == len(incidents.search(limit=2))


# Allocations


def allocation(on_hand: int = 1) -> AllocationRecord:
    orders = [
        Candidate(
            order_id=str(number),
            status=OrderStatus.AWAITING_SHIPMENT,
            lines=(ShortLine(sku_id="900", quantity=1),),
            paid_at=NOW + timedelta(minutes=number),
        )
        for number in range(3)
    ]
    return record_allocation("900", on_hand={"900": on_hand}, candidates={"900": orders})


def test_an_allocation_is_kept_with_its_inputs_and_can_be_recomputed(
    incidents: Incidents,
) -> None:
    assert incidents.file_allocation(ONE, "first", allocation(), at=NOW)
    assert incidents.file_allocation(ONE, "moved", allocation(2), at=LATER)
    assert not incidents.file_allocation(ONE, "first", allocation(3), at=LATER)

    first, moved = incidents.allocations(ONE)

    assert ("first", NOW, allocation()) == (first.key, first.filed_at, first.record)
    assert ("moved", allocation(2)) == (moved.key, moved.record)
    assert first.record.result == recompute(first.record)
    assert [] == incidents.allocations(TWO)


@pytest.fixture
def filed(records_db: Database) -> Iterator[Database]:
    Incidents(records_db).file_allocation(ONE, "first", allocation(), at=NOW)
    yield records_db
    assert [allocation()] == [one.record for one in Incidents(records_db).allocations(ONE)]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE incident_allocations SET digest = 'x'", "DELETE FROM incident_allocations"],
)
def test_the_database_itself_refuses_to_change_an_allocation(
    filed: Database, statement: str
) -> None:
    with (
        pytest.raises(DBAPIError, match="incident_allocations is append-only"),
        filed.begin() as session,
    ):
        session.execute(text(statement))


# Orders


@pytest.fixture
def orders(records_db: Database) -> IncidentOrders:
    return IncidentOrders(records_db)


def order(
    order_id: str = "1", standing: Standing = Standing.SHORT, why: str = ""
) -> IncidentOrder:
    return IncidentOrder(order_id=order_id, units=2, standing=standing, why=why)


def test_an_order_is_kept_with_its_need_and_its_newest_standing(orders: IncidentOrders) -> None:
    orders.put(ONE, [order(why="Short: none was left."), order("2")])
    orders.put(ONE, [order(standing=Standing.SERVED, why="Served: 1st in line.")])

    served = order(standing=Standing.SERVED, why="Served: 1st in line.")
    assert [served, order("2")] == orders.page(ONE)
    assert [] == orders.page(TWO)


def test_a_case_and_its_outcome_stay_whatever_is_put_later(orders: IncidentOrders) -> None:
    orders.put(ONE, [order()])
    orders.note_cases(ONE, {"1": "order-case:S:1"})
    orders.settle(ONE, "1", "refunded_by_choice")
    orders.settle(ONE, "1", "withdrawn")
    orders.put(ONE, [order(standing=Standing.LEFT)])

    (found,) = orders.page(ONE)

    assert ("order-case:S:1", "refunded_by_choice") == (found.case_id, found.outcome)
    assert Standing.LEFT is found.standing


def test_a_reopened_case_takes_the_place_of_the_old_one(orders: IncidentOrders) -> None:
    orders.put(ONE, [order()])
    orders.note_cases(ONE, {"1": "order-case:S:1"})
    orders.note_cases(ONE, {"1": "order-case:S:1:2"})

    assert ["order-case:S:1:2"] == [one.case_id for one in orders.page(ONE)]


def test_orders_come_in_pages_and_only_with_open_cases_if_wished(orders: IncidentOrders) -> None:
    orders.put(ONE, [order(str(number)) for number in range(5)])
    orders.note_cases(ONE, {"1": "case 1", "2": "case 2", "4": "case 4"})
    orders.settle(ONE, "2", "withdrawn")

    first = orders.page(ONE, limit=3)

    assert ["0", "1", "2"] == [one.order_id for one in first]
    assert ["3", "4"] == [one.order_id for one in orders.page(ONE, after="2", limit=3)]
    waiting = orders.page(ONE, open_cases_only=True)
    assert ["case 1", "case 4"] == [one.case_id for one in waiting]


def test_an_order_that_was_never_put_has_no_case_and_no_outcome(orders: IncidentOrders) -> None:
    orders.put(ONE, [order()])

    with pytest.raises(NotOnFileError, match="no order of this incident 9 is on file"):
        orders.note_cases(ONE, {"1": "case 1", "9": "case 9"})
    with pytest.raises(NotOnFileError, match="9"):
        orders.settle(ONE, "9", "withdrawn")
    assert [None] == [one.case_id for one in orders.page(ONE)]


def test_many_orders_are_put_in_portions_and_twice_is_once(orders: IncidentOrders) -> None:
    many = [order(f"{number:05}") for number in range(1_201)]
    for _ in range(2):
        orders.put(ONE, many)
    orders.note_cases(ONE, {one.order_id: f"case {one.order_id}" for one in many})

    found = orders.page(ONE, limit=5_000)

    assert 1_201 == len(found)
    assert all(one.case_id == f"case {one.order_id}" for one in found)
