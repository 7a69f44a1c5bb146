"""The shop's packages as late pickups need them."""

from abc import ABC, abstractmethod
from enum import StrEnum

from pydantic import Field
from temporalio import activity

from domain.completeness import HeldEvidence
from domain.instants import Instant
from domain.orders import Cancellation, Order
from domain.pickups import Package, Slot
from workflows import names
from workflows.ports.facts import EffectKey, Fact


class PackageRef(Fact):
    """A package of a shop."""

    shop_id: str
    package_id: str


class PackageLook(Fact):
    """A package as the shop reports it now; *package* is None where the shop does not know it."""

    package: Package | None = None
    orders: tuple[Order, ...] = ()
    cancellations: dict[str, tuple[Cancellation, ...]] = Field(default_factory=dict)
    """By order id; only of orders that somebody cancelled or wants cancelled."""


class RebookPickup(Fact):
    """Book another pickup for a parcel whose carrier did not come, once."""

    key: EffectKey
    shop_id: str
    package_id: str
    missed: Slot | None = None
    """The booking that came to nothing; any other one in the future is a new booking."""
    at: Instant


class PickupRebooked(Fact):
    """The new slot, or why there is none."""

    slot: Slot | None = None
    why_not: str = ""
    moved: bool = False
    """True where the parcel does not wait any more, so that it has to be looked at."""


class CaptureKind(StrEnum):
    """What a case takes down of the shop's data by itself."""

    BOOKING = "booking"
    TRACKING = "tracking"
    CLOCKS = "clocks"
    MANIFEST = "manifest"


class CaptureEvidence(Fact):
    """Take one kind of the shop's data into the vault, once per label."""

    case_id: str
    shop_id: str
    package_id: str
    what: CaptureKind
    label: str
    """Names this capture among those of its kind, such as the number of a booking."""
    at: Instant


class EvidenceCaptured(Fact):
    """What the vault holds of it now; nothing where the shop had nothing to show."""

    held: tuple[HeldEvidence, ...] = ()
    why_not: str = ""


class PackagesPort(ABC):
    """Packages of the shop; every write looks before it repeats."""

    @activity.defn(name=names.LOOK_AT_PACKAGE)
    @abstractmethod
    async def look_at_package(self, cmd: PackageRef) -> PackageLook:
        """Return the package and its orders as the shop reports them now."""

    @activity.defn(name=names.REBOOK_PICKUP)
    @abstractmethod
    async def rebook_pickup(self, cmd: RebookPickup) -> PickupRebooked:
        """Book another pickup, once."""

    @activity.defn(name=names.CAPTURE_EVIDENCE)
    @abstractmethod
    async def capture_evidence(self, cmd: CaptureEvidence) -> EvidenceCaptured:
        """Take one kind of the shop's data into the vault, once per label."""
