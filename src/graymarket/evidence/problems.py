"""What can be wrong with a table, in words that lead to the cell."""

from collections.abc import Sequence
from dataclasses import dataclass

FILE, SHAPE, CELL, RULE, REFERENCE, BASE = range(6)  # severity: how much a fault hides, worst first


@dataclass(frozen=True)
class Problem:
    """One thing to fix. Rows count as in a spreadsheet: the header is row 1.

    `fix` says what to do when the expectation alone does not; `severity` orders the worst first.
    """

    file: str
    expected: str
    row: int | None = None
    column: str | None = None
    value: str | None = None
    fix: str = ""
    severity: int = CELL

    def __str__(self) -> str:
        where = self.file
        if self.row is not None:
            where += f", row {self.row}"
        if self.column is not None:
            where += f", column {self.column}"
        value = "" if self.value is None else f"found “{self.value}”, "
        fix = f"; {self.fix}" if self.fix else ""
        return f"{where}: {value}expected {self.expected}{fix}"


class EvidenceError(Exception):
    """The evidence cannot be used; `problems` holds every Problem, worst first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = list(problems)
