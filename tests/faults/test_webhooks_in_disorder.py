"""Webhooks are hints: lost, doubled, late or reordered, the case ends the same way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from domain.cases import CaseOutcome, CaseState
from domain.choices import Choice
from tests.support.faults import Effect, Trial, assert_refunded_once, assert_told_once, until_told
from tests.support.stack import Opened, Stack
from tests.support.webhook_post import CANCELLATION, MESSAGE, ORDER_STATUS, Post, webhook_post


@pytest.fixture(scope="module")
async def post(stack: Stack) -> AsyncIterator[Post]:
    async with webhook_post(stack) as held:
        yield held


async def _says(case: Opened, *texts: str) -> None:
    # The whole order id makes the texts findable among all that the sandbox sends.
    for text in texts:
        await case.stack.sandbox.say(case.order_id, f"{text} ({case.order_id})")


async def test_a_choice_whose_webhook_was_lost_is_read_before_silence_counts(
    stack: Stack,
) -> None:
    case = await stack.asked()
    await _says(case, "C")

    choice_by = (await case.view()).choice_by
    assert choice_by is not None
    await case.skip_to(choice_by, plus=timedelta(minutes=1))
    view = await case.result()

    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    assert 1 == len(await case.cancellations())


async def test_a_doubled_notification_counts_once(stack: Stack, post: Post) -> None:
    case = await stack.asked()
    await _says(case, "what is B?")
    (asked,) = await post.caught(1, case.order_id, MESSAGE)

    await post.deliver(asked, asked, asked.under_another_id())
    await case.until(lambda view: view.needs_human is not None)

    assert 1 == (await case.keys()).count("buyer.wrote")
    assert 1 == (await case.keys()).count("choice.refused")


async def test_the_buyers_last_word_counts_even_if_it_arrives_first(
    stack: Stack, post: Post
) -> None:
    restock = (datetime.now(UTC) + timedelta(hours=48)).isoformat()
    case = await stack.asked(restock_at=restock)
    await _says(case, "C", "A")
    refund, wait = await post.caught(2, case.order_id, MESSAGE)

    await post.deliver(wait)
    await case.until(CaseState.WAITING_RESTOCK)
    await post.deliver(refund)
    await until_told(case, "buyer.wrote", 2)
    await case.update("note", {"actor": "li", "text": "whatever followed has happened by now"})

    assert Choice.WAIT == (await case.view()).choice
    assert not await case.cancellations()


async def test_a_webhook_that_comes_after_the_end_changes_nothing(
    stack: Stack, post: Post
) -> None:
    case = await stack.asked()
    await _says(case, "A")
    (late,) = await post.caught(1, case.order_id, MESSAGE)
    await case.signal("buyer_chose", {"choice": "refund"})
    ended = await case.result()

    story = await case.keys()
    await post.deliver(late, *await post.caught(1, case.order_id, ORDER_STATUS))
    after = await case.view()

    assert CaseOutcome.REFUNDED_BY_CHOICE == ended.outcome
    assert (ended.outcome, ended.choice, ended.refund) == (
        after.outcome,
        after.choice,
        after.refund,
    )
    assert story == await case.keys()
    await assert_told_once(case, texts=2)


async def test_our_own_cancellation_coming_back_before_its_reply_is_ours(
    stack: Stack, post: Post
) -> None:
    trial = await Trial.of(stack, Effect.CANCELLATION)
    await trial.fault("drop_reply")
    case = await trial.up_to_effect()

    news = await post.caught(1, case.order_id, ORDER_STATUS, order_status="CANCEL")
    news += await post.caught(1, case.order_id, CANCELLATION)
    await post.deliver(*news)

    await assert_refunded_once(case, await trial.finish(case))


async def test_our_own_cancellation_coming_back_while_its_step_is_parked_is_ours(
    stack: Stack, post: Post
) -> None:
    trial = await Trial.of(stack, Effect.CANCELLATION)
    await trial.fault("drop_reply")
    case = await trial.up_to_effect()
    await trial.called()
    await trial.blind()
    await case.until(CaseState.PARKED)

    await post.deliver(*await post.caught(1, case.order_id, CANCELLATION))

    await assert_refunded_once(case, await trial.finish(case))


async def test_old_and_repeated_order_news_only_makes_the_case_look(
    stack: Stack, post: Post
) -> None:
    case = await stack.asked()
    await stack.sandbox.cancel(case.order_id)
    news = await post.caught(1, case.order_id, CANCELLATION)

    old = {"order_id": case.order_id, "status": "CANCELLED", "changed_at": "2020-01-01T00:00:00Z"}
    await case.signal("order_changed", old)
    await post.deliver(*reversed(news), *news)
    await case.until(lambda view: view.needs_human is not None)

    assert CaseState.AWAITING_CHOICE == (await case.view()).state
    assert "buyer_cancellation" in [task.step for task in (await case.view()).tasks]
