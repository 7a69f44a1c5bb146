"""Playbooks and market profiles as files: layers merge, typos are refused with their line."""

from datetime import timedelta
from typing import Any

import pytest

from domain.errors import PlaybookError
from domain.markets import MarketProfile
from domain.playbook import Playbook
from domain.playbook_files import PlaybookLayer, content_version, parse_market, parse_playbook
from domain.playbook_files import resolve as resolved
from tests.support.deadline_cases import PLAYBOOKS

HOUR = timedelta(hours=1)
DOCS = PLAYBOOKS.parent / "docs" / "playbooks.md"
DEFAULT = (PLAYBOOKS / "default.yaml").read_text(encoding="utf-8")
THAILAND = (PLAYBOOKS / "markets" / "TH.yaml").read_text(encoding="utf-8")


def layer(text: str, filename: str = "x.yaml") -> PlaybookLayer:
    return parse_playbook(text, filename=filename)


def playbook_of(*texts: str) -> Playbook:
    return resolved(*(layer(text) for text in texts))


def refusal_of(text: str) -> str:
    with pytest.raises(PlaybookError) as refused:
        layer(text, "shop.yaml")
    return str(refused.value)


def market_refusal_of(text: str) -> str:
    with pytest.raises(PlaybookError) as refused:
        parse_market(text, filename="TH.yaml")
    return str(refused.value)


# The default that ships


def test_the_default_file_says_what_the_model_defaults_to() -> None:
    """The file is what people read, so it may not drift from what applies without it."""
    shipped = playbook_of(DEFAULT)
    assert Playbook(name="standard", version=shipped.version) == shipped


def test_the_default_file_shows_every_key() -> None:
    model = Playbook(name="n", version="v").model_dump(exclude={"name", "version"})
    shown = layer(DEFAULT).sections
    assert {name: set(section) for name, section in model.items()} == {
        name: set(section) for name, section in shown.items()
    }


def test_the_default_gives_no_gift_and_no_coupon_and_sets_no_limit() -> None:
    shipped = playbook_of(DEFAULT)
    assert (None, None, {}, None) == (
        shipped.wait.gift,
        shipped.refund.coupon_id,
        shipped.refund.approve_above,
        shipped.refund.approve_after_per_hour,
    )


# Layers


def test_a_shop_beats_its_market_and_a_market_beats_the_default() -> None:
    market = "choice: {within: 12h}\nwait: {gift: a pen}\n"
    shop = "wait: {gift: a pair of socks}\n"
    found = playbook_of(DEFAULT, market, shop)
    assert (12 * HOUR, "a pair of socks") == (found.choice.within, found.wait.gift)
    assert (24 * HOUR, 1) == (found.wait.consent_within, found.wait.most_slips)


def test_a_layer_changes_only_the_keys_it_names() -> None:
    found = playbook_of(DEFAULT, "refund: {look_every: 1h}\n")
    untouched = playbook_of(DEFAULT)
    assert untouched.refund.model_copy(update={"look_every": HOUR}) == found.refund
    assert untouched.wait == found.wait


def test_missing_layers_change_nothing() -> None:
    assert playbook_of(DEFAULT) == resolved(layer(DEFAULT), None, None)
    assert playbook_of(DEFAULT) == playbook_of(DEFAULT, "# nothing yet\n")


def test_a_shop_may_take_back_what_its_market_gives() -> None:
    assert playbook_of(DEFAULT, "wait: {gift: a pen}", "wait: {gift: null}").wait.gift is None


def test_lists_are_replaced_whole() -> None:
    assert (3 * HOUR,) == playbook_of(DEFAULT, "choice: {reminders: [3h]}").choice.reminders
    assert () == playbook_of(DEFAULT, "choice: {reminders: []}").choice.reminders


def test_limits_merge_by_currency_so_that_none_is_lost() -> None:
    market, shop = "refund: {approve_above: {USD: 200}}", "refund: {approve_above: {GBP: 150}}"
    found = playbook_of(DEFAULT, market, shop)
    assert {"USD": "200", "GBP": "150"} == found.refund.approve_above


def test_the_last_name_given_names_the_playbook() -> None:
    assert "standard" == playbook_of(DEFAULT, "wait: {}").name
    assert "socks" == playbook_of(DEFAULT, "name: market", "name: socks").name
    assert "unnamed" == playbook_of("wait: {}").name


