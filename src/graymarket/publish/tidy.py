"""Any notebook, made fit for the exporters: current format, nothing hidden, nothing unprintable."""

import re
import warnings

import nbformat
from nbformat import NotebookNode

from graymarket.publish.problems import PublishError

# What XML, HTML and PDF forbid: control characters (but escape, which colours terminal output),
# half characters and non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n|$)")  # a progress bar's earlier states
_REMOVED = {"remove-cell", "remove_cell", "hide-cell", "hide_cell"}
_WITHOUT_SOURCE = {"remove-input", "remove_input", "hide-input", "hide_input"}
_WITHOUT_OUTPUT = {"remove-output", "remove_output", "hide-output", "hide_output"}


def tidied(notebook: NotebookNode) -> NotebookNode:
    """A copy in nbformat 4 that honours the cells' tags (remove-cell, hide-input, ...).

    Raises PublishError for what is no notebook.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without ids are no matter here
            current = nbformat.convert(_clean(notebook), 4)
            nbformat.validate(current, relax_add_props=True)
    except Exception as error:  # nbformat lets many kinds through
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise PublishError([f"expected a Jupyter notebook: {reason[0]}"]) from error
    cells = [_as_tagged(cell) for cell in current.cells if not _tags(cell) & _REMOVED]
    return NotebookNode(current | {"cells": cells})


def _as_tagged(cell: NotebookNode) -> NotebookNode:
    if cell.cell_type == "code" and _tags(cell) & _WITHOUT_SOURCE:
        cell = NotebookNode(cell | {"source": ""})
    if cell.cell_type == "code" and _tags(cell) & _WITHOUT_OUTPUT:
        cell = NotebookNode(cell | {"outputs": []})
    return cell


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags") or [])


def _clean(value):
    """The same value, its texts without characters that no file may hold."""
    if isinstance(value, str):
        if "\r" in value:
            value = _OVERWRITTEN.sub("", value).replace("\r", "")
        return _FORBIDDEN.sub("\ufffd", value) if _FORBIDDEN.search(value) else value
    if isinstance(value, dict):
        return NotebookNode({_clean(key): _clean(one) for key, one in value.items()})
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return value


def with_attachments(cell: NotebookNode) -> str:
    """A cell's Markdown, pictures attached to it written into their addresses."""
    text = cell.source
    for name, kinds in (cell.get("attachments") or {}).items():
        mime, data = next(iter(kinds.items()), ("", ""))
        text = text.replace(f"(attachment:{name}", f"(data:{mime};base64,{''.join(data.split())}")
    return text
