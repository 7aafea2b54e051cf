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


def even(name: str | int) -> npt.NDArray[np.float64]:
    """The points of an input by its name, or by its place among those of a formula."""
    return table()[:, _INPUTS.index(name) if isinstance(name, str) else name]
