"""HTML of others and tables of data on paper: as Typst."""

from collections.abc import Sequence
from typing import Any

from bs4 import BeautifulSoup, Tag

from graymarket.publish.sanitize import sanitize
from graymarket.publish.typesetting import code_block, typst_string

_SHORT_CELL = 16  # characters: a column of no longer cells is never wrapped
_WIDEST_CELL = 60  # characters: longer cells wrap rather than widen their column
_MOST_ROWS, _MOST_COLUMNS, _MOST_WIDTH = 40, 12, 110  # of a foreign table, width in characters
_BLOCKS = ["p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "tr", "pre", "dt", "dd"]


def printed_html(markup: str) -> str:
    """HTML as Typst: its tables as tables, else its words, "" without any."""
    markup = sanitize(markup)
    soup = BeautifulSoup(markup, "html.parser")
    if "<table" in markup:
        return _tables(soup)
    words = _words(soup)
    return code_block(words) if words else ""


def remark(text: str) -> str:
    """A line in small print."""
    return f"#remark({typst_string(text)})"


def data_table(table: dict[str, Any]) -> str:
    """A table of `columns` and `rows` as printed, in the form of an exhibit's, as Typst code."""
    cells = list(zip(*table["rows"], strict=True))
    weights, align = [], []
    for column, texts in zip(table["columns"], cells, strict=True):
        lengths = [len(text) for text in texts]
        short = max(lengths) <= _SHORT_CELL
        unweighted = column["numeric"] or short
        weights.append("none" if unweighted else str(_weight(column["name"], lengths)))
        align.append("right" if column["numeric"] else "left")
    head = ", ".join(typst_string(column["name"]) for column in table["columns"])
    rows = ",\n".join(", ".join(map(typst_string, row)) for row in table["rows"])
    return (
        f"data-table(weights: ({', '.join(weights)},), align: ({', '.join(align)},), "
        f"header: ({head},), (\n{rows},\n))"
    )


def _weight(name: str, lengths: list[int]) -> int:
    """How much room a column of words asks for: its mean cell, within reason."""
    return max(len(name), min(round(1.3 * sum(lengths) / len(lengths)), _WIDEST_CELL))


def _words(element: Tag) -> str:
    """The text of HTML, a line for each block."""
    for block in element.find_all(_BLOCKS):
        block.insert_before("\n")
    lines = (" ".join(line.split()) for line in element.get_text().split("\n"))
    return "\n".join(line for line in lines if line)


def _tables(soup: BeautifulSoup) -> str:
    """The tables of HTML as tables, what stands around them as text."""
    tables = []
    for table in soup.find_all("table"):
        if not table.find_parent("table"):
            tables.append(_grid(table))
            table.replace_with("\n")
    around = _words(soup)
    blocks = [_foreign_table(rows) for rows in tables if rows]
    return "\n\n".join([*blocks, *([remark(around)] if around else [])])


def _grid(table: Tag) -> list[list[str]]:
    """The cells’ texts, row by row, each row as long as the longest."""
    rows = []
    for row in table.find_all("tr"):
        if row.find_parent("table") is not table:
            continue  # a table within a cell is that cell's text
        cells: list[str] = []
        for cell in row.find_all(["th", "td"], recursive=False):
            span = str(cell.get("colspan", "1"))
            wide = min(int(span), _MOST_COLUMNS) if span.isdigit() else 1
            cells += [" ".join(cell.get_text(" ").split()), *[""] * (wide - 1)]
        if cells:
            rows.append(cells)
    longest = max(map(len, rows), default=0)
    return [cells + [""] * (longest - len(cells)) for cells in rows]


def _foreign_table(rows: list[list[str]]) -> str:
    head, body = (rows[0], rows[1:]) if len(rows) > 1 else ([""] * len(rows[0]), rows)
    count = _fitting(rows)
    kept = [[cell or "–" for cell in row[:count]] for row in body[:_MOST_ROWS]]
    columns = [
        {"name": name, "numeric": _is_figures([row[i] for row in kept])}
        for i, name in enumerate(head[:count])
    ]
    block = f"#{data_table({'columns': columns, 'rows': kept})}"
    if len(kept) == len(body) and count == len(head):
        return block
    note = f"{len(kept):,} of {len(body):,} rows, {count} of {len(head):,} columns are shown."
    return f"{block}\n\n{remark(note)}"


def _fitting(rows: list[list[str]]) -> int:
    """How many columns fit the page side by side."""
    width, count = 0, 0
    for column in list(zip(*rows[: _MOST_ROWS + 1], strict=True))[:_MOST_COLUMNS]:
        width += min(max(len(cell) for cell in column), _SHORT_CELL) + 2
        if count and width > _MOST_WIDTH:
            break
        count += 1
    return count


def _is_figures(cells: Sequence[str]) -> bool:
    """Whether a column of a foreign table, of which nothing is known, is set as figures."""
    seen = [cell for cell in cells if cell != "–"]
    short = all(len(cell) <= _SHORT_CELL for cell in seen)
    return bool(seen) and short and all(cell.lstrip("-−+$€£")[:1].isdigit() for cell in seen)
