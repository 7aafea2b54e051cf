"""The report’s slides as a PowerPoint file: charts to edit where they tell all, speaker notes."""

import io
import re
import tempfile
import textwrap
import uuid
import zipfile
from copy import deepcopy
from datetime import datetime
from pathlib import Path

from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from graymarket.publish.assemble import without_links
from graymarket.publish.cells import first_sentences, for_stage
from graymarket.publish.citing import credit_line, how_to_cite, publishers
from graymarket.publish.office_charts import add_native_chart
from graymarket.publish.office_tables import add_table
from graymarket.publish.office_theme import (
    COLUMNS,
    CONTENT,
    EXHIBIT_AREAS,
    FOOTER,
    NUMBER,
    SOURCE,
    SUBTITLE,
    empty_deck,
    layout,
)
from graymarket.publish.typesetting import compile_pictures, condensed

_LANGUAGE = "en-GB"
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


def powerpoint(report: dict) -> bytes:
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
            sections.append((chapter["title"], []))
        if entry["exhibit"]:
            slide = _exhibit_slide(deck, exhibits[entry["exhibit"]], entry["notes"])
        else:
            slide = _text_slide(deck, entry, chapter)
        sections[-1][1].append(slide)
    sections.append(("How to cite", [_closing_slide(deck, report)]))
    for slide in deck.slides:
        _finish(slide, f"{report['title']} · Edition {report['edition']}")
    _name_sections(deck, sections)
    _set_properties(deck, report)
    buffer = io.BytesIO()
    deck.save(buffer)
    return _same_bytes(buffer.getvalue(), report["date"])


def _title_slide(deck, report: dict) -> Slide:
    slide = deck.slides.add_slide(layout(deck, "Title"))
    _write(slide.shapes.title, [report["title"]])
    _write(_at(slide, SUBTITLE), [report["subtitle"], f"Edition {report['edition']}"])
    return slide


def _section_slide(deck, chapter: dict) -> Slide:
    slide = deck.slides.add_slide(layout(deck, "Section"))
    _write_title(slide, chapter["title"], _SECTION_TITLE)
    deck_text = _plain(chapter["deck"])
    _write(_at(slide, SUBTITLE), [first_sentences(deck_text, _DECK_LETTERS) or deck_text])
    if len(deck_text) > _DECK_LETTERS:
        _add_notes(slide, deck_text)
    return slide


def _closing_slide(deck, report: dict) -> Slide:
    slide = deck.slides.add_slide(layout(deck, "Closing"))
    _write(slide.shapes.title, ["How to cite, and what it rests on"])
    lines = [f"**Cite as** {how_to_cite(report)}"]
    if report.get("fingerprint"):
        lines.append(f"**Data state** {report['fingerprint'][:12]}")
    _write(_at(slide, CONTENT), [*lines, *report.get("credits", [])])
    return slide


def _exhibit_slide(deck, exhibit: dict, notes: str) -> Slide:
    name = "Exhibit, short title" if len(exhibit["title"]) <= _SHORT_TITLE else "Exhibit"
    slide, area = deck.slides.add_slide(layout(deck, name)), EXHIBIT_AREAS[name]
    _write_title(slide, exhibit["title"])
    subtitle = f"Exhibit {exhibit['number']}. {exhibit['subtitle']}"
    _write(_at(slide, SUBTITLE), [subtitle])
    if len(subtitle) > _SHORT_SUBTITLE:
        _at(slide, SUBTITLE).text_frame.paragraphs[0].runs[0].font.size = _SMALL_SUBTITLE
    placeholder = _at(slide, CONTENT)._element
    alt, note = exhibit["alt"], exhibit["note"]
    if exhibit["native"]:
        shown = add_native_chart(slide, exhibit, area)
        alt = _alt_of_native(exhibit)
    elif exhibit["stage_svg"]:
        shown = _add_picture(slide, exhibit["stage_svg"], area)
    else:
        shown, left_out = add_table(slide, exhibit["table"], area)
        if left_out:
            rows = len(exhibit["table"]["rows"])
            note = f"{left_out} more of {rows} rows in the workbook. {note}".strip()
    _take_place(placeholder, shown, CONTENT)
    properties = shown._element.xpath(".//p:cNvPr")[0]
    properties.set("name", f"Exhibit {exhibit['number']}")
    properties.set("descr", alt)
    properties.set("title", exhibit["title"])
    source = _source(exhibit)
    note = f"Note: {note}" if note else ""
    _write(_at(slide, SOURCE), [f"{source} {_shortened(note, _FOOT_LETTERS - len(source))}"])
    _add_notes(slide, notes, exhibit)
    return slide


