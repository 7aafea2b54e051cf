"""Chart forms that set places, claims or two dates side by side."""

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator, MultipleLocator

from graymarket.charts.chart import Drawing, Marks, form
from graymarket.charts.labels import OVER_LINES, Style, beside, each, highest
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
    with_unit,
)
from graymarket.wording import current

# A range is drawn higher than the dot of its median, which would else hide a short one.
_RANGE: Style = {"linewidth": 9, "alpha": 0.35, "solid_capstyle": "butt"}
_MEDIAN = 4.5


@form(along="y")
def dumbbell(width: float, rows: pd.DataFrame, names: tuple[str, str]) -> Drawing:
    """Two ranges a row, before (gray) and after (accent where it moved), with their medians.

    `rows`: label, low0, median0, high0, low1, median1, high1 (percent), verdict, strong (bool).
    """
    wide = width > NARROW
    marks = Marks()
    figure, ax = chart(width, 0.62 * len(rows) + 0.95)
    top = highest(rows[["high0", "high1"]])
    key = top * (0.05 if wide else 0.12)
    for y, row in enumerate(each(rows)):
        after = ACCENT if row.strong else INK
        for name, shift, low, median, high, colour in (
            (names[0], -0.17, row.low0, row.median0, row.high0, MUTE),
            (names[1], 0.17, row.low1, row.median1, row.high1, after),
        ):
            marks.add(ax, y, row.label, name, median, y + shift)
            ax.plot(
                [low, high],
                [y + shift] * 2,
                color=colour,
                **_RANGE,
            )
            ax.plot(median, y + shift, "o", color=colour, markersize=_MEDIAN)
            beside(
                ax,
                max(high, median),
                y + shift,
                current().range(low, high, "percent"),
                size=8.8,
                color=TEXT_MUTE if colour == MUTE else colour,
            )
    for i, (name, colour) in enumerate(zip(names, (MUTE, ACCENT), strict=True)):
        at = -1.0 + 0.3 * i
        ax.plot([0, key], [at, at], color=colour, **_RANGE)
        ax.plot(key / 2, at, "o", color=colour, markersize=_MEDIAN)
        beside(ax, key, at, name, size=8.8, color=TEXT_MUTE if colour == MUTE else colour)
    verdicts = [row.verdict if wide else textwrap.fill(row.verdict, 18) for row in each(rows)]
    labels = [f"{label}\n{said}" for label, said in zip(rows["label"], verdicts, strict=True)]
    ax.set_yticks(range(len(rows)), labels)
    ax.set_ylim(len(rows) - 0.5, -1.25)
    ax.set_xlim(0, top * (1.2 if wide else 1.6))  # room for what stands beside the longest bar
    ax.grid(visible=False)
    ax.xaxis.set_major_locator(MultipleLocator(5 if wide else 10))
    with_unit(ax.xaxis)
    return marks.drawing(figure)


@form(along="y")
def changes(width: float, rows: pd.DataFrame) -> Drawing:
    """By how many percent each figure changed: a line from zero, a row a figure.

    `rows`: label, percent, text (what it was and is), from top to bottom. Where there is little
    room the text stands under the label.
    """
    wide = width > NARROW
    marks = Marks()
    labels = [textwrap.fill(label, 44 if wide else 30) for label in rows["label"]]
    if not wide:
        labels = [f"{label}\n{text}" for label, text in zip(labels, rows["text"], strict=True)]
    lines = max(label.count("\n") + 1 for label in labels)
    figure, ax = chart(width, (0.14 + 0.16 * lines) * len(rows) + 0.6)
    for y, row in enumerate(each(rows)):
        ax.plot([0, row.percent], [y, y], color=MUTE, linewidth=1.6, zorder=1)
        ax.plot(row.percent, y, "o", color=ACCENT, markersize=5.5, zorder=2)
        marks.add(ax, y, row.label, "percent", row.percent, y)
        if wide:
            beside(ax, max(row.percent, 0), y, row.text, size=8.6)
    ax.axvline(0, color=INK, linewidth=0.8)
    ax.set_yticks(range(len(rows)), labels)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    least, most = min(rows["percent"].min(), 0), max(rows["percent"].max(), 0)
    room = 0.08 * (most - least)
    ax.set_xlim(least - room, most + room + (0.6 * (most - least) if wide else 0))
    ax.spines["bottom"].set_bounds(least - room, most + room)
    ax.grid(visible=False)
    ax.xaxis.set_major_locator(MaxNLocator(6 if wide else 3))
    with_unit(ax.xaxis)
    return marks.drawing(figure)


