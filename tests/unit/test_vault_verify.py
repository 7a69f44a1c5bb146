"""The stand-alone verifier: a packet that is whole, and every way of tampering by its name."""

import ast
import base64
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.evidence import CustodyAction
from records.database import Database
from tests.support.time_authority import STAMPED, TimeAuthority
from tests.support.vault_files import CASE, NOON, collected, open_vault, photo, video
from vault import verify
from vault.anchors import Authority
from vault.bundle import Bundle, Packet, exhibit_paths, write_bundle
from vault.derive import REDACTED
from vault.store import Vault
from vault.verify import check, ed25519_holds

pytest_plugins = ("tests.support.record_stores",)

APPEAL = "appeal:7495540735365777501:ticket-7"
Json = dict[str, Any]


def make_packet(vault: Vault, into: Path, **more: Any) -> Bundle:
    """Put a packet of three exhibits together: a photo, a redacted copy of another, a clip."""
    ready = collected(vault, photo())
    van = collected(vault, photo(position=True), requirement="vehicle_photo", name="van.jpg")
    copy = vault.derive(van.evidence_id, REDACTED, actor="mei", purpose="appeal", at=NOON)
    clip = collected(vault, video(), requirement="handover_video", name="h.mp4")
    collected(vault, photo(form="PNG"), requirement="chat", name="not in the packet.png")
    settings: Json = {
        "case_id": CASE,
        "name": "packet.pdf",
        "rendered": b"%PDF-1.7 appeal",
        "exhibits": exhibit_paths([ready, copy, clip]),
        "action": CustodyAction.SUBMIT,
        "actor": "mei",
        "purpose": "appeal of ticket 7, first round",
        "at": NOON + timedelta(hours=1),
        "key": "appeal/7/1",
    }
    return write_bundle(vault, Packet(**settings | more), into)


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Bundle, bytes]]:
    """A packet with a time stamp; made once, copied for each test that changes it."""
    folder = tmp_path_factory.mktemp("stamped")
    db = Database.open(f"sqlite:///{folder / 'records.db'}")
    db.migrate()
    tsa = TimeAuthority()
    authority = Authority(url="https://tsa.example", post=tsa.post, roots=tsa.root)
    vault = open_vault(db, folder, authority=authority)
    bundle = make_packet(vault, folder / "packet")
    yield folder / "packet", bundle, tsa.root
    db.close()


@pytest.fixture
def packet(stamped: tuple[Path, Bundle, bytes], tmp_path: Path) -> Path:
    """A copy of the packet, to be tampered with."""
    return Path(shutil.copytree(stamped[0], tmp_path / "packet"))


