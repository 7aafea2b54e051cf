"""A stock of phones that nobody renews: how fast its share of use fades."""

from dataclasses import dataclass
from typing import overload

import numpy as np
import pandas as pd

MEAN_OF = 3  # months up to a horizon that are averaged, against the noise of one month
_YEARS_BEFORE = ((24, 13), (12, 1))  # first and last month before, of each


@dataclass(frozen=True)
class Stock:
    """Shares of use, in percent, before a closure, at a horizon, and had no phone come in.

    `month`: the closure's; `months`: from it to the horizon; `life_low`, `life_high`: months that
    a phone lasts; `start_low`, `start_high`: the lower and the higher mean of the two years
    before, since a year in which the panel itself jumped about would else decide alone; `seen`:
    the mean of the three months up to the horizon; `left_low`, `left_high`: what no supply would
    have left then.
    """

    month: pd.Timestamp
    months: int
    life_low: float
    life_high: float
    start_low: float
    start_high: float
    seen: float
    left_low: float
    left_high: float

    @property
    def is_renewed(self) -> bool:
        """Whether more was seen than a stock without supply could have left."""
        return self.seen > self.left_high

    @property
    def life_needed(self) -> float:
        """Months that phones would have to last to leave as much as was seen without supply.

        By a constant part from the higher start, the slowest fall; infinite if the share rose.
        """
        if self.seen >= self.start_high:
            return float("inf")
        return float(self.months / np.log(self.start_high / self.seen))


def stock(
    observed: pd.Series, month: pd.Timestamp, months: int, life_low: float, life_high: float
) -> Stock:
    """What was seen, and what a stock that nobody renews would have left.

    Parameters
    ----------
    observed : shares by month, in percent.
    month : the closure's.
    months : from the closure to the horizon.
    life_low, life_high : months that a phone lasts. The shorter with an even fall from the lower
        start gives the low end of what is left, the longer with a constant part going each month
        from the higher start the high end (see `fading`).
    """
    means = [_mean_before(observed, month, first, last) for first, last in _YEARS_BEFORE]
    low, high = float(np.nanmin(means)), float(np.nanmax(means))
    return Stock(
        month=month,
        months=months,
        life_low=life_low,
        life_high=life_high,
        start_low=low,
        start_high=high,
        seen=at_horizon(month, observed, months),
        left_low=float(fading(low, months, life_low)[0][-1]),
        left_high=float(fading(high, months, life_high)[1][-1]),
    )


def fading(start: float, months: int, life: float) -> tuple[np.ndarray, np.ndarray]:
    """A share if no phone comes in, for months 0 to `months`: falling evenly, by a constant part.

    Evenly: start × max(0, 1 − t/life), phones of all ages up to `life` months, each gone at that
    age. By a constant part: start × exp(−t/life), one phone in `life` goes each month, whatever
    its age.
    """
    since = np.arange(months + 1)
    return start * np.maximum(0, 1 - since / life), start * np.exp(-since / life)


def fading_lines(stock: Stock, months: pd.DatetimeIndex) -> pd.DataFrame:
    """The stock's two ends by month, in percent: fade_low and fade_high, empty before the closure.

    `months` : first days of months; the frame's index.
    """
    since = (months.year - stock.month.year) * 12 + months.month - stock.month.month
    last = max(int(since.max()), 0)
    low = fading(stock.start_low, last, stock.life_low)[0]
    high = fading(stock.start_high, last, stock.life_high)[1]
    at = np.maximum(since, 0)
    faded = pd.DataFrame({"fade_low": low[at], "fade_high": high[at]}, index=months)
    faded.loc[np.asarray(since) < 0] = np.nan
    return faded


@overload
def at_horizon(month: pd.Timestamp, values: pd.Series, horizon: int) -> float: ...
@overload
def at_horizon(month: pd.Timestamp, values: pd.DataFrame, horizon: int) -> pd.Series: ...
def at_horizon(
    month: pd.Timestamp, values: pd.Series | pd.DataFrame, horizon: int
) -> float | pd.Series:
    """The mean of the three months up to `horizon` months after `month`; NaN if none is there.

    `values`: by month; of a frame, each column's mean.
    """
    last = month + pd.DateOffset(months=horizon)
    part = values.loc[last - pd.DateOffset(months=MEAN_OF - 1) : last]
    return part.mean() if isinstance(part, pd.DataFrame) else float(part.mean())


def _mean_before(observed: pd.Series, month: pd.Timestamp, first: int, last: int) -> float:
    start, end = month - pd.DateOffset(months=first), month - pd.DateOffset(months=last)
    return float(observed.loc[start:end].mean())
