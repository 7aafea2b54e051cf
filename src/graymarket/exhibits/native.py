"""Charts that office programs draw themselves, and whether such a chart would tell all."""

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

_NEAR = 0.01  # data are rounded to hundredths, what is drawn is not


@dataclass(frozen=True)
class Native:
    """How an office program draws an exhibit's data itself, as a chart that can be edited.

    `kind`: "line" (over time) or "bar" (lying, a row each); `x`: the column of periods or labels;
    `y`: the columns of numbers, the accented one first.
    """

    kind: str
    x: str
    y: tuple[str, ...]


def tells_all(native: Native, data: pd.DataFrame, figure: Figure) -> bool:
    """Whether the office chart holds every mark of the figure.

    It has lines or bars alone: no bands, events, marks upon a line, bars of another look.
    """
    if len(figure.axes) != 1 or figure.axes[0].collections:
        return False
    ax = figure.axes[0]
    return _lines_alone(native, data, ax) if native.kind == "line" else _bars_alone(native, ax)


def _lines_alone(native: Native, data: pd.DataFrame, ax: Axes) -> bool:
    days = pd.to_datetime(data[native.x], errors="coerce")
    series = [pd.Series(data[name].to_numpy(), index=days) for name in native.y]
    lone = [known[_between_gaps(known)] for known in series]
    return not ax.patches and all(
        any(_lies_on(line, known) for known in (lone if line.get_linestyle() == "None" else series))
        for line in ax.lines
    )


def _between_gaps(series: pd.Series) -> pd.Series:
    """Which points have no neighbour: the office chart has a dot there too."""
    known = series.notna()
    return known & ~known.shift(1, fill_value=False) & ~known.shift(-1, fill_value=False)


def _lies_on(line: Line2D, series: pd.Series) -> bool:
    """Whether every point drawn is one of the series."""
    drawn = pd.Series(line.get_ydata(), index=pd.DatetimeIndex(line.get_xdata()), dtype=float)
    drawn = drawn.dropna()
    return bool(((series.reindex(drawn.index) - drawn).abs() < _NEAR).all())


def _bars_alone(native: Native, ax: Axes) -> bool:
    looks = {(bar.get_facecolor(), bar.get_hatch()) for bar in ax.patches}
    return not ax.lines and len(looks) <= len(native.y)
