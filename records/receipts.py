"""Receipts of the platform's notifications: what came, and whether it was handed on."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, func, select

from records.database import Database
from records.errors import NotOnFileError
from records.schema import WebhookReceiptRow
from records.writes import insert_absent


class ReceiptState(StrEnum):
    """How far a notification has come."""

    NEW = "new"
    """Never seen: hand it on."""
    UNDONE = "undone"
    """Seen, but not known to have been handed on: hand it on again."""
    DONE = "done"
    """Handed on: a duplicate."""


class WebhookReceipts:
    """Receipts by notification key: its id, or the hash of its body."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def begin(self, key: str, *, received_at: datetime, shop_id: str, kind: str) -> ReceiptState:
        """Record that a notification came in.

        Args:
            key: Notification id, or the hash of the body of one without an id.
            received_at: Now.
            shop_id: The shop it names.
            kind: The platform's type, such as "1".

        Returns:
            NEW the first time, then UNDONE until `done` was called, then DONE.
        """
        row = WebhookReceiptRow(key=key, received_at=received_at, shop_id=shop_id, kind=kind)
        with self._db.begin() as session:
            if insert_absent(session, row):
                return ReceiptState.NEW
            handed_on = session.get_one(WebhookReceiptRow, key).done_at is not None
            return ReceiptState.DONE if handed_on else ReceiptState.UNDONE

    def done(self, key: str, *, at: datetime) -> None:
        """Record that a notification was handed on; the first time counts.

        Raises:
            NotOnFileError: It was never begun.
        """
        with self._db.begin() as session:
            row = session.get(WebhookReceiptRow, key, with_for_update=True)
            if row is None:
                raise NotOnFileError("webhook receipt", key)
            row.done_at = row.done_at or at

    def prune(self, *, before: datetime) -> int:
        """Drop receipts of notifications that came before an instant.

        Args:
            before: Keep at least as much as the receiver's age limit for notifications.

        Returns:
            How many were dropped.
        """
        old = WebhookReceiptRow.received_at < before
        with self._db.begin() as session:
            count = session.scalar(select(func.count()).select_from(WebhookReceiptRow).where(old))
            session.execute(delete(WebhookReceiptRow).where(old))
            return count or 0
