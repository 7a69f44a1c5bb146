"""What the rules know of a piece of evidence; the bytes and their custody are the vault's."""

import hashlib
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from domain.instants import Instant

_ID_DIGITS = 32


class CustodyAction(StrEnum):
    """What was done with evidence, as the custody ledger words it."""

    COLLECT = "collect"
    VIEW = "view"
    SHARE = "share"
    DERIVE = "derive"
    SUBMIT = "submit"
    HOLD = "hold"
    RELEASE = "release"
    REFUSE = "refuse"
    """A file was handed in and not taken."""
    ERASE = "erase"
    ALTERED = "altered"
    """The stored bytes were found not to be those that were collected."""
    RESTORE = "restore"
    """Altered or lost bytes were replaced by the same ones as collected, handed in again."""
    ROTATE_KEY = "rotate_key"


class EvidenceKind(StrEnum):
    """What sort of thing an item is, for people and for rules that ask for a photo or a video."""

    PHOTO = "photo"
    VIDEO = "video"
    VOICE = "voice"
    DOCUMENT = "document"
    TEXT = "text"
    ARCHIVE = "archive"


class ContentCredentials(StrEnum):
    """Whether a file carries a C2PA manifest; whether that holds is left to others."""

    ABSENT = "absent"
    PRESENT = "present, not verified"
    NOT_LOOKED_FOR = "not looked for"


class Findings(BaseModel):
    """What a file says of itself; recorded as claimed, never relied on."""

    model_config = ConfigDict(frozen=True)

    camera: str | None = None
    """Make and model as the file claims them."""
    camera_time: str | None = None
    """The camera's time as the file states it, `YYYY-MM-DDTHH:MM:SS`, in its zone."""
    camera_zone: str | None = None
    """`+07:00` if the file states it (clips are in `+00:00`), else `assumed Asia/Bangkok`."""
    skew_seconds: int | None = None
    """Collected minus captured; negative means a camera clock ahead of ours."""
    location: bool | None = None
    """Whether the file holds a position, which is not recorded; None: not looked for."""
    width: int | None = None
    height: int | None = None
    content_credentials: ContentCredentials = ContentCredentials.NOT_LOOKED_FOR
    appended: str | None = None
    """What follows the end of a photo, such as the clip of a motion photo."""
    incomplete: bool = False
    """The file ends before its own structure does."""
    charset: str | None = None


class EvidenceItem(BaseModel):
    """One piece of evidence of one case."""

    model_config = ConfigDict(frozen=True)

    evidence_id: str
    case_id: str
    requirement: str
    """Which proof it is meant to be, a key of the requirement matrix."""
    digest: str
    """SHA-256 of the bytes, 64 hexadecimal digits."""
    size: int
    media_type: str
    """By content, never by name."""
    name: str = ""
    """As the file was called where it came from; never a path. Empty once erased."""
    note: str = ""
    collected_at: Instant
    collected_by: str
    source: str
    """Where it came from, such as `warehouse_phone` or `shop_api`."""
    captured_at: Instant | None = None
    """When the scene was recorded: as given, else as the file claims with its zone."""
    observed_from: Instant | None = None
    observed_until: Instant | None = None
    """The period that it shows, for a chat, a call or a report."""
    late: bool = False
    """Came after the deadline or after the case had closed."""
    derived_from: str | None = None
    """The item that this one is a copy of."""
    tool: str | None = None
    """What made the copy, with its version."""
    findings: Findings = Findings()
    held: bool = False
    erased: bool = False
    duplicate: bool = False
    """In the answer to a collection: these bytes were there already for this requirement."""

    @property
    def kind(self) -> EvidenceKind:
        """What sort of thing it is."""
        return kind_of(self.media_type)


def evidence_id(*, case_id: str, requirement: str, digest: str) -> str:
    """Return the id of an item; the same bytes for the same proof of a case have the same one.

    Args:
        case_id: The case (workflow id).
        requirement: Which proof it is meant to be.
        digest: SHA-256 of the bytes, hexadecimal.

    Returns:
        `ev-` and 32 hexadecimal digits.
    """
    # Lengths first, so that no two different triples read the same.
    named = "".join(f"{len(part)}:{part}" for part in (case_id, requirement, digest))
    return f"ev-{hashlib.sha256(named.encode()).hexdigest()[:_ID_DIGITS]}"


def kind_of(media_type: str) -> EvidenceKind:
    """Return what sort of thing a media type is."""
    family = media_type.partition("/")[0]
    named = {
        "image": EvidenceKind.PHOTO,
        "video": EvidenceKind.VIDEO,
        "audio": EvidenceKind.VOICE,
        "text": EvidenceKind.TEXT,
        "message": EvidenceKind.TEXT,
    }
    if media_type == "application/json":
        return EvidenceKind.TEXT
    if media_type == "application/zip":
        return EvidenceKind.ARCHIVE
    return named.get(family, EvidenceKind.DOCUMENT)
