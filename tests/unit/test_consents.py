"""Silence is no consent, except where law and playbook both let it be."""

from datetime import timedelta
from pathlib import Path

import pytest

from domain.consents import SilenceRule, may_silence_consent
from domain.markets import MarketProfile
from domain.playbook import Playbook, WaitRules
from domain.playbook_files import parse_market

MARKETS = Path(__file__).parents[2] / "playbooks" / "markets"
ALLOWS = Playbook(name="n", version="v", wait=WaitRules(silence_counts=True))
SHIPPED = Playbook(name="n", version="v")
DAY = timedelta(days=1)


def market(code: str) -> MarketProfile:
    path = MARKETS / f"{code}.yaml"
    return parse_market(path.read_text(encoding="utf-8"), filename=path.name)


def asked(
    profile: MarketProfile,
    playbook: Playbook = ALLOWS,
    *,
    notice: int = 1,
    delay: timedelta | None = DAY,
) -> SilenceRule:
    return may_silence_consent(profile=profile, playbook=playbook, notice=notice, delay=delay)


@pytest.mark.parametrize("path", sorted(MARKETS.glob("*.yaml")), ids=lambda path: path.stem)
def test_by_default_silence_never_counts_in_any_market(path: Path) -> None:
    found = asked(market(path.stem), SHIPPED)

    assert not found.counts
    assert "silence is no consent: the playbook asks for an express yes" == found.rule


@pytest.mark.parametrize("delay", [DAY, timedelta(days=30), timedelta()])
def test_a_first_notice_of_a_definite_delay_may_go_unanswered_in_the_united_states(
    delay: timedelta,
) -> None:
    found = asked(market("US"), delay=delay)

    assert found.counts
    assert "first notice of a definite delay in US (16 CFR 435" in found.rule


@pytest.mark.parametrize(
    ("notice", "delay", "reason"),
    [
        (2, DAY, "it is notice number 2, and only a first one may go unanswered"),
        (1, None, "the notice names no date"),
        (1, timedelta(days=30, seconds=1), "the delay is longer than 30d"),
    ],
)
def test_every_other_notice_needs_an_express_yes_there_too(
    notice: int, delay: timedelta | None, reason: str
) -> None:
    found = asked(market("US"), notice=notice, delay=delay)

    assert SilenceRule(counts=False, rule=f"silence is no consent: {reason}") == found


@pytest.mark.parametrize(
    ("profile", "reason"),
    [
        (market("TH"), "the rules of TH ask for an express yes"),
        (market("UK"), "no rule of GB is known that allows it"),
        (market("US").stand_in_for("ZZ"), "no rule of ZZ is known that allows it"),
    ],
)
def test_a_playbook_cannot_allow_what_no_known_law_allows(
    profile: MarketProfile, reason: str
) -> None:
    found = asked(profile)

    assert (False, f"silence is no consent: {reason}") == (found.counts, found.rule)
