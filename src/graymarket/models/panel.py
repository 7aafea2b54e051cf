"""What the monthly usage panel says of a region, and how much of it is noise."""

from dataclasses import dataclass

import pandas as pd

TINY_MOBILE_SHARE = 10.0  # percent of page views: below, the mobile audience is too small to read


@dataclass(frozen=True)
class RecentRange:
    """Least, median and greatest of the monthly readings of a span, in percent."""

    low: float
    median: float
    high: float
    start: pd.Timestamp
    end: pd.Timestamp
    months: int


def region_series(panel: pd.DataFrame, region: str) -> pd.DataFrame:
    """One region's rows of the table usage_panel by month, with the column `flag` (see flags)."""
    rows = panel[panel["region"] == region].sort_values("month").set_index("month")
    return rows.assign(flag=flags(rows))


def flags(rows: pd.DataFrame) -> pd.Series:
    """Why a month is hard to read: "tiny panel", "repeated", or "" for neither.

    Tiny: mobile browsers have under 10% of all page views. Repeated: all three shares equal the
    month before's. Flagged months are shown and counted, never dropped.
    """
    shares = rows[["mobile_share", "apple_share", "samsung_internet_share"]]
    before = shares.shift()
    repeated = (shares.eq(before) | (shares.isna() & before.isna())).all(axis=1)
    repeated &= before["mobile_share"].notna()
    flag = pd.Series("", index=rows.index).mask(repeated, "repeated")
    return flag.mask(rows["mobile_share"] < TINY_MOBILE_SHARE, "tiny panel")


def recent_range(series: pd.Series, end: str | pd.Timestamp, months: int = 12) -> RecentRange:
    """The readings of the `months` calendar months up to and with `end`; missing ones are few.

    `series` is indexed by month. Raises ValueError when fewer than half are there.
    """
    end = pd.Timestamp(end)
    start = end - pd.DateOffset(months=months - 1)
    window = series[start:end].dropna()
    if len(window) < months / 2:
        raise ValueError(
            f"{len(window)} of {months} months up to {end:%Y-%m}: expected half or more"
        )
    return RecentRange(
        float(window.min()), float(window.median()), float(window.max()), start, end, len(window)
    )


def moved(before: RecentRange, after: RecentRange) -> str:
    """ "rose" or "fell" only if no month of one span lies within the other's range."""
    if after.low > before.high:
        return "rose"
    if after.high < before.low:
        return "fell"
    return "no clear change"


def jumpiness(series: pd.Series) -> float:
    """The typical jump from one reading to the next, in percent of the typical level.

    Half of all jumps are smaller. 5 is a steady series; 50 is noise.
    """
    level = series.median()
    return float(100 * series.dropna().diff().abs().median() / level) if level else float("nan")
