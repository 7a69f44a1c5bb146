"""Rows of one order × several SKUs become one order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from casedesk.intake.rows import Found
from domain.intake import IntakeLine, IntakeOrder
from domain.orders import OrderType

_T = TypeVar("_T")


def merge_orders(found: Iterable[Found]) -> tuple[tuple[IntakeOrder, ...], tuple[str, ...]]:
    """Return the orders of a file in its own sequence, and notes on rows that meet.

    A row equal to an earlier one in everything we read is the same row twice (files pasted
    together) and counts once. Rows of one order and SKU that differ are parts of it, in
    different parcels, and are all kept.
    """
    by_order: defaultdict[str, list[Found]] = defaultdict(list)
    for one in found:
        by_order[one.order_id].append(one)
    notes: list[str] = []
    orders = tuple(_order(rows, notes) for rows in by_order.values())
    return orders, tuple(notes)


def _order(rows: Sequence[Found], notes: list[str]) -> IntakeOrder:
    first = rows[0]
    types = [row.order_type for row in rows if row.order_type is not OrderType.NORMAL]
    return IntakeOrder(
        order_id=first.order_id,
        order_type=types[0] if types else OrderType.NORMAL,
        created_at=_first(row.created_at for row in rows),
        paid_at=_first(row.paid_at for row in rows),
        cancelled_at=_first(row.cancelled_at for row in rows),
        total=_first(row.total for row in rows),
        lines=_distinct(first.order_id, [row.line for row in rows], notes),
    )


def _first(values: Iterable[_T | None]) -> _T | None:
    return next((value for value in values if value is not None), None)


def _distinct(
    order_id: str, lines: Sequence[IntakeLine], notes: list[str]
) -> tuple[IntakeLine, ...]:
    kept: list[IntakeLine] = []
    for line in lines:
        same_sku = [one for one in kept if _sku(one) == _sku(line)]
        twin = next((one for one in same_sku if _same(one, line)), None)
        if twin is not None:
            notes.append(
                f"Rows {twin.row} and {line.row} repeat a line of order {order_id};"
                " it counts once."
            )
            continue
        if same_sku:
            notes.append(
                f"Rows {same_sku[0].row} and {line.row} are parts of one SKU of order {order_id};"
                " their units were added."
            )
        kept.append(line)
    return tuple(kept)


def _sku(line: IntakeLine) -> tuple[str, str]:
    return line.sku_id, line.seller_sku


def _same(one: IntakeLine, other: IntakeLine) -> bool:
    return one.model_copy(update={"row": other.row}) == other
