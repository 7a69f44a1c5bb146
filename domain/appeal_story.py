"""What the cases of an appeal know that the appeal can say: orders, instants, who did what."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict

from domain.appeal_texts import AppealMoment, MomentAt
from domain.case_parts import PickupPart
from domain.cases import CaseKind, CaseOutcome, CaseView, TimelineEvent
from domain.completeness import HeldEvidence, ProofMoments
from domain.evidence import EvidenceItem
from domain.exhibits import NumberedExhibit
from domain.requirements import RequirementKind, Scenario, Violation
from domain.scenarios import KnownFacts, scenario_of
from domain.timeline import EventKey

PACKET = "appeal_packet"
"""What the vault keeps an appeal's packets as; no proof of anything."""
RECEIPT: Final = "filing_receipt"
"""What it keeps screenshots of filings as."""
_NOT_SHOWN = frozenset({PACKET, RECEIPT})
_BEFORE = timedelta(days=3)
"""A photo made longer before its case's first instant comes from a clock that is wrong."""
_HELP_CENTER_DONE = "help_center: done"
_SEEN_IN: Mapping[str, AppealMoment] = {
    RequirementKind.EARLY_VISIT_PHOTO: AppealMoment.CARRIER_CAME,
    RequirementKind.FULL_VEHICLE_PHOTO: AppealMoment.CARRIER_CAME,
    RequirementKind.HANDOVER_PHOTO: AppealMoment.HANDED_OVER,
}
"""Photos that show a moment while it happens, so that their own time is that of the moment."""
_SHOWN_BY: Mapping[AppealMoment, frozenset[RequirementKind]] = {
    moment: frozenset(kinds)
    for moment, kinds in {
        AppealMoment.BOOKED: {RequirementKind.BOOKING_CONFIRMATION},
        AppealMoment.READY: {RequirementKind.READY_PHOTO, RequirementKind.DISPATCH_MANIFEST},
        AppealMoment.SLOT_FROM: {RequirementKind.BOOKING_CONFIRMATION},
        AppealMoment.SLOT_UNTIL: {RequirementKind.BOOKING_CONFIRMATION},
        AppealMoment.CARRIER_CAME: {
            RequirementKind.EARLY_VISIT_PHOTO,
            RequirementKind.FULL_VEHICLE_PHOTO,
        },
        AppealMoment.CARRIER_ASKED: {
            RequirementKind.CARRIER_CHAT,
            RequirementKind.CALL_RECORDING,
        },
        AppealMoment.BUYER_TOLD: {RequirementKind.BUYER_NOTICE},
        AppealMoment.REBOOKED: {RequirementKind.BOOKING_CONFIRMATION},
        AppealMoment.HANDED_OVER: {
            RequirementKind.HANDOVER_PHOTO,
            RequirementKind.SIGNED_MANIFEST,
        },
        AppealMoment.SCANNED: {RequirementKind.TRACKING},
        AppealMoment.DUE: {RequirementKind.ORDER_RECORD},
        AppealMoment.CANCELLED: {RequirementKind.PLATFORM_NOTICE, RequirementKind.ORDER_RECORD},
    }.items()
}
"""Which exhibits show a moment; the others rest on the case's own words."""


class CaseStory(BaseModel):
    """One case as the appeal tells it."""

    model_config = ConfigDict(frozen=True)

    case_id: str
    known: bool = True
    """False where neither the server nor the files have such a case."""
    kind: CaseKind | None = None
    shop_id: str = ""
    market: str | None = None
    order_ids: tuple[str, ...] = ()
    facts: KnownFacts = KnownFacts()
    """What points to a scenario; the violation is the appeal's own."""
    moments: tuple[MomentAt, ...] = ()
    """In order of time."""


