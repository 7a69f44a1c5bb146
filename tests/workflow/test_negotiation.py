"""A longer wait is negotiated: two rounds at most, each remembered, and a no is a no."""

import itertools
from datetime import timedelta
from typing import Any

import pytest

from domain.cases import CaseOutcome, CaseView
from domain.cases import CaseState as S
from domain.stockout import Course
from tests.support.case_states import MESSAGES, soon
from tests.support.stack import JACKET, Opened, Stack
from workflows import names

ANNA = {"actor": "anna"}
SECOND = timedelta(seconds=1)
_numbers = itertools.count(1)
ROUNDS = """stockout:
  rounds:
    - [{kind: discount, amount: {USD: 3}}]
    - [{kind: discount, amount: {USD: 6}}]
"""


async def negotiating(stack: Stack, text: str = ROUNDS, **payload: Any) -> Opened:
    """Return a stock-out whose buyer was offered the first round for waiting ten days."""
    name = stack.write_playbook(f"rounds-{next(_numbers)}", text)
    fields = {"due_in": timedelta(days=40), "restock_at": soon(days=10), **payload}
    return await stack.asked(workflow_type=names.STOCKOUT_CASE, playbook=name, **fields)


def _rounds(view: CaseView) -> list[str | None]:
    assert view.supply
    return [made.discount for made in view.supply.rounds]


async def _second_round(case: Opened) -> CaseView:
    return await case.until(S.AWAITING_CHOICE, lambda view: len(_rounds(view)) == 2)


async def test_silence_brings_a_second_round_with_more_and_then_the_refund(stack: Stack) -> None:
    case = await negotiating(stack)
    view = await case.view()
    first = view.choice_by
    assert first
    assert ["3.00"] == _rounds(view)
    assert "out of stock" in (await case.texts())[0]

    await case.skip_to(first, plus=SECOND)
    view = await _second_round(case)
    assert ["3.00", "6.00"] == _rounds(view)
    assert view.choice_by
    assert view.choice_by > first
    last = (await case.texts())[-1]
    assert "$6.00 off a later order" in last
    assert "last and best offer" in last
    await case.skip_to(view.choice_by, plus=SECOND)
    view = await case.result()

    assert CaseOutcome.REFUNDED_NO_REPLY == view.outcome
    assert 1 == len([text for text in await case.texts() if "last and best" in text])


async def test_a_question_brings_the_second_round_at_once_and_a_task(stack: Stack) -> None:
    case = await negotiating(stack)

    await case.says("is there any discount if I wait?")
    view = await _second_round(case)

    assert any(task.step == "choice" for task in view.tasks)
    await case.says("how long exactly?")
    await case.until(lambda seen: seen.needs_human is not None)
    assert ["3.00", "6.00"] == _rounds(await case.view())


@pytest.mark.parametrize("text", ["C", "no, I won't wait"])
async def test_a_no_is_never_answered_with_another_round(stack: Stack, text: str) -> None:
    case = await negotiating(stack)

    await case.says(text)

    if text == "C":
        assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome
    else:
        await case.until(lambda view: view.needs_human is not None)
        assert ["3.00"] == _rounds(await case.view())
    assert not [text for text in await case.texts() if "last and best" in text]


async def test_a_yes_to_the_second_round_is_owed_its_discount(stack: Stack) -> None:
    case = await negotiating(stack)
    await case.says("is there any discount if I wait?")
    await _second_round(case)

    await case.chose("wait")
    view = await case.until(lambda view: any(task.step == "amends" for task in view.tasks))

    assert view.supply
    assert ["6.00 USD off a later order"] == [owed.what for owed in view.supply.owed]
    await case.chose("refund")
    view = await case.result()
    assert view.supply
    assert () == view.supply.owed


async def test_without_a_second_compensation_there_is_one_round(stack: Stack) -> None:
    case = await negotiating(stack, "wait: {gift: a pair of socks}")
    view = await case.view()
    assert view.choice_by
    assert view.supply
    assert Course.NEGOTIATE == view.supply.course
    assert ["a pair of socks"] == [made.gift for made in view.supply.rounds]

    await case.skip_to(view.choice_by, plus=SECOND)

    assert CaseOutcome.REFUNDED_NO_REPLY == (await case.result()).outcome


async def test_no_round_offers_less_than_the_one_before(stack: Stack) -> None:
    rounds = "[[{kind: discount, amount: {USD: 5}}], [{kind: discount, amount: {USD: 4}}]]"
    case = await negotiating(stack, f"stockout: {{rounds: {rounds}}}")
    choice_by = (await case.view()).choice_by
    assert choice_by

    await case.skip_to(choice_by, plus=SECOND)

    assert CaseOutcome.REFUNDED_NO_REPLY == (await case.result()).outcome
    assert "offer.not_made" in await case.keys()


async def test_a_second_round_that_nobody_can_send_is_given_up_in_time(stack: Stack) -> None:
    case = await negotiating(stack)
    view = await case.view()
    assert view.choice_by
    await case.fault("refuse", MESSAGES, method="POST", code=45101006)

    await case.skip_to(view.choice_by, plus=SECOND)
    await case.until(S.PARKED)
    assert not await case.skip(timedelta(hours=25))

    assert CaseOutcome.REFUNDED_NO_REPLY == (await case.result()).outcome


async def test_news_of_a_longer_wait_is_put_to_the_buyer_with_what_was_offered(
    stack: Stack,
) -> None:
    case = await negotiating(stack)
    later = {"sku_id": JACKET, "state": "expected", "available_at": soon(days=13)}

    await case.signal("restock_changed", later)
    view = await case.until(lambda view: len(_rounds(view)) == 2)

    assert ["3.00", "3.00"] == _rounds(view)
    assert view.offers[0].promised_at
    assert 2 == len(await case.texts())


async def test_news_past_the_bands_withdraws_the_wait_with_a_message(stack: Stack) -> None:
    case = await negotiating(stack)
    later = {"sku_id": JACKET, "state": "expected", "available_at": soon(days=25)}

    await case.signal("restock_changed", later)
    view = await case.until(lambda view: len(view.offers) == 1)

    assert view.supply
    assert Course.RECOMMEND_REFUND == view.supply.course
    assert "longer than 15d" in view.offers_not_made[0]
    assert 2 == len(await case.texts())


@pytest.mark.parametrize("due", [10, 21], ids=["middle", "long"])
async def test_the_platforms_clock_is_above_every_band(stack: Stack, due: int) -> None:
    """The margin before the platform's own deadline leaves no room for a date that late."""
    at = soon(days=due, hours=-4)
    case = await negotiating(stack, due_in=timedelta(days=due), restock_at=at)

    view = await case.view()

    assert ["refund"] == [offer.choice for offer in view.offers]
    assert "not before the last instant that may be promised" in view.offers_not_made[0]
