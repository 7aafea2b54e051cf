"""The rule “drift”: a row’s range is typed, or is a series carried to the row’s month.

Where `field` names a series of a value a year (“world_development/IRN/SP.POP.TOTL”), the build
computes the range, and the columns `computed` are empty; else those of `typed` are filled in. The
value of a year is that of its middle. The series has a value for each year from first to last, ends
before the month in `at`, and is long enough: it has `fewest` changes or more that do not overlap,
over as many years as lie ahead.
"""

import math
from collections.abc import Iterator

import pandas as pd

from graymarket.evidence.checked import Checked, Rule
from graymarket.evidence.problems import REFERENCE, EvidenceError, Problem

MID_YEAR = 7  # the month that begins with the middle of a year, of which a year’s value is


def not_carried(table: Checked, rule: Rule) -> Iterator[Problem]:
    """A Problem for each range that is neither typed nor computed, or both, or cannot be."""
    field: str = rule["field"]
    for number, cells in table.raw.iterrows():
        row, entry = int(str(number)), cells[field]
        if not entry:
            for column in [name for name in rule["typed"] if not cells[name]]:
                yield table.problem(f"a value, or a series in {field}", row, column)
            continue
        for column in [name for name in rule["computed"] if cells[name]]:
            yield table.problem(f"nothing: the build computes it from {field}", row, column)
        try:
            series = table.rows_of(entry)
        except EvidenceError:
            yield table.problem("a series of the base", row, field, severity=REFERENCE)
            continue
        if expected := _unfit(series, cells[rule["at"]], rule["fewest"]):
            yield table.problem(expected, row, field)


def _unfit(series: pd.DataFrame, month: str, fewest: int) -> str:
    """What is expected of a series that cannot be carried to a month; "" if it can."""
    if "year" not in series or "value" not in series:
        return "a series of a value a year"
    years = sorted(int(year) for year in series["year"])
    if years != [*range(years[0], years[0] + len(years))]:
        return f"a value for each year from {years[0]} to {years[-1]}, once"
    ahead = int(month[:4]) * 12 + int(month[5:7]) - (years[-1] * 12 + MID_YEAR)
    if ahead <= 0:
        return f"a series that ends before {month}, not in {years[-1]}"
    needed = fewest * math.ceil(ahead / 12) + 1
    if len(years) < needed:
        return f"{needed} values or more to reach {month} from {years[-1]}, not {len(years)}"
    return ""
