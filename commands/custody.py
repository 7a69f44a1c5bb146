"""Custody of evidence: time stamps, signing keys, legal holds, erasures."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import typer

from casedesk.errors import RefusedError
from casedesk.session import open_desk, open_records
from casedesk.settings import Settings
from commands.running import REFUSED, Actor, AsJson, Case, Terminal, run
from commands.tables import instant, plain_table
from commands.vaults import opened_vault
from domain.errors import InputError
from domain.evidence import CustodyAction
from vault.anchors import Anchor
from vault.custody import Entry
from vault.keys import PublicKey
from vault.store import Vault

app = typer.Typer()
T = TypeVar("T")
Reason = Annotated[str, typer.Option(help="Why; it is kept in the custody ledger.")]
OneItem = Annotated[
    str | None, typer.Option("--item", help="One piece of evidence, not the whole case.")
]
_HOLDS = (CustodyAction.HOLD, CustodyAction.RELEASE)
_ROTATION, _LOSS = "rotation", "the private key was lost"


@app.command()
def anchor(
    case: Annotated[str | None, typer.Argument(help="Case; all that wait unless given.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Have the time-stamping authority stamp what waits; exit status 1 if it does not."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        if settings.time_authority is None:
            raise RefusedError("no time-stamping authority is set; set WENHUO_TSA_URL to one")
        case_id = await _case_id(settings, case) if case else None
        tries, waiting = await _in_vault(settings, lambda vault: _stamp(vault, case_id))
        problem = tries[-1].problem if tries else None
        document = {
            "authority": settings.time_authority,
            "stamped": [_stamp_document(one) for one in tries if one.token],
            "waiting": len(waiting),
            "problem": problem,
        }
        lines = [f"{one.case_id}: entry {one.sequence} stamped" for one in tries if one.token]
        failed = [f"{settings.time_authority}: {problem}"] if problem else []
        terminal.answer(document, *lines, *failed, f"Waiting for a stamp: {len(waiting)} chains.")
        if problem:
            raise typer.Exit(REFUSED)

    run(work, as_json=as_json)


def _stamp(vault: Vault, case_id: str | None) -> tuple[list[Anchor], list[str]]:
    if case_id is None:
        tries = vault.anchor_waiting(at_most=len(vault.unanchored()))
    else:
        made = vault.anchor(case_id)
        if made is None:
            raise RefusedError(f"{case_id} has no evidence; there is nothing to stamp")
        tries = [made]
    return tries, vault.unanchored()


def _stamp_document(one: Anchor) -> dict[str, Any]:
    at = one.stamped_at
    stamped_at = at.isoformat() if at else None
    return {"case_id": one.case_id, "entries": one.sequence, "stamped_at": stamped_at}


@app.command()
def keys(*, as_json: AsJson = False) -> None:
    """List the keys that sign custody or once did, the one that signs now last."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        known = await _in_vault(settings, lambda vault: vault.signing_keys())
        document = [_key_document(one, signs=one is known[-1]) for one in known]
        table = plain_table("fingerprint", "at", "signs")
        for one in known:
            table.add_row(one.key_id, instant(one.made_at), "now" if one is known[-1] else "")
        told = [table] if known else ["No key yet; the first piece of evidence makes one."]
        terminal.answer(document, *told)

    run(work, as_json=as_json)


def _key_document(one: PublicKey, *, signs: bool) -> dict[str, Any]:
    return {
        "key_id": one.key_id,
        "public_key": one.public_key,
        "made_at": one.made_at.isoformat(),
        "signs": signs,
    }


@app.command()
def rotate_key(
    *,
    lost: Annotated[
        bool, typer.Option("--lost", help="The old private key is gone and cannot sign.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why; it is kept in the custody ledger.")] = "",
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Sign with a new key from now on; the old one signs the entry that names it."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        new = await _in_vault(
            settings,
            lambda vault: vault.rotate_key(
                actor=actor or settings.actor,
                purpose=reason or (_LOSS if lost else _ROTATION),
                at=datetime.now(UTC),
                lost=lost,
            ),
        )
        told = [f"{new.key_id} signs from now on; the old private key is deleted."]
        if lost:
            told.append("Nothing ties it to the old one: tell its fingerprint to whoever checks.")
        terminal.answer(_key_document(new, signs=True), *told)

    run(work, as_json=as_json)


@app.command()
def hold(
    case: Case,
    *,
    reason: Reason,
    item: OneItem = None,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Put a case, or one piece of its evidence, under a legal hold: nothing of it is erased."""

    def act(vault: Vault, case_id: str, who: str) -> Entry:
        now = datetime.now(UTC)
        return vault.hold(case_id, actor=who, purpose=reason, at=now, evidence_id=item)

    _enter(case, act, "is held", reason=reason, item=item, actor=actor, as_json=as_json)


@app.command()
def release(
    case: Case,
    *,
    reason: Reason,
    item: OneItem = None,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Lift a hold; that of a case and that of one piece of it are lifted each by itself."""

    def act(vault: Vault, case_id: str, who: str) -> Entry:
        if not _is_held(vault, case_id, item):
            raise RefusedError(f"{item or case_id} is under no hold of its own; nothing changed")
        now = datetime.now(UTC)
        return vault.release(case_id, actor=who, purpose=reason, at=now, evidence_id=item)

    _enter(case, act, "is released", reason=reason, item=item, actor=actor, as_json=as_json)


def _enter(
    case: str,
    act: Callable[[Vault, str, str], Entry],
    told: str,
    *,
    reason: str,
    item: str | None,
    actor: str | None,
    as_json: bool,
) -> None:
    async def work(settings: Settings, terminal: Terminal) -> None:
        _check_reason(reason)
        case_id = await _case_id(settings, case)
        who = actor or settings.actor
        entry = await _in_vault(settings, lambda vault: act(vault, case_id, who))
        document = {
            "case_id": case_id,
            "evidence_id": item,
            "action": entry.action.value,
            "entry": entry.sequence,
            "hash": entry.entry_hash,
        }
        terminal.answer(document, f"{item or case_id} {told} (entry {entry.sequence}).")

    run(work, as_json=as_json)


def _is_held(vault: Vault, case_id: str, item: str | None) -> bool:
    """Tell whether a case, or one item of it, is under a hold of exactly that scope."""
    held = False
    for entry in vault.chain(case_id):
        if entry.evidence_id == item and entry.action in _HOLDS:
            held = entry.action is CustodyAction.HOLD
    return held


@app.command()
def erase(
    evidence: Annotated[str, typer.Argument(help="Evidence id, such as ev-0123.")],
    *,
    reason: Reason,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Remove the bytes, name and note of a piece of evidence for good; its custody stays."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        _check_reason(reason)

        def act(vault: Vault) -> str:
            who, now = actor or settings.actor, datetime.now(UTC)
            vault.erase(evidence, actor=who, purpose=reason, at=now)
            item = vault.get(evidence)
            return item.case_id if item else ""

        case_id = await _in_vault(settings, act)
        document = {"evidence_id": evidence, "case_id": case_id, "erased": True}
        terminal.answer(document, f"{evidence} of {case_id} is erased; its custody stays.")

    run(work, as_json=as_json)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise InputError("--reason", "is empty; say why, for it is kept")


async def _case_id(settings: Settings, case: str) -> str:
    async with open_desk(settings) as desk:
        return await desk.find(case)


async def _in_vault(settings: Settings, act: Callable[[Vault], T]) -> T:
    """Do something in the vault, beside the event loop."""

    def opened() -> T:
        with open_records(settings) as db, opened_vault(settings, db) as vault:
            return act(vault)

    return await asyncio.to_thread(opened)
