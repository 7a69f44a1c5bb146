"""Money is whole minor units of one currency and never rounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import MoneyError
from domain.money import MINOR_DIGITS, Money

currencies = st.sampled_from([*MINOR_DIGITS, "BRL"])
minors = st.integers(min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("text", "currency", "expected"),
    [
        ("12.30", "USD", 1230),
        ("12.3", "USD", 1230),
        ("12", "GBP", 1200),
        (" 0.01 ", "THB", 1),
        ("-5.00", "USD", -500),
        ("0", "USD", 0),
        ("189950", "VND", 189950),
        ("189950.0", "VND", 189950),
        ("15000.50", "IDR", 1500050),
        ("7.25", "BRL", 725),
    ],
)
def test_the_platform_s_decimals_become_minor_units(
    text: str, currency: str, expected: int
) -> None:
    assert Money(amount_minor=expected, currency=currency) == Money.parse(text, currency)


@pytest.mark.parametrize(
    "text", ["", "abc", "1,200.00", "1e3", "+5", "$5", "NaN", "Infinity", "5.", ".5", "--5", "٣"]
)
def test_what_is_no_plain_decimal_is_refused_by_name(text: str) -> None:
    with pytest.raises(MoneyError, match="is not an amount"):
        Money.parse(text, "USD")


@pytest.mark.parametrize(("text", "currency"), [("0.001", "USD"), ("0.5", "VND")])
def test_fractions_of_the_smallest_unit_are_refused_not_rounded(text: str, currency: str) -> None:
    with pytest.raises(MoneyError, match=f"finer than the smallest unit of {currency}"):
        Money.parse(text, currency)


def test_amounts_past_exact_arithmetic_are_refused_not_rounded() -> None:
    assert 10**18 - 1 == Money.parse("9" * 18, "VND").amount_minor
    with pytest.raises(MoneyError, match="too long"):
        Money.parse("9" * 19, "VND")


@pytest.mark.parametrize(
    ("minor", "currency", "expected"),
    [
        (1230, "USD", "12.30"),
        (5, "USD", "0.05"),
        (-500, "GBP", "-5.00"),
        (189950, "VND", "189950"),
        (0, "THB", "0.00"),
        (0, "VND", "0"),
    ],
)
def test_amounts_print_as_the_platform_does(minor: int, currency: str, expected: str) -> None:
    assert expected == Money(amount_minor=minor, currency=currency).decimal()


@given(minors, currencies)
def test_what_is_printed_reads_back_the_same(minor: int, currency: str) -> None:
    money = Money(amount_minor=minor, currency=currency)
    assert money == Money.parse(money.decimal(), currency)


@given(minors, minors, currencies)
def test_sums_and_comparisons_are_those_of_the_minor_units(
    one: int, other: int, currency: str
) -> None:
    left, right = (Money(amount_minor=each, currency=currency) for each in (one, other))
    assert one + other == (left + right).amount_minor
    assert (one >= other) is (left >= right)


def test_two_currencies_neither_add_nor_compare() -> None:
    dollars, baht = Money.parse("1", "USD"), Money.parse("1", "THB")
    with pytest.raises(MoneyError, match="USD and THB do not mix"):
        dollars + baht
    with pytest.raises(MoneyError, match="USD and THB do not mix"):
        _ = dollars >= baht
