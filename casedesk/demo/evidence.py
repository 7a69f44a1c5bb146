"""Evidence of the demo's people: small files as devices make them, and the door of the vault."""

import hashlib
import struct
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.requirements import RequirementKind

_WIDTH, _HEIGHT = 96, 64
_RECORDED = frozenset({RequirementKind.CALL_RECORDING})


@dataclass(frozen=True)
class HandedIn:
    """One file that somebody hands in."""

    requirement: str
    """Which proof it is, or what else the vault should call it."""
    name: str
    content: bytes
    actor: str
    captured_at: datetime


class EvidenceRoom(Protocol):
    """The vault of the demo's installation; whoever runs the demo opens it."""

    async def hand_in(self, case_id: str, file: HandedIn) -> str:
        """Take a file in, once, and return its evidence id."""

    async def read(self, evidence_id: str, *, actor: str) -> bytes:
        """Return the bytes of a piece of evidence, checked whole."""


def made_of(requirement: str, seen_in: str, *, actor: str, at: datetime) -> HandedIn:
    """Return what somebody could hand in as a proof.

    Args:
        requirement: Which proof.
        seen_in: What it shows; the same of the same is the same file.
        actor: Who hands it in.
        at: When it was recorded.
    """
    seed = hashlib.sha256(f"{seen_in}/{requirement}".encode()).digest()
    recorded = requirement in _RECORDED
    return HandedIn(
        requirement=requirement,
        name=f"{requirement}.{'m4a' if recorded else 'png'}",
        content=recording(seed) if recorded else picture(seed),
        actor=actor,
        captured_at=at,
    )


def picture(seed: bytes) -> bytes:
    """Return a small PNG that looks like no other."""
    row = b"\0" + bytes(seed[column % len(seed)] for column in range(_WIDTH * 3))
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * _HEIGHT)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def recording(seed: bytes) -> bytes:
    """Return the boxes of a short recording; nothing in it can be played."""
    brand = b"M4A "
    moving = _box(b"moov", _box(b"mvhd", b"\0" * 100))
    return _box(b"ftyp", brand + b"\0\0\2\0" + brand) + moving + _box(b"mdat", seed)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", 8 + len(body)) + kind + body
