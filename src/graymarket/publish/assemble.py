"""Executed chapters → one notebook: results filled in, exhibits numbered, links resolved."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nbformat
from nbformat import NotebookNode

from graymarket.publish.payloads import (
    CALCULATOR_MIME,
    EXHIBIT_MIME,
    RESULTS_MIME,
    TABLE_MIME,
    Payload,
    Resolve,
    outputs,
    results_in,
)
from graymarket.publish.problems import PublishError

# A result in prose: {eval}`subject.name`, or with .capital at the start of a sentence.
_RESULT = re.compile(r"\{eval\}`(\w+\.\w+?)(\.capital)?`")
_NAMED = re.compile(r"\b(\w+\.\w+)\b")
_EXHIBIT_LINK = re.compile(r"\[Exhibit\]\(#([a-z0-9-]+)\)")
_ANY_LINK = re.compile(r"\]\(#([a-z0-9-]+)\)")
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
# Years, dates, proper names and a list's own numbers may stand in prose as digits; every other
# number is a result.
_ALLOWED_DIGITS = re.compile(
    r"^\d+\. "
    rf"|\b\d{{1,2}}(?:[–-]\d{{1,2}})?(?= (?:{_MONTH})\b)"
    r"|\b(?:19|20)\d\d\b"
    r"|\b(?:iOS|iPadOS|ICD) \d+(?:\.\d+)*",
    re.MULTILINE,
)


@dataclass
class _Book:
    """What assembling gathers while it goes through the chapters."""

    resolve: Resolve
    cells: list[NotebookNode] = field(default_factory=list)
    chapters: list[Payload] = field(default_factory=list)
    exhibits: dict[str, Payload] = field(default_factory=dict)
    results: dict[str, Payload] = field(default_factory=dict)
    slides: list[Payload] = field(default_factory=list)
    tables: list[Payload] = field(default_factory=list)
    calculators: list[Payload] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


def assemble(
    chapters: Mapping[str, NotebookNode], about: Mapping[str, Any], resolve: Resolve
) -> NotebookNode:
    """One notebook of all chapters, with `metadata.report` for the exporters.

    `metadata.report.slides` has, for each cell that Jupyter's metadata marks as a slide
    (`slideshow.slide_type`), the exhibit's id or the cell's text, its chapter's id, and the notes
    of the notes cell right behind it. Notes are for the stage and stand nowhere else.
    `metadata.report.tables` has the tables meant for the workbook, `calculators` what page and
    workbook let a reader work out again, each in a cell of its own too, `results` the results that
    chapters opened, as "subject/name", `traces` those that prose or exhibits use, with their rows,
    by chapter.

    A text cell tagged “optional” (Jupyter's `tags`) loses the lines that name a result which its
    chapter did not open, and is left out whole when none that names a result remains.

    `about` becomes part of `metadata.report` (title, subtitle, edition, date, fingerprint, …), its
    `left_out`, names of chapters, as a sentence.
    `resolve` gives for entries of lineage the rows and sources behind them. Raises PublishError
    with every problem: an unknown result, a digit typed into prose, an exhibit id used twice, a
    link that leads nowhere, a warning, a chapter without a title.
    """
    book = _Book(resolve)
    for name, notebook in chapters.items():
        _number_exhibits(name, notebook, book)
    for name, notebook in chapters.items():
        _add_chapter(name, notebook, book)
    if book.problems:
        raise PublishError(book.problems)
    traces = _traces(chapters, book)
    report = {
        **about,
        "left_out": _left_out(about.get("left_out", [])),
        "chapters": book.chapters,
        "exhibits": list(book.exhibits.values()),
        "results": book.results,
        "slides": book.slides,
        "tables": book.tables,
        "calculators": book.calculators,
        "traces": traces,
        "sources": _all_sources(traces),
    }
    return NotebookNode(nbformat.v4.new_notebook(cells=book.cells, metadata={"report": report}))


def _left_out(names: Sequence[str]) -> str:
    """What the contents say of chapters that do not apply; "" if all do."""
    need = "it needs prose of its own" if len(names) == 1 else "they need prose of their own"
    return f"Left out here, since {need}: {', '.join(names)}." if names else ""


def _names_in(notebook: NotebookNode) -> set[str]:
    return {name for cell in notebook.cells for name in _NAMED.findall(cell.source)}


def _number_exhibits(name: str, notebook: NotebookNode, book: _Book) -> None:
    for shown in (*outputs(notebook, EXHIBIT_MIME), *outputs(notebook, CALCULATOR_MIME)):
        if shown["id"] in book.ids:
            book.problems.append(f"notebooks/{name}.ipynb: exhibit id {shown['id']!r} used twice")
        book.ids.add(shown["id"])
    for exhibit in outputs(notebook, EXHIBIT_MIME):
        exhibit["number"] = len(book.exhibits) + 1
        exhibit["basis"] = book.resolve(tuple(exhibit["lineage"]))
        sources = {source["id"]: source for line in exhibit["basis"] for source in line["sources"]}
        exhibit["sources"] = list(sources.values())
        exhibit["chapter"] = name
        book.exhibits[exhibit["id"]] = exhibit


def _add_chapter(name: str, notebook: NotebookNode, book: _Book) -> None:
    results = results_in(notebook)
    book.tables += outputs(notebook, TABLE_MIME)
    book.results |= {key.replace(".", "/"): value for key, value in results.items()}
    notebook.cells = list(_present(notebook.cells, results))
    _report_warnings(name, notebook, book)
    opening: list[NotebookNode] = []
    rest: list[NotebookNode] = []
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            rest += [_plainly(cell), *_calculators(cell, book)]
            if slide_type(cell) == "slide":
                _add_slides(name, cell, book)
            continue
        where = f"notebooks/{name}.ipynb, cell {cell.get('id', '?')}"
        text = cell.source if _is_foreign(notebook) else _fill(cell.source, results, book, where)
        if slide_type(cell) == "notes":
            if book.slides and not book.slides[-1]["notes"]:
                book.slides[-1]["notes"] = text
            else:
                book.problems.append(f"{where}: speaker notes, expected right behind a slide")
            continue
        if slide_type(cell) == "slide":
            book.slides.append(_slide(name, text=text))
        if not opening and text.startswith("# "):
            opening, text = _open_chapter(name, text, book)
        if text:
            rest.append(_markdown(text))
    if not opening and _is_foreign(notebook):
        opening, _ = _open_chapter(name, f"# {name}", book)
    if not opening:
        book.problems.append(f"notebooks/{name}.ipynb: expected a cell that begins “# Title”")
    for i, cell in enumerate(opening + rest):
        cell["id"] = f"{re.sub(r'[^a-zA-Z0-9]+', '-', name)[:50]}-{i}"
        book.cells.append(cell)


def _is_foreign(notebook: NotebookNode) -> bool:
    """Whether it puts out nothing of ours: then our rules for prose are not meant for it."""
    return not any(next(outputs(notebook, m), None) for m in (EXHIBIT_MIME, RESULTS_MIME))


def _present(cells: list[NotebookNode], results: Mapping[str, Payload]) -> Iterator[NotebookNode]:
    """The cells, those tagged “optional” without what names a result that is not there."""
    for cell in cells:
        if "optional" in cell.metadata.get("tags", []):
            lines = cell.source.split("\n")
            kept = [line for line in lines if _named_in(line) <= {*results}]
            if not any(map(_RESULT.search, kept)):
                continue
            cell.source = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()
        yield cell


def _named_in(text: str) -> set[str]:
    """The results that a text of prose names."""
    return {match[1] for match in _RESULT.finditer(text)}


def slide_type(cell: NotebookNode) -> str:
    """What Jupyter's slideshow metadata says of a cell: "slide", "notes", ...; "" if nothing."""
    return str(cell.metadata.get("slideshow", {}).get("slide_type", "")).strip("-")


def is_prose(cell: NotebookNode) -> bool:
    """Whether Markdown that a code cell puts out reads on, as the tag “prose” says."""
    return "prose" in cell.metadata.get("tags", [])


def _add_slides(name: str, cell: NotebookNode, book: _Book) -> None:
    for output in cell.get("outputs", []):
        if EXHIBIT_MIME in output.get("data", {}):
            book.slides.append(_slide(name, exhibit=output.data[EXHIBIT_MIME]["id"]))


def _calculators(cell: NotebookNode, book: _Book) -> Iterator[NotebookNode]:
    """A cell for each calculator that this one puts out, with the rows beneath its numbers."""
    for calculator in outputs(NotebookNode(cells=[cell]), CALCULATOR_MIME):
        for part in ("readings", "limits", "inputs"):
            for entry in calculator[part]:
                entry["basis"] = book.resolve(tuple(entry["lineage"]))
        book.calculators.append(calculator)
        yield _markdown("", {"calculator": calculator})


def _plainly(cell: NotebookNode) -> NotebookNode:
    """The cell without what is meant for page or workbook alone."""
    outputs = cell.get("outputs", [])
    apart = {TABLE_MIME, CALCULATOR_MIME}
    kept = [output for output in outputs if not apart & {*output.get("data", {})}]
    return NotebookNode(cell | {"outputs": kept}) if len(kept) < len(outputs) else cell


def _slide(chapter: str, *, exhibit: str = "", text: str = "") -> Payload:
    return {"exhibit": exhibit, "text": text, "chapter": f"chapter-{chapter}", "notes": ""}


def _open_chapter(name: str, text: str, book: _Book) -> tuple[list[NotebookNode], str]:
    """The cells that open a chapter (title, deck), and the text that is left for its body."""
    heading, _, rest = text.partition("\n")
    deck, _, body = rest.strip().partition("\n\n")
    linked = heading.removeprefix("# ").strip()
    chapter = {
        "id": f"chapter-{name}",
        "title": without_links(linked),
        "linked_title": linked,
        "deck": deck,
    }
    book.chapters.append(chapter)
    cells = [_markdown(f"# {chapter['title']}", {"chapter": chapter})]
    if deck:
        cells.append(_markdown(deck, {"role": "deck"}))
    return cells, body


def _markdown(text: str, report: Payload | None = None) -> NotebookNode:
    metadata = {"report": report} if report else {}
    return NotebookNode(nbformat.v4.new_markdown_cell(text, metadata=metadata))


def without_links(text: str) -> str:
    """Markdown without its links within the report: their words alone."""
    return re.sub(r"\[([^\]]*)\]\(#[^)]*\)", r"\1", text)


def _anchor(result: str) -> str:
    """Where the rows beneath a result ("subject.name") are listed."""
    return "n-" + result.replace(".", "-").replace("_", "-")


def _traces(chapters: Mapping[str, NotebookNode], book: _Book) -> list[Payload]:
    """Where results and exhibits come from, by chapter; those of the same rows in one entry.

    A result stands under the first chapter that uses it.
    """
    seen: set[str] = set()
    traces = []
    for chapter, (name, notebook) in zip(book.chapters, chapters.items(), strict=True):
        used = [key for key in results_in(notebook) if key in _names_in(notebook) - seen]
        seen.update(used)
        items = [_traced_result(key, book) for key in used]
        items += [_traced_exhibit(e) for e in book.exhibits.values() if e["chapter"] == name]
        entries: dict[tuple[str, ...], Payload] = {}
        for anchor, text, rows in items:
            entry = entries.setdefault(rows, {"items": [], "basis": book.resolve(rows)})
            entry["items"].append({"id": anchor, "text": text})
        head = {"chapter": chapter["id"], "title": chapter["title"]}
        if entries:
            traces.append({**head, "entries": list(entries.values())})
    return traces


def _traced_result(key: str, book: _Book) -> tuple[str, str, tuple[str, ...]]:
    result = book.results[key.replace(".", "/")]
    return _anchor(key), result["text"], tuple(result["lineage"])


def _traced_exhibit(exhibit: Payload) -> tuple[str, str, tuple[str, ...]]:
    text = f"Exhibit {exhibit['number']}: {exhibit['title']}"
    return f"rows-{exhibit['id']}", text, tuple(exhibit["lineage"])


def _fill(source: str, results: Mapping[str, Payload], book: _Book, where: str) -> str:
    typed = _ALLOWED_DIGITS.sub("", re.sub(r"\]\([^)]*\)|`[^`]*`", "", _RESULT.sub("", source)))
    for found in re.findall(r"\S*\d\S*", typed):
        advice = "name a result and write {eval}`subject.name`"
        book.problems.append(f"{where}: digit typed into prose, “{found}”: {advice}")

    def result(match: re.Match[str]) -> str:
        if match[1] not in results:
            book.problems.append(f"{where}: unknown result {match[1]}")
            return match[0]
        text = results[match[1]]["text"]
        return f"[{text[:1].upper() + text[1:] if match[2] else text}](#{_anchor(match[1])})"

    def exhibit(match: re.Match[str]) -> str:
        number = book.exhibits.get(match[1], {}).get("number", "?")
        return f"[Exhibit {number}](#{match[1]})"

    text = _EXHIBIT_LINK.sub(exhibit, _RESULT.sub(result, source))
    for target in _ANY_LINK.findall(text):
        if target not in book.exhibits and not target.startswith("n-"):
            book.problems.append(f"{where}: link to #{target}, which is no exhibit")
    return text


def _report_warnings(name: str, notebook: NotebookNode, book: _Book) -> None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                book.problems.append(
                    f"notebooks/{name}.ipynb, cell {cell.get('id', '?')}: expected no warning, "
                    f"found “{' '.join(output.text.split())[:200]}”"
                )


def _all_sources(traces: list[Payload]) -> list[Payload]:
    sources = {
        source["id"]: source
        for chapter in traces
        for entry in chapter["entries"]
        for line in entry["basis"]
        for source in line["sources"]
    }
    return sorted(sources.values(), key=lambda source: source["credit"].lower())
