"""The ledger of what suppliers promised."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.promises import Sample
from records.database import Database
from records.errors import NotOnFileError
from records.promises import SupplierPromises
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def promises(records_db: Database) -> SupplierPromises:
    return SupplierPromises(records_db)


def _record(
    promises: SupplierPromises,
    promise_id: str,
    *,
    days: int = 7,
    supplier: str = "Acme",
    sku: str = "900",
) -> bool:
    return promises.record(
        promise_id, supplier=supplier, sku=sku, promised_at=NOW + days * DAY, recorded_at=NOW
    )


def test_a_kept_promise_is_a_sample(promises: SupplierPromises) -> None:
    assert _record(promises, "p1")
    promises.kept("p1", NOW + 9 * DAY)

    expected = Sample(promised_at=NOW + 7 * DAY, real_at=NOW + 9 * DAY)
    assert [expected] == promises.history("Acme", "900")


def test_a_promise_that_is_still_open_is_no_sample(promises: SupplierPromises) -> None:
    _record(promises, "p1")

    assert [] == promises.history("Acme", "900")


def test_samples_are_of_one_supplier_and_one_sku_oldest_date_first(
    promises: SupplierPromises,
) -> None:
    _record(promises, "p1", days=9)
    _record(promises, "p2", days=3)
    _record(promises, "p3", supplier="Bolt")
    _record(promises, "p4", sku="901")
    for promise_id in ("p1", "p2", "p3", "p4"):
        promises.kept(promise_id, NOW + 9 * DAY)

    found = promises.history("Acme", "900")

    assert [6 * DAY, timedelta()] == [sample.late_by for sample in found]


def test_the_first_word_on_a_promise_stays(promises: SupplierPromises) -> None:
    """Both are written by activities, which may run twice."""
    assert _record(promises, "p1", days=7)
    assert not _record(promises, "p1", days=30)
    promises.kept("p1", NOW + 9 * DAY)
    promises.kept("p1", NOW + 40 * DAY)

    assert [2 * DAY] == [sample.late_by for sample in promises.history("Acme", "900")]


def test_a_promise_that_nobody_made_cannot_be_kept(promises: SupplierPromises) -> None:
    with pytest.raises(NotOnFileError, match="no supplier promise p9 is on file"):
        promises.kept("p9", NOW)


def test_of_many_who_record_one_promise_at_once_one_is_told_it_is_new(records_url: str) -> None:
    answers = in_threads(records_url, lambda db, _n: _record(SupplierPromises(db), "p1"))

    assert 1 == sum(answers)