def _failures(folder: Path, **more: str) -> list[str]:
    return [line[9:] for line in check(folder, **more).lines if line.startswith("FAILED")]


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 (our own file)
        [sys.executable, "-I", str(folder / "verify.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


def _manifest(folder: Path) -> Json:
    read: Json = json.loads((folder / "manifest.json").read_text())
    return read


def _write_manifest(folder: Path, manifest: Json) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _lines(folder: Path) -> list[bytes]:
    return (folder / "custody.jsonl").read_bytes().splitlines(keepends=True)


def _write_lines(folder: Path, lines: list[bytes]) -> None:
    (folder / "custody.jsonl").write_bytes(b"".join(lines))


# Whole


def test_a_packet_is_checked_by_the_file_inside_it_and_nothing_else(
    packet: Path, stamped: tuple[Path, Bundle, bytes]
) -> None:
    """Isolated: no environment, no folder of ours, no site of the user."""
    ran = _run(packet, "--key", stamped[1].key_id)

    assert (0, "") == (ran.returncode, ran.stderr)
    for said in (
        f"packet of {CASE}, made 2026-03-01T13:00:00Z: appeal of ticket 7, first round",
        f"manifest.json is signed by the key {stamped[1].key_id}",
        "the signing key has the fingerprint that you gave",
        "6 files are as listed; none is missing and none was added",
        f"the chain of {CASE} ends in its signed head: 9 entries",
        "3 exhibits are the files that were collected",
        "exhibits/02-vehicle-photo.jpg is a copy of ev-",
        "2 more items are in the chain and not in this packet",
        f"the time stamp of entry 9 of {CASE} says that it was there at {STAMPED.isoformat()}",
        "their authority's certificate chain is not verified; give",
        "that what the exhibits show is true",
        "WHOLE: everything that was checked holds.",
    ):
        assert said in ran.stdout


def test_the_packet_holds_what_its_readers_expect(packet: Path) -> None:
    assert {
        "manifest.json",
        "custody.jsonl",
        "verify.py",
        "packet.pdf",
        "exhibits/01-ready-photo.jpg",
        "exhibits/02-vehicle-photo.jpg",
        "exhibits/03-handover-video.mp4",
    } == {path.relative_to(packet).as_posix() for path in packet.rglob("*") if path.is_file()}


def test_the_submission_itself_is_in_the_chain(packet: Path) -> None:
    bodies = [json.loads(line)["body"] for line in _lines(packet)]
    assert ["submit"] * 4 == [body["action"] for body in bodies[-4:]]
    rendered = hashlib.sha256(b"%PDF-1.7 appeal").hexdigest()
    assert {rendered} == {body["details"]["packet"] for body in bodies[-4:]}
    assert 3 == len(bodies[-1]["details"]["exhibits"])


def test_without_a_fingerprint_it_says_that_anybody_may_have_signed(packet: Path) -> None:
    ran = _run(packet)
    assert 0 == ran.returncode
    assert "is the sender's own: have its owner tell you the fingerprint" in ran.stdout


def test_what_an_operating_system_leaves_behind_is_no_tampering(packet: Path) -> None:
    (packet / "exhibits" / ".DS_Store").write_bytes(b"x")
    found = check(packet)
    assert 0 == found.broken
    assert "exhibits/.DS_Store was left by an operating system" in "\n".join(found.lines)


def test_the_file_stands_alone_and_runs_on_older_pythons() -> None:
    """It travels without us, to machines that we do not know."""
    source = Path(verify.__file__).read_text()
    tree = ast.parse(source, feature_version=(3, 8))
    names = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        )
    }
    assert names - set(sys.stdlib_module_names) == {"cryptography"}


# Tampered with, each by its name


def _flip(path: Path, at: int = -3) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


def _flip_exhibit(folder: Path) -> None:
    _flip(folder / "exhibits" / "01-ready-photo.jpg")


def _flip_packet(folder: Path) -> None:
    _flip(folder / "packet.pdf")


def _flip_verifier(folder: Path) -> None:
    with (folder / "verify.py").open("a") as file:
        file.write("# changed\n")


def _drop_last(folder: Path) -> None:
    _write_lines(folder, _lines(folder)[:-1])


def _drop_first(folder: Path) -> None:
    _write_lines(folder, _lines(folder)[1:])


def _swap(folder: Path) -> None:
    lines = _lines(folder)
    lines[2], lines[3] = lines[3], lines[2]
    _write_lines(folder, lines)


def _changed(folder: Path, number: int, **changes: object) -> None:
    """Change an entry and leave its hash."""
    lines = _lines(folder)
    entry = json.loads(lines[number - 1])
    entry["body"].update(changes)
    lines[number - 1] = verify.canonical(entry) + b"\n"
    _write_lines(folder, lines)


def _rehashed(folder: Path, number: int, **changes: object) -> None:
    """Change an entry and make every hash fit again, as a careful forger would."""
    entries = [json.loads(line) for line in _lines(folder)]
    entries[number - 1]["body"].update(changes)
    previous = "0" * 64
    for entry in entries:
        entry["body"]["previous"] = previous
        previous = entry["hash"] = verify.sha256(verify.canonical(entry["body"]))
    _write_lines(folder, [verify.canonical(entry) + b"\n" for entry in entries])


def _back_date(folder: Path) -> None:
    _changed(folder, 2, at="2026-02-01T12:00:00Z")


def _back_date_with_care(folder: Path) -> None:
    _rehashed(folder, 2, at="2026-02-01T12:00:00Z")


def _other_case(folder: Path) -> None:
    _rehashed(folder, 2, case_id="pickup-case:S:2")


def _rename(folder: Path) -> None:
    exhibits = folder / "exhibits"
    (exhibits / "01-ready-photo.jpg").rename(exhibits / "01-photo.jpg")


