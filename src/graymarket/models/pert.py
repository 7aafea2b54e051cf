"""PERT draws: a range and its likeliest value as a distribution, quickly and reproducibly."""

from zlib import crc32

import numpy as np
from scipy.special import betaincinv

_WEIGHT = 4  # of the mode against the two ends, as in the classic PERT
_CELLS = 2048  # of the table that turns even draws into draws of the distribution


def pert(
    low: float, mode: float, high: float, draws: int, seed: int, stream: str = ""
) -> np.ndarray:
    """`draws` values of the PERT distribution on [low, high] with its mode at `mode`.

    The same seed and `stream` (a name) give the same even draws underneath, whatever else is
    drawn, so that two ranges of one stream move together. Raises ValueError unless
    low <= mode <= high.
    """
    if not low <= mode <= high:
        raise ValueError(f"PERT needs low <= mode <= high, got {low:g}, {mode:g}, {high:g}")
    if low == high:
        return np.full(draws, float(low))
    even = np.random.default_rng([seed, crc32(stream.encode())]).random(draws)
    even *= _CELLS
    cell = even.astype(np.int32)
    even -= cell
    quantiles = _quantiles((mode - low) / (high - low))
    steps = np.diff(quantiles)
    even *= steps[cell]
    even += quantiles[cell]
    even *= high - low
    even += low
    return even


def pert_quantile(low: float, mode: float, high: float, even: np.ndarray) -> np.ndarray:
    """The quantiles of that distribution at probabilities `even`."""
    if low == high:
        return np.full(len(even), float(low))
    alpha, beta = _shape((mode - low) / (high - low))
    return low + (high - low) * betaincinv(alpha, beta, even)


def pert_mean(low: float, mode: float, high: float) -> float:
    """The mean in closed form: (low + 4 mode + high) / 6."""
    return (low + _WEIGHT * mode + high) / (_WEIGHT + 2)


def _quantiles(mode: float) -> np.ndarray:
    """The quantiles of the PERT distribution on [0, 1], at even steps of probability."""
    return betaincinv(*_shape(mode), np.linspace(0, 1, _CELLS + 1))


def _shape(mode: float) -> tuple[float, float]:
    """Alpha and beta of the beta distribution behind a PERT on [0, 1]."""
    return 1 + _WEIGHT * mode, 1 + _WEIGHT * (1 - mode)
