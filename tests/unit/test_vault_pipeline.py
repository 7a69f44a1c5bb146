"""Writing and hashing large files side by side."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from vault.pipeline import Pipeline, write_all

_MEGABYTE = 1024 * 1024


def _put_much(pipeline: Pipeline) -> None:
    for _ in range(40):
        pipeline.put(bytes(_MEGABYTE))


@pytest.mark.parametrize("size", [0, 1, _MEGABYTE - 1, _MEGABYTE, 20 * _MEGABYTE + 4097])
@pytest.mark.parametrize("piece", [70_001, 3 * _MEGABYTE])
def test_a_file_is_written_and_hashed_whole(tmp_path: Path, size: int, piece: int) -> None:
    """More buffers than there are, pieces larger and smaller than one, ends within a page."""
    data = os.urandom(_MEGABYTE) * (size // _MEGABYTE + 1)
    digest, descriptor = hashlib.sha256(), os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    pipeline = Pipeline(digest, descriptor)
    for start in range(0, size, piece):
        pipeline.put(data[start : min(start + piece, size)])
    pipeline.finish()
    os.close(descriptor)

    assert data[:size] == (tmp_path / "file").read_bytes()
    assert hashlib.sha256(data[:size]).hexdigest() == digest.hexdigest()


def test_a_disk_that_refuses_is_told_and_nobody_waits_for_ever(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    descriptor = os.open(tmp_path / "file", os.O_RDONLY)
    pipeline = Pipeline(hashlib.sha256(), descriptor)
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        _put_much(pipeline)
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        pipeline.finish()
    os.close(descriptor)


def test_what_is_given_up_half_way_ends_its_threads(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    pipeline = Pipeline(hashlib.sha256(), descriptor)
    pipeline.put(bytes(3 * _MEGABYTE + 5))
    pipeline.stop()
    pipeline.stop()
    os.close(descriptor)
    assert 3 * _MEGABYTE == (tmp_path / "file").stat().st_size


def test_what_the_disk_takes_in_part_is_offered_again() -> None:
    """A pipe takes what it has room for."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with pytest.raises(BlockingIOError):
        write_all(writer, memoryview(bytes(4 * _MEGABYTE)))
    os.close(writer)
    assert os.read(reader, 10)
    os.close(reader)
