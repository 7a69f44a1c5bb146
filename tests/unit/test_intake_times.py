"""Dates of a file are read in one order, settled by the file and the market, or not at all."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from casedesk.intake.errors import IntakeError
from casedesk.intake.markets import market_named
from casedesk.intake.times import Clock, TimeError, settle_date_order
from domain.intake import DateOrder

DAY, MONTH = DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST
BANGKOK = ZoneInfo("Asia/Bangkok")


@pytest.mark.parametrize(
    ("times", "market", "order"),
    [
        (["05/06/2026 10:00:00", "20/11/2026 10:00:00"], None, DAY),
        (["05/06/2026 10:00:00", "11/20/2026 10:00:00"], None, MONTH),
        (["05/06/2026 10:00:00 AM"], None, MONTH),
        (["20/11/2026 10:00:00 AM"], None, DAY),
        (["05/06/2026 10:00:00"], "TH", DAY),
        (["05/06/2026 10:00:00"], "US", MONTH),
        (["11/20/2026 10:00:00"], "TH", MONTH),
        (["2026-06-05 10:00:00"], None, DAY),
        ([], None, DAY),
    ],
)
def test_a_number_above_twelve_then_am_pm_then_the_market_decides(
    times: list[str], market: str | None, order: DateOrder
) -> None:
    assert order is settle_date_order(times, market_named(market), "orders.csv")


def test_ambiguous_dates_without_a_market_are_refused_with_the_way_out() -> None:
    with pytest.raises(IntakeError, match=r"05/06/2026 10:00:00 can be read .* --market TH"):
        settle_date_order(["05/06/2026 10:00:00"], None, "orders.csv")


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        (["20/11/2026 10:00:00", "11/20/2026 10:00:00"], "mixes day-first and month-first"),
        (["20/11/2026 10:00:00", "2026-06-05 10:00:00"], "some times as dates and some as text"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(times: list[str], reason: str) -> None:
    with pytest.raises(IntakeError, match=reason):
        settle_date_order(times, market_named("TH"), "orders.csv")


@pytest.mark.parametrize(
    ("text", "order", "zone", "instant"),
    [
        ("20/11/2026 14:03:05", DAY, BANGKOK, "2026-11-20T07:03:05+00:00"),
        ("20-11-2026 14:03", DAY, BANGKOK, "2026-11-20T07:03:00+00:00"),
        ("05/06/2026 00:00:00", DAY, BANGKOK, "2026-06-04T17:00:00+00:00"),
        ("2026-11-20 14:03:05", MONTH, BANGKOK, "2026-11-20T07:03:05+00:00"),
        (
            "11/20/2026 12:03:05 AM",
            MONTH,
            ZoneInfo("America/Los_Angeles"),
            "2026-11-20T08:03:05+00:00",
        ),
        (
            "07/04/2026 12:00:00 PM",
            MONTH,
            ZoneInfo("America/Los_Angeles"),
            "2026-07-04T19:00:00+00:00",
        ),
    ],
)
def test_local_times_become_instants(
    text: str, order: DateOrder, zone: ZoneInfo, instant: str
) -> None:
    assert datetime.fromisoformat(instant) == Clock(order, zone).instant(text)


def test_an_empty_cell_is_no_instant() -> None:
    assert Clock(DAY, UTC).instant("") is None


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "20/11/2026",
        "31/02/2026 10:00:00",
        "20/11/2026 25:00:00",
        "20/11/2569 10:00:00",
        "20/11/2026 13:00:00 PM",
        "20/11/2026 00:30:00 AM",
        "46346.5",
    ],
)
def test_what_is_no_date_with_a_time_is_refused(text: str) -> None:
    with pytest.raises(TimeError):
        Clock(DAY, BANGKOK).instant(text)
