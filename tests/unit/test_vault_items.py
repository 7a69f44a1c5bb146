"""Evidence items as the rules see them: their ids and what sort of thing they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.evidence import EvidenceKind, evidence_id, kind_of

CASE = "pickup-case:7495540735365777501:1152921504606846976"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
words = st.text(max_size=8)
triples = st.tuples(words, words, words)


def _id(triple: tuple[str, str, str]) -> str:
    case_id, requirement, digest = triple
    return evidence_id(case_id=case_id, requirement=requirement, digest=digest)


def test_the_id_of_an_item_never_changes() -> None:
    """Ids are on file and in packets that others hold."""
    assert "ev-8a38247acb306ea429c6a7d0e177cbc6" == _id((CASE, "handover_photo", DIGEST))


@given(triples, triples)
def test_only_the_same_bytes_for_the_same_proof_of_the_same_case_share_an_id(
    first: tuple[str, str, str], second: tuple[str, str, str]
) -> None:
    assert (first == second) == (_id(first) == _id(second))


@pytest.mark.parametrize(
    "triple", [(("a", "b", "c"), ("ab", "", "c")), (("1:", "", ""), ("", "1:", ""))]
)
def test_parts_that_join_to_the_same_text_are_told_apart(
    triple: tuple[tuple[str, str, str], tuple[str, str, str]],
) -> None:
    assert _id(triple[0]) != _id(triple[1])


@pytest.mark.parametrize(
    ("media_type", "kind"),
    [
        ("image/jpeg", EvidenceKind.PHOTO),
        ("image/heic", EvidenceKind.PHOTO),
        ("video/quicktime", EvidenceKind.VIDEO),
        ("audio/amr", EvidenceKind.VOICE),
        ("text/csv", EvidenceKind.TEXT),
        ("message/rfc822", EvidenceKind.TEXT),
        ("application/json", EvidenceKind.TEXT),
        ("application/pdf", EvidenceKind.DOCUMENT),
        ("application/zip", EvidenceKind.ARCHIVE),
    ],
)
def test_what_sort_of_thing_an_item_is_follows_from_its_content(
    media_type: str, kind: EvidenceKind
) -> None:
    assert kind is kind_of(media_type)
