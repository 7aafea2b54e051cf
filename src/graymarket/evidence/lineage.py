"""Lineage: from frames and results to entries of the rows they came from, and back to the rows.

An entry is "table" or "table/" and leading parts of its key: "vendor_share/vendor_share-001" is a
row, "usage_panel/CUB" all rows of Cuba. Its last part may be a range, both ends included:
"usage_panel/RUS/2017-03..2026-10".
"""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import pandas as pd

from graymarket.evidence.tables import LINEAGE, RANGE, Base, as_range, find_root

_MOST_PIECES = 12  # a table or a key prefix in more pieces is summed up
_MOST_ROWS = 6  # more rows of one table are described in one line
_LONGEST = 160  # characters of a row's text
_MOST_SOURCES = 12  # more of them are counted, not listed
_HIDDEN = ("source_id", "note", "grade")  # columns that a row's text leaves out
_REST_ON = ("basis", "drift")  # columns of entries that a row rests on
_TIME = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
T = TypeVar("T")


def lineage(*things: object) -> tuple[str, ...]:
    """The entries of the rows that `things` came from, in order and once each.

    A thing is a frame with a column `lineage`, such a column, a row (Series) with that entry, an
    object with an attribute `lineage`, an entry, or a list or tuple of things. Empty cells count
    for nothing. Raises TypeError for anything else.

    Rows of a composite key are summed up by its prefix, the key without its last part. Where that
    part is a month or a year, months or years that follow each other become a range, which stands
    for no other rows than those given. Two coarser steps keep long lists short: a prefix in more
    than 12 pieces becomes one range from first to last (or, without a time, the prefix itself),
    and a table of which more than 12 prefixes are given becomes the table's name alone.
    """
    entries = list(dict.fromkeys(_entries(things)))
    return tuple(dict.fromkeys(_summed_up(entries)))


def _entries(thing: object) -> Iterator[str]:
    if isinstance(thing, str):
        yield from [thing] if thing else []
    elif isinstance(thing, pd.DataFrame) and LINEAGE in thing:
        yield from _entries(thing[LINEAGE].to_list())
    elif isinstance(thing, pd.Series) and LINEAGE in thing.index:
        yield from _entries(thing[LINEAGE])
    elif isinstance(thing, pd.Series) and thing.name == LINEAGE:
        yield from _entries(thing.to_list())
    elif not isinstance(thing, pd.DataFrame | pd.Series) and hasattr(thing, LINEAGE):
        yield from _entries(getattr(thing, LINEAGE))
    elif isinstance(thing, list | tuple):
        for part in thing:
            yield from _entries(part)
    elif not (pd.api.types.is_scalar(thing) and pd.isna(cast(Any, thing))):
        raise TypeError(f"a {type(thing).__name__} without lineage: expected rows or entries")


def _summed_up(entries: list[str]) -> list[str]:
    """Each entry, or the one that it is summed up in."""
    prefixes = _prefixes(entries)
    counts = Counter(_table(prefix) for prefix in prefixes)
    pieces: dict[str, str] = {}
    for prefix, parts in prefixes.items():
        if counts[_table(prefix)] > _MOST_PIECES:
            pieces |= {f"{prefix}/{part}": _table(prefix) for part in parts}
        else:
            pieces |= _pieces(prefix, parts)
    return [pieces.get(entry, entry) for entry in entries]


def _table(entry: str) -> str:
    return entry.split("/", 1)[0]


def _prefixes(entries: Iterable[str]) -> dict[str, list[str]]:
    """Key without its last part → last parts, of entries with two parts of a key or more."""
    prefixes: dict[str, list[str]] = {}
    for entry in entries:
        prefix, _, last = entry.rpartition("/")
        if "/" in prefix:
            prefixes.setdefault(prefix, []).append(last)
    return prefixes


def _pieces(prefix: str, parts: list[str]) -> dict[str, str]:
    """Each entry of a prefix → the entry that it is summed up in."""
    spans = _spans(parts)
    if spans is None:
        whole = len(parts) > _MOST_PIECES
        return {f"{prefix}/{p}": prefix if whole else f"{prefix}/{p}" for p in parts}
    runs = _runs(spans)
    if len({*runs.values()}) > _MOST_PIECES:
        ends = [end for run in runs.values() for end in run]
        runs = dict.fromkeys(parts, (min(ends), max(ends)))
    monthly = "-" in parts[0]
    return {
        f"{prefix}/{part}": f"{prefix}/{as_range(_time(first, monthly), _time(last, monthly))}"
        for part, (first, last) in runs.items()
    }


def _spans(parts: list[str]) -> dict[str, tuple[int, int]] | None:
    """First and last month, or year, of each part as numbers; None if not all are such."""
    ends = {part: (part.partition(RANGE)[0], part.rpartition(RANGE)[2]) for part in parts}
    times = [time for pair in ends.values() for time in pair]
    if not all(map(_TIME.fullmatch, times)) or len({len(time) for time in times}) > 1:
        return None
    return {part: (_number(first), _number(last)) for part, (first, last) in ends.items()}


def _number(time: str) -> int:
    year, _, month = time.partition("-")
    return 12 * int(year) + int(month) - 1 if month else int(year)


def _runs(spans: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """Each span, or the one that it makes with those that it touches."""
    runs: list[list[int]] = []
    run_of = {}
    for part, (first, last) in sorted(spans.items(), key=lambda item: item[1]):
        if runs and first <= runs[-1][1] + 1:
            runs[-1][1] = max(runs[-1][1], last)
        else:
            runs.append([first, last])
        run_of[part] = runs[-1]
    return {part: (run[0], run[1]) for part, run in run_of.items()}


def _time(number: int, monthly: bool) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}" if monthly else f"{number:04}"


