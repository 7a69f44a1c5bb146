"""Lets due events happen on the shop clock, in order, each at its own instant."""

import asyncio
import contextlib
from collections.abc import Callable

import httpx

from sandbox import buyers
from sandbox.cancellations import FINISH, UNANSWERED, finish, run_out
from sandbox.carrier import carrier_event, order_event
from sandbox.clock import rfc3339
from sandbox.habit_runs import REACT
from sandbox.orders import ORDER_CLOCK, set_status
from sandbox.seed import CARRIER
from sandbox.store import Doc
from sandbox.webhooks import DELIVER, deliver
from sandbox.world import World

_AT_ONCE = 16
_LONGEST_SLEEP = 3600.0


class Timeline:
    """Runs events: in real time by itself, or up to an instant on request."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._turn = asyncio.Lock()
        self._client: httpx.AsyncClient | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to run events as they fall due."""
        if self._keeper is None:
            self._client = httpx.AsyncClient(trust_env=False)
            self._keeper = asyncio.create_task(self._keep_time())

    async def stop(self) -> None:
        """Stop; what has not happened stays planned."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _keep_time(self) -> None:
        schedule, clock = self._world.schedule, self._world.clock
        while True:
            schedule.changed.clear()
            async with self._turn:
                await self._run_until(clock.shop(), jump=False)
            due = schedule.next_at()
            wait = _LONGEST_SLEEP if due is None else min(due - clock.shop(), _LONGEST_SLEEP)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(schedule.changed.wait(), max(wait, 0.0))

    async def move(self, *, offset: float | None, gateway_offset: float | None) -> None:
        """Set the clocks; moving the shop clock on runs everything due on the way first.

        Args:
            offset: Seconds of the shop clock ahead of real time; None leaves it.
            gateway_offset: The same of the gateway clock.
        """
        world, clock = self._world, self._world.clock
        if gateway_offset is not None:
            clock.gateway_offset = gateway_offset
        async with self._turn:
            here = clock.shop()
            there = here if offset is None else clock.wall() + offset
            clock.frontier = min(here, there)
            try:
                await self._run_until(there, jump=True)
            finally:
                clock.frontier = None
            if offset is not None:
                clock.offset = offset
        world.keep_clock()
        world.store.flush()
        world.schedule.changed.set()

    def reading(self) -> Doc:
        """Return what both clocks show and when the next event is due."""
        clock, due = self._world.clock, self._world.schedule.next_at()
        return {
            "now": rfc3339(clock.shop()),
            "gateway_now": rfc3339(clock.gateway()),
            "offset_seconds": clock.offset,
            "gateway_offset_seconds": clock.gateway_offset,
            "next_event_at": None if due is None else rfc3339(due),
        }

    async def _run_until(self, until: float, *, jump: bool) -> None:
        schedule, clock = self._world.schedule, self._world.clock
        while (event := schedule.due(until)) is not None:
            if jump:
                clock.frontier = max(event["at"], clock.shop())
            if event["kind"] == DELIVER:
                await self._deliver_due(event["at"] if jump else until)
                continue
            before, clock.frontier = clock.frontier, event["at"]
            try:
                self._happen(event)
            finally:
                clock.frontier = before
            self._world.store.flush()

    async def _deliver_due(self, until: float) -> None:
        """Deliver all notifications due now; those of one order or conversation in order."""
        groups: dict[str, list[Doc]] = {}
        while (event := self._world.schedule.pop_due(until, DELIVER)) is not None:
            delivery = self._world.deliveries.rows[event["payload"]["delivery_id"]]
            groups.setdefault(delivery["group"], []).append(event)
        gate = asyncio.Semaphore(_AT_ONCE)
        await asyncio.gather(*[self._deliver_group(gate, events) for events in groups.values()])

    async def _deliver_group(self, gate: asyncio.Semaphore, events: list[Doc]) -> None:
        async with gate:
            for event in events:
                if self._client is None:
                    self._client = httpx.AsyncClient(trust_env=False)
                await deliver(self._world, self._client, event)

    def _happen(self, event: Doc) -> None:
        self._world.schedule.drop(event["key"])
        _HANDLERS[event["kind"]](self._world, event["payload"])


def _react(world: World, payload: Doc) -> None:
    buyers.act(world, world.orders.rows[payload["order_id"]], payload["do"])


def _finish(world: World, payload: Doc) -> None:
    finish(world, world.cancellations.rows[payload["cancel_id"]])


def _order_clock(world: World, payload: Doc) -> None:
    order = world.orders.rows[payload["order_id"]]
    if order["status"] == "ON_HOLD":
        order.pop("hold_until", None)
        set_status(world, order, "AWAITING_SHIPMENT")
    else:
        run_out(world, order)


def _carrier(world: World, payload: Doc) -> None:
    package = world.packages.get(payload["package_id"]) if payload["package_id"] else None
    if package is not None:
        carrier_event(world, package, payload["event"])
    order = world.orders.get(payload["order_id"])
    if order is not None:
        order_event(world, order, payload["event"])


_HANDLERS: dict[str, Callable[[World, Doc], None]] = {
    REACT: _react,
    FINISH: _finish,
    UNANSWERED: _finish,
    ORDER_CLOCK: _order_clock,
    CARRIER: _carrier,
}
