"""Opening cases, and opening closed ones again."""

import asyncio
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from casedesk.bulk import Openings
from casedesk.contacts import read_instant
from casedesk.desk import CaseDesk
from casedesk.intake import ShortagePlan
from casedesk.oversell import (
    Shortage,
    choose_shop,
    market_of,
    plan_from_file,
    plan_from_shop,
    starts_of,
)
from casedesk.reopening import reopen as reopen_case
from casedesk.sandbox_run import platform_settings
from casedesk.session import open_desk, open_records
from casedesk.settings import Settings
from commands.running import Actor, AsJson, Case, RequestId, Terminal, run, run_on_desk
from commands.tables import plain_table
from domain.errors import InputError

app = typer.Typer(no_args_is_help=True, help="Find out who is short, and open their cases.")


@app.callback()
def _group() -> None:
    """Find out who is short, and open their cases."""


@app.command()
def oversell(
    sku: Annotated[str, typer.Option(help="Seller SKU or SKU ID.")],
    on_hand: Annotated[int, typer.Option(help="Units on the shelf, those in parcels not.")],
    source: Annotated[
        Path | None, typer.Option("--from", help="Order export of Seller Center, CSV or XLSX.")
    ] = None,
    from_shop: Annotated[
        bool, typer.Option("--from-shop", help="Ask the shop for its orders instead.")
    ] = False,
    shop: Annotated[str | None, typer.Option(help="Shop id; needed if several fit.")] = None,
    market: Annotated[str | None, typer.Option(help="Market such as TH; settles dates.")] = None,
    restock_at: Annotated[
        str | None, typer.Option(help="When the goods come, such as 2026-01-02T10:00:00Z.")
    ] = None,
    substitute: Annotated[
        str | None, typer.Option(help="SKU ID of what could be sent instead.")
    ] = None,
    detected_at: Annotated[
        str | None, typer.Option(help="When the shortage was found; now unless given.")
    ] = None,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Go on without rows nobody can read.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show who is served and who is short.")
    ] = False,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Open one case per order that the stock of a SKU cannot serve; twice is once."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        if (source is None) is not from_shop:
            raise InputError("--from", "give either --from FILE or --from-shop")
        shortage = Shortage(
            sku=sku,
            on_hand=on_hand,
            restock_at=_instant("--restock-at", restock_at),
            substitute=substitute,
            detected_at=_instant("--detected-at", detected_at),
            actor=actor or settings.actor,
        )
        asked = _Source(source, shop, market, skip_bad_rows)
        if dry_run:
            plan = await _dry_plan(settings, asked, shortage, terminal)
            _print(terminal, plan, Openings())
            return
        async with open_desk(settings) as desk:
            await _open(desk, asked, shortage, terminal)

    run(work, as_json=as_json)


class _Source:
    """Where the orders come from."""

    def __init__(
        self, file: Path | None, shop: str | None, market: str | None, skip_bad_rows: bool
    ) -> None:
        self.file = file
        self.shop = shop
        self.market = market
        self.skip_bad_rows = skip_bad_rows
