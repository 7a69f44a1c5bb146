"""The text of an appeal: plain words in the market's language and English, never too long."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from activities.appeal_texts import AppealWriter
from activities.appeal_view import LABELS
from domain.appeal_texts import (
    LONGEST_ARGUMENT,
    AppealMoment,
    AppealTextFacts,
    ChecklistFacts,
    ExhibitLine,
    Room,
    check_argument,
    clipped,
    fitted,
    length,
)
from domain.appeals import LONGEST_APPEAL_TEXT
from domain.errors import InputError, PlaybookError
from domain.requirements import Requirement, RequirementKind, Scenario, Violation
from tests.support.appeal_facts import (
    EXHIBITS,
    MARKETS,
    STORY,
    after,
    moment,
    order_ids,
    text_facts,
)
from tests.support.deadline_cases import PLAYBOOKS

FOLDER = PLAYBOOKS / "appeals"
WRITER = AppealWriter(FOLDER)
SECOND_ROUND: dict[str, Any] = {
    "round": 2,
    "moments": (*STORY, moment(AppealMoment.REJECTED, 200)),
    "rejection_reason": "Proof of the carrier's absence is not clear.",
    "exhibits": (
        *EXHIBITS,
        ExhibitLine(number=4, kind=RequirementKind.CALL_RECORDING, is_new=True),
    ),
}


def text(language: str = "en", **changes: Any) -> str:
    return WRITER.write(text_facts(language, **changes)).text


EVIDENCE = (
    "Evidence attached: 1 chat with the carrier; 2 photo of the ready parcels; "
    "3 dispatch manifest with order ids."
)


# What it says


def test_a_first_round_tells_the_whole_story_in_plain_words() -> None:
    assert text().splitlines() == [
        "Appeal against ticket 7712003 of 20 November 2026: late dispatch.",
        "Orders: 576461413038785752, 576461413038785753.",
        "The parcels were ready, but the carrier did not come to the booked pickup.",
        "The pickup was booked for 17 November 2026, 23:00–18 November 2026, 01:00.",
        "The parcels were ready on 17 November 2026, 20:00.",
        "We asked the carrier 2 times: 18 November 2026, 01:15; 18 November 2026, 03:00.",
        "The carrier's scan was due by 18 November 2026, 09:00.",
        "The carrier first scanned the parcels on 19 November 2026, 05:00.",
        "We told the buyer on 18 November 2026, 02:00.",
        EVIDENCE,
        "This was not our fault. We ask you to lift the violation.",
        "All times are Pacific Time (UTC-8).",
    ]


def test_a_second_round_answers_the_rejection_and_names_what_is_new() -> None:
    told = text(**SECOND_ROUND, argument="The recording has the carrier say so.")
    lines = told.splitlines()
    assert lines[0].startswith("Second appeal against ticket 7712003")
    assert (
        "Our first appeal was rejected on 26 November 2026; the reason given: “Proof of the "
        "carrier's absence is not clear”. New in this round: exhibit 4." == lines[1]
    )
    assert "The recording has the carrier say so." in lines


def test_a_text_is_written_in_the_market_s_language_and_in_english() -> None:
    found = WRITER.write(text_facts("th"))
    assert ("th", "th-1/1", False) == (found.language, found.template_version, found.reviewed)
    assert "ขนส่งไม่มารับตามเวลานัด" in found.text
    assert "All times are Thailand Time (UTC+7)." in found.english
    english = WRITER.write(text_facts("en"))
    assert english.text == english.english


@pytest.mark.parametrize("language", MARKETS)
@pytest.mark.parametrize("scenario", Scenario)
def test_every_scenario_is_argued_in_every_language(language: str, scenario: Scenario) -> None:
    found = WRITER.write(text_facts(language, scenario=scenario))
    others = [
        WRITER.write(text_facts(language, scenario=one)).text
        for one in Scenario
        if one is not scenario
    ]
    assert found.text not in others
    assert language == found.language
    for order_id in order_ids(2):
        assert order_id in found.text


@pytest.mark.parametrize("language", MARKETS)
def test_no_english_is_left_in_another_language(language: str) -> None:
    ours = text(language, **SECOND_ROUND)
    english = text("en", **SECOND_ROUND)
    shared = set(ours.splitlines()) & set(english.splitlines())
    assert (language == "en") is bool(shared)


def test_an_unknown_language_is_written_in_english() -> None:
    facts = text_facts().model_copy(update={"language": "fil"})
    assert "en" == WRITER.write(facts).language


def test_the_times_are_the_market_s_own() -> None:
    assert "18 พฤศจิกายน 2026, 14:00–16:00" in text("th")
    assert "17 November 2026, 23:00–18 November 2026, 01:00" in text("en")


def test_a_zone_whose_offset_changed_is_named_without_one() -> None:
    told = text(moments=(*STORY, moment(AppealMoment.REBOOKED, -24 * 60)))
    assert "All times are Pacific Time." in told


def test_what_nobody_knows_is_not_spoken_of() -> None:
    told = text(moments=(), exhibits=())
    for word in ("booked for", "ready on", "asked", "scan was due", "buyer", "Evidence", "times"):
        assert word not in told
    assert "Appeal against ticket 7712003: late dispatch." in told


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ((AppealMoment.SLOT_FROM,), "booked for 17 November 2026, 23:00."),
        ((AppealMoment.SLOT_UNTIL,), "booked for 18 November 2026, 01:00."),
    ],
)
def test_half_a_slot_is_told_as_it_is_known(known: tuple[AppealMoment, ...], shown: str) -> None:
    assert shown in text(moments=tuple(one for one in STORY if one.moment in known))


def test_what_could_not_be_had_is_said() -> None:
    told = text(missing=(RequirementKind.SIGNED_MANIFEST, RequirementKind.TRACKING))
    assert "Could not be obtained: signed pickup manifest, tracking." in told


@pytest.mark.parametrize("violation", Violation)
@pytest.mark.parametrize("language", MARKETS)
def test_every_violation_has_a_name(language: str, violation: Violation) -> None:
    said = WRITER.say(f"violation_{violation}", language)
    assert said.local in text(language, violation=violation)


def test_a_person_s_braces_stay_braces() -> None:
    assert "{{ 7 * 7 }}" in text(argument="{{ 7 * 7 }}")


# How long it is


@pytest.mark.parametrize("language", MARKETS)
def test_many_orders_are_shortened_in_a_way_that_says_how_many_there_are(language: str) -> None:
    found = WRITER.write(text_facts(language, order_ids=order_ids(500)))
    assert length(found.text) <= LONGEST_APPEAL_TEXT
    assert 3 <= found.orders_shown < found.orders_in_all == 500
    shown = re.findall(r"\d{18}", found.text)
    assert list(order_ids(found.orders_shown)) == shown
    assert str(500 - found.orders_shown) in found.text
    assert "500" in found.text


def test_the_manifest_that_has_all_orders_is_named() -> None:
    told = text(order_ids=order_ids(500))
    assert re.search(r"and \d+ more; exhibit 3 lists all 500\.", told)


def test_without_a_manifest_the_packet_has_all_orders() -> None:
    told = text(order_ids=order_ids(500), exhibits=EXHIBITS[:2])
    assert "the attached packet lists all 500." in told


def test_a_dispatch_manifest_comes_before_a_signed_one() -> None:
    signed = ExhibitLine(number=1, kind=RequirementKind.SIGNED_MANIFEST)
    assert 1 == text_facts(exhibits=(signed,)).manifest()
    assert 3 == text_facts(exhibits=(signed, EXHIBITS[2])).manifest()
    assert text_facts(exhibits=EXHIBITS[:2]).manifest() is None


def test_as_many_orders_as_fit_are_named() -> None:
    found = WRITER.write(text_facts(order_ids=order_ids(500)))
    assert LONGEST_APPEAL_TEXT - length(found.text) < 22


def test_the_longest_text_is_brief_before_it_loses_its_orders() -> None:
    exhibits = tuple(
        ExhibitLine(number=n, kind=kind) for n, kind in enumerate(RequirementKind, start=1)
    )
    changes = SECOND_ROUND | {"exhibits": exhibits, "rejection_reason": "not clear " * 50}
    found = WRITER.write(text_facts(**changes, order_ids=order_ids(400), argument="word " * 119))
    assert found.orders_shown >= 3
    assert f"Evidence: {len(exhibits)} exhibits in the attached packet." in found.text
    assert "not clear not …”" in found.text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    language=st.sampled_from(sorted(MARKETS)),
    scenario=st.sampled_from(Scenario),
    orders=st.integers(1, 600),
    argument=st.text(max_size=300),
    reason=st.text(max_size=400),
    second=st.booleans(),
)
def test_no_text_is_longer_than_the_box_and_no_id_is_cut(**drawn: Any) -> None:
    changes = dict(SECOND_ROUND) if drawn["second"] else {}
    changes |= {"scenario": drawn["scenario"], "order_ids": order_ids(drawn["orders"])}
    changes |= {"argument": drawn["argument"], "rejection_reason": drawn["reason"]}
    found = WRITER.write(text_facts(drawn["language"], **changes))
    for each in (found.text, found.english):
        assert length(each) <= LONGEST_APPEAL_TEXT
    named = set(re.findall(r"5764614130\d*", found.text.replace(drawn["argument"], "")))
    assert named <= set(order_ids(600))
    assert 1 <= found.orders_shown <= found.orders_in_all == drawn["orders"]


@pytest.mark.parametrize(("extra", "fits"), [(0, True), (1, False)])
def test_a_person_s_words_are_never_cut_but_refused_when_too_long(
    extra: int, *, fits: bool
) -> None:
    words = "x" * (LONGEST_ARGUMENT + extra)
    if fits:
        assert words in text(argument=words)
        return
    with pytest.raises(InputError, match="argument: has 601 characters; 600 fit beside the facts"):
        text(argument=words)


def test_a_person_s_words_become_one_paragraph() -> None:
    assert "one two three" == check_argument(" one\n\ntwo\t three ")


def test_an_emoji_counts_as_the_box_counts_it() -> None:
    assert (1, 2, 3) == (length("é"), length("🙂"), length("ไทย"))


@pytest.mark.parametrize(
    ("longest", "expected"),
    [(13, "not clear yet"), (12, "not clear …"), (11, "not clear …"), (10, "not …"), (4, "…")],
)
def test_a_reason_is_clipped_between_words(longest: int, expected: str) -> None:
    assert expected == clipped(" not  clear\nyet", longest)


def test_a_text_that_cannot_fit_is_refused() -> None:
    with pytest.raises(InputError, match="is 5 characters too long"):
        fitted(lambda room: "x" * (14 + room.orders), orders=1, longest=10)


def test_one_more_order_is_named_if_it_just_fits() -> None:
    def write(room: Room) -> str:
        return "x" * room.orders

    assert ("x" * 7, 7) == fitted(write, orders=9, longest=7)
    assert ("x" * 7, 7) == fitted(write, orders=7, longest=7)


# The folder


def test_every_name_is_said_in_every_language() -> None:
    names = [
        *(f"kind_{one}" for one in RequirementKind),
        *(f"moment_{one}" for one in AppealMoment),
        *(f"label_{one}" for one in LABELS),
    ]
    for language in MARKETS:
        for name in names:
            said = WRITER.say(name, language)
            assert said.local
            assert said.english
            assert (said.local == said.english) or language != "en"


def test_nobody_has_reviewed_the_languages_yet() -> None:
    assert dict.fromkeys(MARKETS, False) == WRITER.languages


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{{ m.ticket }}", "{{ m.tikcet }}", "m.tikcet is no fact"),
        ("macro scenario_scanned_late(m)", "macro _late(m)", "'scenario_scanned_late' is missing"),
        ("macro kind_tracking(m)", "macro kind_trackin(m)", "'kind_tracking' is missing"),
        ("{%- macro request(m) %}", "{%- macro request(m) %}{{ m.new_exhibits }}", "en.jinja"),
    ],
)
def test_a_slip_in_a_phrase_shows_when_the_folder_is_loaded(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    (tmp_path / "checklist").mkdir()
    for name in ("layout.jinja", "en.jinja"):
        for part in ("", "checklist/"):
            source = (FOLDER / f"{part}{name}").read_text(encoding="utf-8")
            (tmp_path / f"{part}{name}").write_text(source, encoding="utf-8")
    file = tmp_path / "en.jinja"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PlaybookError) as refused:
        AppealWriter(tmp_path)
    assert words in str(refused.value)


# The checklist


def checklist(language: str = "en", **changes: Any) -> str:
    standing: dict[str, Any] = {
        "ticket_id": "7712003",
        "market": "TH",
        "zone": "Asia/Bangkok",
        "window_ends": after(30 * 24),
        "last_safe_moment": after(28 * 24),
        "complete": True,
        "text": "four",
        "packet": "packet.pdf",
        "exhibits": 3,
    }
    facts = ChecklistFacts.model_validate(standing | changes)
    return "\n".join(WRITER.checklist(facts, language=language))


def test_the_person_who_files_is_told_every_step() -> None:
    steps = checklist().splitlines()
    assert 7 == len(steps)
    assert "Shop Health → Violation Records → ticket 7712003" in steps[0]
    assert "(18 December 2026, 14:00, Thailand Time (UTC+7))" in steps[1]
    assert "(4 characters; the box takes 1800)" in steps[2]
    assert "packet (packet.pdf) and the 3 exhibits" in steps[3]
    assert "is not known" in steps[4]
    assert "by 16 December 2026, 14:00" in steps[5]
    assert "record the filing here with the reference" in steps[6]


def test_americans_look_under_account_health() -> None:
    assert "Account Health → Violation Records" in checklist(market="US")


def test_an_incomplete_appeal_says_what_it_goes_in_without() -> None:
    lacking = Requirement(
        key="manifest",
        one_of=(RequirementKind.SIGNED_MANIFEST,),
        shows="the signed manifest",
        shows_zh="签字的揽收清单",
    )
    assert "not there: the signed manifest." in checklist(complete=False, missing=(lacking,))
    assert "缺少：签字的揽收清单" in checklist("zh-CN", complete=False, missing=(lacking,))


def test_an_unknown_window_is_shown_as_unknown() -> None:
    told = checklist(window_ends=None, last_safe_moment=None)
    assert "ours (not known)" in told
    assert "\nSubmit.\n" in told


def test_a_chinese_colleague_reads_chinese() -> None:
    assert "2026年12月18日" in checklist("zh-CN")


def test_another_colleague_reads_english() -> None:
    assert checklist("fr") == checklist("en")


def test_an_appeal_without_orders_is_refused() -> None:
    with pytest.raises(ValueError, match="order_ids"):
        AppealTextFacts.model_validate(text_facts().model_dump() | {"order_ids": ()})
