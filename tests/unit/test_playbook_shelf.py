"""The shelf: files that people edit, read again when they change, safe by name."""

import os
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from activities.playbooks import DAYS_AHEAD, DAYS_BEFORE, Derived, PlaybookShelf
from domain.errors import InputError, PlaybookError
from domain.working_days import add_working_days, is_working_day
from tests.support.deadline_cases import PLAYBOOKS, a_profile, shipped_profile, utc

AS_OF = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shelf that ships, to edit."""
    return Path(shutil.copytree(PLAYBOOKS, tmp_path / "playbooks"))


@pytest.fixture
def shops(tmp_path: Path) -> Path:
    made = tmp_path / "shops"
    made.mkdir()
    return made


@pytest.fixture
def shelf(folder: Path, shops: Path) -> PlaybookShelf:
    return PlaybookShelf(folder, shops)


def write(path: Path, text: str) -> None:
    """Write *text* with a time stamp that differs even on a coarse clock."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(before + 10**9, before + 10**9))


def gift_of(shelf: PlaybookShelf, shop_id: str = "7495", name: str | None = None) -> str | None:
    market = shelf.market("TH")
    return shelf.playbook(name, market=market, shop_id=shop_id).wait.gift


# Playbooks


@pytest.mark.parametrize("name", [None, "default", "standard"])
def test_without_a_name_or_with_its_own_the_standard_playbook_applies(
    shelf: PlaybookShelf, name: str | None
) -> None:
    found = shelf.playbook(name, market=shelf.market("US"), shop_id="7495")
    assert "standard" == found.name


def test_layers_lie_default_then_named_then_market_then_shop(
    shelf: PlaybookShelf, folder: Path, shops: Path
) -> None:
    write(folder / "peak.yaml", "name: peak\nwait: {gift: peak}\nchoice: {within: 6h}\n")
    assert "peak" == gift_of(shelf, name="peak")
    write(folder / "market-TH.yaml", "wait: {gift: market}\n")
    assert "market" == gift_of(shelf, name="peak")
    write(shops / "7495.yaml", "wait: {gift: shop}\n")
    assert "shop" == gift_of(shelf, name="peak")
    found = shelf.playbook("peak", market=shelf.market("TH"), shop_id="7495")
    assert ("peak", 6 * HOUR) == (found.name, found.choice.within)


def test_a_shop_s_file_touches_no_other_shop(shelf: PlaybookShelf, shops: Path) -> None:
    write(shops / "7495.yaml", "wait: {gift: socks}\n")
    assert ("socks", None) == (gift_of(shelf, "7495"), gift_of(shelf, "7496"))


def test_a_market_s_file_may_bear_its_alias(shelf: PlaybookShelf, folder: Path) -> None:
    write(folder / "market-UK.yaml", "wait: {gift: tea}\n")
    found = shelf.playbook(None, market=shelf.market("GB"), shop_id="7495")
    assert "tea" == found.wait.gift


def test_an_edit_reaches_the_next_case_without_a_restart(
    shelf: PlaybookShelf, shops: Path
) -> None:
    write(shops / "7495.yaml", "wait: {gift: socks}\n")
    assert "socks" == gift_of(shelf)
    write(shops / "7495.yaml", "wait: {gift: glove}\n")
    assert "glove" == gift_of(shelf)
    (shops / "7495.yaml").unlink()
    assert gift_of(shelf) is None


def test_an_unchanged_file_is_read_once(shelf: PlaybookShelf) -> None:
    with capture_logs() as first:
        gift_of(shelf)
    with capture_logs() as second:
        gift_of(shelf)
    assert "default.yaml" in {each.get("file") for each in first}
    assert [] == second


def test_what_files_say_together_is_made_once_until_one_of_them_changes(
    shelf: PlaybookShelf, shops: Path
) -> None:
    market = shelf.market("US")
    first = shelf.playbook(None, market=market, shop_id="1")

    assert first is shelf.playbook(None, market=market, shop_id="1")
    assert shelf.strictest() is shelf.strictest()
    write(shops / "1.yaml", "name: mine\nwait: {gift: socks}\n")
    mine = shelf.playbook(None, market=market, shop_id="1")
    assert ("socks", None) == (mine.wait.gift, first.wait.gift)
    assert first is shelf.playbook(None, market=market, shop_id="2")


def test_edits_do_not_pile_up_for_ever() -> None:
    made: list[object] = []

    def make(part: object) -> int:
        made.append(part)
        return len(made)

    derived = Derived(make)
    parts = [object() for _ in range(300)]

    assert list(range(1, 301)) == [derived.of(part) for part in parts]
    assert 300 == derived.of(parts[-1])
    assert len(derived) <= 256


def test_a_broken_edit_is_refused_and_mended_by_the_next(
    shelf: PlaybookShelf, shops: Path
) -> None:
    write(shops / "7495.yaml", "wait:\n  gitf: socks\n")
    with pytest.raises(PlaybookError, match=r"7495\.yaml:2: there is no key 'gitf'"):
        gift_of(shelf)
    assert gift_of(shelf, "7496") is None
    write(shops / "7495.yaml", "wait:\n  gift: socks\n")
    assert "socks" == gift_of(shelf)


