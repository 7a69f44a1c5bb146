"""A packet is a PDF where every character can be shown, else one web page; it says everything."""

import base64
import re
from html import unescape
from typing import Any

import pytest

from domain.appeal_texts import Said
from domain.packet_pages import Pages, pages_of
from domain.packets import PacketFacts
from tests.support.appeal_facts import order_ids
from tests.support.appeal_packets import a_packet, picture
from vault.fonts import FontShelf
from vault.packet import PacketKind, RenderedPacket, render_packet
from vault.packet_html import web_page

PAGE = re.compile(rb"/Type\s*/Page\b")
IMAGE = re.compile(rb"/Subtype\s*/Image\b")


def rendered(facts: PacketFacts) -> RenderedPacket:
    return render_packet(facts, of_system=False)


def page_of(facts: PacketFacts) -> str:
    return web_page(facts, pages_of(facts)).decode()


def words_of(facts: PacketFacts) -> str:
    """Return what a reader of the web page sees, without marks."""
    body = page_of(facts).split("<body>")[1]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


# Which kind


@pytest.mark.parametrize("language", ["en", "vi", "id", "ms"])
@pytest.mark.parametrize("second", [False, True])
def test_a_packet_in_latin_letters_is_an_archival_pdf_everywhere(
    language: str, *, second: bool
) -> None:
    found = rendered(a_packet(language, second=second))
    assert (PacketKind.PDF, "packet.pdf", "") == (found.kind, found.name, found.note)
    assert found.data.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in found.data
    assert PAGE.search(found.data)


def test_where_a_font_lacks_a_character_a_web_page_is_made_and_the_package_named() -> None:
    found = rendered(a_packet("th"))
    assert (PacketKind.HTML, "packet.html") == (found.kind, found.name)
    assert "for a PDF install fonts-thai-tlwg and make it again." in found.note
    assert re.match(
        r"No font here has ก ข .* and \d+ more, so the packet is a web page", found.note
    )


def test_one_character_of_a_person_s_words_is_enough() -> None:
    found = rendered(a_packet(argument="The driver 王 did not come."))
    assert PacketKind.HTML is found.kind
    assert (
        "No font here has 王, so the packet is a web page; "
        "for a PDF install fonts-noto-cjk and make it again." == found.note
    )
    assert "王" in found.data.decode()


def test_a_character_that_cannot_be_seen_is_named_by_its_number() -> None:
    found = rendered(a_packet(ticket_id="7\N{OGHAM SPACE MARK}7"))
    assert "No font here has U+1680, so the packet is a web page; " in found.note


def test_equal_facts_make_equal_bytes() -> None:
    for language in ("vi", "th"):
        assert rendered(a_packet(language)).data == rendered(a_packet(language)).data


def test_another_instant_makes_other_bytes() -> None:
    facts = a_packet()
    later = facts.model_copy(update={"made_at": facts.timeline[-1].at})
    assert rendered(facts).data != rendered(later).data


def test_a_picture_stands_in_the_pdf_once_however_often_it_is_shown() -> None:
    facts = a_packet()
    blind = facts.model_copy(
        update={
            "exhibits": tuple(one.model_copy(update={"picture": None}) for one in facts.exhibits)
        }
    )
    assert 1 == len(IMAGE.findall(rendered(facts).data))
    assert [] == IMAGE.findall(rendered(blind).data)


def with_picture(data: bytes) -> PacketFacts:
    facts = a_packet()
    first = facts.exhibits[0].model_copy(update={"picture": data})
    return facts.model_copy(update={"exhibits": (first, *facts.exhibits[1:])})


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("size", [(400, 30), (30, 400), (1, 1)])
def test_pictures_of_any_shape_fit(kind: str, size: tuple[int, int]) -> None:
    assert PacketKind.PDF is rendered(with_picture(picture(kind, size))).kind


def test_a_picture_of_another_type_is_left_out_and_said() -> None:
    found = rendered(with_picture(picture("GIF")))
    assert PacketKind.PDF is found.kind
    assert "No picture is shown of exhibit 1: it is neither PNG nor JPEG." == found.note


def test_a_broken_picture_does_not_cost_the_packet() -> None:
    found = rendered(with_picture(b"\x89PNG broken"))
    assert PacketKind.HTML is found.kind
    assert "no PDF could be made: " in found.note


# What it says


@pytest.fixture(scope="module")
def second() -> PacketFacts:
    return a_packet("th", second=True, missing=("signed_manifest",), order_ids=order_ids(120))


def test_every_order_is_listed_also_those_that_the_text_leaves_out(second: PacketFacts) -> None:
    told = words_of(second)
    assert all(order_id in told for order_id in order_ids(120))
    assert order_ids(120)[-1] not in second.text.local


def test_each_exhibit_is_tied_to_what_it_proves_and_to_its_hash(second: PacketFacts) -> None:
    told = words_of(second)
    for one in second.exhibits:
        assert one.digest in told
        assert one.file in told
        assert one.requirement
        assert one.proves
        assert one.proves.local in told
        assert one.proves.english in told


