"""What chapters put out for `publish`: the MIME types, and how their content is read."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from nbformat import NotebookNode

CALCULATOR_MIME = "application/vnd.graymarket.calculator+json"
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
    """The results of the subjects that the notebook opened, by "subject.name"."""
    return {
        f"{subject}.{name}": result
        for opened in outputs(notebook, RESULTS_MIME)
        for subject, known in opened.items()
        for name, result in known.items()
    }


def summary(results: dict[str, Payload], exhibits: Iterable[Payload]) -> dict[str, Any]:
    """{"results", "exhibits"} for a JSON file: typed, with their words and the rows beneath."""
    keys = ("id", "number", "title", "subtitle", "alt", "note")
    return {
        "results": results,
        "exhibits": [
            {key: exhibit[key] for key in keys if key in exhibit}
            | {"lineage": exhibit["lineage"]}
            | {"sources": [source["id"] for source in exhibit["sources"]]}
            for exhibit in exhibits
        ],
    }
