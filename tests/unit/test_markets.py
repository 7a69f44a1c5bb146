"""Market profiles: dated facts, unknown ones visible, the strictest standing in."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from activities.playbooks import PlaybookShelf
from domain.errors import PlaybookError
from domain.markets import ASKED_OF_PEOPLE, Confidence, Fact, MarketProfile, strictest_of
from domain.money import MINOR_DIGITS
from domain.orders import OrderStatus
from tests.support.deadline_cases import PLAYBOOKS, a_fact, a_profile, shipped_profile

REGIONS = ("US", "GB", "TH", "VN", "ID", "MY", "PH", "SG")


@pytest.fixture(params=REGIONS)
def profile(request: pytest.FixtureRequest) -> MarketProfile:
    return shipped_profile(request.param)


# What ships


def test_eight_markets_ship_and_no_other() -> None:
    assert sorted(REGIONS) == sorted(each.market for each in PlaybookShelf(PLAYBOOKS).markets())


@pytest.mark.parametrize("region", ["UK", "GB", "uk", "gb"])
def test_britain_answers_to_the_platform_s_code_and_to_ours(region: str) -> None:
    assert "GB" == shipped_profile(region).market


@pytest.mark.parametrize(
    ("region", "ship", "collect"),
    [
        ("US", 7, None),
        ("GB", None, None),
        ("TH", 2, 3),
        ("VN", 2, 3),
        ("ID", None, None),
        ("MY", None, None),
        ("PH", None, None),
        ("SG", None, None),
    ],
)
def test_cancellation_clocks_are_those_that_could_be_read(
    region: str, ship: int | None, collect: int | None
) -> None:
    found = shipped_profile(region)
    assert (ship, collect) == (
        found.ship_within_working_days.value,
        found.collect_within_working_days.value,
    )


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("US", (30, 15, 2, None)),
        ("GB", (None, None, None, None)),
        ("TH", (30, 15, 2, 1)),
        ("VN", (30, 15, 2, None)),
        ("ID", (30, 15, 2, None)),
        ("MY", (30, 15, 2, None)),
        ("PH", (30, 15, 2, None)),
        ("SG", (30, 15, 2, None)),
    ],
)
def test_appeal_windows_and_the_help_center_step_are_those_that_could_be_read(
    region: str, expected: tuple[int | None, ...]
) -> None:
    found = shipped_profile(region)
    assert expected == (
        found.appeal_first_days.value,
        found.appeal_second_days.value,
        found.appeal_rounds.value,
        found.help_center_after_days.value,
    )


def test_only_american_appeal_windows_are_more_than_hearsay(profile: MarketProfile) -> None:
    confirmed = profile.appeal_first_days.confidence is Confidence.CONFIRMED
    assert (profile.market == "US") is confirmed


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("US", OrderStatus.IN_TRANSIT),
        ("GB", OrderStatus.AWAITING_COLLECTION),
        ("TH", OrderStatus.IN_TRANSIT),
        ("VN", OrderStatus.IN_TRANSIT),
        ("ID", None),
    ],
)
def test_dispatched_means_what_each_market_counts(
    region: str, expected: OrderStatus | None
) -> None:
    assert expected == shipped_profile(region).shipped_means.value


def test_single_lines_are_cancellable_in_us_and_uk_only(profile: MarketProfile) -> None:
    assert (profile.market in {"US", "GB"}) is profile.single_lines_cancellable.value


def test_only_british_reason_names_carry_a_suffix(profile: MarketProfile) -> None:
    suffix = "_uk" if profile.market == "GB" else ""
    assert f"seller_cancel_reason_out_of_stock{suffix}" == profile.out_of_stock_reason.value


@pytest.mark.parametrize(
    ("region", "language", "currency"),
    [
        ("US", "en", "USD"),
        ("GB", "en", "GBP"),
        ("TH", "th", "THB"),
        ("VN", "vi", "VND"),
        ("ID", "id", "IDR"),
        ("MY", "ms", "MYR"),
        ("PH", "en", "PHP"),
        ("SG", "en", "SGD"),
    ],
)
def test_each_market_has_its_language_and_money(region: str, language: str, currency: str) -> None:
    found = shipped_profile(region)
    assert (language, currency) == (found.language, found.currency)
    assert currency in MINOR_DIGITS


def test_every_known_fact_names_its_source_and_day(profile: MarketProfile) -> None:
    for name, fact in profile.facts().items():
        assert fact.known is (fact.confidence is not Confidence.UNKNOWN), name
        assert not fact.known or (fact.source and fact.read_on), name


def test_quiet_hours_cover_the_night_and_are_marked_as_our_own_choice(
    profile: MarketProfile,
) -> None:
    assert profile.quiet_from <= time(21)
    assert time(8) <= profile.quiet_until
    assert any("our own choice" in note for note in profile.notes)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "America/New_York"])
def test_neither_american_coast_is_reminded_at_night(zone: str) -> None:
    """One zone stands for the whole country, so its quiet hours span both coasts' nights."""
    us = shipped_profile("US")
    here = ZoneInfo(us.zone)
    ends = (_on(us.quiet_until, here), _on(us.quiet_from, here))
    first, last = (each.astimezone(ZoneInfo(zone)).time() for each in ends)
    assert (True, True) == (time(8) <= first, last <= time(21))


