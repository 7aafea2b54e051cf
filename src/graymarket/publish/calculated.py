"""What a calculator's payload comes to: the values that the workbook's formulas show when opened.

Viewers that do not recalculate show what is stored beside a formula, so it is worked out here, from
the payload alone, by the same arithmetic as in the formulas.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from graymarket.publish.payloads import Payload

T = TypeVar("T")
Vector = npt.NDArray[np.float64]
Join = Callable[[str, Any, Any], Any]

_SIGNS = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}


def folded(steps: Any, leaf: Callable[[Any], T], join: Callable[[str, T, T], T]) -> T:
    """A formula's steps, such as ["*", "lines", 2.0], with every leaf and then every sign done."""
    if not isinstance(steps, list):
        return leaf(steps)
    sign, left, right = steps
    return join(sign, folded(left, leaf, join), folded(right, leaf, join))


def applied(sign: str, left: Any, right: Any) -> Any:
    """The sign between two numbers or vectors."""
    return _SIGNS[sign](left, right)


def on_ends(join: Join) -> Join:
    """`join` for pairs of ends, least and most, of amounts that are not negative."""

    def joined(sign: str, left: Any, right: Any) -> Any:
        low, high = right if sign in "+*" else right[::-1]
        return join(sign, left[0], low), join(sign, left[1], high)

    return joined


@dataclass(frozen=True)
class Readings:
    """The readings' columns, the kinds' and the limits', and what is known of the share."""

    at: Vector
    shared: Vector
    own: Vector
    precision: Vector
    weight: Vector
    pull: Vector  # of kinds: the sum of shared * precision
    tie: Vector  # of kinds: the sum of shared^2 * precision
    variance: Vector  # of kinds
    limit_at: Vector
    limit_own: Vector
    share: Mapping[str, float]  # precision, center, spread, freedom


def readings_of(payload: Payload) -> Readings:
    """By generalised least squares, in closed form: errors are shared within a kind alone."""
    kinds, readings, limits = payload["kinds"], payload["readings"], payload["limits"]
    place = [[kind["name"] for kind in kinds].index(one["kind"]) for one in readings]
    off, se, between, within, freedom = (
        _column(kinds, key) for key in ("off", "se", "between", "within", "freedom")
    )
    part, moved, doubt = (_column(readings, key) for key in ("value", "moved", "doubt"))
    part = part / 100
    counted = np.array([one["sample"] or np.inf for one in readings], float)
    shared = np.hypot(se, between)[place]
    own = np.sqrt(within[place] ** 2 + doubt**2 + 1 / (counted * part * (1 - part)))
    at = np.log(part / (1 - part)) + off[place] + moved
    precision = 1 / own**2
    of_kind = np.equal.outer(np.arange(len(kinds)), place)
    pull, tie = of_kind @ (shared * precision), of_kind @ (shared**2 * precision)
    total = precision.sum() - (pull**2 / (1 + tie)).sum()
    weight = precision * (1 - shared * (pull / (1 + tie))[place]) / total
    variance = (of_kind @ (weight * shared)) ** 2 + of_kind @ (weight * own) ** 2
    low, high, limit_moved, limit_doubt = (
        _column(limits, key) for key in ("cap_low", "cap_high", "moved", "doubt")
    )
    ends = np.log(low / (100 - low)), np.log(high / (100 - high))
    unsure = np.hypot((ends[1] - ends[0]) / (2 * payload["z95"]), limit_doubt)
    share = {
        "precision": float(total),
        "center": float(weight @ at),
        "spread": float(np.sqrt(variance.sum())),
        "freedom": float(variance.sum() ** 2 / (variance**2 / freedom).sum()),
    }
    return Readings(
        *(at, shared, own, precision, weight, pull, tie, variance),
        limit_at=(ends[0] + ends[1]) / 2 + limit_moved,
        limit_own=np.maximum(unsure, payload["grid"]["step"] / 10),
        share=share,
    )


def _column(rows: list[Payload], key: str) -> Vector:
    return np.array([row[key] for row in rows], float)


