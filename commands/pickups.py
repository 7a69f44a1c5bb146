"""`open pickup`: parcels that their carrier left standing get their cases."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from casedesk.bulk import CaseStart, Openings
from casedesk.contacts import read_instant
from casedesk.pickups import PickupPlan, plan_from_file, plan_from_shop, starts_of
from casedesk.sandbox_run import platform_settings
from casedesk.session import open_records
from casedesk.settings import Settings
from casedesk.shortages import choose_shop, market_of
from commands.opening import (
    DryRun,
    FromFile,
    FromShop,
    OfMarket,
    OfShop,
    SkipBadRows,
    open_cases,
)
from commands.running import Actor, AsJson, Terminal, run
from commands.tables import instant, opened_sentence, plain_table
from domain.errors import InputError


class _Asked(NamedTuple):
    """What the command was asked for."""

    file: Path | None
    shop: str | None
    market: str | None
    packages: tuple[str, ...]
    detected_at: datetime | None
    actor: str
    skip_bad_rows: bool
    dry_run: bool

    def from_file(self, market: str | None) -> tuple[PickupPlan, list[str]]:
        """Read the file."""
        if self.file is None:
            raise InputError("--from", "no file was given")
        return plan_from_file(
            self.file,
            market=market,
            packages=self.packages,
            now=datetime.now(UTC),
            skip_bad_rows=self.skip_bad_rows,
        )


def pickup(
    *,
    source: FromFile = None,
    from_shop: FromShop = False,
    package: Annotated[
        list[str] | None,
        typer.Option("--package", help="Only this package, even if its slot lies ahead."),
    ] = None,
    shop: OfShop = None,
    market: OfMarket = None,
    detected_at: Annotated[
        str | None,
        typer.Option("--detected-at", help="When the late pickup was found; now unless given."),
    ] = None,
    skip_bad_rows: SkipBadRows = False,
    dry_run: DryRun = False,
    actor: Actor = None,
    as_json: AsJson = False,
) -> None:
    """Open one case per parcel whose pickup has passed without a scan; twice is once."""

    async def work(settings: Settings, terminal: Terminal) -> None:
        if (source is None) is not from_shop:
            raise InputError("--from", "give either --from FILE or --from-shop")
        asked = _Asked(
            source,
            shop,
            market,
            tuple(package or ()),
            read_instant("--detected-at", detected_at) if detected_at else None,
            actor or settings.actor,
            skip_bad_rows,
            dry_run,
        )
        plan, starts = await _plan(settings, asked, terminal)
        openings = await open_cases(settings, starts, terminal)
        _print(terminal, plan, openings)

    run(work, as_json=as_json)


async def _plan(
    settings: Settings, asked: _Asked, terminal: Terminal
) -> tuple[PickupPlan, list[CaseStart]]:
    """Settle everything that can be refused before the server is asked for anything."""
    if asked.dry_run and asked.file is not None:
        plan, notes = asked.from_file(asked.market)
        terminal.say(*notes)
        return plan, []
    with open_records(settings) as db:
        shop = await asyncio.to_thread(choose_shop, db, shop_id=asked.shop, market=asked.market)
        if asked.file is not None:
            plan, notes = asked.from_file(asked.market or market_of(shop))
            terminal.say(*notes)
        else:
            with terminal.progress("looking at packages") as progress:
                plan = await plan_from_shop(
                    await platform_settings(settings),
                    db,
                    shop,
                    packages=asked.packages,
                    now=datetime.now(UTC),
                    progress=progress,
                )
    if asked.dry_run:
        return plan, []
    return plan, starts_of(plan, shop, detected_at=asked.detected_at, actor=asked.actor)


def _print(terminal: Terminal, plan: PickupPlan, openings: Openings) -> None:
    late = plain_table("package", "orders", "slot until", "why")
    for one in plan.late:
        late.add_row(one.package_id, ", ".join(one.order_ids), instant(one.slot_until), one.why)
    skipped = plain_table("skipped", "reason")
    for other in plan.skipped:
        skipped.add_row(other.package_id, other.reason)
    people = [
        late,
        *([skipped] if plan.skipped else []),
        f"Cases: {opened_sentence(openings)}.",
    ]
    document = {**plan.model_dump(mode="json"), **openings.model_dump(mode="json")}
    terminal.answer(document, *people)
