"""What has changed in data/ since an edition, row by row and figure by figure."""

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from graymarket import evidence
from graymarket.editions.frozen import Edition, edition_file, table_files
from graymarket.evidence.problems import EvidenceError
from graymarket.evidence.tables import RANGE, Base

NO_REASON = "Edited by hand; no reason is on record"


def label(root: Path | None = None) -> str:
    """The edition's name, with a word added when data/ has changed since it was frozen."""
    root = root or evidence.find_root()
    name = str(evidence.package(root)["version"])
    file = edition_file(root, name)
    return f"{name}, later data" if file.exists() and not _is_of(file, root) else name


def since_last(root: Path | None = None) -> "Since | None":
    """What has changed since the last edition: None if there is none yet.

    The last edition is the newest frozen one that is not the present state itself. Raises
    EvidenceError when its file cannot be read.
    """
    root = root or evidence.find_root()
    present = evidence.package(root)["version"]
    for file in sorted((root / "data" / "editions").glob("[!.]*.zip"), reverse=True):
        if file.stem < present or (file.stem == present and not _is_of(file, root)):
            return Since(root, file.stem)
    return None


def marks(table: str, root: Path | None = None) -> dict[str, str]:
    """The table's rows that are new or revised since the last edition, as Since.marks; else {}."""
    since = since_last(root)
    return since.marks(table) if since else {}


def _is_of(file: Path, root: Path) -> bool:
    """Whether the frozen edition's tables are those of data/ now."""
    return Edition(file).tables == table_files(root)


