"""Putting a packet together that an outsider can check: one folder, or the same as a ZIP.

    manifest.json   what is in it, sealed and signed; time stamps beside the seal
    custody.jsonl   the whole chain of every case concerned, up to this packet
    exhibits/       the files that were collected, or copies made of them
    packet.pdf      what people read (or packet.html)
    verify.py       checks all of it with Python's standard library alone

docs/evidence.md describes the format. Equal input gives equal bytes.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from domain.evidence import CustodyAction, EvidenceItem
from records.schema import JsonObject
from vault.canonical import canonical, instant_text, sha256
from vault.custody import VAULT, Entry
from vault.errors import BundleError, UnknownEvidenceError
from vault.reading import Verified
from vault.sinks import FolderSink, Sink, ZipSink
from vault.store import Vault

FORMAT = "wenhuo-evidence-1"
PACKETS = ("packet.pdf", "packet.html")
MANIFEST, CUSTODY, VERIFIER = "manifest.json", "custody.jsonl", "verify.py"
_ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/3gpp": "3gp",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/aac": "aac",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/amr": "amr",
    "audio/amr-wb": "awb",
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/json": "json",
    "message/rfc822": "eml",
    "text/csv": "csv",
    "text/plain": "txt",
}
_UNSAFE = re.compile(r"[^a-z0-9]+")
_EXHIBIT = re.compile(r"exhibits/[A-Za-z0-9][A-Za-z0-9._-]*")
_LONGEST_SLUG = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class Packet:
    """What is to be put together."""

    case_id: str
    """Whose packet it is, such as an appeal's."""
    name: str
    """`packet.pdf` or `packet.html`."""
    rendered: bytes
    exhibits: Mapping[str, str]
    """Where each item is to lie, by evidence id and in order; see `exhibit_paths`."""
    action: CustodyAction
    """SUBMIT, or SHARE."""
    actor: str
    purpose: str
    at: datetime
    key: str
    """Of the step that makes it: a repeat makes the same packet and enters nothing more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bundle:
    """A packet that was put together."""

    path: Path
    key_id: str
    """Fingerprint of the key that signed it, for `verify.py --key`."""
    manifest_sha256: str
    heads: dict[str, str]
    """The last entry of each chain in it, by case: its hash."""
    stamped: int
    """How many time stamps are in it."""


def exhibit_paths(items: Iterable[EvidenceItem]) -> dict[str, str]:
    """Return a place in a packet for each item, by evidence id: `exhibits/01-ready-photo.jpg`.

    Args:
        items: In the order of their numbers.
    """
    numbered = enumerate(items, start=1)
    return {item.evidence_id: exhibit_path(number, item) for number, item in numbered}


def exhibit_path(number: int, item: EvidenceItem) -> str:
    """Return the place of one exhibit: its number, its proof, its type, never a person's name."""
    return f"exhibits/{number:02d}-{_slug(item.requirement)}.{_ending(item)}"


def write_bundle(vault: Vault, packet: Packet, into: Path) -> Bundle:
    """Put a packet together.

    First every exhibit is checked; then it is entered in the ledger that they leave; then all is
    written, under a temporary name until it is whole.

    Args:
        vault: Where the exhibits and their custody are.
        packet: What goes in.
        into: A folder that does not exist yet, or a file ending in `.zip`, which is replaced.

    Raises:
        UnknownEvidenceError: An exhibit is not in the vault.
        ErasedError: The bytes of an exhibit were erased.
        AlteredError: The bytes of an exhibit are not what was collected; nothing was entered.
        BundleError: A name cannot be used, or the folder exists.
    """
    _refuse_names(packet, into)
    items = [_item(vault, evidence_id) for evidence_id in packet.exhibits]
    checked = [(item, vault.checked(item.evidence_id, actor=packet.actor)) for item in items]
    ends = _enter(vault, packet, items)
    sink = (ZipSink if into.suffix == ".zip" else FolderSink)(into)
    try:
        return _write(vault, packet, checked, ends, sink)
    finally:
        sink.discard()


def _refuse_names(packet: Packet, into: Path) -> None:
    if packet.name not in PACKETS:
        raise BundleError(f"{packet.name!r} is no packet; give one of {', '.join(PACKETS)}")
    paths = list(packet.exhibits.values())
    for path in paths:
        if not _EXHIBIT.fullmatch(path):
            raise BundleError(f"{path!r} is no place for an exhibit; see exhibit_paths()")
    if len({path.lower() for path in paths}) < len(paths):
        raise BundleError("two exhibits have one place in the packet; number them")
    if into.suffix != ".zip" and into.exists():
        raise BundleError(f"{into} exists; name a folder that does not")


def _item(vault: Vault, evidence_id: str) -> EvidenceItem:
    item = vault.get(evidence_id)
    if item is None:
        raise UnknownEvidenceError(evidence_id)
    return item


