"""Labels that several chart forms write alike."""

from matplotlib.axes import Axes

from graymarket.charts.style import PAPER

OVER_LINES = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}


def beside(ax: Axes, x, y, text: str, **style) -> None:
    """Words to the right of a mark, at a distance that does not depend on the axes."""
    ax.annotate(text, (x, y), (7, 0), textcoords="offset points", va="center", **style)
