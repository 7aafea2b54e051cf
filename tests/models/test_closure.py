"""Synthetic control on made-up panels with a known answer, and its parts by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from graymarket import evidence
from graymarket.models import closure, renewal
from graymarket.models.closure import Shares

MONTHS = pd.date_range("2015-01-01", "2023-12-01", freq="MS")
CLOSED = pd.Timestamp("2019-01-01")


def made_up(effect=0.0, donors=12):
    """A region that is six tenths of one donor and four of another, and `effect` points after."""
    rng = np.random.default_rng(3)
    steps = rng.normal(0, 0.6, (len(MONTHS), donors)).cumsum(axis=0)
    frame = pd.DataFrame(
        20 + steps + np.linspace(0, 6, donors),
        index=MONTHS,
        columns=[f"D{i:02}" for i in range(donors)],
    )
    own = 0.6 * frame["D01"] + 0.4 * frame["D07"]
    frame["RUS"] = own + np.where(MONTHS >= CLOSED, effect, 0)
    return Shares(frame, frame.copy())


CASE = pd.Series({"id": "made-up", "region": "RUS", "month": CLOSED, "left_out": ""})
DONORS = [f"D{i:02}" for i in range(12)]


@pytest.mark.parametrize("effect", [-8.0, -3.0, 0.0, 4.0])
def test_a_known_mix_and_a_known_effect_are_found(effect):
    found = closure.closure(made_up(effect), CASE, DONORS)
    assert found.rmspe < 0.1
    assert found.weights["D01"] == pytest.approx(0.6, abs=0.05)
    assert found.effects["points"].to_numpy() == pytest.approx(effect, abs=0.2)
    assert (found.effects["low"] <= found.effects["high"]).all()
    assert found.in_time == pytest.approx(0, abs=0.3)


def test_percent_is_of_the_level_without_the_closure():
    found = closure.closure(made_up(-3.0), CASE, DONORS)
    row = found.effects.iloc[0]
    expected = closure.at_horizon(CLOSED, made_up().clear["RUS"], row["horizon"])
    assert row["percent"] == pytest.approx(100 * -3 / expected, abs=1)


def test_a_great_effect_ranks_first_among_the_placebos():
    found = closure.closure(made_up(-8.0), CASE, DONORS)
    assert (found.p_value, found.strayed) == (pytest.approx(1 / 13), 0)
    assert replace(found, p_value=4 / 13).strayed == 3


def test_a_verdict_needs_checks_that_agree():
    found = closure.closure(made_up(-8.0), CASE, DONORS)
    assert closure.verdict(found, CLOSED) == ("moved", [])
    ordinary = replace(found, p_value=0.9)
    assert closure.verdict(ordinary, CLOSED) == (
        "untold",
        ["the band leaves zero out while the rank is ordinary"],
    )
    coarse = replace(found, rmspe=9.0, without=-found.without)
    kind, against = closure.verdict(coarse, CLOSED)
    assert kind == "untold"
    assert against == [
        "leaving out one donor turns the sign",
        "the misfit before is as large as the difference",
    ]
    within = found.effects.assign(low=-20.0, high=4.0)
    assert closure.verdict(replace(ordinary, effects=within), CLOSED) == ("lost", [])


def test_flagged_months_are_bridged_and_told():
    shares = made_up(-3.0)
    shares.clear.loc["2018-05-01", "RUS"] = np.nan
    shares.all.loc["2018-05-01", "RUS"] = 90
    found = closure.closure(shares, CASE, DONORS)
    assert found.flagged == [pd.Timestamp("2018-05-01")]
    assert found.effects["points"].iloc[0] == pytest.approx(-3, abs=0.3)
    assert found.effects["all_months"].iloc[0] != pytest.approx(found.effects["points"].iloc[0])


def test_too_few_months_before_are_refused():
    shares = made_up()
    shares.clear.loc[:"2018-01-01", "RUS"] = np.nan
    with pytest.raises(ValueError, match="made-up: too few clear months of RUS before 2019-01"):
        closure.closure(shares, CASE, DONORS)


def test_horizons_beyond_the_panel_are_not_told():
    late = CASE.copy()
    late["month"] = pd.Timestamp("2023-01-01")
    assert list(closure.closure(made_up(), late, DONORS).effects["horizon"]) == [6]


def test_recovery_on_made_up_regions_without_events():
    found = closure.recovery(made_up(donors=60), CASE, [f"D{i:02}" for i in range(60)], (0, -8))
    assert found["runs"].eq(60).all()
    assert abs(found["bias"]).max() < 1.5
    assert found.loc[0, "detected"] == pytest.approx(100 - found.loc[0, "coverage"])
    assert found.loc[1, "detected"] > found.loc[0, "detected"]


def test_donors_have_no_event_of_their_own():
    closures, policies = evidence.load("closures"), evidence.load("policies")
    regions = evidence.load("regions")
    people = pd.Series({"FRA": 6.7e7, "RUS": 1.4e8, "CUB": 1.1e7, "AND": 8e4, "UKR": 4e7})
    people["TUN"] = 1e7
    case = closures[closures["id"] == "apple-russia-2022"].iloc[0]
    # RUS is a case, CUB in Xiaomi's terms, AND small, UKR left out, TUN had a registry in 2021
    assert closure.donor_regions(case, closures, policies, regions, people) == ["FRA"]


def test_renewal_and_fading_by_hand():
    assert renewal(100e6, 20, 48) == 5_000_000
    even, constant = closure.fading(24.0, 48, 48.0)
    assert (even[0], even[24], even[48]) == (24, 12, 0)
    assert constant[48] == pytest.approx(24 / np.e)
    beyond, _ = closure.fading(24.0, 60, 48.0)
    assert beyond[60] == 0


def test_a_stock_that_nobody_renews_by_hand():
    observed = pd.Series(30.0, index=MONTHS)
    observed[CLOSED - pd.DateOffset(months=12) <= MONTHS] = 27.0
    observed[MONTHS >= CLOSED] = 24.0
    found = closure.stock(observed, CLOSED, 24, pd.Series([36.0, 48.0]))
    assert (found.start_low, found.start_high, found.seen) == (27, 30, 24)
    assert found.left_low == pytest.approx(27 * (1 - 24 / 36))
    assert found.left_high == pytest.approx(30 * np.exp(-24 / 48))


def test_a_band_holds_nine_tenths():
    low, high = closure.band(pd.Series(np.arange(101.0)))
    assert (low, high) == pytest.approx((5, 95))


def test_months_that_the_carrier_did_not_count_are_empty():
    shares = closure.usage_shares(evidence.load("usage_panel"))
    assert shares["samsung_internet_share"].clear.loc["2017-09-01"].isna().all()
    assert shares["apple_share"].clear.loc["2017-09-01"].notna().sum() > 150
    assert shares["apple_share"].clear.loc["2024-06-01"].isna().all()  # missing throughout


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"region": "crimea"}, "no series of crimea"),
        ({"month": pd.Timestamp("2015-01-01")}, "too late to fit"),
        ({"month": pd.Timestamp("2026-06-01")}, "too early to judge"),
    ],
)
def test_a_case_that_the_panel_cannot_show_says_why(changes, why):
    case = evidence.load("closures").set_index("id", drop=False).loc["apple-russia-2022"].copy()
    for key, value in changes.items():
        case[key] = value
    with pytest.raises(ValueError, match=why):
        closure.of_case(case, evidence.load)
