"""Numbers read as people write them."""

from __future__ import annotations

import math

import pytest

from channelsim.analysis.intervals import Estimate
from channelsim.finance.definitions import Unit
from channelsim.report.format import in_step, interval, mean_and_interval, money, number, spread


def between(mean: float, low: float, high: float) -> Estimate:
    return Estimate(mean, low, high, low, mean, high, 30)


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        (1_240_000, "USD", "$1.24M"),
        (1_239_800.4, "USD", "$1.24M"),
        (9_400, "USD", "$9,400"),
        (9_999.4, "USD", "$9,999"),
        (9_999.6, "USD", "$10.0k"),
        (-320_000, "USD", "-$320k"),
        (1_200_000, "EUR", "€1.2M"),
        (1_200_000, "CHF", "CHF 1.2M"),
        (-1_200_000, "XYZ", "-XYZ 1.2M"),
        (12_345, "GBP", "£12.3k"),
        (999_499, "USD", "$999k"),
        (999_950, "USD", "$1.00M"),
        (1_000_000, "USD", "$1M"),
        (1_203_000, "USD", "$1.20M"),
        (2_345_000_000, "USD", "$2.35B"),
        (12_300_000_000_000, "USD", "$12,300B"),
        (417.4, "USD", "$417"),
        (85.3, "USD", "$85.30"),
        (85, "USD", "$85"),
        (0.4, "USD", "$0.40"),
        (0, "USD", "$0"),
        (-0.0, "USD", "$0"),
        (-0.001, "USD", "$0"),
        (math.nan, "USD", "–"),
        (None, "USD", "–"),
        (math.inf, "USD", "–"),
    ],
)
def test_money_has_three_digits_that_count(value: float | None, currency: str, text: str) -> None:
    assert money(value, currency) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(1_240_312.4, "$1,240,312"), (-0.3, "$0"), (-320_000, "-$320,000"), (None, "–")],
)
def test_money_in_full_is_in_whole_units(value: float | None, text: str) -> None:
    assert money(value, "USD", compact=False) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.2341, Unit.SHARE, "23.4%"),
        (0.23, Unit.SHARE, "23.0%"),
        (0.0042, Unit.SHARE, "0.42%"),
        (0.9996, Unit.SHARE, "100%"),
        (0.0, Unit.SHARE, "0%"),
        (1.374, Unit.SHARE, "137%"),
        (6.54, Unit.HOURS, "6.5 h"),
        (0.04, Unit.HOURS, "0.04 h"),
        (1_240.7, Unit.HOURS, "1,241 h"),
        (43, Unit.DAYS, "43 d"),
        (43.24, Unit.DAYS, "43.2 d"),
        (11.2, Unit.MONTHS, "11.2 months"),
        (1, Unit.MONTHS, "1 month"),
        (1_240, Unit.COUNT, "1,240"),
        (12.43, Unit.COUNT, "12.4"),
        (12.03, Unit.COUNT, "12.0"),
        (12, Unit.COUNT, "12"),
        (0.333, Unit.COUNT, "0.33"),
        (7.9, Unit.PEOPLE, "7.9"),
        (0.617, Unit.RATIO, "0.62"),
        (3.4, Unit.RATIO, "3.40"),
        (-0.00001, Unit.RATIO, "0"),
        (52_000, Unit.MONEY, "$52k"),
        (math.nan, Unit.SHARE, "–"),
        (None, Unit.HOURS, "–"),
    ],
)
def test_a_number_carries_its_unit(value: float | None, unit: Unit, text: str) -> None:
    assert number(value, unit, "USD") == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (310_000, Unit.MONEY, "+$310k"),
        (-310_000, Unit.MONEY, "-$310k"),
        (0, Unit.MONEY, "$0"),
        (-0.004, Unit.MONEY, "$0"),
        (0.021, Unit.SHARE, "+2.1 pp"),
        (-4.1, Unit.DAYS, "-4.1 d"),
        (12, Unit.COUNT, "+12"),
    ],
)
def test_a_difference_has_a_sign_and_shares_differ_in_points(value: float, unit: Unit, text: str) -> None:
    assert number(value, unit, "USD", signed=True) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (31_234, Unit.MONEY, "$31k"),
        (1_234_000, Unit.MONEY, "$1.2M"),
        (412, Unit.MONEY, "$412"),
        (0.0123, Unit.SHARE, "1.2 pp"),
        (12.4, Unit.COUNT, "12"),
        (0.04, Unit.RATIO, "0.04"),
        (math.nan, Unit.MONEY, "–"),
    ],
)
def test_a_spread_has_two_digits_that_count(value: float, unit: Unit, text: str) -> None:
    assert spread(value, unit, "USD") == text


@pytest.mark.parametrize(
    ("estimate", "unit", "text"),
    [
        (between(1_320_000, 1_240_000, 1_400_000), Unit.MONEY, ("$1.32M", "$1.24M to $1.40M")),
        # ends on both sides of a million share the larger one's scale
        (between(760_000, 320_000, 1_200_000), Unit.MONEY, ("$0.76M", "$0.32M to $1.20M")),
        # narrower than 10k: three digits would make both ends the same
        (between(1_324_000, 1_316_000, 1_332_000), Unit.MONEY, ("$1.324M", "$1.316M to $1.332M")),
        (between(0, -320_000, 320_000), Unit.MONEY, ("$0", "-$320k to $320k")),
        (between(0.234, 0.22, 0.25), Unit.SHARE, ("23.4%", "22.0% to 25.0%")),
        (between(5, math.nan, math.nan), Unit.COUNT, ("5", "–")),
        (between(math.nan, math.nan, math.nan), Unit.COUNT, ("–", "–")),
        # as wide as an error of rounding
        (between(-810_000, -810_000 - 1e-6, -810_000 + 1e-6), Unit.MONEY, ("-$810k", "-$810k to -$810k")),
        (between(250, 250, 250), Unit.COUNT, ("250", "250 to 250")),
    ],
)
def test_an_interval_and_its_mean_share_scale_and_decimals(
    estimate: Estimate, unit: Unit, text: tuple[str, str]
) -> None:
    assert mean_and_interval(estimate, unit, "USD") == text
    assert interval(estimate, unit, "USD") == text[1]


def test_a_signed_interval_has_a_sign_at_both_ends() -> None:
    assert interval(between(310e3, -20e3, 640e3), Unit.MONEY, "USD", signed=True) == "-$20k to +$640k"


@pytest.mark.parametrize(
    ("values", "unit", "texts"),
    [
        ([0, 500_000, 1_000_000], Unit.MONEY, ["$0", "$0.5M", "$1.0M"]),
        ([0, 200_000, 400_000], Unit.MONEY, ["$0", "$200k", "$400k"]),
        ([1_242_000, 1_244_000], Unit.MONEY, ["$1.242M", "$1.244M"]),
        ([0, 0.25, 0.5], Unit.SHARE, ["0%", "25%", "50%"]),
        ([0.225, 0.25], Unit.SHARE, ["22.5%", "25.0%"]),
        ([0, 1000, 2000], Unit.COUNT, ["0", "1,000", "2,000"]),
        ([], Unit.COUNT, []),
    ],
)
def test_numbers_along_an_axis_keep_in_step(values: list[float], unit: Unit, texts: list[str]) -> None:
    assert in_step(values, unit, "USD") == texts
