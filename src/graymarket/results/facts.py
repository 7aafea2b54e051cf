"""Single facts that prose quotes: each is a cell of a row, chosen by hand in the table picks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket.evidence import Tables
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.published import bounded, step_as_given
from graymarket.results.quantity import Precision, Quantity

PLACE = "fact"  # the place of the table picks that these rows name
_PERCENT = ("_share",)  # how columns of percent end that have no unit beside them


@dataclass(frozen=True)
class Facts:
    """The facts; each result has the name that its pick gives as `label`."""

    results: Results


def compute(question: Question, tables: Tables) -> Facts:
    """The facts picked for the question, and those for every question.

    A number is a quantity in its row's unit (with “at least” and the like where that is said), a
    range where the field is "low..high"; a day or a text of the form YYYY-MM-DD, YYYY-MM or YYYY is
    a moment, told to the month unless the field ends in "/day" or the year alone is known; other
    words are a label.
    """
    results = Results()
    for pick in picked(tables, question, PLACE).itertuples():
        row = row_of(tables, str(pick.entry))
        _add(results, str(pick.label), row, str(pick.field), str(pick.text))
    return Facts(results)


def picked(tables: Tables, question: Question, place: str, use: str = "show") -> pd.DataFrame:
    """The picks for a place, in their order: those of the question and those of all."""
    picks = tables["picks"]
    mine = picks["question"].isin(["", question.name])
    here = picks[mine & (picks["place"] == place) & (picks["use"] == use)]
    return here.sort_values("order", kind="stable")


def row_of(tables: Tables, entry: str) -> pd.Series:
    """The row that an entry such as "taxes/taxes-001" stands for; KeyError if there is none."""
    table = tables[entry.split("/", 1)[0]]
    rows = table[table["lineage"] == entry]
    if rows.empty:
        raise KeyError(f"{entry}: expected a row of data/")
    return rows.iloc[0]


def _add(results: Results, name: str, row: pd.Series, field: str, text: str) -> None:
    what = _definition(row)
    field, _, told = field.partition("/")
    precision: Precision = "day" if told == "day" else "month"
    if text:
        results.label(name, text, what, row)
    elif ".." in field:
        low, high = (float(row[end]) for end in field.split(".."))
        step = step_as_given(low, high) if row.get("unit") == "percent" else None
        results.range(name, low, high, _unit(row, field), what, row, step=step, **_when(row))
    elif isinstance(row[field], pd.Timestamp):
        results.moment(name, row[field], what, row, precision=precision)
    elif pd.api.types.is_number(row[field]):
        _number(results, name, row, field, what)
    elif (day := _day(row[field])) is not None:
        precision = "year" if len(row[field]) == 4 else precision
        results.moment(name, day, what, row, precision=precision)
    else:
        results.label(name, row[field], what, row)


def _number(results: Results, name: str, row: pd.Series, field: str, what: str) -> None:
    """A number, as exact as its source prints it, and said to be a bound where it is one."""
    step = step_as_given(row[field]) if row.get("unit") == "percent" else None
    results.quantity(name, row[field], _unit(row, field), what, row, step=step, **_when(row))
    number = results[name]
    if isinstance(number, Quantity):
        results[name] = bounded(number, str(row.get("qualifier", "")))


def _definition(row: pd.Series) -> str:
    """What the row says of itself, in its first column of words that is filled in."""
    for column in ("what", "rule", "counted", "statement", "instrument", "note"):
        if row.get(column):
            return str(row[column])
    return f"A cell of {row['lineage']}"


def _unit(row: pd.Series, field: str) -> str:
    percent = row.get("unit") == "percent" or field.endswith(_PERCENT)
    return "percent" if percent else "number"


def _when(row: pd.Series) -> dict[str, Any]:
    return dict(_period(row)) | ({"region": row["region"]} if "region" in row else {})


def _period(row: pd.Series) -> Iterator[tuple[str, str]]:
    for column in ("month", "date", "start"):
        if column in row and row[column] is not None and row[column] == row[column]:
            yield "period", str(row[column])[:10]
            return


def _day(text: object) -> pd.Timestamp | None:
    """The first day of a text date of any precision; None for other words."""
    try:
        return pd.Period(str(text)).start_time if str(text)[:4].isdigit() else None
    except ValueError:
        return None
