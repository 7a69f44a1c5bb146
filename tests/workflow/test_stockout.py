"""Out of stock: the supplier is asked first, then the buyer, by how long the restock takes."""

from datetime import timedelta
from typing import Any

import pytest

from domain.cases import CaseKind, CaseOutcome
from domain.cases import CaseState as S
from domain.stockout import Course
from tests.support.case_states import held, opening, soon
from tests.support.stack import DEARER, JACKET, Opened, Stack
from workflows import names

STOCKOUT = {"workflow_type": names.STOCKOUT_CASE}
LATE = timedelta(days=40)
"""The clock of a pre-order, on which every band has room."""
ANNA = {"actor": "anna"}
GONE = {"sku_id": JACKET, "state": "unavailable"}
SECOND = timedelta(seconds=1)


def expected(**span: float) -> dict[str, str]:
    """Return news of a date, as the wire has it."""
    return {"sku_id": JACKET, "state": "expected", "available_at": soon(**span)}


async def asking(stack: Stack, *, due_in: timedelta = LATE, **payload: Any) -> Opened:
    """Return a stock-out whose supplier was asked and has not answered."""
    case = await stack.open(await stack.order(due_in=due_in), **STOCKOUT, **payload)
    await case.until(S.CONTACTING, lambda view: bool(view.supply and view.supply.answer_by))
    return case


# The supplier


async def test_the_supplier_is_asked_before_the_buyer(stack: Stack) -> None:
    case = await asking(stack, supplier="Hao Yi")

    view = await case.until(lambda view: view.needs_human is not None)
    assert view.needs_human
    assert view.supply
    assert ("supplier", "Hao Yi") == (view.needs_human.step, view.supply.supplier)
    assert "Hao Yi" in view.needs_human.ask
    assert view.supply.answer_by == view.needs_human.by
    assert view.due_at == view.opened_at + timedelta(hours=3)
    assert [] == await case.texts()
    await case.update("set_restock", {**ANNA, **expected(days=4)})
    view = await case.until(S.AWAITING_CHOICE)

    assert ["wait", "refund"] == [offer.choice for offer in view.offers]
    assert () == view.tasks


async def test_a_supplier_who_does_not_answer_in_time_leaves_it_to_the_playbook(
    stack: Stack,
) -> None:
    case = await asking(stack)
    view = await case.view()
    assert view.supply
    assert view.supply.answer_by
    assert view.contact_by
    assert view.supply.answer_by - view.detected_at == (view.contact_by - view.detected_at) / 2

    await case.skip_to(view.supply.answer_by, plus=-SECOND)
    assert S.CONTACTING == (await case.view()).state
    await case.skip_to(view.supply.answer_by, plus=SECOND)
    view = await case.until(S.AWAITING_CHOICE)

    assert view.supply
    assert Course.RECOMMEND_REFUND == view.supply.course
    assert ["refund"] == [offer.choice for offer in view.offers]
    assert ("wait: no restock date is known that lies ahead",) == view.offers_not_made
    assert "supplier.silent" in await case.keys()


async def test_an_answer_just_before_the_deadline_counts(stack: Stack) -> None:
    case = await asking(stack)
    view = await case.view()
    assert view.supply
    assert view.supply.answer_by

    await case.skip_to(view.supply.answer_by, plus=-5 * SECOND)
    await case.signal("restock_changed", expected(days=5))

    assert Course.OFFERS == (await _supply(case)).course


async def _supply(case: Opened) -> Any:
    view = await case.until(S.AWAITING_CHOICE)
    return view.supply


async def test_a_supplier_who_answers_twice_is_taken_at_the_newest_word(stack: Stack) -> None:
    case = await asking(stack)

    await case.signal("restock_changed", expected(days=30))
    asked = await case.until(S.AWAITING_CHOICE)
    assert ["refund"] == [offer.choice for offer in asked.offers]
    await case.signal("restock_changed", expected(days=5))
    view = await case.until(lambda view: len(view.offers) == 2)

    assert ["wait", "refund"] == [offer.choice for offer in view.offers]
    assert 2 == len(await case.texts())


async def test_a_date_that_has_passed_is_no_answer(stack: Stack) -> None:
    case = await asking(stack)

    why = await case.refused("set_restock", {**ANNA, **expected(days=-1)})
    assert "has passed" in why
    await case.signal("restock_changed", expected(days=-1))
    await case.until(lambda view: any(task.step == "restock" for task in view.tasks))

    assert S.CONTACTING == (await case.view()).state
    assert "signal.refused" in await case.keys()


