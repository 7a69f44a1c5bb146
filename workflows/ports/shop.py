"""TikTok Shop as the cases need it."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.instants import Instant
from domain.money import Money
from domain.orders import Cancellation, CancelRole, ChatMessage, Coupon, Order, SkuStock
from workflows import names
from workflows.ports.facts import EffectKey, Fact, OrderRef


class OrderLook(Fact):
    """An order as the shop reports it now; *order* is None where the shop does not know it."""

    order: Order | None = None
    cancellations: tuple[Cancellation, ...] = ()


class CheckOffers(Fact):
    """Which of these could be offered now?"""

    shop_id: str
    case_id: str
    coupon_id: str | None = None
    substitute_sku_id: str | None = None
    units: int = 1
    """How many units of the substitute to reserve for the case."""


class OffersChecked(Fact):
    """The coupon and the substitute as the shop reports them now; None where unknown to it."""

    coupon: Coupon | None = None
    substitute: SkuStock | None = None
    substitute_reserved: bool = False
    """True if the units were reserved for the case among all open cases."""


class OpenConversation(Fact):
    """Open a chat with the buyer and index it for the case before anything is said."""

    shop_id: str
    case_id: str
    order_id: str
    buyer_user_id: str
    at: Instant


class ConversationOpened(Fact):
    """The chat, or why the buyer cannot be written to."""

    conversation_id: str | None = None
    why_not: str = ""


class SendMessage(Fact):
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


class MessageSent(Fact):
    """The platform's id and place of a message; *why_not* is set where it may not be sent."""

    message_id: str | None = None
    index: int | None = None
    sent_at: Instant | None = None
    why_not: str = ""
    order_moved: bool = False
    """True if nothing was said because the order was shipped or cancelled meanwhile."""


class SendCoupon(Fact):
    """Send a coupon card, once."""

    key: EffectKey
    shop_id: str
    conversation_id: str
    coupon_id: str


class CouponSent(Fact):
    """Whether the card went out, else why not."""

    message_id: str | None = None
    why_not: str = ""


class ReadConversation(Fact):
    """Read what was said after a message."""

    shop_id: str
    conversation_id: str
    after_index: int | None = None
    """Only what came after this place; None reads as far back as *since*."""
    since: Instant | None = None


class FindReplacement(Fact):
    """Look for the buyer's new order of the substitute."""

    shop_id: str
    buyer_user_id: str
    sku_id: str
    created_from: Instant
    not_order_id: str


class ReplacementFound(Fact):
    """The new order, if there is one."""

    order_id: str | None = None


class CancelOrder(Fact):
    """Cancel an order, or lines of it, as the seller; once."""

    key: EffectKey
    shop_id: str
    order_id: str
    line_ids: tuple[str, ...] = ()
    """Empty means the whole order."""
    fallback_reason: str
    """Used where the platform lists no reason of its own for the order."""


class OrderCancelled(Fact):
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
