"""Forms made of words: timelines, trees, matrices and spans."""

import textwrap
from collections.abc import Callable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from graymarket.charts.chart import Drawing, Marks, form
from graymarket.charts.labels import Style, each
from graymarket.charts.style import (
    ACCENT,
    FAINT,
    INK,
    MUTE,
    NARROW,
    PAPER,
    SECOND,
    TEXT_MUTE,
    chart,
)
from graymarket.wording import current

# The cells of a matrix, by style.
_FILLS: dict[str, Style] = {
    "strong": {"facecolor": ACCENT},
    "second": {"facecolor": SECOND},
    "plain": {"facecolor": FAINT},
    "open": {"facecolor": "none", "hatch": "////", "edgecolor": FAINT},
}


@form()
def timeline(width: float, events: pd.DataFrame) -> Drawing:
    """Dated events from top to bottom: day, a mark coloured by what it is, and the words.

    `events`: day (text), what, strong (bool: drawn in the accent colour).
    """
    per_line = int(17.5 * (width - 1.0))
    texts = [textwrap.fill(what, per_line) for what in events["what"]]
    heights = [text.count("\n") + 1.9 for text in texts]
    marks = Marks()
    figure, ax = chart(width, 0.155 * sum(heights) + 0.1, grows=True)
    left = 0.8 / width
    y, shown, tops = 0.0, "", []
    for place, (row, text, height) in enumerate(zip(each(events), texts, heights, strict=True)):
        tops.append(y)
        marks.add(ax, place, row.what, "what", left, y)
        colour = ACCENT if row.strong else MUTE
        ax.plot(
            left,
            y,
            "o",
            markersize=6.5,
            color=colour if row.strong else PAPER,
            zorder=3,
            markeredgecolor=colour,
            markeredgewidth=1.5,
        )
        if row.day != shown:
            ax.text(
                left - 0.12 / width,
                y,
                row.day,
                ha="right",
                va="center",
                size=9,
                color=TEXT_MUTE,
            )
        shown = row.day
        ax.text(
            left + 0.13 / width,
            y - 0.62,
            text,
            va="top",
            linespacing=1.25,
            color=ACCENT if row.strong else INK,
            weight="semibold" if row.strong else "normal",
        )
        y += height
    ax.plot([left, left], [tops[0], tops[-1]], color=FAINT, linewidth=1.6, zorder=0)
    ax.set_xlim(0, 1)
    ax.set_ylim(y - 0.6, -0.9)
    ax.axis("off")
    return marks.drawing(figure)


@form()
def tree(width: float, root: str, branches: pd.DataFrame) -> Drawing:
    """One question that splits into several, each with examples: side by side, or stacked.

    `branches`: label, question, examples (a list of texts), left to right.
    """
    wide = width > NARROW
    across = len(branches) if wide else 1
    texts = [_wrapped(row, int(18.5 * (width - 0.2) / across) - 2) for row in each(branches)]
    heights = [text.count("\n") + 3.7 for text in texts]  # in lines, as everything below
    tops = [2.4] * across if wide else [2.0 + sum(heights[:i]) for i in range(len(heights))]
    bottom = max(top + height for top, height in zip(tops, heights, strict=True))
    marks = Marks()
    figure, ax = chart(width, 0.165 * bottom, grows=True)
    ax.text(0, 0, root, va="top", weight="semibold", size=10.5)
    lefts = [i / across for i in range(across)] if wide else [0.035] * len(texts)
    stem = {"color": MUTE, "linewidth": 1}
    if wide:
        ax.plot([0.01, 0.01], [1.3, 1.8], **stem)
        ax.plot([0.01, lefts[-1] + 0.01], [1.8, 1.8], **stem)
    else:
        ax.plot([0.005, 0.005], [1.3, tops[-1] + 0.55], **stem)
    for place, (label, text, left, top) in enumerate(
        zip(branches["label"], texts, lefts, tops, strict=True)
    ):
        marks.add(ax, place, label, "label", left, top)
        if wide:
            ax.plot([left + 0.01] * 2, [1.8, top - 0.2], **stem)
        else:
            ax.plot([0.005, 0.025], [top + 0.55] * 2, **stem)
        ax.text(left, top, label, va="top", weight="semibold", color=ACCENT)
        ax.text(left, top + 1.25, text, va="top", size=8.8, linespacing=1.3)
    ax.set_xlim(0, 1)
    ax.set_ylim(bottom, -0.2)
    ax.axis("off")
    return marks.drawing(figure)


def _wrapped(row: Any, per_line: int) -> str:
    parts = [textwrap.fill(part, per_line) for part in row.examples]
    return "\n".join([textwrap.fill(row.question, per_line), "", *parts])


