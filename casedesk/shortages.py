"""Opening the cases of a short SKU: orders in, a plan, one start per short order."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from casedesk.errors import NotFoundError, RefusedError
from casedesk.intake import ShortagePlan, SkuDemand, from_shop, plan_shortage, read_export
from casedesk.intake.errors import IntakeError
from casedesk.intake.markets import ExportMarket, market_named
from casedesk.settings import Settings
from casedesk.shops import open_shop_client
from domain.cases import CaseKind
from domain.errors import InputError
from domain.instants import Instant
from domain.orders import Order, OrderStatus
from records.database import Database
from records.shops import ShopDirectory, ShopRecord
from tiktok_shop.client import ShopClient
from tiktok_shop.errors import ShopError
from workflows.opening import CaseStart, oversell_start, stockout_start

LOOK_BACK = timedelta(days=60)
"""How far back settled orders are read; orders still to be shipped are read however old."""
_TO_SHIP = (
    OrderStatus.ON_HOLD,
    OrderStatus.AWAITING_SHIPMENT,
    OrderStatus.PARTIALLY_SHIPPING,
)


class Shortage(BaseModel):
    """What a merchant says about a SKU that is short: oversold, or out of stock."""

    model_config = ConfigDict(frozen=True)

    kind: CaseKind = CaseKind.OVERSOLD
    sku: str
    on_hand: int
    restock_at: Instant | None = None
    substitute: str | None = None
    detected_at: Instant | None = None
    supplier: str | None = None
    """Who is asked when the goods come; None leaves it to the suppliers file."""
    actor: str | None = None


def plan_from_file(
    path: Path, shortage: Shortage, *, market: str | None, skip_bad_rows: bool
) -> tuple[ShortagePlan, list[str]]:
    """Return who is short by an order export; needs neither server nor shop.

    Args:
        path: CSV or XLSX as Seller Center exports it.
        shortage: SKU and units on hand.
        market: Market code; settles dates, zone and currency.
        skip_bad_rows: Go on without rows that cannot be used.

    Returns:
        The plan, and sentences about what was decided or left out.

    Raises:
        DomainError: The file or a number cannot be used; one sentence.
    """
    intake = read_export(path, market=market, skip_bad_rows=skip_bad_rows)
    plan = plan_shortage(intake, sku=shortage.sku, on_hand=shortage.on_hand)
    left_out = [f"left out: {row.sentence()}" for row in intake.bad_rows]
    return plan, [plan.summary, *plan.notes, *left_out]


async def plan_from_shop(
    settings: Settings, db: Database, shop: ShopRecord, shortage: Shortage
) -> tuple[ShortagePlan, list[str]]:
    """Return who is short by what the shop itself says.

    Raises:
        RefusedError: The shop gave no answer.
        DomainError: The SKU is not there, or a number cannot be used.
    """
    orders = await orders_of(settings, db, shop)
    demand = demand_of(orders, shortage.sku, shop)
    plan = plan_shortage(demand, sku=shortage.sku, on_hand=shortage.on_hand)
    return plan, [plan.summary, *plan.notes]


async def orders_of(settings: Settings, db: Database, shop: ShopRecord) -> list[Order]:
    """Return the orders of a shop that can matter to a shortage.

    Raises:
        RefusedError: The shop gave no answer.
    """
    try:
        async with open_shop_client(settings, db) as client:
            return await _orders(client, shop.shop_id)
    except ShopError as error:
        raise RefusedError(f"shop {shop.shop_id} did not give its orders: {error}") from error


def demand_of(
    orders: Sequence[Order],
    sku: str,
    shop: ShopRecord,
    *,
    hurt_before: frozenset[str] = frozenset(),
) -> SkuDemand:
    """Return who asks for a SKU by what the shop itself says."""
    return from_shop(orders, sku, hurt_before=hurt_before, zone=_zone(shop.region))


def starts_of(plan: ShortagePlan, shortage: Shortage, shop: ShopRecord) -> list[CaseStart]:
    """Return one opening per short order, of the type that the shortage's kind calls for.

    Raises:
        InputError: A field of the input cannot be used.
    """
    start = stockout_start if shortage.kind is CaseKind.UNAVAILABLE else oversell_start
    return [
        start(
            shop_id=shop.shop_id,
            order_id=placed.order_id,
            short_lines=plan.opening_lines(placed.order_id),
            restock_at=shortage.restock_at,
            substitute_sku_id=shortage.substitute,
            detected_at=shortage.detected_at,
            supplier=shortage.supplier,
            source=shortage.actor,
        )
        for placed in plan.short
    ]


def choose_shop(db: Database, *, shop_id: str | None, market: str | None) -> ShopRecord:
    """Return the shop that is meant: the named one, the only one, or the market's only one.

    Raises:
        NotFoundError: That shop, or any shop, is not connected.
        InputError: Several could be meant; the sentence lists them.
    """
    directory = ShopDirectory(db)
    shops = directory.all()
    if shop_id is not None:
        found = directory.get(shop_id)
        if found is None:
            raise NotFoundError(f"shop {shop_id} is not connected; {_connected(shops)}")
        return found
    if not shops:
        raise NotFoundError("no shop is connected; run `starter.py setup --auth-code CODE` first")
    wanted = market_named(market)
    fitting = [shop for shop in shops if wanted is None or _market(shop.region) == wanted]
    if len(fitting) != 1:
        raise InputError("--shop", f"say which shop is meant; {_connected(shops)}")
    return fitting[0]


def market_of(shop: ShopRecord) -> str | None:
    """Return the code of a shop's market, None if exports of it are not known."""
    found = _market(shop.region)
    return found.code if found else None


def _connected(shops: Sequence[ShopRecord]) -> str:
    listed = ", ".join(f"{shop.shop_id} ({shop.region}, {shop.name})" for shop in shops)
    return f"connected are {listed}" if listed else "none is connected; run `starter.py setup`"


def _market(region: str) -> ExportMarket | None:
    try:
        return market_named(region)
    except IntakeError:
        return None


def _zone(region: str) -> tzinfo:
    found = _market(region)
    return ZoneInfo(found.zone) if found else UTC


async def _orders(client: ShopClient, shop_id: str) -> list[Order]:
    found: dict[str, Order] = {}
    for status in _TO_SHIP:
        async for order in client.all_orders(shop_id=shop_id, status=status):
            found[order.order_id] = order
    since = datetime.now(UTC) - LOOK_BACK
    async for order in client.all_orders(shop_id=shop_id, created_from=since):
        found[order.order_id] = order
    return list(found.values())
