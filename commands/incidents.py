"""Shortage incidents: opened from counts, shown with their units, counted, restocked, moved."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from casedesk import incidents
from casedesk.bulk import Openings, bounded
from casedesk.contacts import read_instant
from casedesk.desk import CaseDesk
from casedesk.incident_plans import OrderSource, ShortfallPlan, plan_counts
from casedesk.incidents import Count, Shortfall
from casedesk.listing import CaseFilter
from casedesk.session import open_desk, open_records
from casedesk.settings import Settings
from commands.deciding import RestockState
from commands.incident_pages import incident_page, incident_table, plan_page, review_table
from commands.opening import (
    DetectedAt,
    DryRun,
    FromFile,
    FromShop,
    OfMarket,
    OfShop,
    RestockAt,
    SkipBadRows,
    Substitute,
)
from commands.running import Actor, AsJson, RequestId, Terminal, run, run_on_desk
from domain.allocation import units_on_hand
from domain.allocation_record import Side
from domain.cases import CaseKind
from domain.errors import InputError
from domain.waiting_line import AllocationPolicy

app = typer.Typer(no_args_is_help=True, help="One SKU, all its orders: who gets the units.")
Incident = Annotated[str, typer.Argument(help="Incident id, SHOP:SKU, or the SKU ID alone.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept in the timeline.")]
OfSku = Annotated[str | None, typer.Option("--sku", help="Seller SKU or SKU ID.")]
OnHand = Annotated[
    int | None, typer.Option("--on-hand", help="Units on the shelf, those in parcels not.")
]
Sheet = Annotated[
    Path | None, typer.Option("--counts", help="Sheet of many counts: columns sku and on_hand.")
]
Policy = Annotated[AllocationPolicy, typer.Option(help="Who is served first.")]
Supplier = Annotated[str | None, typer.Option(help="Who is asked when more comes.")]
Stream = Annotated[str | None, typer.Option(help="The stream that oversold it.")]
Key = Annotated[
    str | None, typer.Option(help="Tells this incident from earlier ones; the time unless given.")
]
_AT_ONCE = 16


class _Who(NamedTuple):
    """Who decides, and how the request can be told from others."""

    actor: str | None
    request_id: str | None
    as_json: bool


@app.command("open")
def open_(
    *,
    sku: OfSku = None,
    on_hand: OnHand = None,
    counts: Sheet = None,
    policy: Policy = AllocationPolicy.PAID_FIRST,
    source: FromFile = None,
    from_shop: FromShop = False,
    shop: OfShop = None,
    market: OfMarket = None,
    restock_at: RestockAt = None,
    substitute: Substitute = None,
    supplier: Supplier = None,
    stream: Stream = None,
    detected_at: DetectedAt = None,
    key: Key = None,
    skip_bad_rows: SkipBadRows = False,
    dry_run: DryRun = False,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Open an incident per SKU that is short; a second one of a SKU is refused."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        now = datetime.now(UTC)
        shortfall = Shortfall(
            counts=_counts(sku, on_hand, counts),
            policy=policy,
            restock_at=_instant("--restock-at", restock_at),
            substitute=substitute,
            supplier=supplier,
            stream=stream,
            detected_at=_instant("--detected-at", detected_at),
            key=key or incidents.key_of(now),
            actor=actor or settings.actor,
        )
        orders = OrderSource(source, from_shop, shop, market, skip_bad_rows)
        plan = await plan_counts(settings, shortfall, orders, dry_run=dry_run)
        terminal.say(*plan.notes)
        openings = Openings() if dry_run else await _open(settings, plan)
        _print_plan(terminal, plan, openings, many=counts is not None)

    run(work, as_json=as_json)


def _counts(sku: str | None, on_hand: int | None, sheet: Path | None) -> tuple[Count, ...]:
    if sheet is not None:
        if sku is not None or on_hand is not None:
            raise InputError("--counts", "give either --counts FILE or --sku with --on-hand")
        return incidents.read_counts(sheet)
    if sku is None or on_hand is None:
        raise InputError("--sku", "give --sku with --on-hand, or --counts FILE")
    return (Count(sku=sku.strip(), on_hand=units_on_hand(on_hand)),)


async def _open(settings: Settings, plan: ShortfallPlan) -> Openings:
    async with open_desk(settings) as desk:
        await incidents.refuse_second(desk, plan.starts)
        return await desk.open_cases(plan.starts)


def _print_plan(
    terminal: Terminal, plan: ShortfallPlan, openings: Openings, *, many: bool
) -> None:
    counts = openings.model_dump(mode="json")
    each = [
        {"sku": one.sku, "on_hand": one.on_hand, **one.answer()} for one in plan.plans.values()
    ]
    nobody: dict[str, list[Any]] = {"served": [], "short": [], "skipped": []}
    single = {name: (each[0] if each else nobody)[name] for name in nobody}
    document = {"incidents": each} if many else single
    opened = ", ".join((*openings.opened, *openings.joined)) or "none, this was a dry run"
    people = [part for one in plan.plans.values() for part in plan_page(one)]
    terminal.answer(
        {**document, **counts, "policy": plan.policy.value}, *people, f"Incidents: {opened}."
    )


def _instant(option: str, text: str | None) -> datetime | None:
    return read_instant(option, text) if text else None


# Reading


@app.command("list")
def list_(
    *,
    shop: Annotated[str | None, typer.Option(help="Only this shop.")] = None,
    closed: Annotated[bool, typer.Option("--closed", help="Closed ones instead.")] = False,
    as_json: AsJson = False,
) -> None:
    """List incidents: units, who is served, who is short, what is due."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        wanted = CaseFilter(kind=CaseKind.INCIDENT, shop_id=shop, closed=closed)
        rows = await desk.list_cases(wanted)
        ids = [row.case_id for row in rows]
        views = await bounded(ids, desk.view, at_once=_AT_ONCE)
        terminal.answer(views, incident_table(views) if views else "No incidents.")

    run_on_desk(work, as_json=as_json)


