"""All sources by name: fetch those asked for, or find out what a file from one of them is."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.evidence.reading import cells_in
from graymarket.evidence.tables import typed
from graymarket.refresh import caniuse, comtrade, statcounter, worldbank
from graymarket.refresh.delivery import LEDGERS, Delivery, Download
from graymarket.refresh.formats import json_of, lines_of, other_than_text, refuse
from graymarket.refresh.holdings import Holdings

SOURCES = {
    "usage": caniuse,
    "vendors": statcounter,
    "development": worldbank,
    "trade": comtrade,
}
_TAKEN = (
    "a CSV of StatCounter (mobile vendors by month), a CSV or zip of the World Bank, a JSON of "
    "caniuse or UN Comtrade, or a CSV with the columns of a table of data/"
)
_PERIOD = r"[0-9]{4}(-(0[1-9]|1[0-2]))?"


def collect(
    root: Path,
    names: Iterable[str],
    today: date,
    on_progress: Callable[[str, int, int], None] = lambda name, done, total: None,
) -> tuple[list[Delivery], dict[str, list[str]]]:
    """What the sources named deliver, and for each source the news in sentences.

    A file that has not changed since last time is delivered all the same, from the cache: what
    comes does not depend on what was done with it before. Raises EvidenceError with every
    Problem of every source: then nothing is delivered. `on_progress` is told a source’s name,
    how many of its files are done, and how many there are.
    """
    held = Holdings(root)
    deliveries, news, problems = [], {}, []
    for name in names:
        try:
            gathered = SOURCES[name].collect(
                held, today, lambda done, total, name=name: on_progress(name, done, total)
            )
        except EvidenceError as error:
            problems += error.problems
            continue
        problems += gathered.problems
        deliveries += gathered.deliveries
        news[name] = gathered.news
    if problems:
        raise EvidenceError(problems)
    return deliveries, news


def recognise(download: Download, root: Path, region: str | None = None) -> list[Delivery]:
    """What a file given by hand holds, whichever source it is from; its content decides.

    `region` says where a StatCounter file is about if its name does not. Raises EvidenceError.
    """
    held = Holdings(root)
    deliveries = _reader(download, held)(region)
    for delivery in deliveries:
        if region is not None and "region" in delivery.rows:
            other = sorted({*delivery.rows["region"]} - {region})
            if other:
                expected = f"rows of the region given, {region}, alone"
                raise refuse(download, expected, value=", ".join(other[:5]))
    return deliveries


def _reader(download: Download, held: Holdings) -> Callable[[str | None], list[Delivery]]:
    start = download.content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    found = other_than_text(download.content)
    if found and found[0] == "a zip file":
        return lambda region: worldbank.read(download, held)
    if not found and start in (b"{", b"["):
        content = json_of(download, _TAKEN)
        for known, source in (
            (caniuse.is_one, caniuse),
            (comtrade.is_answer, comtrade),
            (worldbank.is_answer, worldbank),
        ):
            if known(content):
                return lambda region: source.read(download, held)
        names = ", ".join(list(content)[:6]) if isinstance(content, dict) else "a list"
        raise refuse(download, _TAKEN, value=f"JSON of another form: {names}")
    lines = [line for line in lines_of(download, _TAKEN)[:10] if any(line)]
    header = lines[0] if lines else []
    if any(worldbank.is_header(line) for line in lines):
        return lambda region: worldbank.read(download, held)
    if table := _table(header, held):
        return lambda region: _own(table, download, held)
    if header[:1] == ["Date"] or statcounter.is_name(download.name):
        return lambda region: statcounter.read(download, held, region)
    shown = ", ".join(header[:6]) + (" …" if len(header) > 6 else "")
    raise refuse(download, _TAKEN, row=1, value=f"the columns {shown}")


def _table(header: list[str], held: Holdings) -> str | None:
    """The table whose columns these are or nearly are; None if there is none."""
    names = {*header}

    def alike(table: str) -> float:
        columns = {*held.columns(table)}
        return len(columns & names) / len(columns | names)

    best = max(held.base.resources.keys() - {*LEDGERS}, key=alike)
    return best if alike(best) >= 0.6 else None


def _own(table: str, download: Download, held: Holdings) -> list[Delivery]:
    fields = held.base.resource(table)["schema"]["fields"]
    rows, problems = cells_in(download.content, download.name, fields)
    if rows is not None and rows.empty:
        problems = [*problems, Problem(download.name, f"rows for the table {table}", value="none")]
    if rows is not None:
        _, mistyped = typed(rows, download.name, fields)
        problems = [*problems, *mistyped, *_doubtful(table, rows, download, held)]
    if problems:
        raise EvidenceError(problems)
    return [Delivery(table, rows.reset_index(drop=True), download, lines=tuple(rows.index))]


def _doubtful(
    table: str, rows: pd.DataFrame, download: Download, held: Holdings
) -> Iterator[Problem]:
    """Cells that the check of data/ lets pass: it knows no clock, and takes any vendor’s name."""
    today = download.accessed.isoformat()
    for column in {"month", "year"} & {*held.base.resource(table)["schema"]["primaryKey"]}:
        for row, cell in rows.loc[rows[column].str.fullmatch(_PERIOD), column].items():
            if cell > today[: len(cell)]:
                yield Problem(download.name, f"a {column} that has begun", row, column, cell)
    if table == statcounter.TABLE:
        spelt = statcounter.other_spellings(rows["vendor"], held)
        for row, name in rows.loc[rows["vendor"].isin(spelt), "vendor"].items():
            expected = f"“{spelt[name]}”, as data/ spells it"
            yield Problem(download.name, expected, row, "vendor", name)
