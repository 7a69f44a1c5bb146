"""Receipts of the platform's notifications."""

from datetime import UTC, datetime, timedelta

import pytest

from records.database import Database
from records.errors import NotOnFileError
from records.receipts import ReceiptState, WebhookReceipts
from records.schema import WebhookReceiptRow
from tests.support.record_races import in_threads

pytest_plugins = ("tests.support.record_stores",)

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def receipts(records_db: Database) -> WebhookReceipts:
    return WebhookReceipts(records_db)


def _begin(receipts: WebhookReceipts, key: str = "n1", *, at: datetime = NOW) -> ReceiptState:
    return receipts.begin(key, received_at=at, shop_id="S1", kind="1")


def test_a_notification_is_new_then_undone_until_done(receipts: WebhookReceipts) -> None:
    """A duplicate of one that was not handed on must be handed on again."""
    assert ReceiptState.NEW is _begin(receipts)
    assert ReceiptState.UNDONE is _begin(receipts)
    receipts.done("n1", at=NOW)
    assert ReceiptState.DONE is _begin(receipts)
    assert ReceiptState.NEW is _begin(receipts, "n2")


def test_the_first_handing_on_counts(receipts: WebhookReceipts, records_db: Database) -> None:
    _begin(receipts)
    receipts.done("n1", at=NOW)
    receipts.done("n1", at=NOW + timedelta(hours=1))
    with records_db.session() as session:
        row = session.get_one(WebhookReceiptRow, "n1")
        assert (NOW, NOW, "S1", "1") == (row.done_at, row.received_at, row.shop_id, row.kind)


def test_a_notification_that_never_came_cannot_be_done(receipts: WebhookReceipts) -> None:
    with pytest.raises(NotOnFileError, match="no webhook receipt n9 is on file"):
        receipts.done("n9", at=NOW)


def test_pruning_drops_what_came_before_an_instant_done_or_not(
    receipts: WebhookReceipts,
) -> None:
    for key, hours in (("old", -3), ("old and done", -2), ("at the instant", 0), ("new", 1)):
        _begin(receipts, key, at=NOW + timedelta(hours=hours))
    receipts.done("old and done", at=NOW)
    assert 2 == receipts.prune(before=NOW)
    assert 0 == receipts.prune(before=NOW)
    expected = {
        "old": ReceiptState.NEW,
        "old and done": ReceiptState.NEW,
        "at the instant": ReceiptState.UNDONE,
        "new": ReceiptState.UNDONE,
    }
    assert expected == {key: _begin(receipts, key) for key in expected}


def test_of_many_who_receive_one_notification_at_once_one_is_first(records_url: str) -> None:
    answers = in_threads(records_url, lambda db, _number: _begin(WebhookReceipts(db)))
    assert [ReceiptState.NEW] + [ReceiptState.UNDONE] * 7 == sorted(answers)
