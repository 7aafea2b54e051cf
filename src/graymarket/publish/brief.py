"""One page of paper: the first chapter's headline, chart, first findings and limits."""

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it.token import Token
from nbformat import NotebookNode

from graymarket.publish.citation import REPORT_FILE, credit_line, how_to_cite
from graymarket.publish.markdown import Reader, read, without_links, words
from graymarket.publish.markdown_typst import to_typst
from graymarket.publish.normalise import normalised
from graymarket.publish.problems import PublishError
from graymarket.publish.text import lead
from graymarket.publish.typesetting import STYLE, compile_pdf, condensed, style, typst_string

_FILE = "brief.pdf"
_TEMPLATE = STYLE.with_name("brief.typ")
_EXHIBIT = re.compile(r"Exhibit \d+")
# How many findings and limits are tried: findings that are cut keep what they begin with.
_TRIED = [(3, 3), (2, 3), (1, 3), (1, 2), (1, 1)]


def brief(notebook: NotebookNode) -> bytes:
    """The assembled report on one A4 page: PDF/UA and PDF/A, like the report.

    Its findings are the first items of the first chapter's first ordered list, its limits those
    of the first bullet list after it, as many as fit; each under the heading that it has there.
    Of the other findings it has the bold words that they begin with, and as a remark the paragraph
    that follows the limits. References to exhibits that it does not hold lead to the report.
    Raises PublishError when one of them or a chart is missing, or if even one of each needs a
    second page.
    """
    notebook = normalised(notebook)
    report = notebook.metadata["report"]
    chart = next((exhibit for exhibit in report["exhibits"] if exhibit["svg"]), None)
    if chart is None:
        raise PublishError([f"{_FILE}: expected a chart among the exhibits"])
    parts = _parts(notebook, chart["id"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "chart.svg").write_text(condensed(chart["svg"]), encoding="utf-8")
        for findings, limits in _TRIED:
            try:
                return compile_pdf(_source(report, chart, parts, findings, limits), folder, _FILE)
            except PublishError:
                if (findings, limits) == _TRIED[-1]:  # not even one of each fits on the page
                    raise
    raise AssertionError("the last try returns or raises")


@dataclass(frozen=True)
class _List:
    """A list of the chapter: the words of the heading above it, its tokens, item by item."""

    title: str
    opening: Token
    items: list[list[Token]]

    def first(self, most: int) -> list[Token]:
        """The first items as a list."""
        return self._listed(self.opening, self.items[:most])

    def leads(self, most: int) -> list[Token]:
        """What the other items begin with in bold, as a list that goes on counting; nothing if
        one of them does not."""
        bold = [_bold(item) for item in self.items[most:]]
        if not all(bold):
            return []
        opening = self.opening.copy(attrs={"start": len(self.items[:most]) + 1})
        return self._listed(opening, [_item(lead(words)) for words in bold])

    def _listed(self, opening: Token, items: list[list[Token]]) -> list[Token]:
        closing = Token(opening.type.replace("_open", "_close"), opening.tag, -1)
        return [opening, *(token for item in items for token in item), closing]


@dataclass(frozen=True)
class _Parts:
    findings: _List
    limits: _List
    remark: list[Token]


def _source(
    report: dict[str, Any], chart: dict[str, Any], parts: _Parts, findings: int, limits: int
) -> str:
    chapter = report["chapters"][0]
    leads = parts.findings.leads(findings)
    values = {
        "title": report["title"],
        "edition": report["edition"],
        "date": report["date"],
        "headline": chapter["title"],
        "file": REPORT_FILE,
        "cite": how_to_cite(report),
        "chart": {key: chart[key] for key in ("title", "subtitle", "alt", "note")}
        | {"credit": credit_line(chart)},
        "picture": "chart.svg",
        "findings-title": parts.findings.title,
        "limits-title": parts.limits.title,
        "left-out": "" if leads else _left_out(len(parts.findings.items), findings),
    }
    texts = {
        "deck": _by_itself(read(chapter["deck"]), chart["id"]),
        "findings": parts.findings.first(findings),
        "more": leads,
        "limits": parts.limits.first(limits),
        "remark": parts.remark,
    }
    return "\n".join(
        [
            "#let rare-letters = false",
            style(),
            _TEMPLATE.read_text(encoding="utf-8"),
            "#brief(",
            f"..json(bytes({typst_string(json.dumps(values))})),",
            *(f"{name}: [{to_typst([text], Path())}]," for name, text in texts.items()),
            ")",
        ]
    )


def _left_out(count: int, most: int) -> str:
    return f"The first {most} of {count}; the others are in the report." if count > most else ""


def _parts(notebook: NotebookNode, chart: str) -> _Parts:
    """The first chapter's first ordered list, the first bullet list behind it, and the paragraph
    that follows them, empty if none does."""
    reader = Reader()
    tokens = [
        token
        for cell in _first_chapter(notebook)
        for token in _by_itself(reader.read(cell.source), chart)
    ]
    start = _position(tokens, "ordered_list_open", 0)
    bullets = _position(tokens, "bullet_list_open", start)
    if bullets == len(tokens):
        chapter = notebook.metadata["report"]["chapters"][0]["id"]
        raise PublishError(
            [f"{_FILE}: expected a numbered list and, after it, a bullet list in {chapter}"]
        )
    end = _position(tokens, "bullet_list_close", bullets) + 1
    follows = tokens[end : end + 3]
    remark = follows if follows and follows[0].type == "paragraph_open" else []
    return _Parts(_list_at(tokens, start), _list_at(tokens, bullets), remark)


def _position(tokens: list[Token], kind: str, start: int) -> int:
    """Where the first token of a kind that stands in no other is; past the end if there is none."""
    places = (
        i for i, token in enumerate(tokens) if i >= start and (token.type, token.level) == (kind, 0)
    )
    return next(places, len(tokens))


def _list_at(tokens: list[Token], start: int) -> _List:
    headings = [i for i, token in enumerate(tokens[:start]) if token.type == "heading_open"]
    title = words([tokens[headings[-1] + 1]]) if headings else ""
    end = _position(tokens, tokens[start].type.replace("_open", "_close"), start)
    items: list[list[Token]] = []
    for token in tokens[start + 1 : end]:
        if token.type == "list_item_open" and token.level == 1:
            items.append([])
        items[-1].append(token)
    return _List(title, tokens[start], items)


def _bold(item: list[Token]) -> str:
    """The bold words that an item begins with, "" if it begins otherwise."""
    first = next((token for token in item if token.type == "inline"), None)
    children = (first.children if first else None) or []
    if not children or children[0].type != "strong_open":
        return ""
    end = next(i for i, child in enumerate(children) if child.type == "strong_close")
    return words(children[:end])


def _item(bold: str) -> list[Token]:
    """An item of bold words."""
    item = Token("list_item_open", "li", 1), Token("list_item_close", "li", -1)
    strong = Token("strong_open", "strong", 1), Token("strong_close", "strong", -1)
    said = [strong[0], Token("text", "", 0, content=bold), strong[1]]
    return [item[0], Token("inline", "", 0, children=said), item[1]]


def _by_itself(tokens: list[Token], chart: str) -> list[Token]:
    """A text of the report to be read away from it, beside one chart of its exhibits."""
    for token in tokens:
        for at, child in enumerate(token.children or ()):
            address = str(child.attrs.get("href", ""))
            if not address.startswith("#") or address == f"#{chart}":
                continue
            named = (token.children or [])[at + 1]
            if _EXHIBIT.fullmatch(named.content):
                named.content += " of the report"
    return without_links(tokens)


def _first_chapter(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """The first chapter's text cells."""
    chapters = 0
    for cell in notebook.cells:
        chapters += "chapter" in cell.metadata.get("report", {})
        if chapters == 1 and cell.cell_type == "markdown":
            yield cell
