"""Every letter in every language says what it must, in the reader's dates and numbers."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from activities.letters import LetterWriter
from domain.letters import (
    LONGEST_LETTER,
    LONGEST_TITLE,
    REASON_OF,
    LetterFacts,
    LetterKey,
    Parcel,
    RestockState,
    WrittenLetter,
)
from domain.message_lint import letter_faults
from domain.requirements import RequirementKind
from tests.support.letter_facts import (
    PACKAGE,
    PROOFS,
    REFERENCE,
    TO_CARRIERS,
    TO_SUPPLIERS,
    TRACKING,
    bare,
    letter,
    proof,
)
from tests.support.message_facts import MARKETS

FOLDER = Path(__file__).parents[2] / "playbooks" / "letters"
ANSWER_BY = {
    "en": "Monday, November 23, 2026, 6:00 PM (Pacific Standard Time)",
    "zh-CN": "2026年11月23日星期一 18:00（北美太平洋标准时间）",
    "th": "วันอังคารที่ 24 พฤศจิกายน ค.ศ. 2026 เวลา 09:00 น. (เวลาอินโดจีน)",
    "vi": "09:00 Thứ Ba, 24/11/2026 (GMT+07:00)",
    "id": "Selasa, 24 November 2026, pukul 09.00 (Waktu Indonesia Barat)",
    "ms": "Selasa, 24 November 2026, 10:00 PG (Waktu Malaysia)",
}
ASKED = {
    "en": "Saturday, November 21, 2026",
    "zh-CN": "2026年11月21日星期六",
    "th": "วันอาทิตย์ที่ 22 พฤศจิกายน ค.ศ. 2026",
    "vi": "Chủ Nhật, 22/11/2026",
    "id": "Minggu, 22 November 2026",
    "ms": "Ahad, 22 November 2026",
}
RESTOCKS = {
    "en": "Saturday, December 5, 2026",
    "zh-CN": "2026年12月5日星期六",
    "th": "วันอาทิตย์ที่ 6 ธันวาคม ค.ศ. 2026",
    "vi": "Chủ Nhật, 6/12/2026",
    "id": "Minggu, 6 Desember 2026",
    "ms": "Ahad, 6 Disember 2026",
}
SLOT = {
    "en": "Sunday, November 22, 2026, 6:00 PM to 9:00 PM (Pacific Standard Time)",
    "zh-CN": "2026年11月22日星期日 18:00 至 21:00（北美太平洋标准时间）",
    "th": "วันจันทร์ที่ 23 พฤศจิกายน ค.ศ. 2026 เวลา 09:00 ถึง 12:00 น. (เวลาอินโดจีน)",
    "vi": "09:00 đến 12:00 Thứ Hai, 23/11/2026 (GMT+07:00)",
    "id": "Senin, 23 November 2026, pukul 09.00 sampai 12.00 (Waktu Indonesia Barat)",
    "ms": "Isnin, 23 November 2026, 10:00 PG hingga 1:00 PTG (Waktu Malaysia)",
}
THOUSANDS = {"en": ",", "zh-CN": ",", "th": ",", "vi": ".", "id": ".", "ms": ","}

Write = Callable[[LetterFacts], WrittenLetter]


@pytest.fixture(scope="module")
def writer() -> LetterWriter:
    return LetterWriter(FOLDER)


@pytest.fixture(scope="module")
def write(writer: LetterWriter) -> Write:
    return cache(writer.write)


def test_templates_stand_for_all_six_languages_and_none_claims_a_review(
    writer: LetterWriter,
) -> None:
    assert dict.fromkeys(sorted(MARKETS), False) == dict(sorted(writer.languages.items()))


@pytest.mark.parametrize("key", LetterKey)
def test_every_letter_keeps_the_rules_and_misses_no_fact(write: Write, key: LetterKey) -> None:
    for tag in MARKETS:
        for facts in (letter(key, tag), bare(key, tag)):
            written = write(facts)
            assert [] == letter_faults(written.title, longest=LONGEST_TITLE)
            assert [] == letter_faults(written.text, longest=LONGEST_LETTER)
            assert (tag, False, False) == (written.language, written.fell_back, written.reviewed)
            assert "None" not in written.title + written.text
            assert "\n" not in written.title
            assert "\n\n\n" not in written.text


@pytest.mark.parametrize("tag", MARKETS)
def test_a_reference_is_quoted_wherever_there_is_one(write: Write, tag: str) -> None:
    for key in LetterKey:
        assert REFERENCE in write(letter(key, tag)).text.splitlines()[-1]
        assert REFERENCE not in write(bare(key, tag)).text


@pytest.mark.parametrize("tag", MARKETS)
def test_a_supplier_is_asked_for_product_sku_and_units_by_a_time(write: Write, tag: str) -> None:
    for key in TO_SUPPLIERS[:2]:
        text = write(letter(key, tag)).text
        for part in ("Windproof Jacket (Navy, M)", "JKT-NV-M", ANSWER_BY[tag], "Sunny Shop"):
            assert part in text
        assert f": 1{THOUSANDS[tag]}250" in text.replace("：", ": ")


@pytest.mark.parametrize("tag", MARKETS)
def test_reminders_count_themselves_and_name_the_first_question(write: Write, tag: str) -> None:
    for key in (LetterKey.SUPPLIER_CHASE, LetterKey.CARRIER_CHASE):
        second, third = (write(letter(key, tag, rung=rung)) for rung in (2, 3))
        assert second.title != third.title
        assert second.text != third.text
        assert ASKED[tag] in second.text
        assert ASKED[tag] not in write(letter(key, tag, asked_at=None)).text


@pytest.mark.parametrize("tag", MARKETS)
def test_thanks_repeat_what_was_understood(write: Write, tag: str) -> None:
    texts = {
        state: write(letter(LetterKey.SUPPLIER_THANKS, tag, restock=state)).text
        for state in RestockState
    }
    assert len(RestockState) == len(set(texts.values()))
    assert [RestockState.EXPECTED] == [one for one in texts if RESTOCKS[tag] in texts[one]]
    assert all(f"3{THOUSANDS[tag]}400" in text for text in texts.values())


@pytest.mark.parametrize("tag", MARKETS)
def test_a_carrier_is_asked_for_a_written_answer_on_its_own_numbers(
    write: Write, tag: str
) -> None:
    for key in TO_CARRIERS:
        text = write(letter(key, tag)).text
        for part in (PACKAGE, TRACKING, SLOT[tag], ANSWER_BY[tag]):
            assert part in text
        assert "482913" not in text


@pytest.mark.parametrize("tag", MARKETS)
def test_a_host_is_told_what_to_stop_how_short_it_is_and_who_decides(
    write: Write, tag: str
) -> None:
    written = write(letter(LetterKey.HOST_ALERT, tag))
    short = f"2{THOUSANDS[tag]}100"
    for part in ("Sunny Shop", "Windproof Jacket", "JKT-NV-M", short, "Warehouse lead"):
        assert part in written.text
    assert "Windproof Jacket" in written.title
    assert any(line.endswith(("0", "：0")) for line in written.text.splitlines())


@pytest.mark.parametrize("tag", MARKETS)
def test_staff_are_asked_for_needed_proofs_first_each_with_its_time_and_reason(
    write: Write, tag: str
) -> None:
    text = write(letter(LetterKey.STAFF_EVIDENCE, tag)).text
    asked = [line for line in text.splitlines() if " – " in line]
    alone = [
        next(
            line
            for line in write(letter(LetterKey.STAFF_EVIDENCE, tag, proofs=(one,))).text.split(
                "\n"
            )
            if " – " in line
        )
        for one in (PROOFS[1], PROOFS[0], PROOFS[2])
    ]
    assert alone == asked
    for part in ("482913, 771204", PACKAGE, SLOT[tag]):
        assert part in text


@pytest.mark.parametrize("tag", MARKETS)
def test_every_kind_of_proof_has_its_own_words(write: Write, tag: str) -> None:
    said = set()
    for kind in RequirementKind:
        asked = (proof(kind, words="our plan" if kind is RequirementKind.OTHER else ""),)
        said.add(write(letter(LetterKey.STAFF_EVIDENCE, tag, proofs=asked)).text)
    assert len(RequirementKind) == len(said)
    assert set(RequirementKind) == set(REASON_OF)


@pytest.mark.parametrize("tag", MARKETS)
def test_the_longest_facts_still_fit_and_nothing_is_dropped_uncounted(
    write: Write, tag: str
) -> None:
    kinds = sorted(RequirementKind, key=lambda kind: -len(kind))[:2]
    many = {
        "parcels": (Parcel(package_id="9" * 60, tracking_number="T" * 60),) * 52,
        "order_digits": ("482913",) * 40,
        "proofs": (proof(*kinds, words="w" * 300),) * 29,
        "product_name": "N" * 255,
        "variation": "V" * 255,
        "seller_sku": "S" * 255,
        "shop": "O" * 255,
        "addressee": "A" * 255,
        "decides": "D" * 255,
        "reference": "R" * 400,
    }
    for key in LetterKey:
        written = write(letter(key, tag, **many))
        if key in TO_CARRIERS:
            assert "42" in written.text
        if key is LetterKey.STAFF_EVIDENCE:
            assert "23" in written.text
            assert "…" in written.title


def test_a_reader_in_another_country_is_told_in_their_own_zone(write: Write) -> None:
    """A supplier in China of a shop in the United States."""
    text = write(letter(LetterKey.SUPPLIER_ASK, "zh-CN", zone="Asia/Shanghai")).text
    assert "2026年11月24日星期二 10:00（中国标准时间）" in text
