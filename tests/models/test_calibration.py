"""Errors learned from pairs: known answers by hand, an independent library, and coverage."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from graymarket.models import calibration
from graymarket.models.calibration import (
    allowed_hits,
    countries_left_out,
    difference,
    fitted,
    interval_score,
    left_out,
    moderated,
    without_each,
)


def pairs(**countries: list[float]) -> pd.DataFrame:
    rows = [(region, value) for region, values in countries.items() for value in values]
    frame = pd.DataFrame(rows, columns=["region", "difference"])
    return frame.assign(group=frame["region"])


BALANCED = pairs(AAA=[1, 3], BBB=[5, 7], CCC=[9, 11])


def simulated(seed: int, countries: int = 12, between: float = 0.4, within: float = 0.3):
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(countries):
        own = rng.normal(-0.2, between)
        for _ in range(rng.integers(1, 8)):
            rows.append((f"C{i:02}", own + rng.normal(0, within), float(rng.integers(0, 2))))
    frame = pd.DataFrame(rows, columns=["region", "difference", "ipads"])
    return frame.assign(group=frame["region"])


def test_two_readings_in_each_of_three_countries_by_hand():
    """Within: 2. Between means (2, 6, 10): 2 x 32 / 2 = 32, so (32 - 2) / 2 = 15. Mean 6."""
    errors = fitted(BALANCED)
    assert errors.mean == pytest.approx(6)
    assert errors.within**2 == pytest.approx(2)
    assert errors.between**2 == pytest.approx(15, rel=1e-6)
    assert errors.se**2 == pytest.approx(32 / 6)
    assert (errors.groups, errors.readings, errors.freedom) == (3, 6, 1)


def test_the_interval_of_a_new_country_by_hand():
    """t(1) at 97.5% is 12.706; 32/6 + 15 + 2 = 22.333; half the width is 12.706 x 4.7258."""
    low, high = fitted(BALANCED).interval(95)
    assert (low, high) == pytest.approx((6 - 60.047, 6 + 60.047), abs=0.01)
    low, high = fitted(BALANCED).interval(95, readings=2)
    assert high - 6 == pytest.approx(12.7062 * np.sqrt(32 / 6 + 15 + 1), abs=0.01)


def test_where_countries_differ_no_more_than_readings_nothing_is_between_them():
    errors = fitted(pairs(AAA=[1, 3], BBB=[1, 3], CCC=[1, 3], DDD=[1, 3]))
    assert errors.between == 0
    assert errors.within**2 == pytest.approx(8 / 7)  # all eight are of one sample


@pytest.mark.parametrize("seed", range(4))
def test_an_independent_library_finds_the_same(seed):
    frame = simulated(seed)
    errors = fitted(frame, ["ipads"])
    model = sm.MixedLM(
        frame["difference"], sm.add_constant(frame[["ipads"]]), groups=frame["region"]
    )
    other = model.fit(reml=True, method=["bfgs", "powell"])
    assert errors.mean == pytest.approx(other.params["const"], abs=1e-4)
    assert errors.coefficients[1] == pytest.approx(other.params["ipads"], abs=1e-4)
    assert errors.within**2 == pytest.approx(other.scale, rel=1e-3)
    assert errors.between**2 == pytest.approx(other.cov_re.iloc[0, 0], rel=1e-2, abs=1e-4)


def test_too_few_countries_are_refused():
    with pytest.raises(ValueError, match="pairs of 1 groups: expected 2 or more"):
        fitted(pairs(AAA=[1, 2]))
    with pytest.raises(ValueError, match="expected 4 or more"):
        fitted(BALANCED.assign(a=0.0, b=0.0), ["a", "b"])
    with pytest.raises(ValueError, match="learned from 2 groups: expected more"):
        fitted(pairs(AAA=[1, 2], BBB=[2, 3])).interval(95)


def test_makers_of_one_country_are_groups_that_leave_together():
    """The mean of two readings of two groups: 32/6 + 15/2 + 2/2 of variance."""
    makers = BALANCED.assign(region=["X", "X", "Y", "Y", "Z", "Z"])
    _, high = fitted(makers).interval(95, readings=2, groups=2)
    assert high - 6 == pytest.approx(12.7062 * np.sqrt(32 / 6 + 7.5 + 1), abs=0.01)
    more = pd.concat([makers, makers.assign(group=makers["group"] + "2")], ignore_index=True)
    tested = countries_left_out(more, without_each(more, fitted))
    rest = fitted(more[more["region"] != "X"])
    assert tested.loc[0, "high95"] == pytest.approx(rest.interval(95, readings=4, groups=2)[1])


def test_each_country_is_tested_by_the_others_alone():
    frame = simulated(1)
    tested = left_out(frame, without_each(frame, fitted))
    first = frame["region"].iloc[0]
    low, high = fitted(frame[frame["region"] != first]).interval(80)
    rows = tested[tested["region"] == first]
    assert set(rows["low80"]) == {low} and set(rows["high80"]) == {high}
    moved = frame.assign(difference=frame["difference"].where(frame["region"] != first, 99.0))
    again = left_out(moved, without_each(moved, fitted))
    assert again.loc[rows.index, ["low95", "high95"]].equals(rows[["low95", "high95"]])
    assert not again.loc[rows.index, "hit95"].any()


def test_one_vote_a_country():
    frame = simulated(2)
    tested = countries_left_out(frame, without_each(frame, fitted))
    assert len(tested) == frame["region"].nunique()
    size = int((frame["region"] == "C03").sum())
    row = tested[tested["region"] == "C03"].iloc[0]
    rest = fitted(frame[frame["region"] != "C03"])
    assert (row["low95"], row["high95"]) == pytest.approx(rest.interval(95, readings=size))


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_what_moves_all_pairs_moves_the_mean_and_nothing_else(seed):
    frame = simulated(seed)
    one = fitted(frame)
    other = fitted(frame.assign(difference=frame["difference"] + 0.7))
    assert other.mean == pytest.approx(one.mean + 0.7)
    assert (other.between, other.within) == pytest.approx((one.between, one.within), abs=1e-5)


def test_a_variance_that_leans_on_another_class_lies_between_both():
    """(1 x 15 + 3 x 3) / 4 = 6 between; (1 x 2 + 3 x 2) / 4 = 2 within; four degrees."""
    own = fitted(BALANCED)
    other = calibration.replace(own, between=np.sqrt(3), within=np.sqrt(2), freedom=9.0)
    both = moderated(own, other, weight=3)
    assert both.between**2 == pytest.approx(6)
    assert both.within**2 == pytest.approx(2)
    assert (both.mean, both.freedom) == (own.mean, 4)
    reach = t.ppf(0.975, 4) * np.sqrt(both.se**2 + 8)
    assert both.interval(95)[1] == pytest.approx(6 + reach)


def test_what_is_leaned_on_lends_no_more_degrees_than_it_has():
    """One of its own and two lent, though the weight is three."""
    own = fitted(BALANCED)
    other = calibration.replace(own, between=np.sqrt(3), within=np.sqrt(2), freedom=2.0)
    both = moderated(own, other, weight=3)
    assert (both.between**2, both.freedom) == (pytest.approx(6), 3)


def test_wider_spreads_make_the_mean_less_sure():
    """Between 15 becomes (15 + 3 x 59) / 4 = 48: 48/3 + 2/6 of variance for 15/3 + 2/6."""
    own = fitted(BALANCED)
    other = calibration.replace(own, between=np.sqrt(59), within=own.within, freedom=9.0)
    assert moderated(own, other, 3).se ** 2 == pytest.approx(own.se**2 * (49 / 16))


@pytest.mark.parametrize(
    ("number", "level", "hits"), [(89, 95, (79, 89)), (89, 80, (62, 79)), (20, 95, (16, 20))]
)
def test_hits_that_chance_explains(number, level, hits):
    assert allowed_hits(number, level) == hits


def test_intervals_of_the_right_width_pass_and_narrow_ones_fail():
    frame = simulated(5, countries=25)
    assert calibration.passes(left_out(frame, without_each(frame, fitted)))

    def narrow(rows: pd.DataFrame) -> calibration.Errors:
        errors = fitted(rows)
        return calibration.replace(errors, between=0.05, within=0.05)

    assert not calibration.passes(left_out(frame, without_each(frame, narrow)))


def test_the_score_of_an_interval_by_hand():
    """Widths 2 and 2; the second misses by 3, at 2 / 0.05 = 40 each: (2 + 2 + 120) / 2 = 62."""
    low, high, value = pd.Series([0.0, 0.0]), pd.Series([2.0, 2.0]), pd.Series([1.0, 5.0])
    assert interval_score(low, high, value, 95) == pytest.approx(62)


def test_a_difference_by_hand():
    """Three to one against one to one: ln 3."""
    found = difference(pd.Series([75.0]), pd.Series([50.0]))
    assert found.tolist() == pytest.approx([np.log(3)])
