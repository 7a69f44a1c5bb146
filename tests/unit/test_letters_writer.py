"""Letters: which language, whose wording, which facts are needed, and what never leaves."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from activities.letters import LetterWriter
from domain.errors import InputError
from domain.letters import LetterFacts, LetterKey, UnfitLetterError
from domain.requirements import RequirementKind
from tests.support.letter_facts import TO_CARRIERS, TO_SUPPLIERS, letter, proof

FOLDER = Path(__file__).parents[2] / "playbooks" / "letters"
HEADER = """\
{% set version = "7" %}
{% set reviewed = true %}
{% set reviewer = "A. Native" %}
{% set date_pattern = "d.M.y" %}
"""
FLASH = f"""{HEADER}
{{%- macro carrier_question(m) %}}
Write to our desk by {{{{ m.answer_date }}}}, telephone 02 123 4567.{{% endmacro %}}
"""


@pytest.fixture(scope="module")
def writer() -> LetterWriter:
    return LetterWriter(FOLDER)


@pytest.fixture(scope="module")
def with_carrier(tmp_path_factory: pytest.TempPathFactory) -> LetterWriter:
    """Return a writer in English and Thai that knows Flash Express's own wording in English."""
    folder = tmp_path_factory.mktemp("letters")
    for name in ("layout.jinja", "en.jinja", "th.jinja"):
        shutil.copy(FOLDER / name, folder / name)
    (folder / "carriers").mkdir()
    (folder / "carriers" / "flash-express.en.jinja").write_text(FLASH, encoding="utf-8")
    return LetterWriter(folder)


@pytest.mark.parametrize(
    ("wanted", "market_language", "expected", "fell_back"),
    [
        ("th", "en", "th", False),
        ("zh_cn", "th", "zh-CN", False),
        ("en-GB", "th", "en", False),
        ("fil", "th", "th", True),
        ("fil", "tl", "en", True),
        ("", "vi", "vi", True),
    ],
)
def test_a_missing_language_falls_back_to_the_markets_and_then_to_english_and_says_so(
    writer: LetterWriter, wanted: str, market_language: str, expected: str, fell_back: object
) -> None:
    facts = letter(LetterKey.SUPPLIER_ASK).model_copy(
        update={"language": wanted, "market_language": market_language}
    )
    written = writer.write(facts)
    assert (expected, fell_back) == (written.language, written.fell_back)
    assert written.template_version.startswith(f"{expected}-1/")


def test_a_carriers_own_words_come_first_and_the_rest_stays(with_carrier: LetterWriter) -> None:
    plain = with_carrier.write(letter(LetterKey.CARRIER_ASK, carrier="J&T Express"))
    own = with_carrier.write(letter(LetterKey.CARRIER_ASK, carrier="FLASH Express"))
    assert "Write to our desk by 23.11.2026, telephone 02 123 4567." in own.text
    assert "in writing" in plain.text
    assert "in writing" not in own.text
    assert "Everything is packed and ready." in own.text
    assert ("en-1/1", "en-1+flash-express-7/1") == (plain.template_version, own.template_version)
    assert not own.reviewed


def test_a_carriers_words_are_for_its_own_letters_in_that_language(
    with_carrier: LetterWriter,
) -> None:
    for key in (LetterKey.HOST_ALERT, LetterKey.STAFF_EVIDENCE, LetterKey.SUPPLIER_ASK):
        written = with_carrier.write(letter(key, carrier="Flash Express"))
        assert "flash" not in written.template_version
    thai = with_carrier.write(letter(LetterKey.CARRIER_ASK, "th", carrier="Flash Express"))
    assert "th-1/1" == thai.template_version


