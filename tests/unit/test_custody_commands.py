"""Custody on the command line: stamps, keys, holds and erasures, each answered in a sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from casedesk.session import open_records
from casedesk.settings import Settings
from casedesk.time_stamps import StampPost
from domain.evidence import CustodyAction, EvidenceItem
from tests.support.cli import Said, command, run_command
from tests.support.stack import Stack
from tests.support.stamp_server import Mood, StampServer, stamp_server
from tests.support.vault_files import CASE, collected, photo
from tests.support.vaults import add_evidence, vault_of
from vault.opening import open_vault
from vault.store import Vault

HOUR = ("--reason", "court order 7", "--actor", "lee")


class Home:
    """An installation without a server, and its vault."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self.env = {"WENHUO_HOME": str(folder), "COLUMNS": "80"}
        self.keys = folder / "keys"
        self.vault = vault

    def says(self, *arguments: str, **env: str) -> Said:
        """Run one command about evidence."""
        return run_command("evidence", *arguments, env=self.env | env)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """An installation with an empty vault."""
    settings = Settings.model_validate({"home": tmp_path})
    with open_records(settings) as db:
        yield Home(tmp_path, open_vault(settings, db, post=StampPost()))


@pytest.fixture(scope="module")
def stamps() -> Iterator[StampServer]:
    """A time-stamping authority on this machine."""
    with stamp_server() as server:
        yield server


def test_without_an_authority_nothing_can_be_stamped(home: Home) -> None:
    said = home.says("anchor", "--json")

    assert (1, 1) == (said.status, len(said.err.strip().splitlines()))
    assert "set WENHUO_TSA_URL" in said.document["error"]


def test_what_waits_is_stamped_at_a_command_and_an_outage_is_told(
    home: Home, stamps: StampServer
) -> None:
    collected(home.vault, photo())
    stamps.mood = Mood.BUSY
    failed = home.says("anchor", "--json", WENHUO_TSA_URL=stamps.url)
    assert (1, 1, []) == (
        failed.status,
        failed.document["waiting"],
        failed.document["stamped"],
    )
    assert "answered HTTP 503" in failed.document["problem"]
    stamps.mood = Mood.STAMPS
    done = home.says("anchor", "--json", WENHUO_TSA_URL=stamps.url)
    (stamped,) = done.document["stamped"]

    assert (0, 0, None) == (done.status, done.document["waiting"], done.document["problem"])
    assert (CASE, 1, "2026-03-01T12:00:07+00:00") == tuple(stamped.values())
    assert "Waiting for a stamp: 0 chains." in home.says("anchor", WENHUO_TSA_URL=stamps.url).out


def test_certificates_that_are_not_there_are_named(home: Home, stamps: StampServer) -> None:
    said = home.says("anchor", WENHUO_TSA_URL=stamps.url, WENHUO_TSA_ROOTS="none.pem")

    assert 1 == said.status
    assert "certificates none.pem cannot be read" in said.err


def test_keys_are_listed_and_the_one_that_signs_is_marked(home: Home) -> None:
    assert "No key yet" in home.says("keys").out
    collected(home.vault, photo())
    (only,) = home.says("keys", "--json").document
    assert only["signs"] is True
    new = home.says("rotate-key", "--reason", "mei left", "--actor", "lee", "--json").document

    assert [False, True] == [one["signs"] for one in home.says("keys", "--json").document]
    assert [f"{new['key_id']}.pem"] == [path.name for path in home.keys.iterdir()]
    entry = home.vault.custody("vault")[-1]
    assert (CustodyAction.ROTATE_KEY, only["key_id"]) == (entry.action, entry.key_id)
    assert '"actor":"lee"' in entry.body
    assert '"purpose":"mei left"' in entry.body
    table = home.says("keys").out
    assert max(len(line) for line in table.splitlines()) <= 80


