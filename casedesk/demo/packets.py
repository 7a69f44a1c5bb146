"""Packets as an outsider checks them: unpacked, and verified by the file inside alone."""

import asyncio
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from casedesk.demo.report import PacketCheck

_WITHIN_SECONDS = 30.0


async def check_packets(filed: Mapping[tuple[str, int], Path]) -> tuple[PacketCheck, ...]:
    """Unpack and check every packet that was filed.

    Args:
        filed: Ticket and round -> the archive.
    """
    checks = [_check(ticket, number, path) for (ticket, number), path in sorted(filed.items())]
    return tuple(await asyncio.gather(*checks))


async def _check(ticket_id: str, number: int, archive: Path) -> PacketCheck:
    folder = archive.with_suffix("")
    await asyncio.to_thread(_unpack, archive, folder)
    status, said = await _verify(folder)
    return PacketCheck(
        ticket_id=ticket_id,
        round=number,
        path=str(archive),
        unpacked=str(folder),
        verified=status == 0,
        said=said,
    )


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)


async def _verify(folder: Path) -> tuple[int | None, str]:
    """Run the verifier alone: no module of ours, no variable, no installed package of a user."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "verify.py"),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(process.communicate(), _WITHIN_SECONDS)
    lines = output.decode(errors="replace").strip().splitlines()
    return process.returncode, lines[-1] if lines else "no word"
