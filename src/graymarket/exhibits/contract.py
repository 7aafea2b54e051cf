"""The exhibit contract: one chart or table, with all that any format needs to show it."""

import html
import io
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import matplotlib as mpl
import pandas as pd

from graymarket import evidence
from graymarket.charts.chart import Chart, Drawing, Mark
from graymarket.charts.style import NARROW, STAGE, WIDE, house_style
from graymarket.exhibits.tables import as_html, table
from graymarket.results import UNITS

EXHIBIT_MIME = "application/vnd.graymarket.exhibit+json"
SHEET_MIME = "application/vnd.graymarket.table+json"

_MAX_TITLE_WORDS = 16
_SIZES = {"wide": WIDE, "narrow": NARROW, "stage": STAGE}


@dataclass(frozen=True)
class Exhibit:
    """A chart (with `chart`) or a table (without), ready for every format.

    Parameters
    ----------
    id : lower-case words joined by hyphens; the permalink, and what prose links to.
    title : the takeaway, one sentence with its numbers filled in.
    subtitle : measure, unit, place and period.
    alt : "[chart type] of [data] where [takeaway]"; for a table, what it lists.
    data : the values shown, one row a mark: numbers, results, days or text, and no number as
        text. A column `lineage` names the rows that they came from, and is not printed.
    columns : field of `data` → its head, in the order printed; every column as it is without.
    units : field → unit of results.UNITS, for columns of plain numbers.
    lineage : what it shows beside `data`: rows, frames, results, entries (see evidence.lineage);
        the source line follows from all of them.
    note : one line on what is flagged, left out or easily misread.
    chart : what a form of graymarket.charts returns; None makes the exhibit a table of `data`.

    Raises ValueError when a part is missing or a column or unit is not known.
    """

    id: str
    title: str
    subtitle: str
    alt: str
    data: pd.DataFrame
    columns: Mapping[str, str] | None = None
    units: Mapping[str, str] = field(default_factory=dict)
    lineage: tuple[object, ...] | str = ()
    note: str = ""
    chart: Chart | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id):
            raise ValueError(f"exhibit id {self.id!r}: expected lower-case words and hyphens")
        for part in ("title", "subtitle", "alt"):
            if not getattr(self, part).strip():
                raise ValueError(f"exhibit {self.id}: {part} is empty")
        if len(self.title.split()) > _MAX_TITLE_WORDS:
            raise ValueError(f"exhibit {self.id}: title has over {_MAX_TITLE_WORDS} words")
        if self.data.empty or not self.rows:
            raise ValueError(f"exhibit {self.id}: expected data and the rows it stands on")
        for name in (*(self.columns or ()), *self.units):
            if name not in self.data:
                raise ValueError(f"exhibit {self.id}: no column {name!r} in its data")
        for name, unit in self.units.items():
            if unit not in UNITS:
                raise ValueError(f"exhibit {self.id}: {name}: no unit {unit!r} in results.UNITS")

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows that it stands on, as evidence.trace takes them."""
        own = [self.data[evidence.LINEAGE]] if evidence.LINEAGE in self.data else []
        return evidence.lineage(*own, self.lineage)

    def payload(self) -> dict[str, Any]:
        """The exhibit as plain JSON values: what `publish` reads.

        A mark's `row` is that of the table, found by what the chart calls it; marks of no row, or
        of one of several, are left out.
        """
        cells = table(self.data, self.columns, self.units)
        return {
            "id": self.id,
            "title": self.title,
            "subtitle": self.subtitle,
            "alt": self.alt,
            "note": self.note,
            "lineage": list(self.rows),
            **self._pictures(cells["rows"]),
            "table": cells,
        }

    def _pictures(self, rows: list[list[str]]) -> dict[str, Any]:
        """The chart as SVG in three sizes and with outlined letters, its marks and `native`."""
        names = ("svg", "narrow_svg", "stage_svg", "outlined_svg", "marks", "native", "along")
        if self.chart is None:
            return dict.fromkeys(names)
        drawn = {size: self.chart.draw(width) for size, width in _SIZES.items()}
        return {
            "svg": _svg(drawn["wide"], f"{self.id}-wide"),
            "narrow_svg": _svg(drawn["narrow"], f"{self.id}-narrow"),
            "stage_svg": _svg(drawn["stage"], f"{self.id}-stage"),
            "outlined_svg": _svg(drawn["wide"], f"{self.id}-wide", outline_text=True),
            "marks": {size: _in_table(one.marks, rows) for size, one in drawn.items()},
            "native": asdict(self.chart.native) if self.chart.native else None,
            "along": self.chart.along,
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        payload = self.payload()
        picture = payload["svg"] or as_html(payload["table"])
        lines = [html.escape(line) for line in (_source_line(self.rows), self.note) if line]
        page = (
            f'<div id="{self.id}" style="max-width:880px">'
            f"<strong>{html.escape(self.title)}</strong><br>"
            f"{html.escape(self.subtitle)}{picture}<small>{' '.join(lines)}</small></div>"
        )
        return {EXHIBIT_MIME: payload, "text/html": page, "text/plain": self.title}


@dataclass(frozen=True)
class Sheet:
    """A table for the workbook alone: too long for a page, and wanted by those who calculate.

    `name` is the sheet's; `title` and `description` stand above the `data`; `columns` and `units`
    are as in Exhibit.
    """

    name: str
    title: str
    description: str
    data: pd.DataFrame
    columns: Mapping[str, str] | None = None
    units: Mapping[str, str] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        payload = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "table": table(self.data, self.columns, self.units),
        }
        page = as_html(table(self.data.head(20), self.columns, self.units))
        return {SHEET_MIME: payload, "text/html": page, "text/plain": self.title}


def _source_line(rows: tuple[str, ...]) -> str:
    credits = [s["credit"] for line in evidence.trace(rows) for s in line["sources"]]
    return f"Source: {'; '.join(dict.fromkeys(credits))}." if credits else ""


def _in_table(marks: tuple[Mark, ...], rows: list[list[str]]) -> list[dict[str, Any]]:
    """The marks with the rows of the table that have their label, and their series if need be."""
    holding: dict[str, set[int]] = {}
    for number, row in enumerate(rows):
        for cell in row:
            holding.setdefault(cell, set()).add(number)
    found = []
    for mark in marks:
        fitting = holding.get(mark.label, set())
        for part in mark.series.split("\n") if len(fitting) > 1 else ():
            fitting = fitting & holding.get(part, set())
        if len(fitting) == 1:
            place = {"series": mark.series, "x": mark.x, "y": mark.y}
            found.append({"row": fitting.copy().pop(), **place})
    return found


def _svg(drawing: Drawing, salt: str, *, outline_text: bool = False) -> str:
    """The drawing as SVG text, same bytes for same input.

    `salt` makes its ids unique; `outline_text` turns letters into shapes, for places that lack the
    house's fonts.
    """
    buffer = io.StringIO()
    with house_style(), mpl.rc_context({"svg.hashsalt": salt}):
        mpl.rcParams["svg.fonttype"] = "path" if outline_text else "none"
        drawing.figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return _inlinable(buffer.getvalue(), salt)


def _inlinable(svg: str, prefix: str) -> str:
    """Drop what a page does not need, and make the ids that are left unique to the exhibit."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    # A hundredth of a point will do for places; the scale of outlined letters needs all digits.
    svg = re.sub(r"(scale\([^)]*\))|(?<=\d)(\.\d\d)\d+(?=[\s\",)])", r"\1\2", svg)
    svg = re.sub(r"\n\s+", "\n", svg)
    referred = set(re.findall(r"#([\w-]+)", svg))

    def unique(match: re.Match[str]) -> str:
        return f' id="{prefix}-{match[1]}"' if match[1] in referred else ""

    svg = re.sub(r' id="([^"]+)"', unique, svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    return re.sub(r'href="#([^"]+)"', rf'href="#{prefix}-\1"', svg)
