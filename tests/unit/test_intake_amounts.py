"""Money as exports print it is read exactly or refused, never rounded or guessed."""

import pytest

from casedesk.intake.amounts import read_amount
from casedesk.intake.markets import market_named
from domain.errors import MoneyError


@pytest.mark.parametrize(
    ("text", "market", "decimal", "currency"),
    [
        ("₱1,299.00", None, "1299.00", "PHP"),
        ("Rp189.950", None, "189950.00", "IDR"),
        ("Rp 189.950,00", None, "189950.00", "IDR"),
        ("$1,299.00", None, "1299.00", "USD"),
        ("US$12.30", None, "12.30", "USD"),
        ("S$12.30", None, "12.30", "SGD"),
        ("1.299.000₫", None, "1299000", "VND"),
        ("RM 45.90", None, "45.90", "MYR"),
        ("THB 45.90", None, "45.90", "THB"),
        ("$8", "SG", "8.00", "SGD"),
        ("1,299", "TH", "1299.00", "THB"),
        ("1299.5", "TH", "1299.50", "THB"),
        ("12,30", "TH", "12.30", "THB"),
        ("189.950", "ID", "189950.00", "IDR"),
        ("189950.00", "ID", "189950.00", "IDR"),
        ("1,234,567.89", "US", "1234567.89", "USD"),
        ("-5.00", "US", "-5.00", "USD"),
    ],
)
def test_amounts_are_read_as_their_market_means_them(
    text: str, market: str | None, decimal: str, currency: str
) -> None:
    money = read_amount(text, market_named(market))

    assert money is not None
    assert (decimal, currency) == (money.decimal(), money.currency)


@pytest.mark.parametrize("text", ["", "  ", "12.30"])
def test_without_a_currency_there_is_no_amount(text: str) -> None:
    assert read_amount(text, None) is None


@pytest.mark.parametrize(
    ("text", "market"),
    [("12.345", "US"), ("1,299,00", "US"), ("12.5.0", "US"), ("free", "US"), ("1,299.345", "US")],
)
def test_amounts_that_fit_no_reading_are_refused(text: str, market: str) -> None:
    with pytest.raises(MoneyError):
        read_amount(text, market_named(market))
