"""The evening after the stream: two export files are read, and what they show is opened."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from casedesk.demo.files import write_export
from casedesk.demo.incidents import INCIDENTS, DemoIncident
from casedesk.demo.shops import SHOPS, DemoShop, Sku
from casedesk.demo.stream import Stream, make_stream
from casedesk.intake import ShortagePlan, plan_shortage, read_export
from casedesk.pickups import LatePackage, plan_from_file
from domain.intake import Intake
from workflows.appeal_opening import pickup_start
from workflows.opening import CaseStart, oversell_start

_SOURCE = "demo"


@dataclass(frozen=True)
class Evening:
    """What was found in the exports and on the shelf."""

    stream: Stream
    read: tuple[str, ...]
    """Every order of the exports."""
    plans: Mapping[DemoShop, ShortagePlan]
    """Of each shop's oversold SKU, whose cases are opened from here."""
    lines: Mapping[DemoIncident, ShortagePlan]
    """Of each incident's SKU, as its orders stand in the export; the incident finds out itself."""
    late: Mapping[DemoShop, tuple[LatePackage, ...]]
    """The parcels that nobody collected."""

    @property
    def all_plans(self) -> tuple[ShortagePlan, ...]:
        """Every plan, of oversold SKUs and of incidents."""
        return (*self.plans.values(), *self.lines.values())

    def starts(self) -> list[CaseStart]:
        """Return everything that is opened at once."""
        found = self.stream.found_at
        incidents = [
            one.start(on_hand=plan.on_hand, found_at=found) for one, plan in self.lines.items()
        ]
        pickups = [
            pickup_start(shop_id=shop.shop_id, package_id=one.package_id, source=_SOURCE)
            for shop, late in self.late.items()
            for one in late
        ]
        return [*incidents, *self.oversells(), *pickups]

    def oversells(self) -> list[CaseStart]:
        """Return the openings of who is short in the export."""
        return [
            oversell_start(
                shop_id=shop.shop_id,
                order_id=one.order_id,
                short_lines=plan.opening_lines(one.order_id),
                restock_at=self.stream.found_at + shop.restock_in,
                substitute_sku_id=shop.dearer.sku_id,
                source=_SOURCE,
                stream="friday-live",
            )
            for shop, plan in self.plans.items()
            for one in plan.short
        ]


def make_evening(found_at: datetime, size: int, folder: Path) -> Evening:
    """Write the exports of a stream into a folder and read them back.

    Args:
        found_at: When the shortages and late pickups are found.
        size: As for `make_stream`.
        folder: Where the export files go.
    """
    stream = make_stream(found_at, size)
    files = {shop: write_export(stream, shop, folder) for shop in SHOPS}
    intakes = {shop: read_export(path, market=shop.region) for shop, path in files.items()}
    return Evening(
        stream=stream,
        read=tuple(order.order_id for intake in intakes.values() for order in intake.orders),
        plans={shop: _plan(stream, intakes[shop], shop.short) for shop in SHOPS},
        lines={one: _plan(stream, intakes[one.shop], one.sku) for one in INCIDENTS},
        late={shop: _late(path, shop, found_at) for shop, path in files.items()},
    )


def _plan(stream: Stream, intake: Intake, sku: Sku) -> ShortagePlan:
    return plan_shortage(intake, sku=sku.seller_sku, on_hand=stream.on_hand(sku))


def _late(path: Path, shop: DemoShop, found_at: datetime) -> tuple[LatePackage, ...]:
    plan, _ = plan_from_file(
        path, market=shop.region, packages=(), now=found_at, skip_bad_rows=False
    )
    return plan.late