@form()
def dots(width: float, rows: pd.DataFrame, order: list[str], senses: dict[str, str]) -> Drawing:
    """Published figures of one quantity (percent), a row a place; a range is drawn as a range.

    `rows`: label, low, high (equal for a single figure), sense, limit ("least" or "most" where the
    source gives a bound only, else ""), letter (written above the mark); `order`: labels from top
    to bottom; `senses`: sense → its name in the key, the first one accented. Beside each place
    stands its remark, the first of its rows' `remark`.
    """
    wide = width > NARROW
    rows = rows.reset_index(drop=True)
    looks = dict(zip(senses, ((ACCENT, ACCENT), (MUTE, PAPER), (SECOND, SECOND)), strict=False))
    marks = Marks()
    figure, ax = chart(width, 0.215 * len(order) + 0.85)
    for place, label in enumerate(order):
        y = float(place)
        here = rows[rows["label"] == label]
        ends = [here["low"].min(), here["high"].max()]
        ax.plot(ends, [y, y], color=FAINT, linewidth=1.4, zorder=1)
        ax.text(103, y, here["remark"].iloc[0], va="center", size=8.6, color=TEXT_MUTE)
        for row in each(here):
            _figure(ax, y, row, *looks[row.sense])
            marks.add(ax, row.Index, label, senses[row.sense], (row.low + row.high) / 2, y)
            if row.letter:
                beside(ax, row.high, y, row.letter, size=8.6)
    for i, (sense, name) in enumerate(senses.items()):
        edge, fill = looks[sense]
        x, y = (i * 34.0, -1.6) if wide else (0.0, -1.2 - 0.95 * (len(senses) - 1 - i))
        ax.plot(x + 1, y, "o", markersize=5, color=fill, markeredgecolor=edge)
        beside(ax, x + 1, y, name, size=8.8)
    ax.set_yticks(range(len(order)), order)
    ax.set_ylim(len(order) - 0.4, -2.2 if wide else -0.8 - 0.95 * len(senses))
    ax.set_xlim(-1.5, 128 if wide else 160)
    ax.set_xticks(range(0, 101, 20 if wide else 25))
    ax.spines["bottom"].set_bounds(0, 100)
    ax.grid(visible=False)
    with_unit(ax.xaxis)
    return marks.drawing(figure)


def _figure(ax: Axes, y: float, row: Any, edge: str, fill: str) -> None:
    """One published figure: a bar for a range, a triangle for a bound, else a dot."""
    if row.high > row.low:
        ax.plot(
            [row.low, row.high],
            [y, y],
            color=edge,
            linewidth=5,
            alpha=0.5,
            solid_capstyle="butt",
            zorder=2,
        )
    else:
        mark = {"least": ">", "most": "<"}.get(row.limit, "o")
        style: Style = {
            "markersize": 5,
            "color": fill,
            "markeredgecolor": edge,
            "zorder": 3,
        }
        ax.plot(row.low, y, mark, **style)


