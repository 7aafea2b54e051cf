"""Synthetic control on made-up panels with a known answer, and its parts by hand."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graymarket import evidence
from graymarket.models import closure
from graymarket.models.closure import PanelCannotShow, Shares, SyntheticControl

MONTHS = pd.date_range("2015-01-01", "2023-12-01", freq="MS")
CLOSED = pd.Timestamp("2019-01-01")
DONORS = [f"D{i:02}" for i in range(12)]


def made_up(effect: float = 0.0, donors: int = 12) -> Shares:
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


def against_donors(shares: Shares, month: pd.Timestamp = CLOSED) -> SyntheticControl:
    return closure.synthetic_control(shares, "RUS", month, DONORS)


@pytest.fixture(scope="module")
def fallen() -> SyntheticControl:
    """A region whose share fell by eight points."""
    return against_donors(made_up(-8.0))


@pytest.mark.parametrize("effect", [-3.0, 0.0, 4.0])
def test_a_known_mix_and_a_known_effect_are_recovered(effect: float) -> None:
    result = against_donors(made_up(effect))
    assert result.pre_rmspe < 0.1
    assert result.weights["D01"] == pytest.approx(0.6, abs=0.05)
    assert result.effects["points"].to_numpy() == pytest.approx(effect, abs=0.2)
    assert (result.effects["low"] <= result.effects["high"]).all()
    assert result.in_time_placebo == pytest.approx(0, abs=0.3)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(0.05, 1), min_size=2, max_size=5), st.integers(0, 1000))
def test_weights_of_a_mix_are_found_and_sum_to_one(mix: list[float], seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"D{i}" for i in range(len(mix))]
    window = pd.DataFrame(rng.uniform(5, 40, (60, len(mix))), columns=names)
    window["RUS"] = window @ (np.array(mix) / sum(mix))
    weights, gap = closure.fit(window, "RUS", names, np.full(60, True))
    assert weights.to_numpy() == pytest.approx(np.array(mix) / sum(mix), abs=0.02)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert gap.abs().max() < 0.5


def test_percent_is_of_the_level_without_the_closure(fallen: SyntheticControl) -> None:
    row = fallen.effects.iloc[0]
    level = closure.at_horizon(CLOSED, made_up().clear["RUS"], row["horizon"])
    assert row["percent"] == pytest.approx(100 * -8 / level, abs=1)


def test_a_great_effect_ranks_first_among_the_placebos(fallen: SyntheticControl) -> None:
    assert (fallen.as_far, fallen.as_far_by_distance) == (0, 0)
    assert len(fallen.placebo_ratios) == len(fallen.placebo_distances) == 12


def test_ranks_count_placebos_alone_by_ratio_and_by_distance(fallen: SyntheticControl) -> None:
    ratios = pd.Series([fallen.ratio, fallen.ratio + 1, fallen.ratio - 1])
    distances = pd.Series([fallen.distance, fallen.distance - 1, fallen.distance - 2])
    ranked = replace(fallen, placebo_ratios=ratios, placebo_distances=distances)
    assert (ranked.as_far, ranked.as_far_by_distance) == (2, 1)


def test_a_ratio_is_the_distance_after_over_the_misfit_before(fallen: SyntheticControl) -> None:
    after = fallen.gaps[fallen.gaps.index >= CLOSED]
    assert fallen.distance == pytest.approx(float(np.sqrt((after**2).mean())))
    assert fallen.ratio == pytest.approx(fallen.distance / fallen.pre_rmspe)
    by_hand = fallen.placebo_distances / fallen.placebo_pre_rmspe
    assert list(fallen.placebo_ratios) == pytest.approx(list(by_hand))


@pytest.mark.parametrize(("as_far", "rare"), [(0, True), (3, True), (4, False)])
def test_a_rank_is_rare_up_to_a_tenth_of_the_placebos(
    fallen: SyntheticControl, as_far: int, rare: bool
) -> None:
    ratios = pd.Series([fallen.ratio + 1] * as_far + [0.0] * (30 - as_far))
    assert replace(fallen, placebo_ratios=ratios).is_unusual == rare


def test_a_verdict_needs_checks_that_agree(fallen: SyntheticControl) -> None:
    assert closure.verdict(fallen) == ("moved", ())
    ordinary = replace(fallen, placebo_ratios=fallen.placebo_ratios + 1e9)
    assert closure.verdict(ordinary) == ("inconclusive", ("ordinary_rank",))
    coarse = replace(fallen, pre_rmspe=9.0, leave_one_out=-fallen.leave_one_out)
    assert closure.verdict(coarse) == ("inconclusive", ("one_donor_decides", "poor_fit"))
    within = fallen.effects.assign(low=-20.0, high=4.0)
    assert closure.verdict(replace(fallen, effects=within)) == ("inconclusive", ("within_band",))
    assert closure.verdict(replace(ordinary, effects=within)) == ("within_chance", ())


def test_lines_hold_a_band_from_the_closure_on(fallen: SyntheticControl) -> None:
    lines = closure.lines(fallen)
    assert lines.loc[: CLOSED - pd.DateOffset(months=1), ["low", "high"]].isna().all(axis=None)
    after = lines[CLOSED:]
    assert (after["low"] <= after["high"]).all()
    assert (after["low"] >= 0).all()
    last = fallen.placebo_gaps.tail(3).mean().quantile(0.95)
    assert after["high"].iloc[-1] - after["synthetic"].iloc[-1] == pytest.approx(last)


def test_an_effect_at_any_month_is_the_gap_less_the_band(fallen: SyntheticControl) -> None:
    row = fallen.effects.iloc[0]
    effect = closure.effect_at(fallen, int(row["horizon"]))
    assert effect == pytest.approx((row["points"], row["low"], row["high"]))


def test_flagged_months_are_bridged_and_named() -> None:
    shares = made_up(-3.0)
    shares.clear.loc["2018-05-01", "RUS"] = np.nan
    shares.all.loc["2018-05-01", "RUS"] = 90
    result = against_donors(shares)
    assert result.flagged == (pd.Timestamp("2018-05-01"),)
    first = result.effects.iloc[0]
    assert first["points"] == pytest.approx(-3, abs=0.3)
    assert first["all_months"] != pytest.approx(first["points"])


def test_too_few_months_before_are_refused() -> None:
    shares = made_up()
    shares.clear.loc[:"2018-01-01", "RUS"] = np.nan
    with pytest.raises(PanelCannotShow, match="RUS, 2019-01: too few clear months") as refused:
        against_donors(shares)
    assert refused.value.reason == "too_few_clear_months"


def test_horizons_beyond_the_panel_are_left_out() -> None:
    late = against_donors(made_up(), pd.Timestamp("2023-01-01"))
    assert list(late.effects["horizon"]) == [6]


def test_recovery_on_made_up_regions_without_events() -> None:
    donors = [f"D{i:02}" for i in range(40)]
    shares = made_up(donors=40)
    runs = closure.recovery(shares, "RUS", CLOSED, donors, (0, -8))
    with_room = shares.clear.loc[CLOSED:, donors].min() > 8
    assert runs["runs"].eq(with_room.sum()).all()
    assert abs(runs["bias"]).max() < 1.5
    assert runs.loc[0, "detected"] < 100 - runs.loc[0, "coverage"]  # falls, and no rises
    assert runs.loc[1, "detected"] > runs.loc[0, "detected"]


def test_pooled_runs_are_weighted_by_their_number() -> None:
    columns = ["injected", "runs", "bias", "coverage", "detected"]
    one = pd.DataFrame([(0, 30, 1.0, 90.0, 10.0), (-np.inf, 30, 1.0, 90.0, 100.0)], columns=columns)
    other = pd.DataFrame(
        [(0, 10, 5.0, 50.0, 50.0), (-np.inf, 10, 5.0, 50.0, 80.0)], columns=columns
    )
    both = closure.pooled([one, other])
    assert list(both["injected"]) == [0, -np.inf]
    assert list(both["runs"]) == [40, 40]
    assert list(both["bias"]) == pytest.approx([2, 2])
    assert list(both["coverage"]) == pytest.approx([80, 80])
    assert list(both["detected"]) == pytest.approx([20, 95])


PEOPLE = pd.Series(dict.fromkeys(("RUS", "UKR", "FRA", "TUN", "CUB", "EGY"), 1e7) | {"AND": 8e4})


def countries() -> pd.DataFrame:
    """PEOPLE's countries, Cuba in Xiaomi's terms, Egypt without a file, and the world."""
    frame = pd.DataFrame({"region": [*PEOPLE.index, "WLD"], "kind": "country", "usage_file": "f"})
    frame.loc[frame["region"] == "WLD", "kind"] = "world"
    frame.loc[frame["region"] == "EGY", "usage_file"] = ""
    return frame.assign(in_xiaomi_terms=frame["region"] == "CUB")


def registries(*spans: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(spans), columns=["region", "start", "end"])


def donors_of(*spans: tuple[str, str, str], left_out: str = "UKR") -> list[str]:
    """Donors of a closure in Russia in March 2022: its window is March 2017 to March 2026."""
    row = pd.Series({"region": "RUS", "month": pd.Timestamp("2022-03-01"), "left_out": left_out})
    closures = pd.DataFrame({"region": ["RUS"]})
    return closure.donor_regions(row, closures, registries(*spans), countries(), PEOPLE)


def test_donors_are_watched_countries_of_a_million_that_are_not_left_out() -> None:
    assert donors_of() == ["FRA", "TUN"]
    assert donors_of(left_out="") == ["UKR", "FRA", "TUN"]
    assert donors_of(left_out="FRA TUN UKR") == []


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2021", ""),  # within, and open
        ("2011", ""),  # long before, and still in force
        ("", ""),  # always
        ("", "2017"),  # some part of its last year
        ("2010-05-01", "2017-03-01"),
        ("2026-03-31", ""),
        ("2026", "2026"),
        ("2019-10-15", "2019-10"),
    ],
)
def test_a_registry_within_the_window_bars_a_donor(start: str, end: str) -> None:
    assert donors_of(("TUN", start, end)) == ["FRA"]


@pytest.mark.parametrize(
    ("start", "end"),
    [("2010", "2016"), ("", "2017-02"), ("2013-06", "2017-02-28"), ("2026-04", ""), ("2027", "")],
)
def test_a_registry_outside_the_window_bars_none(start: str, end: str) -> None:
    assert donors_of(("TUN", start, end)) == ["FRA", "TUN"]


def test_any_row_of_a_country_may_bar_it() -> None:
    spans = (("TUN", "2010", "2011"), ("TUN", "2020", "2021"), ("FRA", "2010", "2012"))
    assert donors_of(*spans) == ["FRA"]
    window = pd.Timestamp("2011-06-01"), pd.Timestamp("2012-01-01")
    held = closure.held_within(registries(*spans), *window)
    assert list(held["region"]) == ["TUN", "FRA"]


def test_countries_with_known_registries_are_no_donors_in_the_base() -> None:
    closures, people = evidence.load("closures"), evidence.load("world_development")
    known = (evidence.load("registries"), evidence.load("regions"), closure.population(people))
    for _, row in closures.iterrows():
        donors = closure.donor_regions(row, closures, *known)
        assert not {"COL", "IDN", "CHL", "TUR", "PAK", "EGY"} & set(donors)
        assert {"FRA", "JPN"} <= set(donors)


def test_a_band_holds_nine_tenths() -> None:
    low, high = closure.band(pd.Series(np.arange(101.0)))
    assert (low, high) == pytest.approx((5, 95))


def test_flags_of_one_series_are_not_all_those_of_another() -> None:
    months = pd.date_range("2020-01-01", periods=24, freq="MS")
    panel = pd.DataFrame({"region": "RUS", "month": months, "mobile_share": 50.0})
    wave = np.arange(24) / 100
    panel["apple_share"] = 20 + wave
    panel["samsung_internet_share"] = 5 + wave
    panel.loc[12, "apple_share"] = 60
    shares = closure.usage_shares(panel, ["RUS"])
    jump = months[12]
    assert np.isnan(shares["apple_share"].clear.loc[jump, "RUS"])
    assert shares["apple_share"].all.loc[jump, "RUS"] == 60
    assert shares["samsung_internet_share"].clear.loc[jump, "RUS"] == pytest.approx(5.12)


@pytest.mark.parametrize(
    ("region", "month", "reason"),
    [
        ("crimea", "2020-01-01", "no_series"),
        ("RUS", "2017-01-01", "begins_too_late"),
        ("RUS", "2023-08-01", "ends_too_early"),
    ],
)
def test_a_closure_that_the_panel_cannot_show_says_why(
    region: str, month: str, reason: str
) -> None:
    panel = pd.DataFrame({"region": "RUS", "month": MONTHS})
    row = pd.Series({"region": region, "month": pd.Timestamp(month)})
    with pytest.raises(PanelCannotShow) as refused:
        closure.require_shown(panel, row)
    assert refused.value.reason == reason
    closure.require_shown(panel, pd.Series({"region": "RUS", "month": pd.Timestamp("2019-01-01")}))
