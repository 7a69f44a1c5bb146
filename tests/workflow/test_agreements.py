"""What is kept of a yes to a date, and of the dates that suppliers gave."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from domain.promises import promise_id
from records.promises import SupplierPromises
from records.wait_consents import ConsentForm, WaitConsents
from sandbox.shops import TH_SHOP_ID
from tests.support.case_states import contacting, soon, waiting
from tests.support.stack import JACKET, TH_WIND, Opened, Stack

ANNA = {"actor": "anna"}
SECOND = timedelta(seconds=1)
SILENCE = "wait: {silence_counts: true}"


def expected(sku: str = JACKET, **span: float) -> dict[str, str]:
    """Return news of a date, as the wire has it."""
    return {"sku_id": sku, "state": "expected", "available_at": soon(**span)}


# Consents


async def test_a_yes_is_kept_with_the_text_the_date_the_reply_and_the_instant(
    stack: Stack,
) -> None:
    case = await stack.asked(restock_at=soon(hours=60))
    (shown,) = await case.texts()
    await case.says("A", message_id="m-yes")
    view = await case.until(S.WAITING_RESTOCK)
    await _told(case, "consent.kept")

    (consent,) = WaitConsents(stack.db).of_case(case.handle.id)
    assert (shown, "A", "m-yes") == (consent.shown_text, consent.reply_text, consent.message_id)
    assert (view.promised_at, ConsentForm.EXPRESS) == (consent.promised_at, consent.how)
    assert "express yes via chat" == consent.rule
    assert view.opened_at < consent.given_at <= await case.now()


async def _told(case: Opened, key: str, times: int = 1) -> None:
    keys = await case.keys()
    while keys.count(key) < times:
        await case.until(lambda _view: True)
        keys = await case.keys()


async def test_a_yes_that_a_person_heard_names_the_person_and_what_was_said(
    stack: Stack,
) -> None:
    case = await contacting(stack)
    said = {**ANNA, "channel": "phone", "text": "until Friday, she agreed to think"}
    await case.update("record_contact", said)
    await case.until(S.AWAITING_CHOICE)

    await case.update("record_choice", {**ANNA, "choice": "wait", "via": "phone", "text": "yes"})
    await case.until(S.WAITING_RESTOCK)
    await _told(case, "consent.kept")

    (consent,) = WaitConsents(stack.db).of_case(case.handle.id)
    assert "express yes via phone, heard by anna" == consent.rule
    assert "yes" == consent.reply_text
    assert consent.shown_text.endswith("anna via phone: until Friday, she agreed to think")
    assert case.order_id[-6:] in consent.shown_text


async def test_a_yes_to_a_slipped_date_is_a_second_consent_to_the_second_text(
    stack: Stack,
) -> None:
    case = await waiting(stack)
    await case.signal("restock_changed", expected(hours=90))
    await case.until(S.AWAITING_CHOICE, lambda view: view.consent_by is not None)
    await case.chose("wait")
    view = await case.until(S.WAITING_RESTOCK)
    await _told(case, "consent.kept", times=2)

    first, second = WaitConsents(stack.db).of_case(case.handle.id)
    assert first.promised_at < second.promised_at
    assert view.promised_at == second.promised_at
    assert "cannot keep our promise" in second.shown_text


async def test_a_yes_before_the_offers_were_shown_says_so(stack: Stack) -> None:
    case = await contacting(stack)

    await case.chose("wait")
    await case.until(S.WAITING_RESTOCK)
    await _told(case, "consent.kept")

    (consent,) = WaitConsents(stack.db).of_case(case.handle.id)
    assert "" == consent.shown_text
    assert "before the offers were shown" in consent.rule


@pytest.mark.moves("awaiting_choice:silence_agreed")
async def test_silence_about_a_first_slip_counts_where_law_and_playbook_let_it(
    stack: Stack,
) -> None:
    """Once: a second slip needs an express yes whatever the playbook says."""
    name = stack.write_playbook("silent", f"{SILENCE[:-1]}, most_slips: 2}}")
    case = await waiting(stack, playbook=name)
    await case.signal("restock_changed", expected(hours=90))
    view = await case.until(S.AWAITING_CHOICE, lambda view: view.consent_by is not None)
    assert view.consent_by
    assert "Without an answer" in (await case.texts())[-1]
    await case.skip_to(view.consent_by, plus=SECOND)
    view = await case.until(S.WAITING_RESTOCK)
    await _told(case, "consent.kept", times=2)

    silent = WaitConsents(stack.db).of_case(case.handle.id)[-1]
    assert (ConsentForm.SILENT, "") == (silent.how, silent.reply_text)
    assert "16 CFR 435" in silent.rule
    await case.signal("restock_changed", expected(hours=130))
    view = await case.until(S.AWAITING_CHOICE, lambda view: view.consent_by is not None)
    assert "express yes" in (await case.texts())[-1]
    assert view.consent_by
    await case.skip_to(view.consent_by, plus=SECOND)

    assert CaseOutcome.REFUNDED_RESTOCK_FAILED == (await case.result()).outcome


async def test_where_the_law_asks_for_a_yes_no_playbook_takes_silence_for_one(
    stack: Stack,
) -> None:
    name = stack.write_playbook("silent", SILENCE)
    case = await waiting(
        stack, playbook=name, shop_id=TH_SHOP_ID, restock_at=soon(hours=30), substitute_sku_id=None
    )
    await case.signal("restock_changed", expected(TH_WIND, hours=60))
    view = await case.until(S.AWAITING_CHOICE, lambda view: view.consent_by is not None)
    assert view.consent_by

    await case.skip_to(view.consent_by, plus=SECOND)

    assert CaseOutcome.REFUNDED_RESTOCK_FAILED == (await case.result()).outcome


# Promises


def _late_supplier(stack: Stack, supplier: str, count: int) -> None:
    """Let a supplier have been twelve hours late so many times."""
    ledger = SupplierPromises(stack.db)
    for number in range(count):
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
        key = promise_id(supplier, JACKET, at)
        ledger.record(key, supplier=supplier, sku=JACKET, promised_at=at, recorded_at=at)
        ledger.kept(key, at + timedelta(hours=12))


async def test_a_date_is_padded_from_twenty_samples_on_and_the_timeline_says_so(
    stack: Stack,
) -> None:
    _late_supplier(stack, "Late & Co", 20)
    at = soon(hours=60)
    case = await stack.asked(restock_at=at, supplier="Late & Co")

    view = await case.view()
    padded = next(event for event in await case.timeline() if event.key == "promise.padded")
    assert view.offers[0].promised_at == datetime.fromisoformat(at) + timedelta(hours=12)
    assert "padded by 12h: 80% of 20 kept promises were at most that late" == padded.rule
    assert view.supply
    assert padded.rule in view.supply.dates[0]


async def test_before_that_the_plain_date_and_the_size_of_the_sample_are_shown(
    stack: Stack,
) -> None:
    _late_supplier(stack, "New & Co", 19)
    at = soon(hours=60)
    case = await stack.asked(restock_at=at, supplier="New & Co")

    view = await case.view()
    assert view.offers[0].promised_at == datetime.fromisoformat(at)
    assert view.supply
    assert "19 kept promises, a date is padded from 20 on" in view.supply.dates[0]


async def test_a_padded_date_may_be_too_late_to_promise(stack: Stack) -> None:
    """The plain date lies before the last instant that may be promised, the padded one after."""
    _late_supplier(stack, "Late & Co", 20)
    due = timedelta(hours=70)
    case = await stack.asked(restock_at=soon(hours=60), supplier="Late & Co", due_in=due)

    assert ["refund"] == [offer.choice for offer in (await case.view()).offers]


async def test_a_date_is_noted_when_it_is_promised_and_kept_when_the_goods_come(
    stack: Stack,
) -> None:
    supplier = f"On time {datetime.now(UTC):%f}"
    case = await waiting(stack, supplier=supplier)
    await _told(case, "consent.kept")
    assert [] == SupplierPromises(stack.db).history(supplier, JACKET)

    came = soon(hours=-1)
    in_stock = {"sku_id": JACKET, "state": "in_stock", "available_at": came}
    await case.signal("restock_changed", in_stock)
    await case.until(lambda view: bool(view.supply and view.supply.answered))
    await case.update("note", {**ANNA, "text": "counted"})

    (sample,) = SupplierPromises(stack.db).history(supplier, JACKET)
    assert datetime.fromisoformat(came) == sample.real_at
    assert sample.late_by < timedelta()


async def test_a_parcel_that_leaves_by_the_date_shows_that_its_goods_had_come(
    stack: Stack,
) -> None:
    supplier = f"Silent {datetime.now(UTC):%f}"
    case = await waiting(stack, supplier=supplier)

    await stack.sandbox.put_orders({"id": case.order_id, "status": "IN_TRANSIT"})
    await case.signal("order_changed", {"order_id": case.order_id, "status": "IN_TRANSIT"})
    await case.result()

    assert 1 == len(SupplierPromises(stack.db).history(supplier, JACKET))


async def test_a_date_that_a_person_answers_for_is_not_padded(stack: Stack) -> None:
    _late_supplier(stack, "Late & Co", 20)
    case = await waiting(stack, supplier="Late & Co")
    until = soon(hours=100)

    await case.update(
        "override_outcome", {**ANNA, "action": "wait", "until": until, "reason": "agreed"}
    )
    await case.update("note", {**ANNA, "text": "x"})
    view = await case.until(S.WAITING_RESTOCK)

    assert datetime.fromisoformat(until) == view.promised_at
    assert "promise.slipped" not in await case.keys()
