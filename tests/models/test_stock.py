"""A stock that nobody renews, by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket.models.stock import at_horizon, fading, fading_lines, stock

MONTHS = pd.date_range("2015-01-01", "2023-12-01", freq="MS")
CLOSED = pd.Timestamp("2019-01-01")


def shares() -> pd.Series:
    """30 percent, 27 in the year before the closure, 24 after it."""
    observed = pd.Series(30.0, index=MONTHS)
    observed[CLOSED - pd.DateOffset(months=12) <= MONTHS] = 27.0
    observed[MONTHS >= CLOSED] = 24.0
    return observed


def test_fading_by_hand() -> None:
    even, constant = fading(24.0, 48, 48.0)
    assert (even[0], even[24], even[48]) == (24, 12, 0)
    assert constant[48] == pytest.approx(24 / np.e)
    beyond, _ = fading(24.0, 60, 48.0)
    assert beyond[60] == 0


def test_a_stock_that_nobody_renews_by_hand() -> None:
    left = stock(shares(), CLOSED, 24, 36.0, 48.0)
    assert (left.start_low, left.start_high, left.seen) == (27, 30, 24)
    assert left.left_low == pytest.approx(27 * (1 - 24 / 36))
    assert left.left_high == pytest.approx(30 * np.exp(-24 / 48))
    assert left.is_renewed
    assert left.life_needed == pytest.approx(24 / np.log(30 / 24))


def test_a_share_as_low_as_what_is_left_need_not_have_been_renewed() -> None:
    low = shares()
    low[MONTHS >= CLOSED] = 15.0
    assert not stock(low, CLOSED, 24, 36.0, 48.0).is_renewed


def test_no_life_is_long_enough_where_the_share_rose() -> None:
    risen = shares()
    risen[MONTHS >= CLOSED] = 31.0
    assert stock(risen, CLOSED, 24, 36.0, 48.0).life_needed == np.inf


def test_fading_lines_begin_with_the_closure_and_end_at_what_is_left() -> None:
    left = stock(shares(), CLOSED, 24, 36.0, 48.0)
    lines = fading_lines(left, pd.date_range("2018-11-01", "2021-01-01", freq="MS"))
    assert lines[:"2018-12-01"].isna().all(axis=None)
    assert tuple(lines.loc[CLOSED]) == (27, 30)
    assert tuple(lines.iloc[-1]) == pytest.approx((left.left_low, left.left_high))


@given(st.floats(1, 60), st.integers(1, 100), st.floats(6, 100))
def test_a_stock_never_grows(start: float, months: int, life: float) -> None:
    for line in fading(start, months, life):
        assert line[0] == pytest.approx(start)
        assert (np.diff(line) <= 0).all()
        assert (line >= 0).all()


def test_a_horizon_is_the_mean_of_its_three_months() -> None:
    values = pd.Series([1.0, 2.0, 6.0, 50.0], index=MONTHS[:4])
    assert at_horizon(MONTHS[0], values, 2) == 3
    assert np.isnan(at_horizon(MONTHS[-1], values, 2))
    both = at_horizon(MONTHS[0], pd.DataFrame({"a": values, "b": 2 * values}), 2)
    assert list(both) == [3, 6]
