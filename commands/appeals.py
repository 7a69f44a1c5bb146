"""Appeals: opened, followed, their packet handed out, filings and decisions recorded."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from casedesk.appeals import open_appeal
from casedesk.contacts import read_instant
from casedesk.desk import CaseDesk
from casedesk.errors import NotFoundError
from casedesk.shortages import choose_shop
from commands.evidence import SOURCE, chunks_of
from commands.running import Actor, AsJson, RequestId, Terminal, run_on_desk
from commands.tables import instant, opened_sentence, plain_table
from commands.vaults import opened_vault
from domain.appeal_story import RECEIPT
from domain.case_parts import AppealPart, PacketView
from domain.cases import CaseView
from domain.errors import InputError
from vault.intake import Collecting

app = typer.Typer(no_args_is_help=True, help="Appeals against penalties.")
Ticket = Annotated[str, typer.Argument(help="Ticket in Seller Center, or the appeal's case id.")]
OfShop = Annotated[str | None, typer.Option("--shop", help="Shop id; needed if several fit.")]


class Answer(StrEnum):
    """What the platform can answer."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"


@app.command(name="open")
def open_by_hand(
    ticket: Annotated[str | None, typer.Argument(help="Ticket in Seller Center.")] = None,
    *,
    named: Annotated[str | None, typer.Option("--ticket", help="The same, as an option.")] = None,
    kind: Annotated[str, typer.Option(help="The platform's word, such as late_dispatch.")] = "",
    issued_at: Annotated[
        str | None, typer.Option(help="When the penalty was issued; asked for if not given.")
    ] = None,
    case: Annotated[
        list[str] | None, typer.Option("--case", help="A case that it concerns; repeatable.")
    ] = None,
    order: Annotated[
        list[str] | None, typer.Option("--order", help="An order that it names; repeatable.")
    ] = None,
    shop: OfShop = None,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Open an appeal against a ticket, with or without cases; the same ticket again joins it."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        issued = read_instant("--issued-at", issued_at) if issued_at else None
        found = await asyncio.to_thread(choose_shop, desk.db, shop_id=shop, market=None)
        openings = await open_appeal(
            desk,
            shop_id=found.shop_id,
            ticket_id=_only("--ticket", ticket, named),
            kind=kind,
            issued_at=issued,
            cases=case or (),
            orders=order or (),
            actor=actor or desk.settings.actor,
        )
        terminal.answer(openings.model_dump(mode="json"), f"Appeals: {opened_sentence(openings)}.")

    run_on_desk(work, as_json=as_json)


@app.command()
def status(ticket: Ticket, *, as_json: AsJson = False) -> None:
    """Show how far an appeal is: its window, what is proven, what is missing and until when."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        view, part = await _look(desk, ticket)
        terminal.answer(view.model_dump(mode="json"), *_page(view, part))

    run_on_desk(work, as_json=as_json)


@app.command()
def packet(
    ticket: Ticket,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--out", "--output", help="Folder or file for the ZIP; here otherwise."),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Argue this cause, such as carrier_never_came.")
    ] = None,
    argument: Annotated[
        str | None, typer.Option(help="Your own words besides the facts, 600 characters.")
    ] = None,
    window: Annotated[
        str | None, typer.Option(help="End of the window as the ticket shows it.")
    ] = None,
    order: Annotated[
        list[str] | None, typer.Option("--order", help="An order that the ticket names.")
    ] = None,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Hand out the newest packet and the text to paste; answers go in first, if any are given."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        case_id = await desk.find_appeal(ticket)
        who = actor or desk.settings.actor
        answers = {
            "scenario": scenario,
            "argument": argument,
            "window": read_instant("--window", window).isoformat() if window else None,
            "orders": ", ".join(order) if order else None,
        }
        for step, said in answers.items():
            if said is not None:
                answer = {"actor": who, "step": step, "how": "done", "reference": said}
                await desk.decide(case_id, "resume_step", answer)
        _, part = await _look(desk, case_id)
        if part.packet is None:
            raise NotFoundError(f"{case_id} has no packet yet: {part.why or 'it is being made'}")
        path = await asyncio.to_thread(_write, desk, part.packet, output, who)
        _print_packet(terminal, part.packet, path)

    run_on_desk(work, as_json=as_json)


def _write(desk: CaseDesk, built: PacketView, output: Path | None, who: str) -> Path:
    if built.evidence_id is None:
        raise NotFoundError("the packet is not in the vault; it was made by an older version")
    path = _place(output, built.path)
    with opened_vault(desk.settings, desk.db) as vault:
        pieces = vault.read(
            built.evidence_id, actor=who, purpose="handed out to be filed", at=datetime.now(UTC)
        )
        # Under another name until it is whole: nobody files half a packet.
        half = path.with_name(f".{path.name}.part")
        half.unlink(missing_ok=True)
        try:
            pieces.save(half)
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
    return path


def _place(output: Path | None, name: str) -> Path:
    if output is None:
        return Path(name)
    if output.suffix == ".zip" and not output.is_dir():
        return output
    output.mkdir(parents=True, exist_ok=True)
    return output / name


def _print_packet(terminal: Terminal, built: PacketView, path: Path) -> None:
    steps = [f"{number}. {step}" for number, step in enumerate(built.checklist, start=1)]
    terminal.answer(
        {**built.model_dump(mode="json"), "file": str(path)},
        built.text,
        "",
        *steps,
        *built.notes,
        f"{path} ({len(built.exhibits)} exhibits, key {built.key_id[:16]}).",
    )


@app.command()
def file(
    ticket: Ticket,
    *,
    reference: Annotated[str, typer.Option(help="The number that the platform gave it.")],
    filed_at: Annotated[str | None, typer.Option(help="When; now unless given.")] = None,
    screenshot: Annotated[
        Path | None,
        typer.Option(
            "--evidence", "--screenshot", help="A screenshot that shows it; kept in the vault."
        ),
    ] = None,
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Record that a person handed the round in."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        case_id = await desk.find_appeal(ticket)
        who = actor or desk.settings.actor
        decision = {
            "actor": who,
            "reference": reference,
            "filed_at": read_instant("--filed-at", filed_at).isoformat() if filed_at else None,
            "evidence_id": await _receipt(desk, case_id, screenshot, who),
        }
        view = await desk.decide(case_id, "record_filing", decision, request_id=request_id or "")
        terminal.answer(view, f"{case_id}: filed as {reference}.")

    run_on_desk(work, as_json=as_json)


async def _receipt(desk: CaseDesk, case_id: str, screenshot: Path | None, who: str) -> str | None:
    if screenshot is None:
        return None
    what = Collecting(
        case_id=case_id,
        requirement=RECEIPT,
        actor=who,
        at=datetime.now(UTC),
        source=SOURCE,
        name=screenshot.name,
        note="shows the filing",
    )
    with opened_vault(desk.settings, desk.db) as vault:
        item = await vault.take_stream(chunks_of(screenshot), what)
    return item.evidence_id


@app.command()
def decide(
    ticket: Ticket,
    answered: Annotated[Answer | None, typer.Argument(help="What the platform answered.")] = None,
    *,
    decision: Annotated[
        Answer | None, typer.Option("--decision", help="The same, as an option.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Its reason, word for word.")] = "",
    decided_at: Annotated[str | None, typer.Option(help="When; now unless given.")] = None,
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Record the platform's decision; a rejection opens the second round where there is one."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        word = _only("--decision", answered, decision)
        case_id = await desk.find_appeal(ticket)
        at = read_instant("--decided-at", decided_at).isoformat() if decided_at else None
        answer = {
            "actor": actor or desk.settings.actor,
            "decision": word,
            "reason": reason,
            "decided_at": at,
        }
        view = await desk.decide(case_id, "record_decision", answer, request_id=request_id or "")
        terminal.answer(view, f"{case_id}: {view['outcome'] or view['state']}.")

    run_on_desk(work, as_json=as_json)


def _only(option: str, *given: str | None) -> str:
    """Return the one word that was given, as an argument or as the option."""
    words = [word for word in given if word]
    if len(words) != 1:
        raise InputError(option, "give it once, as the option or without its name")
    return str(words[0])


async def _look(desk: CaseDesk, ticket: str) -> tuple[CaseView, AppealPart]:
    case_id = await desk.find_appeal(ticket)
    view = CaseView.model_validate(await desk.view(case_id))
    if view.appeal is None:
        raise NotFoundError(f"{case_id} does not say how far it is; `starter.py show {case_id}`")
    return view, view.appeal


def _page(view: CaseView, part: AppealPart) -> list[Any]:
    facts = plain_table("", " ")
    for name, said in _facts(view, part):
        facts.add_row(name, said)
    proofs = plain_table("proof", "state", "until", "what to add")
    for proof in part.proofs:
        need = "" if proof.needed else " (helpful)"
        add = "" if proof.evidence_ids else proof.ask
        proofs.add_row(f"{proof.key}{need}", proof.state, instant(proof.until), add)
    tasks = [f"→ {task.step}: {task.ask}" for task in view.tasks]
    return [facts, *([proofs] if part.proofs else []), *tasks]


def _facts(view: CaseView, part: AppealPart) -> list[tuple[str, str]]:
    allowed = str(part.rounds_allowed) if part.rounds_allowed else "?"
    missed = ", ".join(breach.deadline for breach in view.breaches)
    filed = [one for one in part.rounds if one.filed_at]
    shown: list[tuple[str, Callable[[], str]]] = [
        ("appeal", lambda: view.case_id),
        ("state", lambda: str(view.outcome or view.state)),
        ("violation", lambda: part.violation),
        ("cause argued", lambda: str(part.scenario or "not picked yet")),
        ("round", lambda: f"{part.round} of {allowed}"),
        ("complete", lambda: f"{part.score:.0%}"),
        ("why", lambda: part.why),
        ("complete by", lambda: instant(part.internal_deadline)),
        ("goes in at the latest", lambda: instant(part.last_safe_moment)),
        ("window ends", lambda: instant(part.window_ends)),
        ("filed", lambda: ", ".join(f"{one.reference} {one.decision or ''}" for one in filed)),
        ("missed", lambda: missed),
    ]
    return [(name, said()) for name, said in shown if said() not in ("", "-")]
