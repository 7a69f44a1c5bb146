"""Evidence over HTTP: files stream into the vault, and leave it checked and on record."""

import json
from collections.abc import AsyncIterator, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from fastapi import FastAPI
from typing_extensions import override

from console.api import add_api
from console.evidence import Added, EvidenceDesk, Handed, is_late
from console.evidence_api import add_evidence_api
from domain.appeal_story import RECEIPT
from domain.case_parts import ProofState
from domain.cases import CaseState, CaseView
from domain.evidence import CustodyAction, EvidenceItem
from domain.requirements import RequirementKind
from records.database import Database
from tests.support.console_desk import (
    NOW,
    PICKUP_CASE,
    HeldEvidence,
    OneCaseDesk,
    a_late_pickup,
    a_proof,
    an_item,
)
from tests.support.vault_files import blob_files, collected, open_vault, photo
from vault.limits import Limits
from vault.store import Vault

pytest_plugins = ["tests.support.record_stores"]

MAY = {"requirement": "ready_photo", "actor": "mei", "name": "parcels.jpg"}
SMALL = Limits(photo=200_000, text=1_000, video=4_000, voice=4_000, document=4_000, archive=4_000)
READY = RequirementKind.READY_PHOTO


@pytest.fixture
def desk() -> OneCaseDesk:
    return OneCaseDesk(a_late_pickup())


@pytest.fixture
def vault(records_db: Database, tmp_path: Path) -> Vault:
    return open_vault(records_db, tmp_path, limits=SMALL)


@pytest.fixture
async def http(desk: OneCaseDesk, vault: Vault) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    evidence = EvidenceDesk(desk, vault, clock=lambda: NOW)
    add_evidence_api(app, desk, evidence, actor="operator")
    add_api(app, desk)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://console/api") as client:
        yield client


async def _hand_in(http: httpx.AsyncClient, body: Any, **also: Any) -> httpx.Response:
    path = f"/cases/{PICKUP_CASE}/evidence"
    return await http.post(path, params=MAY | also, content=body)


def _item(vault: Vault, **more: Any) -> EvidenceItem:
    return collected(vault, photo(), case_id=PICKUP_CASE, **more)


def _last_entry(vault: Vault) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(vault.custody(PICKUP_CASE)[-1].body)
    return entry


# In


async def test_a_file_is_kept_and_its_case_is_told(
    http: httpx.AsyncClient, desk: OneCaseDesk
) -> None:
    answer = await _hand_in(http, photo(taken="2026:03:01 19:00:00"), zone="Asia/Bangkok")
    assert (201, True, "") == (
        answer.status_code,
        answer.json()["attached"],
        answer.json()["why_not"],
    )
    listed = (await http.get(f"/cases/{PICKUP_CASE}/evidence")).json()
    (item,) = listed
    assert ("mei", "parcels.jpg", "2026-03-01T12:00:00Z", "assumed Asia/Bangkok") == (
        item["collected_by"],
        item["name"],
        item["captured_at"],
        item["findings"]["camera_zone"],
    )
    payload = {"actor": "mei", "evidence_id": item["evidence_id"], "requirement": "ready_photo"}
    assert [(PICKUP_CASE, "attach_evidence", payload)] == desk.decided


async def test_the_screenshot_of_a_filing_is_kept_as_what_it_is(
    http: httpx.AsyncClient, desk: OneCaseDesk
) -> None:
    """The same kind as on the command line: no proof, so no packet shows it."""
    answer = (await _hand_in(http, photo(), requirement=RECEIPT, attach="false")).json()
    assert (RECEIPT, False) == (answer["evidence"]["requirement"], answer["attached"])
    assert [] == desk.decided


async def test_the_same_file_again_is_the_same_evidence(
    http: httpx.AsyncClient, desk: OneCaseDesk
) -> None:
    """Rule: a repeat carries the same request id, so that the case applies it once."""
    first, again = [await _hand_in(http, photo()) for _ in range(2)]
    assert [False, True] == [one.json()["evidence"]["duplicate"] for one in (first, again)]
    assert 1 == len(set(desk.request_ids))


