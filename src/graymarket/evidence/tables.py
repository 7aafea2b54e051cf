"""Load the tables of data/ as datapackage.json describes them, or say what is wrong."""

import csv
import io
import json
from pathlib import Path

import pandas as pd

from graymarket.evidence.constraints import broken_constraints
from graymarket.evidence.problems import EvidenceError, Problem

PACKAGE = "datapackage.json"

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
    start = (start or Path.cwd()).resolve()
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
            [Problem(f"data/{PACKAGE}", f"a readable JSON file ({error})")]
        ) from None


def load(table: str, root: Path | None = None) -> pd.DataFrame:
    """One table, typed and validated; columns in the order of the file, default index.

    Text is str ("" where empty), numbers are float64 or Int64, booleans bool, `date` and
    `yearmonth` datetime64 (a month is its first day), units as in datapackage.json.
    Raises EvidenceError listing every problem of this table.
    """
    root = root or find_root()
    resource = _resource(root, table)
    frame, problems = _read(root, resource)
    if problems:
        raise EvidenceError(problems)
    full = [
        field["name"]
        for field in resource["schema"]["fields"]
        if field["type"] == "boolean" and field.get("constraints", {}).get("required")
    ]
    return frame.astype(dict.fromkeys(full, bool)).reset_index(drop=True)


def check(root: Path | None = None) -> list[Problem]:
    """Every problem of every table, rows unused where `everyRowUsed` among them; [] if none.

    Raises EvidenceError when datapackage.json itself cannot be read.
    """
    root = root or find_root()
    resources = package(root)["resources"]
    problems, frames = [], {}
    for resource in resources:
        frames[resource["name"]], found = _read(root, resource)
        problems += found
    for resource in resources:
        if resource.get("everyRowUsed"):
            problems += _unused(resource, resources, frames, problems)
    return problems


def _unused(
    target: dict, resources: list[dict], frames: dict, problems: list[Problem]
) -> list[Problem]:
    """Rows of `target` to which no other table refers; [] if a fault elsewhere may hide the use."""
    key = target["schema"]["primaryKey"][0]
    referring = [
        (resource["name"], foreign["fields"][0])
        for resource in resources
        for foreign in resource["schema"].get("foreignKeys", [])
        if foreign["reference"]["resource"] == target["name"]
    ]
    hiding = {None, key, *(column for _, column in referring)}
    unread = any(frame is None for frame in frames.values())
    if unread or any(problem.column in hiding for problem in problems):
        return []
    used = {value for table, column in referring for value in frames[table][column]}
    ids = frames[target["name"]][key]
    return [
        Problem(f"data/{target['path']}", "an id that some other table uses", row, key, value)
        for row, value in ids[~ids.isin(used)].items()
    ]


def _resource(root: Path, table: str) -> dict:
    resources = {resource["name"]: resource for resource in package(root)["resources"]}
    if table not in resources:
        known = ", ".join(resources)
        raise EvidenceError([Problem(f"data/{PACKAGE}", f"one of {known}", value=table)])
    return resources[table]


def _read(root: Path, resource: dict) -> tuple[pd.DataFrame | None, list[Problem]]:
    """The typed table indexed by spreadsheet row, and its problems; None if it has no shape."""
    file = f"data/{resource['path']}"
    text, problems = _text(root / file, file)
    if problems:
        return None, problems
    raw, problems = _rows(text, file, [field["name"] for field in resource["schema"]["fields"]])
    if raw is None:
        return None, problems
    frame, mistyped = _typed(raw, file, resource["schema"]["fields"])
    problems += mistyped
    bad_cells = {(problem.row, problem.column) for problem in problems}
    broken = broken_constraints(frame, raw, file, resource["schema"], _keys_of(root, resource))
    problems += [problem for problem in broken if (problem.row, problem.column) not in bad_cells]
    return frame, sorted(problems, key=lambda problem: (problem.row or 0, problem.column or ""))


def _text(path: Path, file: str) -> tuple[str, list[Problem]]:
    if not path.is_file():
        return "", [Problem(file, "this file to be there, as datapackage.json names it")]
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        value = content[error.start : error.start + 1].hex()
        expected = "text in UTF-8 (save it as “CSV UTF-8”)"
        return "", [Problem(file, expected, row, value=f"byte 0x{value}")]


def _rows(text: str, file: str, names: list[str]) -> tuple[pd.DataFrame | None, list[Problem]]:
    lines = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            lines.append(cells)
    except csv.Error as error:
        row = len(lines) + 1
        return None, [Problem(file, f"well-formed CSV ({error}: is a quote left open?)", row)]
    header = lines[0] if lines else []
    problems = [Problem(file, "this column", 1, name) for name in names if name not in header]
    problems += [
        Problem(file, f"only the columns {', '.join(names)}", 1, name)
        for name in header
        if name not in names
    ]
    problems += [
        Problem(file, "this column once", 1, name) for name in names if header.count(name) > 1
    ]
    if problems:
        return None, problems
    kept = {}
    for row, cells in enumerate(lines[1:], start=2):
        if len(cells) == len(header):
            kept[row] = cells
        elif cells:
            expected, value = f"{len(header)} cells", f"{len(cells)} cells"
            problems.append(Problem(file, expected, row, value=value))
    raw = pd.DataFrame.from_dict(kept, orient="index", columns=header, dtype=str)
    return raw[names], problems


def _typed(raw: pd.DataFrame, file: str, fields: list[dict]) -> tuple[pd.DataFrame, list[Problem]]:
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
        return pd.to_numeric(cells.where(cells != ""), errors="coerce").astype("float64")
    if kind == "integer":
        return pd.to_numeric(cells.where(cells.str.fullmatch(r"-?\d+")), errors="coerce").astype(
            "Int64"
        )
    if kind == "boolean":
        return cells.map({"true": True, "false": False}).astype("boolean")
    if kind == "date":
        return pd.to_datetime(
            cells.where(cells.str.len() == 10), format="%Y-%m-%d", errors="coerce"
        )
    if kind == "yearmonth":
        return pd.to_datetime(cells.where(cells.str.len() == 7), format="%Y-%m", errors="coerce")
    return cells


def _keys_of(root: Path, resource: dict) -> dict[str, tuple[str, frozenset[str]]]:
    """Field → (file, values that it may hold), for fields that refer to another table."""
    keys = {}
    for foreign in resource["schema"].get("foreignKeys", []):
        other = foreign["reference"]["resource"]
        target = _resource(root, other) if other else resource
        path = root / "data" / target["path"]
        values = _column(path, foreign["reference"]["fields"][0])
        keys[foreign["fields"][0]] = (f"data/{target['path']}", values)
    return keys


def _column(path: Path, name: str) -> frozenset[str] | None:
    """The cells of one column; None if the file cannot be read, which is told elsewhere."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return frozenset(row[name] or "" for row in csv.DictReader(file))
    except (OSError, UnicodeDecodeError, KeyError, csv.Error):
        return None
