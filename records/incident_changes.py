"""What an incident changed outside, so that exactly this is undone, and by the last who needs it.

Several incidents may stop the same thing: an ad that shows two short SKUs stays paused until the
second of them has closed, and then runs as it did before the first.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from records.database import Database
from records.errors import NotOnFileError
from records.schema import IncidentChangeRow
from records.writes import take_turns


class ChangeKind(StrEnum):
    """What was changed."""

    INVENTORY = "inventory"
    """Sellable units of a SKU in one warehouse."""
    AD = "ad"
    """State of a campaign or ad group."""
    LISTING = "listing"


class ChangeState(StrEnum):
    """How far a change is."""

    PLANNED = "planned"
    """About to be made; it may or may not have reached the outside."""
    VERIFIED = "verified"
    """Read back and found as planned."""
    NOT_MADE = "not_made"
    """Refused outside; there is nothing to undo."""
    RESTORING = "restoring"
    """Ours to undo."""
    LEFT = "left"
    """Another incident needs it still and will undo it."""
    RESTORED = "restored"
    """Undone and read back."""


_HOLDING = (ChangeState.PLANNED, ChangeState.VERIFIED)
_OVER = (ChangeState.RESTORING, ChangeState.LEFT, ChangeState.RESTORED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """One thing outside that an incident changes."""

    kind: ChangeKind
    id: str
    """Such as `SKU:WAREHOUSE`, `campaign:ID`, `adgroup:ID` or a product id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutsideChange:
    """One change of one incident."""

    incident_id: str
    target: Target
    before: str
    """What to put back; units as digits, states as the platform's words."""
    after: str
    state: ChangeState


class IncidentChanges:
    """Changes by incident and target."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def plan(
        self, incident_id: str, target: Target, *, before: str, after: str, at: datetime
    ) -> OutsideChange:
        """Write down a change before it is made; what is on file already stays.

        Args:
            incident_id: Who changes.
            target: What is changed.
            before: How it was found. If another open incident changed it before, this is that
                one's work, and what it found is kept instead.
            after: What it is set to.
            at: Now.

        Returns:
            The change as it is on file.
        """
        with self._db.begin() as session:
            take_turns(session, _turn(target))
            row = _get(session, incident_id, target)
            if row is None:
                holders = _held_by_others(session, incident_id, target)
                row = IncidentChangeRow(
                    incident_id=incident_id,
                    kind=target.kind,
                    target=target.id,
                    before=holders[0].before if holders else before,
                    after=after,
                    state=ChangeState.PLANNED,
                    changed_at=at,
                )
                session.add(row)
            return _change(row)

    def verified(self, incident_id: str, target: Target, *, at: datetime) -> None:
        """Record that the change was read back as planned.

        Raises:
            NotOnFileError: It was never planned.
        """
        self._move(incident_id, target, ChangeState.VERIFIED, at)

    def not_made(self, incident_id: str, target: Target, *, at: datetime) -> None:
        """Record that the outside refused the change, so that it will not be undone.

        Raises:
            NotOnFileError: It was never planned.
        """
        self._move(incident_id, target, ChangeState.NOT_MADE, at)

    def let_go(self, incident_id: str, target: Target, *, at: datetime) -> OutsideChange:
        """Give up the need for a change; of all who made it, the last one is told to undo it.

        Returns:
            The change: RESTORING if `before` is now to be put back by this incident, LEFT if
            another one will; the same again when asked again.

        Raises:
            NotOnFileError: It was never planned.
        """
        with self._db.begin() as session:
            take_turns(session, _turn(target))
            row = _known(session, incident_id, target)
            if row.state in _HOLDING:
                others = _held_by_others(session, incident_id, target)
                row.state = ChangeState.LEFT if others else ChangeState.RESTORING
                row.changed_at = at
            return _change(row)

    def restored(self, incident_id: str, target: Target, *, at: datetime) -> None:
        """Record that what was there before is back and was read back.

        Raises:
            NotOnFileError: It was never planned.
        """
        with self._db.begin() as session:
            row = _known(session, incident_id, target)
            row.state = ChangeState.RESTORED
            row.changed_at = at

    def of_incident(self, incident_id: str) -> list[OutsideChange]:
        """Return everything an incident changed or meant to, by kind and target."""
        row = IncidentChangeRow
        query = select(row).filter_by(incident_id=incident_id).order_by(row.kind, row.target)
        with self._db.session() as session:
            return [_change(one) for one in session.scalars(query)]

    def _move(self, incident_id: str, target: Target, state: ChangeState, at: datetime) -> None:
        with self._db.begin() as session:
            row = _known(session, incident_id, target)
            # A late repeat must not bring back a change that was given up meanwhile.
            if row.state not in _OVER:
                row.state = state
                row.changed_at = at


def _turn(target: Target) -> str:
    return f"incident-change:{target.kind}:{target.id}"


def _get(session: Session, incident_id: str, target: Target) -> IncidentChangeRow | None:
    key = (incident_id, target.kind, target.id)
    return session.get(IncidentChangeRow, key, with_for_update=True)


def _known(session: Session, incident_id: str, target: Target) -> IncidentChangeRow:
    row = _get(session, incident_id, target)
    if row is None:
        raise NotOnFileError("change", f"{incident_id} {target.kind} {target.id}")
    return row


def _held_by_others(session: Session, incident_id: str, target: Target) -> list[IncidentChangeRow]:
    row = IncidentChangeRow
    query = select(row).filter_by(kind=target.kind, target=target.id).order_by(row.changed_at)
    others = query.where(row.incident_id != incident_id, row.state.in_(_HOLDING))
    return list(session.scalars(others))


def _change(row: IncidentChangeRow) -> OutsideChange:
    return OutsideChange(
        incident_id=row.incident_id,
        target=Target(kind=ChangeKind(row.kind), id=row.target),
        before=row.before,
        after=row.after,
        state=ChangeState(row.state),
    )
