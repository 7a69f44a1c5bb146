"""Habits of buyers, and the scenario file that describes them."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.errors import ControlError
from sandbox.scenario import Scenario
from sandbox.shops import US_SHOP_ID
from tests.support.sandbox import InProcess, in_process

_SKU, _OTHER_SKU = "1729500000000001101", "1729500000000001102"
_FIRST, _SECOND = "577000000000111111", "577000000000222222"
_HOUR = 3600


def _shops(*habits: dict[str, Any]) -> Any:
    lines = [{"sku_id": _SKU, "quantity": 1}]
    frame = {"shop_id": US_SHOP_ID, "line_items": lines, "user_id": "71"}
    seed = {"orders": [frame | {"id": _FIRST}, frame | {"id": _SECOND}]}
    scenario = Scenario.parse({"habits": list(habits)})
    return in_process(create_app(seed=seed, scenario=scenario))


async def _ask(held: InProcess, *order_ids: str) -> None:
    conversation = await held.shop.conversation("71")
    for order_id in order_ids:
        text = f"Order …{order_id[-6:]}: A, B or C?"
        assert 0 == (await held.shop.send(conversation, content=text))["code"]


async def _answers(held: InProcess) -> list[str]:
    conversation = await held.shop.conversation("71")
    path = f"/customer_service/202309/conversations/{conversation}/messages"
    data = await held.shop.data("GET", path, page_size="10", sort_order="ASC")
    return [
        json.loads(message["content"])["content"]
        for message in data["messages"]
        if message["sender"]["role"] == "BUYER"
    ]


@pytest.mark.parametrize(
    ("habit", "steps"),
    [
        ({"habit": "at_once"}, [(59, []), (2, ["A"])]),
        ({"habit": "at_once", "say": "C", "after_seconds": 5}, [(6, ["C"])]),
        ({"habit": "late"}, [(29 * _HOUR, []), (2 * _HOUR, ["A"])]),
        (
            {"habit": "unclear"},
            [(61, ["hmm, not sure what you mean"]), (_HOUR, ["hmm, not sure what you mean", "A"])],
        ),
        ({"habit": "change_mind"}, [(61, ["A"]), (_HOUR, ["A", "C"])]),
        (
            {"habit": "change_mind", "say": "C", "then": "A", "then_after_seconds": 100},
            [(61, ["C"]), (40, ["C", "A"])],
        ),
        ({"habit": "never"}, [(90 * _HOUR, [])]),
        ({}, [(90 * _HOUR, [])]),
    ],
)
async def test_named_habits_answer_the_first_message(
    habit: dict[str, Any], steps: list[tuple[float, list[str]]]
) -> None:
    async with _shops({"orders": [_FIRST], **habit}) as held:
        await held.advance(_HOUR)
        assert [] == await _answers(held), "nobody answers before being asked"
        await _ask(held, _FIRST)
        for seconds, answers in steps:
            await held.advance(seconds)
            assert answers == await _answers(held)


async def test_one_answer_for_several_orders_comes_once() -> None:
    habit = {"habit": "one_answer_for_several", "orders": [_FIRST, _SECOND]}
    async with _shops(habit) as held:
        await _ask(held, _FIRST, _SECOND)
        await held.advance(2 * _HOUR)
        assert ["C"] == await _answers(held)


async def test_without_sharing_each_order_is_answered() -> None:
    async with _shops({"habit": "at_once", "orders": [_FIRST, _SECOND]}) as held:
        await _ask(held, _FIRST, _SECOND)
        await held.advance(2 * _HOUR)
        assert ["A", "A"] == await _answers(held)


async def test_the_nth_message_triggers_its_own_reaction() -> None:
    reactions = [
        {"on": "message", "nth": 1, "do": {"say": "A"}},
        {"on": "message", "nth": 2, "after_seconds": 10, "do": {"say": "no, refund me"}},
    ]
    async with _shops({"buyer": "71", "reactions": reactions}) as held:
        for expected in (["A"], ["A", "no, refund me"], ["A", "no, refund me"]):
            await _ask(held, _FIRST)
            await held.advance(11)
            assert expected == await _answers(held)


async def test_a_habit_named_for_an_order_wins_over_buyer_and_default() -> None:
    habits: list[dict[str, Any]] = [
        {"habit": "at_once", "say": "default"},
        {"habit": "at_once", "say": "buyer", "buyer": "71"},
        {"habit": "at_once", "say": "order", "orders": [_FIRST]},
    ]
    async with _shops(*habits) as held:
        await _ask(held, _FIRST, _SECOND)
        await held.advance(61)
        assert ["order", "buyer"] == await _answers(held)


async def test_a_habit_of_another_shop_does_not_apply() -> None:
    async with _shops({"habit": "at_once", "shop_id": "9"}) as held:
        await _ask(held, _FIRST)
        await held.advance(61)
        assert [] == await _answers(held)


async def test_a_buyer_blocks_from_the_start() -> None:
    async with _shops({"habit": "blocked", "orders": [_FIRST]}) as held:
        await held.advance(0)
        path = "/customer_service/202309/conversations"
        envelope = await held.shop.call("POST", path, {"buyer_user_id": "71"})
    assert 45109003 == envelope["code"]


async def test_a_buyer_asks_for_a_cancellation_after_a_while() -> None:
    habit = {"habit": "cancels", "orders": [_FIRST], "after_seconds": 60}
    async with _shops(habit) as held:
        await held.advance(59)
        assert not (await held.order(_FIRST))["is_buyer_request_cancel"]
        await held.advance(2)
        assert (await held.order(_FIRST))["is_buyer_request_cancel"]


async def test_a_cash_order_is_not_paid() -> None:
    async with _shops({"habit": "cod", "orders": [_FIRST]}) as held:
        await held.advance(0)
        order = await held.order(_FIRST)
    assert order["is_cod"]
    assert "paid_time" not in order


async def test_a_buyer_who_swaps_orders_the_substitute_after_the_second_message() -> None:
    habit = {"habit": "swap_orders", "orders": [_FIRST], "sku_id": _OTHER_SKU}
    async with _shops(habit) as held:
        await _ask(held, _FIRST)
        await held.advance(61)
        assert ["B"] == await _answers(held)
        await _ask(held, _FIRST)
        await held.advance(_HOUR + 1)
        new = next(o for o in await held.orders() if o["id"] not in {_FIRST, _SECOND})
        stock = await held.shop.data(
            "POST", "/product/202309/inventory/search", {"sku_ids": [_OTHER_SKU]}
        )
    assert ("71", [_OTHER_SKU], "AWAITING_SHIPMENT") == (
        new["user_id"],
        [line["sku_id"] for line in new["line_items"]],
        new["status"],
    )
    assert 24 == stock["inventory"][0]["skus"][0]["total_available_quantity"]


@pytest.mark.parametrize("trigger", ["card", "cancelled"])
async def test_a_swap_may_wait_for_the_product_card_or_the_cancellation(trigger: str) -> None:
    habit: dict[str, Any] = {
        "habit": "swap_orders",
        "orders": [_FIRST],
        "sku_id": _OTHER_SKU,
    }
    habit |= {"order_on": trigger, "order_nth": 1, "order_after_seconds": 5}
    async with _shops(habit) as held:
        await held.shop.cancel(_SECOND)
        conversation = await held.shop.conversation("71")
        product = "1729500000000000101"
        assert 2 == len(await held.orders())
        if trigger == "card":
            await held.shop.send(conversation, "PRODUCT_CARD", product_id=product)
        else:
            await held.shop.cancel(_FIRST)
        await held.advance(6)
        assert 3 == len(await held.orders())


async def test_the_controls_let_a_buyer_do_the_same_things() -> None:
    async with _shops() as held:
        new = await held.buys(_FIRST, _OTHER_SKU, 2)
        assert 2 == len((await held.order(new))["line_items"])
        for body in ({"order_id": "1", "say": "A"}, {"order_id": _FIRST}):
            answer = await held.http.post("/_control/buyers", json=body)
            assert 400 == answer.status_code
        unknown = {"order_id": _FIRST, "order": {"sku_id": "nope"}}
        answer = await held.http.post("/_control/buyers", json=unknown)
        assert 400 == answer.status_code


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ({"typo": 1}, "typo"),
        ({"webhooks": {"lose": 1}}, "lose"),
        ({"webhooks": []}, "webhooks"),
        ({"events": [{"order_id": "1"}]}, r"events\[0\]"),
        ({"events": [{"order_id": "1", "event": "explodes"}]}, "explodes"),
        ({"habits": [[]]}, r"habits\[0\]"),
        ({"habits": [{"habit": "sings"}]}, "sings"),
        ({"habits": [{"habits": "at_once"}]}, "habits"),
        ({"habits": [{"habit": "swap_orders"}]}, "sku_id"),
        ({"habits": [{"reactions": [{"on": "moon", "do": {"say": "A"}}]}]}, "moon"),
        ({"habits": [{"reactions": [{"do": {"sing": "A"}}]}]}, "exactly one"),
        ({"habits": [{"reactions": [{"do": {"say": "A", "cancel": True}}]}]}, "exactly one"),
        ({"habits": [{"reactions": [{"say": "A"}]}]}, "do"),
        ({"habits": [{"reactions": [{"do": {"say": "A"}, "when": 1}]}]}, "when"),
    ],
)
def test_a_scenario_with_a_mistake_is_refused_by_name(raw: dict[str, Any], named: str) -> None:
    with pytest.raises(ControlError, match=named):
        create_app(seed={"orders": []}, scenario=Scenario.parse(raw))


def test_a_scenario_file_must_be_json(tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ControlError, match=r"scenario\.json is not JSON"):
        Scenario.read(path)
    path.write_text('{"cancel_delay_seconds": 5}', encoding="utf-8")
    assert 5 == Scenario.read(path).cancel_delay_seconds
