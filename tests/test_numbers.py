"""Each number that a format prints is a result or a cell, of the chapter or slide it stands in.

What a chapter may say is put together here from its source and the typed results, without any
code of publish; what a format says is read from its files.
"""

import base64
import io
import json
import re
from collections import Counter
from dataclasses import dataclass, field

import nbformat
import openpyxl
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from pptx import Presentation

from graymarket.publish.chapters import for_question, read_chapters
from graymarket.report import MAIN
from graymarket.results.quantity import from_json
from graymarket.wording import Wording
from printed import printed

NUMBER = re.compile(r"\d[\d,.]*\d%?|\d%?")
EVAL = re.compile(r"\{eval\}`([^`]+)`")
NO_WORDS = r"<style.*?</style>|<script.*?</script>|(?<=\")data:(?!text/csv)[^\"]+"
DRAWN = re.compile(rf"<svg.*?</svg>|{NO_WORDS}", re.DOTALL)
# Publishers, licences and rows of a sheet: no numbers of ours.
CREDITS = re.compile(
    r"Sources?:.*?(?=Note:|\n|$)|\(CC BY[^)]*\)|from row \d+"
)  # no numbers of ours
LABEL = re.compile(r">([^<>]+)</text>")


def numbers(text):
    return NUMBER.findall(text)


def labels(drawn):
    """What is drawn in a page, as the labels alone."""
    found = LABEL.findall(drawn[0]) if drawn[0].startswith("<svg") else []
    return f'<i class="drawn">{" ".join(found)}</i>' if found else ""


def parsed(text):
    return BeautifulSoup(DRAWN.sub(labels, text), "html.parser")


@dataclass
class Exhibit:
    """What is printed of an exhibit: words, cells, labels of its chart; its slide’s notes."""

    words: str
    cells: str
    drawn: str
    notes: str = ""


@dataclass
class Chapter:
    """A chapter’s paragraphs with the results in them, what code adds to them, and exhibits."""

    paragraphs: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    exhibits: dict[str, Exhibit] = field(default_factory=dict)

    @property
    def title(self):
        return self.paragraphs[0].split("\n")[0]

    @property
    def prose(self):
        return "\n\n".join(self.paragraphs)


