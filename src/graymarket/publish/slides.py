"""An nbconvert exporter: any notebook → reveal.js slides in one HTML file that needs no network."""

import re
from dataclasses import dataclass, field
from importlib import resources as packaged

from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import Bool, default

from graymarket.palette import css_variables
from graymarket.publish.assemble import slide_type, without_links
from graymarket.publish.cells import cell_text, first_sentences, for_stage
from graymarket.publish.citing import credit_line, credits, how_to_cite
from graymarket.publish.fonts import face_css
from graymarket.publish.html import TEMPLATES, prose, themed
from graymarket.publish.payloads import EXHIBIT_MIME, RESULTS_MIME
from graymarket.publish.problems import PublishError

_HEADING = re.compile(r"^#{1,2} +(?P<words>.+?)[ #]*$")
_FENCE = re.compile(r"^ {0,3}(```|~~~)")
_STAGE_NOTE = 165  # letters of an exhibit’s note: a line
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")

_CREDITS_LENGTH = 150  # characters of credits that one line at a slide's foot holds
_TABLE_WIDTH = 130  # characters in a line of a table as wide as a slide
_TABLE_LINES = 14  # lines that a slide has room for, the head's aside
_LONGEST_CELL = 60  # characters: a longer cell wraps rather than widen its column


@dataclass
class _Slide:
    """One slide: an exhibit, or blocks (a cell's markdown, source or output each)."""

    id: str
    kind: str = "cells"
    heading: str = ""
    exhibit: dict | None = None
    blocks: list[dict] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    number: int = 0

    @property
    def plain_heading(self) -> str:
        """The heading's words, for places that hold no markup."""
        return re.sub(r"[*_`]", "", without_links(self.heading))


@dataclass
class _Section:
    """Slides that belong together; the list of sections names it."""

    title: str
    slides: list[_Slide]


class ReportSlidesExporter(TemplateExporter):
    """One self-contained slide deck: list of sections, speaker notes, print view; zero requests.

    An assembled report gives the slides that its chapters marked. Any other notebook gives those
    of Jupyter's slideshow metadata or, without any, a slide for each heading of level 1 or 2.
    """

    export_from_notebook = "Gray phones report (slides)"
    file_extension = ".html"
    output_mimetype = "text/html"

    include_code = Bool(False, help="Show the code cells too.").tag(config=True)

    @default("template_name")
    def _template_name(self):
        return "slides"

    @default("extra_template_basedirs")
    def _template_folders(self):
        return [str(TEMPLATES)]

    def default_filters(self):
        yield from super().default_filters()
        yield "prose", prose
        yield "inline_prose", lambda text: re.sub(r"^<p>|</p>\s*$", "", prose(text).strip())
        yield "without_links", without_links
        yield "themed", themed
        yield "cell_text", cell_text
        yield "stage_credits", stage_credits
        yield "stage_note", stage_note
        yield "stage_table", stage_table

    def from_notebook_node(self, nb, resources=None, **kwargs):
        report = nb.metadata.get("report", {})
        if "slides" in report:
            sections = _of_report(report)
        else:
            sections = _of_cells(nb.cells, self.include_code)
        slides = [slide for section in sections for slide in section.slides]
        for number, slide in enumerate(slides, start=1):
            slide.number = number
        deck = {"sections": sections, "count": len(slides)}
        if "slides" in report:
            deck["cite"] = how_to_cite(report)
        return super().from_notebook_node(nb, {**(resources or {}), "deck": deck}, **kwargs)

    def _init_resources(self, resources):
        resources = super()._init_resources(resources)
        own = TEMPLATES / "slides"
        css = (own / "slides.css").read_text(encoding="utf-8")
        resources["slides_css"] = face_css() + css_variables() + css
        resources["slides_js"] = (own / "slides.js").read_text(encoding="utf-8")
        resources["reveal_css"] = _reveal("dist/reveal.css")
        resources["reveal_js"] = _inside_script(_reveal("dist/reveal.js"))
        resources["notes_js"] = _inside_script(_reveal("dist/plugin/notes.js"))
        resources["reveal_licence"] = _reveal("LICENSE")
        resources["exhibit_mime"], resources["results_mime"] = EXHIBIT_MIME, RESULTS_MIME
        return resources


def _reveal(name: str) -> str:
    """A file of reveal.js, as the installed package pyreveal holds it."""
    path = packaged.files("pyreveal").joinpath("revealjs", name)
    if not path.is_file():
        raise PublishError([f"{path}: expected this file of reveal.js in the package pyreveal"])
    return path.read_text(encoding="utf-8")


