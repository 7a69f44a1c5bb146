"""Refusals of the records store.

RecordsError
├── StoreAddressError        the database URL names no store we can open
├── StoreUnavailableError    the database cannot be reached or stayed locked; try again
├── StoreTooNewError         a newer Wenhuo has changed the tables already
├── ReopenRefusedError       the newest run of a case is not on file as closed
└── NotOnFileError           a key that was never recorded
"""

from sqlalchemy.exc import DontWrapMixin

from domain.errors import NaiveInstantError


class RecordsError(Exception):
    """Base of every refusal in records/."""


class StoreAddressError(RecordsError):
    """The database URL names no store we can open; the message never holds a password."""


class StoreUnavailableError(RecordsError):
    """The database cannot be reached, or stayed locked; trying again is right."""


class StoreTooNewError(RecordsError):
    """A newer Wenhuo has changed the tables already."""


class ReopenRefusedError(RecordsError):
    """The newest run of a case is not on file as closed."""

    def __init__(self, case_id: str) -> None:
        super().__init__(
            f"{case_id} is not on file as closed; act on that case, or wait until it has closed"
        )
        self.case_id = case_id


class NotOnFileError(RecordsError):
    """A key that was never recorded."""

    def __init__(self, what: str, key: str) -> None:
        super().__init__(f"no {what} {key} is on file; check the id")
        self.key = key


class NaiveInstantStoredError(NaiveInstantError, DontWrapMixin):
    """An instant without an offset reached a column; not wrapped, so callers see what it is."""
