"""TikTok Shop as the workflows use it; every write looks before it repeats."""

import asyncio
import unicodedata

import structlog
from temporalio import activity
from typing_extensions import override

from activities.cancelling import CLOCK_SLACK, Canceller
from activities.troubles import told_to_temporal, within_attempt
from domain.fate import Fate, fate_of
from domain.orders import ChatMessage, ChatRole, OrderStatus
from records.case_buyers import CaseBuyers
from records.conversations import ConversationIndex
from records.units import UnitReservations
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import (
    CardRefusedError,
    ContactNotAllowedError,
    ScopeMissingError,
    ShopError,
)
from workflows import names
from workflows.ports import (
    CancelOrder,
    CheckOffers,
    ConversationOpened,
    CouponSent,
    EffectKey,
    FindReplacement,
    MessageSent,
    OffersChecked,
    OpenConversation,
    OrderCancelled,
    OrderLook,
    OrderRef,
    ReadConversation,
    ReplacementFound,
    SendCoupon,
    SendMessage,
    ShopPort,
)

logger = structlog.get_logger()

_PAGE = 10
_LOOK_BACK = 100
"""Messages of a first look back; it goes further if the step began before the oldest of them."""
UNREACHABLE = (ContactNotAllowedError, ScopeMissingError)
"""Refusals that mean: this buyer is reached by a person, not by chat."""
_NO_CARD = (*UNREACHABLE, CardRefusedError)


