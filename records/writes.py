"""The two ways of writing safely beside other processes that both databases understand."""

from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from records.schema import Base, MutexRow


def insert_absent(session: Session, row: Base) -> bool:
    """Insert *row* unless its key is taken, also by a writer who is ahead by a moment.

    Args:
        session: A write transaction.
        row: A new row; its primary key decides.

    Returns:
        Whether it was inserted.
    """
    mapper = inspect(type(row))
    if session.get(type(row), mapper.primary_key_from_instance(row)) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # Any other broken constraint is a fault of ours and must be heard.
        if session.get(type(row), mapper.primary_key_from_instance(row)) is None:
            raise
        return False
    return True


def take_turns(session: Session, name: str) -> None:
    """Wait until no other transaction holds *name*, and hold it until this one ends.

    SQLite has one writer at a time anyway and leaves FOR UPDATE out.
    """
    held = select(MutexRow).where(MutexRow.name == name).with_for_update()
    if session.execute(held).one_or_none() is None:
        insert_absent(session, MutexRow(name=name))
        session.execute(held).one()
