"""A first round: complete and filed, or filed with what there is, or visibly expired."""

from datetime import timedelta

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from domain.timeline import EventKey
from tests.support.appeals import appealed, moment
from tests.support.stack import Stack

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@pytest.mark.moves("collecting:ready_to_file", "ready:filed", "filed:accepted")
async def test_a_complete_appeal_is_filed_at_once_and_won(stack: Stack) -> None:
    case, appeal = await appealed(stack)
    view = await appeal.packed()
    part = view.appeal
    assert part
    assert part.packet
    assert (True, True, "carrier_never_came") == (part.ready, part.complete, part.scenario)
    task = await appeal.task("file")
    assert len(task.text) <= 1800
    assert case.order_ids[0] in task.text
    assert task.by == part.window_ends
    assert part.packet.evidence_id

    view = await appeal.filed("A-77")
    assert S.FILED is view.state
    view = await appeal.decided("accepted")

    assert CaseOutcome.APPEAL_WON == (await appeal.result()).outcome
    closed = await appeal.result()
    assert closed.appeal
    (filed,) = closed.appeal.rounds
    assert ("A-77", True, "accepted") == (filed.reference, filed.complete, filed.decision)
    assert () == closed.tasks


async def test_an_incomplete_first_round_waits_for_its_last_safe_moment(stack: Stack) -> None:
    _, appeal = await appealed(stack, proofs=("carrier_chat",))
    view = await appeal.until(lambda view: bool(view.appeal and view.appeal.scenario))
    last_safe = moment(view, "last_safe_moment")

    await appeal.skip_to(last_safe, plus=-MINUTE)
    view = await appeal.view()
    assert S.COLLECTING is view.state
    assert "not ready" in await appeal.refused(
        "record_filing", {"actor": "anna", "reference": "A-1"}
    )
    await appeal.skip_to(last_safe, plus=SECOND)
    await appeal.packed()
    view = await appeal.filed()

    assert view.appeal
    assert view.appeal.rounds[0].complete is False
    assert ["complete_by"] == [breach.deadline for breach in view.breaches]


async def test_what_comes_before_the_last_safe_moment_makes_it_complete(stack: Stack) -> None:
    _, appeal = await appealed(stack, proofs=("carrier_chat",))
    view = await appeal.until(lambda view: bool(view.appeal and view.appeal.scenario))
    await appeal.skip_to(moment(view, "last_safe_moment"), plus=-5 * MINUTE)

    await appeal.prove("ready_photo")
    view = await appeal.packed()

    assert view.appeal
    assert view.appeal.complete


@pytest.mark.moves("collecting:ready_to_file", "ready:window_ended")
async def test_a_window_that_nobody_uses_is_a_breach_and_never_silent(stack: Stack) -> None:
    _, appeal = await appealed(stack, proofs=())
    view = await appeal.until(lambda view: bool(view.appeal and view.appeal.window_ends))
    ends = moment(view, "window_ends")

    assert not await appeal.skip_to(ends, plus=SECOND)
    view = await appeal.result()

    assert CaseOutcome.APPEAL_EXPIRED == view.outcome
    assert "window_ends" in [breach.deadline for breach in view.breaches]
    assert EventKey.APPEAL_REMINDED in await appeal.keys()