class ShopActivities(ShopPort):
    """Marketplace operations over one shared HTTP client."""

    def __init__(
        self,
        client: ShopClient,
        *,
        conversations: ConversationIndex,
        units: UnitReservations,
        buyers: CaseBuyers,
    ) -> None:
        self._client = client
        self._buyers = buyers
        self._conversations = conversations
        self._units = units
        self._canceller = Canceller(client)

    @override
    @activity.defn(name=names.LOOK_AT_ORDER)
    async def look_at_order(self, cmd: OrderRef) -> OrderLook:
        """Return the order and its cancellations as the shop reports them now.

        Safe to run twice because it only reads.
        """
        with told_to_temporal():
            order = await self._client.order(shop_id=cmd.shop_id, order_id=cmd.order_id)
            if order is None:
                return OrderLook()
            touched = order.buyer_asks_cancel or any(
                state is OrderStatus.CANCELLED
                for state in (order.status, *(line.status for line in order.lines))
            )
            if not touched:
                return OrderLook(order=order)
            found = await self._client.cancellations(shop_id=cmd.shop_id, order_ids=[cmd.order_id])
        return OrderLook(order=order, cancellations=tuple(found))

    @override
    @activity.defn(name=names.CHECK_OFFERS)
    async def check_offers(self, cmd: CheckOffers) -> OffersChecked:
        """Return coupon and substitute as they are now, the units reserved for the case.

        Safe to run twice because a case's reservation replaces its earlier one.
        """
        with told_to_temporal():
            coupon = cmd.coupon_id and await self._client.coupon(
                shop_id=cmd.shop_id, coupon_id=cmd.coupon_id
            )
            item = cmd.substitute_sku_id and await self._client.sku(
                shop_id=cmd.shop_id, sku_id=cmd.substitute_sku_id
            )
        if not item:
            return OffersChecked(coupon=coupon or None)
        reserved = await asyncio.to_thread(
            self._units.reserve,
            shop_id=cmd.shop_id,
            sku_id=item.sku_id,
            case_id=cmd.case_id,
            units=cmd.units,
            available=item.available,
        )
        return OffersChecked(coupon=coupon or None, substitute=item, substitute_reserved=reserved)

    @override
    @activity.defn(name=names.OPEN_CONVERSATION)
    async def open_conversation(self, cmd: OpenConversation) -> ConversationOpened:
        """Open the buyer's conversation and index it for the case before anything is said.

        Safe to run twice because the platform answers with the same conversation, and index
        and buyers keep one row per case.
        """
        if not cmd.buyer_user_id:
            return ConversationOpened(why_not="the order names no buyer to write to")
        await asyncio.to_thread(
            self._buyers.note,
            cmd.case_id,
            order_id=cmd.order_id,
            shop_id=cmd.shop_id,
            buyer_user_id=cmd.buyer_user_id,
            at=cmd.at,
        )
        try:
            with told_to_temporal(but=UNREACHABLE):
                conversation_id = await self._client.create_conversation(
                    shop_id=cmd.shop_id, buyer_user_id=cmd.buyer_user_id
                )
        except UNREACHABLE as refusal:
            return ConversationOpened(why_not=refusal.message)
        await asyncio.to_thread(
            self._conversations.index,
            conversation_id,
            shop_id=cmd.shop_id,
            case_id=cmd.case_id,
            order_id=cmd.order_id,
            buyer_user_id=cmd.buyer_user_id,
            at=cmd.at,
        )
        return ConversationOpened(conversation_id=conversation_id)

    @override
    @activity.defn(name=names.SEND_MESSAGE)
    async def send_message(self, cmd: SendMessage) -> MessageSent:
        """Send one text, once.

        Safe to run twice because every try but the very first reads the conversation for this
        very text before it sends.
        """
        try:
            with told_to_temporal(but=UNREACHABLE):
                async with within_attempt():
                    sent = await self._send_text(cmd)
        except UNREACHABLE as refusal:
            return MessageSent(why_not=refusal.message)
        if cmd.asks and sent.index is not None:
            await asyncio.to_thread(
                self._conversations.asked,
                cmd.conversation_id,
                cmd.key.case_id,
                sent.index,
                at=cmd.key.began_at,
            )
        return sent

    async def _send_text(self, cmd: SendMessage) -> MessageSent:
        if may_have_run(cmd.key):
            said = await self._said_since(cmd.shop_id, cmd.conversation_id, cmd.key)
            for message in said:
                if same_words(message.text, cmd.text):
                    return _as_sent(message)
        if cmd.look_first and await self._is_settled(cmd):
            return MessageSent(order_moved=True)
        message_id = await self._client.send_text(
            shop_id=cmd.shop_id, conversation_id=cmd.conversation_id, text=cmd.text
        )
        logger.info("case.message_sent", case_id=cmd.key.case_id, step=cmd.key.step)
        return await self._place_of(cmd, message_id)

    async def _is_settled(self, cmd: SendMessage) -> bool:
        order = await self._client.order(shop_id=cmd.shop_id, order_id=cmd.order_id)
        if order is None:
            return False
        return fate_of(order, (), frozenset()) is not Fate.OPEN

    async def _place_of(self, cmd: SendMessage, message_id: str) -> MessageSent:
        """Return a sent message with its index, by which replies are told from older words.

        Without an index an ask could not be recorded as open, and the buyer's reply would go to
        another order. So a failed read fails the attempt; the next one finds the text by looking.
        """
        if not cmd.asks:
            return MessageSent(message_id=message_id)
        try:
            newest = await self._client.messages(
                shop_id=cmd.shop_id, conversation_id=cmd.conversation_id, limit=_PAGE
            )
        except ShopError as error:
            if error.retryable:
                raise
            logger.warning("case.chat_unreadable", case_id=cmd.key.case_id, code=error.code)
            return MessageSent(message_id=message_id, index=0)
        for message in newest:
            if message.message_id == message_id:
                return _as_sent(message)
        # A message that does not show yet comes after everything that does.
        return MessageSent(message_id=message_id, index=newest[-1].index if newest else 0)

    async def _said_since(
        self, shop_id: str, conversation_id: str, key: EffectKey
    ) -> list[ChatMessage]:
        """Return what the shop itself said since a step began."""
        since, limit = key.began_at - CLOCK_SLACK, _LOOK_BACK
        while True:
            messages = await self._client.messages(
                shop_id=shop_id, conversation_id=conversation_id, limit=limit
            )
            if len(messages) < limit or messages[0].sent_at < since:
                break
            limit *= 4
        return [
            message
            for message in messages
            if message.role is not ChatRole.BUYER and message.sent_at >= since
        ]

    @override
    @activity.defn(name=names.SEND_COUPON)
    async def send_coupon(self, cmd: SendCoupon) -> CouponSent:
        """Send a coupon card, once.

        Safe to run twice because every try but the very first reads the conversation for this
        coupon's card before it sends.
        """
        try:
            with told_to_temporal(but=_NO_CARD):
                async with within_attempt():
                    message_id = await self._send_card(cmd)
        except _NO_CARD as refusal:
            return CouponSent(why_not=refusal.message)
        logger.info("case.coupon_sent", case_id=cmd.key.case_id)
        return CouponSent(message_id=message_id)

    async def _send_card(self, cmd: SendCoupon) -> str:
        if may_have_run(cmd.key):
            for message in await self._said_since(cmd.shop_id, cmd.conversation_id, cmd.key):
                if message.kind == "COUPON_CARD" and message.reference == cmd.coupon_id:
                    return message.message_id
        return await self._client.send_coupon_card(
            shop_id=cmd.shop_id, conversation_id=cmd.conversation_id, coupon_id=cmd.coupon_id
        )

    @override
    @activity.defn(name=names.READ_CONVERSATION)
    async def read_conversation(self, cmd: ReadConversation) -> list[ChatMessage]:
        """Return what was said after a message, oldest first.

        Safe to run twice because it only reads.
        """
        with told_to_temporal():
            messages = await self._client.messages(
                shop_id=cmd.shop_id,
                conversation_id=cmd.conversation_id,
                after_index=cmd.after_index,
            )
        if cmd.after_index is not None or cmd.since is None:
            return messages
        since = cmd.since - CLOCK_SLACK
        return [message for message in messages if message.sent_at >= since]

    @override
    @activity.defn(name=names.FIND_REPLACEMENT)
    async def find_replacement(self, cmd: FindReplacement) -> ReplacementFound:
        """Return the buyer's new order of the substitute, if there is one.

        Safe to run twice because it only reads.
        """
        with told_to_temporal():
            async for order in self._client.all_orders(
                shop_id=cmd.shop_id,
                buyer_user_id=cmd.buyer_user_id,
                created_from=cmd.created_from - CLOCK_SLACK,
            ):
                lives = order.status not in (OrderStatus.CANCELLED, OrderStatus.UNPAID)
                wanted = any(line.sku_id == cmd.sku_id for line in order.live_lines())
                if lives and wanted and order.order_id != cmd.not_order_id:
                    return ReplacementFound(order_id=order.order_id)
        return ReplacementFound()

    @override
    @activity.defn(name=names.CANCEL_ORDER)
    async def cancel_order(self, cmd: CancelOrder) -> OrderCancelled:
        """Cancel an order or lines of it, once.

        Safe to run twice because the order and its cancellations are read before every try.
        """
        with told_to_temporal():
            async with within_attempt():
                answer = await self._canceller.cancel(cmd, tried=may_have_run(cmd.key))
        logger.info(
            "case.order_cancelled",
            case_id=cmd.key.case_id,
            cancel_id=answer.cancel_id,
            complete=answer.complete,
        )
        return answer


def may_have_run(key: EffectKey) -> bool:
    """Tell whether an earlier try may have had the effect, so that a look must come first."""
    return key.tried_before or activity.info().attempt > 1


def same_words(said: str, meant: str) -> bool:
    """Tell whether the chat shows our text, in whatever spacing and composition it keeps it."""
    return _folded(said) == _folded(meant)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _as_sent(message: ChatMessage) -> MessageSent:
    return MessageSent(message_id=message.message_id, index=message.index, sent_at=message.sent_at)