async def test_bytes_reach_the_vault_while_the_rest_is_still_on_its_way(
    desk: OneCaseDesk,
) -> None:
    """Rule: a file is never whole in memory, however large it is."""
    sent: list[int] = []
    heard: list[tuple[int, int]] = []

    class Listening(HeldEvidence):
        @override
        async def add(self, case_id: str, handed: Handed, chunks: AsyncIterator[bytes]) -> Added:
            heard.extend([(len(chunk), len(sent)) async for chunk in chunks])
            return Added(evidence=an_item(), attached=True)

    async def arriving() -> AsyncIterator[bytes]:
        for size in (1_000, 2_000, 3_000):
            sent.append(size)
            yield b"x" * size

    app = FastAPI()
    add_evidence_api(app, desk, Listening(), actor="operator")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://console/api") as client:
        assert 201 == (await _hand_in(client, arriving())).status_code
    assert [(1_000, 1), (2_000, 2), (3_000, 3)] == [one for one in heard if one[0]]


@pytest.mark.parametrize(
    ("body", "also", "status", "words"),
    [
        (b"", {}, 422, "parcels.jpg is empty"),
        (b"MZ" + b"\x00" * 600, {}, 415, "parcels.jpg"),
        (b"word " * 2_000, {"name": "chat.txt"}, 413, "chat.txt is larger than 1,000 bytes"),
        (b"ok", {"zone": "Mars/Olympus"}, 422, "'Mars/Olympus' is no time zone"),
        (b"ok", {"actor": ""}, 422, "actor: is required"),
    ],
)
async def test_what_is_not_taken_is_answered_with_one_sentence(
    body: bytes,
    also: dict[str, str],
    *,
    status: int,
    words: str,
    http: httpx.AsyncClient,
    desk: OneCaseDesk,
    vault: Vault,
) -> None:
    answer = await _hand_in(http, body, **also)
    assert status == answer.status_code
    assert words in answer.json()["error"]
    assert ([], []) == (desk.decided, vault.of_case(PICKUP_CASE))


async def test_a_proof_that_nobody_knows_is_refused(http: httpx.AsyncClient) -> None:
    assert 422 == (await _hand_in(http, photo(), requirement="selfie")).status_code


async def test_a_refused_file_is_heard_to_its_end(http: httpx.AsyncClient) -> None:
    """Rule: a browser that is still sending does not read the sentence that refuses it."""
    sent = 0

    async def arriving() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield b"MZ" * 5_000

    assert 413 == (await _hand_in(http, arriving())).status_code
    assert 50 == sent


async def test_evidence_for_a_closed_case_is_kept_and_marked_late(
    http: httpx.AsyncClient, desk: OneCaseDesk
) -> None:
    desk.case = a_late_pickup(state=CaseState.CLOSED, closed_at=NOW)
    answer = (await _hand_in(http, photo())).json()
    assert (True, False, "the case is closed") == (
        answer["evidence"]["late"],
        answer["attached"],
        answer["why_not"],
    )
    assert [] == desk.decided


async def test_evidence_that_its_case_does_not_take_stays_in_the_vault(
    http: httpx.AsyncClient, desk: OneCaseDesk, vault: Vault
) -> None:
    desk.refusal = "not now"
    answer = (await _hand_in(http, photo())).json()
    assert (False, "not now") == (answer["attached"], answer["why_not"])
    assert 1 == len(vault.of_case(PICKUP_CASE))


@pytest.mark.parametrize(
    ("view", "late"),
    [
        (a_late_pickup(), False),
        (a_late_pickup(a_proof(until=None)), False),
        (a_late_pickup(a_proof(until=NOW)), True),
        (a_late_pickup(a_proof(state=ProofState.OVERDUE, until=None)), True),
        (a_late_pickup(a_proof(RequirementKind.CARRIER_CHAT, until=NOW)), False),
        (a_late_pickup(closed_at=NOW), True),
    ],
)
def test_what_comes_after_it_was_due_is_late(view: CaseView, *, late: bool) -> None:
    assert late == is_late(view, READY, NOW)


