"""When something was, as a row's columns start, end, period and printed_period say."""

from typing import Any

import pandas as pd

from graymarket.evidence import lineage
from graymarket.evidence.tables import as_range
from graymarket.results.quantity import Label, Moment, Result, Verdict

_YEARS = ("year",)  # periods of which the months say nothing more


def month_span(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """From the first month to the last, or the one, as the period of a quantity."""
    return as_range(f"{first:%Y-%m}", f"{last:%Y-%m}")


def when(row: Any) -> Result:
    """The row's period: a month, a year, a span, until when, or what its source prints."""
    known: dict[str, Any] = {"definition": "When", "lineage": lineage(row.lineage)}
    if pd.isna(row.end):
        if getattr(row, "printed_period", ""):
            return Label(text=row.printed_period, **known)
        return Verdict(about="undated", answer="undated", **known)
    if pd.isna(row.start):
        return Verdict(
            about="until", answer="month", parts={"month": Moment(date=row.end, **known)}, **known
        )
    if row.period in _YEARS or _whole_years(row):
        return Moment(date=row.start, end=row.end, precision="year", **known)
    return Moment(date=row.start, end=row.end, **known)


def _whole_years(row: Any) -> bool:
    first, last = f"{row.start:%m-%d}", f"{row.end:%m-%d}"
    return first == "01-01" and last == "12-31"
