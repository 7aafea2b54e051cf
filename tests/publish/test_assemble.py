"""Chapters become one notebook, or every fault is named."""

import nbformat
import pytest

from graymarket.publish.assemble import assemble
from graymarket.publish.payloads import EXHIBIT_MIME, RESULTS_MIME
from graymarket.publish.problems import PublishError


def markdown(text):
    return nbformat.v4.new_markdown_cell(text)


def code(mime, payload):
    output = nbformat.v4.new_output("execute_result", data={mime: payload})
    return nbformat.v4.new_code_cell("cell", outputs=[output])


SOURCE = {"id": "s", "credit": "S", "title": "T", "url": "https://example.org"}
LINE = {"file": "data/t.csv", "key": "t-1", "rows": 1, "text": "x", "sources": [SOURCE]}


def results(**texts):
    payloads = {name: {"text": text, "lineage": ["t/t-1"]} for name, text in texts.items()}
    return code(RESULTS_MIME, {"r": payloads})


def exhibit(name, title="A title"):
    parts = {"title": title, "subtitle": "Sub", "alt": "Alt", "note": "", "lineage": ["t/t-1"]}
    return code(EXHIBIT_MIME, {"id": name, "svg": None, **parts})


def book(**chapters):
    notebooks = {
        name: nbformat.v4.new_notebook(cells=list(cells)) for name, cells in chapters.items()
    }
    return assemble(notebooks, {"title": "Book"}, lambda entries: [LINE for _ in entries])


def problems(**chapters):
    with pytest.raises(PublishError) as error:
        book(**chapters)
    return error.value.problems


def test_results_links_and_numbers_across_chapters():
    whole = book(
        one=[
            results(high="18.3%"),
            markdown("# Up to {eval}`r.high`\n\nDeck.\n\nSee [Exhibit](#late)."),
            exhibit("early"),
        ],
        two=[markdown("# Second\n\nBack to [Exhibit](#early)."), exhibit("late")],
    )
    report = whole.metadata.report
    assert [c["title"] for c in report.chapters] == ["Up to 18.3%", "Second"]
    assert [c["deck"] for c in report.chapters] == ["Deck.", "Back to [Exhibit 1](#early)."]
    assert [(e["id"], e["number"]) for e in report.exhibits] == [("early", 1), ("late", 2)]
    assert "See [Exhibit 2](#late)." in [cell.source for cell in whole.cells]
    assert len({cell.id for cell in whole.cells}) == len(whole.cells)


def test_a_number_links_to_where_it_comes_from():
    whole = book(
        one_two=[
            results(high="18.3%", also="x"),
            markdown("# Up to {eval}`r.high`\n\nDeck {eval}`r.also`."),
            exhibit("early"),
        ],
    )
    report = whole.metadata.report
    assert report.chapters[0]["linked_title"] == "Up to [18.3%](#n-r-high)"
    assert report.chapters[0]["deck"] == "Deck [x](#n-r-also)."
    (entry,) = report.traces[0]["entries"]  # same rows, one entry
    assert [item["id"] for item in entry["items"]] == [
        "n-r-high",
        "n-r-also",
        "rows-early",
    ]
    assert report.sources == [SOURCE]


def test_a_warning_in_a_chapter_is_a_fault():
    cell = code(RESULTS_MIME, {})
    cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text="careful\n"))
    (line,) = problems(one=[cell, markdown("# T")])
    assert "expected no warning, found “careful”" in line


def test_the_title_comes_before_the_set_up():
    whole = book(one=[results(a="x"), markdown("# Title {eval}`r.a`")])
    assert [cell.cell_type for cell in whole.cells] == ["markdown", "code"]


@pytest.mark.parametrize(
    ("prose", "complaint"),
    [
        ("It was {eval}`r.nothing`.", "unknown result r.nothing"),
        ("It was 15% or so.", "digit typed into prose, “15%”"),
        ("See [Exhibit](#nowhere).", "link to #nowhere, which is no exhibit"),
    ],
)
def test_faults_in_prose(prose, complaint):
    (line,) = problems(one=[results(a="x"), markdown("# T\n\nDeck.\n\n" + prose)])
    assert line.startswith("notebooks/one.ipynb, cell ")
    assert complaint in line


@pytest.mark.parametrize(
    "prose", ["In 2021.", "On 12 September 2021.", "From 7–14 September 2021.", "Since iPadOS 13."]
)
def test_dates_and_names_may_have_digits(prose):
    book(one=[markdown("# T\n\n" + prose)])


def test_faults_of_a_whole_set_are_all_told():
    lines = problems(
        one=[results(a="x"), markdown("No title"), exhibit("same")],
        two=[markdown("# T"), exhibit("same")],
    )
    assert any("expected a cell that begins “# Title”" in line for line in lines)
    assert any("exhibit id 'same' used twice" in line for line in lines)


def optional(text, **metadata):
    return nbformat.v4.new_markdown_cell(text, metadata={"tags": ["optional"]} | metadata)


def test_an_optional_cell_loses_the_lines_whose_results_are_not_there():
    whole = book(
        one=[
            results(high="18.3%"),
            markdown("# One"),
            optional(
                "## Shares\n\n1. Up to {eval}`r.high`.\n1. Down to {eval}`r.low`.\n\n"
                "From {eval}`r.low` to {eval}`r.high`.\n\nAlways."
            ),
            optional("## Prices\n\nAt {eval}`r.price`."),
        ]
    )
    assert [cell.source for cell in whole.cells if cell.cell_type == "markdown"] == [
        "# One",
        "## Shares\n\n1. Up to [18.3%](#n-r-high).\n\nAlways.",
    ]


def test_notes_of_a_slide_that_is_not_there_are_left_out():
    notes = {"slideshow": {"slide_type": "notes"}}
    whole = book(one=[markdown("# One"), optional("**Say:** {eval}`r.low`.", **notes)])
    assert whole.metadata.report.slides == []


def test_a_cell_that_is_not_optional_needs_its_results():
    (line,) = problems(one=[results(low="x"), markdown("# One\n\nUp to {eval}`r.high`.")])
    assert line.endswith("unknown result r.high")
