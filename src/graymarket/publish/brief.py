"""One page of paper: the first chapter's headline, chart, first findings and limits."""

import json
import re
import tempfile
from pathlib import Path

import pypandoc
from nbformat import NotebookNode

from graymarket.publish.assemble import without_links
from graymarket.publish.cells import lead
from graymarket.publish.citing import REPORT_FILE, credit_line, how_to_cite
from graymarket.publish.problems import PublishError
from graymarket.publish.typesetting import (
    MARKDOWN,
    STYLE,
    compile_pdf,
    condensed,
    style,
    typst_prose,
    typst_string,
)

_FILE = "brief.pdf"
_TEMPLATE = STYLE.with_name("brief.typ")
_NO_WRAP = ["--wrap=none"]


def brief(notebook: NotebookNode) -> bytes:
    """The assembled report on one A4 page: PDF/UA and PDF/A, like the report.

    Its findings are the first items of the first chapter's first ordered list, its limits those
    of the first bullet list after it, as many as fit; each under the heading that it has there.
    Of the other findings it has the bold words that they begin with, and as a remark the paragraph
    that follows the limits. References to exhibits that it does not hold lead to the report.
    Raises PublishError when one of them or a chart is missing, or if even one of each needs a
    second page.
    """
    report = notebook.metadata["report"]
    chart = next((exhibit for exhibit in report["exhibits"] if exhibit["svg"]), None)
    if chart is None:
        raise PublishError([f"{_FILE}: expected a chart among the exhibits"])
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "chart.svg").write_text(condensed(chart["svg"]), encoding="utf-8")
        # Findings that are cut keep what they begin with; limits that are cut are gone
        for most, limits in [(3, 3), (2, 3), (1, 3), (1, 2), (1, 1)]:
            source = _source(report, chart, *_parts(notebook, chart, most, limits), most)
            try:
                return compile_pdf(source, Path(folder), _FILE)
            except PublishError:
                if (most, limits) == (1, 1):  # not even one of each fits on the page
                    raise


def _source(report: dict, chart: dict, findings: dict, limits: dict, remark: str, most: int) -> str:
    chapter = report["chapters"][0]
    shown = {key: chart[key] for key in ("title", "subtitle", "alt", "note")}
    values = {
        "title": report["title"],
        "edition": report["edition"],
        "date": report["date"],
        "headline": chapter["title"],
        "file": REPORT_FILE,
        "cite": how_to_cite(report),
        "chart": shown | {"credit": credit_line(chart)},
        "picture": "chart.svg",
        "findings-title": findings["title"],
        "limits-title": limits["title"],
        "left-out": _left_out(findings, most),
    }
    return "\n".join(
        [
            "#let rare-letters = false",
            style(),
            _TEMPLATE.read_text(encoding="utf-8"),
            "#brief(",
            f"..json(bytes({typst_string(json.dumps(values))})),",
            f"deck: [{typst_prose(_by_itself(chapter['deck'], chart))}],",
            f"findings: [{findings['typst']}],",
            f"more: [{findings['leads']}],",
            f"limits: [{limits['typst']}],",
            f"remark: [{remark}],",
            ")",
        ]
    )


def _left_out(findings: dict, most: int) -> str:
    if findings["count"] <= most or findings["leads"]:
        return ""
    return f"The first {most} of {findings['count']}; the others are in the report."


def _by_itself(text: str, chart: dict) -> str:
    """Markdown of the report to be read away from it, beside one chart of its exhibits."""

    def exhibit(link: re.Match) -> str:
        return link[1] if link[2] == chart["id"] else f"{link[1]} of the report"

    return without_links(re.sub(r"\[(Exhibit \d+)\]\(#([\w-]+)\)", exhibit, text))


def _parts(notebook: NotebookNode, chart: dict, most: int, limits: int) -> tuple[dict, dict, str]:
    """The first chapter's first ordered list and the first bullet list behind it, cut, and the
    paragraph that follows them, "" if none does."""
    text = "\n\n".join(_by_itself(source, chart) for source in _first_chapter(notebook))
    document = json.loads(pypandoc.convert_text(text, "json", format=MARKDOWN))
    blocks = document["blocks"]
    ordered = _position(blocks, "OrderedList", 0)
    bullets = _position(blocks, "BulletList", ordered)
    if bullets == len(blocks):
        chapter = notebook.metadata["report"]["chapters"][0]["id"]
        raise PublishError(
            [f"{_FILE}: expected a numbered list and, after it, a bullet list in {chapter}"]
        )
    after = [block for block in blocks[bullets + 1 : bullets + 2] if block["t"] == "Para"]
    remark = typst_prose(json.dumps(document | {"blocks": after}), "json").strip()
    return _shortened(document, ordered, most), _shortened(document, bullets, limits), remark


def _position(blocks: list[dict], kind: str, start: int) -> int:
    """Where the first block of a kind stands from `start` on; past the end if there is none."""
    found = (i for i in range(start, len(blocks)) if blocks[i]["t"] == kind)
    return next(found, len(blocks))


def _shortened(document: dict, position: int, most: int) -> dict:
    """A list's first items as Typst, the words of the heading above it, and how many it has."""
    blocks = document["blocks"]
    block = blocks[position]
    ordered = block["t"] == "OrderedList"
    items = block["c"][1] if ordered else block["c"]
    content = [block["c"][0], items[:most]] if ordered else items[:most]
    headings = [other["c"][2] for other in blocks[:position] if other["t"] == "Header"]
    heading = document | {"blocks": [{"t": "Plain", "c": headings[-1] if headings else []}]}
    return {
        "title": pypandoc.convert_text(json.dumps(heading), "plain", "json", _NO_WRAP).strip(),
        "typst": typst_prose(json.dumps(document | {"blocks": [block | {"c": content}]}), "json"),
        "leads": _leads(document, block, most) if ordered else "",
        "count": len(items),
    }


def _leads(document: dict, block: dict, most: int) -> str:
    """What the items behind the first `most` begin with in bold, as Typst; "" if one does not."""
    (start, *style), items = block["c"]
    leads = []
    for item in items[most:]:
        if not (item[0].get("c") and item[0]["c"][0]["t"] == "Strong"):
            return ""
        bold = document | {"blocks": [{"t": "Plain", "c": item[0]["c"][0]["c"]}]}
        words = pypandoc.convert_text(json.dumps(bold), "plain", "json", _NO_WRAP).strip()
        strong = {"t": "Strong", "c": [{"t": "Str", "c": lead(words)}]}
        leads.append([{"t": "Plain", "c": [strong]}])
    listed = {"t": "OrderedList", "c": [[start + most, *style], leads]}
    return typst_prose(json.dumps(document | {"blocks": [listed]}), "json") if leads else ""


def _first_chapter(notebook: NotebookNode):
    """The first chapter's text, cell by cell."""
    chapters = 0
    for cell in notebook.cells:
        chapters += "chapter" in cell.metadata.get("report", {})
        if chapters == 1 and cell.cell_type == "markdown":
            yield cell.source
