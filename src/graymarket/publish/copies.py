"""Executed chapters as notebooks that open anywhere: numbers in the prose, pictures as outputs.

A copy needs nothing of this project to be read: no extension, no font, no kernel. Its prose is
plain Markdown, its outputs have standard MIME types alone.
"""

import base64
import html
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import nbformat
from nbformat import NotebookNode
from PIL import Image

from graymarket.publish.payloads import EXHIBIT_MIME

_STANDARD = re.compile(r"text/\w+|image/[\w+]+|application/(json|pdf|javascript)")

_RESULT = re.compile(r"\{eval\}`([^`]+)`")
_EXHIBIT = re.compile(r"\[Exhibit\]\(#([a-z0-9-]+)\)")
_LINK = re.compile(r"\]\(#([a-z0-9-]+)\)")

_ADDRESS = re.compile(r" at 0x[0-9a-f]+")  # where an object lay in memory: another each time

_WIDTH = 1_000  # pixels: sharp in a notebook's column
_COLORS = 64  # charts have a handful, and their edges' shades


@dataclass(frozen=True)
class _Place:
    """Where an exhibit stands: its number in the report, and the chapter that shows it."""

    number: int
    chapter: str


def copies(
    chapters: Mapping[str, NotebookNode],
    texts: Mapping[str, Mapping[str, str]],
    pictures: Mapping[str, bytes],
) -> dict[str, bytes]:
    """File names ("NN-name.ipynb") and contents; the notebooks given are left as they are.

    Parameters
    ----------
    chapters : executed chapters by name, in the report's order, with the cells that it shows.
    texts : for each chapter the printed text of every expression that its prose names in {eval}.
    pictures : PNG of each exhibit that has a chart, by the exhibit's id; of any size.

    Exhibits have the numbers of the report: in the order in which the chapters show them.
    Raises KeyError for an expression without text, and for a chart without picture.
    """
    places = _places(chapters)
    files = {}
    for name, chapter in chapters.items():
        copied = _copy(name, chapter, texts.get(name, {}), places, pictures)
        files[f"{name}.ipynb"] = (nbformat.writes(copied) + "\n").encode()
    return files


def _places(chapters: Mapping[str, NotebookNode]) -> dict[str, _Place]:
    ids = [
        (output.data[EXHIBIT_MIME]["id"], name)
        for name, chapter in chapters.items()
        for cell in chapter.cells
        for output in cell.get("outputs", [])
        if EXHIBIT_MIME in output.get("data", {})
    ]
    return {id: _Place(number, name) for number, (id, name) in enumerate(ids, start=1)}


def _copy(
    name: str,
    chapter: NotebookNode,
    texts: Mapping[str, str],
    places: Mapping[str, _Place],
    pictures: Mapping[str, bytes],
) -> NotebookNode:
    """The chapter with its prose filled in and its outputs in standard types; ids by order."""
    cells = []
    for number, cell in enumerate(chapter.cells, start=1):
        parts = {"id": f"cell-{number}", "cell_type": cell.cell_type, "metadata": {}}
        if cell.cell_type == "markdown":
            parts["source"] = _prose(cell.source, name, texts, places)
        else:
            parts["source"] = cell.source
        if cell.cell_type == "code":
            shown = (_outputs(output, places, pictures) for output in cell.get("outputs", []))
            parts["outputs"] = list(chain.from_iterable(shown))
            parts["execution_count"] = cell.get("execution_count")
        if "attachments" in cell:
            parts["attachments"] = cell.attachments
        cells.append(NotebookNode(parts))
    kept = ("kernelspec", "language_info")
    metadata = {key: chapter.metadata[key] for key in kept if key in chapter.metadata}
    copied: NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    return copied


def _prose(source: str, name: str, texts: Mapping[str, str], places: Mapping[str, _Place]) -> str:
    """Markdown with the numbers in it; an exhibit of another chapter is linked to its copy."""

    def numbered(match: re.Match[str]) -> str:
        place = places.get(match[1])
        return f"[Exhibit {place.number}](#{match[1]})" if place else "Exhibit"

    def addressed(match: re.Match[str]) -> str:
        place = places.get(match[1])
        if place is None or place.chapter == name:
            return match[0]
        return f"]({place.chapter}.ipynb#{match[1]})"

    filled = _RESULT.sub(lambda match: texts[match[1]], source)
    return _LINK.sub(addressed, _EXHIBIT.sub(numbered, filled))


def _outputs(
    output: NotebookNode, places: Mapping[str, _Place], pictures: Mapping[str, bytes]
) -> Iterator[NotebookNode]:
    if output.output_type == "stream":
        if output.name != "stderr":
            yield NotebookNode(output)
        return
    data = output.get("data", {})
    if EXHIBIT_MIME in data:
        exhibit = data[EXHIBIT_MIME]
        yield from _exhibit(exhibit, places[exhibit["id"]].number, pictures)
        return
    standard = {kind: data[kind] for kind in data if _STANDARD.fullmatch(kind)}
    if output.output_type == "error":
        yield NotebookNode(output)
    elif standard:
        yield _display(standard, output.get("metadata", {}))


def _exhibit(
    exhibit: Mapping[str, Any], number: int, pictures: Mapping[str, bytes]
) -> Iterator[NotebookNode]:
    """Its title, its chart or table, and what is flagged: each an output that any viewer shows."""
    title = f"Exhibit {number}. {exhibit['title']}"
    yield _display(
        {
            "text/html": f'<div id="{exhibit["id"]}"><strong>{html.escape(title)}</strong><br>'
            f"{html.escape(exhibit['subtitle'])}</div>",
            "text/plain": f"{title}\n{exhibit['subtitle']}",
        }
    )
    if exhibit["svg"]:
        picture = base64.b64encode(_small(pictures[exhibit["id"]])).decode("ascii")
        yield _display(
            {"image/png": picture, "text/plain": exhibit["alt"]},
            {"image/png": {"alt": exhibit["alt"]}},
        )
    else:
        yield _display({"text/html": _table(exhibit["table"]), "text/plain": exhibit["alt"]})
    if exhibit["note"]:
        note = f"Note: {exhibit['note']}"
        yield _display({"text/html": f"<small>{html.escape(note)}</small>", "text/plain": note})


def _display(data: dict[str, Any], metadata: Mapping[str, Any] | None = None) -> NotebookNode:
    if "text/plain" in data:
        data["text/plain"] = _ADDRESS.sub("", _joined(data["text/plain"]))
    output: NotebookNode = nbformat.v4.new_output(
        "display_data", data=data, metadata=dict(metadata or {})
    )
    return output


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _small(picture: bytes) -> bytes:
    """The same picture in few colours, and no wider than a notebook's column needs."""
    with Image.open(io.BytesIO(picture)) as image:
        plain = image.convert("RGB")
    height = round(plain.height * _WIDTH / plain.width)
    if plain.width > _WIDTH:
        plain = plain.resize((_WIDTH, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    plain.quantize(_COLORS).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _table(table: Mapping[str, Any]) -> str:
    def row(tag: str, cells: list[Any]) -> str:
        return "<tr>" + "".join(f"<{tag}>{_cell(cell)}</{tag}>" for cell in cells) + "</tr>"

    head = row("th", table["columns"])
    body = "".join(row("td", cells) for cells in table["rows"])
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>"


def _cell(cell: Any) -> str:
    text = cell["name"] if isinstance(cell, dict) else str(cell)
    return html.escape(text)
