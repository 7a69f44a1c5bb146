"""Stories of late pickups and of the appeals that follow them."""

from datetime import UTC, datetime, timedelta

from domain.cases import CaseState as S
from sandbox.shops import US_SHOP_ID
from tests.replay.scenarios import scenario
from tests.support.appeals import (
    NEVER_CAME,
    OpenAppeal,
    appealed,
    by_gateway,
    filing_gateway,
    moment,
    open_appeal,
    settled_pickup,
)
from tests.support.case_states import NO_SCOPE
from tests.support.filing_receiver import Oddity
from tests.support.pickups import (
    PACKAGES,
    LatePickup,
    carrier_desk,
    late,
    late_parcel,
    open_pickup,
)
from tests.support.stack import Opened, Stack
from tests.support.vaults import add_evidence

_ACTOR = {"actor": "lin"}
_SECOND = timedelta(seconds=1)
_MARKET_FORBIDS = 11006021


async def _attach(case: Opened, kind: str) -> None:
    item = add_evidence(case.stack, case, kind)
    given = {**_ACTOR, "evidence_id": item.evidence_id, "requirement": kind}
    await case.update("attach_evidence", given)


async def _penalised(case: LatePickup) -> OpenAppeal:
    """Let a penalty be issued for the parcel; return its appeal."""
    ticket = f"R{case.package_id[-8:]}"
    penalty = {"ticket_id": ticket, "kind": "late_dispatch"}
    await case.signal("penalty_issued", penalty | {"issued_at": (await case.now()).isoformat()})
    await case.until(S.APPEALING)
    return await open_appeal(case.stack, shop_id=case.shop_id, ticket_id=ticket)


async def _closed(appeal: OpenAppeal) -> None:
    """End an appeal that is not what the story is about."""
    await appeal.update("withdraw", {**_ACTOR, "reason": "told"})
    await appeal.result()


@scenario
async def pickup_collected(stack: Stack) -> Opened:
    """Two buyers, a carrier that answers letters, a second missed slot, a scan, no penalty."""
    async with carrier_desk(stack, "Sandbox Express"):
        case = await late(stack, orders=2, one_buyer=False)
        await case.until(lambda view: bool(view.pickup and view.pickup.carrier_asked_at))
        view = await case.view()
        assert view.pickup
        assert view.pickup.slot_until
        await case.skip_to(view.pickup.slot_until, plus=_SECOND)
        await case.until(lambda view: bool(view.pickup and view.pickup.pickups_missed == 2))
        view = await case.scanned()
    assert view.pickup
    assert view.pickup.watch_until
    await case.skip_to(view.pickup.watch_until, plus=_SECOND)
    return case


@scenario
async def pickup_left_to_people(stack: Stack) -> Opened:
    """No chat, no rebooking, no carrier's address: people do all of it, one proof comes late."""
    package_id, order_ids = await late_parcel(stack)
    await stack.sandbox.fault(
        "refuse", PACKAGES, method="POST", code=_MARKET_FORBIDS, match=package_id, times=9
    )
    await stack.sandbox.block(order_ids[0])
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    for step in ("rebook", "carrier"):
        await case.task(step)
        await case.update("resume_step", {**_ACTOR, "step": step, "how": "done"})
    told = await case.task(f"tell:{order_ids[0]}")
    contact = {**_ACTOR, "channel": "phone", "step": told.step}
    await case.update("record_contact", contact)
    photo = await case.task("evidence:ready_parcel")
    await case.skip_to(photo.by, plus=_SECOND)
    await _attach(case, "ready_photo")
    await case.task("help_center")
    abandon = {**_ACTOR, "step": "evidence:carrier_contact", "how": "abandon"}
    await case.update("resume_step", abandon)
    await stack.sandbox.clear_faults()
    await case.carrier("delivered")
    await case.signal("package_changed", {"package_id": package_id, "status": "x"})
    await case.until(S.WATCHING)
    await case.update("withdraw", {**_ACTOR, "reason": "settled by phone"})
    return case


@scenario
async def pickup_cancelled_by_the_platform(stack: Stack) -> Opened:
    """The carrier never comes and the platform cancels the only order."""
    case = await late(stack)
    view = await case.view()
    await case.skip_to(moment(view, "collection_due"), plus=_SECOND)
    cancelled = {"id": case.order_id, "shop_id": case.shop_id, "status": "CANCELLED"}
    await stack.sandbox.put_orders(cancelled | {"cancellation_initiator": "SYSTEM"})
    await case.signal("order_changed", {"order_id": case.order_id, "status": "CANCELLED"})
    return case


