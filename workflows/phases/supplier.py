"""Asking the supplier: at once, by the playbook's ladder, until a date or a deadline comes."""

import asyncio

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseState, HumanTask
    from domain.orders import OrderLine
    from domain.timeline import EventKey
    from workflows.news import RESTOCK_STATES
    from workflows.policies import OURS
    from workflows.ports.suppliers import AskSupplier, SupplierAsked, SupplierPort
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import SUPPLIER, Ask

_MATTERS = (CaseState.CONTACTING, CaseState.AWAITING_CHOICE)
"""States in which a date would still change what the buyer is offered."""


async def await_supplier(case: ShortageCase) -> bool:
    """Wait for the date on which the offers depend, until it is needed.

    Returns:
        True if the case should look again at what has come; False if it goes on to the buyer.
    """
    if not case.waits_for_supplier:
        return False
    if case.ask.supplier_by is None:
        _begin(case)
    by = case.ask.supplier_by
    if by is None:
        return False
    if await case.wait(lambda: case.inbox.news, until=by.at, why="supplier_by"):
        return True
    case.ask.supplier_silent = True
    case.drop_task(SUPPLIER)
    case.tell(
        EventKey.SUPPLIER_SILENT,
        f"no date by {by.at:%Y-%m-%d %H:%M}Z",
        actor=case.supply.supplier or "supplier",
        rule=f"no_answer: {case.pinned.playbook.stockout.no_answer}",
    )
    return False


def _begin(case: ShortageCase) -> None:
    """Set the deadline and have the supplier asked; in an incident the incident asks."""
    case.set_supplier_by()
    by = case.ask.supplier_by
    if by is None:
        return
    case.tell(EventKey.DEADLINE_SET, f"{by.name} {by.at:%Y-%m-%d %H:%M}Z", rule=by.rule)
    if case.incident_id is None:
        case.supply.chase = asyncio.create_task(_chase(case, case.ask))


async def _chase(case: ShortageCase, ask: Ask) -> None:
    """Ask, and ask again while nobody knows; rungs that passed while nobody ran are left out."""
    for rung, after in enumerate(case.pinned.playbook.stockout.supplier_ladder):
        at = ask.detected_at + after
        if rung and at <= case.now:
            continue
        await case.sleep_until(at)
        needless = case.date_known or case.incident_id or ask is not case.ask
        if needless or case.phase not in _MATTERS:
            return
        for line in _unknown(case):
            await _ask(case, ask, line, rung)


def _unknown(case: ShortageCase) -> list[OrderLine]:
    """Return one short unit of each SKU whose date nobody knows."""
    lines = {line.sku_id: line for line in case.units()}
    return [line for sku, line in lines.items() if not _is_known(case, sku)]


def _is_known(case: ShortageCase, sku: str) -> bool:
    news = case.supply.of(sku)
    return news.unavailable or news.in_stock or (news.at is not None and news.at > case.now)


async def _ask(case: ShortageCase, ask: Ask, line: OrderLine, rung: int) -> None:
    by = ask.supplier_by
    if by is None:
        return
    step = case.step(f"supplier:{ask.number}:{line.sku_id}:{rung}")
    cmd = AskSupplier(
        key=case.effect_key(step),
        shop_id=case.shop_id,
        supplier=case.supply.supplier,
        sku_id=line.sku_id,
        seller_sku=line.seller_sku,
        product_name=line.product_name,
        units=sum(unit.sku_id == line.sku_id for unit in case.units()),
        answer_by=by.at,
        rung=rung,
        at=case.now,
    )
    step.tried = True
    asked = await case.try_once(SupplierPort.ask_supplier, cmd, OURS, "ask the supplier")
    _tell(case, line, rung, asked or SupplierAsked(reached=False, why_not="no letter went out"))


def _tell(case: ShortageCase, line: OrderLine, rung: int, asked: SupplierAsked) -> None:
    what = line.product_name or line.seller_sku or line.sku_id
    key = EventKey.SUPPLIER_ASKED if asked.reached else EventKey.SUPPLIER_NOT_REACHED
    case.tell(key, f"{what}, rung {rung + 1}" + (f": {asked.why_not}" * (not asked.reached)))
    if not case.waits_for_supplier:
        return
    who = case.supply.supplier or "the supplier"
    case.ask_person(
        HumanTask(
            step=SUPPLIER,
            ask=f"Record when {what} comes, as {who} answers."
            if asked.reached
            else f"Ask {who} when {what} comes ({asked.why_not}), and record the date.",
            by=case.ask.supplier_by.at if case.ask.supplier_by else None,
            options=RESTOCK_STATES,
            otherwise="Without a date in time the playbook decides.",
        )
    )