def _alt_of_native(exhibit: dict) -> str:
    """The exhibit's alt text, which begins with the kind of chart, for the chart drawn here."""
    kind = {"line": "Line chart", "bar": "Bar chart"}[exhibit["native"]["kind"]]
    _, found, rest = exhibit["alt"].partition(" of ")
    return f"{kind}{found}{rest}" if found else exhibit["alt"]


def _add_picture(slide: Slide, svg: str, area: tuple):
    """The chart as a picture, as large as its place allows."""
    left, top, width, height = (Inches(value) for value in area)
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


def _take_place(placeholder, shape, idx: int) -> None:
    """Make the shape fill the placeholder, and stand where it stood in the reading order."""
    shape._element.xpath(".//p:nvPr")[0].insert(0, parse_xml(f'<p:ph {nsdecls("p")} idx="{idx}"/>'))
    placeholder.getparent().replace(placeholder, shape._element)


def _source(exhibit: dict) -> str:
    line = f"Source: {credit_line(exhibit)}."
    if len(line) > _SOURCE_LETTERS:
        return f"Sources: {len(publishers(exhibit))}, named in the notes to this slide."
    return line


def _shortened(note: str, room: int) -> str:
    """The note, or as many of its sentences as there is room for."""
    if len(note) <= room:
        return note
    more = "More in the notes to this slide."
    return f"{first_sentences(note, room - len(more))} {more}".strip()


def _add_notes(slide: Slide, notes: str, exhibit: dict | None = None) -> None:
    paragraphs = [p for p in notes.split("\n\n") if p.strip()]
    if exhibit and exhibit["note"]:
        paragraphs.append(f"**Note:** {exhibit['note']}")
    if exhibit and exhibit["sources"]:
        paragraphs.append(f"**Source:** {credit_line(exhibit)}.")
    if paragraphs:
        _write(slide.notes_slide.notes_placeholder, paragraphs)


def _text_slide(deck, entry: dict, chapter: dict) -> Slide:
    """A slide of words: up to three points side by side, or paragraphs."""
    text, notes = for_stage(entry["text"], entry["notes"])
    title, points, paragraphs = _blocks(text)
    name = _COLUMN_LAYOUTS.get(len(points), "Text")
    slide = deck.slides.add_slide(layout(deck, name))
    _write_title(slide, title or chapter["title"])
    if name == "Text":
        _write(_at(slide, CONTENT), [*points, *paragraphs])
        if len(points) > max(_COLUMN_LAYOUTS):
            _number(_at(slide, CONTENT).text_frame.paragraphs[: len(points)])
    else:
        for idx, point in zip(COLUMNS, points, strict=False):
            _write(_at(slide, idx), _lead_apart(point))
        _write(_at(slide, SOURCE), paragraphs)
    _add_notes(slide, notes)
    return slide


def _number(paragraphs) -> None:
    """Many points in smaller letters, each with its number set apart."""
    for paragraph in paragraphs:
        paragraph.font.size = _SMALL_POINT
        properties = paragraph._p.get_or_add_pPr()
        properties.set("marL", str(_POINT_INDENT))
        properties.set("indent", str(-_POINT_INDENT))
        properties.insert_element_before(
            parse_xml(f'<a:buAutoNum {nsdecls("a")} type="arabicPeriod"/>'), "a:defRPr"
        )


def _blocks(text: str) -> tuple[str, list[str], list[str]]:
    """Markdown → its heading, the points of its lists, its paragraphs."""
    title, points, paragraphs = "", [], []
    for block in re.split(r"\n\s*\n|\n(?=[-*] |\d+\. )", text.strip()):
        heading = re.match(r"#+ +(.*)", block)
        point = re.match(r"(?:[-*]|\d+\.) +(.*)", block, re.DOTALL)
        if heading and not title:
            title = heading[1]
        elif point:
            points.append(point[1])
        elif block.strip():
            paragraphs.append(block)
    return title, points, paragraphs


