"""Opening cases, and opening closed ones again."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from casedesk.bulk import CaseStart, Openings
from casedesk.contacts import read_instant
from casedesk.desk import CaseDesk
from casedesk.intake import ShortagePlan
from casedesk.reopening import reopen as reopen_case
from casedesk.sandbox_run import platform_settings
from casedesk.session import open_desk, open_records
from casedesk.settings import Settings
from casedesk.shortages import (
    Shortage,
    choose_shop,
    market_of,
    plan_from_file,
    plan_from_shop,
    starts_of,
)
from commands.running import Actor, AsJson, Case, RequestId, Terminal, run, run_on_desk
from commands.tables import opened_sentence, plain_table
from domain.cases import CaseKind
from domain.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Find out who is short, and open their cases.")


@app.callback()
def _group() -> None:
    """Find out who is short, and open their cases."""


Sku = Annotated[str, typer.Option("--sku", help="Seller SKU or SKU ID.")]
OnHand = Annotated[
    int, typer.Option("--on-hand", help="Units on the shelf, those in parcels not.")
]
FromFile = Annotated[
    Path | None, typer.Option("--from", help="Order export of Seller Center, CSV or XLSX.")
]
FromShop = Annotated[
    bool, typer.Option("--from-shop", help="Ask the shop for its orders instead.")
]
OfShop = Annotated[str | None, typer.Option("--shop", help="Shop id; needed if several fit.")]
OfMarket = Annotated[
    str | None, typer.Option("--market", help="Market such as TH; settles dates.")
]
RestockAt = Annotated[
    str | None,
    typer.Option("--restock-at", help="When the goods come, such as 2026-01-02T10:00:00Z."),
]
Substitute = Annotated[
    str | None, typer.Option("--substitute", help="SKU ID of what could be sent instead.")
]
DetectedAt = Annotated[
    str | None,
    typer.Option("--detected-at", help="When the shortage was found; now unless given."),
]
SkipBadRows = Annotated[
    bool, typer.Option("--skip-bad-rows", help="Go on without rows nobody can read.")
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Only show who is served and who is short.")
]


@app.command()
def oversell(
    *,
    sku: Sku,
    on_hand: OnHand,
    source: FromFile = None,
    from_shop: FromShop = False,
    shop: OfShop = None,
    market: OfMarket = None,
    restock_at: RestockAt = None,
    substitute: Substitute = None,
    detected_at: DetectedAt = None,
    skip_bad_rows: SkipBadRows = False,
    dry_run: DryRun = False,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Open one case per order that the stock of a SKU cannot serve; twice is once."""
    _open_short(
        _Source(source, shop, market, skip_bad_rows, from_shop),
        lambda settings: Shortage(
            sku=sku,
            on_hand=on_hand,
            restock_at=_instant("--restock-at", restock_at),
            substitute=substitute,
            detected_at=_instant("--detected-at", detected_at),
            actor=actor or settings.actor,
        ),
        dry_run=dry_run,
        as_json=as_json,
    )


