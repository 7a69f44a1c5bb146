"""The ledger of an incident: who stands where in line, whose case knows what, event by event.

The rules are `domain.handout`; here its ledger is kept row by row, so that ten thousand orders
never travel in one message. An event has a key and changes the ledger once, however often it is
handed in.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.handout import Change, HandOut, InLine, Lot, Standing, Turn
from domain.incident_figures import SENTENCES, Changed, Figures
from records.database import Database
from records.errors import NotOnFileError
from records.incident_figures import figures
from records.schema import IncidentEventRow, IncidentLedgerRow, IncidentOrderRow
from records.writes import insert_absent, take_turns

_AT_ONCE = 500
"""Ids in one query; SQLite takes a limited number of values."""
Act = Callable[[HandOut], Turn]
"""One event, by the rules of `domain.handout`."""


class IncidentLedgers:
    """Ledgers by incident."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, incident_id: str, ledger: HandOut, why: Mapping[str, str]) -> Figures:
        """Put a ledger on file, once.

        Args:
            incident_id: The incident.
            ledger: As the allocation leads to it.
            why: Order id -> the sentence of the allocation.
        """
        head = IncidentLedgerRow(
            incident_id=incident_id, version=1, on_hand=ledger.on_hand, news=0, lots=[]
        )
        head.lots = _lots(ledger)
        with self._db.begin() as session:
            if insert_absent(session, head):
                session.add_all(
                    _row(incident_id, place, one, why.get(one.order_id, ""))
                    for place, one in enumerate(ledger.line)
                )
                session.flush()
            return figures(session, incident_id)

    def change(self, incident_id: str, key: str, act: Act) -> Changed:
        """Let one event change the ledger; the same key again changes nothing more.

        Args:
            incident_id: The incident.
            key: Names the event.
            act: The event as `domain.handout` knows it.

        Returns:
            What it changed, the first time too, and how things stand now.

        Raises:
            InputError: The rules refuse the event; nothing is changed.
            NotOnFileError: Nothing was allocated yet.
        """
        with self._db.begin() as session:
            take_turns(session, f"incident:{incident_id}")
            known = session.get(IncidentEventRow, (incident_id, key))
            if known is None:
                changed = _apply(session, incident_id, act)
                result = changed.model_dump(mode="json", exclude={"figures"})
                session.add(IncidentEventRow(incident_id=incident_id, key=key, result=result))
                session.flush()
            else:
                changed = Changed.model_validate(known.result)
            return changed.model_copy(update={"figures": figures(session, incident_id)})

    def figures(self, incident_id: str) -> Figures:
        """Return how things stand; zeros before the allocation."""
        with self._db.session() as session:
            return figures(session, incident_id)

    def known(self, incident_id: str, order_ids: Sequence[str]) -> dict[str, InLine]:
        """Return those of *order_ids* that stand in the incident's line."""
        row, found = IncidentOrderRow, dict[str, InLine]()
        with self._db.session() as session:
            for start in range(0, len(order_ids), _AT_ONCE):
                ids = order_ids[start : start + _AT_ONCE]
                query = select(row).filter_by(incident_id=incident_id).where(row.order_id.in_(ids))
                found |= {one.order_id: _in_line(one) for one in session.scalars(query)}
        return found


def _apply(session: Session, incident_id: str, act: Act) -> Changed:
    head = head_of(session, incident_id)
    rows = _rows(session, incident_id)
    before = HandOut(
        on_hand=head.on_hand,
        lots=tuple(Lot.model_validate(lot) for lot in head.lots),
        line=tuple(_in_line(row) for row in rows),
    )
    after, changes = act(before)
    why = {change.order_id: change.why for change in changes}
    for row, one, now in zip(rows, before.line, after.line, strict=False):
        if now is not one or row.order_id in why:
            row.units, row.standing = now.units, now.standing
            row.passed_over = now.passed_over
            row.why = why.get(row.order_id, row.why)
    session.add_all(
        _row(incident_id, place, one, why.get(one.order_id, ""))
        for place, one in enumerate(after.line)
        if place >= len(rows)
    )
    head.on_hand, head.lots = after.on_hand, _lots(after)
    head.version += 1
    session.flush()
    return _summary(changes)


def _summary(changes: Sequence[Change]) -> Changed:
    return Changed(
        served=sum(change.now is Standing.SERVED for change in changes),
        short=sum(change.now is Standing.SHORT for change in changes),
        first=tuple(changes[:SENTENCES]),
    )


def head_of(session: Session, incident_id: str) -> IncidentLedgerRow:
    """Return the head of a ledger, held until the transaction ends.

    Raises:
        NotOnFileError: Nothing was allocated yet.
    """
    head = session.get(IncidentLedgerRow, incident_id, with_for_update=True)
    if head is None:
        raise NotOnFileError("ledger of incident", incident_id)
    return head


def _rows(session: Session, incident_id: str) -> list[IncidentOrderRow]:
    query = select(IncidentOrderRow).filter_by(incident_id=incident_id)
    return list(session.scalars(query.order_by(IncidentOrderRow.place)))


def _row(incident_id: str, place: int, one: InLine, why: str) -> IncidentOrderRow:
    return IncidentOrderRow(
        incident_id=incident_id,
        order_id=one.order_id,
        units=one.units,
        standing=one.standing,
        why=why,
        place=place,
        passed_over=one.passed_over,
    )


def _in_line(row: IncidentOrderRow) -> InLine:
    return InLine(
        order_id=row.order_id,
        units=row.units,
        standing=Standing(row.standing),
        passed_over=row.passed_over,
    )


def _lots(ledger: HandOut) -> list[dict[str, Any]]:
    return [lot.model_dump(mode="json") for lot in ledger.lots]
