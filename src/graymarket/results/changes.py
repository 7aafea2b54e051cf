"""What has changed since the last edition: rows, figures, methods, and the results they move."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from graymarket import editions, evidence
from graymarket.evidence import Tables
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.cells import column, each
from graymarket.results.quantity import Result, Verdict, as_json, from_json

LOGS = ("additions", "revisions", "method_changes", "picks")  # they tell of changes or choices
_FEW = 20  # rows of a table that changed, up to which each is named
_ABOUT_ITSELF = ("evidence_base",)  # how many rows there are, and the like
_HEADLINES = ("share", "brand_gray_share", "brand_gray_phones")  # told beside the former ones
_COLUMNS = ["subject", "name", "before", "after", "kind", "percent", "by_data"]


@dataclass(frozen=True)
class Changes:
    """What has changed.

    `results_moved`: a row for each result that is another now: subject, name, before, after
    (results), kind ("moved" or "flipped"), percent, by_data (bool: rows beneath changed, and no
    change of method is on record); `tables`: table, title, added, removed, revised (counts) and
    lineage; `revised`: a row for each cell that says something else: table, title, row, field, old,
    new, why, by_source (bool: new data overwrote it) and lineage; `files`: the files that brought
    new rows, as in the table additions, with title; `methods`: rows of the
    table method_changes.
    """

    results_moved: pd.DataFrame
    tables: pd.DataFrame
    revised: pd.DataFrame
    files: pd.DataFrame
    methods: pd.DataFrame
    results: Results

    def largest(self, most: int) -> pd.DataFrame:
        """The figures that moved most, with label (what it is, and its name) and text."""
        rows = largest(self.results_moved, most)
        words = [f"{row.after.definition} ({row.subject}.{row.name})" for row in each(rows)]
        texts = column([_from_to(row) for row in each(rows)], rows.index)
        return rows.assign(label=words, text=texts)


def compute(question: Question, tables: Tables) -> Changes:
    """The present state beside the last edition; empty frames where there is none."""
    from graymarket.results.subjects import every_result

    since = editions.since_last(tables.root) if tables.root else None
    return beside(since, every_result(question, tables) if since else {}, tables)


def beside(since: editions.Since | None, now: dict[str, Result], tables: Tables) -> Changes:
    """The results `now` ("subject/name" → result) and the tables beside an edition."""
    moved = _moved(since, now, tables) if since else pd.DataFrame(columns=_COLUMNS)
    counts, revised = _data(since)
    revised = revised.assign(by_source=_by_source(revised, tables))
    added = tables["additions"]
    if since is not None:
        added = added[added["addition"].isin(since.added("additions")["addition"])]
    methods = tables["method_changes"]
    methods = methods[methods["edition"] > since.name] if since else methods.iloc[:0]
    results = Results()
    known = len(now.keys() & since.results.keys()) if since else 0
    _add_results(results, since, moved, counts, revised, methods, known)
    counts, revised, added = (_titled(rows, tables.root) for rows in (counts, revised, added))
    return Changes(moved, counts, revised, added, methods, results)


def _moved(since: editions.Since, now: dict[str, Result], tables: Tables) -> pd.DataFrame:
    moves = editions.moves(since.results, {name: as_json(one) for name, one in now.items()})
    methods = tables["method_changes"]
    methods = methods[methods["edition"] > since.name]
    by_method = {name for cell in methods["results"] for name in cell.split()}
    names = [name.split("/") for name in moves["name"]]
    before = [from_json(since.results[key]) for key in moves["name"]]
    return pd.DataFrame(
        {
            "subject": [subject for subject, _ in names],
            "name": [name for _, name in names],
            "before": column(before),
            "after": column([now[key] for key in moves["name"]]),
            "kind": moves["kind"],
            "percent": moves["percent"],
            "by_data": [
                key not in by_method and since.touches(now[key].lineage) for key in moves["name"]
            ],
        },
        columns=_COLUMNS,
    )


def largest(moved: pd.DataFrame, most: int) -> pd.DataFrame:
    """The results that moved most, in percent; what the base counts of itself aside."""
    numbers = moved[
        (moved["kind"] == "moved")
        & moved["percent"].notna()
        & (moved["percent"] != 0)
        & ~moved["subject"].isin(_ABOUT_ITSELF)
    ]
    return numbers.reindex(numbers["percent"].abs().sort_values(ascending=False).index).head(most)


def _from_to(row: Any) -> Verdict:
    parts = {"before": row.before, "after": row.after}
    what = "What a figure was and is"
    return Verdict(
        about="from_to", answer="moved", definition=what, lineage=row.after.lineage, parts=parts
    )


def _data(since: editions.Since | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What changed by table, and each changed cell, the logs of changes aside."""
    if since is None:
        counts = pd.DataFrame(columns=["table", "added", "removed", "revised"])
        figures = pd.DataFrame(columns=["table", "row", "field", "old", "new", "why"])
    else:
        counts, figures = since.counts(), since.revised()
    counts = counts[~counts["table"].isin(LOGS)]
    rows = [_changed_rows(since, table) for table in counts["table"]] if since else []
    figures = figures[~figures["table"].isin(["sources", *LOGS])]
    entries = figures["table"] + "/" + figures["row"]
    return counts.assign(lineage=column(rows, counts.index)), figures.assign(lineage=entries)


