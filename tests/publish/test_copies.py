"""Executed copies open anywhere: plain nbformat, stock nbconvert, standard MIME types."""

import base64
import copy
import io
import json
import re

import nbformat
import pytest
from nbconvert import HTMLExporter
from PIL import Image

from graymarket.publish.copies import copies

EXHIBIT_MIME = "application/vnd.graymarket.exhibit+json"
RESULTS_MIME = "application/vnd.graymarket.results+json"
STANDARD = {"text/html", "text/plain", "image/png"}
TEXTS = {"01-one": {"shares.cuba": "14.6–18.3%"}, "02-two": {"shares.world": "12.0%"}}


def exhibit(id, title, *, chart):
    """An exhibit's output as chapters put it out."""
    table = {"columns": [{"name": "Region"}, {"name": "Share, %"}], "rows": [["Cuba", "18.3"]]}
    payload = {"id": id, "title": title, "subtitle": "percent", "alt": f"Bars of {id}."}
    payload |= {"note": "a note & more", "svg": "<svg/>" if chart else None, "table": table}
    data = {EXHIBIT_MIME: payload, "text/html": "<div>heavy</div>", "text/plain": title}
    return nbformat.v4.new_output("execute_result", data=data, execution_count=2)


def chapter(title, prose, *outputs):
    cells = [
        nbformat.v4.new_markdown_cell(title),
        nbformat.v4.new_code_cell("answer = 42", execution_count=1, outputs=list(outputs)),
        nbformat.v4.new_markdown_cell(prose),
    ]
    cells[1].metadata["execution"] = {"iopub.status.busy": "2026-11-30T13:26:02.000000Z"}
    return nbformat.v4.new_notebook(cells=cells)


@pytest.fixture
def chapters():
    warning = nbformat.v4.new_output("stream", name="stderr", text="a warning")
    printed = nbformat.v4.new_output("stream", name="stdout", text="printed")
    results = {RESULTS_MIME: {"shares": {}}, "text/plain": "<Shares at 0x7f00beef>"}
    return {
        "01-one": chapter(
            "# Cuba had {eval}`shares.cuba`",
            "It cost US$300 ([Exhibit](#bars)); more in [Exhibit](#listing).",
            exhibit("bars", "Cuba leads", chart=True),
            warning,
            printed,
            nbformat.v4.new_output("display_data", data=results),
        ),
        "02-two": chapter(
            "# The world had {eval}`shares.world`",
            "See [Exhibit](#listing) and [Exhibit](#bars).",
            exhibit("listing", "All regions <listed>", chart=False),
        ),
    }


@pytest.fixture
def pictures():
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((1655, 900)).save(buffer, "PNG")
    return {"bars": buffer.getvalue()}


@pytest.fixture
def written(chapters, pictures):
    return copies(chapters, TEXTS, pictures)


def read(content):
    notebook = nbformat.reads(content.decode(), as_version=4)
    nbformat.validate(notebook)
    return notebook


def test_prose_has_the_numbers_and_names_the_exhibits(written):
    one, two = (read(written[f"{name}.ipynb"]) for name in TEXTS)
    assert one.cells[0].source == "# Cuba had 14.6–18.3%"
    assert one.cells[2].source == (
        "It cost US$300 ([Exhibit 1](#bars)); more in [Exhibit 2](02-two.ipynb#listing)."
    )
    assert two.cells[2].source == "See [Exhibit 2](#listing) and [Exhibit 1](01-one.ipynb#bars)."
    assert one.cells[1].source == "answer = 42"


def test_outputs_have_standard_types_alone_and_no_warning(written):
    for content in written.values():
        notebook = read(content)
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        assert {kind for output in outputs for kind in output.get("data", {})} <= STANDARD
        assert "a warning" not in content.decode()
        assert "heavy" not in content.decode()
    assert "printed" in written["01-one.ipynb"].decode()


def test_pictures_are_small_and_described(written, pictures):
    outputs = read(written["01-one.ipynb"]).cells[1].outputs
    (output,) = (output for output in outputs if "image/png" in output.get("data", {}))
    picture = base64.b64decode(output.data["image/png"])
    assert Image.open(io.BytesIO(picture)).size == (1000, 544)
    assert len(picture) < len(pictures["bars"])
    assert output.data["text/plain"] == output.metadata["image/png"]["alt"] == "Bars of bars."


def test_same_input_gives_same_bytes_and_no_times(chapters, pictures, written):
    before = copy.deepcopy(chapters)
    again = copies(chapters, TEXTS, pictures)
    assert again == written
    assert chapters == before
    for content in again.values():
        assert not re.search(rb"\d\d:\d\d:\d\d|0x[0-9a-f]+", content)


def test_ids_do_not_depend_on_the_chapters_own(chapters, pictures, written):
    for notebook in chapters.values():
        for number, cell in enumerate(notebook.cells):
            cell.id = f"other{number}"
    assert copies(chapters, TEXTS, pictures) == written


def test_an_expression_without_text_is_named(chapters, pictures):
    with pytest.raises(KeyError, match=r"shares\.cuba"):
        copies(chapters, TEXTS | {"01-one": {}}, pictures)


@pytest.mark.parametrize("template", ["classic", "lab"])
def test_stock_nbconvert_shows_numbers_pictures_and_tables(written, template):
    exporter = HTMLExporter(template_name=template)
    one, two = (exporter.from_notebook_node(read(content))[0] for content in written.values())
    assert "Cuba had 14.6–18.3%" in one and "Exhibit 1. Cuba leads" in one
    assert 'src="data:image/png;base64,' in one and 'id="bars"' in one
    assert "<td>18.3</td>" in two and "All regions &lt;listed&gt;" in two
    assert "{eval}" not in one + two


def test_the_file_is_plain_json_of_the_format_that_viewers_know(written):
    for content in written.values():
        notebook = json.loads(content)
        assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
        assert content.endswith(b"}\n")