@form(along="y")
def claims(width: float, groups: dict[str, pd.DataFrame], top: float = 100) -> Drawing:
    """What each source says of one share, under headings by what the share is taken of.

    `groups`: heading → rows of label (when and who), low, high (percent), limit ("least" for "at
    least", else ""), text, remark (what the source calls it, and whom it is).
    """
    wide = width > NARROW
    count = sum(map(len, groups.values())) + len(groups)
    marks = Marks()
    figure, ax = chart(width, (0.27 if wide else 0.36) * count + 0.5)
    y, ticks, last = 0.0, [], 0.0
    for heading, rows in groups.items():
        ax.text(0, y, heading, va="center", weight="semibold", size=9.5, bbox=OVER_LINES)
        y += 1
        for place, row in enumerate(each(rows)):
            at = y if wide else y + 0.24
            marks.add(ax, place, row.label, heading, (row.low + row.high) / 2, at)
            ax.plot([0, top], [at, at], color=FAINT, linewidth=0.6, zorder=0)
            _figure(ax, at, row, ACCENT, ACCENT)
            beside(ax, row.high, at, row.text, color=ACCENT, weight="semibold", size=9)
            if wide:
                ax.text(top * 1.13, at, row.remark, va="center", size=8.8, color=TEXT_MUTE)
                ticks.append((at, row.label))
            else:
                label = f"{row.label}: {row.remark}"
                ax.text(0, y - 0.22, label, va="center", size=8.6)
            y += 1
        last = y
    ax.set_yticks([at for at, _ in ticks], [label for _, label in ticks])
    ax.set_ylim(last - 0.4, -0.6)
    ax.set_xlim(0, top * (1.75 if wide else 1.13))
    ax.set_xticks(range(0, int(top) + 1, 20 if wide else 25))
    ax.spines["bottom"].set_bounds(0, top)
    ax.grid(visible=False)
    with_unit(ax.xaxis)
    return marks.drawing(figure)


@form(along="y")
def before_after(width: float, panels: dict[str, pd.DataFrame]) -> Drawing:
    """From before (gray) to after, a row a policy, in panels with a scale each, all from zero.

    `panels`: heading → rows of label, low0, high0, low1, high1, text0, text1, strong (bool: the
    change is free of an obvious other cause, drawn in the accent colour). What the figures were
    and are stands clear of the marks: at the right or, where there is little room, above them.
    """
    wide = width > NARROW
    heights = [len(rows) + 1.4 for rows in panels.values()]
    height = (0.33 if wide else 0.46) * sum(heights) + 0.3
    grid = {"height_ratios": heights}
    marks = Marks()
    figure, axes = chart(width, height, len(panels), 1, squeeze=False, gridspec_kw=grid)
    for ax, (heading, rows) in zip(axes.flat, panels.items(), strict=True):
        most = highest(rows[["high0", "high1"]])
        ticks = MaxNLocator(5, steps=[1, 2, 5, 10]).tick_values(0, most)
        end = ticks[-1]
        for y, row in enumerate(each(rows)):
            at = y if wide else y + 0.22
            ax.plot([0, end], [at, at], color=FAINT, linewidth=0.6, zorder=0)
            _change(ax, at, row)
            for low, high in ((row.low0, row.high0), (row.low1, row.high1)):
                marks.add(ax, y, row.label, heading, (low + high) / 2, at)
            if not wide:
                ax.text(0, y - 0.22, row.label, va="center", size=8.6)
            x, top, side = (1.05 * end, y, "left") if wide else (end, y - 0.22, "right")
            _was_and_is(ax, x, top, side, row)
        ax.set_title(heading if wide else textwrap.fill(heading, 45), size=9.5, pad=4)
        ax.set_yticks(range(len(rows)), rows["label"] if wide else [""] * len(rows))
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlim(-0.02 * end, end * (1.62 if wide else 1.02))
        ax.set_xticks(ticks, [current().tick(tick) for tick in ticks])
        ax.spines["bottom"].set_bounds(0, end)
        ax.grid(visible=False)
    return marks.drawing(figure)


def _was_and_is(ax: Axes, x: float, y: float, side: str, row: Any) -> None:
    text = f"{row.text0} → {row.text1}"
    colour = ACCENT if row.strong else INK
    style: Style = {
        "va": "center",
        "size": 8.8,
        "parse_math": False,
    }  # a dollar is a dollar
    ax.text(x, y, text, ha=side, color=colour, **style)


