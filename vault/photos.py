"""What a photo says of itself, read by Pillow without decoding the picture."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from pi_heif import (  # type: ignore[import-untyped]  # it ships no types
    libheif_version,
    register_heif_opener,
)
from PIL import ExifTags, Image

from vault.canonical import printable
from vault.errors import FileRefusedError, Refusal
from vault.limits import Limits

HEIC = "image/heic"
READABLE = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", HEIC: "HEIF"}
"""What Pillow reads, by its name of the format; HEIC with the help of libheif."""
_EXIF_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
_ZONE = re.compile(r"[+-]\d\d:\d\d")
_SPACES = re.compile(r"[\s\x00]+")
_LONGEST_NAME = 80
_pixel_check = threading.Lock()


@dataclass(frozen=True, slots=True)
class PhotoClaims:
    """What the file claims; nobody has checked it."""

    width: int
    height: int
    camera: str | None
    time: datetime | None
    """The camera's local time, without a zone."""
    zone: str | None
    """`+07:00` if stated."""
    location: bool


@contextmanager
def opened(file: Path | IO[bytes], media_type: str) -> Iterator[Image.Image]:
    """Open a photo whose pixels nobody has decoded yet; how many it may have is our own limit."""
    _let_pillow_read_heic()
    with _pixel_check:
        usual, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
        try:
            image = Image.open(file, formats=[READABLE[media_type]])
        finally:
            Image.MAX_IMAGE_PIXELS = usual
    with image:
        yield image


def heic_reader() -> str:
    """Return what reads HEIC, with its version."""
    return f"libheif {libheif_version()}"


@cache
def _let_pillow_read_heic() -> None:
    register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)


def read_claims(path: Path, media_type: str, name: str, limits: Limits) -> PhotoClaims | None:
    """Read a photo's size and EXIF.

    Returns:
        What it claims; None of a HEIC photo that libheif does not read, for there are many sorts.

    Raises:
        FileRefusedError: It is no photo of its type, or has too many pixels.
    """
    try:
        with opened(path, media_type) as image:
            width, height = image.size
            _refuse_pixels(width, height, name, limits)
            return _claims(image)
    except (OSError, SyntaxError, ValueError) as error:
        if media_type == HEIC:
            return None
        raise FileRefusedError(
            Refusal.UNREADABLE,
            f"{name} begins as {READABLE[media_type]} but cannot be read as a photo; take it anew "
            "or hand in the original",
        ) from error


def _refuse_pixels(width: int, height: int, name: str, limits: Limits) -> None:
    if width * height > limits.pixels:
        raise FileRefusedError(
            Refusal.TOO_MANY_PIXELS,
            f"{name} has {width:,} x {height:,} pixels; the limit is {limits.pixels:,} in all; "
            "take it with a smaller picture size",
        )


def _claims(image: Image.Image) -> PhotoClaims:
    width, height = image.size
    try:
        main = image.getexif()
        photo = main.get_ifd(ExifTags.IFD.Exif)
        position = main.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:  # noqa: BLE001 (a broken EXIF block raises whatever its bytes lead to)
        return PhotoClaims(width, height, None, None, None, location=False)
    base = ExifTags.Base
    taken = photo.get(base.DateTimeOriginal), photo.get(base.OffsetTimeOriginal)
    changed = main.get(base.DateTime), photo.get(base.OffsetTime)
    time, zone = taken if taken[0] else changed
    return PhotoClaims(
        width=width,
        height=height,
        camera=_words(main.get(base.Make), main.get(base.Model)),
        time=_time(time),
        zone=zone if isinstance(zone, str) and _ZONE.fullmatch(zone) else None,
        location=any(
            tag in position for tag in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude)
        ),
    )


def _time(value: Any) -> datetime | None:
    found = _EXIF_TIME.match(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day, clock = found.groups()
    try:
        return datetime.fromisoformat(f"{year}-{month}-{day}T{clock}")
    except ValueError:
        return None


def _words(*parts: Any) -> str | None:
    texts = [printable(_SPACES.sub(" ", part)).strip() for part in parts if isinstance(part, str)]
    # Many makers begin the model with their own name.
    if len(texts) == 2 and texts[1].lower().startswith(texts[0].lower()):  # noqa: PLR2004 (make, model)
        texts = texts[1:]
    return " ".join(texts)[:_LONGEST_NAME].strip() or None
