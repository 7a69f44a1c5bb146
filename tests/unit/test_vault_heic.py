"""HEIC, which phones make unless told otherwise: read, cleaned, and never lost if it is not."""

import io
from pathlib import Path

import pytest
from PIL import Image

from domain.evidence import ContentCredentials
from records.database import Database
from tests.support.vault_files import CASE, NOON, collected, open_vault, video
from vault.derive import REDACTED, THUMBNAIL, Recipe, fitted
from vault.errors import DeriveRefusedError, FileRefusedError
from vault.limits import Limits
from vault.store import Vault

pytest_plugins = ("tests.support.record_stores", "tests.support.vault")

HEIC = (Path(__file__).parents[1] / "data" / "phone.heic").read_bytes()
"""96 x 64 pixels, to be turned upright, with camera, time, zone and position."""


@pytest.fixture
def empty_url(tmp_path: Path) -> str:
    """Everything here is the same on every database."""
    return f"sqlite:///{tmp_path / 'records.db'}"


def test_a_heic_photo_says_when_and_by_what_it_was_taken(vault: Vault) -> None:
    item = collected(vault, HEIC, name="IMG_0001.HEIC")
    found = item.findings

    assert ("image/heic", (64, 96)) == (item.media_type, (found.width, found.height))
    assert ("Apple iPhone 15", True) == (found.camera, found.location)
    assert ("2026-03-01T19:00:00", "+07:00") == (found.camera_time, found.camera_zone)
    assert (NOON, 0) == (item.captured_at, found.skew_seconds)
    assert ContentCredentials.ABSENT is found.content_credentials


@pytest.mark.parametrize("recipe", [REDACTED, THUMBNAIL, fitted(2_000)], ids=lambda one: one.copy)
def test_its_copies_are_upright_jpegs_that_hold_the_picture_alone(
    vault: Vault, recipe: Recipe
) -> None:
    item = collected(vault, HEIC)
    copy = vault.derive(item.evidence_id, recipe, actor="mei", purpose="packet", at=NOON)
    data = b"".join(vault.checked(copy.evidence_id, actor="mei"))

    assert "image/jpeg" == copy.media_type
    assert "libheif" in (copy.tool or "")
    with Image.open(io.BytesIO(data)) as picture:
        assert ((64, 96), 0) == (picture.size, len(picture.getexif()))
    for word in (b"Apple", b"GPS", b"2026:"):
        assert word not in data
    assert HEIC == b"".join(vault.checked(item.evidence_id, actor="mei"))


@pytest.mark.parametrize("data", [video(b"heic"), HEIC[:-150]], ids=["unknown sort", "cut off"])
def test_a_heic_photo_that_cannot_be_read_is_taken_all_the_same(vault: Vault, data: bytes) -> None:
    item = collected(vault, data, name="burst.heic")

    assert ("image/heic", None, None) == (
        item.media_type,
        item.captured_at,
        item.findings.location,
    )
    with pytest.raises(DeriveRefusedError, match="cannot be drawn"):
        vault.derive(item.evidence_id, REDACTED, actor="mei", purpose="packet", at=NOON)
    assert vault.verify_case(CASE).whole


def test_a_heic_photo_with_too_many_pixels_is_refused(
    records_db: Database, tmp_path: Path
) -> None:
    small = open_vault(records_db, tmp_path, limits=Limits(pixels=6_000))

    with pytest.raises(FileRefusedError, match="64 x 96 pixels; the limit is 6,000 in all"):
        collected(small, HEIC)
