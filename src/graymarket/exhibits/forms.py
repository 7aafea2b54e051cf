"""The chart forms: each takes tidy data and returns a figure in the house style."""

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from graymarket.exhibits.style import (
    ACCENT,
    FAINT,
    INK,
    MUTE,
    PAPER,
    SECOND,
    TEXT_MUTE,
    chart,
    house_style,
    with_unit,
)


def readings(rows: pd.DataFrame, band: tuple[float, float], line: tuple[float, str]) -> Figure:
    """Readings of one share, a row each, against the measured range and a reference line.

    `rows`: label, value (percent), role ("measured", "hollow" or "cap"), remark; top to bottom.
    """
    figure, ax = chart(0.42 * len(rows) + 1.1)
    with house_style():
        count = len(rows)
        ax.axvspan(*band, color=ACCENT, alpha=0.12, linewidth=0)
        ax.text(
            sum(band) / 2, -0.95, "measured range", ha="center", va="center", color=ACCENT, size=8.8
        )
        ax.axvline(line[0], color=INK, linewidth=0.9, ymax=(count + 0.35) / (count + 1))
        ax.text(line[0] - 0.3, -0.95, line[1], ha="right", va="center", size=8.8)
        for y, row in enumerate(rows.itertuples()):
            _reading(ax, y, row)
        ax.set_yticks(range(count), rows["label"])
        ax.set_ylim(count - 0.4, -1.4)
        ax.set_xlim(0, max(30, rows["value"].max() * 1.04))
        ax.tick_params(axis="x", length=0)
        ax.spines["bottom"].set_visible(False)
        with_unit(ax.xaxis)
    return figure


def _reading(ax: Axes, y: int, row) -> None:
    if row.role == "cap":
        ax.barh(y, row.value, height=0.34, color=FAINT)
        ax.text(0.3, y, row.remark, va="center", size=8.8, color=TEXT_MUTE, style="italic")
        return
    solid = row.role == "measured"
    ax.plot(
        row.value,
        y,
        "o",
        markersize=8,
        color=ACCENT if solid else PAPER,
        markeredgecolor=ACCENT if solid else MUTE,
        markeredgewidth=1.6,
    )
    ax.text(
        row.value + 0.55,
        y,
        f"{row.value:g}%",
        va="center",
        weight="semibold" if solid else "normal",
        color=ACCENT if solid else INK,
    )
    left = row.value > 24
    at = row.value - 0.6 if left else row.value + 3.1
    ax.text(
        at, y, row.remark, va="center", ha="right" if left else "left", size=8.8, color=TEXT_MUTE
    )


def timeline(events: pd.DataFrame) -> Figure:
    """Dated events from top to bottom: day, a mark coloured by what it is, and the words.

    `events`: day (text), what, strong (bool: drawn in the accent colour).
    """
    figure, ax = chart(0.36 * len(events) + 0.35)
    with house_style():
        ax.plot([0, 0], [0, len(events) - 1], color=FAINT, linewidth=1.6)
        shown = ""
        for y, row in enumerate(events.itertuples()):
            colour = ACCENT if row.strong else MUTE
            ax.plot(0, y, "o", markersize=7, color=colour if row.strong else PAPER, zorder=3,
                    markeredgecolor=colour, markeredgewidth=1.6)
            if row.day != shown:
                ax.text(-0.025, y, row.day, ha="right", va="center", size=9, color=TEXT_MUTE)
            shown = row.day
            ax.text(0.025, y, row.what, va="center", color=ACCENT if row.strong else INK,
                    weight="semibold" if row.strong else "normal")
        ax.set_xlim(-0.16, 1)
        ax.set_ylim(len(events) - 0.5, -0.5)
        ax.axis("off")
    return figure


def line_with_reading(
    series: pd.Series, name: str, point: tuple[pd.Timestamp, float], label: str
) -> Figure:
    """A monthly series (percent) and one reading of another place, on the same measure."""
    figure, ax = chart(2.9)
    with house_style():
        ax.plot(series.index, series, color=SECOND)
        ax.plot(*point, "o", markersize=8, color=ACCENT)
        ax.text(point[0] + pd.Timedelta(days=60), point[1], label, color=ACCENT, weight="semibold",
                va="center")
        ax.text(series.index[-1] + pd.Timedelta(days=40), series.iloc[-1], name, color=SECOND,
                va="center")
        ax.set_xlim(series.index[0], series.index[-1] + pd.Timedelta(days=560))
        ax.set_ylim(0, 20)
        with_unit(ax.yaxis)
        ax.xaxis.set_major_locator(mdates.YearLocator(2))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    return figure