@pytest.mark.parametrize(
    ("key", "changes", "field"),
    [
        *((key, {"shop": ""}, "shop") for key in LetterKey),
        *((key, {"product_name": ""}, "product_name") for key in TO_SUPPLIERS),
        *((key, {"units": None}, "units") for key in TO_SUPPLIERS[:2]),
        *((key, {"answer_by": None}, "answer_by") for key in (*TO_SUPPLIERS[:2], *TO_CARRIERS)),
        (LetterKey.SUPPLIER_THANKS, {"restock": None}, "restock"),
        (LetterKey.SUPPLIER_THANKS, {"restock_at": None}, "restock_at"),
        (LetterKey.SUPPLIER_THANKS, {"restock_units": -1}, "restock_units"),
        (LetterKey.SUPPLIER_ASK, {"units": -3}, "units"),
        *((key, {"parcels": ()}, "parcels") for key in TO_CARRIERS),
        (LetterKey.CARRIER_ASK, {"pickup_until": None}, "pickup_until"),
        (LetterKey.HOST_ALERT, {"on_hand": None}, "on_hand"),
        (LetterKey.HOST_ALERT, {"decides": ""}, "decides"),
        (LetterKey.STAFF_EVIDENCE, {"proofs": ()}, "proofs"),
        (LetterKey.STAFF_EVIDENCE, {"proofs": (proof(),)}, "proofs"),
        (LetterKey.STAFF_EVIDENCE, {"proofs": (proof(RequirementKind.OTHER),)}, "proofs"),
    ],
)
def test_a_letter_without_what_it_must_say_is_refused(
    writer: LetterWriter, key: LetterKey, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(InputError) as refused:
        writer.write(letter(key, **changes))
    assert field == refused.value.field


def test_a_host_is_alerted_before_anybody_has_counted_the_orders(writer: LetterWriter) -> None:
    """The alert goes out first; how many orders are short is known minutes later."""
    counted = writer.write(letter(LetterKey.HOST_ALERT, orders_short=7)).text
    at_once = writer.write(letter(LetterKey.HOST_ALERT, orders_short=None)).text

    (line,) = set(counted.splitlines()) - set(at_once.splitlines())
    assert "7" in line
    assert "None" not in at_once


def test_no_fact_can_hold_a_whole_order_id() -> None:
    with pytest.raises(ValidationError, match="order_digits"):
        letter(LetterKey.STAFF_EVIDENCE, order_digits=("576300012345482913",))


def test_the_id_of_an_orders_case_is_shortened_and_others_stay(writer: LetterWriter) -> None:
    for reference, told in (
        ("order-case:7495:576300012345482913", "order-case:7495:…482913"),
        ("order-case:7495:576300012345482913:2", "order-case:7495:…482913:2"),
        ("pickup-case:7495:1153012345678901234", "pickup-case:7495:1153012345678901234"),
    ):
        text = writer.write(letter(LetterKey.SUPPLIER_ASK, reference=reference)).text
        assert f"Reference: {told}" == text.splitlines()[-1]


def test_facts_have_no_place_for_a_buyer_or_a_secret() -> None:
    """Whoever adds a field decides anew whether people outside may read it."""
    personal = ("buyer", "name", "street", "phone", "mail", "token", "secret", "url", "text")
    suspects = {one for one in LetterFacts.model_fields if any(word in one for word in personal)}
    assert {"product_name"} == suspects


@pytest.mark.parametrize("field", ["shop", "addressee", "decides"])
def test_an_address_of_a_channel_never_leaves(writer: LetterWriter, field: str) -> None:
    """Such an address holds the channel's secret."""
    facts = letter(LetterKey.SUPPLIER_ASK, **{field: "Desk tgram://123:abc/9"})
    if field == "decides":
        facts = letter(LetterKey.HOST_ALERT, decides="Desk tgram://123:abc/9")
    with pytest.raises(UnfitLetterError, match=r"en\.jinja, letter .*: link: 'tgram://"):
        writer.write(facts)


def test_contact_details_in_names_are_cut_out(writer: LetterWriter) -> None:
    told = {"product_name": "Jacket call 081-234-5678", "addressee": "Ann me@shop.example"}
    text = writer.write(letter(LetterKey.SUPPLIER_ASK, **told)).text
    assert "Hello Ann," in text
    assert "• Product: Jacket call (Navy, M)" in text


def test_a_name_in_braces_is_a_name(writer: LetterWriter) -> None:
    text = writer.write(letter(LetterKey.HOST_ALERT, product_name="Shirt {{ 7 * 7 }}")).text
    assert "Shirt {{ 7 * 7 }} (Navy, M)" in text


def test_a_proof_is_described_by_kind_and_words(writer: LetterWriter) -> None:
    chat, call = RequirementKind.CARRIER_CHAT, RequirementKind.CALL_RECORDING
    asked = (proof(chat, call, words="two tries"), proof(RequirementKind.OTHER, words="our rota"))
    text = writer.write(letter(LetterKey.STAFF_EVIDENCE, proofs=asked)).text
    first, second = (line for line in text.splitlines() if " – " in line)
    assert "with date and time or the recording of the call with the carrier (two tries)" in first
    assert second.startswith("• our rota – by ")


def test_the_same_facts_give_the_same_letter(writer: LetterWriter) -> None:
    facts = letter(LetterKey.CARRIER_CHASE, "th")
    assert writer.write(facts) == writer.write(facts)
