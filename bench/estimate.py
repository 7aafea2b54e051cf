"""How long the whole estimate takes, from the tables in memory, and which part takes what.

Run with: make bench. Each part is run three times, since machines are noisy. Prints the median
seconds of each, with the least and the most: learning the errors of all readings (calibration); the
leave-one-out test of the largest kind of pairs alone, which is part of that; the shares that follow
from the readings; the estimate of all quantities from inputs that are ready; the back-test of gray
methods; the whole, which is shares, estimate and back-test, nothing kept. Then the most memory.
"""

import resource
import time
from functools import partial
from statistics import median

from graymarket import evidence, models, question
from graymarket.models import calibration
from graymarket.report import MAIN
from graymarket.results import back_test, errors, estimate, shares

ROUNDS = 3


def main() -> None:
    asked = question.question(MAIN)
    stored = evidence.Tables()
    tables = evidence.Tables.of(dict(stored))  # so that nothing is kept
    pairs = errors.learned(tables).kinds[errors.PANEL].pairs
    inputs = estimate.compute(asked, tables).inputs
    fitted = partial(calibration.fitted, covariates=["ipads"])

    def whole() -> None:
        estimate.compute(asked, tables)  # computes the shares on its way
        back_test.compute(asked, tables)

    parts = {
        "calibration": lambda: errors.learned(tables),
        "leave one out": lambda: calibration.left_out(
            pairs, calibration.without_each(pairs, fitted)
        ),
        "shares": lambda: shares.compute(asked, tables),
        "quantities": lambda: models.estimate(inputs),
        "back-test": lambda: back_test.compute(asked, tables),
        "the whole": whole,
    }
    for name, run in parts.items():
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            run()
            seconds.append(time.perf_counter() - start)
        print(f"{name:14} {median(seconds):5.2f} s ({min(seconds):.2f} to {max(seconds):.2f})")
    print(f"{'most memory':14} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:5.0f} MB")


if __name__ == "__main__":
    main()
