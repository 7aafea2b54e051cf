"""What the base holds, and how far its panel goes together with StatCounter’s own series."""

import pandas as pd
import pytest

import miniature
from graymarket import models
from graymarket.results import evidence_base

MONTHS = pd.date_range("2019-01-01", "2021-06-01", freq="MS")
GAPS = {2019: 1.0, 2020: 1.5, 2021: 2.0}  # points that the panel misses


def world(i, month, sign=-1):
    share = 30.0 + i % 2 + sign * GAPS[month.year]
    row = {"region": "world", "month": month, "mobile_share": 50.0 + i % 3, "apple_share": share}
    return row | {"samsung_internet_share": 5.0}


def theirs(i, month):
    row = {"region": "world", "month": month, "vendor": "Apple"}
    return row | {"usage_share": 30.0 + i % 2}


PANEL = [world(i, month) for i, month in enumerate(MONTHS)]
USAGE = [theirs(i, month) for i, month in enumerate(MONTHS)]


def quoted(region, month, value, **cells):
    start = pd.Timestamp(month)
    known = {"vendor": "Apple", "metric": "page_view_share", "period": "month", "value": value}
    return known | {"region": region, "start": start} | cells


@pytest.fixture
def computed(asked, tables, tmp_path):
    """Call it with rows by table; the sizes are those of the miniature base."""
    miniature.write(tmp_path)

    def make(**rows):
        sources = [{"source_id": name, "original": copy} for name, copy in (("x", ""), ("y", "z"))]
        known = {"sources": sources}
        known |= {
            "usage_panel": PANEL,
            "vendor_usage": USAGE,
            "vendor_share": [],
            "shares_in_use": [],
            "corrections": [],
        }
        given = tables(**(known | rows))
        given.root = tmp_path
        return evidence_base.compute(asked(), given)

    return make


def test_sizes_and_grades(computed, say):
    correction = {"table": "readings", "id": "readings-003", "field": "value"}
    results = computed(corrections=[correction]).results
    names = ("facts", "sources", "graded", "corrections", "copies", "rows_a", "rows_b", "rows_c")
    assert [results[name].value for name in names] == [9, 3, 9, 1, 1, 6, 2, 1]
    assert [say(results[f"part_{grade}"]) for grade in "abc"] == ["67%", "22%", "11%"]
    assert "readings" in results["facts"].lineage and "panel" in results["facts"].lineage


def test_shares_in_use_are_counted(computed):
    assert computed().results["shares_in_use"].value == 0
    found = computed(shares_in_use=[{"region": "CUB"}, {"region": "SYR"}]).results["shares_in_use"]
    assert (found.value, found.lineage) == (2, ("shares_in_use",))


def test_both_series_over_the_months_that_both_have(computed, say):
    known = computed(usage_panel=PANEL[2:], vendor_usage=USAGE[:-1])
    assert list(known.both.columns) == ["panel", "statcounter"]
    assert (known.both.index[0], known.both.index[-1]) == (MONTHS[2], MONTHS[-2])
    assert known.results["months"].value == len(MONTHS) - 3


def test_how_far_they_lie_apart_by_year(computed, say):
    results = computed().results
    assert results["months"].value == 30
    assert say(results["typical"]) == "1.5 points"
    # Variances of 0.25 and 0.14 that do not go together: 0.25 / √(0.25 × 0.39)
    assert results["correlation"].value == pytest.approx(0.5 / 0.39**0.5)
    assert say(results["gap_first"]) == "1.0 points below in 2019"
    assert say(results["gap_second"]) == "1.5 points below in 2020"
    assert say(results["gap_last"]) == "2.0 points below in Jan–Jun 2021"
    assert say(results["gap_last_size"]) == "2.0 points below"
    assert results["gap_first"].period == "2019"
    assert results["lost"].value == pytest.approx(100 * 2 / 30.5)
    assert say(results["lost"]) == "7%" and say(results["lost_when"]) == "June 2021"
    above = computed(usage_panel=[world(i, month, 1) for i, month in enumerate(MONTHS)]).results
    assert say(above["gap_first_size"]) == "1.0 points above"
    assert above["lost"].value < 0


def test_months_that_the_panel_lacks(computed, say):
    rows = [row for row in PANEL if row["month"] not in (MONTHS[10], MONTHS[12])]
    results = computed(usage_panel=rows).results
    assert say(results["lacking"]) == "two"
    assert say(results["lacking_when"]) == "November 2019 to January 2020"
    assert results["months"].value == 28
    assert "lacking" not in computed().results


def test_what_the_panel_misses_beside_quoted_readings(computed, say):
    cuba = [row | {"region": "CUB", "apple_share": 20.0 + i % 2} for i, row in enumerate(PANEL)]
    shares = [
        quoted("CUB", "2021-05-01", 25.0),  # the panel has 20
        quoted("CUB", "2021-03-01", 40.0),
        quoted("CUB", "2020-06-01", 42.0),  # a year ago to the month: 21
        quoted("CUB", "2020-05-01", 80.0),  # too long ago
        quoted("CUB", "2021-01-01", 80.0, vendor="Xiaomi"),
        quoted("CUB", "2021-01-01", 80.0, metric="sales_share"),
        quoted("CUB", "2021-01-01", 80.0, period="quarter"),
        quoted("CUB", "2021-07-01", 80.0),  # no month of the panel
        quoted("SYR", "2021-01-01", 80.0),  # no place of the panel
    ]
    results = computed(usage_panel=PANEL + cuba, vendor_share=shares).results
    assert say(results["missing_cub"]) == "20–50%"
    assert "missing_syr" not in results
    assert "usage_panel/CUB" in results["missing_cub"].lineage


def test_flags_are_counted_by_region(computed, say):
    noisy = [
        row | {"region": "SYR", "apple_share": 10.0 + i % 2 * 20} for i, row in enumerate(PANEL)
    ]
    rows = [row | ({"mobile_share": 9.0} if i < 3 else {}) for i, row in enumerate(PANEL)]
    known = computed(usage_panel=rows + noisy[:10] + noisy[12:])
    counts = known.flags.set_index(["region", "flag"])["months"]
    assert counts["world", "tiny panel"] == 3
    assert counts["SYR", "noisy panel"] == 28 and counts["SYR", "missing"] == 2
    # 27 of the 58 months that are there
    assert known.results["clear"].value == pytest.approx(100 * 27 / 58)
    assert known.results["noisy_regions"].value == 1


def test_the_limits_of_flags_are_those_of_the_models(computed, say):
    results = computed().results
    assert say(results["jump_points"]) == f"{models.JUMP_POINTS:.0f}"
    assert say(results["jump_factor"]) == "four" and models.JUMP_FACTOR == 4
    assert say(results["noisy"]) == f"{models.NOISY_JUMP:.0f}%"
    assert say(results["tiny"]) == f"{models.TINY_MOBILE_SHARE:.0f}%"
    assert {results[name].kind for name in ("jump_points", "noisy", "tiny")} == {"judged"}