def story_of(view: CaseView, timeline: Iterable[TimelineEvent]) -> CaseStory:
    """Return what a case, open or closed, can tell.

    Args:
        view: As it is now, or as it was filed.
        timeline: What happened in it.
    """
    told = [(moment, event.at) for event in timeline if (moment := _moment_of(event))]
    part = view.pickup
    if part:
        told += _of_parcel(part)
    elif view.contacted_at:
        told.append((AppealMoment.BUYER_TOLD, view.contacted_at))
    by_platform = view.outcome is CaseOutcome.CANCELLED_BY_PLATFORM
    return CaseStory(
        case_id=view.case_id,
        kind=view.kind,
        shop_id=view.shop_id,
        market=view.market,
        order_ids=view.order_ids,
        facts=_facts(part, view.closed_at if by_platform else None),
        moments=_in_order(told),
    )


def shown_items(items: Iterable[EvidenceItem]) -> tuple[EvidenceItem, ...]:
    """Return what an appeal may show: originals that are still there, nothing twice.

    Packets and receipts of ours prove nothing and are left out.

    Args:
        items: Of all its cases, in their order.
    """
    fresh: dict[tuple[str, str], EvidenceItem] = {}
    for one in items:
        ours = one.requirement in _NOT_SHOWN
        if not (ours or one.erased or one.derived_from):
            fresh.setdefault((one.requirement, one.digest), one)
    return tuple(fresh.values())


def as_attached(held: Sequence[HeldEvidence], view: CaseView | None) -> tuple[HeldEvidence, ...]:
    """Return evidence as the kind that its case took it for, where that differs.

    Args:
        held: As the vault names it.
        view: The case; None where nobody knows it.
    """
    proofs = view.pickup.proofs if view and view.pickup else ()
    taken_for: dict[str, tuple[RequirementKind, ...]] = {}
    for proof in proofs:
        for evidence_id in proof.evidence_ids:
            taken_for[evidence_id] = (*taken_for.get(evidence_id, ()), *proof.kinds)
    return tuple(_retaken(one, taken_for.get(one.evidence_id, ())) for one in held)


def seen_moments(items: Sequence[EvidenceItem], story: CaseStory) -> tuple[MomentAt, ...]:
    """Return what a case's photos show happening, by the photos' own time.

    A time later than the photo was handed in, or days before the case, is a wrong clock's and
    says nothing.
    """
    begins = min((one.at for one in story.moments), default=None)
    return _in_order(
        (_SEEN_IN[one.requirement], one.captured_at)
        for one in items
        if one.requirement in _SEEN_IN
        and one.captured_at
        and one.captured_at <= one.collected_at
        and (begins is None or one.captured_at >= begins - _BEFORE)
    )


def with_seen(story: CaseStory, seen: Sequence[MomentAt]) -> CaseStory:
    """Return a case's story with what its photos show."""
    if not seen:
        return story
    came = _first(seen, AppealMoment.CARRIER_CAME)
    given = _first(seen, AppealMoment.HANDED_OVER)
    facts = story.facts.model_copy(update={"carrier_came_at": came, "handed_over_at": given})
    told = [(one.moment, one.at) for one in (*story.moments, *seen)]
    return story.model_copy(update={"facts": facts, "moments": _in_order(told)})


def all_orders(stories: Iterable[CaseStory]) -> tuple[str, ...]:
    """Return the orders of all cases, each once, in the cases' order."""
    return tuple(dict.fromkeys(each for one in stories for each in one.order_ids))


def all_moments(stories: Iterable[CaseStory]) -> tuple[MomentAt, ...]:
    """Return the moments of all cases in order of time, each once."""
    return _in_order((each.moment, each.at) for one in stories for each in one.moments)


def proof_moments(
    stories: Sequence[CaseStory],
    *,
    zone: str,
    opened_at: datetime,
    window_ends: datetime | None,
) -> ProofMoments:
    """Return until when the proofs of an appeal can still be made.

    Args:
        stories: Of its cases; what can still be made for one of them can be made.
        zone: IANA zone that ends a day.
        opened_at: Stands in for the end of a slot that no case knows.
        window_ends: When the appeal can no longer be filed, if that is known.
    """
    facts = [one.facts for one in stories]
    slots = [one.slot_until for one in facts if one.slot_until]
    scans = [one.scanned_at for one in facts if one.scanned_at]
    all_scanned = bool(facts) and len(scans) == len(facts)
    return ProofMoments(
        zone=zone,
        slot_ends=max(slots, default=opened_at),
        collected_at=max(scans) if all_scanned else None,
        window_ends=window_ends,
    )


