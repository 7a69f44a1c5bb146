"""Late pickups under test: a parcel whose slot has passed, its case, and what others do to it."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.cases import CaseState, CaseView
from sandbox.shops import TH_SHOP_ID, US_SHOP_ID
from tests.support.stack import JACKET, TH_WIND, Opened, Stack
from workflows import names

PACKAGES = "/fulfillment"
DRIVER_CAME = {"start_time": "-21600", "end_time": "-7200"}
"""A pickup slot that ended two hours ago."""
_numbers = itertools.count(1)


@dataclass
class LatePickup(Opened):
    """One late pickup under test, with its own clock."""

    package_id: str = ""
    order_ids: tuple[str, ...] = ()

    async def carrier(self, event: str) -> None:
        """Let the carrier do something to the parcel; no notification comes of it."""
        await self.stack.sandbox.carrier(self.package_id, event)

    async def scanned(self) -> CaseView:
        """Let the carrier scan the parcel and the notification arrive."""
        await self.carrier("scanned")
        await self.signal("package_changed", {"package_id": self.package_id, "status": "x"})
        return await self.until(CaseState.WATCHING)

    async def task(self, step: str) -> Any:
        """Wait until a task stands and return it."""
        view = await self.until(lambda view: any(t.step == step for t in view.tasks))
        return next(task for task in view.tasks if task.step == step)


async def late_parcel(
    stack: Stack,
    *,
    shop_id: str = US_SHOP_ID,
    orders: int = 1,
    slot: dict[str, Any] | None = None,
    one_buyer: bool = True,
    **fields: Any,
) -> tuple[str, tuple[str, ...]]:
    """Put orders in one parcel that waits for the carrier into the shop.

    Returns:
        The package's id and its orders'.
    """
    number = next(_numbers)
    package_id = f"11529210000{number:08d}"
    parcel = {"id": package_id, "pickup_slot": DRIVER_CAME if slot is None else slot}
    sku = JACKET if shop_id == US_SHOP_ID else TH_WIND
    order_ids = tuple(f"57659{number:011d}{part:02d}" for part in range(orders))
    given = [
        {
            "shop_id": shop_id,
            "id": order_id,
            "status": "AWAITING_COLLECTION",
            "user_id": f"74910{number:08d}{0 if one_buyer else part:05d}",
            "create_time": "-90000",
            "paid_time": "-89000",
            "rts_time": "-28800",
            "collection_due_time": "+172800",
            "line_items": [{"sku_id": sku, "quantity": 1}],
            "packages": [parcel],
            **fields,
        }
        for part, order_id in enumerate(order_ids)
    ]
    await stack.sandbox.put_orders(*given)
    return package_id, order_ids


async def open_pickup(
    stack: Stack, package_id: str, *, shop_id: str = US_SHOP_ID, **payload: Any
) -> LatePickup:
    """Open the case of a parcel by plain start, as the Temporal CLI would."""
    order_ids = payload.pop("order_ids", ())
    handle = await stack.skipper.client.start_workflow(
        names.PICKUP_DELAY_CASE,
        {"shop_id": shop_id, "package_id": package_id, **payload},
        id=payload.pop("case_id", None) or names.pickup_case_id(shop_id, package_id),
        task_queue=names.CASES_QUEUE,
    )
    case = LatePickup(
        stack=stack,
        handle=handle,
        shop_id=shop_id,
        order_id=order_ids[0] if order_ids else "",
        package_id=package_id,
        order_ids=order_ids,
    )
    stack.opened.append(case)
    return case


async def late(stack: Stack, **options: Any) -> LatePickup:
    """Return a late pickup whose buyer was told, collecting evidence.

    Args:
        stack: The running product.
        options: Of the parcel; `payload` holds optional fields of the start.
    """
    payload = options.pop("payload", {})
    shop_id = options.get("shop_id", US_SHOP_ID)
    package_id, order_ids = await late_parcel(stack, **options)
    case = await open_pickup(stack, package_id, shop_id=shop_id, order_ids=order_ids, **payload)
    await case.until(CaseState.COLLECTING_EVIDENCE, lambda view: bool(view.contact_mode))
    return case


@contextlib.asynccontextmanager
async def carrier_letters() -> AsyncIterator[tuple[str, list[str]]]:
    """Take letters in; yields the address and what has reached it."""
    letters: list[str] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        letters.append((await reader.readexactly(length)).decode())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    async with server:
        yield f"json://127.0.0.1:{server.sockets[0].getsockname()[1]}/", letters


@contextlib.asynccontextmanager
async def carrier_desk(stack: Stack, carrier: str) -> AsyncIterator[list[str]]:
    """Give a carrier an address; the letters that reach it are collected."""
    async with carrier_letters() as (address, letters):
        entry = f"carriers:\n  - {{name: {carrier}, address: '{address}'}}\n"
        stack.settings.carriers_file.write_text(entry, encoding="utf-8")
        yield letters
    stack.settings.carriers_file.unlink()


TH = TH_SHOP_ID
SOON = timedelta(seconds=1)
