"""The house style of every chart: colours, type, axes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import fontpkg_ibm_plex_sans_condensed as condensed
import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.axis import Axis
from matplotlib.figure import Figure

from graymarket.palette import PALETTE
from graymarket.wording import current

INK = PALETTE["ink"]
TEXT_MUTE = PALETTE["text-mute"]
MUTE = PALETTE["mute"]
FAINT = PALETTE["faint"]
ACCENT = PALETTE["accent"]
SECOND = PALETTE["second"]
PAPER = PALETTE["paper"]

WIDE = 6.4  # inches: the text width of the printed page, so that 9 pt in a chart prints as 9 pt
NARROW = 3.5  # inches: a telephone's screen, with letters as large as the text around them
STAGE = 7.2  # inches: a slide's picture, so that letters of 8.8 pt are 19 pixels high at 1280
_STAGE_HEIGHT = 2.95  # inches: what a title above, a note and a source below leave of a 16:9 slide

_DPI = 72  # as SVG is drawn: letters are as wide when a figure is laid out as in the file

_FAMILY = "IBM Plex Sans Condensed"

RC: dict[Any, Any] = {
    "font.family": _FAMILY,
    "font.size": 9.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTE,
    "axes.linewidth": 0.8,
    "axes.spines.left": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titleweight": "semibold",
    "axes.titlelocation": "left",
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": MUTE,
    "xtick.labelcolor": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "ytick.color": MUTE,
    "ytick.labelcolor": INK,
    "lines.linewidth": 1.8,
    "lines.solid_capstyle": "round",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "svg.fonttype": "none",
}


def _register_fonts() -> None:
    known = {font.name for font in font_manager.fontManager.ttflist}
    if _FAMILY not in known:
        for path in sorted(condensed.ROOT.rglob("*.ttf")):
            font_manager.fontManager.addfont(path)


@contextmanager
def house_style() -> Iterator[None]:
    """Draw inside this context to get the house style without touching global settings."""
    _register_fonts()
    with mpl.rc_context(RC):
        yield


def chart(
    width: float,
    height: float,
    rows: int = 1,
    columns: int = 1,
    *,
    grows: bool = False,
    **grid: Any,
) -> tuple[Figure, Any]:
    """A figure, and its axes: one, or an array of them, as `Figure.subplots` gives.

    `width` and `height` are in inches; on the STAGE every chart is as high as a slide has room, or
    higher if it `grows`, as lines of words must. `grid` goes to `Figure.subplots`. The figure is
    not known to pyplot, so a notebook shows it once: as part of its exhibit.
    """
    if width == STAGE:
        height = max(height, _STAGE_HEIGHT) if grows else _STAGE_HEIGHT
    figure = Figure(figsize=(width, height), layout="constrained", dpi=_DPI)
    axes = figure.subplots(rows, columns, **grid)
    return figure, axes


def with_unit(axis: Axis, unit: str = "percent") -> None:
    """Put a unit of UNITS on the last tick label alone, as in “40%, 30, 20”; "" for no unit."""
    low, high = sorted(axis.get_view_interval())
    ticks = [tick for tick in axis.get_major_locator()() if low - 1e-9 <= tick <= high + 1e-9]
    last = len(ticks) - 1
    labels = [current().tick(tick, unit if i == last else "") for i, tick in enumerate(ticks)]
    axis.set_ticks(ticks, labels)
