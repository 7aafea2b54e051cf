"""Exhibits on paper stay with their chapter, in order, and out of running tables."""

import json
import re

import pandas as pd
from nbformat import v4

from graymarket.exhibits import Exhibit
from graymarket.publish import Publication, publish
from graymarket.publish.floats import Part, settled
from printed import printed

TITLE, CHART, TABLE = Part("title"), Part("chart", floats=True), Part("table")


def said(parts, **places):
    """What is said of drafts that all show the same: (page, begin, end) of each part."""
    shown = {name: ((page, top), (page, end)) for name, (page, top, end) in places.items()}
    return settled(parts, lambda stands: shown)


def test_what_stands_in_order_is_left_alone():
    assert said([TITLE, CHART, TABLE], title=(1, 9, 9), chart=(2, 5, 20), table=(2, 30, 60)) == {}


def test_no_exhibit_stands_above_the_title_of_its_chapter():
    assert said([TITLE, CHART], title=(1, 50, 50), chart=(1, 5, 20)) == {"chart": "bottom"}


def test_an_exhibit_on_the_page_before_its_chapter_waits_for_its_text():
    assert said([TITLE, CHART], title=(2, 5, 5), chart=(1, 50, 90)) == {"chart": "here"}


def test_an_exhibit_at_the_foot_lets_no_table_begin_above_it():
    assert said([CHART, TABLE], chart=(3, 70, 90), table=(3, 50, 99)) == {"chart": "here"}


def test_an_exhibit_at_the_head_does_not_interrupt_the_table_before_it():
    parts = {"table": ((3, 60), (4, 30)), "chart": ((4, 5), (4, 20))}
    assert settled([TABLE, CHART], lambda stands: parts) == {"chart": "bottom"}


def test_drafts_end_though_each_shows_a_new_fault():
    asked = []

    def draft(stands):
        asked.append(dict(stands))
        up, down = ((1, 5), (1, 9)), ((1, 50), (1, 60))
        return {"title": down, "chart": up} if len(asked) % 2 else {"title": up, "chart": down}

    assert settled([TITLE, CHART], draft) == {"chart": "bottom"}
    assert asked == [{}, {"chart": "bottom"}]


def exhibit(name, rows):
    data = pd.DataFrame({"Place": [f"{name} {i}" for i in range(rows)], "Phones": range(rows)})
    made = Exhibit(
        id=name,
        title=f"The places of {name}",
        subtitle="Phones",
        alt="Table of places",
        data=data,
        lineage="vendor_share/vendor_share-001",
    )
    data = json.loads(json.dumps(made._repr_mimebundle_()))
    return v4.new_code_cell("", outputs=[v4.new_output("display_data", data=data)])


def test_a_table_that_runs_over_pages_is_whole_and_says_that_it_is_continued(tmp_path):
    words = "Words that fill a page, line after line, to its foot. " * 12
    pages = [v4.new_markdown_cell(f"# Counts\n\n{words}\n\n{words}\n\n{words}")]
    cells = [*pages, exhibit("few", 12), v4.new_markdown_cell(words), exhibit("many", 90)]
    chapters = {
        "1-first": v4.new_notebook(cells=[v4.new_markdown_cell("# First")]),
        "2-counts": v4.new_notebook(cells=cells),
        "3-last": v4.new_notebook(cells=[v4.new_markdown_cell("# The end")]),
    }
    about = Publication(title="B", edition="7", date="2026-11-24", files=("report.pdf",))
    row = {"file": "data/t.csv", "key": "t-1", "rows": 1, "text": "", "source_count": 0}
    made = publish(chapters, about, lambda entries: [row | {"sources": []}])[0]
    (tmp_path / "it.pdf").write_bytes(made["report.pdf"])
    text = printed(tmp_path / "it.pdf", "-layout")
    assert re.findall(r"(?:few|many) \d+", text) == [
        *(f"few {i}" for i in range(12)),
        *(f"many {i}" for i in range(90)),
    ]
    assert re.search(r"Exhibit 2, continued\s+Place\s+Phones", text)
