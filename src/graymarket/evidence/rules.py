"""Rules that a table must keep across its cells and rows, declared in datapackage.json.

A resource's `rules` is a list of objects, each with `rule` and what that rule needs:

- ordered: `fields` never fall from left to right, empty cells aside;
- within: `of` lies between `minimum` and `maximum` in rows whose cells are in `where`;
- pairs: for each value of the first of `fields`, the second holds one of `allowed`;
- sum: within rows alike in `by`, `of` adds to at most `maximum`, over rows whose cells are in
  `where` and not in `except`;
- basis: each entry of `field`, apart by spaces, stands for rows that are there and not of grade C;
- grounds: `field` is empty only in rows with a cell as in `empty_where`, or one in `or_filled`;
- drift: a range is typed, or computed from the series that `field` names (see drift.py);
- dates: the rows in the basis are of the time of the row, or it says why not (see dates.py);
- derived: a figure that was computed follows from the rows it names (see derived.py);
- not_typed: no row has a `metric` that ends in `ending`, or a unit in `units`, but for `allowed`;
- row: the entry of `field` stands for one row that is there;
- parts: the `of` of the rows `parts` add to at most that of the row `total`;
- quoted: `column` names a column of the row that `entry` stands for (or two, as low..high; after a
  slash how precisely a day is told), and the text of `field`, if there is any, stands in that cell;
- file: the text of `field`, if there is any, names a file of `folder` in data/, without `suffix`.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from graymarket.evidence.checked import Checked, Rule
from graymarket.evidence.dates import off_dates
from graymarket.evidence.derived import not_derived
from graymarket.evidence.drift import not_carried
from graymarket.evidence.problems import REFERENCE, EvidenceError, Problem


def broken_rules(table: Checked, resource: dict[str, Any]) -> list[Problem]:
    """One Problem for each cell, row or group that breaks a rule of the resource."""
    return [
        problem
        for rule in resource.get("rules", [])
        for problem in _RULES[rule["rule"]](table, rule)
    ]


def _ordered(table: Checked, rule: Rule) -> Iterator[Problem]:
    raw = table.raw
    fields: list[str] = rule["fields"]
    for i, left in enumerate(fields):
        for right in fields[i + 1 :]:
            for row in raw.index[_falls(table, left, right)]:
                expected = f"no less than {left}, which is “{raw[left][row]}”"
                yield table.problem(expected, row, right)


def _falls(table: Checked, left: str, right: str) -> pd.Series:
    """Rows in which both are filled in and the left is above the right."""
    before, after = table.raw[left], table.raw[right]
    both = (before != "") & (after != "")
    low, high = table.frame[left], table.frame[right]
    if low.dtype.kind in "Mfi" and high.dtype.kind in "Mfi":
        return both & (low > high)
    # Dates of unlike precision: compare the digits that both have.
    pairs = zip(before.to_list(), after.to_list(), strict=True)
    falls = [a[: len(b)] > b[: len(a)] for a, b in pairs]
    return both & pd.Series(falls, index=both.index, dtype=bool)


def _within(table: Checked, rule: Rule) -> Iterator[Problem]:
    cells = table.frame.loc[_matching(table.raw, rule), rule["of"]]
    why = " and ".join(f"{field} is {' or '.join(v)}" for field, v in rule["where"].items())
    for row in cells.index[(cells < rule["minimum"]) | (cells > rule["maximum"])]:
        expected = f"{rule['minimum']} to {rule['maximum']} where {why}"
        yield table.problem(expected, row, rule["of"])


def _matching(raw: pd.DataFrame, rule: Rule) -> pd.Index:
    match = pd.Series(True, index=raw.index)
    for field, values in rule.get("where", {}).items():
        match &= raw[field].isin(values)
    for field, values in rule.get("except", {}).items():
        match &= ~raw[field].isin(values)
    return raw.index[match]


def _pairs(table: Checked, rule: Rule) -> Iterator[Problem]:
    first, second = rule["fields"]
    for value, allowed in rule["allowed"].items():
        bad = (table.raw[first] == value) & ~table.raw[second].isin(allowed)
        expected = f"{' or '.join(repr(a) for a in allowed)} where {first} is {value}"
        for row in table.raw.index[bad]:
            yield table.problem(expected, row, second)


def _sum(table: Checked, rule: Rule) -> Iterator[Problem]:
    rows = _matching(table.raw, rule)
    by = [table.raw.loc[rows, field] for field in rule["by"]]
    for _, cells in table.frame.loc[rows, rule["of"]].groupby(by):
        if (total := cells.sum()) > rule["maximum"]:
            expected = (
                f"at most {rule['maximum']} in sum over the {len(cells)} rows alike in "
                f"{', '.join(rule['by'])}"
            )
            yield table.problem(expected, int(cells.index[0]), rule["of"], f"{total:g} in sum")


def _basis(table: Checked, rule: Rule) -> Iterator[Problem]:
    field = rule["field"]
    for row, cell in table.raw[field].items():
        for entry in cell.split():
            try:
                rows = table.rows_of(entry)
            except EvidenceError:
                expected = "entries that stand for rows of the base"
                yield table.problem(expected, int(str(row)), field, entry, REFERENCE)
                continue
            if "grade" in rows and (rows["grade"] == "C").any():
                expected = "no row of grade C: nothing may be built on it"
                yield table.problem(expected, int(str(row)), field, entry)


def _grounds(table: Checked, rule: Rule) -> Iterator[Problem]:
    """What rests on no row is a guess, or computed."""
    raw, field = table.raw, rule["field"]
    for row, cells in raw[raw[field] == ""].iterrows():
        guess = any(cells[column] in words for column, words in rule["empty_where"].items())
        if not guess and not any(cells[column] for column in rule["or_filled"]):
            expected = "the rows that it rests on: a guess alone has none"
            yield table.problem(expected, int(str(row)), field)


def _not_typed(table: Checked, rule: Rule) -> Iterator[Problem]:
    """A ratio of two series holds for those alone, and goes stale: the build computes it."""
    metrics, units = table.raw[rule["metric"]], table.raw[rule["unit"]]
    typed = metrics.str.endswith(rule["ending"]) | units.isin(rule["units"])
    for row in metrics.index[typed & ~metrics.isin(rule["allowed"])]:
        expected = (
            "no ratio typed in: a ratio is computed in the build, from the rows of its own series "
            f"(may be typed: {', '.join(rule['allowed'])})"
        )
        yield table.problem(expected, row, rule["metric"])


def _row(table: Checked, rule: Rule) -> Iterator[Problem]:
    field: str = rule["field"]
    for row, entry in table.raw[field].items():
        if table.row_of(entry) is None:
            expected = "a row of data/, as “table/row-id”"
            yield table.problem(expected, int(str(row)), field, entry, REFERENCE)


def _parts(table: Checked, rule: Rule) -> Iterator[Problem]:
    key = table.raw.iloc[:, 0]
    total = key.index[key == rule["total"]]
    of: str = rule["of"]
    values = table.frame[of]
    parts = float(values[key.isin(rule["parts"])].sum())
    if len(total) and parts > values[total[0]]:
        expected = f"at least {parts:.12g}, the sum of {' and '.join(rule['parts'])}"
        yield table.problem(expected, int(total[0]), of)


def _quoted(table: Checked, rule: Rule) -> Iterator[Problem]:
    """A text taken from a row must still stand there: else the row has changed, look again."""
    for row, cells in table.raw.iterrows():
        column, quoted = cells[rule["column"]], cells[rule["field"]]
        source = table.row_of(cells[rule["entry"]])
        if not column or source is None:
            continue  # the rule “row” says what has no row
        if not {*column.split("/")[0].split("..")} <= {*source.index}:
            expected = f"a column of the row {cells[rule['entry']]}"
            yield table.problem(expected, int(str(row)), rule["column"], severity=REFERENCE)
        elif quoted and quoted not in source[column]:
            expected = f"words of that row’s {column}, which is “{source[column]}”"
            yield table.problem(expected, int(str(row)), rule["field"])


def _file(table: Checked, rule: Rule) -> Iterator[Problem]:
    field: str = rule["field"]
    folder: str = rule["folder"]
    files = sorted((table.data / folder).glob(f"*{rule['suffix']}"))
    names = [file.name.removesuffix(rule["suffix"]) for file in files]
    cells = table.raw[field]
    for row in cells.index[(cells != "") & ~cells.isin(names)]:
        expected = f"a file of data/{folder}/ ({', '.join(names)})"
        yield table.problem(expected, row, field, severity=REFERENCE)


_RULES: dict[str, Callable[[Checked, Rule], Iterator[Problem]]] = {
    "ordered": _ordered,
    "within": _within,
    "pairs": _pairs,
    "sum": _sum,
    "basis": _basis,
    "grounds": _grounds,
    "dates": off_dates,
    "drift": not_carried,
    "derived": not_derived,
    "not_typed": _not_typed,
    "row": _row,
    "parts": _parts,
    "quoted": _quoted,
    "file": _file,
}
