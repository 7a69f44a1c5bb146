"""What an appeal has proven, what it lacks, and what people are asked for while it can be had."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from domain.evidence import EvidenceItem
from domain.instants import Instant, aware
from domain.requirements import (
    MADE_BY_MACHINES,
    Need,
    Obtainable,
    Requirement,
    RequirementKind,
    RequirementSet,
    Scenario,
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class HeldEvidence(_Part):
    """One piece of evidence as the vault lists it."""

    evidence_id: str
    kind: RequirementKind
    captured_at: Instant | None = None
    """When it was made, by its own data or by whoever added it; None if nobody knows."""
    digest: str = ""


def held_of(items: Iterable[EvidenceItem]) -> tuple[HeldEvidence, ...]:
    """Return the vault's items as the rules see them, without copies and erased ones.

    Args:
        items: Of the appeal's cases. What is not collected for a known kind of proof is OTHER.
    """
    return tuple(
        HeldEvidence(
            evidence_id=one.evidence_id,
            kind=_kind(one.requirement),
            captured_at=one.captured_at,
            digest=one.digest,
        )
        for one in items
        if one.derived_from is None and not one.erased
    )


class ProofMoments(_Part):
    """The instants that say until when a proof can still be made."""

    zone: str
    """IANA zone of the shop's warehouse, or of its market: the end of a day."""
    slot_ends: Instant
    """End of the booked slot, or discovery where no slot is known."""
    collected_at: Instant | None = None
    """When the carrier took the parcel; None while it has not."""
    next_pickup_at: Instant | None = None
    """When the carrier is expected next."""
    window_ends: Instant | None = None
    """When the appeal can no longer be filed; None before there is one."""


class Proof(_Part):
    """A requirement that is proven, and by what."""

    key: str
    evidence_ids: tuple[str, ...]


class Missing(_Part):
    """A requirement that is not proven yet."""

    key: str
    kinds: tuple[RequirementKind, ...]
    need: Need
    ask: str
    """What a person is asked for."""
    ask_zh: str
    why: str
    """Why what is held does not prove it, or that nothing is held."""
    until: Instant | None
    """Until when it can still be made; None where no end is known."""
    still_possible: bool
    """False if it can only be found, no longer made."""


class Completeness(_Part):
    """How far a requirement set is proven."""

    score: float
    """Share of the needed requirements that are proven, 0 to 1."""
    complete: bool
    """Everything needed is proven."""
    proven: tuple[Proof, ...] = ()
    missing: tuple[Missing, ...] = ()
    """Needed ones first, then those that end soonest."""

    def missing_needed(self) -> tuple[Missing, ...]:
        """Return what keeps the set from being complete."""
        return tuple(one for one in self.missing if one.need is Need.NEEDED)


class EvidenceAsk(_Part):
    """What people are asked for at once, with a deadline and its reason."""

    key: str
    kinds: tuple[RequirementKind, ...]
    needed: bool
    ask: str
    ask_zh: str
    why: str
    by: Instant
    still_possible: bool
    scenarios: tuple[Scenario, ...]
    """The scenarios that it would prove."""


def completeness(
    requirement_set: RequirementSet,
    held: Sequence[HeldEvidence],
    now: datetime,
    *,
    moments: ProofMoments,
) -> Completeness:
    """Return how far *held* proves *requirement_set*.

    Args:
        requirement_set: Pinned by the appeal.
        held: All evidence of its cases; one piece may prove several requirements.
        now: The clock reading.
        moments: Say until when a missing proof can still be made.

    Returns:
        The score, what is proven by which evidence, and what is missing and why.
    """
    at = aware(now, "now")
    proven: list[Proof] = []
    missing: list[Missing] = []
    for requirement in requirement_set.requirements:
        counted = _counted(requirement, held)
        if len(counted) >= requirement.at_least:
            proven.append(Proof(key=requirement.key, evidence_ids=counted))
        else:
            missing.append(_missing(requirement, held, at, moments))
    needed = len(requirement_set.needed())
    lacking = sum(one.need is Need.NEEDED for one in missing)
    return Completeness(
        score=(needed - lacking) / needed if needed else 1.0,
        complete=not lacking,
        proven=tuple(proven),
        missing=tuple(sorted(missing, key=_urgency)),
    )


