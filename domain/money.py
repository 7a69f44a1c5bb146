"""Money as integer minor units with a currency; never a float."""

import re
from decimal import Decimal
from typing import Self

from pydantic import BaseModel, ConfigDict

from domain.errors import MoneyError

MINOR_DIGITS = {
    "USD": 2,
    "GBP": 2,
    "EUR": 2,
    "THB": 2,
    "VND": 0,
    "IDR": 2,
    "MYR": 2,
    "PHP": 2,
    "SGD": 2,
}
"""Digits after the point per currency (ISO 4217); another currency is read with two."""

_DEFAULT_MINOR_DIGITS = 2
_LONGEST = 18
_PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


class Money(BaseModel):
    """An exact amount of one currency."""

    model_config = ConfigDict(frozen=True)

    amount_minor: int
    currency: str

    @classmethod
    def parse(cls, amount: str, currency: str) -> Self:
        """Read a decimal string as the platform prints it.

        Args:
            amount: Plain decimal, such as "12.30"; no thousands marks, no sign but minus.
            currency: ISO 4217 code.

        Returns:
            The amount in minor units of *currency*.

        Raises:
            MoneyError: Not a plain decimal, or finer than the currency's minor unit.
        """
        text = amount.strip()
        if not _PLAIN.fullmatch(text):
            raise MoneyError(f"{amount!r} is not an amount; expected digits such as 12.30")
        # Past the decimal context's precision scaleb would round without a word.
        if len(text) > _LONGEST:
            raise MoneyError(f"{amount!r} is too long to be an amount")
        minor = Decimal(text).scaleb(_digits(currency))
        if minor != minor.to_integral_value():
            raise MoneyError(f"{amount!r} is finer than the smallest unit of {currency}")
        return cls(amount_minor=int(minor), currency=currency)

    def decimal(self) -> str:
        """Return the amount as the platform prints it, such as "12.30" or "189950"."""
        digits = _digits(self.currency)
        return str(Decimal(self.amount_minor).scaleb(-digits).quantize(Decimal(1).scaleb(-digits)))

    def __add__(self, other: "Money") -> "Money":
        """Return the sum of two amounts of one currency."""
        self._same_currency(other)
        return Money(amount_minor=self.amount_minor + other.amount_minor, currency=self.currency)

    def __ge__(self, other: "Money") -> bool:
        """Tell whether this amount is at least *other*."""
        self._same_currency(other)
        return self.amount_minor >= other.amount_minor

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise MoneyError(f"{self.currency} and {other.currency} do not mix")


def _digits(currency: str) -> int:
    return MINOR_DIGITS.get(currency, _DEFAULT_MINOR_DIGITS)
