"""The time that a result speaks of, where its subject does not say: that of its rows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from graymarket.evidence import Tables
from graymarket.evidence.tables import RANGE
from graymarket.results.quantity import Quantity, Result, Several, Verdict

_FIRST = ("start", "before_start", "month", "year", "date", "added")
_LAST = ("end", "after_end", "end_date", "month", "year", "date", "added")


def with_periods(results: Mapping[str, Result], tables: Tables) -> dict[str, Result]:
    """The results, each quantity of them or within them with a period.

    One that lacks it gets the first to the last month of the rows that it stands on. Rows without
    a time (the claims, say) hold as of the edition: theirs is its month.
    """
    known = lru_cache(maxsize=None)(lambda entry: list(_times(entry, tables)))

    def dated(result: Result) -> Result:
        if isinstance(result, Quantity) and not result.period:
            times = [time for entry in result.lineage for time in known(entry)] or [tables.date]
            return replace(result, period=_span(min(times), max(times)))
        if isinstance(result, Verdict):
            parts = {n: p if isinstance(p, str) else dated(p) for n, p in result.parts.items()}
            return replace(result, parts=parts)
        if isinstance(result, Several):
            return replace(result, items=tuple(map(dated, result.items)))
        return result

    return {name: dated(result) for name, result in results.items()}


def _span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    return RANGE.join(dict.fromkeys((f"{first:%Y-%m}", f"{last:%Y-%m}")))


def _times(entry: str, tables: Tables) -> Iterator[pd.Timestamp]:
    """The first and the last time of the rows of an entry; nothing where they have none."""
    table, _, key = entry.partition("/")
    prefix, ranged, last = entry.rpartition(RANGE)
    if ranged:
        yield pd.Timestamp(prefix.rpartition("/")[2])
        yield pd.Timestamp(last)
        return
    rows = tables[table]
    if key:
        own = rows["lineage"]
        rows = rows[(own == entry) | own.str.startswith(f"{entry}/")]
    for columns, end in ((_FIRST, min), (_LAST, max)):
        times = [_moments(rows[column]) for column in columns if column in rows]
        if ends := [end(some) for some in times if len(some)]:
            yield end(ends)


def _moments(column: pd.Series) -> pd.Series:
    """A column's days; of whole months and years the first."""
    days = column.dropna().astype(str)
    return pd.Series(pd.to_datetime(days[days != ""], format="ISO8601"))
