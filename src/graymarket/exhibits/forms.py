"""The chart forms: each takes tidy data and returns a figure in the house style."""

import textwrap

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from matplotlib.ticker import MultipleLocator

from graymarket.exhibits import words
from graymarket.exhibits.style import (
    ACCENT,
    FAINT,
    INK,
    MUTE,
    NARROW,
    PAPER,
    SECOND,
    TEXT_MUTE,
    chart,
    house_style,
    with_unit,
)

_OVER_LINES = {"facecolor": PAPER, "edgecolor": "none", "pad": 1}


def _beside(ax: Axes, x, y, text: str, **style) -> None:
    """Words to the right of a mark, at a distance that does not depend on the axes."""
    ax.annotate(text, (x, y), (7, 0), textcoords="offset points", va="center", **style)


def readings(
    width: float, rows: pd.DataFrame, band: tuple[float, float], line: tuple[float, str]
) -> Figure:
    """Readings of one share, a row each, against an interval and a reference line.

    `rows`: label, value (percent), role ("measured", "hollow" or "cap"), remark; top to bottom.
    """
    wide = width > NARROW
    count = len(rows)
    figure, ax = chart(width, (0.32 if wide else 0.58) * count + 0.65)
    with house_style():
        end = max(30.0, rows["value"].max() * 1.04)
        ax.axvspan(
            *band, ymin=0, ymax=(count + 0.1) / (count + 0.9), color=ACCENT, alpha=0.12, lw=0
        )
        beside = max(band[0], line[0]) + 0.02 * end
        ax.text(beside, -0.72, "our interval", va="center", color=ACCENT, size=8.8)
        ax.axvline(line[0], color=INK, linewidth=0.9, ymax=(count + 0.1) / (count + 0.9))
        ax.text(line[0], -0.72, line[1] + " ", ha="right", va="center", size=8.8)
        for y, row in enumerate(rows.itertuples()):
            at = y if wide else y + 0.17
            ax.plot([0, end], [at, at], color=FAINT, linewidth=0.6, zorder=0)
            _reading(ax, at, row)
            if wide:
                ax.text(end * 1.13, at, row.remark, va="center", size=8.8, color=TEXT_MUTE)
            else:
                label = f"{row.label}: {row.remark}"
                ax.text(0, y - 0.27, label, va="center", size=8.8, bbox=_OVER_LINES)
        ax.set_yticks(range(count), rows["label"] if wide else [""] * count)
        ax.set_ylim(count - 0.5, -1.1)
        ax.set_xlim(0, end * (1.58 if wide else 1.1))
        ax.set_xticks(range(0, int(end) + 1, 10))
        ax.tick_params(axis="x", length=0)
        ax.spines["bottom"].set_visible(False)
        ax.grid(visible=False)
        with_unit(ax.xaxis)
    return figure


def _reading(ax: Axes, y: float, row) -> None:
    if row.role == "cap":
        ax.barh(y, row.value, height=0.34, color=FAINT)
        ax.text(0.4, y, f"at most {words.share(row.value)}", va="center", size=8.8, style="italic")
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
    _beside(
        ax,
        row.value,
        y,
        f"{row.value:g}%",
        color=ACCENT if solid else INK,
        weight="semibold" if solid else "normal",
    )


def timeline(width: float, events: pd.DataFrame) -> Figure:
    """Dated events from top to bottom: day, a mark coloured by what it is, and the words.

    `events`: day (text), what, strong (bool: drawn in the accent colour).
    """
    per_line = int(17.5 * (width - 1.0))
    texts = [textwrap.fill(what, per_line) for what in events["what"]]
    heights = [text.count("\n") + 1.9 for text in texts]
    figure, ax = chart(width, 0.155 * sum(heights) + 0.1)
    with house_style():
        left = 0.8 / width
        y, shown, tops = 0.0, "", []
        for row, text, height in zip(events.itertuples(), texts, heights, strict=True):
            tops.append(y)
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
    return figure


