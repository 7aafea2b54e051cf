"""Overrides of what a source or record says, each with a guard against going stale."""

import pandas as pd

from graymarket.evidence.problems import RULE, Problem

TABLE = "corrections"
_FILE = "data/corrections.csv"


def corrected(
    raw: pd.DataFrame, table: str, corrections: pd.DataFrame
) -> tuple[pd.DataFrame, list[Problem]]:
    """The cells of `table` with its corrections put in, and the corrections that are stale.

    A correction is stale when its row is gone, or when the cell no longer says what it expects:
    then the source or the record has changed, and somebody must look again.
    """
    raw = raw.copy()
    problems = []
    key = raw.columns[0]
    for row, fix in corrections[corrections["table"] == table].iterrows():
        at = raw.index[raw[key] == fix["id"]]
        if len(at) == 0 or fix["field"] not in raw.columns:
            missing = "id" if len(at) == 0 else "field"
            expected = f"a row of data/{table}.csv" if missing == "id" else "a column of that table"
            problems.append(_stale(expected, row, missing, fix[missing]))
        elif raw.at[at[0], fix["field"]] != fix["expect"]:
            now = raw.at[at[0], fix["field"]]
            place = f"data/{table}.csv, row {at[0]}, column {fix['field']}"
            problems.append(
                _stale(f"“{now}”, which is what {place} says", row, "expect", fix["expect"])
            )
        else:
            raw.at[at[0], fix["field"]] = fix["new"]
    return raw, problems


def _stale(expected: str, row: int, column: str, value: str) -> Problem:
    fix = "the correction is stale: look at the source again, then mend or remove this row"
    return Problem(_FILE, expected, row, column, value, fix, RULE)