def _change(ax: Axes, y: float, row: Any) -> None:
    """Before, after and an arrow between them where they are apart."""
    colour = ACCENT if row.strong else INK
    right = row.low1 + row.high1 > row.low0 + row.high0
    tail = row.high0 if right else row.low0
    tip = row.low1 if right else row.high1
    if (tip > tail) == right:
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.1, "shrinkA": 4, "shrinkB": 4}
        ax.annotate("", (tip, y), (tail, y), arrowprops=arrow)
    for low, high, shade in ((row.low0, row.high0, MUTE), (row.low1, row.high1, colour)):
        if high > low:
            style: Style = {"linewidth": 6, "alpha": 0.45, "solid_capstyle": "butt"}
            ax.plot([low, high], [y, y], color=shade, **style)
        else:
            ax.plot(low, y, "o", markersize=6, color=shade)


@form()
def crosses(width: float, panels: dict[str, pd.DataFrame], top: float = 100) -> Drawing:
    """Two ranges a place against each other: an upright and a level bar that cross.

    `panels`: heading (what runs to the right) → rows of label, x_low, x_high, low, high (percent),
    partial (bool: hollow). Every panel has the same upright axis.
    """
    wide = width > NARROW
    shape = (1, len(panels)) if wide else (len(panels), 1)
    size = (width, 3.5) if wide else (width, 3.0 * len(panels))
    marks = Marks()
    figure, axes = chart(*size, *shape, squeeze=False, sharey=True)
    for ax, (heading, rows) in zip(axes.flat, panels.items(), strict=True):
        end = 10 * (rows["x_high"].max() // 10 + 1)
        bar = {"color": ACCENT, "linewidth": 4, "alpha": 0.35, "solid_capstyle": "butt"}
        for place, row in enumerate(each(rows)):
            x, y = (row.x_low + row.x_high) / 2, (row.low + row.high) / 2
            marks.add(ax, place, row.label, heading, x, y)
            ax.plot([x, x], [row.low, row.high], **bar)
            ax.plot([row.x_low, row.x_high], [y, y], **bar)
            fill = PAPER if row.partial else ACCENT
            ax.plot(x, y, "o", markersize=5.5, color=fill, markeredgecolor=ACCENT)
        across = width / len(panels) - 0.5 if wide else width - 0.5
        _name_crosses(ax, rows, 0.06 * end / across, end)
        ax.set_xlim(0, end)
        ax.set_ylim(0, top)
        ax.set_title(textwrap.fill(heading, int(across * 14)), size=9.5, pad=8)
        ax.xaxis.set_major_locator(MultipleLocator(10))
        ax.grid(visible=False)
        with_unit(ax.xaxis)
        with_unit(ax.yaxis)
        ax.tick_params(labelleft=True)
    return marks.drawing(figure)


_Box = tuple[float, float, float, float]


def _name_crosses(ax: Axes, rows: pd.DataFrame, letter: float, end: float) -> None:
    """A name for each cross, where it meets no other cross or name; `letter`: its width."""
    pad = 1.3 * letter
    taken = [
        (min(row.x_low, mid - pad / 2), row.low - 2, max(row.x_high, mid + pad / 2), row.high + 2)
        for row in each(rows)
        for mid in [(row.x_low + row.x_high) / 2]
    ]
    for row in each(rows.sort_values("high", ascending=False)):
        x, long = (row.x_low + row.x_high) / 2, letter * len(row.label)
        heights = [(row.low + row.high) / 2, row.high - 2, row.low + 2]
        places = [(x + pad, y) for y in heights] + [(x - pad - long, y) for y in heights]
        ends = [row.high + 5, row.low - 5]
        places += [(left, y) for left in (x - long / 2, x - long + pad / 2) for y in ends]
        boxes = [(left, y - 2.8, left + long, y + 2.8) for left, y in places]
        clashes = [
            sum(_meet(box, other) for other in taken)
            + 9 * (box[0] < 0 or box[2] > end or box[1] < 0)
            for box in boxes
        ]
        best = clashes.index(min(clashes))
        taken.append(boxes[best])
        ax.text(*places[best], row.label, va="center", size=8.8)


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
