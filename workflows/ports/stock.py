"""The shop's shelves as an incident needs them: stop selling, sell again."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.incidents import OutsideChange
from domain.instants import Instant
from workflows import names
from workflows.ports.facts import Fact


class StopSelling(Fact):
    """Set what the shop would still sell of a SKU to zero."""

    incident_id: str
    shop_id: str
    sku_id: str
    at: Instant


class SellingStopped(Fact):
    """What was changed, and what is known of the SKU."""

    changes: tuple[OutsideChange, ...] = ()
    product_id: str = ""
    seller_sku: str = ""
    product_name: str = ""
    why_not: str = ""
    """Why nothing, or not everything, could be stopped."""


class SellAgain(Fact):
    """Put units of a SKU back on sale, where the incident took them off."""

    incident_id: str
    shop_id: str
    sku_id: str
    units: int | None
    """How many may be sold; None puts back what was there before."""
    at: Instant


class SellingResumed(Fact):
    """What was undone, what was left as it is, and what could not be undone."""

    changes: tuple[OutsideChange, ...] = ()
    why_not: str = ""


class SwitchListing(Fact):
    """Take a whole listing off sale, or put it back."""

    incident_id: str
    shop_id: str
    product_id: str
    active: bool
    at: Instant


class StockPort(ABC):
    """What is on sale; every write looks before it repeats."""

    @activity.defn(name=names.STOP_SELLING)
    @abstractmethod
    async def stop_selling(self, cmd: StopSelling) -> SellingStopped:
        """Set the SKU's sellable units to zero and read them back."""

    @activity.defn(name=names.SELL_AGAIN)
    @abstractmethod
    async def sell_again(self, cmd: SellAgain) -> SellingResumed:
        """Undo what the incident changed of the SKU's sellable units."""

    @activity.defn(name=names.SWITCH_LISTING)
    @abstractmethod
    async def switch_listing(self, cmd: SwitchListing) -> OutsideChange:
        """Take a listing off sale, or put it back."""
