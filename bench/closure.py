"""What a synthetic control costs, by donors and by months.

Run with: make bench. One fit each of the same made-up region, the sizes in turn, five rounds in
one run, since machines are noisy; then all closures with their placebos.
"""

import time
from functools import partial
from statistics import median

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from graymarket import evidence
from graymarket.models import closure
from graymarket.results.parallel import side_by_side

ROUNDS = 5
DONORS = (10, 20, 40, 80)
MONTHS = (30, 60, 120)


def made_up(donors: int, months: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    walks = 20 + rng.normal(0, 0.6, (months, donors + 1)).cumsum(axis=0)
    return pd.DataFrame(walks, columns=["own", *(f"D{i}" for i in range(donors))])


def seconds_of_a_fit(donors: int, months: int) -> float:
    window = made_up(donors, months)
    start = time.perf_counter()
    closure.fit(window, "own", list(window.columns[1:]), np.ones(months, dtype=bool))
    return time.perf_counter() - start


def seconds_of_all_closures() -> float:
    closures, registries = evidence.load("closures"), evidence.load("registries")
    regions, panel = evidence.load("regions"), evidence.load("usage_panel")
    population = closure.population(evidence.load("world_development"))
    shares = closure.usage_shares(panel, list(panel["region"].unique()))
    calls = [
        partial(
            closure.synthetic_control,
            shares[row["series"]],
            row["region"],
            row["month"],
            closure.donor_regions(row, closures, registries, regions, population),
        )
        for _, row in closures.iterrows()
    ]
    start = time.perf_counter()
    side_by_side(calls)
    return time.perf_counter() - start


def main() -> None:
    sizes = [(donors, months) for months in MONTHS for donors in DONORS]
    with threadpool_limits(1):
        rounds = [[seconds_of_a_fit(*size) for size in sizes] for _ in range(ROUNDS)]
    taken = {
        size: median(times) for size, times in zip(sizes, zip(*rounds, strict=True), strict=True)
    }
    least = taken[DONORS[0], MONTHS[0]]
    print("months  " + "".join(f"{donors:>5} donors" for donors in DONORS))
    for months in MONTHS:
        cells = (
            f"{1000 * taken[d, months]:6.0f} ms {taken[d, months] / least:2.0f}x" for d in DONORS
        )
        print(f"{months:6}  " + "".join(cells))
    print(f"all closures, placebos included: {seconds_of_all_closures():.1f} s")


if __name__ == "__main__":
    main()
