"""Charts that an office program draws itself, from an exhibit's `native`: lines, flat bars."""

import math
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any, cast

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.dml import MSO_LINE, MSO_THEME_COLOR
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Pt

from graymarket.publish.office_theme import Area
from graymarket.publish.payloads import Payload

_LABEL_SIZE = 14
_LETTER = 0.5  # of a letter's size: its mean width, with room for a wider font than the house's
_PLOT_LEFT, _PLOT_TOP, _PLOT_HEIGHT = 0.045, 0.03, 0.87  # of the chart: room for tick labels
_MOST_YEAR_LABELS = 8
_EXCEL_EPOCH = date(1899, 12, 30)
_COLOURS = {  # a series' role → its colour in the theme
    "accent": MSO_THEME_COLOR.ACCENT_1,
    "second": MSO_THEME_COLOR.ACCENT_2,
    "ink": MSO_THEME_COLOR.TEXT_1,
}
_DASHES = (MSO_LINE.SOLID, MSO_LINE.SOLID, MSO_LINE.DASH, MSO_LINE.ROUND_DOT)


_LABEL_COLOURS = {"accent": "accent1", "second": "accent2", "ink": "tx1"}

_Values = dict[str, list[float | None]]


def add_native_chart(slide: Slide, native: Payload, area: Area) -> Any:
    """Draw what an exhibit's `native` holds, with its numbers in a sheet behind it.

    Returns the chart's frame.
    """
    series = {one["name"]: one["values"] for one in native["series"]}
    roles = [one["role"] for one in native["series"]]
    labels = native["categories"]
    dates = [day for label in labels if (day := _as_date(label))]
    over_time = native["kind"] == "line" and len(dates) == len(labels)
    data = cast(Any, CategoryChartData)(number_format="General")
    data.categories = dates if over_time else labels
    for name, values in series.items():
        data.add_series(name, values)
    kind = XL_CHART_TYPE.LINE if native["kind"] == "line" else XL_CHART_TYPE.BAR_CLUSTERED
    frame: Any = slide.shapes.add_chart(kind, *area, data)
    _set_up(frame.chart)
    if native["kind"] == "line":
        _as_lines(frame.chart, series, roles, area, dates if over_time else [])
    else:
        _as_bars(frame.chart, series, roles)
    return frame


def _as_date(label: str) -> date | None:
    for pattern in ("%Y-%m-%d", "%Y-%m"):
        try:
            return datetime.strptime(label, pattern).date()
        except ValueError:
            continue
    return None


def _set_up(chart: Any) -> None:
    chart.has_legend = False
    chart.has_title = False
    chart.font.size = Pt(_LABEL_SIZE)
    chart.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
    space = chart._chartSpace
    for old in space.findall("{*}roundedCorners"):
        space.remove(old)
    # Without these two, programs put in corners and a language of their own.
    space.insert(1, parse_xml(f'<c:roundedCorners {nsdecls("c")} val="0"/>'))
    space.insert(1, parse_xml(f'<c:lang {nsdecls("c")} val="en-GB"/>'))
    for axis in space.xpath(".//c:axId | .//c:crossAx"):
        axis.set("val", axis.get("val").lstrip("-"))  # the schema knows no ids below zero


def _as_lines(chart: Any, series: _Values, roles: list[str], area: Area, dates: list[date]) -> None:
    top = _value_axis(chart.value_axis, series)
    _date_axis(chart.category_axis, dates) if dates else _label_axis(chart, series)
    for i, (plotted, values) in enumerate(zip(chart.plots[0].series, series.values(), strict=True)):
        colour = _COLOURS[roles[i]]
        plotted.smooth = False
        plotted.marker.style = XL_MARKER_STYLE.NONE
        plotted.format.line.width = Pt(2.5 if i == 0 else 2)
        plotted.format.line.color.theme_color = colour
        plotted.format.line.dash_style = _DASHES[min(i, len(_DASHES) - 1)]
        _mark_lone_points(plotted, values, colour)
    _label_ends(chart, series, roles, area, top)


