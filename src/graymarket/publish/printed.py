"""What one output of a cell, or a raw cell, is on paper: Typst within Markdown."""

from pathlib import Path

from bs4 import BeautifulSoup
from nbformat import NotebookNode

from graymarket.publish.cells import cell_text
from graymarket.publish.clean import clean
from graymarket.publish.outputs import (
    alt_of,
    has_content,
    html_of,
    latex_of,
    picture_of,
    plain_text_of,
    shortened,
)
from graymarket.publish.typesetting import typst_string
from graymarket.publish.typst_markdown import code_block, foreign, image, raw

_SHORT_CELL = 16  # characters: a column of no longer cells is never wrapped
_WIDEST_CELL = 60  # characters: longer cells wrap rather than widen their column
_MOST_TEXT = 10_000  # characters of an output that are printed
_MOST_ROWS, _MOST_COLUMNS, _MOST_WIDTH = 40, 12, 110  # of a foreign table, width in characters
_BLOCKS = ["p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "tr", "pre", "dt", "dd"]


def printed(output: NotebookNode, folder: Path) -> str:
    """An output as Markdown for the typesetter: picture, table, formula or text, "" if none."""
    if markup := clean(html_of(output)):
        if "<table" in markup:
            return _tables(markup)
        if has_content(markup) and "<img" not in markup:
            return code_block(_words(BeautifulSoup(markup, "html.parser")))
    if picture := picture_of(output):
        return raw(f"#block({image(picture, alt_of(output), folder)})")
    if "text/latex" in output.get("data", {}):
        return foreign(latex_of(output))
    text, note = shortened(plain_text_of(output), _MOST_TEXT)
    if not text.strip():
        return ""
    return code_block(text) + (f"\n\n{_remark(note)}" if note else "")


def printed_raw_cell(cell: NotebookNode) -> str:
    """A raw cell: Markdown and HTML as such, text of no format as text, else nothing."""
    kind = cell.metadata.get("format") or cell.metadata.get("raw_mimetype") or ""
    if kind == "text/markdown":
        return foreign(cell.source)
    if kind == "text/html":
        markup = clean(cell.source)
        return _tables(markup) if "<table" in markup else code_block(_plain(markup))
    return code_block(cell.source) if not kind and cell.source.strip() else ""


def _plain(markup: str) -> str:
    return _words(BeautifulSoup(markup, "html.parser"))


def _words(element) -> str:
    """The text of HTML, a line for each block."""
    for block in element.find_all(_BLOCKS):
        block.insert_before("\n")
    lines = (" ".join(line.split()) for line in element.get_text().split("\n"))
    return "\n".join(line for line in lines if line)


def _tables(markup: str) -> str:
    """The tables of HTML as tables, what stands around them as text."""
    soup = BeautifulSoup(markup, "html.parser")
    tables = []
    for found in soup.find_all("table"):
        if not found.find_parent("table"):
            tables.append(_grid(found))
            found.replace_with("\n")
    around = _words(soup)
    blocks = [_shown_table(rows) for rows in tables if rows]
    return "\n\n".join([*blocks, *([_remark(around)] if around else [])])


def _grid(table) -> list[list[str]]:
    """The cells’ texts, row by row, each row as long as the longest."""
    rows = []
    for row in table.find_all("tr"):
        if row.find_parent("table") is not table:
            continue  # a table within a cell is that cell's text
        cells = []
        for cell in row.find_all(["th", "td"], recursive=False):
            span = str(cell.get("colspan", "1"))
            wide = min(int(span), _MOST_COLUMNS) if span.isdigit() else 1
            cells += [" ".join(cell.get_text(" ").split()), *[""] * (wide - 1)]
        if cells:
            rows.append(cells)
    longest = max(map(len, rows), default=0)
    return [cells + [""] * (longest - len(cells)) for cells in rows]


def _shown_table(rows: list[list[str]]) -> str:
    head, body = (rows[0], rows[1:]) if len(rows) > 1 else ([""] * len(rows[0]), rows)
    columns = _fitting(rows)
    kept = [row[:columns] for row in body[:_MOST_ROWS]]
    table = {
        "columns": head[:columns],
        "numeric": [_numeric([row[i] for row in kept]) for i in range(columns)],
        "rows": kept,
    }
    block = raw(f"#{data_table(table)}")
    if len(kept) == len(body) and columns == len(head):
        return block
    note = f"{len(kept):,} of {len(body):,} rows, {columns} of {len(head):,} columns are shown."
    return f"{block}\n\n{_remark(note)}"


def _fitting(rows: list[list[str]]) -> int:
    """How many columns fit the page side by side."""
    width, count = 0, 0
    for column in list(zip(*rows[: _MOST_ROWS + 1], strict=True))[:_MOST_COLUMNS]:
        width += min(max(len(cell) for cell in column), _SHORT_CELL) + 2
        if count and width > _MOST_WIDTH:
            break
        count += 1
    return count


def _numeric(cells: list[str]) -> bool:
    seen = [cell for cell in cells if cell]
    short = all(len(cell) <= _SHORT_CELL for cell in seen)
    return bool(seen) and short and all(cell.lstrip("-−+$€£")[:1].isdigit() for cell in seen)


def _remark(text: str) -> str:
    return raw(f"#remark({typst_string(text)})")


def data_table(table: dict) -> str:
    """A table of `columns`, `numeric` and `rows` as Typst code."""
    columns = list(zip(*table["rows"], strict=True))
    weights, align = [], []
    for name, numeric, cells in zip(table["columns"], table["numeric"], columns, strict=True):
        lengths = [len(cell_text(cell)) for cell in cells]
        short = max(lengths) <= _SHORT_CELL
        weights.append("none" if numeric or short else str(_weight(name, lengths)))
        align.append("right" if numeric else "left")
    head = ", ".join(typst_string(name) for name in table["columns"])
    rows = ",\n".join(", ".join(typst_string(cell_text(c)) for c in row) for row in table["rows"])
    return (
        f"data-table(weights: ({', '.join(weights)},), align: ({', '.join(align)},), "
        f"header: ({head},), (\n{rows},\n))"
    )


def _weight(name: str, lengths: list[int]) -> int:
    """How much room a column of words asks for: its mean cell, within reason."""
    return max(len(name), min(round(1.3 * sum(lengths) / len(lengths)), _WIDEST_CELL))
