"""Opening many cases: bounded, from where it stood, and a crash changes no figure."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment

from activities.opener import CaseStarter, OpenerActivities, SignalWithStart
from activities.restock_news import RestockNewsActivities
from domain.cases import CaseKind
from domain.handout import HandOut, InLine, Standing
from domain.incidents import RestockState
from records.incident_cases import IncidentCases
from records.incident_ledgers import IncidentLedgers
from sandbox.shops import US_SHOP_ID
from tests.support.incidents import Floor, eventually, fresh
from tests.support.stack import Stack
from workflows import names
from workflows.opening import CaseStart, Fate, oversell_start
from workflows.ports.opener import OpenCases, OpenShortOrders, ShortOrdersOpened
from workflows.ports.restock_news import TellOfRestock


class _CrashError(Exception):
    """The worker dies."""


class _Dying:
    """Starts some of the cases, then dies before anybody hears of it."""

    def __init__(self, starter: CaseStarter, after: int) -> None:
        self._starter, self._after = starter, after

    async def start(self, starts: Sequence[CaseStart], *, at: datetime) -> dict[str, Fate]:
        await self._starter.start(starts[: self._after], at=at)
        raise _CrashError


def _starter(floor: Stack) -> SignalWithStart:
    return SignalWithStart(floor.client, at_once=4)


async def _short(floor: Stack, count: int) -> tuple[Floor, OpenShortOrders]:
    """Return a SKU with so many short orders on file, and the command that opens their cases."""
    sku = fresh(floor)
    await sku.sell(*[1] * count)
    line = [InLine(order_id=one, units=1, standing=Standing.SHORT) for one in sku.orders]
    incident_id = names.incident_id(US_SHOP_ID, sku.sku_id, "opening")
    IncidentLedgers(floor.db).begin(incident_id, HandOut(on_hand=0, line=tuple(line)), {})
    now = datetime.now(UTC)
    cmd = OpenShortOrders(
        incident_id=incident_id,
        shop_id=US_SHOP_ID,
        sku_id=sku.sku_id,
        kind=CaseKind.OVERSOLD,
        detected_at=now,
        at=now,
    )
    return sku, cmd


async def _open(
    floor: Stack, starter: CaseStarter, cmd: OpenShortOrders, heard: list[object]
) -> ShortOrdersOpened:
    opener = OpenerActivities(floor.client, floor.db, starter)
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *details: heard.append(details)
    return await environment.run(opener.open_short_orders, cmd)


async def test_a_crash_between_start_and_record_counts_every_case_as_opened(
    floor: Stack,
) -> None:
    sku, cmd = await _short(floor, 6)
    joined = oversell_start(shop_id=US_SHOP_ID, order_id=sku.orders[5])
    await _starter(floor).start([joined], at=cmd.at)
    heard: list[object] = []

    for after in (0, 3):
        with pytest.raises((_CrashError, ApplicationError)):
            await _open(floor, _Dying(_starter(floor), after), cmd, heard)
    assert [] == heard
    opened = await _open(floor, _starter(floor), cmd, heard)

    assert (5, 1, 0) == (opened.opened, opened.joined, opened.already_closed)
    assert (5, 1, 6) == (
        opened.figures.opened,
        opened.figures.joined,
        opened.figures.open_cases,
    )
    assert 1 == len(heard)
    again = await _open(floor, _starter(floor), cmd, heard)
    assert (0, 0, opened.figures.version) == (again.opened, again.joined, again.figures.version)


async def test_a_page_ends_at_its_limit_and_the_next_goes_on_in_line(floor: Stack) -> None:
    sku, cmd = await _short(floor, 5)
    small = cmd.model_copy(update={"limit": 2})
    pages = [await _open(floor, _starter(floor), small, []) for _ in range(3)]

    assert [3, 1, 0] == [one.figures.unopened for one in pages]
    for order_id in sku.orders:
        view = await sku.case(order_id).view()
        assert (cmd.incident_id, "incident") == (view.incident_id, view.source)


class _Slow:
    """Starts nothing, and ends the batches, by their place in the line, when it may."""

    def __init__(self, line: Sequence[str], *, fails_at: int | None = None) -> None:
        self._line, self._fails_at = line, fails_at
        self.begun = dict[int, int]()
        self.may = [asyncio.Event() for _ in range(0, len(line), 2)]
        self.cancelled = 0

    async def start(self, starts: Sequence[CaseStart], *, at: datetime) -> dict[str, Fate]:
        place = self._line.index(starts[0].payload["order_id"]) // 2
        self.begun[place] = len(starts)
        try:
            await self.may[place].wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if place == self._fails_at:
            raise _CrashError
        return {start.case_id: Fate.OPENED for start in starts}


def _in_twos(floor: Stack, starter: _Slow, cmd: OpenShortOrders) -> asyncio.Task[object]:
    opener = OpenerActivities(floor.client, floor.db, starter, batch=2)
    return asyncio.create_task(ActivityEnvironment().run(opener.open_short_orders, cmd))


async def test_the_next_batch_is_under_way_while_one_is_recorded(floor: Stack) -> None:
    sku, cmd = await _short(floor, 5)
    starter, cases = _Slow(sku.orders), IncidentCases(floor.db)
    opening = _in_twos(floor, starter, cmd)
    await eventually(lambda: len(starter.begun) == 2)
    assert 5 == len(cases.unopened(cmd.incident_id, limit=9))
    starter.may[0].set()
    await eventually(lambda: len(starter.begun) == 3)

    assert 3 == len(cases.unopened(cmd.incident_id, limit=9))
    starter.may[1].set()
    starter.may[2].set()
    opened = await opening
    assert isinstance(opened, ShortOrdersOpened)
    assert (5, 5, 0) == (opened.opened, opened.figures.open_cases, opened.figures.unopened)
    assert {0: 2, 1: 2, 2: 1} == starter.begun


async def test_a_batch_that_fails_takes_none_before_it_along(floor: Stack) -> None:
    sku, cmd = await _short(floor, 6)
    starter = _Slow(sku.orders, fails_at=1)
    opening = _in_twos(floor, starter, cmd)
    await eventually(lambda: len(starter.begun) == 2)
    starter.may[0].set()
    await eventually(lambda: len(starter.begun) == 3)
    starter.may[1].set()

    with pytest.raises(_CrashError):
        await opening
    await eventually(lambda: starter.cancelled == 1)
    assert 4 == len(IncidentCases(floor.db).unopened(cmd.incident_id, limit=9))


async def test_a_slow_pace_of_news_gives_signs_of_life(
    floor: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.restock_news._SIGN_OF_LIFE", 0.01)
    _sku, cmd = await _short(floor, 2)
    await _open(floor, _starter(floor), cmd, [])
    news = RestockNewsActivities(floor.client, floor.db, per_second=10)
    beats: list[object] = []
    environment = ActivityEnvironment()
    environment.on_heartbeat = lambda *details: beats.append(details)

    told = await environment.run(
        news.tell_of_restock,
        TellOfRestock(
            incident_id=cmd.incident_id,
            shop_id=cmd.shop_id,
            sku_id=cmd.sku_id,
            units=False,
            state=RestockState.UNAVAILABLE,
            news=1,
        ),
    )

    assert (2, 0) == (told.told, told.figures.untold_news)
    assert len(beats) > told.told


async def test_any_workflow_opens_cases_by_the_same_door(floor: Stack) -> None:
    (first, second) = await fresh(floor).sell(1, 1)
    starts = tuple(oversell_start(shop_id=US_SHOP_ID, order_id=one) for one in (first, second))
    opener = OpenerActivities(floor.client, floor.db, _starter(floor))
    now = datetime.now(UTC)

    one = await ActivityEnvironment().run(opener.open_cases, OpenCases(starts=starts[:1], at=now))
    both = await ActivityEnvironment().run(opener.open_cases, OpenCases(starts=starts, at=now))

    assert (starts[0].case_id,) == one.opened == both.joined
    assert (starts[1].case_id,) == both.opened
