"""A table that is checked, with what a rule may ask of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from graymarket.evidence.problems import RULE, EvidenceError, Problem

Rule = dict[str, Any]


@dataclass(frozen=True)
class Checked:
    """A table that is checked: `frame` typed and `raw` as text, both by spreadsheet row.

    `rows_of` gives the rows of any table that an entry such as "taxes/taxes-001" stands for, or
    raises EvidenceError; `data` is the folder of the tables.
    """

    frame: pd.DataFrame
    raw: pd.DataFrame
    file: str
    rows_of: Callable[[str], pd.DataFrame]
    data: Path

    def row_of(self, entry: str) -> pd.Series | None:
        """The one row that an entry stands for; None if there is none, or more."""
        try:
            rows = self.rows_of(entry)
        except EvidenceError:
            return None
        return rows.iloc[0] if len(rows) == 1 else None

    def problem(
        self,
        expected: str,
        row: int,
        column: str,
        value: str | None = None,
        severity: int = RULE,
    ) -> Problem:
        """A Problem of one cell; `value` is the cell's text unless given."""
        text = self.raw[column][row] if value is None else value
        return Problem(self.file, expected, row, column, text, severity=severity)
