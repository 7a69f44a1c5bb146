"""Exhibits are kept within what can be uploaded: photos shrink, nothing is dropped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.evidence import EvidenceItem, EvidenceKind
from domain.requirements import RequirementKind
from tests.support.appeal_packets import an_item
from vault.packet_sizes import Fit, SizeBudget, SizeDecision, over_budget, sizes_for

MB = 1_000_000
BUDGET = SizeBudget(per_file=10 * MB, in_all=30 * MB)


def photo(size: int, number: int = 1) -> EvidenceItem:
    return an_item(RequirementKind.READY_PHOTO, evidence_id=f"ev-{number}", size=size)


def recording(size: int, number: int = 99) -> EvidenceItem:
    return an_item(RequirementKind.CALL_RECORDING, evidence_id=f"ev-{number}", size=size)


def decided(*items: EvidenceItem, budget: SizeBudget = BUDGET) -> list[SizeDecision]:
    return list(sizes_for(items, budget))


def test_small_files_go_in_as_they_are() -> None:
    found = decided(photo(2 * MB), recording(3 * MB))
    assert [Fit.AS_IT_IS, Fit.AS_IT_IS] == [one.fit for one in found]
    assert [2 * MB, 3 * MB] == [one.max_bytes for one in found]
    assert ["", ""] == [one.why for one in found]


@pytest.mark.parametrize(("size", "fit"), [(10 * MB, Fit.AS_IT_IS), (10 * MB + 1, Fit.REDUCED)])
def test_a_photo_above_the_file_limit_is_reduced_to_it(size: int, fit: Fit) -> None:
    (found,) = decided(photo(size))
    assert (fit, 10 * MB) == (found.fit, found.max_bytes)


def test_a_reduction_says_from_what_to_what() -> None:
    (found,) = decided(photo(25 * MB))
    assert "reduced from 25 MB to at most 10 MB" == found.why


def test_only_the_largest_photos_shrink_when_the_sum_is_too_large() -> None:
    found = decided(photo(10 * MB, 1), photo(2 * MB, 2), photo(10 * MB, 3), photo(10 * MB, 4))
    assert [Fit.REDUCED, Fit.AS_IT_IS, Fit.REDUCED, Fit.REDUCED] == [one.fit for one in found]
    assert [28 * MB // 3, 2 * MB] == [found[0].max_bytes, found[1].max_bytes]
    assert 0 == over_budget(found, BUDGET)


def test_a_recording_cannot_shrink_and_stays_in() -> None:
    found = decided(recording(40 * MB), photo(5 * MB))
    assert [Fit.TOO_LARGE, Fit.REDUCED] == [one.fit for one in found]
    assert "40 MB is above 10 MB; upload it last" == found[0].why
    assert over_budget(found, BUDGET) > 10 * MB


def test_a_photo_is_never_shrunk_beyond_recognition() -> None:
    (found,) = decided(photo(5 * MB), budget=SizeBudget(per_file=1000, in_all=1000))
    assert 150_000 == found.max_bytes


def test_nothing_to_fit_is_fine() -> None:
    assert [] == decided()
    assert 0 == over_budget([], BUDGET)


sizes = st.integers(1, 60 * MB)


@given(
    photos=st.lists(sizes, max_size=8),
    others=st.lists(sizes, max_size=3),
    per_file=st.integers(MB, 20 * MB),
    in_all=st.integers(MB, 80 * MB),
)
def test_every_exhibit_stays_and_the_sum_fits_where_photos_can_make_it_fit(
    photos: list[int], others: list[int], per_file: int, in_all: int
) -> None:
    items = [photo(size, n) for n, size in enumerate(photos)]
    items += [recording(size, 100 + n) for n, size in enumerate(others)]
    budget = SizeBudget(per_file=per_file, in_all=in_all)
    found = decided(*items, budget=budget)
    assert [one.evidence_id for one in items] == [one.evidence_id for one in found]
    for item, one in zip(items, found, strict=True):
        assert one.max_bytes <= item.size
        assert (one.fit is Fit.REDUCED) is (one.max_bytes < item.size)
        if item.kind is EvidenceKind.PHOTO:
            assert one.max_bytes <= per_file
    if sum(others) + 150_000 * len(photos) <= in_all:
        assert 0 == over_budget(found, budget)
