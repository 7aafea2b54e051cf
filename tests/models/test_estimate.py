"""The estimate, redone by hand; what must hold whatever the inputs; what is refused."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket import evidence, models
from graymarket.models import sensitivity

LOCK = pd.Timestamp("2021-09-01")


def inputs(**ranges):
    """Assumptions of one made-up region; each range is (low, mode, high[, kind])."""
    rows = [
        {"region": "CUB", "date": LOCK, "parameter": name, "low": low, "mode": mode, "high": high}
        | {"kind": kind[0] if kind else "evidence"}
        for name, (low, mode, high, *kind) in ranges.items()
    ]
    return pd.DataFrame(rows)


def estimated(table, quantity, **options):
    return models.estimate(table, **options).set_index("quantity").loc[quantity]


CHAIN = {
    "lines": (6e6, 7e6, 8e6),
    "lines_per_user": (1.0, 1.25, 1.5),
    "smartphone_share": (60, 70, 80),
    "xiaomi_share": (10, 15, 20),
    "xiaomi_brand_gray": (90, 95, 100),
}


def test_the_chain_by_hand():
    # 7 million / 1.25 = 5.6 million users; 70% is 3.92 million; 15% is 588,000; 95% is 558,600
    modes = {name: mode for name, (_, mode, _) in CHAIN.items()}
    assert models.value("smartphones", modes) == 3_920_000
    assert models.value("xiaomi_phones", modes) == pytest.approx(588_000)
    assert models.value("xiaomi_brand_gray_phones", modes) == pytest.approx(558_600)
    assert models.value("xiaomi_brand_gray_share", modes) == 14.25


def test_bounds_by_hand():
    found = estimated(inputs(**CHAIN), "xiaomi_brand_gray_phones")
    assert found["low"] == pytest.approx(6e6 / 1.5 * 0.6 * 0.1 * 0.9)
    assert found["high"] == pytest.approx(8e6 / 1.0 * 0.8 * 0.2 * 1.0)


def test_a_pert_has_its_mean_and_its_ends():
    drawn = models.pert(10, 15, 40, 400_000, seed=1)
    assert drawn.mean() == pytest.approx(models.pert_mean(10, 15, 40), abs=0.03)  # 110 / 6
    assert drawn.min() >= 10
    assert drawn.max() <= 40
    assert models.pert_mean(10, 15, 40) == pytest.approx(18.3333, abs=0.0001)


def test_a_product_of_perts_has_the_product_of_their_means():
    found = inputs(people=(4e6, 5e6, 7e6), smartphone_share=(40, 60, 70))
    mean = models.pert_mean(4e6, 5e6, 7e6) * models.pert_mean(40, 60, 70) / 100
    one = models.pert(4e6, 5e6, 7e6, 400_000, 5, "CUB/people")
    other = models.pert(40, 60, 70, 400_000, 5, "CUB/smartphone_share")
    assert (one * other / 100).mean() == pytest.approx(mean, rel=0.002)
    level = estimated(found, "smartphones", draws=400_000, seed=5)["median"]
    assert level == pytest.approx(np.median(one * other / 100))


def test_one_certain_input_gives_one_value():
    found = estimated(inputs(people=(5e6, 5e6, 5e6), smartphone_share=(50, 50, 50)), "smartphones")
    assert {found[name] for name in ("low", "low95", "median", "high95", "high")} == {2_500_000}


def test_seeds_are_reproducible_and_matter():
    table = inputs(**CHAIN)
    pd.testing.assert_frame_equal(models.estimate(table), models.estimate(table))
    other = models.estimate(table, seed=7)
    assert (other["median"] != models.estimate(table)["median"]).any()


def test_rows_in_another_order_give_the_same():
    table = inputs(**CHAIN)
    pd.testing.assert_frame_equal(models.estimate(table), models.estimate(table[::-1]))


def test_more_draws_converge():
    exact = estimated(inputs(**CHAIN), "xiaomi_share", draws=2_000_000)["median"]
    few = [
        estimated(inputs(**CHAIN), "xiaomi_share", draws=500, seed=s)["median"] for s in range(20)
    ]
    many = [
        estimated(inputs(**CHAIN), "xiaomi_share", draws=50_000, seed=s)["median"]
        for s in range(20)
    ]
    assert np.abs(np.array(many) - exact).mean() < np.abs(np.array(few) - exact).mean() / 3


RANGE = st.tuples(*[st.floats(1, 99)] * 3).map(sorted)


@given(share=RANGE, gray=RANGE, people=st.tuples(*[st.floats(1e3, 1e8)] * 3).map(sorted))
def test_intervals_nest_inside_bounds(share, gray, people):
    table = inputs(
        people=people, smartphone_share=(40, 50, 60), xiaomi_share=share, xiaomi_brand_gray=gray
    )
    for row in models.estimate(table, draws=2_000).itertuples():
        ends = [row.low, row.low95, row.low80, row.median, row.high80, row.high95, row.high]
        slack = 1e-9 * max(abs(row.high), 1)
        assert all(a <= b + slack for a, b in pairwise(ends)), row.quantity
        if row.unit != "phones":
            assert row.low >= 0
            assert row.high <= 100


@given(share=RANGE, more=st.floats(0, 1))
def test_a_wider_input_never_narrows_the_bounds(share, more):
    low, mode, high = share
    narrow = estimated(inputs(xiaomi_share=share), "xiaomi_share", draws=100)
    wide = estimated(
        inputs(xiaomi_share=(low - more, mode, high + more)), "xiaomi_share", draws=100
    )
    assert wide["low"] <= narrow["low"]
    assert wide["high"] >= narrow["high"]


def test_no_mode_is_no_estimate():
    table = inputs(people=(5e6, 5e6, 5e6), smartphone_share=(50, 50, 50))
    table = pd.concat([table, inputs(xiaomi_share=(0, float("nan"), 100, "none"))])
    found = estimated(table, "xiaomi_phones")
    assert (found["kind"], found["weakest"]) == ("none", "xiaomi_share")
    assert pd.isna(found["median"])
    assert (found["low"], found["high"]) == (0, 2_500_000)


def test_the_weakest_input_marks_the_result():
    table = inputs(people=(5, 5, 5), smartphone_share=(50, 50, 50, "proxy"), xiaomi_share=(1, 2, 3))
    assert estimated(table, "xiaomi_phones")["kind"] == "proxy"
    assert estimated(table, "xiaomi_share")["kind"] == "evidence"


def test_low_above_mode_is_refused():
    with pytest.raises(ValueError, match="low <= mode <= high"):
        models.pert(3, 2, 4, 10, 1)


@pytest.fixture(scope="module")
def real(root):
    panel = evidence.load("usage_panel", root)
    return models.with_page_views(evidence.load("assumptions", root), panel)


def test_cuba_redone_from_its_rows(real):
    mode = real[(real.region == "CUB") & (real.date == LOCK)].set_index("parameter")["mode"]
    by_hand = mode["lines"] / mode["lines_per_user"] * mode["smartphone_share"] / 100
    by_hand *= mode["xiaomi_share"] / 100 * mode["xiaomi_brand_gray"] / 100
    assert models.value("xiaomi_brand_gray_phones", mode.to_dict()) == pytest.approx(by_hand)
    assert f"{by_hand:,.0f}" == "748,090"  # 6,950,000 / 1.08 x 0.75 x 0.155 x 1.00


def test_page_views_come_from_the_panel(real):
    row = real[(real.region == "CUB") & (real.date == LOCK)].set_index("parameter")
    views = row.loc["apple_page_views"]
    assert (views["low"], views["high"]) == (7.36, 9.62)


def test_where_evidence_is_too_thin_nothing_is_estimated(real):
    found = models.estimate(real, draws=1_000)
    xiaomi = found[found["quantity"] == "xiaomi_share"].set_index(["region", "date"])["kind"]
    assert {place for place, kind in xiaomi.items() if kind == "none" and place[1] == LOCK} == {
        ("SYR", LOCK),
        ("SDN", LOCK),
        ("PRK", LOCK),
    }
    crimea = found[(found["region"] == "crimea") & found["quantity"].str.startswith("xiaomi_share")]
    assert set(crimea["kind"]) == {"proxy"}


def test_one_at_a_time_by_hand():
    swing = sensitivity.one_at_a_time(inputs(**CHAIN), "CUB", LOCK, "xiaomi_share")
    assert swing.to_dict("records") == [
        {"parameter": "xiaomi_share", "at_low": 10.0, "at_high": 20.0, "kind": "evidence"}
    ]
    swing = sensitivity.one_at_a_time(inputs(**CHAIN), "CUB", LOCK, "xiaomi_phones")
    assert swing["parameter"][0] == "xiaomi_share"
    assert swing["at_low"][0] == pytest.approx(392_000)  # 3.92 million x 10%