async def test_an_answer_that_comes_late_still_adds_the_offer(stack: Stack) -> None:
    case = await asking(stack)
    view = await case.view()
    assert view.supply
    await case.skip_to(view.supply.answer_by or view.opened_at, plus=SECOND)
    await case.until(S.AWAITING_CHOICE)

    await case.signal("restock_changed", expected(days=5))
    view = await case.until(lambda view: len(view.offers) == 2)

    assert ["wait", "refund"] == [offer.choice for offer in view.offers]


async def test_in_an_incident_the_incident_asks_and_the_case_waits_for_it(stack: Stack) -> None:
    case = await asking(stack, incident_id="incident:1:2:3")

    assert () == (await case.view()).tasks
    assert not {"supplier.asked", "supplier.not_reached"} & {*await case.keys()}
    await case.signal("restock_changed", {**expected(days=4), "source": "incident"})

    assert Course.OFFERS == (await _supply(case)).course


async def test_a_case_that_joins_an_incident_asks_no_more(stack: Stack) -> None:
    case = await asking(stack)
    await case.until(lambda view: view.needs_human is not None)
    before = [key for key in await case.keys() if key.startswith("supplier")]

    await case.signal("shortage_found", {"incident_id": "incident:1:2:3"})
    await case.skip(timedelta(hours=4))

    assert before == [key for key in await case.keys() if key.startswith("supplier")]
    assert "incident:1:2:3" == (await case.view()).incident_id


async def test_a_buyer_who_wants_the_money_does_not_wait_for_the_supplier(stack: Stack) -> None:
    case = await asking(stack)

    await case.chose("refund")

    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome


async def test_a_case_opened_too_late_for_its_supplier_contacts_the_buyer_at_once(
    stack: Stack,
) -> None:
    order_id = await stack.order(due_in=LATE)
    case = await stack.open(order_id, **STOCKOUT, detected_at=soon(hours=-30))

    view = await case.until(S.AWAITING_CHOICE)

    assert ["contact_by"] == [breach.deadline for breach in view.breaches]
    assert "supplier.silent" in await case.keys()


# The bands


@pytest.mark.parametrize(
    ("days", "due_in", "course", "choices"),
    [
        (6.9, LATE, Course.OFFERS, ["wait", "refund"]),
        (7.1, LATE, Course.NEGOTIATE, ["wait", "refund"]),
        (14.9, LATE, Course.NEGOTIATE, ["wait", "refund"]),
        (15.1, LATE, Course.RECOMMEND_REFUND, ["refund"]),
        (9, timedelta(days=8), Course.RECOMMEND_REFUND, ["refund"]),
    ],
    ids=["week", "after_a_week", "fortnight", "too_long", "past_the_platform"],
)
async def test_how_the_buyer_is_asked_depends_on_the_restock(
    stack: Stack, days: float, due_in: timedelta, course: Course, choices: list[str]
) -> None:
    case = await stack.asked(**STOCKOUT, due_in=due_in, restock_at=soon(days=days))

    view = await case.view()
    assert view.supply
    assert course == view.supply.course
    assert choices == [offer.choice for offer in view.offers]
    assert ("wait" not in choices) == any(why.startswith("wait") for why in view.offers_not_made)


async def test_a_recommended_refund_is_made_at_the_deadline(stack: Stack) -> None:
    case = await stack.asked(**STOCKOUT, due_in=timedelta(days=8), restock_at=soon(days=20))
    view = await case.view()
    assert view.choice_by
    (text,) = await case.texts()
    assert "advice is C" in text

    await case.skip_to(view.choice_by, plus=SECOND)
    view = await case.result()

    assert CaseOutcome.REFUNDED_NO_REPLY == view.outcome
    assert view.promise_by
    assert view.closed_at
    assert view.closed_at < view.promise_by


