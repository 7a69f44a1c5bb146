"""One message to one buyer of a parcel: written, sent once, kept as evidence, or queued."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.messages import MessageFacts, MessageKey, WrittenMessage
    from domain.orders import Order
    from domain.requirements import RequirementKind
    from domain.shortage import products
    from domain.timeline import EventKey
    from workflows.pickup import PickupCase
    from workflows.policies import OURS, SHOP_WRITE
    from workflows.ports import (
        ConversationOpened,
        DeskPort,
        EffectKey,
        KeepText,
        MessageSent,
        OpenConversation,
        RecordsPort,
        SendMessage,
        SettleContact,
        ShopPort,
        VaultPort,
        WantContact,
        WriteMessage,
    )
    from workflows.strands import or_given_up

_NOTICE_PATIENCE = timedelta(hours=24)
"""By when a person should deliver a notice that nothing waits for."""


async def write(
    case: PickupCase, step: str, key: MessageKey, orders: tuple[Order, ...]
) -> WrittenMessage | None:
    """Write a message once; None where a person gave it up."""
    facts = _facts(case, key, orders)

    async def attempt(_key: EffectKey) -> WrittenMessage:
        cmd = WriteMessage(facts=facts, market_language=case.pinned.profile.language)
        return await case.remote(DeskPort.write_message, cmd, OURS, f"write {key}")

    text: WrittenMessage | None = await or_given_up(
        case.take_step(f"text:{step}", attempt, dispensable=True, beside=True)
    )
    return text


def _facts(case: PickupCase, key: MessageKey, orders: tuple[Order, ...]) -> MessageFacts:
    profile = case.pinned.profile
    slot = case.slot if key is MessageKey.PICKUP_REBOOKED else case.rebooking.missed
    digits = tuple(order.order_id[-6:] for order in orders)
    return MessageFacts(
        key=key,
        language=case.language or profile.language,
        market=case.pinned.market,
        zone=profile.zone,
        shop_id=case.shop_id,
        order_digits=digits[0],
        other_order_digits=digits if len(digits) > 1 else (),
        products=products(tuple(line for order in orders for line in order.live_lines())),
        unpaid=all(order.is_cod for order in orders),
        pickup_from=slot.start if slot else None,
        pickup_until=slot.end if slot else None,
    )


async def open_conversation(case: PickupCase, order: Order) -> str | None:
    """Open the chat with a buyer; None where a person has to tell them."""
    if not case.pinned.chat:
        case.tell(EventKey.CONTACT_ASSISTED, "the shop has no chat scope")
        return None

    async def attempt(_key: EffectKey) -> ConversationOpened:
        cmd = OpenConversation(
            shop_id=case.shop_id,
            case_id=case.case_id,
            order_id=order.order_id,
            buyer_user_id=order.buyer_user_id,
            at=case.now,
        )
        return await case.remote(
            ShopPort.open_conversation, cmd, SHOP_WRITE, "open the conversation"
        )

    opened: ConversationOpened | None = await or_given_up(
        case.take_step(
            f"conversation:{order.order_id}",
            attempt,
            dispensable=True,
            otherwise="A person tells the buyer.",
            by=case.contact_by.at if case.contact_by else None,
            beside=True,
        )
    )
    if opened and opened.conversation_id:
        case.telling.conversations[order.order_id] = opened.conversation_id
        return opened.conversation_id
    why_not = opened.why_not if opened else "a person gave up on chat"
    case.tell(EventKey.CONTACT_ASSISTED, why_not)
    return None


async def deliver(
    case: PickupCase, step: str, order: Order, text: WrittenMessage, *, otherwise: str
) -> MessageSent | None:
    """Send a text by chat, once; None where it has to be said by a person."""

    async def attempt(key: EffectKey) -> MessageSent:
        cmd = SendMessage(
            key=key,
            shop_id=case.shop_id,
            conversation_id=case.telling.conversations[order.order_id],
            order_id=order.order_id,
            text=text.text,
        )
        return await case.remote(ShopPort.send_message, cmd, SHOP_WRITE, f"send {step}")

    sent: MessageSent | None = await or_given_up(
        case.take_step(
            step,
            attempt,
            done=lambda reference: MessageSent(message_id=reference or None, sent_at=case.now),
            dispensable=True,
            otherwise=otherwise,
            by=case.contact_by.at if case.contact_by else None,
            beside=True,
        )
    )
    if sent and sent.why_not:
        case.tell(EventKey.CONTACT_ASSISTED, sent.why_not)
        return None
    return sent


async def want_contact(case: PickupCase, step: str, order: Order, text: WrittenMessage) -> None:
    """Queue a message for people to deliver."""
    by = case.contact_by.at if case.contact_by and case.collected_at is None else None
    cmd = WantContact(
        case_id=case.case_id,
        step=step,
        shop_id=case.shop_id,
        order_id=order.order_id,
        text=text.text,
        language=text.language,
        by=by or case.now + _NOTICE_PATIENCE,
        at=case.now,
    )

    async def attempt(_key: EffectKey) -> None:
        await case.remote(RecordsPort.want_contact, cmd, OURS, "queue a contact")

    await case.take_step(f"queue:{step}", attempt, beside=True)
    case.telling.wanted[step] = order.order_id


async def settle_contact(case: PickupCase, step: str) -> None:
    """Take a message off the queue of contacts for people."""
    cmd = SettleContact(case_id=case.case_id, step=step)

    async def attempt(_key: EffectKey) -> None:
        await case.remote(RecordsPort.settle_contact, cmd, OURS, "settle a contact")

    await case.take_step(f"settle:{step}", attempt, beside=True)
    case.telling.wanted.pop(step, None)


async def keep_notice(
    case: PickupCase, step: str, order: Order, text: WrittenMessage, sent: MessageSent
) -> None:
    """Keep what the buyer was told, with the platform's id of the message."""
    at = sent.sent_at or case.now
    lines = (
        f"order: {order.order_id}",
        f"said at: {at:%Y-%m-%dT%H:%M:%SZ}",
        f"conversation: {case.telling.conversations.get(order.order_id, '')}",
        f"message: {sent.message_id or ''}",
    )

    async def attempt(key: EffectKey) -> None:
        cmd = KeepText(
            key=key,
            kind=RequirementKind.BUYER_NOTICE,
            name=f"{step.replace(':', '-')}.txt",
            text="\n".join((*lines, "", text.text)),
            source="shop_chat",
            at=case.now,
            captured_at=at,
        )
        held = await case.remote(VaultPort.keep_text, cmd, OURS, "keep the message")
        case.hold([held], detail=f"what the buyer of {order.order_id} was told")

    await or_given_up(case.take_step(f"keep:{step}", attempt, dispensable=True, beside=True))
