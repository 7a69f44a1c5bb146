"""What is taken and what is refused, told by content."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from domain.evidence import ContentCredentials, Findings
from tests.support.vault_files import NOON, box, photo, png_of, video
from vault.errors import FileRefusedError, Refusal
from vault.inspection import Handed, Inspected, inspect
from vault.limits import Limits, size_text

PHOTO, SCREENSHOT = photo(), photo(form="PNG")
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


@pytest.fixture
def look(tmp_path: Path) -> Callable[..., Inspected]:
    def one(
        data: bytes, name: str = "file", limits: Limits | None = None, **more: Any
    ) -> Inspected:
        path = tmp_path / "staged"
        path.write_bytes(data)
        handed = Handed(path=path, head=data[: 64 * 1024], name=name, at=NOON, **more)
        return inspect(handed, limits or Limits())

    return one


def _refusal(
    look: Callable[..., Inspected], data: bytes, name: str, **more: Any
) -> FileRefusedError:
    with pytest.raises(FileRefusedError) as refusal:
        look(data, name, **more)
    assert name in str(refusal.value)
    return refusal.value


def _zip(*parts: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as archive:
        for name, data in parts:
            archive.writestr(name, data)
    return into.getvalue()


def _riff(kind: bytes, body: bytes = b"\x00" * 8) -> bytes:
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + kind + body


# Taken


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (PHOTO, "a.jpg", "image/jpeg"),
        (PHOTO, "a.png", "image/jpeg"),
        (SCREENSHOT, "a.png", "image/png"),
        (photo(form="WEBP"), "a.webp", "image/webp"),
        (video(b"heic"), "a.heic", "image/heic"),
        (video(b"mif1"), "a.heic", "image/heic"),
        (video(), "a.mp4", "video/mp4"),
        (video(b"qt  "), "a.mov", "video/quicktime"),
        (video(b"3gp4"), "a.3gp", "video/3gpp"),
        (video(b"M4A "), "a.m4a", "audio/mp4"),
        (box(b"ftyp", b"XYZ \x00\x00\x00\x00mp42"), "a.mp4", "video/mp4"),
        (b"ID3\x04" + b"\x00" * 30, "a.mp3", "audio/mpeg"),
        (b"\xff\xfb\x90\x64" + b"\x00" * 30, "a.mp3", "audio/mpeg"),
        (b"\xff\xf1\x50\x80" + b"\x00" * 30, "a.aac", "audio/aac"),
        (_riff(b"WAVE"), "a.wav", "audio/wav"),
        (b"OggS\x00\x02" + b"\x00" * 22 + b"OpusHead", "a.opus", "audio/ogg"),
        (b"#!AMR\n" + b"\x3c" * 30, "a.amr", "audio/amr"),
        (b"#!AMR-WB\n" + b"\x3c" * 30, "a.amr", "audio/amr-wb"),
        (b"%PDF-1.7\n1 0 obj\n%%EOF\n", "a.pdf", "application/pdf"),
        (b"carrier: not today\n", "chat.txt", "text/plain"),
        ("司机没有来".encode(), "chat", "text/plain"),
        ("订单,时间\n1,2\n".encode("gb18030"), "Manifest.CSV", "text/csv"),
        ("order,time\n".encode("utf-16"), "manifest.csv", "text/csv"),
        (b'{"slot": null}', "booking.json", "application/json"),
        (b"From: a@b\n\n<html><body>hi</body></html>", "mail.eml", "message/rfc822"),
    ],
)
def test_what_a_file_is_follows_from_its_content(
    look: Callable[..., Inspected], data: bytes, name: str, media_type: str
) -> None:
    assert media_type == look(data, name).media_type


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (b"plain", "utf-8"),
        (b"\xef\xbb\xbfmarked", "utf-8"),
        ("订单".encode("gb18030"), "gb18030"),
        ("订单".encode("utf-16"), "utf-16"),
    ],
)
def test_the_charset_of_a_text_is_recorded(
    look: Callable[..., Inspected], data: bytes, charset: str
) -> None:
    assert charset == look(data).findings.charset


@given(st.text(min_size=1).filter(lambda text: text.isprintable() and not text.startswith("#!")))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_people_write_is_text(look: Callable[..., Inspected], text: str) -> None:
    data = text.encode()
    taken = look(data, "note.txt") if not data.lstrip().startswith(b"<") else None
    assert taken is None or "text/plain" == taken.media_type


# Refused: programs, archives and pages, whatever they are called


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00", "a program"),
        (b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "a program"),
        (b"\xcf\xfa\xed\xfe\x07\x00\x00\x01" + b"\x00" * 60, "a program"),
        (b"#!/bin/sh\nrm -rf /\n", "a program (script)"),
        (b"GIF89a" + b"\x00" * 60, "Graphics interchange"),
        (b"Rar!\x1a\x07\x00" + b"\x00" * 60, "RAR"),
        (b"\x00\x01\x02\x03", "of a type that is not known here"),
        (b"OggS\x00\x02" + b"\x00" * 22 + b"\x80theora", "Ogg"),
        (b"RIFF\x00\x00\x00\x00AVI ", ""),
        (b"<!DOCTYPE html><html><script>", "a web page"),
        (b"\xef\xbb\xbf <!-- hi -->\n<html>", "a web page"),
        (b'<?xml version="1.0"?><svg onload="x">', "a web page"),
    ],
)
def test_what_is_no_evidence_is_refused_and_named_for_what_it_is(
    look: Callable[..., Inspected], data: bytes, words: str
) -> None:
    refusal = _refusal(look, data, "holiday.jpg")
    assert Refusal.TYPE_NOT_ALLOWED is refusal.reason
    assert words in str(refusal)


def test_a_text_that_turns_into_something_else_is_refused(look: Callable[..., Inspected]) -> None:
    refusal = _refusal(look, b"a" * 70_000 + b"\x00\x01MZ", "notes.txt")
    assert "begins as text and goes on as something else" in str(refusal)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize(
    ("tail", "words"),
    [
        (_zip(("payload.js", b"alert(1)")), "a ZIP archive"),
        (b"PK\x03\x04 cut off", "a ZIP archive"),
        (b"\x00\x00\r\nMZ\x90\x00", "a Windows program"),
        (b"\x7fELF\x02", "a Linux program"),
        (b"#!/bin/sh\n", "a script"),
        (b"%PDF-1.4", "a PDF"),
        (b"  <html><body>", "a web page"),
        (b"maker's data <script>alert(1)</script>", "a web page"),
        (b"7z\xbc\xaf\x27\x1c\x00", "a 7z archive"),
    ],
)
def test_a_photo_with_something_foreign_behind_it_is_refused(
    look: Callable[..., Inspected], form: str, tail: bytes, words: str
) -> None:
    refusal = _refusal(look, photo(form=form) + tail, "holiday.jpg")
    assert Refusal.FOREIGN_CONTENT is refusal.reason
    assert words in str(refusal)


@pytest.mark.parametrize(
    "data",
    [
        png_of(8, 8, (b"tEXt", b"Comment\x00<html><script>alert(1)</script>")),
        png_of(8, 8, (b"xyZz", b"<iframe src=x>")),
        photo(comment=b"<SCRIPT >alert(1)</SCRIPT>"),
    ],
    ids=["png text", "png chunk", "jpeg comment"],
)
def test_a_photo_with_the_code_of_a_page_inside_is_refused(
    look: Callable[..., Inspected], data: bytes
) -> None:
    refusal = _refusal(look, data, "holiday.png")
    assert "a web page" in str(refusal)


@pytest.mark.parametrize("media", [video(), b"%PDF-1.7\n%%EOF\n", _riff(b"WAVE")])
def test_an_archive_behind_anything_is_found(look: Callable[..., Inspected], media: bytes) -> None:
    assert "a ZIP archive" in str(_refusal(look, media + _zip(("a", b"b")), "call.m4a"))


def test_an_archive_is_found_even_inside_a_part_of_a_clip(look: Callable[..., Inspected]) -> None:
    hidden = video() + box(b"free", _zip(("a", b"b")))
    assert "a ZIP archive" in str(_refusal(look, hidden, "clip.mp4"))


@pytest.mark.parametrize(
    ("tail", "said"),
    [
        (b"", None),
        (b"\x00" * 40, None),
        (PHOTO, "another photo"),
        (video(), "a clip"),
        (b"\x01maker\x02SEFT", "11 bytes of the maker's own"),
    ],
)
def test_what_phones_put_behind_a_photo_is_taken_and_recorded(
    look: Callable[..., Inspected], tail: bytes, said: str | None
) -> None:
    """Motion photos and depth maps come that way; refusing them would lose the proof."""
    assert said == look(PHOTO + tail).findings.appended


@pytest.mark.parametrize(
    "data",
    [PHOTO[: len(PHOTO) // 2], video()[:-20], b"%PDF-1.7\n1 0 obj", _riff(b"WAVE")[:-3]],
    ids=["photo", "clip", "pdf", "recording"],
)
def test_a_file_that_was_cut_off_is_taken_and_said_to_be_incomplete(
    look: Callable[..., Inspected], data: bytes
) -> None:
    """Half a recording is still evidence."""
    assert look(data).findings.incomplete
    assert not look(PHOTO).findings.incomplete


@pytest.mark.parametrize(
    "data",
    [b"\xff\xd8\xff\xe0" + b"\x00" * 40, b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, _riff(b"WEBP")],
    ids=["jpeg", "png", "webp"],
)
def test_a_file_that_only_begins_as_a_photo_is_refused(
    look: Callable[..., Inspected], data: bytes
) -> None:
    assert Refusal.UNREADABLE is _refusal(look, data, "van.jpg").reason


def test_a_file_made_to_keep_us_busy_is_refused(look: Callable[..., Inspected]) -> None:
    refusal = _refusal(look, b"\xff\xd8" + b"\xff\x01" * 200_001, "van.jpg")
    assert "more than 200,000 parts" in str(refusal)


# Limits


def test_a_photo_of_too_many_pixels_is_refused_with_the_limit(
    look: Callable[..., Inspected],
) -> None:
    """A few bytes that claim a gigantic picture would fill the memory once drawn."""
    refusal = _refusal(look, png_of(60_000, 60_000), "bomb.png")
    assert Refusal.TOO_MANY_PIXELS is refusal.reason
    assert "bomb.png has 60,000 x 60,000 pixels; the limit is 120,000,000 in all" in str(refusal)


def test_the_largest_pictures_of_phones_are_taken(look: Callable[..., Inspected]) -> None:
    assert 12_000 == look(png_of(12_000, 9_000)).findings.width


@pytest.mark.parametrize(
    ("parts", "limits", "words"),
    [
        ([("zeros", bytes(3_000_000))], {}, "times its size; the limit is 100 times"),
        ([("a", bytes(3000))], {"unpacked": 2999}, "would unpack to 3,000 bytes; the limit is"),
        ([(str(n), b"") for n in range(4)], {"archive_files": 3}, "holds 4 files; the limit is 3"),
        ([("in.zip", b"x")], {}, "'in.zip', an archive or program, inside"),
        ([("../../etc/passwd", b"x")], {}, "a file with a path out of it"),
        ([("/etc/passwd", b"x")], {}, "a file with a path out of it"),
    ],
)
def test_an_archive_that_hides_more_than_it_shows_is_refused(
    look: Callable[..., Inspected],
    parts: list[tuple[str, bytes]],
    limits: dict[str, int],
    words: str,
) -> None:
    allowed = Limits(archives=True, **limits)
    assert words in str(_refusal(look, _zip(*parts), "all.zip", limits=allowed))


def test_a_link_in_an_archive_is_refused(look: Callable[..., Inspected]) -> None:
    link = zipfile.ZipInfo("van.jpg")
    link.external_attr = 0o120777 << 16
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    refusal = _refusal(look, into.getvalue(), "all.zip", limits=Limits(archives=True))
    assert "a link instead of a file" in str(refusal)


def test_archives_are_taken_only_where_the_settings_say_so(look: Callable[..., Inspected]) -> None:
    archive = _zip(("van.jpg", PHOTO))
    assert "application/zip" == look(archive, limits=Limits(archives=True)).media_type
    assert "unpack it" in str(_refusal(look, archive, "all.docx"))
    damaged = archive[:-10]
    refusal = _refusal(look, damaged, "all.zip", limits=Limits(archives=True))
    assert "damaged ZIP archive" in str(refusal)


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999_999, "999,999 bytes"),
        (1_500_000, "1.5 MB"),
        (4_000_000_000, "4,000 MB"),
    ],
)
def test_sizes_are_told_as_people_tell_them(size: int, text: str) -> None:
    assert text == size_text(size)


# What a photo says of itself


def test_the_time_of_a_photo_is_read_with_its_zone_and_compared_with_ours(
    look: Callable[..., Inspected],
) -> None:
    found = look(photo(taken="2026:03:01 18:58:30", zone="+07:00", position=True))

    assert datetime(2026, 3, 1, 11, 58, 30, tzinfo=UTC) == found.captured_at
    assert (
        Findings(
            camera="Apple iPhone 15",
            camera_time="2026-03-01T18:58:30",
            camera_zone="+07:00",
            skew_seconds=90,
            location=True,
            width=96,
            height=64,
            content_credentials=ContentCredentials.ABSENT,
        )
        == found.findings
    )


def test_a_photo_of_a_clock_that_is_wrong_is_taken_with_its_skew(
    look: Callable[..., Inspected],
) -> None:
    found = look(photo(taken="2031:03:01 12:00:00", zone="+00:00"))
    assert -157_766_400 == found.findings.skew_seconds


def test_a_photo_without_a_zone_has_no_instant_unless_the_collector_has_one(
    look: Callable[..., Inspected],
) -> None:
    data = photo(taken="2026:03:01 19:00:00")
    alone, with_zone = look(data), look(data, zone=ZoneInfo("Asia/Bangkok"))

    assert alone.captured_at is None
    assert "2026-03-01T19:00:00" == alone.findings.camera_time
    assert alone.findings.skew_seconds is None
    assert NOON == with_zone.captured_at
    assert "assumed Asia/Bangkok" == with_zone.findings.camera_zone
    assert timedelta(0) == timedelta(seconds=with_zone.findings.skew_seconds or 0)


@pytest.mark.parametrize("taken", ["2026:13:45 99:99:99", "    :  :     :  :  ", "yesterday"])
def test_a_time_that_is_none_is_no_time(look: Callable[..., Inspected], taken: str) -> None:
    found = look(photo(taken=taken))
    assert (None, None) == (found.captured_at, found.findings.camera_time)


def _made(at: datetime, *, long: bool = False) -> bytes:
    """Return a movie header: a version, flags, and the seconds since 1904."""
    seconds = int((at - datetime(1904, 1, 1, tzinfo=UTC)).total_seconds())
    return struct.pack(">BxxxQ" if long else ">BxxxI", int(long), seconds) + b"\x00" * 88


@pytest.mark.parametrize("long", [False, True])
def test_the_time_of_a_clip_is_read_from_its_header(
    look: Callable[..., Inspected], *, long: bool
) -> None:
    found = look(video(header=_made(NOON - timedelta(minutes=2), long=long)))

    assert NOON - timedelta(minutes=2) == found.captured_at
    assert ("2026-03-01T11:58:00", "+00:00", 120) == (
        found.findings.camera_time,
        found.findings.camera_zone,
        found.findings.skew_seconds,
    )


def test_a_clip_with_a_picture_of_more_than_four_gigabytes_is_walked(
    look: Callable[..., Inspected],
) -> None:
    """Its size is in a field of its own; here only the field is large."""
    long_box = struct.pack(">I4sQ", 1, b"mdat", 16 + 5_000_000_000)
    found = look(video() + long_box + bytes(40)).findings
    assert found.incomplete
    to_the_end = struct.pack(">I4s", 0, b"mdat") + bytes(40)
    assert not look(video() + to_the_end).findings.incomplete


def test_the_maker_is_not_named_twice(look: Callable[..., Inspected]) -> None:
    into, exif = io.BytesIO(), Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "samsung\x00", " SAMSUNG\x1b SM-A155F "
    Image.new("RGB", (8, 8)).save(into, "JPEG", exif=exif)
    assert "SAMSUNG SM-A155F" == look(into.getvalue()).findings.camera


@pytest.mark.parametrize(
    "data",
    [
        video(),
        video(header=_made(datetime(1970, 1, 1, tzinfo=UTC))),
        video(header=_made(datetime(9000, 1, 1, tzinfo=UTC), long=True)),
        video(header=b""),
        box(b"ftyp", b"isom\x00\x00\x02\x00") + box(b"moov", box(b"trak") + box(b"udta")),
        box(b"ftyp", b"isom\x00\x00\x02\x00") + box(b"moov", b"\x00\x00\x00\x03" + bytes(30)),
    ],
    ids=["no clock", "another epoch", "nonsense", "cut off", "no header", "broken"],
)
def test_a_clip_that_does_not_say_when_it_was_made_has_no_time(
    look: Callable[..., Inspected], data: bytes
) -> None:
    found = look(data)
    assert (None, None) == (found.captured_at, found.findings.skew_seconds)


def test_a_photo_without_anything_beside_the_picture_has_no_claims(
    look: Callable[..., Inspected],
) -> None:
    found = look(png_of(8, 4)).findings
    assert (None, None, False, 8, 4) == (
        found.camera,
        found.camera_time,
        found.location,
        found.width,
        found.height,
    )


def test_a_position_in_the_other_kind_of_metadata_counts_too(
    look: Callable[..., Inspected],
) -> None:
    xmp = b'<x:xmpmeta><rdf exif:GPSLatitude="13,45N"/></x:xmpmeta>'
    assert look(photo(xmp=xmp)).findings.location
    assert not look(PHOTO).findings.location


def _with_app11(data: bytes) -> bytes:
    body = b"JP\x00\x01\x00\x00\x00\x01" + b"\x00\x00\x00\x20jumb" + b"\x00\x00\x00\x18jumdc2pa"
    return data[:2] + b"\xff\xeb" + struct.pack(">H", 2 + len(body)) + body + data[2:]


@pytest.mark.parametrize(
    "data",
    [
        _with_app11(PHOTO),
        png_of(8, 8, (b"caBX", b"jumb c2pa")),
        video() + box(b"uuid", _C2PA + b"manifest"),
    ],
    ids=["jpeg", "png", "clip"],
)
def test_content_credentials_are_noted_and_not_relied_on(
    look: Callable[..., Inspected], data: bytes
) -> None:
    assert ContentCredentials.PRESENT is look(data).findings.content_credentials
    assert "present, not verified" == ContentCredentials.PRESENT.value
    assert ContentCredentials.ABSENT is look(video()).findings.content_credentials
    assert ContentCredentials.NOT_LOOKED_FOR is look(b"text").findings.content_credentials


# Pillow warns of broken EXIF and goes on, which is what is wanted.
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@given(st.binary(max_size=300), st.sampled_from([PHOTO, SCREENSHOT, video()]), st.data())
@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_a_file_it_is_taken_or_refused_in_words(
    look: Callable[..., Inspected], noise: bytes, whole: bytes, data: st.DataObject
) -> None:
    at = data.draw(st.integers(min_value=0, max_value=len(whole)))
    try:
        look(whole[:at] + noise + whole[at + len(noise) :], "van.jpg")
    except FileRefusedError as refusal:
        assert str(refusal).startswith("van.jpg ")  # noqa: PT017 (most examples are taken)
