"""What an endpoint's answer tells of a filing: read as meant, or known not to be known."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.filings import EndpointFiling, read_filing

FILED = datetime(2026, 11, 21, 9, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


def read(document: Any, *, taken: bool = False) -> EndpointFiling | None:
    return read_filing(json.dumps(document).encode(), taken=taken)


def test_a_filing_has_a_reference_and_an_instant() -> None:
    filing = read({"reference": " AP-1 ", "filed_at": "2026-11-21T16:00:00+07:00", "more": [1]})

    assert filing
    assert ("AP-1", FILED) == (filing.reference, filing.filed_at)


@pytest.mark.parametrize("said", ["yesterday", "2026-11-21T16:00:00", {}, None, [1]])
def test_an_instant_that_cannot_be_read_does_not_undo_the_filing(said: Any) -> None:
    filing = read({"reference": "AP-1", "filed_at": said})

    assert filing
    assert ("AP-1", None) == (filing.reference, filing.filed_at)


def test_a_number_is_a_reference_as_well() -> None:
    filing = read({"reference": 20261121})

    assert filing
    assert "20261121" == filing.reference


@pytest.mark.parametrize(
    ("document", "taken"),
    [({"status": "pending"}, False), ({}, True), ({"reference": "AP-1"}, True)],
)
def test_what_waits_there_has_no_reference_yet(document: Any, *, taken: bool) -> None:
    filing = read(document, taken=taken)

    assert filing
    assert "" == filing.reference


@pytest.mark.parametrize(
    "document", [{}, {"reference": ""}, {"reference": "x" * 201}, {"reference": [1]}, [], "AP-1"]
)
def test_an_answer_without_a_usable_reference_is_no_filing(document: Any) -> None:
    assert read(document) is None


@given(st.binary(max_size=60) | JSON.map(lambda document: json.dumps(document).encode()))
def test_no_answer_breaks_the_reader_or_makes_a_reference_up(body: bytes) -> None:
    filing = read_filing(body)

    assert filing is None or filing.reference or filing.status == "pending"
