"""The exhibit contract: one chart or table, with all that any format needs to show it."""

import html
import io
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from graymarket import evidence
from graymarket.exhibits.native import Native, tells_all
from graymarket.exhibits.style import NARROW, STAGE, WIDE, house_style

EXHIBIT_MIME = "application/vnd.graymarket.exhibit+json"
TABLE_MIME = "application/vnd.graymarket.table+json"

_MAX_TITLE_WORDS = 16
_NATIVE_KINDS = ("line", "bar")
_SIZES = {NARROW: "narrow", WIDE: "wide", STAGE: "stage"}


@dataclass(frozen=True)
class Exhibit:
    """A chart (with `figure`) or a table (without), ready for every format.

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
    draw : width in inches → matplotlib figure, so that each place gets a chart of its own size;
        None makes the exhibit a table of `data`.
    native : for charts that an office program can draw from `data` as well; it does so where that
        chart would hold all that `draw` shows.

    Raises ValueError when a part is missing and EvidenceError for a basis that is no row.
    """

    id: str
    title: str
    subtitle: str
    alt: str
    data: pd.DataFrame
    basis: tuple[str, ...]
    note: str = ""
    draw: Callable[[float], Figure] | None = None
    native: Native | None = None

    def __post_init__(self):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id):
            raise ValueError(f"exhibit id {self.id!r}: expected lower-case words and hyphens")
        for part in ("title", "subtitle", "alt"):
            if not getattr(self, part).strip():
                raise ValueError(f"exhibit {self.id}: {part} is empty")
        if len(self.title.split()) > _MAX_TITLE_WORDS:
            raise ValueError(f"exhibit {self.id}: title has over {_MAX_TITLE_WORDS} words")
        if self.native and (
            self.native.kind not in _NATIVE_KINDS
            or not {self.native.x, *self.native.y} <= set(self.data)
        ):
            raise ValueError(
                f"exhibit {self.id}: native needs a kind of {', '.join(_NATIVE_KINDS)}, "
                "and columns of data"
            )
        if self.data.empty or not self.basis:
            raise ValueError(f"exhibit {self.id}: expected data and the rows it stands on")

    def svg(self, width: float = WIDE, *, outline_text: bool = False) -> str | None:
        """The chart as SVG text, same bytes for same input; None for a table.

        `outline_text` turns letters into shapes, for places that lack the house's fonts.
        """
        if self.draw is None:
            return None
        salt = f"{self.id}-{_SIZES[width]}"
        buffer = io.StringIO()
        with house_style(), mpl.rc_context({"svg.hashsalt": salt}):
            mpl.rcParams["svg.fonttype"] = "path" if outline_text else "none"
            self.draw(width).savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        return _inlinable(buffer.getvalue(), salt)

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
            "svg": self.svg(),
            "narrow_svg": self.svg(NARROW),
            "stage_svg": self.svg(STAGE),
            "outlined_svg": self.svg(outline_text=True),
            "table": _table(self.data),
            "native": self._native(),
        }

    def _native(self) -> dict | None:
        """What `native` says, and as `whole` whether the office chart would lack nothing."""
        if self.native is None:
            return None
        with house_style():
            whole = tells_all(self.native, self.data, self.draw(WIDE))
        return asdict(self.native) | {"whole": whole}

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
