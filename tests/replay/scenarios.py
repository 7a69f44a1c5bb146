"""One story per way a case can go, told to the real product; the recorder keeps the histories."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.cases import CaseState, CaseView
from domain.timeline import EventKey
from tests.support.stack import CHEAPER, DEARER, JACKET, Opened, Stack

Scenario = Callable[[Stack], Awaitable[Opened]]
SCENARIOS: dict[str, Scenario] = {}
"""Each brings a case of its own to its end; the name is the history's file name."""

_ACTOR = {"actor": "lin"}
_CHAT = "/customer_service"
_SOON = timedelta(minutes=1)


def scenario(story: Scenario) -> Scenario:
    """Register a story under its function's name."""
    SCENARIOS[story.__name__] = story
    return story


async def _restock_in(stack: Stack, *, hours: int, **fields: Any) -> Opened:
    """Open a case whose goods are expected, and wait until the buyer was asked."""
    order_id = await stack.order(**fields)
    restock_at = (datetime.now(UTC) + timedelta(hours=hours)).isoformat()
    case = await stack.open(order_id, short_lines=_short(1), restock_at=restock_at)
    await case.until(CaseState.AWAITING_CHOICE)
    return case


def _short(quantity: int, sku: str = JACKET) -> list[dict[str, Any]]:
    return [{"sku_id": sku, "quantity": quantity}]


async def _choose(case: Opened, choice: str) -> None:
    await case.signal("buyer_chose", {"choice": choice, "message_id": f"m-{choice}"})


async def _waits(case: Opened, *, told: int = 1) -> CaseView:
    """Wait until the buyer who chose to wait was told that it is agreed."""
    await case.until(CaseState.WAITING_RESTOCK)
    return await _told(case, told)


async def _arranges(case: Opened) -> CaseView:
    """Wait until the buyer who takes the substitute was told how to order it."""
    await case.until(CaseState.ARRANGING_SWAP)
    return await _told(case, 1)


async def _told(case: Opened, times: int) -> CaseView:
    # The case lives on the server and can only be asked.
    while (await case.keys()).count(EventKey.BUYER_INFORMED) < times:  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    return await case.view()


async def _order_becomes(case: Opened, status: str, **fields: Any) -> None:
    """Let the platform change the order, and tell the case as its webhook would."""
    change = {"id": case.order_id, "shop_id": case.shop_id, "status": status, **fields}
    await case.stack.sandbox.put_orders(change)
    changed = {"order_id": case.order_id, "status": status}
    await case.signal("order_changed", changed)


@scenario
async def refunded_by_choice(stack: Stack) -> Opened:
    """The buyer chooses the refund."""
    case = await stack.asked()
    await _choose(case, "refund")
    return case


@scenario
async def refunded_no_reply(stack: Stack) -> Opened:
    """The buyer says nothing, through two reminders and the deadline."""
    case = await stack.asked()
    view = await case.view()
    assert view.choice_by is not None
    await case.skip_to(view.choice_by, plus=_SOON)
    return case


@scenario
async def refunded_not_contacted(stack: Stack) -> Opened:
    """Chat is down until the contact deadline has passed."""
    order_id = await stack.order(due_in=timedelta(hours=4))
    await stack.sandbox.fault("error", _CHAT, times=100_000)
    case = await stack.open(order_id)
    view = await case.until(CaseState.CONTACTING, lambda v: v.contact_by is not None)
    assert view.contact_by is not None
    await case.skip_to(view.contact_by, plus=_SOON)
    await case.result()
    await stack.sandbox.clear_faults()
    return case


@scenario
async def refunded_restock_failed(stack: Stack) -> Opened:
    """The buyer waits, and the goods turn out never to come."""
    case = await _restock_in(stack, hours=20)
    await _choose(case, "wait")
    await _waits(case)
    await case.signal("restock_changed", {"sku_id": JACKET, "state": "unavailable"})
    return case


@scenario
async def refunded_unavailable(stack: Stack) -> Opened:
    """The order's time is over when its case opens: the buyer is told, not asked."""
    paid = str(-int(timedelta(days=40).total_seconds()))
    no_clocks: dict[str, Any] = {"shipping_due_time": None, "tts_sla_time": None}
    order_id = await stack.order(create_time=paid, paid_time=paid, **no_clocks)
    return await stack.open(order_id)


