"""Buyer chat: open a conversation, read it, write to it.

Source: TikTok Shop API, customer service 202309 and send message 202606 (docs, autumn 2026).
"""

import json
from collections.abc import Mapping

from pydantic import Field

from domain.orders import ChatMessage
from tiktok_shop.gateway import plain_ids, refuse
from tiktok_shop.party import Party
from tiktok_shop.versions import Operation
from tiktok_shop.wire import ChatWords, Wire

TEXT_LIMIT = 2000
"""Most characters of one text message."""

_PAGE_SIZE = "10"
# The case speaks as the merchant: a robot's message may not count as the shop's first answer.
_SENDER = "CUSTOMER_SERVICE"


class _Conversation(Wire):
    conversation_id: str = Field(min_length=1)


class _Sent(Wire):
    message_id: str = Field(min_length=1)


class _Message(ChatWords):
    id: str = Field(min_length=1)

    def domain_message(self) -> ChatMessage:
        return self.message(self.id)


class _Messages(Wire):
    messages: tuple[_Message, ...] = ()

    def domain_messages(self) -> list[ChatMessage]:
        return [message.domain_message() for message in self.messages]


class ChatCalls(Party):
    """Talking to buyers."""

    async def create_conversation(self, *, shop_id: str, buyer_user_id: str) -> str:
        """Return the conversation with a buyer; an existing one is opened again.

        Args:
            shop_id: The shop.
            buyer_user_id: The order's buyer_user_id, not a chat id.

        Raises:
            ContactNotAllowedError: The shop may not write to this buyer.
        """
        answer = await self._gateway.call(
            Operation.CREATE_CONVERSATION,
            shop_id=shop_id,
            body={"buyer_user_id": buyer_user_id},
        )
        return answer.read(_Conversation, lambda opened: opened.conversation_id)

    async def messages(
        self,
        *,
        shop_id: str,
        conversation_id: str,
        after_index: int | None = None,
        limit: int = 100,
    ) -> list[ChatMessage]:
        """Return messages of a conversation, oldest first.

        Args:
            shop_id: The shop.
            conversation_id: The conversation.
            after_index: Everything later than this index, without a limit, because a buyer's
                word must not be cut off; None for the newest *limit*.
            limit: Most messages when *after_index* is None.

        Raises:
            NotFoundError: No such conversation in this shop.
        """
        found: dict[str, ChatMessage] = {}
        async for page in self._gateway.pages(
            Operation.LIST_MESSAGES,
            shop_id=shop_id,
            ids={"conversation_id": conversation_id},
            query={"page_size": _PAGE_SIZE, "sort_order": "DESC", "sort_field": "index"},
        ):
            batch = page.read(_Messages, _Messages.domain_messages)
            found |= {message.message_id: message for message in batch}
            if _far_enough(batch, len(found), after_index=after_index, limit=limit):
                break
        ordered = sorted(found.values(), key=lambda message: message.index)
        if after_index is None:
            return ordered[-limit:]
        return [message for message in ordered if message.index > after_index]

    async def send_text(self, *, shop_id: str, conversation_id: str, text: str) -> str:
        """Send one text message and return its id.

        Raises:
            InvalidRequestError: Empty, or longer than 2,000 characters.
            ContactNotAllowedError: The shop may not write to this buyer.
            SensitiveContentError: The platform refuses the words.
            ShopUnavailableError: No usable answer; look before sending again.
        """
        if not text.strip() or len(text) > TEXT_LIMIT:
            refuse("text", f"{len(text)} characters; a message has 1 to {TEXT_LIMIT}")
        return await self._post(shop_id, conversation_id, "TEXT", {"content": text})

    async def send_order_card(self, *, shop_id: str, conversation_id: str, order_id: str) -> str:
        """Send the card of an order and return the message id."""
        content = {"order_id": plain_ids([order_id], field="order_id")}
        return await self._post(shop_id, conversation_id, "ORDER_CARD", content)

    async def send_coupon_card(self, *, shop_id: str, conversation_id: str, coupon_id: str) -> str:
        """Send an existing coupon and return the message id.

        Raises:
            CardRefusedError: The coupon's conditions are not met.
        """
        content = {"coupon_id": plain_ids([coupon_id], field="coupon_id")}
        return await self._post(shop_id, conversation_id, "COUPON_CARD", content)

    async def _post(
        self, shop_id: str, conversation_id: str, kind: str, content: Mapping[str, str]
    ) -> str:
        answer = await self._gateway.call(
            Operation.SEND_MESSAGE,
            shop_id=shop_id,
            ids={"conversation_id": conversation_id},
            body={
                "type": kind,
                "content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
                "sender_role": _SENDER,
            },
        )
        return answer.read(_Sent, lambda sent: sent.message_id)


def _far_enough(
    batch: list[ChatMessage], count: int, *, after_index: int | None, limit: int
) -> bool:
    if after_index is None:
        return count >= limit
    return any(message.index <= after_index for message in batch)
