"""An nbconvert exporter: any notebook → PDF/UA and PDF/A, typeset by Typst."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markdown_it.token import Token
from nbformat import NotebookNode
from traitlets import Bool

from graymarket.publish.assemble import is_prose
from graymarket.publish.citation import ROWS_FILE, how_to_cite, publishers
from graymarket.publish.floats import Part, Stands, settled
from graymarket.publish.fonts import ALL_FOLDERS, FOLDERS, has_rare_letters
from graymarket.publish.html import ids_of, traced_ids
from graymarket.publish.markdown import Reader
from graymarket.publish.markdown_typst import to_typst
from graymarket.publish.normalise import NotebookExporter
from graymarket.publish.payloads import EXHIBIT_MIME, RESULTS_MIME
from graymarket.publish.problems import PublishError
from graymarket.publish.typesetting import (
    code_block,
    compile_pdf,
    condensed,
    query,
    style,
    typst_string,
)
from graymarket.publish.typst_html import data_table
from graymarket.publish.typst_outputs import printed, printed_raw_cell

Text = str | list[Token]  # Typst as it is, or a text to set

_PAGE_HOLDS = 12  # rows of a table with sentences in it
_MOST_SOURCES = 14  # more of them are counted in an exhibit, and named where the rows are listed


class ReportPDFExporter(NotebookExporter):
    """One PDF: bookmarks, contents, page numbers, vector charts, tagged for screen readers.

    Of a notebook from elsewhere it prints text, tables, pictures and formulas; what can only run
    is named. Letters that no font has are boxes, but stay text for search and screen readers.
    """

    export_from_notebook = "Gray phones report (PDF)"
    file_extension = ".pdf"
    output_mimetype = "application/pdf"

    include_code = Bool(False, help="Print the code cells too.").tag(config=True)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = self._source(nb, resources, folder)
            parts = _parts(nb)
            try:
                pdf = _compile(source, folder, parts)
            except PublishError:
                if "#math.equation(" not in source:
                    raise
                # Perhaps a formula that pandoc reads and Typst does not: once more without
                pdf = _compile(self._source(nb, resources, folder, maths=False), folder, parts)
            return pdf, resources | {"output_extension": ".pdf"}

    def _source(
        self, nb: NotebookNode, resources: dict[str, Any], folder: Path, *, maths: bool = True
    ) -> str:
        report, about = nb.metadata.get("report", {}), resources.get("metadata", {})
        kept = ("subtitle", "edition", "fingerprint", "date")
        values = {key: report.get(key, "") for key in kept}
        values["title"] = report.get("title") or about.get("name", "Notebook")
        labels = ids_of(report)
        given = {chapter["id"] for chapter in report.get("chapters", [])}  # by their headings
        reader = Reader({*labels, "sources"} - given)
        body = to_typst(
            self._body(nb, folder, reader),
            folder,
            pictures=about.get("path") or "",
            labels=labels,
            elsewhere=dict.fromkeys(traced_ids(report), ROWS_FILE),
            maths=maths,
        )
        parts = [
            style(),
            f"#show: report.with(..json(bytes({typst_string(json.dumps(values))})))",
            body,
            _imprint(report),
        ]
        drawn = [path.read_text(encoding="utf-8") for path in folder.glob("*.svg")]
        letters = "".join([*map(str, values.values()), *parts[2:], *drawn])
        rare = "true" if has_rare_letters(letters) else "false"
        return "\n".join([f"#let rare-letters = {rare}", *parts])

    def _body(self, nb: NotebookNode, folder: Path, reader: Reader) -> Iterator[Text]:
        """All texts; the first of several chapters is the front page, contents come after it."""
        left_out = nb.metadata.get("report", {}).get("left_out") or ""
        starts = [i for i, cell in enumerate(nb.cells) if _chapter(cell)]
        several = len(starts) > 1
        for i, cell in enumerate(nb.cells):
            if several and i == starts[0]:
                yield "#front["
            if several and i == starts[1]:
                yield f"]\n#contents(left-out: {typst_string(left_out)})"
            elif i in starts[1:]:
                yield "#chapter-end()"
            yield from self._texts(cell, folder, reader)

    def _texts(self, cell: NotebookNode, folder: Path, reader: Reader) -> Iterator[Text]:
        if cell.metadata.get("report", {}).get("role") == "deck":
            yield from _within("deck", reader.read(cell.source))
        elif chapter := _chapter(cell):
            yield reader.read(f"{cell.source} {{#{chapter['id']}}}")
        elif cell.cell_type == "markdown":
            yield reader.read(cell.source)
        elif cell.cell_type == "raw":
            yield printed_raw_cell(cell, reader)
        elif cell.cell_type == "code":
            if self.include_code and cell.source.strip():
                yield code_block(cell.source, "python")
            for output in cell.get("outputs", []):
                yield from _output(output, folder, reader, is_prose(cell))


def _chapter(cell: NotebookNode) -> dict[str, Any] | None:
    chapter: dict[str, Any] | None = cell.metadata.get("report", {}).get("chapter")
    return chapter


def _parts(nb: NotebookNode) -> list[Part]:
    """Titles and exhibits behind the front page, in order; none where there is no front page."""
    chapters: list[list[Part]] = []
    for cell in nb.cells:
        if chapter := _chapter(cell):
            chapters.append([Part(chapter["id"])])
        for output in cell.get("outputs", []) if chapters else []:
            if exhibit := output.get("data", {}).get(EXHIBIT_MIME):
                chapters[-1].append(Part(exhibit["id"], floats=not _is_long(exhibit)))
    return [part for chapter in chapters[1:] for part in chapter]


def _within(function: str, text: Text) -> Iterator[Text]:
    """A text as the argument of a function of the template."""
    yield f"#{function}["
    yield text
    yield "]"


def _output(output: NotebookNode, folder: Path, reader: Reader, reads_on: bool) -> Iterator[Text]:
    data = output.get("data", {})
    if EXHIBIT_MIME in data:
        yield _exhibit(data[EXHIBIT_MIME], folder)
    elif "text/markdown" in data:
        text = reader.read(data["text/markdown"])
        yield from [text] if reads_on else _within("reference", text)
    elif RESULTS_MIME not in data:
        yield printed(output, folder, reader)


def _exhibit(exhibit: dict[str, Any], folder: Path) -> str:
    if exhibit["svg"]:
        name = f"{exhibit['id']}.svg"
        (folder / name).write_text(condensed(exhibit["svg"]), encoding="utf-8")
        body = f"image({typst_string(name)}, width: 100%, alt: {typst_string(exhibit['alt'])})"
    else:
        body = data_table(exhibit["table"])
    named = publishers(exhibit)
    links = "\\; ".join(map(_source_link, named))
    if len(named) > _MOST_SOURCES:
        links = f"{len(named)} sources, named in {ROWS_FILE}"
    rows = f"{ROWS_FILE}#rows-{exhibit['id']}" if exhibit.get("number") else ""
    return (
        f"#exhibit(id: {typst_string(exhibit['id'])}, rows: {typst_string(rows)}, "
        f"number: {exhibit.get('number', 0)}, "
        f"title: {typst_string(exhibit['title'])}, "
        f"subtitle: {typst_string(exhibit['subtitle'])}, note: {typst_string(exhibit['note'])}, "
        f"sources: [{links}], long: {str(_is_long(exhibit)).lower()}, {body})"
    )


def _is_long(exhibit: dict[str, Any]) -> bool:
    """Whether a table may run over the end of a page."""
    return not exhibit["svg"] and len(exhibit["table"]["rows"]) > _PAGE_HOLDS


def _source_link(source: dict[str, Any]) -> str:
    return f"#link({typst_string(source['url'])})[#{typst_string(source['credit'])}]"


def _imprint(report: dict[str, Any]) -> str:
    """Where rows and sources are listed, how to cite the report, and what its data ask for."""
    if not report.get("sources"):
        return ""
    lines = [
        f"Each number and each exhibit leads to {ROWS_FILE}, a file beside this one, with the rows "
        f"of the data folder that it stands on and their {len(report['sources']):,} sources. The "
        f"workbook has them in {_sheets(report)}.",
        f"To cite: {how_to_cite(report)}",
        *report.get("credits", []),
    ]
    body = "\n\n".join(f"#{typst_string(line)}" for line in lines)
    return f"#chapter-end()\n= Sources and licences <sources>\n#imprint[\n{body}\n]"


def _sheets(report: dict[str, Any]) -> str:
    """The workbook’s sheets that tell of rows and sources."""
    listed = any(table["name"] == "sources" for table in report["tables"])
    return "its sheets “results” and “sources”" if listed else "its sheet “results”"


def _compile(source: str, folder: Path, parts: list[Part]) -> bytes:
    fonts = FOLDERS if "#let rare-letters = false" in source else ALL_FOLDERS
    names = ", ".join(typst_string(part.id) for part in parts)
    telling = f"{source}\n#told-places(({names},))"

    def draft(stands: Stands) -> Any:
        return query(telling, folder, "report.pdf", fonts, _inputs(stands), "places")

    stands = settled(parts, draft) if parts else {}
    return compile_pdf(source, folder, "report.pdf", fonts, _inputs(stands))


def _inputs(stands: Stands) -> dict[str, str]:
    return {"stands": json.dumps(stands)}
