"""Appeals that the merchant's own endpoint hands in: once, whatever happens, or by a person."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from domain.timeline import EventKey
from tests.support.appeals import by_gateway, filing_gateway
from tests.support.filing_receiver import Oddity, Receiver
from tests.support.stack import Stack
from workflows import names

ANNA = {"actor": "anna"}
DESK = names.DESK_QUEUE


@pytest.fixture
async def gateway(stack: Stack) -> AsyncIterator[Receiver]:
    """The product with an endpoint of the merchant's for filing."""
    async with filing_gateway(stack) as receiver:
        yield receiver


async def test_the_gateway_files_once_whatever_happens_or_a_person_does(
    stack: Stack, gateway: Receiver
) -> None:
    """One story, since changing the workers' endpoint takes seconds."""
    await _files_without_anybody(stack, gateway)
    await _survives_an_answer_that_was_lost(stack, gateway)
    await _survives_a_worker_that_ends_before_it_reports(stack, gateway)
    await _hands_a_refusal_to_a_person(stack, gateway)


async def _files_without_anybody(stack: Stack, gateway: Receiver) -> None:
    appeal = await by_gateway(stack)

    view = await appeal.until(S.FILED)

    assert view.appeal
    (filed,) = view.appeal.rounds
    assert ("AP-1", "gateway", True) == (filed.reference, filed.channel, filed.complete)
    assert 1 == gateway.filed == len(gateway.packets)
    assert not any(task.step == "file" for task in view.tasks)
    await appeal.decided("accepted")
    assert CaseOutcome.APPEAL_WON == (await appeal.result()).outcome


async def _survives_an_answer_that_was_lost(stack: Stack, gateway: Receiver) -> None:
    gateway.next("POST", Oddity.DROPS)

    appeal = await by_gateway(stack)
    await appeal.until(S.READY)
    await appeal.skip(timedelta(seconds=10))
    await appeal.until(S.FILED)

    assert 2 == gateway.filed
    assert 1 == (await appeal.keys()).count(EventKey.APPEAL_FILED)


async def _survives_a_worker_that_ends_before_it_reports(stack: Stack, gateway: Receiver) -> None:
    gateway.next("POST", Oddity.SILENT)
    appeal = await by_gateway(stack)
    await gateway.until_filed(3)

    await stack.leave(DESK)
    await stack.man(DESK)
    await appeal.skip(timedelta(seconds=10))
    view = await appeal.until(S.FILED)

    assert 3 == gateway.filed
    assert view.appeal
    assert "AP-3" == view.appeal.rounds[0].reference


async def _hands_a_refusal_to_a_person(stack: Stack, gateway: Receiver) -> None:
    gateway.next("POST", (422, {}, {"error": "no such shop"}))
    appeal = await by_gateway(stack)
    task = await appeal.task("gateway:1")
    assert ("retry", "abandon") == task.options
    record = {**ANNA, "reference": "A-5"}
    assert "the gateway is handing it in" in await appeal.refused("record_filing", record)

    await appeal.update("resume_step", {**ANNA, "step": "gateway:1", "how": "abandon"})
    await appeal.task("file")
    view = await appeal.filed("A-5")

    assert view.appeal
    assert "assisted" == view.appeal.rounds[0].channel
    assert 3 == gateway.filed


async def test_without_an_endpoint_a_gateway_playbook_asks_a_person(stack: Stack) -> None:
    appeal = await by_gateway(stack)

    task = await appeal.task("gateway:1")

    assert "WENHUO_GATEWAY_URL" in task.ask
    assert S.READY is (await appeal.view()).state
