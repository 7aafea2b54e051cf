"""Load the tables of data/ as datapackage.json describes them, or say what is wrong."""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from graymarket.evidence import corrections
from graymarket.evidence.checked import Checked
from graymarket.evidence.constraints import Reference, broken_constraints
from graymarket.evidence.problems import FILE, EvidenceError, Problem
from graymarket.evidence.reading import read_cells
from graymarket.evidence.rules import broken_rules

PACKAGE = "datapackage.json"
LINEAGE = "lineage"  # the column that names each row
RANGE = ".."  # between the ends of a range

_EXPECTED_TYPE = {
    "number": "a number such as 18.27",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "a day as YYYY-MM-DD",
    "yearmonth": "a month as YYYY-MM",
}

Fingerprint = tuple[tuple[int, int] | None, ...]  # time of change and size of some files


def find_root(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (default: here) that holds data/datapackage.json.

    Raises EvidenceError when there is none.
    """
    try:
        start = (start or Path.cwd()).resolve()
    except FileNotFoundError:
        expected, fix = "a folder that is still there to stand in", "type “cd .”, or cd elsewhere"
        raise EvidenceError([Problem("The current folder", expected, fix=fix)]) from None
    for folder in (start, *start.parents):
        if (folder / "data" / PACKAGE).is_file():
            return folder
    raise EvidenceError(
        [Problem(str(start), f"a folder in or below a project that holds data/{PACKAGE}")]
    )


def package(root: Path | None = None) -> dict[str, Any]:
    """The Data Package descriptor: tables, fields, licences, version (the edition).

    Raises EvidenceError when it cannot be read.
    """
    path = (root or find_root()) / "data" / PACKAGE
    try:
        descriptor: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise EvidenceError(
            [Problem(f"data/{PACKAGE}", f"a readable JSON file ({error})", severity=FILE)]
        ) from None
    return descriptor


def load(table: str, root: Path | None = None) -> pd.DataFrame:
    """One table, typed, corrected and validated; columns as in the file, then `lineage`.

    Text is str ("" where empty), numbers are float64 or Int64, booleans bool, `date` and
    `yearmonth` datetime64 (a month is its first day), units as in datapackage.json. `lineage`
    names the row: "table/" and its key as it stands in the file. The index is the default one.
    Raises EvidenceError listing every problem of this table.
    """
    return Base(root or find_root()).load(table)


def resource(table: str, root: Path | None = None) -> dict[str, Any]:
    """A table's entry in datapackage.json; raises EvidenceError for an unknown name."""
    return Base(root or find_root()).resource(table)


def raw_cells(table: str, root: Path | None = None) -> pd.DataFrame:
    """A table's cells as text as they stand in its file, without corrections; default index.

    Raises EvidenceError when the file cannot be read as this table.
    """
    root = root or find_root()
    entry = resource(table, root)
    file = f"data/{entry['path']}"
    cells, problems = read_cells(root / file, file, entry["schema"]["fields"])
    if cells is None or problems:
        raise EvidenceError(problems)
    return cells.reset_index(drop=True)


class Base:
    """The tables of one data/ folder, each file read once as long as it does not change."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.resources = _resources(root, _state(root / "data" / PACKAGE))

    def resource(self, table: str) -> dict[str, Any]:
        """The table's entry in datapackage.json; raises EvidenceError for an unknown name."""
        if table not in self.resources:
            expected = f"one of {', '.join(self.resources)}"
            raise EvidenceError([Problem(f"data/{PACKAGE}", expected, value=table)])
        return self.resources[table]

    def load(self, table: str) -> pd.DataFrame:
        """A table as the function `load` gives it."""
        schema = self.resource(table)["schema"]
        frame, problems = self.read(table)
        if frame is None or problems:
            raise EvidenceError(problems)
        complete = [
            field["name"]
            for field in schema["fields"]
            if field["type"] == "boolean" and field.get("constraints", {}).get("required")
        ]
        frame = frame.astype(dict.fromkeys(complete, "bool"))
        entries = row_entries(table, self.text(table), schema["primaryKey"])
        return frame.assign(**{LINEAGE: entries}).reset_index(drop=True)

    def cells(self, table: str) -> tuple[pd.DataFrame | None, list[Problem]]:
        """The corrected cells as text, indexed by spreadsheet row, and the problems so far.

        The frame is a copy: writing into it changes no other caller's.
        """
        cells, problems = _cells(self.root, table, self.fingerprint(table))
        return None if cells is None else cells.copy(deep=False), list(problems)

    def text(self, table: str) -> pd.DataFrame:
        """As `cells`; raises EvidenceError when the file cannot be read as this table."""
        cells, problems = self.cells(table)
        if cells is None:
            raise EvidenceError(problems)
        return cells

    def fingerprint(self, table: str) -> Fingerprint:
        """What changes when a file that the table's cells come from does."""
        self.resource(table)  # an unknown name is refused at once
        tables = {table, corrections.TABLE} & {*self.resources}
        paths = sorted(self.resources[name]["path"] for name in tables)
        return tuple(_state(self.root / "data" / path) for path in (PACKAGE, *paths))

    def rows(self, entry: str) -> pd.DataFrame:
        """The cells that an entry stands for: "table", or "table/" and leading parts of its key.

        The last part may be a range, "first..last", of both ends and what lies between them as
        text. A table may be empty. Raises EvidenceError for an unknown table, or for a key that
        finds no row.
        """
        table, *parts = entry.split("/")
        resource = self.resource(table)
        cells, key = self.text(table), resource["schema"]["primaryKey"]
        for n, (column, part) in enumerate(zip(key, parts, strict=False), start=1):
            first, dots, last = part.partition(RANGE)
            if dots and n == len(parts):
                cells = cells[cells[column].between(first, last)]
            else:
                cells = cells[cells[column] == part]
        if (cells.empty and parts) or len(parts) > len(key):
            expected = "the key of a row, its first parts, or a range as “first..last” at the end"
            raise EvidenceError([Problem(f"data/{resource['path']}", expected, value=entry)])
        return cells

    def read(self, table: str) -> tuple[pd.DataFrame | None, list[Problem]]:
        """The typed table indexed by spreadsheet row, and its problems; None if unreadable."""
        resource = self.resource(table)
        file, schema = f"data/{resource['path']}", resource["schema"]
        raw, problems = self.cells(table)
        if raw is None:
            return None, problems
        frame, mistyped = typed(raw, file, schema["fields"])
        problems += mistyped
        bad_cells = {(problem.row, problem.column) for problem in problems}
        broken = broken_constraints(frame, raw, file, schema, self._keys(resource))
        problems += [p for p in broken if (p.row, p.column) not in bad_cells]
        bad_rows = {problem.row for problem in problems}
        checked = Checked(frame, raw, file, self.rows, self.root / "data")
        first_of_cell = {(p.row, p.column): p for p in reversed(broken_rules(checked, resource))}
        problems += [p for p in first_of_cell.values() if p.row not in bad_rows]
        return frame, sorted(problems, key=lambda p: (p.severity, p.row or 0, p.column or ""))

    def _keys(self, resource: dict[str, Any]) -> dict[str, Reference]:
        """Field → (file, values that it may hold), for fields that refer to another table."""
        keys: dict[str, Reference] = {}
        for foreign in resource["schema"].get("foreignKeys", []):
            target = self.resource(foreign["reference"]["resource"] or resource["name"])
            raw, _ = self.cells(target["name"])
            values = None if raw is None else frozenset(raw[foreign["reference"]["fields"][0]])
            keys[foreign["fields"][0]] = (f"data/{target['path']}", values)
        return keys


def as_range(first: str, last: str) -> str:
    """“first..last”, or the one that both are."""
    return RANGE.join(dict.fromkeys((first, last)))


def row_entries(table: str, cells: pd.DataFrame, key: list[str]) -> pd.Series:
    """The lineage of each row of a table, "table/" and its key, from its cells as text."""
    entries = f"{table}/" + cells[key[0]]
    for name in key[1:]:
        entries = entries + "/" + cells[name]
    return entries


def _state(path: Path) -> tuple[int, int] | None:
    """What changes when a file does; None if it is not there."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size


@lru_cache(maxsize=64)
def _resources(root: Path, state: object) -> dict[str, dict[str, Any]]:
    """The tables' entries by name; `state` tells the descriptor's states apart."""
    return {resource["name"]: resource for resource in package(root)["resources"]}


@lru_cache(maxsize=64)
def _cells(
    root: Path, table: str, fingerprint: Fingerprint
) -> tuple[pd.DataFrame | None, list[Problem]]:
    """A table's cells with the corrections put in; `fingerprint` tells their states apart."""
    base = Base(root)
    resource = base.resource(table)
    path = root / "data" / resource["path"]
    raw, problems = read_cells(path, f"data/{resource['path']}", resource["schema"]["fields"])
    if raw is None or table == corrections.TABLE or corrections.TABLE not in base.resources:
        return raw, problems
    fixes, _ = base.cells(corrections.TABLE)  # its own problems are listed when it is read
    if fixes is None:
        return raw, problems
    raw, stale = corrections.corrected(raw, table, fixes)
    return raw, problems + stale


def typed(
    raw: pd.DataFrame, file: str, fields: list[dict[str, Any]]
) -> tuple[pd.DataFrame, list[Problem]]:
    """The cells of a table as its fields’ types, and a Problem for each that is none of its type.

    `raw` holds text by spreadsheet row, and so are the Problems’ rows; such a cell is missing
    in the typed table, like an empty one.
    """
    problems, columns = [], {}
    for field in fields:
        name, kind = field["name"], field["type"]
        cells = raw[name]
        columns[name] = column = _convert(cells, kind)
        if kind != "string":
            for row in cells.index[column.isna() & (cells != "")]:
                problems.append(Problem(file, _EXPECTED_TYPE[kind], row, name, cells[row]))
    return pd.DataFrame(columns, index=raw.index), problems


def _convert(cells: pd.Series, kind: str) -> pd.Series:
    if kind == "number":
        numbers = pd.to_numeric(cells.where(cells != ""), errors="coerce").astype("float64")
        return numbers.where(np.isfinite(numbers))  # “inf” and 1e999 are no numbers here
    if kind == "integer":
        whole = cells.where(cells.str.fullmatch(r"-?\d{1,18}"))  # what 64 bits can hold
        return pd.to_numeric(whole, errors="coerce").astype("Int64")
    if kind == "boolean":
        return cells.map({"true": True, "false": False}).astype("boolean")
    if kind == "date":
        return pd.to_datetime(
            cells.where(cells.str.len() == 10), format="%Y-%m-%d", errors="coerce"
        )
    if kind == "yearmonth":
        return pd.to_datetime(cells.where(cells.str.len() == 7), format="%Y-%m", errors="coerce")
    return cells
