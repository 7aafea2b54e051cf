"""A judged range and its likeliest value as a distribution: the triangular one.

It takes nothing but the three numbers that somebody has argued, and its quantiles are square roots,
so that code, page and workbook work out the same. Source: D. Johnson, The triangular distribution
as a proxy for the beta distribution in risk analysis, The Statistician 46 (1997).
"""

import numpy as np
import numpy.typing as npt

Draws = npt.NDArray[np.float64]


def triangular(low: float, mode: float, high: float, even: Draws) -> Draws:
    """The quantiles of the distribution on [low, high] at probabilities `even`.

    Raises ValueError unless low <= mode <= high.
    """
    if not low <= mode <= high:
        raise ValueError(f"expected low <= mode <= high, got {low:g}, {mode:g}, {high:g}")
    width = high - low
    below = low + np.sqrt(even * width * (mode - low))
    above = high - np.sqrt((1 - even) * width * (high - mode))
    return np.where(even * width < mode - low, below, above)