def trace(entries: tuple[str, ...], root: Path | None = None) -> list[dict[str, Any]]:
    """What each entry stands for, as plain JSON values.

    Ranges of one prefix are joined where the table has no rows between them. Then each entry
    becomes one or more dicts of file, key (as in the entry), rows (how many), text (the row's
    cells, or the span), grades, source_count and sources (each with id, credit, title, url,
    licence; none where they are too many to list). After an entry come those that its rows rest on
    in turn, where their table has a column `basis` or `drift`. Raises EvidenceError for an entry
    without rows.
    """
    files = _Files(Base(root or find_root()))
    given = _joined(files, entries)
    complete = dict.fromkeys(one for entry in given for one in files.of(_with_basis, entry))
    return [_copy(line) for entry in complete for line in files.of(_lines, entry)]


class _Files:
    """A base at one moment: what was worked out from files that are the same since is known."""

    def __init__(self, base: Base) -> None:
        self.base = base
        self._states: dict[str, object] = {}

    def of(self, work: Callable[[Base, str], Iterable[T]], entry: str) -> tuple[T, ...]:
        """What `work` gives for an entry."""
        key = (work, self.base.root, entry, *map(self._state, (entry.split("/")[0], "sources")))
        if key not in _worked_out:
            _worked_out[key] = tuple(work(self.base, entry))
        return cast(tuple[T, ...], _worked_out[key])

    def _state(self, table: str) -> object:
        if table not in self._states:
            self._states[table] = self.base.fingerprint(table)
        return self._states[table]


_worked_out: dict[tuple[object, ...], tuple[Any, ...]] = {}  # many results share rows


def _copy(line: dict[str, Any]) -> dict[str, Any]:
    sources = [{**source} for source in line["sources"]]
    return {**line, "grades": [*line["grades"]], "sources": sources}


def _joined(files: _Files, entries: tuple[str, ...]) -> list[str]:
    """The entries, with ranges in place of those between which the table has no rows."""
    ranges: dict[str, str] = {}
    for prefix, parts in _prefixes(entries).items():
        if len(parts) > 1 and _spans(parts) is not None:
            ranges |= _without_gaps(files.of(_times, prefix), prefix, parts)
    return list(dict.fromkeys(ranges.get(entry, entry) for entry in entries))


def _times(base: Base, prefix: str) -> Iterable[str]:
    """The last parts of the keys that begin so, in order; none where no key is as long."""
    table, *key = prefix.split("/")
    columns = base.resource(table)["schema"]["primaryKey"]
    # A key that is too long is refused when its rows are looked up.
    return sorted(set(base.rows(prefix)[columns[len(key)]])) if len(key) < len(columns) else []


def _without_gaps(times: tuple[str, ...], prefix: str, parts: list[str]) -> dict[str, str]:
    spans = {}
    for part in parts:
        first, _, last = part.partition(RANGE)
        span = bisect_left(times, first), bisect_right(times, last or first) - 1
        if span[0] <= span[1]:
            spans[part] = span
    return {
        f"{prefix}/{part}": f"{prefix}/{as_range(times[first], times[last])}"
        for part, (first, last) in _runs(spans).items()
    }


def _with_basis(base: Base, entry: str) -> Iterator[str]:
    """The entry, and after it what its rows rest on in turn, where the table says so."""
    yield entry
    rows = base.rows(entry)
    for column in _REST_ON:
        if column in rows:
            yield from (part for cell in rows[column] for part in cell.split())


def _lines(base: Base, entry: str) -> Iterator[dict[str, Any]]:
    sources = _sources(base.root, base.fingerprint("sources"))
    table, *parts = entry.split("/")
    cells, resource = base.rows(entry), base.resource(table)
    key, file = resource["schema"]["primaryKey"], f"data/{resource['path']}"
    several = len(cells) > _MOST_ROWS
    for rows in [cells] if several else [cells.loc[[row]] for row in cells.index]:
        ids = sorted({*rows["source_id"]} & sources.keys()) if "source_id" in rows else []
        yield {
            "file": file,
            "key": "/".join(parts) if several else "/".join(rows.iloc[0][key]),
            "rows": len(rows),
            "text": _period(rows) if several else _row_text(rows.iloc[0], key),
            "grades": sorted(set(rows["grade"])) if "grade" in rows else [],
            "source_count": len(ids),
            "sources": [sources[i] for i in ids] if len(ids) <= _MOST_SOURCES else [],
        }


def _row_text(row: pd.Series, key: list[str]) -> str:
    cells = [cell for name, cell in row.items() if cell and name not in (*_HIDDEN, *key[:1])]
    text = " · ".join(cells)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"


def _period(rows: pd.DataFrame) -> str:
    for column in ("month", "year", "date", "start"):
        if column in rows:
            dates = rows[column][rows[column] != ""]
            return f"{dates.min()} to {dates.max()}"
    return ""


@lru_cache(maxsize=8)
def _sources(root: Path, state: object) -> dict[str, dict[str, str]]:
    """Every source by its id, as trace tells of it; `state` tells the table's states apart."""
    rows = Base(root).text("sources").to_dict("records")
    return {
        row["source_id"]: {
            "id": row["source_id"],
            "credit": credit(row),
            **{name: row[name] for name in ("title", "url", "licence")},
        }
        for row in rows
    }


def credit(source: Mapping[Any, Any] | pd.Series) -> str:
    """How a row of the table sources is credited: its publisher, with the licence if it has one."""
    licence = source["licence"]
    return f"{source['publisher']} ({licence})" if licence else str(source["publisher"])
