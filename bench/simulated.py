"""How often the intervals of a share hold the truth, where the truth is made up and so known.

Run with: make bench. 500 sets, each with spreads of its own between and within
countries, pairs of 15 countries from which the errors are learned, and a further country whose
share is told by two readings of one kind. Prints how many of the 95% and 80% intervals hold the
true share, beside how many chance explains (the central 98% of the binomial); the probability (chi
square) that the truth’s ranks in its posteriors are even; and the seconds that all of it took.
"""

import time

import numpy as np
import pandas as pd
from scipy.special import logit
from scipy.stats import chisquare

from graymarket.models.calibration import LEVELS, allowed_hits, fitted
from graymarket.models.synthesis import GRID, Posterior, combined

SETS, BINS = 500, 10
COUNTRIES, MOST_PAIRS, READINGS = 15, 6, 2


def simulated(rng: np.random.Generator) -> tuple[float, Posterior]:
    """A true share, in percent, and what two readings of it tell with errors learned elsewhere."""
    between, within = rng.uniform(0.1, 0.6, 2)
    mean = rng.normal(0, 0.5)
    pairs = pd.DataFrame(
        (str(country), own + rng.normal(0, within))
        for country, own in enumerate(rng.normal(mean, between, COUNTRIES))
        for _ in range(rng.integers(1, MOST_PAIRS + 1))
    ).set_axis(["group", "difference"], axis=1)
    errors = fitted(pairs)
    truth = rng.uniform(5, 60)
    off = rng.normal(mean, between) + rng.normal(0, within, READINGS)
    read = pd.DataFrame({"at": logit(truth / 100) - off + errors.mean})
    shared = float(np.hypot(errors.se, errors.between))
    known = {"kind": "views", "shared": shared, "own": errors.within, "freedom": errors.freedom}
    return truth, combined(read.assign(**known))


def ranked(sets: int, seed: int) -> pd.DataFrame:
    """A row a set: rank (of the truth in its posterior, 0 to 1), hit95 and hit80."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(sets):
        truth, posterior = simulated(rng)
        ends = {level: posterior.interval(level) for level in LEVELS}
        hits = {f"hit{level}": low <= truth <= high for level, (low, high) in ends.items()}
        rows.append({"rank": 1 - posterior.chance_above(truth) / 100} | hits)
    return pd.DataFrame(rows)


def evenness(ranks: pd.Series, bins: int) -> float:
    """The probability that even ranks are as uneven as these."""
    counts, _ = np.histogram(ranks, bins=bins, range=(0, 1))
    return float(chisquare(counts).pvalue)


def main() -> None:
    start = time.perf_counter()
    found = ranked(SETS, seed=1)
    for level in LEVELS:
        low, high = allowed_hits(SETS, level)
        print(f"{level}% hit   {found[f'hit{level}'].sum()} of {SETS} (chance: {low} to {high})")
    print(f"ranks even  p = {evenness(found['rank'], BINS):.2f}, {BINS} bins of {len(found)} ranks")
    print(f"seconds     {time.perf_counter() - start:.1f}, grid of {len(GRID)} cells")


if __name__ == "__main__":
    main()
