"""An nbconvert exporter: any notebook → PDF/UA and PDF/A, typeset by Typst."""

import json
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Bool

from graymarket.publish.assemble import EXHIBIT_MIME, RESULTS_MIME
from graymarket.publish.cells import cell_text
from graymarket.publish.fonts import can_print
from graymarket.publish.typesetting import (
    STYLE,
    compile_pdf,
    condensed,
    typst_prose,
    typst_string,
)

_SHORT_CELL = 16  # characters: a column of no longer cells is never wrapped
_MOST_SOURCES = 14  # more of them are counted in an exhibit, and named in the appendix
_WIDEST_CELL = 60  # characters: longer cells wrap rather than widen their column


class ReportPDFExporter(Exporter):
    """One PDF: bookmarks, contents, page numbers, vector charts, tagged for screen readers."""

    export_from_notebook = "Gray phones report (PDF)"
    file_extension = ".pdf"
    output_mimetype = "application/pdf"

    include_code = Bool(False, help="Print the code cells too.").tag(config=True)

    def from_notebook_node(self, nb: NotebookNode, resources=None, **kwargs):
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        report = nb.metadata.get("report", {})
        title = report.get("title") or resources.get("metadata", {}).get("name", "Notebook")
        with tempfile.TemporaryDirectory() as folder:
            source = self._source(nb, report, title, Path(folder))
            return compile_pdf(source, Path(folder), "report.pdf"), resources | {
                "output_extension": ".pdf"
            }

    def _source(self, nb, report, title: str, folder: Path) -> str:
        about = {
            "title": title,
            "subtitle": report.get("subtitle", ""),
            "edition": report.get("edition", ""),
            "inputs": report.get("inputs", ""),
            "date": report.get("date", ""),
        }
        markdown = "\n\n".join(block for block in self._body(nb, folder) if block)
        return "\n".join(
            [
                STYLE.read_text(encoding="utf-8"),
                f"#show: report.with(..json(bytes({typst_string(json.dumps(about))})))",
                typst_prose(markdown),
                _traces(report),
                _sources(report),
            ]
        )

    def _body(self, nb: NotebookNode, folder: Path):
        """All blocks; the first of several chapters is the front page, contents come after it."""
        starts = [i for i, cell in enumerate(nb.cells) if _chapter(cell)]
        several = len(starts) > 1
        for i, cell in enumerate(nb.cells):
            if several and i == starts[0]:
                yield _raw("#front[")
            if several and i == starts[1]:
                yield _raw("]\n#contents()")
            yield from self._blocks(cell, folder)

    def _blocks(self, cell: NotebookNode, folder: Path):
        if cell.metadata.get("report", {}).get("role") == "deck":
            yield f"{_raw('#deck[')}\n\n{cell.source}\n\n{_raw(']')}"
        elif _chapter(cell):
            yield f"{cell.source} {{#{_chapter(cell)['id']}}}"
        elif cell.cell_type == "markdown":
            yield cell.source
        elif cell.cell_type == "code":
            if self.include_code:
                yield f"```python\n{cell.source}\n```"
            for output in cell.get("outputs", []):
                yield _output(output, folder)


def _chapter(cell: NotebookNode) -> dict | None:
    return cell.metadata.get("report", {}).get("chapter")


def _output(output: NotebookNode, folder: Path) -> str:
    data = output.get("data", {})
    if EXHIBIT_MIME in data:
        return _raw(_exhibit(data[EXHIBIT_MIME], folder))
    if RESULTS_MIME in data:
        return ""
    if "text/markdown" in data:
        return f"{_raw('#reference[')}\n\n{data['text/markdown']}\n\n{_raw(']')}"
    text = data.get("text/plain") or output.get("text", "")
    return _raw(f"#raw({typst_string(text)}, block: true)") if text.strip() else ""