def _mark_lone_points(plotted: Any, values: list[float | None], colour: MSO_THEME_COLOR) -> None:
    """A point between two gaps has no line to be seen by: give it a dot."""
    for i, value in enumerate(values):
        before, after = values[i - 1 : i], values[i + 1 : i + 2]
        if value is not None and before in ([], [None]) and after in ([], [None]):
            marker = plotted.points[i].marker
            marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 10
            marker.format.fill.solid()
            marker.format.fill.fore_color.theme_color = colour
            marker.format.line.fill.background()


def _value_axis(axis: Any, series: _Values) -> tuple[float, float]:
    """Hairlines and a few round numbers, from zero; returns the lowest and highest number."""
    known = [v for values in series.values() for v in values if v is not None]
    step = _round_step((max(*known, 0) - min(*known, 0)) / 5)
    low, high = (math.floor(min(*known, 0) / step) * step, math.ceil(max(*known, 0) / step) * step)
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = low, high, step
    axis.has_major_gridlines = True
    grid = axis.major_gridlines.format.line
    grid.width, grid.color.theme_color = Pt(0.75), MSO_THEME_COLOR.BACKGROUND_2
    axis.format.line.fill.background()
    axis.major_tick_mark = XL_TICK_MARK.NONE
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "General", False
    return low, high


def _round_step(least: float) -> float:
    """The next round step: 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(least or 1))
    return float(next(n * power for n in (1, 2, 5, 10) if n * power >= least))


def _foot_axis(axis: Any) -> None:
    axis.format.line.width, axis.format.line.color.theme_color = Pt(1), MSO_THEME_COLOR.ACCENT_4
    axis.major_tick_mark = XL_TICK_MARK.OUTSIDE
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis.has_major_gridlines = False


def _date_axis(axis: Any, dates: list[date]) -> None:
    """Years, from the first January on; months where there are no two years to show."""
    _foot_axis(axis)
    first, last = min(dates), max(dates)
    years = last.year - first.year + 1
    element = axis._element
    if years > 2:
        axis.minimum_scale = (date(first.year, 1, 1) - _EXCEL_EPOCH) / timedelta(days=1)
        unit, every, shown = "years", math.ceil(years / _MOST_YEAR_LABELS), "yyyy"
    else:
        unit, every, shown = "months", 3, "mmm yyyy"
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = shown, False
    for name in ("baseTimeUnit", "majorUnit", "majorTimeUnit", "minorUnit", "minorTimeUnit"):
        for old in element.findall("{*}" + name):
            element.remove(old)
    for name, value in (("baseTimeUnit", "months"), ("majorUnit", every), ("majorTimeUnit", unit)):
        element.append(parse_xml(f'<c:{name} {nsdecls("c")} val="{value}"/>'))


def _label_axis(chart: Any, series: _Values) -> None:
    _foot_axis(chart.category_axis)
    count = len(next(iter(series.values())))
    skip = math.ceil(count / _MOST_YEAR_LABELS)
    element = chart.category_axis._element
    before = element.find("{*}noMultiLvlLbl")
    for name in ("tickLblSkip", "tickMarkSkip"):
        before.addprevious(parse_xml(f'<c:{name} {nsdecls("c")} val="{skip}"/>'))


def _label_ends(
    chart: Any, series: _Values, roles: list[str], area: Area, scale: tuple[float, float]
) -> None:
    """Each line's name at its end, moved apart where two ends meet."""
    width, height = area[2].pt, area[3].pt
    room = max(len(name) for name in series) * _LABEL_SIZE * _LETTER / width + 0.02
    _set_plot_area(chart, 1 - _PLOT_LEFT - min(room, 0.3))
    ends = {name: _last(values) for name, values in series.items()}
    low, high = scale
    natural = {
        name: _PLOT_TOP + _PLOT_HEIGHT * (high - (values[ends[name]] or 0)) / (high - low)
        for name, values in series.items()
    }
    placed = _spread(natural, 1.25 * _LABEL_SIZE / height)
    for i, (plotted, name) in enumerate(zip(chart.plots[0].series, series, strict=True)):
        _add_label(plotted, ends[name], placed[name] - natural[name], roles[i])


