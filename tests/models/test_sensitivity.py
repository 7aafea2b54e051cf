"""Sobol indices against closed forms."""

import pandas as pd
import pytest

from graymarket.models import sensitivity

LOCK = pd.Timestamp("2021-09-01")


def shares_of(**ranges):
    rows = [
        {"region": "CUB", "date": LOCK, "maker": "Xiaomi", "parameter": name}
        | {"kind": "evidence", "lineage": f"assumptions/{name}"}
        | dict(zip(("low", "mode", "high"), ends, strict=True))
        for name, ends in ranges.items()
    ]
    found = sensitivity.variance_shares(
        pd.DataFrame(rows), "CUB", LOCK, "Xiaomi", "brand_gray_share"
    )
    return found.set_index("parameter")


def variance(low, mode, high):
    """Of the triangular distribution."""
    products = low * mode + low * high + mode * high
    return (low**2 + mode**2 + high**2 - products) / 18


def test_a_product_of_two_by_hand():
    one, other = (10, 15, 20), (50, 70, 90)
    found = shares_of(share=one, brand_gray=other)
    v1, v2 = variance(*one), variance(*other)
    m1, m2 = sum(one) / 3, sum(other) / 3
    total = v1 * m2**2 + v2 * m1**2 + v1 * v2
    assert found.at["share", "alone"] == pytest.approx(100 * v1 * m2**2 / total, abs=1)
    # the total index: with what the two do together, which the first-order index leaves out
    assert found.at["brand_gray", "with_others"] == pytest.approx(
        100 * (v2 * m1**2 + v1 * v2) / total, abs=1
    )


def test_a_certain_input_carries_nothing():
    found = shares_of(share=(10, 15, 20), brand_gray=(97, 97, 97))
    assert found.at["brand_gray", "with_others"] == pytest.approx(0, abs=0.01)
    assert found.at["share", "alone"] == pytest.approx(100, abs=0.5)
    assert found.at["share", "width_if_known"] == 0
    assert found.at["brand_gray", "width_if_known"] == 100


def test_the_total_index_holds_what_inputs_do_together():
    found = shares_of(share=(0, 10, 100), brand_gray=(0, 10, 100))
    assert (found["with_others"] > found["alone"] + 5).all()


def test_what_is_not_estimable_is_refused():
    row = {"region": "CUB", "date": LOCK, "maker": "Xiaomi", "parameter": "share", "kind": "none"}
    table = pd.DataFrame([row | {"low": 0, "mode": float("nan"), "high": 100, "lineage": "x"}])
    with pytest.raises(ValueError, match="share of Xiaomi in CUB in 2021-09 is not estimable"):
        sensitivity.variance_shares(table, "CUB", LOCK, "Xiaomi", "share")
