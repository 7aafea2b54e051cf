"""Which input, if known better, would narrow an answer most."""

import numpy as np
import pandas as pd
from SALib.analyze import sobol as analyse
from SALib.sample import sobol as sample

from graymarket.models.estimate import QUANTITIES, SEED, levels, parameters, value
from graymarket.models.pert import pert, pert_quantile

_POINTS = 8192  # a power of two, as Sobol's sequence asks
_DRAWS = 200_000


def one_at_a_time(inputs: pd.DataFrame, region: str, date, quantity: str) -> pd.DataFrame:
    """What each input does alone: the quantity with it at its low and its high, others at mode.

    One row an input that matters, the widest first: parameter, at_low, at_high, kind.
    """
    given = _of(inputs, region, date)
    modes = given["mode"].to_dict()
    rows = [
        {
            "parameter": name,
            "at_low": float(value(quantity, modes | {name: given.at[name, "low"]})),
            "at_high": float(value(quantity, modes | {name: given.at[name, "high"]})),
            "kind": given.at[name, "kind"],
        }
        for name in parameters(QUANTITIES[quantity][1], given)
    ]
    table = pd.DataFrame(rows)
    widest = (table["at_high"] - table["at_low"]).abs()
    return table.loc[widest.sort_values(ascending=False).index].reset_index(drop=True)


def variance_shares(inputs: pd.DataFrame, region: str, date, quantity: str) -> pd.DataFrame:
    """Sobol indices: what part of the result's variance each input carries, in percent.

    One row an input, the greatest first: parameter, alone (first-order index), with_others (total
    index) and width_if_known: the 95% interval's width were the input known to be at its mode,
    in percent of the width now.
    """
    given = _of(inputs, region, date)
    names = parameters(QUANTITIES[quantity][1], given)
    problem = {"num_vars": len(names), "names": names, "bounds": [[0, 1]] * len(names)}
    even = sample.sample(problem, _POINTS, calc_second_order=False, seed=SEED)
    ranges = given.loc[names, ["low", "mode", "high"]]
    points = {
        row.Index: pert_quantile(row.low, row.mode, row.high, even[:, i])
        for i, row in enumerate(ranges.itertuples())
    }
    found = analyse.analyze(
        problem, value(quantity, points), calc_second_order=False, num_resamples=2, seed=SEED
    )
    now = _width(quantity, ranges, region)
    rows = [
        {
            "parameter": name,
            "alone": 100 * max(0.0, float(found["S1"][i])),
            "with_others": 100 * float(found["ST"][i]),
            "width_if_known": 100 * _width(quantity, ranges, region, known=name) / now,
        }
        for i, name in enumerate(names)
    ]
    return pd.DataFrame(rows).sort_values("with_others", ascending=False, ignore_index=True)


def _of(inputs: pd.DataFrame, region: str, date) -> pd.DataFrame:
    here = inputs[(inputs["region"] == region) & (inputs["date"] == date)]
    return here.set_index("parameter")


def _width(quantity: str, ranges: pd.DataFrame, region: str, known: str = "") -> float:
    drawn = {
        row.Index: np.full(_DRAWS, row.mode)
        if row.Index == known
        else pert(row.low, row.mode, row.high, _DRAWS, SEED, f"{region}/{row.Index}")
        for row in ranges.itertuples()
    }
    found = levels(value(quantity, drawn))
    return found["high95"] - found["low95"]
