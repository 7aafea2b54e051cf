"""Whether a chart's labels can be read: inside the figure, and clear of each other and of lines."""

import io
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from graymarket.palette import PALETTE

_TOUCH = 0.8  # points by which boxes of labels may meet or pass an edge: letters do not fill them


def overlaps(figure: Figure) -> list[str]:
    """A line for each label that meets another, runs over a line or mark, or leaves the figure or
    the cell in whose middle it stands.

    Guide lines (those in the faint colour) may run under labels; so may any line where a label
    has paper of its own (a `bbox`).
    """
    letters = RendererSVG(*figure.bbox.size, io.StringIO())  # type: ignore[no-untyped-call]
    labels = [
        (text, Text.get_window_extent(text, letters)) for ax in figure.axes for text in _labels(ax)
    ]
    lines = [line for ax in figure.axes for line in ax.lines if not _is_guide(line)]
    cells = [
        patch.get_window_extent()
        for ax in figure.axes
        for patch in ax.patches
        if isinstance(patch, Rectangle)
    ]
    found = [
        f"“{one.get_text()}” and “{other.get_text()}” overlap"
        for (one, box), (other, other_box) in combinations(labels, 2)
        if _meet(box, other_box)
    ]
    for text, box in labels:
        inside = figure.bbox.padded(_TOUCH)
        if not (inside.contains(*box.min) and inside.contains(*box.max)):
            found.append(f"“{text.get_text()}” leaves the figure")
        if any(_too_large_for(cell, box) for cell in cells):
            found.append(f"“{text.get_text()}” is larger than its cell")
        if text.get_bbox_patch() is None and any(_runs_over(line, box) for line in lines):
            found.append(f"“{text.get_text()}” stands on a line or a mark")
    return found


def _labels(ax: Axes) -> Iterator[Text]:
    """All words that are drawn: those in the axes, the title and the labels of ticks in view."""
    title = ax.get_title(loc="left")
    texts = [*ax.texts, *(t for t in (ax.title, *ax.findobj(Text)) if t.get_text() == title)]
    if ax.axison:
        texts += [*_tick_labels(ax.xaxis), *_tick_labels(ax.yaxis)]
    drawn = {id(text): text for text in texts if text.get_visible() and text.get_text().strip()}
    yield from drawn.values()


def _tick_labels(axis: Axis) -> list[Text]:
    low, high = sorted(axis.get_view_interval())
    ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    return [label for place, label in ticks if low <= place <= high]


def _meet(one: Bbox, other: Bbox) -> bool:
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    upright = min(one.y1, other.y1) - max(one.y0, other.y0)
    return bool(across > _TOUCH and upright > _TOUCH)


def _too_large_for(cell: Bbox, box: Bbox) -> bool:
    """Whether the box stands in the middle of the cell, and passes its edges."""
    aside = max(abs(cell.x0 + cell.x1 - box.x0 - box.x1), abs(cell.y0 + cell.y1 - box.y0 - box.y1))
    room = cell.padded(_TOUCH)
    return aside / 2 < _TOUCH and not (room.contains(*box.min) and room.contains(*box.max))


def _is_guide(line: Line2D) -> bool:
    return not line.get_visible() or to_hex(line.get_color()) == PALETTE["faint"]


def _runs_over(line: Line2D, box: Bbox) -> bool:
    """Whether a line's path, or one of its marks, is inside the box."""
    axes = line.axes
    if axes is None:
        return False
    path = line.get_transform().transform_path(line.get_path())
    wide = line.get_linewidth() / 2 if line.get_linestyle() != "None" else line.get_markersize() / 2
    grown = Bbox.from_extents(box.x0 - wide, box.y0 - wide, box.x1 + wide, box.y1 + wide)
    inner = Bbox.intersection(grown.padded(-_TOUCH), axes.bbox)  # beyond, it is not drawn
    if inner is None:
        return False
    if line.get_linestyle() == "None":
        return any(inner.contains(x, y) for x, y in np.asarray(path.vertices, dtype=float))
    return bool(path.cleaned(remove_nans=True).intersects_bbox(inner, filled=False))
