"""The carriers as late pickups need them: asked, chased, answered by what people attach."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.instants import Instant
from domain.pickups import Slot
from workflows import names
from workflows.ports.facts import EffectKey, Fact


class AskCarrier(Fact):
    """Ask a carrier where its driver is, or chase the answer."""

    key: EffectKey
    shop_id: str
    carrier: str
    """Its name as the platform prints it."""
    package_id: str
    order_ids: tuple[str, ...]
    tracking_number: str = ""
    missed: Slot | None = None
    """The pickup that came to nothing, where one was booked."""
    due_at: Instant | None = None
    """When the platform cancels the first order of the parcel unless it is collected."""
    market: str
    zone: str
    """IANA zone of the market; instants are printed in the carrier's own where it is known."""
    language: str
    """Of the market; the carrier's own comes first where it is known."""
    rung: int = 0
    """0 asks, every later rung chases the answer."""
    asked_at: Instant | None = None
    """When the carrier was first asked, for those later ones."""
    at: Instant


class CarrierAsked(Fact):
    """Whether the letter went out, else why not; with its words, to be sent by hand."""

    reached: bool
    why_not: str = ""
    text: str = ""


class CarriersPort(ABC):
    """Carriers, by mail or chat."""

    @activity.defn(name=names.ASK_CARRIER)
    @abstractmethod
    async def ask_carrier(self, cmd: AskCarrier) -> CarrierAsked:
        """Ask a carrier where its driver is, or chase the answer."""
