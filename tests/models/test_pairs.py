"""Shares of phones in use beside other readings, worked by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import logit

from graymarket.models import pairs


def day(text):
    return pd.Timestamp(text)


def in_use(*rows):
    """Shares of Apple in Japan in the second quarter of 2019, unless a row says otherwise."""
    common = {"region": "JPN", "vendor": "Apple", "start": day("2019-04-01"), "grade": "A"}
    common |= {"end": day("2019-06-30"), "share": 50.0, "of": "smartphones"}
    common |= {"smartphone_share": np.nan}
    frame = pd.DataFrame([common | row for row in rows])
    return frame.assign(lineage=[f"shares_in_use/u-{i}" for i in range(len(frame))])


def counted(*rows):
    return pairs.of_smartphones(in_use(*rows))


def panel(region="JPN", **months):
    """Apple's share by month, as 2019_04=60."""
    rows = [
        {"region": region, "month": day(name[1:].replace("_", "-")), "apple_share": value}
        | {"lineage": f"usage_panel/{region}/{name[1:].replace('_', '-')}"}
        for name, value in months.items()
    ]
    return pd.DataFrame(rows)


def quoted(*rows):
    """Readings of Xiaomi's page views in Spain in May 2020, unless a row says otherwise."""
    common = {"region": "ESP", "vendor": "Xiaomi", "start": day("2020-05-01"), "grade": "A"}
    common |= {"end": day("2020-05-31"), "value": 20.0, "unknown_share": np.nan}
    frame = pd.DataFrame([common | row for row in rows])
    return frame.assign(lineage=[f"vendor_share/v-{i}" for i in range(len(frame))])


def with_panel(shares, months):
    return pairs.with_panel(shares, months, "Apple", "apple_share")


XIAOMI = {"region": "ESP", "vendor": "Xiaomi", "start": day("2020-05-01"), "end": day("2020-05-31")}


# ---- of smartphones


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"share": 30.0}, 30),
        ({"share": 30.0, "of": "phones", "smartphone_share": 60.0}, 50),
        ({"share": 30.0, "of": "adults", "smartphone_share": 75.0}, 40),
        ({"share": 30.0, "of": "phones"}, 30),  # what part is not printed: a floor
        ({"share": 30.0, "smartphone_share": 60.0}, 30),  # is of smartphones already
        ({"share": 70.0, "of": "phones", "smartphone_share": 60.0}, 100),
    ],
)
def test_a_share_of_all_phones_is_divided_by_smartphones_part(row, expected):
    assert counted(row)["in_use"].item() == pytest.approx(expected)


# ---- beside the panel


def test_the_reading_is_the_mean_of_its_own_months():
    months = panel(m2019_03=90, m2019_04=50, m2019_05=60, m2019_06=70, m2019_07=90)
    pair = with_panel(counted({}), months).iloc[0]
    assert pair["reading"] == pytest.approx(60)
    assert pair["difference"] == pytest.approx(logit(0.5) - logit(0.6))
    assert (pair["group"], pair["grade"]) == ("JPN", "A")
    assert pair["lineage"] == ("shares_in_use/u-0", "usage_panel/JPN/2019-04..2019-06")


def test_a_month_that_the_count_opens_in_is_one_of_its_months():
    part = {"start": day("2019-04-20"), "end": day("2019-05-10")}
    months = panel(m2019_03=90, m2019_04=50, m2019_05=60)
    assert with_panel(counted(part), months)["reading"].item() == pytest.approx(55)


@pytest.mark.parametrize(
    ("start", "end", "part"),
    [
        ("2019-04-01", "2019-06-30", 1),
        ("2019-08-01", "2019-11-30", 0.5),
        ("2019-10-01", "2019-11-30", 0),
    ],
)
def test_the_part_of_months_in_which_ipads_counted_as_phones(start, end, part):
    months = panel(**{f"m2019_{month:02}": 60 for month in range(1, 13)})
    row = {"start": day(start), "end": day(end)}
    assert with_panel(counted(row), months)["ipads"].item() == part


@pytest.mark.parametrize(
    ("months", "reading"),
    [
        (panel(m2019_02=40, m2019_03=45, m2019_08=70), 45),  # two months off, not three
        (panel(m2019_08=70), 70),
        (panel(m2019_09=70), None),  # more than three months from the middle of May
        (panel(m2019_01=40), None),
    ],
)
def test_without_its_months_the_nearest_within_three_stand_in(months, reading):
    found = with_panel(counted({}), months)
    assert found["reading"].tolist() == ([] if reading is None else [reading])


def test_months_without_a_share_or_all_of_it_tell_nothing():
    months = panel(m2019_04=0, m2019_05=np.nan, m2019_06=64)
    assert with_panel(counted({}), months)["reading"].item() == 64
    assert with_panel(counted({}), panel(m2019_04=100)).empty


