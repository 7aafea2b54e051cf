"""What every chart form returns: how to draw the chart, its marks, and its native description."""

import functools
import inspect
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from graymarket.charts.clearance import overlaps
from graymarket.charts.style import house_style
from graymarket.results import Result
from graymarket.wording import current

P = ParamSpec("P")


@dataclass(frozen=True)
class Mark:
    """A place in a drawing that a reader can point at.

    `row`: position in the data handed to the form (in a form of panels: within its panel);
    `label`: what the form calls that row (a month as "2026-10"); `series`: the column or the panel;
    `x`, `y`: fractions of the figure's width and height, from its top left.
    """

    row: int
    label: str
    series: str
    x: float
    y: float


@dataclass(frozen=True)
class Series:
    """One line or set of bars of a native chart, a value (or None) a category.

    `role` is the name of its colour in the palette: "accent", "second" or "ink".
    """

    name: str
    values: list[float | None]
    role: str


@dataclass(frozen=True)
class Native:
    """A chart that an office program can draw itself and that shows all that the drawing shows.

    `kind`: "line" or "bar"; `categories`: periods ("2026-10-01") or labels, in order.
    """

    kind: str
    categories: list[str]
    series: list[Series]


@dataclass(frozen=True)
class Drawing:
    """A figure of one width, laid out, and its marks."""

    figure: Figure
    marks: tuple[Mark, ...]

    def overlaps(self) -> list[str]:
        """What is wrong with the labels, a line each: see `clearance.overlaps`."""
        return overlaps(self.figure)


class Marks:
    """The marks of a figure while it is drawn: places in the data of its axes."""

    def __init__(self) -> None:
        self._places: list[tuple[Any, int, str, str, float, float]] = []

    def add(self, ax: Any, row: int, label: object, series: str, x: Any, y: Any) -> None:
        """A mark at `x`, `y` in data of `ax`; dates may be given as such."""
        month = f"{label:%Y-%m}" if isinstance(label, pd.Timestamp) else str(label)
        across, up = float(ax.convert_xunits(x)), float(ax.convert_yunits(y))
        self._places.append((ax, row, month, series, across, up))

    def add_line(
        self, ax: Axes, series: str, values: pd.Series, rows: Sequence[int] | None = None
    ) -> None:
        """A mark for each known value of a series by month; `rows`: theirs, if not 0, 1, 2 …"""
        places = range(len(values)) if rows is None else rows
        for row, (month, value) in zip(places, values.items(), strict=True):
            if pd.notna(value):
                self.add(ax, row, month, series, month, value)

    def add_bars(self, ax: Axes, series: str, rows: pd.DataFrame) -> None:
        """A mark at the end of each upright bar; at the foot where there is no figure."""
        for row, (label, value) in enumerate(zip(rows["label"], rows["value"], strict=True)):
            self.add(ax, row, label, series, row, 0 if pd.isna(value) else value)

    def drawing(self, figure: Figure) -> Drawing:
        """The drawing, with the figure laid out for good: no format may move what is placed."""
        figure.savefig(io.BytesIO(), format="svg")  # lays it out as SVG measures letters
        figure.set_layout_engine("none")
        width, height = figure.bbox.size
        found = []
        for ax, row, label, series, across, up in self._places:
            x, y = ax.transData.transform((across, up))
            place = round(float(x / width), 4), round(float(1 - y / height), 4)
            found.append(Mark(row, label, series, *place))
        return Drawing(figure, tuple(found))


@dataclass(frozen=True)
class Chart:
    """A chart of given data, for every format.

    `form`: the name of the form; `draw`: width in inches → drawing; `native`: None where an office
    chart would show less than the drawing; `along`: the direction in which the rows lie side by
    side ("x" or "y"), or "" where they do not.
    """

    form: str
    draw: Callable[[float], Drawing]
    native: Native | None = None
    along: str = ""


def form(
    *, along: str = "", native: Callable[..., Native | None] | None = None
) -> Callable[[Callable[Concatenate[float, P], Drawing]], Callable[P, Chart]]:
    """Make a function of width and data a form: a function of data that returns a chart.

    The chart keeps copies of the data, and is drawn in the house style. `native` takes the same
    data as the form.
    """

    def made(draw: Callable[Concatenate[float, P], Drawing]) -> Callable[P, Chart]:
        @functools.wraps(draw)
        def of_data(*args: P.args, **kwargs: P.kwargs) -> Chart:
            kept, named = _copied(args), _copied(kwargs)

            def drawn(width: float) -> Drawing:
                with house_style():
                    return draw(width, *kept, **named)

            described = native(*kept, **named) if native else None
            return Chart(draw.__name__, drawn, described, along)

        signature = inspect.signature(draw)
        without_width = [*signature.parameters.values()][1:]
        of_data.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=without_width, return_annotation=Chart
        )
        return of_data

    return made


def _copied(value: Any) -> Any:
    """`value` with copies of the frames in it, however deep in dicts, lists and tuples.

    Results, also in a frame's cells, become their text.
    """
    if isinstance(value, pd.DataFrame):
        return value.apply(_worded) if len(value) else value.copy()
    if isinstance(value, pd.Series):
        return _worded(value)
    if isinstance(value, Result):
        return str(current().text(value))
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_copied(item) for item in value)
    return value


def _worded(column: pd.Series) -> pd.Series:
    if column.dtype != object:
        return column.copy()
    return column.map(_text)


def _text(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_text(item) for item in cell]
    return str(current().text(cell)) if isinstance(cell, Result) else cell
