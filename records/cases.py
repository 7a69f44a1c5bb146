"""The archive of closed cases, and the explicit reopenings of them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from records.database import Database
from records.errors import NotOnFileError, ReopenRefusedError
from records.schema import (
    ClosedCaseOrderRow,
    ClosedCaseRow,
    DossierRow,
    JsonList,
    JsonObject,
    ReopeningRow,
)
from records.writes import insert_absent, take_turns

_REOPENINGS = "case-reopenings"
_PAGE = 100
UNKNOWN_ORDER = "unknown_order"
"""The outcome of a case whose order the shop did not know."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedCase:
    """What lists, searches and reviews need of a closed case."""

    case_id: str
    kind: str
    shop_id: str
    outcome: str
    opened_at: datetime
    closed_at: datetime
    order_ids: tuple[str, ...] = ()
    package_id: str | None = None
    opened_by: str = ""
    view: JsonObject = field(default_factory=dict)

    @property
    def order_id(self) -> str | None:
        """The only or first order, if there is one."""
        return self.order_ids[0] if self.order_ids else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """Everything kept of a closed case."""

    case: ClosedCase
    timeline: JsonList
    history: JsonList
    """Decoded events of the workflow, oldest first."""
    evidence: JsonObject | JsonList
    """The evidence manifest."""


class Filing(StrEnum):
    """What became of a dossier that was handed in."""

    FILED = "filed"
    REFILED = "refiled"
    """The same run again, perhaps with a longer history: replaced, first closing time kept."""
    KEPT_FIRST = "kept_first"
    """Another run under this id: the dossier on file stays as it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reopening:
    """Who reopened a case, when and why."""

    case_id: str
    base_id: str
    reason: str
    actor: str
    at: datetime


class CaseArchive:
    """Closed cases; the answer to "have we been here before" once the server has forgotten."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def closed_case(self, case_id: str) -> ClosedCase | None:
        """Return the closed case on file under *case_id* (its workflow id), if any."""
        with self._db.session() as session:
            row = session.get(ClosedCaseRow, case_id)
            return _closed_case(row) if row else None

    def on_file(self, case_ids: Collection[str]) -> frozenset[str]:
        """Return those of *case_ids* under which a closed case is on file."""
        query = select(ClosedCaseRow.case_id).where(ClosedCaseRow.case_id.in_(case_ids))
        with self._db.session() as session:
            return frozenset(session.scalars(query))

    def outcomes(self, case_ids: Collection[str]) -> dict[str, str]:
        """Return case id -> outcome of those of *case_ids* that are on file as closed."""
        row = ClosedCaseRow
        query = select(row.case_id, row.outcome).where(row.case_id.in_(case_ids))
        with self._db.session() as session:
            return dict(session.execute(query).all())

    def closed_cases(self, case_ids: Collection[str]) -> dict[str, ClosedCase]:
        """Return those of *case_ids* that are on file as closed, by their id."""
        query = select(ClosedCaseRow).where(ClosedCaseRow.case_id.in_(case_ids))
        with self._db.session() as session:
            return {row.case_id: _closed_case(row) for row in session.scalars(query)}

    def dossier(self, case_id: str) -> Dossier | None:
        """Return everything on file under *case_id*, if anything is."""
        with self._db.session() as session:
            row = session.get(ClosedCaseRow, case_id)
            papers = session.get(DossierRow, case_id)
            if row is None or papers is None:
                return None
            return Dossier(
                case=_closed_case(row),
                timeline=papers.timeline,
                history=papers.history,
                evidence=papers.evidence,
            )

    def file(self, dossier: Dossier) -> Filing:
        """Put a dossier on file, once per case.

        Handed in again by the same run (same opening instant and outcome) it replaces the
        papers and keeps the first closing time. Any other run under this id, such as one that
        ended as a duplicate of the closed case, changes nothing.

        Returns:
            What became of it.
        """
        with self._db.begin() as session:
            if insert_absent(session, _row(dossier.case)):
                _add_papers(session, dossier)
                return Filing.FILED
            row = session.get_one(
                ClosedCaseRow, dossier.case.case_id, with_for_update=True, populate_existing=True
            )
            if (row.opened_at, row.outcome) != (dossier.case.opened_at, dossier.case.outcome):
                return Filing.KEPT_FIRST
            _replace(session, row, dossier)
            return Filing.REFILED

    def search(
        self,
        *,
        shop_id: str | None = None,
        outcome: str | None = None,
        closed_from: datetime | None = None,
        closed_before: datetime | None = None,
        order_id: str | None = None,
        opened_by: str | None = None,
        limit: int = _PAGE,
        after: str | None = None,
    ) -> list[ClosedCase]:
        """List closed cases that match everything given, the newest closing first.

        Args:
            shop_id: Only this shop.
            outcome: Only this outcome.
            closed_from: Closed at or after this instant.
            closed_before: Closed before this instant.
            order_id: About this order, also as one of several.
            opened_by: Opened by this person or source.
            limit: Cases per page.
            after: The last case id of the page before.

        Returns:
            At most *limit* cases; fewer means the end.

        Raises:
            NotOnFileError: *after* is no closed case.
        """
        query = select(ClosedCaseRow).order_by(
            ClosedCaseRow.closed_at.desc(), ClosedCaseRow.case_id.desc()
        )
        equal = {"shop_id": shop_id, "outcome": outcome, "opened_by": opened_by}
        query = query.filter_by(**{name: value for name, value in equal.items() if value})
        if closed_from:
            query = query.where(ClosedCaseRow.closed_at >= closed_from)
        if closed_before:
            query = query.where(ClosedCaseRow.closed_at < closed_before)
        if order_id:
            query = query.where(_is_about(order_id))
        with self._db.session() as session:
            if after:
                query = query.where(_comes_after(session, after))
            return [_closed_case(row) for row in session.scalars(query.limit(limit))]

    def unknown_orders(self, opened_by: str | None = None) -> list[ClosedCase]:
        """List the newest cases that ended because the shop did not know the order."""
        return self.search(outcome=UNKNOWN_ORDER, opened_by=opened_by)