class Since:
    """The present data/ of the project `root` beside its frozen edition `name`."""

    def __init__(self, root: Path, name: str):
        self.root = root
        self.name = name
        self._edition = Edition(edition_file(root, name))
        self._base = Base(root)
        self._read: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = {}

    @property
    def results(self) -> dict[str, dict[str, Any]]:
        """The edition's results, as Edition.results."""
        return self._edition.results

    def added(self, table: str) -> pd.DataFrame:
        """The rows that the edition did not have, as text."""
        new, old = self._both(table)
        return new[~new.index.isin(old.index)].reset_index(drop=True)

    def marks(self, table: str) -> dict[str, str]:
        """Key of a row → "provisional" for a new one, "revised" for one with a figure changed."""
        new, old = self._both(table)
        revised = dict.fromkeys(self._revised(table)["row"], "revised")
        return dict.fromkeys(new.index[~new.index.isin(old.index)], "provisional") | revised

    def touches(self, lineage: Iterable[str]) -> bool:
        """Whether a row that one of these entries stands for is new, gone or revised.

        An entry is a table, a row ("table/key"), the leading parts of a key, or a range of its
        last part ("usage_panel/CUB/2021-09..2022-01").
        """
        return any(self._touches(entry) for entry in lineage)

    def counts(self) -> pd.DataFrame:
        """A row for each table that changed: table, added, removed (rows), revised (figures)."""
        revised = self.revised()["table"].value_counts()
        rows = []
        for table in self._base.resources:
            new, old = self._both(table)
            added = int((~new.index.isin(old.index)).sum())
            removed = int((~old.index.isin(new.index)).sum())
            rows.append((table, added, removed, int(revised.get(table, 0))))
        counts = pd.DataFrame(rows, columns=["table", "added", "removed", "revised"])
        return counts[counts[["added", "removed", "revised"]].any(axis=1)].reset_index(drop=True)

    def revised(self) -> pd.DataFrame:
        """A row for each figure that is another now: table, row (its key), field, old, new, why."""
        revised = [self._revised(table) for table in self._base.resources]
        return pd.concat(revised, ignore_index=True)

    def _touches(self, entry: str) -> bool:
        *parts, last = entry.split("/")
        first, is_range, end = last.partition(RANGE)
        if not is_range:
            return (*parts, last) in self._changed
        at = len(parts)
        return any(
            len(row) == at + 1 and row[:at] == tuple(parts) and first <= row[at] <= end
            for row in self._changed
        )

    @cached_property
    def _changed(self) -> frozenset[tuple[str, ...]]:
        """The rows that changed, as table and parts of the key, and all their leading parts."""
        rows = set()
        for table in self._base.resources:
            new, old = self._both(table)
            keys = {*new.index.symmetric_difference(old.index), *self._revised(table)["row"]}
            rows |= {(table, *key.split("/")) for key in keys}
        return frozenset(row[:n] for row in rows for n in range(1, len(row) + 1))

    def _revised(self, table: str) -> pd.DataFrame:
        new, old = self._both(table)
        shared = new.index.intersection(old.index, sort=False)
        fields = [name for name in new.columns if name in old.columns]
        now, then = new.loc[shared, fields].to_numpy(), old.loc[shared, fields].to_numpy()
        places = zip(*(now != then).nonzero(), strict=True)
        moves = [(shared[y], fields[x], then[y, x], now[y, x]) for y, x in places]
        rows = [(table, *move, self._why(table, move[0], move[1], move[3])) for move in moves]
        return pd.DataFrame(rows, columns=["table", "row", "field", "old", "new", "why"])

    def _why(self, table: str, row: str, field: str, new: str) -> str:
        move = (table, row, field, new)
        for reasons in (self._revisions, self._corrections):
            if move in reasons:
                return reasons[move]
        return self._by_hand.get(f"{table}/{row}", NO_REASON)

    @cached_property
    def _revisions(self) -> dict[tuple[str, ...], str]:
        revisions = self._now("revisions")
        tables = self._now("additions").set_index("addition")["table"].to_dict()
        moved = revisions["addition"].map(tables)
        columns = (moved, *(revisions[name] for name in ("row", "field", "new")))
        return dict(zip(zip(*columns, strict=True), revisions["why"], strict=True))

    @cached_property
    def _corrections(self) -> dict[tuple[str, ...], str]:
        fixes = self._now("corrections")
        columns = (fixes[name] for name in ("table", "id", "field", "new"))
        return dict(zip(zip(*columns, strict=True), fixes["reason"], strict=True))

    @cached_property
    def _by_hand(self) -> dict[str, str]:
        """Row → what was done to it, as the changes of method after the edition say."""
        changes = self._now("method_changes")
        later = changes[changes["edition"] > self.name]
        return {
            row: what
            for what, rows in zip(later["what"], later["rows"], strict=True)
            for row in rows.split()
        }

    def _now(self, table: str) -> pd.DataFrame:
        """The present table's corrected cells as text; raises EvidenceError."""
        cells, problems = self._base.cells(table)
        if cells is None:
            raise EvidenceError(problems)
        return cells

    def _both(self, table: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The table now and then, as text, its rows named by their keys."""
        if table not in self._read:
            key = self._base.resource(table)["schema"]["primaryKey"]
            now = self._now(table)
            now = now.set_axis(_names(now, key), axis=0)
            known = table in self._edition.resources
            then = _former(self._edition.cells(table), now, key) if known else now.iloc[:0]
            self._read[table] = now, then
        return self._read[table]


def _names(cells: pd.DataFrame, key: list[str]) -> list[str]:
    """The name of each row: its key, joined by slashes."""
    return ["/".join(row) for row in zip(*(cells[name] for name in key), strict=True)]


def _former(then: pd.DataFrame, now: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The former table with its rows named as those of the present one.

    Where it lacks a column of the present key, the first row that agrees in the others gives the
    name; where those do not tell its rows apart, it counts as a table of no rows.
    """
    shared = [name for name in key if name in then]
    present: dict[str, str] = {}
    for short, name in zip(_names(now, shared), now.index, strict=True):
        present.setdefault(short, str(name))
    names = [present.get(short, short) for short in _names(then, shared)]
    return then.set_axis(names, axis=0) if len({*names}) == len(names) else then.iloc[:0]
