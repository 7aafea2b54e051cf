"""The estimate, redone by hand; what must hold whatever the inputs; what is refused."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, triang

from graymarket import evidence, models
from graymarket.models import sensitivity
from graymarket.models.points import even
from graymarket.models.synthesis import combined
from graymarket.models.triangular import triangular

LOCK = pd.Timestamp("2021-09-01")


OF_ALL = {"population", "lines", "lines_per_user", "smartphone_share", "authorised_supply_share"}


def inputs(maker="Xiaomi", **ranges):
    """Assumptions of one made-up region; each range is (low, mode, high[, kind])."""
    rows = [
        {
            "region": "CUB",
            "date": LOCK,
            "maker": models.ALL if name in OF_ALL else maker,
            "parameter": name,
            "low": low,
            "mode": mode,
            "high": high,
            "kind": kind[0] if kind else "evidence",
            "lineage": f"assumptions/CUB/2021-09/{name}",
        }
        for name, (low, mode, high, *kind) in ranges.items()
    ]
    return pd.DataFrame(rows)


def estimated(table, quantity):
    return models.estimate(table).set_index("quantity").loc[quantity]


def posterior(at=0.0, own=0.5):
    """What one sure reading tells: a normal around `at`, in log-odds."""
    row = {"at": at, "kind": "views", "shared": 0.0, "own": own, "freedom": 1e9}
    return combined(pd.DataFrame([row], index=["vendor_share/v-1"]))


CHAIN = {
    "lines": (6e6, 7e6, 8e6),
    "lines_per_user": (1.0, 1.25, 1.5),
    "smartphone_share": (60, 70, 80),
    "share": (10, 15, 20),
    "brand_gray": (90, 95, 100),
}


def test_the_chain_by_hand():
    # 7 million / 1.25 = 5.6 million users; 70% is 3.92 million; 15% is 588,000; 95% is 558,600
    modes = {name: mode for name, (_, mode, _) in CHAIN.items()}
    assert models.value("smartphones", modes) == 3_920_000
    assert models.value("phones", modes) == pytest.approx(588_000)
    assert models.value("brand_gray_phones", modes) == pytest.approx(558_600)
    assert models.value("brand_gray_share", modes) == 14.25


def test_the_ends_together_by_hand():
    """Each range is even on both sides of its mode: 2.5% lie below sqrt(0.025 / 2) = 0.1118."""
    found = estimated(inputs(**CHAIN), "brand_gray_phones")
    least = 6_223_607 / 1.444098 * 0.6223607 * 0.11118034 * 0.91118034
    most = 7_776_393 / 1.055902 * 0.7776393 * 0.18881966 * 0.98881966
    assert found["low"] == pytest.approx(least, rel=1e-4)
    assert found["high"] == pytest.approx(most, rel=1e-4)


def test_a_triangle_by_an_independent_library():
    """Mode 1/6 of the way, which a sixth of the chance lies below; the mean (10 + 15 + 40) / 3."""
    at = np.array([0.025, 1 / 6, 0.3, 0.5, 0.9])
    expected = triang.ppf(at, 1 / 6, loc=10, scale=30)
    assert triangular(10, 15, 40, at) == pytest.approx(expected)
    assert triangular(10, 15, 40, np.array([1 / 6])) == pytest.approx(15)
    middles = (np.arange(10_000) + 0.5) / 10_000
    assert triangular(10, 15, 40, middles).mean() == pytest.approx(21.6667, abs=0.001)
    assert triangular(10, 15, 40, np.array([0.0, 1.0])).tolist() == [10, 40]


def test_a_triangle_whose_mode_is_an_end_by_hand():
    """Half of the chance lies below 10 + 30 x sqrt(1/2) where the mode is the high end."""
    assert triangular(10, 40, 40, np.array([0.5])) == pytest.approx(10 + 30 * 0.5**0.5)
    assert triangular(10, 10, 40, np.array([0.5])) == pytest.approx(40 - 30 * 0.5**0.5)


def test_a_certain_range_is_its_value_at_every_point():
    assert triangular(5, 5, 5, np.array([0.1, 0.9])).tolist() == [5, 5]


def test_a_product_is_what_two_million_random_draws_say():
    """An independent way: numpy's own triangles."""
    rng = np.random.default_rng(1)

    def drawn(*ends):
        return rng.triangular(*ends, 2_000_000)

    one, other = (4e6, 5e6, 7e6), (40, 60, 70)
    by_chance = drawn(*one) * drawn(*other) / 100
    found = estimated(inputs(population=one, smartphone_share=other), "smartphones")
    for name, percent in (("low95", 2.5), ("low80", 10), ("median", 50), ("high95", 97.5)):
        assert found[name] == pytest.approx(np.percentile(by_chance, percent), rel=0.003), name


def test_one_certain_input_gives_one_value():
    found = estimated(
        inputs(population=(5e6, 5e6, 5e6), smartphone_share=(50, 50, 50)), "smartphones"
    )
    assert {found[name] for name in ("low", "low95", "median", "high95", "high")} == {2_500_000}


