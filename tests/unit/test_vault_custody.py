"""The custody ledger: one chain per case, signed, that nobody can fork or rewrite unseen."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bench.long_chain import long_chain
from domain.evidence import CustodyAction
from records.database import Database
from tests.support.record_races import in_processes, view_often
from tests.support.vault_files import CASE, NOON, collected, open_vault, photo, refused_by, video
from vault.canonical import canonical, instant_text, is_canonical, sha256
from vault.custody import FIRST, VAULT, Event
from vault.errors import (
    ErasedError,
    FileRefusedError,
    HeldError,
    SigningKeyError,
    UnknownEvidenceError,
)
from vault.store import Vault

pytest_plugins = ("tests.support.record_stores", "tests.support.vault")

PHOTO = photo()


def _view(vault: Vault, number: int, *, case_id: str = CASE, key: str | None = None) -> str:
    entry = vault.record(
        case_id,
        CustodyAction.VIEW,
        actor=f"person {number}",
        purpose="look",
        at=NOON,
        key=key,
    )
    return entry.entry_hash


# Canonical JSON


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, "é\n"]}, '{"a":[true,null,"é\\n"],"b":1}'),
        ({"text": '"\\\x01\x7f'}, '{"text":"\\"\\\\\\u0001\x7f"}'),
        ({"order": "订单 🚚"}, '{"order":"订单 🚚"}'),
    ],
)
def test_what_is_hashed_is_written_in_one_way(value: object, written: str) -> None:
    assert written == canonical(value).decode()


@pytest.mark.parametrize("value", [1.5, {"a": [0.1]}, {"名": 1}, {"a": ({"b": 2.0},)}])
def test_what_languages_write_differently_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"give a whole number|ASCII"):
        canonical(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(json_values)
def test_the_standard_library_writes_the_same_bytes(value: object) -> None:
    """The stand-alone verifier relies on it."""
    plain = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert plain.encode() == canonical(value)
    assert is_canonical(plain, value)
    assert not is_canonical(f"{plain} ", value)


# The chain


def test_each_entry_seals_the_one_before_it(vault: Vault) -> None:
    item = collected(vault, PHOTO)
    for number in range(3):
        _view(vault, number)

    chain = vault.custody(CASE)
    bodies = [json.loads(entry.body) for entry in chain]
    assert [1, 2, 3, 4] == [body["sequence"] for body in bodies]
    assert [FIRST, *(entry.entry_hash for entry in chain[:-1])] == [b["previous"] for b in bodies]
    assert [sha256(entry.body.encode()) for entry in chain] == [e.entry_hash for e in chain]
    assert (item.evidence_id, item.digest) == (bodies[0]["evidence_id"], bodies[0]["digest"])
    (key,) = vault.signing_keys()
    assert all(key.holds(entry.head, entry.signature) for entry in chain)
    assert not key.holds(chain[0].head, chain[1].signature)
    assert not key.holds(chain[0].head, "no base64")


def test_an_entry_says_who_did_what_why_and_when(vault: Vault) -> None:
    item = collected(vault, PHOTO)
    vault.read(item.evidence_id, actor="lin", purpose="appeal 7", at=NOON + timedelta(hours=1))

    body = json.loads(vault.custody(CASE)[-1].body)
    assert {
        "case_id": CASE,
        "sequence": 2,
        "at": "2026-03-01T13:00:00Z",
        "action": "view",
        "actor": "lin",
        "purpose": "appeal 7",
        "evidence_id": item.evidence_id,
        "digest": item.digest,
        "details": {},
    } == {name: body[name] for name in body if name != "previous"}


@pytest.mark.parametrize(("actor", "purpose"), [("", "look"), (" ", "look"), ("mei", "")])
def test_nobody_does_nothing_for_no_reason(actor: str, purpose: str) -> None:
    with pytest.raises(ValueError, match="actor and a purpose"):
        Event(case_id=CASE, action=CustodyAction.VIEW, actor=actor, purpose=purpose, at=NOON)


def test_a_step_that_runs_twice_enters_once(vault: Vault) -> None:
    first = _view(vault, 1, key="case/step")
    _view(vault, 2)

    assert first == _view(vault, 1, key="case/step")
    assert 2 == len(vault.custody(CASE))
    assert first != _view(vault, 1, case_id="pickup-case:S:2", key="case/step")


def test_what_enters_itself_is_not_entered_by_hand(vault: Vault) -> None:
    for action in (CustodyAction.COLLECT, CustodyAction.ERASE, CustodyAction.ROTATE_KEY):
        with pytest.raises(ValueError, match="not by record"):
            vault.record(CASE, action, actor="mei", purpose="x", at=NOON)


def test_an_item_is_entered_only_in_the_chain_of_its_case(vault: Vault) -> None:
    item = collected(vault, PHOTO)
    for case_id, evidence_id in (("pickup-case:S:2", item.evidence_id), (CASE, "ev-0")):
        said = refused_by(
            lambda case_id=case_id, evidence_id=evidence_id: vault.record(  # type: ignore[misc]  # bound now
                case_id,
                CustodyAction.SHARE,
                actor="mei",
                purpose="x",
                at=NOON,
                evidence_id=evidence_id,
            ),
            UnknownEvidenceError,
        )
        assert "is not in the vault" in said


def test_threads_that_write_at_once_make_one_chain(records_db: Database, tmp_path: Path) -> None:
    barrier = threading.Barrier(6)

    def write(number: int) -> None:
        vault = open_vault(records_db, tmp_path)
        barrier.wait(timeout=30)
        for turn in range(4):
            _view(vault, number)
            _view(vault, number, key=f"shared {turn}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(6)))

    report = open_vault(records_db, tmp_path).verify_case(CASE)
    assert (28, []) == (report.entries, report.problems)
    assert 1 == len(report.key_ids)


def test_processes_that_write_at_once_make_one_chain(
    records_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULT_OF_RACES", str(tmp_path))
    hashes = in_processes(records_url, view_often)

    db = Database.open(records_url)
    vault = open_vault(db, tmp_path)
    entries = vault.custody("case")
    assert 15 == len(entries) == len({one for found in hashes for one in found})
    assert vault.verify_case("case").whole
    db.close()


def test_a_long_chain_is_read_page_by_page(records_db: Database, tmp_path: Path) -> None:
    long_chain(records_db, tmp_path / "keys", CASE, entries=1005)
    vault = open_vault(records_db, tmp_path)

    assert list(range(1, 1006)) == [entry.sequence for entry in vault.custody(CASE)]
    assert 7 == len(list(vault.chain(CASE, until=7)))
    assert vault.verify_case(CASE).whole


# What a check finds


def _tamper(db: Database, *statements: str) -> None:
    """Change the tables as somebody would who owns the database: without the triggers."""
    with db.begin() as session:
        for table in ("custody_entries", "evidence_items", "signing_keys", "custody_anchors"):
            for change in ("update", "delete", "replace"):
                session.execute(text(f"DROP TRIGGER IF EXISTS {table}_refuses_{change}"))
        for statement in statements:
            session.execute(text(statement))


sqlite_only = pytest.mark.parametrize("empty_url", ["sqlite"], indirect=True)


@sqlite_only
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            """UPDATE custody_entries SET body = replace(body, 'person 1', 'nobody')
            WHERE sequence = 3""",
            "entry 3 was changed: its hash does not fit",
        ),
        ("DELETE FROM custody_entries WHERE sequence = 3", "entry 4 stands where entry 3 should"),
        (
            "DELETE FROM custody_entries WHERE sequence = 3",
            "entry 4 does not follow the entry before it",
        ),
        (
            "UPDATE custody_entries SET action = 'erase' WHERE sequence = 1",
            "entry 1 is filed as something else than it says",
        ),
        (
            "UPDATE custody_entries SET body = body || ' ' WHERE sequence = 2",
            "entry 2 is not canonical JSON",
        ),
        (
            "UPDATE custody_entries SET signature = 'AAAA' WHERE sequence = 4",
            "the signature of entry 4 does not hold",
        ),
        (
            "UPDATE custody_entries SET key_id = 'other' WHERE sequence = 4",
            "entry 4 is signed by an unknown key other",
        ),
        (
            "UPDATE evidence_items SET requirement = 'chat'",
            "{id} was changed after it was collected",
        ),
        (
            "UPDATE evidence_items SET digest = 'd'",
            "{id} was changed after it was collected",
        ),
        (
            "UPDATE evidence_labels SET note = 'twelve parcels'",
            "the name or note of {id} was changed",
        ),
        ("DELETE FROM evidence_labels", "the name and note of {id} are missing"),
        ("DELETE FROM evidence_items", "{id} is in the ledger and not on file"),
        ("DELETE FROM custody_entries", "{id} is on file and not in the ledger"),
    ],
)
def test_what_somebody_changed_in_the_database_is_named(
    records_db: Database, tmp_path: Path, change: str, problem: str
) -> None:
    vault = open_vault(records_db, tmp_path)
    item = collected(vault, PHOTO)
    for number in range(3):
        _view(vault, number)
    assert vault.verify_case(CASE).whole

    _tamper(records_db, change)

    report = vault.verify_case(CASE, blobs=False)
    assert problem.format(id=item.evidence_id) in report.problems
    assert not report.whole


# Keys


def test_the_private_key_is_made_on_first_use_and_for_its_owner_alone(
    vault: Vault, tmp_path: Path
) -> None:
    assert not (tmp_path / "keys").exists()
    _view(vault, 1)

    (key,) = vault.signing_keys()
    (file,) = (tmp_path / "keys").iterdir()
    assert f"{key.key_id}.pem" == file.name
    assert 0o600 == file.stat().st_mode & 0o777
    assert 0o700 == (tmp_path / "keys").stat().st_mode & 0o777


def test_after_a_rotation_a_new_key_signs_and_the_old_one_still_verifies(
    vault: Vault, tmp_path: Path
) -> None:
    _view(vault, 1)
    old = vault.signing_keys()[0]
    new = vault.rotate_key(actor="root", purpose="yearly", at=NOON)
    _view(vault, 2)

    first, second = vault.custody(CASE)
    assert (old.key_id, new.key_id) == (first.key_id, second.key_id)
    assert [old, new] == vault.signing_keys()
    assert vault.verify_case(CASE).whole
    assert (old.key_id, new.key_id) == vault.verify_case(CASE).key_ids
    assert [f"{new.key_id}.pem"] == [path.name for path in (tmp_path / "keys").iterdir()]


def test_the_old_key_signs_the_entry_that_names_the_new_one(vault: Vault) -> None:
    _view(vault, 1)
    old = vault.signing_keys()[0]
    new = vault.rotate_key(actor="root", purpose="yearly", at=NOON)

    (entry,) = vault.custody(VAULT)
    assert old.holds(entry.head, entry.signature)
    details = {"new_key_id": new.key_id, "new_public_key": new.public_key}
    assert details == json.loads(entry.body)["details"]
    assert vault.verify_case(VAULT).whole


def test_another_process_signs_with_the_new_key_at_once(
    records_db: Database, tmp_path: Path
) -> None:
    one, other = open_vault(records_db, tmp_path), open_vault(records_db, tmp_path)
    _view(other, 1)
    new = one.rotate_key(actor="root", purpose="yearly", at=NOON)
    _view(other, 2)

    assert new.key_id == other.custody(CASE)[-1].key_id


def _stem(folder: Path) -> Path:
    (file,) = (folder / "keys").iterdir()
    return file


def test_a_private_key_that_others_can_read_is_not_used(
    records_db: Database, tmp_path: Path
) -> None:
    _view(open_vault(records_db, tmp_path), 1)
    _stem(tmp_path).chmod(0o644)

    said = refused_by(lambda: _view(open_vault(records_db, tmp_path), 2), SigningKeyError)
    assert "can be read by others (mode 0644); run chmod 600" in said


@pytest.mark.parametrize("content", [b"", b"no key", None])
def test_a_private_key_that_is_missing_or_broken_is_told_with_its_path(
    records_db: Database, tmp_path: Path, content: bytes | None
) -> None:
    _view(open_vault(records_db, tmp_path), 1)
    file = _stem(tmp_path)
    if content is None:
        file.unlink()
    else:
        file.write_bytes(content)

    said = refused_by(lambda: _view(open_vault(records_db, tmp_path), 2), SigningKeyError)
    assert str(file) in said
    assert "restore it from the backup" in said


def test_another_key_under_the_name_of_ours_is_not_used(
    records_db: Database, tmp_path: Path
) -> None:
    (tmp_path / "b").mkdir()
    vault = open_vault(records_db, tmp_path)
    _view(vault, 1)
    old = _stem(tmp_path).read_bytes()
    vault.rotate_key(actor="root", purpose="yearly", at=NOON)
    _stem(tmp_path).write_bytes(old)

    said = refused_by(lambda: _view(open_vault(records_db, tmp_path), 2), SigningKeyError)
    assert "is not the key of that name" in said


def test_a_lost_key_is_replaced_by_one_that_vouches_for_itself(
    records_db: Database, tmp_path: Path
) -> None:
    _view(open_vault(records_db, tmp_path), 1)
    _stem(tmp_path).unlink()
    vault = open_vault(records_db, tmp_path)
    new = vault.rotate_key(actor="root", purpose="disk lost", at=NOON, lost=True)
    _view(vault, 2)

    assert new.key_id == vault.custody(VAULT)[0].key_id
    assert vault.verify_case(CASE).whole


def test_a_keys_folder_that_cannot_be_made_is_told_with_its_path(
    records_db: Database, tmp_path: Path
) -> None:
    (tmp_path / "blocker").write_text("a file")
    vault = open_vault(records_db, tmp_path, keys_folder=tmp_path / "blocker" / "keys")

    said = refused_by(lambda: _view(vault, 1), SigningKeyError)
    assert "cannot be written" in said
    assert [] == vault.custody(CASE)


# Holds and erasure


def _hold(vault: Vault, evidence_id: str | None = None, case_id: str = CASE) -> None:
    vault.hold(case_id, actor="legal", purpose="claim 9", at=NOON, evidence_id=evidence_id)


def _release(vault: Vault, evidence_id: str | None = None) -> None:
    vault.release(CASE, actor="legal", purpose="claim 9", at=NOON, evidence_id=evidence_id)


def _erase(vault: Vault, evidence_id: str) -> None:
    vault.erase(evidence_id, actor="lin", purpose="asked by the buyer", at=NOON)


@pytest.mark.parametrize("whole_case", [True, False])
def test_held_evidence_is_not_erased_until_it_is_released(vault: Vault, whole_case: bool) -> None:  # noqa: FBT001 (a case of the test)
    item = collected(vault, PHOTO)
    scope = None if whole_case else item.evidence_id
    _hold(vault, scope)

    said = refused_by(lambda: _erase(vault, item.evidence_id), HeldError)
    assert f"{item.evidence_id} is under a legal hold and stays" in said
    held = vault.get(item.evidence_id)
    assert held is not None
    assert held.held
    assert [] == vault.erasable(collected_before=NOON + timedelta(days=1))

    _release(vault, scope)
    _erase(vault, item.evidence_id)
    erased = vault.get(item.evidence_id)
    assert erased is not None
    assert erased.erased


def test_a_hold_of_one_item_or_case_holds_no_other(vault: Vault) -> None:
    item = collected(vault, PHOTO)
    other = collected(vault, video(), requirement="handover_video")
    _hold(vault, item.evidence_id)
    _hold(vault, case_id="pickup-case:S:2")
    late = collected(vault, PHOTO, case_id="pickup-case:S:2")

    assert {item.evidence_id: True, other.evidence_id: False} == {
        found.evidence_id: found.held for found in vault.of_case(CASE)
    }
    assert late.held
    assert [other.evidence_id] == vault.erasable(collected_before=NOON + timedelta(days=1))


def test_an_erasure_leaves_a_tombstone_and_a_chain_that_holds(
    vault: Vault, tmp_path: Path
) -> None:
    item = collected(vault, PHOTO, name="Mei's van.jpg", note="call Mei")
    _erase(vault, item.evidence_id)
    _erase(vault, item.evidence_id)

    found = vault.get(item.evidence_id)
    assert found is not None
    assert (True, "", "", item.digest) == (found.erased, found.name, found.note, found.digest)
    actions = [entry.action for entry in vault.custody(CASE)]
    assert [CustodyAction.COLLECT, CustodyAction.ERASE] == actions
    assert "Mei" not in "".join(entry.body.replace('"mei"', "") for entry in vault.custody(CASE))
    assert not [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]
    report = vault.verify_case(CASE)
    assert (True, 1, 1, 0) == (report.whole, report.items, report.erased, report.blobs)
    said = refused_by(
        lambda: vault.read(item.evidence_id, actor="mei", purpose="look", at=NOON), ErasedError
    )
    assert "was erased and cannot be read" in said


def test_what_was_erased_is_not_taken_again_by_accident(vault: Vault, tmp_path: Path) -> None:
    item = collected(vault, PHOTO)
    _erase(vault, item.evidence_id)

    said = refused_by(lambda: collected(vault, PHOTO), FileRefusedError)
    assert f"is {item.evidence_id}, which was erased on purpose" in said
    assert not [path for path in (tmp_path / "evidence").rglob("*") if path.is_file()]


def test_bytes_stay_while_another_item_has_them(vault: Vault) -> None:
    first = collected(vault, PHOTO)
    second = collected(vault, PHOTO, case_id="pickup-case:S:2")
    _erase(vault, first.evidence_id)

    found = vault.read(second.evidence_id, actor="mei", purpose="look", at=NOON)
    assert found.read() == PHOTO
    assert vault.verify_case("pickup-case:S:2").whole


def test_what_is_old_enough_may_be_erased_unless_it_is_held(vault: Vault) -> None:
    old = collected(vault, PHOTO, at=NOON - timedelta(days=400))
    collected(vault, video(), requirement="handover_video")
    gone = collected(vault, PHOTO, requirement="chat", at=NOON - timedelta(days=401))
    _erase(vault, gone.evidence_id)

    assert [old.evidence_id] == vault.erasable(collected_before=NOON - timedelta(days=365))


def test_an_erasure_beside_a_collection_of_the_same_bytes_takes_none_away(
    records_db: Database, tmp_path: Path
) -> None:
    """Who erases the last item removes the bytes; who collects them just now still gets them."""
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        vault = open_vault(records_db, tmp_path)
        barrier.wait(timeout=30)
        for turn in range(6):
            item = collected(vault, PHOTO, case_id=f"case:{number}:{turn}")
            if turn < 5:
                _erase(vault, item.evidence_id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    vault = open_vault(records_db, tmp_path)
    reports = [vault.verify_case(f"case:{n}:{turn}") for n in range(4) for turn in range(6)]
    assert [] == [problem for report in reports for problem in report.problems]
    assert (20, 4) == (sum(r.erased for r in reports), sum(r.blobs for r in reports))


def test_an_unknown_item_cannot_be_erased(vault: Vault) -> None:
    assert "ev-0 is not in the vault" in refused_by(
        lambda: _erase(vault, "ev-0"), UnknownEvidenceError
    )


def test_instants_are_written_in_one_way() -> None:
    assert "2026-03-01T12:00:00Z" == instant_text(NOON)
    assert "2026-03-01T12:00:00.000500Z" == instant_text(NOON + timedelta(microseconds=500))
