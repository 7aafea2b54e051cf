"""Chart forms for what changes over time: lines, counterfactuals and bars."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MultipleLocator

from graymarket.charts.chart import Drawing, Marks, Native, Series, form
from graymarket.charts.labels import OVER_LINES, Style, beside, each, highest
from graymarket.charts.style import (
    ACCENT,
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


def _line_and_reading(
    series: pd.Series,
    name: str,
    point: tuple[pd.Timestamp, float],
    label: str,
    own: pd.Series,
) -> Native | None:
    """Both series over the months of the first, if the other's known months all are among them."""
    reading = own.dropna().to_dict() | dict([point])
    if not set(reading) <= set(series.index):
        return None
    of_other = pd.Series(reading).reindex(series.index)
    shown = [Series(label, _values(of_other), "accent"), Series(name, _values(series), "second")]
    return Native("line", _days(series.index), shown)


@form(along="x", native=_line_and_reading)
def line_with_reading(
    width: float,
    series: pd.Series,
    name: str,
    point: tuple[pd.Timestamp, float],
    label: str,
    own: pd.Series,
) -> Drawing:
    """A monthly series (percent), and a reading of another place on the same measure.

    `own` is the other place's series, as far as it is known.
    """
    marks = Marks()
    figure, ax = chart(width, 2.7)
    ax.plot(own.index, own, color=ACCENT, linewidth=1.2)
    ax.plot(series.index, series, color=SECOND)
    ax.plot(*point, "o", markersize=8, color=ACCENT)
    marks.add_line(ax, name, series)
    of_other = pd.Series(own.to_dict() | dict([point])).reindex(series.index)
    marks.add_line(ax, label, of_other)
    beside(ax, *point, label, color=ACCENT, weight="semibold")
    beside(ax, series.index[-1], series.iloc[-1], name, color=SECOND)
    room = pd.Timedelta(days=560 if width > NARROW else 1100)
    ax.set_xlim(series.index[0], series.index[-1] + room)
    highest = max(point[1], series.max(), own.max() if len(own) else 0)
    ax.set_ylim(0, 5 * (highest // 5 + 1))
    ax.yaxis.set_major_locator(MultipleLocator(5))
    with_unit(ax.yaxis)
    _years(ax, series.index, 2 if width > NARROW else 4)
    return marks.drawing(figure)


@form()
def small_multiples(
    width: float, panels: dict[str, pd.DataFrame], top: float, event: tuple[pd.Timestamp, str]
) -> Drawing:
    """One small chart a region, same axes: months as dots, their 13-month median as a line.

    `panels`: name → frame indexed by month with `share` (percent), `flag` and `mark`
    ("provisional", "revised" or ""); a frame of several `series` is drawn as proxies. Months above
    `top` stand as ticks on its edge.
    """
    rows = -(-len(panels) // 2)
    months = pd.DatetimeIndex(sorted({day for frame in panels.values() for day in frame.index}))
    marks = Marks()
    figure, axes = chart(
        width, (1.75 if width > NARROW else 1.4) * rows, rows, 2, sharex=True, sharey=True
    )
    for ax, (name, frame) in zip(axes.flat, panels.items(), strict=False):
        ax.set_title(name, loc="left", pad=7)
        ax.axvline(event[0], color=MUTE, linewidth=0.7)
        if "series" in frame:
            for side, (series, part) in zip((1, -1), frame.groupby("series"), strict=True):
                median = _proxy(ax, str(series), part["share"], side)
                places = [place for place, kind in enumerate(frame["series"]) if kind == series]
                marks.add_line(ax, name, median, places)
        else:
            _months(ax, frame, top)
            marks.add_line(ax, name, frame["share"].clip(upper=top * 0.985))
    for ax in axes.flat[len(panels) :]:
        ax.axis("off")
    first = axes.flat[0]
    label = event[1] if width > NARROW else event[1].replace(" ", "\n ", 1)
    first.text(
        event[0], top * 0.97, " " + label, size=8.5, color=TEXT_MUTE, va="top", bbox=OVER_LINES
    )
    first.set_ylim(0, top)
    for ax in axes.flat:
        _years(ax, months, 4)
    first.yaxis.set_major_locator(MultipleLocator(20))
    with_unit(first.yaxis)
    return marks.drawing(figure)


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
    _marked(ax, frame["share"].clip(upper=top * 0.985), frame["mark"])


def _marked(ax: Axes, shares: pd.Series, marks: pd.Series) -> None:
    """Diamonds on months that are provisional (open) or revised (filled)."""
    for mark, fill in (("provisional", PAPER), ("revised", ACCENT)):
        months = shares[marks == mark]
        style: Style = {
            "markersize": 3.6,
            "markeredgecolor": ACCENT,
            "markeredgewidth": 0.7,
        }
        ax.plot(months.index, months, "D", markerfacecolor=fill, zorder=3, **style)


def _proxy(ax: Axes, name: str, share: pd.Series, side: int) -> pd.Series:
    """The median of a proxy as a dashed line with its name; returns it."""
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
        bbox=OVER_LINES,
    )
    return median


def _values(series: pd.Series) -> list[float | None]:
    """Numbers to hundredths, None where there is none."""
    return [None if pd.isna(value) else round(float(value), 2) for value in series]


def _days(index: pd.Index) -> list[str]:
    return [f"{day:%Y-%m-%d}" for day in index]


def _lines_alone(
    series: pd.DataFrame, event: tuple[pd.Timestamp, str] | None = None
) -> Native | None:
    """Lines without an event."""
    if event:
        return None
    roles = zip(series, ("accent", "second", "ink"), strict=False)
    shown = [Series(str(name), _values(series[name]), role) for name, role in roles]
    return Native("line", _days(series.index), shown)


@form(along="x", native=_lines_alone)
def lines(
    width: float, series: pd.DataFrame, event: tuple[pd.Timestamp, str] | None = None
) -> Drawing:
    """Monthly series (percent), one a column, named at their ends; the first is accented.

    A month without a value breaks the line. `event` (month, words) draws an upright line.
    """
    marks = Marks()
    figure, ax = chart(width, 2.7)
    top = 1.12 * highest(series) if event else None
    if event:
        ax.axvline(event[0], color=INK, linewidth=0.9)
        ax.text(event[0], top, event[1] + " ", ha="right", va="top", size=8.8, bbox=OVER_LINES)
    for name, colour in zip(series, (ACCENT, SECOND, INK), strict=False):
        ax.plot(series.index, series[name], color=colour)
        marks.add_line(ax, str(name), series[name])
        known = series[name].dropna()
        wrapped = str(name).replace(": ", ":\n")
        beside(ax, known.index[-1], known.iloc[-1], wrapped, color=colour)
    room = pd.Timedelta(days=780 if width > NARROW else 1500)
    ax.set_xlim(series.index[0], series.index[-1] + room)
    ax.set_ylim(0, top)
    with_unit(ax.yaxis)
    _years(ax, series.index, 2 if width > NARROW else 4)
    return marks.drawing(figure)


@form(along="x")
def counterfactual(
    width: float,
    lines: pd.DataFrame,
    event: tuple[pd.Timestamp, str],
    names: tuple[str, str],
    fading: tuple[str, str] | None = None,
) -> Drawing:
    """What was seen, what would have been, and the room for chance, by month.

    `lines`, indexed by month: observed, synthetic, and after the event low and high (the band
    around synthetic; both may end before what was seen does), and if need be mark ("provisional",
    "revised" or ""); with `fading` (a label for wide and narrow charts), also fade_low and
    fade_high. `names` of the first two stand at their ends. In percent.
    """
    wide = width > NARROW
    marks = Marks()
    figure, ax = chart(width, 3.1)
    ax.fill_between(lines.index, lines["low"], lines["high"], color=MUTE, alpha=0.22, lw=0)
    ax.plot(lines.index, lines["synthetic"], color=MUTE, linewidth=1.3, linestyle=(0, (4, 2)))
    ax.plot(lines.index, lines["observed"], color=ACCENT)
    for column in ("observed", "synthetic"):
        marks.add_line(ax, column, lines[column])
    if "mark" in lines:
        _marked(ax, lines["observed"], lines["mark"])
    top = 1.12 * highest(lines[["observed", "synthetic", "high"]])
    ax.axvline(event[0], color=INK, linewidth=0.9)
    ax.text(event[0], top, event[1] + " ", ha="right", va="top", size=8.8, bbox=OVER_LINES)
    last = {name: lines[name].dropna() for name in ("observed", "synthetic")}
    ends = _apart({name: line.iloc[-1] for name, line in last.items()}, top * 0.1)
    if fading:
        shade = {"color": SECOND, "lw": 0, "alpha": 0.25}
        ax.fill_between(lines.index, lines["fade_low"], lines["fade_high"], **shade)
        low, high = lines[["fade_low", "fade_high"]].iloc[-1]
        label = fading[0 if wide else 1]
        beside(ax, lines.index[-1], (low + high) / 2, label, color=SECOND, size=8.8)
    for name, key, colour in zip(names, ends, (ACCENT, TEXT_MUTE), strict=True):
        beside(ax, lines.index[-1], ends[key], name, color=colour, size=8.8)
    span = lines.index[-1] - lines.index[0]
    ax.set_xlim(lines.index[0], lines.index[-1] + span * (0.33 if wide else 0.62))
    ax.set_ylim(0, top)
    with_unit(ax.yaxis)
    _years(ax, lines.index, 2 if wide else 4)
    return marks.drawing(figure)


def _years(ax: Any, months: pd.Index, step: int) -> None:
    """A tick every `step` years, none beyond the last month."""
    years = range(months[0].year, months[-1].year + 1)
    days = [pd.Timestamp(year, 1, 1) for year in years if year % step == 0]
    days = [day for day in days if day >= months[0]]
    ax.set_xticks(days, [current().year(day) for day in days])


def _apart(ends: dict[str, float], least: float) -> dict[str, float]:
    """Heights for two labels, pushed apart where they would overlap."""
    (one, a), (other, b) = ends.items()
    lack = max(0.0, least - abs(a - b)) / 2
    up = 1 if a >= b else -1
    return {one: a + up * lack, other: b - up * lack}


@form(along="x")
def placebos(
    width: float, gaps: pd.DataFrame, own: pd.Series, event: tuple[pd.Timestamp, str], name: str
) -> Drawing:
    """Distances from the synthetic, in points: the placebos as thin lines, the case in accent."""
    marks = Marks()
    figure, ax = chart(width, 3.0)
    ax.plot(gaps.index, gaps, color=MUTE, linewidth=0.6, alpha=0.45)
    ax.plot(own.index, own, color=ACCENT)
    marks.add_line(ax, name, own)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.axvline(event[0], color=INK, linewidth=0.9)
    reach = max(abs(own).max() * 1.5, gaps.abs().quantile(0.98).quantile(0.9))
    ax.set_ylim(-reach, reach)
    ax.text(event[0], reach, event[1] + " ", ha="right", va="top", size=8.8, bbox=OVER_LINES)
    beside(
        ax,
        own.index[-1],
        own.iloc[-1],
        name,
        color=ACCENT,
        weight="semibold",
        bbox=OVER_LINES,
    )
    span = own.index[-1] - own.index[0]
    ax.set_xlim(own.index[0], own.index[-1] + span * (0.16 if width > NARROW else 0.28))
    with_unit(ax.yaxis, "")
    _years(ax, own.index, 2 if width > NARROW else 4)
    return marks.drawing(figure)


@form()
def counterfactuals(width: float, panels: dict[str, tuple[pd.DataFrame, pd.Timestamp]]) -> Drawing:
    """One small chart a case: observed, synthetic and band, each on an axis of its own.

    `panels`: name → (lines as in counterfactual, the month of the closure).
    """
    wide = width > NARROW
    columns = (2 if len(panels) % 2 == 0 else 3) if wide else 1
    rows = -(-len(panels) // columns)
    marks = Marks()
    figure, axes = chart(width, (2.0 if wide else 1.75) * rows, rows, columns, squeeze=False)
    for ax, (name, (lines, month)) in zip(axes.flat, panels.items(), strict=True):
        ax.set_title(name, loc="left", pad=6)
        ax.fill_between(lines.index, lines["low"], lines["high"], color=MUTE, alpha=0.22, lw=0)
        ax.plot(lines.index, lines["synthetic"], color=MUTE, lw=1.1, linestyle=(0, (4, 2)))
        ax.plot(lines.index, lines["observed"], color=ACCENT, linewidth=1.4)
        marks.add_line(ax, name, lines["observed"])
        ax.axvline(month, color=INK, linewidth=0.9)
        ax.set_ylim(0, 1.1 * highest(lines[["observed", "synthetic", "high"]]))
        with_unit(ax.yaxis)
        _years(ax, lines.index, 3)
    return marks.drawing(figure)


def _bars_of_one_look(
    rows: pd.DataFrame, unit: str, event: tuple[float, str] | None = None
) -> Native | None:
    """Bars alone: without an event, and none that is hatched or of another colour."""
    other = rows["other"].any() if "other" in rows else False
    if event or rows["part"].any() or other:
        return None
    values = _values(rows["value"])
    return Native("bar", rows["label"].astype(str).tolist(), [Series(unit, values, "accent")])


@form(along="x", native=_bars_of_one_look)
def bars(
    width: float, rows: pd.DataFrame, unit: str, event: tuple[float, str] | None = None
) -> Drawing:
    """Amounts by period as upright bars, in the order of `rows`.

    `rows`: label, value (none where no figure is known), part (bool: drawn hatched), text, and if
    need be other (bool: of another measurer, drawn gray). `event`: (position, words) draws an
    upright line that ends above the bar it meets.
    """
    marks = Marks()
    figure, ax = chart(width, 2.6)
    top = _bars(ax, rows, 8.8 if width > NARROW else 8.5)
    marks.add_bars(ax, unit, rows)
    if event:
        met = rows["value"].iloc[round(event[0])]
        foot = 0 if pd.isna(met) else met / top + 0.1
        ax.axvline(event[0], ymin=foot, color=INK, linewidth=0.9)
        at = {"textcoords": "offset points", "va": "top", "size": 8.8}
        ax.annotate(event[1], (event[0], top), (5, 0), **at)
    ax.set_title(unit, size=8.8, weight="normal", loc="left")
    return marks.drawing(figure)


def _bars(ax: Axes, rows: pd.DataFrame, size: float) -> float:
    """Bars from zero with their figures above; returns the top of the axis."""
    top = 1.16 * (rows["value"].max() or 1)
    for x, row in enumerate(each(rows)):
        if pd.isna(row.value):
            style: Style = {
                "ha": "center",
                "va": "bottom",
                "size": 8.5,
                "color": TEXT_MUTE,
            }
            nothing = current().word("charts", "no_figure")
            ax.text(x, top * 0.02, nothing, linespacing=1.05, **style)
            continue
        colour = MUTE if getattr(row, "other", False) else ACCENT
        fill: dict[str, Any] = (
            {"facecolor": "none", "hatch": "////"} if row.part else {"facecolor": colour}
        )
        ax.bar(x, row.value, width=0.66, edgecolor=colour, linewidth=0.8, **fill)
        ax.text(x, row.value, row.text, ha="center", va="bottom", size=8.8)
    ax.set_xticks(range(len(rows)), rows["label"], size=size)
    ax.set_xlim(-0.6, len(rows) - 0.4)
    ax.set_ylim(0, top)
    ax.set_yticks([])
    ax.grid(visible=False)
    return top


@form()
def bar_multiples(width: float, panels: dict[str, pd.DataFrame]) -> Drawing:
    """Small bar charts, each with its own unit and its own axis from zero.

    `panels`: heading, with its unit after a line break → rows as in bars. Charts are as wide as
    they have bars, so that a year takes the same room in each.
    """
    wide = width > NARROW
    counts = [len(rows) for rows in panels.values()]
    grid = {"width_ratios": counts} if wide else {}
    shape = (1, len(panels)) if wide else (len(panels), 1)
    height = 2.5 if wide else 1.85 * len(panels)
    marks = Marks()
    figure, axes = chart(width, height, *shape, squeeze=False, gridspec_kw=grid)
    for ax, (name, rows) in zip(axes.flat, panels.items(), strict=True):
        _bars(ax, rows, 8.8)
        marks.add_bars(ax, name, rows)
        if not wide:
            ax.set_xlim(-0.6, max(counts) - 0.4)
        heading, _, unit = name.partition("\n")
        ax.text(0, 1.19, heading, transform=ax.transAxes, weight="semibold", size=9.5)
        ax.text(0, 1.06, unit, transform=ax.transAxes, size=8.8, color=TEXT_MUTE)
    return marks.drawing(figure)