def test_a_lost_key_is_replaced_only_when_that_is_said(home: Home) -> None:
    collected(home.vault, photo())
    for file in home.keys.iterdir():
        file.unlink()
    refused = home.says("rotate-key")
    assert 1 == refused.status
    assert "restore it from the backup of the keys folder" in refused.err
    done = home.says("rotate-key", "--lost")

    assert 0 == done.status
    assert "Nothing ties it to the old one" in " ".join(done.out.split())
    assert '"purpose":"the private key was lost"' in home.vault.custody("vault")[-1].body


def test_evidence_is_erased_with_a_reason_and_its_custody_stays(home: Home) -> None:
    item = collected(home.vault, photo())
    done = home.says("erase", item.evidence_id, *HOUR, "--json")

    assert {"evidence_id": item.evidence_id, "case_id": CASE, "erased": True} == done.document
    (erased,) = home.vault.of_case(CASE)
    assert (True, "") == (erased.erased, erased.name)
    last = home.vault.custody(CASE)[-1]
    assert CustodyAction.ERASE is last.action
    assert '"purpose":"court order 7"' in last.body


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("erase", "ev-1", "--reason", "old"), 1, "ev-1 is not in the vault; check the id"),
        (("erase", "ev-1", "--reason", " "), 2, "--reason"),
        (("erase", "ev-1"), 2, "--reason"),
        (("hold", "1", "--reason", ""), 2, "say why, for it is kept"),
    ],
    ids=["unknown", "blank", "missing", "empty"],
)
def test_what_cannot_be_done_is_one_sentence(
    home: Home, arguments: tuple[str, ...], status: int, words: str
) -> None:
    said = home.says(*arguments)

    assert status == said.status
    assert words in said.err


def test_what_is_held_is_not_erased(home: Home) -> None:
    item = collected(home.vault, photo())
    home.vault.hold(CASE, actor="lee", purpose="court", at=item.collected_at)
    said = home.says("erase", item.evidence_id, "--reason", "old", "--json")

    assert 1 == said.status
    assert "is under a legal hold and stays" in said.document["error"]
    assert [False] == [one.erased for one in home.vault.of_case(CASE)]


def _held(stack: Stack, item: EvidenceItem) -> bool:
    found = vault_of(stack).get(item.evidence_id)
    assert found is not None
    return found.held


async def test_a_case_is_held_and_released_by_its_order(stack: Stack) -> None:
    case = await stack.asked()
    item = add_evidence(stack, case, "other")
    held = await command(stack, "evidence", "hold", case.order_id, *HOUR, "--json")
    assert (0, "") == (held.status, held.err)
    assert ("hold", case.handle.id) == (held.document["action"], held.document["case_id"])
    assert _held(stack, item)
    # The hold of the case does not become one of its item.
    mine = ("--item", item.evidence_id)
    refused = await command(stack, "evidence", "release", case.order_id, *HOUR, *mine)
    assert 1 == refused.status
    assert "is under no hold of its own" in refused.err
    done = await command(stack, "evidence", "release", case.order_id, *HOUR)

    assert (0, "") == (done.status, done.err)
    assert f"{case.handle.id} is released (entry 3)." in " ".join(done.out.split())
    assert not _held(stack, item)


async def test_one_piece_of_evidence_is_held_alone(stack: Stack) -> None:
    case = await stack.asked()
    first, second = (add_evidence(stack, case, "other") for _ in range(2))
    said = await command(
        stack, "evidence", "hold", case.handle.id, *HOUR, "--item", first.evidence_id, "--json"
    )

    assert (0, "") == (said.status, said.err)
    assert first.evidence_id == said.document["evidence_id"]
    assert (True, False) == (_held(stack, first), _held(stack, second))
    other = await command(
        stack, "evidence", "hold", case.handle.id, *HOUR, "--item", "ev-1", "--json"
    )
    assert (1, "ev-1 is not in the vault; check the id") == (
        other.status,
        other.document["error"],
    )
