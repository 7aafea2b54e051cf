"""Ranges that are carried to their month from a series."""

import numpy as np
import pandas as pd
import pytest
from few import assumptions
from scipy.stats import t

from graymarket import models
from graymarket.evidence import Tables
from graymarket.results.assumptions import with_ranges

JUNE = pd.Timestamp("2026-06-01")
SERIES = "world_development/CUB/SP.POP.TOTL"
PEOPLE = {2020: 100.0, 2021: 110.0, 2022: 110.0, 2023: 121.0, 2024: 121.0}


def known(*rows):
    common = {"date": JUNE, "maker": "all", "parameter": "population"}
    world = pd.DataFrame(
        [
            {"region": region, "indicator": "SP.POP.TOTL", "year": year, "value": times * value}
            for region, times in (("CUB", 1), ("CUBA", 9))
            for year, value in PEOPLE.items()
        ]
    )
    entries = world["region"] + "/SP.POP.TOTL/" + world["year"].astype(str)
    world = world.assign(lineage="world_development/" + entries)
    given = assumptions(*(common | row for row in rows))
    return with_ranges(Tables.of({"assumptions": given, "world_development": world}))


CARRIED = {"low": np.nan, "mode": np.nan, "high": np.nan, "drift": SERIES}


def test_a_series_is_carried_to_the_month_by_hand():
    """From July 2024 to June 2026 are 23 months; a year brings a factor of 1.1 or nothing, in turn.

    Any two years bring 1.1, which leaves no doubt over two.
    """
    (row,) = known(CARRIED).itertuples()
    middle = 121 * 1.1 ** (0.5 * 23 / 12)
    assert row.posterior.spread == pytest.approx(0)
    assert (row.low, row.mode, row.high) == (133.0, 133.0, 133.0)
    assert middle == pytest.approx(132.57, abs=0.01)
    assert float(row.posterior.quantile(0.5)) == pytest.approx(middle)
    assert row.lineage == (
        "assumptions/assumptions-001",
        "world_development/CUB/SP.POP.TOTL/2020..2024",
    )


def test_half_a_year_ahead_by_hand():
    """Changes 1, 0, 1, 0 off 0.5: squares of 0.25, four of them over 1 x 4 x (1 - 1/4)."""
    (row,) = known(CARRIED | {"date": pd.Timestamp("2025-01-01")}).itertuples()
    step = np.log(1.1)
    spread = step * np.sqrt(1 / 3 * (0.5 + 0.25 / 4))
    assert row.posterior.spread == pytest.approx(spread)
    ends = np.exp(np.log(121) + 0.25 * step + t.ppf([0.025, 0.5, 0.975], 3) * spread)
    assert [row.low, row.mode, row.high] == [float(f"{end:.3g}") for end in ends]


def test_typed_ranges_stay_as_they_are():
    rows = known({"low": 1.25, "mode": 2.5, "high": 3.75}, CARRIED | {"region": "SDN"})
    assert rows.loc[0, ["low", "mode", "high"]].tolist() == [1.25, 2.5, 3.75]
    assert rows.loc[0, "posterior"] is None
    assert rows.loc[0, "lineage"] == "assumptions/assumptions-001"


def test_an_estimate_draws_from_the_forecast_not_between_its_ends():
    later = {"date": pd.Timestamp("2025-01-01")}
    share = {"parameter": "smartphone_share", "low": 50.0, "mode": 50.0, "high": 50.0} | later
    rows = known(CARRIED | later, share)
    found = models.estimate(rows).set_index("quantity").loc["smartphones"]
    forecast = rows.loc[0, "posterior"]
    low, high = forecast.interval(95)
    assert (found["low"], found["high"]) == pytest.approx((low / 2, high / 2))
    assert found["low95"] == pytest.approx(low / 2, rel=1e-3)
    assert found["lineage"][:2] == rows.loc[0, "lineage"]


def test_no_rows_no_ranges():
    assert known().empty
