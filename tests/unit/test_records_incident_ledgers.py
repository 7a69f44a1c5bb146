"""The ledger of an incident on file: row by row, each event once, figures that add up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from domain.allocation_record import HandMove, Side
from domain.candidates import Candidate, ShortLine
from domain.errors import InputError
from domain.handout import HandOut, InLine, Standing, leave, move, receive_lot, set_on_hand, settle
from domain.incident_figures import Figures
from domain.orders import OrderStatus
from records.database import Database
from records.errors import NotOnFileError
from records.incident_cases import CaseOfOrder, IncidentCases
from records.incident_demand import IncidentDemand
from records.incident_figures import IN_STOCK, news_word
from records.incident_ledgers import IncidentLedgers
from records.incident_orders import IncidentOrders

pytest_plugins = ("tests.support.record_stores",)

INCIDENT = "incident:1:2:k"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _ledger(on_hand: int, *units: int) -> HandOut:
    """Return a ledger in which the first orders are served as far as the units go."""
    line, rest = [], on_hand
    for number, wanted in enumerate(units):
        fits = wanted <= rest
        rest -= wanted if fits else 0
        standing = Standing.SERVED if fits else Standing.SHORT
        line.append(InLine(order_id=f"o{number}", units=wanted, standing=standing))
    return HandOut(on_hand=on_hand, line=tuple(line))


@pytest.fixture
def ledgers(records_db: Database) -> IncidentLedgers:
    """Ledgers with one incident: two orders served, three short."""
    made = IncidentLedgers(records_db)
    made.begin(INCIDENT, _ledger(3, 1, 2, 1, 2, 1), {"o0": "Served: first in line."})
    return made


def test_before_the_allocation_everything_is_zero(records_db: Database) -> None:
    made = IncidentLedgers(records_db)

    assert Figures() == made.figures(INCIDENT)
    with pytest.raises(NotOnFileError, match=INCIDENT):
        made.change(INCIDENT, "k", lambda ledger: set_on_hand(ledger, 1))


def test_a_ledger_begins_once(ledgers: IncidentLedgers) -> None:
    first = ledgers.figures(INCIDENT)

    assert first == ledgers.begin(INCIDENT, _ledger(9, 9), {})
    assert (3, 3, 2, 3, 4) == (
        first.on_hand,
        first.promised,
        first.served,
        first.short,
        first.short_units,
    )
    assert (3, 0, 0) == (first.unopened, first.open_cases, first.untold_units)


def test_an_event_changes_the_ledger_once_however_often_it_is_handed_in(
    ledgers: IncidentLedgers, records_db: Database
) -> None:
    for _ in range(2):
        changed = ledgers.change(INCIDENT, "lot:a", lambda ledger: receive_lot(ledger, "a", 3))

        assert (2, 0) == (changed.served, changed.short)
        assert ["o2", "o3"] == [one.order_id for one in changed.first]
        assert (6, 6) == (changed.figures.on_hand, changed.figures.promised)
        assert "a" == changed.figures.lots[0].lot_id

    rows = {one.order_id: one for one in IncidentOrders(records_db).page(INCIDENT)}
    assert "Served: first in line." == rows["o0"].why
    assert "lot a with 3 units arrived" in rows["o2"].why


def test_a_lower_count_takes_back_and_the_row_says_so(ledgers: IncidentLedgers) -> None:
    changed = ledgers.change(INCIDENT, "count", lambda ledger: set_on_hand(ledger, 2))

    # The two units that the second order lost serve the third in line.
    assert (1, 1) == (changed.served, changed.short)
    assert (2, 2) == (changed.figures.on_hand, changed.figures.promised)


def test_a_refused_event_leaves_nothing_behind(ledgers: IncidentLedgers) -> None:
    before = ledgers.figures(INCIDENT)
    wanted = HandMove(order_id="o4", to=Side.SERVED, reason="regular", actor="anna")

    with pytest.raises(InputError, match="none is free"):
        ledgers.change(INCIDENT, "move", lambda ledger: move(ledger, wanted))

    assert before == ledgers.figures(INCIDENT)
    moved = wanted.model_copy(update={"order_id": "o0", "to": Side.SHORT})
    after = ledgers.change(INCIDENT, "move", lambda ledger: move(ledger, moved)).figures
    assert (1, 4) == (after.served, after.short)
    free = ledgers.change(INCIDENT, "again", lambda ledger: move(ledger, wanted)).figures
    assert (3, 3) == (free.promised, free.on_hand)


def test_events_from_many_sides_at_once_lose_nothing(ledgers: IncidentLedgers) -> None:
    def receive(number: int) -> None:
        ledgers.change(INCIDENT, f"lot:{number}", lambda one: receive_lot(one, f"{number}", 1))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(receive, [*range(8), *range(8)]))

    seen = ledgers.figures(INCIDENT)
    assert (11, 8, 7) == (seen.on_hand, len(seen.lots), seen.promised)


@pytest.mark.usefixtures("ledgers")
def test_the_cases_of_short_orders_are_opened_in_line_and_counted(
    records_db: Database,
) -> None:
    cases = IncidentCases(records_db)

    assert ["o2", "o3"] == [one.order_id for one in cases.unopened(INCIDENT, limit=2)]
    found = [
        CaseOfOrder(order_id="o2", case_id="case:o2", fate="opened"),
        CaseOfOrder(order_id="o3", case_id="case:o3", fate="joined"),
        CaseOfOrder(order_id="o4", case_id="x", fate="already_closed", outcome="withdrawn"),
    ]
    for _ in range(2):
        seen = cases.opened(INCIDENT, found, news=0)

    assert (1, 1, 1) == (seen.opened, seen.joined, seen.already_closed)
    assert (0, 2, 0) == (seen.unopened, seen.open_cases, seen.untold_news)
    assert [] == cases.unopened(INCIDENT, limit=9)
    assert {"o4": ("x", "withdrawn")} == cases.cases(INCIDENT, settled=True)
    assert ["o2", "o3"] == list(cases.cases(INCIDENT, settled=False))


def _open_all(records_db: Database) -> IncidentCases:
    cases = IncidentCases(records_db)
    waiting = cases.unopened(INCIDENT, limit=9)
    cases.opened(
        INCIDENT,
        [CaseOfOrder(order_id=o.order_id, case_id=o.order_id, fate="opened") for o in waiting],
        news=0,
    )
    return cases


def test_units_are_told_to_whoever_got_them_and_to_nobody_else(
    ledgers: IncidentLedgers, records_db: Database
) -> None:
    cases = _open_all(records_db)

    seen = ledgers.change(INCIDENT, "lot", lambda one: receive_lot(one, "a", 1)).figures
    (only,) = cases.untold(INCIDENT, units=True, limit=9)

    assert 1 == seen.untold_units
    assert ("o2", 1, 1) == (only.order_id, only.units, only.telling)
    assert 0 == cases.told(INCIDENT, ["o2"], IN_STOCK).untold_units
    assert [] == cases.untold(INCIDENT, units=True, limit=9)


@pytest.mark.usefixtures("ledgers")
def test_news_reach_those_who_go_on_waiting_each_time_anew(records_db: Database) -> None:
    cases = _open_all(records_db)
    assert [] == cases.untold(INCIDENT, units=False, news=0, limit=9)

    first = cases.untold(INCIDENT, units=False, news=1, limit=2)
    seen = cases.told(INCIDENT, [one.order_id for one in first], news_word(1))

    assert 1 == seen.untold_news
    assert ["o4"] == [one.order_id for one in cases.untold(INCIDENT, units=False, news=1, limit=9)]
    again = cases.untold(INCIDENT, units=False, news=2, limit=9)
    assert [2, 2, 1] == [one.telling for one in again]


def test_who_loses_its_units_again_hears_the_news_again(
    ledgers: IncidentLedgers, records_db: Database
) -> None:
    cases = _open_all(records_db)
    ledgers.change(INCIDENT, "lot", lambda one: receive_lot(one, "a", 1))
    cases.told(INCIDENT, ["o2"], IN_STOCK)

    seen = ledgers.change(INCIDENT, "count", lambda one: set_on_hand(one, 3)).figures

    assert 1 == seen.untold_news
    (only,) = cases.untold(INCIDENT, units=False, news=0, limit=9)
    assert ("o2", 2) == (only.order_id, only.telling)


def test_a_case_that_ended_is_asked_for_once(
    ledgers: IncidentLedgers, records_db: Database
) -> None:
    cases = _open_all(records_db)

    cases.ended(INCIDENT, {"o2": "refunded_by_choice", "zz": "swapped"})
    cases.ended(INCIDENT, {"o2": "withdrawn"})
    assert {"o2": ("o2", "refunded_by_choice")} == cases.cases(INCIDENT, settled=True)
    seen = ledgers.change(INCIDENT, "settle", lambda one: leave(one, "o2")).figures

    assert {} == cases.cases(INCIDENT, settled=True)
    assert (2, 1) == (seen.open_cases, seen.left)


def test_standings_always_add_up(ledgers: IncidentLedgers) -> None:
    ledgers.change(INCIDENT, "1", lambda one: settle(one, "o0"))
    seen = ledgers.change(INCIDENT, "2", lambda one: leave(one, "o1")).figures

    assert 5 == seen.served + seen.short + seen.left + seen.settled
    assert (2, 1, 1) == (seen.on_hand, seen.left, seen.settled)


def test_the_demand_is_kept_by_sku_and_the_newest_reading_counts(records_db: Database) -> None:
    demand = IncidentDemand(records_db)

    def asks(units: int) -> Candidate:
        lines = (ShortLine(sku_id="2", quantity=units),)
        status = OrderStatus.AWAITING_SHIPMENT
        return Candidate(order_id="o", status=status, lines=lines, paid_at=NOON)

    demand.take_in(INCIDENT, {"o": {"2": asks(1)}})
    demand.take_in(INCIDENT, {"o": {"2": asks(3), "7": asks(1)}})

    assert {"2": (asks(3),), "7": (asks(1),)} == demand.candidates(INCIDENT)
    assert {} == demand.candidates("incident:1:2:other")
