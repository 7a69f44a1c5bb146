"""Opening cases from within a workflow: always by the Opener, at the opener's own instant."""

from abc import ABC, abstractmethod

from temporalio import activity

from domain.cases import CaseKind
from domain.incident_figures import Figures
from domain.instants import Instant
from workflows import names
from workflows.opening import CaseStart
from workflows.ports.facts import Fact


class OpenCases(Fact):
    """Open these cases, or join them where they are open."""

    starts: tuple[CaseStart, ...]
    at: Instant
    """The opening workflow's own clock."""


class CasesOpened(Fact):
    """Case ids by what became of them."""

    opened: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    already_closed: tuple[str, ...] = ()


class OpenShortOrders(Fact):
    """Open one case per short order of an incident that has none."""

    incident_id: str
    shop_id: str
    sku_id: str
    kind: CaseKind
    """Oversold or unavailable."""
    restock_at: Instant | None = None
    news: int = 0
    """Number of the news that the inputs hold."""
    substitute_sku_id: str | None = None
    stream: str | None = None
    supplier: str | None = None
    playbook: str | None = None
    detected_at: Instant
    limit: int = 500
    at: Instant


class ShortOrdersOpened(Fact):
    """How many cases were opened or joined, and how things stand."""

    opened: int = 0
    joined: int = 0
    already_closed: int = 0
    closed_orders: tuple[str, ...] = ()
    """Some of the orders whose case had ended before."""
    figures: Figures


class OpenerPort(ABC):
    """The one door by which workflows open others; twice is once."""

    @activity.defn(name=names.OPEN_CASES)
    @abstractmethod
    async def open_cases(self, cmd: OpenCases) -> CasesOpened:
        """Open cases or join them."""

    @activity.defn(name=names.OPEN_SHORT_ORDERS)
    @abstractmethod
    async def open_short_orders(self, cmd: OpenShortOrders) -> ShortOrdersOpened:
        """Open one case per short order that has none."""