def scenario_for(
    violation: Violation,
    stories: Sequence[CaseStory],
    held: Mapping[str, Sequence[HeldEvidence]],
    own: Sequence[HeldEvidence],
) -> Scenario | None:
    """Return the one scenario to which every case that points anywhere points.

    Args:
        violation: The appeal's.
        stories: Of its cases.
        held: Evidence by case id.
        own: Evidence that was added to the appeal itself; it speaks for every case.

    Returns:
        None where nothing or several things are pointed to: then a person picks.
    """
    facts = {one.case_id: one.facts for one in stories} or {"": KnownFacts()}
    pointed = {
        scenario
        for case_id, known in facts.items()
        if (
            scenario := scenario_of(
                known.model_copy(update={"violation": violation}),
                (*held.get(case_id, ()), *own),
            )
        )
    }
    return pointed.pop() if len(pointed) == 1 else None


def with_exhibits(
    moments: Iterable[MomentAt], exhibits: Sequence[NumberedExhibit]
) -> tuple[MomentAt, ...]:
    """Return moments in order of time, each with the numbers of the exhibits that show it."""
    return tuple(
        one.model_copy(update={"exhibits": _showing(one.moment, exhibits)})
        for one in sorted(moments, key=lambda one: (one.at, one.moment))
    )


def _moment_of(event: TimelineEvent) -> AppealMoment | None:
    if event.key is EventKey.STEP_RESUMED and event.detail == _HELP_CENTER_DONE:
        return AppealMoment.HELP_CENTER
    return AppealMoment.REBOOKED if event.key is EventKey.PICKUP_REBOOKED else None


def _of_parcel(part: PickupPart) -> list[tuple[AppealMoment, datetime]]:
    known = (
        (AppealMoment.READY, part.ready_at),
        (AppealMoment.SLOT_FROM, part.missed_from),
        (AppealMoment.SLOT_UNTIL, part.missed_until),
        (AppealMoment.DUE, part.scan_due_at),
        (AppealMoment.SCANNED, part.collected_at),
        *((AppealMoment.CARRIER_ASKED, at) for at in part.carrier_asked_at),
        *((AppealMoment.BUYER_TOLD, at) for at in part.told_at.values()),
    )
    return [(moment, at) for moment, at in known if at]


def _facts(part: PickupPart | None, cancelled_at: datetime | None) -> KnownFacts:
    if part is None:
        return KnownFacts(cancelled_at=cancelled_at)
    return KnownFacts(
        slot_from=part.missed_from,
        slot_until=part.missed_until,
        due_at=part.scan_due_at,
        scanned_at=part.collected_at,
        ready_at=part.ready_at,
        cancelled_at=cancelled_at,
    )


def _in_order(told: Iterable[tuple[AppealMoment, datetime]]) -> tuple[MomentAt, ...]:
    each_once = sorted(set(told), key=lambda one: (one[1], one[0]))
    return tuple(MomentAt(moment=moment, at=at) for moment, at in each_once)


def _first(moments: Sequence[MomentAt], moment: AppealMoment) -> datetime | None:
    return min((one.at for one in moments if one.moment is moment), default=None)


def _retaken(one: HeldEvidence, kinds: tuple[RequirementKind, ...]) -> HeldEvidence:
    if not kinds or one.kind in kinds:
        return one
    return one.model_copy(update={"kind": kinds[0]})


def _showing(moment: AppealMoment, exhibits: Sequence[NumberedExhibit]) -> tuple[int, ...]:
    kinds = _SHOWN_BY.get(moment, frozenset())
    return tuple(one.number for one in exhibits if one.kind in kinds)