def _inside_script(code: str) -> str:
    """Code that holds pages of its own, so written that none of them ends or nests a script."""
    return re.sub(r"<(?=/?script|!--)", r"\\x3c", code, flags=re.IGNORECASE)


def _of_report(report: dict) -> list[_Section]:
    """Title, a section for each chapter that has slides, closing."""
    exhibits = {exhibit["id"]: exhibit for exhibit in report["exhibits"]}
    _refuse_unknown(report["slides"], exhibits)
    sections = [_Section(report["title"], [_title_slide(report)])]
    for chapter in report["chapters"]:
        slides = [
            _exhibit_slide(exhibits[slide["exhibit"]], slide["notes"])
            if slide["exhibit"]
            else _text_slide(f"{chapter['id']}-text-{place}", slide)
            for place, slide in enumerate(report["slides"], start=1)
            if slide["chapter"] == chapter["id"]
        ]
        if slides:
            sections.append(_Section(chapter["title"], slides))
    closing = _Slide("closing", "closing", "Read it, check it, cite it")
    return [*sections, _Section(closing.heading, [closing])]


def _refuse_unknown(slides: list[dict], exhibits: dict) -> None:
    problems = [
        f"slides.html: slide {place} shows {slide['exhibit']!r}, expected the id of an exhibit"
        for place, slide in enumerate(slides, start=1)
        if slide["exhibit"] and slide["exhibit"] not in exhibits
    ]
    if problems:
        raise PublishError(problems)


def _title_slide(report: dict) -> _Slide:
    """The first chapter's title is the message; without chapters, the report's own."""
    first = next(iter(report["chapters"]), {"title": report["title"], "deck": ""})
    deck = [{"markdown": without_links(first["deck"])}] if first["deck"] else []
    return _Slide("title", "title", first["title"], blocks=deck)


def _text_slide(slide_id: str, slide: dict) -> _Slide:
    text, notes = for_stage(without_links(slide["text"]), without_links(slide["notes"]))
    made = _cells_slide(slide_id, [{"markdown": text}])
    made.kind, made.notes = "text", [notes]
    return made


def _exhibit_slide(exhibit: dict, notes: str) -> _Slide:
    """What is said, what is shown, what to beware of, and from where: all in the notes."""
    named = credit_line(exhibit)
    parts = [
        without_links(notes),
        f"**Shown:** {exhibit['subtitle']}.",
        f"**Note:** {exhibit['note']}" if exhibit["note"] else "",
        f"**Sources:** {named}." if named else "",
    ]
    return _Slide(
        exhibit["id"], "exhibit", exhibit["title"], exhibit, notes=[p for p in parts if p]
    )


def _of_cells(cells: list[NotebookNode], include_code: bool) -> list[_Section]:
    """Any notebook's slides, by Jupyter's slideshow metadata or else by headings."""
    marked = any(slide_type(cell) for cell in cells)
    columns = _by_metadata(cells, include_code) if marked else _by_headings(cells, include_code)
    sections, number = [], 0
    for column in columns:
        slides = []
        for blocks in column:
            number += 1
            notes = [block["notes"] for block in blocks if "notes" in block]
            shown = [block for block in blocks if "notes" not in block]
            if len(shown) == 1 and "exhibit" in shown[0]:
                slide = _exhibit_slide(shown[0]["exhibit"], "\n\n".join(notes))
            else:
                slide = _cells_slide(f"slide-{number}", shown)
                slide.notes = notes
            slide.heading = slide.heading or f"Slide {number}"
            slides.append(slide)
        sections.append(_Section(slides[0].plain_heading, slides))
    return sections


def _by_metadata(cells: list[NotebookNode], include_code: bool) -> list[list[list[dict]]]:
    """Columns of slides of blocks: "slide" opens a column, "subslide" a slide in it."""
    columns = []
    for cell in cells:
        kind = slide_type(cell)
        blocks = _blocks(cell, include_code)
        if kind == "skip" or not blocks:
            continue
        if kind == "notes":
            blocks = [{"notes": cell.source}]
        elif kind == "fragment":
            blocks = [block | {"fragment": True} for block in blocks]
        if kind == "slide" or not columns:
            columns.append([[]])
        elif kind == "subslide":
            columns[-1].append([])
        columns[-1][-1].extend(blocks)
    return columns


