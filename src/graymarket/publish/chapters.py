"""Notebooks of a folder as chapters of one report: parameters put in, cells chosen by tags."""

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from graymarket.publish.problems import PublishError

_OWN = "for:"  # a tag: the cell is in the report of that question alone
_GENERAL = "general"  # a tag: unless the chapter has cells of the question's own
_PARAMETERS = "parameters"  # papermill's tag: the cell assigns what a run may set


def read_chapters(folder: Path) -> dict[str, NotebookNode]:
    """The notebooks of `folder` by name (without ".ipynb"), in the order of their names.

    Raises PublishError if there is none, or for a file that is no notebook.
    """
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise PublishError([f"{folder}: expected notebooks (*.ipynb), found none"])
    chapters = {}
    for path in paths:
        try:
            chapters[path.stem] = nbformat.read(path, as_version=4)
        except (ValueError, nbformat.reader.NotJSONError) as error:
            raise PublishError([f"{path}: expected a Jupyter notebook: {error}"]) from error
    return chapters


def for_question(
    chapters: dict[str, NotebookNode], question: str, parameters: dict[str, str]
) -> tuple[dict[str, NotebookNode], list[str]]:
    """The chapters with the cells that are for a question, and the names of those left out.

    A cell tagged “for:NAME” is kept for that question, one tagged “general” where its chapter has
    no cell for the question; `parameters`, by name, become the source of the cell tagged so. A
    chapter of which no title is left is left out; it goes by `report.name` of its metadata, or by
    its file's name without the number.
    """
    kept, left_out = {}, []
    for name, notebook in chapters.items():
        notebook.cells = _chosen(notebook.cells, question)
        if any(map(_is_title, notebook.cells)):
            _set_parameters(notebook, parameters)
            kept[name] = notebook
        else:
            left_out.append(_spoken_name(name, notebook))
    return kept, left_out


def _tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def _chosen(cells: list[NotebookNode], question: str) -> list[NotebookNode]:
    own = f"{_OWN}{question}"
    has_own = any(own in _tags(cell) for cell in cells)

    def is_kept(tags: list[str]) -> bool:
        if any(tag.startswith(_OWN) for tag in tags):
            return own in tags
        return not (_GENERAL in tags and has_own)

    return [cell for cell in cells if is_kept(_tags(cell))]


def _is_title(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and str(cell.source).startswith("# ")


def _set_parameters(notebook: NotebookNode, parameters: dict[str, str]) -> None:
    for cell in notebook.cells:
        if _PARAMETERS in _tags(cell):
            cell.source = "\n".join(
                f"{name} = {json.dumps(value, ensure_ascii=False)}"
                for name, value in parameters.items()
            )


def _spoken_name(name: str, notebook: NotebookNode) -> str:
    stem = name.lstrip("0123456789-") or name
    return str(notebook.metadata.get("report", {}).get("name", stem.replace("-", " ")))