def _by_source(revised: pd.DataFrame, tables: Tables) -> list[bool]:
    """Whether new data overwrote a changed cell, as the table revisions tells; else we did."""
    log = tables["revisions"]
    told = set(zip(log["row"], log["field"], log["new"], strict=True))
    cells = zip(revised["row"], revised["field"], revised["new"], strict=True)
    return [cell in told for cell in cells]


def _changed_rows(since: editions.Since, table: str) -> tuple[str, ...]:
    """The entries of rows that are new or changed; the table's own where they are many."""
    keys = since.marks(table)
    return tuple(f"{table}/{key}" for key in keys) if 0 < len(keys) <= _FEW else (table,)


def _titled(rows: pd.DataFrame, root: Path | None) -> pd.DataFrame:
    return rows.assign(title=[evidence.resource(name, root)["title"] for name in rows["table"]])


def _add_results(
    results: Results,
    since: editions.Since | None,
    moved: pd.DataFrame,
    counts: pd.DataFrame,
    revised: pd.DataFrame,
    methods: pd.DataFrame,
    known: int,
) -> None:
    origin = tuple(counts["table"]) or ("sources",)
    results.label("last", since.name if since else "none", "The edition compared with", *origin)
    new = int(counts["added"].sum())
    results.quantity("rows", new, "rows", "New rows of evidence", *origin, kind="counted")
    what = "Cells of rows that were there before and say something else now"
    results.count("revised_count", len(revised), what, *origin)
    what, rows = "Rows with such a cell", revised[["table", "row"]].drop_duplicates()
    results.count("revised_rows", len(rows), what, *origin)
    what = "Such cells that say something else since their source revised it"
    results.count("by_source", int(revised["by_source"].sum()), what, *origin)
    results.count("method_changes", len(methods), "Changes of method", "method_changes")
    results.quantity("total", known, "rows", "Results of both editions", *origin, kind="counted")
    results.count("differing", len(moved), "Results that differ now", *origin)
    for kind in ("moved", "flipped"):
        number = int((moved["kind"] == kind).sum())
        results.count(kind, number, f"Results that {kind}", *origin)
    by_data = int(moved["by_data"].astype(bool).sum())
    what = "Results that differ, with rows beneath them that changed"
    results.count("by_data", by_data, what, *origin)
    what = "Results that differ by a change of method, or in what they count"
    results.count("by_method", len(moved) - by_data, what, *origin)
    for name in _HEADLINES:
        if since is not None and f"estimate/{name}" in since.results:
            former = from_json(since.results[f"estimate/{name}"])
            # Rows that it stood on may be gone: what is known of it is that it was said.
            results[f"former_{name}"] = replace(former, lineage=("method_changes",))
    answer = "first" if since is None else "none" if moved.empty else "some"
    parts = {name: results[name] for name in ("last", "differing", "total")}
    results.verdict("headline", answer, "What changed", *origin, about="changes", parts=parts)
    top = largest(moved, 1)
    if len(top):
        numbers = largest(moved, len(moved))
        middle = float(numbers["percent"].abs().median())
        results.count("figures", len(numbers), "Figures that moved", *origin)
        what = "The middle change of a figure, in percent of what it was"
        results.quantity("middle", middle, "percent", what, *origin)
