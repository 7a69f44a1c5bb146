"""The queue of contacts that people must make because chat does not reach the buyer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from records.database import Database
from records.schema import AssistedContactRow
from records.writes import insert_absent


@dataclass(frozen=True, kw_only=True, slots=True)
class WantedContact:
    """A contact that waits for a person, with the text to send."""

    case_id: str
    step: str
    shop_id: str
    order_id: str
    text: str
    """Ready to send; names the order and nothing personal."""
    language: str
    by: datetime | None
    """When the contact is due, if it is by any instant."""
    at: datetime
    """When it was first asked for."""


class AssistedContacts:
    """Contacts by case, step and order, so that exporting them is one query."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def want(
        self,
        case_id: str,
        step: str,
        *,
        shop_id: str,
        order_id: str,
        text: str,
        language: str,
        by: datetime | None,
        at: datetime,
    ) -> None:
        """Put a contact in the queue.

        Asked for again, the newest text, language and due time count; one that a person has
        settled stays settled, so a late repeat never makes anybody write twice.

        Args:
            case_id: The case that needs it.
            step: Which of its messages.
            shop_id: The shop that writes.
            order_id: The order the text names.
            text: What to send.
            language: Language of *text*.
            by: When the contact is due; None if by no instant.
            at: Now.
        """
        row = AssistedContactRow(
            case_id=case_id,
            step=step,
            order_id=order_id,
            shop_id=shop_id,
            text=text,
            language=language,
            contact_by=by,
            wanted_at=at,
        )
        newest = (
            update(AssistedContactRow)
            .filter_by(case_id=case_id, step=step, order_id=order_id, settled=False)
            .values(text=text, language=language, contact_by=by)
        )
        with self._db.begin() as session:
            if not insert_absent(session, row):
                session.execute(newest)

    def settle(self, case_id: str, step: str | None = None, order_id: str | None = None) -> None:
        """Take a contact out of the queue.

        Args:
            case_id: The case.
            step: Which of its messages; None means all.
            order_id: Only this order of a combined package; None means all.
        """
        change = update(AssistedContactRow).filter_by(case_id=case_id)
        named = {"step": step, "order_id": order_id}
        change = change.filter_by(**{name: value for name, value in named.items() if value})
        with self._db.begin() as session:
            session.execute(change.values(settled=True))

    def forget(self, case_id: str) -> None:
        """Drop everything of a case that closes."""
        with self._db.begin() as session:
            session.execute(delete(AssistedContactRow).filter_by(case_id=case_id))

    def waiting(self, shop_id: str | None = None) -> list[WantedContact]:
        """List the contacts that wait for a person, the earliest due first, undated ones last.

        Args:
            shop_id: Only this shop; None means all.
        """
        row = AssistedContactRow
        query = select(row).filter_by(settled=False)
        if shop_id is not None:
            query = query.filter_by(shop_id=shop_id)
        # The databases do not agree on where NULL sorts, so that is said first.
        due = (row.contact_by.is_(None), row.contact_by)
        query = query.order_by(*due, row.case_id, row.step, row.order_id)
        with self._db.session() as session:
            return [_wanted(found) for found in session.scalars(query)]


def _wanted(row: AssistedContactRow) -> WantedContact:
    return WantedContact(
        case_id=row.case_id,
        step=row.step,
        shop_id=row.shop_id,
        order_id=row.order_id,
        text=row.text,
        language=row.language,
        by=row.contact_by,
        at=row.wanted_at,
    )
