"""Intervals of a share where the truth is known: 50 sets of the 500 of bench/simulated.py."""

import importlib.util
from dataclasses import replace

import pytest

from graymarket.models.calibration import LEVELS, allowed_hits

SETS, BINS = 50, 5


@pytest.fixture
def simulated(root):
    spec = importlib.util.spec_from_file_location("simulated", root / "bench" / "simulated.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def hits_by_chance(found):
    """Whether the hits at both levels are as many as chance explains."""
    ends = {level: allowed_hits(len(found), level) for level in LEVELS}
    return all(low <= found[f"hit{level}"].sum() <= high for level, (low, high) in ends.items())


def test_intervals_hold_the_truth_as_often_as_they_say(simulated):
    found = simulated.ranked(SETS, seed=7)
    assert len(found) == SETS
    assert hits_by_chance(found)
    assert simulated.evenness(found["rank"], BINS) > 0.01


def test_errors_taken_too_small_are_found_out(simulated, monkeypatch):
    """With a third of the spreads, too few intervals hold the truth, and its ranks pile up."""
    learn = simulated.fitted

    def sure(pairs):
        errors = learn(pairs)
        small = {"between": errors.between / 3, "within": errors.within / 3}
        return replace(errors, covariance=errors.covariance / 9, **small)

    monkeypatch.setattr(simulated, "fitted", sure)
    found = simulated.ranked(SETS, seed=7)
    assert not hits_by_chance(found)
    assert simulated.evenness(found["rank"], BINS) < 0.01


def test_a_bias_that_is_not_corrected_is_found_out(simulated, monkeypatch):
    learn = simulated.fitted

    def off(pairs):
        errors = learn(pairs)
        return replace(errors, coefficients=errors.coefficients + 0.8)

    monkeypatch.setattr(simulated, "fitted", off)
    assert simulated.evenness(simulated.ranked(SETS, seed=7)["rank"], BINS) < 0.01
