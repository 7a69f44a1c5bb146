"""The summary of the late pickups: parcels, penalties, appeals, and the packets filed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from casedesk.demo.effects import Effects
from casedesk.demo.ends import ParcelEnd
from casedesk.demo.report import Figure, HumanAnswer, PacketCheck, Promise, figure, none_of
from domain.case_parts import FilingView
from domain.cases import CaseOutcome, CaseView

_FIRST, _SECOND = timedelta(days=30), timedelta(days=15)
"""From the penalty, and from its rejection, until an appeal can no longer be filed.

Source: seller policy on violations and appeals, Thailand, autumn 2026.
"""


def figures(ends: Sequence[ParcelEnd], packets: Sequence[PacketCheck]) -> dict[str, Figure]:
    """Return the figures of late pickups, by a stable key."""
    penalised = [one for one in ends if one.notice]
    second = [one.parcel.ticket_id for one in penalised if len(_filings(one)) > 1]
    return {
        "late_pickups": figure("late pickups", [one.parcel.package_id for one in ends]),
        "late_pickup_orders": figure(
            "orders in late parcels", [o for one in ends for o in one.orders]
        ),
        "pickups_collected": figure("collected, no penalty", _ended(ends, CaseOutcome.COLLECTED)),
        "penalties": figure("penalties", [one.parcel.ticket_id for one in penalised]),
        "appeals_won": figure("appeals won", _won(penalised)),
        "appeals_second_round": figure("of these in a second round", second),
        "packets": figure("packets filed", [_name(one) for one in packets]),
        "packets_verified": figure(
            "verified by the file inside", [_name(one) for one in packets if one.verified]
        ),
    }


def promises(
    ends: Sequence[ParcelEnd],
    packets: Sequence[PacketCheck],
    answers: Sequence[HumanAnswer],
    effects: Effects,
) -> tuple[Promise, ...]:
    """Return what must hold of late pickups and appeals, and whether it did."""
    return (
        none_of("every late pickup and appeal is closed", _open(ends)),
        none_of("every appeal is filed in its window", _out_of_window(ends)),
        none_of("nothing is filed twice", _filed_twice(ends, answers)),
        none_of("no buyer of a late pickup is refunded", _refunded(ends, effects)),
        none_of("every packet verifies with the file inside it", _unverified(ends, packets)),
    )


def _ended(ends: Iterable[ParcelEnd], outcome: CaseOutcome) -> list[str]:
    return [one.parcel.package_id for one in ends if one.view and one.view.outcome is outcome]


def _won(ends: Iterable[ParcelEnd]) -> list[str]:
    won = CaseOutcome.APPEAL_WON
    return [one.parcel.ticket_id for one in ends if one.appeal and one.appeal.outcome is won]


def _name(packet: PacketCheck) -> str:
    return f"{packet.ticket_id}/{packet.round}"


def _filings(end: ParcelEnd) -> list[FilingView]:
    part = end.appeal.appeal if end.appeal else None
    return [one for one in part.rounds if one.filed_at] if part else []


def _is_open(view: CaseView | None) -> bool:
    return view is None or view.closed_at is None


def _open(ends: Iterable[ParcelEnd]) -> Iterator[str]:
    for one in ends:
        if _is_open(one.view):
            yield one.parcel.case_id
        if one.parcel.ticket_id and _is_open(one.appeal):
            yield one.parcel.appeal_id


def _out_of_window(ends: Iterable[ParcelEnd]) -> Iterator[str]:
    """Yield the rounds that were not filed between a penalty or rejection and their window's end.

    When the platform punished and rejected is what Seller Center shows.
    """
    for end in ends:
        if not end.parcel.ticket_id:
            continue
        filings, begins = _filings(end), _round_begins(end)
        if len(filings) != len(end.parcel.answers) or len(begins) < len(filings):
            yield f"{end.parcel.ticket_id}: {len(filings)} rounds filed"
            continue
        for number, (filing, begun) in enumerate(zip(filings, begins, strict=False), start=1):
            window = _FIRST if number == 1 else _SECOND
            if not (filing.filed_at and begun <= filing.filed_at < begun + window):
                yield f"{end.parcel.ticket_id}/{number}"


def _round_begins(end: ParcelEnd) -> list[datetime]:
    decided = [one["decided_at"] for one in end.notice.get("decisions", ())]
    issued = [end.notice["issued_at"]] if end.notice else []
    return [datetime.fromisoformat(at) for at in (*issued, *decided)]


def _filed_twice(ends: Sequence[ParcelEnd], answers: Iterable[HumanAnswer]) -> list[str]:
    """Return references that stand twice, and the appeals that people filed too often."""
    filings = [filing for one in ends for filing in _filings(one)]
    references = Counter(one.reference for one in filings)
    twice = [reference for reference, count in references.items() if count > 1]
    by_people = sum(one.answer == "record_filing" for one in answers)
    told = f"filed {by_people} times for {len(filings)} rounds"
    return twice + ([told] if by_people != len(filings) else [])


def _refunded(ends: Iterable[ParcelEnd], effects: Effects) -> list[str]:
    mine = {order_id for one in ends for order_id in one.orders}
    return [row["order_id"] for row in effects.content["cancellations"] if row["order_id"] in mine]


def _unverified(ends: Iterable[ParcelEnd], packets: Sequence[PacketCheck]) -> list[str]:
    """Return the packets that did not verify, and the rounds without one."""
    filed = {f"{end.parcel.ticket_id}/{one.round}" for end in ends for one in _filings(end)}
    missing = filed - {_name(one) for one in packets}
    return [f"{_name(one)}: {one.said}" for one in packets if not one.verified] + sorted(missing)
