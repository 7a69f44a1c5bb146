"""When an appeal can be filed, when it is ready, and what a second round must add.

Source: seller policy on violations and appeals (seller education and change trackers, autumn
2026); the days themselves are facts of the market profile.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.deadlines import Deadline, DeadlineName, time_left
from domain.durations import write_duration
from domain.instants import Instant, aware
from domain.markets import Confidence, Fact, MarketProfile
from domain.playbook import AppealRules

LONGEST_APPEAL_TEXT = 1800
"""Characters that the appeal box takes; one third-party page, so a filing may still be cut."""
LAST_SHARE = 4
"""The time kept before the window ends is at most one part in this many of the time left."""
FIRST_ROUND = 1

_REPEATS = "this round repeats the last one; add an exhibit or argue anew"
_WAITS_OPENLY = "proofs are missing, and until when they can wait is unknown"


class Decision(StrEnum):
    """What the platform answered."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


class AppealDeadlines(BaseModel):
    """The instants of one round; all None while the window is not known."""

    model_config = ConfigDict(frozen=True)

    round: int
    window_ends: Deadline | None = None
    internal_deadline: Deadline | None = None
    """By when all proofs should be there."""
    last_safe_moment: Deadline | None = None
    """When it goes in with what there is."""
    reminders: tuple[Instant, ...] = ()
    ask: str = ""
    """What a person is asked where the window is not known."""

    @property
    def known(self) -> bool:
        """Whether there is a window to go by."""
        return self.window_ends is not None


class Readiness(BaseModel):
    """Whether a round may be filed now."""

    model_config = ConfigDict(frozen=True)

    ready: bool
    complete: bool
    """False where it goes in with what there is."""
    why: str
    """One sentence; of a round that is not ready, what it waits for."""


class FiledRound(BaseModel):
    """What one round argues with."""

    model_config = ConfigDict(frozen=True)

    exhibits: tuple[str, ...] = ()
    """Digests of the evidence it was filed with."""
    argument: str = ""
    """A person's own words besides the template's."""


def rounds_allowed(profile: MarketProfile) -> int | None:
    """Return how often an appeal can be filed in the market, or None where nobody knows."""
    return profile.appeal_rounds.value


def may_appeal_again(round_: int, profile: MarketProfile) -> bool | None:
    """Tell whether another round may follow *round_*; None where a person must say.

    Args:
        round_: The round that was rejected, counted from 1.
        profile: The appeal's market.
    """
    allowed = rounds_allowed(profile)
    return None if allowed is None else round_ < allowed


def appeal_deadlines(
    round_: int,
    *,
    begins_at: datetime,
    opened_at: datetime,
    profile: MarketProfile,
    rules: AppealRules,
    shown_end: datetime | None = None,
) -> AppealDeadlines:
    """Return the instants of one round.

    Args:
        round_: Counted from 1.
        begins_at: The enforcement for a first round, the rejection for a second one.
        opened_at: When the appeal, or its round, was opened here.
        profile: Knows the market's windows, or not.
        rules: The playbook's appeal section.
        shown_end: The end that the ticket itself shows, read by a person; comes first.

    Returns:
        The window's end, the internal deadline before the last safe moment before that end, and
        the reminders; nothing but what to ask where the window is not known.
    """
    start = max(aware(begins_at, "begins_at"), aware(opened_at, "opened_at"))
    ends = _window_ends(round_, aware(begins_at), profile, shown_end)
    if ends is None:
        return AppealDeadlines(round=round_, ask=_ask_for_window(round_, profile))
    left = time_left(start, ends.at)
    internal = _internal_deadline(start, left, ends, rules)
    last_safe = _last_safe_moment(left, ends, rules)
    rungs = sorted(last_safe.at - rung for rung in rules.reminders)
    return AppealDeadlines(
        round=round_,
        window_ends=ends,
        internal_deadline=internal,
        last_safe_moment=last_safe,
        reminders=tuple(rung for rung in rungs if rung > start),
    )


