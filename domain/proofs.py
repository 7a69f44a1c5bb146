"""The proofs of an open case: what was asked for, what came of it, and how they are shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from domain.case_parts import ProofState, ProofView, ScenarioView
from domain.completeness import (
    Completeness,
    EvidenceAsk,
    HeldEvidence,
    ProofMoments,
    completeness,
    obtainable_until,
)
from domain.evidence import EvidenceKind, kind_of
from domain.requirements import Need, Requirement, RequirementKind, RequirementSet, Scenario

Kinds = tuple[RequirementKind, ...]


class AskedProof(BaseModel):
    """What people were asked for, and what came of it."""

    model_config = ConfigDict(frozen=True)

    ask: EvidenceAsk
    overdue: bool = False
    abandoned: bool = False


def kind_named(
    word: str, sets: Sequence[RequirementSet], *, media_type: str = ""
) -> RequirementKind | None:
    """Return the kind of proof that somebody means.

    Args:
        word: A kind, or the key of a requirement of *sets*.
        sets: What the case may have to prove.
        media_type: Of the file; tells a recording from a screenshot where either would do.

    Returns:
        None for a word that names neither.
    """
    if word in set(RequirementKind):
        return RequirementKind(word)
    named = [one for each in sets for one in each.requirements if one.key == word]
    if not named:
        return None
    kinds = named[0].one_of
    is_voice = media_type != "" and kind_of(media_type) is EvidenceKind.VOICE
    if is_voice and RequirementKind.CALL_RECORDING in kinds:
        return RequirementKind.CALL_RECORDING
    return kinds[0]


def kind_of_proof(word: str, proofs: Sequence[ProofView]) -> RequirementKind | None:
    """Return the kind that a word means beside what a case asks for: a kind, or a proof's key."""
    if word in set(RequirementKind):
        return RequirementKind(word)
    return next((proof.kinds[0] for proof in proofs if proof.key == word), None)


def asks_of(
    proven: Completeness, scenario: Scenario, now: datetime, *, within: timedelta
) -> tuple[EvidenceAsk, ...]:
    """Return an ask for everything that a scenario still lacks, also what machines mostly make.

    Args:
        proven: How far the scenario is proven.
        scenario: The one that is argued.
        now: The clock reading.
        within: How long people have where nothing ends sooner.
    """
    return tuple(
        EvidenceAsk(
            key=one.key,
            kinds=one.kinds,
            needed=one.need is Need.NEEDED,
            ask=one.ask,
            ask_zh=one.ask_zh,
            why=f"the appeal {'needs' if one.need is Need.NEEDED else 'is better with'} it; "
            f"{one.why}",
            by=min([now + within, *([one.until] if one.until and one.until > now else [])]),
            still_possible=one.still_possible,
            scenarios=(scenario,),
        )
        for one in proven.missing
    )


def scenario_views(
    sets: Sequence[RequirementSet],
    held: Sequence[HeldEvidence],
    *,
    moments: ProofMoments,
    now: datetime,
) -> tuple[ScenarioView, ...]:
    """Return how well each scenario could be proven, in the order of *sets*."""
    found = []
    for each in sets:
        shown = completeness(each, held, now, moments=moments)
        found.append(
            ScenarioView(
                scenario=each.scenario,
                score=shown.score,
                complete=shown.complete,
                missing=tuple(one.key for one in shown.missing_needed()),
                rule=each.rule,
                assumed=each.assumed,
            )
        )
    return tuple(found)


def best_score(scenarios: Sequence[ScenarioView]) -> float:
    """Return the score of the scenario that is proven best; 0 where there is none."""
    return max((one.score for one in scenarios), default=0.0)


def proof_views(
    sets: Sequence[RequirementSet],
    held: Sequence[HeldEvidence],
    *,
    asked: Mapping[Kinds, AskedProof],
    late: frozenset[str],
    moments: ProofMoments,
    now: datetime,
) -> tuple[ProofView, ...]:
    """Return every proof that any of *sets* wants, each once, needed ones first.

    Args:
        sets: What the case may have to prove.
        held: All evidence of the case.
        asked: What people were asked for, by the kinds that would do.
        late: Ids of evidence that came after it was due.
        moments: Say until when a proof can be made.
        now: The clock reading.
    """
    wanted: dict[Kinds, list[tuple[Scenario, Requirement]]] = {}
    for each in sets:
        for one in each.requirements:
            wanted.setdefault(one.one_of, []).append((each.scenario, one))
    views = [
        _view(
            kinds,
            of,
            held=held,
            ask=_ask_of(kinds, asked),
            late=late,
            moments=moments,
            now=now,
        )
        for kinds, of in wanted.items()
    ]
    return tuple(sorted(views, key=lambda view: not view.needed))


def _ask_of(kinds: Kinds, asked: Mapping[Kinds, AskedProof]) -> AskedProof | None:
    """Return the ask for a proof; people are not asked for the kinds that machines make."""
    return next((one for got, one in asked.items() if set(got) <= set(kinds)), None)


def _view(
    kinds: Kinds,
    of: Sequence[tuple[Scenario, Requirement]],
    *,
    held: Sequence[HeldEvidence],
    ask: AskedProof | None,
    late: frozenset[str],
    moments: ProofMoments,
    now: datetime,
) -> ProofView:
    first = min((one for _, one in of), key=lambda one: one.need is Need.HELPFUL)
    found = tuple(one.evidence_id for one in held if one.kind in kinds)
    return ProofView(
        key=first.key,
        kinds=kinds,
        needed=any(one.need is Need.NEEDED for _, one in of),
        state=ProofState.HELD if found else _state(ask, now),
        scenarios=tuple(dict.fromkeys(scenario for scenario, _ in of)),
        evidence_ids=found,
        late=bool(late & set(found)),
        ask=ask.ask.ask if ask else f"Add {first.shows}",
        until=ask.ask.by if ask else obtainable_until(first, moments),
    )


def _state(ask: AskedProof | None, now: datetime) -> ProofState:
    if ask is None:
        return ProofState.MISSING
    if ask.abandoned:
        return ProofState.ABANDONED
    return ProofState.OVERDUE if ask.overdue or ask.ask.by <= now else ProofState.ASKED
