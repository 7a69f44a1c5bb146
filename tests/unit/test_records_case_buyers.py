"""Who was let down before."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from records.case_buyers import CaseBuyers
from records.database import Database
from records.schema import CaseBuyerRow

pytest_plugins = ("tests.support.record_stores",)

INCIDENT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
EARLIER = INCIDENT - timedelta(days=30)


@pytest.fixture
def buyers(records_db: Database) -> CaseBuyers:
    return CaseBuyers(records_db)


def note(
    buyers: CaseBuyers,
    order_id: str = "1",
    *,
    shop: str = "S",
    buyer: str = "b1",
    at: datetime = EARLIER,
) -> None:
    case_id = f"order-case:{shop}:{order_id}"
    buyers.note(case_id, order_id=order_id, shop_id=shop, buyer_user_id=buyer, at=at)


def hurt(buyers: CaseBuyers, **orders: str) -> list[str]:
    asked = {order_id.strip("_"): buyer for order_id, buyer in orders.items()}
    return sorted(buyers.hurt_before("S", asked, before=INCIDENT))


def test_the_orders_of_a_buyer_with_an_earlier_case_are_found(buyers: CaseBuyers) -> None:
    note(buyers)

    assert ["7", "8"] == hurt(buyers, _7="b1", _8="b1", _9="b2")


def test_a_case_about_the_order_itself_is_no_earlier_hurt(buyers: CaseBuyers) -> None:
    """A person opened it by hand, before the incident did."""
    note(buyers, "7")

    assert ["8"] == hurt(buyers, _7="b1", _8="b1")


def test_cases_of_the_incident_itself_and_later_ones_do_not_count(buyers: CaseBuyers) -> None:
    note(buyers, at=INCIDENT)

    assert [] == hurt(buyers, _7="b1")


def test_other_shops_do_not_count(buyers: CaseBuyers) -> None:
    note(buyers, shop="T")

    assert [] == hurt(buyers, _7="b1")


def test_an_order_without_a_buyer_is_nobodys(buyers: CaseBuyers) -> None:
    note(buyers, buyer="")

    assert [] == hurt(buyers, _7="")


def test_a_case_is_noted_once_and_a_package_with_each_of_its_orders(
    buyers: CaseBuyers, records_db: Database
) -> None:
    for order_id in ("1", "2", "1"):
        buyers.note(
            "pickup-case:S:P", order_id=order_id, shop_id="S", buyer_user_id="b1", at=EARLIER
        )

    with records_db.session() as session:
        assert 2 == session.scalar(select(func.count(CaseBuyerRow.order_id)))
    assert ["1", "7"] == hurt(buyers, _1="b1", _7="b1")


def test_the_buyers_of_ten_thousand_orders_can_be_asked_for(buyers: CaseBuyers) -> None:
    note(buyers, buyer="b9999")
    asked = {str(number): f"b{number}" for number in range(10, 10_010)}

    assert frozenset({"9999"}) == buyers.hurt_before("S", asked, before=INCIDENT)
