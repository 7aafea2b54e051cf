"""One share from several readings: weights and intervals worked by hand, and simulated truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit
from scipy.stats import norm, t

from graymarket.models.synthesis import combined, without_each


def readings(*rows, freedom=10.0):
    frame = pd.DataFrame(rows, columns=["at", "kind", "shared", "own"])
    return frame.assign(freedom=freedom)


def limit(at, own):
    return pd.DataFrame({"at": [at], "own": [own]}, index=["limit"])


APART = readings((0.0, "views", 0.0, 1.0), (1.0, "offers", 0.0, 1.0))
ALIKE = readings((0.0, "views", 1.0, 1.0), (1.0, "views", 1.0, 1.0))


def test_two_kinds_of_one_error_by_hand():
    """Variance 1/2; degrees (1/2)^2 / (2 x (1/4)^2 / 10) = 20."""
    known = combined(APART)
    assert known.weights.tolist() == pytest.approx([0.5, 0.5])
    assert (known.center, known.spread**2, known.freedom) == pytest.approx((0.5, 0.5, 20))
    reach = t.ppf(0.975, 20) * np.sqrt(0.5)
    ends = 100 * expit(np.array([0.5 - reach, 0.5 + reach]))
    assert known.interval(95) == pytest.approx(tuple(ends), abs=0.02)


def test_two_readings_of_one_kind_tell_less_than_two_kinds():
    """What they share stays: variance 1/2 + 1."""
    known = combined(ALIKE)
    assert known.weights.tolist() == pytest.approx([0.5, 0.5])
    assert known.spread**2 == pytest.approx(1.5)


def test_the_surer_reading_weighs_more():
    """Variances 1 and 4: weights 4/5 and 1/5."""
    known = combined(readings((0.0, "views", 0.0, 1.0), (1.0, "offers", 0.0, 2.0)))
    assert known.weights.tolist() == pytest.approx([0.8, 0.2])
    assert known.center == pytest.approx(0.2)
    assert known.spread**2 == pytest.approx(0.8)


def test_a_sure_limit_cuts_off_what_lies_above():
    """Half of a normal: below its middle at 50%, the 95% quantile is that of 47.5%."""
    known = combined(readings((0.0, "views", 0.0, 1.0), freedom=1e9), limit(0.0, 1e-6))
    assert known.chance_above(50) == pytest.approx(0, abs=0.5)
    expected = 100 * expit(norm.ppf(0.25))
    assert known.quantile(0.5) == pytest.approx(expected, abs=0.2)


def test_a_limit_without_any_doubt_cuts_at_its_place():
    """Even where it falls on a point of the grid."""
    known = combined(readings((0.0, "views", 0.0, 1.0)), limit(0.5, 0.0))
    assert known.density.sum() == pytest.approx(1)
    assert known.chance_above(100 * expit(0.51)) == pytest.approx(0, abs=0.1)
    assert known.chance_above(100 * expit(0.49)) > 0.2


def test_a_limit_that_nobody_is_sure_of_moves_little():
    free = combined(APART)
    loose = combined(APART, limit(8.0, 0.1))
    assert loose.interval(95) == pytest.approx(free.interval(95), abs=0.05)


def test_the_answer_without_each():
    known = without_each(APART.set_axis(["views", "offers"]), limit(0.5, 0.2))
    assert list(known.index) == ["views", "offers", "limit"]
    assert known["views"].center == pytest.approx(1)
    assert known["offers"].center == pytest.approx(0)
    assert known["limit"].interval(80) == combined(APART).interval(80)
    assert without_each(APART.head(1)).iloc[0] is None


def test_nothing_to_build_on_is_refused():
    with pytest.raises(ValueError, match="expected one reading or more"):
        combined(APART.head(0))


@given(st.floats(-3, 1), st.floats(0.1, 0.8), st.floats(3, 40), st.floats(0.01, 0.99))
@settings(max_examples=50, deadline=None)
def test_quantiles_are_those_of_student_where_there_is_no_limit(at, own, freedom, chance):
    known = combined(readings((at, "views", 0.0, own), freedom=freedom))
    expected = at + own * t.ppf(chance, freedom)
    if -6 < expected < 4:  # the grid ends where shares are next to none or next to all
        assert logit(known.quantile(chance) / 100) == pytest.approx(expected, abs=0.03)


@given(st.floats(1, 99))
def test_chance_and_quantile_are_each_others_reverse(share):
    known = combined(APART)
    above = known.chance_above(share)
    if 0.1 < above < 99.9:
        assert known.quantile(1 - above / 100) == pytest.approx(share, abs=0.01)
