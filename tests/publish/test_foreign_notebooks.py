"""The exporters make a sound file of any notebook, or say in a line what is wrong with it."""

import io
from functools import cache

import foreign
import pikepdf
import pytest
from bs4 import BeautifulSoup

from graymarket.publish import PublishError
from graymarket.publish.html import ReportHTMLExporter
from graymarket.publish.pdf import ReportPDFExporter

SOUND = [make for make in foreign.NOTEBOOKS if make is not foreign.not_a_notebook]


def page_of(notebook, **options):
    return ReportHTMLExporter(**options).from_notebook_node(notebook)[0]


@cache
def page_by_name(make):
    return page_of(make())


def pdf_of(notebook):
    content, _ = ReportPDFExporter().from_notebook_node(notebook)
    return content


def words(page):
    return BeautifulSoup(page, "html.parser").main.get_text()


@pytest.mark.parametrize("make", SOUND, ids=lambda make: make.__name__)
def test_makes_a_page(make):
    page = page_by_name(make)
    page.encode("utf-8")
    assert BeautifulSoup(page, "html.parser").find("main")
    assert len(page) < 3_000_000
    assert page == page_of(make())


@pytest.mark.parametrize("make", SOUND, ids=lambda make: make.__name__)
def test_makes_a_pdf(make):
    content = pdf_of(make())
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert 1 <= len(pdf.pages) <= 30
        with pdf.open_metadata() as metadata:
            assert (metadata["pdfuaid:part"], metadata["pdfaid:part"]) == ("1", "3")


@pytest.mark.parametrize("exporter", [ReportHTMLExporter, ReportPDFExporter])
def test_refuses_what_is_no_notebook(exporter):
    with pytest.raises(PublishError, match="expected a Jupyter notebook: 'metadata'"):
        exporter().from_notebook_node(foreign.not_a_notebook())


# What could run a script, load a picture or be too wide; the others are words and plain pictures.
RISKY = [
    foreign.hostile_html,
    foreign.svg_outputs,
    foreign.interactive_charts,
    foreign.widgets,
    foreign.raw_cells,
    foreign.attachments,
    foreign.nested_markdown,
    foreign.awkward_titles,
    foreign.pictures_in_markdown,
    foreign.control_characters,
    foreign.formulas,
    foreign.two_hundred_columns,
    foreign.one_endless_line,
]
IN_A_BROWSER = [
    make if make in RISKY else pytest.param(make, marks=pytest.mark.every) for make in SOUND
]


@pytest.mark.parametrize("make", IN_A_BROWSER, ids=lambda make: make.__name__)
def test_runs_nothing_and_loads_nothing(make, page_factory, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_by_name(make), encoding="utf-8")
    page, requests, complaints = page_factory(viewport={"width": 390, "height": 900}), [], []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.evaluate(
        "document.querySelectorAll('main *').forEach(e => ['click', 'mouseover', 'focus', 'error',"
        " 'load'].forEach(kind => e.closest('a, button') || e.dispatchEvent(new Event(kind))))"
    )
    assert page.evaluate("window.__ran") is None
    assert [url for url in requests[1:] if not url.startswith("data:")] == []
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#colours").count() == 1  # the page's own script did run


def test_scripts_run_where_the_author_lets_them(page_factory, tmp_path):
    notebook = foreign.book(
        foreign.code(foreign.data({"text/html": f"<script>{foreign.RAN}</script>"}))
    )
    path = tmp_path / "page.html"
    path.write_text(page_of(notebook, allow_scripts=True), encoding="utf-8")
    page = page_factory(offline=True)
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    assert page.evaluate("window.__ran") == 1


def test_hostile_markup_is_gone_and_words_are_kept():
    page = page_of(foreign.hostile_html())
    body = BeautifulSoup(page, "html.parser").body
    assert "kept words" in body.get_text()
    assert len(body.find_all("script")) == 1
    for element in body.find_all(True):
        assert not any(name.startswith("on") for name in element.attrs), element
        assert not element.get("href", "").startswith("javascript:"), element
        assert "fixed" not in element.get("style", ""), element
    assert not body.find_all(["iframe", "object", "base", "form", "link", "meta"])


def test_pictures_are_inside_with_words_for_them():
    body = BeautifulSoup(page_of(foreign.picture_outputs()), "html.parser")
    pictures = body.find_all("img")
    assert [p["src"].partition(";")[0] for p in pictures] == [
        "data:image/png",
        "data:image/png",
        "data:image/jpeg",
    ]
    assert pictures[1]["alt"] == "A red field"
    assert all(p["alt"] for p in pictures)
    assert body.get_text().count("text instead") == 2
    with pikepdf.open(io.BytesIO(pdf_of(foreign.picture_outputs()))) as pdf:
        assert len([name for page in pdf.pages for name in page.get_images()]) == 3


def test_local_pictures_are_read_and_no_others(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book/in.png").write_bytes(foreign.png())
    (tmp_path / "out.png").write_bytes(foreign.png())
    notebook = foreign.book(foreign.markdown("![near](in.png) ![outside](../out.png)"))
    page, _ = ReportHTMLExporter().from_notebook_node(
        notebook, resources={"metadata": {"name": "x", "path": str(tmp_path / "book")}}
    )
    body = BeautifulSoup(page, "html.parser")
    assert [p["alt"] for p in body.find_all("img")] == ["near"]
    assert "[Picture: outside]" in body.get_text()


def test_formulas_are_mathml():
    body = BeautifulSoup(page_of(foreign.formulas()), "html.parser")
    assert len(body.find_all("math")) == 6
    assert "\\notacommand{x}" in body.get_text()  # what cannot be read stays TeX


def test_terminal_colours_are_seen():
    body = BeautifulSoup(page_of(foreign.errors_with_colours()), "html.parser")
    assert body.select_one(".output.error .ansi-red-fg").get_text() == "ValueError"
    assert "\x1b" not in body.get_text()


def test_long_outputs_say_what_is_left_out():
    assert "1,000 of 10,001 rows are shown." in words(page_of(foreign.ten_thousand_rows()))
    assert "The first 100,000 of 5," in words(page_of(foreign.five_megabytes()))


def test_tags_are_honoured():
    text = words(page_of(foreign.tagged_cells()))
    assert "kept output" in text and "kept_source" in text
    assert "removed words" not in text
    assert "hidden" not in text
