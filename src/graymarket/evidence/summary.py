"""The base at a glance: how much there is, how good, and up to when."""

from pathlib import Path
from typing import Any

import pandas as pd

from graymarket.evidence.tables import Base, find_root

_DATES = ("end", "date", "month", "after_end", "published")


def summary(root: Path | None = None) -> pd.DataFrame:
    """One row a table: table, title, rows, sources, regions, from, to, A, B, C.

    Counts are Int64 (missing where a table has no such column); `from` and `to` are the first and
    last date in it as text, of the precision of its own dates.
    """
    base = Base(root or find_root())
    return pd.DataFrame(
        [_row(name, resource, base.text(name)) for name, resource in base.resources.items()]
    ).astype(dict.fromkeys(["rows", "sources", "regions", "A", "B", "C"], "Int64"))


def size(root: Path | None = None) -> tuple[int, int]:
    """How many facts and how many sources there are.

    A fact is a row with an id and a source of its own: monthly and yearly series do not count row
    by row, nor do the assumptions and cases argued from facts.
    """
    base = Base(root or find_root())
    with_id = [
        base.text(name)
        for name, resource in base.resources.items()
        if resource["schema"]["primaryKey"] == ["id"]
    ]
    facts = sum(len(cells) for cells in with_id if "source_id" in cells)
    return facts, len(base.text("sources"))


def _row(name: str, resource: dict[str, Any], cells: pd.DataFrame) -> dict[str, Any]:
    dates = _dates(cells)
    grades = cells["grade"].value_counts() if "grade" in cells else None
    return {
        "table": name,
        "title": resource["title"],
        "rows": len(cells),
        "sources": cells["source_id"].nunique() if "source_id" in cells else pd.NA,
        "regions": cells["region"].replace("", pd.NA).nunique() if "region" in cells else pd.NA,
        "from": dates.min() if len(dates) else "",
        "to": dates.max() if len(dates) else "",
    } | {grade: pd.NA if grades is None else grades.get(grade, 0) for grade in "ABC"}


def _dates(cells: pd.DataFrame) -> pd.Series:
    columns = [c for c in ("start", *_DATES, "before_start", "year") if c in cells]
    dates = pd.concat([cells[c] for c in columns]) if columns else pd.Series(dtype=str)
    return dates[dates != ""]