def test_an_input_has_the_same_points_whatever_stands_beside_it():
    alone = estimated(inputs(share=CHAIN["share"]), "share")
    assert alone["median"] == estimated(inputs(**CHAIN), "share")["median"]


def test_the_same_inputs_give_the_same_to_the_last_digit():
    table = inputs(**CHAIN)
    pd.testing.assert_frame_equal(models.estimate(table), models.estimate(table.copy()))


def test_rows_in_another_order_give_the_same():
    table = inputs(**CHAIN)
    pd.testing.assert_frame_equal(models.estimate(table), models.estimate(table[::-1]))


def test_inputs_move_apart_from_each_other():
    """Were all off the same way, the interval would reach the ends together; it does not."""
    found = estimated(inputs(**CHAIN), "brand_gray_phones")
    alone = estimated(inputs(**CHAIN), "share")
    assert found["low"] * 1.1 < found["low95"] and found["high95"] * 1.1 < found["high"]
    assert (alone["low"], alone["high"]) == pytest.approx((alone["low95"], alone["high95"]), 1e-3)


RANGE = st.tuples(*[st.floats(1, 99)] * 3).map(sorted)


@settings(deadline=None, max_examples=50)
@given(share=RANGE, gray=RANGE, population=st.tuples(*[st.floats(1e3, 1e8)] * 3).map(sorted))
def test_intervals_nest_and_lie_inside_the_ends_together(share, gray, population):
    table = inputs(
        population=population, smartphone_share=(40, 50, 60), share=share, brand_gray=gray
    )
    for row in models.estimate(table).itertuples():
        ends = [row.low, row.low95, row.low80, row.median, row.high80, row.high95, row.high]
        slack = 1e-3 * max(abs(row.high), 1)  # of one input alone, both are the same but for points
        assert all(a <= b + slack for a, b in pairwise(ends)), row.quantity
        if row.unit != "phones":
            assert row.low >= 0
            assert row.high <= 100


@settings(deadline=None, max_examples=50)
@given(share=RANGE, more=st.floats(0.5, 5), population=st.tuples(*[st.floats(1e6, 9e6)] * 3))
def test_a_range_moved_up_moves_all_that_rests_on_it_up(share, more, population):
    table = {"population": sorted(population), "smartphone_share": (40, 50, 60)}
    low = estimated(inputs(share=share, **table), "phones")
    high = estimated(inputs(share=[end + more for end in share], **table), "phones")
    for name in ("low", "low95", "low80", "median", "high80", "high95", "high"):
        assert high[name] > low[name], name


def test_no_mode_is_no_estimate():
    table = inputs(population=(5e6, 5e6, 5e6), smartphone_share=(50, 50, 50))
    table = pd.concat([table, inputs(share=(0, float("nan"), 100, "none"))])
    found = estimated(table, "phones")
    assert (found["kind"], found["weakest"]) == ("none", "share")
    assert pd.isna(found["median"])
    assert (found["low"], found["high"]) == (0, 2_500_000)


def test_where_nothing_can_be_estimated_the_intervals_are_empty():
    found = models.estimate(inputs(share=(0, float("nan"), 100, "none")))
    assert found[["low95", "low80", "median", "high80", "high95"]].isna().all(axis=None)
    assert found[["low", "high"]].values.tolist() == [[0, 100]]


def test_the_weakest_input_marks_the_result():
    table = inputs(population=(5, 5, 5), smartphone_share=(50, 50, 50, "proxy"), share=(1, 2, 3))
    assert estimated(table, "phones")["kind"] == "proxy"
    assert estimated(table, "share")["kind"] == "evidence"


def test_low_above_mode_is_refused():
    with pytest.raises(ValueError, match="low <= mode <= high"):
        triangular(3, 2, 4, np.array([0.5]))


@pytest.fixture(scope="module")
def real(root):
    return evidence.load("assumptions", root)


def test_cuba_redone_from_its_rows(real):
    here = real[(real["region"] == "CUB") & (real["date"] == LOCK)].set_index("parameter")
    mode = here["mode"].to_dict() | {"share": 15.5}
    by_hand = mode["lines"] / mode["lines_per_user"] * mode["smartphone_share"] / 100
    by_hand *= 15.5 / 100 * mode["brand_gray"] / 100
    assert models.value("brand_gray_phones", mode) == pytest.approx(by_hand)
    assert f"{by_hand:,.0f}" == "734,489"  # 6,950,000 / 1.1 x 0.75 x 0.155 x 1.00


def test_no_row_states_a_share_that_readings_could_give(real):
    """A share is learned or refused; no range of it is assumed by hand."""
    assert set(real.loc[real["parameter"] == "share", "kind"]) == {"none"}


PLACE = ("CUB", LOCK, "Xiaomi")
ROW = ("vendor_share/v-1",)


