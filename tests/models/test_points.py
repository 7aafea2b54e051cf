"""The points that intervals are worked out from: how many, how even, and the same every time."""

import numpy as np
import pytest

from graymarket.models import POINTS
from graymarket.models.estimate import QUANTITIES, arguments
from graymarket.models.points import even, table


def test_there_are_so_many_and_none_at_an_end():
    points = table()
    assert len(points) == POINTS == 4096
    assert points.min() > 0 and points.max() < 1


def test_each_column_has_one_point_in_every_4096th():
    """Stricter than any random draws: each column is even by itself, in an order of its own."""
    expected = (np.arange(POINTS) + 0.5) / POINTS
    for column in table().T:
        assert np.sort(column) == pytest.approx(expected)


def test_no_two_columns_go_together():
    points = table()
    together = np.corrcoef(points.T) - np.eye(points.shape[1])
    assert np.abs(together).max() < 0.02
    # each quarter of one column holds a quarter of every other's quarters
    for i in range(points.shape[1]):
        for j in range(i):
            cells, *_ = np.histogram2d(points[:, i], points[:, j], bins=4, range=[[0, 1]] * 2)
            assert np.abs(cells - POINTS / 16).max() <= 0.1 * POINTS / 16, (i, j)


def test_they_are_the_same_every_time():
    before = table().copy()
    table.cache_clear()
    assert np.array_equal(table(), before)


def test_the_mean_of_a_product_is_exact_to_four_digits():
    """Of independent columns: a quarter."""
    assert (even("lines") * even("share")).mean() == pytest.approx(0.25, abs=1e-4)


def test_every_parameter_of_a_formula_has_a_column_of_its_own():
    formulas = [formula for _, several in QUANTITIES.values() for formula in several]
    names = {name for formula in formulas for name in arguments(formula)}
    inputs = sorted((names - set(QUANTITIES)) | {"share"})
    columns = [tuple(even(name)) for name in inputs]
    assert len(set(columns)) == len(inputs) == 9


def test_an_input_without_a_column_is_refused():
    with pytest.raises(ValueError, match="tuple"):
        even("page_views")
