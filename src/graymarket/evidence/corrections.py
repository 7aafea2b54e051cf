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
        field, rows = fix["field"], raw.index[raw[key] == fix["id"]]
        problem = _stale(raw, table, rows, fix)
        if problem is None:
            raw.loc[rows[0], field] = fix["new"]
        else:
            column, expected = problem
            advice = (
                "the correction is stale: look at the source again, then fix or remove this row"
            )
            problems.append(
                Problem(_FILE, expected, int(str(row)), column, fix[column], advice, RULE)
            )
    return raw, problems


def _stale(raw: pd.DataFrame, table: str, rows: pd.Index, fix: pd.Series) -> tuple[str, str] | None:
    """The column of a stale correction that is wrong, and what is expected in it."""
    if len(rows) == 0:
        return "id", f"a row of data/{table}.csv"
    if fix["field"] not in raw.columns:
        return "field", "a column of that table"
    cell = raw.loc[rows[0], fix["field"]]
    if cell == fix["expect"]:
        return None
    place = f"data/{table}.csv, row {rows[0]}, column {fix['field']}"
    return "expect", f"“{cell}”, which is what {place} says"
