"""Every format of the report says the same: exhibits, sources, alt texts and numbers."""

import html
import io
import json
import re
import zipfile

import openpyxl
import pikepdf
import pytest
from pptx import Presentation

from printed import printed


def squeezed(text):
    """Letters and digits alone: line breaks, hyphens and spacing differ between formats."""
    return re.sub(r"[\W_]+", "", text)


@pytest.fixture(scope="module")
def page(built):
    text = (built / "report/report.html").read_text(encoding="utf-8")
    return html.unescape(text)


@pytest.fixture(scope="module")
def results(built):
    return json.loads((built / "report/results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def slides(built):
    return html.unescape((built / "report/slides.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def deck(built):
    return Presentation(io.BytesIO((built / "report/slides.pptx").read_bytes()))


@pytest.fixture(scope="module")
def workbook(built):
    return openpyxl.load_workbook(built / "report/tables.xlsx")


def deck_words(deck):
    words = []
    for slide in deck.slides:
        words += [s.text_frame.text for s in slide.shapes if s.has_text_frame]
        words.append(slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else "")
    return "\n".join(words)


def test_every_exhibit_is_in_the_pdf(built, results):
    text = squeezed(printed(built / "report/report.pdf"))
    for exhibit in results["exhibits"]:
        assert squeezed(exhibit["title"]) in text, exhibit["id"]
        assert squeezed(exhibit["subtitle"]) in text, exhibit["id"]


def test_pdf_and_page_carry_the_alt_text_of_every_chart(built, page, results):
    shown = re.findall(r'class="chart wide"[^>]*aria-label="([^"]+)"', page)
    assert len(shown) > 20
    assert set(shown) <= {exhibit["alt"] for exhibit in results["exhibits"]}
    with pikepdf.open(built / "report/report.pdf") as pdf:
        printed = {
            squeezed(str(thing.Alt))
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        }
    assert {squeezed(alt) for alt in shown} <= printed


def tagged(element):
    """Titles of chapters and alt texts of charts in the order in which a PDF is read aloud."""
    if not isinstance(element, pikepdf.Dictionary):
        return
    if element.get("/S") == "/H1":
        yield str(element.T)
    elif "/Alt" in element:
        yield str(element.Alt)
    below = element.get("/K", [])
    for part in below if isinstance(below, pikepdf.Array) else [below]:
        yield from tagged(part)


def test_charts_are_read_aloud_in_their_chapters_wherever_they_are_printed(built, page):
    found = re.findall(
        r'<h2 class="chapter"[^>]*>(.*?)</h2>|class="chart wide"[^>]*aria-label="([^"]+)"', page
    )
    expected = [squeezed(re.sub(r"<[^>]+>", "", title) or alt) for title, alt in found]
    with pikepdf.open(built / "report/report.pdf") as pdf:
        assert [squeezed(words) for words in tagged(pdf.Root.StructTreeRoot)] == expected


def test_every_exhibit_has_its_sheet(workbook, results):
    for exhibit in results["exhibits"]:
        name = f"E{exhibit['number']:02d} {exhibit['id']}"[:31]
        sheet = workbook[name]
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
        text = squeezed("".join(cells))  # long lines are wrapped over several cells
        assert text.startswith(squeezed(f"Exhibit {exhibit['number']}: {exhibit['title']}"))
        assert squeezed(exhibit["subtitle"]) in text
        assert any("ource" in cell for cell in cells), exhibit["id"]


def test_every_result_is_in_the_workbook_as_a_number(workbook, results):
    """Each in a row of its own, its value and ends as they were computed."""
    header, *rows = workbook["results"].iter_rows(values_only=True)
    while "low" not in header:
        header, *rows = rows
    cells = [dict(zip(header, row, strict=True)) for row in rows]
    known = {f"{row['subject']}/{row['name']}": row for row in cells if row["name"]}
    assert known.keys() == results["results"].keys()
    for name, result in results["results"].items():
        for part in ("value", "low", "high"):
            number, cell = result.get(part), known[name][part]  # a sheet holds 15 digits
            assert cell == (number and pytest.approx(number, rel=1e-14)), f"{name}, {part}"


def test_both_decks_show_the_same_exhibits(deck, slides, results):
    assert 12 <= len(deck.slides) <= 18
    by_id = {exhibit["id"]: exhibit for exhibit in results["exhibits"]}
    described = [
        shape.element.xpath(".//p:cNvPr")[0].get("descr", "")
        for slide in deck.slides
        for shape in slide.shapes
    ]
    shown = [squeezed(slide.shapes.title.text_frame.text) for slide in deck.slides]
    text = squeezed(re.sub(r"<[^>]+>", "", slides))
    for name in results["slides"]:
        exhibit = by_id[name]
        assert squeezed(exhibit["title"]) in shown, name
        assert squeezed(exhibit["title"]) in text, name
        assert exhibit["alt"] in slides, name
        rest = exhibit["alt"].partition(" of ")[2]  # an office chart is of another kind
        assert any(alt.endswith(rest) for alt in described if alt), name


def test_every_exhibit_slide_has_notes_and_a_source(deck, results):
    titles = {squeezed(e["title"]) for e in results["exhibits"]}
    for slide in deck.slides:
        if squeezed(slide.shapes.title.text_frame.text) not in titles:
            continue
        notes = slide.notes_slide.notes_text_frame.text
        assert "Say" in notes and "Caveat" in notes and "Source" in notes
        words = "\n".join(s.text_frame.text for s in slide.shapes if s.has_text_frame)
        assert "Source" in words


def test_results_on_the_first_page_are_in_the_brief(built, results):
    text = squeezed(printed(built / "report/brief.pdf"))
    for name in ("share", "brand_gray_share", "brand_gray_phones", "article"):
        assert squeezed(results["results"][f"estimate/{name}"]["text"]) in text, name


def test_sources_are_counted_alike_in_every_format(built, page, deck, results):
    counted = {}
    for exhibit in results["exhibits"]:
        part = page.split(f'<figure class="exhibit" id="{exhibit["id"]}"')[1].split("</figure>")[0]
        if number := re.search(r"Source: (\d+) sources", part):
            counted[squeezed(exhibit["title"])] = number[1]
    assert sorted(counted.values()) == sorted(
        re.findall(r"Source: (\d+) sources", printed(built / "report/report.pdf"))
    )
    shown = {
        squeezed(slide.shapes.title.text_frame.text): number[1]
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_text_frame and (number := re.match(r"Sources: (\d+)", shape.text_frame.text))
    }
    both = shown.keys() & counted.keys()
    assert both
    assert {title: shown[title] for title in both} == {title: counted[title] for title in both}


def test_every_file_opens_and_asks_nothing_of_a_network(built):
    for name in ("slides.pptx", "tables.xlsx"):
        with zipfile.ZipFile(built / "report" / name) as archive:
            assert archive.testzip() is None
            for part in archive.namelist():
                if part.endswith(".rels"):
                    rels = archive.read(part).decode("utf-8")
                    outside = re.findall(r'Type="([^"]+)"[^>]*TargetMode="External"', rels)
                    assert all(kind.endswith("/hyperlink") for kind in outside), part
