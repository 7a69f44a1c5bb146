"""The shops we know, as they answered when last checked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from records.database import Database
from records.schema import ShopRow
from records.writes import insert_absent


@dataclass(frozen=True, kw_only=True, slots=True)
class ShopRecord:
    """One shop."""

    shop_id: str
    name: str
    region: str
    cipher: str
    """What the platform wants beside the token to tell shops apart."""
    contact_mode: str | None
    """How buyers are written to, such as "chat" or "assisted"; None until checked."""
    checked_at: datetime


class ShopDirectory:
    """Shops by id."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, shop: ShopRecord) -> None:
        """Record what a check of a shop found; an older check never replaces a newer one."""
        row = ShopRow(
            shop_id=shop.shop_id,
            name=shop.name,
            region=shop.region,
            cipher=shop.cipher,
            contact_mode=shop.contact_mode,
            checked_at=shop.checked_at,
        )
        with self._db.begin() as session:
            if insert_absent(session, row):
                return
            known = session.get_one(
                ShopRow, shop.shop_id, with_for_update=True, populate_existing=True
            )
            if known.checked_at <= shop.checked_at:
                session.merge(row)

    def get(self, shop_id: str) -> ShopRecord | None:
        """Return a shop, or None if it was never checked."""
        with self._db.session() as session:
            row = session.get(ShopRow, shop_id)
            return _shop(row) if row else None

    def all(self) -> list[ShopRecord]:
        """List every shop, by id."""
        with self._db.session() as session:
            return [_shop(row) for row in session.scalars(select(ShopRow).order_by("shop_id"))]


def _shop(row: ShopRow) -> ShopRecord:
    return ShopRecord(
        shop_id=row.shop_id,
        name=row.name,
        region=row.region,
        cipher=row.cipher,
        contact_mode=row.contact_mode,
        checked_at=row.checked_at,
    )
