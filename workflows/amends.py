"""What a buyer is owed besides goods or money, and that it is really handed over."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseOutcome, ContactMode, CouponStatus, CouponView, HumanTask
    from domain.choices import Choice
    from domain.timeline import EventKey
    from workflows.policies import SHOP_WRITE
    from workflows.ports import SendCoupon, ShopPort
    from workflows.ports.ledgers import LedgerPort, SettleOffer
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import AMENDS, Owed

_LEFT = (CaseOutcome.SHIPPED_AFTER_WAIT, CaseOutcome.SHIPPED_ANYWAY)


def owe(case: ShortageCase, choice: Choice) -> None:
    """Note the discount of a choice, or the gift of a refund, and ask a person to see to it.

    The gift of a buyer who waits travels in the parcel and has a task of its own.
    """
    offer = case.offer(choice)
    if offer is None or choice in case.bargain.owed:
        return
    what = ""
    if offer.discount:
        what = f"{offer.discount.decimal()} {offer.discount.currency} off a later order"
    elif offer.gift and choice is Choice.REFUND:
        what = offer.gift
    if not what:
        return
    by = case.now + case.pinned.playbook.stockout.amends_within
    case.bargain.owed[choice] = Owed(what=what, by=by)
    case.tell(EventKey.AMENDS_OWED, what)
    case.ask_person(
        HumanTask(
            step=AMENDS,
            ask=f"Give the buyer of order …{case.order_id[-6:]} what was promised: {what}. "
            "Then confirm.",
            by=by,
            options=("done",),
            otherwise="The case closes and its view shows what is still owed.",
        )
    )


def hand_over(case: ShortageCase, *, actor: str) -> None:
    """Note that a person handed over what is owed."""
    for choice, owed in case.bargain.owed.items():
        if not owed.given:
            owed.given = True
            case.bargain.given.add(choice)
            case.tell(EventKey.AMENDS_GIVEN, owed.what, actor=actor)


async def amends_are_made(case: ShortageCase, choice: Choice) -> bool:
    """Wait until what is owed was handed over or its time is up; False if news came first."""
    owed = case.bargain.owed.get(choice)
    if owed is None or owed.given:
        return True
    woke = await case.wait(lambda: owed.given or case.inbox.news, until=owed.by, why="amends")
    return owed.given or not woke


async def give_card(case: ShortageCase, choice: Choice, step: str) -> None:
    """Send the coupon card of a choice, once; its failure holds nothing up.

    Args:
        case: The case.
        choice: Whose offer names the coupon.
        step: Names the sending.
    """
    offer = case.offer(choice)
    coupon_id = (offer.coupon_id if offer else None) or ""
    conversation_id = case.contact.conversation_id
    if case.contact.mode is not ContactMode.CHAT or conversation_id is None:
        case.bargain.cards.add(choice)
        _card_failed(case, coupon_id, CouponStatus.UNAVAILABLE, "there is no chat")
        return
    entry = case.step(step)
    cmd = SendCoupon(
        key=case.effect_key(entry),
        shop_id=case.shop_id,
        conversation_id=conversation_id,
        coupon_id=coupon_id,
    )
    entry.tried = True
    sent = await case.try_once(ShopPort.send_coupon, cmd, SHOP_WRITE, "send the coupon")
    case.bargain.cards.add(choice)
    if sent is None:
        _card_failed(case, coupon_id, CouponStatus.FAILED, "the card could not be sent")
    elif sent.why_not:
        _card_failed(case, coupon_id, CouponStatus.UNAVAILABLE, sent.why_not)
    else:
        case.bargain.given.add(choice)
        case.coupon = CouponView(status=CouponStatus.SENT, coupon_id=coupon_id)
        case.tell(EventKey.COUPON_SENT, coupon_id)


def _card_failed(case: ShortageCase, coupon_id: str, status: CouponStatus, why: str) -> None:
    case.coupon = CouponView(status=status, coupon_id=coupon_id)
    case.tell(EventKey.COUPON_FAILED, why)


async def settle_offers(case: ShortageCase) -> None:
    """Tell the budget which reserved offers were given; the others are free for other buyers."""
    given = {*case.bargain.given, *case.bargain.owed}
    if case.choice is Choice.WAIT and case.outcome in _LEFT:
        given.add(Choice.WAIT)
    for choice, key in case.bargain.reserved.items():
        cmd = SettleOffer(key=key, given=choice in given)
        await case.keep(f"settle:{key}", LedgerPort.settle_offer, cmd, "settle the offer")
