"""Everything the shops hold: tables, the look-ups between them, and new ids."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.clock import Clock, rfc3339
from sandbox.limits import Buckets
from sandbox.scenario import Scenario
from sandbox.schedule import Schedule
from sandbox.store import Doc, Index, Store, Table

_ID_BASE = {
    "order": 577_100_000_000_000_000,
    "line": 577_200_000_000_000_000,
    "package": 1_152_900_000_000_000_000,
    "cancel": 4_035_300_000_000_000_000,
    "conversation": 7_106_800_000_000_000_000,
    "message": 7_327_100_000_000_000_000,
    "user": 7_494_500_000_000_000_000,
    "penalty": 7_390_000_000_000_000_000,
    "notification": 7_380_000_000_000_000_000,
}
_ID_STEP = 10_007
"""Coprime to 10 so that the last six digits of the first million ids differ."""


@dataclass(frozen=True)
class Buyer:
    """One buyer of one shop."""

    shop_id: str
    user_id: str

    @property
    def key(self) -> str:
        """Return the buyer's key in tables and indexes."""
        return f"{self.shop_id}:{self.user_id}"


def buyer_of(doc: Doc) -> Buyer:
    """Return the buyer of an order or conversation document."""
    return Buyer(doc["shop_id"], doc["user_id"])


class World:
    """The shops' whole state; all changes happen in one thread between two awaits."""

    def __init__(self, *, state: Path | None, scenario: Scenario, clock: Clock) -> None:
        self.store = Store(state)
        self.scenario = scenario
        self.habits = scenario.habit_book()
        self.clock = clock
        self.orders_of_shop = Index(lambda doc: doc["shop_id"])
        self.orders_of_buyer = Index(lambda doc: buyer_of(doc).key)
        self.conversations_of_shop = Index(lambda doc: doc["shop_id"])
        self.conversation_of_buyer = Index(lambda doc: buyer_of(doc).key)
        self.messages_of = Index(lambda doc: doc["conversation_id"])
        self.cancels_of_order = Index(lambda doc: doc["order_id"])
        self.cancels_of_shop = Index(lambda doc: doc["shop_id"])
        self.packages_of_shop = Index(lambda doc: doc["shop_id"])
        self.coupons_of_shop = Index(lambda doc: doc["shop_id"])
        self.products_of_shop = Index(lambda doc: doc["shop_id"])
        self._open_tables()
        self.schedule = Schedule(self.store)
        self.calls_per_second = Buckets()
        self.coupon_cards = Buckets()
        held = self._meta.get("clock")
        if held is not None:
            clock.offset, clock.gateway_offset = held["offset"], held["gateway_offset"]

    def _open_tables(self) -> None:
        store = self.store
        self._meta = Table(store, "meta")
        self.shops = Table(store, "shop")
        self.orders = Table(store, "order", (self.orders_of_shop, self.orders_of_buyer))
        self.packages = Table(store, "package", (self.packages_of_shop,))
        self.products = Table(store, "product", (self.products_of_shop,))
        self.coupons = Table(store, "coupon", (self.coupons_of_shop,))
        conversation_indexes = (self.conversations_of_shop, self.conversation_of_buyer)
        self.conversations = Table(store, "conversation", conversation_indexes)
        self.messages = Table(store, "message", (self.messages_of,))
        cancel_indexes = (self.cancels_of_order, self.cancels_of_shop)
        self.cancellations = Table(store, "cancellation", cancel_indexes)
        self.access_tokens = Table(store, "access_token")
        self.refresh_tokens = Table(store, "refresh_token")
        self.advertisers = Table(store, "advertiser")
        self.campaigns = Table(store, "campaign")
        self.adgroups = Table(store, "adgroup")
        self.penalties = Table(store, "penalty")
        self.hooks = Table(store, "hook")
        self.deliveries = Table(store, "delivery")
        self.faults = Table(store, "fault")
        self.calls = Table(store, "call")
        self.effects = Table(store, "effect")
        self.buyers = Table(store, "buyer")
        self.progress = Table(store, "progress")
        self.answered = Table(store, "answered")
        self.shop_of_cipher = {shop["cipher"]: shop["id"] for shop in self.shops.all()}
        self.product_of_sku = {
            (product["shop_id"], sku["id"]): product["id"]
            for product in self.products.all()
            for sku in product["skus"]
        }

    @property
    def is_new(self) -> bool:
        """Tell whether nothing was ever stored here."""
        return not self.shops.rows

    def now(self) -> int:
        """Return the shops' now in whole unix seconds, as the API prints times."""
        return int(self.clock.shop())

    def count(self, name: str) -> int:
        """Return the next number of a named sequence, from 1."""
        held = self._meta.get(name) or {"last": 0}
        held["last"] += 1
        self._meta.put(name, held)
        return int(held["last"])

    def new_id(self, kind: str) -> str:
        """Return a new 18- or 19-digit id; the same calls give the same ids in every run."""
        return str(_ID_BASE[kind] + self.count(f"id:{kind}") * _ID_STEP)

    def keep_clock(self) -> None:
        """Store the clocks' offsets."""
        held = {"offset": self.clock.offset, "gateway_offset": self.clock.gateway_offset}
        self._meta.put("clock", held)

    def add_shop(self, shop: Doc) -> None:
        """Take in a shop document."""
        self.shops.put(shop["id"], shop)
        self.shop_of_cipher[shop["cipher"]] = shop["id"]

    def add_product(self, product: Doc) -> None:
        """Take in a product document with its SKUs."""
        self.products.put(product["id"], product)
        for sku in product["skus"]:
            self.product_of_sku[product["shop_id"], sku["id"]] = product["id"]

    def find_sku(self, shop_id: str, sku_id: str) -> tuple[Doc, Doc] | None:
        """Return (product, sku) of a shop's SKU, or None."""
        product_id = self.product_of_sku.get((shop_id, sku_id))
        product = self.products.get(product_id) if product_id else None
        if product is None:
            return None
        return product, next(sku for sku in product["skus"] if sku["id"] == sku_id)

    def record_effect(self, kind: str, effect: Doc) -> None:
        """Write down something that really happened on a shop."""
        number = self.count("effects")
        at = rfc3339(self.clock.shop())
        self.effects.put(f"{number:09d}", {"effect": kind, "at": at, **effect})