def _enter(vault: Vault, packet: Packet, items: Iterable[EvidenceItem]) -> dict[str, Entry]:
    """Enter that the exhibits leave; return the last entry of each chain concerned."""
    digest = sha256(packet.rendered)
    entries = [
        vault.record(
            item.case_id,
            packet.action,
            actor=packet.actor,
            purpose=packet.purpose,
            at=packet.at,
            evidence_id=item.evidence_id,
            details={"packet": digest, "path": packet.exhibits[item.evidence_id]},
            key=f"{packet.key}:{item.evidence_id}",
        )
        for item in items
    ]
    whole = vault.record(
        packet.case_id,
        packet.action,
        actor=packet.actor,
        purpose=packet.purpose,
        at=packet.at,
        details={"packet": digest, "exhibits": list(packet.exhibits)},
        key=f"{packet.key}:packet",
    )
    ends = {packet.case_id: whole}
    for entry in sorted(entries, key=lambda entry: (entry.case_id, entry.sequence)):
        if entry.case_id != packet.case_id or entry.sequence > whole.sequence:
            ends[entry.case_id] = entry
    return ends


def _write(
    vault: Vault,
    packet: Packet,
    exhibits: Sequence[tuple[EvidenceItem, Verified]],
    ends: Mapping[str, Entry],
    sink: "Sink",
) -> Bundle:
    sink.add(packet.name, [packet.rendered], len(packet.rendered))
    for item, pieces in exhibits:
        sink.add(packet.exhibits[item.evidence_id], pieces, item.size)
    sink.add(CUSTODY, _custody(vault, ends), None)
    sink.add(VERIFIER, [Path(__file__).with_name(VERIFIER).read_bytes()], None)
    sealed = _sealed(vault, packet, [item for item, _ in exhibits], ends, sink.files)
    signer, signature = vault.seal(canonical({"custody_manifest": sealed}))
    tokens = [token for end in ends.values() for token in _tokens(vault, end)]
    manifest = json.dumps(
        {
            "sealed": sealed,
            "signature": {"key_id": signer, "ed25519": signature},
            "time_tokens": tokens,
        },
        ensure_ascii=False,
        indent=1,
        sort_keys=True,
    ).encode()
    sink.add(MANIFEST, [manifest], len(manifest))
    return Bundle(
        path=sink.publish(),
        key_id=signer,
        manifest_sha256=sha256(manifest),
        heads={case_id: end.entry_hash for case_id, end in ends.items()},
        stamped=len(tokens),
    )


def _custody(vault: Vault, ends: Mapping[str, Entry]) -> Iterator[bytes]:
    for case_id, end in ends.items():
        for entry in vault.chain(case_id, until=end.sequence):
            # The same as canonical JSON of both, without reading the body again.
            yield f'{{"body":{entry.body},"hash":"{entry.entry_hash}"}}\n'.encode()


def _sealed(
    vault: Vault,
    packet: Packet,
    items: Iterable[EvidenceItem],
    ends: Mapping[str, Entry],
    files: Sequence[JsonObject],
) -> JsonObject:
    return {
        "format": FORMAT,
        "case_id": packet.case_id,
        "made_at": instant_text(packet.at),
        "purpose": packet.purpose,
        "files": sorted(files, key=lambda file: str(file["path"])),
        "exhibits": [_exhibit(item, packet.exhibits[item.evidence_id]) for item in items],
        "chains": [
            {
                "case_id": case_id,
                "entries": end.sequence,
                "head": end.entry_hash,
                "key_id": end.key_id,
                "signature": end.signature,
            }
            for case_id, end in ends.items()
        ],
        "keys": [
            {
                "key_id": key.key_id,
                "public_key": key.public_key,
                "made_at": instant_text(key.made_at),
            }
            for key in vault.signing_keys()
        ],
        "rotations": [
            {"body": json.loads(entry.body), "key_id": entry.key_id, "signature": entry.signature}
            for entry in vault.chain(VAULT)
            if entry.action is CustodyAction.ROTATE_KEY
        ],
    }


def _exhibit(item: EvidenceItem, path: str) -> JsonObject:
    return {
        "path": path,
        "evidence_id": item.evidence_id,
        "case_id": item.case_id,
        "requirement": item.requirement,
        "digest": item.digest,
        "media_type": item.media_type,
        "collected_at": instant_text(item.collected_at),
        "captured_at": instant_text(item.captured_at) if item.captured_at else None,
        "derived_from": item.derived_from,
    }


def _tokens(vault: Vault, end: Entry) -> Iterator[JsonObject]:
    vault.anchor(end.case_id, sequence=end.sequence)
    for anchor in vault.anchors(end.case_id):
        if anchor.token is not None and anchor.sequence <= end.sequence:
            yield {
                "case_id": anchor.case_id,
                "entries": anchor.sequence,
                "authority": anchor.authority,
                "token": b64encode(anchor.token).decode(),
            }


def _slug(requirement: str) -> str:
    return _UNSAFE.sub("-", requirement.lower()).strip("-")[:_LONGEST_SLUG] or "exhibit"


def _ending(item: EvidenceItem) -> str:
    return _ENDINGS.get(item.media_type, "bin")
