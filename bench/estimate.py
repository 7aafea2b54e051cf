"""How long a million draws take, against drawing with numpy's own beta.

Run with: make bench. Both are timed in one run, five times each in turn, since machines are noisy.
"""

import resource
import time
from statistics import median

import numpy as np

from graymarket import evidence, models

DRAWS = 1_000_000
ROUNDS = 5


def with_our_table(inputs) -> None:
    models.estimate(inputs, draws=DRAWS)


def with_numpy_beta(inputs) -> None:
    """The draws alone, none of the quantities: what one would write by hand."""
    rng = np.random.default_rng(models.SEED)
    for row in inputs[inputs["kind"] != "none"].itertuples():
        width = row.high - row.low
        if width:
            mode = (row.mode - row.low) / width
            row.low + width * rng.beta(1 + 4 * mode, 5 - 4 * mode, DRAWS)


def main() -> None:
    panel = evidence.load("usage_panel")
    inputs = models.calibrated(evidence.load("assumptions"), panel)
    seconds = {with_our_table: [], with_numpy_beta: []}
    for _ in range(ROUNDS):
        for way, taken in seconds.items():
            start = time.perf_counter()
            way(inputs)
            taken.append(time.perf_counter() - start)
    for way, taken in seconds.items():
        print(f"{way.__name__:16} {median(taken):.2f} s ({min(taken):.2f} to {max(taken):.2f})")
    ratio = median(seconds[with_numpy_beta]) / median(seconds[with_our_table])
    print(f"ratio            {ratio:.1f}")
    print(f"most memory      {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


if __name__ == "__main__":
    main()
