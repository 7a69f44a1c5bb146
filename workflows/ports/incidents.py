"""What an incident keeps in the records: its claim, its ledger, its review."""

from abc import ABC, abstractmethod
from enum import StrEnum

from pydantic import Field
from temporalio import activity

from domain.allocation_record import Side
from domain.incident_figures import Changed, Figures
from domain.incident_review import IncidentReview
from domain.incidents import IncidentPart
from domain.instants import Instant
from domain.timeline import EventKey
from domain.waiting_line import AllocationPolicy
from workflows import names
from workflows.ports.facts import Fact


class ClaimSku(Fact):
    """Be the open incident of a SKU."""

    incident_id: str
    shop_id: str
    sku_id: str
    stream: str | None = None
    at: Instant


class SkuClaimed(Fact):
    """Whether the incident got its SKU, else who has it."""

    granted: bool
    holder: str


class AllocateUnits(Fact):
    """Share the units on the shelf among the orders that were collected."""

    incident_id: str
    key: str
    """Names the allocation on file."""
    sku_id: str
    on_hand: int
    counted_with: dict[str, int] = Field(default_factory=dict)
    """Units of other SKUs that were counted at the same time."""
    policy: AllocationPolicy
    zone: str
    single_lines: bool
    at: Instant


class UnitsAllocated(Fact):
    """The allocation in numbers."""

    figures: Figures
    policy: AllocationPolicy
    """The one that was used; *why* says why it is not the one that was wanted."""
    why: str = ""
    skipped: int = 0
    demand: int = 0
    """Units that all competing orders ask for."""
    digest: str = ""


class LedgerAct(StrEnum):
    """What people and suppliers do to the units of an incident."""

    COUNT = "count"
    LOT = "lot"
    MOVE = "move"


class ChangeLedger(Fact):
    """Let one event change the ledger; its key makes it happen once."""

    incident_id: str
    key: str
    act: LedgerAct
    on_hand: int = 0
    lot_id: str = ""
    quantity: int = 0
    order_id: str = ""
    to: Side = Side.SHORT
    reason: str = ""
    actor: str = ""
    at: Instant


class SettleOrders(Fact):
    """Take in what became of the incident's cases."""

    incident_id: str
    key: str


class OrdersSettled(Fact):
    """How many cases ended, by outcome, and what that changed."""

    outcomes: dict[str, int] = Field(default_factory=dict)
    by_hand: tuple[str, ...] = ()
    """Some orders whose case ended without an answer to what becomes of the order."""
    changed: Changed


class Happened(Fact):
    """One event of the incident, for its review."""

    at: Instant
    key: EventKey
    detail: str = ""


class CloseIncident(Fact):
    """Write the review and give the SKU back."""

    incident_id: str
    shop_id: str
    part: IncidentPart
    outcome: str | None = None
    opened_at: Instant
    stream: str | None = None
    demand: int = 0
    counted: int
    happened: tuple[Happened, ...] = ()
    breaches: int = 0
    at: Instant


class IncidentsPort(ABC):
    """The records of incidents; every write is idempotent."""

    @activity.defn(name=names.CLAIM_SKU)
    @abstractmethod
    async def claim_sku(self, cmd: ClaimSku) -> SkuClaimed:
        """Ask to be the open incident of a SKU."""

    @activity.defn(name=names.ALLOCATE_UNITS)
    @abstractmethod
    async def allocate_units(self, cmd: AllocateUnits) -> UnitsAllocated:
        """Allocate, file the allocation with its inputs and begin the ledger."""

    @activity.defn(name=names.CHANGE_LEDGER)
    @abstractmethod
    async def change_ledger(self, cmd: ChangeLedger) -> Changed:
        """Let one event change the ledger."""

    @activity.defn(name=names.SETTLE_ORDERS)
    @abstractmethod
    async def settle_orders(self, cmd: SettleOrders) -> OrdersSettled:
        """Take in what became of the incident's cases."""

    @activity.defn(name=names.CLOSE_INCIDENT)
    @abstractmethod
    async def close_incident(self, cmd: CloseIncident) -> IncidentReview:
        """Write the review and give the SKU back."""
