"""A CSV file → its cells as text, read as it was meant, or what is wrong with its shape."""

import csv
import io
from pathlib import Path

import pandas as pd

from graymarket.evidence.problems import FILE, SHAPE, Problem

_DELIMITERS = ",;\t"


def read_cells(path: Path, file: str, fields: list[dict]) -> tuple[pd.DataFrame | None, list]:
    """The cells as text, indexed by spreadsheet row, and the Problems of the file's shape.

    A byte-order mark, CRLF, blank lines, and semicolons or tabs in place of commas (with decimal
    commas, as spreadsheets of half the world write them) are read as they are meant. The frame
    is None when the file cannot be read as this table at all.
    """
    if not path.is_file():
        expected = "this file to be there, as datapackage.json names it"
        return None, [Problem(file, expected, spoils=FILE)]
    return cells_in(path.read_bytes(), file, fields)


def cells_in(content: bytes, file: str, fields: list[dict]) -> tuple[pd.DataFrame | None, list]:
    """As read_cells, of a CSV file’s bytes."""
    text, problems = _text(content, file)
    if problems:
        return None, problems
    names = [field["name"] for field in fields]
    delimiter = _delimiter(text, names)
    lines, problems = _lines(text, file, delimiter)
    header = [name.strip() for name in lines[0]] if lines else []
    problems += _header_problems(file, header, names)
    if problems:
        return None, problems
    cells, problems = _rectangle(lines, file, header)
    raw = pd.DataFrame.from_dict(cells, orient="index", columns=header, dtype=str)[names]
    if delimiter != ",":
        for field in fields:
            if field["type"] == "number":
                name = field["name"]
                raw[name] = raw[name].str.replace(r"^(-?\d+),(\d+)$", r"\1.\2", regex=True)
    return raw, problems


def _text(content: bytes, file: str) -> tuple[str, list[Problem]]:
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        value = f"byte 0x{content[error.start : error.start + 1].hex()}"
        expected = "text in UTF-8 (save it as “CSV UTF-8”)"
        return "", [Problem(file, expected, row, value=value, spoils=FILE)]


def _delimiter(text: str, names: list[str]) -> str:
    header = text.split("\n", 1)[0].strip()
    return max(_DELIMITERS, key=lambda mark: len(set(header.split(mark)) & set(names)))


def _lines(text: str, file: str, delimiter: str) -> tuple[list[list[str]], list[Problem]]:
    lines = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            lines.append(cells)
    except csv.Error as error:
        expected = f"well-formed CSV ({error}: is a quote left open?)"
        return lines, [Problem(file, expected, len(lines) + 1, spoils=FILE)]
    return lines, []


def _header_problems(file: str, header: list[str], names: list[str]) -> list[Problem]:
    problems = [
        Problem(file, "this column", 1, name, spoils=FILE) for name in names if name not in header
    ]
    problems += [
        Problem(file, f"only the columns {', '.join(names)}", 1, name, spoils=FILE)
        for name in header
        if name not in names
    ]
    return problems + [
        Problem(file, "this column once", 1, name, spoils=FILE)
        for name in names
        if header.count(name) > 1
    ]


def _rectangle(
    lines: list[list[str]], file: str, header: list[str]
) -> tuple[dict[int, list[str]], list[Problem]]:
    kept, problems = {}, []
    for row, cells in enumerate(lines[1:], start=2):
        if len(cells) == len(header):
            if any(cells):
                kept[row] = cells
        elif any(cells):
            cut = row == len(lines) and len(cells) < len(header)
            problems.append(
                Problem(
                    file,
                    f"{len(header)} cells",
                    row,
                    value=f"{len(cells)} cells",
                    fix="the file ends within this row: was it cut off?" if cut else "",
                    spoils=SHAPE,
                )
            )
    return kept, problems
