"""After a rejection: a second round that says something new, or the end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from domain.requirements import Scenario, Violation
from records.appeals import AppealOutcomes
from sandbox.shops import US_SHOP_ID
from tests.support.appeals import NEVER_CAME, OpenAppeal, appealed, moment, open_appeal
from tests.support.stack import Stack
from tests.support.vaults import add_evidence

SECOND = timedelta(seconds=1)
ANNA = {"actor": "anna"}


async def rejected(stack: Stack, reason: str = "not enough evidence") -> OpenAppeal:
    """Return an appeal whose first round was filed complete and rejected."""
    _, appeal = await appealed(stack)
    await appeal.filed()
    await appeal.decided("rejected", reason)
    await appeal.until(S.SECOND_ROUND)
    return appeal


@pytest.mark.moves(
    "filed:rejected", "rejected:appeals_again", "second_round:ready_to_file", "ready:filed"
)
async def test_a_second_round_with_a_new_exhibit_is_filed_and_won(stack: Stack) -> None:
    appeal = await rejected(stack)
    assert "must add something" in (await appeal.task("argument")).ask

    await appeal.prove("call_recording")
    view = await appeal.packed()
    part = view.appeal
    assert part
    assert part.packet
    assert 2 == part.packet.round
    assert part.rounds[0].exhibits == part.packet.exhibits[: len(part.rounds[0].exhibits)]
    assert "not enough evidence" in (await appeal.task("file")).text
    await appeal.filed("A-2")
    await appeal.decided("accepted")

    view = await appeal.result()
    assert CaseOutcome.APPEAL_WON == view.outcome
    assert view.appeal
    assert ["rejected", "accepted"] == [one.decision for one in view.appeal.rounds]


async def test_a_second_round_that_repeats_the_first_is_never_ready(stack: Stack) -> None:
    appeal = await rejected(stack)
    view = await appeal.view()
    assert view.appeal
    assert "repeats the last one" in view.appeal.why

    await appeal.skip_to(moment(view, "last_safe_moment"), plus=SECOND)
    view = await appeal.view()
    assert S.SECOND_ROUND is view.state
    refusal = await appeal.refused("record_filing", {**ANNA, "reference": "A-2"})
    assert "not ready" in refusal

    await appeal.answers("argument", "The carrier's own log shows that no driver was sent.")
    view = await appeal.packed()
    assert "no driver was sent" in (await appeal.task("file")).text


@pytest.mark.moves("second_round:window_ended")
async def test_a_second_window_that_passes_is_a_breach(stack: Stack) -> None:
    appeal = await rejected(stack)
    ends = moment(await appeal.view(), "window_ends")

    assert not await appeal.skip_to(ends, plus=SECOND)

    view = await appeal.result()
    assert CaseOutcome.APPEAL_EXPIRED == view.outcome
    assert "window_ends" in [breach.deadline for breach in view.breaches]


@pytest.mark.moves("rejected:no_round_left")
async def test_a_second_rejection_loses_the_appeal_and_its_reason_is_kept(stack: Stack) -> None:
    appeal = await rejected(stack, "photos have no time")
    await appeal.prove("call_recording")
    await appeal.filed("A-2")

    await appeal.decided("rejected", "the same as before")

    assert CaseOutcome.APPEAL_LOST == (await appeal.result()).outcome
    kept = AppealOutcomes(stack.db).of("TH", Violation.LATE_DISPATCH, Scenario.CARRIER_NEVER_CAME)
    reasons = {one.reason for one in kept}
    assert {"photos have no time", "the same as before"} <= reasons


@pytest.mark.moves("ready:incomplete_again")
async def test_a_second_round_falls_back_if_what_is_argued_is_not_proven(stack: Stack) -> None:
    appeal = await rejected(stack)
    await appeal.prove("call_recording")
    await appeal.packed()

    await appeal.answers("scenario", "carrier_no_room")

    view = await appeal.until(S.SECOND_ROUND)
    assert view.appeal
    assert "carrier_no_room" == view.appeal.scenario
    assert any(task.step == "evidence:full_vehicle" for task in view.tasks)


@asynccontextmanager
async def _rounds_unknown(stack: Stack) -> AsyncIterator[None]:
    """Let nobody know how often an appeal can be filed in the United States."""
    path = stack.playbook_files / "markets" / "US.yaml"
    kept = path.read_text(encoding="utf-8")
    begin = kept.index("appeal_rounds:")
    end = kept.index("help_center_after_days:")
    unknown = "appeal_rounds:\n  confidence: unknown\n"
    path.write_text(kept[:begin] + unknown + kept[end:], encoding="utf-8")
    yield
    path.write_text(kept, encoding="utf-8")


async def _rejected_where_nobody_knows(stack: Stack) -> OpenAppeal:
    """Return a rejected appeal of a market that is silent on further rounds."""
    async with _rounds_unknown(stack):
        appeal = await open_appeal(
            stack,
            shop_id=US_SHOP_ID,
            order_ids=["576590000000000001"],
            issued_at=datetime.now(UTC).isoformat(),
        )
        await appeal.task("scenario")
    await appeal.answers("scenario", "carrier_never_came")
    manifest = add_evidence(stack, appeal, "dispatch_manifest")
    await appeal.update(
        "attach_evidence", {**ANNA, "evidence_id": manifest.evidence_id, "requirement": ""}
    )
    await appeal.prove(*NEVER_CAME)
    await appeal.filed()
    await appeal.decided("rejected")

    assert ("done", "abandon") == (await appeal.task("next_round")).options
    return appeal


@pytest.mark.parametrize(("how", "state"), [("done", S.SECOND_ROUND), ("abandon", S.CLOSED)])
async def test_where_nobody_knows_of_another_round_a_person_says(
    stack: Stack, how: str, state: S
) -> None:
    appeal = await _rejected_where_nobody_knows(stack)

    await appeal.answers("next_round", "", how=how)

    if state is S.CLOSED:
        assert CaseOutcome.APPEAL_LOST == (await appeal.result()).outcome
    else:
        await appeal.until(state)


@pytest.mark.moves("rejected:withdrawn")
async def test_an_appeal_that_waits_for_word_of_another_round_can_be_withdrawn(
    stack: Stack,
) -> None:
    appeal = await _rejected_where_nobody_knows(stack)

    await appeal.update("withdraw", ANNA)

    assert CaseOutcome.WITHDRAWN == (await appeal.result()).outcome


@pytest.mark.moves("rejected:person_closes")
async def test_an_appeal_that_waits_for_word_of_another_round_can_be_closed(
    stack: Stack,
) -> None:
    appeal = await _rejected_where_nobody_knows(stack)

    await appeal.update("override_outcome", {**ANNA, "action": "close", "reason": "enough"})

    assert CaseOutcome.CLOSED_BY_PERSON == (await appeal.result()).outcome
