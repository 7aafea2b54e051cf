"""The report on one page: whole, tagged, and refused if it needs a second."""

import io

import nbformat
import pikepdf
import pytest

from graymarket.publish.brief import brief
from graymarket.publish.problems import PublishError
from printed import printed

SVG = (
    '<svg width="460.8pt" height="140.4pt" viewBox="0 0 460.8 140.4" '
    'xmlns="http://www.w3.org/2000/svg"><path d="M 0 0 L 460 140" style="stroke: #c8321f"/></svg>'
)
FINDINGS = "## What we found\n\n" + "\n".join(f"{i}. **Finding {i}** of all." for i in range(1, 6))
LIMITS = "## The limits\n\n- Limit *a* at [3%](#n-one).\n- Limit b\n- Limit c\n- Limit d"


def notebook(*texts, deck="A deck.", svg=SVG):
    chapter = {"id": "chapter-one", "title": "Between 3 and 5% of “it”", "deck": deck}
    opening = nbformat.v4.new_markdown_cell("# One", metadata={"report": {"chapter": chapter}})
    second = nbformat.v4.new_markdown_cell("# Two", metadata={"report": {"chapter": {}}})
    exhibit = {
        "id": "first",
        "title": "The chart’s title",
        "subtitle": "Percent",
        "alt": "Line",
        "note": "",
        "sources": [{"id": "s", "credit": 'A "quoted" #credit', "title": "T", "url": ""}],
        "svg": svg,
    }
    report = {
        "title": "Book",
        "edition": "2026-11",
        "date": "2026-11-24",
        "chapters": [chapter],
        "exhibits": [exhibit],
    }
    cells = [opening, *map(nbformat.v4.new_markdown_cell, texts), second]
    return nbformat.v4.new_notebook(cells=cells, metadata={"report": report})


def words(content, tmp_path):
    """All text of a PDF, its lines joined."""
    path = tmp_path / "brief.pdf"
    path.write_bytes(content)
    return " ".join(printed(path).split())


def test_one_page_tagged_titled_linked_and_same_bytes_twice():
    content = brief(notebook(FINDINGS, LIMITS))
    assert content == brief(notebook(FINDINGS, LIMITS))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en-GB"
        assert pdf.docinfo["/Title"] == "Book, in brief: Between 3 and 5% of “it”"
        assert [str(link.A.URI) for link in pdf.pages[0].Annots] == ["report.html"]
        width, height = (float(side) for side in pdf.pages[0].MediaBox[2:])
        assert (round(width), round(height)) == (595, 842)


def test_holds_headline_chart_and_the_first_three_of_each(tmp_path):
    text = words(brief(notebook(FINDINGS, LIMITS)), tmp_path)
    for expected in (
        "Between 3 and 5% of “it”",
        "A deck.",
        "The chart’s title",
        'A "quoted" #credit',
        "What we found",
        "1. Finding 1 of all.",
        "The limits",
        "Finding 3 of all.",
        "4. Finding 4. 5. Finding 5.",
        "Limit a at 3%.",
        "Limit c",
        "Edition 2026-11, 24 November 2026.",
    ):
        assert expected in text, expected
    assert "Finding 4 of all" not in text
    assert "Limit d" not in text


def test_counts_the_findings_that_do_not_begin_in_bold(tmp_path):
    plain = FINDINGS.replace("**", "")
    text = words(brief(notebook(plain, LIMITS)), tmp_path)
    assert "The first 3 of 5" in text
    assert "Finding 4" not in text


def test_ends_with_the_remark_after_the_limits_and_leads_to_the_report(tmp_path):
    remark = "Gray is gray; [Exhibit 2](#second) has more than [Exhibit 1](#first)."
    limits = LIMITS.replace("Limit b", "Limit b ([Exhibit 15](#other))")
    text = words(brief(notebook(FINDINGS, f"{limits}\n\n{remark}\n\nNot this.")), tmp_path)
    assert "Limit b (Exhibit 15 of the report)" in text
    assert "Gray is gray; Exhibit 2 of the report has more than Exhibit 1." in text
    assert "Not this" not in text


def test_long_findings_are_shown_fewer(tmp_path):
    long = "\n".join(f"1. Finding {n}. {'Far too long a finding. ' * 40}" for n in range(1, 5))
    path = tmp_path / "brief.pdf"
    path.write_bytes(brief(notebook("## Found\n\n" + long, LIMITS)))
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) == 1


def test_refuses_a_second_page():
    long = notebook(FINDINGS, LIMITS, deck="Far too long a deck. " * 250)
    with pytest.raises(PublishError, match=r"brief\.pdf.*expected one A4 page, found 2"):
        brief(long)


@pytest.mark.parametrize("texts", [(FINDINGS,), (LIMITS,), (LIMITS, FINDINGS), ()])
def test_names_the_list_that_is_missing(texts):
    with pytest.raises(PublishError, match=r"expected a numbered list and.*in chapter-one"):
        brief(notebook(*texts))


def test_a_list_of_the_next_chapter_does_not_count():
    book = notebook(FINDINGS)
    book.cells.append(nbformat.v4.new_markdown_cell(LIMITS))
    with pytest.raises(PublishError, match="expected a numbered list"):
        brief(book)


def test_needs_a_chart():
    with pytest.raises(PublishError, match="expected a chart"):
        brief(notebook(FINDINGS, LIMITS, svg=None))
