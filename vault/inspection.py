"""Whether a file is taken, and what it says of itself."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from mmap import ACCESS_READ, mmap
from pathlib import Path

from domain.evidence import ContentCredentials, EvidenceKind, Findings, kind_of
from vault.archives import refuse_bomb
from vault.errors import FileRefusedError, Refusal
from vault.file_types import ALLOWED, described, media_type
from vault.foreign import appended, begins_as_page, foreign_tail, is_archive_too, page_in
from vault.limits import Limits, size_text
from vault.photos import READABLE, read_claims
from vault.structure import Structure, TooManyPartsError, notes, walk
from vault.texts import charset_of, text_type

_ARCHIVE = "application/zip"
_POSITION_WORDS = (b"GPSLatitude", b"GPSLongitude")


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """A file as it was handed in."""

    path: Path
    """Where it lies now."""
    head: bytes
    """Its first bytes."""
    name: str
    """What it was called: for refusals, and for the sort of a text."""
    at: datetime
    """When it was handed in, to say how far its own clock is off."""
    zone: tzinfo | None = None
    """The collector's zone, for a camera that states none."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may be taken."""

    media_type: str
    findings: Findings
    captured_at: datetime | None
    """As the file claims, with its own zone or the collector's."""


def size_limit(head: bytes, limits: Limits) -> int:
    """Return how many bytes a file that begins so may have."""
    found = media_type(head)
    return limits.of(kind_of(found)) if found else limits.largest


def refuse_size(name: str, limit: int) -> FileRefusedError:
    """Return the refusal of a file that is larger than *limit* bytes."""
    return FileRefusedError(
        Refusal.TOO_LARGE,
        f"{name} is larger than {size_text(limit)}, the limit for its type; hand in a shorter "
        "recording or a smaller file",
    )


def inspect(file: Handed, limits: Limits) -> Inspected:
    """Look at a file by its content.

    Raises:
        FileRefusedError: Its type is not allowed or it holds what does not belong in it.
    """
    found = media_type(file.head)
    if found is None or (found == _ARCHIVE and not limits.archives):
        raise _not_allowed(file, found)
    if found == _ARCHIVE:
        refuse_bomb(file.path, file.name, limits)
        return Inspected(found, Findings(), None)
    if is_archive_too(file.path):
        raise _disguised(file, found, "a ZIP archive")
    if kind_of(found) is EvidenceKind.TEXT:
        return _inspect_text(file)
    findings, recorded = _inspect_structure(file, found)
    if found in READABLE:
        return _inspect_photo(file, found, findings, limits)
    if recorded is None:
        return Inspected(found, findings, None)
    return _dated(file, found, findings, recorded.replace(tzinfo=None), "+00:00")


def _not_allowed(file: Handed, found: str | None) -> FileRefusedError:
    if found == _ARCHIVE:
        text = f"{file.name} is a ZIP archive or an office file; unpack it or print it to PDF"
    else:
        text = f"{file.name} is {described(file.head)}; what is taken: {ALLOWED}"
    return FileRefusedError(Refusal.TYPE_NOT_ALLOWED, text)


def _disguised(file: Handed, found: str, what: str) -> FileRefusedError:
    return FileRefusedError(
        Refusal.FOREIGN_CONTENT,
        f"{file.name} is {found} and holds {what} as well; hand in the file as it came from the "
        "device",
    )


def _inspect_text(file: Handed) -> Inspected:
    charset = charset_of(file.path)
    if charset is None:
        raise FileRefusedError(
            Refusal.TYPE_NOT_ALLOWED,
            f"{file.name} begins as text and goes on as something else; what is taken: {ALLOWED}",
        )
    if begins_as_page(file.head):
        raise FileRefusedError(
            Refusal.TYPE_NOT_ALLOWED,
            f"{file.name} is a web page; print it to PDF or take a screenshot",
        )
    findings = Findings(charset=charset.removesuffix("-sig"))
    return Inspected(text_type(file.name), findings, None)


def _inspect_structure(file: Handed, found: str) -> tuple[Findings, datetime | None]:
    with (
        file.path.open("rb") as opened,
        closing(mmap(opened.fileno(), 0, access=ACCESS_READ)) as view,
    ):
        structure = _walk(file, found, view)
        if what := foreign_tail(view, structure.end):
            raise _disguised(file, found, what)
        if page_in(notes(view, structure)):
            raise _disguised(file, found, "a web page")
        positions = any(
            word in note for note in notes(view, structure) for word in _POSITION_WORDS
        )
        findings = Findings(
            content_credentials=_credentials(found, structure),
            appended=appended(view, structure.end),
            incomplete=structure.incomplete,
            location=positions if found in READABLE else None,
        )
        return findings, structure.recorded


def _walk(file: Handed, found: str, view: mmap) -> Structure:
    try:
        return walk(found, view)
    except TooManyPartsError as error:
        raise FileRefusedError(
            Refusal.UNREADABLE,
            f"{file.name} is {found} of more than {error.limit:,} parts, which no device makes; "
            "hand in the original",
        ) from error


def _credentials(found: str, structure: Structure) -> ContentCredentials:
    if structure.credentials:
        return ContentCredentials.PRESENT
    looked = kind_of(found) in {EvidenceKind.PHOTO, EvidenceKind.VIDEO}
    return ContentCredentials.ABSENT if looked else ContentCredentials.NOT_LOOKED_FOR


def _inspect_photo(file: Handed, found: str, findings: Findings, limits: Limits) -> Inspected:
    claims = read_claims(file.path, found, file.name, limits)
    if claims is None:
        unknown = findings.model_copy(update={"location": findings.location or None})
        return Inspected(found, unknown, None)
    claimed = {
        "camera": claims.camera,
        "location": claims.location or findings.location,
        "width": claims.width,
        "height": claims.height,
    }
    return _dated(file, found, findings.model_copy(update=claimed), claims.time, claims.zone)


def _dated(
    file: Handed, found: str, findings: Findings, time: datetime | None, zone: str | None
) -> Inspected:
    captured_at, zone = _instant(time, zone, file.zone)
    skew = file.at - captured_at if captured_at else None
    claimed = {
        "camera_time": time.isoformat() if time else None,
        "camera_zone": zone,
        "skew_seconds": round(skew.total_seconds()) if skew is not None else None,
    }
    return Inspected(found, findings.model_copy(update=claimed), captured_at)


def _instant(
    time: datetime | None, zone: str | None, assumed: tzinfo | None
) -> tuple[datetime | None, str | None]:
    if time is None:
        return None, zone
    if zone:
        return datetime.fromisoformat(f"{time.isoformat()}{zone}"), zone
    if assumed is None:
        return None, None
    return time.replace(tzinfo=assumed).astimezone(UTC), f"assumed {assumed}"