def line_with_reading(
    width: float, series: pd.Series, name: str, point: tuple[pd.Timestamp, float], label: str
) -> Figure:
    """A monthly series (percent) and one reading of another place, on the same measure."""
    figure, ax = chart(width, 2.7)
    with house_style():
        ax.plot(series.index, series, color=SECOND)
        ax.plot(*point, "o", markersize=8, color=ACCENT)
        _beside(ax, *point, label, color=ACCENT, weight="semibold")
        _beside(ax, series.index[-1], series.iloc[-1], name, color=SECOND)
        room = pd.Timedelta(days=560 if width > NARROW else 1100)
        ax.set_xlim(series.index[0], series.index[-1] + room)
        ax.set_ylim(0, 5 * (max(point[1], series.max()) // 5 + 1))
        ax.yaxis.set_major_locator(MultipleLocator(5))
        with_unit(ax.yaxis)
        ax.xaxis.set_major_locator(mdates.YearLocator(2 if width > NARROW else 4))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    return figure


def small_multiples(
    width: float, panels: dict[str, pd.DataFrame], top: float, event: tuple[pd.Timestamp, str]
) -> Figure:
    """One small chart a region, same axes: months as dots, their 13-month median as a line.

    `panels`: name → frame indexed by month with `share` (percent), `flag`, and `proxy` (bool); a
    frame of several `series` is drawn as proxies. Months above `top` stand as ticks on its edge.
    """
    rows = -(-len(panels) // 2)
    figure, axes = chart(
        width, (1.75 if width > NARROW else 1.4) * rows, rows, 2, sharex=True, sharey=True
    )
    with house_style():
        for ax, (name, frame) in zip(axes.flat, panels.items(), strict=False):
            ax.set_title(name, loc="left", pad=7)
            ax.axvline(event[0], color=MUTE, linewidth=0.7)
            if "series" in frame:
                for side, (series, part) in zip((1, -1), frame.groupby("series"), strict=True):
                    _proxy(ax, series, part["share"], side)
            else:
                _months(ax, frame, top)
        for ax in axes.flat[len(panels) :]:
            ax.axis("off")
        first = axes.flat[0]
        label = event[1] if width > NARROW else event[1].replace(" ", "\n ", 1)
        first.text(event[0], top * 0.97, " " + label, size=8.5, color=TEXT_MUTE, va="top")
        first.set_ylim(0, top)
        for ax in axes.flat:
            ax.xaxis.set_major_locator(mdates.YearLocator(4))
            ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
        first.yaxis.set_major_locator(MultipleLocator(20))
        with_unit(first.yaxis)
    return figure


def _months(ax: Axes, frame: pd.DataFrame, top: float) -> None:
    clear, flagged = frame[frame["flag"] == ""], frame[frame["flag"] != ""]
    inside = clear["share"] <= top
    ax.plot(clear.index[inside], clear["share"][inside], ".", color=MUTE, markersize=3.2)
    ax.plot(
        flagged.index,
        flagged["share"].clip(upper=top * 0.985),
        "o",
        markersize=3.2,
        markerfacecolor="none",
        markeredgecolor=MUTE,
        markeredgewidth=0.6,
    )
    ax.plot(clear.index[~inside], [top * 0.985] * (~inside).sum(), "|", color=MUTE, markersize=6)
    median = frame["share"].rolling(13, center=True, min_periods=7).median()
    ax.plot(median.index, median.where(median <= top), color=ACCENT)


def _proxy(ax: Axes, name: str, share: pd.Series, side: int) -> None:
    median = share.rolling(13, center=True, min_periods=7).median()
    ax.plot(median.index, median, color=SECOND, linewidth=1.2, linestyle=(0, (4, 2)))
    at = median.index[len(median) // 3]
    ax.text(
        at,
        median[at] + 2.5 * side,
        name,
        color=SECOND,
        size=8.8,
        va="bottom" if side > 0 else "top",
    )


def dumbbell(width: float, rows: pd.DataFrame, names: tuple[str, str]) -> Figure:
    """Two ranges a row, before (gray) and after (accent where it moved), with their medians.

    `rows`: label, low0, median0, high0, low1, median1, high1 (percent), verdict, strong (bool).
    """
    figure, ax = chart(width, 0.62 * len(rows) + 0.95)
    with house_style():
        top = rows[["high0", "high1"]].max(axis=None)
        for y, row in enumerate(rows.itertuples()):
            after = ACCENT if row.strong else INK
            for shift, low, median, high, colour in (
                (-0.17, row.low0, row.median0, row.high0, MUTE),
                (0.17, row.low1, row.median1, row.high1, after),
            ):
                ax.plot(
                    [low, high],
                    [y + shift] * 2,
                    color=colour,
                    linewidth=5,
                    alpha=0.35,
                    solid_capstyle="butt",
                )
                ax.plot(median, y + shift, "o", color=colour, markersize=6)
                _beside(
                    ax,
                    max(high, median),
                    y + shift,
                    words.share_range(low, high),
                    size=8.8,
                    color=TEXT_MUTE if colour == MUTE else colour,
                )
        for i, (name, colour) in enumerate(zip(names, (MUTE, ACCENT), strict=True)):
            at = -1.0 + 0.3 * i
            ax.plot([0, top * 0.05], [at, at], color=colour, linewidth=5, alpha=0.35)
            ax.plot(top * 0.025, at, "o", color=colour, markersize=6)
            ax.text(
                top * 0.07,
                at,
                name,
                va="center",
                size=8.8,
                color=TEXT_MUTE if colour == MUTE else colour,
            )
        labels = [f"{row.label}\n{row.verdict}" for row in rows.itertuples()]
        ax.set_yticks(range(len(rows)), labels)
        ax.set_ylim(len(rows) - 0.5, -1.25)
        ax.set_xlim(0, top * (1.12 if width > NARROW else 1.3))
        ax.grid(visible=False)
        ax.xaxis.set_major_locator(MultipleLocator(5 if width > NARROW else 10))
        with_unit(ax.xaxis)
    return figure


def lines(width: float, series: pd.DataFrame) -> Figure:
    """Monthly series (percent), one a column, named at their ends; the first is accented.

    A month without a value breaks the line.
    """
    figure, ax = chart(width, 2.7)
    with house_style():
        for name, colour in zip(series, (ACCENT, SECOND, INK), strict=False):
            ax.plot(series.index, series[name], color=colour)
            known = series[name].dropna()
            wrapped = name.replace(": ", ":\n")
            _beside(ax, known.index[-1], known.iloc[-1], wrapped, color=colour)
        room = pd.Timedelta(days=780 if width > NARROW else 1500)
        ax.set_xlim(series.index[0], series.index[-1] + room)
        ax.set_ylim(0, None)
        with_unit(ax.yaxis)
        ax.xaxis.set_major_locator(mdates.YearLocator(2 if width > NARROW else 4))
        ax.xaxis.set_major_formatter(mdates.DateFormatter("%Y"))
    return figure


def intervals(width: float, rows: pd.DataFrame, top: float, unit: str) -> Figure:
    """Estimates, a row each: bounds as a thin line, 95% and 80% intervals thicker, median a dot.

    `rows`: label, low, high (bounds), low95, low80, median, high80, high95, remark, proxy (bool).
    A row without a median is not estimable: only its bounds are drawn, dashed. `top` ends the
    axis; `unit` stands on its last tick. Columns answer_low and answer_high, if there, are drawn
    as a bracket under the interval.
    """
    wide = width > NARROW
    figure, ax = chart(width, (0.44 if wide else 0.6) * len(rows) + 0.55)
    with house_style():
        for y, row in enumerate(rows.itertuples()):
            at = y if wide else y + 0.17
            if pd.isna(row.median):
                style = {"color": MUTE, "linewidth": 1, "linestyle": (0, (2, 3))}
                ax.plot([row.low, min(row.high, top)], [at, at], **style)
            else:
                _interval(ax, at, row)
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
        last = len(ax.get_xticks()) - 1
        labels = [f"{t:g}{unit if i == last else ''}" for i, t in enumerate(ax.get_xticks())]
        ax.set_xticks(ax.get_xticks(), labels)
    return figure


def _interval(ax: Axes, y: float, row) -> None:
    colour = SECOND if row.proxy else ACCENT
    ax.plot([row.low, row.high], [y, y], color=MUTE, linewidth=1)
    ax.plot([row.low95, row.high95], [y, y], color=colour, linewidth=4, alpha=0.35)
    ax.plot([row.low80, row.high80], [y, y], color=colour, linewidth=7, alpha=0.6)
    ax.plot(row.median, y, "o", color=PAPER, markersize=5, markeredgecolor=INK)


def magnitudes(width: float, rows: pd.DataFrame, heading: str) -> Figure:
    """Estimated amounts that differ by tenfolds, as in `intervals`, on a logarithmic axis.

    `rows`: as there, all with a median, remark under `heading` to the right.
    """
    wide = width > NARROW
    figure, ax = chart(width, (0.38 if wide else 0.56) * len(rows) + 0.75)
    least, most = 10 ** np.floor(np.log10(rows["low"].min())), rows["high"].max()
    with house_style():
        ax.set_xscale("log")
        for y, row in enumerate(rows.itertuples()):
            at = y if wide else y + 0.17
            _interval(ax, at, row)
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
        ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        ax.set_xticks([], minor=True)
    return figure


def tornado(width: float, rows: pd.DataFrame, centre: float) -> Figure:
    """What each input does alone: a bar from the result at its low to that at its high.

    `rows`: label, at_low, at_high, remark; the widest first. `centre`: the result with all at mode.
    """
    wide = width > NARROW
    figure, ax = chart(width, (0.4 if wide else 0.6) * len(rows) + 0.5)
    with house_style():
        for y, row in enumerate(rows.itertuples()):
            left, right = sorted((row.at_low, row.at_high))
            ax.barh(y, right - left, left=left, height=0.42, color=ACCENT if y == 0 else MUTE)
            ax.annotate(
                f"{left:.2f}",
                (left, y),
                (-4, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                size=8.8,
            )
            _beside(ax, right, y, f"{right:.2f}", size=8.8)
        ax.axvline(centre, color=INK, linewidth=0.9)
        least, most = rows[["at_low", "at_high"]].stack().agg(["min", "max"])
        room = 0.2 * (most - least)
        for y, row in enumerate(rows.itertuples()):
            if wide:
                ax.text(most + room, y, row.remark, va="center", size=8.8, color=TEXT_MUTE)
            else:
                text = f"{row.label}: {row.remark}"
                ax.text(least - room, y - 0.38, text, va="center", size=8.8, bbox=_OVER_LINES)
        ax.set_yticks(range(len(rows)), rows["label"] if wide else [""] * len(rows))
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlim(least - room, most + (2.2 if wide else 1) * room)
        ax.grid(visible=False)
        ax.spines["bottom"].set_visible(False)
        ax.set_xticks([])
    return figure


def tree(width: float, root: str, branches: pd.DataFrame) -> Figure:
    """One question that splits into several, each with examples: side by side, or stacked.

    `branches`: label, question, examples (a list of texts), left to right.
    """
    wide = width > NARROW
    across = len(branches) if wide else 1
    texts = [_wrapped(row, int(18.5 * (width - 0.2) / across) - 2) for row in branches.itertuples()]
    heights = [text.count("\n") + 3.7 for text in texts]  # in lines, as everything below
    tops = [2.4] * across if wide else [2.0 + sum(heights[:i]) for i in range(len(heights))]
    bottom = max(top + height for top, height in zip(tops, heights, strict=True))
    figure, ax = chart(width, 0.165 * bottom)
    with house_style():
        ax.text(0, 0, root, va="top", weight="semibold", size=10.5)
        lefts = [i / across for i in range(across)] if wide else [0.035] * len(texts)
        stem = {"color": MUTE, "linewidth": 1}
        if wide:
            ax.plot([0.01, 0.01], [1.3, 1.8], **stem)
            ax.plot([0.01, lefts[-1] + 0.01], [1.8, 1.8], **stem)
        else:
            ax.plot([0.005, 0.005], [1.3, tops[-1] + 0.55], **stem)
        for label, text, left, top in zip(branches["label"], texts, lefts, tops, strict=True):
            if wide:
                ax.plot([left + 0.01] * 2, [1.8, top - 0.2], **stem)
            else:
                ax.plot([0.005, 0.025], [top + 0.55] * 2, **stem)
            ax.text(left, top, label, va="top", weight="semibold", color=ACCENT)
            ax.text(left, top + 1.25, text, va="top", size=8.8, linespacing=1.3)
        ax.set_xlim(0, 1)
        ax.set_ylim(bottom, -0.2)
        ax.axis("off")
    return figure


def _wrapped(row, per_line: int) -> str:
    parts = [textwrap.fill(part, per_line) for part in row.examples]
    return "\n".join([textwrap.fill(row.question, per_line), "", *parts])


def counterfactual(
    width: float,
    lines: pd.DataFrame,
    event: tuple[pd.Timestamp, str],
    names: tuple[str, str],
    fading: tuple[str, str] | None = None,
) -> Figure:
    """What was seen, what would have been, and the room for chance, by month.

    `lines`, indexed by month: observed, synthetic, and after the event low and high (the band
    around synthetic); with `fading` (a label for wide and narrow charts), also fade_low and
    fade_high. `names` of the first two stand at their ends. In percent.
    """
    wide = width > NARROW
    figure, ax = chart(width, 3.1)
    with house_style():
        ax.fill_between(lines.index, lines["low"], lines["high"], color=MUTE, alpha=0.22, lw=0)
        ax.plot(lines.index, lines["synthetic"], color=MUTE, linewidth=1.3, linestyle=(0, (4, 2)))
        ax.plot(lines.index, lines["observed"], color=ACCENT)
        top = 1.12 * lines[["observed", "synthetic", "high"]].max(axis=None)
        ax.axvline(event[0], color=INK, linewidth=0.9)
        ax.text(event[0], top, event[1] + " ", ha="right", va="top", size=8.8)
        ends = _apart({name: lines[name].iloc[-1] for name in ("observed", "synthetic")}, top * 0.1)
        if fading:
            shade = {"color": SECOND, "lw": 0, "alpha": 0.25}
            ax.fill_between(lines.index, lines["fade_low"], lines["fade_high"], **shade)
            low, high = lines[["fade_low", "fade_high"]].iloc[-1]
            label = fading[0 if wide else 1]
            _beside(ax, lines.index[-1], (low + high) / 2, label, color=SECOND, size=8.8)
        for name, key, colour in zip(names, ends, (ACCENT, TEXT_MUTE), strict=True):
            _beside(ax, lines.index[-1], ends[key], name, color=colour, size=8.8)
        span = lines.index[-1] - lines.index[0]
        ax.set_xlim(lines.index[0], lines.index[-1] + span * (0.33 if wide else 0.62))
        ax.set_ylim(0, top)
        with_unit(ax.yaxis)
        _years(ax, lines.index, 2 if wide else 4)
    return figure


def _years(ax: Axes, months: pd.DatetimeIndex, step: int) -> None:
    """A tick every `step` years, none beyond the last month."""
    years = [year for year in range(months[0].year + 1, months[-1].year + 1) if year % step == 0]
    ax.set_xticks([pd.Timestamp(year, 1, 1) for year in years], [str(year) for year in years])


def _apart(ends: dict[str, float], least: float) -> dict[str, float]:
    """Heights for two labels, pushed apart where they would overlap."""
    (one, a), (other, b) = ends.items()
    lack = max(0.0, least - abs(a - b)) / 2
    up = 1 if a >= b else -1
    return {one: a + up * lack, other: b - up * lack}


def placebos(
    width: float, gaps: pd.DataFrame, own: pd.Series, event: tuple[pd.Timestamp, str], name: str
) -> Figure:
    """Distances from the synthetic, in points: the placebos as thin lines, the case in accent."""
    figure, ax = chart(width, 3.0)
    with house_style():
        ax.plot(gaps.index, gaps, color=MUTE, linewidth=0.6, alpha=0.45)
        ax.plot(own.index, own, color=ACCENT)
        ax.axhline(0, color=INK, linewidth=0.8)
        ax.axvline(event[0], color=INK, linewidth=0.9)
        reach = max(abs(own).max() * 1.5, gaps.abs().quantile(0.98).quantile(0.9))
        ax.set_ylim(-reach, reach)
        ax.text(event[0], reach, event[1] + " ", ha="right", va="top", size=8.8)
        _beside(ax, own.index[-1], own.iloc[-1], name, color=ACCENT, weight="semibold")
        span = own.index[-1] - own.index[0]
        ax.set_xlim(own.index[0], own.index[-1] + span * (0.16 if width > NARROW else 0.28))
        _years(ax, own.index, 2 if width > NARROW else 4)
    return figure


def counterfactuals(width: float, panels: dict[str, tuple[pd.DataFrame, pd.Timestamp]]) -> Figure:
    """One small chart a case: observed, synthetic and band, each on an axis of its own.

    `panels`: name → (lines as in counterfactual, the month of the closure).
    """
    wide = width > NARROW
    columns = (2 if len(panels) % 2 == 0 else 3) if wide else 1
    rows = -(-len(panels) // columns)
    figure, axes = chart(width, (2.0 if wide else 1.75) * rows, rows, columns, squeeze=False)
    with house_style():
        for ax, (name, (lines, month)) in zip(axes.flat, panels.items(), strict=True):
            ax.set_title(name, loc="left", pad=6)
            ax.fill_between(lines.index, lines["low"], lines["high"], color=MUTE, alpha=0.22, lw=0)
            ax.plot(lines.index, lines["synthetic"], color=MUTE, lw=1.1, linestyle=(0, (4, 2)))
            ax.plot(lines.index, lines["observed"], color=ACCENT, linewidth=1.4)
            ax.axvline(month, color=INK, linewidth=0.9)
            ax.set_ylim(0, 1.1 * lines[["observed", "synthetic", "high"]].max(axis=None))
            with_unit(ax.yaxis)
            _years(ax, lines.index, 3)
    return figure


def matrix(width: float, cells: pd.DataFrame, styles: dict[str, str]) -> Figure:
    """A grid of words: rows × columns, each cell filled by what its first line says.

    `cells`: text, one column a heading; `styles`: first line → "strong" (accent), "second",
    "plain" (gray) or "open" (hatched: not known).
    """
    wide = width > NARROW
    count, columns = cells.shape
    left = 0.16 if wide else 0.23
    figure, ax = chart(width, (0.46 if wide else 0.56) * count + 0.5)
    across = (1 - left) / columns
    fills = {
        "strong": {"facecolor": ACCENT},
        "second": {"facecolor": SECOND},
        "plain": {"facecolor": FAINT},
        "open": {"facecolor": "none", "hatch": "////", "edgecolor": FAINT},
    }
    per_line = int(15.5 * width * across)
    with house_style():
        for x, name in enumerate(cells.columns):
            head = textwrap.fill(name, per_line, break_long_words=False)
            middle = left + (x + 0.5) * across
            ax.text(middle, -0.12, head, ha="center", va="bottom", size=8.8)
        for y, (name, row) in enumerate(cells.iterrows()):
            ax.text(0, y + 0.5, textwrap.fill(name, int(15.5 * width * left)), va="center", size=9)
            for x, text in enumerate(row):
                style = styles[text.split("\n")[0]]
                box = (left + x * across + 0.004, y + 0.06)
                ax.add_patch(Rectangle(box, across - 0.008, 0.88, lw=0, **fills[style]))
                ax.text(
                    left + (x + 0.5) * across,
                    y + 0.5,
                    "\n".join(
                        textwrap.fill(part, per_line, break_long_words=False)
                        for part in text.split("\n")
                    ),
                    ha="center",
                    va="center",
                    size=8.6 if wide else 7.6,
                    linespacing=1.1,
                    color=PAPER if style in ("strong", "second") else INK,
                )
        ax.set_xlim(0, 1)
        ax.set_ylim(count, -0.75)
        ax.axis("off")
    return figure


def dots(width: float, rows: pd.DataFrame, order: list[str], accented: str) -> Figure:
    """Published figures of one quantity (percent), a row a place, each reading a dot.

    `rows`: label, value, kind; `order`: labels from top to bottom; dots of the kind `accented` are
    filled, others hollow.
    """
    figure, ax = chart(width, 0.2 * len(order) + 0.5)
    with house_style():
        for y, label in enumerate(order):
            here = rows[rows["label"] == label]
            ax.plot([here["value"].min(), here["value"].max()], [y, y], color=FAINT, linewidth=2)
            for row in here.itertuples():
                own = row.kind == accented
                ax.plot(
                    row.value,
                    y,
                    "o",
                    markersize=5,
                    color=ACCENT if own else PAPER,
                    markeredgecolor=ACCENT if own else MUTE,
                )
        ax.set_yticks(range(len(order)), order)
        ax.set_ylim(len(order) - 0.4, -0.7)
        ax.set_xlim(0, 100)
        ax.grid(axis="x")
        ax.grid(visible=False, axis="y")
        with_unit(ax.xaxis)
    return figure


def bars(width: float, rows: pd.DataFrame, unit: str, event: tuple[float, str] | None = None):
    """Amounts by period as upright bars: `rows` label, value, part (bool: drawn hollow), text.

    `event`: (position between bars, words) draws an upright line.
    """
    figure, ax = chart(width, 2.6)
    with house_style():
        for x, row in enumerate(rows.itertuples()):
            fill = {"facecolor": "none", "hatch": "////"} if row.part else {"facecolor": ACCENT}
            ax.bar(x, row.value, width=0.66, edgecolor=ACCENT, linewidth=0.8, **fill)
            ax.text(x, row.value, row.text, ha="center", va="bottom", size=8.8)
        top = rows["value"].max() * 1.16
        if event:
            ax.axvline(event[0], color=INK, linewidth=0.9)
            ax.text(event[0], top, " " + event[1], va="top", size=8.8)
        ax.set_xticks(range(len(rows)), rows["label"], size=8.8 if width > NARROW else 7.4)
        ax.set_ylim(0, top)
        ax.set_yticks([])
        ax.grid(visible=False)
        ax.set_title(unit, size=8.8, weight="normal", loc="left")
    return figure


def spans(
    width: float,
    rows: pd.DataFrame,
    window: tuple[pd.Timestamp, pd.Timestamp],
    line: tuple[pd.Timestamp, str],
    key: dict[str, str],
    zoom: tuple[str, pd.Timestamp, pd.Timestamp],
) -> Figure:
    """What held when: one bar a row over `window`, grouped, with a date as an upright line.

    `rows`: group, label, kind, start, end and until (dates, or none), open (bool). A bar without a
    start fades in; one without an end gets an arrow if `open`, and fades out if not. From `end` to
    `until` it is hatched: disputed. `key`: kind → its words, in at most three colours, in order.
    `zoom`: (words, first day, last day), where the disputed ones are drawn again, month by month.
    """
    wide = width > NARROW
    colours = dict(zip(key, (ACCENT, SECOND, TEXT_MUTE), strict=False))
    left, right = (2.95, width - 0.1) if wide else (0.0, width - 0.1)
    close = rows[rows["until"].notna()]
    groups = list(rows.groupby("group", sort=False))
    step, head = (0.235, 0.06) if wide else (0.37, 0.27)
    top, months = 0.62, (0.86 if wide else 1.12)
    middle = top + len(rows) * step + len(groups) * head
    bottom = middle + months + len(close) * step
    figure, ax = chart(width, bottom + 0.3)
    with house_style():
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
            for row in part.itertuples():
                _span(ax, row, y, step, main, window, colours[row.kind], wide)
                y += step
        _upright(ax, main(line[0]), top - 0.06, middle, line[1])
        every = 2 if wide else 4
        years = [n for n in range(window[0].year, window[1].year + 1) if n % every == 0]
        ticks = {pd.Timestamp(n, 1, 1): str(n) for n in years}
        _dates(ax, {main(day): text for day, text in ticks.items() if day >= window[0]}, middle)
        y = bottom - len(close) * step
        ax.text(0, y - (0.14 if wide else 0.4), zoom[0], va="center", weight="semibold")
        near = _scale(zoom[1:], (left, right))
        for i, row in enumerate(close.itertuples()):
            _span(ax, row, y + i * step, step, near, zoom[1:], colours[row.kind], wide)
        _upright(ax, near(line[0]), y - 0.06, bottom, line[1].split(",")[0])
        firsts = pd.date_range(zoom[1], zoom[2], freq="2MS" if wide else "3MS")
        _dates(ax, {near(day): f"{day:%b}" for day in firsts}, bottom)
        at = 0.0
        for kind, text in key.items():
            ax.add_patch(Rectangle((at, 0.06), 0.2, 0.1, color=colours[kind], lw=0))
            ax.text(at + 0.26, 0.11, text, va="center", size=8.8, color=colours[kind])
            at += 0.45 + 0.062 * len(text)
        ax.set_xlim(0, width)
        ax.set_ylim(bottom + 0.3, 0)
        ax.axis("off")
    return figure


def _scale(window, ends: tuple[float, float]):
    """Day → inches from the left edge; days outside the window stop at its ends."""
    days = (window[1] - window[0]).days

    def place(day: pd.Timestamp) -> float:
        part = min(max((day - window[0]).days / days, 0), 1)
        return ends[0] + part * (ends[1] - ends[0])

    return place


def _span(ax: Axes, row, y: float, step: float, place, window, colour: str, wide: bool) -> None:
    """The words and the bar of one row of spans, in inches from the top."""
    height = 0.12
    ax.text(0.88 if wide else 0, y + (step / 2 if wide else 0.1), row.label, va="center", size=8.8)
    at = y + (step - height) / 2 if wide else y + 0.2
    last = row.end if pd.notna(row.end) else window[1]
    first = row.start if pd.notna(row.start) else window[0]
    x0, x1 = place(first), place(last)
    fade = 0.6  # inches
    if pd.isna(row.end) and not row.open:
        _fading(ax, x0, min(x0 + fade, x1), at, height, colour)
        return
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
        hatched = {"facecolor": PAPER, "edgecolor": colour, "hatch": "///////", "linewidth": 0.7}
        ax.add_patch(Rectangle((x1, at), place(row.until) - x1, height, **hatched))


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
