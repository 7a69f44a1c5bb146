"""What the workflows need from outside; activities/ implements it.

Every command is one frozen object; fields are added with defaults and never renamed.
"""

from abc import ABC, abstractmethod
from datetime import datetime

from pydantic import BaseModel, ConfigDict
from temporalio import activity

from domain.cases import CaseView, TimelineEvent
from domain.choices import Choice
from domain.instants import Instant
from domain.markets import MarketProfile, WorkingDays
from domain.messages import MessageFacts, WrittenMessage
from domain.money import Money
from domain.orders import Cancellation, CancelRole, ChatMessage, Coupon, Order, SkuStock
from domain.playbook import Playbook
from domain.replies import Reading
from workflows import names


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True)


class EffectKey(_Fact):
    """Identifies one write, whoever tries it and however often."""

    case_id: str
    step: str
    began_at: Instant
    """When the step was first tried, by the case's clock."""
    tried_before: bool = False
    """True if an earlier activity of this step may have done it: look before repeating."""


class OrderRef(_Fact):
    """An order of a shop."""

    shop_id: str
    order_id: str


class OrderLook(_Fact):
    """An order as the shop reports it now; *order* is None where the shop does not know it."""

    order: Order | None = None
    cancellations: tuple[Cancellation, ...] = ()


class CheckOffers(_Fact):
    """Which of these could be offered now?"""

    shop_id: str
    case_id: str
    coupon_id: str | None = None
    substitute_sku_id: str | None = None
    units: int = 1
    """How many units of the substitute to reserve for the case."""


class OffersChecked(_Fact):
    """The coupon and the substitute as the shop reports them now; None where unknown to it."""

    coupon: Coupon | None = None
    substitute: SkuStock | None = None
    substitute_reserved: bool = False
    """True if the units were reserved for the case among all open cases."""


class OpenConversation(_Fact):
    """Open a chat with the buyer and index it for the case before anything is said."""

    shop_id: str
    case_id: str
    order_id: str
    buyer_user_id: str
    at: Instant


class ConversationOpened(_Fact):
    """The chat, or why the buyer cannot be written to."""

    conversation_id: str | None = None
    why_not: str = ""


class SendMessage(_Fact):
    """Send one text, once."""

    key: EffectKey
    shop_id: str
    conversation_id: str
    order_id: str
    text: str
    asks: bool = False
    """True if the buyer is asked something, so that later messages answer this one."""
    look_first: bool = False
    """True if the order must be seen unsettled just before the text goes out."""


class MessageSent(_Fact):
    """The platform's id and place of a message; *why_not* is set where it may not be sent."""

    message_id: str | None = None
    index: int | None = None
    sent_at: Instant | None = None
    why_not: str = ""
    order_moved: bool = False
    """True if nothing was said because the order was shipped or cancelled meanwhile."""


class SendCoupon(_Fact):
    """Send a coupon card, once."""

    key: EffectKey
    shop_id: str
    conversation_id: str
    coupon_id: str


class CouponSent(_Fact):
    """Whether the card went out, else why not."""

    message_id: str | None = None
    why_not: str = ""


class ReadConversation(_Fact):
    """Read what was said after a message."""

    shop_id: str
    conversation_id: str
    after_index: int | None = None
    """Only what came after this place; None reads as far back as *since*."""
    since: Instant | None = None


class FindReplacement(_Fact):
    """Look for the buyer's new order of the substitute."""

    shop_id: str
    buyer_user_id: str
    sku_id: str
    created_from: Instant
    not_order_id: str


class ReplacementFound(_Fact):
    """The new order, if there is one."""

    order_id: str | None = None


class CancelOrder(_Fact):
    """Cancel an order, or lines of it, as the seller; once."""

    key: EffectKey
    shop_id: str
    order_id: str
    line_ids: tuple[str, ...] = ()
    """Empty means the whole order."""
    fallback_reason: str
    """Used where the platform lists no reason of its own for the order."""


class OrderCancelled(_Fact):
    """What became of a cancellation."""

    cancel_id: str | None = None
    complete: bool = False
    refund: Money | None = None
    by_buyers_request: bool = False
    """True where a pending request of the buyer was approved instead."""
    ended_by: CancelRole | None = None
    """Who had cancelled the order before we could; None where we did."""
    gone: bool = False
    """True where the order cannot be cancelled because it has shipped meanwhile."""
    why: str = ""


class CaseRef(_Fact):
    """A case by its workflow id."""

    case_id: str


class ClosedCaseFound(_Fact):
    """Whether a closed case is on file under the id."""

    outcome: str | None = None
    closed_at: Instant | None = None


class PinCase(_Fact):
    """Load everything that a case keeps for its life."""

    shop_id: str
    playbook: str | None = None
    as_of: Instant


class Pinned(_Fact):
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


