"""ZIP archives, where they are allowed: what they would unpack to, told without unpacking."""

import stat
import zipfile
from pathlib import Path, PurePosixPath

from vault.errors import FileRefusedError, Refusal
from vault.limits import Limits, size_text

_MODE_BITS = 16


def refuse_bomb(path: Path, name: str, limits: Limits) -> None:
    """Refuse an archive that would unpack to too much, or to something else than files.

    Raises:
        FileRefusedError: It is damaged, too large, or holds links, paths or archives.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
        raise FileRefusedError(
            Refusal.UNREADABLE, f"{name} is a damaged ZIP archive ({error}); pack it again"
        ) from error
    _refuse_amount(parts, name, limits)
    for part in parts:
        _refuse_part(part, name)


def _refuse_amount(parts: list[zipfile.ZipInfo], name: str, limits: Limits) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > limits.archive_files:
        text = f"{name} holds {len(parts):,} files; the limit is {limits.archive_files:,}"
    elif unpacked > limits.unpacked:
        text = (
            f"{name} would unpack to {size_text(unpacked)}; the limit is "
            f"{size_text(limits.unpacked)}"
        )
    elif unpacked > max(packed, 1) * limits.unpacked_ratio:
        text = (
            f"{name} would unpack to {unpacked // max(packed, 1):,} times its size; the limit is "
            f"{limits.unpacked_ratio} times"
        )
    else:
        return
    raise FileRefusedError(Refusal.ARCHIVE_TOO_LARGE, f"{text}; hand in its files one by one")


def _refuse_part(part: zipfile.ZipInfo, name: str) -> None:
    path = PurePosixPath(part.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        what = "a file with a path out of it"
    elif stat.S_ISLNK(part.external_attr >> _MODE_BITS):
        what = "a link instead of a file"
    elif path.suffix.lower() in {".zip", ".rar", ".7z", ".gz", ".exe", ".apk", ".jar"}:
        what = f"{path.name!r}, an archive or program,"
    else:
        return
    raise FileRefusedError(
        Refusal.FOREIGN_CONTENT, f"{name} holds {what} inside; hand in its files one by one"
    )
