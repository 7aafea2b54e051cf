"""An exhibit of the report's own records has no source: no format says “Source” of it."""

import io
import json
import re

import openpyxl
import pandas as pd
import pytest
from nbformat import v4
from pptx import Presentation

from graymarket import charts
from graymarket.exhibits import Exhibit
from graymarket.publish import Publication, publish
from graymarket.publish.formats import FORMATS
from printed import printed

ABOUT = Publication(
    title="The records", edition="7", date="2026-11-24", files=tuple(made.name for made in FORMATS)
)
BARS = pd.DataFrame({"label": ["2019", "2020"], "value": [1.5, 2.5], "text": ["1.5", "2.5"]})
FIRST = "# Records grew\n\nA deck.\n\n## Found\n\n1. **More.** So.\n\n## Limits\n\n- **Few.** So."


def exhibit(name, note, chart=None):
    return Exhibit(
        id=name,
        title=f"The records of {name}",
        subtitle="Records, by year",
        alt="Bar chart of records where they grow",
        data=BARS,
        lineage="vendor_share/vendor_share-001",
        note=note,
        chart=chart,
    )


def shown(one):
    data = json.loads(json.dumps(one._repr_mimebundle_()))
    return v4.new_code_cell("", outputs=[v4.new_output("display_data", data=data)])


def own(entries):
    row = {"file": "data/t.csv", "key": "t-1", "rows": 1, "text": "", "source_count": 0}
    return [row | {"sources": []}]


@pytest.fixture(scope="module")
def files():
    slide = {"slideshow": {"slide_type": "slide"}}
    first, second = shown(exhibit("bars", "by year", BARRED)), shown(exhibit("rows", ""))
    first.metadata |= slide
    second.metadata |= slide
    chapters = {
        "1-first": v4.new_notebook(cells=[v4.new_markdown_cell(FIRST), first]),
        "2-second": v4.new_notebook(cells=[v4.new_markdown_cell("# Rows"), second]),
    }
    return publish(chapters, ABOUT, own)[0]


BARRED = charts.bars(BARS.assign(part=False), "")


def words_of(name, content, folder):
    if name.endswith(".pdf"):
        (folder / "it.pdf").write_bytes(content)
        return printed(folder / "it.pdf")
    if name.endswith(".pptx"):
        slides = Presentation(io.BytesIO(content)).slides
        shapes = [shape for slide in slides for shape in (*slide.shapes, *slide.notes_slide.shapes)]
        return "\n".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)
    if name.endswith(".xlsx"):
        sheets = openpyxl.load_workbook(io.BytesIO(content)).worksheets
        return "\n".join(str(cell.value) for sheet in sheets for row in sheet for cell in row)
    text = content.decode("utf-8")
    return re.sub(r"<(style|script)\b.*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)


def test_no_format_names_a_source_that_is_not_there(files, tmp_path):
    named = {name: content for name, content in files.items() if not name.endswith(".png")}
    assert {made.name for made in FORMATS} < {*named}
    for name, content in named.items():
        text = words_of(name, content, tmp_path)
        assert not re.search(r"\bSources?(:|\n\n)", text), name


@pytest.mark.parametrize("name", ["report.html", "report.pdf", "brief.pdf", "slides.pptx"])
def test_its_note_stands_there_all_the_same(files, tmp_path, name):
    assert "Note: by year" in words_of(name, files[name], tmp_path)