class CaseOpenings:
    """Which id a case goes by now: its business key, or that with the newest suffix."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def current_case_id(self, base_id: str) -> str:
        """Return the newest registered id of a case.

        Args:
            base_id: The business key, such as `order-case:S:O`, or any suffixed id of it.

        Returns:
            The business key itself until the case was reopened, then it with `:2`, `:3`, …
        """
        with self._db.session() as session:
            base = _base_of(session, base_id)
            return _suffixed(base, _newest_number(session, base))

    def current_case_ids(self, base_ids: Collection[str]) -> dict[str, str]:
        """Return the newest registered id of each of many cases, by the id that was given."""
        named = select(ReopeningRow.case_id, ReopeningRow.base_id).where(
            ReopeningRow.case_id.in_(base_ids)
        )
        with self._db.session() as session:
            base_of = dict(session.execute(named).all())
            bases = {base_of.get(case_id, case_id) for case_id in base_ids}
            newest = (
                select(ReopeningRow.base_id, func.max(ReopeningRow.number))
                .where(ReopeningRow.base_id.in_(bases))
                .group_by(ReopeningRow.base_id)
            )
            numbers = dict(session.execute(newest).all())
        given = ((case_id, base_of.get(case_id, case_id)) for case_id in base_ids)
        return {case_id: _suffixed(base, numbers.get(base, 1)) for case_id, base in given}

    def reopen(
        self, base_id: str, *, reason: str, actor: str, at: datetime, request_id: str
    ) -> str:
        """Register the next suffix of a closed case.

        Args:
            base_id: The business key, or any suffixed id of it.
            reason: Why, in a person's words.
            actor: Who asked for it.
            at: When.
            request_id: Repeats of one request are answered with the id it got first.

        Returns:
            The id to open the case under.

        Raises:
            ReopenRefusedError: The newest run is not on file as closed.
        """
        with self._db.begin() as session:
            take_turns(session, _REOPENINGS)
            base = _base_of(session, base_id)
            known = select(ReopeningRow.case_id).filter_by(base_id=base, request_id=request_id)
            if answered := session.scalar(known):
                return answered
            number = _newest_number(session, base)
            newest = _suffixed(base, number)
            if session.get(ClosedCaseRow, newest) is None:
                raise ReopenRefusedError(newest)
            row = ReopeningRow(
                case_id=_suffixed(base, number + 1),
                base_id=base,
                number=number + 1,
                request_id=request_id,
                reason=reason,
                actor=actor,
                at=at,
            )
            session.add(row)
            return row.case_id

    def reopenings(self, base_id: str) -> list[Reopening]:
        """List every reopening of a case, the first one first."""
        with self._db.session() as session:
            base = _base_of(session, base_id)
            query = select(ReopeningRow).filter_by(base_id=base).order_by(ReopeningRow.number)
            return [
                Reopening(
                    case_id=row.case_id,
                    base_id=row.base_id,
                    reason=row.reason,
                    actor=row.actor,
                    at=row.at,
                )
                for row in session.scalars(query)
            ]


def _closed_case(row: ClosedCaseRow) -> ClosedCase:
    return ClosedCase(
        case_id=row.case_id,
        kind=row.kind,
        shop_id=row.shop_id,
        outcome=row.outcome,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        order_ids=tuple(row.order_ids),
        package_id=row.package_id,
        opened_by=row.opened_by,
        view=row.view,
    )


def _row(case: ClosedCase) -> ClosedCaseRow:
    return ClosedCaseRow(
        case_id=case.case_id,
        kind=case.kind,
        shop_id=case.shop_id,
        package_id=case.package_id,
        outcome=case.outcome,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        opened_by=case.opened_by,
        order_ids=list(case.order_ids),
        view=case.view,
    )


def _add_papers(session: Session, dossier: Dossier) -> None:
    case_id = dossier.case.case_id
    session.add_all(
        ClosedCaseOrderRow(order_id=order_id, case_id=case_id)
        for order_id in dict.fromkeys(dossier.case.order_ids)
    )
    session.add(
        DossierRow(
            case_id=case_id,
            timeline=dossier.timeline,
            history=dossier.history,
            evidence=dossier.evidence,
        )
    )


def _replace(session: Session, row: ClosedCaseRow, dossier: Dossier) -> None:
    closed_first_at = row.closed_at
    session.execute(delete(DossierRow).filter_by(case_id=row.case_id))
    session.execute(delete(ClosedCaseOrderRow).filter_by(case_id=row.case_id))
    session.merge(_row(dossier.case)).closed_at = closed_first_at
    _add_papers(session, dossier)


def _is_about(order_id: str) -> ColumnElement[bool]:
    cases = select(ClosedCaseOrderRow.case_id).filter_by(order_id=order_id)
    return ClosedCaseRow.case_id.in_(cases)


def _comes_after(session: Session, case_id: str) -> ColumnElement[bool]:
    last = session.get(ClosedCaseRow, case_id)
    if last is None:
        raise NotOnFileError("closed case", case_id)
    earlier = ClosedCaseRow.closed_at < last.closed_at
    tied = and_(ClosedCaseRow.closed_at == last.closed_at, ClosedCaseRow.case_id < last.case_id)
    return or_(earlier, tied)


def _base_of(session: Session, case_id: str) -> str:
    # Looked up, never parsed: an incident's own key may well be "2".
    return session.scalar(select(ReopeningRow.base_id).filter_by(case_id=case_id)) or case_id


def _newest_number(session: Session, base: str) -> int:
    newest = select(func.max(ReopeningRow.number)).filter_by(base_id=base)
    return session.scalar(newest) or 1


def _suffixed(base: str, number: int) -> str:
    return base if number == 1 else f"{base}:{number}"