def test_the_version_is_twelve_hex_digits_of_the_resolved_content() -> None:
    found = playbook_of(DEFAULT)
    assert 12 == len(found.version)
    assert int(found.version, 16) >= 0
    assert found.version == content_version(found)


@pytest.mark.parametrize(
    "change",
    ["name: other", "wait: {gift: a pen}", "choice: {reminders: [8h]}", "swap: {offered: false}"],
)
def test_any_change_of_content_is_another_version(change: str) -> None:
    assert playbook_of(DEFAULT).version != playbook_of(DEFAULT, change).version


@pytest.mark.parametrize(
    "same", ["# a comment\n", "choice: {within: 1d}\n", "wait: {most_slips: 1}\n"]
)
def test_the_same_content_written_otherwise_is_the_same_version(same: str) -> None:
    assert playbook_of(DEFAULT).version == playbook_of(DEFAULT, same).version


def test_the_order_in_which_limits_are_written_is_no_other_version() -> None:
    one = "refund: {approve_above: {USD: 1, GBP: 2}}"
    other = "refund: {approve_above: {GBP: 2, USD: 1}}"
    assert playbook_of(one).version == playbook_of(other).version


def test_a_resolved_playbook_survives_the_history_with_its_version() -> None:
    found = playbook_of(DEFAULT, "refund: {approve_above: {USD: 200}}")
    assert found == Playbook.model_validate_json(found.model_dump_json())


# Refusals


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("contact:\n  witin: 3h\n", 2, "there is no key 'witin'; did you mean 'within'?"),
        ("wait: {}\nrefunds: {}\n", 2, "there is no key 'refunds'; did you mean 'refund'?"),
        ("wait:\n  zzz: 1\n", 2, "write one of offered, gift, rungs, silence_counts"),
        ("contact:\n  within: 3x\n", 2, "contact.within: '3x' is not a duration"),
        ("contact:\n\n  within: 24\n", 3, "contact.within: 24 has no unit"),
        ("contact:\n  within: 0s\n", 2, "0s is too short"),
        ("contact:\n  within: 25h\n", 2, "1d1h is too long"),
        ("contact:\n  share_of_time_left: 1.1\n", 2, "less than or equal to 1, not 1.1"),
        ("contact:\n  share_of_time_left: 0\n", 2, "greater than 0, not 0"),
        ("choice:\n  reminders:\n    - 8h\n    - soon\n", 4, "'soon' is not a duration"),
        ("choice:\n  reminders: [16h, 8h]\n", 2, "write the rungs in rising order"),
        ("choice:\n  reminders: 8h\n", 2, "choice.reminders: Input should be a valid"),
        ("people:\n  ladder: [0s, 0s]\n", 2, "write the rungs in rising order"),
        ("swap:\n  look_every: 0s\n", 2, "0s is too short"),
        ("pickup:\n  tell_buyer_within: 25h\n", 2, "1d1h is too long"),
        ("appeal:\n  share_of_window: 0.6\n", 2, "less than or equal to 0.5, not 0.6"),
        ("appeal:\n  channel: fax\n", 2, "appeal.channel: Input should be 'assisted' or"),
        ("appeal:\n  reminders: [3d, 1d]\n", 2, "write the rungs in rising order"),
        ("wait:\n  offered: maybe\n", 2, "wait.offered: Input should be a valid boolean"),
        ("wait:\n  most_slips: -1\n", 2, "greater than or equal to 0, not -1"),
        ("refund:\n  approve_above:\n    usd: 1\n", 3, "should match pattern"),
        ("refund:\n  approve_above:\n    USD: 1.5\n", 3, "valid string, not 1.5"),
        ("refund:\n  approve_above:\n    USD: a lot\n", 2, "'a lot' is not an amount"),
        ("refund:\n  approve_after_per_hour: 0\n", 2, "greater than 0, not 0"),
        ("refund:\n", 1, "refund has no keys; write them below it or remove it"),
        ("version: 3\n", 1, "version is computed from the content; remove the key"),
        ("name: 3\n", 1, "name: Input should be a valid string, not 3"),
        ("1: 2\n", 1, "Keys should be strings"),
        ("- contact\n", 1, "expected keys such as contact: at the top"),
        ("wait: {}\nwait: {}\n", 2, 'found duplicate key "wait"'),
        ("wait: {\n", 2, "not valid YAML"),
        ("\twait: {}\n", 1, "not valid YAML"),
        ("wait: {gift: !pen x}\n", 1, "wait.gift: Input should be a valid string"),
    ],
)
def test_a_mistake_is_refused_with_its_file_and_line(text: str, where: int, words: str) -> None:
    told = refusal_of(text)
    assert told.startswith(f"shop.yaml:{where}: "), told
    assert words in told