@pytest.fixture(scope="module")
def results(built):
    return json.loads((built / "report/results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(built):
    """The report’s page."""
    text = (built / "report/report.html").read_text(encoding="utf-8")
    return parsed(text)


@pytest.fixture(scope="module")
def chapters(built, results, page):
    """Chapter’s name → what it may say."""
    english = Wording("en")
    typed = {name.replace("/", "."): from_json(one) for name, one in results["results"].items()}
    texts = {name: str(english.text(one)) for name, one in typed.items()}
    texts |= {f"{name}.capital": text[:1].upper() + text[1:] for name, text in texts.items()}
    order = {exhibit["id"]: exhibit["number"] for exhibit in results["exhibits"]}
    shown = {figure["id"]: of_figure(figure) for figure in page.select("figure.exhibit")}
    kept, _ = for_question(read_chapters(built / "notebooks"), MAIN, {"QUESTION": MAIN})
    for name, book in kept.items():  # what code says in Markdown stands in the copy
        copy = nbformat.read(built / f"report/notebooks/{name}.ipynb", as_version=4)
        code = [[c for c in cells if c.cell_type == "code"] for cells in (book.cells, copy.cells)]
        for cell, ran in zip(*code, strict=True):
            cell.outputs = ran.outputs
    return {name: of_notebook(book, texts, order, shown) for name, book in kept.items()}


def of_figure(figure):
    """Its table is in the page as printed, and as CSV in full."""
    tables = figure.select("table")
    (link,) = figure.select("a[download]")
    csv = base64.b64decode(link["href"].split(",", 1)[1]).decode("utf-8")
    cells = "\n".join([csv, *(cell.get_text() for t in tables for cell in t.select("td, th"))])
    drawn = " ".join(label.extract().get_text() for label in figure.select(".drawn"))
    for table in tables:
        table.extract()
    return Exhibit(figure.get_text(" "), cells, drawn)


def of_notebook(book, texts, order, shown):
    chapter, last = Chapter(), None
    for cell in book.cells:
        if cell.cell_type == "code":
            found = re.findall(r'id="([a-z0-9-]+)"', cell.source)
            last = next((name for name in found if name in shown), last)
            chapter.exhibits |= {name: shown[name] for name in found if name in shown}
            texts_of = (output.get("data", {}).get("text/markdown") for output in cell.outputs)
            chapter.added += filter(None, texts_of)
            continue
        words = EVAL.sub(lambda match: texts[match[1]], cell.source)
        words = re.sub(r"\[Exhibit\]\(#([^)]+)\)", lambda m: f"Exhibit {order[m[1]]}", words)
        words = re.sub(r"\]\([^)]*\)", "]", words)
        if cell.metadata.get("slideshow", {}).get("slide_type") == "notes":
            if last is not None:
                chapter.exhibits[last].notes += words
        else:
            chapter.paragraphs.append(re.sub(r"(?m)^\d\. ", "", words))
    return chapter


# ---- the page, the copies and the PDF: all prose, word for word


def test_the_page_has_the_numbers_of_each_chapter(page, chapters):
    titles = {squeezed(title.get_text()): title for title in page.select("h2.chapter")}
    for name, chapter in chapters.items():
        title = titles[squeezed(chapter.title)]
        said = [title.get_text()]
        for element in title.find_next_siblings():
            if element.name == "h2" and "chapter" in element.get("class", []):
                break
            if {"deck", "prose", "reference"} & {*element.get("class", [])}:
                said.append(element.get_text())
        known = "\n\n".join([chapter.prose, *chapter.added])
        assert Counter(numbers("\n".join(said))) == Counter(numbers(known)), name


def test_the_copies_have_the_numbers_of_each_chapter(built, chapters):
    for name, chapter in chapters.items():
        copy = nbformat.read(built / f"report/notebooks/{name}.ipynb", as_version=4)
        cells = [cell.source for cell in copy.cells if cell.cell_type == "markdown"]
        said = re.sub(r"(?m)^\d\. |\]\([^)]*\)", "", "\n\n".join(cells))
        notes = "\n\n".join(exhibit.notes for exhibit in chapter.exhibits.values())
        known = numbers(chapter.prose) + numbers(notes)
        assert Counter(numbers(said)) == Counter(known), name


def squeezed(text):
    """Letters, digits and what belongs to a number."""
    return re.sub(r"(?<!\d)[.,]|[.,](?!\d)|[^\w.,%]|_", "", text)


def lacking(paragraphs, text, around=8):
    """The numbers of paragraphs that a text has not, with the letters before or after them."""
    text, missing = squeezed(text), []
    for paragraph in map(squeezed, paragraphs):
        for match in NUMBER.finditer(paragraph):
            before = paragraph[max(0, match.start() - around) : match.end()]
            after = paragraph[match.start() : match.end() + around]
            missing += [before] if before not in text and after not in text else []
    return missing


def test_the_pdf_has_the_numbers_of_each_chapter(built, chapters):
    pages = printed(built / "report/report.pdf").split("\f")
    text = "\n".join(re.sub(r"\s*\n[^\n]*\d+\s*$", "\n", page) for page in pages)  # no footers
    for name, chapter in chapters.items():
        assert lacking(chapter.paragraphs, text) == [], name


# ---- the brief, the decks and the workbook: nothing that is not of the same slide or sheet


def strange(said, *known):
    """The numbers of a text that no other text has."""
    there = {number.rstrip("%") for text in known for number in numbers(text)}
    return [n for n in numbers(CREDITS.sub("", said)) if n.rstrip("%") not in there]


def of_slide(chapters, name):
    """All that the slide of an exhibit may say: it, its notes, and its chapter’s title."""
    (chapter,) = (chapter for chapter in chapters.values() if name in chapter.exhibits)
    exhibit = chapter.exhibits[name]
    return exhibit.words, exhibit.cells, exhibit.notes, chapter.title


def colophon(results):
    made_from = results["fingerprint"]
    day = pd.Timestamp(results["date"])
    return f"{results['edition']} {day:%-d %B %Y} {made_from[:12]} {made_from[:16]}"


def test_the_brief_says_what_the_first_chapter_says(built, chapters, results):
    first = next(iter(chapters.values()))
    exhibit = next(iter(first.exhibits.values()))
    text = printed(built / "report/brief.pdf").replace("\u00ad", "")
    known = (exhibit.words, exhibit.cells, exhibit.drawn, colophon(results), "1 2 3 4 5 6 7")
    assert strange(text, first.prose, *known) == []


@pytest.fixture(scope="module")
def html_slides(built):
    """(id, words) of each slide."""
    text = (built / "report/slides.html").read_text(encoding="utf-8")
    soup = parsed(text)
    for part in soup.select(".foot, .drawn"):
        part.extract()
    leaves = [s for s in soup.select(".slides section") if not s.find("section")]
    return [(slide.get("id"), slide.get_text(" ")) for slide in leaves]


@pytest.fixture(scope="module")
def office_slides(built):
    """(title, words and notes) of each slide."""
    deck = Presentation(io.BytesIO((built / "report/slides.pptx").read_bytes()))
    slides = []
    for slide in deck.slides:
        words = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        if slide.has_notes_slide:
            words.append(slide.notes_slide.notes_text_frame.text)
        title = slide.shapes.title.text_frame.text.replace("\v", " ")
        slides.append((title, "\n".join(words)))
    return slides


def check_slides(slides, chapters, results, key):
    by_key = {exhibit[key]: exhibit["id"] for exhibit in results["exhibits"]}
    prose = [chapter.prose for chapter in chapters.values()]
    found = {}
    for place, words in slides:
        known = of_slide(chapters, by_key[place]) if place in by_key else prose[:1]
        count = " ".join(map(str, range(1, len(slides) + 1)))
        if wrong := strange(words, *known, colophon(results), count):
            found[place] = wrong
    return found


def test_each_slide_says_what_its_exhibit_says(html_slides, office_slides, chapters, results):
    assert len(html_slides) >= 10
    assert check_slides(html_slides, chapters, results, "id") == {}
    assert check_slides(office_slides, chapters, results, "title") == {}


def test_each_sheet_says_what_its_exhibit_says(built, chapters, results):
    book = openpyxl.load_workbook(built / "report/tables.xlsx")
    for exhibit in results["exhibits"]:
        sheet = book[f"E{exhibit['number']:02d} {exhibit['id']}"[:31]]
        texts = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
        said = "\n".join(text for text in texts if isinstance(text, str))
        said = re.sub(r" \(\d\)$", "", said, flags=re.MULTILINE)  # a second column of a name
        known = (*of_slide(chapters, exhibit["id"]), colophon(results), str(exhibit["number"]))
        assert strange(said, *known) == [], sheet.title


# ---- and that all this can fail


def test_a_wrong_number_is_noticed(html_slides, office_slides, chapters, results):
    for slides, key in ((html_slides, "id"), (office_slides, "title")):
        wrong = [(place, words.replace("18.3%", "18.4%")) for place, words in slides]
        assert wrong != slides
        found = check_slides(wrong, chapters, results, key)
        assert found and {"18.4%"} == {number for each in found.values() for number in each}
    paragraph = "It had 18.3% in Cuba, by 1,200 readers."
    assert lacking([paragraph], paragraph) == []
    assert lacking([paragraph], paragraph.replace("18.3", "18.4")) != []
    assert lacking([paragraph], paragraph.replace("1,200", "1,300")) != []
    assert lacking([paragraph], "It had nothing. Elsewhere: 18.3% and 1,200.") != []
