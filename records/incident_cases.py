"""The cases of an incident's orders: which have one, what it has heard, what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select, update

from domain.handout import Standing
from domain.incident_figures import Figures
from records.database import Database
from records.incident_figures import figures, news_word, unopened, untold_news, untold_units
from records.incident_ledgers import head_of
from records.schema import IncidentOrderRow

_AT_ONCE = 500
"""Ids in one query; SQLite takes a limited number of values."""
_IN_LINE = (Standing.SERVED, Standing.SHORT)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A short order without a case."""

    order_id: str
    units: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseOfOrder:
    """The case an order has, and what became of its opening."""

    order_id: str
    case_id: str
    fate: str
    outcome: str | None = None
    """Of a case that had ended before."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Untold:
    """An order whose open case has to hear something."""

    order_id: str
    case_id: str
    units: int
    telling: int
    """Which telling of this order it is; the same number again is the same telling."""


class IncidentCases:
    """Cases by incident and order."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def unopened(self, incident_id: str, *, limit: int) -> list[Waiting]:
        """List short orders without a case, in the order of the line."""
        row = IncidentOrderRow
        query = (
            select(row.order_id, row.units)
            .filter_by(incident_id=incident_id)
            .where(unopened())
            .order_by(row.place)
            .limit(limit)
        )
        with self._db.session() as session:
            return [
                Waiting(order_id=order, units=units) for order, units in session.execute(query)
            ]

    def opened(self, incident_id: str, cases: Iterable[CaseOfOrder], *, news: int) -> Figures:
        """Record the cases of orders; a case on file stays.

        Args:
            incident_id: The incident.
            cases: What became of their openings.
            news: The news their inputs held.
        """
        with self._db.begin() as session:
            for one in cases:
                row = session.get(IncidentOrderRow, (incident_id, one.order_id))
                if row is not None and row.case_id is None:
                    row.case_id, row.fate, row.outcome = one.case_id, one.fate, one.outcome
                    row.told = news_word(news)
            head_of(session, incident_id).version += 1
            session.flush()
            return figures(session, incident_id)

    def untold(self, incident_id: str, *, units: bool, news: int = 0, limit: int) -> list[Untold]:
        """List orders whose open case has to hear something, in the order of the line.

        Args:
            incident_id: The incident.
            units: True for orders whose units are there, False for those that go on waiting.
            news: Number of the newest news; it is remembered as the one to be told.
            limit: Orders at most.
        """
        row = IncidentOrderRow
        if not units:
            self._publish(incident_id, news)
        wanted = untold_units() if units else untold_news(news)
        query = select(row).filter_by(incident_id=incident_id).where(wanted)
        with self._db.session() as session:
            return [
                Untold(
                    order_id=one.order_id,
                    case_id=one.case_id or "",
                    units=one.units,
                    telling=one.tellings + 1,
                )
                for one in session.scalars(query.order_by(row.place).limit(limit))
            ]

    def _publish(self, incident_id: str, news: int) -> None:
        with self._db.begin() as session:
            head = head_of(session, incident_id)
            if news > head.news:
                head.news = news
                head.version += 1

    def told(self, incident_id: str, orders: Sequence[str], word: str) -> Figures:
        """Record that the cases of *orders* heard something: `IN_STOCK` or a `news_word`."""
        row = IncidentOrderRow
        with self._db.begin() as session:
            for start in range(0, len(orders), _AT_ONCE):
                session.execute(
                    update(row)
                    .where(
                        row.incident_id == incident_id,
                        row.order_id.in_(orders[start : start + _AT_ONCE]),
                    )
                    .values(told=word, tellings=row.tellings + 1)
                )
            head_of(session, incident_id).version += 1
            session.flush()
            return figures(session, incident_id)

    def ended(self, incident_id: str, outcomes: Mapping[str, str]) -> None:
        """Record what became of the cases of orders; the first outcome stays.

        Args:
            incident_id: The incident.
            outcomes: Order id -> outcome of its case.
        """
        with self._db.begin() as session:
            for order_id, outcome in outcomes.items():
                row = session.get(IncidentOrderRow, (incident_id, order_id))
                if row is not None:
                    row.outcome = row.outcome or outcome

    def cases(self, incident_id: str, *, settled: bool) -> dict[str, tuple[str, str | None]]:
        """Return order id -> (case id, outcome) of orders whose case counts for the line.

        Args:
            incident_id: The incident.
            settled: True for cases that ended while their order still stands in line; False for
                those that are open as far as we know.
        """
        row = IncidentOrderRow
        ended = and_(row.outcome.is_not(None), row.standing.in_(_IN_LINE))
        wanted = ended if settled else row.outcome.is_(None)
        query = (
            select(row.order_id, row.case_id, row.outcome)
            .filter_by(incident_id=incident_id)
            .where(row.case_id.is_not(None), wanted)
            .order_by(row.place)
        )
        with self._db.session() as session:
            return {
                order_id: (case_id or "", outcome)
                for order_id, case_id, outcome in session.execute(query)
            }
