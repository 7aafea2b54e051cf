"""nbconvert exporters: any notebook → one HTML file that needs no network, and one of its rows."""

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import Bool, default

from graymarket.palette import css_variables, in_variables
from graymarket.publish.assemble import is_prose
from graymarket.publish.citation import REPORT_FILE, ROWS_FILE, how_to_cite, publishers
from graymarket.publish.fonts import face_css
from graymarket.publish.markdown import Reader
from graymarket.publish.markdown_html import line_to_html, to_html
from graymarket.publish.normalise import NotebookExporter
from graymarket.publish.outputs import shown
from graymarket.publish.payloads import EXHIBIT_MIME, RESULTS_MIME
from graymarket.publish.text import csv_text

TEMPLATES = Path(__file__).parent / "templates"

_OWN_LINK = re.compile(r'href="#([\w-]+)"')
_OWN_IDS = {"content", "sources", "colours"}  # what the page has of its own


class ReportHTMLExporter(NotebookExporter, TemplateExporter):
    """One self-contained HTML page: contents, exhibits, folded code; zero requests.

    Nothing in a notebook can run a script there, unless `allow_scripts` is set: HTML is cleaned,
    and the page's policy admits its own script alone.
    """

    export_from_notebook = "Gray phones report (HTML)"
    file_extension = ".html"
    output_mimetype = "text/html"

    allow_scripts = Bool(
        False, help="Let HTML of cells and outputs through as it is, with its scripts."
    ).tag(config=True)

    @default("template_name")
    def _template_name(self) -> str:
        return "report"

    @default("extra_template_basedirs")
    def _template_folders(self) -> list[str]:
        return [str(TEMPLATES)]

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from TemplateExporter.default_filters(self)
        yield "prose", self._prose
        yield "raw_cell", self._raw_cell
        yield "is_prose", is_prose
        yield "shown", shown
        yield "inline_prose", self._line
        yield "themed", themed
        yield "places", _place_attributes
        yield "csv_link", csv_link
        yield "publishers", publishers
        yield "how_to_cite", how_to_cite

    def _preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        nb, resources = super()._preprocess(nb, resources)
        report = nb.metadata.get("report", {})
        self._reader = Reader(_OWN_IDS | ids_of(report))
        self._traced = traced_ids(report)
        return _with_code_together(nb), resources

    def _init_resources(self, resources: dict[str, Any]) -> dict[str, Any]:
        resources = TemplateExporter._init_resources(self, resources)
        report = TEMPLATES / "report"
        resources["report_css"] = (
            face_css() + css_variables() + (report / "report.css").read_text(encoding="utf-8")
        )
        scripts = [report / "report.js", report / "calculator.js"]
        resources["script"] = "\n".join(path.read_text(encoding="utf-8") for path in scripts)
        resources["content_policy"] = self._policy(resources["script"])
        resources["exhibit_mime"], resources["results_mime"] = EXHIBIT_MIME, RESULTS_MIME
        resources["report_file"], resources["rows_file"] = REPORT_FILE, ROWS_FILE
        return resources

    def _policy(self, script: str) -> str:
        """What the browser may load and run: what the page holds, and its own script."""
        if self.allow_scripts:
            scripts = "'unsafe-inline' 'unsafe-eval'"
        else:
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
            scripts = f"'sha256-{digest}'"
        return (
            f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
            "img-src data:; font-src data:; base-uri 'none'; form-action 'none'"
        )

    def _prose(self, text: str, resources: dict[str, Any]) -> str:
        folder = resources.get("metadata", {}).get("path") or ""
        markup = to_html(self._reader.read(text), folder, allow_scripts=self.allow_scripts)
        return self._to_rows(markup)

    def _line(self, text: str) -> str:
        return self._to_rows(line_to_html(text))

    def _to_rows(self, markup: str) -> str:
        """The markup with its numbers linked to the file that lists their rows."""

        def link(match: re.Match[str]) -> str:
            return f'href="{ROWS_FILE}#{match[1]}"' if match[1] in self._traced else match[0]

        return _OWN_LINK.sub(link, markup)

    def _raw_cell(self, cell: NotebookNode, resources: dict[str, Any]) -> str:
        """Raw cells meant for HTML or Markdown are shown as such, others of no format as text."""
        kind = cell.metadata.get("format") or cell.metadata.get("raw_mimetype") or ""
        if kind == "text/html":
            return f'<div class="shown">{cell.source}</div>'
        if kind == "text/markdown":
            return f'<div class="prose">{self._prose(cell.source, resources)}</div>'
        if kind or not cell.source.strip():
            return ""
        return f'<pre class="output" tabindex="0">{html.escape(cell.source)}</pre>'


class RowsHTMLExporter(ReportHTMLExporter):
    """The page that a report's numbers lead to: their rows and sources, by chapter."""

    export_from_notebook = "Rows and sources of a gray phones report (HTML)"

    @default("template_file")
    def _default_template_file(self) -> str:
        return f"{ROWS_FILE}.j2"


def ids_of(report: dict[str, Any]) -> set[str]:
    """The ids that a report's chapters, exhibits and calculators have in its files."""
    named = ("chapters", "exhibits", "calculators")
    parts = [part for name in named for part in report.get(name, [])]
    return {part["id"] for part in parts}


def traced_ids(report: dict[str, Any]) -> set[str]:
    """The ids that numbers and exhibits have where their rows are listed."""
    chapters = report.get("traces", [])
    return {i["id"] for c in chapters for entry in c["entries"] for i in entry["items"]}


def _place_attributes(exhibit: dict[str, Any], size: str) -> str:
    """Where each row of the table is in the chart of that size, if its rows lie side by side."""
    along, marks = exhibit["along"], (exhibit["marks"] or {}).get(size, [])
    spots: dict[int, list[float]] = {}
    for mark in marks if along else ():
        spots.setdefault(mark["row"], []).append(mark[along])
    count = len(exhibit["table"]["rows"])
    if len(spots) < 2 or (along == "y" and len(spots) < count):
        return ""
    middles = {row: sum(places) / len(places) for row, places in sorted(spots.items())}
    # A month without a value lies between its neighbours.
    every = np.interp(range(count), [*middles], [*middles.values()])
    places = " ".join(str(round(10_000 * place)) for place in every)
    return f' data-along="{along}" data-places="{places}"'


def _with_code_together(nb: NotebookNode) -> NotebookNode:
    """Code cells that show nothing join the code cell after them: one fold, not three."""
    cells: list[NotebookNode] = []
    for cell in nb.cells:
        before = cells[-1] if cells else None
        if before and cell.cell_type == before.cell_type == "code" and not _shows(before):
            cell = NotebookNode(cell | {"source": f"{before.source}\n\n{cell.source}"})
            cells.pop()
        cells.append(cell)
    return NotebookNode(nb | {"cells": cells})


def _shows(cell: NotebookNode) -> bool:
    return any(RESULTS_MIME not in output.get("data", {}) for output in cell.outputs)


def themed(svg: str) -> str:
    """House colours → CSS variables; the picture is described by its frame, so it is hidden."""
    hidden = '<svg aria-hidden="true" focusable="false" '
    return in_variables(svg).replace("<svg ", hidden, 1)


def csv_link(table: dict[str, Any]) -> str:
    """A table as the address of a CSV file that needs no server."""
    content = base64.b64encode(csv_text(table).encode("utf-8")).decode("ascii")
    return f"data:text/csv;charset=utf-8;base64,{content}"
