"""The quasi-random points that every interval of a chain is worked out from, the same everywhere.

Sobol's sequence fills the cube more evenly than random numbers do, so that few points give all the
digits that are printed, and nothing depends on a seed. Source: I. Sobol, On the distribution of
points in a cube and the approximate evaluation of integrals, USSR Computational Mathematics and
Mathematical Physics 7 (1967); the sequence is scipy's.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.stats import qmc

_POWER = 12
POINTS = 2**_POWER
# The inputs of the chain, each with a dimension of its own; inputs of cases follow by their order.
_INPUTS = (
    *("population", "lines", "lines_per_user", "smartphone_share", "share"),
    *("brand_gray", "customs_gray", "sanctions_gray", "authorised_supply_share"),
)


@cache
def table() -> npt.NDArray[np.float64]:
    """The points, a row each, a column an input; between 0 and 1, neither included."""
    sequence = qmc.Sobol(len(_INPUTS), scramble=False).random_base2(_POWER)
    return np.asarray(sequence + 0.5 / POINTS)


def directions(name: str) -> list[int]:
    """What makes the points of an input anew: whole numbers, one a binary digit of a point.

    Point number n, counted from 0, is the exclusive or of the numbers at n's binary digits that are
    one, plus a half, over POINTS. The points are those of `even`, in another order, which is the
    same for every input. scipy's order is the Gray code's.
    """
    whole = np.round(even(name) * POINTS - 0.5).astype(int)
    gray = np.arange(POINTS) ^ (np.arange(POINTS) >> 1)
    place = np.argsort(gray)  # of the point that each number has in scipy's order
    return [int(whole[place[2**digit]]) for digit in range(_POWER)]


def even(name: str | int) -> npt.NDArray[np.float64]:
    """The points of an input by its name, or by its place among those of a formula."""
    return table()[:, _INPUTS.index(name) if isinstance(name, str) else name]
