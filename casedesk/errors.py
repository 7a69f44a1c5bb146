"""Refusals of the case desk, each one sentence for people.

CaseDeskError
├── NoServerError      no Temporal server answers
├── NotFoundError      no such case, shop or file
└── RefusedError       the case does not allow it now
"""


class CaseDeskError(Exception):
    """Base of what callers are told."""


class NoServerError(CaseDeskError):
    """No Temporal server answers."""

    def __init__(self, address: str) -> None:
        super().__init__(
            f"no Temporal server answers at {address}; start one with `starter.py up`, or set "
            "TEMPORAL_ADDRESS"
        )


class NotFoundError(CaseDeskError):
    """No such case, shop or file."""


class RefusedError(CaseDeskError):
    """The case does not allow it now."""
