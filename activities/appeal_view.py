"""What templates see of an appeal's facts: ready words in the reader's language and zone."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name

from activities.reader_words import locale_of
from domain.appeal_texts import LONGEST_REASON, AppealMoment, AppealTextFacts, Room, clipped
from domain.packets import PacketWords
from domain.requirements import RequirementKind, Scenario, Violation

FACT_NAMES = frozenset(
    {
        *("ticket", "round", "violation", "scenario", "issued", "rejected", "reason"),
        *("orders", "more", "count", "manifest", "brief", "argument", "timed", "zone"),
        *("slot", "ready", "came", "asked", "asked_count", "rebooked", "handed", "due"),
        *("scanned", "cancelled", "told", "exhibits", "exhibit_count", "missing"),
        *("new_exhibits", "new_count"),
    }
)
"""What a phrase of an appeal may read from `m`; an absent fact is None."""

LABELS = tuple(PacketWords.model_fields)
"""What a packet's pages are labelled with."""

BY_NAME = frozenset(
    {
        *(f"violation_{one}" for one in Violation),
        *(f"scenario_{one}" for one in Scenario),
        *(f"kind_{one}" for one in RequirementKind),
        *(f"moment_{one}" for one in AppealMoment),
        *(f"label_{one}" for one in LABELS),
    }
)
"""Phrases that every language must have, although the layout does not show them."""

Namer = Callable[[str], str]
"""Says a phrase of one language by its name, such as kind_tracking."""


class Times:
    """Says instants in one language, in one zone."""

    def __init__(self, tag: str, market: str, date_pattern: str, zone: str) -> None:
        """Take the language, the market whose habits count, and the IANA zone."""
        self._locale = locale_of(tag, market)
        self._pattern = date_pattern
        self._zone = ZoneInfo(zone)

    def day(self, instant: datetime) -> str:
        """Return the day, such as 25 November 2026."""
        local = instant.astimezone(self._zone).date()
        return format_date(local, format=self._pattern, locale=self._locale)

    def clock(self, instant: datetime) -> str:
        """Return hour and minute, on 24 hours, so that no reader can take one for another."""
        return format_time(instant, format="HH:mm", tzinfo=self._zone, locale=self._locale)

    def both(self, instant: datetime) -> str:
        """Return day and time."""
        return f"{self.day(instant)}, {self.clock(instant)}"

    def span(self, start: datetime, end: datetime) -> str:
        """Return a stretch of time; the day stands once if it is the same."""
        same = self.day(start) == self.day(end)
        return f"{self.both(start)}–{self.clock(end) if same else self.both(end)}"

    def zone_name(self, instants: Iterable[datetime]) -> str:
        """Return the zone's name, with its offset where that is the same at all *instants*."""
        name = get_timezone_name(self._zone, width="long", locale=self._locale)
        offsets = {one.astimezone(self._zone).strftime("%z") for one in instants}
        return f"{name} (UTC{_offset(offsets.pop())})" if len(offsets) == 1 else name


def view_of(facts: AppealTextFacts, room: Room, *, times: Times, say: Namer) -> dict[str, Any]:
    """Return what a template may print of *facts*.

    Args:
        facts: Of one appeal and round.
        room: How many order ids, and whether long or brief.
        times: Says instants.
        say: Says names of kinds and violations.

    Returns:
        A value for each of FACT_NAMES.
    """
    return (
        _ticket(facts, times, say)
        | _orders(facts, room)
        | _story(facts, times)
        | _proofs(facts, say)
    )


def _ticket(facts: AppealTextFacts, times: Times, say: Namer) -> dict[str, Any]:
    issued, rejected = facts.first(AppealMoment.PENALTY), facts.first(AppealMoment.REJECTED)
    return {
        "ticket": facts.ticket_id,
        "round": facts.round,
        "violation": say(f"violation_{facts.violation}"),
        "scenario": facts.scenario,
        "issued": times.day(issued.at) if issued else None,
        "rejected": times.day(rejected.at) if rejected else None,
        "reason": clipped(facts.rejection_reason, LONGEST_REASON).rstrip(".") or None,
        "argument": facts.argument or None,
    }


def _orders(facts: AppealTextFacts, room: Room) -> dict[str, Any]:
    return {
        "orders": ", ".join(facts.order_ids[: room.orders]),
        "more": len(facts.order_ids) - room.orders,
        "count": len(facts.order_ids),
        "manifest": facts.manifest(),
        "brief": room.brief,
    }


def _story(facts: AppealTextFacts, times: Times) -> dict[str, Any]:
    def when(moment: AppealMoment) -> str | None:
        found = facts.first(moment)
        return times.both(found.at) if found else None

    asked = facts.every(AppealMoment.CARRIER_ASKED)
    told = [one.at for one in facts.moments if one.moment is not AppealMoment.PENALTY]
    return {
        "slot": _slot(facts, times),
        "ready": when(AppealMoment.READY),
        "came": when(AppealMoment.CARRIER_CAME),
        "asked": "; ".join(times.both(one.at) for one in asked) or None,
        "asked_count": len(asked),
        "rebooked": when(AppealMoment.REBOOKED),
        "handed": when(AppealMoment.HANDED_OVER),
        "due": when(AppealMoment.DUE),
        "scanned": when(AppealMoment.SCANNED),
        "cancelled": when(AppealMoment.CANCELLED),
        "told": when(AppealMoment.BUYER_TOLD),
        "timed": bool(told),
        "zone": times.zone_name(told) if told else None,
    }


def _slot(facts: AppealTextFacts, times: Times) -> str | None:
    start, end = facts.first(AppealMoment.SLOT_FROM), facts.first(AppealMoment.SLOT_UNTIL)
    if start and end:
        return times.span(start.at, end.at)
    known = start or end
    return times.both(known.at) if known else None


def _proofs(facts: AppealTextFacts, say: Namer) -> dict[str, Any]:
    ordered = sorted(facts.exhibits, key=lambda one: one.number)
    new = [str(one.number) for one in ordered if one.is_new]
    return {
        "exhibits": "; ".join(f"{one.number} {say(f'kind_{one.kind}')}" for one in ordered)
        or None,
        "exhibit_count": len(ordered),
        "new_exhibits": ", ".join(new) or None,
        "new_count": len(new),
        "missing": ", ".join(say(f"kind_{kind}") for kind in facts.missing) or None,
    }


def _offset(iso: str) -> str:
    """Return +7 for +0700 and +5:30 for +0530."""
    sign, hours, minutes = iso[0], int(iso[1:3]), iso[3:5]
    return f"{sign}{hours}" + ("" if minutes == "00" else f":{minutes}")