# Out


async def test_whoever_looks_is_entered_in_the_custody(
    http: httpx.AsyncClient, vault: Vault
) -> None:
    item = _item(vault)
    headers = {"Cookie": "wenhuo_actor=bo%20lin"}
    answer = await http.get(f"/evidence/{item.evidence_id}", headers=headers)
    assert (200, photo()) == (answer.status_code, answer.content)
    said = _last_entry(vault)
    assert ("view", "bo lin", item.evidence_id) == (
        said["action"],
        said["actor"],
        said["evidence_id"],
    )


async def test_what_is_handed_on_says_to_whom(http: httpx.AsyncClient, vault: Vault) -> None:
    item = _item(vault)
    asked = {"given_to": "the carrier, to check the seal", "actor": "amy"}
    assert 200 == (await http.get(f"/evidence/{item.evidence_id}", params=asked)).status_code
    said = _last_entry(vault)
    assert ("share", "amy", "the carrier, to check the seal") == (
        said["action"],
        said["actor"],
        said["purpose"],
    )


@pytest.mark.parametrize(
    "name",
    ["parcels.jpg", '../../x"; a=b\r\nSet-Cookie: a=b.jpg', "包裹 照片.jpg", "", "a.b/c.<d>"],
)
async def test_a_file_is_saved_never_shown_and_its_name_harms_nobody(
    name: str, http: httpx.AsyncClient, vault: Vault
) -> None:
    item = _item(vault, name=name)
    headers = (await http.get(f"/evidence/{item.evidence_id}")).headers
    kind, plain, full = headers["content-disposition"].split("; ", 2)
    assert "attachment" == kind
    assert plain.startswith(f'filename="{item.evidence_id}')
    assert '"' not in plain.removeprefix('filename="')[:-1]
    saved = unquote(full.removeprefix("filename*=UTF-8''"))
    assert saved == (item.name or item.evidence_id)
    assert not {"/", "\r", "\n"} & set(saved)
    assert ("nosniff", "image/jpeg", "no-store") == (
        headers["x-content-type-options"],
        headers["content-type"],
        headers["cache-control"],
    )


def _erase(vault: Vault, item: EvidenceItem, _folder: Path) -> None:
    vault.erase(item.evidence_id, actor="dpo", purpose="asked for", at=NOW)


def _tamper(_vault: Vault, _item: EvidenceItem, folder: Path) -> None:
    (blob,) = blob_files(folder)
    blob.chmod(0o600)
    blob.write_bytes(blob.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize(
    ("harm", "status", "words"), [(_erase, 410, "was erased"), (_tamper, 409, "cannot be used")]
)
async def test_what_cannot_be_read_is_said_and_not_entered_as_seen(
    harm: Callable[[Vault, EvidenceItem, Path], None],
    *,
    status: int,
    words: str,
    http: httpx.AsyncClient,
    vault: Vault,
    tmp_path: Path,
) -> None:
    item = _item(vault)
    harm(vault, item, tmp_path)
    answer = await http.get(f"/evidence/{item.evidence_id}")
    assert status == answer.status_code
    assert words in answer.json()["error"]
    assert CustodyAction.VIEW not in {entry.action for entry in vault.custody(PICKUP_CASE)}


async def test_evidence_that_is_not_there_is_not_found(http: httpx.AsyncClient) -> None:
    answer = await http.get("/evidence/ev-0")
    assert HTTPStatus.NOT_FOUND == answer.status_code
    assert "ev-0 is not in the vault; check the id" == answer.json()["error"]


async def test_another_site_cannot_make_a_browser_look(
    http: httpx.AsyncClient, vault: Vault
) -> None:
    """Rule: a picture on a foreign page is a request from here; the custody must not say so."""
    item = _item(vault)
    entries = len(vault.custody(PICKUP_CASE))
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = await http.get(f"/evidence/{item.evidence_id}", headers=headers)
    assert 403 == answer.status_code
    assert entries == len(vault.custody(PICKUP_CASE))
