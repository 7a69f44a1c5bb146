"""The exhibits of a packet: photos as copies that hold the picture alone, all within budget."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.evidence import EvidenceItem
from domain.exhibits import NumberedExhibit
from vault.bundle import exhibit_path
from vault.derive import REDACTED, Copy, Recipe, fitted
from vault.errors import DeriveRefusedError, UnknownEvidenceError
from vault.limits import size_text
from vault.packet_sizes import Fit, SizeBudget, SizeDecision, over_budget, sizes_for
from vault.photos import READABLE
from vault.store import Vault

_ON_PAGE = Recipe(copy=Copy.THUMBNAIL, side=1000)
"""Large enough to read a chat on paper."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedItem:
    """One exhibit with what the archive holds of it."""

    exhibit: NumberedExhibit
    original: EvidenceItem
    copy_of_it: EvidenceItem | None = None
    """The redacted or reduced copy that goes in instead."""
    note: str = ""
    """What else a person should know of the file."""
    picture: bytes | None = field(default=None, repr=False)
    """A small PNG or JPEG of it, for the page."""

    @property
    def packed(self) -> EvidenceItem:
        """What the archive holds."""
        return self.copy_of_it or self.original

    @property
    def change(self) -> str:
        """What was done to the copy, and to what; empty where the original goes in."""
        if self.copy_of_it is None:
            return ""
        size = size_text(self.original.size)
        return f"{self.copy_of_it.tool}; the original is {self.original.media_type}, {size}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Packing:
    """Who packs, why and when; enters the custody ledger with every copy."""

    actor: str
    purpose: str
    at: datetime


def packed_exhibits(
    vault: Vault, exhibits: Sequence[NumberedExhibit], budget: SizeBudget, packing: Packing
) -> tuple[PackedItem, ...]:
    """Return what goes into a packet; nothing is left out.

    Photos go in as copies without position, camera and owner; larger ones are reduced to the
    budget. Everything else goes in as it was collected.

    Safe to run twice: the same copy is made once and answered again.

    Args:
        vault: Where the originals are.
        exhibits: By their numbers.
        budget: What may be uploaded.
        packing: Who, why and when.

    Raises:
        UnknownEvidenceError: The vault has no such item.
        ErasedError: The bytes of an item were erased.
        AlteredError: The bytes of an item are not what was collected.
    """
    packed = [_cleaned(vault, one, packing) for one in exhibits]
    decisions = sizes_for([one.packed for one in packed], budget)
    fitting = [
        _fitting(vault, one, decision, packing)
        for one, decision in zip(packed, decisions, strict=True)
    ]
    return tuple(_pictured(vault, one, packing) for one in fitting)


def packet_paths(packed: Sequence[PackedItem]) -> dict[str, str]:
    """Return where each file lies in the archive, by its evidence id; `Packet.exhibits`."""
    return {one.packed.evidence_id: exhibit_path(one.exhibit.number, one.packed) for one in packed}


def packing_notes(packed: Sequence[PackedItem], budget: SizeBudget) -> tuple[str, ...]:
    """Return what the person who uploads must know of large files and of photos uncleaned.

    Args:
        packed: The exhibits as they go in.
        budget: What may be uploaded.
    """
    notes = [f"Exhibit {one.exhibit.number}: {one.note}" for one in packed if one.note]
    over = over_budget(sizes_for([one.packed for one in packed], budget), budget)
    if over:
        notes.append(
            f"All exhibits together are {size_text(over)} above {size_text(budget.in_all)}; "
            "upload the needed ones first"
        )
    return tuple(notes)


def _cleaned(vault: Vault, exhibit: NumberedExhibit, packing: Packing) -> PackedItem:
    original = vault.get(exhibit.evidence_id)
    if original is None:
        raise UnknownEvidenceError(exhibit.evidence_id)
    plain = PackedItem(exhibit=exhibit, original=original)
    if original.media_type not in READABLE:
        return plain
    copied = _copied(vault, plain, REDACTED, packing)
    if copied.copy_of_it is not None:
        return copied
    why = f"{copied.note}; it goes in as it was collected, with what its camera wrote in it"
    return replace(plain, note=why)


def _fitting(
    vault: Vault, one: PackedItem, decision: SizeDecision, packing: Packing
) -> PackedItem:
    match decision.fit:
        case Fit.AS_IT_IS:
            return one
        case Fit.REDUCED:
            return _copied(vault, one, fitted(decision.max_bytes), packing)
        case Fit.TOO_LARGE:
            return replace(one, note=decision.why)


def _copied(vault: Vault, one: PackedItem, recipe: Recipe, packing: Packing) -> PackedItem:
    try:
        copy = vault.derive(
            one.original.evidence_id,
            recipe,
            actor=packing.actor,
            purpose=packing.purpose,
            at=packing.at,
        )
    except DeriveRefusedError as error:
        return replace(one, note=str(error))
    return replace(one, copy_of_it=copy)


def _pictured(vault: Vault, one: PackedItem, packing: Packing) -> PackedItem:
    shown = _copied(vault, one, _ON_PAGE, packing) if one.original.media_type in READABLE else one
    if shown.copy_of_it is None or shown.note != one.note:
        return one
    pieces = vault.checked(shown.copy_of_it.evidence_id, actor=packing.actor)
    return replace(one, picture=b"".join(pieces))
