"""Evidence of cases: files in, what there is, and whether it still is what was collected."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from rich.table import Table

from casedesk.contacts import read_instant
from casedesk.desk import CaseDesk
from casedesk.settings import Settings
from commands import custody
from commands.packets import verify_packet
from commands.running import REFUSED, Actor, AsJson, Case, Terminal, run_on_desk
from commands.tables import instant, plain_table
from commands.vaults import opened_vault
from console.evidence import Added, EvidenceDesk, Handed, proofs_of
from domain.cases import CaseView
from domain.durations import write_duration
from domain.errors import InputError
from domain.evidence import ContentCredentials, EvidenceItem, EvidenceKind, kind_of
from domain.proofs import kind_of_proof
from domain.requirements import RequirementKind
from vault import intake
from vault.errors import VaultError
from vault.file_types import media_type
from vault.limits import size_text
from vault.store import Vault

app = typer.Typer(no_args_is_help=True, help="Evidence: add it, list it, check it.")
app.add_typer(custody.app)
_SKEW_SECONDS = 300
"""A camera clock this far ahead of ours is worth a word."""
SOURCE = "command_line"
"""Where the vault is told that a file came from."""


def evidence_desk(desk: CaseDesk, vault: Vault) -> EvidenceDesk:
    """Return what takes files in and tells their cases."""
    return EvidenceDesk(desk, vault, clock=lambda: datetime.now(UTC), source=SOURCE)


async def chunks_of(path: Path) -> AsyncIterator[bytes]:
    """Yield a file's bytes without holding more than a piece of it.

    Raises:
        FileRefusedError: It is no file that can be read.
    """
    pieces = intake.chunks_of(path)
    while chunk := await asyncio.to_thread(next, pieces, b""):
        yield chunk


@app.command()
def add(
    case: Case,
    files: Annotated[list[Path], typer.Argument(help="Photos, videos, recordings, documents.")],
    *,
    requirement: Annotated[
        str, typer.Option(help="Which proof it is: its key as the task names it, or its kind.")
    ],
    note: Annotated[str, typer.Option(help="What you say about it.")] = "",
    captured_at: Annotated[
        str | None, typer.Option(help="When it was recorded, if the file does not say.")
    ] = None,
    zone: Annotated[str, typer.Option(help="Zone of a camera that states none.")] = "",
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Take files into the vault and attach them to their case; the same file twice is once."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        recorded = read_instant("--captured-at", captured_at) if captured_at else None
        case_id = await desk.find(case)
        view = CaseView.model_validate(await desk.view(case_id))
        handed = Handed(
            requirement=_kind(view, requirement),
            actor=actor or desk.settings.actor,
            note=note,
            captured_at=recorded,
            zone=zone,
        )
        with opened_vault(desk.settings, desk.db) as vault:
            into = evidence_desk(desk, vault)
            taken = [
                await _take(into, view, _named(handed, view, requirement, path), path)
                for path in files
            ]
        _print_taken(terminal, case_id, taken)

    run_on_desk(work, as_json=as_json)


class _Taken(NamedTuple):
    """What became of one file."""

    path: Path
    added: Added | None
    refused: str = ""


async def _take(into: EvidenceDesk, view: CaseView, handed: Handed, path: Path) -> _Taken:
    """Take one file; a refusal of it holds up no other."""
    try:
        return _Taken(path, await into.add(view.case_id, handed, chunks_of(path)))
    except VaultError as error:
        return _Taken(path, None, str(error))


def _named(handed: Handed, view: CaseView, word: str, path: Path) -> Handed:
    kind = _kind_of_file(view, word, _kind(view, word), path)
    return handed.model_copy(update={"name": path.name, "requirement": kind})


def _kind_of_file(view: CaseView, word: str, kind: RequirementKind, path: Path) -> RequirementKind:
    """Return the kind of a file; a proof that a call or a chat gives is told by the file."""
    kinds = next((proof.kinds for proof in proofs_of(view) if proof.key == word), ())
    if RequirementKind.CALL_RECORDING not in kinds or word == kind:
        return kind
    head = next(intake.chunks_of(path), b"") if path.is_file() else b""
    found = media_type(head)
    is_voice = found is not None and kind_of(found) is EvidenceKind.VOICE
    return RequirementKind.CALL_RECORDING if is_voice else kind


def _kind(view: CaseView, word: str) -> RequirementKind:
    kind = kind_of_proof(word, proofs_of(view))
    if kind is None:
        known = ", ".join(dict.fromkeys(proof.key for proof in proofs_of(view)))
        hint = f"this case asks for {known}; or " if known else ""
        raise InputError(
            "--requirement",
            f"{word!r} is no proof; {hint}name a kind such as ready_photo or other",
        )
    return kind


def _print_taken(terminal: Terminal, case_id: str, taken: list[_Taken]) -> None:
    added = [one.added for one in taken if one.added]
    refused = [
        {"file": str(one.path), "reason": one.refused} for one in taken if one.added is None
    ]
    document = [
        {
            **one.evidence.model_dump(mode="json"),
            "attached": one.attached,
            "why_not": one.why_not,
            "remarks": remarks(one.evidence),
        }
        for one in added
    ]
    sentences = [sentence for one in added for sentence in _sentences(case_id, one)]
    table = [_table([one.evidence for one in added])] if added else []
    answer = {"case_id": case_id, "evidence": document, "refused": refused}
    terminal.answer(answer, *table, *sentences)
    for one in refused:
        terminal.say(one["reason"])
    if refused:
        raise typer.Exit(REFUSED)


def _sentences(case_id: str, one: Added) -> list[str]:
    item = one.evidence
    told = f"{case_id} has it" if one.attached else f"the vault keeps it; {one.why_not}"
    return [f"{item.evidence_id}: {sentence}." for sentence in (told, *remarks(item))]


def remarks(item: EvidenceItem) -> list[str]:
    """Return what whoever hands a file in should know of it."""
    ahead = -(item.findings.skew_seconds or 0)
    skew = write_duration(timedelta(seconds=max(ahead, 0)))
    wrong_clock = f"its camera's clock is {skew} ahead of ours; give its time with --captured-at"
    known = (
        (item.duplicate, "the same file was there already; nothing was added"),
        (item.late, "it came late and is marked so"),
        (ahead > _SKEW_SECONDS, wrong_clock),
        (item.findings.incomplete, "it ends before its own structure does; send it again"),
        (item.captured_at is None, "when it was made is not known"),
    )
    return [sentence for so, sentence in known if so]


@app.command(name="list")
def list_evidence(case: Case, *, as_json: AsJson = False) -> None:
    """List what the vault holds of a case, open or closed."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        case_id = await desk.find(case)
        with opened_vault(desk.settings, desk.db) as vault:
            items = await asyncio.to_thread(vault.of_case, case_id)
        document = [item.model_dump(mode="json") for item in items]
        count = f"{len(items)} pieces of evidence."
        terminal.answer(document, *([_table(items)] if items else []), count)

    run_on_desk(work, as_json=as_json)


