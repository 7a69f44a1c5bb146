"""The records as cases use them: every write may run twice."""

from datetime import UTC, datetime, timedelta

import pytest

from activities.records import RecordsActivities
from domain.cases import CaseKind, CaseOutcome, CaseState, CaseView, TimelineEvent
from domain.money import Money
from domain.timeline import EventKey
from records.case_buyers import CaseBuyers
from records.cases import CaseArchive
from records.contacts import AssistedContacts
from records.conversations import ConversationIndex
from records.database import Database
from records.refunds import RefundReservations, ReservationState
from records.units import UnitReservations
from tests.support.activity_runs import run
from workflows.ports import (
    AskAnswered,
    CaseRef,
    FileCase,
    ReopenCase,
    ReserveRefund,
    SettleContact,
    SettleRefund,
    WantContact,
)

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
CASE, ORDER, TALK = "order-case:S1:1", "1", "conversation-7"
KEY = f"{CASE}/refund:1"
AMOUNT = Money(amount_minor=4990, currency="USD")


@pytest.fixture
def records(records_db: Database) -> RecordsActivities:
    return RecordsActivities(records_db, None)


def _reserve(above: int | None = None, per_hour: int | None = None) -> ReserveRefund:
    return ReserveRefund(
        key=KEY,
        shop_id="S1",
        case_id=CASE,
        amount=AMOUNT,
        approve_above_minor=above,
        approve_after_per_hour=per_hour,
        at=NOW,
    )


def _index(db: Database) -> ConversationIndex:
    index = ConversationIndex(db)
    index.index(TALK, shop_id="S1", case_id=CASE, order_id=ORDER, buyer_user_id="b", at=NOW)
    index.asked(TALK, CASE, 5, at=NOW)
    return index


def _dossier() -> FileCase:
    view = CaseView(
        kind=CaseKind.OVERSOLD,
        state=CaseState.CLOSED,
        outcome=CaseOutcome.REFUNDED_BY_CHOICE,
        case_id=CASE,
        shop_id="S1",
        order_id=ORDER,
        order_ids=(ORDER,),
        opened_at=NOW,
        detected_at=NOW,
        closed_at=NOW + timedelta(hours=1),
        evidence=("e1",),
        source="erp",
    )
    event = TimelineEvent(at=NOW, key=EventKey.CASE_OPENED, actor="case")
    return FileCase(case_id=CASE, view=view, timeline=(event,))


async def test_only_a_filed_case_is_found(records: RecordsActivities) -> None:
    before = await run(records.find_closed_case, CaseRef(case_id=CASE))
    await run(records.file_case, _dossier())
    after = await run(records.find_closed_case, CaseRef(case_id=CASE))

    assert (None, CaseOutcome.REFUNDED_BY_CHOICE) == (before.outcome, after.outcome)
    assert NOW + timedelta(hours=1) == after.closed_at


async def test_filing_keeps_the_papers_and_forgets_what_only_an_open_case_needs(
    records: RecordsActivities, records_db: Database
) -> None:
    index, units = _index(records_db), UnitReservations(records_db)
    units.reserve(shop_id="S1", sku_id="sku", case_id=CASE, units=1, available=1)

    for attempt in (1, 2):
        await run(records.file_case, _dossier(), attempt=attempt)

    closed = CaseArchive(records_db).closed_case(CASE)
    assert closed is not None
    assert ("erp", (ORDER,)) == (closed.opened_by, tuple(closed.order_ids))
    assert not index.cases_of(TALK)
    assert units.reserve(shop_id="S1", sku_id="sku", case_id="other", units=1, available=1)


async def test_a_contact_is_wanted_once_until_it_is_settled(
    records: RecordsActivities, records_db: Database
) -> None:
    wanted = WantContact(
        case_id=CASE,
        step="ask:1",
        shop_id="S1",
        order_id=ORDER,
        text="hello",
        language="en",
        by=NOW,
        at=NOW,
    )
    queue = AssistedContacts(records_db)

    for attempt in (1, 2):
        await run(records.want_contact, wanted, attempt=attempt)
    waiting = queue.waiting("S1")
    for attempt in (1, 2):
        settle = SettleContact(case_id=CASE, step="ask:1")
        await run(records.settle_contact, settle, attempt=attempt)

    assert ["hello"] == [contact.text for contact in waiting]
    assert not queue.waiting("S1")


async def test_an_answered_ask_stands_open_no_more(
    records: RecordsActivities, records_db: Database
) -> None:
    index = _index(records_db)

    await run(records.ask_answered, AskAnswered(case_id=CASE))

    assert [None] == [case.asked_index for case in index.cases_of(TALK)]


@pytest.mark.parametrize(
    ("above", "per_hour", "granted"),
    [(None, None, True), (4990, None, True), (4989, None, False), (None, 0, False)],
)
async def test_a_refund_within_the_limits_needs_nobody(
    records: RecordsActivities,
    above: int | None,
    per_hour: int | None,
    granted: bool,  # noqa: FBT001  # a parameter
) -> None:
    answers = [await run(records.reserve_refund, _reserve(above, per_hour)) for _ in range(2)]

    assert [granted, granted] == [answer.granted for answer in answers]
    assert granted is not bool(answers[0].reason)


async def test_a_settled_reservation_names_who_approved_it_and_stays_settled(
    records: RecordsActivities, records_db: Database
) -> None:
    await run(records.reserve_refund, _reserve(above=1))

    settle = SettleRefund(key=KEY, refunded=True, approved_by="li")
    await run(records.settle_refund, settle)
    await run(records.settle_refund, SettleRefund(key=KEY, refunded=False), attempt=2)
    again = await run(records.reserve_refund, _reserve(above=1))

    reservation = RefundReservations(records_db).reservation(KEY)
    assert reservation is not None
    assert (ReservationState.SETTLED, "li") == (reservation.state, reservation.approved_by)
    assert again.granted


async def test_a_refund_that_is_not_made_gives_its_place_back(
    records: RecordsActivities, records_db: Database
) -> None:
    await run(records.reserve_refund, _reserve())

    await run(records.settle_refund, SettleRefund(key=KEY, refunded=False))

    reservation = RefundReservations(records_db).reservation(KEY)
    assert reservation is not None
    assert ReservationState.RELEASED is reservation.state


async def test_what_is_found_too_late_gets_the_next_suffix_once(
    records: RecordsActivities,
) -> None:
    await run(records.file_case, _dossier())
    cmd = ReopenCase(case_id=CASE, reason="found late", at=NOW)

    ids = {(await run(records.reopen_case, cmd)).case_id for _ in range(2)}

    assert {f"{CASE}:2"} == ids


async def test_a_buyer_whom_people_tell_counts_as_let_down_in_later_shortages(
    records: RecordsActivities, records_db: Database
) -> None:
    """A shop without chat lets its buyers down all the same."""
    wanted = WantContact(
        case_id=CASE,
        step="ask:1",
        shop_id="S1",
        order_id=ORDER,
        text="hello",
        language="en",
        by=NOW,
        at=NOW,
        buyer_user_id="b",
    )

    await run(records.want_contact, wanted)

    found = CaseBuyers(records_db).hurt_before(
        "S1", {"2": "b", "3": "other"}, before=NOW + timedelta(days=1)
    )
    assert frozenset({"2"}) == found
