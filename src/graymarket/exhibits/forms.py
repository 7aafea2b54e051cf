"""The chart forms: each takes tidy data and returns a figure in the house style."""

import textwrap

import matplotlib.dates as mdates
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
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
    """Readings of one share, a row each, against the measured range and a reference line.

    `rows`: label, value (percent), role ("measured", "hollow" or "cap"), remark; top to bottom.
    """
    wide = width > NARROW
    count = len(rows)
    figure, ax = chart(width, (0.4 if wide else 0.58) * count + 0.75)
    with house_style():
        end = max(30.0, rows["value"].max() * 1.04)
        ax.axvspan(
            *band, ymin=0, ymax=(count + 0.1) / (count + 0.9), color=ACCENT, alpha=0.12, lw=0
        )
        ax.text(band[0], -0.72, "measured range", va="center", color=ACCENT, size=8.8)
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


def strip(width: float, values: pd.Series, marked: dict[str, str], top: float) -> Figure:
    """Every member of a set as a tick on one line; the marked ones named above it.

    `values`: percent, indexed by id; `marked`: id → name. Members above `top` are not drawn.
    """
    figure, ax = chart(width, 2.0)
    with house_style():
        ax.plot(values, [0] * len(values), "|", color=MUTE, markersize=16, alpha=0.55)
        middle = values.median()
        ax.plot([middle] * 2, [-0.75, -0.3], color=INK, linewidth=0.8)
        ax.text(
            middle, -0.8, f"median of all countries, {middle:.0f}%", size=8.8, va="top", ha="left"
        )
        ordered = sorted(marked, key=lambda key: values[key])
        for i, key in enumerate(ordered):
            height = 0.7 + 0.62 * (i % 4)
            ax.plot([values[key]] * 2, [0, height], color=ACCENT, linewidth=0.9)
            ax.plot(values[key], 0, "|", color=ACCENT, markersize=16, markeredgewidth=2)
            ax.text(
                values[key] + top * (0.008 if i > 0 and values[key] < top * 0.7 else -0.008),
                height - 0.05,
                f"{marked[key]} {values[key]:.0f}%",
                color=ACCENT,
                va="center",
                size=9,
                ha="left" if i > 0 and values[key] < top * 0.7 else "right",
            )
        ax.set_xlim(0, top)
        ax.set_ylim(-1.5, 3.3)
        ax.set_yticks([])
        ax.grid(visible=False)
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
            colour = SECOND if row.proxy else ACCENT
            if pd.isna(row.median):
                style = {"color": MUTE, "linewidth": 1, "linestyle": (0, (2, 3))}
                ax.plot([row.low, min(row.high, top)], [at, at], **style)
            else:
                ax.plot([row.low, row.high], [at, at], color=MUTE, linewidth=1)
                ax.plot([row.low95, row.high95], [at, at], color=colour, linewidth=4, alpha=0.35)
                ax.plot([row.low80, row.high80], [at, at], color=colour, linewidth=7, alpha=0.6)
                ax.plot(row.median, at, "o", color=PAPER, markersize=5, markeredgecolor=INK)
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


def tornado(width: float, rows: pd.DataFrame, centre: float) -> Figure:
    """What each input does alone: a bar from the result at its low to that at its high.

    `rows`: label, at_low, at_high; the widest first. `centre`: the result with all at mode.
    """
    figure, ax = chart(width, 0.4 * len(rows) + 0.5)
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
        ax.set_yticks(range(len(rows)), rows["label"])
        ax.set_ylim(len(rows) - 0.4, -0.6)
        least, most = rows[["at_low", "at_high"]].stack().agg(["min", "max"])
        room = 0.2 * (most - least)
        ax.set_xlim(least - room, most + room)
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
    columns = len(panels) if wide else 1
    rows = 1 if wide else len(panels)
    figure, axes = chart(width, 2.3 if wide else 1.75 * rows, rows, columns, squeeze=False)
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


def dots(width: float, rows: pd.DataFrame, order: list[str], senses: dict[str, str]) -> Figure:
    """Published figures of one quantity (percent), a row a place; a range is drawn as a range.

    `rows`: label, low, high (equal for a single figure), sense, limit ("least" or "most" where the
    source gives a bound only, else ""), letter (written above the mark); `order`: labels from top
    to bottom; `senses`: sense → its name in the key, the first one accented. Beside each place
    stands its remark, the first of its rows' `remark`.
    """
    wide = width > NARROW
    looks = dict(zip(senses, ((ACCENT, ACCENT), (MUTE, PAPER), (SECOND, SECOND)), strict=False))
    figure, ax = chart(width, 0.215 * len(order) + 0.85)
    with house_style():
        for y, label in enumerate(order):
            here = rows[rows["label"] == label]
            ends = [here["low"].min(), here["high"].max()]
            ax.plot(ends, [y, y], color=FAINT, linewidth=1.4, zorder=1)
            ax.text(103, y, here["remark"].iloc[0], va="center", size=8.6, color=TEXT_MUTE)
            for row in here.itertuples():
                _figure(ax, y, row, *looks[row.sense])
                if row.letter:
                    _beside(ax, row.high, y, row.letter, size=8.6)
        for i, (sense, name) in enumerate(senses.items()):
            edge, fill = looks[sense]
            x, y = (i * 34, -1.6) if wide else (0, -1.2 - 0.95 * (len(senses) - 1 - i))
            ax.plot(x + 1, y, "o", markersize=5, color=fill, markeredgecolor=edge)
            _beside(ax, x + 1, y, name, size=8.8)
        ax.set_yticks(range(len(order)), order)
        ax.set_ylim(len(order) - 0.4, -2.2 if wide else -0.8 - 0.95 * len(senses))
        ax.set_xlim(-1.5, 128 if wide else 160)
        ax.set_xticks(range(0, 101, 20 if wide else 25))
        ax.spines["bottom"].set_bounds(0, 100)
        ax.grid(visible=False)
        with_unit(ax.xaxis)
    return figure


