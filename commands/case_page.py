"""One case on a page: what it is, what is due, what a person has to do, the story."""

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

from commands.tables import instant, task_table, timeline_table
from domain.stockout import Course

View = Mapping[str, Any]
"""A case as its `view` query answers, or a part of one, in JSON's types."""
_DEADLINES = ("contact_by", "choice_by", "promise_by", "promised_at", "consent_by", "due_at")


def case_page(view: View, events: Iterable[View]) -> list[Any]:
    """Return one page per case: what it is, what is due, what a person has to do, the story."""
    facts = Table.grid(padding=(0, 2))
    facts.add_column(no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(view):
        facts.add_row(name, value)
    return [facts, *([task_table(view["tasks"])] if view["tasks"] else []), timeline_table(events)]


def _facts(view: View) -> list[tuple[str, str]]:
    state = view["outcome"] or view["state"]
    if view["resumes_to"]:
        state += f", then {view['resumes_to']}"
    refund = view["refund"]
    amount = f" {refund['amount']} {refund['currency']}" if refund["amount"] else ""
    offers = ", ".join(_offer(offer) for offer in view["offers"])
    found = [
        ("case", view["case_id"]),
        ("kind", f"{view['kind']} in {view['market'] or 'a market not known yet'}"),
        ("state", state),
        ("short", ", ".join(view["short_skus"])),
        ("contact", view["contact_mode"] or ""),
        ("contacted", instant(view["contacted_at"]) if view["contacted_at"] else ""),
        *((name, instant(view[name])) for name in _DEADLINES if view[name]),
        ("offers", offers),
        *_supply_facts(view),
        ("choice", view["choice"] or ""),
        ("refund", f"{refund['status']}{amount}" if refund["status"] != "none" else ""),
        ("assignee", view["assignee"] or ""),
        ("missed", ", ".join(breach["deadline"] for breach in view["breaches"])),
        ("closed", instant(view["closed_at"]) if view["closed_at"] else ""),
    ]
    return [(name, value) for name, value in found if value]


def _offer(offer: View) -> str:
    extra = (
        f"by {instant(offer['promised_at'])}" if offer["promised_at"] else "",
        f"for {offer['substitute_sku_id']}" if offer["substitute_sku_id"] else "",
        *_sweeteners(offer),
    )
    return " ".join([offer["choice"], *(part for part in extra if part)])


def _sweeteners(offer: View) -> tuple[str, ...]:
    return (
        f"with {offer['gift']}" if offer["gift"] else "",
        f"coupon {offer['coupon_id']}" if offer["coupon_id"] else "",
        f"discount {offer['discount']}" if offer.get("discount") else "",
    )


def _supply_facts(view: View) -> list[tuple[str, str]]:
    # Cases of other kinds, and those that older versions filed, say nothing of it.
    part: View = view.get("supply") or {}
    owed = [_owed(one) for one in part.get("owed", ()) if not one["given"]]
    return [
        ("supplier", _supplier(part)),
        ("restock", "\n".join(part.get("dates", ()))),
        ("course", _course(part)),
        ("rounds", "\n".join(_round(one) for one in part.get("rounds", ()))),
        ("still owed", "\n".join(owed)),
        ("not offered", "\n".join(view.get("offers_not_made", ()))),
    ]


def _supplier(part: View) -> str:
    name, until = part.get("supplier"), part.get("answer_by")
    if not name and not until:
        return ""
    waits = f"answer needed by {instant(until)}" if until else "not waited for"
    return f"{name or 'nobody named'}; {'has answered' if part['answered'] else waits}"


def _course(part: View) -> str:
    course, why = part.get("course", Course.OFFERS), part.get("course_why", "")
    if course == Course.OFFERS and not why:
        return ""
    return f"{course.replace('_', ' ')}{': ' if why else ''}{why}"


def _round(one: View) -> str:
    until = f"wait until {instant(one['promised_at'])}" if one["promised_at"] else ""
    said = " ".join(part for part in (until, *_sweeteners(one)) if part)
    return f"{one['number']}, {instant(one['at'])}{': ' if said else ''}{said}"


def _owed(one: View) -> str:
    by = f" by {instant(one['by'])}" if one["by"] else ""
    return f"{one['what']}{by}"
