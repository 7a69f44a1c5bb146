"""Dates that suppliers promised, and when the units really came."""

from datetime import datetime

from sqlalchemy import select

from domain.promises import Sample
from records.database import Database
from records.errors import NotOnFileError
from records.schema import SupplierPromiseRow
from records.writes import insert_absent


class SupplierPromises:
    """Promises by id; every date that a supplier gives is one, a slipped one included."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(
        self,
        promise_id: str,
        *,
        supplier: str,
        sku: str,
        promised_at: datetime,
        recorded_at: datetime,
    ) -> bool:
        """Keep a supplier's date.

        Args:
            promise_id: Made by the caller from what promised; repeats keep the first date.
            supplier: Whose promise.
            sku: Of which SKU.
            promised_at: When units are to come.
            recorded_at: When we heard it.

        Returns:
            Whether it was new.
        """
        row = SupplierPromiseRow(
            promise_id=promise_id,
            supplier=supplier,
            sku=sku,
            promised_at=promised_at,
            recorded_at=recorded_at,
        )
        with self._db.begin() as session:
            return insert_absent(session, row)

    def kept(self, promise_id: str, real_at: datetime) -> None:
        """Record when the promised units really came; the first date told stays.

        Raises:
            NotOnFileError: No such promise was recorded.
        """
        with self._db.begin() as session:
            row = session.get(SupplierPromiseRow, promise_id, with_for_update=True)
            if row is None:
                raise NotOnFileError("supplier promise", promise_id)
            row.real_at = row.real_at or real_at

    def history(self, supplier: str, sku: str) -> list[Sample]:
        """Return the promises of a supplier and SKU whose units have come, oldest date first."""
        row = SupplierPromiseRow
        query = select(row).filter_by(supplier=supplier, sku=sku).order_by(row.promised_at)
        with self._db.session() as session:
            return [
                Sample(promised_at=one.promised_at, real_at=one.real_at)
                for one in session.scalars(query)
                if one.real_at is not None
            ]