def readiness(
    deadlines: AppealDeadlines, *, complete: bool, adds_something_new: bool, now: datetime
) -> Readiness:
    """Tell whether the round may be filed at *now*.

    Args:
        deadlines: Of the round.
        complete: Everything needed is proven.
        adds_something_new: Of a second round, that it differs from the first; else True.
        now: The clock reading.

    Returns:
        Ready once complete, or from the last safe moment on with what there is; never ready
        while a second round repeats the first, and never from the window's end on.
    """
    at = aware(now, "now")
    ends, last_safe = deadlines.window_ends, deadlines.last_safe_moment
    if ends is not None and at >= ends.at:
        return _not_ready(f"the window ended at {ends.at:%Y-%m-%d %H:%M} UTC", complete=complete)
    if not adds_something_new:
        return _not_ready(_REPEATS, complete=complete)
    if complete:
        return Readiness(ready=True, complete=True, why="everything needed is proven")
    if last_safe is None:
        return _not_ready(_WAITS_OPENLY, complete=complete)
    if at >= last_safe.at:
        why = f"the last safe moment has come; {last_safe.rule}"
        return Readiness(ready=True, complete=False, why=why)
    why = f"proofs are missing; it goes in as it is at {last_safe.at:%Y-%m-%d %H:%M} UTC"
    return _not_ready(why, complete=complete)


def adds_something_new(first: Sequence[FiledRound], second: FiledRound) -> bool:
    """Tell whether *second* has an exhibit or an argument that no earlier round had.

    Args:
        first: Every earlier round.
        second: The round to be filed.

    Returns:
        True without an earlier round. Case, spaces and punctuation make no new argument.
    """
    if not first:
        return True
    shown = {digest for one in first for digest in one.exhibits}
    argued = {_bare(one.argument) for one in first} | {""}
    return bool(set(second.exhibits) - shown) or _bare(second.argument) not in argued


def _window_ends(
    round_: int, begins_at: datetime, profile: MarketProfile, shown_end: datetime | None
) -> Deadline | None:
    if shown_end is not None:
        at = aware(shown_end, "shown_end")
        rule = "the end that the ticket in Seller Center shows"
        return Deadline(name=DeadlineName.WINDOW_ENDS, at=at, rule=rule)
    fact = _window(round_, profile)
    if fact.value is None:
        return None
    since = "the enforcement" if round_ == FIRST_ROUND else "the rejection"
    return Deadline(
        name=DeadlineName.WINDOW_ENDS,
        at=begins_at + timedelta(days=fact.value),
        rule=f"{since} + {fact.value}d ({profile.market} rule, {_how_sure(fact)})",
        assumed=fact.confidence is not Confidence.CONFIRMED,
    )


def _window(round_: int, profile: MarketProfile) -> Fact[int]:
    return profile.appeal_first_days if round_ == FIRST_ROUND else profile.appeal_second_days


def _how_sure(fact: Fact[int]) -> str:
    return fact.confidence.replace("_", " ")


def _internal_deadline(
    start: datetime, left: timedelta, ends: Deadline, rules: AppealRules
) -> Deadline:
    share = left * rules.share_of_window
    kept = min(rules.complete_within, share)
    return Deadline(
        name=DeadlineName.COMPLETE_BY,
        at=min(start + kept, ends.at),
        rule=f"opening + {write_duration(kept)}: the earlier of "
        f"{write_duration(rules.complete_within)} and {rules.share_of_window:.0%} of the "
        f"{write_duration(left)} left to {ends.name}",
        assumed=ends.assumed,
    )


def _last_safe_moment(left: timedelta, ends: Deadline, rules: AppealRules) -> Deadline:
    kept = min(rules.last_safe_before, left / LAST_SHARE)
    return Deadline(
        name=DeadlineName.LAST_SAFE_MOMENT,
        at=ends.at - kept,
        rule=f"{ends.name} less {write_duration(kept)} (the smaller of "
        f"{write_duration(rules.last_safe_before)} and a quarter of the time left)",
        assumed=ends.assumed,
    )


def _ask_for_window(round_: int, profile: MarketProfile) -> str:
    which = "first" if round_ == FIRST_ROUND else "second"
    return (
        f"Until when the {which} appeal can be filed in {profile.market} is not known; "
        "read the end of the window off the ticket in Seller Center and record it"
    )


def _not_ready(why: str, *, complete: bool) -> Readiness:
    return Readiness(ready=False, complete=complete, why=why)


def _bare(argument: str) -> str:
    return "".join(letter for letter in argument.casefold() if letter.isalnum())
