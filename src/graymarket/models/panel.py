"""What the monthly usage panel says of a region, and how much of it is noise."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

TINY_MOBILE_SHARE = 10.0  # percent of page views: below, the mobile audience is too small to read
NOISY_JUMP = 20.0  # percent of the level: a region whose typical jump is larger is noise throughout
JUMP_POINTS = 3.0  # points: a smaller distance from the months around is no jump
JUMP_FACTOR = 4.0  # times the typical distance of the months around
_AROUND = 6  # months on either side
_SHARES = ["mobile_share", "apple_share", "samsung_internet_share"]


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
    """One region's part of the table usage_panel, a row a month, with the column `flag`.

    Months run without a gap from the panel's first to its last; a month that is not there has
    empty shares. `flag` is described at `flags`.
    """
    rows = panel[panel["region"] == region].set_index("month").sort_index()
    rows = rows.reindex(_months(panel))
    return rows.assign(flag=flags(rows))


def monthly_shares(panel: pd.DataFrame, series: str) -> pd.DataFrame:
    """A column of the table usage_panel as months × regions, percent, months without a gap.

    Months in which most regions read 0, because the carrier did not count, are empty.
    """
    shares = panel.pivot(index="month", columns="region", values=series).reindex(_months(panel))
    return shares.where(shares.median(axis=1) > 0)


def _months(panel: pd.DataFrame) -> pd.DatetimeIndex:
    """The panel's months without a gap; none of an empty one."""
    if panel.empty:
        return pd.DatetimeIndex([], name="month")
    return pd.date_range(panel["month"].min(), panel["month"].max(), freq="MS", name="month")


def vendor_series(usage: pd.DataFrame, region: str, vendor: str) -> pd.Series:
    """One vendor's share of page views in a region, percent by month; empty if not in the table.

    `usage` is the table vendor_usage.
    """
    rows = usage[(usage["region"] == region) & (usage["vendor"] == vendor)]
    return rows.set_index("month")["usage_share"].sort_index()


@dataclass(frozen=True)
class Around:
    """Least and greatest monthly reading before an event and after it, in percent."""

    before: tuple[float, float]
    after: tuple[float, float]


def around(series: pd.Series, event: pd.Timestamp, months: int) -> Around | None:
    """The readings of so many months before the event's month, and after it.

    None if a month is missing on either side.
    """
    step = pd.DateOffset(months=1)
    before = series[event - pd.DateOffset(months=months) : event - step].dropna()
    after = series[event + step : event + pd.DateOffset(months=months)].dropna()
    if min(len(before), len(after)) < months:
        return None
    return Around(
        (float(before.min()), float(before.max())), (float(after.min()), float(after.max()))
    )


def flags(rows: pd.DataFrame) -> pd.Series:
    """Why a month of one region is hard to read, or "" if it is not; the first that holds of

    - "missing": no reading;
    - "noisy panel": the region's typical jump in Apple's share is over 20% of its level, so that
      all its months are noise;
    - "tiny panel": mobile browsers have under 10% of all page views;
    - "jump": Apple's share lies over 3 points, and over 4 times the typical distance, from the
      median of the six months on either side;
    - "repeated": all three shares equal the reading before.

    `rows` is indexed by every month. Flagged months are shown and counted, never dropped.
    """
    shares = rows[_SHARES]
    before = shares.ffill().shift()
    repeated = (shares.eq(before) | (shares.isna() & before.isna())).all(axis=1)
    flag = pd.Series("", index=rows.index)
    flag = flag.mask(repeated & shares["mobile_share"].notna(), "repeated")
    flag = flag.mask(_jumps(rows["apple_share"]), "jump")
    flag = flag.mask(rows["mobile_share"] < TINY_MOBILE_SHARE, "tiny panel")
    if jumpiness(rows["apple_share"]) > NOISY_JUMP:
        flag[:] = "noisy panel"
    return flag.mask(rows["mobile_share"].isna(), "missing")


def _jumps(share: pd.Series) -> pd.Series:
    steps = [step for step in range(-_AROUND, _AROUND + 1) if step]
    around = pd.concat([share.shift(step) for step in steps], axis=1)
    middle = around.median(axis=1)
    typical = around.sub(middle, axis=0).abs().median(axis=1)
    distance = (share - middle).abs()
    return (distance > JUMP_POINTS) & (distance > JUMP_FACTOR * typical)


@dataclass(frozen=True)
class Agreement:
    """How two monthly series of one quantity, in percent, go together."""

    months: int
    correlation: float
    median_gap: float  # points, first minus second
    typical_distance: float  # points: half of the months lie closer


def agreement(first: pd.Series, second: pd.Series) -> Agreement:
    """Compare two series over the months that both have; raises ValueError under three."""
    both = pd.concat([first, second], axis=1, keys=["first", "second"], sort=True).dropna()
    if len(both) < 3:
        raise ValueError(f"{len(both)} months in common: expected three or more")
    gap = both["first"] - both["second"]
    return Agreement(
        len(both),
        float(both["first"].corr(both["second"])),
        float(gap.median()),
        float(gap.abs().median()),
    )


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


def outside_since(series: pd.Series, before: RecentRange) -> pd.Timestamp | None:
    """The first month from which no later reading lies within `before`; None if the last does."""
    known = series[before.end :].dropna()
    inside = known[(known >= before.low) & (known <= before.high)]
    later = known[inside.index[-1] :].iloc[1:] if len(inside) else known
    return later.index[0] if len(later) else None


def months_between(start: pd.Timestamp, end: Any) -> Any:
    """Calendar months from one month to another, or to each of an index of months."""
    return (end.year - start.year) * 12 + end.month - start.month


def jumpiness(series: pd.Series) -> float:
    """The typical jump from one reading to the next, in percent of the typical level.

    Half of all jumps are smaller. 5 is a steady series; 50 is noise.
    """
    level = series.median()
    return float(100 * series.dropna().diff().abs().median() / level) if level else float("nan")
