"""Stories of items that are out of stock, and of the ledgers that every shortage keeps."""

import itertools
from datetime import timedelta
from typing import Any

from domain.cases import CaseKind, CaseState, CaseView
from domain.timeline import EventKey
from sandbox.shops import US_SHOP_ID
from tests.replay.scenarios import scenario
from tests.support.case_states import MESSAGES, soon
from tests.support.stack import DEARER, JACKET, SOCKS, Opened, Stack
from workflows import names

_ACTOR = {"actor": "lin"}
_SOON = timedelta(seconds=1)
_SHORT = [{"sku_id": JACKET, "quantity": 1}]
_GONE = {"sku_id": JACKET, "state": "unavailable"}
_numbers = itertools.count(1)


async def _stockout(
    stack: Stack, text: str = "", *, due_in: timedelta = timedelta(days=40), **payload: Any
) -> Opened:
    """Open a stock-out on an order with the clock of a pre-order, under a playbook of its own."""
    if text:
        payload["playbook"] = stack.write_playbook(f"stockout-{next(_numbers)}", text)
    order_id = await stack.order(due_in=due_in)
    return await stack.open(
        order_id, workflow_type=names.STOCKOUT_CASE, short_lines=_SHORT, **payload
    )


def _task(step: str) -> Any:
    return lambda view: any(task.step == step for task in view.tasks)


async def _say(case: Opened, text: str) -> None:
    message_id = f"w{next(_numbers)}"
    await case.signal("buyer_wrote", {"message_id": message_id, "text": text})


async def _choose(case: Opened, choice: str) -> None:
    await case.signal("buyer_chose", {"choice": choice, "message_id": f"m-{choice}"})


async def _ships(case: Opened) -> None:
    change = {"id": case.order_id, "shop_id": case.shop_id, "status": "IN_TRANSIT"}
    await case.stack.sandbox.put_orders(change)
    await case.signal("order_changed", {"order_id": case.order_id, "status": "IN_TRANSIT"})


async def _done(case: Opened, step: str) -> None:
    await case.until(_task(step))
    await case.update("resume_step", {**_ACTOR, "step": step, "how": "done"})


async def _told(case: Opened, key: EventKey, times: int = 1) -> CaseView:
    while (await case.keys()).count(key) < times:
        await case.skip(timedelta(seconds=1))
    return await case.view()


async def _asking(stack: Stack, text: str = "", **payload: Any) -> Opened:
    """Open a stock-out and wait until its supplier is waited for."""
    case = await _stockout(stack, text, **payload)
    await case.until(CaseState.CONTACTING, lambda v: bool(v.supply and v.supply.answer_by))
    return case


@scenario
async def stockout_shipped_after_wait(stack: Stack) -> Opened:
    """The supplier names a date, the buyer waits, the goods come and the parcel leaves."""
    case = await _asking(stack, supplier="Hao Yi")
    await case.until(_task("supplier"))
    expected = {"sku_id": JACKET, "state": "expected", "available_at": soon(days=4)}
    await case.update("set_restock", {**_ACTOR, **expected})
    await case.until(CaseState.AWAITING_CHOICE)
    await _choose(case, "wait")
    await _told(case, EventKey.BUYER_INFORMED)
    await case.signal("restock_changed", {"sku_id": JACKET, "state": "in_stock"})
    await case.update("note", {**_ACTOR, "text": "counted"})
    await _ships(case)
    return case


@scenario
async def stockout_supplier_silent(stack: Stack) -> Opened:
    """The supplier is chased and says nothing; the refund is recommended, and made in silence."""
    case = await _asking(stack)
    view = await case.until(_task("supplier"))
    assert view.supply
    assert view.supply.answer_by
    await case.skip_to(view.supply.answer_by, plus=_SOON)
    view = await case.until(CaseState.AWAITING_CHOICE)
    assert view.choice_by
    await case.skip_to(view.choice_by, plus=_SOON)
    return case


