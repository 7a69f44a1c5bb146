"""The orders of an incident: what each needs, how it stands, its case and what became of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.handout import Standing
from records.database import Database
from records.errors import NotOnFileError
from records.schema import IncidentOrderRow

_PAGE = 1_000
_AT_ONCE = 500
"""Ids in one query; SQLite takes a limited number of values."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IncidentOrder:
    """One order of an incident."""

    order_id: str
    units: int
    standing: Standing
    why: str
    """The sentence of its last change."""
    case_id: str | None = None
    outcome: str | None = None
    """What became of its case; None while it is open or there is none."""


class IncidentOrders:
    """Orders by incident and order id; as long as one incident writes, repeats change nothing."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def put(self, incident_id: str, orders: Iterable[IncidentOrder]) -> None:
        """Record how orders stand now; a case or an outcome on file stays."""
        by_id = {order.order_id: order for order in orders}
        with self._db.begin() as session:
            for ids in _portions(list(by_id)):
                known = _rows(session, incident_id, ids)
                for order_id in ids:
                    _put(session, incident_id, by_id[order_id], known.get(order_id))

    def note_cases(self, incident_id: str, cases: Mapping[str, str]) -> None:
        """Record which case each order has.

        Args:
            incident_id: The incident.
            cases: Order id -> case id.

        Raises:
            NotOnFileError: An order that was never put; then none is recorded.
        """
        with self._db.begin() as session:
            for ids in _portions(list(cases)):
                known = _rows(session, incident_id, ids)
                for order_id in ids:
                    _known(known, order_id).case_id = cases[order_id]

    def settle(self, incident_id: str, order_id: str, outcome: str) -> None:
        """Record what became of an order's case; the first outcome stays.

        Raises:
            NotOnFileError: The order was never put.
        """
        with self._db.begin() as session:
            row = _known(_rows(session, incident_id, [order_id]), order_id)
            row.outcome = row.outcome or outcome

    def page(
        self,
        incident_id: str,
        *,
        after: str = "",
        limit: int = _PAGE,
        open_cases_only: bool = False,
    ) -> list[IncidentOrder]:
        """List orders by id.

        Args:
            incident_id: The incident.
            after: The last order id of the page before.
            limit: Orders per page.
            open_cases_only: Leave out orders that have no case or whose case is over.

        Returns:
            At most *limit* orders; fewer means the end.
        """
        row = IncidentOrderRow
        query = select(row).filter_by(incident_id=incident_id).where(row.order_id > after)
        if open_cases_only:
            query = query.where(row.case_id.is_not(None), row.outcome.is_(None))
        with self._db.session() as session:
            return [
                _order(one) for one in session.scalars(query.order_by(row.order_id).limit(limit))
            ]


def _portions(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]


def _rows(
    session: Session, incident_id: str, order_ids: Sequence[str]
) -> dict[str, IncidentOrderRow]:
    row = IncidentOrderRow
    query = select(row).filter_by(incident_id=incident_id).where(row.order_id.in_(order_ids))
    return {one.order_id: one for one in session.scalars(query.with_for_update())}


def _known(rows: Mapping[str, IncidentOrderRow], order_id: str) -> IncidentOrderRow:
    if order_id not in rows:
        raise NotOnFileError("order of this incident", order_id)
    return rows[order_id]


def _put(
    session: Session, incident_id: str, order: IncidentOrder, row: IncidentOrderRow | None
) -> None:
    if row is None:
        fresh = IncidentOrderRow(
            incident_id=incident_id,
            order_id=order.order_id,
            units=order.units,
            standing=order.standing,
            why=order.why,
            case_id=order.case_id,
            outcome=order.outcome,
        )
        session.add(fresh)
        return
    row.units, row.standing, row.why = order.units, order.standing, order.why
    row.case_id = row.case_id or order.case_id
    row.outcome = row.outcome or order.outcome


def _order(row: IncidentOrderRow) -> IncidentOrder:
    return IncidentOrder(
        order_id=row.order_id,
        units=row.units,
        standing=Standing(row.standing),
        why=row.why,
        case_id=row.case_id,
        outcome=row.outcome,
    )
