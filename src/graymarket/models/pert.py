"""PERT: a range and its likeliest value as a distribution.

Source: Malcolm, Roseboom, Clark and Fazar, “Application of a technique for research and
development program evaluation”, Operations Research 7 (1959): a beta distribution on the range
whose mean is (low + 4 mode + high) / 6.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

Draws = npt.NDArray[np.float64]

_WEIGHT = 4  # of the mode against the two ends, as in the classic PERT


def pert_quantile(low: float, mode: float, high: float, even: Draws) -> Draws:
    """The quantiles of the distribution on [low, high] at probabilities `even`.

    Raises ValueError unless low <= mode <= high.
    """
    if not low <= mode <= high:
        raise ValueError(f"PERT needs low <= mode <= high, got {low:g}, {mode:g}, {high:g}")
    if low == high:
        return np.full(len(even), float(low))
    likeliest = (mode - low) / (high - low)
    alpha, beta = 1 + _WEIGHT * likeliest, 1 + _WEIGHT * (1 - likeliest)
    return np.asarray(low + (high - low) * betaincinv(alpha, beta, even))


def pert_mean(low: float, mode: float, high: float) -> float:
    """The mean in closed form: (low + 4 mode + high) / 6."""
    return (low + _WEIGHT * mode + high) / (_WEIGHT + 2)
