"""Orders of parcels: a notification that names the order finds the parcel's open case."""

import pytest

from records.database import Database
from records.parcels import ParcelOrders

pytest_plugins = ("tests.support.record_stores",)

SHOP = "7495540735365777501"


@pytest.fixture
def parcels(records_db: Database) -> ParcelOrders:
    return ParcelOrders(records_db)


def test_every_order_of_a_combined_parcel_leads_to_its_case(parcels: ParcelOrders) -> None:
    parcels.index("case-1", shop_id=SHOP, order_ids=["1", "2", "2"])

    assert ["case-1"] == parcels.cases_of(SHOP, "1") == parcels.cases_of(SHOP, "2")
    assert [] == parcels.cases_of(SHOP, "3")
    assert [] == parcels.cases_of("another", "1")


def test_an_order_in_two_parcels_leads_to_both_cases(parcels: ParcelOrders) -> None:
    parcels.index("case-2", shop_id=SHOP, order_ids=["1"])
    parcels.index("case-1", shop_id=SHOP, order_ids=["1"])

    assert ["case-1", "case-2"] == parcels.cases_of(SHOP, "1")


def test_what_a_case_is_about_can_change_and_a_repeat_changes_nothing(
    parcels: ParcelOrders,
) -> None:
    for _ in range(2):
        parcels.index("case-1", shop_id=SHOP, order_ids=["1", "2"])
    parcels.index("case-1", shop_id=SHOP, order_ids=["2"])

    assert [] == parcels.cases_of(SHOP, "1")
    assert ["case-1"] == parcels.cases_of(SHOP, "2")


def test_a_closed_case_is_forgotten(parcels: ParcelOrders) -> None:
    parcels.index("case-1", shop_id=SHOP, order_ids=["1"])
    parcels.index("case-2", shop_id=SHOP, order_ids=["1"])

    parcels.forget("case-1")
    parcels.forget("case-1")

    assert ["case-2"] == parcels.cases_of(SHOP, "1")