def _remove(folder: Path) -> None:
    (folder / "exhibits" / "03-handover-video.mp4").unlink()


def _add(folder: Path) -> None:
    (folder / "exhibits" / "04-more.jpg").write_bytes(b"x")


def _link_instead(folder: Path) -> None:
    path = folder / "exhibits" / "01-ready-photo.jpg"
    path.rename(folder.parent / "elsewhere.jpg")
    path.symlink_to(folder.parent / "elsewhere.jpg")


def _cut_custody(folder: Path) -> None:
    path = folder / "custody.jsonl"
    path.write_bytes(path.read_bytes()[:-40])


def _garbage_line(folder: Path) -> None:
    lines = _lines(folder)
    lines.insert(1, b'{"body":[],"hash":"x"}\n')
    _write_lines(folder, lines)


def _no_custody(folder: Path) -> None:
    (folder / "custody.jsonl").unlink()


def _edited(change: Callable[[Json], object]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        manifest = _manifest(folder)
        change(manifest)
        _write_manifest(folder, manifest)

    return edit


def _swap_exhibits(manifest: Json) -> None:
    first, second, *_ = manifest["sealed"]["exhibits"]
    first["evidence_id"], second["evidence_id"] = second["evidence_id"], first["evidence_id"]


def _forget_exhibit(folder: Path) -> None:
    """Replace a file and its listing, as if the new one had been collected."""
    path = folder / "exhibits" / "01-ready-photo.jpg"
    path.write_bytes(b"another photo")
    digest = hashlib.sha256(b"another photo").hexdigest()
    manifest = _manifest(folder)
    for file in manifest["sealed"]["files"]:
        if file["path"] == "exhibits/01-ready-photo.jpg":
            file.update(sha256=digest, size=13)
    manifest["sealed"]["exhibits"][0]["digest"] = digest
    _write_manifest(folder, manifest)


_CHANGED = "manifest.json was changed, or another key signed it"
TAMPERINGS: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "a byte of an exhibit flipped": (
        _flip_exhibit,
        ["exhibits/01-ready-photo.jpg was changed: its SHA-256 is"],
    ),
    "a byte of the packet flipped": (_flip_packet, ["packet.pdf was changed"]),
    "the verifier changed": (_flip_verifier, ["verify.py was changed"]),
    "last link dropped": (
        _drop_last,
        [
            "custody.jsonl was changed",
            f"the chain of {CASE} has 8 entries and 9 were signed: links were dropped",
            f"the chain of {CASE} does not end in its signed head",
        ],
    ),
    "first link dropped": (
        _drop_first,
        [
            f"entry 2 of {CASE} stands where entry 1 should: links were moved or dropped",
            f"entry 2 of {CASE} does not follow the entry before it",
        ],
    ),
    "two links swapped": (
        _swap,
        [
            f"entry 4 of {CASE} stands where entry 3 should: links were moved or dropped",
            f"entry 3 of {CASE} stands where entry 4 should: links were moved or dropped",
            f"entry 4 of {CASE} does not follow the entry before it",
        ],
    ),
    "an entry back-dated": (
        _back_date,
        [f"entry 2 of {CASE} was changed: its hash is not that of what it says"],
    ),
    "an entry back-dated with care": (
        _back_date_with_care,
        [
            "custody.jsonl was changed",
            f"the chain of {CASE} does not end in its signed head",
            f"the time stamp of entry 9 of {CASE} is of something else",
        ],
    ),
    "an entry of another case": (
        _other_case,
        [
            "custody.jsonl line 2 is of another case, pickup-case:S:2",
            f"entry 3 of {CASE} stands where entry 2 should",
        ],
    ),
    "a file renamed": (
        _rename,
        [
            "exhibits/01-ready-photo.jpg is missing: it was removed or renamed",
            "exhibits/01-photo.jpg is not listed in manifest.json: it was added or renamed",
        ],
    ),
    "a file removed": (_remove, ["exhibits/03-handover-video.mp4 is missing"]),
    "a file added": (_add, ["exhibits/04-more.jpg is not listed in manifest.json"]),
    "a link in the place of a file": (
        _link_instead,
        ["exhibits/01-ready-photo.jpg is missing: it was removed or renamed"],
    ),
    "custody cut off": (_cut_custody, ["custody.jsonl line 9 is no entry"]),
    "a line that is no entry": (_garbage_line, ["custody.jsonl line 2 is no entry"]),
    "no custody": (
        _no_custody,
        ["custody.jsonl is missing", f"the chain of {CASE} has 0 entries"],
    ),
    "a file and its listing replaced": (
        _forget_exhibit,
        [_CHANGED, "exhibits/01-ready-photo.jpg is not the file that was collected as ev-"],
    ),
    "manifest: another purpose": (
        _edited(lambda m: m["sealed"].update(purpose="appeal of ticket 8")),
        [_CHANGED],
    ),
    "manifest: a file unlisted": (
        _edited(lambda m: m["sealed"]["files"].pop(1)),
        [_CHANGED, "is not listed in manifest.json"],
    ),
    "manifest: a path out of the packet": (
        _edited(lambda m: m["sealed"]["files"][0].update(path="../elsewhere")),
        [_CHANGED, "../elsewhere leads out of the packet"],
    ),
    "manifest: exhibits swapped": (
        _edited(_swap_exhibits),
        [_CHANGED, "is not the file that was collected as ev-"],
    ),
    "manifest: an exhibit of nobody": (
        _edited(lambda m: m["sealed"]["exhibits"][0].update(evidence_id="ev-0")),
        [_CHANGED, "no entry says that ev-0 was collected"],
    ),
    "manifest: an exhibit of another case": (
        _edited(lambda m: m["sealed"]["exhibits"][0].update(case_id="other")),
        [_CHANGED, "exhibits/01-ready-photo.jpg is of another case, other"],
    ),
    "manifest: of another case": (
        _edited(lambda m: m["sealed"].update(case_id="other")),
        [_CHANGED, "the packet is of other, whose chain is not in it"],
    ),
    "manifest: a shorter chain": (
        _edited(lambda m: m["sealed"]["chains"][0].update(entries=8)),
        [_CHANGED, "has 9 entries and 8 were signed", "did not sign the head of"],
    ),
    "manifest: a key of another name": (
        _edited(lambda m: m["sealed"]["keys"][0].update(key_id="0" * 64)),
        [_CHANGED, f"the key {'0' * 64} is not the one of that fingerprint"],
    ),
    "manifest: no signature": (
        _edited(lambda m: m["signature"].update(ed25519="")),
        [_CHANGED],
    ),
    "manifest: a signature that is none": (
        _edited(lambda m: m["signature"].update(ed25519="§§§")),
        [_CHANGED],
    ),
    "manifest: no manifest": (
        _edited(lambda m: m.pop("sealed")),
        ["manifest.json was changed or cut off: it is no manifest"],
    ),
    "a time stamp of another head": (
        _edited(lambda m: m["time_tokens"][0].update(entries=8)),
        [f"the time stamp of entry 8 of {CASE} is of something else"],
    ),
    "a time stamp cut off": (
        _edited(lambda m: m["time_tokens"][0].update(token="MIIB")),
        ["was changed: it cannot be read"],
    ),
    "a time stamp of another case": (
        _edited(lambda m: m["time_tokens"][0].update(case_id="other")),
        ["the time stamp of entry 9 of other is of something else"],
    ),
}


