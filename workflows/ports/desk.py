"""Our own desk as the cases need it: rules, texts, readings, people."""

from abc import ABC, abstractmethod
from datetime import datetime

from temporalio import activity

from domain.choices import Choice
from domain.instants import Instant
from domain.markets import MarketProfile, WorkingDays
from domain.messages import MessageFacts, WrittenMessage
from domain.playbook import Playbook
from domain.replies import Reading
from workflows import names
from workflows.ports.facts import Fact


class PinCase(Fact):
    """Load everything that a case keeps for its life."""

    shop_id: str
    playbook: str | None = None
    as_of: Instant
    opened_at: Instant | None = None


class Pinned(Fact):
    """The rules a case runs under, whatever is edited later."""

    market: str
    market_known: bool = True
    profile: MarketProfile
    strictest: MarketProfile
    working_days: WorkingDays
    playbook: Playbook
    chat: bool = True
    """False where the shop is known to have no chat scope."""
    people: bool = False
    """True if a channel is set up on which people can be called."""
    opened_at: Instant | None = None
    """The opening as the command named it; None for cases opened before it was written down."""


class WriteMessage(Fact):
    """Write a message from its template."""

    facts: MessageFacts
    market_language: str


class ReadReply(Fact):
    """Read what a buyer wrote, and find out whether it is for this case."""

    case_id: str
    order_id: str
    conversation_id: str | None
    text: str
    index: int | None = None
    offered: tuple[Choice, ...]
    language: str | None
    at: Instant


class ReplyRead(Fact):
    """The reading, and for whom the text was."""

    reading: Reading
    mine: bool = True
    """False where the text names another order that waits for an answer."""
    ask_which: bool = False
    """True for the one case that should ask the buyer which order is meant."""
    unclear_whose: bool = False
    """True where several orders wait and the text names none."""
    for_person: bool = False
    """True where the buyer was asked which order is meant and still did not say."""
    waiting_digits: tuple[str, ...] = ()
    """Last six digits of every order that waits for an answer in the conversation."""


class CallPeople(Fact):
    """Tell people that a task waits for them."""

    case_id: str
    shop_id: str
    step: str
    ask: str
    by: Instant | None
    rung: int
    at: datetime


class DeskPort(ABC):
    """Our own desk: rules, texts, readings, people."""

    @activity.defn(name=names.PIN_CASE)
    @abstractmethod
    async def pin_case(self, cmd: PinCase) -> Pinned:
        """Load market profile, calendar and playbook."""

    @activity.defn(name=names.WRITE_MESSAGE)
    @abstractmethod
    async def write_message(self, cmd: WriteMessage) -> WrittenMessage:
        """Write a message from its template."""

    @activity.defn(name=names.READ_REPLY)
    @abstractmethod
    async def read_reply(self, cmd: ReadReply) -> ReplyRead:
        """Read what a buyer wrote."""

    @activity.defn(name=names.CALL_PEOPLE)
    @abstractmethod
    async def call_people(self, cmd: CallPeople) -> None:
        """Tell people that a task waits for them."""