@app.command()
def stockout(
    *,
    sku: Sku,
    on_hand: OnHand,
    source: FromFile = None,
    from_shop: FromShop = False,
    shop: OfShop = None,
    market: OfMarket = None,
    restock_at: RestockAt = None,
    substitute: Substitute = None,
    detected_at: DetectedAt = None,
    supplier: Annotated[str | None, typer.Option(help="Who is asked when the goods come.")] = None,
    skip_bad_rows: SkipBadRows = False,
    dry_run: DryRun = False,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Open one case per order of an item that is out of stock; its supplier is asked first."""
    _open_short(
        _Source(source, shop, market, skip_bad_rows, from_shop),
        lambda settings: Shortage(
            kind=CaseKind.UNAVAILABLE,
            sku=sku,
            on_hand=on_hand,
            restock_at=_instant("--restock-at", restock_at),
            substitute=substitute,
            detected_at=_instant("--detected-at", detected_at),
            supplier=supplier,
            actor=actor or settings.actor,
        ),
        dry_run=dry_run,
        as_json=as_json,
    )


def _open_short(
    asked: "_Source", shortage_of: Callable[[Settings], Shortage], *, dry_run: bool, as_json: bool
) -> None:
    async def work(settings: Settings, terminal: Terminal) -> None:
        if (asked.file is None) is not asked.from_shop:
            raise InputError("--from", "give either --from FILE or --from-shop")
        shortage = shortage_of(settings)
        plan, starts = await _plan(settings, asked, shortage, terminal, dry_run=dry_run)
        openings = await open_cases(settings, starts, terminal)
        _print(terminal, plan, openings)

    run(work, as_json=as_json)


class _Source(NamedTuple):
    """Where the orders come from."""

    file: Path | None
    shop: str | None
    market: str | None
    skip_bad_rows: bool
    from_shop: bool

    def plan(self, shortage: Shortage, market: str | None) -> tuple[ShortagePlan, list[str]]:
        """Read the file."""
        if self.file is None:
            raise InputError("--from", "no file was given")
        return plan_from_file(self.file, shortage, market=market, skip_bad_rows=self.skip_bad_rows)


async def _plan(
    settings: Settings, asked: _Source, shortage: Shortage, terminal: Terminal, *, dry_run: bool
) -> tuple[ShortagePlan, list[CaseStart]]:
    """Settle everything that can be refused before the server is asked for anything."""
    if dry_run and asked.file is not None:
        plan, notes = asked.plan(shortage, asked.market)
        terminal.say(*notes)
        return plan, []
    with open_records(settings) as db:
        shop = await asyncio.to_thread(choose_shop, db, shop_id=asked.shop, market=asked.market)
        if asked.file is not None:
            plan, notes = asked.plan(shortage, asked.market or market_of(shop))
        else:
            platform = await platform_settings(settings)
            plan, notes = await plan_from_shop(platform, db, shop, shortage)
    terminal.say(*notes)
    return plan, [] if dry_run else starts_of(plan, shortage, shop)


async def open_cases(
    settings: Settings, starts: Sequence[CaseStart], terminal: Terminal
) -> Openings:
    """Open cases or join them, with progress; without any the server is not asked."""
    if not starts:
        return Openings()
    async with open_desk(settings) as desk:
        with terminal.progress("opening cases") as progress:
            return await desk.open_cases(starts, progress)


def _print(terminal: Terminal, plan: ShortagePlan, openings: Openings) -> None:
    table = plain_table("order", "units", "", "why")
    for placed, fate in [(one, "served") for one in plan.served] + [
        (one, "short") for one in plan.short
    ]:
        table.add_row(placed.order_id, str(placed.quantity), fate, placed.why)
    skipped = plain_table("skipped", "reason")
    for one in plan.skipped:
        skipped.add_row(one.order_id, one.reason)
    people = [
        table,
        *([skipped] if plan.skipped else []),
        f"Cases: {opened_sentence(openings)}.",
    ]
    terminal.answer({**plan.answer(), **openings.model_dump(mode="json")}, *people)


def _instant(option: str, text: str | None) -> datetime | None:
    return read_instant(option, text) if text else None


def reopen(
    case: Case,
    *,
    reason: Annotated[str, typer.Option(help="Why; it is kept with the case.")],
    actor: Actor = None,
    request_id: RequestId = None,
    as_json: AsJson = False,
) -> None:
    """Open a closed case again, under the next suffix."""

    async def work(desk: CaseDesk, terminal: Terminal) -> None:
        new_id = await reopen_case(
            desk,
            await desk.find(case),
            reason=reason,
            actor=actor or desk.settings.actor,
            at=datetime.now(UTC),
            request_id=request_id or str(uuid.uuid4()),
        )
        terminal.answer({"case_id": new_id}, f"The case goes on as {new_id}.")

    run_on_desk(work, as_json=as_json)
