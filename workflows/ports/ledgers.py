"""What was promised, agreed and offered, as the cases note it; all of it outlives the server."""

from abc import ABC, abstractmethod
from datetime import date

from temporalio import activity

from domain.budgets import RungChoice
from domain.instants import Instant
from domain.playbook import BudgetRules, OfferRung
from domain.promises import PaddedDate
from workflows import names
from workflows.ports.facts import Fact


class PadPromise(Fact):
    """What a supplier's date is worth by what became of its earlier ones."""

    supplier: str
    """Empty where nobody named one; its SKU is then known by itself."""
    sku_id: str
    promised_at: Instant
    quantile: float


class NotePromise(Fact):
    """A supplier's date that a buyer was promised, and when the units really came."""

    supplier: str
    sku_id: str
    promised_at: Instant
    """The supplier's own date, without padding."""
    real_at: Instant | None = None
    """None while they have not come."""
    at: Instant


class KeepConsent(Fact):
    """A buyer's yes to a date."""

    key: str
    case_id: str
    shop_id: str
    order_id: str
    promised_at: Instant
    shown_text: str
    """Exactly what the buyer was shown."""
    language: str
    silent: bool = False
    """True where silence counted."""
    reply_text: str = ""
    """Exactly what the buyer wrote, or what a person noted of it."""
    message_id: str = ""
    rule: str
    """Why it counts as a yes."""
    given_at: Instant


class ReserveOffer(Fact):
    """Reserve the best rung that the budget allows."""

    key: str
    instead_of: str | None = None
    """Key of a reservation that this one replaces; it is given back first."""
    shop_id: str
    case_id: str
    incident_id: str | None = None
    day: date
    """The day of the shop's market that it counts for."""
    currency: str
    rungs: tuple[OfferRung, ...]
    budget: BudgetRules
    at: Instant


class OfferReserved(Fact):
    """What may be offered."""

    choice: RungChoice
    tell: tuple[str, ...] = ()
    """Budgets that were found spent for the first time, for a person."""


class SettleOffer(Fact):
    """What became of a reserved offer."""

    key: str
    given: bool


class LedgerPort(ABC):
    """The ledgers of promises, consents and offers; every write is idempotent by its key."""

    @activity.defn(name=names.PAD_PROMISE)
    @abstractmethod
    async def pad_promise(self, cmd: PadPromise) -> PaddedDate:
        """Return the date that may be offered for a supplier's date."""

    @activity.defn(name=names.NOTE_PROMISE)
    @abstractmethod
    async def note_promise(self, cmd: NotePromise) -> None:
        """Keep a supplier's date, or when its units came."""

    @activity.defn(name=names.KEEP_CONSENT)
    @abstractmethod
    async def keep_consent(self, cmd: KeepConsent) -> None:
        """Enter a buyer's yes to a date."""

    @activity.defn(name=names.RESERVE_OFFER)
    @abstractmethod
    async def reserve_offer(self, cmd: ReserveOffer) -> OfferReserved:
        """Reserve the best rung that the budget allows."""

    @activity.defn(name=names.SETTLE_OFFER)
    @abstractmethod
    async def settle_offer(self, cmd: SettleOffer) -> None:
        """Note what became of a reserved offer."""
