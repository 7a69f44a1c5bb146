"""Checks an evidence packet without trusting whoever made it: `python3 -I verify.py`.

It lies beside manifest.json, custody.jsonl, exhibits/ and packet.pdf or packet.html, and needs
only Python's standard library (3.8 or newer) and no network. Exit status 0: whole. 1: something
does not hold; each such thing is named. 2: something could not be checked, and why.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 (older Pythons have no collections.abc.Iterator[…])

FORMAT = "wenhuo-evidence-1"
MANIFEST, CUSTODY = "manifest.json", "custody.jsonl"
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini"}
WHOLE, BROKEN, UNCHECKED = 0, 1, 2
FIRST = "0" * 64
_BLOCK = 1024 * 1024
_BODY, _AFTER_BODY = len('{"body":'), len(',"hash":""}\n') + 64


class Findings:
    """What was found, in the order in which it was found."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.broken = 0
        self.unchecked = 0
        self.not_proven: list[str] = []

    def holds(self, text: str) -> None:
        """Something was checked and holds."""
        self.lines.append(f"ok       {text}")

    def note(self, text: str) -> None:
        """Something to know that is no fault."""
        self.lines.append(f"note     {text}")

    def fails(self, text: str) -> None:
        """Something does not hold."""
        self.broken += 1
        self.lines.append(f"FAILED   {text}")

    def cannot(self, text: str) -> None:
        """Something could not be checked."""
        self.unchecked += 1
        self.lines.append(f"UNKNOWN  could not check: {text}")


def canonical(value: object) -> bytes:
    """Return RFC 8785 JSON of what packets hold: no fractions, names of fields in ASCII."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256(data: bytes) -> str:
    """Return the SHA-256 of *data*, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def head_statement(case_id: Any, entries: Any, entry_hash: Any) -> bytes:
    """Return what is signed and stamped of a chain of so many *entries*."""
    return canonical(
        {"custody_head": {"case_id": case_id, "entries": entries, "hash": entry_hash}}
    )


# Ed25519 signatures, RFC 8032 section 5.1

