"""Which orders travel in the parcels of open late pickups: notifications name the order."""

from collections.abc import Sequence

from sqlalchemy import delete, select

from records.database import Database
from records.schema import ParcelOrderRow


class ParcelOrders:
    """Orders by the case of their parcel, for as long as it is open."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def index(self, case_id: str, *, shop_id: str, order_ids: Sequence[str]) -> None:
        """Note whose orders a case is about; what was noted of it before is replaced."""
        with self._db.begin() as session:
            session.execute(delete(ParcelOrderRow).filter_by(case_id=case_id))
            session.add_all(
                ParcelOrderRow(case_id=case_id, order_id=order_id, shop_id=shop_id)
                for order_id in dict.fromkeys(order_ids)
            )

    def cases_of(self, shop_id: str, order_id: str) -> list[str]:
        """List the open late pickups whose parcel holds an order; mostly none."""
        row = ParcelOrderRow
        query = select(row.case_id).filter_by(shop_id=shop_id, order_id=order_id)
        with self._db.session() as session:
            return list(session.scalars(query.order_by(row.case_id)))

    def forget(self, case_id: str) -> None:
        """Drop a case that is no longer open."""
        with self._db.begin() as session:
            session.execute(delete(ParcelOrderRow).filter_by(case_id=case_id))
