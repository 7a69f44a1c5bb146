"""What buyers agreed to: their yes to a date, word for word, never changed afterwards."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select

from records.database import Database
from records.schema import WaitConsentRow
from records.writes import insert_absent


class ConsentForm(StrEnum):
    """How a buyer agreed."""

    EXPRESS = "express"
    SILENT = "silent"
    """By not answering, where the market's law and the playbook let that count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitConsent:
    """One yes of one buyer to one date."""

    key: str
    """Made in the workflow from case and step, so that a repeat is known."""
    case_id: str
    shop_id: str
    order_id: str
    promised_at: datetime
    """The date that the buyer agreed to."""
    shown_text: str
    """Exactly what the buyer was shown."""
    language: str
    how: ConsentForm
    reply_text: str
    """Exactly what the buyer wrote; empty if silent or told to a person."""
    message_id: str
    """The platform's id of the reply; empty if there is none."""
    rule: str
    """Why it counts as a yes."""
    given_at: datetime


class WaitConsents:
    """The ledger; the database itself refuses every change of a row."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def record(self, consent: WaitConsent) -> bool:
        """Enter a consent, once per key; a repeat changes nothing.

        Returns:
            Whether it was new.
        """
        with self._db.begin() as session:
            return insert_absent(session, _row(consent))

    def of_case(self, case_id: str) -> list[WaitConsent]:
        """Return every consent of a case, in the order in which they were given."""
        row = WaitConsentRow
        query = select(row).filter_by(case_id=case_id).order_by(row.given_at, row.key)
        with self._db.session() as session:
            return [_consent(one) for one in session.scalars(query)]


def _row(consent: WaitConsent) -> WaitConsentRow:
    return WaitConsentRow(
        key=consent.key,
        case_id=consent.case_id,
        shop_id=consent.shop_id,
        order_id=consent.order_id,
        promised_at=consent.promised_at,
        shown_text=consent.shown_text,
        language=consent.language,
        how=consent.how,
        reply_text=consent.reply_text,
        message_id=consent.message_id,
        rule=consent.rule,
        given_at=consent.given_at,
    )


def _consent(row: WaitConsentRow) -> WaitConsent:
    return WaitConsent(
        key=row.key,
        case_id=row.case_id,
        shop_id=row.shop_id,
        order_id=row.order_id,
        promised_at=row.promised_at,
        shown_text=row.shown_text,
        language=row.language,
        how=ConsentForm(row.how),
        reply_text=row.reply_text,
        message_id=row.message_id,
        rule=row.rule,
        given_at=row.given_at,
    )
