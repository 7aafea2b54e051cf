"""The report’s slides as a PowerPoint file: charts to edit where they tell all, speaker notes."""

import io
import re
import tempfile
import textwrap
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from graymarket.publish.citation import credit_line, how_to_cite, publishers
from graymarket.publish.markdown import Block, Run, blocks, read, read_line, words
from graymarket.publish.office_charts import add_native_chart
from graymarket.publish.office_tables import add_table
from graymarket.publish.office_theme import (
    COLUMNS,
    CONTENT,
    FOOTER,
    NUMBER,
    SOURCE,
    SUBTITLE,
    Area,
    area_of,
    empty_deck,
    layout,
)
from graymarket.publish.payloads import Payload
from graymarket.publish.text import first_sentences, for_stage
from graymarket.publish.typesetting import compile_pictures, condensed

_PICTURE_PPI = 288  # of a picture 7.2 inches wide: twice the pixels of a 1040-pixel-wide image
_FOOT_LETTERS = 400  # what three lines at the foot of a slide hold, in a wider font too
_SOURCE_LETTERS = 190
_DECK_LETTERS = 460  # of a chapter's deck on its slide; the rest is in its notes
_SHORT_TITLE = 54  # letters of a title that stays on one line, in a wider font too
_SECTION_TITLE = 40
_SHORT_SUBTITLE = 95  # letters; a longer one is set smaller to stay on its line
_SMALL_SUBTITLE = Pt(13)
_SMALL_POINT, _POINT_INDENT = Pt(16), Inches(0.35)
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold
_COLUMN_LAYOUTS = {2: "Two-up", 3: "Three-up"}

Runs = Sequence[Run]


def powerpoint(report: Payload) -> bytes:
    """A deck of `report["slides"]`: title, the first chapter's message, a section of slides for
    each chapter shown, closing.

    Same report, same bytes. Raises PublishError for an exhibit that cannot be drawn.
    """
    deck = empty_deck()
    exhibits = {exhibit["id"]: exhibit for exhibit in report["exhibits"]}
    chapters = {chapter["id"]: chapter for chapter in report["chapters"]}
    sections = [(report["title"], [_title_slide(deck, report)])]
    if report["slides"]:
        message = _section_slide(deck, chapters[report["slides"][0]["chapter"]])
        sections[0][1].append(message)
    shown = ""
    for entry in report["slides"]:
        chapter = chapters[entry["chapter"]]
        if chapter["id"] != shown:
            shown = chapter["id"]
            sections.append((words(read_line(chapter["title"])), []))
        if entry["exhibit"]:
            slide = _exhibit_slide(deck, exhibits[entry["exhibit"]], entry["notes"])
        else:
            slide = _text_slide(deck, entry, chapter)
        sections[-1][1].append(slide)
    sections.append(("How to cite", [_closing_slide(deck, report)]))
    for slide in deck.slides:
        _finish(slide, f"{report['title']} · Edition {report['edition']}")
        _set_language(slide, report["language"])
    _name_sections(deck, sections)
    _set_properties(deck, report)
    buffer = io.BytesIO()
    deck.save(buffer)
    return _same_bytes(buffer.getvalue(), report["date"])


def _new_slide(deck: Deck, name: str) -> Slide:
    slide: Slide = deck.slides.add_slide(layout(deck, name))
    return slide


def _title_slide(deck: Deck, report: Payload) -> Slide:
    slide = _new_slide(deck, "Title")
    _write(slide.shapes.title, [_plain(report["title"])])
    subtitle = [_plain(report["subtitle"]), _plain(f"Edition {report['edition']}")]
    _write(_at(slide, SUBTITLE), subtitle)
    return slide


def _section_slide(deck: Deck, chapter: Payload) -> Slide:
    slide = _new_slide(deck, "Section")
    _write_title(slide, words(read_line(chapter["title"])), _SECTION_TITLE)
    text = words(read_line(chapter["deck"]))
    _write(_at(slide, SUBTITLE), [_plain(first_sentences(text, _DECK_LETTERS) or text)])
    if len(text) > _DECK_LETTERS:
        _add_notes(slide, [_plain(text)])
    return slide


