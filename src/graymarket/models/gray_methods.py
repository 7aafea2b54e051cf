"""Independent methods for a gray share, and how they fare where an answer is published."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from graymarket.models.estimate import (
    DRAWS,
    LEVELS,
    SEED,
    Amount,
    arguments,
    bounds,
    levels,
    rows_of,
)
from graymarket.models.pert import pert

TOO_NARROW = 0.9  # of answers caught: 95% intervals that catch a smaller part are too narrow


def residual_share(formal_share: Amount, formal_part: Amount, share_in_use: Amount) -> Any:
    """The residual method: what a maker's formal sales do not explain of its phones, in percent.

    `formal_share`: its share of formal sales; `formal_part`: formal sales' part of all sales;
    `share_in_use`: its share of all phones. In percent; no residual is 0.
    """
    return np.maximum(0, 100 * (1 - formal_share * formal_part / 100 / share_in_use))


def residual_part(formal_share: Amount, formal_part: Amount, share_in_use: Amount) -> Any:
    """The maker's part of all gray phones, in percent, from the same three shares."""
    gray = share_in_use - formal_share * formal_part / 100
    return np.clip(100 * gray / (100 - formal_part), 0, 100)


def mirror_gap(legal_supply: Amount, demand: Amount) -> Any:
    """The mirror method: the part of demand that legal supply leaves, in percent; no gap is 0."""
    return np.maximum(0, 100 * (1 - legal_supply / demand))


def need_gap(legal_supply: Amount, phones: Amount, added: Amount, life: Amount) -> Any:
    """The need method: the part of a year's need that legal supply leaves, in percent; no gap is 0.

    The need: `phones` in use over the years they last (`life`, in months), and the phones `added`
    to those in use in the year.
    """
    return mirror_gap(legal_supply, phones * 12 / life + added)


def registry_jump(legal_before: Amount, legal_after: Amount) -> Any:
    """The jump method: the gray part before a register, from legal supply before and after it.

    Taking what comes in legally under the register as the demand of before; a fall is 0.
    """
    return mirror_gap(legal_before, legal_after)


def channel_units(share: Amount, sales: Amount, part_outside: Amount) -> Any:
    """Phones sold outside a maker's channel: its share of sales times the part outside."""
    return sales * share / 100 * part_outside / 100


def renewal(phones: Amount, share: Amount, life: Amount) -> Any:
    """Phones a year that keep a maker's stock as it is: its phones over the years they last.

    `share` in percent of `phones`, `life` in months.
    """
    return phones * share / 100 * 12 / life


# (method, quantity) of the table cases → the formula, whose arguments are the parameters of the
# table case_inputs.
_FORMULAS: dict[tuple[str, str], Callable[..., Any]] = {
    ("share_gap", "gray_share"): residual_share,
    ("share_gap", "part_of_gray"): residual_part,
    ("flow", "gray_share"): mirror_gap,
    ("need", "gray_share"): need_gap,
    ("registry_jump", "gray_share"): registry_jump,
    ("channel", "gray_units"): channel_units,
    ("renewal", "units_per_year"): renewal,
}


def by_method(
    cases: pd.DataFrame, case_inputs: pd.DataFrame, draws: int = DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """The table cases with what its method gives: bounds, interval and median.

    Adds low, high (bounds), low95, low80, median, high80, high95; empty where a reason says why
    the method does not apply. `lineage` is of the case and its inputs. Raises ValueError when a
    case's inputs are not its method's.
    """
    inputs = dict(list(case_inputs.groupby("case")))
    none = case_inputs.iloc[:0]
    of_cases = [inputs.get(case.id, none) for case in rows_of(cases)]
    rows = [
        {} if case.reason else _of_case(case, ranges, draws, seed)
        for case, ranges in zip(rows_of(cases), of_cases, strict=True)
    ]
    entries = [
        (case.lineage, *ranges["lineage"])
        for case, ranges in zip(rows_of(cases), of_cases, strict=True)
    ]
    columns = ["low", "high", *LEVELS]
    amounts = pd.DataFrame(rows, columns=columns, index=cases.index, dtype=float)
    known = pd.concat([cases.drop(columns="lineage"), amounts], axis=1)
    return known.assign(lineage=pd.Series(entries, index=cases.index)).reset_index(drop=True)


def _of_case(case: Any, inputs: pd.DataFrame, draws: int, seed: int) -> dict[str, float]:
    formula = _FORMULAS[case.method, case.quantity]
    names = arguments(formula)
    if set(inputs["parameter"]) != set(names):
        raise ValueError(f"{case.id}: expected the inputs {', '.join(names)} in case_inputs.csv")
    ranges = inputs.set_index("parameter").loc[list(names)]
    low, high = bounds(formula, ranges)
    drawn = {
        row.Index: pert(row.low, row.mode, row.high, draws, seed, f"{case.id}/{row.Index}")
        for row in rows_of(ranges)
    }
    return {"low": low, "high": high, **levels(formula(**drawn))}


def back_test(results: pd.DataFrame, published: Callable[[str], pd.Series]) -> pd.DataFrame:
    """Each published answer beside what the method gave without it.

    `results`: by_method's rows; `published` finds the row of an entry such as
    "benchmarks/benchmarks-073". One row an answer: the case's columns, answer (the entry),
    answer_low, answer_high, in_bounds and in_95 (bool: whether any of the printed range lies
    inside) and width95. `lineage` is of the case, its inputs and the answer.
    """
    rows = [
        {str(name): getattr(case, str(name)) for name in results}
        | _against(case, entry, published(entry))
        for case in rows_of(results[results["answers"] != ""])
        for entry in case.answers.split()
    ]
    return pd.DataFrame(rows)


_AGAINST = [
    *("id", "answer", "answer_low", "answer_high", "in_bounds", "in_95", "width95", "lineage")
]


def _against(case: Any, entry: str, row: pd.Series) -> dict[str, object]:
    ends = row[["low", "value", "high"]].dropna().astype(float)
    low, high = ends.min(), ends.max()
    return {
        "answer": entry,
        "answer_low": low,
        "answer_high": high,
        "in_bounds": bool(case.low <= high and low <= case.high),
        "in_95": bool(case.low95 <= high and low <= case.high95),
        "width95": case.high95 - case.low95,
        "lineage": (*case.lineage, entry),
    }


def too_narrow(tested: pd.DataFrame) -> bool:
    """Whether 95% intervals caught fewer published answers than they should (TOO_NARROW).

    `tested`: back_test's rows. Raises ValueError where there are none.
    """
    if tested.empty:
        raise ValueError("no published answer to test against: expected one or more")
    return bool(tested["in_95"].mean() < TOO_NARROW)
