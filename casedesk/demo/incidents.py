"""The two incidents of the demo: what was counted, who supplies, what the supplier says and sends.

Amounts are chosen so that, once everybody who waits has been served, as many units are left as
the shop sold further before: then stock is back exactly where it was.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from casedesk.demo.shops import TH, US, DemoShop, Sku
from workflows import names
from workflows.incident_opening import incident_start
from workflows.opening import CaseStart

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Word:
    """A date that the supplier names."""

    after: timedelta
    """When it is heard, after the count."""
    comes_in: timedelta


@dataclass(frozen=True)
class Lot:
    """Units that arrive together."""

    lot_id: str
    units: int
    after: timedelta


@dataclass(frozen=True)
class DemoIncident:
    """One oversold SKU and its restock."""

    shop: DemoShop
    key: str
    supplier: str
    known: timedelta | None
    """When the goods come, where somebody knew it at the count."""
    words: tuple[Word, ...]
    lots: tuple[Lot, ...]
    leaves_in: timedelta
    """When the parcels of those who waited leave."""

    @property
    def sku(self) -> Sku:
        """What was oversold."""
        return self.shop.scarce

    @property
    def incident_id(self) -> str:
        """Its workflow id."""
        return names.incident_id(self.shop.shop_id, self.sku.sku_id, self.key)

    @property
    def all_there(self) -> timedelta:
        """When the last lot has arrived."""
        return max(lot.after for lot in self.lots)

    def start(self, *, on_hand: int, found_at: datetime) -> CaseStart:
        """Return its opening from a count."""
        return incident_start(
            shop_id=self.shop.shop_id,
            sku_id=self.sku.sku_id,
            on_hand=on_hand,
            key=self.key,
            restock_at=found_at + self.known if self.known else None,
            supplier=self.supplier,
            stream=self.key,
            source="demo",
        )


LAMPS = DemoIncident(
    shop=US,
    key="friday-live",
    supplier="Oak Works",
    known=None,
    words=(Word(5 * _HOUR, 60 * _HOUR), Word(50 * _HOUR, 108 * _HOUR)),
    lots=(Lot("OAK-1", 3, 70 * _HOUR), Lot("OAK-2", 10, 96 * _HOUR)),
    leaves_in=100 * _HOUR,
)
"""Nobody knows when more comes; the supplier answers late, slips once and sends two lots."""
SCARVES = DemoIncident(
    shop=TH,
    key="friday-live",
    supplier="Chiang Mai Weavers",
    known=216 * _HOUR,
    words=(),
    lots=(Lot("CMW-1", 8, 205 * _HOUR),),
    leaves_in=210 * _HOUR,
)
"""More comes in nine days: too late for all but the pre-orders, which are negotiated."""
INCIDENTS = (LAMPS, SCARVES)