@dataclass(frozen=True)
class Grid:
    """What is known of the share: a row a cell of the grid."""

    log_odds: Vector
    share: Vector  # percent
    density: Vector  # not scaled
    probability: Vector
    below: Vector  # probability of all cells before
    step: float

    def cell(self, probability: Any) -> Any:
        """The cell, counted from 1, in which this much lies below."""
        return np.searchsorted(self.below, probability, side="right")

    def quantile(self, probability: Any) -> Any:
        """The share, in percent, that the truth lies below with this probability."""
        cell = self.cell(probability) - 1
        within = (probability - self.below[cell]) / self.probability[cell]
        return _percent(self.log_odds[cell] + self.step * (within - 0.5))


def grid_of(payload: Payload, known: Readings) -> Grid:
    """Student's t, times a logistic function for every limit."""
    first, step, count = (payload["grid"][key] for key in ("first", "step", "count"))
    log_odds = np.round(first + step * np.arange(count), 9)
    center, spread, freedom = (known.share[key] for key in ("center", "spread", "freedom"))
    density = np.exp(-(freedom + 1) / 2 * np.log(1 + ((log_odds - center) / spread) ** 2 / freedom))
    for at, own in zip(known.limit_at, known.limit_own, strict=True):
        beyond = np.pi / np.sqrt(3) * (log_odds - at) / own
        density = density / (1 + np.exp(np.minimum(700, beyond)))
    probability = density / density.sum()
    below = np.concatenate([[0.0], np.cumsum(probability)[:-1]])
    return Grid(log_odds, _percent(log_odds), density, probability, below, step)


def _percent(log_odds: Any) -> Any:
    return 100 / (1 + np.exp(-log_odds))


def evens(directions: list[int], points: int) -> Vector:
    """The points of one input, between 0 and 1."""
    numbers, whole = np.arange(points), np.zeros(points, int)
    for digit, direction in enumerate(directions):
        whole ^= np.where(numbers >> digit & 1, direction, 0)
    return np.asarray((whole + 0.5) / points)


def triangular(row: Payload, even: Any) -> Any:
    """The quantiles of an input's triangular distribution."""
    low, mode, high = row["low"], row["mode"], row["high"]
    width = high - low
    below = low + np.sqrt(even * width * (mode - low))
    above = high - np.sqrt((1 - even) * width * (high - mode))
    return np.where(even * width < mode - low, below, above)


@dataclass(frozen=True)
class Calculated:
    """All that a payload comes to; `even` and `points` by name, of inputs, the share and outputs.

    `levels`: of each output its quantiles by the payload's levels; `ends`: of inputs the first and
    last of these quantiles, of outputs what they make were all inputs at such ends, off the same
    way.
    """

    readings: Readings
    grid: Grid
    even: Mapping[str, Vector]
    points: Mapping[str, Vector]
    levels: Mapping[str, Mapping[str, float]]
    ends: Mapping[str, tuple[float, float]]


def calculated(payload: Payload) -> Calculated:
    """What the payload's numbers come to."""
    share, levels = payload["share"]["name"], payload["levels"]
    readings = readings_of(payload)
    grid = grid_of(payload, readings)
    drawn = [*payload["inputs"], payload["share"]]
    even = {one["name"]: evens(one["directions"], payload["points"]) for one in drawn}
    points = {one["name"]: triangular(one, even[one["name"]]) for one in payload["inputs"]}
    points[share] = grid.quantile(even[share])
    known = {share: {name: float(grid.quantile(part)) for name, part in levels.items()}}
    outer = np.array([min(levels.values()), max(levels.values())])
    ends = {one["name"]: _pair(triangular(one, outer)) for one in payload["inputs"]}
    ends[share] = _pair(grid.quantile(outer))
    for output in payload["outputs"]:
        name, steps = output["name"], output["steps"]
        if steps is not None:
            points[name] = folded(steps, lambda leaf: _leaf(leaf, points, leaf), applied)
            ends[name] = folded(
                steps, lambda leaf: _leaf(leaf, ends, (leaf, leaf)), on_ends(applied)
            )
            known[name] = {
                level: float(np.quantile(points[name], part)) for level, part in levels.items()
            }
    return Calculated(readings, grid, even, points, known, ends)


def _leaf(leaf: Any, known: Mapping[str, Any], number: Any) -> Any:
    return known[leaf] if isinstance(leaf, str) else number


def _pair(ends: Vector) -> tuple[float, float]:
    low, high = ends.tolist()
    return low, high