def test_a_share_from_readings_takes_the_place_of_the_row():
    """Median 50%; 95% ends at 1.96 x 0.5 log-odds: 27.3% and 72.7%."""
    table = inputs(**CHAIN | {"share": (0, float("nan"), 100, "none")})
    both = models.with_shares(table, {PLACE: posterior()}, {PLACE: ROW})
    (share,) = both[both["parameter"] == "share"].itertuples()
    assert (share.kind, share.lineage, share.maker) == (models.LEARNED, ROW, "Xiaomi")
    reach = 1 / (1 + np.exp(-norm.ppf(0.975) * 0.5))
    ends = (100 - 100 * reach, 50, 100 * reach)
    assert (share.low, share.mode, share.high) == pytest.approx(ends, abs=0.01)
    assert len(both) == len(table)
    found = models.estimate(both).set_index("quantity")
    assert found.loc["share", "median"] == pytest.approx(50, abs=0.02)
    assert found.loc["share", "low95"] == pytest.approx(27.3, abs=0.05)
    assert found.loc["share", "low80"] == pytest.approx(34.5, abs=0.05)  # 1.2816 x 0.5
    assert found.loc["share", "lineage"] == ROW
    assert found.loc["brand_gray_share", "kind"] == models.LEARNED


def test_a_share_is_drawn_from_its_posterior_not_between_its_ends():
    both = models.with_shares(inputs(**CHAIN), {PLACE: posterior()}, {PLACE: ROW})
    drawn = posterior().quantile(even("share"))
    assert drawn.max() > 85  # far beyond the 95% end of 72.7
    gray = triangular(*CHAIN["brand_gray"], even("brand_gray"))
    found = estimated(both, "brand_gray_share")
    assert found["high95"] == pytest.approx(np.percentile(drawn * gray / 100, 97.5))


def test_shares_of_other_makers_months_and_places_stay():
    table = pd.concat([inputs(share=(1, 2, 3)), inputs("Nokia", share=(4, 5, 6))])
    later = PLACE[0], pd.Timestamp("2026-06-01"), PLACE[2]
    for place in (("CUB", LOCK, "Apple"), later, ("SYR", LOCK, "Xiaomi")):
        both = models.with_shares(table, {place: posterior()}, {place: ROW})
        assert both["mode"].tolist() == pytest.approx([2, 5, 50], abs=0.01)
    both = models.with_shares(table, {PLACE: posterior()}, {PLACE: ROW})
    assert both["mode"].tolist() == pytest.approx([5, 50], abs=0.01)


def test_without_readings_the_table_stays_as_it_is():
    table = inputs(**CHAIN)
    both = models.with_shares(table, {}, {})
    pd.testing.assert_frame_equal(both[table.columns], table)
    assert estimated(both, "share")["median"] == pytest.approx(15, abs=0.02)


def test_what_no_formula_gives_is_refused():
    with pytest.raises(ValueError, match="phones: expected more parameters than share"):
        models.value("phones", {"share": 10.0})


def test_any_maker_is_estimated_from_its_own_rows():
    base = inputs(population=(5e6, 5e6, 5e6), smartphone_share=(50, 50, 50))
    table = pd.concat([base, inputs("Nokia", share=(4, 4, 4)), inputs("Tecno", share=(8, 8, 8))])
    phones = models.estimate(table).set_index(["maker", "quantity"])["median"]
    assert phones["Nokia", "phones"] == pytest.approx(100_000)
    assert phones["Tecno", "phones"] == pytest.approx(200_000)
    assert phones["all", "smartphones"] == pytest.approx(2_500_000)
    assert ("Nokia", "smartphones") not in phones.index


def test_an_estimate_names_the_rows_of_its_inputs_alone():
    table = inputs(**CHAIN, customs_gray=(1, 2, 3))
    assert estimated(table, "brand_gray_share")["lineage"] == (
        "assumptions/CUB/2021-09/share",
        "assumptions/CUB/2021-09/brand_gray",
    )


def test_levels_are_those_of_the_distribution():
    """From 0 to 100 with the mode halfway: 11.18, 22.36 and what is left above, exactly."""
    found = estimated(inputs(share=(0, 50, 100)), "share")
    for name, percent in (("low95", 2.5), ("low80", 10), ("high80", 90), ("high95", 97.5)):
        assert found[name] == pytest.approx(triang.ppf(percent / 100, 0.5, 0, 100), abs=0.03)


def test_one_at_a_time_by_hand():
    swing = sensitivity.one_at_a_time(inputs(**CHAIN), "CUB", LOCK, "Xiaomi", "share")
    assert swing[["parameter", "at_low", "at_high", "kind"]].to_dict("records") == [
        {"parameter": "share", "at_low": 10.0, "at_high": 20.0, "kind": "evidence"}
    ]
    swing = sensitivity.one_at_a_time(inputs(**CHAIN), "CUB", LOCK, "Xiaomi", "phones")
    assert swing["parameter"][0] == "share"
    assert swing["at_low"][0] == pytest.approx(392_000)  # 3.92 million x 10%
