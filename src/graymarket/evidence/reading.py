"""A CSV file → its cells as text, read as it was meant, or what is wrong with its shape."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pandas as pd

from graymarket.evidence.problems import FILE, SHAPE, Problem

Fields = list[dict[str, Any]]  # as datapackage.json lists them

_DELIMITERS = ",;\t"
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\ufffe\uffff]"
)  # nobody means them; XML has no place for most
_DECIMAL_COMMA = re.compile(r"(-?\d+),(\d+)")


def read_cells(path: Path, file: str, fields: Fields) -> tuple[pd.DataFrame | None, list[Problem]]:
    """The cells as text, indexed by spreadsheet row, and the Problems of the file's shape.

    A byte-order mark, CRLF, blank lines, and semicolons or tabs in place of commas (with decimal
    commas, as spreadsheets of half the world write them) are read as they are meant. The frame
    is None when the file cannot be read as this table at all.
    """
    if not path.is_file():
        expected = "this file to be there, as datapackage.json names it"
        return None, [Problem(file, expected, severity=FILE)]
    return cells_in(path.read_bytes(), file, fields)


def cells_in(
    content: bytes, file: str, fields: Fields
) -> tuple[pd.DataFrame | None, list[Problem]]:
    """As read_cells, of a CSV file’s bytes."""
    text, problems = _text(content, file)
    if problems:
        return None, problems
    names = [field["name"] for field in fields]
    delimiter = delimiter_of(text)
    lines, problems = csv_lines(text, file, delimiter)
    at = header_at(lines)
    header = [name.strip() for name in lines[at]] if lines else []
    problems += _header_problems(file, at + 1, header, names)
    if problems:
        return None, problems
    cells, problems = _rectangle(lines, file, at, header)
    raw = pd.DataFrame.from_dict(cells, orient="index", columns=header, dtype=str)[names]
    if _CONTROL.search(text):
        problems += _control_characters(raw, file)
    if delimiter != ",":
        for field in fields:
            if field["type"] == "number":
                name = field["name"]
                raw[name] = raw[name].map(with_point)
    return raw, problems


def delimiter_of(text: str) -> str:
    """The mark that parts the first line with anything in it: comma, semicolon or tab."""
    return max(_DELIMITERS, key=lambda mark: len(_first_line(text, mark)))


def _first_line(text: str, delimiter: str) -> list[str]:
    """Its cells; none if it is no CSV with this delimiter, as where others part quoted cells."""
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return next(filter(any, lines), [])
    except csv.Error:
        return []


def csv_lines(text: str, file: str, delimiter: str) -> tuple[list[list[str]], list[Problem]]:
    """All lines as cells, blank lines too, so that the nth is the spreadsheet’s row n."""
    lines: list[list[str]] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            lines.append(cells)
    except csv.Error as error:
        expected = f"well-formed CSV ({error}: is a quote left open, or the file cut off?)"
        return lines, [Problem(file, expected, len(lines) + 1, severity=FILE)]
    return lines, []


def header_at(lines: list[list[str]]) -> int:
    """Index of the first line with anything in it; 0 if there is none."""
    return next((at for at, cells in enumerate(lines) if any(cells)), 0)


def with_point(cell: str) -> str:
    """A number with a decimal comma, as half the world’s spreadsheets write it, with a point."""
    number = _DECIMAL_COMMA.fullmatch(cell)
    return f"{number[1]}.{number[2]}" if number else cell


def _text(content: bytes, file: str) -> tuple[str, list[Problem]]:
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        value = f"byte 0x{content[error.start : error.start + 1].hex()}"
        expected = "text in UTF-8 (save it as “CSV UTF-8”)"
        return "", [Problem(file, expected, row, value=value, severity=FILE)]


def _header_problems(file: str, row: int, header: list[str], names: list[str]) -> list[Problem]:
    problems = [
        Problem(file, "this column", row, name, severity=FILE)
        for name in names
        if name not in header
    ]
    problems += [
        Problem(file, f"only the columns {', '.join(names)}", row, name, severity=FILE)
        for name in header
        if name not in names
    ]
    return problems + [
        Problem(file, "this column once", row, name, severity=FILE)
        for name in names
        if header.count(name) > 1
    ]


def _rectangle(
    lines: list[list[str]], file: str, at: int, header: list[str]
) -> tuple[dict[int, list[str]], list[Problem]]:
    kept: dict[int, list[str]] = {}
    problems = []
    for row, cells in enumerate(lines[at + 1 :], start=at + 2):
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
                    severity=SHAPE,
                )
            )
    return kept, problems


def _control_characters(raw: pd.DataFrame, file: str) -> list[Problem]:
    return [
        Problem(
            file,
            "text without control characters",
            int(str(row)),
            name,
            _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", cell),
        )
        for name in raw.columns
        for row, cell in raw[name].items()
        if _CONTROL.search(cell)
    ]
