"""Facts on their way through the real server, the real process and the sandbox's webhooks."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from casedesk.facts import Delivery, FactDoor, UnreachableError
from domain.cases import CaseOutcome
from records.cases import CaseArchive, CaseOpenings, ClosedCase, Dossier
from records.database import Database
from records.parcels import ParcelOrders
from sandbox.shops import US_SHOP_ID
from tests.support.console import running_console
from tests.support.pickups import late
from tests.support.stack import Stack
from tiktok_shop.events import EventTopic

pytest_plugins = ["tests.support.record_stores"]

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def door(stack: Stack) -> FactDoor:
    return FactDoor(stack.client, CaseOpenings(stack.db), ParcelOrders(stack.db))


async def test_a_late_pickup_is_found_by_its_order_and_hears_of_its_package(
    stack: Stack, door: FactDoor
) -> None:
    case = await late(stack, orders=2)
    for order_id in case.order_ids:
        assert [case.handle.id] == await door.late_pickups_of(US_SHOP_ID, order_id)
    assert [] == await door.late_pickups_of(US_SHOP_ID, "0' OR 1")
    changed = {"package_id": case.package_id, "status": "SPLIT"}
    told = await door.signal_package(US_SHOP_ID, case.package_id, "package_changed", changed)
    assert Delivery.DELIVERED is told


async def test_a_case_that_was_never_opened_is_nobody(door: FactDoor) -> None:
    told = await door.signal_order(US_SHOP_ID, "1", "order_changed", {"order_id": "1"})
    assert Delivery.NO_SUCH_CASE is told


async def test_an_open_case_hears_and_a_closed_one_is_nobody(stack: Stack, door: FactDoor) -> None:
    case = await stack.asked()
    chosen = {"choice": "refund"}
    told = await door.signal_order(US_SHOP_ID, case.order_id, "buyer_chose", chosen)
    assert Delivery.DELIVERED is told
    assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome
    told = await door.signal_case(case.handle.id, "buyer_chose", chosen)
    assert Delivery.NO_SUCH_CASE is told


async def test_a_reopened_case_hears_under_its_newest_id(
    stack: Stack, records_db: Database
) -> None:
    """Rule: facts go to the newest suffix, whichever id of the case they name."""
    order_id = await stack.order()
    base = f"order-case:{US_SHOP_ID}:{order_id}"
    CaseArchive(records_db).file(_closed(base))
    reopened = CaseOpenings(records_db).reopen(
        base, reason="again", actor="amy", at=NOW, request_id="r"
    )
    case = await stack.open(order_id, case_id=reopened)
    door = FactDoor(stack.client, CaseOpenings(records_db), ParcelOrders(records_db))
    for name in (base, reopened):
        heard = await door.signal_case(name, "penalty_issued", {"ticket_id": name, "kind": "x"})
        assert Delivery.DELIVERED is heard
    assert {f"{base} x", f"{reopened} x"} <= {event.detail for event in await case.timeline()}


def _closed(case_id: str) -> Dossier:
    case = ClosedCase(
        case_id=case_id,
        kind="oversold",
        shop_id=US_SHOP_ID,
        outcome="withdrawn",
        opened_at=NOW,
        closed_at=NOW,
    )
    return Dossier(case=case, timeline=[], history=[], evidence={})


async def _client(address: str, namespace: str = "default") -> Client:
    return await Client.connect(
        address, namespace=namespace, lazy=True, data_converter=pydantic_data_converter
    )


async def test_a_server_that_is_down_is_unreachable_not_nobody(records_db: Database) -> None:
    door = FactDoor(
        await _client("127.0.0.1:1"), CaseOpenings(records_db), ParcelOrders(records_db)
    )
    with pytest.raises(UnreachableError, match="penalty_issued for x"):
        await door.signal_case("x", "penalty_issued", {})
    with pytest.raises(UnreachableError):
        await door.check()


async def test_a_missing_namespace_is_unreachable_not_nobody(
    stack: Stack, records_db: Database
) -> None:
    """Rule: the server answers NOT_FOUND for it too, but the fact would be lost."""
    client = await _client(_address(stack), namespace="nowhere")
    with pytest.raises(UnreachableError, match="NOT_FOUND"):
        await FactDoor(client, CaseOpenings(records_db), ParcelOrders(records_db)).signal_case(
            "x", "note", {}
        )


def _address(stack: Stack) -> str:
    return stack.client.service_client.config.target_host


async def test_a_buyers_reply_travels_from_the_platform_to_the_case(
    stack: Stack, tmp_path: Path
) -> None:
    """Rule: signed webhook, real process, real server: the buyer's C becomes a refund."""
    case = await stack.asked()
    async with running_console(stack, tmp_path, "--no-console") as console:
        assert {"webhooks": console.url, "console": None} == console.ready
        async with httpx.AsyncClient(base_url=console.url, trust_env=False) as http:
            health = await http.get("/healthz")
            assert (200, "ok") == (health.status_code, health.json()["temporal"])
        for topic in (EventTopic.NEW_MESSAGE, EventTopic.ORDER_STATUS_CHANGE):
            await stack.shop.register_webhook(
                shop_id=US_SHOP_ID, event_type=topic, address=f"{console.url}/webhooks/tiktok"
            )
        await stack.sandbox.say(case.order_id, "C please")
        assert CaseOutcome.REFUNDED_BY_CHOICE == (await case.result()).outcome
        for topic in (EventTopic.NEW_MESSAGE, EventTopic.ORDER_STATUS_CHANGE):
            await stack.shop.delete_webhook(shop_id=US_SHOP_ID, event_type=topic)
    wrote = [event for event in await case.timeline() if event.key == "buyer.wrote"]
    assert 1 == len(wrote)
