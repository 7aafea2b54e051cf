"""All sources by name: fetch those asked for, or find out what a file from one of them is.

A new upstream is a module that has what `Source` names, and an entry in SOURCES.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Protocol

import pandas as pd

from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.evidence.reading import cells_in
from graymarket.evidence.store import LEDGERS
from graymarket.evidence.tables import typed
from graymarket.refresh import caniuse, comtrade, statcounter, worldbank
from graymarket.refresh.collect import Collected, Progress
from graymarket.refresh.dataset import Dataset, Download
from graymarket.refresh.formats import Look, look_at, refuse
from graymarket.refresh.snapshot import Snapshot


class Source(Protocol):
    """A client of one upstream, which gives rows of one table.

    TABLE is the table’s name; its entry in datapackage.json has the address under “upstream”.
    READS says in a few words what files it reads.
    """

    TABLE: str
    READS: str

    def collect(self, snapshot: Snapshot, today: date, on_progress: Progress) -> Collected:
        """Fetch and read what is new; `on_progress` gets how many files are done, of how many.

        Raises EvidenceError if it cannot ask at all; what goes wrong later is in the result.
        """
        ...

    def recognise(self, look: Look) -> bool:
        """Whether a file that looks like this is one of this source’s, sound or not."""
        ...

    def read(self, download: Download, snapshot: Snapshot) -> list[Dataset]:
        """The rows that a file has; raises EvidenceError naming each place that is not as it
        should be, and never returns part of a damaged file."""
        ...


SOURCES: dict[str, Source] = {
    "usage": caniuse,
    "vendors": statcounter,
    "development": worldbank,
    "trade": comtrade,
}
_OWN = "a CSV with the columns of a table of data/"
_EXPECTED = f"{', '.join(source.READS for source in SOURCES.values())}, or {_OWN}"
_PERIOD = r"[0-9]{4}(-(0[1-9]|1[0-2]))?"
_ALIKE = 0.6  # of the columns of a file and a table: from here on it is meant to be that table


def collect(
    root: Path,
    names: Iterable[str],
    today: date,
    on_progress: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> tuple[list[Dataset], dict[str, list[str]]]:
    """What the sources named have, and for each source the news in sentences.

    A file that has not changed since last time comes all the same, from the cache: the result
    does not depend on what was done with it before. Raises EvidenceError with every Problem of
    every source: then nothing comes. `on_progress` gets a source’s name, how many of its files
    are done, and how many there are.
    """
    snapshot = Snapshot(root)
    datasets: list[Dataset] = []
    problems: list[Problem] = []
    news = {}
    for name in names:

        def progress(done: int, total: int, name: str = name) -> None:
            on_progress(name, done, total)

        try:
            collected = SOURCES[name].collect(snapshot, today, progress)
        except EvidenceError as error:
            problems += error.problems
            continue
        problems += collected.problems
        datasets += collected.datasets
        news[name] = collected.news
    if problems:
        raise EvidenceError(problems)
    return datasets, news


def recognise(download: Download, root: Path) -> list[Dataset]:
    """The rows of a file given by hand, whichever source it is from; its content decides.

    Raises EvidenceError, also where rows are of another region than the download’s.
    """
    snapshot = Snapshot(root)
    datasets = _read(download, snapshot)
    given = download.region
    for dataset in datasets:
        if given is not None and "region" in dataset.rows:
            others = sorted({*dataset.rows["region"]} - {given})
            if others:
                expected = f"rows of the region given, {given}, alone"
                raise refuse(download, expected, value=", ".join(others[:5]))
    return datasets


def _read(download: Download, snapshot: Snapshot) -> list[Dataset]:
    look = look_at(download, _EXPECTED)
    header = look.lines[0] if look.lines else []
    if table := _table(header, snapshot):
        return _own(table, download, snapshot)
    for source in SOURCES.values():
        if source.recognise(look):
            return source.read(download, snapshot)
    if look.json is not None:
        names = ", ".join([*look.json][:6]) if isinstance(look.json, dict) else "a list"
        raise refuse(download, _EXPECTED, value=f"JSON of another form: {names}")
    columns = ", ".join(header[:6]) + (" …" if len(header) > 6 else "")
    raise refuse(download, _EXPECTED, row=1, value=f"the columns {columns}")


def _table(header: list[str], snapshot: Snapshot) -> str | None:
    """The table whose columns these are or nearly are; None if there is none."""
    names = {*header}

    def alike(table: str) -> float:
        columns = {*snapshot.columns(table)}
        return len(columns & names) / len(columns | names)

    best = max(snapshot.base.resources.keys() - {*LEDGERS}, key=alike)
    return best if alike(best) >= _ALIKE else None


def _own(table: str, download: Download, snapshot: Snapshot) -> list[Dataset]:
    fields = snapshot.fields(table)
    rows, problems = cells_in(download.content, download.name, fields)
    if rows is None:
        raise EvidenceError(problems)
    if rows.empty:
        problems = [*problems, Problem(download.name, f"rows for the table {table}", value="none")]
    _, mistyped = typed(rows, download.name, fields)
    problems = [*problems, *mistyped, *_doubtful(table, rows, download, snapshot)]
    if problems:
        raise EvidenceError(problems)
    lines = tuple(int(line) for line in rows.index)
    return [Dataset(table, rows.reset_index(drop=True), download, lines=lines)]


def _doubtful(
    table: str, rows: pd.DataFrame, download: Download, snapshot: Snapshot
) -> Iterator[Problem]:
    """Cells that the check of data/ lets pass: it knows no clock, and takes any vendor’s name."""
    today = download.accessed.isoformat()
    for column in {"month", "year"} & {*snapshot.base.resource(table)["schema"]["primaryKey"]}:
        for row, cell in zip(rows.index, rows[column], strict=True):
            if re.fullmatch(_PERIOD, cell) and cell > today[: len(cell)]:
                yield Problem(download.name, f"a {column} that has begun", row, column, cell)
    if table == statcounter.TABLE:
        spellings = statcounter.other_spellings(rows["vendor"], snapshot)
        for row, name in zip(rows.index, rows["vendor"], strict=True):
            if name in spellings:
                expected = f"“{spellings[name]}”, as data/ spells it"
                yield Problem(download.name, expected, row, "vendor", name)
