"""Rules that a table must keep across its cells and rows, declared in datapackage.json.

A resource's `rules` is a list of objects, each with `rule` and what that rule needs:

- ordered: `fields` never fall from left to right, empty cells aside;
- within: `of` lies between `minimum` and `maximum` in rows whose cells are in `where`;
- pairs: for each value of the first of `fields`, the second holds one of `allowed`;
- sum: within rows alike in `by`, `of` adds to at most `maximum`, over rows whose cells are in
  `where` and not in `except`;
- basis: each entry of `field`, apart by spaces, stands for rows that are there and not of grade C;
- parts: the `of` of the rows `parts` add to at most that of the row `total`.
"""

from collections.abc import Callable

import pandas as pd

from graymarket.evidence.problems import REFERENCE, RULE, EvidenceError, Problem


def broken_rules(
    frame: pd.DataFrame,
    raw: pd.DataFrame,
    file: str,
    resource: dict,
    rows_of: Callable[[str], pd.DataFrame],
) -> list[Problem]:
    """One Problem for each row or group that breaks a rule of the resource.

    `frame` is the typed table and `raw` the same cells as text, both by spreadsheet row;
    `rows_of` finds the rows of any table that an entry such as "taxes/taxes-001" stands for.
    """
    known = {
        "ordered": _ordered,
        "within": _within,
        "pairs": _pairs,
        "sum": _sum,
        "parts": _parts,
        "basis": lambda *given: _basis(*given, rows_of),
    }
    return [
        problem
        for rule in resource.get("rules", [])
        for problem in known[rule["rule"]](frame, raw, file, rule)
    ]


def _ordered(frame, raw, file, rule):
    fields = rule["fields"]
    for i, left in enumerate(fields):
        for right in fields[i + 1 :]:
            for row in frame.index[_after(frame[left], frame[right], raw[left], raw[right])]:
                yield Problem(
                    file,
                    f"no less than {left}, which is “{raw.at[row, left]}”",
                    row,
                    right,
                    raw.at[row, right],
                    spoils=RULE,
                )


def _after(left: pd.Series, right: pd.Series, left_text: pd.Series, right_text: pd.Series):
    both = (left_text != "") & (right_text != "")
    if left.dtype.kind in "Mfi" and right.dtype.kind in "Mfi":
        return both & (left > right)
    # Dates of unlike precision: compare what both say.
    shorter = [min(len(a), len(b)) for a, b in zip(left_text, right_text, strict=True)]
    cut = zip(left_text, right_text, shorter, strict=True)
    return both & pd.Series([a[:n] > b[:n] for a, b, n in cut], index=left.index)


def _within(frame, raw, file, rule):
    rows = _matching(raw, rule)
    cells = frame.loc[rows, rule["of"]]
    why = " and ".join(f"{field} is {' or '.join(v)}" for field, v in rule["where"].items())
    for row in cells.index[(cells < rule["minimum"]) | (cells > rule["maximum"])]:
        expected = f"{rule['minimum']} to {rule['maximum']} where {why}"
        yield Problem(file, expected, row, rule["of"], raw.at[row, rule["of"]], spoils=RULE)


def _matching(raw: pd.DataFrame, rule: dict) -> pd.Index:
    match = pd.Series(True, index=raw.index)
    for field, values in rule.get("where", {}).items():
        match &= raw[field].isin(values)
    for field, values in rule.get("except", {}).items():
        match &= ~raw[field].isin(values)
    return raw.index[match]


def _pairs(frame, raw, file, rule):
    first, second = rule["fields"]
    for value, allowed in rule["allowed"].items():
        rows = raw.index[(raw[first] == value) & ~raw[second].isin(allowed)]
        for row in rows:
            expected = f"{' or '.join(repr(a) for a in allowed)} where {first} is {value}"
            yield Problem(file, expected, row, second, raw.at[row, second], spoils=RULE)


def _sum(frame, raw, file, rule):
    rows = _matching(raw, rule)
    groups = frame.loc[rows].groupby([raw.loc[rows, field] for field in rule["by"]])[rule["of"]]
    totals, firsts = groups.sum(), groups.apply(lambda cells: cells.index[0])
    for key in totals.index[totals > rule["maximum"]]:
        row = int(firsts[key])
        alike = int(groups.size()[key])
        yield Problem(
            file,
            f"at most {rule['maximum']} in sum over the {alike} rows alike in "
            f"{', '.join(rule['by'])}",
            row,
            rule["of"],
            f"{totals[key]:g} in sum",
            spoils=RULE,
        )


def _basis(frame, raw, file, rule, rows_of):
    for row, cell in raw[rule["field"]].items():
        for entry in cell.split():
            try:
                found = rows_of(entry)
            except EvidenceError:
                expected = "entries that stand for rows of the base"
                yield Problem(file, expected, row, rule["field"], entry, spoils=REFERENCE)
                continue
            if "grade" in found and (found["grade"] == "C").any():
                expected = "no row of grade C: nothing may be built on it"
                yield Problem(file, expected, row, rule["field"], entry, spoils=RULE)


def _parts(frame, raw, file, rule):
    key = raw.columns[0]
    total = raw.index[raw[key] == rule["total"]]
    parts = frame.loc[raw[key].isin(rule["parts"]), rule["of"]].sum()
    if len(total) and parts > frame.at[total[0], rule["of"]]:
        row = int(total[0])
        expected = f"at least {parts:.12g}, the sum of {' and '.join(rule['parts'])}"
        yield Problem(file, expected, row, rule["of"], raw.at[row, rule["of"]], spoils=RULE)
