"""The three choices of a buyer and the letters that stand for them; letters never shift."""

from enum import StrEnum


class Choice(StrEnum):
    """What a buyer may want of an order that cannot be served."""

    WAIT = "wait"
    SWAP = "swap"
    REFUND = "refund"


LETTERS = {"A": Choice.WAIT, "B": Choice.SWAP, "C": Choice.REFUND}
"""Letter in a message -> choice, whichever of them are offered."""
