"""The estimate, redone by hand; what must hold whatever the inputs; what is refused."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graymarket import evidence, models
from graymarket.models import sensitivity

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


def estimated(table, quantity, **options):
    return models.estimate(table, **options).set_index("quantity").loc[quantity]


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


def test_bounds_by_hand():
    found = estimated(inputs(**CHAIN), "brand_gray_phones")
    assert found["low"] == pytest.approx(6e6 / 1.5 * 0.6 * 0.1 * 0.9)
    assert found["high"] == pytest.approx(8e6 / 1.0 * 0.8 * 0.2 * 1.0)


def test_a_pert_has_its_mean_and_its_ends():
    drawn = models.pert(10, 15, 40, 400_000, seed=1)
    assert drawn.mean() == pytest.approx(models.pert_mean(10, 15, 40), abs=0.03)  # 110 / 6
    assert drawn.min() >= 10
    assert drawn.max() <= 40
    assert models.pert_mean(10, 15, 40) == pytest.approx(18.3333, abs=0.0001)


def test_a_product_of_perts_has_the_product_of_their_means():
    found = inputs(population=(4e6, 5e6, 7e6), smartphone_share=(40, 60, 70))
    mean = models.pert_mean(4e6, 5e6, 7e6) * models.pert_mean(40, 60, 70) / 100
    one = models.pert(4e6, 5e6, 7e6, 400_000, 5, "CUB/people")
    other = models.pert(40, 60, 70, 400_000, 5, "CUB/smartphone_share")
    assert (one * other / 100).mean() == pytest.approx(mean, rel=0.002)
    level = estimated(found, "smartphones", draws=400_000, seed=5)["median"]
    assert level == pytest.approx(np.median(one * other / 100))


def test_one_certain_input_gives_one_value():
    found = estimated(
        inputs(population=(5e6, 5e6, 5e6), smartphone_share=(50, 50, 50)), "smartphones"
    )
    assert {found[name] for name in ("low", "low95", "median", "high95", "high")} == {2_500_000}


def test_draws_do_not_depend_on_what_else_is_drawn():
    alone = estimated(inputs(share=CHAIN["share"]), "share")
    assert alone["median"] == estimated(inputs(**CHAIN), "share")["median"]


def test_seeds_are_reproducible_and_matter():
    table = inputs(**CHAIN)
    pd.testing.assert_frame_equal(models.estimate(table), models.estimate(table))
    other = models.estimate(table, seed=7)
    assert (other["median"] != models.estimate(table)["median"]).any()


def test_rows_in_another_order_give_the_same():
    table = inputs(**CHAIN)
    pd.testing.assert_frame_equal(models.estimate(table), models.estimate(table[::-1]))


def test_more_draws_converge():
    exact = estimated(inputs(**CHAIN), "share", draws=2_000_000)["median"]
    few = [estimated(inputs(**CHAIN), "share", draws=500, seed=s)["median"] for s in range(20)]
    many = [estimated(inputs(**CHAIN), "share", draws=50_000, seed=s)["median"] for s in range(20)]
    assert np.abs(np.array(many) - exact).mean() < np.abs(np.array(few) - exact).mean() / 3


RANGE = st.tuples(*[st.floats(1, 99)] * 3).map(sorted)


@settings(deadline=None)  # a draw takes as long as the machine is loaded
@given(share=RANGE, gray=RANGE, population=st.tuples(*[st.floats(1e3, 1e8)] * 3).map(sorted))
def test_intervals_nest_inside_bounds(share, gray, population):
    table = inputs(
        population=population, smartphone_share=(40, 50, 60), share=share, brand_gray=gray
    )
    for row in models.estimate(table, draws=2_000).itertuples():
        ends = [row.low, row.low95, row.low80, row.median, row.high80, row.high95, row.high]
        slack = 1e-9 * max(abs(row.high), 1)
        assert all(a <= b + slack for a, b in pairwise(ends)), row.quantity
        if row.unit != "phones":
            assert row.low >= 0
            assert row.high <= 100


@settings(deadline=None)
@given(share=RANGE, more=st.floats(0, 1))
def test_a_wider_input_never_narrows_the_bounds(share, more):
    low, mode, high = share
    narrow = estimated(inputs(share=share), "share", draws=100)
    wide = estimated(inputs(share=(low - more, mode, high + more)), "share", draws=100)
    assert wide["low"] <= narrow["low"]
    assert wide["high"] >= narrow["high"]


def test_no_mode_is_no_estimate():
    table = inputs(population=(5e6, 5e6, 5e6), smartphone_share=(50, 50, 50))
    table = pd.concat([table, inputs(share=(0, float("nan"), 100, "none"))])
    found = estimated(table, "phones")
    assert (found["kind"], found["weakest"]) == ("none", "share")
    assert pd.isna(found["median"])
    assert (found["low"], found["high"]) == (0, 2_500_000)


def test_the_weakest_input_marks_the_result():
    table = inputs(population=(5, 5, 5), smartphone_share=(50, 50, 50, "proxy"), share=(1, 2, 3))
    assert estimated(table, "phones")["kind"] == "proxy"
    assert estimated(table, "share")["kind"] == "evidence"


def test_low_above_mode_is_refused():
    with pytest.raises(ValueError, match="low <= mode <= high"):
        models.pert(3, 2, 4, 10, 1)


@pytest.fixture(scope="module")
def real(root):
    panel = evidence.load("usage_panel", root)
    return models.calibrated(evidence.load("assumptions", root), panel)


def of(table, maker):
    here = table[(table["region"] == "CUB") & (table["date"] == LOCK)]
    return here[here["maker"].isin([maker, models.ALL])].set_index("parameter")


def test_cuba_redone_from_its_rows(real):
    mode = of(real, "Xiaomi")["mode"]
    by_hand = mode["lines"] / mode["lines_per_user"] * mode["smartphone_share"] / 100
    by_hand *= mode["share"] / 100 * mode["brand_gray"] / 100
    assert models.value("brand_gray_phones", mode.to_dict()) == pytest.approx(by_hand)
    assert f"{by_hand:,.0f}" == "748,090"  # 6,950,000 / 1.08 x 0.75 x 0.155 x 1.00


def test_page_views_come_from_the_panel_and_are_corrected(real):
    rows = of(real, "Apple")
    views = rows.loc["page_views"]
    assert (views["low"], views["high"]) == (7.36, 9.62)
    assert views["lineage"] == ("usage_panel/CUB/2020-10..2021-09",)
    share = models.value("share", {"page_views": 8.0, "register_ratio": 0.8})
    assert share == pytest.approx(6.4)


def test_a_corrected_share_never_passes_the_whole():
    assert models.value("share", {"page_views": 80.0, "register_ratio": 1.5}) == 100


def test_a_maker_without_page_views_is_refused(real):
    table = inputs("Nokia", register_ratio=(0.5, 1, 1.5))
    with pytest.raises(ValueError, match=r"CUB/2021-09/register_ratio.*a column nokia_share"):
        models.calibrated(table, evidence.load("usage_panel"))


def test_what_no_formula_gives_is_refused():
    with pytest.raises(ValueError, match="phones: expected more parameters than share"):
        models.value("phones", {"share": 10.0})


def test_any_maker_is_estimated_from_its_own_rows():
    base = inputs(population=(5e6, 5e6, 5e6), smartphone_share=(50, 50, 50))
    table = pd.concat([base, inputs("Nokia", share=(4, 4, 4)), inputs("Tecno", share=(8, 8, 8))])
    phones = models.estimate(table, draws=10).set_index(["maker", "quantity"])["median"]
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


def test_levels_are_those_of_the_draws():
    found = estimated(inputs(share=(0, 50, 100)), "share")
    drawn = models.pert(0, 50, 100, models.DRAWS, models.SEED, "CUB/xiaomi_share")
    for name, percent in (("low95", 2.5), ("low80", 10), ("high80", 90), ("high95", 97.5)):
        assert found[name] == pytest.approx(np.percentile(drawn, percent))


@pytest.mark.parametrize(
    ("threshold", "chance"), [(11.6, 70), (8, 100), (2, 100), (20, 0), (25, 0), (14, 50)]
)
def test_the_chance_above_a_threshold_by_hand(threshold, chance):
    assert models.chance_above(8, 20, threshold) == pytest.approx(chance)


def test_a_certain_value_lies_above_or_does_not():
    assert (models.chance_above(5, 5, 4), models.chance_above(5, 5, 5)) == (100, 0)


def test_where_evidence_is_too_thin_nothing_is_estimated(real):
    found = models.estimate(real, draws=1_000)
    found = found[found["maker"] == "Xiaomi"]
    shares = found[found["quantity"] == "share"].set_index(["region", "date"])["kind"]
    none = {place for place, kind in shares.items() if kind == "none" and place[1] == LOCK}
    assert none == {("SYR", LOCK), ("SDN", LOCK), ("PRK", LOCK)}
    crimea = found[(found["region"] == "crimea") & (found["quantity"] == "share")]
    assert set(crimea["kind"]) == {"proxy"}


def test_one_at_a_time_by_hand():
    swing = sensitivity.one_at_a_time(inputs(**CHAIN), "CUB", LOCK, "Xiaomi", "share")
    assert swing[["parameter", "at_low", "at_high", "kind"]].to_dict("records") == [
        {"parameter": "share", "at_low": 10.0, "at_high": 20.0, "kind": "evidence"}
    ]
    swing = sensitivity.one_at_a_time(inputs(**CHAIN), "CUB", LOCK, "Xiaomi", "phones")
    assert swing["parameter"][0] == "share"
    assert swing["at_low"][0] == pytest.approx(392_000)  # 3.92 million x 10%
