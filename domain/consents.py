"""Whether a buyer's silence may count as a yes to a later date; by default it never does."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict

from domain.durations import write_duration
from domain.markets import MarketProfile
from domain.playbook import Playbook

LONGEST_SILENT_DELAY = timedelta(days=30)
"""16 CFR 435 (FTC business guide): beyond it silence means cancel and refund."""


class SilenceRule(BaseModel):
    """Whether silence counts, and the rule that says so."""

    model_config = ConfigDict(frozen=True)

    counts: bool
    rule: str


def may_silence_consent(
    *, profile: MarketProfile, playbook: Playbook, notice: int, delay: timedelta | None
) -> SilenceRule:
    """Tell whether a buyer who does not answer a notice of delay has agreed to it.

    Args:
        profile: The market's rules; an unknown rule or market lets no silence count.
        playbook: The shop's own rule, which only ever narrows the market's.
        notice: Which notice of this order it is; the first is 1.
        delay: How much later than first promised the new date is; None if there is no date.

    Returns:
        The decision with its reason; for the timeline and the consent ledger.

    Source:
        16 CFR 435, FTC business guide (read autumn 2026): silence may count after the first
        notice of a definite delay of at most 30 days, and never after a second one.
    """
    forbidden = _forbidden(profile, playbook, notice, delay)
    if forbidden:
        return SilenceRule(counts=False, rule=f"silence is no consent: {forbidden}")
    said = f"first notice of a definite delay in {profile.market}"
    return SilenceRule(
        counts=True, rule=f"silence counts: {said} ({profile.silence_may_consent.source})"
    )


def _forbidden(
    profile: MarketProfile, playbook: Playbook, notice: int, delay: timedelta | None
) -> str:
    law = profile.silence_may_consent
    longest = write_duration(LONGEST_SILENT_DELAY)
    reasons = (
        (not playbook.wait.silence_counts, "the playbook asks for an express yes"),
        (profile.assumed or not law.known, f"no rule of {profile.market} is known that allows it"),
        (law.value is False, f"the rules of {profile.market} ask for an express yes"),
        (notice > 1, f"it is notice number {notice}, and only a first one may go unanswered"),
        (delay is None, "the notice names no date"),
        (
            delay is not None and delay > LONGEST_SILENT_DELAY,
            f"the delay is longer than {longest}",
        ),
    )
    return next((reason for applies, reason in reasons if applies), "")
