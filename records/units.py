"""Units of substitutes that open cases have offered, so that none is offered twice."""

from sqlalchemy import delete, func, select

from records.database import Database
from records.schema import UnitReservationRow
from records.writes import take_turns


class UnitReservations:
    """Reservations by case; a case holds one substitute at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def reserve(
        self, *, shop_id: str, sku_id: str, case_id: str, units: int, available: int
    ) -> bool:
        """Reserve units for a case; counting and reserving is one step, whoever else asks.

        Args:
            shop_id: The shop.
            sku_id: The substitute.
            case_id: Who offers it; what the case held before is given back first.
            units: How many are needed; one or more.
            available: How many the shop would still sell.

        Returns:
            False if the units that other cases hold leave too few.
        """
        row = UnitReservationRow
        with self._db.begin() as session:
            take_turns(session, f"units:{shop_id}:{sku_id}")
            session.execute(delete(row).filter_by(case_id=case_id))
            held = select(func.coalesce(func.sum(row.units), 0)).filter_by(
                shop_id=shop_id, sku_id=sku_id
            )
            if (session.scalar(held) or 0) + units > available:
                return False
            session.add(row(case_id=case_id, shop_id=shop_id, sku_id=sku_id, units=units))
            return True

    def release(self, case_id: str) -> None:
        """Give back what a case holds, if anything."""
        with self._db.begin() as session:
            session.execute(delete(UnitReservationRow).filter_by(case_id=case_id))
