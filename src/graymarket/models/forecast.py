"""A yearly series carried past its last value, as an amount with an error.

Its logarithm is taken to be a random walk with drift: the forecast and the error of h years are
those of R. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice, 3rd edition (2021),
section 5.5. Changes that follow each other may be alike, so that the variance of a year is that of
changes over as many years as lie ahead, of overlapping spans: A. Lo and A. C. MacKinlay, Stock
market prices do not follow random walks, Review of Financial Studies 1 (1988), equation 12.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Forecast:
    """What a series comes to: Student's t on the log scale, of this center, spread and freedom."""

    center: float
    spread: float
    freedom: float

    def quantile(self, probability: float | Vector) -> Vector:
        """The amount, in the series' unit, that the truth lies below (probability: 0 to 1)."""
        return np.asarray(np.exp(self.center + self.spread * t.ppf(probability, self.freedom)))

    def interval(self, level: float) -> tuple[float, float]:
        """The two ends that leave out as much on both sides; `level`: percent."""
        low, high = self.quantile(np.array([0.5 - level / 200, 0.5 + level / 200]))
        return float(low), float(high)


def random_walk(series: pd.Series, ahead: float) -> Forecast:
    """The series so many years after its last value; `series`: positive values by year.

    With n yearly changes of mean m, and q the years ahead rounded up, the variance of a year is

        s² = Σ (x[i] − x[i − q] − q m)² / (q (n − q + 1) (1 − q / n))

    of logarithms x; the forecast is x[n] + h m, its variance s² (h + h² / n), and its degrees of
    freedom are those of the n / q changes over q years that do not overlap. Raises ValueError
    unless years follow each other, time lies ahead, and there are two such changes or more.
    """
    series = series.sort_index()
    logs, years = np.log(series.to_numpy(float)), series.index.to_numpy(int)
    changes, over = len(series) - 1, int(np.ceil(ahead))
    if (np.diff(years) != 1).any():
        raise ValueError("expected a value for each year from first to last")
    if over < 1 or changes < 2 * over:
        raise ValueError(f"{changes} yearly changes carry nothing {ahead:.1f} years ahead")
    mean = (logs[-1] - logs[0]) / changes
    moves = logs[over:] - logs[:-over] - over * mean
    freed = over * (changes - over + 1) * (1 - over / changes)
    variance = float(moves @ moves) / freed
    return Forecast(
        center=float(logs[-1] + ahead * mean),
        spread=float(np.sqrt(variance * (ahead + ahead**2 / changes))),
        freedom=changes / over - 1,
    )
