"""Appeals that people open: without a case, twice, with what only they can read off the ticket."""

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError

from domain.cases import CaseOutcome
from domain.cases import CaseState as S
from domain.timeline import EventKey
from sandbox.shops import TH_SHOP_ID
from tests.support.appeals import NEVER_CAME, appealed, moment, open_appeal, settled_pickup
from tests.support.stack import Stack
from tests.support.vaults import add_evidence
from workflows import names

ANNA = {"actor": "anna"}
SECOND = timedelta(seconds=1)
ORDER = "576590000000000777"


def now() -> str:
    return datetime.now(UTC).isoformat()


async def test_a_penalty_that_nobody_has_a_case_for_is_appealed_by_hand(stack: Stack) -> None:
    appeal = await open_appeal(stack, issued_at=now())
    assert "read the order ids off it" in (await appeal.task("orders")).ask
    assert "carrier_never_came" in (await appeal.task("scenario")).ask

    await appeal.answers("orders", f"{ORDER}, 576590000000000778")
    await appeal.answers("scenario", "carrier_never_came")
    view = await appeal.until(lambda view: any("evidence:" in t.step for t in view.tasks))
    assert (ORDER, "576590000000000778") == view.order_ids
    asked = {task.step for task in view.tasks}
    assert {"evidence:dispatch_manifest", "evidence:ready_parcel"} <= asked

    await appeal.prove(*NEVER_CAME, "dispatch_manifest")
    view = await appeal.packed()
    assert ORDER in (await appeal.task("file")).text
    assert not any("evidence:" in task.step for task in view.tasks if "needs" in task.ask)


async def test_an_unknown_window_is_read_off_the_ticket(stack: Stack) -> None:
    appeal = await open_appeal(stack, order_ids=[ORDER])
    task = await appeal.task("window")
    assert "When the penalty was issued is not known" in task.ask
    assert (await appeal.view()).deadlines == ()

    ends = datetime.now(UTC) + timedelta(days=6)
    await appeal.answers("window", ends.isoformat())
    view = await appeal.until(lambda view: not any(t.step == "window" for t in view.tasks))

    assert ends == moment(view, "window_ends")
    assert moment(view, "complete_by") < ends


@pytest.mark.parametrize(
    ("step", "said", "why"),
    [
        ("window", "next week", "no instant"),
        ("scenario", "bad_luck", "is no cause"),
        ("orders", " , ", "at least one"),
        ("argument", "x" * 601, "601 characters"),
        ("argument", "", "something that is new"),
    ],
)
async def test_an_answer_that_cannot_be_used_is_refused(
    stack: Stack, step: str, said: str, why: str
) -> None:
    appeal = await open_appeal(stack, issued_at=now())
    await appeal.task("orders")

    answer = {**ANNA, "step": step, "how": "done", "reference": said}

    assert why in await appeal.refused("resume_step", answer)


async def test_a_ticket_twice_joins_and_brings_its_case(stack: Stack) -> None:
    appeal = await open_appeal(stack, issued_at=now())
    await appeal.task("orders")
    case = await settled_pickup(stack)

    again = await open_appeal(stack, ticket_id=appeal.ticket_id, case_ids=[case.handle.id])
    view = await appeal.until(lambda view: bool(view.order_ids))

    assert again.handle.id == appeal.handle.id
    assert case.order_ids == view.order_ids
    assert view.appeal
    assert (case.handle.id,) == view.appeal.case_ids
    assert set((await case.view()).evidence) <= set(view.evidence)
    assert not any(task.step == "orders" for task in view.tasks)
    assert 1 == (await appeal.keys()).count(EventKey.CASE_JOINED)


async def test_a_case_that_nobody_knows_is_told_and_does_not_stop_the_appeal(
    stack: Stack,
) -> None:
    unknown = names.pickup_case_id(TH_SHOP_ID, "nobody")
    appeal = await open_appeal(stack, case_ids=[unknown], order_ids=[ORDER], issued_at=now())

    await appeal.task("scenario")

    told = [e for e in await appeal.timeline() if e.key is EventKey.SIGNAL_REFUSED]
    assert [f"nobody knows the case {unknown}"] == [event.detail for event in told]


async def test_a_decision_before_the_filing_is_refused(stack: Stack) -> None:
    _, appeal = await appealed(stack)
    await appeal.packed()

    refusal = await appeal.refused("record_decision", {**ANNA, "decision": "accepted"})
    unknown = await appeal.refused("record_decision", {**ANNA, "decision": "maybe"})

    assert "has not been filed" in refusal
    assert "unknown" in unknown


async def test_a_round_is_filed_once(stack: Stack) -> None:
    _, appeal = await appealed(stack)
    await appeal.filed("A-1", request_id="f1")

    assert "filed already" in await appeal.refused("record_filing", {**ANNA, "reference": "A-9"})
    again = await appeal.update("record_filing", {**ANNA, "reference": "A-1", "request_id": "f1"})
    assert S.FILED is again.state


async def test_a_filing_may_name_the_screenshot_that_shows_it(stack: Stack) -> None:
    _, appeal = await appealed(stack)
    await appeal.packed()
    wrong = {**ANNA, "reference": "A-1", "evidence_id": "ev-none", "request_id": "f2"}
    with pytest.raises(WorkflowUpdateFailedError) as failed:
        await appeal.handle.execute_update("record_filing", wrong)
    assert "not in the vault" in str(failed.value.cause)

    shot = add_evidence(stack, appeal, "filing_receipt")
    view = await appeal.update("record_filing", {**wrong, "evidence_id": shot.evidence_id})

    assert view.appeal
    assert shot.evidence_id == view.appeal.rounds[0].receipt
    assert S.FILED is view.state


@pytest.mark.moves("ready:incomplete")
async def test_another_cause_that_is_not_proven_takes_the_round_back(stack: Stack) -> None:
    _, appeal = await appealed(stack)
    await appeal.packed()

    await appeal.answers("scenario", "carrier_no_room")

    view = await appeal.until(S.COLLECTING)
    assert not any(task.step == "file" for task in view.tasks)
    assert any(task.step == "evidence:signed_manifest" for task in view.tasks)
    await appeal.answers("scenario", "carrier_never_came")
    await appeal.packed()


@pytest.mark.moves("collecting:window_ended")
async def test_an_appeal_about_orders_that_nobody_names_expires_visibly(stack: Stack) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=29)).isoformat()
    appeal = await open_appeal(stack, issued_at=long_ago)
    view = await appeal.until(lambda view: bool(view.deadlines))

    await appeal.skip_to(moment(view, "window_ends"), plus=-SECOND * 10)
    assert S.COLLECTING is (await appeal.view()).state
    assert not await appeal.skip_to(moment(view, "window_ends"), plus=SECOND)

    assert CaseOutcome.APPEAL_EXPIRED == (await appeal.result()).outcome


async def test_an_appeal_that_opens_after_its_window_expires_at_once(stack: Stack) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    appeal = await open_appeal(stack, issued_at=long_ago, order_ids=[ORDER])

    assert CaseOutcome.APPEAL_EXPIRED == (await appeal.result()).outcome


async def test_a_start_that_names_no_ticket_fails_at_once(stack: Stack) -> None:
    handle = await stack.client.start_workflow(
        names.APPEAL, {"shop_id": TH_SHOP_ID}, id="appeal:bad", task_queue=names.CASES_QUEUE
    )

    with pytest.raises(WorkflowFailureError) as failed:
        await handle.result()

    assert "ticket_id" in str(failed.value.cause)
