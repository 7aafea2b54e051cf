"""The constraints of datapackage.json, held against a table with pandera."""

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from graymarket.evidence.problems import Problem

_SHOWN = 12  # codes that a message lists before it points to the file instead


def broken_constraints(
    frame: pd.DataFrame, raw: pd.DataFrame, file: str, schema: dict, keys: dict
) -> list[Problem]:
    """One Problem for each cell or key that breaks the schema.

    `frame` is the typed table, `raw` the same cells as text, both indexed by spreadsheet row;
    `keys` maps a field to (file, allowed values) of the table that it refers to.
    """
    columns = {
        field["name"]: pa.Column(
            nullable=True,
            checks=_checks(field) + _reference(keys.get(field["name"])),
        )
        for field in schema["fields"]
    }
    problems = _missing(raw, file, schema["fields"])
    problems += _repeated(raw, file, schema["primaryKey"])
    try:
        # Only cells that are filled in: empty ones are the business of `required`.
        pa.DataFrameSchema(columns).validate(frame.mask(raw == ""), lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.dropna(subset=["index"])
        problems += [
            Problem(file, expected, int(row), column, raw.at[int(row), column])
            for row, column, expected in zip(
                cases["index"], cases["column"], cases["check"], strict=True
            )
        ]
    return problems


def _checks(field: dict) -> list[pa.Check]:
    rules, unit = field.get("constraints", {}), field.get("unit", "")
    of_unit = f" ({unit})" if unit else ""
    checks = []
    if "minimum" in rules:
        least = rules["minimum"]
        checks.append(pa.Check.ge(least, error=f"at least {least}{of_unit}"))
    if "maximum" in rules:
        most = rules["maximum"]
        checks.append(pa.Check.le(most, error=f"at most {most}{of_unit}"))
    if "enum" in rules:
        allowed = rules["enum"]
        checks.append(pa.Check.isin(allowed, error=f"one of {', '.join(allowed)}"))
    if "pattern" in rules:
        pattern = rules["pattern"]
        checks.append(
            pa.Check(
                lambda cells: cells.str.fullmatch(pattern).astype(bool),
                error=field.get("form", f"text of the form {pattern}"),
            )
        )
    return checks


def _reference(key: tuple[str, frozenset[str] | None] | None) -> list[pa.Check]:
    if key is None or key[1] is None:
        return []
    file, allowed = key
    shown = f" ({', '.join(sorted(allowed))})" if len(allowed) <= _SHOWN else ""
    return [pa.Check.isin(allowed, error=f"an id that stands in {file}{shown}")]


def _missing(raw: pd.DataFrame, file: str, fields: list[dict]) -> list[Problem]:
    return [
        Problem(file, "a value: this column may not be empty", row, field["name"])
        for field in fields
        if field.get("constraints", {}).get("required")
        for row in raw.index[raw[field["name"]] == ""]
    ]


def _repeated(raw: pd.DataFrame, file: str, key: list[str]) -> list[Problem]:
    first = {}
    problems = []
    for row, values in zip(raw.index, raw[key].itertuples(index=False, name=None), strict=True):
        if values in first:
            expected = f"a key that no other row has; row {first[values]} has it too"
            problems.append(Problem(file, expected, row, " and ".join(key), ", ".join(values)))
        else:
            first[values] = row
    return problems
