"""A series carried ahead, by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from graymarket import models

# Logarithms 0, 0.1, 0.3, 0.3, 0.5: four yearly changes of 0.125 in the mean.
SERIES = pd.Series(np.exp([0.0, 0.1, 0.3, 0.3, 0.5]), index=[2018, 2019, 2020, 2021, 2022])


def test_a_year_ahead_by_hand():
    """Changes 0.1, 0.2, 0 and 0.2: squares off the mean sum to 0.0275, over three."""
    found = models.random_walk(SERIES, 1)
    assert found.center == pytest.approx(0.625)
    assert found.spread**2 == pytest.approx(0.0275 / 3 * (1 + 1 / 4))
    assert found.freedom == 3


def test_two_years_ahead_learns_from_changes_over_two_years():
    """Changes 0.3, 0.2 and 0.2, 0.05 off 0.25 each: 0.0075 over 2 x 3 x (1 - 2/4)."""
    found = models.random_walk(SERIES, 2)
    assert found.center == pytest.approx(0.75)
    assert found.spread**2 == pytest.approx(0.0025 * (2 + 4 / 4))
    assert found.freedom == 1


def test_a_part_of_a_year_counts_as_one_for_the_spread_alone():
    found = models.random_walk(SERIES, 1.5)
    assert found.center == pytest.approx(0.5 + 1.5 * 0.125)
    assert found.spread**2 == pytest.approx(0.0025 * (1.5 + 2.25 / 4))


def test_quantiles_are_those_of_students_t_on_the_log_scale():
    found = models.random_walk(SERIES, 1)
    low, high = found.interval(95)
    reach = t.ppf(0.975, 3) * found.spread
    assert (low, high) == pytest.approx((np.exp(0.625 - reach), np.exp(0.625 + reach)))
    assert found.quantile(0.5) == pytest.approx(np.exp(0.625))


def test_steady_growth_leaves_no_doubt():
    steady = pd.Series([100.0, 110.0, 121.0, 133.1], index=[2020, 2021, 2022, 2023])
    assert models.random_walk(steady, 1).interval(95) == pytest.approx((146.41, 146.41))


def test_the_order_of_rows_does_not_matter():
    assert models.random_walk(SERIES[::-1], 1) == models.random_walk(SERIES, 1)


@pytest.mark.parametrize(
    ("series", "ahead", "expected"),
    [
        (SERIES.drop(2020), 1, "a value for each year"),
        (SERIES, 2.1, "4 yearly changes carry nothing 2.1 years ahead"),
        (SERIES, 0, "4 yearly changes carry nothing 0.0 years ahead"),
    ],
)
def test_what_cannot_be_carried_is_refused(series, ahead, expected):
    with pytest.raises(ValueError, match=expected):
        models.random_walk(series, ahead)
