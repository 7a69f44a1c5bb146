"""Refusals of the rules.

DomainError
├── NaiveInstantError      an instant without an offset reached a rule
├── MoneyError             an amount that cannot be read or added
├── InputError             something a person or a caller gave cannot be used; names the field
├── PlaybookError          a playbook or market profile does not hold together; names file and line
└── MoveRefusedError       the table of moves has no such move
"""


class DomainError(Exception):
    """Base of every refusal in domain/."""


class NaiveInstantError(DomainError):
    """An instant without an offset reached a rule; a bug upstream, never read as UTC."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field} has no offset; give an instant such as 2026-01-02T10:00:00Z")
        self.field = field


class MoneyError(DomainError):
    """An amount cannot be read, or two currencies met."""


class InputError(DomainError):
    """A field of what somebody gave cannot be used."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class PlaybookError(DomainError):
    """A playbook or market profile does not hold together."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: {reason}")
        self.where = where
        self.reason = reason


class MoveRefusedError(DomainError):
    """The table of moves has no such move."""
