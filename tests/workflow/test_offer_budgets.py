"""Gifts, coupons and discounts under a budget: reserved, given or given back; the next rung."""

import itertools
from datetime import timedelta
from typing import Any

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from records.budgets import OfferReservations, OfferState
from tests.support.case_states import soon
from tests.support.stack import Opened, Stack
from workflows import names

ANNA = {"actor": "anna"}
COUPON = "7262992004278206101"
_numbers = itertools.count(1)
GIFTS = """wait:
  rungs:
    - {kind: gift, gift: a pair of socks}
    - {kind: discount, amount: {USD: 3}}
"""
CAPPED = GIFTS + "budget: {gift: {per_incident: {count: 1}}}"


async def offered(stack: Stack, text: str, **payload: Any) -> Opened:
    """Return a case whose buyer was asked under a playbook of its own."""
    name = stack.write_playbook(f"budget-{next(_numbers)}", text)
    return await stack.asked(playbook=name, **{"restock_at": soon(hours=60), **payload})


def _incident() -> str:
    return f"incident:budget:{next(_numbers)}"


def _state(stack: Stack, case: Opened, name: str) -> OfferState | None:
    kept = OfferReservations(stack.db).reservation(f"{case.handle.id}/{name}")
    return kept.state if kept else None


async def test_a_spent_budget_leads_to_the_next_rung_and_a_person_is_told(stack: Stack) -> None:
    incident = _incident()
    first = await offered(stack, CAPPED, incident_id=incident)
    second = await offered(stack, CAPPED, incident_id=incident)
    third = await offered(stack, CAPPED, incident_id=incident)

    views = [await case.view() for case in (first, second, third)]
    assert ["a pair of socks", None, None] == [view.offers[0].gift for view in views]
    assert [None, "3.00", "3.00"] == [view.offers[0].discount for view in views]
    assert [[], ["budget"], []] == [[task.step for task in view.tasks] for view in views]
    assert ("wait: gift per incident: 1 of 1 given",) == views[1].offers_not_made
    assert "budget.spent" in await second.keys()
    await second.update("resume_step", {**ANNA, "step": "budget", "how": "done"})
    assert () == (await second.view()).tasks


async def test_a_gift_that_nobody_took_is_free_for_the_next_buyer(stack: Stack) -> None:
    incident = _incident()
    first = await offered(stack, CAPPED, incident_id=incident)
    assert OfferState.RESERVED is _state(stack, first, "wait")

    await first.chose("refund")
    await first.result()
    second = await offered(stack, CAPPED, incident_id=incident)

    assert OfferState.RELEASED is _state(stack, first, "wait")
    assert "a pair of socks" == (await second.view()).offers[0].gift


async def test_a_gift_that_was_given_stays_off_the_budget(stack: Stack) -> None:
    incident = _incident()
    first = await offered(stack, CAPPED, incident_id=incident)
    await first.chose("wait")
    await first.until(lambda view: any(task.step == "gift" for task in view.tasks))
    await first.update("resume_step", {**ANNA, "step": "gift", "how": "done"})
    await stack.sandbox.put_orders({"id": first.order_id, "status": "IN_TRANSIT"})
    await first.signal("order_changed", {"order_id": first.order_id, "status": "IN_TRANSIT"})
    assert CaseOutcome.SHIPPED_AFTER_WAIT == (await first.result()).outcome

    second = await offered(stack, CAPPED, incident_id=incident)

    assert OfferState.SETTLED is _state(stack, first, "wait")
    assert (await second.view()).offers[0].gift is None


async def test_a_coupon_for_waiting_goes_out_with_the_yes(stack: Stack) -> None:
    text = f'wait: {{rungs: [{{kind: coupon, coupon_id: "{COUPON}"}}]}}'
    case = await offered(stack, text + "\nbudget: {coupon: {per_case: {count: 1}}}")
    assert COUPON == (await case.view()).offers[0].coupon_id

    await case.chose("wait")
    view = await case.until(S.WAITING_RESTOCK, lambda view: view.coupon.status == "sent")
    await case.update("withdraw", {**ANNA, "reason": "enough"})
    await case.result()

    assert COUPON == view.coupon.coupon_id
    assert OfferState.SETTLED is _state(stack, case, "wait")
    effects = await stack.sandbox.effects()
    assert 1 == len([c for c in effects["coupons_sent"] if c["order_id"] == case.order_id])


async def test_a_coupon_that_cannot_be_sent_is_passed_over(stack: Stack) -> None:
    text = """refund:
  rungs:
    - {kind: coupon, coupon_id: "999"}
    - {kind: discount, amount: {USD: 2}}
"""
    case = await offered(stack, text)

    view = await case.view()
    assert "2.00" == view.offers[-1].discount
    assert any(why.startswith("coupon 999") for why in view.offers_not_made)
    await case.chose("refund")
    await case.until(lambda view: any(task.step == "amends" for task in view.tasks))
    await case.update("resume_step", {**ANNA, "step": "amends", "how": "done"})

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome
    assert "amends.given" in await case.keys()


async def test_silence_brings_no_compensation(stack: Stack) -> None:
    text = "refund: {rungs: [{kind: discount, amount: {USD: 2}}]}"
    case = await offered(stack, text + "\nbudget: {discount: {per_day: {count: 99}}}")
    choice_by = (await case.view()).choice_by
    assert choice_by

    await case.skip_to(choice_by, plus=timedelta(seconds=1))
    view = await case.result()

    assert CaseOutcome.REFUNDED_NO_REPLY == view.outcome
    assert view.supply
    assert () == view.supply.owed
    assert OfferState.RELEASED is _state(stack, case, "refund")


async def test_a_second_round_replaces_what_the_first_had_reserved(stack: Stack) -> None:
    text = """stockout:
  rounds:
    - [{kind: discount, amount: {USD: 3}}]
    - [{kind: discount, amount: {USD: 6}}]
budget: {discount: {per_case: {amount: {USD: 6}}}}
"""
    stockout = {"workflow_type": names.STOCKOUT_CASE, "due_in": timedelta(days=40)}
    case = await offered(stack, text, **stockout, restock_at=soon(days=10))
    assert OfferState.RESERVED is _state(stack, case, "wait:1")

    await case.says("is there any discount if I wait?")
    await case.until(lambda view: bool(view.supply and len(view.supply.rounds) == 2))

    assert OfferState.RELEASED is _state(stack, case, "wait:1")
    assert OfferState.RESERVED is _state(stack, case, "wait:2")


async def test_nothing_is_written_where_no_cap_is_set(stack: Stack) -> None:
    """Opening a case costs no more than before where the playbook sets no limit."""
    case = await offered(stack, GIFTS)

    assert "a pair of socks" == (await case.view()).offers[0].gift
    assert _state(stack, case, "wait") is None
