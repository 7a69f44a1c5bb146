"""People's decisions about one case; each is answered with the case as it is then."""

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from casedesk.contacts import read_choice, read_instant
from casedesk.desk import SET_RESTOCK
from casedesk.session import open_desk
from casedesk.settings import Settings
from commands.contacts import record_choices_from
from commands.running import Actor, AsJson, Case, RequestId, Terminal, run
from commands.tables import instant
from domain.errors import InputError

Reason = Annotated[str, typer.Option(help="Why; it is kept in the timeline.")]
Said = Annotated[str, typer.Option(help="What was said.")]


class How(StrEnum):
    """Ways to go on with a parked step."""

    RETRY = "retry"
    DONE = "done"
    ABANDON = "abandon"


class Action(StrEnum):
    """Ways to end the argument."""

    REFUND = "refund"
    WAIT = "wait"
    CLOSE = "close"


class RestockState(StrEnum):
    """What is known about a restock."""

    IN_STOCK = "in_stock"
    EXPECTED = "expected"
    UNAVAILABLE = "unavailable"


class _Who(NamedTuple):
    """Who decides, and how the request can be told from others."""

    actor: str | None
    request_id: str | None
    as_json: bool


def _decide(case: str, update: str, payload: Callable[[], dict[str, Any]], who: _Who) -> None:
    async def work(settings: Settings, terminal: Terminal) -> None:
        # What a person typed is read first: a mistake in it needs no server to be told.
        sent = {"actor": who.actor or settings.actor, **payload()}
        async with open_desk(settings) as desk:
            case_id = await desk.find(case)
            view = await desk.decide(case_id, update, sent, request_id=who.request_id or "")
        state = view["outcome"] or view["state"]
        due = f", due {instant(view['due_at'])}" if view["due_at"] else ""
        terminal.answer(view, f"{case_id}: done; the case is {state}{due}.")

    run(work, as_json=who.as_json)


def _utc(option: str, text: str | None) -> str | None:
    return read_instant(option, text).isoformat() if text else None


def choose(
    case: Annotated[str | None, typer.Argument(help="Case or order id.")] = None,
    choice: Annotated[str | None, typer.Argument(help="wait, swap, refund, or A, B, C.")] = None,
    *,
    source: Annotated[
        Path | None, typer.Option("--from", help="File with order_id, choice, via, text.")
    ] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Go on without rows nobody can read.")
    ] = False,
    via: Annotated[str, typer.Option(help="How you heard it, such as phone.")] = "person",
    text: Said = "",
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Record what a buyer wants, for one case or for a whole file."""
    if source is not None and case is None:
        record_choices_from(source, skip_bad_rows=skip_bad_rows, actor=actor, as_json=as_json)
        return

    def payload() -> dict[str, Any]:
        if case is None or choice is None or source is not None:
            raise InputError("choose", "give CASE and CHOICE, or --from FILE alone")
        return {"choice": read_choice(choice), "via": via, "text": text}

    _decide(case or "", "record_choice", payload, _Who(actor, request_id, as_json))


def contact(
    case: Case,
    *,
    channel: Annotated[str, typer.Option(help="How the buyer was told, such as phone.")],
    step: Annotated[str | None, typer.Option(help="Which message, if several wait.")] = None,
    at: Annotated[str | None, typer.Option(help="When; now unless given.")] = None,
    text: Said = "",
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Record that you told the buyer what a case asked you to tell."""

    def payload() -> dict[str, Any]:
        return {"channel": channel, "step": step, "at": _utc("--at", at), "text": text}

    _decide(case, "record_contact", payload, _Who(actor, request_id, as_json))


def approve(
    case: Case,
    *,
    decline: Annotated[bool, typer.Option("--decline", help="Say no instead.")] = False,
    reason: Reason = "",
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Approve a refund that waits for a second person, or decline it."""

    def payload() -> dict[str, Any]:
        return {"approved": not decline, "reason": reason}

    _decide(case, "approve_refund", payload, _Who(actor, request_id, as_json))


def resume(
    case: Case,
    step: Annotated[str, typer.Argument(help="The step, as `tasks` names it.")],
    *,
    how: Annotated[How, typer.Option(help="Try again, done by hand, or give up.")] = How.RETRY,
    reference: Annotated[str, typer.Option(help="Of what was done by hand, if any.")] = "",
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Let a parked step go on."""

    def payload() -> dict[str, Any]:
        return {"step": step, "how": how.value, "reference": reference}

    _decide(case, "resume_step", payload, _Who(actor, request_id, as_json))


def override(
    case: Case,
    action: Annotated[Action, typer.Argument(help="What happens now.")],
    *,
    reason: Reason,
    until: Annotated[str | None, typer.Option(help="With wait: until when.")] = None,
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """End the argument: refund now, wait until a date, or close."""

    def payload() -> dict[str, Any]:
        return {"action": action.value, "until": _utc("--until", until), "reason": reason}

    _decide(case, "override_outcome", payload, _Who(actor, request_id, as_json))


def link(
    case: Case,
    order: Annotated[str, typer.Argument(help="The buyer's new order.")],
    *,
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Say which new order of the buyer replaces the old one in a swap."""
    who = _Who(actor, request_id, as_json)
    _decide(case, "link_replacement_order", lambda: {"order_id": order}, who)


def take(
    case: Case, *, actor: Actor = None, request_id: RequestId = None, as_json: AsJson = False
) -> None:
    """Take a case, so that others see who is on it."""
    _decide(case, "take", dict, _Who(actor, request_id, as_json))


def note(
    case: Case,
    text: Annotated[str, typer.Argument(help="What the timeline should say.")],
    *,
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Write a remark into the timeline."""
    _decide(case, "note", lambda: {"text": text}, _Who(actor, request_id, as_json))


def withdraw(
    case: Case,
    *,
    reason: Reason = "",
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Close a case that was opened by mistake; the order is left as it is."""
    _decide(case, "withdraw", lambda: {"reason": reason}, _Who(actor, request_id, as_json))


def restock(
    sku: Annotated[str, typer.Argument(help="The SKU, as the cases name it.")],
    *,
    state: Annotated[RestockState, typer.Option(help="What is known.")],
    available_at: Annotated[
        str | None, typer.Option(help="When it comes, such as 2026-01-02T10:00:00Z.")
    ] = None,
    quantity: Annotated[int | None, typer.Option(help="How many units come.")] = None,
    lot: Annotated[str | None, typer.Option(help="The delivery's id.")] = None,
    case: Annotated[str | None, typer.Option(help="Only this case.")] = None,
    shop: Annotated[str | None, typer.Option(help="Only cases of this shop.")] = None,
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Tell the open cases of a SKU when it comes, or that it never will."""

    def news() -> dict[str, Any]:
        return {
            "sku_id": sku,
            "state": state.value,
            "available_at": _utc("--available-at", available_at),
            "quantity": quantity,
            "lot_id": lot,
        }

    if case is not None:
        _decide(case, SET_RESTOCK, news, _Who(actor, request_id, as_json))
        return

    async def work(settings: Settings, terminal: Terminal) -> None:
        fact = {**news(), "source": actor or settings.actor}
        fact |= {"event_id": request_id} if request_id else {}
        async with open_desk(settings) as desk:
            with terminal.progress("telling the cases") as progress:
                reached = await desk.restock(fact, shop_id=shop, progress=progress)
        terminal.answer({"told": reached}, f"{len(reached)} open cases of {sku} were told.")

    run(work, as_json=as_json)