def _on(at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(date(2026, 6, 1), at, zone)


# Falling back


def test_thailand_is_the_strictest_known_market_that_ships() -> None:
    assert "TH" == PlaybookShelf(PLAYBOOKS).strictest().market


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([("US", 7, 8), ("TH", 2, 3)], "TH"),
        ([("US", 2, 4), ("TH", 2, 3)], "TH"),
        ([("VN", 2, 3), ("TH", 2, 3)], "TH"),
        ([("US", 7, 8), ("SG", None, 1)], "US"),
    ],
    ids=["least to ship", "then least to collect", "then by name", "unknown rules do not count"],
)
def test_the_strictest_leaves_the_least_time_and_knows_every_rule(
    others: list[tuple[str, int | None, int]], expected: str
) -> None:
    profiles = [a_profile(market=name, ship=ship, collect=own) for name, ship, own in others]
    assert expected == strictest_of(profiles).market
    assert expected == strictest_of(reversed(profiles)).market


def test_without_a_complete_profile_there_is_nothing_to_fall_back_on() -> None:
    with pytest.raises(PlaybookError, match="none knows every rule"):
        strictest_of([a_profile(ship=None)])


def test_rules_that_are_asked_of_people_are_not_needed_to_stand_in() -> None:
    own = a_profile(market="TH")
    assert {name for name, fact in own.facts().items() if not fact.known} == ASKED_OF_PEOPLE
    assert own == strictest_of([own])


def test_no_market_lends_its_appeal_windows_to_another() -> None:
    stand_in = shipped_profile("TH").stand_in_for("MX").facts()
    assert not any(stand_in[name].known for name in ASKED_OF_PEOPLE)


def test_a_stand_in_is_marked_and_speaks_english() -> None:
    stand_in = shipped_profile("TH").stand_in_for("MX")
    assert ("MX", True, "en", "") == (
        stand_in.market,
        stand_in.assumed,
        stand_in.language,
        stand_in.holidays_of,
    )
    assert 2 == stand_in.ship_within_working_days.value
    assert ("no profile of MX; the rules of TH stand in",) == stand_in.notes
    assert not stand_in.answers_to("TH")


def test_a_stand_in_survives_the_history() -> None:
    stand_in = shipped_profile("TH").stand_in_for("MX")
    assert stand_in == MarketProfile.model_validate_json(stand_in.model_dump_json())


def test_an_unknown_fact_takes_the_other_s_value() -> None:
    unknown = Fact[int]()
    assert 7 == a_fact(7).or_else(a_fact(2))
    assert 2 == unknown.or_else(a_fact(2))
    assert a_fact(value=False).or_else(a_fact(value=True)) is False
    with pytest.raises(PlaybookError, match="unknown everywhere"):
        unknown.or_else(Fact[int]())


# Holding together


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("zone", "Asia/Bankok", "'Asia/Bankok' is not an IANA zone"),
        ("zone", "../etc/passwd", "is not an IANA zone"),
        ("currency", "baht", "should match pattern"),
        ("weekend", [7], "less than or equal to 6"),
        ("quiet_from", "25:00", "hour value is outside"),
        ("ship_within_working_days", {"value": 0}, "greater than or equal to 1"),
        ("shipped_means", {"value": "GONE"}, "Input should be 'UNPAID'"),
        ("surprise", 1, "Extra inputs are not permitted"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(field: str, value: object, words: str) -> None:
    content = a_profile().model_dump(mode="json") | {field: value}
    with pytest.raises(ValidationError, match=words):
        MarketProfile.model_validate(content)
