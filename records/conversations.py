"""Which open cases write in a conversation, because a message names only the conversation."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from records.database import Database
from records.schema import IndexedConversationRow, WhichOrderAskRow
from records.writes import insert_absent


@dataclass(frozen=True, kw_only=True, slots=True)
class IndexedCase:
    """An open case that writes in a conversation."""

    case_id: str
    shop_id: str
    order_id: str
    buyer_user_id: str
    asked_index: int | None
    """Index of our newest ask while it stands open, else None; only later messages answer it."""
    asked_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WhichOrderAsk:
    """The question "which order do you mean", standing unanswered in a conversation."""

    conversation_id: str
    asker: str | None
    asked_at: datetime
    after_index: int
    """Index of the message that made us ask; only later messages answer the question."""


class ConversationIndex:
    """Conversations of open cases; a case is indexed before its first message goes out."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def index(
        self,
        conversation_id: str,
        *,
        shop_id: str,
        case_id: str,
        order_id: str,
        buyer_user_id: str,
        at: datetime,
    ) -> None:
        """Record that a case writes in a conversation; once is as good as many times."""
        row = IndexedConversationRow(
            conversation_id=conversation_id,
            case_id=case_id,
            shop_id=shop_id,
            order_id=order_id,
            buyer_user_id=buyer_user_id,
            indexed_at=at,
        )
        with self._db.begin() as session:
            insert_absent(session, row)

    def asked(
        self, conversation_id: str, case_id: str, message_index: int, *, at: datetime
    ) -> bool:
        """Record that our message *message_index* asks the buyer and stands open.

        A repeat, or a report of an older ask that comes late, changes nothing: it never opens
        an ask again that was settled.

        Returns:
            Whether this is a newer ask of a case that is indexed in the conversation.
        """
        column = IndexedConversationRow.asked_index
        newer = or_(column.is_(None), column < message_index)
        change = (
            update(IndexedConversationRow)
            .filter_by(conversation_id=conversation_id, case_id=case_id)
            .where(newer)
            .values(asked_index=message_index, asked_at=at, ask_open=True)
            .returning(IndexedConversationRow.case_id)
        )
        with self._db.begin() as session:
            return session.scalar(change) is not None

    def settled(self, case_id: str) -> None:
        """Record that no ask of the case stands open any more."""
        change = update(IndexedConversationRow).filter_by(case_id=case_id).values(ask_open=False)
        with self._db.begin() as session:
            session.execute(change)

    def forget(self, case_id: str) -> None:
        """Drop a case that closes, and what only it kept in its conversations."""
        mine = select(IndexedConversationRow.conversation_id).filter_by(case_id=case_id)
        with self._db.begin() as session:
            conversations = list(session.scalars(mine))
            session.execute(delete(IndexedConversationRow).filter_by(case_id=case_id))
            for conversation_id in conversations:
                _forget_question_of_nobody(session, conversation_id)

    def cases_of(self, conversation_id: str) -> list[IndexedCase]:
        """List the open cases that write in a conversation, the longest indexed first."""
        query = (
            select(IndexedConversationRow)
            .filter_by(conversation_id=conversation_id)
            .order_by(IndexedConversationRow.indexed_at, IndexedConversationRow.case_id)
        )
        with self._db.session() as session:
            return [_indexed_case(row) for row in session.scalars(query)]

    def mark_which_order_asked(
        self, conversation_id: str, *, at: datetime, after_index: int, asker: str | None = None
    ) -> bool:
        """Claim the question "which order do you mean"; it is asked once until answered.

        Args:
            conversation_id: Where it would be asked.
            at: Now.
            after_index: Index of the message that makes us ask.
            asker: Who claims it; the same asker's repeat for the same message is told True
                again, so that a crash between claim and message loses no question.

        Returns:
            True for the first caller alone: that caller asks, all others keep quiet.
        """
        row = WhichOrderAskRow(
            conversation_id=conversation_id, asker=asker, asked_at=at, after_index=after_index
        )
        with self._db.begin() as session:
            if insert_absent(session, row):
                return True
            claimed = session.get(WhichOrderAskRow, conversation_id)
            mine = (asker, after_index)
            return claimed is not None and asker is not None and mine == _claim(claimed)

    def which_order_asked(self, conversation_id: str) -> WhichOrderAsk | None:
        """Return the unanswered question of a conversation, if one stands."""
        with self._db.session() as session:
            row = session.get(WhichOrderAskRow, conversation_id)
            if row is None:
                return None
            return WhichOrderAsk(
                conversation_id=conversation_id,
                asker=row.asker,
                asked_at=row.asked_at,
                after_index=row.after_index,
            )

    def clear_which_order(self, conversation_id: str) -> None:
        """Record that the question was answered; it may be asked anew."""
        with self._db.begin() as session:
            session.execute(delete(WhichOrderAskRow).filter_by(conversation_id=conversation_id))


def _claim(row: WhichOrderAskRow) -> tuple[str | None, int]:
    return row.asker, row.after_index


def _forget_question_of_nobody(session: Session, conversation_id: str) -> None:
    others = select(IndexedConversationRow.case_id).filter_by(conversation_id=conversation_id)
    if session.scalar(others.limit(1)) is None:
        session.execute(delete(WhichOrderAskRow).filter_by(conversation_id=conversation_id))


def _indexed_case(row: IndexedConversationRow) -> IndexedCase:
    return IndexedCase(
        case_id=row.case_id,
        shop_id=row.shop_id,
        order_id=row.order_id,
        buyer_user_id=row.buyer_user_id,
        asked_index=row.asked_index if row.ask_open else None,
        asked_at=row.asked_at if row.ask_open else None,
    )
