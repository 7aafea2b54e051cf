"""Shares of phones in use beside another reading of the same country, maker and time."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from graymarket.evidence import lineage
from graymarket.models.calibration import difference

IPADS_LEAVE = pd.Timestamp("2019-10-01")  # iPadOS: from here on iPads do not count as phones
SOUND = ("A", "B")  # grades of readings that may be built on
_NEAR = 3  # months from a reading in which the panel still tells of it
_WHOLE = (
    0.5  # a share of less than half a percent, or within it of all, has no log-odds to speak of
)
_COLUMNS = ["region", "vendor", "group", "start", "end", "in_use", "reading", "difference", "grade"]


def of_smartphones(in_use: pd.DataFrame) -> pd.DataFrame:
    """The table shares_in_use with `in_use`: the share of smartphones, in percent.

    A share of phones of all kinds is divided by smartphones' part of them where it is printed (each
    of these makers' phones is a smartphone); else it is taken as it stands, which is a floor.
    """
    part = in_use["smartphone_share"].where(in_use["of"] != "smartphones").fillna(100)
    return in_use.assign(in_use=(100 * in_use["share"] / part).clip(upper=100))


def with_panel(in_use: pd.DataFrame, panel: pd.DataFrame, vendor: str, series: str) -> pd.DataFrame:
    """A maker's shares in use (as of_smartphones) beside the usage panel's mean of those months.

    A row each: region, vendor, group (the region), start, end, in_use and reading (percent),
    difference (log-odds), ipads (the part of the months before iPads left the count), grade and
    lineage. Where the panel has none of the months, the nearest within three months stand in;
    without those the reading has no pair.
    """
    shares = panel.dropna(subset=[series])
    shares = shares[(shares[series] > 0) & (shares[series] < 100)]
    by_region = {region: rows for region, rows in shares.groupby("region")}
    rows: list[dict[Any, Any]] = []
    for row in in_use[in_use["vendor"] == vendor].to_dict("records"):
        own = by_region.get(row["region"], shares.head(0))
        months = own["month"].to_numpy()
        told = _months_of(months, row["start"], row["end"])
        if told.any():
            known = {"reading": own[series].to_numpy()[told].mean(), "group": row["region"]}
            known |= {"ipads": float((months[told] < IPADS_LEAVE.to_datetime64()).mean())}
            entries = own["lineage"].to_numpy()[told].tolist()
            rows.append({**row, **known, "lineage": lineage(row["lineage"], entries)})
    return _paired(rows, ["ipads"])


def _months_of(
    months: npt.NDArray[np.datetime64], start: pd.Timestamp, end: pd.Timestamp
) -> npt.NDArray[np.bool_]:
    """Which months tell of the time from start to end: those in it, or else the nearest."""
    first = start.to_period("M").to_timestamp().to_datetime64()
    within = (months >= first) & (months <= end.to_datetime64())
    if within.any() or not len(months):
        return within
    away = np.abs(months - (start + (end - start) / 2).to_datetime64())
    near = (away == away.min()) & (away <= np.timedelta64(31 * _NEAR, "D"))
    return np.asarray(near)


def beside(in_use: pd.DataFrame, readings: pd.DataFrame, months: int) -> pd.DataFrame:
    """Shares in use (as of_smartphones) beside the nearest of `readings` (rows of vendor_share).

    Each share in use of a region and vendor has at most one reading, of which the middle lies no
    more than so many months away. A row each: as with_panel, with unknown_share and without ipads;
    group: region and vendor.
    """
    known = readings.dropna(subset=["start", "end"]).rename(columns={"value": "reading"})
    known = known.assign(middle=middle(known))
    known = known[["region", "vendor", "reading", "unknown_share", "middle", "grade", "lineage"]]
    both = in_use.assign(row=range(len(in_use)), own_middle=middle(in_use)).merge(
        known, on=["region", "vendor"], suffixes=("", "_other")
    )
    away = (both["middle"] - both["own_middle"]).abs()
    both = both.assign(away=away).sort_values(["row", "away"], kind="stable")
    both = both.drop_duplicates("row")
    both = both[both["away"] <= pd.Timedelta(days=30.5 * months)]
    rows = [
        {
            **row,
            "group": f"{row['region']}/{row['vendor']}",
            "grade": max(row["grade"], row["grade_other"]),
            "lineage": lineage(row["lineage"], row["lineage_other"]),
        }
        for _, row in both.iterrows()
    ]
    return _paired(rows, ["unknown_share"])


def middle(rows: pd.DataFrame) -> pd.Series:
    """The middle of each row's time, from start to end."""
    return rows["start"] + (rows["end"] - rows["start"]) / 2


def _paired(rows: list[dict[str, object]], more: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[*_COLUMNS, *more, "lineage"])
    frame = frame.drop(columns="difference").assign(
        difference=difference(frame["in_use"], frame["reading"])
    )
    return frame.sort_values(["region", "vendor", "start"], kind="stable", ignore_index=True)[
        [*_COLUMNS, *more, "lineage"]
    ]


def drift(
    world: pd.Series, panel: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp
) -> tuple[float, float]:
    """How a maker's share moved between two months, and how unsure that is for a country; log-odds.

    The move is that of the maker's own series worldwide (percent by month), the doubt the spread of
    countries around their mean in the same months, seen in `panel`: percent by month, a column a
    country. Means of three months each, against the noise of one. Raises ValueError where a series
    does not reach.
    """
    ends = []
    for month in (since, until):
        window = slice(month - pd.DateOffset(months=1), month + pd.DateOffset(months=1))
        own, countries = world.loc[window].mean(), panel.loc[window].mean()
        if np.isnan(own) or countries.notna().sum() < 2:
            raise ValueError(f"no series reaches {month:%Y-%m}: a reading cannot be carried there")
        ends.append((own, countries.where(countries.between(_WHOLE, 100 - _WHOLE))))
    moved = difference(pd.Series([ends[1][0]]), pd.Series([ends[0][0]])).iloc[0]
    spread = difference(ends[1][1], ends[0][1]).std()
    return float(moved), float(spread)
