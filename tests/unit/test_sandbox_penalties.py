"""Penalty notices: what a person would read in Seller Center, by the controls alone."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.default_orders import US_PARCEL
from sandbox.errors import Code
from sandbox.shops import TH_SHOP_ID, US_SHOP_ID
from tests.support.sandbox import InProcess, in_process


@pytest.fixture
async def shops() -> AsyncIterator[InProcess]:
    async with in_process(create_app()) as held:
        yield held


async def _issued(shops: InProcess, **other: Any) -> dict[str, Any]:
    given = {"shop_id": US_SHOP_ID, "kind": "late_dispatch", "package_id": US_PARCEL}
    return await shops.penalty(**(given | other))


async def _listed(shops: InProcess, **query: str) -> list[dict[str, Any]]:
    answer = await shops.http.get("/_control/penalties", params=query)
    return list(answer.json()["penalties"])


async def test_a_notice_names_its_orders_and_its_parcel(shops: InProcess) -> None:
    notice = await _issued(shops, points=2, issued_at="-3600", text="Handed over late")
    orders = [held["id"] for held in (await shops.package(US_PARCEL))["orders"]]
    assert (orders, US_PARCEL, 2) == (
        notice["order_ids"],
        notice["package_id"],
        notice["points"],
    )
    now = datetime.fromisoformat((await shops.clock())["now"])
    age = (now - datetime.fromisoformat(notice["issued_at"])).total_seconds()
    assert age == pytest.approx(3600, abs=5)
    assert [notice] == await _listed(shops)
    assert [] == await _listed(shops, shop_id=TH_SHOP_ID)


async def test_a_ticket_keeps_the_number_it_is_given(shops: InProcess) -> None:
    own = await _issued(shops, ticket_id="T-2026/7")
    other = await _issued(shops)
    assert "T-2026/7" == own["ticket_id"]
    assert other["ticket_id"].isdigit()


async def test_decisions_are_written_one_after_the_other(shops: InProcess) -> None:
    ticket = (await _issued(shops))["ticket_id"]
    await shops.penalty(ticket_id=ticket, decision="rejected", reason="no time on the photo")
    notice = await shops.penalty(ticket_id=ticket, decision="accepted", decided_at="+60")
    assert ["rejected", "accepted"] == [told["decision"] for told in notice["decisions"]]
    assert "no time on the photo" == notice["decisions"][0]["reason"]
    assert [notice] == await _listed(shops)


@pytest.mark.parametrize(
    "change",
    [
        {"shop_id": "5"},
        {"kind": ""},
        {"package_id": "5"},
        {"order_ids": ["5"]},
        {"order_ids": []},
        {"colour": "red"},
    ],
)
async def test_a_notice_about_nothing_known_is_refused(
    shops: InProcess, change: dict[str, Any]
) -> None:
    body = {"shop_id": US_SHOP_ID, "kind": "late_dispatch", "package_id": US_PARCEL} | change
    answer = await shops.http.post("/_control/penalties", json=body)
    assert 400 == answer.status_code
    assert answer.json()["error"]
    assert [] == await _listed(shops)


@pytest.mark.parametrize("change", [{"decision": "maybe"}, {"points": 5}, {}])
async def test_a_decision_is_yes_or_no(shops: InProcess, change: dict[str, Any]) -> None:
    ticket = (await _issued(shops))["ticket_id"]
    body = {"ticket_id": ticket} | change
    assert 400 == (await shops.http.post("/_control/penalties", json=body)).status_code


async def test_the_platform_itself_has_no_call_for_penalties(shops: InProcess) -> None:
    await _issued(shops)
    envelope = await shops.shop.call("GET", "/violation/202309/penalties")
    assert Code.NO_PATH == envelope["code"]
