"""Published figures as results: shares as ranges or bounds, of when, of what, in which sense."""

from typing import Any

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.results.cells import column, each
from graymarket.results.places import names_of
from graymarket.results.quantity import Label, Moment, Quantity, Result, Verdict
from graymarket.results.times import month_span

BOUNDS = ("at_least", "more_than", "at_most", "less_than")  # qualifiers that make a bound
_DECIMALS = 2  # of a published percent, at most
_SENSES = ("customs", "mixed", "brand")

# What a share is taken of, in the order in which shares are shown.
_DENOMINATORS = ("units_sold", "sales_value", "imports", "shipments", "devices_in_use", "other")


def step_as_given(*numbers: float) -> float:
    """The step of percents as their source prints them: whole, tenths or hundredths."""
    for decimals in range(_DECIMALS):
        if all(number == round(number, decimals) for number in numbers):
            return float(10**-decimals)
    return float(10**-_DECIMALS)


def bounded(quantity: Quantity, qualifier: str) -> Result:
    """The quantity, said to be a bound where its source says so."""
    if qualifier not in BOUNDS:
        return quantity
    return Verdict(
        about="bounded",
        answer=qualifier,
        definition=quantity.definition,
        lineage=quantity.lineage,
        parts={"share": quantity},
        period=quantity.period,
        region=quantity.region,
    )


def percent(low: float, high: float, what: str, row: Any, **fields: Any) -> Quantity:
    """A published percent, a range where its ends differ, as exact as its source prints it."""
    ends: dict[str, Any] = {"value": low} if low == high else {"low": low, "high": high}
    step = step_as_given(low, high)
    known: dict[str, Any] = {"unit": "percent", "kind": "stated", "definition": what, "step": step}
    return Quantity(**known, lineage=lineage(row.lineage), **ends, **fields)


def years(start: pd.Timestamp, end: pd.Timestamp, rows: object) -> Moment:
    """From the year of one day to that of the other; the end alone where no start is known."""
    first = end if pd.isna(start) else start
    return Moment(date=first, end=end, precision="year", definition="When", lineage=lineage(rows))


def shares_of(rows: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """Published shares as models.published gives them, a row each, ready to be shown.

    Columns: label (the place), region, start, end, when (years), heading and of (what the share is
    taken of), denominator, called (the source's word), sense ("customs", "mixed" or "brand"),
    sense_is (in words), remark (called and sense), low, high (percent), limit ("least", "most" or
    ""), text (the share), measured_by, source_id, grade, letter ("A" for that grade, else "") and
    lineage.
    """
    known = each(rows)
    shares = rows[["region", "start", "end", "grade", "source_id", "lineage"]].assign(
        label=rows["region"].map(names_of(tables)),
        called=_or_empty(rows, "definition"),
        denominator=_or_empty(rows, "denominator"),
        measured_by=_or_empty(rows, "measured_by"),
        sense=rows["gray_sense"],
        low=rows["least"],
        high=rows["most"],
        limit=rows["limit"],
        letter=rows["grade"].where(rows["grade"] == "A", ""),
        when=column([years(row.start, row.end, row.lineage) for row in known], rows.index),
        text=column([share(row) for row in known], rows.index),
        sense_is=column([_word("sense", row.gray_sense, row) for row in known], rows.index),
    )
    words = each(shares)
    return shares.assign(
        of=column([_word("of", row.denominator, row) for row in words], rows.index),
        heading=column([_word("of_heading", row.denominator, row) for row in words], rows.index),
        remark=column([_remark(row) for row in words], rows.index),
    )


def in_order(shares: pd.DataFrame) -> pd.DataFrame:
    """By what they are taken of, then by time."""
    order = shares["denominator"].map({of: i for i, of in enumerate(_DENOMINATORS)})
    return shares.assign(order=order).sort_values(["order", "start"], kind="stable")


def share(row: Any) -> Result:
    """A row of models.published as it is printed: a percent, a range or a bound."""
    fields = {"region": row.region, "period": _period(row)}
    return bounded(percent(row.least, row.most, _what(row), row, **fields), row.qualifier)


def least_of(shares: pd.DataFrame) -> Result:
    """The lowest end, said to be a bound where it is one."""
    return _end(shares.sort_values("low", kind="stable").iloc[0], "low")


def most_of(shares: pd.DataFrame) -> Result:
    """The highest end, said to be a bound where it is one."""
    return _end(shares.sort_values("high", ascending=False, kind="stable").iloc[0], "high")


def spread_of(rows: pd.DataFrame, what: str = "From where to where they run") -> Verdict:
    """The least and the greatest end, each as its source prints it."""
    low, high = least_of(rows), most_of(rows)
    answer = "one" if rows["low"].min() == rows["high"].max() else "range"
    parts = {"low": low, "high": high}
    known = lineage(rows)
    return Verdict(about="spread", answer=answer, definition=what, lineage=known, parts=parts)


def _end(row: pd.Series, side: str) -> Result:
    text: Result = row["text"]
    if not isinstance(text, Quantity) or not text.is_range:
        return text
    return percent(row[side], row[side], text.definition, row, region=text.region)


def sense_of(shares: pd.DataFrame) -> dict[str, Result]:
    """The senses there are, by key, in the order of a chart's key."""
    given = shares.drop_duplicates("sense").set_index("sense")["sense_is"]
    return {sense: given[sense] for sense in _SENSES if sense in set(given.index)}


def _what(row: Any) -> str:
    return str(getattr(row, "what", "") or f"Published gray share: {row.definition}")


def _period(row: Any) -> str:
    return f"{row.end:%Y-%m}" if pd.isna(row.start) else month_span(row.start, row.end)


def _or_empty(rows: pd.DataFrame, name: str) -> pd.Series:
    return rows[name] if name in rows else pd.Series("", rows.index)


def _word(about: str, answer: str, row: Any) -> Verdict:
    what = {"sense": "In which sense it is gray"}.get(about, "What the share is taken of")
    rows = lineage(row.lineage)
    return Verdict(about=about, answer=answer or "other", definition=what, lineage=rows)


def _remark(row: Any) -> Verdict:
    called = Label(
        text=row.called or "gray", definition="What it calls them", lineage=("benchmarks",)
    )
    return Verdict(
        about="called",
        answer="sense",
        definition="What the source calls the phones, and in which sense they are gray",
        lineage=lineage(row.lineage),
        parts={"called": called, "sense": row.sense_is},
    )