def _figure(ax: Axes, y: float, row, edge: str, fill: str) -> None:
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
        style = {"markersize": 5, "color": fill, "markeredgecolor": edge, "zorder": 3}
        ax.plot(row.low, y, mark, **style)


def bars(width: float, rows: pd.DataFrame, unit: str, event: tuple[float, str] | None = None):
    """Amounts by period as upright bars, in the order of `rows`.

    `rows`: label, value (none where no figure is known), part (bool: drawn hatched), text, and if
    need be other (bool: of another measurer, drawn gray). `event`: (position, words) draws an
    upright line that ends above the bar it meets.
    """
    figure, ax = chart(width, 2.6)
    with house_style():
        top = _bars(ax, rows, 8.8 if width > NARROW else 8.5)
        if event:
            met = rows["value"].iloc[round(event[0])]
            foot = 0 if pd.isna(met) else met / top + 0.1
            ax.axvline(event[0], ymin=foot, color=INK, linewidth=0.9)
            at = {"textcoords": "offset points", "va": "top", "size": 8.8}
            ax.annotate(event[1], (event[0], top), (5, 0), **at)
        ax.set_title(unit, size=8.8, weight="normal", loc="left")
    return figure


def _bars(ax: Axes, rows: pd.DataFrame, size: float) -> float:
    """Bars from zero with their figures above; returns the top of the axis."""
    top = 1.16 * (rows["value"].max() or 1)
    for x, row in enumerate(rows.itertuples()):
        if pd.isna(row.value):
            style = {"ha": "center", "va": "bottom", "size": 8.5, "color": TEXT_MUTE}
            ax.text(x, top * 0.02, "no\nfigure", linespacing=1.05, **style)
            continue
        colour = MUTE if getattr(row, "other", False) else ACCENT
        fill = {"facecolor": "none", "hatch": "////"} if row.part else {"facecolor": colour}
        ax.bar(x, row.value, width=0.66, edgecolor=colour, linewidth=0.8, **fill)
        ax.text(x, row.value, row.text, ha="center", va="bottom", size=8.8)
    ax.set_xticks(range(len(rows)), rows["label"], size=size)
    ax.set_xlim(-0.6, len(rows) - 0.4)
    ax.set_ylim(0, top)
    ax.set_yticks([])
    ax.grid(visible=False)
    return top


def bar_multiples(width: float, panels: dict[str, pd.DataFrame]) -> Figure:
    """Small bar charts, each with its own unit and its own axis from zero.

    `panels`: heading, with its unit after a line break → rows as in bars. Charts are as wide as
    they have bars, so that a year takes the same room in each.
    """
    wide = width > NARROW
    counts = [len(rows) for rows in panels.values()]
    grid = {"width_ratios": counts} if wide else {}
    shape = (1, len(panels)) if wide else (len(panels), 1)
    height = 2.5 if wide else 1.85 * len(panels)
    figure, axes = chart(width, height, *shape, squeeze=False, gridspec_kw=grid)
    with house_style():
        for ax, (name, rows) in zip(axes.flat, panels.items(), strict=True):
            _bars(ax, rows, 8.8)
            if not wide:
                ax.set_xlim(-0.6, max(counts) - 0.4)
            heading, _, unit = name.partition("\n")
            ax.text(0, 1.19, heading, transform=ax.transAxes, weight="semibold", size=9.5)
            ax.text(0, 1.06, unit, transform=ax.transAxes, size=8.8, color=TEXT_MUTE)
    return figure


def claims(width: float, groups: dict[str, pd.DataFrame], top: float = 100) -> Figure:
    """What each source says of one share, under headings by what the share is taken of.

    `groups`: heading → rows of label (when and who), low, high (percent), limit ("least" for "at
    least", else ""), text, remark (what the source calls it, and whom it is).
    """
    wide = width > NARROW
    count = sum(map(len, groups.values())) + len(groups)
    figure, ax = chart(width, (0.27 if wide else 0.36) * count + 0.5)
    with house_style():
        y, ticks, last = 0.0, [], None
        for heading, rows in groups.items():
            ax.text(0, y, heading, va="center", weight="semibold", size=9.5, bbox=_OVER_LINES)
            y += 1
            for row in rows.itertuples():
                at = y if wide else y + 0.24
                ax.plot([0, top], [at, at], color=FAINT, linewidth=0.6, zorder=0)
                _figure(ax, at, row, ACCENT, ACCENT)
                _beside(ax, row.high, at, row.text, color=ACCENT, weight="semibold", size=9)
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
    return figure


