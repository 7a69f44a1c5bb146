"""The directory of shops."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from records.database import Database
from records.shops import ShopDirectory, ShopRecord
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def _shop(shop_id: str = "S1", **changes: Any) -> ShopRecord:
    usual = ShopRecord(
        shop_id=shop_id,
        name="美的小店",
        region="TH",
        cipher="TTP_abc",
        contact_mode="chat",
        checked_at=NOW,
    )
    return dataclasses.replace(usual, **changes)


@pytest.fixture
def shops(records_db: Database) -> ShopDirectory:
    return ShopDirectory(records_db)


def test_an_unknown_shop_is_none(shops: ShopDirectory) -> None:
    assert shops.get("S1") is None
    assert [] == shops.all()


@pytest.mark.parametrize("contact_mode", ["chat", "assisted", None])
def test_a_shop_comes_back_as_it_was_put(shops: ShopDirectory, contact_mode: str | None) -> None:
    shops.put(_shop(contact_mode=contact_mode))
    assert _shop(contact_mode=contact_mode) == shops.get("S1")


def test_shops_are_listed_by_id(shops: ShopDirectory) -> None:
    for shop_id in ("S2", "S3", "S1"):
        shops.put(_shop(shop_id))
    assert [_shop("S1"), _shop("S2"), _shop("S3")] == shops.all()


@pytest.mark.parametrize(("expected", "hours"), [("assisted", 1), ("assisted", 0), ("chat", -1)])
def test_an_older_check_never_replaces_a_newer_one(
    shops: ShopDirectory, expected: str, hours: int
) -> None:
    shops.put(_shop())
    shops.put(_shop(contact_mode="assisted", checked_at=NOW + timedelta(hours=hours)))
    found = shops.get("S1")
    assert found is not None
    assert expected == found.contact_mode


def test_of_checks_that_end_at_once_the_newest_stays(records_url: str) -> None:
    def put(db: Database, number: int) -> None:
        ShopDirectory(db).put(_shop(name=str(number), checked_at=NOW + timedelta(minutes=number)))

    in_threads(records_url, put)
    db = Database.open(records_url)
    assert ["7"] == [shop.name for shop in ShopDirectory(db).all()]
    db.close()
