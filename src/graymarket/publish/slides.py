"""An nbconvert exporter: any notebook → reveal.js slides in one HTML file that needs no network."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources as packaged
from typing import Any

from markdown_it.token import Token
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import Bool, default

from graymarket.palette import css_variables
from graymarket.publish.assemble import slide_type
from graymarket.publish.citation import credit_line, credits, how_to_cite
from graymarket.publish.fonts import face_css
from graymarket.publish.html import TEMPLATES, ids_of, themed
from graymarket.publish.markdown import Reader, read, read_line, without_links, words
from graymarket.publish.markdown_html import to_html
from graymarket.publish.normalise import NotebookExporter
from graymarket.publish.outputs import html_of, shown
from graymarket.publish.payloads import EXHIBIT_MIME, RESULTS_MIME
from graymarket.publish.problems import PublishError
from graymarket.publish.text import column_widths, first_sentences, for_stage

_STAGE_NOTE = 480  # letters of an exhibit’s note: three lines, as its last may be keys to marks
_CREDITS_LENGTH = 150  # characters of credits that one line at a slide's foot holds
_TABLE_WIDTH = 130  # characters in a line of a table as wide as a slide
_TABLE_LINES = 14  # lines that a slide has room for, the head's aside
_LONGEST_CELL = 60  # characters: a longer cell wraps rather than widen its column


Text = list[Token]


@dataclass
class _Slide:
    """One slide: an exhibit, or blocks (a cell's text, source or output each)."""

    id: str
    kind: str = "cells"
    heading: Text = field(default_factory=list)
    exhibit: dict[str, Any] | None = None
    blocks: list[dict[str, Any]] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    number: int = 0

    @property
    def plain_heading(self) -> str:
        """The heading's words, for places that hold no markup."""
        return words(self.heading)


@dataclass
class _Section:
    """Slides that belong together; the list of sections names it."""

    title: str
    slides: list[_Slide]


class ReportSlidesExporter(NotebookExporter, TemplateExporter):
    """One self-contained slide deck: list of sections, speaker notes, print view; zero requests.

    An assembled report gives the slides that its chapters marked. Any other notebook gives those
    of Jupyter's slideshow metadata or, without any, a slide for each heading of level 1 or 2.
    """

    export_from_notebook = "Gray phones report (slides)"
    file_extension = ".html"
    output_mimetype = "text/html"

    include_code = Bool(False, help="Show the code cells too.").tag(config=True)

    @default("template_name")
    def _template_name(self) -> str:
        return "slides"

    @default("extra_template_basedirs")
    def _template_folders(self) -> list[str]:
        return [str(TEMPLATES)]

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from TemplateExporter.default_filters(self)
        yield "prose", _prose
        yield "inline_prose", _inline
        yield "themed", themed
        yield "stage_credits", stage_credits
        yield "stage_note", stage_note
        yield "stage_table", stage_table

    def _preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        nb, resources = super()._preprocess(nb, resources)
        report = nb.metadata.get("report", {})
        reader = Reader(ids_of(report))
        if "slides" in report:
            sections = _of_report(report, reader)
        else:
            sections = _of_cells(nb.cells, reader, self.include_code)
        slides = [slide for section in sections for slide in section.slides]
        for number, slide in enumerate(slides, start=1):
            slide.number = number
        deck = {"sections": sections, "count": len(slides)}
        if "slides" in report:
            deck["cite"] = how_to_cite(report)
        return nb, resources | {"deck": deck}

    def _init_resources(self, resources: dict[str, Any]) -> dict[str, Any]:
        resources = TemplateExporter._init_resources(self, resources)
        own = TEMPLATES / "slides"
        css = (own / "slides.css").read_text(encoding="utf-8")
        resources["slides_css"] = face_css() + css_variables() + css
        resources["slides_js"] = (own / "slides.js").read_text(encoding="utf-8")
        resources["reveal_css"] = _reveal("dist/reveal.css")
        resources["reveal_js"] = _inside_script(_reveal("dist/reveal.js"))
        resources["notes_js"] = _inside_script(_reveal("dist/plugin/notes.js"))
        resources["reveal_licence"] = _reveal("LICENSE")
        return resources


def _prose(text: Text, resources: dict[str, Any]) -> str:
    return to_html(text, resources.get("metadata", {}).get("path") or "")


def _inline(heading: Text) -> str:
    return to_html([token for token in heading if token.type == "inline"])


def _reveal(name: str) -> str:
    """A file of reveal.js, as the installed package pyreveal holds it."""
    path = packaged.files("pyreveal").joinpath("revealjs", name)
    if not path.is_file():
        raise PublishError([f"{path}: expected this file of reveal.js in the package pyreveal"])
    return path.read_text(encoding="utf-8")


def _inside_script(code: str) -> str:
    """Code that holds pages of its own, so written that none of them ends or nests a script."""
    return re.sub(r"<(?=/?script|!--)", r"\\x3c", code, flags=re.IGNORECASE)


def _of_report(report: dict[str, Any], reader: Reader) -> list[_Section]:
    """Title, a section for each chapter that has slides, closing."""
    exhibits = {exhibit["id"]: exhibit for exhibit in report["exhibits"]}
    _refuse_unknown(report["slides"], exhibits)
    sections = [_Section(report["title"], [_title_slide(report)])]
    for chapter in report["chapters"]:
        slides = [
            _exhibit_slide(exhibits[slide["exhibit"]], read(slide["notes"]))
            if slide["exhibit"]
            else _text_slide(f"{chapter['id']}-text-{place}", slide, reader)
            for place, slide in enumerate(report["slides"], start=1)
            if slide["chapter"] == chapter["id"]
        ]
        if slides:
            sections.append(_Section(chapter["title"], slides))
    closing = _Slide("closing", "closing", read_line("Read it, check it, cite it"))
    return [*sections, _Section(closing.plain_heading, [closing])]


def _refuse_unknown(slides: list[dict[str, Any]], exhibits: dict[str, Any]) -> None:
    problems = [
        f"slides.html: slide {place} shows {slide['exhibit']!r}, expected the id of an exhibit"
        for place, slide in enumerate(slides, start=1)
        if slide["exhibit"] and slide["exhibit"] not in exhibits
    ]
    if problems:
        raise PublishError(problems)


def _title_slide(report: dict[str, Any]) -> _Slide:
    """The first chapter's title is the message; without chapters, the report's own."""
    first = next(iter(report["chapters"]), {"title": report["title"], "deck": ""})
    deck = [{"text": without_links(read(first["deck"]))}] if first["deck"] else []
    return _Slide("title", "title", read_line(first["title"]), blocks=deck)


def _text_slide(slide_id: str, slide: dict[str, Any], reader: Reader) -> _Slide:
    text, notes = for_stage(
        without_links(reader.read(slide["text"])), without_links(read(slide["notes"]))
    )
    made = _cells_slide(slide_id, [{"text": text}])
    made.kind, made.notes = "text", [notes]
    return made


def _exhibit_slide(exhibit: dict[str, Any], notes: Text) -> _Slide:
    """What is said, what is shown, what to beware of, and from where: all in the notes."""
    named = credit_line(exhibit)
    parts = [
        without_links(notes),
        _labelled("Shown", f"{exhibit['subtitle']}."),
        _labelled("Note", exhibit["note"]),
        _labelled("Sources", f"{named}." if named else ""),
    ]
    heading = [Token("inline", "", 0, children=[Token("text", "", 0, content=exhibit["title"])])]
    return _Slide(exhibit["id"], "exhibit", heading, exhibit, notes=[p for p in parts if p])


def _labelled(label: str, said: str) -> Text:
    """A paragraph of plain words behind a label in bold; nothing if there are none."""
    if not said:
        return []
    paragraph = read(f"**{label}:**")
    children = paragraph[1].children or []
    paragraph[1].children = [*children, Token("text", "", 0, content=f" {said}")]
    return paragraph


def _of_cells(cells: list[NotebookNode], reader: Reader, include_code: bool) -> list[_Section]:
    """Any notebook's slides, by Jupyter's slideshow metadata or else by headings."""
    columns = _by_metadata if any(map(slide_type, cells)) else _by_headings
    sections, number = [], 0
    for column in columns(cells, reader, include_code):
        slides = []
        for blocks in column:
            number += 1
            notes = [block["notes"] for block in blocks if "notes" in block]
            body = [block for block in blocks if "notes" not in block]
            if len(body) == 1 and "exhibit" in body[0]:
                said = [token for text in notes for token in text]
                slide = _exhibit_slide(body[0]["exhibit"], said)
            else:
                slide = _cells_slide(f"slide-{number}", body)
                slide.notes = notes
            slide.heading = slide.heading or read_line(f"Slide {number}")
            slides.append(slide)
        sections.append(_Section(slides[0].plain_heading, slides))
    return sections


_Columns = list[list[list[dict[str, Any]]]]  # of slides of blocks


def _by_metadata(cells: list[NotebookNode], reader: Reader, include_code: bool) -> _Columns:
    """ "slide" opens a column, "subslide" a slide in it."""
    columns: _Columns = []
    for cell in cells:
        kind = slide_type(cell)
        blocks = _blocks(cell, reader, include_code)
        if kind == "skip" or not blocks:
            continue
        if kind == "notes":
            blocks = [{"notes": reader.read(cell.source)}]
        elif kind == "fragment":
            blocks = [block | {"fragment": True} for block in blocks]
        if kind == "slide" or not columns:
            columns.append([[]])
        elif kind == "subslide":
            columns[-1].append([])
        columns[-1][-1].extend(blocks)
    return columns


def _by_headings(cells: list[NotebookNode], reader: Reader, include_code: bool) -> _Columns:
    columns: _Columns = []
    for cell in cells:
        for block in _blocks(cell, reader, include_code):
            parts = _split(block["text"]) if "text" in block else [block]
            for part in parts:
                if not columns or ("text" in part and _opens(part["text"][0])):
                    columns.append([[]])
                columns[-1][-1].append(part)
    return columns


def _split(text: Text) -> list[dict[str, Any]]:
    """A cell's text, cut before each heading of level 1 or 2."""
    parts: list[Text] = [[]]
    for token in text:
        if parts[-1] and _opens(token):
            parts.append([])
        parts[-1].append(token)
    return [{"text": part} for part in parts]


def _opens(token: Token) -> bool:
    return token.type == "heading_open" and token.tag in ("h1", "h2") and token.level == 0


def _blocks(cell: NotebookNode, reader: Reader, include_code: bool) -> list[dict[str, Any]]:
    if cell.cell_type == "markdown":
        text = reader.read(cell.source)
        return [{"text": text}] if text else []
    if cell.cell_type != "code":
        return []
    code = [{"source": cell.source}] if include_code and cell.source.strip() else []
    outputs = [_output(output, reader) for output in cell.get("outputs", [])]
    return code + [output for output in outputs if output]


def _output(output: NotebookNode, reader: Reader) -> dict[str, Any]:
    """What a slide shows of an output; nothing if it shows nothing."""
    data = output.get("data", {})
    if RESULTS_MIME in data:
        return {}
    if EXHIBIT_MIME in data:
        return {"exhibit": data[EXHIBIT_MIME]}
    if "text/markdown" in data and not html_of(output):
        return {"text": reader.read(data["text/markdown"])}
    markup = shown(output)
    return {"output": markup} if markup else {}


def _cells_slide(slide_id: str, blocks: list[dict[str, Any]]) -> _Slide:
    """A slide of blocks; a heading that opens the first of them becomes the slide's own."""
    slide = _Slide(slide_id, blocks=blocks)
    first = blocks[0].get("text", []) if blocks else []
    if first and first[0].type == "heading_open":
        slide.heading, rest = first[:3], first[3:]
        slide.blocks = [*([blocks[0] | {"text": rest}] if rest else []), *blocks[1:]]
    return slide


def stage_note(exhibit: dict[str, Any]) -> str:
    """As many whole sentences of the note as there is room for: what the marks mean comes first."""
    return first_sentences(exhibit.get("note", ""), _STAGE_NOTE)


def stage_credits(exhibit: dict[str, Any]) -> str:
    """As many credits as a line holds, and how many more the report names."""
    named = credits(exhibit)
    for count in range(len(named), 0, -1):
        more = len(named) - count
        line = "; ".join(named[:count]) + (f"; and {more} more in the report" if more else "")
        if len(line) <= _CREDITS_LENGTH:
            return line
    return f"{len(named)} sources, named in the report" if named else ""


def stage_table(table: dict[str, Any]) -> dict[str, Any]:
    """The rows of a table that a slide has room for; columns' widths in percent, rows left out."""
    names = [column["name"] for column in table["columns"]]
    weights = column_widths([names, *table["rows"]], _TABLE_WIDTH, 3, _LONGEST_CELL)
    if not weights:  # words break, wherever their columns are too narrow
        columns = list(zip(names, *table["rows"], strict=True))
        weights = [min(max(map(len, column)), _LONGEST_CELL) + 3 for column in columns]
    share = [weight / sum(weights) for weight in weights]
    rows: list[list[str]] = []
    lines = 0
    for row in table["rows"]:
        lines += max(
            -(-len(cell) // max(int(part * _TABLE_WIDTH) - 3, 1))
            for cell, part in zip(row, share, strict=True)
        )
        if lines > _TABLE_LINES:
            break
        rows.append(row)
    return {
        "columns": table["columns"],
        "widths": [round(100 * part, 2) for part in share],
        "rows": rows,
        "left_out": len(table["rows"]) - len(rows),
    }