@scenario
async def stockout_negotiated_twice(stack: Stack) -> Opened:
    """Two rounds under a budget; the buyer takes the second, and is given what was promised."""
    case = await _stockout(
        stack,
        """stockout:
  rounds:
    - [{kind: discount, amount: {USD: 3}}]
    - [{kind: discount, amount: {USD: 6}}]
budget: {discount: {per_day: {count: 1000}}}
""",
        restock_at=soon(days=10),
    )
    view = await case.until(CaseState.AWAITING_CHOICE)
    assert view.choice_by
    await case.skip_to(view.choice_by, plus=_SOON)
    await case.until(lambda v: bool(v.supply and len(v.supply.rounds) > 1))
    await _choose(case, "wait")
    await _done(case, "amends")
    await _told(case, EventKey.BUYER_INFORMED)
    await _ships(case)
    return case


@scenario
async def stockout_question_and_refusal(stack: Stack) -> Opened:
    """A question brings the second round; the buyer wants the money back all the same."""
    case = await _stockout(
        stack,
        "stockout: {rounds: [[{kind: gift, gift: socks}], [{kind: gift, gift: a scarf}]]}",
        restock_at=soon(days=10),
    )
    await case.until(CaseState.AWAITING_CHOICE)
    await _say(case, "is there any discount if I wait?")
    await case.until(lambda v: bool(v.supply and len(v.supply.rounds) > 1))
    await _say(case, "C")
    return case


@scenario
async def stockout_never_comes(stack: Stack) -> Opened:
    """Nothing comes: told, refunded, and a discount handed over by a person."""
    case = await _asking(stack, "stockout: {amends: [{kind: discount, amount: {USD: 5}}]}")
    await case.signal("restock_changed", _GONE)
    await _done(case, "amends")
    return case


@scenario
async def stockout_in_an_incident(stack: Stack) -> Opened:
    """The incident asks the supplier; the case waits for its news."""
    case = await _asking(stack, incident_id="incident:7495540735365777501:1:recorded")
    expected = {"sku_id": JACKET, "state": "expected", "available_at": soon(days=20)}
    await case.signal("restock_changed", {**expected, "source": "incident"})
    await case.until(CaseState.AWAITING_CHOICE)
    await _choose(case, "refund")
    return case


@scenario
async def oversold_tells_its_incident(stack: Stack) -> Opened:
    """The incident that opened the case hears that it has ended."""
    incident_id = names.incident_id(US_SHOP_ID, DEARER, "recorded")
    case = await stack.asked(lines={DEARER: 1}, incident_id=incident_id)
    await stack.client.start_workflow(
        names.SHORTAGE_INCIDENT,
        {"shop_id": US_SHOP_ID, "sku_id": DEARER, "on_hand": 0, "key": "recorded"},
        id=incident_id,
        task_queue=names.CASES_QUEUE,
    )
    await _choose(case, "refund")
    return case


@scenario
async def oversold_outlives_its_incident(stack: Stack) -> Opened:
    """The incident that opened the case is gone when it ends."""
    case = await stack.asked(incident_id=names.incident_id(US_SHOP_ID, JACKET, "gone"))
    await _choose(case, "refund")
    return case


@scenario
async def oversold_opening_written_down(stack: Stack) -> Opened:
    """The pinned rules say when the case was opened."""
    case = await stack.asked()
    await _choose(case, "refund")
    return case


@scenario
async def stockout_not_contacted(stack: Stack) -> Opened:
    """The supplier is silent and chat is down until the contact deadline has passed."""
    case = await _asking(stack, due_in=timedelta(hours=4))
    await stack.sandbox.fault("error", MESSAGES, times=100_000)
    view = await case.view()
    assert view.contact_by
    await case.skip_to(view.contact_by, plus=timedelta(minutes=1))
    await case.result()
    await stack.sandbox.clear_faults()
    return case


