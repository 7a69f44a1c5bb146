"""The numbers of an appeal's exhibits, each tied to the requirement it proves."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, PositiveInt

from domain.completeness import HeldEvidence
from domain.requirements import Requirement, RequirementKind, RequirementSet

_UNDATED = datetime.max.replace(tzinfo=UTC)


class NumberedExhibit(BaseModel):
    """One exhibit of a round."""

    model_config = ConfigDict(frozen=True)

    number: PositiveInt
    evidence_id: str
    kind: RequirementKind
    requirement: str = ""
    """Key of the requirement that it proves; empty where it proves none of the set."""
    is_new: bool = False
    """No earlier round had it."""


def numbered(
    requirement_set: RequirementSet,
    held: Sequence[HeldEvidence],
    *,
    earlier: Sequence[str] = (),
) -> tuple[NumberedExhibit, ...]:
    """Return the exhibits of a round.

    Exhibits of an earlier round keep their numbers, as the platform has seen them; new ones
    follow in the order of the requirements, then of time.

    Args:
        requirement_set: What the appeal must prove.
        held: Everything that goes in.
        earlier: Evidence ids of the round before, in the order of their numbers.

    Returns:
        Each piece once, under the first requirement that it proves.
    """
    places = {evidence_id: place for place, evidence_id in enumerate(earlier)}
    known = sorted(
        (one for one in held if one.evidence_id in places), key=lambda one: places[one.evidence_id]
    )
    new = sorted(
        (one for one in held if one.evidence_id not in places),
        key=lambda one: (
            _rank(one, requirement_set),
            one.captured_at or _UNDATED,
            one.evidence_id,
        ),
    )
    first_new = len(earlier) + 1
    return tuple(
        _exhibit(one, places[one.evidence_id] + 1, requirement_set, is_new=False) for one in known
    ) + tuple(
        _exhibit(one, number, requirement_set, is_new=bool(earlier))
        for number, one in enumerate(new, start=first_new)
    )


def _exhibit(
    one: HeldEvidence, number: int, requirement_set: RequirementSet, *, is_new: bool
) -> NumberedExhibit:
    proven = _proven(one, requirement_set)
    return NumberedExhibit(
        number=number,
        evidence_id=one.evidence_id,
        kind=one.kind,
        requirement=proven.key if proven else "",
        is_new=is_new,
    )


def _proven(one: HeldEvidence, requirement_set: RequirementSet) -> Requirement | None:
    of_kind = (each for each in requirement_set.requirements if one.kind in each.one_of)
    return next(of_kind, None)


def _rank(one: HeldEvidence, requirement_set: RequirementSet) -> int:
    proven = _proven(one, requirement_set)
    keys = requirement_set.requirements
    return keys.index(proven) if proven else len(keys)