@pytest.mark.parametrize("tampering", TAMPERINGS)
def test_each_tampering_is_named(packet: Path, tampering: str) -> None:
    tamper, names = TAMPERINGS[tampering]
    assert [] == _failures(packet)
    tamper(packet)

    said = _failures(packet)
    for name in names:
        assert any(name in line for line in said), f"{name!r} is not in {said}"


def test_a_tampered_packet_ends_with_status_one(packet: Path) -> None:
    _flip_exhibit(packet)
    _drop_last(packet)
    ran = _run(packet)
    assert (1, "") == (ran.returncode, ran.stderr)
    assert "FAILED   exhibits/01-ready-photo.jpg was changed" in ran.stdout
    assert "NOT WHOLE: 5 things do not hold." in ran.stdout


def _forge(folder: Path) -> str:
    """Sign everything anew with a key of the forger's own; return its fingerprint."""
    forger = Ed25519PrivateKey.generate()
    public = forger.public_key().public_bytes_raw()
    key_id = hashlib.sha256(public).hexdigest()
    _rehashed(folder, 2, at="2026-02-01T12:00:00Z")
    manifest, custody = _manifest(folder), (folder / "custody.jsonl").read_bytes()
    sealed = manifest["sealed"]
    head = json.loads(_lines(folder)[-1])["hash"]
    statement = verify.head_statement(CASE, 9, head)
    signature = base64.b64encode(forger.sign(statement)).decode()
    sealed["chains"][0].update(head=head, key_id=key_id, signature=signature)
    sealed["keys"] = [{"key_id": key_id, "public_key": base64.b64encode(public).decode()}]
    for file in sealed["files"]:
        if file["path"] == "custody.jsonl":
            file.update(sha256=hashlib.sha256(custody).hexdigest(), size=len(custody))
    seal = forger.sign(verify.canonical({"custody_manifest": sealed}))
    manifest["signature"] = {"key_id": key_id, "ed25519": base64.b64encode(seal).decode()}
    manifest["time_tokens"] = []
    _write_manifest(folder, manifest)
    return key_id