@pytest.mark.moves("contacting:nothing_comes")
@pytest.mark.parametrize("is_cod", [False, True], ids=["paid", "cash_on_delivery"])
async def test_what_never_comes_is_refunded_on_our_initiative(
    stack: Stack,
    is_cod: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    case = await stack.open(await stack.order(is_cod=is_cod), **STOCKOUT)
    await case.until(S.CONTACTING)

    await case.signal("restock_changed", GONE)
    view = await case.result()

    assert CaseOutcome.REFUNDED_UNAVAILABLE == view.outcome
    assert ("not_paid" if is_cod else "confirmed") == view.refund.status
    told, _settled = await case.texts()
    assert "will not come back into stock" in told
    assert is_cod == (not any("refund" in text for text in await case.texts()))


async def test_a_substitute_is_offered_before_anything_is_refunded_unasked(stack: Stack) -> None:
    case = await asking(stack, substitute_sku_id=DEARER)

    await case.signal("restock_changed", GONE)
    view = await case.until(S.AWAITING_CHOICE)

    assert ["swap", "refund"] == [offer.choice for offer in view.offers]


async def test_the_playbook_may_refund_where_the_supplier_is_silent(stack: Stack) -> None:
    name = stack.write_playbook("strict", "stockout: {no_answer: refund}")
    case = await asking(stack, playbook=name)
    view = await case.view()
    assert view.supply

    await case.skip_to(view.supply.answer_by or view.opened_at, plus=SECOND)

    assert CaseOutcome.REFUNDED_UNAVAILABLE == (await case.result()).outcome


async def test_what_the_shop_owes_is_a_task_until_it_is_handed_over(stack: Stack) -> None:
    name = stack.write_playbook(
        "amends", "stockout: {amends: [{kind: discount, amount: {USD: 5}}]}"
    )
    case = await stack.open(await stack.order(), **STOCKOUT, playbook=name)
    await case.until(S.CONTACTING)
    await case.signal("restock_changed", GONE)
    view = await case.until(lambda view: any(task.step == "amends" for task in view.tasks))
    assert view.supply
    assert [("5.00 USD off a later order", False)] == [
        (owed.what, owed.given) for owed in view.supply.owed
    ]

    await case.update("resume_step", {**ANNA, "step": "amends", "how": "done"})
    view = await case.result()

    assert view.supply
    assert [True] == [owed.given for owed in view.supply.owed]
    assert "$5.00 off a later order" in (await case.texts())[0]


async def test_what_nobody_hands_over_closes_the_case_and_stays_in_its_view(stack: Stack) -> None:
    name = stack.write_playbook("gift", "stockout: {amends: [{kind: gift, gift: a scarf}]}")
    case = await stack.open(await stack.order(), **STOCKOUT, playbook=name)
    await case.until(S.CONTACTING)
    await case.signal("restock_changed", GONE)
    await case.until(lambda view: any(task.step == "amends" for task in view.tasks))

    assert not await case.skip(timedelta(days=3, minutes=1))
    view = await case.result()

    assert CaseOutcome.REFUNDED_UNAVAILABLE == view.outcome
    assert view.supply
    assert [("a scarf", False)] == [(owed.what, owed.given) for owed in view.supply.owed]


# Turning


@pytest.mark.moves("awaiting_choice:nothing_comes")
async def test_an_oversold_item_that_never_comes_changes_course_while_the_buyer_thinks(
    stack: Stack,
) -> None:
    case = await stack.asked(restock_at=soon(hours=60))

    await case.signal("restock_changed", GONE)
    view = await case.result()

    assert CaseOutcome.REFUNDED_UNAVAILABLE == view.outcome
    assert CaseKind.UNAVAILABLE == view.kind
    asked, turned, _refunded = await case.texts()
    assert "Please choose" in asked
    assert "not coming after all" in turned
    assert "Please" not in turned


async def test_a_turned_item_with_a_substitute_leaves_the_buyer_the_choice(stack: Stack) -> None:
    case = await stack.asked(restock_at=soon(hours=60), substitute_sku_id=DEARER)

    await case.signal("restock_changed", GONE)
    view = await case.until(lambda view: len(view.offers) == 2)

    assert ["swap", "refund"] == [offer.choice for offer in view.offers]
    assert "Waiting is no longer possible" in (await case.texts())[1]


async def test_an_item_that_turns_while_a_person_should_tell_is_told_once_as_it_stands(
    stack: Stack,
) -> None:
    order_id = await stack.order()
    await stack.sandbox.block(order_id)
    case = await stack.open(order_id, restock_at=soon(hours=60))
    await case.until(S.CONTACTING, lambda view: view.needs_human is not None)

    await case.signal("restock_changed", GONE)
    view = await case.until(lambda view: any("ask:2" == task.step for task in view.tasks))

    assert 1 == len(view.tasks)
    assert "will not come back" in view.tasks[0].text
    await case.update("record_contact", {**ANNA, "channel": "phone", "text": "told her"})
    assert CaseOutcome.REFUNDED_UNAVAILABLE == (await case.result()).outcome


async def test_an_item_that_comes_back_turns_the_case_back(stack: Stack) -> None:
    case = await stack.asked(restock_at=soon(hours=60), substitute_sku_id=DEARER)
    await case.signal("restock_changed", GONE)
    await case.until(lambda view: view.kind is CaseKind.UNAVAILABLE and len(view.offers) == 2)

    await case.signal("restock_changed", expected(hours=70))
    view = await case.until(lambda view: len(view.offers) == 3)

    assert CaseKind.OVERSOLD == view.kind
    assert ["wait", "swap", "refund"] == [offer.choice for offer in view.offers]


@pytest.mark.parametrize("choice", ["wait", "swap"])
async def test_a_buyer_who_chose_is_not_asked_again_when_the_item_turns(
    stack: Stack, choice: str
) -> None:
    """Who waits is refunded at once; who takes the substitute takes it."""
    case = await stack.asked(restock_at=soon(hours=60), substitute_sku_id=DEARER)
    await case.chose(choice)
    await case.until(S.WAITING_RESTOCK if choice == "wait" else S.ARRANGING_SWAP)

    await case.signal("restock_changed", GONE)
    view = await case.until(lambda view: view.kind is CaseKind.UNAVAILABLE)

    if choice == "swap":
        assert S.ARRANGING_SWAP == view.state
        return
    assert CaseOutcome.REFUNDED_RESTOCK_FAILED == (await case.result()).outcome
    assert 1 == len([text for text in await case.texts() if "Please choose" in text])


async def test_an_item_that_turns_before_its_order_is_read_is_told_as_it_stands(
    stack: Stack,
) -> None:
    case = await opening(stack)
    await case.signal("restock_changed", GONE)
    await stack.sandbox.clear_faults()

    await case.update("resume_step", {**ANNA, "step": "look", "how": "retry"})
    view = await case.result()

    assert (CaseKind.UNAVAILABLE, CaseOutcome.REFUNDED_UNAVAILABLE) == (view.kind, view.outcome)
    assert 2 == len(await case.texts())


async def test_an_item_that_turns_while_its_refund_waits_is_refunded_all_the_same(
    stack: Stack,
) -> None:
    case = await held(stack)
    await case.signal("restock_changed", GONE)
    await case.until(lambda view: view.kind is CaseKind.UNAVAILABLE)
    await case.signal("restock_changed", expected(hours=70))

    await case.update("approve_refund", {"actor": "ben", "approved": True})
    view = await case.result()

    assert (CaseKind.UNAVAILABLE, CaseOutcome.REFUNDED_BY_CHOICE) == (view.kind, view.outcome)
    assert 1 == len([text for text in await case.texts() if "Please choose" in text])


async def test_opening_a_stock_out_on_an_oversold_order_turns_its_case(stack: Stack) -> None:
    case = await stack.asked(restock_at=soon(hours=60))

    found = {"short_lines": [], "kind": "unavailable", "supplier": "Hao Yi"}
    await case.signal("shortage_found", found)
    view = await case.until(lambda view: view.kind is CaseKind.UNAVAILABLE)

    assert view.supply
    assert "Hao Yi" == view.supply.supplier
    assert 1 == len(await case.texts())


# A person's choice


async def test_a_person_may_end_the_wait_for_the_supplier(stack: Stack) -> None:
    case = await asking(stack)

    refund = {**ANNA, "action": "refund", "reason": "the factory burned down"}
    await case.update("override_outcome", refund)

    assert CaseOutcome.REFUNDED_BY_PERSON == (await case.result()).outcome


async def test_a_person_may_have_a_stock_out_wait_longer_than_the_bands_do(stack: Stack) -> None:
    case = await stack.asked(**STOCKOUT, due_in=LATE, restock_at=soon(days=20))

    wait = {**ANNA, "action": "wait", "until": soon(days=22), "reason": "agreed by phone"}
    await case.update("override_outcome", wait)

    assert S.WAITING_RESTOCK == (await case.until(S.WAITING_RESTOCK)).state
