"""What is known of phones that travellers and couriers bring, in place of a count."""

from typing import Any

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.facts import picked, row_of
from graymarket.results.published import bounded, step_as_given
from graymarket.results.quantity import Label, Quantity, Result, Verdict
from graymarket.results.times import when

COURIERS = "couriers"  # the place of the table picks that adds rows, or leaves them out
_DOLLARS_IN_MILLIONS = 1e6  # from here dollars read in millions


def known_of_couriers(question: Question, tables: Tables) -> pd.DataFrame:
    """Facts on travellers and couriers to the main place, a row each.

    These are the rows of trade_facts on what passengers carry, less those left out by hand, and
    rows of other tables chosen in picks; then what the official shops were paid and ask. Columns:
    figure, what, period (results or text), grade and lineage. Those chosen come first, in order.
    """
    picks = picked(tables, question, COURIERS)
    left_out = set(picked(tables, question, COURIERS, "leave_out")["entry"])
    facts = tables["trade_facts"]
    by_filter = facts[
        (facts["region"] == question.regions[0])
        & (facts["channel"] == "passenger")
        & (facts["grade"] != "C")
        & ~facts["lineage"].isin(left_out | set(picks["entry"]))
    ]
    rows = [_picked(row_of(tables, str(pick.entry)), pick) for pick in picks.itertuples()]
    rows += [_row(row, _figure(row), row["what"]) for _, row in by_filter.iterrows()]
    rows += _shops(tables["market_size"], question.regions[0])
    return pd.DataFrame(rows, columns=["figure", "what", "period", "grade", "lineage"])


def _picked(row: pd.Series, pick: Any) -> dict[str, object]:
    if pick.text:
        figure: Result = Label(text=pick.text, definition=pick.label, lineage=lineage(row))
        return _row(row, figure, pick.label)
    return _row(row, _figure(row), pick.label)


def _row(row: pd.Series, figure: Result, what: str | Result) -> dict[str, object]:
    known = {"figure": figure, "what": what, "period": when(row)}
    return known | {"grade": row["grade"], "lineage": row["lineage"]}


def _figure(row: pd.Series) -> Result:
    """The row's number or range, in dollars, millions of them, percents or plain numbers."""
    ends = [float(row[name]) for name in ("low", "value", "high") if pd.notna(row[name])]
    unit, step = _unit(row["unit"], max(ends)), None
    if unit in ("percent", "million_dollars"):
        step = step_as_given(*ends) if unit == "percent" else _million_step(*ends)
    known: dict[str, Any] = {"unit": unit, "step": step, "kind": "stated"}
    known |= {"definition": row["what"], "lineage": lineage(row), "region": row["region"]}
    if min(ends) < max(ends):
        return Quantity(low=min(ends), high=max(ends), **known)
    return bounded(Quantity(value=ends[0], **known), row["qualifier"])


def _unit(unit: str, most: float) -> str:
    if unit == "USD":
        return "million_dollars" if most >= _DOLLARS_IN_MILLIONS else "dollars"
    return "percent" if unit == "percent" else "number"


def _million_step(*numbers: float) -> float:
    return step_as_given(*(number / _DOLLARS_IN_MILLIONS for number in numbers)) * 1e6


def _shops(sizes: pd.DataFrame, region: str) -> list[dict[str, object]]:
    """What official shops took for a phone on average, and the span of their newest prices."""
    here = sizes[(sizes["region"] == region) & (sizes["grade"] != "C")]
    return [*_average(here), *_prices(here)]


def _average(here: pd.DataFrame) -> list[dict[str, object]]:
    sold, taken = here[here["metric"] == "phone_sales"], here[here["metric"] == "revenue"]
    pairs = taken.merge(sold, on=["end", "source_id"], suffixes=("", "_sold"))
    rows = []
    for _, pair in pairs.head(1).iterrows():
        entries = lineage(pair["lineage"], pair["lineage_sold"])
        average = Quantity(
            value=pair["value"] / pair["value_sold"],
            unit="dollars",
            definition="What was paid for a phone, on average",
            kind="stated",
            lineage=entries,
        )
        row = _row(pair, average, _paid("each", "", entries))
        rows.append(
            row | {"lineage": list(entries), "grade": max(pair["grade"], pair["grade_sold"])}
        )
    return rows


def _prices(here: pd.DataFrame) -> list[dict[str, object]]:
    prices = here[(here["metric"] == "phone_price") & (here["channel"] == "official")]
    prices = prices[prices["end"] == prices["end"].max()]
    if prices.empty:
        return []
    row, entries = prices.iloc[0], lineage(prices)
    span = Quantity(
        low=prices["value"].min(),
        high=prices["value"].max(),
        unit="number",
        definition="Official prices of phones",
        kind="stated",
        lineage=entries,
    )
    known = _row(row, span, _paid("prices", row["unit"], entries))
    return [known | {"lineage": list(entries), "grade": prices["grade"].max()}]


def _paid(answer: str, unit: str, rows: tuple[str, ...]) -> Verdict:
    what = "What is paid for a phone"
    return Verdict(about="paid", answer=answer, definition=what, lineage=rows, parts={"unit": unit})
