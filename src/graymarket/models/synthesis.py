"""One share from several readings, each with the error of its kind; all on the log-odds scale.

Readings of one kind share what the country does to that kind, so that two of them tell less than
twice as much. They are weighted by generalised least squares (A. C. Aitken, On least squares and
linear combination of observations, Proceedings of the Royal Society of Edinburgh 55, 1935), and the
degrees of freedom of the sum follow F. Satterthwaite, An approximate distribution of estimates of
variance components, Biometrics Bulletin 2 (1946). A limit cuts off what lies above it, as far as it
is sure: its doubt is logistic, which differs little from a normal one and has a closed form. What
comes out is a table of probabilities on a fixed grid, so that whoever sums it gets the same
interval.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit, logit

from graymarket.models.shares import Z95

Vector = npt.NDArray[np.float64]

STEP = 0.01  # of the grid, in log-odds: at most a quarter of a point of share
_ENDS = (-9.0, 6.0)  # shares of 0.01% and 99.8%
GRID: Vector = np.round(np.arange(_ENDS[0], _ENDS[1] + STEP / 2, STEP), 4)
_PER_DEVIATION = np.pi / np.sqrt(3)  # scales of the logistic distribution in its deviation
_EDGES: Vector = np.append(GRID - STEP / 2, GRID[-1] + STEP / 2)  # of its cells


@dataclass(frozen=True)
class Posterior:
    """What is known of a share: `density` is the probability of each cell of GRID.

    `center`, `spread` and `freedom` are those of Student's t before the limits, in log-odds;
    `weights`: each reading's part in the center, by the readings' index; they sum to one.
    """

    density: Vector
    center: float
    spread: float
    freedom: float
    weights: pd.Series

    @cached_property
    def _cumulative(self) -> Vector:
        return np.concatenate([[0.0], np.cumsum(self.density)])

    def quantile(self, probability: float | Vector) -> Vector:
        """The share, in percent, that the truth lies below with this probability (0 to 1)."""
        return np.asarray(100 * expit(np.interp(probability, self._cumulative, _EDGES)))

    def interval(self, level: float) -> tuple[float, float]:
        """The two ends, in percent, that leave out as much on both sides; `level`: percent."""
        low, high = self.quantile(np.array([0.5 - level / 200, 0.5 + level / 200]))
        return float(low), float(high)

    def chance_above(self, share: float) -> float:
        """The chance, in percent, that the share lies above this one (percent)."""
        return float(100 * (1 - np.interp(logit(share / 100), _EDGES, self._cumulative)))


@dataclass(frozen=True)
class Error:
    """What readings of a kind are off by, in log-odds, and by how much that varies.

    `off`: phones in use less the reading, on average; `se`: that mean's standard error; `between`
    and `within`: standard deviations from country to country and from reading to reading;
    `freedom`: degrees of freedom.
    """

    off: float
    se: float
    between: float
    within: float
    freedom: float


def reading(
    value: float, sample: float, error: Error, moved: float = 0.0, doubt: float = 0.0
) -> dict[str, float]:
    """A reading as a row of `combined`, beside its parts.

    `value`: the share in percent; `sample`: how many were counted at random, NaN for all; `moved`
    and `doubt`: its drift to the month asked for, in log-odds, and that drift's standard deviation.
    `alone` is the share that it says once corrected, in percent.
    """
    part = value / 100
    chance = 0.0 if pd.isna(sample) else 1 / (sample * part * (1 - part))  # of the binomial
    at = float(logit(part)) + error.off + moved
    return {
        "at": at,
        "off": error.off,
        "moved": moved,
        "doubt": doubt,
        "shared": float(np.hypot(error.se, error.between)),
        "own": float(np.sqrt(error.within**2 + doubt**2 + chance)),
        "freedom": error.freedom,
        "alone": float(100 * expit(at)),
    }


def limit(low: float, high: float, moved: float = 0.0, doubt: float = 0.0) -> dict[str, float]:
    """A limit as a row of `combined`: with 95% chance it lies between these shares, in percent.

    `moved`, `doubt`: as of a reading.
    """
    ends = logit(np.array([low, high]) / 100)
    own = float(np.hypot((ends[1] - ends[0]) / (2 * Z95), doubt))
    return {"at": float(ends.mean()) + moved, "own": own, "moved": moved, "doubt": doubt}


def combined(readings: pd.DataFrame, limits: pd.DataFrame | None = None) -> Posterior:
    """The posterior of a share from readings, and from limits on it.

    `readings`, a row each: at (log-odds, corrected for what its kind is off by and for drift),
    kind, shared (standard deviation of what all readings of the kind have in common), own (of what
    is the reading's alone) and freedom (degrees of freedom of both). `limits`, a row each: at
    (log-odds that the share does not exceed) and own (how unsure that is, a standard deviation).
    No share is likelier than another beforehand. Raises ValueError without readings.
    """
    if readings.empty:
        raise ValueError("expected one reading or more to build on")
    weights, spread, freedom = _least_squares(readings)
    center = float(weights @ readings["at"].to_numpy(float))
    density = (1 + ((GRID - center) / spread) ** 2 / freedom) ** (-(freedom + 1) / 2)  # Student's t
    for _, limit in pd.DataFrame(limits).iterrows():
        unsure = max(limit["own"], STEP / 10)  # a grid tells nothing finer
        density = density * expit(_PER_DEVIATION * (limit["at"] - GRID) / unsure)
    return Posterior(
        density=density / density.sum(),
        center=center,
        spread=spread,
        freedom=freedom,
        weights=pd.Series(weights, readings.index),
    )


def _least_squares(readings: pd.DataFrame) -> tuple[Vector, float, float]:
    """Each reading's weight, the spread of the weighted sum and its degrees of freedom."""
    shared, own = readings["shared"].to_numpy(float), readings["own"].to_numpy(float)
    kinds = readings["kind"].to_numpy()
    alike = kinds[:, None] == kinds[None, :]
    covariance = np.where(alike, np.outer(shared, shared), 0.0) + np.diag(own**2)
    pulls = np.linalg.solve(covariance, np.ones(len(readings)))
    weights = pulls / pulls.sum()
    of_kind, degrees = [], []
    for kind in pd.unique(kinds):
        same = kinds == kind
        together = (weights[same] @ shared[same]) ** 2
        of_kind.append(float(together + ((own * weights)[same] ** 2).sum()))
        degrees.append(float(readings["freedom"].to_numpy(float)[same][0]))
    variance = sum(of_kind)
    doubt = sum(part**2 / free for part, free in zip(of_kind, degrees, strict=True))
    return weights, float(np.sqrt(variance)), variance**2 / doubt


def without_each(readings: pd.DataFrame, limits: pd.DataFrame | None = None) -> pd.Series:
    """The posterior without each reading or limit in turn, by its index.

    None where nothing is left to build on.
    """
    known: dict[object, Posterior | None] = {}
    for name in readings.index:
        rest = readings.drop(index=name)
        known[name] = combined(rest, limits) if len(rest) else None
    for name in pd.DataFrame(limits).index:
        known[name] = combined(readings, pd.DataFrame(limits).drop(index=name))
    return pd.Series(known, dtype=object)
