"""The people on the spot: who is streaming or packing."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.instants import Instant
from workflows import names
from workflows.ports.facts import Fact


class AlertHost(Fact):
    """Tell a shop's host desk that a SKU must not be sold any more."""

    incident_id: str
    shop_id: str
    sku_id: str
    on_hand: int
    orders_short: int | None = None
    decides: str = ""
    at: Instant


class HostAlerted(Fact):
    """Whether the alert went out, else why not."""

    reached: bool
    why_not: str = ""


class HostPort(ABC):
    """Host desks, one per shop."""

    @activity.defn(name=names.ALERT_HOST)
    @abstractmethod
    async def alert_host(self, cmd: AlertHost) -> HostAlerted:
        """Tell a shop's host desk that a SKU must not be sold any more."""
