"""Telling the buyers before they ask: of the delay, of each new pickup, of the collection."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import ContactMode, HumanTask
    from domain.deadlines import Deadline
    from domain.messages import MessageKey, WrittenMessage
    from domain.orders import Order
    from domain.timeline import EventKey
    from workflows.pickup import PickupCase
    from workflows.pickup_phases.messages import (
        deliver,
        keep_notice,
        open_conversation,
        settle_contact,
        want_contact,
        write,
    )
    from workflows.pickup_state import CONTACT_MISSED
    from workflows.shortage_state import RECORD_CONTACT

Orders = tuple[Order, ...]
REBOOKED_WITHIN = timedelta(minutes=10)
"""So long the first message waits for a new pickup that it could name."""
_WITHOUT = "The buyer hears of the delay from the platform alone; the breach is recorded."


async def tell_buyers(case: PickupCase) -> None:
    """Tell every buyer at once, then what becomes of the parcel, until it is collected."""
    await case.wait(
        lambda: case.rebooking.settled or case.collected_at is not None,
        until=case.opened_at + REBOOKED_WITHIN,
        why="a new pickup to name",
    )
    told = len(case.rebooking.booked)
    for orders in case.buyers():
        if case.collected_at is None:
            await _tell(case, orders)
    while case.collected_at is None:
        await _news(case, told)
        await _settle_recorded(case)
        if case.collected_at is None and told < len(case.rebooking.booked):
            told = len(case.rebooking.booked)
            await _inform(case, f"rebooked-{told}", MessageKey.PICKUP_REBOOKED)
    await _settle_all(case)
    await _inform(case, "collected", MessageKey.PICKUP_COLLECTED)


async def mind_contact(case: PickupCase) -> None:
    """Record a missed contact and ask for it; a late pickup never refunds."""
    while not _nothing_to_tell(case) and case.contact_by is not None:
        limit = case.contact_by
        if case.now < limit.at:
            await _until(case, limit)
            continue
        case.breach(limit.name, limit.at)
        await case.wait(
            lambda: _nothing_to_tell(case), until=case.now + case.outage.park_after, why="contact"
        )
        if not _nothing_to_tell(case):
            _ask_for_contact(case)
        return


async def _until(case: PickupCase, limit: Deadline) -> None:
    await case.wait(
        lambda: _nothing_to_tell(case) or case.contact_by != limit,
        until=limit.at,
        why="contact_by",
    )


def _nothing_to_tell(case: PickupCase) -> bool:
    return case.all_told or case.collected_at is not None


def _ask_for_contact(case: PickupCase) -> None:
    untold = [o.order_id for o in case.live_orders() if o.order_id not in case.telling.told]
    case.ask_person(
        HumanTask(
            step=CONTACT_MISSED,
            ask=f"The buyer of {', '.join(untold)} should have heard of the late pickup by now; "
            "tell them today and record it.",
            options=(RECORD_CONTACT,),
            otherwise="The breach stays on record; nothing is refunded for it.",
        )
    )


async def _tell(case: PickupCase, orders: Orders) -> None:
    """Deliver the first message to one buyer, by chat or through a person."""
    step = first_step(orders)
    key = MessageKey.PICKUP_REBOOKED if case.rebooking.booked else MessageKey.PICKUP_DELAYED
    text = await write(case, step, key, orders)
    if text is None:
        return
    conversation = await open_conversation(case, orders[0])
    if conversation:
        sent = await deliver(case, step, orders[0], text, otherwise=_WITHOUT)
        if sent:
            case.told(orders, case.now)
            case.telling.mode = case.telling.mode or ContactMode.CHAT
            case.tell(EventKey.BUYER_CONTACTED, f"{orders[0].order_id} by chat")
            await keep_notice(case, step, orders[0], text, sent)
            return
    if case.collected_at is None:
        await _ask_to_tell(case, step, orders, text)


def first_step(orders: Orders) -> str:
    """Return the name of a buyer's first message."""
    return f"tell:{orders[0].order_id}"


async def _ask_to_tell(case: PickupCase, step: str, orders: Orders, text: WrittenMessage) -> None:
    case.telling.mode = ContactMode.ASSISTED
    by = case.contact_by.at if case.contact_by else None
    await want_contact(case, step, orders[0], text)
    case.ask_person(
        HumanTask(
            step=step,
            ask="Tell the buyer; the text is ready. Then record the contact.",
            by=by,
            options=(RECORD_CONTACT,),
            otherwise=_WITHOUT,
            text=text.text,
        )
    )


async def _news(case: PickupCase, told: int) -> None:
    await case.wait(
        lambda: (
            case.collected_at is not None
            or len(case.rebooking.booked) > told
            or bool(_recorded(case))
        )
    )


def _recorded(case: PickupCase) -> list[str]:
    """Return the queued messages whose buyer a person has told."""
    wanted = case.telling.wanted.items()
    return [step for step, order_id in wanted if order_id in case.telling.told]


async def _settle_recorded(case: PickupCase) -> None:
    for step in _recorded(case):
        await settle_contact(case, step)


async def _settle_all(case: PickupCase) -> None:
    """Take back messages about a delay that is over."""
    for step in list(case.telling.wanted):
        case.drop_task(step)
        await settle_contact(case, step)


async def _inform(case: PickupCase, step: str, key: MessageKey) -> None:
    """Tell those who heard of the delay what became of it; what chat cannot is left to people."""
    for orders in case.buyers():
        if orders[0].order_id not in case.telling.told:
            continue
        name = f"{step}:{orders[0].order_id}"
        text = await write(case, name, key, orders)
        if text is None:
            continue
        sent = None
        if orders[0].order_id in case.telling.conversations:
            sent = await deliver(case, name, orders[0], text, otherwise="The notice is left out.")
        if sent:
            case.tell(EventKey.BUYER_INFORMED, key)
            await keep_notice(case, name, orders[0], text, sent)
        else:
            await want_contact(case, name, orders[0], text)
            case.telling.wanted.pop(name, None)
            case.tell(EventKey.CONTACT_ASSISTED, f"{name} waits in the queue of contacts")
