"""How much of what is taken into the vault."""

from dataclasses import dataclass

from domain.evidence import EvidenceKind

_MEGABYTE = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Limits of one file, in bytes unless said otherwise."""

    photo: int = 100 * _MEGABYTE
    video: int = 4000 * _MEGABYTE
    voice: int = 500 * _MEGABYTE
    document: int = 100 * _MEGABYTE
    text: int = 50 * _MEGABYTE
    archive: int = 500 * _MEGABYTE
    pixels: int = 120_000_000
    """Of a photo; a phone's largest common mode has 108 million."""
    archives: bool = False
    """Whether ZIP archives are taken at all."""
    unpacked: int = 2000 * _MEGABYTE
    """Of everything in an archive."""
    unpacked_ratio: int = 100
    """How many times larger than packed."""
    archive_files: int = 1000

    def of(self, kind: EvidenceKind) -> int:
        """Return the size limit of a kind."""
        return {
            EvidenceKind.PHOTO: self.photo,
            EvidenceKind.VIDEO: self.video,
            EvidenceKind.VOICE: self.voice,
            EvidenceKind.DOCUMENT: self.document,
            EvidenceKind.TEXT: self.text,
            EvidenceKind.ARCHIVE: self.archive,
        }[kind]

    @property
    def largest(self) -> int:
        """The largest that any kind may be."""
        return max(self.of(kind) for kind in EvidenceKind)


OF_PACKETS = Limits(
    archives=True, archive=100_000 * _MEGABYTE, unpacked=100_000 * _MEGABYTE, archive_files=100_000
)
"""Of the ZIPs that are put together here; their exhibits were each within limits."""


def size_text(size: int) -> str:
    """Return a size for people: `100 MB`, `1.5 MB`, `640 bytes`."""
    if size < _MEGABYTE:
        return f"{size:,} bytes"
    return f"{size / _MEGABYTE:,.1f} MB".replace(".0 MB", " MB")
