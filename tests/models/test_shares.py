"""Shares, redone by hand."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket import evidence, models


def reading(name, value, **changes):
    row = {
        "id": name,
        "region": "CUB",
        "vendor": "Xiaomi",
        "end": pd.Timestamp("2021-08-31"),
        "metric": "page_view_share",
        "statistic": "value",
        "value": value,
        "grade": "A",
        "repeats": "",
    }
    return row | changes


def test_only_good_independent_and_near_readings_count():
    readings = pd.DataFrame(
        [
            reading("views", 18.0),
            reading("site", 14.0, metric="site_visitor_share", grade="B"),
            reading("poll", 29.0, metric="reader_poll_share"),
            reading("weak", 50.0, grade="C"),
            reading("copy", 40.0, repeats="views"),
            reading("least of a year", 4.0, statistic="minimum"),
            reading("old", 5.0, end=pd.Timestamp("2021-06-30")),
            reading("other maker", 60.0, vendor="Samsung"),
            reading("elsewhere", 70.0, region="IRN"),
        ]
    )
    found = models.measured_range(readings, "CUB", "Xiaomi", "2021-09")
    assert (found.low, found.high, found.readings) == (14.0, 18.0, ("views", "site"))


def test_no_reading_is_an_error():
    with pytest.raises(ValueError, match="no measured share of Xiaomi in CUB"):
        models.measured_range(
            pd.DataFrame([reading("c", 1.0, grade="C")]), "CUB", "Xiaomi", "2021-09"
        )


def test_cuba_as_published(root):
    found = models.measured_range(evidence.load("vendor_share", root), "CUB", "Xiaomi", "2021-09")
    assert (found.low, found.high) == (14.57, 18.27)


def test_rank_cap_by_hand():
    assert models.rank_cap(1) == 100
    assert models.rank_cap(2) == 50
    assert models.rank_cap(9) == pytest.approx(11.111, abs=0.001)
    with pytest.raises(ValueError, match="rank 0"):
        models.rank_cap(0)


@given(st.lists(st.floats(0.01, 1000), min_size=1, max_size=30))
def test_no_share_exceeds_the_cap_of_its_rank(sizes):
    shares = sorted((100 * size / sum(sizes) for size in sizes), reverse=True)
    for rank, share in enumerate(shares, start=1):
        assert share <= models.rank_cap(rank) * (1 + 1e-9)


def test_sampling_error_by_hand():
    # sqrt(0.5 * 0.5 / 100) = 0.05, and 1.96 of these are 9.8 points
    assert models.sampling_error(50, 100) == pytest.approx(9.8, abs=0.001)
    # sqrt(0.1457 * 0.8543 / 737000) = 0.000411
    assert models.sampling_error(14.57, 737_000) == pytest.approx(0.0806, abs=0.0001)


@given(st.floats(0, 100), st.integers(1, 10**7))
def test_four_times_the_sample_halves_the_error(share, sample):
    error = models.sampling_error(share, sample)
    assert math.isclose(models.sampling_error(share, 4 * sample), error / 2, abs_tol=1e-12)


def figure(**changes):
    row = {"low": None, "value": None, "high": None, "share_of_total": None, "qualifier": "exact"}
    row |= {"grade": "B", "unit": "percent", "use": "core", "denominator_detail": "", "note": ""}
    return row | changes


def test_published_figures_become_ranges():
    rows = pd.DataFrame(
        [
            figure(value=40.0, share_of_total=40.0),
            figure(low=88.0, high=90.0, share_of_total=89.0),
            figure(
                low=18.0, high=20.0, share_of_total=16.0
            ),  # printed as a ratio to official sales
            figure(high=10.0, share_of_total=10.0, qualifier="at_most"),
            figure(value=1.0, grade="C"),
            figure(value=1200000.0, unit="units"),
        ]
    )
    found = models.published(rows)
    assert found[["least", "most"]].values.tolist() == [[40, 40], [88, 90], [16, 16], [10, 10]]
    assert list(found["limit"]) == ["", "", "", "most"]


def test_a_figure_is_of_a_maker_when_its_words_name_it_or_its_product():
    one = {"use": "one_brand_or_segment"}
    rows = pd.DataFrame(
        [
            figure(note="iPhone alone. Apple only", **one),
            figure(note="Samsung only", **one),
            figure(denominator_detail="Xiaomi’s share", **one),
            figure(note="Apple among others"),
        ]
    )
    assert list(models.of_maker(rows, "Apple").index) == [0]
    assert list(models.of_maker(rows, "Xiaomi").index) == [2]
    assert models.of_maker(rows, "Nokia (HMD)").empty
