"""One write of a case put under a fault, and what must be true of every case at its end."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from domain.cases import CaseOutcome, CaseState, CaseView, CouponStatus
from tests.support.stack import Opened, Stack

COUPON = "7262992004278206101"
"""A coupon of the US shop that may be sent in chat."""
COUPON_PLAYBOOK = "with-coupon"
_SEND = "/customer_service/202606/conversations"
_CANCEL = "/return_refund/202602/cancellations"
_LOOKS = {"chat": "/customer_service/202309/conversations", "cancellations": f"{_CANCEL}/search"}
_PATIENCE = 20


class Effect(StrEnum):
    """What must happen at most once."""

    MESSAGE = "message"
    CANCELLATION = "cancellation"
    COUPON = "coupon"


LOOK_OF = {
    Effect.MESSAGE: {"method": "GET", "path_prefix": _LOOKS["chat"]},
    Effect.COUPON: {"method": "GET", "path_prefix": _LOOKS["chat"]},
    Effect.CANCELLATION: {"method": "POST", "path_prefix": _LOOKS["cancellations"]},
}
"""The read by which each effect is found again."""


def target_of(effect: Effect, order_id: str) -> dict[str, str]:
    """Return the fields of a fault that meets one effect of one order and nothing else."""
    match effect:
        case Effect.MESSAGE:
            return {"method": "POST", "path_prefix": _SEND, "match": order_id[-6:]}
        case Effect.CANCELLATION:
            # The search of cancellations has the same prefix and gives no reason.
            return {
                "method": "POST",
                "path_prefix": _CANCEL,
                "order_id": order_id,
                "match": "cancel_reason",
            }
        case Effect.COUPON:
            return {"method": "POST", "path_prefix": _SEND, "match": COUPON}


def write_coupon_playbook(stack: Stack) -> str:
    """Put a playbook with a coupon on the shelf and return its name."""
    return stack.write_playbook(
        COUPON_PLAYBOOK, f'name: {COUPON_PLAYBOOK}\nrefund:\n  coupon_id: "{COUPON}"\n'
    )


@dataclass
class Trial:
    """One case whose effect meets faults on its way to a refund by choice."""

    stack: Stack
    effect: Effect
    order_id: str

    @classmethod
    async def of(cls, stack: Stack, effect: Effect) -> "Trial":
        """Put a fresh order into the shop."""
        return cls(stack, effect, await stack.order())

    async def fault(self, kind: str, **other: Any) -> None:
        """Let the effect of this order meet a fault."""
        await self.stack.sandbox.fault(kind, **(target_of(self.effect, self.order_id) | other))

    async def blind(self) -> None:
        """Let the look of this effect fail once in a way that only a person can clear."""
        await self.stack.sandbox.fault("refuse", code=10007002, **LOOK_OF[self.effect])

    async def faults_left(self) -> list[dict[str, Any]]:
        """Return the planned faults that no call has met yet."""
        answer = await self.stack.sandbox.http.get("/_control/faults")
        planned: list[dict[str, Any]] = answer.json()["faults"]
        return planned

    async def open(self) -> Opened:
        """Open the case; with the coupon playbook, so that all three effects are due."""
        playbook = write_coupon_playbook(self.stack)
        return await self.stack.open(self.order_id, playbook=playbook)

    async def up_to_effect(self) -> Opened:
        """Open the case and lead it to where the effect is tried next."""
        case = await self.open()
        if self.effect is not Effect.MESSAGE:
            await case.until(CaseState.AWAITING_CHOICE)
            await case.signal("buyer_chose", {"choice": "refund"})
        return case

    async def called(self, times: int = 1) -> None:
        """Wait until the effect was tried so many times, whatever came of it."""
        target = target_of(self.effect, self.order_id)
        async with asyncio.timeout(_PATIENCE):
            while True:
                if len(await self._tries(target)) >= times:
                    return
                await asyncio.sleep(0.02)

    async def _tries(self, target: Mapping[str, str]) -> list[dict[str, Any]]:
        calls = await self.stack.sandbox.calls(target["path_prefix"])
        words = [target[name] for name in ("match", "order_id") if name in target]
        return [
            call
            for call in calls
            if call["method"] == target["method"]
            and all(word in str(call["body"]) + call["path"] for word in words)
        ]

    async def finish(self, case: Opened) -> CaseView:
        """Lead the case from wherever it stands to its end, back-off skipped."""
        if self.effect is Effect.MESSAGE:
            await until_skipping(case, CaseState.AWAITING_CHOICE)
            await case.signal("buyer_chose", {"choice": "refund"})
            return await case.result()
        await until_skipping(case, CaseState.CLOSED)
        return await case.result()


async def until_skipping(case: Opened, state: CaseState) -> None:
    """Wait for a state, with the pauses between tries skipped rather than waited for."""
    for _ in range(40):
        if (await case.view()).state is state:
            return
        if not await case.skip(timedelta(seconds=2)):
            break
    await case.until(state)


async def until_told(case: Opened, key: str, count: int = 1, *, within: float = _PATIENCE) -> None:
    """Wait until the timeline holds an event so many times, for so many seconds at most."""
    async with asyncio.timeout(within):
        while True:
            if (await case.keys()).count(key) >= count:
                return
            await asyncio.sleep(0.02)


async def words_to_buyer(case: Opened) -> list[str]:
    """Return the texts the buyer really got about the order, cards left out."""
    return [text for text in await case.texts() if text]


async def coupons_of(case: Opened) -> list[str]:
    """Return the coupons really sent for the order."""
    sent = (await case.stack.sandbox.effects())["coupons_sent"]
    return [one["coupon_id"] for one in sent if one["order_id"] == case.order_id]


async def assert_told_once(case: Opened, *, texts: int) -> None:
    """Check that the buyer got so many texts and none of them twice."""
    words = await words_to_buyer(case)
    assert texts == len(set(words))
    assert sorted(set(words)) == sorted(words), "a text was said twice"


async def assert_refunded_once(case: Opened, view: CaseView) -> None:
    """Check the end of a case refunded by choice: ask, refund and coupon, each exactly once."""
    assert CaseOutcome.REFUNDED_BY_CHOICE == view.outcome
    await assert_told_once(case, texts=2)
    assert ["SELLER"] == [one["role"] for one in await case.cancellations()]
    assert [COUPON] == await coupons_of(case)
    assert CouponStatus.SENT == view.coupon.status
