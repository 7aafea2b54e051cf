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


def flags(rows):
    return list(models.region_series(rows, "CUB")["flag"])


def test_flags_by_hand():
    nothing = float("nan")
    rows = panel([50, 50, 50, 9.9, 50], [7, 7, 8, 8, 8], [nothing, nothing, 1, 1, 2])
    assert flags(rows) == ["", "repeated", "", "tiny panel", ""]


def test_a_month_that_is_not_there_is_flagged_and_kept():
    rows = panel([50, 51, 52, 53], [7, 7, 8, 8], [1, 1, 1, 1])
    assert flags(rows.drop(index=2)) == ["", "", "missing", ""]


def test_a_jump_by_hand():
    # around the fourth month: 20, 21, 20, 21, 20: median 20, typical distance 0 to 1
    rows = panel([50, 51, 52, 53, 54, 55], [20, 21, 20, 26, 21, 20], [1] * 6)
    assert flags(rows) == ["", "", "", "jump", "", ""]
    near = rows.assign(apple_share=[20, 21, 20, 22.9, 21, 20])  # under three points
    assert flags(near) == [""] * 6


def test_a_noisy_panel_is_flagged_throughout():
    # jumps of 10 at a level of 15: 67%
    rows = panel([50, 51, 52, 53], [10, 20, 10, 20], [1] * 4)
    assert flags(rows) == ["noisy panel"] * 4


@pytest.fixture(scope="module")
def table(root):
    return evidence.load("usage_panel", root)


def known(table, region):
    return models.region_series(table, region)["flag"]


def test_north_korea_is_noise_throughout(table):
    assert set(known(table, "PRK")) == {"noisy panel", "missing"}


def test_cuba_before_2016_is_a_tiny_panel(table):
    cuba = known(table, "CUB")
    assert (cuba[:"2016-01"] == "tiny panel").all()
    assert not (cuba["2016-06":] == "tiny panel").any()


@pytest.mark.parametrize(
    ("region", "month"),
    [
        ("RUS", "2023-09"),
        ("UKR", "2023-09"),
        ("KAZ", "2023-09"),
        ("IRN", "2026-03"),
        ("IRN", "2026-04"),
    ],
)
def test_known_jumps(table, region, month):
    assert known(table, region)[f"{month}-01"] == "jump"


@pytest.mark.parametrize("month", ["2024-06", "2024-10", "2026-01"])
def test_known_gaps(table, month):
    assert known(table, "CUB")[f"{month}-01"] == "missing"


def test_no_reading_is_lost(table):
    iran = models.region_series(table, "IRN")
    assert iran["apple_share"].notna().sum() == (table["region"] == "IRN").sum()


def test_agreement_by_hand():
    first = pd.Series([1.0, 2.0, 3.0, 9.0], index=MONTHS[:4])
    second = pd.Series([2.0, 4.0, 6.0], index=MONTHS[:3])
    found = models.agreement(first, second)  # gaps -1, -2, -3
    assert (found.months, found.median_gap, found.typical_distance) == (3, -2.0, 2.0)
    assert found.correlation == pytest.approx(1)
    with pytest.raises(ValueError, match="2 months in common"):
        models.agreement(first, second[:2])


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


def test_outside_since_by_hand():
    before = models.RecentRange(4, 5, 6, MONTHS[0], MONTHS[0], 1)
    left = pd.Series([5.0, 3.0, 4.5, 3.0, 2.0, 1.0], index=MONTHS)
    assert models.outside_since(left, before) == MONTHS[3]
    assert models.outside_since(pd.Series([5.0, 1.0, 5.0], index=MONTHS[:3]), before) is None
    assert models.outside_since(pd.Series([5.0, 7.0, 1.0], index=MONTHS[:3]), before) == MONTHS[1]


def test_jumpiness_by_hand():
    # jumps 2, 4, 2; median 2; level: median of 10, 12, 8, 10 = 10
    assert models.jumpiness(pd.Series([10.0, 12.0, 8.0, 10.0])) == 20.0
    assert models.jumpiness(pd.Series([5.0, 5.0, 5.0])) == 0.0


@given(st.lists(st.floats(0, 100), min_size=6, max_size=6))
def test_a_range_holds_its_months(values):
    found = models.recent_range(pd.Series(values, index=MONTHS), "2021-06", months=6)
    assert all(found.low <= value <= found.high for value in values)
    assert found.low <= found.median <= found.high


def test_one_vendors_series_is_of_its_region_alone():
    usage = pd.DataFrame(
        {
            "region": ["CUB", "world", "world"],
            "month": pd.to_datetime(["2021-08", "2021-09", "2021-08"]),
            "vendor": "Xiaomi",
            "usage_share": [18.27, 11.5, 11.37],
        }
    )
    world = models.vendor_series(usage, "world", "Xiaomi")
    assert world.to_list() == [11.37, 11.5]
    assert models.vendor_series(usage, "IRN", "Xiaomi").empty


def test_around_an_event_its_own_month_counts_on_neither_side():
    series = pd.Series(range(1, 8), pd.date_range("2021-06-01", periods=7, freq="MS"), dtype=float)
    found = models.around(series, pd.Timestamp("2021-09-01"), months=3)
    assert (found.before, found.after) == ((1, 3), (5, 7))
    assert models.around(series.drop(series.index[0]), pd.Timestamp("2021-09-01"), 3) is None
