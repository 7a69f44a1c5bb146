"""What docs/sandbox.md prints can be pasted, and the ids in it are those of the default shops."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sandbox.app import create_app
from sandbox.packages import control_view
from sandbox.scenario import Scenario
from sandbox.store import Doc

_TEXT = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
_SEED, _SCENARIO = (
    json.loads(text) for text in re.findall(r"```json\n(.*?)```", _TEXT, re.DOTALL)
)


def test_the_orders_file_makes_shops_with_a_missed_pickup_and_a_later_order() -> None:
    world = create_app(seed=_SEED).world
    (package,) = world.packages.all()
    assert control_view(world, package)["late"]
    assert {"NORMAL", "BACK_ORDER"} == {order["order_type"] for order in world.orders.all()}
    assert 1 == len(world.advertisers.all())


def test_the_scenario_file_is_read_and_shows_the_defaults() -> None:
    read, usual = Scenario.parse(_SCENARIO), Scenario()
    assert (read.ads_per_second, read.allow_rebooking, read.allow_zero_inventory) == (
        usual.ads_per_second,
        usual.allow_rebooking,
        usual.allow_zero_inventory,
    )
    assert 2 == len(read.events)


def _ids(rows: list[Doc], name: str) -> set[Any]:
    return {row[name] for row in rows}


@pytest.mark.parametrize("table", ["advertisers", "campaigns", "adgroups"])
def test_every_default_ad_is_printed(table: str) -> None:
    rows = getattr(create_app().world, table).all()
    name = {"advertisers": "advertiser_id", "campaigns": "campaign_id"}.get(table, "adgroup_id")
    assert set() == {ad_id for ad_id in _ids(rows, name) if f"`{ad_id}`" not in _TEXT}


def test_the_combined_parcels_are_printed() -> None:
    packages = create_app().world.packages.all()
    combined = [package["id"] for package in packages if len(package["orders"]) > 1]
    assert 2 == len(combined)
    assert all(f"`{package_id}`" in _TEXT for package_id in combined)
