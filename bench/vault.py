"""`python -m bench.vault`: evidence in, beside the machine's bare SHA-256; a long chain checked.

Figures to read, not a test. The source file is generated and stays in the memory's cache, so that
neither side waits for it; both sides run in turn, and the middle one of each counts.
"""

import argparse
import gc
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.long_chain import long_chain
from bench.targets import Target, at_least
from domain.evidence import CustodyAction
from records.database import Database
from vault.bundle import Packet, write_bundle
from vault.staging import CHUNK
from vault.store import Vault

GIGABYTE = 1_000_000_000
RATIO_TARGET = 0.7
USUAL_SIZE, USUAL_ENTRIES, USUAL_ROUNDS = GIGABYTE, 100_000, 5
_BLOCK = 1_000_000
_CASE = "pickup-case:bench:1"
_NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class VaultFigures:
    """What one run measured; rates in MB (10^6 bytes) a second, times in seconds."""

    size_mb: int
    sha256_rate: float
    """Reading the file and hashing it, nothing else."""
    intake_rate: float
    """Collecting it: read, hashed, written, flushed to the disk, judged, entered and signed."""
    ratio: float
    memory_mb: float
    """How much the process grew at its highest while it took the file in."""
    entries: int
    library_seconds: float
    """`Vault.verify_case`."""
    verifier_seconds: float
    """`python3 -I verify.py` on a packet of the same chain, the start of Python included."""


def measure(
    folder: Path,
    *,
    size: int = USUAL_SIZE,
    entries: int = USUAL_ENTRIES,
    rounds: int = USUAL_ROUNDS,
) -> VaultFigures:
    """Measure in *folder*, which must have room for the file twice."""
    source = _clip(folder / "clip.mp4", size)
    with _open(folder) as (db, vault):
        hashed, taken, grown = [], [], []
        for number in range(rounds):
            hashed.append(size / _seconds_of_hashing(source))
            seconds, memory = _intake(vault, source, f"round {number}")
            taken.append(size / seconds)
            grown.append(memory)
        source.unlink()
        library, verifier = _chain_seconds(db, vault, folder, entries)
    bare, intake = median(hashed) / 1e6, median(taken) / 1e6
    return VaultFigures(
        size_mb=size // 1_000_000,
        sha256_rate=round(bare),
        intake_rate=round(intake),
        ratio=round(intake / bare, 2),
        memory_mb=round(max(grown), 1),
        entries=entries,
        library_seconds=round(library, 2),
        verifier_seconds=round(verifier, 2),
    )


@contextmanager
def _open(folder: Path) -> Iterator[tuple[Database, Vault]]:
    db = Database.open(f"sqlite:///{folder / 'records.db'}")
    db.migrate()
    yield db, Vault.open(db, folder_or_url=folder / "evidence", keys_folder=folder / "keys")
    db.close()


def _clip(path: Path, size: int) -> Path:
    """Write a clip of *size* bytes, none like the next, and leave it in the memory's cache."""
    block = os.urandom(_BLOCK)
    head = b"\x00\x00\x00\x14ftypisom\x00\x00\x02\x00isom\x00\x00\x00\x00mdat"
    with path.open("wb") as file:
        file.write(head)
        for number in range(0, size - len(head), _BLOCK):
            rest = min(_BLOCK, size - len(head) - number)
            file.write((number.to_bytes(8, "big") + block[8:])[:rest])
        file.flush()
        os.fsync(file.fileno())
    return path


def _seconds_of_hashing(source: Path) -> float:
    begun = time.perf_counter()
    whole, buffer = hashlib.sha256(), bytearray(CHUNK)
    view = memoryview(buffer)
    with source.open("rb", buffering=0) as file:
        while count := file.readinto(buffer):
            whole.update(view[:count])
    whole.hexdigest()
    return time.perf_counter() - begun


def _intake(vault: Vault, source: Path, requirement: str) -> tuple[float, float]:
    """Collect the file and erase it again; return seconds and MB of memory."""
    gc.collect()
    before = _idle_mb()
    begun = time.perf_counter()
    item = vault.collect(
        source, case_id=_CASE, requirement=requirement, actor="bench", at=_NOW, source="bench"
    )
    seconds = time.perf_counter() - begun
    grown = _peak_mb() - before
    vault.erase(item.evidence_id, actor="bench", purpose="room for the next round", at=_NOW)
    return seconds, grown


def _idle_mb() -> float:
    """Return what the process holds now; where that cannot be told, the most it ever held."""
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return _peak_mb()
    return int(pages.read_text().split()[1]) * resource.getpagesize() / 1e6


def _peak_mb() -> float:
    # Kilobytes on Linux, bytes on macOS.
    unit = 1e6 if sys.platform == "darwin" else 1e6 / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _chain_seconds(db: Database, vault: Vault, folder: Path, entries: int) -> tuple[float, float]:
    case_id = f"{_CASE}:chain"
    long_chain(db, folder / "keys", case_id, entries=entries - 1)
    packet = Packet(
        case_id=case_id,
        name="packet.pdf",
        rendered=b"%PDF-1.7",
        exhibits={},
        action=CustodyAction.SHARE,
        actor="bench",
        purpose="to measure",
        at=_NOW,
        key="bench",
    )
    bundle = write_bundle(vault, packet, folder / "packet")
    begun = time.perf_counter()
    report = vault.verify_case(case_id)
    library = time.perf_counter() - begun
    if not report.whole or report.entries != entries:
        raise RuntimeError(f"the chain does not hold: {report.problems[:3]}")
    begun = time.perf_counter()
    subprocess.run(  # noqa: S603 (the packet's own file)
        [sys.executable, "-I", str(bundle.path / "verify.py")],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return library, time.perf_counter() - begun


def targets(figures: VaultFigures) -> tuple[Target, ...]:
    """Return what intake has to reach."""
    what = f"intake of {figures.size_mb:,} MB : bare SHA-256"
    return (at_least(what, RATIO_TARGET, figures.ratio),)


def table(figures: VaultFigures) -> str:
    """Return the figures for people."""
    lines = [
        (f"bare SHA-256 of a {figures.size_mb:,} MB file", f"{figures.sha256_rate:,.0f} MB/s"),
        ("intake of the same file", f"{figures.intake_rate:,.0f} MB/s"),
        (f"ratio (target at least {RATIO_TARGET:.2f})", f"{figures.ratio:.2f}"),
        ("memory above idle while taking it in", f"{figures.memory_mb:.1f} MB"),
        (
            f"a chain of {figures.entries:,} entries, the library",
            f"{figures.library_seconds:.2f} s",
        ),
        ("the same chain, verify.py", f"{figures.verifier_seconds:.2f} s"),
    ]
    return "".join(f"{what:<50}{figure:>14}\n" for what, figure in lines)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.vault", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON document instead")
    parser.add_argument("--size-mb", type=int, default=USUAL_SIZE // 1_000_000)
    parser.add_argument("--entries", type=int, default=USUAL_ENTRIES)
    parser.add_argument("--rounds", type=int, default=USUAL_ROUNDS)
    parser.add_argument("--folder", help="where to measure; a temporary folder unless given")
    return parser.parse_args()


def main() -> int:
    """Measure and print."""
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="wenhuo-bench-", dir=given.folder) as folder:
        figures = measure(
            Path(folder),
            size=given.size_mb * 1_000_000,
            entries=given.entries,
            rounds=given.rounds,
        )
    sys.stdout.write(json.dumps(asdict(figures)) + "\n" if given.json else table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