def test_copies_are_listed_with_their_originals(second: PacketFacts) -> None:
    changed = second.changed()
    assert ["01-carrier-chat", "02-ready-photo"] == [one.file[9:-4] for one in changed]
    told = words_of(second)
    for one in changed:
        assert one.original_digest
        assert one.original_digest in told
        assert f"{one.change}" in told
    assert "wenhuo redacted, pillow; the original is image/png, 123,456 bytes" in told


def test_a_packet_speaks_the_market_s_language_and_english(second: PacketFacts) -> None:
    told = words_of(second)
    for word in ("เอกสารอุทธรณ์", "Appeal packet", "ลำดับเหตุการณ์", "Timeline", "แชทกับขนส่ง"):
        assert word in told
    assert " ".join(second.text.local.split()) in told
    assert " ".join(second.text.english.split()) in told


def test_what_is_missing_and_what_is_new_is_said(second: PacketFacts) -> None:
    told = words_of(second)
    assert "Could not be obtained : ใบรับพัสดุที่ลงนามแล้ว" in told
    assert 1 == told.count("new in this round")


def test_an_english_packet_says_nothing_twice() -> None:
    facts = a_packet()
    told = words_of(facts)
    assert 1 == told.count("This was not our fault.")
    assert "·" not in told


def test_the_timeline_is_in_order_with_instants_that_read_the_same_everywhere() -> None:
    lines = pages_of(a_packet("th")).timeline
    assert "2026-11-18 11:00:00 UTC+07:00" == lines[0].at
    assert [one.at for one in lines] == sorted(one.at for one in lines)
    assert ["2", "1", "1"] == [one.exhibits for one in lines if one.exhibits]


def test_an_exhibit_without_a_source_says_nothing_of_one() -> None:
    facts = a_packet()
    bare = facts.exhibits[0].model_copy(update={"source": ""})
    labels = [
        row.label.english
        for row in pages_of(facts.model_copy(update={"exhibits": (bare,)})).exhibits[0].rows
    ]
    assert ["Proves", "Recorded", "File", "SHA-256"] == labels


def test_the_chain_and_the_rules_behind_it_are_named(second: PacketFacts) -> None:
    told = words_of(second)
    assert second.head in told
    assert "appeal:7495001:7712003" in told
    assert (
        "Checked against: Seller Center TH, fulfilment appeal documents, 18 Jun 2025 (set" in told
    )


def test_an_unknown_time_is_shown_as_unknown() -> None:
    facts = a_packet()
    undated = facts.exhibits[0].model_copy(update={"captured_at": None, "proves": None})
    rows = pages_of(facts.model_copy(update={"exhibits": (undated,)})).exhibits[0].rows
    assert "not known" == rows[0].value.english


def test_a_packet_without_evidence_or_story_is_still_one() -> None:
    bare = a_packet().model_copy(
        update={"exhibits": (), "timeline": (), "head": "", "case_id": ""}
    )
    assert PacketKind.PDF is rendered(bare).kind
    assert "Exhibits" not in words_of(bare)


# The web page


def test_the_web_page_needs_nothing_from_outside(second: PacketFacts) -> None:
    page = page_of(second)
    assert "default-src 'none'" in page
    assert not re.search(r"(?:src|href)=\"(?!data:)", page)
    assert "<script" not in page
    assert "@media print" in page


def test_the_web_page_holds_its_pictures() -> None:
    facts = with_picture(picture("PNG"))
    data = base64.b64encode(facts.exhibits[0].picture or b"").decode()
    assert f'src="data:image/png;base64,{data}"' in page_of(facts)


@pytest.mark.parametrize(
    "nasty", ["<script>alert(1)</script>", '"><img src=x>', "&amp;", "#panic()", "{{ 7 * 7 }}"]
)
def test_words_are_words_in_both_kinds(nasty: str) -> None:
    facts = a_packet(argument=nasty, ticket_id=f"77 {nasty}")
    assert nasty in words_of(facts)
    assert "<script>" not in page_of(facts)
    assert "<img src=x" not in page_of(facts)
    assert PacketKind.PDF is rendered(facts).kind


def test_the_language_is_declared() -> None:
    assert '<html lang="th">' in page_of(a_packet("th"))


# The pages


def test_every_printed_text_is_checked_for_its_glyphs() -> None:
    """A text that the check did not see could lose a character on the page."""
    facts = a_packet("th")
    seen = set(pages_of(facts).texts())
    for name in type(facts.words).model_fields:
        said: Said = getattr(facts.words, name)
        assert {said.local, said.english} <= seen
    for line in facts.text.local.splitlines():
        assert line in seen


@pytest.mark.parametrize("field", ["ticket_id", "shop_id", "rule", "case_id", "market"])
def test_a_character_in_any_field_is_found(field: str) -> None:
    changed: dict[str, Any] = {field: "中"}
    facts = a_packet().model_copy(update=changed)
    assert frozenset("中") == FontShelf(of_system=False).missing(pages_of(facts).texts())


def test_pages_hold_nothing_that_cannot_be_printed() -> None:
    pages: Pages = pages_of(a_packet(argument="a\x07b\u202ec"))
    assert any("abc" in line for line in pages.text)
