"""Keeping an appeal's files within what can be uploaded; nothing is dropped unsaid."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.evidence import EvidenceItem
from vault.limits import size_text
from vault.photos import READABLE

_MEGABYTE = 1_000_000
_SMALLEST = 150_000
"""Bytes below which a photo no longer shows what it should prove."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeBudget:
    """Bytes that may be uploaded.

    What the platform's form takes is not known; 10 MB is its figure for pictures in chats, the
    sum is our own choice.
    """

    per_file: int = 10 * _MEGABYTE
    in_all: int = 100 * _MEGABYTE


class Fit(StrEnum):
    """What becomes of a file."""

    AS_IT_IS = "as_it_is"
    REDUCED = "reduced"
    """A copy of a photo goes in, and the original's digest with it."""
    TOO_LARGE = "too_large"
    """Goes in as it is, above the budget: only photos that can be drawn are made smaller."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SizeDecision:
    """What becomes of one exhibit."""

    evidence_id: str
    fit: Fit
    max_bytes: int
    """Of a reduced copy, at most; else the file's own size."""
    why: str = ""
    """One sentence where it is not simply as it is."""


def sizes_for(items: Sequence[EvidenceItem], budget: SizeBudget) -> tuple[SizeDecision, ...]:
    """Return what becomes of each exhibit, in the order given.

    Photos above the file limit are reduced to it. If the sum is still too large, the largest
    photos are reduced further, all to one size, as little as it takes.

    Args:
        items: The exhibits, originals or redacted copies.
        budget: What may be uploaded.
    """
    cap = _cap(items, budget)
    return tuple(_decision(one, cap, budget) for one in items)


def over_budget(decisions: Sequence[SizeDecision], budget: SizeBudget) -> int:
    """Return how many bytes the exhibits are above the sum that may be uploaded; zero if none."""
    return max(0, sum(one.max_bytes for one in decisions) - budget.in_all)


def _cap(items: Sequence[EvidenceItem], budget: SizeBudget) -> int:
    photos = sorted(
        (min(one.size, budget.per_file) for one in items if _shrinks(one)), reverse=True
    )
    others = sum(one.size for one in items if not _shrinks(one))
    room = budget.in_all - others
    # From the largest down: the first n photos share what the smaller ones leave.
    for count in range(len(photos) + 1):
        smaller = photos[count:]
        largest_kept = smaller[0] if smaller else 0
        share = (room - sum(smaller)) // count if count else budget.per_file
        if (count == 0 and sum(photos) <= room) or (count and share >= largest_kept):
            return max(_SMALLEST, min(share, budget.per_file))
    return _SMALLEST


def _shrinks(item: EvidenceItem) -> bool:
    return item.media_type in READABLE


def _decision(item: EvidenceItem, cap: int, budget: SizeBudget) -> SizeDecision:
    if _shrinks(item) and item.size > cap:
        why = f"reduced from {size_text(item.size)} to at most {size_text(cap)}"
        return SizeDecision(evidence_id=item.evidence_id, fit=Fit.REDUCED, max_bytes=cap, why=why)
    if item.size > budget.per_file:
        why = f"{size_text(item.size)} is above {size_text(budget.per_file)}; upload it last"
        return SizeDecision(
            evidence_id=item.evidence_id, fit=Fit.TOO_LARGE, max_bytes=item.size, why=why
        )
    return SizeDecision(evidence_id=item.evidence_id, fit=Fit.AS_IT_IS, max_bytes=item.size)