@form()
def matrix(width: float, cells: pd.DataFrame, styles: pd.DataFrame) -> Drawing:
    """A grid of words: rows × columns, each cell filled by its style.

    `cells`: text, one column a heading; `styles`, of the same shape: "strong" (accent), "second",
    "plain" (gray) or "open" (hatched: not known).
    """
    wide = width > NARROW
    columns = cells.shape[1]
    left = 0.16 if wide else 0.23
    across = (1 - left) / columns
    per_line = int(15.5 * width * across)
    texts = cells.map(lambda text: _filled(text, per_line))
    names = [textwrap.fill(str(name), int(15.5 * width * left)) for name in cells.index]
    heights = [
        _row_height([name, *row], wide) for name, row in zip(names, texts.values, strict=True)
    ]
    marks = Marks()
    figure, ax = chart(width, sum(heights) + 0.5, grows=True)
    for x, name in enumerate(cells.columns):
        middle = left + (x + 0.5) * across
        head = _filled(name, per_line)
        ax.text(middle, -0.06, head, ha="center", va="bottom", size=8.8)
    top = 0.0
    for y, (name, row, height) in enumerate(zip(names, texts.values, heights, strict=True)):
        middle = top + height / 2
        ax.text(0, middle, name, va="center", size=9)
        for x, text in enumerate(row):
            at = left + x * across
            marks.add(ax, y, cells.index[y], cells.columns[x], at + across / 2, middle)
            box = (at + 0.004, top + 0.03, across - 0.008, height - 0.06)
            _matrix_cell(ax, box, text, str(styles.iat[y, x]), wide)
        top += height
    ax.set_xlim(0, 1)
    ax.set_ylim(top, -0.35)
    ax.axis("off")
    return marks.drawing(figure)


def _filled(text: str, per_line: int) -> str:
    parts = text.split("\n")
    return "\n".join(textwrap.fill(part, per_line, break_long_words=False) for part in parts)


def _row_height(texts: list[str], wide: bool) -> float:
    """Inches for a row of a matrix: more than two lines of words make it grow."""
    lines = max(text.count("\n") + 1 for text in texts)
    return max(0.42, 0.16 + 0.137 * lines) if wide else max(0.56, 0.2 + 0.13 * lines)


def _matrix_cell(
    ax: Axes, box: tuple[float, float, float, float], text: str, style: str, wide: bool
) -> None:
    """One cell of a matrix: `box` is its left, top, width and height."""
    left, top, width, height = box
    ax.add_patch(Rectangle((left, top), width, height, lw=0, **_FILLS[style]))
    words: Style = {"size": 8.7 if wide else 7.6, "linespacing": 1.1}
    colour = PAPER if style in ("strong", "second") else INK
    middle = (left + width / 2, top + height / 2)
    ax.text(*middle, text, ha="center", va="center", color=colour, **words)


@form()
def spans(
    width: float,
    rows: pd.DataFrame,
    window: tuple[pd.Timestamp, pd.Timestamp],
    line: tuple[pd.Timestamp, str, str],
    key: dict[str, str],
    zoom: tuple[str, pd.Timestamp, pd.Timestamp],
) -> Drawing:
    """What held when: one bar a row over `window`, grouped, with a date as an upright line.

    `rows`: group, label, kind, start, end and until (dates, or none), open (bool). A bar without a
    start fades in; one without an end gets an arrow if `open`, and fades out if not. From `end` to
    `until` it is hatched: disputed. `line`: day, words, and words for the zoom. `key`: kind → its
    words, in at most three colours, in order. `zoom`: (words, first day, last day), where the
    disputed ones are drawn again, month by month.
    """
    wide = width > NARROW
    rows = rows.reset_index(drop=True)
    colours = dict(zip(key, (ACCENT, SECOND, TEXT_MUTE), strict=False))
    left, right = (2.95, width - 0.1) if wide else (0.0, width - 0.1)
    close = rows[rows["until"].notna()]
    groups = list(rows.groupby("group", sort=False))
    step, head = (0.235, 0.06) if wide else (0.37, 0.27)
    top, months = 0.62, (0.86 if wide else 1.12)
    middle = top + len(rows) * step + len(groups) * head
    bottom = middle + months + len(close) * step
    marks = Marks()
    figure, ax = chart(width, bottom + 0.3, grows=True)
    main = _scale(window, (left, right))
    y = top
    for group, part in groups:
        if wide:
            ax.plot([0, right], [y, y], color=FAINT, linewidth=0.6)
            ax.text(0, y + head + step / 2, group, va="center", weight="semibold")
        else:
            ax.plot([0, right], [y + 0.04] * 2, color=FAINT, linewidth=0.6)
            ax.text(0, y + 0.17, group, va="center", weight="semibold")
        y += head
        for row in each(part):
            middle_of_bar = _span(ax, row, y, step, main, window, colours[row.kind], wide)
            marks.add(ax, row.Index, row.label, str(group), *middle_of_bar)
            y += step
    _upright(ax, main(line[0]), top - 0.06, middle, line[1])
    every = 2 if wide else 4
    years = [day for day in pd.date_range(*window, freq="YS") if day.year % every == 0]
    _dates(ax, {main(day): current().year(day) for day in years}, middle)
    y = bottom - len(close) * step
    ax.text(0, y - (0.14 if wide else 0.4), zoom[0], va="center", weight="semibold")
    near = _scale(zoom[1:], (left, right))
    for i, row in enumerate(each(close)):
        _span(ax, row, y + i * step, step, near, zoom[1:], colours[row.kind], wide)
    _upright(ax, near(line[0]), y - 0.06, bottom, line[2])
    firsts = pd.date_range(zoom[1], zoom[2], freq="2MS" if wide else "3MS")
    _dates(ax, {near(day): current().month_short(day) for day in firsts}, bottom)
    at = 0.0
    for kind, text in key.items():
        ax.add_patch(Rectangle((at, 0.06), 0.2, 0.1, color=colours[kind], lw=0))
        ax.text(at + 0.26, 0.11, text, va="center", size=8.8, color=colours[kind])
        at += 0.45 + 0.062 * len(text)
    ax.set_xlim(0, width)
    ax.set_ylim(bottom + 0.3, 0)
    ax.axis("off")
    return marks.drawing(figure)


