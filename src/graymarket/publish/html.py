"""An nbconvert exporter: any notebook → one HTML file that needs no network."""

import base64
import re
from pathlib import Path

from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets import default

from graymarket.publish.assemble import EXHIBIT_MIME, RESULTS_MIME
from graymarket.publish.cells import cell_text, csv_text
from graymarket.publish.fonts import face_css

TEMPLATES = Path(__file__).parent / "templates"

# Chart colours follow the page's theme: each house colour is a CSS variable there.
_THEMED = {
    "#1b1f24": "var(--ink)",
    "#6b737c": "var(--text-mute)",
    "#8a929c": "var(--mute)",
    "#d9dee3": "var(--faint)",
    "#c8321f": "var(--accent)",
    "#1f5fa8": "var(--second)",
    "#ffffff": "var(--paper)",
}

_RANGE = re.compile(r"\d[\d.,]*–\d[\d.,]*%?(?![^<]*>)")  # kept on one line


class ReportHTMLExporter(TemplateExporter):
    """One self-contained HTML page: contents, exhibits, folded code; zero requests."""

    export_from_notebook = "Gray phones report (HTML)"
    file_extension = ".html"
    output_mimetype = "text/html"

    @default("template_name")
    def _template_name(self):
        return "report"

    @default("extra_template_basedirs")
    def _template_folders(self):
        return [str(TEMPLATES)]

    def default_filters(self):
        yield from super().default_filters()
        yield "prose", prose
        yield "inline_prose", lambda text: re.sub(r"^<p>|</p>\s*$", "", prose(text).strip())
        yield "themed", themed
        yield "csv_link", csv_link
        yield "cell_text", cell_text

    def from_notebook_node(self, nb, resources=None, **kwargs):
        return super().from_notebook_node(_with_code_together(nb), resources, **kwargs)

    def _init_resources(self, resources):
        resources = super()._init_resources(resources)
        resources["report_css"] = face_css() + (TEMPLATES / "report" / "report.css").read_text(
            encoding="utf-8"
        )
        resources["exhibit_mime"], resources["results_mime"] = EXHIBIT_MIME, RESULTS_MIME
        return resources


def _with_code_together(nb: NotebookNode) -> NotebookNode:
    """Code cells that show nothing join the code cell after them: one fold, not three."""
    cells = []
    for cell in nb.cells:
        before = cells[-1] if cells else None
        if before and cell.cell_type == before.cell_type == "code" and not _shows(before):
            cell = NotebookNode(cell | {"source": f"{before.source}\n\n{cell.source}"})
            cells.pop()
        cells.append(cell)
    return NotebookNode(nb | {"cells": cells})


def _shows(cell: NotebookNode) -> bool:
    return any(RESULTS_MIME not in output.get("data", {}) for output in cell.outputs)


def prose(text: str) -> str:
    """Markdown → HTML, headings one level down (the page's own title is its only h1)."""
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    rendered = MarkdownWithMath(renderer=renderer).render(text)
    rendered = re.sub(r"(</?h)([1-5])\b", lambda m: f"{m[1]}{int(m[2]) + 1}", rendered)
    return _RANGE.sub(r'<span class="range">\g<0></span>', rendered)


def themed(svg: str) -> str:
    """House colours → CSS variables; the picture is described by its frame, so it is hidden."""
    for colour, variable in _THEMED.items():
        svg = svg.replace(colour, variable)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def csv_link(table: dict) -> str:
    """A table as the address of a CSV file that needs no server."""
    content = base64.b64encode(csv_text(table).encode("utf-8")).decode("ascii")
    return f"data:text/csv;charset=utf-8;base64,{content}"