def asks_for(
    requirement_sets: Iterable[RequirementSet],
    now: datetime,
    *,
    moments: ProofMoments,
    within: timedelta,
    held: Sequence[HeldEvidence] = (),
) -> tuple[EvidenceAsk, ...]:
    """Return what people are asked for at once, before anybody knows of a penalty.

    What machines make themselves and what is held already is left out; a proof that several
    scenarios want is asked for once.

    Args:
        requirement_sets: The sets of every scenario that may still turn out to be the one.
        now: The clock reading.
        moments: The package's slot and pick-up.
        within: How long people have where nothing ends sooner (playbook, pickup.evidence_within).
        held: Evidence that is there already.

    Returns:
        One ask for each kind of proof, the most urgent first.
    """
    at = aware(now, "now")
    wanted: dict[tuple[RequirementKind, ...], list[tuple[Scenario, Requirement]]] = {}
    for each in requirement_sets:
        for one in each.requirements:
            by_people = tuple(kind for kind in one.one_of if kind not in MADE_BY_MACHINES)
            if by_people and len(_counted(one, held)) < one.at_least:
                wanted.setdefault(by_people, []).append((each.scenario, one))
    asks = [_ask(kinds, of, at, within, moments) for kinds, of in wanted.items()]
    return tuple(sorted(asks, key=lambda ask: (ask.by, not ask.needed, ask.key)))


def obtainable_until(requirement: Requirement, moments: ProofMoments) -> datetime | None:
    """Return until when a proof can still be made, in UTC; None where no end is known."""
    match requirement.obtainable:
        case Obtainable.SAME_DAY:
            return _end_of_day(moments.slot_ends, moments.zone)
        case Obtainable.BEFORE_PICKUP:
            return moments.collected_at
        case Obtainable.ANY_TIME:
            return moments.window_ends
        case never:
            assert_never(never)


def _kind(requirement: str) -> RequirementKind:
    known = requirement in set(RequirementKind)
    return RequirementKind(requirement) if known else RequirementKind.OTHER


def _counted(requirement: Requirement, held: Sequence[HeldEvidence]) -> tuple[str, ...]:
    return tuple(
        one.evidence_id
        for one in held
        if one.kind in requirement.one_of and _dated_enough(requirement, one)
    )


def _dated_enough(requirement: Requirement, one: HeldEvidence) -> bool:
    return one.captured_at is not None or not requirement.must_be_dated


def _missing(
    requirement: Requirement, held: Sequence[HeldEvidence], now: datetime, moments: ProofMoments
) -> Missing:
    until = obtainable_until(requirement, moments)
    return Missing(
        key=requirement.key,
        kinds=requirement.one_of,
        need=requirement.need,
        ask=f"Add {requirement.shows}",
        ask_zh=f"请补充：{requirement.shows_zh}",
        why=_why_not(requirement, held),
        until=until,
        still_possible=until is None or now < until,
    )


def _why_not(requirement: Requirement, held: Sequence[HeldEvidence]) -> str:
    of_kind = [one for one in held if one.kind in requirement.one_of]
    counted = len(_counted(requirement, held))
    if len(of_kind) > counted:
        return f"{of_kind[0].evidence_id} is held, but when it was made is not known"
    if counted:
        return f"{counted} of {requirement.at_least} are held"
    return "nothing of this kind is held"


def _urgency(missing: Missing) -> tuple[bool, bool, datetime | None, str]:
    far = missing.until is None
    return missing.need is Need.HELPFUL, far, missing.until, missing.key


def _ask(
    kinds: tuple[RequirementKind, ...],
    of: Sequence[tuple[Scenario, Requirement]],
    now: datetime,
    within: timedelta,
    moments: ProofMoments,
) -> EvidenceAsk:
    scenarios = tuple(dict.fromkeys(scenario for scenario, _ in of))
    needed = any(one.need is Need.NEEDED for _, one in of)
    first = min((one for _, one in of), key=lambda one: one.need is Need.HELPFUL)
    ends = [end for _, one in of if (end := _ask_ends(one, moments)) is not None]
    possible = not ends or now < min(ends)
    by = min([now + within, *(end for end in ends if end > now)])
    return EvidenceAsk(
        key=first.key,
        kinds=kinds,
        needed=needed,
        ask=f"Add {first.shows}"
        if possible
        else f"If anybody made one in time, add {first.shows}",
        ask_zh=f"请补充：{first.shows_zh}"
        if possible
        else f"如当时有人留存，请补充：{first.shows_zh}",
        why=_worth(scenarios, needed=needed),
        by=by,
        still_possible=possible,
        scenarios=scenarios,
    )


def _ask_ends(requirement: Requirement, moments: ProofMoments) -> datetime | None:
    # Before the carrier has come, its next visit is when the parcel can last be photographed.
    before_pickup = requirement.obtainable is Obtainable.BEFORE_PICKUP
    if before_pickup and moments.collected_at is None:
        return moments.next_pickup_at
    return obtainable_until(requirement, moments)


def _worth(scenarios: Sequence[Scenario], *, needed: bool) -> str:
    told = " or ".join(one.replace("_", " ") for one in scenarios)
    return f"{'an appeal needs it' if needed else 'it helps an appeal'} if the cause is: {told}"


def _end_of_day(instant: datetime, zone: str) -> datetime:
    local = instant.astimezone(ZoneInfo(zone))
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), ZoneInfo(zone))
    return aware(midnight)