def test_a_chain_signed_anew_by_a_forger_is_caught_by_the_fingerprint(
    packet: Path, stamped: tuple[Path, Bundle, bytes]
) -> None:
    forged = _forge(packet)

    alone = check(packet)
    assert 0 == alone.broken
    assert any(forged in line and "anybody may have made" in line for line in alone.not_proven)
    assert any("no time stamp of a third party" in line for line in alone.not_proven)
    (said,) = _failures(packet, expected_key=stamped[1].key_id)
    assert f"another key, {forged}, signed the packet than the one that you gave" == said
    assert 1 == _run(packet, "--key", stamped[1].key_id).returncode


@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_no_byte_of_the_custody_can_be_changed_unseen(
    stamped: tuple[Path, Bundle, bytes],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("one") / "packet"
    shutil.copytree(stamped[0], folder)
    path = folder / data.draw(st.sampled_from(["custody.jsonl", "packet.pdf", "verify.py"]))
    size = path.stat().st_size
    _flip(path, data.draw(st.integers(min_value=0, max_value=size - 1)))
    assert any(path.name in line for line in _failures(folder))


# What cannot be checked


def test_without_a_manifest_nothing_can_be_checked(packet: Path) -> None:
    (packet / "manifest.json").unlink()
    ran = _run(packet)
    assert (2, "") == (ran.returncode, ran.stderr)
    assert (
        "could not check: manifest.json cannot be read (No such file or directory)" in ran.stdout
    )
    assert "NOT KNOWN: 1 things could not be checked." in ran.stdout


def test_a_packet_of_a_later_format_is_not_known(
    records_db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "FORMAT", "wenhuo-evidence-0")
    make_packet(open_vault(records_db, tmp_path), tmp_path / "packet")
    found = check(tmp_path / "packet")
    assert (0, 1) == (found.broken, found.unchecked)
    assert any("has the format wenhuo-evidence-1" in line for line in found.lines)


# Who made the time stamps


def _trusted(folder: Path, pem: bytes) -> str:
    path = folder / "root.pem"
    path.write_bytes(pem)
    return str(path)


@pytest.mark.parametrize("with_rsa", [False, True])
def test_with_the_authority_s_certificate_its_signature_is_checked_too(
    records_db: Database,
    tmp_path: Path,
    with_rsa: bool,  # noqa: FBT001 (a case of the test)
) -> None:
    tsa = TimeAuthority(with_rsa=with_rsa)
    vault = open_vault(records_db, tmp_path, authority=Authority(url="u", post=tsa.post))
    make_packet(vault, tmp_path / "packet")

    found = check(tmp_path / "packet", trusted=_trusted(tmp_path, tsa.root))
    assert 0 == found.broken + found.unchecked
    assert any("is by the authority that you trust" in line for line in found.lines)
    assert not any("certificate chain" in line for line in found.not_proven)


@pytest.mark.parametrize(
    ("tsa", "tamper", "problem"),
    [
        (TimeAuthority(), None, "does not lead to the trusted one"),
        (TimeAuthority(stamps=False), None, "its certificate is not for time stamps"),
        (
            TimeAuthority(valid_until=STAMPED - timedelta(days=1)),
            None,
            "a certificate was not valid then",
        ),
        (
            TimeAuthority(),
            lambda stated: stated.replace(b"20260301", b"20260201"),
            "its content was changed",
        ),
    ],
    ids=["another authority", "another use", "not valid", "back-dated"],
)
def test_a_time_stamp_that_the_trusted_authority_did_not_make_is_named(
    records_db: Database,
    tmp_path: Path,
    tsa: TimeAuthority,
    tamper: Callable[[bytes], bytes] | None,
    problem: str,
) -> None:
    def post(_url: str, query: bytes) -> bytes:
        return tsa.answer(query, tamper=tamper) if tamper else tsa.answer(query)

    vault = open_vault(records_db, tmp_path, authority=Authority(url="u", post=post))
    make_packet(vault, tmp_path / "packet")
    trusted = TimeAuthority().root if problem.startswith("does not lead") else tsa.root
    (said,) = _failures(tmp_path / "packet", trusted=_trusted(tmp_path, trusted))
    assert problem in said
    assert said.startswith(f"the time stamp of entry 9 of {CASE} is not by the authority")


def test_a_signature_that_was_changed_is_named(
    packet: Path, stamped: tuple[Path, Bundle, bytes], tmp_path: Path
) -> None:
    manifest = _manifest(packet)
    token = bytearray(base64.b64decode(manifest["time_tokens"][0]["token"]))
    token[-1] ^= 1
    manifest["time_tokens"][0]["token"] = base64.b64encode(token).decode()
    _write_manifest(packet, manifest)
    (said,) = _failures(packet, trusted=_trusted(tmp_path, stamped[2]))
    assert "its signature does not hold" in said


def test_a_certificate_that_cannot_be_read_is_not_known(packet: Path, tmp_path: Path) -> None:
    ran = _run(packet, "--tsa-cert", str(tmp_path / "nothing.pem"))
    assert 2 == ran.returncode
    assert "nothing.pem cannot be read" in ran.stdout
    (tmp_path / "bad.pem").write_text("no certificate")
    (said,) = _failures(packet, trusted=str(tmp_path / "bad.pem"))
    assert "cannot be read" in said


def test_without_the_library_the_message_names_it(packet: Path, tmp_path: Path) -> None:
    """A Python without anything installed: what needs a library says which."""
    code = (
        "import sys, runpy; sys.modules['cryptography'] = None;"
        f"sys.argv = ['verify.py', '--tsa-cert', {str(tmp_path / 'r.pem')!r}];"
        f"runpy.run_path({str(packet / 'verify.py')!r}, run_name='__main__')"
    )
    (tmp_path / "r.pem").write_text("x")
    ran = subprocess.run(  # noqa: S603 (our own file)
        [sys.executable, "-I", "-c", code], capture_output=True, text=True, check=False
    )
    assert 2 == ran.returncode
    assert "needs the library cryptography; run pip install cryptography" in ran.stdout


# Keys that followed each other


def test_an_old_fingerprint_vouches_for_its_successors(
    records_db: Database, tmp_path: Path
) -> None:
    vault = open_vault(records_db, tmp_path)
    make_packet(vault, tmp_path / "before")
    first = vault.signing_keys()[0].key_id
    vault.rotate_key(actor="root", purpose="yearly", at=NOON)
    newest = vault.rotate_key(actor="root", purpose="yearly", at=NOON).key_id
    make_packet(vault, tmp_path / "after", key="appeal/7/2")

    assert [] == _failures(tmp_path / "before", expected_key=first)
    assert [] == _failures(tmp_path / "after", expected_key=first)
    assert [] == _failures(tmp_path / "after", expected_key=newest.upper())
    said = check(tmp_path / "after", first).lines
    assert any(
        f"the key that you gave vouches for its successor {newest}" in line for line in said
    )
    (broken,) = _failures(tmp_path / "before", expected_key=newest)
    assert "another key" in broken


def test_a_successor_that_the_old_key_did_not_name_is_not_vouched_for(
    records_db: Database, tmp_path: Path
) -> None:
    vault = open_vault(records_db, tmp_path)
    make_packet(vault, tmp_path / "before")
    first = vault.signing_keys()[0].key_id
    vault.rotate_key(actor="root", purpose="lost", at=NOON, lost=True)
    make_packet(vault, tmp_path / "after", key="appeal/7/2")

    assert any("another key" in line for line in _failures(tmp_path / "after", expected_key=first))


@pytest.mark.parametrize("change", [{"case_id": CASE}, {"actor": "somebody"}])
def test_a_succession_that_was_made_up_is_named(
    records_db: Database, tmp_path: Path, change: Json
) -> None:
    vault = open_vault(records_db, tmp_path)
    make_packet(vault, tmp_path / "x")
    vault.rotate_key(actor="root", purpose="yearly", at=NOON)
    make_packet(vault, tmp_path / "packet", key="appeal/7/2")
    manifest = _manifest(tmp_path / "packet")
    manifest["sealed"]["rotations"][0]["body"].update(change)
    _write_manifest(tmp_path / "packet", manifest)
    assert any("as successor of the key" in line for line in _failures(tmp_path / "packet"))


# Clocks, erasures, several cases


def test_clocks_that_differ_are_noted_and_no_fault(records_db: Database, tmp_path: Path) -> None:
    vault = open_vault(records_db, tmp_path)
    make_packet(vault, tmp_path / "packet", at=NOON - timedelta(days=1))
    found = check(tmp_path / "packet")
    assert 0 == found.broken
    assert any("1 entries of" in line and "two clocks differed" in line for line in found.lines)


def test_an_erasure_is_told_as_one(records_db: Database, tmp_path: Path) -> None:
    vault = open_vault(records_db, tmp_path)
    gone = collected(vault, photo(form="WEBP"), requirement="chat")
    vault.erase(gone.evidence_id, actor="lin", purpose="asked by the buyer", at=NOON)
    make_packet(vault, tmp_path / "packet")
    found = check(tmp_path / "packet")
    assert 0 == found.broken
    said = f"{gone.evidence_id} was erased at 2026-03-01T12:00:00Z: its custody stays"
    assert any(said in line for line in found.lines)


def test_a_packet_of_several_cases_holds_the_chain_of_each(
    records_db: Database, tmp_path: Path
) -> None:
    """An appeal joins the cases that it concerns."""
    vault = open_vault(records_db, tmp_path)
    other = collected(vault, photo(), case_id="pickup-case:S:2")
    make_packet(vault, tmp_path / "one")
    exhibits = exhibit_paths([*vault.of_case(CASE)[:1], other])
    bundle = make_packet(
        vault, tmp_path / "packet", case_id=APPEAL, exhibits=exhibits, key="appeal/7/2"
    )
    found = check(tmp_path / "packet")
    assert 0 == found.broken
    assert {APPEAL, CASE, "pickup-case:S:2"} == set(bundle.heads)
    for case_id in bundle.heads:
        assert any(f"the chain of {case_id} ends in its signed head" in x for x in found.lines)


# Ed25519 by itself


@given(
    message=st.binary(max_size=200),
    seed=st.binary(min_size=32, max_size=32),
    at=st.integers(0, 511),
)
@settings(max_examples=25, deadline=None)
def test_signatures_are_checked_as_the_library_checks_them(
    message: bytes, seed: bytes, at: int
) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), bytearray(key.sign(message))
    assert ed25519_holds(public, message, bytes(signature))
    assert not ed25519_holds(public, message + b"x", bytes(signature))
    signature[at // 8] ^= 1 << at % 8
    assert not ed25519_holds(public, message, bytes(signature))


_FIRST = (
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    ),
)
_SECOND = (
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
)


@pytest.mark.parametrize(("public", "message", "signature"), [_FIRST, _SECOND])
def test_the_examples_of_the_standard_hold(public: str, message: str, signature: str) -> None:
    """RFC 8032, section 7.1, tests 1 and 2."""
    key, text, signed = (bytes.fromhex(part) for part in (public, message, signature))
    assert ed25519_holds(key, text, signed)
    # The same signature with s + q: accepted, it could be made from another's without the key.
    s = int.from_bytes(signed[32:], "little") + verify._Q
    assert not ed25519_holds(key, text, signed[:32] + s.to_bytes(32, "little"))
    assert not ed25519_holds(key[:-1], text, signed)
    assert not ed25519_holds(b"\xff" * 32, text, signed)