def _closing_slide(deck: Deck, report: Payload) -> Slide:
    slide = _new_slide(deck, "Closing")
    _write(slide.shapes.title, [_plain("How to cite, and what it rests on")])
    lines = [_labelled("Cite as", how_to_cite(report))]
    if report.get("fingerprint"):
        lines.append(_labelled("Fingerprint", report["fingerprint"][:12]))
    _write(_at(slide, CONTENT), [*lines, *map(_plain, report.get("credits", []))])
    return slide


def _exhibit_slide(deck: Deck, exhibit: Payload, notes: str) -> Slide:
    short = len(exhibit["title"]) <= _SHORT_TITLE
    name = "Exhibit, short title" if short else "Exhibit"
    slide = _new_slide(deck, name)
    _write_title(slide, exhibit["title"])
    subtitle = f"Exhibit {exhibit['number']}. {exhibit['subtitle']}"
    _write(_at(slide, SUBTITLE), [_plain(subtitle)])
    if len(subtitle) > _SHORT_SUBTITLE:
        _at(slide, SUBTITLE).text_frame.paragraphs[0].runs[0].font.size = _SMALL_SUBTITLE
    placeholder = _at(slide, CONTENT)._element
    shown, alt, left_out = _shown(slide, exhibit, area_of(layout(deck, name), CONTENT))
    _take_place(placeholder, shown, CONTENT)
    properties = shown._element.xpath(".//p:cNvPr")[0]
    properties.set("name", f"Exhibit {exhibit['number']}")
    properties.set("descr", alt)
    properties.set("title", exhibit["title"])
    note = f"{left_out} {exhibit['note']}".strip()
    _write(_at(slide, SOURCE), [_plain(_foot(exhibit, f"Note: {note}" if note else ""))])
    _add_notes(slide, [*_paragraphs(blocks(read(notes))), *_about(exhibit)])
    return slide


def _shown(slide: Slide, exhibit: Payload, area: Area) -> tuple[Any, str, str]:
    """The exhibit's shape, its alt text, and what the slide says of rows left out, "" if none."""
    if exhibit["native"]:
        return add_native_chart(slide, exhibit["native"], area), _alt_of_native(exhibit), ""
    if exhibit["stage_svg"]:
        return _add_picture(slide, exhibit["stage_svg"], area), exhibit["alt"], ""
    frame, left_out = add_table(slide, exhibit["table"], area)
    rows = len(exhibit["table"]["rows"])
    words = f"{left_out} more of {rows} rows in the workbook." if left_out else ""
    return frame, exhibit["alt"], words


def _alt_of_native(exhibit: Payload) -> str:
    """The exhibit's alt text, which begins with the kind of chart, for the chart drawn here."""
    kind = {"line": "Line chart", "bar": "Bar chart"}[exhibit["native"]["kind"]]
    _, of, rest = exhibit["alt"].partition(" of ")
    return f"{kind}{of}{rest}" if of else str(exhibit["alt"])


def _add_picture(slide: Slide, svg: str, area: Area) -> Any:
    """The chart as a picture, as large as its place allows."""
    left, top, width, height = area
    picture = slide.shapes.add_picture(io.BytesIO(_png(svg)), left, top)
    scale = min(width / picture.width, height / picture.height)
    picture.width = Emu(int(picture.width * scale))
    picture.height = Emu(int(picture.height * scale))
    return picture


