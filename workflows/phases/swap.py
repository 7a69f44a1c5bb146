"""Arranging a swap: the buyer orders the substitute first, then we cancel the old order."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState
    from domain.choices import Choice
    from domain.messages import MessageKey, RefundReason
    from domain.moves import Move
    from domain.timeline import BUYER, EventKey
    from workflows.phases.intake import look_again, settle_ask
    from workflows.policies import SHOP_READ
    from workflows.ports import FindReplacement, ShopPort
    from workflows.shortage import ShortageCase
    from workflows.speaking import facts_of, inform_in_time


async def arrange_swap(case: ShortageCase) -> None:
    """Wait for the buyer's new order until the choice deadline."""
    await settle_ask(case)
    await _explain(case)
    if case.phase is not CaseState.ARRANGING_SWAP or _ordered(case):
        return
    lapse = case.choice_by.at if case.choice_by else case.now
    look_at = min(lapse, case.now + case.pinned.playbook.swap.look_every)
    if await case.wait(lambda: case.inbox.news, until=look_at, why="swap"):
        return
    await _search(case)
    if _ordered(case) or case.now < lapse:
        return
    await look_again(case)
    if case.phase is CaseState.ARRANGING_SWAP and not _ordered(case):
        case.tell(EventKey.SWAP_LAPSED, actor=BUYER)
        case.refund.reason = RefundReason.SWAP_LAPSED
        case.move(Move.SWAP_LAPSED)


async def _explain(case: ShortageCase) -> None:
    step = f"swap-agreed:{case.ask.number}"
    if case.is_finished(step):
        return
    offer = case.offer(Choice.SWAP)
    if case.inbox.first_time(step):
        case.tell(EventKey.SWAP_AGREED, (offer and offer.substitute_sku_id) or "", actor=BUYER)
    facts = facts_of(
        case, MessageKey.SWAP_AGREED, answer_by=case.choice_by.at if case.choice_by else None
    )
    await inform_in_time(case, step, facts, until=case.choice_by.at if case.choice_by else None)


def _ordered(case: ShortageCase) -> bool:
    """Go on to cancel the old order once the new one stands."""
    if case.replacement_order_id is None or case.phase is not CaseState.ARRANGING_SWAP:
        return False
    case.refund.reason = RefundReason.SWAPPED
    case.move(Move.REPLACEMENT_FOUND)
    return True


async def _search(case: ShortageCase) -> None:
    offer = case.offer(Choice.SWAP)
    if offer is None or offer.substitute_sku_id is None or case.order is None:
        return
    cmd = FindReplacement(
        shop_id=case.shop_id,
        buyer_user_id=case.order.buyer_user_id,
        sku_id=offer.substitute_sku_id,
        created_from=case.contact.latest_ask_at or case.opened_at,
        not_order_id=case.order_id,
    )
    found = await case.race(
        case.try_once(ShopPort.find_replacement, cmd, SHOP_READ, "look for the new order"),
        until=None,
        unless=lambda: case.phase is not CaseState.ARRANGING_SWAP,
    )
    if found and found.order_id and case.replacement_order_id is None:
        case.replacement_order_id = found.order_id
        case.tell(EventKey.SWAP_ORDERED, found.order_id, actor=BUYER)