@scenario
async def refunded_swap_lapsed(stack: Stack) -> Opened:
    """The buyer takes the substitute and never orders it."""
    case = await stack.asked(substitute_sku_id=DEARER)
    await _choose(case, "swap")
    view = await _arranges(case)
    assert view.choice_by is not None
    await case.skip_to(view.choice_by, plus=_SOON)
    return case


@scenario
async def swapped(stack: Stack) -> Opened:
    """The buyer orders the substitute; the shop finds the new order and ends the old one."""
    case = await stack.asked(substitute_sku_id=DEARER)
    await _choose(case, "swap")
    await _arranges(case)
    await stack.sandbox.buys(case.order_id, DEARER)
    await case.skip(timedelta(hours=3))
    return case


@scenario
async def shipped_after_wait(stack: Stack) -> Opened:
    """The buyer waits and the parcel leaves in time."""
    case = await _restock_in(stack, hours=20)
    await _choose(case, "wait")
    await _waits(case)
    await _order_becomes(case, "IN_TRANSIT")
    return case


@scenario
async def shipped_anyway(stack: Stack) -> Opened:
    """The warehouse finds the goods and ships before the buyer has chosen."""
    case = await stack.asked()
    await _order_becomes(case, "IN_TRANSIT")
    return case


@scenario
async def cancelled_by_buyer(stack: Stack) -> Opened:
    """The buyer cancels without waiting for the shop."""
    case = await stack.asked()
    await _order_becomes(case, "CANCELLED", cancellation_initiator="BUYER")
    return case


@scenario
async def cancelled_by_seller(stack: Stack) -> Opened:
    """Somebody cancels the order in Seller Center."""
    case = await stack.asked()
    await _order_becomes(case, "CANCELLED", cancellation_initiator="SELLER")
    return case


@scenario
async def cancelled_by_platform(stack: Stack) -> Opened:
    """The platform cancels the order."""
    case = await stack.asked()
    await _order_becomes(case, "CANCELLED", cancellation_initiator="SYSTEM")
    return case


@scenario
async def withdrawn(stack: Stack) -> Opened:
    """A person takes the case, notes why, and withdraws it."""
    case = await stack.asked()
    await case.update("take", _ACTOR)
    await case.update("note", {**_ACTOR, "text": "counted again, there is one more box"})
    await case.update("withdraw", {**_ACTOR, "reason": "not short"})
    return case


@scenario
async def cancelled_workflow(stack: Stack) -> Opened:
    """An operator cancels the workflow from Temporal's own tools."""
    case = await stack.asked()
    await case.handle.cancel()
    return case


@scenario
async def refunded_by_person(stack: Stack) -> Opened:
    """A person ends the argument with a refund."""
    case = await stack.asked()
    decision = {**_ACTOR, "action": "refund", "reason": "agreed by phone"}
    await case.update("override_outcome", decision)
    return case


@scenario
async def closed_by_person(stack: Stack) -> Opened:
    """A person closes the case."""
    case = await stack.asked()
    decision = {**_ACTOR, "action": "close", "reason": "settled elsewhere"}
    await case.update("override_outcome", decision)
    return case


@scenario
async def unknown_order(stack: Stack) -> Opened:
    """The shop does not know the order."""
    return await stack.open("576490000099999999")


@scenario
async def duplicate_of_closed(stack: Stack) -> Opened:
    """The files know a closed case of that id, although the server lets it run again."""
    first = await refunded_by_choice(stack)
    await first.result()
    return await stack.open(first.order_id)


@scenario
async def parked_and_resumed(stack: Stack) -> Opened:
    """The first message cannot be sent; a person resumes it, and the buyer takes the refund."""
    order_id = await stack.order()
    await stack.sandbox.fault("refuse", _CHAT, times=100_000, code=36009003)
    case = await stack.open(order_id)
    await case.until(CaseState.CONTACTING)
    await case.skip(timedelta(minutes=20))
    view = await case.until(CaseState.PARKED)
    await stack.sandbox.clear_faults()
    assert view.needs_human is not None
    answer = {**_ACTOR, "step": view.needs_human.step, "how": "retry"}
    await case.update("resume_step", answer)
    await case.until(CaseState.AWAITING_CHOICE)
    await _choose(case, "refund")
    return case


@scenario
async def joined_sku(stack: Stack) -> Opened:
    """A second short SKU joins after the contact and gets one further ask."""
    order_id = await stack.order(lines={JACKET: 1, CHEAPER: 1})
    case = await stack.open(order_id, short_lines=_short(1))
    asked = await case.until(CaseState.AWAITING_CHOICE)
    await case.signal("shortage_found", {"short_lines": _short(1, CHEAPER)})
    await case.until(
        CaseState.AWAITING_CHOICE,
        lambda v: len(v.short_skus) > 1 and v.choice_by != asked.choice_by,
    )
    await _choose(case, "refund")
    return case