class WantContact(_Fact):
    """A message that a person must deliver."""

    case_id: str
    step: str
    shop_id: str
    order_id: str
    text: str
    language: str
    by: Instant
    at: Instant


class SettleContact(_Fact):
    """A message was delivered, or is needed no more."""

    case_id: str
    step: str


class AskAnswered(_Fact):
    """No ask of this case stands open in its conversation any more."""

    case_id: str


class ReserveRefund(_Fact):
    """May this refund go out without a second person?"""

    key: str
    shop_id: str
    case_id: str
    amount: Money
    approve_above_minor: int | None
    approve_after_per_hour: int | None
    at: Instant


class RefundReserved(_Fact):
    """The answer, with the limit that held it."""

    granted: bool
    reason: str = ""


class SettleRefund(_Fact):
    """What became of a reservation."""

    key: str
    refunded: bool
    approved_by: str | None = None


class FileCase(_Fact):
    """The dossier of a case that ends."""

    case_id: str
    view: CaseView
    timeline: tuple[TimelineEvent, ...]


class WriteMessage(_Fact):
    """Write a message from its template."""

    facts: MessageFacts
    market_language: str


class ReadReply(_Fact):
    """Read what a buyer wrote, and find out whether it is for this case."""

    case_id: str
    order_id: str
    conversation_id: str | None
    text: str
    index: int | None = None
    offered: tuple[Choice, ...]
    language: str | None
    at: Instant


class ReplyRead(_Fact):
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


class CallPeople(_Fact):
    """Tell people that a task waits for them."""

    case_id: str
    shop_id: str
    step: str
    ask: str
    by: Instant | None
    rung: int
    at: datetime


class ShopPort(ABC):
    """TikTok Shop; every write looks before it repeats."""

    @activity.defn(name=names.LOOK_AT_ORDER)
    @abstractmethod
    async def look_at_order(self, cmd: OrderRef) -> OrderLook:
        """Return the order and its cancellations as the shop reports them now."""

    @activity.defn(name=names.CHECK_OFFERS)
    @abstractmethod
    async def check_offers(self, cmd: CheckOffers) -> OffersChecked:
        """Return the coupon and the substitute as the shop reports them now."""

    @activity.defn(name=names.OPEN_CONVERSATION)
    @abstractmethod
    async def open_conversation(self, cmd: OpenConversation) -> ConversationOpened:
        """Open the buyer's conversation and index it for the case."""

    @activity.defn(name=names.SEND_MESSAGE)
    @abstractmethod
    async def send_message(self, cmd: SendMessage) -> MessageSent:
        """Send one text, once."""

    @activity.defn(name=names.SEND_COUPON)
    @abstractmethod
    async def send_coupon(self, cmd: SendCoupon) -> CouponSent:
        """Send a coupon card, once."""

    @activity.defn(name=names.READ_CONVERSATION)
    @abstractmethod
    async def read_conversation(self, cmd: ReadConversation) -> list[ChatMessage]:
        """Return what was said after a message, oldest first."""

    @activity.defn(name=names.FIND_REPLACEMENT)
    @abstractmethod
    async def find_replacement(self, cmd: FindReplacement) -> ReplacementFound:
        """Return the buyer's new order of the substitute, if there is one."""

    @activity.defn(name=names.CANCEL_ORDER)
    @abstractmethod
    async def cancel_order(self, cmd: CancelOrder) -> OrderCancelled:
        """Cancel an order or lines of it, once."""


class RecordsPort(ABC):
    """What must outlive the server's retention; every write is idempotent."""

    @activity.defn(name=names.FIND_CLOSED_CASE)
    @abstractmethod
    async def find_closed_case(self, cmd: CaseRef) -> ClosedCaseFound:
        """Tell whether a closed case is on file under the id."""

    @activity.defn(name=names.WANT_CONTACT)
    @abstractmethod
    async def want_contact(self, cmd: WantContact) -> None:
        """Queue a message for a person to deliver."""

    @activity.defn(name=names.SETTLE_CONTACT)
    @abstractmethod
    async def settle_contact(self, cmd: SettleContact) -> None:
        """Take messages off that queue."""

    @activity.defn(name=names.ASK_ANSWERED)
    @abstractmethod
    async def ask_answered(self, cmd: AskAnswered) -> None:
        """Note that no ask of the case stands open any more."""

    @activity.defn(name=names.RESERVE_REFUND)
    @abstractmethod
    async def reserve_refund(self, cmd: ReserveRefund) -> RefundReserved:
        """Reserve a refund against the shop's limits."""

    @activity.defn(name=names.SETTLE_REFUND)
    @abstractmethod
    async def settle_refund(self, cmd: SettleRefund) -> None:
        """Note what became of a reservation."""

    @activity.defn(name=names.FILE_CASE)
    @abstractmethod
    async def file_case(self, cmd: FileCase) -> None:
        """File the dossier of a case that ends."""


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
