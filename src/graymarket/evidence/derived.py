"""The rule “derived”: a figure that was computed follows from the rows that it names.

The text of `field` is an operation and its parents, apart by spaces, such as
“share market_size/market_size-161 market_size/market_size-160”. A parent’s figure is its `value`,
or the column named after a colon (“iran_imports/iran_imports-1395:units”); a parent may be a plain
number, where a source prints a change alone, but one at least is another row. A typed figure must
be the computed one to its last digit. A row whose `note` has one of the words `told` names its
parents, or says in it that they stand in the source alone, in the words `own`.
"""

import re
from collections.abc import Callable, Iterator
from functools import reduce

import pandas as pd

from graymarket.evidence.checked import Checked, Rule
from graymarket.evidence.problems import REFERENCE, Problem

_NAMED: dict[str, Callable[[float, float], float]] = {
    "difference": lambda a, b: a - b,
    "ratio": lambda a, b: a / b,
    "sum": lambda a, b: a + b,
    "product": lambda a, b: a * b,
    "share": lambda a, b: 100 * a / b,
}


def not_derived(table: Checked, rule: Rule) -> Iterator[Problem]:
    """A Problem for each derived figure that does not follow from its parents."""
    for number, cells in table.raw.iterrows():
        row, (operation, *parents) = int(str(number)), cells[rule["field"]].split() or [""]
        if not operation:
            yield from _untold(table, row, rule)
            continue
        two = len(parents) == 2
        if operation not in _NAMED or not (two or (len(parents) > 2 and operation != "share")):
            expected = f"one of {', '.join(_NAMED)}, then two parents or more (share: two)"
            yield table.problem(expected, row, rule["field"])
            continue
        own = table.raw.iloc[:, 0][row]
        if all(_number(parent) is not None or _names(parent, own) for parent in parents):
            expected = "another row among the parents: a number from nothing else is a typed one"
            yield table.problem(expected, row, rule["field"])
            continue
        figures = [None if _names(parent, own) else _figure(table, parent) for parent in parents]
        for parent, figure in zip(parents, figures, strict=True):
            if figure is None:
                expected = "parents that are rows with a figure, as table/row or table/row:column"
                yield table.problem(expected, row, rule["field"], parent, REFERENCE)
        known = [figure for figure in figures if figure is not None]
        if len(known) == len(parents):
            yield from _recomputed(table, row, rule, operation, known)


def _untold(table: Checked, row: int, rule: Rule) -> Iterator[Problem]:
    """A row that says that its figure was computed, and not from what."""
    note = table.raw[rule["note"]][row].lower()
    words = [word for word in rule["told"] if re.search(rf"\b{word}\b", note)]
    if words and rule["own"] not in note:
        expected = f"parents, or “{rule['own']}” in the note, which says “{words[0]}”"
        yield table.problem(expected, row, rule["field"])


def _recomputed(
    table: Checked, row: int, rule: Rule, operation: str, figures: list[float]
) -> Iterator[Problem]:
    column: str = rule["of"]
    typed = table.raw[column][row]
    if operation in ("ratio", "share") and 0 in figures[1:]:
        yield table.problem("parents that can be divided by", row, rule["field"])
        return
    computed = reduce(_NAMED[operation], figures)
    try:
        off = abs(float(typed) - computed)
    except ValueError:
        yield table.problem(f"{computed:.6g}, the {operation} of its parents", row, column)
        return
    if off > _half_a_step(typed) * (1 + 1e-9):
        yield table.problem(f"{computed:.6g}, the {operation} of its parents", row, column)


def _half_a_step(typed: str) -> float:
    """Half of the last digit that a figure has; zeros that end a whole number are none."""
    _, dot, decimals = typed.partition(".")
    if dot:
        return 0.5 * 10.0 ** -len(decimals)
    zeros = len(typed) - len(typed.rstrip("0")) if typed.strip("-0") else 0
    return 0.5 * 10.0**zeros


def _figure(table: Checked, parent: str) -> float | None:
    """What a parent counts for: its row’s figure, or itself if it is a number."""
    entry, _, column = parent.partition(":")
    number = _number(entry)
    if number is not None:
        return number
    row = table.row_of(entry)
    if row is None or (column or "value") not in row:
        return None
    return _number(str(row[column or "value"]))


def _names(parent: str, key: str) -> bool:
    """Whether a parent is the row with that key itself."""
    return parent.partition(":")[0].partition("/")[2] == key


def _number(text: str) -> float | None:
    figure = pd.to_numeric(text, errors="coerce")
    return None if pd.isna(figure) else float(figure)
