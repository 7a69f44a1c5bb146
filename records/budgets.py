"""Reservations of gifts, coupons and discounts: what a case may give under the budget."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from domain.budgets import BudgetScope, RungChoice, Spent, choose_rung
from domain.playbook import BudgetRules, OfferKind, OfferRung
from records.database import Database
from records.schema import OfferReservationRow
from records.writes import take_turns


class OfferState(StrEnum):
    """What became of an offer that was reserved."""

    RESERVED = "reserved"
    RELEASED = "released"
    """It was not taken up; it counts for nothing."""
    SETTLED = "settled"
    """It was given."""


_COUNTED = (OfferState.RESERVED, OfferState.SETTLED)


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferAsk:
    """Who asks for an offer, and what it counts against."""

    shop_id: str
    case_id: str
    incident_id: str | None
    day: date
    """The day of the shop's market; see `domain.budgets.budget_day`."""
    currency: str
    """The order's."""
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferReservation:
    """The answer an ask got."""

    key: str
    case_id: str
    choice: RungChoice
    """The rung, and which caps stopped those above it."""
    state: OfferState


class OfferReservations:
    """Reservations by key, one per offer that a case means to make."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def reserve(
        self, key: str, ask: OfferAsk, *, rungs: Sequence[OfferRung], budget: BudgetRules
    ) -> RungChoice:
        """Reserve the best rung that the budget allows; counting and reserving is one step.

        The same key gets the same rung; after a release it is looked at anew.

        Args:
            key: The key of the offer, made in the workflow.
            ask: The case that offers, and what it counts against.
            rungs: The ladder as pinned by the case, best first.
            budget: The caps as pinned by the case.

        Returns:
            The rung, or none where every one is stopped; nothing is reserved then.
        """
        with self._db.begin() as session:
            take_turns(session, f"offers:{ask.shop_id}")
            row = session.get(OfferReservationRow, key, with_for_update=True)
            if row is not None and row.state != OfferState.RELEASED:
                return RungChoice.model_validate(row.choice)
            if row is not None:
                session.delete(row)
                session.flush()
            chosen = choose_rung(
                rungs,
                budget=budget,
                given=lambda kind, scope: _spent(session, ask, kind, scope),
                currency=ask.currency,
            )
            if chosen.rung is not None:
                session.add(_row(key, ask, chosen, chosen.rung.kind))
            return chosen

    def settle(self, key: str) -> None:
        """Record that the offer was given, also after a release; an unknown key is no fault."""
        self._end(key, OfferState.SETTLED)

    def release(self, key: str) -> None:
        """Give back an offer that was not taken up; a settled or unknown one stays as it is."""
        self._end(key, OfferState.RELEASED)

    def reservation(self, key: str) -> OfferReservation | None:
        """Return what was reserved under *key*, if anything."""
        with self._db.session() as session:
            row = session.get(OfferReservationRow, key)
            return _reservation(row) if row else None

    def of_incident(self, incident_id: str) -> list[OfferReservation]:
        """Return every reservation of an incident, for its review."""
        row = OfferReservationRow
        query = select(row).filter_by(incident_id=incident_id).order_by(row.reserved_at, row.key)
        with self._db.session() as session:
            return [_reservation(one) for one in session.scalars(query)]

    def _end(self, key: str, state: OfferState) -> None:
        with self._db.begin() as session:
            row = session.get(OfferReservationRow, key, with_for_update=True)
            if row is not None and row.state != OfferState.SETTLED:
                row.state = state


def _spent(session: Session, ask: OfferAsk, kind: OfferKind, scope: BudgetScope) -> Spent | None:
    row = OfferReservationRow
    scopes: dict[BudgetScope, dict[str, str | None]] = {
        BudgetScope.CASE: {"case_id": ask.case_id},
        BudgetScope.DAY: {"day": ask.day.isoformat()},
        BudgetScope.INCIDENT: {"incident_id": ask.incident_id},
    }
    within = scopes[scope]
    if None in within.values():
        return None
    ours = case((row.currency == ask.currency, row.worth_minor), else_=0)
    totals = select(func.count(row.key), func.coalesce(func.sum(ours), 0))
    counted = totals.filter_by(shop_id=ask.shop_id, kind=kind, **within)
    count, amount = session.execute(counted.where(row.state.in_(_COUNTED))).one()
    return Spent(count=count, amount_minor=int(amount))


def _row(key: str, ask: OfferAsk, chosen: RungChoice, kind: OfferKind) -> OfferReservationRow:
    return OfferReservationRow(
        key=key,
        shop_id=ask.shop_id,
        case_id=ask.case_id,
        incident_id=ask.incident_id,
        day=ask.day.isoformat(),
        kind=kind,
        currency=ask.currency,
        worth_minor=chosen.worth.amount_minor if chosen.worth else 0,
        choice=chosen.model_dump(mode="json"),
        state=OfferState.RESERVED,
        reserved_at=ask.at,
    )


def _reservation(row: OfferReservationRow) -> OfferReservation:
    return OfferReservation(
        key=row.key,
        case_id=row.case_id,
        choice=RungChoice.model_validate(row.choice),
        state=OfferState(row.state),
    )
