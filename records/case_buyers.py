"""Which buyers had a case before, by the platform's id and nothing else."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from records.database import Database
from records.schema import CaseBuyerRow
from records.writes import insert_absent

_AT_ONCE = 500
"""Ids in one query; SQLite takes a limited number of values."""


class CaseBuyers:
    """Whose orders cases were about; all that tells a buyer who was let down before."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def note(
        self, case_id: str, *, order_id: str, shop_id: str, buyer_user_id: str, at: datetime
    ) -> None:
        """Record whose order a case is about, once; an order that names no buyer is left out.

        Args:
            case_id: The case.
            order_id: Its order, or one of them.
            shop_id: The shop.
            buyer_user_id: The platform's id of the buyer; nothing else of a buyer is kept.
            at: When the case was opened.
        """
        if not buyer_user_id:
            return
        row = CaseBuyerRow(
            case_id=case_id,
            order_id=order_id,
            shop_id=shop_id,
            buyer_user_id=buyer_user_id,
            opened_at=at,
        )
        with self._db.begin() as session:
            insert_absent(session, row)

    def hurt_before(
        self, shop_id: str, buyers: Mapping[str, str], *, before: datetime
    ) -> frozenset[str]:
        """Return the orders whose buyer had an earlier case about another order of the shop.

        Args:
            shop_id: The shop.
            buyers: Order id -> the platform's id of its buyer.
            before: Only cases opened before this instant, such as that of the incident.
        """
        cases: dict[str, set[str]] = {}
        row = CaseBuyerRow
        earlier = select(row).filter_by(shop_id=shop_id).where(row.opened_at < before)
        with self._db.session() as session:
            ids = sorted(set(buyers.values()) - {""})
            for start in range(0, len(ids), _AT_ONCE):
                asked = row.buyer_user_id.in_(ids[start : start + _AT_ONCE])
                for one in session.scalars(earlier.where(asked)):
                    cases.setdefault(one.buyer_user_id, set()).add(one.order_id)
        return frozenset(
            order_id for order_id, buyer in buyers.items() if cases.get(buyer, set()) - {order_id}
        )
