"""The records of incidents as workflows use them: claims, allocations, endings, reviews."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.incidents import IncidentActivities
from activities.troubles import NEEDS_PERSON
from domain.allocation_record import Side, recompute
from domain.candidates import Candidate, ShortLine
from domain.cases import CaseKind, CaseOutcome, CaseState, CaseView, RefundView
from domain.incident_figures import Figures
from domain.incidents import IncidentPart, LotView, RestockDate, RestockState
from domain.money import Money
from domain.orders import OrderStatus
from domain.timeline import EventKey
from domain.waiting_line import AllocationPolicy
from records.cases import CaseArchive, ClosedCase, Dossier
from records.database import Database
from records.incident_cases import CaseOfOrder, IncidentCases
from records.incident_demand import IncidentDemand
from records.incident_ledgers import IncidentLedgers
from records.incidents import Incidents
from tests.support.activity_runs import failure, run
from workflows.ports.incidents import (
    AllocateUnits,
    ChangeLedger,
    ClaimSku,
    CloseIncident,
    Happened,
    LedgerAct,
    SettleOrders,
)

pytest_plugins = ("tests.support.record_stores",)

SKU, OTHER = "1729500000000000001", "1729500000000000002"
INCIDENT = f"incident:7001:{SKU}:k"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def ours(records_db: Database) -> IncidentActivities:
    return IncidentActivities(records_db, None)


def _asks(number: int, units: int = 1, *, value: int = 2000, currency: str = "USD") -> Candidate:
    return Candidate(
        order_id=f"o{number}",
        status=OrderStatus.AWAITING_SHIPMENT,
        lines=(ShortLine(sku_id=SKU, quantity=units),),
        paid_at=NOON + timedelta(minutes=number),
        value=Money(amount_minor=value, currency=currency),
    )


def _demand(db: Database, *candidates: Candidate) -> None:
    IncidentDemand(db).take_in(INCIDENT, {one.order_id: {SKU: one} for one in candidates})


def _allocate(**changes: Any) -> AllocateUnits:
    given: dict[str, Any] = {
        "incident_id": INCIDENT,
        "key": "first",
        "sku_id": SKU,
        "on_hand": 2,
        "policy": AllocationPolicy.PAID_FIRST,
        "zone": "America/Los_Angeles",
        "single_lines": True,
        "at": NOON,
    }
    return AllocateUnits(**{**given, **changes})


def _claim(key: str = "k") -> ClaimSku:
    incident_id = f"incident:7001:{SKU}:{key}"
    return ClaimSku(incident_id=incident_id, shop_id="7001", sku_id=SKU, at=NOON)


# Claims


async def test_of_two_incidents_the_first_gets_the_sku_and_the_second_its_name(
    ours: IncidentActivities,
) -> None:
    first = await run(ours.claim_sku, _claim())
    again = await run(ours.claim_sku, _claim())
    second = await run(ours.claim_sku, _claim("later"))

    assert (True, True, False) == (first.granted, again.granted, second.granted)
    assert INCIDENT == second.holder


async def test_a_closed_incident_is_told_that_it_is_itself(
    ours: IncidentActivities, records_db: Database
) -> None:
    await run(ours.claim_sku, _claim())
    Incidents(records_db).close(INCIDENT, review={}, at=NOON)

    again = await run(ours.claim_sku, _claim())
    later = await run(ours.claim_sku, _claim("later"))

    assert (False, INCIDENT, True) == (again.granted, again.holder, later.granted)


# Allocation


async def test_an_allocation_is_filed_with_inputs_that_lead_to_it_again(
    ours: IncidentActivities, records_db: Database
) -> None:
    _demand(records_db, _asks(1), _asks(2, 2), _asks(3))

    shared = await run(ours.allocate_units, _allocate())

    assert (2, 1, 4) == (shared.figures.served, shared.figures.short, shared.demand)
    (filed,) = Incidents(records_db).allocations(INCIDENT)
    assert shared.digest == filed.record.digest
    assert recompute(filed.record) == filed.record.result
    known = IncidentLedgers(records_db).known(INCIDENT, ["o1", "o2", "o3"])
    assert ["served", "short", "served"] == [known[f"o{n}"].standing for n in (1, 2, 3)]


async def test_a_second_try_begins_from_the_allocation_on_file(
    ours: IncidentActivities, records_db: Database
) -> None:
    _demand(records_db, _asks(1))
    first = await run(ours.allocate_units, _allocate())
    _demand(records_db, _asks(2))

    again = await run(ours.allocate_units, _allocate(on_hand=9))

    assert first == again


async def test_values_in_several_currencies_fall_back_visibly(
    ours: IncidentActivities, records_db: Database
) -> None:
    _demand(records_db, _asks(1), _asks(2, currency="THB"))

    shared = await run(ours.allocate_units, _allocate(policy=AllocationPolicy.VALUE_FIRST))

    assert AllocationPolicy.PAID_FIRST is shared.policy
    assert "value_first cannot compare THB with USD" in shared.why


async def test_an_order_short_of_another_sku_leaves_its_units(
    ours: IncidentActivities, records_db: Database
) -> None:
    both = {SKU: _asks(1), OTHER: _asks(1)}
    IncidentDemand(records_db).take_in(INCIDENT, {"o1": both, "o2": {SKU: _asks(2)}})
    together = {"counted_with": {OTHER: 0}, "on_hand": 2}

    shared = await run(ours.allocate_units, _allocate(**together, single_lines=False))

    assert (1, 1) == (shared.figures.served, shared.figures.short)
    known = IncidentLedgers(records_db).known(INCIDENT, ["o1", "o2"])
    assert ("short", "served") == (known["o1"].standing, known["o2"].standing)
    assert known["o1"].passed_over


async def test_a_sku_that_nobody_asks_for_is_shared_out_among_nobody(
    ours: IncidentActivities,
) -> None:
    shared = await run(ours.allocate_units, _allocate(on_hand=5))

    assert (5, 0, 0) == (shared.figures.on_hand, shared.figures.promised, shared.demand)


# Events


async def test_each_act_reaches_the_ledger_and_a_refusal_is_for_people(
    ours: IncidentActivities, records_db: Database
) -> None:
    _demand(records_db, _asks(1), _asks(2))
    await run(ours.allocate_units, _allocate(on_hand=1))

    def act(act: LedgerAct, key: str, **fields: Any) -> ChangeLedger:
        return ChangeLedger(incident_id=INCIDENT, key=key, act=act, at=NOON, **fields)

    lot = act(LedgerAct.LOT, "lot:L1", lot_id="L1", quantity=1)
    assert 1 == (await run(ours.change_ledger, lot)).served
    count = act(LedgerAct.COUNT, "count:1", on_hand=1)
    assert 1 == (await run(ours.change_ledger, count)).short
    move = {"order_id": "o1", "to": Side.SHORT, "reason": "late", "actor": "li"}
    moved = await run(ours.change_ledger, act(LedgerAct.MOVE, "move:1", **move))
    assert (0, 2) == (moved.figures.served, moved.figures.short)

    error = await failure(ours.change_ledger, act(LedgerAct.MOVE, "move:2", **move))
    assert (NEEDS_PERSON, True) == (error.type, error.non_retryable)
    assert "is short already" in error.message


async def test_an_act_before_the_allocation_is_refused_for_people(
    ours: IncidentActivities,
) -> None:
    cmd = ChangeLedger(incident_id=INCIDENT, key="k", act=LedgerAct.COUNT, at=NOON)

    assert NEEDS_PERSON == (await failure(ours.change_ledger, cmd)).type


# Endings


def _file(db: Database, order_id: str, outcome: CaseOutcome, **view: Any) -> None:
    shown = CaseView(
        kind=CaseKind.OVERSOLD,
        state=CaseState.CLOSED,
        outcome=outcome,
        case_id=f"c-{order_id}",
        shop_id="7001",
        opened_at=NOON,
        detected_at=NOON,
        **view,
    )
    case = ClosedCase(
        case_id=f"c-{order_id}",
        kind="oversold",
        shop_id="7001",
        outcome=outcome,
        opened_at=NOON,
        closed_at=NOON,
        view=shown.model_dump(mode="json"),
    )
    CaseArchive(db).file(Dossier(case=case, timeline=[], history=[], evidence=[]))


async def _short_with_cases(ours: IncidentActivities, db: Database, count: int) -> IncidentCases:
    _demand(db, *(_asks(number) for number in range(1, count + 1)))
    await run(ours.allocate_units, _allocate(on_hand=1))
    cases = IncidentCases(db)
    waiting = cases.unopened(INCIDENT, limit=99)
    ids = [one.order_id for one in waiting]
    opened = [CaseOfOrder(order_id=o, case_id=f"c-{o}", fate="opened") for o in ids]
    cases.opened(INCIDENT, opened, news=0)
    return cases


async def test_cases_that_ended_settle_their_orders_once(
    ours: IncidentActivities, records_db: Database
) -> None:
    await _short_with_cases(ours, records_db, 4)
    _file(records_db, "o2", CaseOutcome.REFUNDED_BY_CHOICE)
    _file(records_db, "o3", CaseOutcome.SHIPPED_AFTER_WAIT)
    _file(records_db, "o4", CaseOutcome.WITHDRAWN)

    settled = await run(ours.settle_orders, SettleOrders(incident_id=INCIDENT, key="s1"))
    again = await run(ours.settle_orders, SettleOrders(incident_id=INCIDENT, key="s2"))

    assert {
        "refunded_by_choice": 1,
        "shipped_after_wait": 1,
        "withdrawn": 1,
    } == settled.outcomes
    assert ("o4",) == settled.by_hand
    seen = settled.changed.figures
    assert (0, 2, 1) == (seen.open_cases, seen.left, seen.settled)
    assert ({}, ()) == (again.outcomes, again.by_hand)
    assert seen.left == again.changed.figures.left


async def test_endings_without_news_change_nothing(
    ours: IncidentActivities, records_db: Database
) -> None:
    assert (
        Figures()
        == (
            await run(ours.settle_orders, SettleOrders(incident_id=INCIDENT, key="s"))
        ).changed.figures
    )
    await _short_with_cases(ours, records_db, 2)

    settled = await run(ours.settle_orders, SettleOrders(incident_id=INCIDENT, key="s1"))

    assert 1 == settled.changed.figures.open_cases


# The review


def _part(**changes: Any) -> IncidentPart:
    given: dict[str, Any] = {
        "sku_id": SKU,
        "key": "k",
        "policy": AllocationPolicy.PAID_FIRST,
        "on_hand": 1,
        "promised": 1,
    }
    return IncidentPart(**{**given, **changes})


async def test_closing_files_a_review_from_orders_and_cases_and_frees_the_sku(
    ours: IncidentActivities, records_db: Database
) -> None:
    await run(ours.claim_sku, _claim())
    await _short_with_cases(ours, records_db, 3)
    refund = RefundView(status="confirmed", amount="20.00", currency="USD")
    _file(records_db, "o2", CaseOutcome.REFUNDED_BY_CHOICE, choice="refund", refund=refund)
    _file(records_db, "o3", CaseOutcome.SWAPPED, choice="swap")
    await run(ours.settle_orders, SettleOrders(incident_id=INCIDENT, key="s1"))
    cmd = CloseIncident(
        incident_id=INCIDENT,
        shop_id="7001",
        part=_part(
            lots=(LotView(lot_id="L1", quantity=1, at=NOON + timedelta(days=2)),),
            dates=(
                RestockDate(
                    state=RestockState.EXPECTED,
                    available_at=NOON + timedelta(days=1),
                    said_at=NOON,
                ),
            ),
        ),
        opened_at=NOON,
        demand=3,
        counted=1,
        happened=(Happened(at=NOON, key=EventKey.STOCK_STOPPED, detail="40 -> 0"),),
        at=NOON + timedelta(days=3),
    )

    review = await run(ours.close_incident, cmd)
    await run(ours.close_incident, cmd.model_copy(update={"at": NOON + timedelta(days=9)}))

    assert {"refunded_by_choice": 1, "swapped": 1} == review.outcomes
    assert {"refund": 1, "swap": 1} == review.choices
    assert ({"USD": "20.00"}, {"USD": "20.00"}) == (review.money.kept, review.money.refunded)
    (promise,) = review.promises
    assert timedelta(days=1) == promise.late_by
    filed = Incidents(records_db).incident(INCIDENT)
    assert filed
    assert (NOON + timedelta(days=3), "stock.stopped") == (
        filed.closed_at,
        (filed.review or {})["timeline"][0]["what"],
    )
    assert (await run(ours.claim_sku, _claim("later"))).granted


async def test_an_incident_that_never_got_its_sku_can_end(ours: IncidentActivities) -> None:
    cmd = CloseIncident(
        incident_id=INCIDENT,
        shop_id="7001",
        part=_part(promised=0),
        outcome="withdrawn",
        opened_at=NOON,
        counted=1,
        at=NOON,
    )

    review = await run(ours.close_incident, cmd)

    assert ("withdrawn", 0, 1) == (review.outcome, review.orders.total, review.units.free)


async def test_long_settling_beats_its_heart(
    ours: IncidentActivities, records_db: Database
) -> None:
    await _short_with_cases(ours, records_db, 3)
    _file(records_db, "o2", CaseOutcome.REFUNDED_NO_REPLY)
    heard: list[Any] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = heard.append

    await environment.run(ours.settle_orders, SettleOrders(incident_id=INCIDENT, key="s1"))

    assert heard