@app.command()
def show(
    incident: Incident,
    *,
    orders: Annotated[
        bool, typer.Option("--orders", help="Every order with its sentence, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show one incident: units, dates, what was changed outside, what a person has to do."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        incident_id = await incidents.find_incident(desk, incident)
        view, events = await desk.view(incident_id), await desk.timeline(incident_id)
        held = await asyncio.to_thread(incidents.orders_of, desk.db, incident_id) if orders else []
        review = await asyncio.to_thread(incidents.review_of, desk.db, incident_id)
        lines = [
            {
                "order_id": one.order_id,
                "quantity": one.units,
                "standing": one.standing.value,
                "why": one.why,
                "case_id": one.case_id,
                "outcome": one.outcome,
            }
            for one in held
        ]
        document = {**view, "review": review, **({"orders": lines} if orders else {})}
        terminal.answer(document, *incident_page(view, review, lines, events))

    run_on_desk(work, as_json=as_json)


@app.command()
def review(
    *,
    shop: Annotated[str | None, typer.Option(help="Only this shop.")] = None,
    stream: Annotated[str | None, typer.Option(help="Only this stream.")] = None,
    as_json: AsJson = False,
) -> None:
    """Look back at closed incidents: orders, money kept and refunded, late dates, breaches."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        with open_records(settings) as db:
            found = await asyncio.to_thread(incidents.reviews_of, db, shop_id=shop, stream=stream)
        terminal.answer(found, review_table(found) if found else "No closed incidents.")

    run(work, as_json=as_json)


# Deciding


def _decide(incident: str, update: str, payload: Callable[[], dict[str, Any]], who: _Who) -> None:
    async def work(settings: Settings, terminal: Terminal) -> None:
        # What a person typed is read first: a mistake in it needs no server to be told.
        sent = {"actor": who.actor or settings.actor, **payload()}
        async with open_desk(settings) as desk:
            incident_id = await incidents.find_incident(desk, incident)
            request_id = who.request_id or str(uuid.uuid4())
            view = await desk.decide(incident_id, update, sent, request_id=request_id)
        part, seen = view["incident"], view["incident"]["counts"]
        terminal.answer(
            view,
            f"{incident_id}: done; {part['on_hand']} on the shelf, {part['promised']} promised, "
            f"{seen['served']} served, {seen['short']} short.",
        )

    run(work, as_json=who.as_json)


@app.command()
def count(
    incident: Incident,
    *,
    on_hand: Annotated[int, typer.Option("--on-hand", help="Units on the shelf now.")],
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Say how many units are on the shelf; promises that it cannot keep are taken back."""
    who = _Who(actor, request_id, as_json)
    _decide(incident, "set_on_hand", lambda: {"on_hand": on_hand}, who)


@app.command()
def receive(
    incident: Incident,
    *,
    lot: Annotated[str, typer.Option(help="The delivery's id; each is taken in once.")],
    quantity: Annotated[int, typer.Option(help="How many units came.")],
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Take in units that arrived; they are handed out along the line."""
    who = _Who(actor, request_id, as_json)
    _decide(incident, "receive_lot", lambda: {"lot_id": lot, "quantity": quantity}, who)


@app.command()
def restock(
    incident: Incident,
    *,
    state: Annotated[RestockState, typer.Option(help="What the supplier says.")],
    available_at: Annotated[
        str | None, typer.Option(help="When it comes, such as 2026-01-02T10:00:00Z.")
    ] = None,
    quantity: Annotated[int | None, typer.Option(help="How many units are there.")] = None,
    lot: Annotated[str | None, typer.Option(help="The delivery's id.")] = None,
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Record what the supplier says; every case that waits hears it."""

    def payload() -> dict[str, Any]:
        at = _instant("--available-at", available_at)
        return {
            "sku_id": incident.split(":")[2 if incident.startswith("incident:") else -1],
            "state": state.value,
            "available_at": at.isoformat() if at else None,
            "quantity": quantity,
            "lot_id": lot,
        }

    _decide(incident, "set_restock", payload, _Who(actor, request_id, as_json))


@app.command()
def move(
    incident: Incident,
    order: Annotated[str, typer.Argument(help="The order.")],
    *,
    to: Annotated[Side, typer.Option(help="served gives it its units, short takes them back.")],
    reason: Reason,
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Give an order its units by hand, or take them back."""
    who = _Who(actor, request_id, as_json)
    _decide(
        incident,
        "move_order",
        lambda: {"order_id": order, "to": to.value, "reason": reason},
        who,
    )


@app.command()
def deactivate(
    incident: Incident,
    *,
    reason: Reason,
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Take the whole listing off sale, with all its sizes; coming back needs an audit."""
    who = _Who(actor, request_id, as_json)
    _decide(incident, "deactivate_listing", lambda: {"reason": reason}, who)


@app.command()
def withdraw(
    incident: Incident,
    *,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """End an incident that was a mistake: what it changed is undone, its cases go on."""
    who = _Who(actor, request_id, as_json)
    _decide(incident, "withdraw", lambda: {"reason": reason}, who)
