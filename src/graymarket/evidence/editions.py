"""Editions: frozen states of data/ with their results, and what has changed since the last one."""

import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from graymarket.evidence.problems import FILE, EvidenceError, Problem
from graymarket.evidence.tables import PACKAGE, Base, find_root, package

RESULTS = "results.json"
NO_REASON = "Edited by hand; no reason is on record"


def edition_file(root: Path, name: str) -> Path:
    """Where the edition of that name is kept: a zipped Data Package with its results."""
    return root / "data" / "editions" / f"{name}.zip"


def label(root: Path | None = None) -> str:
    """The edition's name, with a word added when data/ has changed since it was frozen."""
    root = root or find_root()
    name = package(root)["version"]
    frozen = edition_file(root, name)
    return f"{name}, later data" if frozen.exists() and not _holds(frozen, root) else name


def since_last(root: Path | None = None) -> "Since | None":
    """What has changed since the last edition: None if there is none yet.

    The last edition is the newest frozen one that is not the present state itself. Raises
    EvidenceError when its file cannot be read.
    """
    root = root or find_root()
    present = package(root)["version"]
    for file in sorted((root / "data" / "editions").glob("[!.]*.zip"), reverse=True):
        if file.stem < present or (file.stem == present and not _holds(file, root)):
            return Since(root, file.stem)
    return None


def marks(table: str, root: Path | None = None) -> dict[str, str]:
    """The table's rows that are new or revised since the last edition, as Since.marks; else {}."""
    since = since_last(root)
    return since.marks(table) if since else {}


