"""What is found short while a case is being filed: the order's next case takes it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseKind
    from domain.orders import OrderLine
    from domain.shortage import short_units
    from workflows.opening import CaseStart, oversell_start, stockout_start
    from workflows.payloads import ShortageFound
    from workflows.policies import OURS
    from workflows.ports import CaseRef, RecordsPort, ReopenCase
    from workflows.ports.opener import OpenCases, OpenerPort
    from workflows.shortage import ShortageCase

_REASON = "more was found short while the case was being filed"


async def pass_on(case: ShortageCase) -> None:
    """Open the order's case again, under the next suffix, for units that nobody settled."""
    found, case.inbox.late = tuple(case.inbox.late), []
    units = {line.line_id: line for one in found for line in _unsettled(case, one)}
    if not units:
        return
    cmd = ReopenCase(case_id=case.case_id, reason=_REASON, at=case.now)
    again: CaseRef = await workflow.execute_activity_method(
        RecordsPort.reopen_case,
        cmd,
        task_queue=OURS.task_queue,
        start_to_close_timeout=OURS.attempt,
        retry_policy=OURS.retry,
        summary="open the order's case again",
    )
    start = _start(case, tuple(units.values()), found[-1]).under(again.case_id)
    await workflow.execute_activity_method(
        OpenerPort.open_cases,
        OpenCases(starts=(start,), at=case.now),
        task_queue=OURS.task_queue,
        start_to_close_timeout=OURS.attempt,
        retry_policy=OURS.retry,
        summary="open the order's case again",
    )


def _unsettled(case: ShortageCase, found: ShortageFound) -> tuple[OrderLine, ...]:
    """Return the units that a find names and that this case did not settle."""
    ended = case.refund.scheduled and case.refund.whole
    if case.order is None or case.every_line or ended:
        return ()
    named = {case.sku_of(line.sku): line.quantity for line in found.short_lines}
    short = {
        sku: quantity
        for sku, quantity in named.items()
        if sku and quantity > case.short.get(sku, 0)
    }
    if found.short_lines and not short:
        return ()
    ours = {line.line_id for line in case.refund.units} | case.settled_lines
    wanted = short_units(case.order, short)
    return tuple(line for line in wanted if line.line_id not in ours)


def _start(case: ShortageCase, units: tuple[OrderLine, ...], found: ShortageFound) -> CaseStart:
    start = stockout_start if case.kind is CaseKind.UNAVAILABLE else oversell_start
    skus = {line.sku_id: 0 for line in units}
    for line in units:
        skus[line.sku_id] += 1
    return start(
        shop_id=case.shop_id,
        order_id=case.order_id,
        short_lines=[{"sku_id": sku, "quantity": count} for sku, count in skus.items()],
        restock_at=found.restock_at,
        supplier=found.supplier or case.supply.supplier,
        incident_id=found.incident_id or case.incident_id,
        source=found.source or case.source,
    )
