"""The ranges assumed: as typed, or carried to their month from the series that the row names."""

import pandas as pd

from graymarket import models
from graymarket.evidence import MID_YEAR, Tables, lineage
from graymarket.results.cells import column

_LEVEL = 95  # percent, of the interval that stands as a carried row's range


def with_ranges(tables: Tables) -> pd.DataFrame:
    """The table assumptions with every range filled in, and a column `posterior`.

    A row that names a series in `drift` has it there as a models.Forecast at the row's month, with
    the ends of its 95% interval as low and high and its median as mode, to three digits; its
    lineage takes in the series. In other rows `posterior` is None.
    """
    rows = tables["assumptions"]
    named = rows[rows["drift"] != ""]
    carried = pd.DataFrame([_carried(row, tables) for _, row in named.iterrows()], named.index)
    known = rows.assign(posterior=column([None] * len(rows), rows.index))
    for name in carried:
        known[name] = carried[name].combine_first(known[name])
    return known


def _carried(row: pd.Series, tables: Tables) -> dict[str, object]:
    """What a row that names a series has in place of its empty cells."""
    entry = str(row["drift"])
    rows = tables[entry.split("/")[0]]
    series = rows[rows["lineage"].str.startswith(f"{entry}/")]
    last = pd.Timestamp(int(series["year"].max()), MID_YEAR, 1)
    ahead = models.months_between(last, row["date"]) / 12
    forecast = models.random_walk(series.set_index("year")["value"], ahead)
    low, high = forecast.interval(_LEVEL)
    ends = {"low": low, "mode": float(forecast.quantile(0.5)), "high": high}
    rounded = {name: float(f"{end:.3g}") for name, end in ends.items()}
    return rounded | {"posterior": forecast, "lineage": lineage(row, series)}
