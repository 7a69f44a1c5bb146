"""The page of one case, as people see it in a terminal."""

import io
from datetime import timedelta
from typing import Any

from rich.console import Console

from commands.case_page import case_page
from domain.cases import CaseKind, OfferView
from domain.choices import Choice
from domain.stockout import Course
from domain.supply_parts import OwedView, RoundView, SupplyPart
from tests.support.console_desk import NOW, a_case

SOON = NOW + timedelta(hours=6)


def said(**changes: Any) -> str:
    """Return the page of a case on a terminal of 80 columns."""
    out = io.StringIO()
    console = Console(file=out, width=80, highlight=False, markup=False)
    console.print(*case_page(a_case(**changes).model_dump(mode="json"), []), sep="\n")
    text = out.getvalue()
    assert 80 >= max(len(line) for line in text.splitlines())
    return " ".join(text.split())


def test_a_shortage_tells_what_its_supplier_said_and_what_follows() -> None:
    supply = SupplyPart(
        supplier="Acme",
        answer_by=SOON,
        answered=True,
        course=Course.RECOMMEND_REFUND,
        course_why="it takes 40 days, longer than 15",
        dates=("1729 2026-03-09 08:00Z: two days later than said, from 24 promises [p90]",),
        rounds=(RoundView(number=1, at=NOW, promised_at=SOON, gift="a sticker", discount="5.00"),),
        owed=(
            OwedView(choice=Choice.WAIT, what="a sticker", by=SOON),
            OwedView(choice=Choice.REFUND, what="a mug", given=True),
        ),
    )
    page = said(
        kind=CaseKind.UNAVAILABLE,
        supply=supply,
        offers=(OfferView(choice=Choice.REFUND, discount="5.00"),),
        offers_not_made=("wait: no date before the last instant that may be promised",),
    )
    soon = f"{SOON:%m-%d %H:%MZ}"
    for wanted in (
        "supplier Acme; has answered",
        "from 24 promises [p90]",
        "course recommend refund: it takes 40 days, longer than 15",
        f"rounds 1, {NOW:%m-%d %H:%MZ}: wait until {soon} with a sticker discount 5.00",
        f"still owed a sticker by {soon}",
        "offers refund discount 5.00",
        "not offered wait: no date before the last instant that may be promised",
    ):
        assert wanted in page
    assert "a mug" not in page


def test_a_supplier_who_has_not_answered_is_shown_with_the_latest_instant() -> None:
    assert f"nobody named; answer needed by {SOON:%m-%d %H:%MZ}" in said(
        supply=SupplyPart(answer_by=SOON)
    )
    assert "supplier Acme; not waited for" in said(supply=SupplyPart(supplier="Acme"))


def test_nothing_is_said_of_a_supply_that_nobody_knows_anything_of() -> None:
    """So that an ordinary oversold order has no rows that say nothing."""
    for supply in (None, SupplyPart()):
        page = said(supply=supply)
        for row in ("supplier", "restock", "course", "rounds", "still owed", "not offered"):
            assert row not in page
