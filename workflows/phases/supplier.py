"""Asking the supplier: at once, by the playbook's ladder, until a date or a deadline comes."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import HumanTask
    from domain.deadlines import Deadline
    from domain.orders import OrderLine
    from domain.timeline import EventKey
    from workflows.news import RESTOCK_STATES
    from workflows.policies import OURS
    from workflows.ports.suppliers import AskSupplier, SupplierAsked, SupplierPort
    from workflows.shortage import ShortageCase
    from workflows.shortage_state import SUPPLIER

_NO_LETTER = "no letter went out"
_PATIENCE_IF_LATE = timedelta(minutes=1)
"""How long the buyer waits for the letter where the supplier's time was over from the start."""


async def await_supplier(case: ShortageCase) -> bool:
    """Ask for the date on which the offers depend, and wait for it until it is needed.

    The asking is part of the wait and never goes on beside other steps: an activity that ends
    while a local one runs would leave the order of their commands to chance.

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
    rung, at = _next_rung(case)
    wake_at = min(at, by.at) if at else by.at
    if await case.wait(lambda: case.inbox.news, until=wake_at, why=by.name):
        return True
    # What the wait was for decides, not the clock: a replay may read it some moments later.
    if at is not None and at <= by.at:
        await _ask_all(case, rung, until=by.at)
        return True
    _fell_silent(case, by)
    return False


def _begin(case: ShortageCase) -> None:
    case.set_supplier_by()
    by = case.ask.supplier_by
    if by is not None:
        case.tell(EventKey.DEADLINE_SET, f"{by.name} {by.at:%Y-%m-%d %H:%M}Z", rule=by.rule)


def _fell_silent(case: ShortageCase, by: Deadline) -> None:
    case.ask.supplier_silent = True
    case.drop_task(SUPPLIER)
    case.tell(
        EventKey.SUPPLIER_SILENT,
        f"no date by {by.at:%Y-%m-%d %H:%M}Z",
        actor=case.supply.supplier or "supplier",
        rule=f"no_answer: {case.pinned.playbook.stockout.no_answer}",
    )


def _ladder(case: ShortageCase) -> list[datetime]:
    """Return when the supplier is asked; in an incident the incident asks."""
    if case.incident_id is not None:
        return []
    rungs = case.pinned.playbook.stockout.supplier_ladder
    return [case.ask.detected_at + after for after in rungs]


def _next_rung(case: ShortageCase) -> tuple[int, datetime | None]:
    """Return the rung that comes next and its instant; None after the last."""
    climbed, ladder = case.ask.supplier_rungs, _ladder(case)
    return climbed, ladder[climbed] if climbed < len(ladder) else None


async def _ask_all(case: ShortageCase, rung: int, *, until: datetime) -> None:
    """Ask about every SKU whose date nobody knows; a rung is climbed once, come what may."""
    # Rungs that passed while nobody ran count as this one.
    case.ask.supplier_rungs = max(rung + 1, sum(at <= case.now for at in _ladder(case)))
    for line in _unknown(case):
        asked = await case.race(
            _ask(case, line, rung),
            until=until if until > case.now else case.now + _PATIENCE_IF_LATE,
            unless=lambda: case.inbox.news,
            why="supplier_by",
        )
        _tell(case, line, rung, asked or SupplierAsked(reached=False, why_not=_NO_LETTER))


def _unknown(case: ShortageCase) -> list[OrderLine]:
    """Return one short unit of each SKU whose date nobody knows."""
    lines = {line.sku_id: line for line in case.units()}
    return [line for sku, line in lines.items() if not _is_known(case, sku)]


def _is_known(case: ShortageCase, sku: str) -> bool:
    news = case.supply.of(sku)
    return news.unavailable or news.in_stock or (news.at is not None and news.at > case.now)


async def _ask(case: ShortageCase, line: OrderLine, rung: int) -> SupplierAsked | None:
    by = case.ask.supplier_by
    step = case.step(f"supplier:{case.ask.number}:{line.sku_id}:{rung}")
    cmd = AskSupplier(
        key=case.effect_key(step),
        shop_id=case.shop_id,
        supplier=case.supply.supplier,
        sku_id=line.sku_id,
        seller_sku=line.seller_sku,
        product_name=line.product_name,
        units=sum(unit.sku_id == line.sku_id for unit in case.units()),
        answer_by=by.at if by else case.now,
        rung=rung,
        at=case.now,
    )
    step.tried = True
    return await case.try_once(SupplierPort.ask_supplier, cmd, OURS, "ask the supplier")


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
