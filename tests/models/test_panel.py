"""The usage panel, redone by hand."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket import evidence, models

MONTHS = pd.date_range("2021-01-01", periods=6, freq="MS")


def panel(mobile, apple, samsung):
    columns = {"mobile_share": mobile, "apple_share": apple, "samsung_internet_share": samsung}
    return pd.DataFrame({"region": "CUB", "month": MONTHS[: len(mobile)], **columns})


def test_flags_by_hand():
    rows = panel([50, 50, 50, 9.9], [7, 7, 8, 8], [float("nan"), float("nan"), 1, 1])
    series = models.region_series(rows, "CUB")
    assert list(series["flag"]) == ["", "repeated", "", "tiny panel"]
    assert len(series) == 4


def test_known_months(root):
    table = evidence.load("usage_panel", root)
    cuba = models.region_series(table, "CUB")["flag"]
    assert (cuba[:"2016-01"] == "tiny panel").all()
    assert (cuba["2016-06":] == "").all()


def test_recent_range_by_hand():
    series = pd.Series([1.0, 9.0, 4.0, 6.0, 5.0, 7.0], index=MONTHS)
    found = models.recent_range(series, "2021-06", months=4)
    assert (found.low, found.median, found.high, found.months) == (4.0, 5.5, 7.0, 4)
    assert (found.start, found.end) == (MONTHS[2], MONTHS[5])


def test_too_few_months():
    with pytest.raises(ValueError, match="1 of 12 months"):
        models.recent_range(pd.Series([1.0], index=MONTHS[:1]), "2021-01")


def spans(before, after):
    def span(low, high):
        return models.RecentRange(low, (low + high) / 2, high, MONTHS[0], MONTHS[5], 6)

    return models.moved(span(*before), span(*after))


def test_moved_needs_ranges_that_do_not_touch():
    assert spans((1, 2), (3, 4)) == "rose"
    assert spans((3, 4), (1, 2)) == "fell"
    assert spans((1, 3), (2, 4)) == "no clear change"
    assert spans((1, 2), (2, 3)) == "no clear change"


def test_jumpiness_by_hand():
    # jumps 2, 4, 2; median 2; level: median of 10, 12, 8, 10 = 10
    assert models.jumpiness(pd.Series([10.0, 12.0, 8.0, 10.0])) == 20.0
    assert models.jumpiness(pd.Series([5.0, 5.0, 5.0])) == 0.0


@given(st.lists(st.floats(0, 100), min_size=6, max_size=6))
def test_a_range_holds_its_months(values):
    found = models.recent_range(pd.Series(values, index=MONTHS), "2021-06", months=6)
    assert all(found.low <= value <= found.high for value in values)
    assert found.low <= found.median <= found.high
