"""Packets on disk: checked with the same code that travels inside them."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from casedesk.settings import Settings
from commands.running import BAD_INPUT, REFUSED, Terminal, run
from domain.errors import InputError
from vault import verify as verifier
from vault.limits import OF_PACKETS


def verify_packet(packet: Path, *, key: str, tsa_cert: str, as_json: bool) -> None:
    """Check a packet with the verifier of this installation, not the one inside.

    Args:
        packet: Its folder, or the ZIP.
        key: Fingerprint of the key that must have signed it; empty takes the packet's word.
        tsa_cert: PEM certificate of a time-stamping authority; empty trusts none.
        as_json: Whether stdout carries one JSON document.

    Exit status 1 if something does not hold, 2 if something could not be checked.
    """

    async def work(_settings: Settings, terminal: Terminal) -> None:
        with _folder_of(packet) as folder:
            found = verifier.check(folder, key, tsa_cert)
        whole = not (found.broken or found.unchecked)
        verdict = "whole" if whole else "NOT WHOLE" if found.broken else "not known"
        not_proven = [*found.not_proven, *verifier.NEVER_PROVEN]
        document = {
            "packet": str(packet),
            "whole": whole,
            "broken": found.broken,
            "unchecked": found.unchecked,
            "found": found.lines,
            "not_proven": not_proven,
        }
        terminal.answer(document, *found.lines, f"{packet}: {verdict}.")
        if not whole:
            raise typer.Exit(REFUSED if found.broken else BAD_INPUT)

    run(work, as_json=as_json)


@contextmanager
def _folder_of(packet: Path) -> Iterator[Path]:
    if not packet.exists():
        raise InputError("--packet", f"there is no {packet}; give a folder or a ZIP")
    if packet.is_dir():
        yield packet
        return
    with TemporaryDirectory(prefix="packet-") as folder:
        _unpack(packet, Path(folder))
        yield Path(folder)


def _unpack(packet: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(packet) as archive:
            parts = archive.infolist()
            if sum(part.file_size for part in parts) > OF_PACKETS.unpacked:
                raise InputError("--packet", f"{packet} would unpack to more than any packet has")
            archive.extractall(folder)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise InputError("--packet", f"{packet} is no whole ZIP ({error})") from error
