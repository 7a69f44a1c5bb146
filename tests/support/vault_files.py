"""Opening a vault in a folder, putting things into it, and files as devices make them."""

import io
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from domain.evidence import EvidenceItem
from records.database import Database
from vault.store import Vault

CASE = "pickup-case:7495540735365777501:1152921504606846976"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_PICTURE = Image.effect_noise((96, 64), 40).convert("RGB")


def open_vault(db: Database, folder: Path, **more: Any) -> Vault:
    """Open a vault in *folder*."""
    settings: dict[str, Any] = {
        "folder_or_url": folder / "evidence",
        "keys_folder": folder / "keys",
        "clock": lambda: NOON,
    }
    return Vault.open(db, **settings | more)


def collected(vault: Vault, data: bytes, **more: Any) -> EvidenceItem:
    """Collect *data* as a photo of ready parcels, unless told otherwise."""
    given: dict[str, Any] = {
        "case_id": CASE,
        "requirement": "ready_photo",
        "actor": "mei",
        "at": NOON,
        "source": "warehouse_phone",
        "name": "parcels.jpg",
    }
    return vault.collect([data], **given | more)


def blob_files(folder: Path) -> list[Path]:
    """List the files of the blobs in a vault that `open_vault` opened."""
    return [path for path in (folder / "evidence" / "sha256").rglob("*") if path.is_file()]


def photo(
    *,
    taken: str | None = None,
    zone: str | None = None,
    position: bool = False,
    size: tuple[int, int] = (96, 64),
    form: str = "JPEG",
    **more: Any,
) -> bytes:
    """Return a photo as a phone makes one; *taken* is `2026:03:01 19:00:00`."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Apple", "iPhone 15"
    details = exif.get_ifd(ExifTags.IFD.Exif)
    if taken:
        details[ExifTags.Base.DateTimeOriginal] = taken
    if zone:
        details[ExifTags.Base.OffsetTimeOriginal] = zone
    if position:
        where = exif.get_ifd(ExifTags.IFD.GPSInfo)
        where[ExifTags.GPS.GPSLatitudeRef] = "N"
        where[ExifTags.GPS.GPSLatitude] = (13.0, 45.0, 0.0)
    into = io.BytesIO()
    _PICTURE.resize(size).save(into, form, exif=exif, **more)
    return into.getvalue()


def box(kind: bytes, body: bytes = b"") -> bytes:
    """Return one box of an ISO media file."""
    return struct.pack(">I", 8 + len(body)) + kind + body


def video(
    brand: bytes = b"isom", picture: bytes = b"\x00" * 64, header: bytes = b"\x00" * 100
) -> bytes:
    """Return the boxes of a short clip; nothing in it can be played."""
    head = box(b"ftyp", brand + b"\x00\x00\x02\x00" + brand)
    return head + box(b"moov", box(b"mvhd", header)) + box(b"mdat", picture)


def png_of(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a PNG that claims a size it has not, with chunks before its end."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    check = zlib.crc32(kind + body)
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", check)


def refused_by(act: Callable[[], object], kind: type[Exception]) -> str:
    """Return the words with which *act* is refused."""
    with pytest.raises(kind) as refusal:
        act()
    return str(refusal.value)
