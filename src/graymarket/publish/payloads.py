"""What chapters put out for `publish`: the MIME types, and how their content is read."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

EXHIBIT_MIME = "application/vnd.graymarket.exhibit+json"
RESULTS_MIME = "application/vnd.graymarket.results+json"
TABLE_MIME = "application/vnd.graymarket.table+json"

Payload = dict[str, Any]
Resolve = Callable[[tuple[str, ...]], list[Payload]]


def outputs(notebook: NotebookNode, mime: str) -> Iterator[Payload]:
    """What the notebook's cells put out under that MIME type, in order."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield output.data[mime]


def results_in(notebook: NotebookNode) -> dict[str, Payload]:
    """The notebook's results by name, or by subject and name."""
    return {k: v for payload in outputs(notebook, RESULTS_MIME) for k, v in payload.items()}


def summary(results: dict[str, Payload], exhibits: Iterable[Payload]) -> dict[str, Any]:
    """{"results", "exhibits"} for a JSON file: their words and values, and the rows beneath.

    An exhibit has a number once the report is assembled.
    """
    keys = ("id", "number", "title", "subtitle", "alt", "note")
    return {
        "results": _brief(results),
        "exhibits": [
            {key: exhibit[key] for key in keys if key in exhibit}
            | _lineage(exhibit)
            | {"sources": [source["id"] for source in exhibit["sources"]]}
            for exhibit in exhibits
        ],
    }


def _brief(results: Payload) -> Payload:
    """The results with the names of rows instead of what they hold."""
    return {
        name: {key: v for key, v in entry.items() if key not in ("basis", "lineage")}
        | _lineage(entry)
        if "text" in entry
        else _brief(entry)
        for name, entry in results.items()
    }


def _lineage(payload: Payload) -> Payload:
    if "lineage" in payload:
        return {"lineage": list(payload["lineage"])}
    return {"basis": [row_name(line) for line in payload.get("basis", [])]}


def row_name(line: Payload) -> str:
    """A row of the lineage as "table/key"; the table alone for all of it."""
    return f"{Path(line['file']).stem}/{line['key']}".rstrip("/")


def typed_table(table: Payload) -> Payload:
    """The table with `columns` of {name, unit, numeric}, `rows` as printed and typed `values`.

    A table whose columns are names alone has its values as its rows.
    """
    if not table["columns"] or isinstance(table["columns"][0], dict):
        return table
    numeric = table.get("numeric", [False] * len(table["columns"]))
    columns = [
        {"name": name, "unit": "", "numeric": is_number}
        for name, is_number in zip(table["columns"], numeric, strict=True)
    ]
    return {"columns": columns, "rows": table["rows"], "values": table["rows"]}
