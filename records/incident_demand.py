"""The demand an incident was allocated from: what the rules need to know of each order."""

from collections.abc import Mapping

from sqlalchemy import select

from domain.candidates import Candidate
from records.database import Database
from records.schema import IncidentDemandRow

_AT_ONCE = 500
"""Ids in one query; SQLite takes a limited number of values."""


class IncidentDemand:
    """Candidates by incident, order and SKU."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def take_in(self, incident_id: str, orders: Mapping[str, Mapping[str, Candidate]]) -> None:
        """Record what orders ask for; the newest reading counts.

        Args:
            incident_id: The incident.
            orders: Order id -> SKU -> the order as a candidate for it.
        """
        ids = list(orders)
        with self._db.begin() as session:
            for start in range(0, len(ids), _AT_ONCE):
                for order_id in ids[start : start + _AT_ONCE]:
                    by_sku = orders[order_id].items()
                    row = IncidentDemandRow(
                        incident_id=incident_id,
                        order_id=order_id,
                        candidates={sku: one.model_dump(mode="json") for sku, one in by_sku},
                    )
                    session.merge(row)

    def candidates(self, incident_id: str) -> dict[str, tuple[Candidate, ...]]:
        """Return SKU -> every order that asks for it, by order id."""
        row, found = IncidentDemandRow, dict[str, list[Candidate]]()
        query = select(row.candidates).filter_by(incident_id=incident_id).order_by(row.order_id)
        with self._db.session() as session:
            for by_sku in session.scalars(query):
                for sku, one in by_sku.items():
                    found.setdefault(sku, []).append(Candidate.model_validate(one))
        return {sku: tuple(orders) for sku, orders in sorted(found.items())}