def small_multiples(
    panels: dict[str, pd.DataFrame], top: float, event: tuple[pd.Timestamp, str]
) -> Figure:
    """One small chart a region, same axes: months as dots, their 13-month median as a line.

    `panels`: name → frame indexed by month with `share` (percent), `flag`, and `proxy` (bool); a
    frame of several `series` is drawn as proxies. Months above `top` stand as ticks on its edge.
    """
    rows = -(-len(panels) // 2)
    figure, axes = chart(2.05 * rows, rows, 2, sharex=True, sharey=True)
    with house_style():
        for ax, (name, frame) in zip(axes.flat, panels.items(), strict=False):
            ax.set_title(name, loc="left", pad=7)
            ax.axvline(event[0], color=MUTE, linewidth=0.7)
            if "series" in frame:
                for series, part in frame.groupby("series"):
                    _proxy(ax, series, part["share"])
            else:
                _months(ax, frame, top)
        for ax in axes.flat[len(panels):]:
            ax.axis("off")
        first = axes.flat[0]
        first.text(event[0], top * 0.97, " " + event[1], size=8.5, color=TEXT_MUTE, va="top")
        first.set_ylim(0, top)
        for ax in axes.flat:
            ax.xaxis.set_major_locator(mdates.YearLocator(4))
            ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
        with_unit(first.yaxis)
    return figure


def _months(ax: Axes, frame: pd.DataFrame, top: float) -> None:
    clear, flagged = frame[frame["flag"] == ""], frame[frame["flag"] != ""]
    inside = clear["share"] <= top
    ax.plot(clear.index[inside], clear["share"][inside], ".", color=MUTE, markersize=3.2)
    ax.plot(
        flagged.index, flagged["share"].clip(upper=top * 0.985), "o", markersize=3.2,
        markerfacecolor="none", markeredgecolor=MUTE, markeredgewidth=0.6,
    )
    ax.plot(clear.index[~inside], [top * 0.985] * (~inside).sum(), "|", color=MUTE, markersize=6)
    median = frame["share"].rolling(13, center=True, min_periods=7).median()
    ax.plot(median.index, median.where(median <= top), color=ACCENT)


def _proxy(ax: Axes, name: str, share: pd.Series) -> None:
    median = share.rolling(13, center=True, min_periods=7).median()
    ax.plot(median.index, median, color=SECOND, linewidth=1.2, linestyle=(0, (4, 2)))
    ax.text(median.index[-1], median.iloc[-1] + 1.2, name, color=SECOND, size=8.8, ha="right")


def dumbbell(rows: pd.DataFrame, names: tuple[str, str]) -> Figure:
    """Two ranges a row, before (gray) and after (accent or gray), with their medians.

    `rows`: label, low0, median0, high0, low1, median1, high1 (percent), verdict, strong (bool).
    """
    figure, ax = chart(0.68 * len(rows) + 0.75)
    with house_style():
        top = rows[["high0", "high1"]].max(axis=None)
        for y, row in enumerate(rows.itertuples()):
            after = ACCENT if row.strong else INK
            for shift, low, median, high, colour in (
                (-0.16, row.low0, row.median0, row.high0, MUTE),
                (0.16, row.low1, row.median1, row.high1, after),
            ):
                ax.plot([low, high], [y + shift] * 2, color=colour, linewidth=5, alpha=0.35,
                        solid_capstyle="butt")
                ax.plot(median, y + shift, "o", color=colour, markersize=6)
                ax.text(high + top * 0.012, y + shift, f"{low:.1f}–{high:.1f}%", va="center",
                        size=8.8, color=TEXT_MUTE if colour == MUTE else colour)
            ax.text(top * 1.26, y, row.verdict, va="center", ha="right", color=after,
                    weight="semibold" if row.strong else "normal")
        ax.text(rows["high0"].iloc[0] + top * 0.13, -0.16, names[0], size=8.8, color=TEXT_MUTE,
                va="center")
        ax.text(rows["high1"].iloc[0] + top * 0.13, 0.16, names[1], size=8.8, va="center",
                color=ACCENT if rows["strong"].iloc[0] else INK)
        ax.set_yticks(range(len(rows)), rows["label"])
        ax.set_ylim(len(rows) - 0.5, -0.5)
        ax.set_xlim(0, top * 1.27)
        ax.grid(visible=False)
        ax.tick_params(axis="x", length=3)
        with_unit(ax.xaxis)
    return figure


def strip(values: pd.Series, marked: dict[str, str], top: float) -> Figure:
    """Every member of a set as a tick on one line; the marked ones named above it.

    `values`: percent, indexed by id; `marked`: id → name. Members above `top` are not drawn.
    """
    figure, ax = chart(1.75)
    with house_style():
        ax.plot(values, [0] * len(values), "|", color=MUTE, markersize=16, alpha=0.55)
        middle = values.median()
        ax.plot([middle] * 2, [-0.75, -0.3], color=INK, linewidth=0.8)
        ax.text(middle, -0.8, f"median of all countries, {middle:.0f}%", size=8.8, va="top",
                ha="left")
        ordered = sorted(marked, key=lambda key: values[key])
        for i, key in enumerate(ordered):
            height = 0.75 + 0.75 * (i % 2)
            ax.plot([values[key]] * 2, [0, height], color=ACCENT, linewidth=0.9)
            ax.plot(values[key], 0, "|", color=ACCENT, markersize=16, markeredgewidth=2)
            ax.text(values[key], height + 0.08, f"{marked[key]} {values[key]:.0f}%", color=ACCENT,
                    ha="left", va="bottom", size=9)
        ax.set_xlim(0, top)
        ax.set_ylim(-1.5, 2.2)
        ax.set_yticks([])
        ax.grid(visible=False)
        with_unit(ax.xaxis)
    return figure
