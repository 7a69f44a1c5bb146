"""What the open cases of an incident hear about its SKU."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.incident_figures import Figures
from domain.incidents import RestockState
from domain.instants import Instant
from workflows import names
from workflows.ports.facts import Fact


class TellOfRestock(Fact):
    """Tell open cases about the SKU: their units are there, or the newest news."""

    incident_id: str
    shop_id: str
    sku_id: str
    units: bool
    """True for orders whose units are there, False for those that go on waiting."""
    news: int = 0
    """Number of the news."""
    state: RestockState = RestockState.UNKNOWN
    available_at: Instant | None = None
    limit: int = 200


class RestockTold(Fact):
    """How many were told, and how many are left."""

    told: int
    figures: Figures


class RestockNewsPort(ABC):
    """Cases hear news at a bounded pace, each telling once."""

    @activity.defn(name=names.TELL_OF_RESTOCK)
    @abstractmethod
    async def tell_of_restock(self, cmd: TellOfRestock) -> RestockTold:
        """Tell open cases about the SKU."""