@scenario
async def pickup_parked_and_closed_by_person(stack: Stack) -> Opened:
    """The package cannot be read at first; nobody was told in time; a person ends it."""
    package_id, order_ids = await late_parcel(stack)
    await stack.sandbox.fault("refuse", PACKAGES, code=NO_SCOPE, times=1000, match=package_id)
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    await case.until(S.PARKED)
    await stack.sandbox.clear_faults()
    await stack.sandbox.block(order_ids[0])
    await case.update("resume_step", {**_ACTOR, "step": "look", "how": "retry"})
    view = await case.until(
        S.COLLECTING_EVIDENCE, lambda view: any(t.step.startswith("tell:") for t in view.tasks)
    )
    await case.skip_to(moment(view, "contact_by"), plus=timedelta(minutes=20))
    await case.task("contact_missed")
    closing = {**_ACTOR, "action": "close", "reason": "the shop closes"}
    await case.update("override_outcome", closing)
    return case


@scenario
async def pickup_appeal_won(stack: Stack) -> Opened:
    """A penalty opens an appeal, a proof reaches it, the platform agrees."""
    case = await settled_pickup(stack)
    await _attach(case, "carrier_chat")
    appeal = await _penalised(case)
    await appeal.until(lambda view: bool(view.appeal and view.appeal.scenario))
    await _attach(case, "ready_photo")
    await appeal.filed()
    await appeal.decided("accepted")
    return case


@scenario
async def pickup_found_collected(stack: Stack) -> Opened:
    """The carrier had it before the case looked; a penalty comes while it is watched."""
    package_id, order_ids = await late_parcel(stack)
    await stack.sandbox.carrier(package_id, "scanned")
    case = await open_pickup(stack, package_id, order_ids=order_ids)
    await case.until(S.WATCHING)
    await _closed(await _penalised(case))
    return case


@scenario
async def appeal_won_in_the_second_round(stack: Stack) -> Opened:
    """Rejected, a new exhibit and an argument, filed again, accepted."""
    _, appeal = await appealed(stack)
    await appeal.filed(filed_at=(await appeal.now()).isoformat())
    await appeal.decided("rejected", "not enough evidence")
    await appeal.until(S.SECOND_ROUND)
    await appeal.answers("argument", "The carrier's own log shows that no driver was sent.")
    await appeal.packed()
    await appeal.prove("call_recording")
    await appeal.until(lambda view: len(view.evidence) >= 10)
    await appeal.filed("A-2")
    await appeal.decided("accepted")
    return appeal


@scenario
async def appeal_lost_by_hand(stack: Stack) -> Opened:
    """A ticket without cases in the United States: window, orders and cause are read off it."""
    appeal = await open_appeal(stack, shop_id=US_SHOP_ID)
    await appeal.task("window")
    ends = (datetime.now(UTC) + timedelta(days=9)).replace(microsecond=0)
    await appeal.answers("window", ends.isoformat())
    await appeal.answers("orders", "576590000000000001, 576590000000000002")
    await appeal.answers("scenario", "carrier_never_came")
    await appeal.signal("cases_joined", {"case_ids": [], "order_ids": ["576590000000000003"]})
    await appeal.prove("dispatch_manifest", *NEVER_CAME)
    for reference, new in (("A-1", "call_recording"), ("A-2", "")):
        await appeal.filed(reference)
        await appeal.decided("rejected", "no")
        if new:
            await appeal.until(S.SECOND_ROUND)
            await appeal.prove(new)
    return appeal


@scenario
async def appeal_filed_incomplete_and_withdrawn(stack: Stack) -> Opened:
    """What is missing does not come: at the last safe moment it is ready with what there is."""
    _, appeal = await appealed(stack, proofs=("carrier_chat",))
    view = await appeal.until(lambda view: bool(view.appeal and view.appeal.scenario))
    await appeal.skip_to(moment(view, "last_safe_moment"), plus=_SECOND)
    await appeal.filed()
    await appeal.update("withdraw", {**_ACTOR, "reason": "settled"})
    return appeal


@scenario
async def appeal_expired(stack: Stack) -> Opened:
    """Nobody says what was the cause and nobody files: the window passes, with a breach."""
    appeal = await open_appeal(stack, issued_at=datetime.now(UTC).isoformat())
    view = await appeal.until(lambda view: bool(view.deadlines))
    await appeal.skip_to(moment(view, "window_ends"), plus=_SECOND)
    return appeal


@scenario
async def appeal_filed_by_gateway(stack: Stack) -> Opened:
    """The merchant's endpoint files it; its first answer is lost and looked up."""
    async with filing_gateway(stack) as gateway:
        gateway.next("POST", Oddity.DROPS)
        appeal = await by_gateway(stack)
        await appeal.until(S.READY)
        await appeal.skip(timedelta(seconds=10))
        await appeal.until(S.FILED)
    await appeal.decided("accepted")
    return appeal
