"""What a file is, told by its first bytes and never by its name."""

import puremagic

from vault.texts import looks_like_text

_PLAIN = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"ID3\x02", "audio/mpeg"),
    (b"ID3\x03", "audio/mpeg"),
    (b"ID3\x04", "audio/mpeg"),
    (b"#!AMR-WB\n", "audio/amr-wb"),
    (b"#!AMR\n", "audio/amr"),
    (b"PK\x03\x04", "application/zip"),
    (b"PK\x05\x06", "application/zip"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_BRANDS = {
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4V ": "video/mp4",
    b"MSNV": "video/mp4",
    b"avc1": "video/mp4",
    b"dash": "video/mp4",
    b"isom": "video/mp4",
    b"iso2": "video/mp4",
    b"iso4": "video/mp4",
    b"iso5": "video/mp4",
    b"iso6": "video/mp4",
    b"mp41": "video/mp4",
    b"mp42": "video/mp4",
    b"3gp4": "video/3gpp",
    b"3gp5": "video/3gpp",
    b"3gp6": "video/3gpp",
}
"""By major brand of the ISO media file; of an unknown one the compatible brands decide."""
_OGG_VOICES = (b"OpusHead", b"\x01vorbis", b"Speex   ")
ALLOWED = (
    "photos (JPEG, PNG, WebP, HEIC), videos (MP4, MOV, 3GP), voice recordings (M4A, MP3, AAC, "
    "WAV, OGG, Opus, AMR), PDF, text, CSV, JSON and e-mail (EML)"
)
_PROGRAM = ("executable", "program", "script", "mach-o", "dll", "elf", "java")


def media_type(head: bytes) -> str | None:
    """Return the media type of an allowed file; None for every other.

    Args:
        head: Its first bytes, up to 64 KB.

    Returns:
        Such as `image/jpeg`; `text/plain` for any text; `application/zip` for any ZIP, which
        only some settings allow.
    """
    for magic, named in _PLAIN:
        if head.startswith(magic):
            return named
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _of_brands(head)
    if head.startswith(b"OggS"):
        return "audio/ogg" if any(voice in head[:512] for voice in _OGG_VOICES) else None
    if looks_like_text(head):
        return "text/plain"
    return _of_frames(head)


def described(head: bytes) -> str:
    """Return what a file that is not allowed seems to be, for people: `a program (…)`."""
    if head.startswith(b"#!"):
        return "a program (script)"
    try:
        found = puremagic.magic_string(head[: 8 * 1024])
    except (puremagic.PureError, ValueError):
        return "of a type that is not known here"
    name = found[0].name.strip() if found else ""
    if not name:
        return "of a type that is not known here"
    program = any(word in name.lower() for word in _PROGRAM)
    return f"a program ({name})" if program else f"a file of the type {name}"


def _of_brands(head: bytes) -> str | None:
    length = int.from_bytes(head[:4], "big")
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, min(length, 256), 4))]
    return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)


def _of_frames(head: bytes) -> str | None:
    """Tell bare MPEG audio by its first frame's header, which has few impossible values."""
    if len(head) < 4 or head[0] != 0xFF:  # noqa: PLR2004 (four bytes of header, sync bits)
        return None
    second, third = head[1], head[2]
    if second & 0xF6 == 0xF0:  # noqa: PLR2004 (the sync bits of ADTS)
        return "audio/aac"
    layer_three = second & 0xE6 == 0xE2  # noqa: PLR2004 (sync bits and layer)
    rates_exist = third >> 4 not in {0, 15} and third & 0x0C != 0x0C  # noqa: PLR2004 (same)
    return "audio/mpeg" if layer_three and rates_exist else None
