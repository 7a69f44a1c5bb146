"""What else is found short of an order: merged by SKU, told to the buyer, nothing lost."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.cases import CaseKind, CaseState, HumanTask
    from domain.errors import InputError
    from domain.moves import Move
    from domain.timeline import EventKey
    from workflows.news import turn
    from workflows.payloads import ShortageFound, ShortLine
    from workflows.shortage import ShortageCase


def join(case: ShortageCase, found: ShortageFound) -> None:
    """Merge what else was found short; a SKU that joins after contact gets one more ask."""
    if case.closed and case.ledgers:
        case.inbox.late.append(found)
        return
    everything = (
        "short_lines" in found.model_fields_set and not found.short_lines and not case.every_line
    )
    grown = [
        line for line in _known_lines(case, found) if case.short.get(line.sku) != line.quantity
    ]
    new = _new_lines(case, grown)
    for line in grown:
        case.short[line.sku] = line.quantity
    case.every_line = case.every_line or everything
    _take_other_fields(case, found)
    if not (new or everything or grown):
        case.arrived()
        return
    skus = ", ".join(f"{line.sku} x {line.quantity}" for line in grown) or "every line"
    case.tell(EventKey.CASE_JOINED, skus, actor=found.source or "signal")
    if case.refund.scheduled:
        case.refund.more_to_settle = True
    elif (new or everything) and case.contact.first_at is not None:
        ask_further(case, found.detected_at)
    else:
        case.forget_approval()
        if case.phase is CaseState.CONTACTING:
            case.ask.renew()
            case.drop_contact_tasks()
    case.look_soon()


def _take_other_fields(case: ShortageCase, found: ShortageFound) -> None:
    if found.restock_at:
        case.supply.expected = found.restock_at
    case.substitute_sku_id = found.substitute_sku_id or case.substitute_sku_id
    case.language = found.language or case.language
    case.source = case.source or found.source
    case.incident_id = found.incident_id or case.incident_id
    case.stream = found.stream or case.stream
    case.supply.supplier = found.supplier or case.supply.supplier
    if case.ledgers and found.kind == CaseKind.UNAVAILABLE:
        case.opened_as = CaseKind.UNAVAILABLE
        turn(case, CaseKind.UNAVAILABLE)
    if not case.is_pinned:
        case.playbook_name = found.playbook or case.playbook_name


def _known_lines(case: ShortageCase, found: ShortageFound) -> list[ShortLine]:
    """Return the lines under their SKU IDs; lines that the order does not have are refused."""
    if case.order is None:
        case.inbox.held_lines.extend(
            line for line in found.short_lines if line.sku not in case.short
        )
        return [line for line in found.short_lines if line.sku in case.short]
    known = [(case.sku_of(line.sku), line) for line in found.short_lines]
    for sku, line in known:
        if sku is None:
            _refuse_line(case, line)
    return [ShortLine(sku_id=sku, quantity=line.quantity) for sku, line in known if sku]


def _refuse_line(case: ShortageCase, line: ShortLine) -> None:
    case.tell(EventKey.SIGNAL_REFUSED, f"shortage_found: SKU {line.sku} is not in the order")
    if case.closed:
        return
    case.ask_person(
        HumanTask(
            step="signal:shortage_found",
            ask=f"SKU {line.sku} was reported short, but it is not in this order; find out which "
            "order is meant.",
            options=("done",),
            otherwise="The case goes on without it.",
        )
    )


def name_lines(case: ShortageCase) -> None:
    """Now that the order is read, name the short lines by SKU ID and add what signals named.

    Raises:
        InputError: The start input named a SKU that is not in the order.
    """
    given, case.short = case.short, {}
    for name, quantity in given.items():
        sku = case.sku_of(name)
        if sku is None:
            raise InputError("short_lines", f"SKU {name} is not in order {case.order_id}")
        case.short[sku] = quantity
    held, case.inbox.held_lines = tuple(case.inbox.held_lines), []
    if held:
        join(case, ShortageFound(short_lines=held))


def _new_lines(case: ShortageCase, grown: list[ShortLine]) -> bool:
    return not case.every_line and any(line.sku not in case.short for line in grown)


def ask_further(case: ShortageCase, detected_at: datetime | None = None) -> None:
    """Tell and ask the buyer once more about all that is short."""
    if case.moves.allowed(case.phase, Move.SKU_JOINED):
        case.move(Move.SKU_JOINED)
        case.new_ask(detected_at)
