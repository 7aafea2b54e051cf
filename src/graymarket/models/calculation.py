"""An answer as a calculation: named numbers, and all that follows from them, to be done again.

The code works it out here; the page and the workbook do the same arithmetic on the same numbers.
"""

from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from graymarket.models.estimate import (
    LEVELS,
    SHARE,
    arguments,
    formula_of,
    levels,
    quantile,
    rows_of,
    value,
)
from graymarket.models.points import even
from graymarket.models.synthesis import Error, Posterior, combined, limit, reading
from graymarket.models.triangular import Draws

Steps = str | float | list[Any]  # an argument, a number, or a sign and the steps on both its sides


@dataclass(frozen=True)
class Calculation:
    """What a share and the quantities after it are worked out from; every frame by name.

    `kinds` of readings: off, se, between, within and freedom (see synthesis.Error); `readings`:
    kind, value, sample, moved and doubt (see synthesis.reading); `limits`: cap_low, cap_high, moved
    and doubt (see synthesis.limit); `inputs`: low, mode and high of what is judged; `outputs`:
    quantities of models.QUANTITIES, each after those that it follows from.
    """

    kinds: pd.DataFrame
    readings: pd.DataFrame
    limits: pd.DataFrame
    inputs: pd.DataFrame
    outputs: tuple[str, ...]

    def posterior(self) -> Posterior:
        """What the readings and limits say of the share."""
        numbers = self.kinds[[part.name for part in fields(Error)]].to_dict("index")
        errors = {str(name): Error(*row.values()) for name, row in numbers.items()}
        read = [
            {"kind": row.kind}
            | reading(row.value, row.sample, errors[row.kind], row.moved, row.doubt)
            for row in rows_of(self.readings)
        ]
        limits = [
            limit(row.cap_low, row.cap_high, row.moved, row.doubt) for row in rows_of(self.limits)
        ]
        return combined(pd.DataFrame(read, self.readings.index), pd.DataFrame(limits))

    def outcome(self) -> pd.DataFrame:
        """The share and every output: a row each, a column each of LEVELS."""
        share = self.posterior()
        drawn: dict[str, Draws] = {
            str(row.Index): quantile(row, even(str(row.Index))) for row in rows_of(self.inputs)
        }
        drawn[SHARE] = share.quantile(even(SHARE))
        ends = {name: float(share.quantile(percent / 100)) for name, percent in LEVELS.items()}
        rows = {SHARE: ends} | {name: levels(value(name, drawn)) for name in self.outputs}
        return pd.DataFrame.from_dict(rows, orient="index")

    def steps(self, output: str) -> Steps:
        """The output's formula, of inputs, the share and outputs before it."""
        return steps_of(output, {*self.inputs.index, SHARE})


class _Traced:
    """An argument of a formula that remembers what is done to it."""

    def __init__(self, steps: Steps):
        self.steps = steps

    def __mul__(self, other: object) -> "_Traced":
        return _Traced(["*", self.steps, _steps(other)])

    def __truediv__(self, other: object) -> "_Traced":
        return _Traced(["/", self.steps, _steps(other)])

    def __rsub__(self, other: object) -> "_Traced":
        return _Traced(["-", _steps(other), self.steps])


def _steps(part: object) -> Steps:
    return part.steps if isinstance(part, _Traced) else float(str(part))


def steps_of(quantity: str, given: set[str]) -> Steps:
    """How a quantity of models.QUANTITIES follows, as ["/", ["*", "share", "smartphones"], 100].

    Raises ValueError where `given` lacks what every formula needs.
    """
    formula = formula_of(quantity, given)
    traced: _Traced = formula(**{name: _Traced(name) for name in arguments(formula)})
    return traced.steps
