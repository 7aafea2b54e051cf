"""From a number back to the rows it stands on and their sources."""

from pathlib import Path

import pandas as pd

from graymarket.evidence.tables import Base, find_root

_MOST_ROWS = 6  # more rows of one table are summed up in one line
_LONGEST = 160  # characters of a row that are shown
_MOST_SOURCES = 12  # more of them are counted, not listed
_LEFT_OUT = ("source_id", "note", "grade")


def trace(basis: tuple[str, ...], root: Path | None = None) -> list[dict]:
    """What each entry of `basis` stands for, as plain JSON values.

    An entry is "table", or "table/" and the leading parts of its key: "vendor_share/v-001" is a
    row, "usage_panel/CUB" all rows of Cuba. Each becomes one or more dicts of file, key (as
    given), rows (how many), text (the row's cells, or the span), grades, source_count and
    sources (each with id, credit, title, url, licence; none where they are too many to list).
    Raises EvidenceError for an entry that finds no row.
    """
    base = Base(root or find_root())
    return [
        line for entry in dict.fromkeys(_with_basis(base, basis)) for line in _known(base, entry)
    ]


def _with_basis(base: Base, entries: tuple[str, ...]):
    """Each entry, and after it what its rows rest on in turn, where the table says so."""
    for entry in entries:
        yield entry
        rows = base.rows(entry)
        if "basis" in rows:
            yield from (part for cell in rows["basis"] for part in cell.split())


_traced: dict[tuple, list[dict]] = {}  # many results rest on the same rows


def _known(base: Base, entry: str) -> list[dict]:
    """The lines of an entry, worked out once as long as its files do not change."""
    table = entry.split("/")[0]
    state = (base.root, entry, base.stamps(table), base.stamps("sources"))
    if state not in _traced:
        _traced[state] = list(_lines(base, entry))
    return _traced[state]


def _lines(base: Base, entry: str):
    sources, _ = base.cells("sources")
    sources = sources.set_index("source_id")
    table, *parts = entry.split("/")
    cells, resource = base.rows(entry), base.resource(table)
    key, file = resource["schema"]["primaryKey"], f"data/{resource['path']}"
    several = len(cells) > _MOST_ROWS
    for rows in [cells] if several else [cells.loc[[row]] for row in cells.index]:
        ids = sorted(set(rows["source_id"]) & set(sources.index)) if "source_id" in rows else []
        yield {
            "file": file,
            "key": "/".join(parts) if several else "/".join(rows.iloc[0][key]),
            "rows": len(rows),
            "text": _span(rows) if several else _row_text(rows.iloc[0], key),
            "grades": sorted(set(rows["grade"])) if "grade" in rows else [],
            "source_count": len(ids),
            "sources": [_source(i, sources) for i in ids] if len(ids) <= _MOST_SOURCES else [],
        }


def _row_text(row: pd.Series, key: list[str]) -> str:
    shown = [cell for name, cell in row.items() if cell and name not in (*_LEFT_OUT, *key[:1])]
    text = " · ".join(shown)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _span(rows: pd.DataFrame) -> str:
    for column in ("month", "year", "date", "start"):
        if column in rows:
            known = rows[column][rows[column] != ""]
            return f"{known.min()} to {known.max()}"
    return ""


def _source(source_id: str, sources: pd.DataFrame) -> dict:
    row = sources.loc[source_id]
    kept = {name: row[name] for name in ("title", "url", "licence")}
    return {"id": source_id, "credit": credit(row), **kept}


def credit(source: pd.Series) -> str:
    """How a row of the table sources is credited: its publisher, with the licence if it has one."""
    licence = source["licence"]
    return f"{source['publisher']} ({licence})" if licence else source["publisher"]
