"""Apply changes to data/: their rows, a line in the ledgers for each, all of it or nothing."""

import dataclasses
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd

from graymarket import evidence
from graymarket.evidence import EvidenceError, Problem
from graymarket.evidence.store import as_csv, check_with, replace
from graymarket.refresh.change import Change
from graymarket.refresh.dataset import Download

Origins = dict[tuple[str, int | None], tuple[str, int | None]]  # file and row, there and here


def apply(root: Path, changes: list[Change], today: date, why: str) -> None:
    """Write what `changes` say, with a line in the ledgers for each, once all of it is sound.

    `why` stands beside each revised figure. Raises EvidenceError, with data/ untouched, if the
    base would not pass its check, or has changed since it was read.
    """
    with _named_by_origin(changes):
        replace(root, _files(root, changes, today, why))


def verify(root: Path, changes: list[Change], today: date) -> None:
    """Raise EvidenceError if `changes` would not pass the check; nothing is written."""
    with _named_by_origin(changes):
        check_with(root, _files(root, changes, today, "not yet known"))


@contextmanager
def _named_by_origin(changes: list[Change]) -> Iterator[None]:
    """Problems of rows that came in a file name that file and the row there."""
    origins: Origins = {
        (f"data/{change.table}.csv", row): origin
        for change in changes
        for row, origin in change.origins.items()
    }
    try:
        yield
    except EvidenceError as error:
        raise EvidenceError([_at_origin(problem, origins) for problem in error.problems]) from None


def _at_origin(problem: Problem, origins: Origins) -> Problem:
    file, row = origins.get((problem.file, problem.row), (problem.file, problem.row))
    return dataclasses.replace(problem, file=file, row=row)


def _files(root: Path, changes: list[Change], today: date, why: str) -> dict[str, bytes]:
    """The files of data/ that the changes touch, as they would be."""
    news = [change for change in changes if change.is_news]
    tables = {change.table: change.cells for change in news}
    tables |= _new_sources(tables.get("sources", evidence.raw_cells("sources", root)), news)
    for ledger, rows in _entries(root, news, today, why).items():
        old = evidence.raw_cells(ledger, root)
        tables[ledger] = pd.concat([old, rows[old.columns]], ignore_index=True)
    return {f"{table}.csv": as_csv(cells) for table, cells in tables.items()}


def fingerprint(downloads: tuple[Download, ...]) -> str:
    """The file's SHA-256; of several, the SHA-256 of what `sha256sum *` prints for them."""
    if len(downloads) == 1:
        return downloads[0].sha256
    lines = sorted({f"{d.sha256}  {d.name}\n" for d in downloads}, key=lambda line: line[64:])
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _entries(root: Path, news: list[Change], today: date, why: str) -> dict[str, pd.DataFrame]:
    """What the ledgers gain: a row for each change, and one for each figure revised."""
    taken = evidence.raw_cells("additions", root)["addition"]
    additions, revisions = [], []
    for change in news:
        start = f"{today}-{change.table.replace('_', '-')}-"
        name = f"{start}{taken.str.startswith(start).sum() + 1}"
        additions.append(_addition(name, change, today))
        revisions.append(change.revised.assign(addition=name, why=why))
    return {"additions": pd.DataFrame(additions), "revisions": pd.concat(revisions)}


def _new_sources(old: pd.DataFrame, news: list[Change]) -> dict[str, pd.DataFrame]:
    """The table sources with the rows that changes bring along and it has not; {} if none."""
    brought = {row["source_id"]: row for change in news for row in change.sources}
    rows = [row for source, row in brought.items() if source not in set(old["source_id"])]
    if not rows:
        return {}
    cells = pd.concat([old, pd.DataFrame(rows, columns=old.columns).fillna("")])
    return {"sources": cells.sort_values("source_id", kind="stable", ignore_index=True)}


def _addition(name: str, change: Change, today: date) -> dict[str, str]:
    names = sorted({download.name for download in change.downloads})
    several = f"{len(change.downloads)} files, {names[0]} to {names[-1]}"
    first, last = change.span
    return {
        "addition": name,
        "added": str(today),
        "table": change.table,
        "file": several if len(change.downloads) > 1 else names[0],
        "sha256": fingerprint(change.downloads),
        "accessed": str(max(download.accessed for download in change.downloads)),
        "address": _common_address(change.downloads),
        "rows_added": str(len(change.added)),
        "figures_revised": str(len(change.revised)),
        "first": first,
        "last": last,
    }


def _common_address(downloads: tuple[Download, ...]) -> str:
    """Where all came from: the address, or what is left when query and file name differ."""
    for shorten in (str, lambda full: full.split("?")[0], lambda full: full.rpartition("/")[0]):
        shared = {shorten(download.address) for download in downloads}
        if len(shared) == 1:
            return shared.pop()
    return ""
