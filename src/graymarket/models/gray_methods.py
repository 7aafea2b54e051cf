"""Independent methods for a gray share, and how they fare where an answer is published."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, logit
from scipy.stats import t

from graymarket.models.calibration import allowed_hits
from graymarket.models.estimate import (
    LEVELS,
    Amount,
    arguments,
    bounds,
    levels,
    quantile,
    rows_of,
)
from graymarket.models.points import even

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


def by_method(cases: pd.DataFrame, case_inputs: pd.DataFrame) -> pd.DataFrame:
    """The table cases with what its method gives: bounds, interval and median.

    Adds low, high (bounds), low95, low80, median, high80, high95; empty where a reason says why
    the method does not apply. `lineage` is of the case and its inputs. Raises ValueError when a
    case's inputs are not its method's.
    """
    inputs = dict(list(case_inputs.groupby("case")))
    none = case_inputs.iloc[:0]
    of_cases = [inputs.get(case.id, none) for case in rows_of(cases)]
    rows = [
        {} if case.reason else _of_case(case, ranges)
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


def _of_case(case: Any, inputs: pd.DataFrame) -> dict[str, float]:
    formula = _FORMULAS[case.method, case.quantity]
    names = arguments(formula)
    ranges = {row.parameter: row for row in rows_of(inputs)}
    if set(ranges) != set(names):
        raise ValueError(f"{case.id}: expected the inputs {', '.join(names)} in case_inputs.csv")
    low, high = bounds(formula, {name: (ranges[name].low, ranges[name].high) for name in names})
    drawn = {name: quantile(ranges[name], even(place)) for place, name in enumerate(names)}
    return {"low": low, "high": high, **levels(formula(**drawn))}


_AGAINST = ("answer", "answer_low", "answer_high", "in_bounds", "in_95", "width95")


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
    return pd.DataFrame(rows, columns=list(dict.fromkeys([*results, *_AGAINST])))


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


EDGE = 0.5  # percent: shares are printed in whole percent, so that nothing beyond is told apart
FEWEST_PLACES = 4  # with fewer, the errors elsewhere say nothing of a further place
_NOMINAL = {"95": 0.95, "80": 0.80}


def log_odds(share: Any) -> Any:
    """The log-odds of a share in percent, taken at least EDGE away from nothing and from all."""
    return logit(np.clip(share, EDGE, 100 - EDGE) / 100)


def error_interval(errors: ArrayLike, level: float) -> tuple[float, float]:
    """Where a further place's error lies, from the errors of other places, one a place.

    Student’s t around their mean, which is the bias: n - 1 degrees, with √(1 + 1/n) for the place
    that is not among them. Raises ValueError with fewer than two.
    """
    known = np.asarray(errors, dtype=float)
    if len(known) < 2:
        raise ValueError(f"expected the errors of two other places or more, found {len(known)}")
    spread = known.std(ddof=1) * np.sqrt(1 + 1 / len(known))
    half = float(t.ppf((1 + level) / 2, len(known) - 1) * spread)
    return float(known.mean()) - half, float(known.mean()) + half


def method_errors(tested: pd.DataFrame) -> pd.DataFrame:
    """How far each method was off, and where its error elsewhere would have put each answer.

    `tested`: back_test's rows, of which independent answers in percent count. One row an answer:
    method, id, region, answer, error (log-odds of the published share, the middle of its range,
    less those of the method's median), low95, high95, low80, high80 (in percent: the method's
    median moved by the errors of all other places, one vote a place), caught95 and caught80. These
    are empty and False for a method with too few places (FEWEST_PLACES).
    """
    rows = tested[(tested["unit"] == "percent") & (tested["independent"] == "yes")]
    middle = log_odds(rows["median"].astype(float))
    published = log_odds(rows[["answer_low", "answer_high"]].astype(float).mean(axis=1))
    found = rows[["method", "id", "region", "answer"]].assign(error=published - middle)
    ends = [f"{end}{level}" for level in _NOMINAL for end in ("low", "high")]
    found = found.assign(**dict.fromkeys(ends, np.nan))
    for _, of_method in found.groupby("method"):
        votes = of_method.groupby("region")["error"].mean()
        if len(votes) < FEWEST_PLACES:
            continue
        for place, of_place in of_method.groupby("region"):
            for level, part in _NOMINAL.items():
                low, high = error_interval(votes.drop(place), part)
                here = of_place.index
                found.loc[here, f"low{level}"] = 100 * expit(middle[here] + low)
                found.loc[here, f"high{level}"] = 100 * expit(middle[here] + high)
    for level in _NOMINAL:
        shares = 100 * expit(published)
        found[f"caught{level}"] = shares.between(found[f"low{level}"], found[f"high{level}"])
    return found.reset_index(drop=True)


_VERDICTS = ["method", "places", "answers", "bias", "spread"]
_VERDICTS += [f"{count}{level}" for level in _NOMINAL for count in ("caught", "fewest", "most")]


def judged(errors: pd.DataFrame) -> pd.DataFrame:
    """Which methods may be used for an estimate, by method_errors' rows.

    One row a method: method, places, answers, bias and spread (of the places' mean errors, in
    log-odds), and for 95 and 80: caught, fewest and most (the central 98% of the binomial, as many
    answers may be caught). `verdict`: passes, fails (one of the two lies outside) or unjudged (too
    few places); only a method that passes is used.
    """
    rows = []
    for method, answers in errors.groupby("method"):
        votes = answers.groupby("region")["error"].mean()
        row: dict[str, object] = {
            "method": method,
            "places": len(votes),
            "answers": len(answers),
            "bias": votes.mean(),
            "spread": votes.std(ddof=1),
        }
        inside = []
        for level, part in _NOMINAL.items():
            caught = int(answers[f"caught{level}"].sum())
            fewest, most = allowed_hits(len(answers), 100 * part)
            row |= {f"caught{level}": caught, f"fewest{level}": fewest, f"most{level}": most}
            inside.append(fewest <= caught <= most)
        few = len(votes) < FEWEST_PLACES
        rows.append(row | {"verdict": "unjudged" if few else "passes" if all(inside) else "fails"})
    return pd.DataFrame(rows, columns=[*_VERDICTS, "verdict"])
