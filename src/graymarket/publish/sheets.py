"""What a sheet of the workbook holds, and how its cells are stored and shown."""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

_MOST_DECIMALS = 4
_DAY = r"(?:19|2\d)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"  # none before 1900 in sheets


@dataclass(frozen=True)
class Given:
    """A cell that is meant to be edited."""

    value: str | float | None


@dataclass(frozen=True)
class Formula:
    """A cell that is worked out from others, and what it comes to as long as none is edited."""

    text: str  # without the equals sign
    value: str | float


Plain = str | float | int | date | None
Cell = Plain | Given | Formula


@dataclass
class Sheet:
    """What one sheet holds: a table, with the lines above and below it."""

    name: str
    title: str
    about: str
    columns: list[str]
    rows: list[list[Any]]
    meanings: list[str] = field(default_factory=list)
    note: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)  # the columns' names in formulas

    @cached_property
    def stored(self) -> list[list[Cell]]:
        """Each column's cells as they are stored."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        return [_stored(list(column)) for column in columns]

    @cached_property
    def headers(self) -> list[str]:
        """The columns' names, made unlike each other, as a spreadsheet's table asks."""
        names: list[str] = []
        for column in self.columns:
            name, count = column.strip() or "Column", 1
            while name.lower() in (other.lower() for other in names):
                count += 1
                name = f"{column.strip()} ({count})"
            names.append(name)
        return names

    @property
    def length(self) -> int:
        """How many rows it has."""
        return len(self.rows)

    @property
    def described(self) -> list[tuple[str, list[Cell], str]]:
        """Each column's header, cells and meaning."""
        meanings = self.meanings or [""] * len(self.columns)
        return list(zip(self.headers, self.stored, meanings, strict=True))

    def as_table(self) -> dict[str, Any]:
        """Its headers and what its cells show, as an exhibit's table has them."""
        columns = [{"name": header} for header in self.headers]
        return {"columns": columns, "values": [[plain(cell) for cell in row] for row in self.rows]}


def named(*parts: str) -> str:
    """A name for a cell or column in formulas; its underline keeps it apart from any address."""
    name = re.sub(r"\W", "_", "_".join(parts))
    return name if re.match(r"[^\W\d]", name) else f"_{name}"


def plain(cell: Cell) -> Plain:
    """What a cell shows."""
    return cell.value if isinstance(cell, Given | Formula) else cell


def _stored(values: list[Any]) -> list[Cell]:
    """A column's values as cells: empty as None, days as dates where all are days."""
    present = [value for value in values if value is not None and value != ""]
    if present and all(isinstance(v, str) and re.fullmatch(_DAY, v) for v in present):
        return [date.fromisoformat(value) if value else None for value in values]
    return [_cell(value) for value in values]


def _cell(value: Any) -> Cell:
    if value is None or value == "" or value != value:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    known = isinstance(value, int | float | str | Given | Formula)
    return value if known else json.dumps(value, ensure_ascii=False)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def kind_of(cells: list[Cell]) -> str:
    """What a column of cells holds, in words."""
    present = [shown for shown in map(plain, cells) if shown is not None]
    if present and all(map(_is_number, present)):
        return "numbers"
    if present and all(isinstance(cell, date) for cell in present):
        return "dates"
    if any(map(_is_number, present)):
        return "numbers and text"
    return "text" if present else "nothing yet"


def number_format(cells: list[Cell]) -> str:
    """How a column's numbers and dates are shown: alike in all its rows."""
    days = [cell for cell in cells if isinstance(cell, date)]
    if days:
        return "yyyy-mm" if all(day.day == 1 for day in days) else "yyyy-mm-dd"
    numbers = [shown for shown in map(plain, cells) if isinstance(shown, int | float)]
    if any(isinstance(cell, Given | Formula) for cell in cells):
        return by_size(cells)
    decimals = max((_decimals(number) for number in numbers), default=0)
    if not decimals and numbers and all(1900 <= number <= 2100 for number in numbers):
        return "0"  # years
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _decimals(number: float) -> int:
    return len(f"{number:.{_MOST_DECIMALS}f}".rstrip("0").partition(".")[2])


def by_size(cells: list[Cell]) -> str:
    """How numbers are shown that may be edited or worked out anew: the larger, the fewer digits."""
    numbers = [abs(shown) for shown in map(plain, cells) if isinstance(shown, int | float)]
    largest = max(numbers, default=0)
    if not any(isinstance(cell, Given | Formula) for cell in cells) and not any(
        number % 1 for number in numbers
    ):
        return "#,##0"
    return "#,##0" if largest >= 1000 else "0.00" if largest >= 10 else "0.0000"
