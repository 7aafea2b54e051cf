"""Chart forms for estimates: readings, intervals and what moves them."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from graymarket.charts.chart import Drawing, Marks, form
from graymarket.charts.labels import OVER_LINES, beside, each
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

_TALLEST = 8.3  # inches: rows of a printed page, beside title, axis and source


@form(along="y")
def readings(
    width: float,
    rows: pd.DataFrame,
    band: tuple[float, float, str],
    line: tuple[float, str],
) -> Drawing:
    """Readings of one share, a row each, against an interval and a reference line.

    `rows`: label, value (percent), text (the value in words), role ("measured", "hollow" or
    "cap"), remark; top to bottom. `band`: low, high and words; `line`: value and words.
    """
    wide = width > NARROW
    count = len(rows)
    marks = Marks()
    figure, ax = chart(width, (0.27 if wide else 0.58) * count + 0.6)
    end = max(30.0, rows["value"].max() * 1.04)
    ax.axvspan(
        *band[:2], ymin=0, ymax=(count + 0.1) / (count + 0.9), color=ACCENT, alpha=0.12, lw=0
    )
    beside = max(band[0], line[0]) + 0.02 * end
    ax.text(beside, -0.72, band[2], va="center", color=ACCENT, size=8.8)
    ax.axvline(line[0], color=INK, linewidth=0.9, ymax=(count + 0.1) / (count + 0.9))
    ax.text(line[0], -0.72, line[1] + " ", ha="right", va="center", size=8.8)
    for y, row in enumerate(each(rows)):
        at = y if wide else y + 0.17
        ax.plot([0, end], [at, at], color=FAINT, linewidth=0.6, zorder=0)
        _reading(ax, at, row)
        marks.add(ax, y, row.label, "value", row.value, at)
        if wide:
            ax.text(end * 1.13, at, row.remark, va="center", size=8.8, color=TEXT_MUTE)
        else:
            label = f"{row.label}: {row.remark}"
            ax.text(0, y - 0.27, label, va="center", size=8.8, bbox=OVER_LINES)
    ax.set_yticks(range(count), rows["label"] if wide else [""] * count)
    ax.set_ylim(count - 0.5, -1.1)
    ax.set_xlim(0, end * (1.58 if wide else 1.1))
    ax.set_xticks(range(0, int(end) + 1, 10))
    ax.tick_params(axis="x", length=0)
    ax.spines["bottom"].set_visible(False)
    ax.grid(visible=False)
    with_unit(ax.xaxis)
    return marks.drawing(figure)


def _reading(ax: Axes, y: float, row: Any) -> None:
    if row.role == "cap":
        ax.barh(y, row.value, height=0.34, color=FAINT)
        words = current().word("charts", "at_most", n=row.text)
        ax.text(0.4, y, words, va="center", size=8.8, style="italic")
        return
    solid = row.role == "measured"
    colour = ACCENT if solid else MUTE
    ax.plot(
        row.value,
        y,
        "o",
        markersize=8,
        color=ACCENT if solid else PAPER,
        markeredgecolor=colour,
        markeredgewidth=1.6,
    )
    beside(
        ax,
        row.value,
        y,
        row.text,
        color=ACCENT if solid else INK,
        weight="semibold" if solid else "normal",
    )


@form(along="y")
def intervals(width: float, rows: pd.DataFrame, top: float, unit: str) -> Drawing:
    """Estimates, a row each: bounds as a thin line, 95% and 80% intervals thicker, median a dot.

    `rows`: label, low, high (bounds), low95, low80, median, high80, high95, remark, proxy (bool).
    A row without a median is not estimable: only its bounds are drawn, dashed, an arrow where
    they pass `top`, which ends the axis; `unit`, of UNITS, stands on its last tick. Columns
    answer_low and answer_high, if there, are drawn as a bracket under the interval.
    """
    wide = width > NARROW
    marks = Marks()
    figure, ax = chart(width, (min(0.44, _TALLEST / len(rows)) if wide else 0.6) * len(rows) + 0.55)
    for y, row in enumerate(each(rows)):
        at = y if wide else y + 0.17
        if pd.isna(row.median):
            style = {"color": MUTE, "linewidth": 1, "linestyle": (0, (2, 3))}
            ax.plot([row.low, min(row.high, top)], [at, at], **style)
            marks.add(ax, y, row.label, "bounds", (row.low + min(row.high, top)) / 2, at)
            if row.high > top:
                ax.plot(top, at, ">", color=MUTE, markersize=5)
        else:
            _interval(ax, at, row)
            marks.add(ax, y, row.label, "median", row.median, at)
        if "answer_low" in rows:
            ends = [row.answer_low, row.answer_high]
            ax.plot(ends, [at + 0.27] * 2, "^-", color=INK, linewidth=1.4, markersize=5.5)
        if wide:
            ax.text(top * 1.04, at, row.remark, va="center", size=8.8, color=TEXT_MUTE)
        else:
            ax.text(0, y - 0.22, f"{row.label}: {row.remark}", va="center", size=8.8)
    ax.set_yticks(range(len(rows)), rows["label"] if wide else [""] * len(rows))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(0, top * (1.62 if wide else 1.02))
    ax.grid(visible=False)
    ax.spines["bottom"].set_bounds(0, top)
    ax.xaxis.set_major_locator(MultipleLocator(top / 5))
    ax.set_xticks([tick for tick in ax.get_xticks() if 0 <= tick <= top])
    with_unit(ax.xaxis, unit)
    return marks.drawing(figure)


def _interval(ax: Axes, y: float, row: Any) -> None:
    colour = SECOND if row.proxy else ACCENT
    ax.plot([row.low, row.high], [y, y], color=MUTE, linewidth=1)
    ax.plot([row.low95, row.high95], [y, y], color=colour, linewidth=4, alpha=0.35)
    ax.plot([row.low80, row.high80], [y, y], color=colour, linewidth=7, alpha=0.6)
    ax.plot(row.median, y, "o", color=PAPER, markersize=5, markeredgecolor=INK)


@form(along="y")
def magnitudes(width: float, rows: pd.DataFrame, heading: str) -> Drawing:
    """Estimated amounts that differ by tenfolds, as in `intervals`, on a logarithmic axis.

    `rows`: as there, all with a median, remark under `heading` to the right.
    """
    wide = width > NARROW
    marks = Marks()
    figure, ax = chart(width, (0.38 if wide else 0.56) * len(rows) + 0.75)
    least, most = 10 ** np.floor(np.log10(rows["low"].min())), rows["high"].max()
    ax.set_xscale("log")
    for y, row in enumerate(each(rows)):
        at = y if wide else y + 0.17
        _interval(ax, at, row)
        marks.add(ax, y, row.label, "median", row.median, at)
        if wide:
            ax.text(most * 1.5, at, row.remark, va="center", size=8.8, color=TEXT_MUTE)
        else:
            text = f"{row.label}; {heading}: {row.remark}"
            ax.text(least, y - 0.24, text, va="center", size=8.8)
    if wide:
        ax.text(most * 1.5, -0.85, heading, va="center", size=8.8, weight="semibold")
    ax.set_yticks(range(len(rows)), rows["label"] if wide else [""] * len(rows))
    ax.set_ylim(len(rows) - 0.4, -1.1 if wide else -0.6)
    ax.set_xlim(least, most * (18 if wide else 1.3))
    ax.grid(visible=False)
    ax.grid(visible=True, axis="x")
    ax.spines["bottom"].set_visible(False)
    ticks = [tick for tick in 10.0 ** np.arange(-4, 9) if least <= tick <= most]
    ax.set_xticks(ticks, [current().tick(tick) for tick in ticks])
    ax.set_xticks([], minor=True)
    return marks.drawing(figure)


@form(along="y")
def tornado(width: float, rows: pd.DataFrame, centre: float, unit: str) -> Drawing:
    """What each input does alone: a bar from the result at its low to that at its high.

    `rows`: label, at_low, at_high, remark; the widest first. `centre`: the result with all at mode.
    All are in `unit`, one of UNITS, which the ends of the bars do not repeat.
    """
    wide = width > NARROW
    marks = Marks()
    figure, ax = chart(width, (0.4 if wide else 0.6) * len(rows) + 0.5)
    for y, row in enumerate(each(rows)):
        left, right = sorted((row.at_low, row.at_high))
        marks.add(ax, y, row.label, "at_low", row.at_low, y)
        marks.add(ax, y, row.label, "at_high", row.at_high, y)
        ax.barh(y, right - left, left=left, height=0.42, color=ACCENT if y == 0 else MUTE)
        ax.annotate(
            current().digits(left, unit),
            (left, y),
            (-4, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            size=8.8,
        )
        beside(ax, right, y, current().digits(right, unit), size=8.8)
    ax.axvline(centre, color=INK, linewidth=0.9)
    ends = [*rows["at_low"], *rows["at_high"]]
    least, most = min(ends), max(ends)
    room = 0.2 * (most - least)
    for y, row in enumerate(each(rows)):
        if wide:
            ax.text(most + room, y, row.remark, va="center", size=8.8, color=TEXT_MUTE)
        else:
            text = f"{row.label}: {row.remark}"
            ax.text(least - room, y - 0.38, text, va="center", size=8.8, bbox=OVER_LINES)
    ax.set_yticks(range(len(rows)), rows["label"] if wide else [""] * len(rows))
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(least - room, most + (2.2 if wide else 1) * room)
    ax.grid(visible=False)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])
    return marks.drawing(figure)
