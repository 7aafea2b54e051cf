"""The time that a result speaks of, where its subject does not say: that of its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import pandas as pd

from graymarket.evidence import Tables
from graymarket.evidence.dates import Span, months, spans, told, whole
from graymarket.evidence.tables import RANGE, as_range
from graymarket.results.quantity import Quantity, Result, Several, Verdict


def with_periods(results: Mapping[str, Result], tables: Tables) -> dict[str, Result]:
    """The results, each quantity of them or within them with a period.

    One that lacks it gets the first to the last month of the rows that it stands on. Rows without
    a time (the claims, say) hold as of the edition: theirs is its month.
    """
    of_table = lru_cache(maxsize=None)(lambda table: _by_entry(tables[table]))
    known = lru_cache(maxsize=None)(lambda entry: _span(entry, of_table))
    edition = months([f"{tables.date:%Y-%m}"])

    def dated(result: Result) -> Result:
        if isinstance(result, Quantity) and not result.period:
            spans = [found for entry in result.lineage if (found := known(entry)) is not None]
            return replace(result, period=_period(spans or [edition]))
        if isinstance(result, Verdict):
            parts = {n: p if isinstance(p, str) else dated(p) for n, p in result.parts.items()}
            return replace(result, parts=parts)
        if isinstance(result, Several):
            return replace(result, items=tuple(map(dated, result.items)))
        return result

    return {name: dated(result) for name, result in results.items()}


def _period(spans: Sequence[Span]) -> str:
    first, last = min(first for first, _ in spans), max(last for _, last in spans)
    return as_range(told(first), told(last))


def _span(entry: str, of_table: Callable[[str], pd.DataFrame]) -> Span | None:
    """The first and the last month of the rows of an entry; None where they have none."""
    table, _, key = entry.partition("/")
    first, ranged, last = entry.rpartition(RANGE)
    if ranged:
        return months([first.rpartition("/")[2], last])
    rows = of_table(table)
    if key:
        own = rows.index
        rows = rows[(own == entry) | own.str.startswith(f"{entry}/")]
    return whole(rows)


def _by_entry(rows: pd.DataFrame) -> pd.DataFrame:
    """The first and the last month of each row, by its lineage."""
    return spans(rows).set_axis(pd.Index(rows["lineage"], dtype=str))
