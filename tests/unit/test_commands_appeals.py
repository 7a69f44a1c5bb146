"""Appeals by the command line: from a ticket in Seller Center to the platform's last word."""

import itertools
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.cases import CaseState
from domain.evidence import CustodyAction
from sandbox.shops import TH_SHOP_ID
from tests.support.appeals import OpenAppeal, appealed, open_appeal
from tests.support.cli import Said, command
from tests.support.pickups import late
from tests.support.stack import Stack
from tests.support.vault_files import photo
from tests.support.vaults import damage, vault_of
from workflows import names

_numbers = itertools.count(1)


def a_ticket() -> str:
    return f"99120{next(_numbers):06d}"


def in_folder(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def appeal(stack: Stack, *words: str) -> Said:
    return await command(stack, "appeal", *words, "--json")


async def opened(stack: Stack, ticket: str, *words: str) -> Said:
    return await appeal(stack, "open", ticket, "--shop", TH_SHOP_ID, *words)


@pytest.fixture(scope="module")
async def ready(stack: Stack) -> OpenAppeal:
    """An appeal whose packet stands; no test files it."""
    _, found = await appealed(stack)
    await found.packed()
    return found


async def test_an_appeal_is_opened_from_a_ticket_and_joined_by_the_same_one(
    stack: Stack,
) -> None:
    case = await late(stack, shop_id=TH_SHOP_ID)
    ticket = a_ticket()

    first = await opened(
        stack, ticket, "--kind", "late_dispatch", "--issued-at", "2026-11-20T09:00:00+07:00"
    )
    second = await appeal(
        stack, "open", "--ticket", ticket, "--shop", TH_SHOP_ID, "--case", case.package_id
    )

    case_id = names.appeal_id(TH_SHOP_ID, ticket)
    assert ([case_id], []) == (first.document["opened"], first.document["joined"])
    assert ([], [case_id]) == (second.document["opened"], second.document["joined"])
    mine = await until(stack, ticket, lambda part: case.handle.id in part["case_ids"])
    assert ("late_dispatch", ticket) == (mine["violation"], mine["ticket_id"])
    assert "2026-11-20T02:00:00Z" == mine["issued_at"]


async def until(stack: Stack, ticket: str, holds: Any) -> Any:
    """Return the appeal's part of the view once *holds* says so of it."""
    handle = stack.client.get_workflow_handle(names.appeal_id(TH_SHOP_ID, ticket))
    view = OpenAppeal(stack=stack, handle=handle, shop_id=TH_SHOP_ID, order_id="")
    await view.until(lambda view: bool(view.appeal and holds(view.appeal.model_dump(mode="json"))))
    return (await appeal(stack, "status", ticket)).document["appeal"]


async def test_status_says_what_is_missing_and_what_a_person_has_to_do(stack: Stack) -> None:
    ticket = a_ticket()
    await opened(stack, ticket, "--kind", "late_dispatch", "--order", "576461413038785752")
    await until(stack, ticket, lambda part: part["rounds_allowed"] is not None)

    said = await command(stack, "appeal", "status", ticket)

    assert 0 == said.status
    assert max(len(line) for line in said.out.splitlines()) <= 80
    for word in ("late_dispatch", "not picked yet", "1 of 2", "→ scenario", "→ window"):
        assert word in said.out


async def test_the_packet_is_saved_whole_with_the_text_and_entered_as_viewed(
    stack: Stack, ready: OpenAppeal, tmp_path: Path
) -> None:
    ticket, out = ready.ticket_id, tmp_path / "to" / "file"

    said = await appeal(stack, "packet", ticket, "--out", str(out), "--actor", "mei")
    check = await command(stack, "evidence", "verify", "--packet", said.document["file"], "--json")

    assert (0, 0) == (said.status, check.status)
    assert out == Path(said.document["file"]).parent
    assert [said.document["path"]] == in_folder(out)
    assert ticket in said.document["text"]
    assert said.document["checklist"]
    (viewed,) = [
        entry
        for entry in vault_of(stack).custody(ready.handle.id)
        if entry.evidence_id == said.document["evidence_id"] and entry.action is CustodyAction.VIEW
    ]
    assert '"actor":"mei"' in viewed.body
    again = await command(stack, "appeal", "packet", ticket, "--out", str(tmp_path / "x.zip"))
    assert (0, True) == (again.status, (tmp_path / "x.zip").is_file())
    assert "exhibits, key" in again.out


async def test_a_tampered_packet_is_not_handed_out(stack: Stack, tmp_path: Path) -> None:
    _, mine = await appealed(stack)
    view = await mine.packed()
    assert view.appeal
    assert view.appeal.packet
    item = vault_of(stack).get(view.appeal.packet.evidence_id or "")
    assert item
    damage(stack, item)

    said = await appeal(stack, "packet", mine.ticket_id, "--out", str(tmp_path))

    assert 1 == said.status
    assert f"{item.evidence_id} cannot be used" in said.document["error"]
    assert [] == in_folder(tmp_path)


async def test_a_filing_and_a_rejection_lead_to_a_second_round(
    stack: Stack, tmp_path: Path
) -> None:
    _, mine = await appealed(stack)
    await mine.packed()
    ticket = mine.ticket_id
    shot = tmp_path / "confirmation.png"
    shot.write_bytes(photo(form="PNG"))

    early = await appeal(stack, "decide", ticket, "--decision", "accepted")
    filed = await appeal(stack, "file", ticket, "--reference", "AP-7", "--evidence", str(shot))
    twice = await appeal(stack, "file", ticket, "--reference", "AP-8")
    rejected = await appeal(stack, "decide", ticket, "rejected", "--reason", "no proof")
    await mine.until(CaseState.SECOND_ROUND)
    argued = await appeal(stack, "packet", ticket, "--argument", "The call of 14:20 is new.")
    status = (await appeal(stack, "status", ticket)).document["appeal"]

    assert (1, 0, 1, 0) == (early.status, filed.status, twice.status, rejected.status)
    assert "filed" in early.document["error"]
    first, second = status["rounds"]
    assert ("AP-7", "rejected", "no proof") == (
        first["reference"],
        first["decision"],
        first["reason"],
    )
    assert 2 == status["round"]
    assert "The call of 14:20 is new." == second["argument"]
    receipt = vault_of(stack).get(first["receipt"])
    assert receipt
    assert ("filing_receipt", "confirmation.png") == (receipt.requirement, receipt.name)
    assert argued.status in (0, 1), "the new packet may still be in the making"
    await mine.packed()
    assert (
        "The call of 14:20 is new."
        in (await appeal(stack, "packet", ticket, "--out", str(tmp_path))).document["text"]
    )


@pytest.mark.parametrize(
    ("words", "status", "reason"),
    [
        (("status", "404404"), 1, "there is no appeal of ticket 404404"),
        (("packet", "404404"), 1, "there is no appeal of ticket 404404"),
        (("decide", "404404"), 2, "--decision: give it once"),
        (("decide", "404404", "accepted", "--decision", "accepted"), 2, "--decision: give it"),
        (("open", "--shop", TH_SHOP_ID), 2, "--ticket: give it once"),
        (("open", "7:1", "--shop", TH_SHOP_ID), 2, "ticket_id: '7:1' holds a colon"),
        (("open", "71", "--shop", TH_SHOP_ID, "--issued-at", "soon"), 2, "--issued-at"),
        (("open", "71", "--shop", TH_SHOP_ID, "--case", "404"), 1, "no shop has a case"),
    ],
)
async def test_bad_words_are_one_sentence_and_open_nothing(
    stack: Stack, words: tuple[str, ...], status: int, reason: str
) -> None:
    said = await appeal(stack, *words)

    assert (status, True) == (said.status, reason in said.document["error"])
    assert "Traceback" not in said.err


async def test_a_case_that_is_no_appeal_says_so(stack: Stack) -> None:
    case = await late(stack)

    said = await appeal(stack, "status", case.package_id)

    assert 2 == said.status
    assert f"{case.handle.id}, which is no appeal" in said.document["error"]


async def test_without_a_packet_the_reason_is_told(stack: Stack, tmp_path: Path) -> None:
    mine = await open_appeal(stack, issued_at=datetime.now().astimezone().isoformat())
    await mine.until(lambda view: bool(view.appeal and view.appeal.why))

    said = await appeal(stack, "packet", mine.ticket_id, "--out", str(tmp_path))

    assert 1 == said.status
    assert "has no packet yet" in said.document["error"]
