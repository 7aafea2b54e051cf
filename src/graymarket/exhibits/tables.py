"""A table of an exhibit as plain JSON values: each cell as it is printed, and as it is."""

import html
from collections.abc import Mapping
from typing import Any, get_args

import pandas as pd

from graymarket import wording
from graymarket.evidence import LINEAGE
from graymarket.results import Moment, Quantity, Result

Cell = str | float | int | bool | None | dict[str, float | int | str | None]


def table(
    data: pd.DataFrame, columns: Mapping[str, str] | None, units: Mapping[str, str]
) -> dict[str, Any]:
    """{columns, rows, values}: heads with unit and whether numeric; cells as text; cells typed.

    A cell of `values` is a number, text, None, or for a range {value, low, high, unit}.
    """
    fields = list(columns or [name for name in data.columns if name != LINEAGE])
    shown = data[fields]
    months = {name for name in fields if _is_of_months(shown[name])}
    say = wording.current().cell
    return {
        "columns": [
            {
                "name": (columns or {}).get(name, str(name)),
                "unit": units.get(name, ""),
                "numeric": _is_numeric(shown[name]),
            }
            for name in fields
        ],
        "rows": [
            [say(plain(cell, name in months), units.get(name, "")) for name, cell in row.items()]
            for row in _records(shown)
        ],
        "values": [
            [_value(plain(cell, name in months)) for name, cell in row.items()]
            for row in _records(shown)
        ],
    }


def as_html(cells: dict[str, Any]) -> str:
    """A table as plain HTML, for a notebook."""
    heads = "".join(f"<th>{html.escape(column['name'])}</th>" for column in cells["columns"])
    rows = "".join(
        f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>"
        for row in cells["rows"]
    )
    return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return frame.astype(object).to_dict("records")  # type: ignore[return-value]  # names are text


def _is_of_months(column: pd.Series) -> bool:
    if not pd.api.types.is_datetime64_any_dtype(column):
        return False
    return bool((column.dropna().dt.day == 1).all())


def _is_numeric(column: pd.Series) -> bool:
    if pd.api.types.is_bool_dtype(column):
        return False
    cells = [cell for cell in column.astype(object) if not _is_empty(cell)]
    return bool(cells) and all(
        isinstance(cell, Quantity) or pd.api.types.is_number(cell) for cell in cells
    )


def _is_empty(cell: object) -> bool:
    return cell is None or (pd.api.types.is_scalar(cell) and bool(pd.isna(cell)))  # type: ignore[call-overload]


def plain(cell: object, of_months: bool = False) -> object:
    """A day as text; numpy's numbers as Python's; what is empty as None."""
    if isinstance(cell, get_args(Result)):
        return cell
    if _is_empty(cell):
        return None
    if isinstance(cell, pd.Timestamp):
        return f"{cell:%Y-%m}" if of_months else f"{cell:%Y-%m-%d}"
    return cell.item() if hasattr(cell, "item") else cell


def _value(cell: object) -> Cell:
    if isinstance(cell, Quantity):
        if not cell.is_range:
            return cell.value
        return {"value": cell.value, "low": cell.low, "high": cell.high, "unit": cell.unit}
    if isinstance(cell, Moment):
        return f"{cell.date:%Y-%m-%d}"
    if isinstance(cell, get_args(Result)):
        return str(wording.current().text(cell))
    return cell  # type: ignore[return-value]  # numbers, text and None
