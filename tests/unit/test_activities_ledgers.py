"""Promises, consents and offers as cases note them: every write may run twice."""

from datetime import UTC, date, datetime, timedelta

import pytest

from activities.ledgers import LedgerActivities
from domain.playbook import BudgetRules, OfferBudget, OfferCap, OfferKind, OfferRung
from domain.promises import promise_id
from records.budgets import OfferReservations, OfferState
from records.database import Database
from records.promises import SupplierPromises
from records.wait_consents import ConsentForm, WaitConsents
from tests.support.activity_runs import run
from workflows.ports import (
    KeepConsent,
    NotePromise,
    OfferReserved,
    PadPromise,
    ReserveOffer,
    SettleOffer,
)

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SOCKS = OfferRung(kind=OfferKind.GIFT, gift="socks")
CARD = OfferRung(kind=OfferKind.COUPON, coupon_id="7")
ONE_A_DAY = BudgetRules(gift=OfferBudget(per_day=OfferCap(count=1)))


@pytest.fixture
def ledgers(records_db: Database) -> LedgerActivities:
    return LedgerActivities(records_db)


def _note(number: int, *, came: datetime | None = None) -> NotePromise:
    at = NOW + number * DAY
    return NotePromise(supplier="Hao Yi", sku_id="a", promised_at=at, real_at=came, at=NOW)


async def test_a_date_is_one_promise_however_many_orders_it_was_passed_on_to(
    ledgers: LedgerActivities, records_db: Database
) -> None:
    for _ in range(2):
        await run(ledgers.note_promise, _note(1))
    assert [] == SupplierPromises(records_db).history("Hao Yi", "a")

    for late in (1, 2):
        await run(ledgers.note_promise, _note(1, came=NOW + (1 + late) * DAY))

    (sample,) = SupplierPromises(records_db).history("Hao Yi", "a")
    assert DAY == sample.late_by


async def test_an_arrival_is_kept_although_nobody_noted_the_promise(
    ledgers: LedgerActivities, records_db: Database
) -> None:
    await run(ledgers.note_promise, _note(3, came=NOW + 2 * DAY))

    (sample,) = SupplierPromises(records_db).history("Hao Yi", "a")
    assert -DAY == sample.late_by
    assert promise_id("Hao Yi", "a", NOW + 3 * DAY) != promise_id("Hao Yi", "b", NOW + 3 * DAY)


@pytest.mark.parametrize(("count", "padding"), [(19, timedelta()), (20, DAY)])
async def test_a_date_is_padded_by_its_own_suppliers_past(
    ledgers: LedgerActivities, count: int, padding: timedelta
) -> None:
    for number in range(count):
        await run(ledgers.note_promise, _note(number, came=NOW + (number + 1) * DAY))

    cmd = PadPromise(supplier="Hao Yi", sku_id="a", promised_at=NOW, quantile=0.8)
    padded = await run(ledgers.pad_promise, cmd)
    stranger = await run(ledgers.pad_promise, cmd.model_copy(update={"supplier": "another"}))

    assert (NOW + padding, count) == (padded.at, padded.samples)
    assert (NOW, 0) == (stranger.at, stranger.samples)


@pytest.mark.parametrize("silent", [False, True])
async def test_a_yes_is_entered_once_word_for_word(
    ledgers: LedgerActivities,
    records_db: Database,
    silent: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    cmd = KeepConsent(
        key="k",
        case_id="order-case:S1:1",
        shop_id="S1",
        order_id="1",
        promised_at=NOW + DAY,
        shown_text="A: wait until Friday",
        language="en",
        silent=silent,
        reply_text="A please",
        message_id="m",
        rule="express yes via chat",
        given_at=NOW,
    )

    await run(ledgers.keep_consent, cmd)
    await run(ledgers.keep_consent, cmd.model_copy(update={"reply_text": "C"}))

    (kept,) = WaitConsents(records_db).of_case("order-case:S1:1")
    assert (ConsentForm.SILENT if silent else ConsentForm.EXPRESS) == kept.how
    assert ("A: wait until Friday", "A please") == (kept.shown_text, kept.reply_text)


def _ask(
    key: str, *rungs: OfferRung, budget: BudgetRules = ONE_A_DAY, instead_of: str | None = None
) -> ReserveOffer:
    return ReserveOffer(
        key=key,
        instead_of=instead_of,
        shop_id="S1",
        case_id=key,
        incident_id="i",
        day=date(2026, 3, 2),
        currency="USD",
        rungs=rungs or (SOCKS, CARD),
        budget=budget,
        at=NOW,
    )


def _granted(answer: OfferReserved) -> str | None:
    return answer.choice.rung.kind if answer.choice.rung else None


async def test_the_next_rung_applies_when_a_budget_is_spent_and_one_case_tells(
    ledgers: LedgerActivities,
) -> None:
    answers = [await run(ledgers.reserve_offer, _ask(key)) for key in "abb"]
    another = await run(ledgers.reserve_offer, _ask("c"))

    assert ["gift", "coupon", "coupon"] == [_granted(answer) for answer in answers]
    assert [(), ("gift per day: 1 of 1 given",)] == [answer.tell for answer in answers[:2]]
    assert answers[1] == answers[2]
    assert () == another.tell


async def test_each_incident_and_each_day_tells_for_itself_and_a_case_never(
    ledgers: LedgerActivities,
) -> None:
    none = OfferCap(count=0)
    budget = BudgetRules(gift=OfferBudget(per_incident=none))
    first = await run(ledgers.reserve_offer, _ask("a", SOCKS, budget=budget))
    other = _ask("b", SOCKS, budget=budget).model_copy(update={"incident_id": "j"})
    second = await run(ledgers.reserve_offer, other)
    alone = BudgetRules(gift=OfferBudget(per_case=none))
    third = await run(ledgers.reserve_offer, _ask("c", SOCKS, budget=alone))

    assert [1, 1, 0] == [len(answer.tell) for answer in (first, second, third)]
    assert [None] * 3 == [_granted(answer) for answer in (first, second, third)]


async def test_a_later_round_gives_back_what_it_replaces(ledgers: LedgerActivities) -> None:
    await run(ledgers.reserve_offer, _ask("a", SOCKS))

    again = [
        _granted(await run(ledgers.reserve_offer, _ask("a2", SOCKS, instead_of="a")))
        for _ in range(2)
    ]

    assert ["gift", "gift"] == again


@pytest.mark.parametrize(
    ("given", "state", "next_one"),
    [(True, OfferState.SETTLED, "coupon"), (False, OfferState.RELEASED, "gift")],
)
async def test_only_what_was_given_stays_off_the_budget(
    ledgers: LedgerActivities,
    records_db: Database,
    given: bool,  # noqa: FBT001 - a parameter of pytest
    state: OfferState,
    next_one: str,
) -> None:
    await run(ledgers.reserve_offer, _ask("a"))

    for _ in range(2):
        await run(ledgers.settle_offer, SettleOffer(key="a", given=given))

    kept = OfferReservations(records_db).reservation("a")
    assert kept
    assert state == kept.state
    assert next_one == _granted(await run(ledgers.reserve_offer, _ask("b")))