@scenario
async def oversold_kept_with_ledgers(stack: Stack) -> Opened:
    """The buyer's yes, the supplier's date and a budgeted coupon are entered; the date is kept."""
    coupon = (await stack.sandbox.shops())["shops"][0]["coupons"][0]["id"]
    text = f"""wait: {{rungs: [{{kind: coupon, coupon_id: "{coupon}"}}]}}
budget: {{coupon: {{per_day: {{count: 1000}}}}}}
"""
    name = stack.write_playbook("ledgers", text)
    case = await stack.asked(short_lines=_SHORT, restock_at=soon(hours=40), playbook=name)
    await _choose(case, "wait")
    await case.until(lambda view: view.coupon.status == "sent")
    await _ships(case)
    return case


@scenario
async def oversold_refunded_by_choice(stack: Stack) -> Opened:
    """The plain way: asked, answered, refunded."""
    case = await stack.asked(short_lines=_SHORT)
    await _choose(case, "refund")
    return case


@scenario
async def oversold_silence_agreed(stack: Stack) -> Opened:
    """A slip to which silence is a yes, by law and playbook; then the parcel leaves."""
    name = stack.write_playbook("silent", "wait: {silence_counts: true}")
    case = await stack.asked(short_lines=_SHORT, restock_at=soon(hours=40), playbook=name)
    await _choose(case, "wait")
    await _told(case, EventKey.BUYER_INFORMED)
    later = {"sku_id": JACKET, "state": "expected", "available_at": soon(hours=80)}
    await case.signal("restock_changed", later)
    view = await case.until(CaseState.AWAITING_CHOICE, lambda v: v.consent_by is not None)
    assert view.consent_by
    await case.skip_to(view.consent_by, plus=_SOON)
    await case.until(CaseState.WAITING_RESTOCK)
    await _told(case, EventKey.BUYER_INFORMED, times=2)
    await _ships(case)
    return case


@scenario
async def oversold_turned_unavailable(stack: Stack) -> Opened:
    """The item turns out never to come while the buyer thinks: told once, then refunded."""
    case = await stack.asked(short_lines=_SHORT, restock_at=soon(hours=40))
    await case.signal("restock_changed", _GONE)
    return case


@scenario
async def oversold_turned_and_swapped(stack: Stack) -> Opened:
    """The item never comes, then comes after all; the buyer takes the substitute."""
    case = await stack.asked(
        short_lines=_SHORT, restock_at=soon(hours=40), substitute_sku_id=DEARER
    )
    await case.signal("restock_changed", _GONE)
    await case.until(lambda view: view.kind is CaseKind.UNAVAILABLE and len(view.offers) == 2)
    expected = {"sku_id": JACKET, "state": "expected", "available_at": soon(hours=50)}
    await case.signal("restock_changed", expected)
    await case.until(lambda view: len(view.offers) == 3)
    await _choose(case, "swap")
    await case.until(CaseState.ARRANGING_SWAP)
    await case.update("link_replacement_order", {**_ACTOR, "order_id": "576999000000000001"})
    return case


@scenario
async def oversold_notice_unseen(stack: Stack) -> Opened:
    """A notice goes out unseen while chat is down; the chat is looked into once more."""
    name = stack.write_playbook("hasty", "outage: {park_after: 4s, retry_every: 30m}")
    case = await stack.asked(short_lines=_SHORT, restock_at=soon(hours=40), playbook=name)
    await stack.sandbox.fault("drop_reply", MESSAGES, method="POST", times=1)
    await stack.sandbox.fault("error", MESSAGES, method="GET", times=100_000)
    await _choose(case, "wait")
    await _told(case, EventKey.CONTACT_FAILED)
    await stack.sandbox.clear_faults()
    await _told(case, EventKey.BUYER_INFORMED)
    await _ships(case)
    return case


@scenario
async def oversold_found_late(stack: Stack) -> Opened:
    """More is found short while the case is being filed: the next case takes it."""
    case = await stack.asked(lines={JACKET: 1, SOCKS: 1}, short_lines=_SHORT)
    await stack.leave(names.DESK_QUEUE)
    await _choose(case, "refund")
    await case.until(CaseState.CLOSED)
    more = [{"sku_id": SOCKS, "quantity": 1}]
    await case.signal("shortage_found", {"short_lines": more, "source": "erp"})
    await stack.man(names.DESK_QUEUE)
    return case
