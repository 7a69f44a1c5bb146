"""`python -m bench.bare`: a worker of the bare workflow, with the product's own HTTP client.

The calls are those that an oversold case makes, through the same client, so that only what the
product adds is measured. The run compares the calls of both sides and says if they differ.
"""

import asyncio
import signal
from contextlib import AsyncExitStack

import structlog
from temporalio import activity
from temporalio.worker import Worker

import worker
from bench import bare_workflow as bare
from bench.bare_workflow import BareCase, BareChat
from casedesk.connection import connect
from casedesk.exits import leave
from casedesk.settings import Settings
from casedesk.shops import open_shop_client
from records.database import Database
from tiktok_shop.client import ShopClient

logger = structlog.get_logger()

_TEXT = (
    "Hello, we are sorry: an item of your order ending {digits} was sold more often than we have "
    "it. That is our mistake. You can choose: C) we cancel the order and you get the full amount "
    "back, at no cost to you. Please answer with the letter within a day; without an answer we "
    "cancel and refund, so that your money is safe. Thank you for your patience."
)
"""As long as the product's first message with these offers."""


class BareActivities:
    """The calls of a case, and nothing around them."""

    def __init__(self, shop: ShopClient) -> None:
        self._shop = shop

    @activity.defn(name=bare.LOOK)
    async def look(self, chat: BareChat) -> BareChat:
        """Read the order."""
        order = await self._shop.order(shop_id=chat.shop_id, order_id=chat.order_id)
        buyer = order.buyer_user_id if order else ""
        return chat.model_copy(update={"buyer_user_id": buyer})

    @activity.defn(name=bare.OPEN)
    async def open(self, chat: BareChat) -> BareChat:
        """Open the conversation."""
        conversation_id = await self._shop.create_conversation(
            shop_id=chat.shop_id, buyer_user_id=chat.buyer_user_id
        )
        return chat.model_copy(update={"conversation_id": conversation_id})

    @activity.defn(name=bare.SEND)
    async def send(self, chat: BareChat) -> BareChat:
        """Send the message and read where it stands."""
        await self._say(chat)
        await self._shop.messages(
            shop_id=chat.shop_id, conversation_id=chat.conversation_id, limit=10
        )
        return chat

    @activity.defn(name=bare.CANCEL)
    async def cancel(self, chat: BareChat) -> BareChat:
        """Look, look for cancellations, ask for the reason, cancel."""
        shop_id, order_id = chat.shop_id, chat.order_id
        await self._shop.order(shop_id=shop_id, order_id=order_id)
        await self._shop.cancellations(shop_id=shop_id, order_ids=[order_id])
        allowed = await self._shop.cancel_eligibility(shop_id=shop_id, order_id=order_id)
        reason = next(reason for reason in allowed.reasons if "out_of_stock" in reason)
        await self._shop.cancel_order(shop_id=shop_id, order_id=order_id, reason=reason)
        return chat

    @activity.defn(name=bare.INFORM)
    async def inform(self, chat: BareChat) -> BareChat:
        """Tell the buyer of the refund."""
        await self._say(chat)
        return chat

    @activity.defn(name=bare.FILE)
    async def file(self, chat: BareChat) -> BareChat:
        """Do what the product's filing does on the wire: nothing."""
        return chat

    async def _say(self, chat: BareChat) -> None:
        text = _TEXT.format(digits=chat.order_id[-6:])
        await self._shop.send_text(
            shop_id=chat.shop_id, conversation_id=chat.conversation_id, text=text
        )


async def serve(settings: Settings) -> None:
    """Work until SIGTERM."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    client = await connect(settings)
    db = Database.open(settings.records_url)
    async with open_shop_client(settings, db) as shop, AsyncExitStack() as stack:
        doing = BareActivities(shop)
        one = Worker(
            client,
            task_queue=bare.QUEUE,
            workflows=[BareCase],
            activities=[
                doing.look,
                doing.open,
                doing.send,
                doing.cancel,
                doing.inform,
                doing.file,
            ],
            workflow_runner=worker.sandbox_runner(),
            max_cached_workflows=settings.cached_cases,
        )
        await stack.enter_async_context(one)
        logger.info("worker.ready")
        await stop.wait()
    db.close()


if __name__ == "__main__":
    asyncio.run(serve(Settings()))
    leave(0)
