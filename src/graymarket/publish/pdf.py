"""An nbconvert exporter: any notebook → PDF/UA and PDF/A, typeset by Typst."""

import json
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Bool

from graymarket.publish.assemble import is_prose
from graymarket.publish.citing import publishers
from graymarket.publish.fonts import ALL_FOLDERS, FOLDERS, can_print, has_rare_letters
from graymarket.publish.payloads import EXHIBIT_MIME, RESULTS_MIME
from graymarket.publish.printed import data_table, printed, printed_raw_cell
from graymarket.publish.problems import PublishError
from graymarket.publish.tidy import tidied, with_attachments
from graymarket.publish.typesetting import compile_pdf, condensed, style, typst_string
from graymarket.publish.typst_markdown import code_block, foreign, raw, typeset

_PAGE_HOLDS = 12  # rows of a table with sentences in it
_MOST_SOURCES = 14  # more of them are counted in an exhibit, and named in the appendix


class ReportPDFExporter(Exporter):
    """One PDF: bookmarks, contents, page numbers, vector charts, tagged for screen readers.

    Of a notebook from elsewhere it prints text, tables, pictures and formulas; what can only run
    is named. Letters that no font has are boxes, but stay text for search and screen readers.
    """

    export_from_notebook = "Gray phones report (PDF)"
    file_extension = ".pdf"
    output_mimetype = "application/pdf"

    include_code = Bool(False, help="Print the code cells too.").tag(config=True)

    def from_notebook_node(self, nb: NotebookNode, resources=None, **kwargs):
        nb, resources = super().from_notebook_node(tidied(nb), resources, **kwargs)
        report = nb.metadata.get("report", {})
        title = report.get("title") or resources.get("metadata", {}).get("name", "Notebook")
        pictures = resources.get("metadata", {}).get("path") or ""
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = self._source(nb, report, title, folder, pictures)
            try:
                pdf = _compile(source, folder)
            except PublishError:
                if "#math.equation(" not in source:
                    raise
                # Perhaps a formula that pandoc reads and Typst does not: once more without
                source = self._source(nb, report, title, folder, pictures, maths=False)
                pdf = _compile(source, folder)
            return pdf, resources | {"output_extension": ".pdf"}

    def _source(self, nb, report, title: str, folder: Path, pictures: str, maths=True) -> str:
        about = {
            "title": title,
            "subtitle": report.get("subtitle", ""),
            "edition": report.get("edition", ""),
            "fingerprint": report.get("fingerprint", ""),
            "date": report.get("date", ""),
        }
        markdown = "\n\n".join(block for block in self._body(nb, folder) if block)
        body = typeset(markdown, folder, pictures, _labels(report), maths)
        values = json.dumps(about, ensure_ascii=False)
        parts = [
            style(),
            f"#show: report.with(..json(bytes({typst_string(values)})))",
            body,
            _traces(report),
            _sources(report),
        ]
        drawn = [path.read_text(encoding="utf-8") for path in folder.glob("*.svg")]
        rare = "true" if has_rare_letters("".join(parts[1:] + drawn)) else "false"
        return "\n".join([f"#let rare-letters = {rare}", *parts])

    def _body(self, nb: NotebookNode, folder: Path):
        """All blocks; the first of several chapters is the front page, contents come after it."""
        starts = [i for i, cell in enumerate(nb.cells) if _chapter(cell)]
        several = len(starts) > 1
        for i, cell in enumerate(nb.cells):
            if several and i == starts[0]:
                yield raw("#front[")
            if several and i == starts[1]:
                yield raw("]\n#contents()")
            yield from self._blocks(cell, folder)

    def _blocks(self, cell: NotebookNode, folder: Path):
        if cell.metadata.get("report", {}).get("role") == "deck":
            yield f"{raw('#deck[')}\n\n{foreign(cell.source)}\n\n{raw(']')}"
        elif _chapter(cell):
            yield f"{cell.source} {{#{_chapter(cell)['id']}}}"
        elif cell.cell_type == "markdown":
            yield foreign(with_attachments(cell))
        elif cell.cell_type == "raw":
            yield printed_raw_cell(cell)
        elif cell.cell_type == "code":
            if self.include_code and cell.source.strip():
                yield code_block(cell.source, "python")
            for output in cell.get("outputs", []):
                yield _output(output, folder, is_prose(cell))


def _chapter(cell: NotebookNode) -> dict | None:
    return cell.metadata.get("report", {}).get("chapter")


def _labels(report: dict) -> set[str]:
    """What links may lead to besides headings."""
    items = [i for c in report.get("traces", []) for entry in c["entries"] for i in entry["items"]]
    return {e["id"] for e in report.get("exhibits", [])} | {item["id"] for item in items}


def _output(output: NotebookNode, folder: Path, reads_on: bool) -> str:
    data = output.get("data", {})
    if EXHIBIT_MIME in data:
        return raw(_exhibit(data[EXHIBIT_MIME], folder))
    if RESULTS_MIME in data:
        return ""
    if "text/markdown" in data and reads_on:
        return foreign(data["text/markdown"])
    if "text/markdown" in data:
        return f"{raw('#reference[')}\n\n{foreign(data['text/markdown'])}\n\n{raw(']')}"
    return printed(output, folder)


def _exhibit(exhibit: dict, folder: Path) -> str:
    if exhibit["svg"]:
        name = f"{exhibit['id']}.svg"
        (folder / name).write_text(condensed(exhibit["svg"]), encoding="utf-8")
        body = f"image({typst_string(name)}, width: 100%, alt: {typst_string(exhibit['alt'])})"
    else:
        body = data_table(exhibit["table"])
    named = publishers(exhibit)
    links = "\\; ".join(map(_source_link, named))
    if len(named) > _MOST_SOURCES:
        links = f"{len(named)} sources, named under “Where every number comes from”"
    return (
        f"#exhibit(id: {typst_string(exhibit['id'])}, number: {exhibit.get('number', 0)}, "
        f"title: {typst_string(exhibit['title'])}, "
        f"subtitle: {typst_string(exhibit['subtitle'])}, note: {typst_string(exhibit['note'])}, "
        f"sources: [{links}], long: {str(_is_long(exhibit)).lower()}, {body})"
    )


def _is_long(exhibit: dict) -> bool:
    """Whether a table may run over the end of a page."""
    return not exhibit["svg"] and len(exhibit["table"]["rows"]) > _PAGE_HOLDS


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
        sources = ", ".join(map(_source_link, line["sources"])) or _counted(line)
        rows_by_source.setdefault(sources, []).append(_rows_named(line))
    lines = "\\; ".join(
        f"#{typst_string(', '.join(rows))}: {sources}" for sources, rows in rows_by_source.items()
    )
    return f"#trace({items})[{lines}]"


def _source_link(source: dict) -> str:
    return f"#link({typst_string(source['url'])})[#{typst_string(source['credit'])}]"


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


def _compile(source: str, folder: Path) -> bytes:
    fonts = FOLDERS if "#let rare-letters = false" in source else ALL_FOLDERS
    return compile_pdf(source, folder, "report.pdf", fonts)
