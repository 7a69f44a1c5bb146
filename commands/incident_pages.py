"""Incidents as people see them: a list, a page, and the plan before one is opened."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.table import Table

from casedesk.intake import ShortagePlan
from commands.tables import instant, plain_table, task_table, timeline_table

_SIDES = ("kept", "refunded")
_ON_TIME = (None, "PT0S")


def plan_page(plan: ShortagePlan) -> list[Any]:
    """Return who is served, who is short and who does not compete for a SKU, each with why."""
    table = plain_table("order", "units", "", "why")
    each = [(one, "served") for one in plan.served] + [(one, "short") for one in plan.short]
    for placed, fate in each:
        table.add_row(placed.order_id, str(placed.quantity), fate, placed.why)
    skipped = plain_table("skipped", "reason")
    for left in plan.skipped:
        skipped.add_row(left.order_id, left.reason)
    return [f"{plan.sku}: {plan.summary}", table, *([skipped] if plan.skipped else [])]


def incident_table(views: Sequence[dict[str, Any]]) -> Table:
    """Return a list of incidents."""
    table = plain_table("sku", "state", "shelf", "served", "short", "open", "due", "task")
    for view in views:
        part, seen = view["incident"], view["incident"]["counts"]
        table.add_row(
            part["sku_id"],
            view["outcome"] or view["state"],
            str(part["on_hand"]),
            str(seen["served"]),
            str(seen["short"]),
            str(seen["open_cases"]),
            instant(view["closed_at"] or view["due_at"]),
            "yes" if view["needs_human"] else "",
        )
    return table


def review_table(reviews: Sequence[dict[str, Any]]) -> Table:
    """Return what closed incidents came to, and their sum."""
    table = plain_table("sku", "stream", "orders", "short", "kept", "refunded", "late", "missed")
    for review in reviews:
        late = sum(1 for date in review["promises"] if date["late_by"] not in _ON_TIME)
        table.add_row(
            review["sku_id"],
            review["stream"] or "",
            str(review["orders"]["total"]),
            str(review["cases"]),
            *(_totals([review], side) for side in _SIDES),
            str(late) if review["promises"] else "",
            str(review["breaches"]),
        )
    table.add_section()
    table.add_row(
        f"{len(reviews)} in all",
        "",
        str(sum(review["orders"]["total"] for review in reviews)),
        str(sum(review["cases"] for review in reviews)),
        *(_totals(reviews, side) for side in _SIDES),
        "",
        str(sum(review["breaches"] for review in reviews)),
    )
    return table


def incident_page(
    view: dict[str, Any],
    review: dict[str, Any] | None,
    orders: list[dict[str, Any]],
    events: list[dict[str, Any]],
) -> list[Any]:
    """Return one page per incident: its units, its orders, what a person has to do, the story."""
    facts = plain_table("what", "is")
    for name, value in _facts(view, review):
        facts.add_row(name, value)
    parts: list[Any] = [facts]
    if view["tasks"]:
        parts.append(task_table(view["tasks"]))
    if orders:
        table = plain_table("order", "units", "", "why")
        for one in orders:
            standing = one["standing"] + (f", {one['outcome']}" if one["outcome"] else "")
            table.add_row(one["order_id"], str(one["quantity"]), standing, one["why"])
        parts.append(table)
    return [*parts, timeline_table(events)]


def _facts(view: dict[str, Any], review: dict[str, Any] | None) -> list[tuple[str, str]]:
    part, seen = view["incident"], view["incident"]["counts"]
    orders = ", ".join(
        f"{count} {name.replace('_', ' ')}" for name, count in seen.items() if count
    )
    lots = ", ".join(f"{lot['lot_id']} with {lot['quantity']}" for lot in part["lots"])
    changed = ", ".join(
        f"{one['target']} {one['state']}{'' if one['verified'] else ' (not read back)'}"
        for one in part["changes"]
    )
    restock = part["restock"] + (f" {instant(part['restock_at'])}" if part["restock_at"] else "")
    found = [
        ("incident", view["case_id"]),
        ("product", f"{part['product_name']} {part['seller_sku']}".strip()),
        ("state", view["outcome"] or view["state"]),
        ("units", f"{part['on_hand']} on the shelf, {part['promised']} promised"),
        ("policy", part["policy"]),
        ("orders", orders),
        ("lots", lots),
        ("restock", restock),
        ("asked next", instant(part["next_chase_at"]) if part["next_chase_at"] else ""),
        ("changed", changed),
        ("ads", part["ads"]),
        ("the first", part["duplicate_of"] or ""),
        ("money", _money(review) if review else ""),
    ]
    return [(name, value) for name, value in found if value]


def _money(review: dict[str, Any]) -> str:
    return ", ".join(f"{side} {_totals([review], side) or 'none'}" for side in _SIDES)


def _totals(reviews: Sequence[dict[str, Any]], side: str) -> str:
    """Add up per currency; currencies are never added to each other."""
    totals = defaultdict[str, Decimal](Decimal)
    for review in reviews:
        for currency, amount in review["money"][side].items():
            totals[currency] += Decimal(amount)
    return ", ".join(f"{amount} {currency}" for currency, amount in sorted(totals.items()))
