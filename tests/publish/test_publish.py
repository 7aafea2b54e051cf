"""A folder of notebooks that knows nothing of this project, published in every format."""

import html
import io
import json
import re
import zipfile
from dataclasses import replace

import nbformat
import openpyxl
import pikepdf
import pytest
from nbformat import v4
from pptx import Presentation

from graymarket.publish import Publication, PublishError, publish, write
from graymarket.publish.chapters import read_chapters
from graymarket.publish.execute import execute
from graymarket.publish.formats import FORMATS
from printed import printed

FOREIGN = {
    "1-rain": [
        (
            "markdown",
            "# Rain in 2019\n\nIt rained on 12 days.\n\n## What we saw\n\n1. **Wet.** So.",
        ),
        (
            "code",
            "import pandas as pd\nrain = pd.DataFrame({'day': [1, 2], 'mm': [3.5, 0.0]})\nrain",
        ),
        ("markdown", "## What we do not know\n\n- Whether it was hail."),
    ],
    "2-sun": [
        ("markdown", "# Sun"),
        ("code", "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]);"),
    ],
    "3-no-title": [("markdown", "Only $x^2$ and words."), ("code", "print('done')")],
}
MADE = tuple(made.name for made in FORMATS if made.name not in ("brief.pdf", "rows.html"))
ABOUT = Publication(
    title="The weather",
    edition="7",
    date="2026-11-24",
    files=(*MADE, "rows.html"),  # for which there is nothing to list
    left_out=("Snow & ice", "Fog"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("foreign")
    for name, cells in FOREIGN.items():
        made = {"markdown": v4.new_markdown_cell, "code": v4.new_code_cell}
        book = v4.new_notebook(cells=[made[kind](source) for kind, source in cells])
        nbformat.write(book, folder / f"{name}.ipynb")
    return folder


def nothing(entries):
    raise AssertionError(f"no lineage here: {entries}")


@pytest.fixture(scope="module")
def executed(folder):
    return execute(read_chapters(folder), folder, lambda: None)


@pytest.fixture(scope="module")
def files(executed):
    return publish(executed, ABOUT, nothing)[0]


def test_every_format_is_there(files):
    assert {*MADE, "results.json"} <= {*files}
    assert "rows.html" not in files


def test_page_and_slides_and_pdf_have_what_the_notebooks_show(files):
    page = files["report.html"].decode()
    for words in ("The weather", "Rain in 2019", "It rained on 12 days", "3.5", "data:image/png"):
        assert words in page, words
    with pikepdf.open(io.BytesIO(files["report.pdf"])) as pdf:
        assert pdf.docinfo["/Title"] == "The weather"
    assert "The weather" in files["slides.html"].decode()


def test_the_page_leads_to_the_other_files(files):
    page = files["report.html"].decode()
    linked = re.findall(r'<a class="files" href="([^"]+)">', page)
    assert linked == [name for name in MADE if name != "report.html"]


def test_contents_end_with_the_chapters_that_are_left_out(files):
    said = "Left out here, since they need prose of their own: Snow & ice, Fog."
    page = html.unescape(files["report.html"].decode())
    assert (
        len(re.findall(rf"</ol>\s*<p [^>]*>{re.escape(said)}</p>\s*(?:</details>)?</nav>", page))
        == 2
    )


def test_contents_of_the_pdf_end_with_them_too(files, tmp_path):
    (tmp_path / "report.pdf").write_bytes(files["report.pdf"])
    text = " ".join(printed(tmp_path / "report.pdf").split())
    assert "prose of their own: Snow & ice, Fog." in text


def test_nothing_is_said_where_no_chapter_is_left_out(executed):
    about = replace(ABOUT, files=("report.html",), left_out=())
    assert "Left out" not in publish(executed, about, nothing)[0]["report.html"].decode()


def test_the_notebooks_are_there_with_what_they_showed(files):
    copy = nbformat.reads(files["notebooks/2-sun.ipynb"].decode(), as_version=4)
    assert "image/png" in copy.cells[1].outputs[0].data


def test_office_files_open(files):
    deck = Presentation(io.BytesIO(files["slides.pptx"]))
    assert deck.slides[0].shapes.title.text_frame.text == "The weather"
    book = openpyxl.load_workbook(io.BytesIO(files["tables.xlsx"]))
    assert book["Cover"]["A1"].value == "The weather"
    assert json.loads(files["results.json"])["title"] == "The weather"


@pytest.mark.every
def test_the_same_notebooks_give_the_same_bytes(executed, files):
    assert publish(executed, ABOUT, nothing)[0] == files


def test_files_are_put_in_place_together(tmp_path):
    (tmp_path / "old.txt").write_text("old")
    (tmp_path / "b").write_text("in the way of a folder")
    with pytest.raises(OSError):
        write(tmp_path, {"old.txt": b"new", "b/c.txt": b"c", "a/d.txt": b"d", "a": b"no file"})
    assert (tmp_path / "old.txt").read_text() == "old"
    assert write(tmp_path, {"old.txt": b"new"}) == [tmp_path / "old.txt"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "old.txt"]


def test_a_format_that_cannot_be_made_is_an_error_of_the_notebooks(executed):
    with pytest.raises(PublishError, match=r"brief\.pdf"):
        publish(executed, replace(ABOUT, files=("brief.pdf",)), nothing)


def test_zip_parts_have_no_clock_times(files):
    for name in ("slides.pptx", "tables.xlsx"):
        with zipfile.ZipFile(io.BytesIO(files[name])) as parts:
            assert {part.date_time[:3] for part in parts.infolist()} == {(1980, 1, 1)}, name
