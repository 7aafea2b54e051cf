"""What chapters found, in the form in which files tell it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from nbformat import NotebookNode

EXHIBIT_MIME = "application/vnd.graymarket.exhibit+json"
RESULTS_MIME = "application/vnd.graymarket.results+json"


def outputs(notebook: NotebookNode, mime: str) -> Iterator[dict]:
    """What the notebook's cells put out under that MIME type, in order."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if mime in output.get("data", {}):
                yield output.data[mime]


def results_in(notebook: NotebookNode) -> dict[str, dict]:
    """The results of the subjects that the notebook opened, by "subject.name"."""
    return {
        f"{subject}.{name}": result
        for opened in outputs(notebook, RESULTS_MIME)
        for subject, known in opened.items()
        for name, result in known.items()
    }


def as_told(results: dict[str, dict], exhibits: Iterable[dict]) -> dict:
    """{"results", "exhibits"} for a JSON file: their words and values, and the rows beneath.

    `results` by "chapter/name". An exhibit has a number once the report is assembled.
    """
    keys = ("id", "number", "title", "subtitle", "alt", "note")
    return {
        "results": {
            name: result | {"basis": [_row_name(line) for line in result["basis"]]}
            for name, result in results.items()
        },
        "exhibits": [
            {key: exhibit[key] for key in keys if key in exhibit}
            | {"basis": [_row_name(line) for line in exhibit["basis"]]}
            | {"sources": [source["id"] for source in exhibit["sources"]]}
            for exhibit in exhibits
        ],
    }


def _row_name(line: dict) -> str:
    return f"{Path(line['file']).stem}/{line['key']}".rstrip("/")
