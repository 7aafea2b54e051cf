"""Sobol indices against closed forms."""

import pandas as pd
import pytest

from graymarket import models
from graymarket.models import sensitivity

LOCK = pd.Timestamp("2021-09-01")


def shares_of(**ranges):
    rows = [
        {"region": "CUB", "date": LOCK, "parameter": name, "kind": "evidence"}
        | dict(zip(("low", "mode", "high"), ends, strict=True))
        for name, ends in ranges.items()
    ]
    found = sensitivity.variance_shares(pd.DataFrame(rows), "CUB", LOCK, "xiaomi_brand_gray_share")
    return found.set_index("parameter")


def variance(low, mode, high):
    """Of the classic PERT: (mean - low)(high - mean) / 7."""
    mean = models.pert_mean(low, mode, high)
    return (mean - low) * (high - mean) / 7


def test_a_product_of_two_by_hand():
    one, other = (10, 15, 20), (50, 70, 90)
    found = shares_of(xiaomi_share=one, xiaomi_brand_gray=other)
    v1, v2 = variance(*one), variance(*other)
    m1, m2 = models.pert_mean(*one), models.pert_mean(*other)
    total = v1 * m2**2 + v2 * m1**2 + v1 * v2
    assert found.at["xiaomi_share", "alone"] == pytest.approx(100 * v1 * m2**2 / total, abs=1)
    assert found.at["xiaomi_brand_gray", "with_others"] == pytest.approx(
        100 * (v2 * m1**2 + v1 * v2) / total, abs=1
    )


def test_a_certain_input_carries_nothing():
    found = shares_of(xiaomi_share=(10, 15, 20), xiaomi_brand_gray=(97, 97, 97))
    assert found.at["xiaomi_brand_gray", "with_others"] == pytest.approx(0, abs=0.01)
    assert found.at["xiaomi_share", "alone"] == pytest.approx(100, abs=0.5)
    assert found.at["xiaomi_share", "width_if_known"] == 0
    assert found.at["xiaomi_brand_gray", "width_if_known"] == 100
