"""The exhibit contract: one chart or table, with all that any format needs to show it."""

import html
import io
import re
from dataclasses import asdict, dataclass
from typing import Any

import matplotlib as mpl
import pandas as pd

from graymarket import evidence
from graymarket.charts.chart import Chart, Drawing
from graymarket.charts.style import NARROW, STAGE, WIDE, house_style

EXHIBIT_MIME = "application/vnd.graymarket.exhibit+json"
TABLE_MIME = "application/vnd.graymarket.table+json"

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
    data : the values shown, one row a mark; column names are printed as they are.
    basis : the rows of data/ that it shows, as "table/row-id" or "table" (see evidence.trace);
        the source line follows from them.
    note : one line on what is flagged, left out or easily misread.
    chart : what a form of graymarket.charts returns; None makes the exhibit a table of `data`.

    Raises ValueError when a part is missing and EvidenceError for a basis that is no row.
    """

    id: str
    title: str
    subtitle: str
    alt: str
    data: pd.DataFrame
    basis: tuple[str, ...]
    note: str = ""
    chart: Chart | None = None

    def __post_init__(self):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id):
            raise ValueError(f"exhibit id {self.id!r}: expected lower-case words and hyphens")
        for part in ("title", "subtitle", "alt"):
            if not getattr(self, part).strip():
                raise ValueError(f"exhibit {self.id}: {part} is empty")
        if len(self.title.split()) > _MAX_TITLE_WORDS:
            raise ValueError(f"exhibit {self.id}: title has over {_MAX_TITLE_WORDS} words")
        if self.data.empty or not self.basis:
            raise ValueError(f"exhibit {self.id}: expected data and the rows it stands on")

    def payload(self) -> dict:
        """The exhibit as plain JSON values: what `publish` reads."""
        basis = evidence.trace(self.basis)
        sources = {source["id"]: source for line in basis for source in line["sources"]}
        return {
            "id": self.id,
            "title": self.title,
            "subtitle": self.subtitle,
            "alt": self.alt,
            "note": self.note,
            "basis": basis,
            "sources": list(sources.values()),
            **self._pictures(),
            "table": _table(self.data),
        }

    def _pictures(self) -> dict[str, Any]:
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
            "marks": {size: [asdict(mark) for mark in one.marks] for size, one in drawn.items()},
            "native": asdict(self.chart.native) if self.chart.native else None,
            "along": self.chart.along,
        }

    def _repr_mimebundle_(self, include=None, exclude=None):
        payload = self.payload()
        credit = "; ".join(dict.fromkeys(source["credit"] for source in payload["sources"]))
        picture = payload["svg"] or self.data.to_html(index=False, border=0)
        shown = (
            f'<div style="max-width:880px"><strong>{html.escape(self.title)}</strong><br>'
            f"{html.escape(self.subtitle)}{picture}"
            f"<small>Source: {html.escape(credit)}. {html.escape(self.note)}</small></div>"
        )
        return {EXHIBIT_MIME: payload, "text/html": shown, "text/plain": self.title}


@dataclass(frozen=True)
class Table:
    """A table for the workbook alone: too long for a page, and wanted by those who reckon on.

    `name` is the sheet's; `title` and `description` stand above the `data`.
    """

    name: str
    title: str
    description: str
    data: pd.DataFrame

    def _repr_mimebundle_(self, include=None, exclude=None):
        payload = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "table": _table(self.data),
        }
        shown = self.data.to_html(index=False, border=0, max_rows=20)
        return {TABLE_MIME: payload, "text/html": shown, "text/plain": self.title}


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

    def unique(match: re.Match) -> str:
        return f' id="{prefix}-{match[1]}"' if match[1] in referred else ""

    svg = re.sub(r' id="([^"]+)"', unique, svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    return re.sub(r'href="#([^"]+)"', rf'href="#{prefix}-\1"', svg)


def _table(data: pd.DataFrame) -> dict:
    numeric = [_is_numeric(data[column]) for column in data.columns]
    return {
        "columns": [str(column) for column in data.columns],
        "numeric": numeric,
        "rows": [[_cell(v) for v in row] for row in data.astype(object).itertuples(index=False)],
    }


def _is_numeric(column: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(column):
        return False
    written = column.dropna().astype(str).str.fullmatch(r"[-−+]?[\d,]+(\.\d+)?%?|")
    return pd.api.types.is_numeric_dtype(column) or bool(len(written) and written.all())


def _cell(value) -> str | float | int | None:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d")
    if hasattr(value, "item"):
        return value.item()
    return value
