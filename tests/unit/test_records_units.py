import threading

import pytest

from records.database import Database
from records.units import UnitReservations

pytest_plugins = ("tests.support.record_stores",)

SHOP, SKU = "7495540735365777501", "1729500000000001102"


def reserve(units: UnitReservations, case_id: str, wanted: int, available: int = 3) -> bool:
    return units.reserve(
        shop_id=SHOP, sku_id=SKU, case_id=case_id, units=wanted, available=available
    )


@pytest.fixture
def units(records_db: Database) -> UnitReservations:
    return UnitReservations(records_db)


def test_units_are_reserved_until_the_shop_has_no_more(units: UnitReservations) -> None:
    answers = [reserve(units, f"case-{number}", 1) for number in range(4)]

    assert [True, True, True, False] == answers


def test_a_repeat_of_a_case_replaces_what_it_held(units: UnitReservations) -> None:
    """An activity that is tried twice must not reserve twice."""
    assert reserve(units, "case-1", 2)
    assert reserve(units, "case-1", 2)

    assert reserve(units, "case-2", 1)


def test_a_refused_case_holds_nothing(units: UnitReservations) -> None:
    assert reserve(units, "case-1", 2)
    assert not reserve(units, "case-2", 2)

    assert reserve(units, "case-3", 1)


def test_units_come_back_when_a_case_ends(units: UnitReservations) -> None:
    assert reserve(units, "case-1", 3)
    units.release("case-1")

    assert reserve(units, "case-2", 3)


def test_other_skus_and_shops_do_not_count(units: UnitReservations) -> None:
    assert reserve(units, "case-1", 3)

    assert units.reserve(shop_id=SHOP, sku_id="other", case_id="case-2", units=3, available=3)
    assert units.reserve(shop_id="other", sku_id=SKU, case_id="case-3", units=3, available=3)


def test_many_at_once_never_get_more_than_there_is(units: UnitReservations) -> None:
    answers: list[bool] = []
    threads = [
        threading.Thread(target=lambda n=n: answers.append(reserve(units, f"case-{n}", 1)))
        for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 3 == answers.count(True)
