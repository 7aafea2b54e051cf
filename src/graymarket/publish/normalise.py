"""Any notebook, made fit for every format: current, honouring its tags, with nothing that runs."""

import re
import warnings
from typing import Any

import nbformat
from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from graymarket.publish.outputs import has_content
from graymarket.publish.payloads import EXHIBIT_MIME
from graymarket.publish.problems import PublishError
from graymarket.publish.sanitize import sanitize, sanitize_svg

# What XML, HTML and PDF forbid: control characters (but escape, which colours terminal output),
# half characters and non-characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n|$)")  # a progress bar's earlier states
_REMOVED = {"remove-cell", "remove_cell", "hide-cell", "hide_cell"}
_WITHOUT_SOURCE = {"remove-input", "remove_input", "hide-input", "hide_input"}
_WITHOUT_OUTPUT = {"remove-output", "remove_output", "hide-output", "hide_output"}
_SVGS = ("svg", "narrow_svg", "stage_svg", "outlined_svg")


class NotebookExporter(Exporter):
    """An exporter whose notebooks are normalised once all of nbconvert's preprocessors ran.

    `is_normalised`: they have been before; it cannot be set by a notebook or a configuration.
    """

    allow_scripts: Any = False
    is_normalised = False

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Raises PublishError for what is no notebook."""
        nb = nb if self.is_normalised else current(nb)
        exported: tuple[Any, dict[str, Any]] = super().from_notebook_node(nb, resources, **kwargs)
        return exported

    def _preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        nb, resources = Exporter._preprocess(self, nb, resources)
        if self.is_normalised:
            return nb, resources
        return normalised(nb, allow_scripts=self.allow_scripts), resources


def current(notebook: NotebookNode) -> NotebookNode:
    """The notebook in nbformat 4. Raises PublishError for what is no notebook."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cells without ids are no matter here
            upgraded: NotebookNode = nbformat.convert(nbformat.from_dict(notebook), 4)
            nbformat.validate(upgraded, relax_add_props=True)
    except Exception as error:  # nbformat lets many kinds through
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise PublishError([f"expected a Jupyter notebook: {reason[0]}"]) from error
    return upgraded


def normalised(notebook: NotebookNode, *, allow_scripts: bool = False) -> NotebookNode:
    """A copy as every format takes it.

    It honours the cells' tags (remove-cell, hide-input, …) and what JupyterLab folds away; attached
    pictures stand in the text; HTML and SVG of outputs and raw cells are sanitised, HTML not if the
    author will `allow_scripts`; no text has a character that a file may not hold.
    """
    clean = _clean(notebook)
    cells = [_normalised(c, allow_scripts) for c in clean.cells if not _tags(c) & _REMOVED]
    about = clean.metadata.get("report", {})
    if "exhibits" in about:
        about["exhibits"] = [_safe_exhibit(exhibit) for exhibit in about["exhibits"]]
    return NotebookNode(clean | {"cells": cells})


def _safe_exhibit(exhibit: dict[str, Any]) -> dict[str, Any]:
    """An exhibit's payload, its pictures sanitised."""
    return exhibit | {key: sanitize_svg(exhibit[key]) for key in _SVGS if exhibit.get(key)}


def _normalised(cell: NotebookNode, allow_scripts: bool) -> NotebookNode:
    if cell.cell_type == "markdown":
        return NotebookNode(cell | {"source": _with_attachments(cell)})
    if cell.cell_type == "raw":
        kind = cell.metadata.get("format") or cell.metadata.get("raw_mimetype") or ""
        safe = kind == "text/html" and not allow_scripts
        return NotebookNode(cell | {"source": sanitize(cell.source)}) if safe else cell
    folded = cell.metadata.get("jupyter") or {}
    if _tags(cell) & _WITHOUT_SOURCE or folded.get("source_hidden"):
        cell = NotebookNode(cell | {"source": ""})
    hidden = _tags(cell) & _WITHOUT_OUTPUT or folded.get("outputs_hidden")
    outputs = [] if hidden else [_safe(output, allow_scripts) for output in cell.outputs]
    return NotebookNode(cell | {"outputs": outputs})


def _safe(output: NotebookNode, allow_scripts: bool) -> NotebookNode:
    data = dict(output.get("data", {}))
    if "text/html" in data and not allow_scripts:
        markup = sanitize(_text(data["text/html"]))
        data["text/html"] = markup if has_content(markup) else ""
    if "image/svg+xml" in data:
        data["image/svg+xml"] = sanitize_svg(_text(data["image/svg+xml"]))
    if EXHIBIT_MIME in data:
        data[EXHIBIT_MIME] = _safe_exhibit(data[EXHIBIT_MIME])
    return NotebookNode(output | {"data": NotebookNode(data)}) if data else output


def _tags(cell: NotebookNode) -> set[str]:
    return set(cell.metadata.get("tags") or [])


def _text(value: Any) -> str:
    return "".join(value) if isinstance(value, list) else str(value)


def _clean(value: Any) -> Any:
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


def _with_attachments(cell: NotebookNode) -> str:
    """A cell's Markdown, pictures attached to it written into their addresses."""
    text: str = cell.source
    for name, kinds in (cell.get("attachments") or {}).items():
        mime, data = next(iter(kinds.items()), ("", ""))
        text = text.replace(f"(attachment:{name}", f"(data:{mime};base64,{''.join(data.split())}")
    return text
