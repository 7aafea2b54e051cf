"""The constraints of datapackage.json, checked on a table's columns."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from graymarket.evidence.problems import Problem

Reference = tuple[str, frozenset[str] | None]  # a file, and the values that it allows if readable

_MOST_CODES = 12  # codes that a message lists before it points to the file instead


def broken_constraints(
    frame: pd.DataFrame,
    raw: pd.DataFrame,
    file: str,
    schema: dict[str, Any],
    keys: dict[str, Reference],
) -> list[Problem]:
    """One Problem for each cell or key that breaks the schema.

    `frame` is the typed table, `raw` the same cells as text, both indexed by spreadsheet row;
    `keys` maps a field to the file that it refers to and the values allowed by it.
    """
    fields = schema["fields"]
    problems = [*_missing(raw, file, fields), *_repeated(raw, file, schema["primaryKey"])]
    for field in fields:
        name = field["name"]
        if name not in keys and not field.get("constraints"):
            continue
        # Empty cells are the business of `required`, and mistyped ones are missing.
        cells = frame.loc[raw[name] != "", name].dropna()
        for good, expected in _checks(cells, field, keys.get(name)):
            problems += [
                Problem(file, expected, int(row), name, raw[name][row])
                for row in cells.index[~good.astype(bool)]
            ]
    return problems


def _checks(
    cells: pd.Series, field: dict[str, Any], reference: Reference | None
) -> Iterator[tuple[pd.Series, str]]:
    """Which cells are good, and what is expected of them, constraint by constraint."""
    rules, unit = field.get("constraints", {}), field.get("unit", "")
    of_unit = f" ({unit})" if unit else ""
    if "minimum" in rules:
        yield cells >= rules["minimum"], f"at least {rules['minimum']}{of_unit}"
    if "maximum" in rules:
        yield cells <= rules["maximum"], f"at most {rules['maximum']}{of_unit}"
    if "enum" in rules:
        yield cells.isin(rules["enum"]), f"one of {', '.join(rules['enum'])}"
    if "pattern" in rules:
        pattern = rules["pattern"]
        form = field.get("form", f"text of the form {pattern}")
        yield cells.astype(str).str.fullmatch(pattern), form
    file, allowed = reference or ("", None)
    if allowed is not None:
        codes = f" ({', '.join(sorted(allowed))})" if len(allowed) <= _MOST_CODES else ""
        yield cells.isin(list(allowed)), f"an id that stands in {file}{codes}"


def _missing(raw: pd.DataFrame, file: str, fields: Sequence[dict[str, Any]]) -> list[Problem]:
    return [
        Problem(file, "a value: this column may not be empty", row, field["name"])
        for field in fields
        if field.get("constraints", {}).get("required")
        for row in raw.index[raw[field["name"]] == ""]
    ]


def _repeated(raw: pd.DataFrame, file: str, key: list[str]) -> Iterator[Problem]:
    alike = raw.duplicated(key, keep=False)
    if not alike.any():
        return
    for values, rows in raw.loc[alike, key].groupby(key, sort=False):
        first, *others = rows.index
        expected = f"a key that no other row has; row {first} has it too"
        for row in others:
            yield Problem(file, expected, row, " and ".join(key), ", ".join(map(str, values)))
