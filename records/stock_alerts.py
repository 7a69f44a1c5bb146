"""SKUs that may need an incident, as the platform's stock notifications say."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from records.database import Database
from records.schema import OpenIncidentRow, StockAlertRow
from records.writes import take_turns


@dataclass(frozen=True, kw_only=True, slots=True)
class StockAlert:
    """What the platform last said of a SKU; its counts are a hint, nobody has looked."""

    shop_id: str
    sku_id: str
    level: str
    available: int | None
    committed: int | None
    changed_at: datetime


class StockAlerts:
    """Alerts by shop and SKU; for each the newest word counts, however often and late it comes."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(self, alert: StockAlert, *, stands: bool) -> bool:
        """Keep what the platform says of a SKU.

        Args:
            alert: The word.
            stands: Whether people should look; False ends an alert that stood.

        Returns:
            Whether it is news: an older word, or the same again, changes nothing.
        """
        with self._db.begin() as session:
            take_turns(session, f"stock-alert:{alert.shop_id}:{alert.sku_id}")
            row = session.get(StockAlertRow, (alert.shop_id, alert.sku_id))
            if row is None:
                session.add(_row(alert, stands=stands))
                return True
            if alert.changed_at <= row.changed_at:
                return False
            row.level, row.changed_at = alert.level, alert.changed_at
            row.available, row.committed = alert.available, alert.committed
            row.stands, row.settled_by = stands, None
            return True

    def standing(self, *, shop_id: str | None = None) -> list[StockAlert]:
        """List the alerts that nobody has settled and that have no open incident, oldest first."""
        row = StockAlertRow
        same = and_(OpenIncidentRow.shop_id == row.shop_id, OpenIncidentRow.sku_id == row.sku_id)
        query = (
            select(row)
            .outerjoin(OpenIncidentRow, same)
            .where(row.stands, row.settled_by.is_(None), OpenIncidentRow.incident_id.is_(None))
            .order_by(row.changed_at, row.sku_id)
        )
        if shop_id is not None:
            query = query.where(row.shop_id == shop_id)
        with self._db.session() as session:
            return [_alert(one) for one in session.scalars(query)]

    def settle(self, shop_id: str, sku_id: str, *, actor: str) -> bool:
        """Note that a person has looked; a newer word of the platform makes it an alert again.

        Returns:
            Whether there was an alert.
        """
        with self._db.begin() as session:
            row = session.get(StockAlertRow, (shop_id, sku_id), with_for_update=True)
            if row is None or not row.stands:
                return False
            row.settled_by = row.settled_by or actor
            return True


def _row(alert: StockAlert, *, stands: bool) -> StockAlertRow:
    return StockAlertRow(
        shop_id=alert.shop_id,
        sku_id=alert.sku_id,
        level=alert.level,
        available=alert.available,
        committed=alert.committed,
        changed_at=alert.changed_at,
        stands=stands,
    )


def _alert(row: StockAlertRow) -> StockAlert:
    return StockAlert(
        shop_id=row.shop_id,
        sku_id=row.sku_id,
        level=row.level,
        available=row.available,
        committed=row.committed,
        changed_at=row.changed_at,
    )
