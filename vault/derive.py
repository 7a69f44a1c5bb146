"""Copies of photos for packets and screens; the original is never touched.

A copy holds the picture alone: it is drawn anew, upright, so that position, camera, owner,
comments, appended clips and everything else beside the picture stay behind.
"""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO, assert_never

import PIL
from PIL import Image, ImageOps

from domain.evidence import EvidenceItem
from vault.errors import DeriveRefusedError
from vault.intake import Collecting
from vault.limits import size_text
from vault.photos import HEIC, READABLE, heic_reader, opened

_BEST = 92
_QUALITIES = (88, 75, 60)
_SHRINK = 0.75
_SMALLEST_SIDE = 320
_WHITE = (255, 255, 255, 255)
_one_picture = threading.Lock()


class Copy(StrEnum):
    """What a copy is for."""

    REDACTED = "redacted"
    """Without location and other data beside the picture; same pixels."""
    THUMBNAIL = "thumbnail"
    """Small, for lists."""
    FITTED = "fitted"
    """Within a size budget, as large and as clear as that allows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recipe:
    """How a copy is made."""

    copy: Copy
    side: int = 0
    """Pixels of the longer side at most; of a thumbnail."""
    max_bytes: int = 0
    """Of a fitted copy."""

    def tool(self, media_type: str) -> str:
        """Return what makes it of such a photo: the same tool makes the same bytes again."""
        asked = (
            f" {self.side} px" if self.side else f" {self.max_bytes} B" if self.max_bytes else ""
        )
        reader = f", {heic_reader()}" if media_type == HEIC else ""
        return f"wenhuo {self.copy}{asked}, pillow {PIL.__version__}{reader}"


REDACTED = Recipe(copy=Copy.REDACTED)
THUMBNAIL = Recipe(copy=Copy.THUMBNAIL, side=320)


def known_of_copy(
    original: EvidenceItem,
    recipe: Recipe,
    *,
    actor: str,
    purpose: str,
    at: datetime,
    key: str | None,
) -> Collecting:
    """Return what is said of a copy: what is known of its original, and who made it and why."""
    return Collecting(
        case_id=original.case_id,
        requirement=original.requirement,
        actor=actor,
        at=at,
        source=original.source,
        name=original.name,
        purpose=purpose,
        key=key,
        late=original.late,
        captured_at=original.captured_at,
        observed_from=original.observed_from,
        observed_until=original.observed_until,
        derived_from=original.evidence_id,
        tool=recipe.tool(original.media_type),
    )


def fitted(max_bytes: int) -> Recipe:
    """Return the recipe of a copy of at most *max_bytes* bytes."""
    return Recipe(copy=Copy.FITTED, max_bytes=max_bytes)


def derived(source: IO[bytes], media_type: str, recipe: Recipe, *, evidence_id: str) -> bytes:
    """Return a copy of a photo.

    Args:
        source: The original's bytes.
        media_type: Of the original.
        recipe: What to make.
        evidence_id: The original, for refusals.

    Raises:
        DeriveRefusedError: It is no photo that can be drawn, or cannot be made small enough.
    """
    if media_type not in READABLE:
        raise DeriveRefusedError(
            f"{evidence_id} is {media_type}, of which no copy can be made; copies are made of "
            f"{', '.join(READABLE)}: use the original, or collect it as one of these as well"
        )
    # A picture is large once it is drawn; one at a time keeps memory in bounds.
    with _one_picture:
        try:
            picture = _upright(source, media_type, recipe.side)
            return _copied(picture, media_type, recipe, evidence_id)
        except (OSError, SyntaxError, ValueError) as error:
            raise DeriveRefusedError(
                f"{evidence_id} cannot be drawn ({error}); use the original"
            ) from error


def _upright(source: IO[bytes], media_type: str, side: int) -> Image.Image:
    with opened(source, media_type) as image:
        if side:
            image.draft("RGB", (side, side))
        picture = ImageOps.exif_transpose(image)
    # Pillow writes back what it finds in here: comments, EXIF, XMP. Colours need their profile.
    profile = picture.info.get("icc_profile")
    picture.info = {"icc_profile": profile} if profile else {}
    return picture


def _copied(picture: Image.Image, media_type: str, recipe: Recipe, evidence_id: str) -> bytes:
    match recipe.copy:
        case Copy.REDACTED:
            return _saved(picture, media_type, _BEST)
        case Copy.THUMBNAIL:
            picture.thumbnail((recipe.side, recipe.side))
            return _saved(picture, "image/jpeg", _QUALITIES[1])
        case Copy.FITTED:
            return _fitted(picture, recipe.max_bytes, evidence_id)
        case _:
            assert_never(recipe.copy)


def _fitted(picture: Image.Image, max_bytes: int, evidence_id: str) -> bytes:
    picture = _opaque(picture)
    for size in _sizes(picture):
        smaller = picture if size == picture.size else picture.resize(size, reducing_gap=3.0)
        for quality in _QUALITIES:
            data = _saved(smaller, "image/jpeg", quality)
            if len(data) <= max_bytes:
                return data
    raise DeriveRefusedError(
        f"{evidence_id} cannot be shrunk to {size_text(max_bytes)} and still be seen; allow more"
    )


def _sizes(picture: Image.Image) -> Iterator[tuple[int, int]]:
    """Yield ever smaller sizes down to the smallest that still shows something."""
    width, height = picture.size
    longest = max(width, height)
    side = longest
    while side > _SMALLEST_SIDE:
        yield max(1, width * side // longest), max(1, height * side // longest)
        side = int(side * _SHRINK)
    side = min(longest, _SMALLEST_SIDE)
    yield max(1, width * side // longest), max(1, height * side // longest)


def _saved(picture: Image.Image, media_type: str, quality: int) -> bytes:
    into = io.BytesIO()
    if media_type == "image/png":
        picture.save(into, "PNG", icc_profile=picture.info.get("icc_profile"))
    else:
        _opaque(picture).save(
            into,
            "WEBP" if media_type == "image/webp" else "JPEG",
            quality=quality,
            icc_profile=picture.info.get("icc_profile"),
        )
    return into.getvalue()


def _opaque(picture: Image.Image) -> Image.Image:
    """Return a picture that JPEG can hold; what was transparent becomes white, as on paper."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layered = picture.convert("RGBA")
    paper = Image.new("RGBA", layered.size, _WHITE)
    return Image.alpha_composite(paper, layered).convert("RGB")
