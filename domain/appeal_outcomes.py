"""What became of earlier appeals, so that later ones know what wins."""

from collections import Counter
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from domain.appeals import Decision
from domain.instants import Instant
from domain.requirements import RequirementKind, Scenario, Violation

_REASONS = 5
"""Reasons of rejections that are shown; the rarer ones are left out."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class RoundOutcome(_Part):
    """How one round of one appeal was decided."""

    market: str
    violation: Violation
    scenario: Scenario
    round: int
    decision: Decision
    reason: str = ""
    """The platform's own words."""
    kinds: tuple[RequirementKind, ...] = ()
    """What it was filed with."""
    complete: bool = True
    """False where it went in with what there was."""
    at: Instant


class Tally(_Part):
    """How many of some rounds were accepted."""

    accepted: int = 0
    of: int = 0


class KindTally(_Part):
    """How many of the rounds that had a kind of proof were accepted."""

    kind: RequirementKind
    tally: Tally


class ReasonCount(_Part):
    """How often the platform gave a reason for a rejection."""

    reason: str
    times: int


class PastOutcomes(_Part):
    """What became of earlier appeals of one market, violation and scenario."""

    all_rounds: Tally = Tally()
    first_round: Tally = Tally()
    complete: Tally = Tally()
    """Of those that had everything needed."""
    by_kind: tuple[KindTally, ...] = ()
    """Most used first."""
    reasons: tuple[ReasonCount, ...] = ()
    """Of rejections, most frequent first."""


def past_outcomes(rounds: Iterable[RoundOutcome]) -> PastOutcomes:
    """Return what the decided *rounds* say in all.

    Args:
        rounds: Of one market, violation and scenario, in any order.
    """
    known = list(rounds)
    used = Counter(kind for one in known for kind in set(one.kinds))
    kinds = sorted(used, key=lambda kind: (-used[kind], kind))
    rejected = (one for one in known if one.decision is Decision.REJECTED)
    reasons = Counter(reason for one in rejected if (reason := " ".join(one.reason.split())))
    common = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))[:_REASONS]
    return PastOutcomes(
        all_rounds=_tally(known),
        first_round=_tally(one for one in known if one.round == 1),
        complete=_tally(one for one in known if one.complete),
        by_kind=tuple(
            KindTally(kind=kind, tally=_tally(one for one in known if kind in one.kinds))
            for kind in kinds
        ),
        reasons=tuple(ReasonCount(reason=reason, times=times) for reason, times in common),
    )


def told_in_english(past: PastOutcomes) -> tuple[str, ...]:
    """Return what earlier appeals say, a sentence each; nothing where there were none."""
    rounds, whole = past.all_rounds, past.complete
    if not rounds.of:
        return ()
    told = f"Of {rounds.of} earlier rounds on this cause, {rounds.accepted} were accepted"
    some_incomplete = 0 < whole.of < rounds.of
    more = f" ({whole.accepted} of the {whole.of} complete ones)" if some_incomplete else ""
    why = "; ".join(f"“{one.reason}” ({one.times})" for one in past.reasons)
    return (f"{told}{more}.", *((f"Rejected for: {why}.",) if why else ()))


def told_in_chinese(past: PastOutcomes) -> tuple[str, ...]:
    """Return the same in Chinese."""
    rounds, whole = past.all_rounds, past.complete
    if not rounds.of:
        return ()
    told = f"此前同类原因的 {rounds.of} 次申诉中，{rounds.accepted} 次获得通过"
    some_incomplete = 0 < whole.of < rounds.of
    more = f"（材料齐全的 {whole.of} 次中通过 {whole.accepted} 次）" if some_incomplete else ""
    why = "；".join(f"“{one.reason}”（{one.times} 次）" for one in past.reasons)
    return (f"{told}{more}。", *((f"被驳回的理由：{why}。",) if why else ()))


def _tally(rounds: Iterable[RoundOutcome]) -> Tally:
    decisions = [one.decision for one in rounds]
    return Tally(accepted=decisions.count(Decision.ACCEPTED), of=len(decisions))
