"""What an incident's review is made of: its orders as they ended, and what their cases say."""

from collections.abc import Iterator, Sequence
from typing import Any

from domain.candidates import Candidate
from domain.errors import MoneyError
from domain.incident_review import OrderEnd
from domain.money import Money
from records.cases import CaseArchive, ClosedCase
from records.database import Database
from records.incident_demand import IncidentDemand
from records.incident_orders import IncidentOrder, IncidentOrders

_PAGE = 500
_PAID_BACK = frozenset({"submitted", "confirmed"})


def ends_of(db: Database, incident_id: str, sku_id: str) -> list[OrderEnd]:
    """Return every order of an incident as it ended.

    Args:
        db: The migrated database.
        incident_id: The incident.
        sku_id: Its SKU.
    """
    demand = IncidentDemand(db).candidates(incident_id).get(sku_id, ())
    asked = {one.order_id: one for one in demand}
    archive, found = CaseArchive(db), list[OrderEnd]()
    for page in _pages(IncidentOrders(db), incident_id):
        cases = archive.closed_cases([one.case_id for one in page if one.case_id])
        found += [_end(one, cases.get(one.case_id or ""), asked.get(one.order_id)) for one in page]
    return found


def _pages(orders: IncidentOrders, incident_id: str) -> Iterator[Sequence[IncidentOrder]]:
    after = ""
    while page := orders.page(incident_id, after=after, limit=_PAGE):
        yield page
        after = page[-1].order_id


def _end(order: IncidentOrder, case: ClosedCase | None, asked: Candidate | None) -> OrderEnd:
    view: dict[str, Any] = case.view if case else {}
    return OrderEnd(
        order_id=order.order_id,
        units=order.units,
        standing=order.standing,
        case_id=order.case_id,
        outcome=order.outcome,
        choice=view.get("choice"),
        value=asked.value if asked else None,
        refunded=_refunded(view.get("refund") or {}),
        breaches=len(view.get("breaches") or ()),
    )


def _refunded(refund: dict[str, Any]) -> Money | None:
    if refund.get("status") not in _PAID_BACK or not refund.get("amount"):
        return None
    try:
        return Money.parse(refund["amount"], refund["currency"])
    except MoneyError:
        return None