def test_the_first_mistake_is_told_and_the_others_are_counted() -> None:
    told = refusal_of("wait:\n  offered: maybe\n  gitf: a\nchoice:\n  within: 3\n")
    assert "shop.yaml:2: wait.offered" in told
    assert "(and 2 more in this file)" in told


def test_what_is_no_text_at_all_is_refused() -> None:
    assert refusal_of("wait: \x00").startswith("shop.yaml: not valid YAML")


def test_a_coupon_s_long_id_is_kept_to_the_last_digit() -> None:
    found = playbook_of("refund: {coupon_id: 7254637281940506372}")
    assert "7254637281940506372" == found.refund.coupon_id


# Market profiles


def test_a_market_file_is_versioned_by_its_content() -> None:
    found = parse_market(THAILAND, filename="TH.yaml")
    again = parse_market("# seen again\n" + THAILAND, filename="TH.yaml")
    moved = parse_market(THAILAND.replace("value: 3", "value: 4"), filename="TH.yaml")
    assert 12 == len(found.version)
    assert found == again
    assert found.version != moved.version


def test_a_market_profile_survives_the_history() -> None:
    found = parse_market(THAILAND, filename="TH.yaml")
    assert found == MarketProfile.model_validate_json(found.model_dump_json())


def line_of(text: str, start: str) -> int:
    return 1 + next(n for n, line in enumerate(text.split("\n")) if line.startswith(start))


@pytest.mark.parametrize(
    ("old", "new", "at", "words"),
    [
        ("zone:", "zoen:", "zoen", "there is no key 'zoen'; did you mean 'zone'?"),
        ("language: th\n", "", None, "language is missing; add it"),
        ("  value: 2\n", "  valeu: 2\n", None, "there is no key 'valeu'; did you mean 'value'?"),
        ("Asia/Bangkok", "Asia/Bankok", "zone", "'Asia/Bankok' is not an IANA zone"),
        ("  value: 2\n", "", "ship_within", "a value exactly if its confidence is not unknown"),
        (
            "  value: 2\n  confidence: confirmed",
            "  value: 2",
            "ship_within",
            "has a value exactly",
        ),
        ("  read_on: 2026-10-01\n", "", "ship_within", "add the source and read_on"),
        ("value: IN_TRANSIT", "value: GONE", None, "shipped_means.value: Input should be"),
    ],
)
def test_a_mistake_in_a_market_file_is_refused(
    old: str, new: str, at: str | None, words: str
) -> None:
    text = THAILAND.replace(old, new, 1)
    assert text != THAILAND
    told = market_refusal_of(text)
    assert words in told
    if at:
        assert told.startswith(f"TH.yaml:{line_of(text, at)}: ")


def test_a_market_without_a_quiet_hour_or_rule_is_refused() -> None:
    assert "is missing; add it" in market_refusal_of("market: TH\n")


# The handbook


def keys_of(model: Any) -> set[str]:
    return set(model.model_fields)


def test_the_handbook_explains_every_key_of_a_playbook() -> None:
    """A key that people can set but nobody explains will be set wrongly."""
    told = DOCS.read_text(encoding="utf-8")
    sections = Playbook.model_fields.items()
    keys = {
        f"`{name}.{key}`"
        for name, field in sections
        if name not in {"name", "version"}
        for key in keys_of(field.annotation)
    }
    assert set() == {key for key in keys | {"`name`"} if key not in told}


def test_the_handbook_explains_every_key_of_a_market_profile() -> None:
    told = DOCS.read_text(encoding="utf-8")
    computed = {"version", "assumed"}
    keys = {f"`{key}`" for key in keys_of(MarketProfile) - computed}
    assert set() == {key for key in keys if key not in told}


def test_the_handbook_s_examples_are_playbooks_that_hold_together() -> None:
    blocks = DOCS.read_text(encoding="utf-8").split("```yaml\n")[1:]
    examples = [block.split("```")[0] for block in blocks]
    assert examples
    for example in examples:
        assert playbook_of(DEFAULT, example) != playbook_of(DEFAULT)