def _table(items: list[EvidenceItem]) -> Table:
    table = plain_table("evidence", "proof", "what", "at", "by", "note")
    for item in items:
        marks = [
            word
            for word, so in (
                ("late", item.late),
                ("copy", item.derived_from is not None),
                ("held", item.held),
                ("erased", item.erased),
                ("was there", item.duplicate),
            )
            if so
        ]
        table.add_row(
            item.evidence_id,
            item.requirement,
            _what(item),
            instant(item.collected_at),
            item.collected_by,
            ", ".join(marks) or item.name,
        )
    return table


def _what(item: EvidenceItem) -> str:
    found = item.findings.content_credentials
    looked = found is not ContentCredentials.NOT_LOOKED_FOR
    return f"{item.kind}, {size_text(item.size)}" + (f"; C2PA {found}" if looked else "")


@app.command()
def verify(
    case: Annotated[str | None, typer.Argument(help="Case id, SHOP:ORDER, or its number.")] = None,
    *,
    packet: Annotated[
        Path | None, typer.Option(help="A packet instead: its folder, or the ZIP.")
    ] = None,
    key: Annotated[
        str, typer.Option(help="With --packet: fingerprint of the key that must have signed it.")
    ] = "",
    tsa_cert: Annotated[
        str, typer.Option(help="With --packet: PEM certificate of an authority you trust.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Check a case's custody chain, signatures and every byte; exit status 1 if one is wrong."""
    if packet is not None and case is None:
        verify_packet(packet, key=key, tsa_cert=tsa_cert, as_json=as_json)
        return

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        if case is None or packet is not None:
            raise InputError("verify", "give CASE, or --packet alone")
        case_id = await desk.find(case)
        report = await asyncio.to_thread(_verified, desk.settings, desk, case_id)
        terminal.answer(
            report,
            *[f"FAILED   {problem}" for problem in report["problems"]],
            f"{case_id}: {report['entries']} entries, {report['items']} items, "
            f"{report['blobs']} files read; {'whole' if report['whole'] else 'not whole'}.",
        )
        if not report["whole"]:
            raise typer.Exit(REFUSED)

    run_on_desk(work, as_json=as_json)


def _verified(settings: Settings, desk: CaseDesk, case_id: str) -> dict[str, Any]:
    with opened_vault(settings, desk.db) as vault:
        report = vault.verify_case(case_id)
    return {
        "case_id": case_id,
        "whole": report.whole,
        "entries": report.entries,
        "items": report.items,
        "blobs": report.blobs,
        "erased": report.erased,
        "head": report.head,
        "key_ids": list(report.key_ids),
        "anchored_until": report.anchored_until,
        "problems": list(report.problems),
    }
