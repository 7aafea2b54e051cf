"""The whole base checked: every table, and what only shows between tables or since an edition."""

from pathlib import Path
from typing import Any

import pandas as pd

from graymarket.evidence.problems import BASE, CELL, REFERENCE, SHAPE, Problem
from graymarket.evidence.tables import PACKAGE, Base, find_root

Frames = dict[str, pd.DataFrame | None]


def check(root: Path | None = None) -> list[Problem]:
    """Every problem of the whole base, worst first; [] if there is none.

    Raises EvidenceError when datapackage.json itself cannot be read.
    """
    base = Base(root or find_root())
    frames: Frames = {}
    problems: list[Problem] = []
    for name in base.resources:
        frames[name], of_table = base.read(name)
        problems += of_table
    for name, resource in base.resources.items():
        if resource.get("everyRowUsed"):
            problems += _unused(resource, base, frames, problems)
        problems += _lost_coverage(resource, frames[name], problems)
    if any(problem.severity <= CELL for problem in problems):
        # A row that cannot be read may be the one that is missed elsewhere.
        problems = [problem for problem in problems if problem.severity != REFERENCE]
    return sorted(problems, key=lambda problem: problem.severity)


def coverage(frame: pd.DataFrame) -> dict[str, int]:
    """How much a table covers: its rows, and its regions where it has any."""
    counts = {"rows": len(frame)}
    if "region" in frame:
        counts["regions"] = int(frame["region"].replace("", pd.NA).nunique())
    return counts


def _unused(
    target: dict[str, Any], base: Base, frames: Frames, problems: list[Problem]
) -> list[Problem]:
    """Rows of `target` to which no other table refers; [] if a fault elsewhere may hide the use."""
    key = target["schema"]["primaryKey"][0]
    referring = [
        (name, foreign["fields"][0])
        for name, resource in base.resources.items()
        for foreign in resource["schema"].get("foreignKeys", [])
        if foreign["reference"]["resource"] == target["name"]
    ]
    hiding = {None, key, *(column for _, column in referring)}
    readable = {name: frame for name, frame in frames.items() if frame is not None}
    if len(readable) < len(frames) or any(problem.column in hiding for problem in problems):
        return []
    used = {value for table, column in referring for value in readable[table][column]}
    ids = readable[target["name"]][key]
    file, expected = f"data/{target['path']}", "an id that some other table uses"
    return [
        Problem(file, expected, int(str(row)), key, value, severity=BASE)
        for row, value in ids[~ids.isin(list(used))].items()
    ]


def _lost_coverage(
    resource: dict[str, Any], frame: pd.DataFrame | None, problems: list[Problem]
) -> list[Problem]:
    """What the last edition had of this table and this one has not."""
    before, file = resource.get("coverage"), f"data/{resource['path']}"
    shapeless = {problem.file for problem in problems if problem.severity <= SHAPE}
    if before is None or frame is None or file in shapeless:
        return []
    now = coverage(frame)
    return [
        Problem(
            file,
            f"at least {least} {what}, as edition {before['edition']} had",
            value=f"{now[what]} {what}",
            fix=f"if rows were dropped on purpose, change “coverage” in data/{PACKAGE}",
            severity=BASE,
        )
        for what, least in before.items()
        if what != "edition" and now[what] < least
    ]
