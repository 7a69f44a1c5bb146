"""How the rounds of appeals were decided, kept for the appeals that come later."""

from collections.abc import Sequence

from sqlalchemy import select

from domain.appeal_outcomes import RoundOutcome
from domain.appeals import Decision
from domain.requirements import RequirementKind, Scenario, Violation
from records.database import Database
from records.schema import AppealRoundRow
from records.writes import insert_absent

_NEWEST = 1000
"""Older rounds say little of what wins today, and lists must stay short."""


class AppealOutcomes:
    """Decided rounds by appeal and number."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def keep(self, appeal_id: str, outcome: RoundOutcome, *, shop_id: str, ticket_id: str) -> bool:
        """Keep how a round was decided; the first word on a round stays.

        Args:
            appeal_id: The appeal (workflow id).
            outcome: Of one of its rounds.
            shop_id: Whose appeal.
            ticket_id: The platform's ticket.

        Returns:
            Whether it was new.
        """
        row = AppealRoundRow(
            appeal_id=appeal_id,
            round=outcome.round,
            shop_id=shop_id,
            ticket_id=ticket_id,
            market=outcome.market,
            violation=outcome.violation,
            scenario=outcome.scenario,
            decision=outcome.decision,
            reason=outcome.reason,
            kinds=[str(kind) for kind in outcome.kinds],
            complete=outcome.complete,
            decided_at=outcome.at,
        )
        with self._db.begin() as session:
            return insert_absent(session, row)

    def of(
        self, market: str, violation: Violation, scenario: Scenario, *, but: Sequence[str] = ()
    ) -> list[RoundOutcome]:
        """List the decided rounds of one market, violation and scenario, the newest first.

        Args:
            market: Region code as the platform prints it.
            violation: What was punished.
            scenario: What was argued.
            but: Appeals that do not count, such as the one that asks.
        """
        row = AppealRoundRow
        query = (
            select(row)
            .filter_by(market=market, violation=violation, scenario=scenario)
            .where(row.appeal_id.not_in(but))
            .order_by(row.decided_at.desc(), row.appeal_id, row.round)
            .limit(_NEWEST)
        )
        with self._db.session() as session:
            return [_outcome(one) for one in session.scalars(query)]


def _outcome(row: AppealRoundRow) -> RoundOutcome:
    known = set(RequirementKind)
    return RoundOutcome(
        market=row.market,
        violation=Violation(row.violation),
        scenario=Scenario(row.scenario),
        round=row.round,
        decision=Decision(row.decision),
        reason=row.reason,
        kinds=tuple(RequirementKind(kind) for kind in row.kinds if kind in known),
        complete=row.complete,
        at=row.decided_at,
    )
