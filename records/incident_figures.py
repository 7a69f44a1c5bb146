"""An incident's orders counted, by what they and their cases wait for."""

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from domain.handout import Lot, Standing
from domain.incident_figures import Figures
from records.schema import IncidentLedgerRow, IncidentOrderRow

IN_STOCK = "in_stock"
"""What is remembered of a case that heard that its units are there."""


def news_word(news: int) -> str:
    """Return what is remembered of a case that heard the news of that number."""
    return f"news:{news}"


def unopened() -> ColumnElement[bool]:
    """Short orders without a case."""
    row = IncidentOrderRow
    return and_(row.standing == Standing.SHORT, row.case_id.is_(None))


def is_open() -> ColumnElement[bool]:
    """Orders whose case is open as far as we know."""
    row = IncidentOrderRow
    return and_(row.case_id.is_not(None), row.outcome.is_(None))


def untold_units() -> ColumnElement[bool]:
    """Orders whose units are there and whose open case does not know it."""
    row = IncidentOrderRow
    return and_(is_open(), row.standing == Standing.SERVED, row.told != IN_STOCK)


def untold_news(news: int) -> ColumnElement[bool]:
    """Short orders whose open case has not heard the news of that number."""
    row = IncidentOrderRow
    return and_(is_open(), row.standing == Standing.SHORT, row.told != news_word(news))


def figures(session: Session, incident_id: str) -> Figures:
    """Return how an incident stands; zeros before its allocation."""
    head = session.get(IncidentLedgerRow, incident_id, populate_existing=True)
    if head is None:
        return Figures()
    by_standing = _standings(session, incident_id)
    by_fate = _fates(session, incident_id)
    return Figures(
        version=head.version,
        on_hand=head.on_hand,
        lots=tuple(Lot.model_validate(lot) for lot in head.lots),
        promised=by_standing.get(Standing.SERVED, (0, 0))[1],
        short_units=by_standing.get(Standing.SHORT, (0, 0))[1],
        **{standing.value: by_standing.get(standing, (0, 0))[0] for standing in Standing},
        **{fate: by_fate.get(fate, 0) for fate in ("opened", "joined", "already_closed")},
        open_cases=_count(session, incident_id, is_open()),
        unopened=_count(session, incident_id, unopened()),
        untold_units=_count(session, incident_id, untold_units()),
        untold_news=_count(session, incident_id, untold_news(head.news)),
    )


def _standings(session: Session, incident_id: str) -> dict[str, tuple[int, int]]:
    row = IncidentOrderRow
    query = (
        select(row.standing, func.count(), func.coalesce(func.sum(row.units), 0))
        .where(row.incident_id == incident_id)
        .group_by(row.standing)
    )
    return {standing: (count, int(units)) for standing, count, units in session.execute(query)}


def _fates(session: Session, incident_id: str) -> dict[str | None, int]:
    row = IncidentOrderRow
    query = select(row.fate, func.count()).filter_by(incident_id=incident_id).group_by(row.fate)
    return dict(session.execute(query).all())


def _count(session: Session, incident_id: str, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(IncidentOrderRow).filter_by(incident_id=incident_id)
    return session.scalar(query.where(which)) or 0
