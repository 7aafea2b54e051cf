"""What several chart forms do alike."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from graymarket.charts.style import PAPER

Style = dict[str, Any]

OVER_LINES: Style = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}


def each(rows: pd.DataFrame) -> list[Any]:
    """The rows as named tuples; their types are those of the columns, which no checker knows."""
    return list(rows.itertuples())


def highest(frame: pd.DataFrame) -> float:
    """The highest number of a frame."""
    return float(frame.max().max())


def beside(ax: Axes, x: Any, y: float, text: str, **style: Any) -> None:
    """Words to the right of a mark, at a distance that does not depend on the axes."""
    ax.annotate(text, (x, y), (7, 0), textcoords="offset points", va="center", **style)
