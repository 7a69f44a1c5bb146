"""Our own desk: rules, texts, readings, people."""

import asyncio

import structlog
from temporalio import activity
from temporalio.exceptions import ApplicationError
from typing_extensions import override

from activities.messages import MessageWriter
from activities.people import PeopleChannel
from activities.playbooks import PlaybookShelf
from activities.routing import named_orders, route, waiting_digits
from activities.troubles import NEEDS_PERSON
from domain.errors import DomainError
from domain.messages import WrittenMessage
from domain.replies import Reading, read_reply
from records.conversations import ConversationIndex, IndexedCase, WhichOrderAsk
from records.shops import ShopDirectory
from workflows import names
from workflows.ports import (
    CallPeople,
    DeskPort,
    PinCase,
    Pinned,
    ReadReply,
    ReplyRead,
    WriteMessage,
)

logger = structlog.get_logger()

ASSISTED = "assisted"


class DeskActivities(DeskPort):
    """Everything that is neither the platform nor the records."""

    def __init__(
        self,
        *,
        shelf: PlaybookShelf,
        writer: MessageWriter,
        shops: ShopDirectory,
        conversations: ConversationIndex,
        people: PeopleChannel,
    ) -> None:
        self._shelf = shelf
        self._writer = writer
        self._shops = shops
        self._conversations = conversations
        self._people = people

    @override
    @activity.defn(name=names.PIN_CASE)
    async def pin_case(self, cmd: PinCase) -> Pinned:
        """Load market profile, calendar and playbook, and write down when the case was opened.

        Safe to run twice because it only reads; the case keeps what it read first.
        """
        shop = await asyncio.to_thread(self._shops.get, cmd.shop_id)
        if shop is None:
            raise ApplicationError(
                f"shop {cmd.shop_id} is not connected; run `starter.py setup` for it, then retry",
                type=NEEDS_PERSON,
                non_retryable=True,
            )
        try:
            profile = self._shelf.market(shop.region)
            return Pinned(
                market=profile.market,
                market_known=not profile.assumed,
                profile=profile,
                strictest=self._shelf.strictest(),
                working_days=self._shelf.working_days(profile, as_of=cmd.as_of),
                playbook=self._shelf.playbook(cmd.playbook, market=profile, shop_id=cmd.shop_id),
                chat=shop.contact_mode != ASSISTED,
                people=self._people.is_open,
                opened_at=cmd.opened_at,
            )
        except DomainError as error:
            raise _for_people(error) from error

    @override
    @activity.defn(name=names.WRITE_MESSAGE)
    async def write_message(self, cmd: WriteMessage) -> WrittenMessage:
        """Write a message from its template.

        Safe to run twice because the same facts give the same words.
        """
        try:
            return self._writer.write(cmd.facts, market_language=cmd.market_language)
        except DomainError as error:
            raise _for_people(error) from error

    @override
    @activity.defn(name=names.READ_REPLY)
    async def read_reply(self, cmd: ReadReply) -> ReplyRead:
        """Read what a buyer wrote, and find out whether it is for this case.

        Safe to run twice because reading decides by fixed rules, and the question which order
        is meant is claimed by one case and message.
        """
        reading = read_reply(cmd.text, offered=cmd.offered, language=cmd.language)
        if cmd.conversation_id is None:
            return ReplyRead(reading=reading)
        cases = await asyncio.to_thread(self._conversations.cases_of, cmd.conversation_id)
        routed = route(reading, cmd.case_id, cmd.order_id, cases)
        if not routed.unclear:
            await self._answered(cmd, reading, cases, mine=routed.mine)
            return ReplyRead(reading=reading, mine=routed.mine)
        return await self._ask_or_leave(cmd, cmd.conversation_id, reading, cases)

    async def _ask_or_leave(
        self, cmd: ReadReply, conversation_id: str, reading: Reading, cases: list[IndexedCase]
    ) -> ReplyRead:
        """Ask once which order is meant; a buyer who does not say it then is left to people."""
        standing = await asyncio.to_thread(self._conversations.which_order_asked, conversation_id)
        if standing is not None and _answers(cmd, standing):
            return ReplyRead(reading=reading, unclear_whose=True, for_person=True)
        asks = await asyncio.to_thread(
            self._conversations.mark_which_order_asked,
            conversation_id,
            at=cmd.at,
            after_index=cmd.index or 0,
            asker=cmd.case_id,
        )
        return ReplyRead(
            reading=reading,
            ask_which=asks,
            unclear_whose=True,
            waiting_digits=waiting_digits(cases),
        )

    async def _answered(
        self, cmd: ReadReply, reading: Reading, cases: list[IndexedCase], *, mine: bool
    ) -> None:
        named = reading.all_orders or named_orders(reading, cases)
        if named and cmd.conversation_id:
            await asyncio.to_thread(self._conversations.clear_which_order, cmd.conversation_id)
        if mine and reading.choice is not None:
            await asyncio.to_thread(self._conversations.settled, cmd.case_id)

    @override
    @activity.defn(name=names.CALL_PEOPLE)
    async def call_people(self, cmd: CallPeople) -> None:
        """Tell people that a task waits for them.

        Safe to run twice because a second call about the same task only repeats itself.
        """
        await self._people.call(
            title=f"Wenhuo: {cmd.step} of {cmd.case_id}",
            body=f"{cmd.ask}" + (f" By {cmd.by:%Y-%m-%d %H:%M} UTC." if cmd.by else ""),
        )


def _answers(cmd: ReadReply, asked: WhichOrderAsk) -> bool:
    """Tell whether a text came after the one that made us ask which order is meant."""
    if cmd.index is not None:
        return cmd.index > asked.after_index
    return asked.asker == cmd.case_id and cmd.at > asked.asked_at


def _for_people(error: DomainError) -> ApplicationError:
    return ApplicationError(str(error)[:800], type=NEEDS_PERSON, non_retryable=True)
