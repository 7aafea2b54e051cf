"""Which input, if known better, would narrow an answer most."""

from typing import Any

import numpy as np
import pandas as pd
from SALib.analyze import sobol as analyse
from SALib.sample import sobol as sample

from graymarket.models.estimate import (
    levels,
    of_maker,
    parameters,
    quantile,
    rows_of,
    samples,
    value,
)
from graymarket.models.points import POINTS
from graymarket.models.triangular import Draws

_POINTS = 8192  # a power of two, as Sobol's sequence asks
_SEED = 2021  # of the sequence's scrambling, which these estimators want


def one_at_a_time(
    inputs: pd.DataFrame, region: str, date: pd.Timestamp, maker: str, quantity: str
) -> pd.DataFrame:
    """What each input does alone: the quantity with it at its low and its high, others at mode.

    One row an input that matters, the widest first: parameter, at_low, at_high (in the quantity's
    unit), kind and lineage.
    """
    ranges = ranges_of(inputs, region, date, maker, quantity)
    modes = ranges["mode"].to_dict()
    rows = [
        {
            "parameter": row.Index,
            "at_low": float(value(quantity, modes | {row.Index: row.low})),
            "at_high": float(value(quantity, modes | {row.Index: row.high})),
            "kind": row.kind,
            "lineage": row.lineage,
        }
        for row in rows_of(ranges)
    ]
    table = pd.DataFrame(rows)
    width = (table["at_high"] - table["at_low"]).abs()
    return table.loc[width.sort_values(ascending=False).index].reset_index(drop=True)


def variance_shares(
    inputs: pd.DataFrame, region: str, date: pd.Timestamp, maker: str, quantity: str
) -> pd.DataFrame:
    """Sobol indices: what part of the result's variance each input carries, in percent.

    One row an input, the greatest first: parameter, alone (first-order index), with_others (total
    index), width_if_known: the 95% interval's width were the input known to be at its mode, in
    percent of the width now, and lineage.

    Source: Sobol, “Global sensitivity indices for nonlinear mathematical models”, Mathematics and
    Computers in Simulation 55 (2001); sampling and estimators of SALib (Saltelli et al. 2010).
    """
    ranges = ranges_of(inputs, region, date, maker, quantity)
    indices = _sobol(ranges, quantity)
    drawn = {name: draws for (name, _), draws in samples(_rows(ranges)).items()}
    now = _width(quantity, drawn)
    certain = {name: np.full(POINTS, mode) for name, mode in ranges["mode"].items()}
    rows = [
        {
            "parameter": name,
            "alone": 100 * max(0.0, float(indices["S1"][i])),
            "with_others": 100 * float(indices["ST"][i]),
            "width_if_known": 100 * _width(quantity, drawn | {name: certain[name]}) / now,
            "lineage": ranges.at[name, "lineage"],
        }
        for i, name in enumerate(ranges.index)
    ]
    return pd.DataFrame(rows).sort_values("with_others", ascending=False, ignore_index=True)


def _sobol(ranges: pd.DataFrame, quantity: str) -> dict[str, Any]:
    names = list(ranges.index)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    even = sample.sample(problem, _POINTS, calc_second_order=False, seed=_SEED)
    points = {row.Index: quantile(row, even[:, i]) for i, row in enumerate(rows_of(ranges))}
    indices: dict[str, Any] = analyse.analyze(
        problem, value(quantity, points), calc_second_order=False, num_resamples=2, seed=_SEED
    )
    return indices


def ranges_of(
    inputs: pd.DataFrame, region: str, date: pd.Timestamp, maker: str, quantity: str
) -> pd.DataFrame:
    """The inputs that the quantity follows from, by parameter.

    Raises ValueError where it is not estimable.
    """
    ranges = of_maker(inputs, region, date, maker)
    names = parameters(quantity, ranges.index)
    if not names or (ranges.loc[names, "kind"] == "none").any():
        raise ValueError(f"{quantity} of {maker} in {region} in {date:%Y-%m} is not estimable")
    return ranges.loc[names]


def _rows(ranges: pd.DataFrame) -> pd.DataFrame:
    return ranges.reset_index(names="parameter")


def _width(quantity: str, drawn: dict[str, Draws]) -> float:
    ends = levels(value(quantity, drawn))
    return ends["high95"] - ends["low95"]
