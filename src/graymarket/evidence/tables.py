"""Load the tables of data/ as datapackage.json describes them, or say what is wrong."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from graymarket.evidence import corrections
from graymarket.evidence.constraints import broken_constraints
from graymarket.evidence.problems import BASE, CELL, FILE, REFERENCE, SHAPE, EvidenceError, Problem
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


def package(root: Path | None = None) -> dict:
    """The Data Package descriptor: tables, fields, licences, version (the edition)."""
    path = (root or find_root()) / "data" / PACKAGE
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise EvidenceError(
            [Problem(f"data/{PACKAGE}", f"a readable JSON file ({error})", spoils=FILE)]
        ) from None


def load(table: str, root: Path | None = None) -> pd.DataFrame:
    """One table, typed, corrected and validated; columns as in the file, then `lineage`.

    Text is str ("" where empty), numbers are float64 or Int64, booleans bool, `date` and
    `yearmonth` datetime64 (a month is its first day), units as in datapackage.json. `lineage`
    names the row: "table/" and its key as it stands in the file. The index is the default one.
    Raises EvidenceError listing every problem of this table.
    """
    return Base(root or find_root()).load(table)


class Tables(Mapping[str, pd.DataFrame]):
    """The tables of one data/ folder by name, as `load` gives them, each loaded on its first use.

    A table is handed out as a copy, so that changing one changes nobody else's. Raises KeyError
    for an unknown name, EvidenceError for a table with problems.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._base: Base | None = Base(root or find_root())
        self._names = tuple(self._base.resources)
        self._frames: dict[str, pd.DataFrame] = {}

    @classmethod
    def of(cls, frames: Mapping[str, pd.DataFrame]) -> "Tables":
        """Tables of these frames alone; one without a column `lineage` gets it.

        Its rows are named by the index, if that has names, or else by the least leading columns
        that tell them apart; a day that opens a month reads YYYY-MM.
        """
        tables = cls.__new__(cls)
        tables._base, tables._names = None, tuple(frames)
        tables._frames = {name: _with_lineage(name, frame) for name, frame in frames.items()}
        return tables

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(f"no table {name}; there are {', '.join(self._names)}")
        if name not in self._frames and self._base is not None:
            self._frames[name] = self._base.load(name)
        return self._frames[name].copy(deep=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


def _with_lineage(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    if LINEAGE in frame:
        return frame.copy()
    if any(name is not None for name in frame.index.names):
        key = frame.index.to_frame(index=False)
    else:
        counts = range(1, frame.shape[1] + 1)
        unique = (n for n in counts if not frame.iloc[:, :n].duplicated().any())
        key = frame.iloc[:, : next(unique, frame.shape[1])]
    text = key.apply(_as_text)
    return frame.assign(**{LINEAGE: _entries(table, text, list(text)).to_numpy()})


def _as_text(cells: pd.Series) -> pd.Series:
    if cells.dtype.kind != "M":
        return cells.astype(str)
    return cells.dt.strftime("%Y-%m" if (cells.dt.day == 1).all() else "%Y-%m-%d")


def _entries(table: str, cells: pd.DataFrame, key: list[str]) -> pd.Series:
    """The lineage of each row: "table/" and its key, from cells as text."""
    first, *others = (cells[name] for name in key)
    return f"{table}/" + (first.str.cat(others, sep="/") if others else first)


def resource(table: str, root: Path | None = None) -> dict:
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
    if problems:
        raise EvidenceError(problems)
    return cells.reset_index(drop=True)


def check(root: Path | None = None) -> list[Problem]:
    """Every problem of the whole base, worst first; [] if there is none.

    Raises EvidenceError when datapackage.json itself cannot be read.
    """
    base = Base(root or find_root())
    frames, problems = {}, []
    for table in base.resources:
        frames[table], found = base.read(table)
        problems += found
    for table, resource in base.resources.items():
        if resource.get("everyRowUsed"):
            problems += _unused(resource, base.resources, frames, problems)
        shapeless = {p.file for p in problems if p.spoils <= SHAPE}
        if f"data/{resource['path']}" not in shapeless:
            problems += _lost_coverage(resource, frames[table])
    if any(problem.spoils <= CELL for problem in problems):
        # A row that cannot be read may be the one that is missed elsewhere.
        problems = [problem for problem in problems if problem.spoils != REFERENCE]
    return sorted(problems, key=lambda problem: problem.spoils)


class Base:
    """The tables of one data/ folder, each file read once as long as it does not change."""

    def __init__(self, root: Path):
        self.root = root
        self.resources = {r["name"]: r for r in package(root)["resources"]}

    def resource(self, table: str) -> dict:
        """The table's entry in datapackage.json; raises EvidenceError for an unknown name."""
        if table not in self.resources:
            known = ", ".join(self.resources)
            raise EvidenceError([Problem(f"data/{PACKAGE}", f"one of {known}", value=table)])
        return self.resources[table]

    def load(self, table: str) -> pd.DataFrame:
        """As `load`."""
        schema = self.resource(table)["schema"]
        frame, problems = self.read(table)
        cells, _ = self.cells(table)
        if problems or frame is None or cells is None:
            raise EvidenceError(problems)
        full = [
            field["name"]
            for field in schema["fields"]
            if field["type"] == "boolean" and field.get("constraints", {}).get("required")
        ]
        frame = frame.astype(dict.fromkeys(full, bool))
        lineage = _entries(table, cells, schema["primaryKey"])
        return frame.assign(**{LINEAGE: lineage}).reset_index(drop=True)

    def cells(self, table: str) -> tuple[pd.DataFrame | None, list[Problem]]:
        """The corrected cells as text, indexed by spreadsheet row, and the problems so far."""
        cells, problems = _cells(self.root, table, self.fingerprint(table))
        return None if cells is None else cells.copy(deep=False), list(problems)

    def fingerprint(self, table: str) -> tuple[tuple[int, int] | None, ...]:
        """What changes when a file that the table's cells come from does."""
        self.resource(table)  # an unknown name is refused at once
        read = {table, corrections.TABLE} & {*self.resources}
        paths = [self.resources[name]["path"] for name in read]
        return tuple(_state(self.root / "data" / path) for path in (PACKAGE, *sorted(paths)))

    def rows(self, entry: str) -> pd.DataFrame:
        """The cells that an entry stands for: "table", or "table/" and leading parts of its key.

        The last part may be a range, "first..last", of both ends and what lies between them as
        text. A table may be empty. Raises EvidenceError for an unknown table, or for a key that
        finds no row.
        """
        table, *parts = entry.split("/")
        resource = self.resource(table)
        cells, problems = self.cells(table)
        if cells is None:
            raise EvidenceError(problems)
        key = resource["schema"]["primaryKey"]
        for at, (column, part) in enumerate(zip(key, parts, strict=False), start=1):
            first, dots, last = part.partition(RANGE)
            one = not dots or at < len(parts)
            cells = cells[cells[column] == part if one else cells[column].between(first, last)]
        if (cells.empty and parts) or len(parts) > len(key):
            expected = "the key of a row, its first parts, or a range as “first..last” at the end"
            raise EvidenceError([Problem(f"data/{resource['path']}", expected, value=entry)])
        return cells

    def read(self, table: str) -> tuple[pd.DataFrame | None, list[Problem]]:
        """The typed table indexed by spreadsheet row, and its problems; None if unreadable."""
        resource = self.resource(table)
        file, fields = f"data/{resource['path']}", resource["schema"]["fields"]
        raw, problems = self.cells(table)
        if raw is None:
            return None, problems
        frame, mistyped = typed(raw, file, fields)
        problems = problems + mistyped
        bad = {(problem.row, problem.column) for problem in problems}
        broken = broken_constraints(frame, raw, file, resource["schema"], self._keys(resource))
        problems += [problem for problem in broken if (problem.row, problem.column) not in bad]
        bad_rows = {problem.row for problem in problems}
        one_a_cell = {
            (p.row, p.column): p
            for p in reversed(broken_rules(frame, raw, file, resource, self.rows))
        }
        problems += [problem for problem in one_a_cell.values() if problem.row not in bad_rows]
        by_place = sorted(problems, key=lambda problem: (problem.row or 0, problem.column or ""))
        return frame, sorted(by_place, key=lambda problem: problem.spoils)

    def _keys(self, resource: dict) -> dict[str, tuple[str, frozenset[str] | None]]:
        """Field → (file, values that it may hold), for fields that refer to another table."""
        keys = {}
        for foreign in resource["schema"].get("foreignKeys", []):
            target = self.resource(foreign["reference"]["resource"] or resource["name"])
            raw, _ = self.cells(target["name"])
            values = None if raw is None else frozenset(raw[foreign["reference"]["fields"][0]])
            keys[foreign["fields"][0]] = (f"data/{target['path']}", values)
        return keys


def _state(path: Path) -> tuple[int, int] | None:
    """What changes when a file does; None if it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=64)
def _cells(root: Path, table: str, fingerprint: tuple) -> tuple[pd.DataFrame | None, list[Problem]]:
    """A table's cells with the corrections put in; `fingerprint` tells their states apart."""
    base = Base(root)
    resource = base.resource(table)
    path = root / "data" / resource["path"]
    raw, problems = read_cells(path, f"data/{resource['path']}", resource["schema"]["fields"])
    if raw is None or table == corrections.TABLE or corrections.TABLE not in base.resources:
        return raw, problems
    fixes, _ = base.cells(corrections.TABLE)  # its own faults are told when it is read
    if fixes is None:
        return raw, problems
    raw, stale = corrections.corrected(raw, table, fixes)
    return raw, problems + stale


def _unused(
    target: dict, resources: dict[str, dict], frames: dict, problems: list[Problem]
) -> list[Problem]:
    """Rows of `target` to which no other table refers; [] if a fault elsewhere may hide the use."""
    key = target["schema"]["primaryKey"][0]
    referring = [
        (name, foreign["fields"][0])
        for name, resource in resources.items()
        for foreign in resource["schema"].get("foreignKeys", [])
        if foreign["reference"]["resource"] == target["name"]
    ]
    hiding = {None, key, *(column for _, column in referring)}
    unread = any(frame is None for frame in frames.values())
    if unread or any(problem.column in hiding for problem in problems):
        return []
    used = {value for table, column in referring for value in frames[table][column]}
    ids = frames[target["name"]][key]
    file, expected = f"data/{target['path']}", "an id that some other table uses"
    return [
        Problem(file, expected, row, key, value, spoils=BASE)
        for row, value in ids[~ids.isin(used)].items()
    ]


def _lost_coverage(resource: dict, frame: pd.DataFrame) -> list[Problem]:
    """What the last edition had of this table and this one has not."""
    before = resource.get("coverage")
    if before is None:
        return []
    found = coverage(frame)
    return [
        Problem(
            f"data/{resource['path']}",
            f"at least {least} {what}, as edition {before['edition']} had",
            value=f"{found[what]} {what}",
            fix=f"if rows were dropped on purpose, change “coverage” in data/{PACKAGE}",
            spoils=BASE,
        )
        for what, least in before.items()
        if what != "edition" and found[what] < least
    ]


def coverage(frame: pd.DataFrame) -> dict[str, int]:
    """How much a table covers: its rows, and its regions where it has any."""
    counts = {"rows": len(frame)}
    if "region" in frame:
        counts["regions"] = int(frame["region"].replace("", pd.NA).nunique())
    return counts


def typed(raw: pd.DataFrame, file: str, fields: list[dict]) -> tuple[pd.DataFrame, list[Problem]]:
    """The cells of a table as its fields’ types, and a Problem for each that is none of its type.

    `raw` holds text by spreadsheet row, and so are the Problems’ rows; such a cell is missing
    in the typed table, like an empty one.
    """
    problems, columns = [], {}
    for field in fields:
        name, kind = field["name"], field["type"]
        cells = raw[name]
        columns[name] = typed = _convert(cells, kind)
        if kind != "string":
            for row in cells.index[typed.isna() & (cells != "")]:
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