def _exhibit(exhibit: dict, folder: Path) -> str:
    if exhibit["svg"]:
        name = f"{exhibit['id']}.svg"
        (folder / name).write_text(condensed(exhibit["svg"]), encoding="utf-8")
        body = f"image({typst_string(name)}, width: 100%, alt: {typst_string(exhibit['alt'])})"
    else:
        body = _table(exhibit["table"])
    links = "\\; ".join(
        f"#link({typst_string(s['url'])})[#{typst_string(s['credit'])}]" for s in exhibit["sources"]
    )
    if len(exhibit["sources"]) > _MOST_SOURCES:
        links = f"{len(exhibit['sources'])} sources, named under “Where every number comes from”"
    return (
        f"#exhibit(id: {typst_string(exhibit['id'])}, number: {exhibit.get('number', 0)}, "
        f"title: {typst_string(exhibit['title'])}, "
        f"subtitle: {typst_string(exhibit['subtitle'])}, note: {typst_string(exhibit['note'])}, "
        f"sources: [{links}], {body}) <{exhibit['id']}>"
    )


def _table(table: dict) -> str:
    columns = list(zip(*table["rows"], strict=True))
    widths, align = [], []
    for name, numeric, cells in zip(table["columns"], table["numeric"], columns, strict=True):
        lengths = [len(cell_text(cell)) for cell in cells]
        short = max(lengths) <= _SHORT_CELL
        widths.append("auto" if numeric or short else f"{_weight(name, lengths)}fr")
        align.append("right" if numeric else "left")
    head = ", ".join(typst_string(name) for name in table["columns"])
    rows = ",\n".join(", ".join(typst_string(_breakable(c)) for c in row) for row in table["rows"])
    return (
        f"data-table(columns: ({', '.join(widths)},), align: ({', '.join(align)},), "
        f"header: ({head},), (\n{rows},\n))"
    )


def _breakable(cell) -> str:
    """A cell’s text; long names such as vendor_share-001 may break after an underscore."""
    return cell_text(cell).replace("_", "_\u200b")


def _weight(name: str, lengths: list[int]) -> int:
    """How much room a column of words asks for: its mean cell, within reason."""
    return max(len(name), min(round(1.3 * sum(lengths) / len(lengths)), _WIDEST_CELL))


def _traces(report: dict) -> str:
    """Each number with the keys of its rows, each key a link to the row’s source."""
    if not report.get("traces"):
        return ""
    chapters = "\n".join(
        f"#trace-chapter({typst_string(chapter['title'])})\n"
        + "\n".join(_trace(entry) for entry in chapter["entries"])
        for chapter in report["traces"]
    )
    return f"= Where every number comes from <traces>\n#traces[\n{chapters}\n]"


def _trace(entry: dict) -> str:
    items = ", ".join(f"[*#{typst_string(i['text'])}*<{i['id']}>]" for i in entry["items"])
    rows_by_source = {}
    for line in entry["basis"]:
        sources = ", ".join(
            f"#link({typst_string(s['url'])})[#{typst_string(s['credit'])}]"
            for s in line["sources"]
        ) or _counted(line)
        rows_by_source.setdefault(sources, []).append(_rows_named(line))
    lines = "\\; ".join(
        f"#{typst_string(', '.join(rows))}: {sources}" for sources, rows in rows_by_source.items()
    )
    return f"#trace({items})[{lines}]"


def _counted(line: dict) -> str:
    count = line["source_count"]
    return f"{count:,} sources" if count else "the table itself"


def _rows_named(line: dict) -> str:
    rows = f" ({line['rows']:,} rows)" if line["rows"] > 1 else ""
    table, key = Path(line["file"]).stem, line["key"]
    return (key if key.startswith(table) else f"{table}/{key}".rstrip("/")) + rows


def _sources(report: dict) -> str:
    if not report.get("sources"):
        return ""
    items = "\n".join(
        f"- #{typst_string(s['credit'] + ': ')}"
        f"#link({typst_string(s['url'])})[#{typst_string(_title(s))}]"
        for s in report["sources"]
    )
    credits = "\n\n".join(f"#{typst_string(line)}" for line in report.get("credits", []))
    return f"= Sources and licences <sources>\n#source-list[\n{items}\n\n{credits}\n]"


def _title(source: dict) -> str:
    """The title, or the site's name where the house's fonts lack the title's letters."""
    return source["title"] if can_print(source["title"]) else urlsplit(source["url"]).netloc


def _raw(typst_code: str) -> str:
    return f"````{{=typst}}\n{typst_code}\n````"
