"""Three independent methods for a gray share, and how they fare where an answer is published."""

from collections.abc import Callable
from itertools import product

import numpy as np
import pandas as pd

from graymarket.models.estimate import DRAWS, SEED, levels
from graymarket.models.pert import pert


def share_gap(formal_share, formal_part, share_in_use):
    """The gray part of a maker's phones, in percent: what its formal sales do not explain.

    `formal_share`: its share of formal sales; `formal_part`: formal sales' part of all sales;
    `share_in_use`: its share of all phones. In percent; no gap is 0.
    """
    return np.maximum(0, 100 * (1 - formal_share * formal_part / 100 / share_in_use))


def part_of_gray(formal_share, formal_part, share_in_use):
    """The maker's part of all gray phones, in percent, from the same three shares."""
    gray = share_in_use - formal_share * formal_part / 100
    return np.clip(100 * gray / (100 - formal_part), 0, 100)


def flow_gap(legal_supply, demand):
    """The part of demand that legal supply leaves, in percent; no gap is 0."""
    return np.maximum(0, 100 * (1 - legal_supply / demand))


def channel_units(share, sales, part_outside):
    """Phones sold outside a maker's channel: its share of sales times the part outside."""
    return sales * share / 100 * part_outside / 100


def renewal(phones, share, life):
    """Phones a year that keep a maker's stock as it is: its phones over the years they last.

    `share` in percent of `phones`, `life` in months.
    """
    return phones * share / 100 * 12 / life


# (method, quantity) → the function, whose arguments are the parameters of data/case_inputs.csv.
_FORMULAS: dict[tuple[str, str], Callable] = {
    ("share_gap", "gray_share"): share_gap,
    ("share_gap", "part_of_gray"): part_of_gray,
    ("flow", "gray_share"): flow_gap,
    ("channel", "gray_units"): channel_units,
    ("renewal", "units_per_year"): renewal,
}


def by_method(
    cases: pd.DataFrame, case_inputs: pd.DataFrame, draws: int = DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """The table cases with what its method gives: bounds, interval and median.

    Adds low, high (bounds), low95, low80, median, high80, high95; empty where a reason says why
    the method does not apply. Raises ValueError when a case's inputs are not its method's.
    """
    inputs = dict(list(case_inputs.groupby("case")))
    rows = [
        {} if case.reason else _of_one_case(case, inputs.get(case.id), draws, seed)
        for case in cases.itertuples()
    ]
    return pd.concat([cases.reset_index(drop=True), pd.DataFrame(rows)], axis=1)


def _of_one_case(case, given: pd.DataFrame | None, draws: int, seed: int) -> dict[str, float]:
    formula = _FORMULAS[case.method, case.quantity]
    names = formula.__code__.co_varnames[: formula.__code__.co_argcount]
    if given is None or set(given["parameter"]) != set(names):
        raise ValueError(f"{case.id}: expected the inputs {', '.join(names)} in case_inputs.csv")
    ranges = given.set_index("parameter")
    # Each input pushes one way only, so that the ends of the result lie at ends of the inputs.
    ends = product(*(ranges.loc[name, ["low", "high"]] for name in names))
    corners = [float(formula(*end)) for end in ends]
    drawn = {
        row.Index: pert(row.low, row.mode, row.high, draws, seed, f"{case.id}/{row.Index}")
        for row in ranges.itertuples()
    }
    return {"low": min(corners), "high": max(corners), **levels(formula(**drawn))}


def back_test(results: pd.DataFrame, published: Callable[[str], pd.Series]) -> pd.DataFrame:
    """Each published answer beside what the method gave without it.

    `results`: by_method's rows; `published` finds the row of an entry such as
    "benchmarks/benchmarks-073". One row an answer: the case's columns, answer (the entry),
    answer_low, answer_high, in_bounds and in_95 (whether any of the printed range lies inside)
    and width95.
    """
    tested = results[results["answers"] != ""]
    rows = [
        case._asdict() | _against(case, entry, published(entry))
        for case in tested.itertuples(index=False)
        for entry in case.answers.split()
    ]
    return pd.DataFrame(rows)


def _against(case, entry: str, row: pd.Series) -> dict:
    ends = row[["low", "value", "high"]].dropna().astype(float)
    low, high = ends.min(), ends.max()
    return {
        "answer": entry,
        "answer_low": low,
        "answer_high": high,
        "in_bounds": case.low <= high and low <= case.high,
        "in_95": case.low95 <= high and low <= case.high95,
        "width95": case.high95 - case.low95,
    }
