"""Reservations of refunds: who may refund at once, and who waits for a second person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.money import Money
from records.database import Database
from records.errors import NotOnFileError
from records.schema import RefundReservationRow
from records.writes import take_turns

_WINDOW = timedelta(hours=1)


class ReservationState(StrEnum):
    """What a reservation allows."""

    GRANTED = "granted"
    NEEDS_APPROVAL = "needs_approval"
    RELEASED = "released"
    """The refund was not made after all; it counts for nothing."""
    SETTLED = "settled"
    """The refund was made."""


class ApprovalReason(StrEnum):
    """Why a refund waits for a second person."""

    AMOUNT_ABOVE_LIMIT = "amount_above_limit"
    CURRENCY_WITHOUT_LIMIT = "currency_without_limit"
    """The limit is in another currency, so nobody has said how much is too much."""
    TOO_MANY_THIS_HOUR = "too_many_this_hour"


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundLimits:
    """A playbook's limits; None means no limit of that sort."""

    max_amount_minor: int | None = None
    """The largest amount that needs nobody, in minor units of *currency*."""
    currency: str = ""
    max_per_hour: int | None = None
    """Refunds per shop in any hour that need nobody."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reservation:
    """The answer a refund got."""

    key: str
    shop_id: str
    case_id: str
    amount: Money
    state: ReservationState
    reason: ApprovalReason | None
    """Why it waits or had to wait; None if it never did."""
    approved_by: str | None


class RefundReservations:
    """Reservations by key, one per refund a case means to make."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def reserve(
        self,
        key: str,
        *,
        shop_id: str,
        case_id: str,
        amount: Money,
        at: datetime,
        limits: RefundLimits,
    ) -> Reservation:
        """Ask to make a refund; counting and reserving is one step, whoever else asks.

        The same key gets the same answer, for that amount or a smaller one. A larger amount, or
        a refund that was released, is looked at anew: an approval covers what was approved.

        Args:
            key: The key of the refund's write, made in the workflow.
            shop_id: Whose hourly count it falls under.
            case_id: The case that refunds.
            amount: What the buyer would get back.
            at: Now.
            limits: The playbook's limits as pinned by the case.

        Returns:
            The reservation: GRANTED, or NEEDS_APPROVAL with a reason; SETTLED if already made.
        """
        with self._db.begin() as session:
            take_turns(session, f"refunds:{shop_id}")
            row = session.get(RefundReservationRow, key, with_for_update=True)
            if row is not None and _stands(row, amount):
                return _reservation(row)
            if row is not None:
                session.delete(row)
                session.flush()
            reason = _reason_to_wait(session, shop_id, amount, at, limits)
            fresh = RefundReservationRow(
                key=key,
                shop_id=shop_id,
                case_id=case_id,
                amount_minor=amount.amount_minor,
                currency=amount.currency,
                reserved_at=at,
                state=ReservationState.NEEDS_APPROVAL if reason else ReservationState.GRANTED,
                reason=reason,
                counted_at=None if reason else at,
            )
            session.add(fresh)
            return _reservation(fresh)

    def approve(self, key: str, *, actor: str, at: datetime) -> Reservation:
        """Let a waiting refund be made; it counts for the hour of its approval.

        Args:
            key: The reservation.
            actor: Who approves; that this is not who asked is checked by the case.
            at: Now.

        Returns:
            The reservation; unchanged unless it waited, so the first approval stays.

        Raises:
            NotOnFileError: Nothing was reserved under *key*.
        """
        with self._db.begin() as session:
            row = session.get(RefundReservationRow, key, with_for_update=True)
            if row is None:
                raise NotOnFileError("refund reservation", key)
            if row.state == ReservationState.NEEDS_APPROVAL:
                row.state = ReservationState.GRANTED
                row.approved_by = actor
                row.counted_at = at
            return _reservation(row)

    def release(self, key: str) -> None:
        """Give back a refund that is not made after all; a settled or unknown one stays as is."""
        with self._db.begin() as session:
            row = session.get(RefundReservationRow, key, with_for_update=True)
            if row is not None and row.state != ReservationState.SETTLED:
                row.state = ReservationState.RELEASED
                row.counted_at = None

    def settle(self, key: str, *, approved_by: str | None = None) -> None:
        """Record that the refund was made, by us or by a person; it counts from now on.

        Args:
            key: The reservation; an unknown one is no fault.
            approved_by: Who approved it, if that was not said before.
        """
        with self._db.begin() as session:
            row = session.get(RefundReservationRow, key, with_for_update=True)
            if row is not None:
                row.state = ReservationState.SETTLED
                row.approved_by = row.approved_by or approved_by
                row.counted_at = row.counted_at or row.reserved_at

    def reservation(self, key: str) -> Reservation | None:
        """Return what was reserved under *key*, if anything."""
        with self._db.session() as session:
            row = session.get(RefundReservationRow, key)
            return _reservation(row) if row else None


def _stands(row: RefundReservationRow, amount: Money) -> bool:
    match ReservationState(row.state):
        case ReservationState.SETTLED:
            return True
        case ReservationState.RELEASED:
            return False
        case ReservationState.GRANTED | ReservationState.NEEDS_APPROVAL:
            return row.currency == amount.currency and row.amount_minor >= amount.amount_minor


def _reason_to_wait(
    session: Session, shop_id: str, amount: Money, at: datetime, limits: RefundLimits
) -> ApprovalReason | None:
    if limits.max_amount_minor is not None:
        if amount.currency != limits.currency:
            return ApprovalReason.CURRENCY_WITHOUT_LIMIT
        if amount.amount_minor > limits.max_amount_minor:
            return ApprovalReason.AMOUNT_ABOVE_LIMIT
    if limits.max_per_hour is None or _count_near(session, shop_id, at) < limits.max_per_hour:
        return None
    return ApprovalReason.TOO_MANY_THIS_HOUR


def _count_near(session: Session, shop_id: str, at: datetime) -> int:
    # Both sides of the instant: cases read their clocks a little apart, and a refund written
    # down with a later instant falls into the same hour as much as an earlier one.
    column = RefundReservationRow.counted_at
    near = select(func.count()).select_from(RefundReservationRow).filter_by(shop_id=shop_id)
    return session.scalar(near.where(column > at - _WINDOW, column < at + _WINDOW)) or 0


def _reservation(row: RefundReservationRow) -> Reservation:
    return Reservation(
        key=row.key,
        shop_id=row.shop_id,
        case_id=row.case_id,
        amount=Money(amount_minor=row.amount_minor, currency=row.currency),
        state=ReservationState(row.state),
        reason=ApprovalReason(row.reason) if row.reason else None,
        approved_by=row.approved_by,
    )