@scenario
async def slipped_with_new_consent(stack: Stack) -> Opened:
    """The promised date slips, the buyer agrees to the later one, and it is kept."""
    case = await _restock_in(stack, hours=20)
    await _choose(case, "wait")
    view = await _waits(case)
    assert view.promised_at is not None
    later = (view.promised_at + timedelta(hours=30)).isoformat()
    news = {"sku_id": JACKET, "state": "expected", "available_at": later}
    await case.signal("restock_changed", news)
    await case.until(CaseState.AWAITING_CHOICE, lambda v: v.consent_by is not None)
    await case.signal("buyer_chose", {"choice": "wait", "message_id": "m-again"})
    await _waits(case, told=2)
    await _order_becomes(case, "IN_TRANSIT")
    return case


@scenario
async def slipped_without_consent(stack: Stack) -> Opened:
    """The promised date slips and the buyer does not agree to the later one."""
    case = await _restock_in(stack, hours=20)
    await _choose(case, "wait")
    view = await _waits(case)
    assert view.promised_at is not None
    later = (view.promised_at + timedelta(hours=30)).isoformat()
    news = {"sku_id": JACKET, "state": "expected", "available_at": later}
    await case.signal("restock_changed", news)
    asked = await case.until(CaseState.AWAITING_CHOICE, lambda v: v.consent_by is not None)
    assert asked.consent_by is not None
    await case.skip_to(asked.consent_by, plus=_SOON)
    return case


@scenario
async def replied_in_words(stack: Stack) -> Opened:
    """The buyer writes something unclear, then a letter."""
    case = await stack.asked()
    for number, text in enumerate(("what does that mean?", "C")):
        await case.signal("buyer_wrote", {"message_id": f"w{number}", "text": text})
        await case.until(lambda view: bool(view.tasks) or view.choice is not None)
    return case


@scenario
async def changed_mind(stack: Stack) -> Opened:
    """The buyer waits first and wants the money back later."""
    case = await _restock_in(stack, hours=20)
    await _choose(case, "wait")
    await _waits(case)
    await _choose(case, "refund")
    return case


@scenario
async def assisted_contact(stack: Stack) -> Opened:
    """The buyer blocks the shop: a person tells them and records the contact."""
    order_id = await stack.order()
    await stack.sandbox.block(order_id)
    case = await stack.open(order_id)
    await case.until(lambda view: view.needs_human is not None)
    await case.update("record_contact", {**_ACTOR, "channel": "phone", "text": "told and asked"})
    await case.until(CaseState.AWAITING_CHOICE)
    await case.update("record_choice", {**_ACTOR, "choice": "refund", "via": "phone"})
    return case


@scenario
async def cash_on_delivery(stack: Stack) -> Opened:
    """Nothing was paid: the order is cancelled and no money is spoken of."""
    case = await stack.asked(is_cod=True)
    await _choose(case, "refund")
    return case


@scenario
async def approved_with_coupon(stack: Stack) -> Opened:
    """The refund waits for a second person and brings a coupon."""
    coupon = (await stack.sandbox.shops())["shops"][0]["coupons"][0]["id"]
    text = f'name: careful\nrefund: {{coupon_id: "{coupon}", approve_above: {{USD: 1}}}}\n'
    case = await stack.asked(playbook=stack.write_playbook("careful", text))
    await _choose(case, "refund")
    await case.until(_waits_for_approval)
    await case.update("approve_refund", {**_ACTOR, "approved": True, "reason": "fair"})
    return case


def _waits_for_approval(view: CaseView) -> bool:
    return view.needs_human is not None and view.needs_human.step == "approve_refund"


@scenario
async def offers_changed(stack: Stack) -> Opened:
    """A restock date becomes known while the buyer thinks: waiting is offered after all."""
    case = await stack.asked(short_lines=_short(1))
    now = await case.now()
    at = (now + timedelta(hours=30)).isoformat()
    await case.signal(
        "restock_changed", {"sku_id": JACKET, "state": "expected", "available_at": at}
    )
    await case.until(lambda view: any(offer.choice == "wait" for offer in view.offers))
    await _choose(case, "wait")
    await _waits(case)
    await _order_becomes(case, "IN_TRANSIT")
    return case