@dataclass(frozen=True)
class Since:
    """The present data/ beside the frozen edition `name`."""

    root: Path
    name: str

    @cached_property
    def results(self) -> dict[str, dict]:
        """The edition's named results: "chapter/name" → text, value, basis."""
        with _opened(edition_file(self.root, self.name)) as archive:
            return json.loads(archive.read(RESULTS))["results"]

    def added(self, table: str) -> pd.DataFrame:
        """The rows that the edition did not have, as text."""
        new, old = self._both(table)
        return new[~new.index.isin(old.index)].reset_index(drop=True)

    def marks(self, table: str) -> dict[str, str]:
        """Key of a row → "provisional" for a new one, "revised" for one with a figure changed."""
        new, old = self._both(table)
        revised = dict.fromkeys(self._revised(table)["row"], "revised")
        return dict.fromkeys(new.index[~new.index.isin(old.index)], "provisional") | revised

    def touches(self, basis: Iterable[str]) -> bool:
        """Whether a row that one of these entries stands for is new, gone or revised."""
        return not self._changed.isdisjoint(basis)

    @cached_property
    def _changed(self) -> frozenset[str]:
        """The rows that changed, as "table/key", and every shorter entry that stands for them."""
        entries = set()
        for table in self._names:
            new, old = self._both(table)
            rows = {*new.index.symmetric_difference(old.index), *self._revised(table)["row"]}
            entries |= {f"{table}/{row}" for row in rows}
        parts = [entry.split("/") for entry in entries]
        return frozenset("/".join(some[:n]) for some in parts for n in range(1, len(some) + 1))

    def counts(self) -> pd.DataFrame:
        """A row for each table that changed: table, added, removed (rows), revised (figures)."""
        revised = self.revised()["table"].value_counts()
        found = []
        for table in self._names:
            new, old = self._both(table)
            added = int((~new.index.isin(old.index)).sum())
            removed = int((~old.index.isin(new.index)).sum())
            found.append((table, added, removed, int(revised.get(table, 0))))
        counts = pd.DataFrame(found, columns=["table", "added", "removed", "revised"])
        return counts[counts[["added", "removed", "revised"]].any(axis=1)].reset_index(drop=True)

    def revised(self) -> pd.DataFrame:
        """A row for each figure that is another now: table, row (its key), field, old, new, why."""
        return pd.concat([self._revised(table) for table in self._names], ignore_index=True)

    def _revised(self, table: str) -> pd.DataFrame:
        new, old = self._both(table)
        shared = new.index.intersection(old.index, sort=False)
        fields = [name for name in new.columns if name in old.columns]
        new, old = new.loc[shared, fields], old.loc[shared, fields]
        places = zip(*(new.to_numpy() != old.to_numpy()).nonzero(), strict=True)
        rows = pd.DataFrame(
            [(table, shared[y], fields[x], old.iat[y, x], new.iat[y, x]) for y, x in places],
            columns=["table", "row", "field", "old", "new"],
        )
        return rows.assign(why=[self._why(row) for row in rows.itertuples()])

    def _why(self, move) -> str:
        for told in (self._revisions, self._corrections):
            if (reason := told.get((move.table, move.row, move.field, move.new))) is not None:
                return reason
        return self._by_hand.get(f"{move.table}/{move.row}", NO_REASON)

    @cached_property
    def _revisions(self) -> dict[tuple, str]:
        base = Base(self.root)
        additions = base.cells("additions")[0].set_index("addition")["table"]
        return {
            (additions[move.addition], move.row, move.field, move.new): move.why
            for move in base.cells("revisions")[0].itertuples()
        }

    @cached_property
    def _corrections(self) -> dict[tuple, str]:
        fixes = Base(self.root).cells("corrections")[0]
        return {(fix.table, fix.id, fix.field, fix.new): fix.reason for fix in fixes.itertuples()}

    @cached_property
    def _by_hand(self) -> dict[str, str]:
        told = Base(self.root).cells("method_changes")[0]
        told = told[told["edition"] > self.name]
        return {row: change.what for change in told.itertuples() for row in change.rows.split()}

    @property
    def _names(self) -> list[str]:
        return list(Base(self.root).resources)

    def _both(self, table: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The table now and then, as text, its rows named by their keys."""
        if table not in self._read:
            base = Base(self.root)
            key = base.resource(table)["schema"]["primaryKey"]
            now = _keyed(base.cells(table)[0], key)
            known = table in self._frozen.resources
            then = _keyed(self._frozen.cells(table)[0], key) if known else now.iloc[:0]
            self._read[table] = now, then
        return self._read[table]

    @cached_property
    def _read(self) -> dict[str, tuple[pd.DataFrame, pd.DataFrame]]:
        return {}

    @cached_property
    def _frozen(self) -> Base:
        """The edition's tables with their corrections, read as any other data/ is."""
        with _opened(edition_file(self.root, self.name)) as archive:
            archive.extractall(Path(self._folder.name) / "data")
        return Base(Path(self._folder.name))

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory:
        return tempfile.TemporaryDirectory()


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (OSError, EOFError, KeyError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        expected = f"a frozen edition: a zip with {PACKAGE}, its tables and {RESULTS} ({error})"
        fix = "take it back from version control"
        place = f"data/{file.parent.name}/{file.name}"
        raise EvidenceError([Problem(place, expected, fix=fix, severity=FILE)]) from None


def _keyed(cells: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    first, *others = (cells[name] for name in key)
    return cells.set_axis(first.str.cat(others, sep="/") if others else first, axis=0)


def _holds(file: Path, root: Path) -> bool:
    """Whether the frozen edition's tables are those of data/ now."""
    now = table_files(root)
    with _opened(file) as archive:
        names = {*archive.namelist()} - {PACKAGE, RESULTS}
        return names == {*now} and all(
            archive.read(name).replace(b"\r\n", b"\n") == now[name] for name in names
        )


def table_files(root: Path) -> dict[str, bytes]:
    """The files of data/'s tables by name, their lines ended alike; raises EvidenceError."""
    paths = [resource["path"] for resource in package(root)["resources"]]
    try:
        return {path: (root / "data" / path).read_bytes().replace(b"\r\n", b"\n") for path in paths}
    except OSError as error:
        expected = f"a file that can be read ({error.strerror})"
        place = f"data/{Path(error.filename).name}"
        raise EvidenceError([Problem(place, expected, severity=FILE)]) from None
