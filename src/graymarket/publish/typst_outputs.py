"""What one output of a cell, or a raw cell, is on paper: Typst, or a text yet to be read."""

from pathlib import Path

from markdown_it.token import Token
from nbformat import NotebookNode

from graymarket.publish.markdown import Reader
from graymarket.publish.outputs import (
    alt_of,
    html_of,
    latex_of,
    picture_of,
    plain_text_of,
    shortened,
)
from graymarket.publish.typesetting import code_block, picture_code
from graymarket.publish.typst_html import printed_html, remark

_MOST_TEXT = 10_000  # characters of an output that are printed


def printed(output: NotebookNode, folder: Path, reader: Reader) -> str | list[Token]:
    """An output for the typesetter: picture, table or text as Typst, a formula as tokens.

    Its picture is written into `folder`; "" if it shows nothing.
    """
    markup = html_of(output)
    if markup and "<img" not in markup and (typst_code := printed_html(markup)):
        return typst_code
    if "<table" in markup:
        return printed_html(markup)
    if picture := picture_of(output):
        return f"#block({picture_code(picture, alt_of(output), folder)})"
    if "text/latex" in output.get("data", {}):
        return reader.read(latex_of(output))
    text, note = shortened(plain_text_of(output), _MOST_TEXT)
    if not text.strip():
        return ""
    return code_block(text) + (f"\n\n{remark(note)}" if note else "")


def printed_raw_cell(cell: NotebookNode, reader: Reader) -> str | list[Token]:
    """A raw cell: Markdown and HTML as such, text of no format as text, else nothing."""
    kind = cell.metadata.get("format") or cell.metadata.get("raw_mimetype") or ""
    if kind == "text/markdown":
        return reader.read(cell.source)
    if kind == "text/html":
        return printed_html(cell.source)
    return code_block(cell.source) if not kind and cell.source.strip() else ""
