"""The rule “dates”: what a row rests on is of its own time, or it says why not.

`at` names the columns that hold a row’s own time, first and last; with `of`, an object of `field`
and `table`, they are columns of that table’s row whose key stands in `field`. An entry of `field`
is of that time if no more than `within` months lie between the two, counted from month to month.
One end alone of a period is that moment; in the tables `holding`, where a row holds from one date
to another, it is open on the side that is empty.

A row with an entry of another time says why in `reason`, and in `effect` what its range would be
without that entry; one without such an entry has neither. At most `at_most` rows may, with at most
`entries` such entries among them, so that no row with a reason takes in more under it.
"""

from collections.abc import Collection, Iterator

import pandas as pd

from graymarket.evidence.checked import Checked, Rule
from graymarket.evidence.problems import EvidenceError, Problem

Span = tuple[float, float]  # first and last month, counted from year 0

# The columns of a row's first and last day: the first two of which a table has the former.
_ENDS = (
    *(("start", "end"), ("date", "end_date"), ("month", "end")),
    *(("year", "year"), ("added", "added")),
)
_POLICY = ("begins", "before_start", "before_end", "after_start", "after_end")
_ALWAYS = (-float("inf"), float("inf"))


def off_dates(table: Checked, rule: Rule) -> Iterator[Problem]:
    """A Problem for each row that rests on another time and does not say why, or the reverse."""
    raw, field = table.raw, str(rule["field"])
    reason, effect = str(rule["reason"]), str(rule["effect"])
    known = 0
    for number, cells in raw.iterrows():
        row = int(str(number))
        own = _own(table, cells, rule)
        if own is None:
            continue  # another rule says what has no date, or no such case
        strays = [entry for entry in cells[field].split() if _months_off(table, entry, own, rule)]
        known += len(strays) if cells[reason] else 0
        if known > rule["entries"] and strays and cells[reason]:
            expected = f"at most {rule['entries']} entries of another time, this is number {known}"
            yield table.problem(expected, row, field, strays[-1])
        if not strays and (cells[reason] or cells[effect]):
            column = reason if cells[reason] else effect
            yield table.problem("nothing: all of the basis is of the row’s own time", row, column)
        for entry in strays if not cells[reason] else []:
            expected = (
                f"a row within {rule['within']} months of {_told(own)}, not "
                f"{_months_off(table, entry, own, rule)}, or why it is used in {reason}"
            )
            yield table.problem(expected, row, field, entry)
        if strays and cells[reason] and not cells[effect]:
            expected = f"what the range would be without {' '.join(strays)}, or “none” and why"
            yield table.problem(expected, row, effect)
    used = raw[raw[reason] != ""].index
    if len(used) > rule["at_most"]:
        expected = f"at most {rule['at_most']} rows with a reason, this is one of {len(used)}"
        yield table.problem(expected, int(used[-1]), reason)


def span(rows: pd.DataFrame, holding: bool = False) -> Span | None:
    """The first and last month that rows speak of, cells or typed; None where they have no date.

    `holding`: a row holds from one date to another, open on the side that is empty.
    """
    return whole(spans(rows, holding))


def whole(rows: pd.DataFrame) -> Span | None:
    """From the first month of all to the last; `rows`: as spans gives them. None without any."""
    known = rows.dropna()
    return (known["first"].min(), known["last"].max()) if len(known) else None


def spans(rows: pd.DataFrame, holding: bool = False) -> pd.DataFrame:
    """As span of each row: first and last, empty where it has no date."""
    columns = next((ends for ends in _ENDS if ends[0] in rows), _POLICY)
    named = [name for name in dict.fromkeys(columns) if name in rows]
    dates = rows[named].astype("string").replace("", pd.NA)
    found = pd.DataFrame(
        {
            "first": dates.apply(_months, of_year=1).min(axis=1),
            "last": dates.apply(_months, of_year=12).max(axis=1),
        },
        index=rows.index,
        dtype=float,
    )
    if holding and columns != _POLICY:
        dated = dates.notna().any(axis=1)
        for end, name, always in zip(("first", "last"), columns, _ALWAYS, strict=True):
            found.loc[dated & dates[name].isna(), end] = always
    return found


def months(dates: Collection[str]) -> Span:
    """The first and the last month of dates; a year has twelve."""
    texts = pd.Series([*dates], dtype="string")
    return float(_months(texts, of_year=1).min()), float(_months(texts, of_year=12).max())


def _months(dates: pd.Series, of_year: int) -> pd.Series:
    """Dates as numbers of months; `of_year` is the month taken where only a year is given."""
    year, digits = dates.str[:4].astype("Float64"), dates.str[5:7]
    month = digits.mask(digits == "").astype("Float64").fillna(of_year)
    return pd.Series(year * 12 + month - 1, dtype=float)


def told(month: float) -> str:
    """A number of months as a date."""
    return f"{month // 12:.0f}-{month % 12 + 1:02.0f}"


def _own(table: Checked, cells: pd.Series, rule: Rule) -> Span | None:
    if "of" in rule:
        case = table.row_of(f"{rule['of']['table']}/{cells[rule['of']['field']]}")
        if case is None:
            return None
        cells = case
    dates = [cells[column] for column in rule["at"] if cells[column]]
    return months(dates) if dates else None


def _months_off(table: Checked, entry: str, own: Span, rule: Rule) -> str:
    """By how much an entry is of another time, in words; "" if it is not."""
    try:
        rows = table.rows_of(entry)
    except EvidenceError:
        return ""  # the rule “basis” says what stands for no row
    found = span(rows, entry.split("/")[0] in rule["holding"])
    if found is None:
        return "undated"
    before, after = own[0] - found[1], found[0] - own[1]
    if max(before, after) <= rule["within"]:
        return ""
    return f"{before:.0f} months before" if before > after else f"{after:.0f} months after"


def _told(own: Span) -> str:
    first, last = map(told, own)
    return first if first == last else f"{first} to {last}"