_Window = tuple[pd.Timestamp, pd.Timestamp]
_Place = Callable[[pd.Timestamp], float]


def _scale(window: _Window, ends: tuple[float, float]) -> _Place:
    """Day → inches from the left edge; days outside the window stop at its ends."""
    days = (window[1] - window[0]).days

    def place(day: pd.Timestamp) -> float:
        part = min(max((day - window[0]).days / days, 0), 1)
        return ends[0] + part * (ends[1] - ends[0])

    return place


def _span(
    ax: Axes,
    row: Any,
    y: float,
    step: float,
    place: _Place,
    window: _Window,
    colour: str,
    wide: bool,
) -> tuple[float, float]:
    """The words and the bar of one row of spans; returns the middle of the bar, in inches."""
    height = 0.12
    ax.text(0.88 if wide else 0, y + (step / 2 if wide else 0.1), row.label, va="center", size=8.8)
    at = y + (step - height) / 2 if wide else y + 0.2
    last = row.end if pd.notna(row.end) else window[1]
    first = row.start if pd.notna(row.start) else window[0]
    x0, x1 = place(first), place(last)
    fade = 0.6  # inches
    if pd.isna(row.end) and not row.open:
        x1 = min(x0 + fade, x1)
        _fading(ax, x0, x1, at, height, colour)
        return (x0 + x1) / 2, at + height / 2
    if pd.isna(row.start):
        _fading(ax, x0 + fade, x0, at, height, colour)
        x0 += fade
    if pd.isna(row.end):
        tip = [
            (x1 - 0.02, at - 0.03),
            (x1 + 0.09, at + height / 2),
            (x1 - 0.02, at + height + 0.03),
        ]
        ax.add_patch(Polygon(tip, color=colour, lw=0))
    ax.add_patch(Rectangle((x0, at), max(x1 - x0, 0.03), height, color=colour, lw=0))
    if pd.notna(row.until):
        hatched: Style = {
            "facecolor": PAPER,
            "edgecolor": colour,
            "hatch": "///////",
            "linewidth": 0.7,
        }
        ax.add_patch(Rectangle((x1, at), place(row.until) - x1, height, **hatched))
    return (x0 + x1) / 2, at + height / 2


def _fading(ax: Axes, full: float, gone: float, y: float, height: float, colour: str) -> None:
    """A bar that loses its colour from `full` to `gone`."""
    layers = 24  # one over the other, so that no seam shows; together they fall evenly
    for i in range(1, layers + 1):
        reach = (gone - full) * i / layers
        ax.add_patch(Rectangle((full, y), reach, height, color=colour, lw=0, alpha=1 / i))


def _upright(ax: Axes, x: float, top: float, bottom: float, text: str) -> None:
    ax.plot([x, x], [top, bottom], color=INK, linewidth=0.9, zorder=3)
    ax.text(x, top - 0.1, text, ha="center", va="center", size=8.8)


def _dates(ax: Axes, ticks: dict[float, str], y: float) -> None:
    """An axis of dates by hand: a tick and its words at each place, under a line at `y`."""
    for x, text in ticks.items():
        ax.plot([x, x], [y, y + 0.05], color=MUTE, linewidth=0.8)
        ax.text(x, y + 0.15, text, ha="center", va="center", size=8.8)
