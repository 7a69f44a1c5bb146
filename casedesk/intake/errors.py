"""Refusals while reading an export or a shop's orders; one sentence a merchant can act on."""

from collections.abc import Sequence

from domain.errors import DomainError
from domain.intake import BadRow

_SHOWN = 10


class IntakeError(DomainError):
    """What was given cannot be used as a list of orders."""


class NoHeaderError(IntakeError):
    """Nothing among the first rows looks like an export's header."""


class BadRowsError(IntakeError):
    """Some rows cannot be used and nobody said to go on without them."""

    def __init__(self, file: str, bad_rows: Sequence[BadRow]) -> None:
        shown = "; ".join(row.sentence() for row in bad_rows[:_SHOWN])
        more = f"; and {len(bad_rows) - _SHOWN} more" if len(bad_rows) > _SHOWN else ""
        count = f"{len(bad_rows)} row{'s' if len(bad_rows) > 1 else ''}"
        super().__init__(
            f"{count} of {file} cannot be used: {shown}{more}. Correct the file, or go on without"
            " these rows with --skip-bad-rows."
        )
        self.bad_rows = tuple(bad_rows)