def _by_headings(cells: list[NotebookNode], include_code: bool) -> list[list[list[dict]]]:
    columns = []
    for cell in cells:
        for block in _blocks(cell, include_code):
            parts = _split(block["markdown"]) if "markdown" in block else [block]
            for part in parts:
                starts = "markdown" in part and _HEADING.match(part["markdown"].split("\n")[0])
                if starts or not columns:
                    columns.append([[]])
                columns[-1][-1].append(part)
    return columns


def _split(markdown: str) -> list[dict]:
    """A cell's text, cut before each heading of level 1 or 2 that is no line of code."""
    parts, in_code = [[]], False
    for line in markdown.strip().split("\n"):
        in_code ^= bool(_FENCE.match(line))
        if parts[-1] and not in_code and _HEADING.match(line):
            parts.append([])
        parts[-1].append(line)
    return [{"markdown": "\n".join(part).strip()} for part in parts]


def _blocks(cell: NotebookNode, include_code: bool) -> list[dict]:
    if cell.cell_type == "markdown":
        return [{"markdown": cell.source}] if cell.source.strip() else []
    if cell.cell_type != "code":
        return []
    code = [{"source": cell.source}] if include_code and cell.source.strip() else []
    outputs = [_output(output, cell) for output in cell.get("outputs", [])]
    return code + [output for output in outputs if output]


def _output(output: NotebookNode, cell: NotebookNode) -> dict | None:
    """An output in the form that says most and is safe to show; None if it shows nothing."""
    data = output.get("data", {})
    if RESULTS_MIME in data:
        return None
    if EXHIBIT_MIME in data:
        return {"exhibit": data[EXHIBIT_MIME]}
    picture = next((mime for mime in _PICTURES if mime in data), None)
    if picture:
        about = output.get("metadata", {})
        alt = about.get(picture, {}).get("alt") or about.get("alt") or cell.metadata.get("alt", "")
        encoded = re.sub(r"\s", "", data[picture])
        return {"picture": f"data:{picture};base64,{encoded}", "alt": alt}
    for mime in ("text/markdown", "text/latex"):
        if mime in data:
            return {"markdown": data[mime]}
    text = data.get("text/plain") or output.get("text", "") or _error(output)
    return {"output": text} if text.strip() else None


def _error(output: NotebookNode) -> str:
    return f"{output.ename}: {output.evalue}" if output.output_type == "error" else ""


def _cells_slide(slide_id: str, blocks: list[dict]) -> _Slide:
    """A slide of blocks; a heading that opens the first of them becomes the slide's own."""
    slide = _Slide(slide_id, blocks=blocks)
    first, _, rest = (blocks[0].get("markdown", "") if blocks else "").strip().partition("\n")
    heading = re.match(r"#{1,6} +(?P<words>.+?)[ #]*$", first)
    if heading:
        slide.heading = heading["words"]
        slide.blocks = [blocks[0] | {"markdown": rest.strip()}] if rest.strip() else []
        slide.blocks += blocks[1:]
    return slide


def stage_note(exhibit: dict) -> str:
    """As many whole sentences of the note as there is room for: what the marks mean comes first."""
    return first_sentences(exhibit.get("note", ""), _STAGE_NOTE)


def stage_credits(exhibit: dict) -> str:
    """As many credits as a line holds, and how many more the report names."""
    named = credits(exhibit)
    for shown in range(len(named), 0, -1):
        more = len(named) - shown
        line = "; ".join(named[:shown]) + (f"; and {more} more in the report" if more else "")
        if len(line) <= _CREDITS_LENGTH:
            return line
    return f"{len(named)} sources, named in the report" if named else ""


def stage_table(table: dict) -> dict:
    """The rows of a table that a slide has room for; columns' widths in percent, rows left out."""
    columns = list(zip(table["columns"], *table["rows"], strict=True))
    longest = [max(len(cell_text(cell)) for cell in column) for column in columns]
    weights = [min(length, _LONGEST_CELL) + 3 for length in longest]
    share = [weight / sum(weights) for weight in weights]
    rows, lines = [], 0
    for row in table["rows"]:
        lines += max(
            -(-len(cell_text(cell)) // max(int(part * _TABLE_WIDTH) - 3, 1))
            for cell, part in zip(row, share, strict=True)
        )
        if lines > _TABLE_LINES:
            break
        rows.append(row)
    return {
        "columns": table["columns"],
        "numeric": table["numeric"],
        "widths": [round(100 * part, 2) for part in share],
        "rows": rows,
        "left_out": len(table["rows"]) - len(rows),
    }