@pytest.mark.parametrize("name", ["peek", "../peak", "market-TH", "markets/TH", ""])
def test_a_playbook_that_is_not_on_the_shelf_is_refused_with_those_that_are(
    shelf: PlaybookShelf, folder: Path, name: str
) -> None:
    write(folder / "market-TH.yaml", "wait: {gift: market}\n")
    write(folder.parent / "peak.yaml", "wait: {gift: outside}\n")
    with pytest.raises(InputError, match=r"playbook: .* take one of default"):
        gift_of(shelf, name=name)


@pytest.mark.parametrize("shop_id", ["../7495", "/7495", "", ".7495", "a/b"])
def test_a_shop_id_cannot_reach_outside_the_folder(shelf: PlaybookShelf, shop_id: str) -> None:
    with pytest.raises(InputError, match=r"shop_id: .* cannot name a file"):
        gift_of(shelf, shop_id)


def test_without_a_shop_folder_no_shop_differs(folder: Path) -> None:
    assert gift_of(PlaybookShelf(folder)) is None


def test_a_shelf_without_a_default_is_refused(shelf: PlaybookShelf, folder: Path) -> None:
    (folder / "default.yaml").unlink()
    with pytest.raises(PlaybookError, match=r"default\.yaml: cannot be read"):
        gift_of(shelf)


def test_a_file_that_is_no_text_is_refused(shelf: PlaybookShelf, shops: Path) -> None:
    (shops / "7495.yaml").write_bytes(b"wait: {gift: \xff}")
    with pytest.raises(PlaybookError, match=r"7495\.yaml: cannot be read"):
        gift_of(shelf)


# Markets


def test_an_unknown_market_gets_the_strictest_rules_visibly(shelf: PlaybookShelf) -> None:
    with capture_logs() as logs:
        found = shelf.market("MX")
    assert ("MX", True, 2) == (found.market, found.assumed, found.ship_within_working_days.value)
    told = [each for each in logs if each["event"] == "market.unknown"]
    assert [("MX", "TH")] == [(each["region"], each["rules_of"]) for each in told]


def test_a_known_market_is_not_assumed(shelf: PlaybookShelf) -> None:
    assert not shelf.market("us").assumed


def test_an_edited_market_profile_is_read_again(shelf: PlaybookShelf, folder: Path) -> None:
    path = folder / "markets" / "US.yaml"
    before = shelf.market("US")
    write(path, path.read_text(encoding="utf-8").replace("value: 7", "value: 5", 1))
    after = shelf.market("US")
    assert (7, 5) == (
        before.ship_within_working_days.value,
        after.ship_within_working_days.value,
    )
    assert before.version != after.version


# Working days


def test_holidays_of_the_market_are_no_working_days(shelf: PlaybookShelf) -> None:
    calendar = shelf.working_days(shelf.market("US"), as_of=AS_OF)
    thanksgiving = date(2026, 11, 26)
    assert thanksgiving in calendar.holidays
    assert not is_working_day(thanksgiving, calendar)
    due = add_working_days(utc("2026-11-25T20:00"), 1, calendar)
    assert utc("2026-11-28T07:59:59") == due


def test_the_window_reaches_across_the_new_year(shelf: PlaybookShelf) -> None:
    calendar = shelf.working_days(shelf.market("GB"), as_of=AS_OF)
    assert {date(2026, 12, 25), date(2027, 1, 1)} <= set(calendar.holidays)
    first, last = AS_OF.date() - DAYS_BEFORE, AS_OF.date() + DAYS_AHEAD
    assert all(first <= day <= last for day in calendar.holidays)


def test_the_window_counts_from_the_case_and_not_from_today(shelf: PlaybookShelf) -> None:
    market = shelf.market("TH")
    earlier = shelf.working_days(market, as_of=AS_OF.replace(year=2025))
    assert {2025, 2026} == {day.year for day in earlier.holidays}
    assert earlier == shelf.working_days(market, as_of=AS_OF.replace(year=2025))


@pytest.mark.parametrize("region", ["US", "GB", "TH", "VN", "ID", "MY", "PH", "SG"])
def test_every_market_that_ships_has_a_calendar(shelf: PlaybookShelf, region: str) -> None:
    market = shipped_profile(region)
    calendar = shelf.working_days(market, as_of=AS_OF)
    assert calendar.holidays
    assert (market.zone, market.weekend) == (calendar.zone, calendar.weekend)


def test_a_stand_in_has_no_holidays(shelf: PlaybookShelf) -> None:
    assert () == shelf.working_days(shelf.market("MX"), as_of=AS_OF).holidays


def test_a_country_without_a_calendar_is_refused(shelf: PlaybookShelf) -> None:
    nowhere = a_profile().model_copy(update={"holidays_of": "XX"})
    with pytest.raises(PlaybookError, match="no holidays are known of 'XX'"):
        shelf.working_days(nowhere, as_of=AS_OF)