def before_after(width: float, panels: dict[str, pd.DataFrame]) -> Figure:
    """From before (gray) to after, a row a policy, in panels with an axis each, all from zero.

    `panels`: heading → rows of label, low0, high0, low1, high1, text0, text1, strong (bool: the
    change is free of an obvious other cause, drawn in the accent colour).
    """
    wide = width > NARROW
    heights = [len(rows) + 0.9 for rows in panels.values()]
    height = (0.36 if wide else 0.48) * sum(heights) + 0.3
    grid = {"height_ratios": heights}
    figure, axes = chart(width, height, len(panels), 1, squeeze=False, gridspec_kw=grid)
    with house_style():
        for ax, (heading, rows) in zip(axes.flat, panels.items(), strict=True):
            end = rows[["high0", "high1"]].max(axis=None)
            for y, row in enumerate(rows.itertuples()):
                at = y if wide else y + 0.2
                ax.plot([0, end], [at, at], color=FAINT, linewidth=0.6, zorder=0)
                _change(ax, at, row)
                if not wide:
                    ax.text(end * 0.02, y - 0.24, row.label, va="center", size=8.6)
            ax.set_title(heading if wide else textwrap.fill(heading, 45), size=9.5, pad=4)
            ax.plot([0, 0], [-0.5, len(rows) - 0.5], color=MUTE, linewidth=0.8, zorder=1)
            ax.set_yticks(range(len(rows)), rows["label"] if wide else [""] * len(rows))
            ax.set_xticks([])
            ax.set_ylim(len(rows) - 0.4, -0.6)
            ax.set_xlim(-end * (0.16 if wide else 0.2), end * (1.16 if wide else 1.3))
            ax.spines["bottom"].set_visible(False)
            ax.grid(visible=False)
    return figure


def _change(ax: Axes, y: float, row) -> None:
    colour = ACCENT if row.strong else INK
    right = row.low1 + row.high1 > row.low0 + row.high0
    tail = row.high0 if right else row.low0
    tip = row.low1 if right else row.high1
    if (tip > tail) == right:
        arrow = {"arrowstyle": "-|>", "color": colour, "lw": 1.1, "shrinkA": 4, "shrinkB": 4}
        ax.annotate("", (tip, y), (tail, y), arrowprops=arrow)
    for low, high, text, shade, side in (
        (row.low0, row.high0, row.text0, MUTE, -1 if right else 1),
        (row.low1, row.high1, row.text1, colour, 1 if right else -1),
    ):
        if high > low:
            style = {"linewidth": 6, "alpha": 0.45, "solid_capstyle": "butt"}
            ax.plot([low, high], [y, y], color=shade, **style)
        else:
            ax.plot(low, y, "o", markersize=6, color=shade)
        ax.annotate(
            text,
            (high if side > 0 else low, y),
            (7 * side, 0),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="center",
            size=8.8,
            color=TEXT_MUTE if shade == MUTE else colour,
            bbox=_OVER_LINES,
            zorder=3,
        )


def crosses(width: float, panels: dict[str, pd.DataFrame], top: float = 100) -> Figure:
    """Two ranges a place against each other: an upright and a level bar that cross.

    `panels`: heading (what runs to the right) → rows of label, x_low, x_high, low, high (percent),
    partial (bool: hollow). Every panel has the same upright axis.
    """
    wide = width > NARROW
    shape = (1, len(panels)) if wide else (len(panels), 1)
    size = (width, 3.5) if wide else (width, 3.0 * len(panels))
    figure, axes = chart(*size, *shape, squeeze=False, sharey=True)
    with house_style():
        for ax, (heading, rows) in zip(axes.flat, panels.items(), strict=True):
            end = 10 * (rows["x_high"].max() // 10 + 1)
            bar = {"color": ACCENT, "linewidth": 4, "alpha": 0.35, "solid_capstyle": "butt"}
            for row in rows.itertuples():
                x, y = (row.x_low + row.x_high) / 2, (row.low + row.high) / 2
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
    return figure


def _name_crosses(ax: Axes, rows: pd.DataFrame, letter: float, end: float) -> None:
    """A name for each cross, where it meets no other cross or name; `letter`: its width."""
    pad = 1.3 * letter
    taken = [
        (min(row.x_low, mid - pad / 2), row.low - 2, max(row.x_high, mid + pad / 2), row.high + 2)
        for row in rows.itertuples()
        for mid in [(row.x_low + row.x_high) / 2]
    ]
    for row in rows.sort_values("high", ascending=False).itertuples():
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


def _meet(one: tuple, other: tuple) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
