"""A question and tables of a few rows, in which only what a test is about is written out."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from graymarket.evidence import LINEAGE, Tables
from graymarket.question import Question
from graymarket.results import Result
from graymarket.wording import Wording

Row = dict[str, Any]
EVENT = pd.Timestamp("2021-09-17")
REGIONS = [
    {"region": code, "name": name, "kind": "country"}
    for code, name in (("CUB", "Cuba"), ("SYR", "Syria"), ("PRK", "North Korea"), ("IRN", "Iran"))
] + [{"region": "world", "name": "World", "kind": "aggregate"}]
_DTYPES = {"number": "float64", "integer": "Int64", "boolean": "bool"}
_DATES = ("date", "yearmonth")


@pytest.fixture(scope="session")
def tables(root: Path) -> Callable[..., Tables]:
    """Call it with rows by table: columns left out are empty, ids are numbers, types are right.

    The regions are Cuba, Syria, North Korea, Iran and the world where none are given.
    """
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    schemas = {resource["name"]: resource["schema"] for resource in package["resources"]}

    def make(date: str = "2026-12-01", **rows: list[Row]) -> Tables:
        frames = {"regions": REGIONS} | rows
        return Tables.of({name: _frame(name, schemas[name], frames[name]) for name in frames}, date)

    return make


@pytest.fixture(scope="session")
def asked() -> Callable[..., Question]:
    """Call it for Xiaomi’s question on Cuba, with fields changed."""

    def make(**changes: Any) -> Question:
        known = {
            "name": "mine",
            "title": "T",
            "subtitle": "",
            "maker": "Xiaomi",
            "regions": ("CUB",),
            "event": EVENT,
            "what": "it locks phones",
            "closure": None,
            "rests_on": (),
            "path": Path("mine.toml"),
        }
        return Question(**(known | changes))

    return make


@pytest.fixture(scope="session")
def say() -> Callable[[Result], str]:
    """A result in English."""
    words = Wording("en")
    return lambda result: str(words.text(result))


def _frame(table: str, schema: dict[str, Any], rows: list[Row]) -> pd.DataFrame:
    types = {field["name"]: field["type"] for field in schema["fields"]}
    assert not {name for row in rows for name in row} - set(types), f"columns of {table}"
    key = schema["primaryKey"]
    key = [key] if isinstance(key, str) else key
    numbered = [{key[0]: f"{table}-{i}"} | row for i, row in enumerate(rows, start=1)]
    cells = pd.DataFrame(
        {name: _column(kind, [row.get(name) for row in numbered]) for name, kind in types.items()}
    )
    entries = [_entry(table, [row[name] for name in key]) for row in numbered]
    return cells.assign(**{LINEAGE: pd.Series(entries, dtype="str")})


def _entry(table: str, key: list[Any]) -> str:
    return "/".join(
        [table, *(f"{x:%Y-%m}" if isinstance(x, pd.Timestamp) else str(x) for x in key)]
    )


def _column(kind: str, cells: list[Any]) -> pd.Series:
    if kind in _DATES:
        return pd.Series(pd.to_datetime(pd.Series(cells, dtype=object)), dtype="datetime64[us]")
    if kind == "boolean":
        cells = [bool(cell) for cell in cells]
    if kind in _DTYPES:
        return pd.Series(cells, dtype=_DTYPES[kind])
    return pd.Series(["" if cell is None else cell for cell in cells], dtype="str")