def _lead_apart(point: str) -> list[str]:
    """A point that begins in bold: the bold words as a line of their own."""
    lead = re.match(r"(\*\*.+?\*\*)\s*(.*)", point, re.DOTALL)
    return [part for part in lead.groups() if part] if lead else [point]


def _at(slide: Slide, idx: int):
    return next(shape for shape in slide.placeholders if shape.placeholder_format.idx == idx)


def _write(shape, paragraphs: list[str]) -> None:
    """Paragraphs of simple Markdown as text; a placeholder that would stay empty goes."""
    if not any(paragraphs):
        shape._element.getparent().remove(shape._element)
        return
    frame = shape.text_frame
    for i, text in enumerate(p for p in paragraphs if p):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        for words, bold, italic in _runs(text):
            run = paragraph.add_run()
            run.text = words
            run._r.get_or_add_rPr().set("lang", _LANGUAGE)
            run.font.bold, run.font.italic = bold or None, italic or None


def _write_title(slide: Slide, title: str, letters: int = _SHORT_TITLE) -> None:
    """A title; if it takes several lines, then lines of like length, in whatever font."""
    plain = "".join(words for words, _, _ in _runs(title))
    count = len(textwrap.wrap(plain, letters, break_on_hyphens=False))
    lines = next(
        lines
        for width in range(len(plain) // count, len(plain) + 1)
        if len(lines := textwrap.wrap(plain, width, break_on_hyphens=False)) <= count
    )
    slide.shapes.title.text_frame.text = "\v".join(lines)
    for properties in slide.shapes.title._element.xpath(".//a:r"):
        properties.get_or_add_rPr().set("lang", _LANGUAGE)


def _plain(markdown: str) -> str:
    """Markdown on one line, its links as words alone."""
    return " ".join(re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", without_links(markdown)).split())


def _runs(markdown: str):
    """Simple Markdown as (words, bold, italic)."""
    for part in re.split(r"(\*\*.+?\*\*|\*[^*]+\*)", _plain(markdown).replace("`", "")):
        if part.startswith("**") and part.endswith("**") and len(part) > 4:
            yield part[2:-2], True, False
        elif part.startswith("*") and part.endswith("*") and len(part) > 2:
            yield part[1:-1], False, True
        elif part:
            yield part, False, False


def _finish(slide: Slide, footer: str) -> None:
    """Foot and number, which a new slide does not take over from its layout by itself."""
    tree = slide.shapes._spTree
    for shape in slide.slide_layout.placeholders:
        idx = shape.placeholder_format.idx
        if idx not in (FOOTER, NUMBER):
            continue
        element = deepcopy(shape._element)
        element.spPr.clear()
        element.txBody.find("{*}lstStyle").clear()
        element.txBody.find("{*}bodyPr").clear()
        element.txBody.find("{*}bodyPr").attrib.clear()
        properties = element.xpath(".//p:cNvPr")[0]
        properties.set("id", str(max(int(n) for n in tree.xpath(".//p:cNvPr/@id")) + 1))
        for text in element.xpath(".//a:t") if idx == FOOTER else []:
            text.text = footer
        tree.append(element)


def _name_sections(deck, sections: list[tuple[str, list[Slide]]]) -> None:
    """PowerPoint's own sections, to jump and to hide by."""
    listed = ""
    for i, (title, slides) in enumerate(sections):
        identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{i} {title}")).upper()
        ids = "".join(f'<p14:sldId id="{slide.slide_id}"/>' for slide in slides)
        name = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
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


def _set_properties(deck, report: dict) -> None:
    day = datetime.fromisoformat(report["date"])
    about = deck.core_properties
    about.title, about.subject = report["title"], report["subtitle"]
    about.author = about.last_modified_by = report["title"]
    about.created = about.modified = about.last_printed = day
    about.language, about.revision, about.version = _LANGUAGE, 1, report["edition"]
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