_P = 2**255 - 19
_Q = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_LENGTHS = (32, 64)
_ROOT = pow(2, (_P - 1) // 4, _P)


def _add(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    e = (a[1] - a[0]) * (b[1] - b[0]) % _P
    f = (a[1] + a[0]) * (b[1] + b[0]) % _P
    g = 2 * a[3] * b[3] * _D % _P
    h = 2 * a[2] * b[2] % _P
    i, j, k, m = f - e, h - g, h + g, f + e
    return i * j % _P, k * m % _P, j * k % _P, i * m % _P


def _times(number: int, point: tuple[int, ...]) -> tuple[int, ...]:
    total: tuple[int, ...] = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = _add(total, point)
        point = _add(point, point)
        number >>= 1
    return total


def _point(data: bytes) -> tuple[int, ...] | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _base() -> tuple[int, ...]:
    y = 4 * pow(5, _P - 2, _P) % _P
    point = _point(y.to_bytes(32, "little"))
    return point or (0, 1, 1, 0)


def ed25519_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether *signature* is that of the key *public* over *message*."""
    if (len(public), len(signature)) != _LENGTHS:
        return False
    key, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= _Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _Q
    left, right = _times(s, _base()), _add(r, _times(h, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % _P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % _P == 0


# The manifest and its keys


def read_manifest(folder: Path, found: Findings) -> dict[str, Any] | None:
    """Return the manifest; None if there is none or it is no manifest, which is said."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
        sealed = manifest["sealed"]
        # Touched here, so that a field that is missing is told of once and not in the middle.
        _ = (
            [(f["path"] + "", f["sha256"], f["size"]) for f in sealed["files"]],
            [(c["entries"] + 0, c["head"], c["signature"] + "") for c in sealed["chains"]],
            [(c["case_id"] + "", c["key_id"]) for c in sealed["chains"]],
            [(x["path"], x["evidence_id"], x["case_id"], x["digest"]) for x in sealed["exhibits"]],
            [(k["key_id"] + "", base64.b64decode(k["public_key"])) for k in sealed["keys"]],
            [(r["key_id"], r["signature"] + "", {**r["body"]}) for r in sealed["rotations"]],
            [(t["case_id"], t["entries"] + 0, t["token"] + "") for t in manifest["time_tokens"]],
            (manifest["signature"]["key_id"] + "", manifest["signature"]["ed25519"] + ""),
            (sealed["format"], sealed["case_id"], sealed["made_at"], sealed["purpose"]),
        )
    except OSError as error:
        found.cannot(f"{MANIFEST} cannot be read ({error.strerror})")
        return None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        found.fails(f"{MANIFEST} was changed or cut off: it is no manifest ({error!r})")
        return None
    return dict(manifest)


def public_keys(sealed: dict[str, Any], found: Findings) -> dict[str, bytes]:
    """Return the public keys by fingerprint."""
    keys = {key["key_id"]: base64.b64decode(key["public_key"]) for key in sealed["keys"]}
    for key_id, public in keys.items():
        if sha256(public) != key_id:
            found.fails(f"the key {key_id} is not the one of that fingerprint")
    return {key_id: public for key_id, public in keys.items() if sha256(public) == key_id}


def signed_by(keys: dict[str, bytes], key_id: Any, message: bytes, signature: str) -> bool:
    """Tell whether the key of a fingerprint signed *message*; *signature* is base64."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError:
        return False
    return key_id in keys and ed25519_holds(keys[key_id], message, raw)


def check_manifest(manifest: dict[str, Any], keys: dict[str, bytes], found: Findings) -> None:
    """Check the signature over everything that is sealed."""
    signature, form = manifest["signature"], manifest["sealed"]["format"]
    message = canonical({"custody_manifest": manifest["sealed"]})
    if not signed_by(keys, signature["key_id"], message, signature["ed25519"]):
        found.fails(
            f"{MANIFEST} was changed, or another key signed it: its signature by the key "
            f"{signature['key_id']} does not hold"
        )
        return
    found.holds(f"{MANIFEST} is signed by the key {signature['key_id']}")
    if form != FORMAT:
        found.cannot(f"the packet has the format {form}, and this file knows {FORMAT}")


def check_key(
    manifest: dict[str, Any], keys: dict[str, bytes], expected: str, found: Findings
) -> None:
    """Check whether the key that signed is the expected one, or one that it vouches for."""
    sealed, signer = manifest["sealed"], manifest["signature"]["key_id"]
    wanted = expected.replace(":", "").replace(" ", "").lower()
    trusted = _vouched(sealed, keys, wanted, found)
    if not wanted:
        found.not_proven.append(
            f"that the key {signer} is the sender's own: have its owner tell you the fingerprint "
            "in another way and give it with --key; without it anybody may have made all of this"
        )
    elif signer == wanted:
        found.holds("the signing key has the fingerprint that you gave")
    elif signer in trusted:
        found.holds(f"the key that you gave vouches for its successor {signer}")
    else:
        found.fails(f"another key, {signer}, signed the packet than the one that you gave")


def _vouched(
    sealed: dict[str, Any], keys: dict[str, bytes], wanted: str, found: Findings
) -> list[str]:
    trusted = [wanted]
    for rotation in sealed["rotations"]:
        body, old = rotation["body"], rotation["key_id"]
        details = body.get("details")
        new = details.get("new_key_id") if isinstance(details, dict) else None
        statement = head_statement(
            body.get("case_id"), body.get("sequence"), sha256(canonical(body))
        )
        named = (body.get("case_id"), body.get("action")) == ("vault", "rotate_key")
        if not named or not signed_by(keys, old, statement, rotation["signature"]):
            found.fails(f"the entry that names {new} as successor of the key {old} does not hold")
        elif old in trusted:
            trusted.append(str(new))
    return trusted


# Files


def check_files(folder: Path, sealed: dict[str, Any], found: Findings) -> None:
    """Check every listed file's digest, and that no other file is there."""
    before = found.broken + found.unchecked
    listed = {file["path"]: file for file in sealed["files"]}
    for path, file in listed.items():
        _check_file(folder, path, file, found)
    for path in _present(folder):
        if Path(path).name in LITTER:
            found.note(f"{path} was left by an operating system and is no part of the packet")
        elif path not in listed and path != MANIFEST:
            found.fails(f"{path} is not listed in {MANIFEST}: it was added or renamed")
    if found.broken + found.unchecked == before:
        found.holds(f"{len(listed)} files are as listed; none is missing and none was added")


def _check_file(folder: Path, path: str, file: dict[str, Any], found: Findings) -> None:
    place = folder / path
    if Path(path).is_absolute() or ".." in Path(path).parts or "\\" in path:
        found.fails(f"{path} leads out of the packet")
        return
    if place.is_symlink() or not place.is_file():
        found.fails(f"{path} is missing: it was removed or renamed")
        return
    try:
        digest = _file_digest(place)
    except OSError as error:
        found.cannot(f"{path} cannot be read ({error.strerror})")
        return
    if (digest, place.stat().st_size) != (file["sha256"], file["size"]):
        found.fails(f"{path} was changed: its SHA-256 is {digest}, listed is {file['sha256']}")


def _file_digest(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        block = file.read(_BLOCK)
        while block:
            whole.update(block)
            block = file.read(_BLOCK)
    return whole.hexdigest()


def _present(folder: Path) -> Iterator[str]:
    for place, folders, names in os.walk(str(folder)):
        folders.sort()
        links = [name for name in folders if Path(place, name).is_symlink()]
        for name in sorted(names + links):
            yield Path(place, name).relative_to(folder).as_posix()


# The chains


class Chain:
    """One case's entries, as they are read."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.told = told
        self.case_id: str = told["case_id"]
        self.hashes: list[str] = []
        self.births: dict[str, dict[str, Any]] = {}
        self.erased: dict[str, str] = {}
        self.first = self.last = ""
        self.back = 0

    def take(self, body: dict[str, Any], fits: bool, entry_hash: str, found: Findings) -> None:  # noqa: FBT001 (a fact of the line)
        """Check the next entry against the one before it."""
        where, place = f"entry {body.get('sequence')} of {self.case_id}", len(self.hashes) + 1
        if body.get("sequence") != place:
            found.fails(f"{where} stands where entry {place} should: links were moved or dropped")
        if not fits:
            found.fails(f"{where} was changed: its hash is not that of what it says")
        if body.get("previous") != (self.hashes[-1] if self.hashes else FIRST):
            found.fails(f"{where} does not follow the entry before it")
        self.hashes.append(entry_hash)
        self._remember(body)

    def _remember(self, body: dict[str, Any]) -> None:
        at, evidence_id, action = str(body.get("at")), body.get("evidence_id"), body.get("action")
        self.first = self.first or at
        self.back += self.last != "" and _instant(at) < _instant(self.last)
        self.last = at
        if isinstance(evidence_id, str) and action in ("collect", "derive"):
            self.births.setdefault(evidence_id, body)
        if isinstance(evidence_id, str) and action == "erase":
            self.erased[evidence_id] = at

    def finish(self, keys: dict[str, bytes], found: Findings) -> None:
        """Check the chain's end against its signed head."""
        told, count, before = self.told, len(self.hashes), found.broken
        if count != told["entries"]:
            found.fails(
                f"the chain of {self.case_id} has {count} entries and {told['entries']} were "
                "signed: links were dropped or added"
            )
        if not self.hashes or self.hashes[-1] != told["head"]:
            found.fails(f"the chain of {self.case_id} does not end in its signed head")
        statement = head_statement(self.case_id, told["entries"], told["head"])
        if not signed_by(keys, told["key_id"], statement, told["signature"]):
            found.fails(f"the key {told['key_id']} did not sign the head of {self.case_id}")
        if found.broken == before:
            found.holds(
                f"the chain of {self.case_id} ends in its signed head: {count} entries, "
                f"{self.first} to {self.last}"
            )
        if self.back:
            found.note(
                f"{self.back} entries of {self.case_id} are dated before the one they follow: "
                "two clocks differed"
            )


def _instant(text: str) -> float:
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()  # noqa: FURB162 (3.8)
    except ValueError:
        return 0.0


def check_chains(
    folder: Path, sealed: dict[str, Any], keys: dict[str, bytes], found: Findings
) -> dict[str, Chain]:
    """Check every chain; return them by case."""
    chains = {told["case_id"]: Chain(told) for told in sealed["chains"]}
    for number, line in _lines(folder, found):
        entry = _entry(line)
        if entry is None:
            found.fails(f"{CUSTODY} line {number} is no entry: it was changed or cut off")
            continue
        body, told_hash = entry["body"], entry["hash"]
        chain = chains.get(str(body.get("case_id")))
        if chain is None:
            found.fails(f"{CUSTODY} line {number} is of another case, {body.get('case_id')}")
        else:
            fits = sha256(line[_BODY:-_AFTER_BODY]) == told_hash
            chain.take(body, fits, told_hash, found)
    for chain in chains.values():
        chain.finish(keys, found)
    if sealed["case_id"] not in chains:
        found.fails(f"the packet is of {sealed['case_id']}, whose chain is not in it")
    return chains


def _lines(folder: Path, found: Findings) -> Iterator[tuple[int, bytes]]:
    try:
        with (folder / CUSTODY).open("rb") as file:
            yield from enumerate(file, start=1)
    except FileNotFoundError:
        return
    except OSError as error:
        found.cannot(f"{CUSTODY} cannot be read ({error.strerror})")


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
        whole = canonical(entry) + b"\n" == line
    except (ValueError, RecursionError):
        return None
    shaped = isinstance(entry, dict) and set(entry) == {"body", "hash"}
    if not whole or not shaped or not isinstance(entry["body"], dict):
        return None
    return entry if len(str(entry["hash"])) == len(FIRST) else None


def check_exhibits(sealed: dict[str, Any], chains: dict[str, Chain], found: Findings) -> None:
    """Check that every exhibit is the file that its chain says was collected."""
    before = found.broken
    listed = {file["path"]: file["sha256"] for file in sealed["files"]}
    for exhibit in sealed["exhibits"]:
        path, evidence_id = exhibit["path"], exhibit["evidence_id"]
        chain = chains.get(exhibit["case_id"])
        birth = chain.births.get(evidence_id) if chain else None
        if chain is None:
            found.fails(f"{path} is of another case, {exhibit['case_id']}")
        elif birth is None:
            found.fails(f"{path}: no entry says that {evidence_id} was collected")
        elif not birth.get("digest") == exhibit["digest"] == listed.get(path):
            found.fails(f"{path} is not the file that was collected as {evidence_id}")
        elif birth["action"] == "derive":
            found.note(f"{path} is a copy of {birth['details'].get('derived_from')}")
    if found.broken == before:
        found.holds(f"{len(sealed['exhibits'])} exhibits are the files that were collected")
    _note_the_rest(sealed, chains, found)


def _note_the_rest(sealed: dict[str, Any], chains: dict[str, Chain], found: Findings) -> None:
    erased = {one: at for chain in chains.values() for one, at in chain.erased.items()}
    for evidence_id, at in sorted(erased.items()):
        found.note(f"{evidence_id} was erased at {at}: its custody stays, its bytes are gone")
    shown = {exhibit["evidence_id"] for exhibit in sealed["exhibits"]}
    others = {one for chain in chains.values() for one in chain.births} - shown - set(erased)
    if others:
        found.note(f"{len(others)} more items are in the chain and not in this packet")


# Time stamps, RFC 3161


def _der(data: bytes, at: int = 0) -> tuple[int, bytes, bytes]:
    """Return (tag, content, the whole value) of the DER value at *at*."""
    tag, length, start = data[at], data[at + 1], at + 2
    if length > _SHORT:
        start += length & _SHORT
        length = int.from_bytes(data[at + 2 : start], "big")
    if start + length > len(data):
        raise ValueError("it is cut off")
    return tag, data[start : start + length], data[at : start + length]


def _parts(content: bytes) -> list[tuple[int, bytes, bytes]]:
    values, at = [], 0
    while at < len(content):
        values.append(_der(content, at))
        at += len(values[-1][2])
    return values


class Token:
    """A time-stamp response, as far as it can be read without a library."""

    def __init__(self, response: bytes) -> None:
        info = _parts(_parts(_der(response)[1])[1][1])
        self.fields = _parts(_der(info[1][1])[1])
        self.stated = _der(_parts(self.fields[2][1])[1][1])[1]
        """The signed content, TSTInfo."""
        stated = _parts(_der(self.stated)[1])
        imprint = _parts(stated[2][1])
        self.hash_name = _HASHES[_parts(imprint[0][1])[0][1].hex()]
        self.imprint = imprint[1][1]
        digits = stated[4][1].decode("ascii")[:14]
        self.at = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=timezone.utc)  # noqa: UP017 (3.8)

    def stands_for(self, statement: bytes) -> bool:
        """Tell whether this is the time of *statement*."""
        return hashlib.new(self.hash_name, statement).digest() == self.imprint


_SHORT = 0x7F
_HASHES = {
    "608648016503040201": "sha256",
    "608648016503040202": "sha384",
    "608648016503040203": "sha512",
}


def check_tokens(
    manifest: dict[str, Any], chains: dict[str, Chain], trusted: str, found: Findings
) -> None:
    """Check what each time stamp is of; with a trusted certificate, also who made it."""
    stamped = 0
    for told in manifest["time_tokens"]:
        where = f"the time stamp of entry {told['entries']} of {told['case_id']}"
        chain = chains.get(told["case_id"])
        hashes = chain.hashes if chain else []
        try:
            token = Token(base64.b64decode(told["token"], validate=True))
        except (ValueError, IndexError, KeyError) as error:
            found.fails(f"{where} was changed: it cannot be read ({error!r})")
            continue
        if not 0 < told["entries"] <= len(hashes) or not token.stands_for(
            head_statement(told["case_id"], told["entries"], hashes[told["entries"] - 1])
        ):
            found.fails(f"{where} is of something else")
            continue
        stamped += 1
        found.holds(f"{where} says that it was there at {token.at.isoformat()}")
        if trusted:
            _check_authority(token, trusted, where, found)
    _say_of_time(stamped, trusted, found)


def _say_of_time(stamped: int, trusted: str, found: Findings) -> None:
    if not stamped:
        found.not_proven.append(
            "when any of it happened: no time stamp of a third party is in the packet, and every "
            "date is from the clock of whoever made it"
        )
    elif not trusted:
        found.not_proven.append(
            "who made the time stamps: their authority's certificate chain is not verified; give "
            "the authority's certificate with --tsa-cert"
        )


def _check_authority(token: Token, trusted: str, where: str, found: Findings) -> None:
    try:
        problem = _authority_problem(token, Path(trusted).read_bytes())
    except ImportError:
        found.cannot(
            f"who made {where}: that needs the library cryptography; run "
            "pip install cryptography, or leave --tsa-cert out"
        )
    except OSError as error:
        found.cannot(f"who made {where}: {trusted} cannot be read ({error.strerror})")
    except (ValueError, IndexError, KeyError, TypeError) as error:
        found.fails(f"the signature of {where} cannot be read ({error!r})")
    else:
        if problem:
            found.fails(f"{where} is not by the authority that you trust: {problem}")
        else:
            found.holds(f"{where} is by the authority that you trust")


def _authority_problem(token: Token, pem: bytes) -> str | None:
    from cryptography import x509  # noqa: PLC0415 (only this one check needs it)

    trusted = x509.load_pem_x509_certificates(pem)
    signer = _parts(_parts(token.fields[-1][1])[0][1])
    serial = int.from_bytes(_parts(signer[1][1])[1][1], "big")
    embedded = [
        x509.load_der_x509_certificate(raw)
        for tag, content, _ in token.fields
        if tag == _EXPLICIT
        for _, _, raw in _parts(content)
    ]
    known = [one for one in embedded + trusted if one.serial_number == serial]
    if not known:
        return "the certificate of its signer is missing"
    return _signature_problem(token, signer, known[0]) or _chain_problem(
        token, known[0], embedded, trusted
    )


def _signature_problem(
    token: Token, signer: list[tuple[int, bytes, bytes]], certificate: Any
) -> str | None:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 (as above)
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 (as above)
    from cryptography.hazmat.primitives.asymmetric import ec, padding  # noqa: PLC0415 (as above)

    name = _HASHES[_parts(signer[2][1])[0][1].hex()]
    attributes = signer[3]
    digest = hashlib.new(name, token.stated).digest()
    told = [
        _parts(_parts(one)[1][1])[0][1]
        for _, one, _ in _parts(attributes[1])
        if _parts(one)[0][1].hex() == _MESSAGE_DIGEST
    ]
    if told != [digest]:
        return "its content was changed"
    algorithm = getattr(hashes, name.upper())()
    # What is signed is the set of attributes under its own tag, not the one it travels under.
    message, key = b"\x31" + attributes[2][1:], certificate.public_key()
    how = (ec.ECDSA(algorithm),) if hasattr(key, "curve") else (padding.PKCS1v15(), algorithm)
    try:
        key.verify(signer[5][1], message, *how)
    except InvalidSignature:
        return "its signature does not hold"
    return None


def _chain_problem(
    token: Token, certificate: Any, embedded: list[Any], trusted: list[Any]
) -> str | None:
    from cryptography.x509 import ExtendedKeyUsage, ExtensionNotFound  # noqa: PLC0415 (as above)

    try:
        uses = certificate.extensions.get_extension_for_class(ExtendedKeyUsage).value
    except ExtensionNotFound:
        uses = []
    if _TIME_STAMPING not in [use.dotted_string for use in uses]:
        return "its certificate is not for time stamps"
    for _ in range(_LONGEST_PATH):
        if not certificate.not_valid_before_utc <= token.at <= certificate.not_valid_after_utc:
            return "a certificate was not valid then"
        if certificate in trusted or any(_issued(certificate, one) for one in trusted):
            return None
        issuers = [one for one in embedded if one != certificate and _issued(certificate, one)]
        if not issuers:
            break
        certificate = issuers[0]
    return "its certificate does not lead to the trusted one"


def _issued(certificate: Any, issuer: Any) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001 (whatever is wrong, it was not issued by that one)
        return False
    return True


_EXPLICIT = 0xA0
_MESSAGE_DIGEST = "2a864886f70d010904"
_TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
_LONGEST_PATH = 5


# The whole


def check(folder: Path, expected_key: str = "", trusted: str = "") -> Findings:
    """Check the packet in *folder*."""
    found = Findings()
    manifest = read_manifest(folder, found)
    if manifest is None:
        return found
    sealed = manifest["sealed"]
    found.note(f"packet of {sealed['case_id']}, made {sealed['made_at']}: {sealed['purpose']}")
    keys = public_keys(sealed, found)
    check_manifest(manifest, keys, found)
    check_key(manifest, keys, expected_key, found)
    check_files(folder, sealed, found)
    chains = check_chains(folder, sealed, keys, found)
    check_exhibits(sealed, chains, found)
    check_tokens(manifest, chains, trusted, found)
    return found


NEVER_PROVEN = (
    "that what the exhibits show is true, or is all there was: a staged photo keeps its digest",
    "that nothing was done before the first entry, or after the packet was made",
    "that this file is genuine: who changes a packet can change it too; take one of your own",
)


def main() -> int:
    """Check, print what was found and return the exit status."""
    parser = argparse.ArgumentParser(description="Checks an evidence packet.")
    parser.add_argument("folder", nargs="?", default=str(Path(__file__).resolve().parent))
    parser.add_argument(
        "--key", default="", help="fingerprint of the signing key, as its owner told you"
    )
    parser.add_argument(
        "--tsa-cert", default="", help="PEM certificate of a time-stamping authority you trust"
    )
    given = parser.parse_args()
    found = check(Path(given.folder), given.key, given.tsa_cert)
    for line in found.lines:
        _say(line)
    _say("\nThis does not prove:")
    for line in [*found.not_proven, *NEVER_PROVEN]:
        _say(f"- {line}")
    if found.broken:
        _say(f"\nNOT WHOLE: {found.broken} things do not hold.")
        return BROKEN
    if found.unchecked:
        _say(f"\nNOT KNOWN: {found.unchecked} things could not be checked.")
        return UNCHECKED
    _say("\nWHOLE: everything that was checked holds.")
    return WHOLE


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