def _last(values: list[float | None]) -> int:
    return max(i for i, value in enumerate(values) if value is not None)


def _spread(natural: dict[str, float], gap: float) -> dict[str, float]:
    """Heights at least `gap` apart, each as near as may be to its own."""
    placed = dict(sorted(natural.items(), key=lambda item: item[1]))
    names = list(placed)
    for _ in range(50):
        for upper, lower in pairwise(names):
            lack = gap - (placed[lower] - placed[upper])
            if lack > 1e-6:
                placed[upper] -= lack / 2
                placed[lower] += lack / 2
    return placed


def _set_plot_area(chart: Any, width: float) -> None:
    area = chart._chartSpace.chart.plotArea
    for old in area.findall("{*}layout"):
        area.remove(old)
    values = "".join(
        f'<c:{name} val="{value}"/>'
        for name, value in (
            ("layoutTarget", "inner"),
            ("xMode", "edge"),
            ("yMode", "edge"),
            ("x", _PLOT_LEFT),
            ("y", _PLOT_TOP),
            ("w", round(width, 4)),
            ("h", _PLOT_HEIGHT),
        )
    )
    area.insert(
        0,
        parse_xml(f"<c:layout {nsdecls('c')}><c:manualLayout>{values}</c:manualLayout></c:layout>"),
    )


def _add_label(plotted: Any, point: int, shift: float, role: str) -> None:
    colour, accent = _LABEL_COLOURS[role], role == "accent"
    style = (
        f"<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:txPr>"
        f'<a:bodyPr wrap="none"/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{_LABEL_SIZE * 100}" '
        f'b="{int(accent)}"><a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:defRPr>'
        f'</a:pPr><a:endParaRPr lang="en-GB"/></a:p></c:txPr>'
    )

    def shown(name: int) -> str:
        return (
            f'<c:showLegendKey val="0"/><c:showVal val="0"/><c:showCatName val="0"/>'
            f'<c:showSerName val="{name}"/><c:showPercent val="0"/><c:showBubbleSize val="0"/>'
        )

    labels = parse_xml(
        f'<c:dLbls {nsdecls("c", "a")}><c:dLbl><c:idx val="{point}"/><c:layout><c:manualLayout>'
        f'<c:x val="0"/><c:y val="{shift:.4f}"/></c:manualLayout></c:layout>{style}'
        f'<c:dLblPos val="r"/>{shown(1)}</c:dLbl>{style}{shown(0)}</c:dLbls>'
    )
    for old in plotted._element.findall("{*}dLbls"):
        plotted._element.remove(old)
    plotted._element.find("{*}cat").addprevious(labels)


def _as_bars(chart: Any, series: _Values, roles: list[str]) -> None:
    """Flat bars, the table's first row on top, each with its number instead of an axis."""
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = (55 if len(series) == 1 else 40), 0
    rows = chart.category_axis
    _foot_axis(rows)
    rows.reverse_order, rows.major_tick_mark = True, XL_TICK_MARK.NONE
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.visible = False
    known = [v for values in series.values() for v in values if v is not None]
    chart.value_axis.minimum_scale = min(*known, 0)
    for i, plotted in enumerate(plot.series):
        plotted.format.fill.solid()
        plotted.format.fill.fore_color.theme_color = _COLOURS[roles[i]]
        plotted.invert_if_negative = False
        labels = plotted.data_labels
        labels.show_value, labels.show_series_name = True, False
        labels.number_format, labels.number_format_is_linked = "General", False
        labels.font.size, labels.font.bold = Pt(_LABEL_SIZE), roles[i] == "accent"
        labels.font.color.theme_color = _COLOURS[roles[i]]
    if len(series) > 1:
        _name_first_bars(plot)


def _name_first_bars(plot: Any) -> None:
    """With several bars a row, the first row's labels say which bar is which."""
    for plotted in plot.series:
        label = plotted.points[0].data_label
        label._get_or_add_dLbl().find("{*}showSerName").set("val", "1")
