"""How a column of printed cells is stored in a spreadsheet: numbers, dates, or text."""

import json
import math
import re
from collections.abc import Callable
from datetime import date

from graymarket.publish.text import cell_text

_MOST_DECIMALS = 4
_MONTH = r"(?:19|2\d)\d\d-(?:0[1-9]|1[0-2])"  # spreadsheets know no day before 1900
_DAY = _MONTH + r"-(?:0[1-9]|[12]\d|3[01])"
_PRINTED = re.compile(r"([-−+]?)(\d[\d,]*)(\.\d+)?")


def kind_of(values: list) -> str:
    """What a column of stored values holds, in words."""
    present = [value for value in values if value is not None]
    for kind, name in (((int, float), "numbers"), (date, "dates")):
        if present and all(isinstance(value, kind) for value in present):
            return name
    if any(isinstance(value, (int, float)) for value in present):
        return "numbers and text"
    return "text" if present else "nothing yet"


def stored(column: tuple, numeric: bool) -> tuple[list, list[str]]:
    """A column's values as stored (empty as None), and each one's number format."""
    cells = [None if _missing(cell) else cell for cell in column]
    present = [cell for cell in cells if cell is not None]
    if present and all(isinstance(cell, date) or _matches(_DAY, cell) for cell in present):
        return _dates(cells, "yyyy-mm-dd")
    if present and all(_matches(_MONTH, cell) for cell in present):
        return _dates([cell and f"{cell}-01" for cell in cells], "yyyy-mm")
    if numeric and all(_is_number(cell) or _matches(_PRINTED, cell) for cell in present):
        numbers = [_unprinted(cell) for cell in cells]
        usual = _usual_format(numbers)
        return numbers, [_as_printed(cell) if _is_text(cell) else usual(cell) for cell in cells]
    usual = _usual_format([cell for cell in present if _is_number(cell)])
    values = [cell if cell is None or _is_number(cell) else _words(cell) for cell in cells]
    return values, [usual(cell) if _is_number(cell) else "General" for cell in cells]


def _missing(cell) -> bool:
    return cell is None or cell == "" or (isinstance(cell, float) and not math.isfinite(cell))


def _is_text(cell) -> bool:
    return isinstance(cell, str)


def _is_number(cell) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _matches(pattern: str | re.Pattern, cell) -> bool:
    return _is_text(cell) and re.fullmatch(pattern, cell) is not None


def _words(cell) -> str:
    if isinstance(cell, (list, tuple, dict)):
        return json.dumps(cell, ensure_ascii=False, sort_keys=True)
    return cell_text(cell)


def _dates(cells: list, form: str) -> tuple[list, list[str]]:
    days = [date.fromisoformat(cell) if _is_text(cell) else cell for cell in cells]
    if all(day is None or day.day == 1 for day in days):
        form = "yyyy-mm"  # by the month: its first day stands for it
    return days, [form] * len(days)


def _unprinted(cell):
    """The number that a text shows: 1,234, −0.6 or +5."""
    if not _is_text(cell):
        return cell
    number = float(cell.replace(",", "").replace("−", "-"))
    return int(number) if "." not in cell else number


def _as_printed(cell: str) -> str:
    """The number format that shows a number as the text did."""
    sign, whole, decimals = re.fullmatch(_PRINTED, cell).groups()
    form = "#,##0" if "," in whole else "0"
    form += "." + "0" * (len(decimals) - 1) if decimals else ""
    return f"+{form};-{form}" if sign == "+" else form


def _usual_format(numbers: list) -> Callable[[float | None], str]:
    """How a column of numbers is shown: alike in all its rows, unless its magnitudes differ."""
    present = [number for number in numbers if number is not None]
    years = bool(present) and all(isinstance(n, int) and 1900 <= n <= 2100 for n in present)
    decimals = max((_decimals(n) for n in present), default=0)
    mixed = decimals and max(map(abs, present)) >= 10_000

    def form(number) -> str:
        if years:
            return "0"
        if mixed and number is not None:
            return _form(_decimals(number) if abs(number) < 1_000 else 0)
        return _form(decimals)

    return form


def _form(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _decimals(number: float) -> int:
    text = f"{number:.{_MOST_DECIMALS}f}".rstrip("0")
    return len(text.partition(".")[2])