def _png(svg: str) -> bytes:
    """The chart at its own size on white, by the typesetter that the PDF uses."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "picture.svg").write_text(condensed(svg), encoding="utf-8")
        page = '#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")'
        return compile_pictures(page, Path(folder), "slides.pptx", _PICTURE_PPI)[0]


def _take_place(placeholder: Any, shape: Any, idx: int) -> None:
    """Make the shape fill the placeholder, and stand where it stood in the reading order."""
    shape._element.xpath(".//p:nvPr")[0].insert(0, parse_xml(f'<p:ph {nsdecls("p")} idx="{idx}"/>'))
    placeholder.getparent().replace(placeholder, shape._element)


def _foot(exhibit: Payload, note: str) -> str:
    """Source and note; a note with keys to the marks has more need of the room than credits."""
    source = f"Source: {credit_line(exhibit)}." if exhibit["sources"] else ""
    if len(source) > _SOURCE_LETTERS or len(source) + len(note) > _FOOT_LETTERS:
        counted = f"Sources: {len(publishers(exhibit))}, named in the notes to this slide."
        source = min(source, counted, key=len)
    return f"{source} {_shortened(note, _FOOT_LETTERS - len(source))}".strip()


def _shortened(note: str, room: int) -> str:
    """The note, or as many of its sentences as there is room for."""
    if len(note) <= room:
        return note
    more = "More in the notes to this slide."
    return f"{first_sentences(note, room - len(more))} {more}".strip()


def _about(exhibit: Payload) -> list[Runs]:
    """Note and source of an exhibit, whole: the slide may have no room for them."""
    lines = [("Note:", exhibit["note"])] if exhibit["note"] else []
    if exhibit["sources"]:
        lines.append(("Source:", f"{credit_line(exhibit)}."))
    return [_labelled(label, text) for label, text in lines]


def _add_notes(slide: Slide, paragraphs: list[Runs]) -> None:
    if paragraphs:
        _write(slide.notes_slide.notes_placeholder, paragraphs)


def _text_slide(deck: Deck, entry: Payload, chapter: Payload) -> Slide:
    """A slide of words: up to three points side by side, or paragraphs."""
    text, notes = (blocks(part) for part in for_stage(read(entry["text"]), read(entry["notes"])))
    headings = [block for block in text if block.kind == "heading"]
    points = [block for block in text if block.kind == "point"]
    rest = _paragraphs(block for block in text if block not in (*headings[:1], *points))
    name = _COLUMN_LAYOUTS.get(len(points), "Text")
    slide = _new_slide(deck, name)
    _write_title(slide, headings[0].text if headings else words(read_line(chapter["title"])))
    if name == "Text":
        _write(_at(slide, CONTENT), [*(point.runs for point in points), *rest])
        if len(points) > max(_COLUMN_LAYOUTS):
            _list(_at(slide, CONTENT).text_frame.paragraphs, points)
    else:
        for idx, point in zip(COLUMNS, points, strict=False):
            _write(_at(slide, idx), _lead_apart(point))
        _write(_at(slide, SOURCE), rest)
    _add_notes(slide, _paragraphs(notes))
    return slide


def _list(paragraphs: Iterable[Any], points: list[Block]) -> None:
    """Many points in smaller letters, each with its number or dot set apart."""
    for paragraph, point in zip(paragraphs, points, strict=False):
        paragraph.font.size = _SMALL_POINT
        properties = paragraph._p.get_or_add_pPr()
        properties.set("marL", str(_POINT_INDENT))
        properties.set("indent", str(-_POINT_INDENT))
        kind = 'buAutoNum {} type="arabicPeriod"' if point.number else 'buChar {} char="•"'
        mark = parse_xml(f"<a:{kind.format(nsdecls('a'))}/>")
        properties.insert_element_before(mark, "a:defRPr")


def _paragraphs(text: Iterable[Block]) -> list[Runs]:
    """A paragraph a block; of a table one a row."""
    paragraphs: list[Runs] = []
    for block in text:
        rows = [_plain(" | ".join(_text(cell) for cell in row)) for row in block.rows]
        paragraphs += rows or [block.runs]
    return paragraphs


def _text(runs: Runs) -> str:
    return "".join(run.text for run in runs)


def _lead_apart(point: Block) -> list[Runs]:
    """A point that begins in bold: the bold words as a line of their own."""
    lead = point.bold_lead
    rest = point.runs[len(lead) :]
    if not lead or not rest:
        return [point.runs]
    first = Run(rest[0].text.lstrip(), rest[0].bold, rest[0].italic)
    return [lead, (first, *rest[1:])]


def _plain(text: str) -> Runs:
    """Words as they are: what comes from data is no Markdown."""
    return (Run(text),) if text else ()


def _labelled(label: str, text: str) -> Runs:
    return (Run(f"{label} ", bold=True), Run(text))


def _at(slide: Slide, idx: int) -> Any:
    return next(shape for shape in slide.placeholders if shape.placeholder_format.idx == idx)


def _write(shape: Any, paragraphs: Sequence[Runs]) -> None:
    """Paragraphs as text; a placeholder that would stay empty goes."""
    if not any(paragraphs):
        shape._element.getparent().remove(shape._element)
        return
    frame = shape.text_frame
    for i, runs in enumerate(filter(None, paragraphs)):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        for run in runs:
            written = paragraph.add_run()
            written.text = run.text
            written.font.bold, written.font.italic = run.bold or None, run.italic or None


def _write_title(slide: Slide, title: str, letters: int = _SHORT_TITLE) -> None:
    """A title; if it takes several lines, then lines of like length, in whatever font."""
    count = len(textwrap.wrap(title, letters, break_on_hyphens=False))
    lines = next(
        lines
        for width in range(max(len(title) // max(count, 1), 1), len(title) + 2)
        if len(lines := textwrap.wrap(title, width, break_on_hyphens=False)) <= count
    )
    shape: Any = slide.shapes.title
    shape.text_frame.text = "\v".join(lines)


def _set_language(slide: Slide, language: str) -> None:
    """Say the language of every run, of notes, tables and charts too."""
    parts = [slide.element]
    if slide.has_notes_slide:
        parts.append(slide.notes_slide.element)
    shapes: Any = slide.shapes
    charts = [shape.chart._chartSpace for shape in shapes if shape.has_chart]
    for element in parts:
        for run in element.xpath(".//a:r | .//a:fld"):
            run.get_or_add_rPr().set("lang", language)
    for chart in charts:
        for said in chart.xpath(".//c:lang"):
            said.set("val", language)
        for end in chart.xpath(".//a:endParaRPr"):
            end.set("lang", language)


def _finish(slide: Slide, footer: str) -> None:
    """Foot and number, which a new slide does not take over from its layout by itself."""
    tree = slide.shapes._spTree
    placeholders: Any = slide.slide_layout.placeholders
    for shape in placeholders:
        idx = shape.placeholder_format.idx
        if idx not in (FOOTER, NUMBER):
            continue
        element: Any = deepcopy(shape._element)
        element.spPr.clear()
        element.txBody.find("{*}lstStyle").clear()
        element.txBody.find("{*}bodyPr").clear()
        element.txBody.find("{*}bodyPr").attrib.clear()
        properties = element.xpath(".//p:cNvPr")[0]
        properties.set("id", str(max(int(n) for n in tree.xpath(".//p:cNvPr/@id")) + 1))
        for text in element.xpath(".//a:t") if idx == FOOTER else []:
            text.text = footer
        tree.append(element)


def _name_sections(deck: Deck, sections: list[tuple[str, list[Slide]]]) -> None:
    """PowerPoint's own sections, to jump and to hide by."""
    listed = ""
    for i, (title, slides) in enumerate(sections):
        identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{i} {title}")).upper()
        ids = "".join(f'<p14:sldId id="{slide.slide_id}"/>' for slide in slides)
        name = escape(title)
        listed += (
            f'<p14:section name="{name}" id="{{{identity}}}">'
            f"<p14:sldIdLst>{ids}</p14:sldIdLst></p14:section>"
        )
    presentation = deck.element
    for old in presentation.findall("{*}extLst"):
        presentation.remove(old)
    presentation.append(
        parse_xml(
            f"<p:extLst {nsdecls('p')}>"
            f'<p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst '
            f'xmlns:p14="http://schemas.microsoft.com/office/powerpoint/2010/main">{listed}'
            f"</p14:sectionLst></p:ext></p:extLst>"
        )
    )


def _set_properties(deck: Deck, report: Payload) -> None:
    day = datetime.fromisoformat(report["date"])
    about = deck.core_properties
    about.title, about.subject = report["title"], report["subtitle"]
    about.author = about.last_modified_by = report["title"]
    about.created = about.modified = about.last_printed = day
    about.language, about.revision, about.version = report["language"], 1, report["edition"]
    about.keywords = about.comments = about.category = ""
    for part in deck.part.package.iter_parts():
        if part.partname == "/docProps/app.xml":
            part._blob = (
                '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns='
                '"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
                "<Application>python-pptx</Application>"
                "<PresentationFormat>Widescreen</PresentationFormat>"
                f"<Slides>{len(deck.slides)}</Slides></Properties>"
            ).encode()


def _same_bytes(package: bytes, day: str) -> bytes:
    """The same package with fixed times, in the workbooks inside it too."""
    source, target = zipfile.ZipFile(io.BytesIO(package)), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as fixed:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(".xlsx"):
                content = _same_bytes(content, day)
            elif name == "docProps/core.xml":
                content = re.sub(
                    rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*",
                    rf"\g<1>{day}T00:00:00Z".encode(),
                    content,
                )
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            fixed.writestr(entry, content)
    return target.getvalue()
