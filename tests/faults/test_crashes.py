"""Processes that die at the worst instant, in real time: the worker by SIGKILL, the server too."""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from domain.cases import CaseState, CaseView
from sandbox.shops import US_SHOP_ID
from tests.support.faults import COUPON, Effect, assert_refunded_once, until_told
from tests.support.holding_proxy import Hold, Instant
from tests.support.real_home import RealHome, real_home
from tests.support.stack import Opened

_HOLD_SECONDS = 20
_END_SECONDS = 60


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[RealHome]:
    async with real_home(tmp_path) as running:
        shop_rules = running.stack.settings.shop_playbooks_folder
        shop_rules.mkdir()
        (shop_rules / f"{US_SHOP_ID}.yaml").write_text(
            f'name: with-coupon\nrefund:\n  coupon_id: "{COUPON}"\n'
        )
        yield running


@dataclass
class _Victim:
    """A case whose effect stands still in flight when a process dies."""

    case: Opened
    hold: Hold


async def _victim(home: RealHome, effect: Effect, instant: Instant) -> _Victim:
    if effect is Effect.MESSAGE:
        order_id = await home.stack.order()
        hold = home.proxy.hold(Hold(instant, ("POST", "/messages?", order_id[-6:])))
        return _Victim(await home.open(order_id), hold)
    case = await home.open(await home.stack.order())
    await case.until(CaseState.AWAITING_CHOICE)
    words = ("POST", case.order_id, "cancel_reason")
    if effect is Effect.COUPON:
        words = ("POST", await _conversation(case), "COUPON_CARD")
    hold = home.proxy.hold(Hold(instant, words))
    await case.signal("buyer_chose", {"choice": "refund"})
    return _Victim(case, hold)


async def _conversation(case: Opened) -> str:
    said = (await case.stack.sandbox.effects())["messages"]
    return str(next(m["conversation_id"] for m in said if m["order_id"] == case.order_id))


async def _all_stand_still(victims: Sequence[_Victim]) -> None:
    async with asyncio.timeout(_HOLD_SECONDS):
        await asyncio.gather(*(victim.hold.held.wait() for victim in victims))


async def _ends_once(case: Opened) -> None:
    await until_told(case, "buyer.contacted", within=_END_SECONDS)
    if (await case.view()).state is CaseState.AWAITING_CHOICE:
        await case.signal("buyer_chose", {"choice": "refund"})
    async with asyncio.timeout(_END_SECONDS):
        view = CaseView.model_validate(await case.handle.result())
    await assert_refunded_once(case, view)


async def test_a_worker_killed_before_or_after_an_effect_neither_repeats_nor_loses_it(
    home: RealHome,
) -> None:
    await home.start_worker()
    wanted = itertools.product(Effect, Instant)
    victims = await asyncio.gather(*(_victim(home, *each) for each in wanted))
    await _all_stand_still(victims)

    await home.kill_worker()
    await home.start_worker()

    await asyncio.gather(*(_ends_once(victim.case) for victim in victims))


async def test_a_server_killed_in_the_middle_goes_on_from_its_file(home: RealHome) -> None:
    await home.start_worker()
    told = await home.open(await home.stack.order())
    await told.until(CaseState.AWAITING_CHOICE)
    refunding = await _victim(home, Effect.CANCELLATION, Instant.AFTER)
    await _all_stand_still([refunding])

    await home.restart_server(signal.SIGKILL)
    refunding.hold.let_go.set()

    await asyncio.gather(_ends_once(told), _ends_once(refunding.case))