def test_only_the_maker_in_its_own_place_has_a_pair():
    shares = counted({}, {"vendor": "Samsung"}, {"region": "USA"})
    months = pd.concat([panel(m2019_05=60), panel("FRA", m2019_05=10)])
    assert with_panel(shares, months)[["region", "vendor"]].values.tolist() == [["JPN", "Apple"]]


def test_no_shares_are_no_pairs_with_all_columns():
    found = with_panel(counted({}).head(0), panel(m2019_05=60))
    assert found.empty and {"difference", "ipads", "group", "lineage"} <= set(found)


# ---- beside quoted readings


def test_the_nearest_reading_is_the_one_of_the_pair():
    readings = quoted(
        {"start": day("2020-02-01"), "end": day("2020-02-29"), "value": 12.0},
        {"start": day("2020-06-01"), "end": day("2020-06-30"), "value": 24.0, "grade": "B"},
        {"start": day("2020-09-01"), "end": day("2020-09-30"), "value": 36.0},
    )
    found = pairs.beside(counted(XIAOMI | {"share": 20.0}), readings, 6)
    assert len(found) == 1
    pair = found.iloc[0]
    assert (pair["reading"], pair["group"]) == (24, "ESP/Xiaomi")
    assert pair["grade"] == "B"  # that of the weaker of the two
    assert pair["difference"] == pytest.approx(logit(0.20) - logit(0.24))
    assert pair["lineage"] == ("shares_in_use/u-0", "vendor_share/v-1")


@pytest.mark.parametrize(("month", "pairs_found"), [("2020-11", 1), ("2020-12", 0), ("2019-11", 1)])
def test_a_reading_more_than_so_many_months_off_is_none(month, pairs_found):
    """From the middle of May: November is 184 days off, no more than 6 x 30.5 from its start."""
    start = day(month)
    end = start + pd.offsets.MonthEnd()
    if month == "2020-11":
        end = start  # the first day: 169 days off
    found = pairs.beside(counted(XIAOMI), quoted({"start": start, "end": end}), 6)
    assert len(found) == pairs_found


def test_a_reading_of_another_maker_place_or_no_time_is_no_pair():
    others = [{"vendor": "Samsung"}, {"region": "FRA"}, {"start": pd.NaT}, {"end": pd.NaT}]
    for other in others:
        assert pairs.beside(counted(XIAOMI), quoted(other), 6).empty
    assert len(pairs.beside(counted(XIAOMI), quoted(*others, {}), 6)) == 1


def test_each_share_has_its_own_pair():
    later = XIAOMI | {"start": day("2021-05-01"), "end": day("2021-05-31"), "share": 30.0}
    readings = quoted({}, {"start": day("2021-04-01"), "end": day("2021-04-30"), "value": 25.0})
    found = pairs.beside(counted(later, XIAOMI), readings, 6)
    assert found[["in_use", "reading"]].values.tolist() == [[50, 20], [30, 25]]  # by time


# ---- drift

SINCE, UNTIL = day("2020-02-01"), day("2021-02-01")


def over(values):
    """A value for each month around the two ends: three of the first, three of the second."""
    months = pd.date_range("2020-01-01", periods=3, freq="MS").union(
        pd.date_range("2021-01-01", periods=3, freq="MS")
    )
    return pd.Series(values, months, dtype=float)


COUNTRIES = pd.DataFrame(
    {
        "AAA": over([50, 50, 50, 50, 50, 50]),
        "BBB": over([20, 20, 20, 40, 40, 40]),
        "CCC": over([10, 10, 10, 0.1, 0.1, 0.1]),  # too small for log-odds
    }
)


def test_drift_by_hand():
    """From the mean of 9, 10, 11 to that of 19, 20, 21; the spread is that of 0 and 0.981."""
    world = over([9, 10, 11, 19, 20, 21])
    moved, doubt = pairs.drift(world, COUNTRIES, SINCE, UNTIL)
    assert moved == pytest.approx(logit(0.2) - logit(0.1))
    away = logit(0.4) - logit(0.2)
    assert doubt == pytest.approx(away / np.sqrt(2))


def test_back_in_time_is_as_far_the_other_way():
    world = over([9, 10, 11, 19, 20, 21])
    there = pairs.drift(world, COUNTRIES, SINCE, UNTIL)
    back = pairs.drift(world, COUNTRIES, UNTIL, SINCE)
    assert back == pytest.approx((-there[0], there[1]))


@pytest.mark.parametrize("until", ["2021-05-01", "2018-01-01"])
def test_no_series_carries_a_reading_beyond_its_months(until):
    with pytest.raises(ValueError, match=f"no series reaches {until[:7]}"):
        pairs.drift(over([10] * 6), COUNTRIES, SINCE, day(until))


def test_one_country_tells_no_spread():
    with pytest.raises(ValueError, match="no series reaches 2020-02"):
        pairs.drift(over([10] * 6), COUNTRIES[["AAA"]], SINCE, UNTIL)
