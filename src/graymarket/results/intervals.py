"""Intervals and bounds of estimates as typed results: one form for each, wherever it stands."""

from typing import Any

import pandas as pd

from graymarket.evidence import lineage
from graymarket.models import ALL, LEARNED
from graymarket.results.quantity import Confidence, Quantity, Verdict

LEVEL = 95.0  # percent of draws in the interval that is printed
# An amount above which → the step that means something; whole percents say little of small shares.
_STEPS = {
    "percent": ((5.0, 1.0), (0.0, 0.1)),
    "phones": ((10e6, 1e6), (2e6, 1e5), (0.0, 1e4)),
}

# The units of models.estimate and of the table cases → those of results.UNITS.
_UNITS = {
    "phones": "phones",
    "percent of smartphones": "percent",
    "percent of phones supplied": "percent",
    "percent": "percent",
    "units": "phones",
}
# How sound the weakest input is → the confidence of what follows from it.
_CONFIDENCE: dict[str, Confidence] = {
    "evidence": "moderate",
    LEARNED: "low",
    "inference": "low",
    "proxy": "low",
    "guess": "low",
    "none": "none",
}


def interval(row: Any, what: str, period: str) -> Quantity:
    """The 95% interval of a row with low95, median, high95, unit, region and lineage.

    In whole percents, or tenths where all of it is small; phones in two or three digits. Its ends
    are printed outwards.
    """
    return Quantity(
        value=row.median,
        low=row.low95,
        high=row.high95,
        level=LEVEL,
        kind="estimated",
        step=step(row.unit, row.high95),
        confidence=_CONFIDENCE.get(getattr(row, "kind", ""), "low"),
        **_about(row, what, period),
    )


def bounds(row: Any, what: str, period: str) -> Quantity:
    """The bounds of such a row (low, high): every input at its end, no distribution assumed."""
    return _ends(row, f"{what}: bounds", period)


def together(row: Any, what: str, period: str) -> Quantity:
    """Where the quantity would end were all inputs off the same way (low, high of the row)."""
    return _ends(row, f"{what}: all inputs off the same way", period)


def _ends(row: Any, what: str, period: str) -> Quantity:
    known = _about(row, what, period)
    return Quantity(
        low=row.low, high=row.high, kind="bound", step=step(row.unit, row.high), **known
    )


def estimable(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows that have an interval."""
    return rows[rows["median"].notna()]


def step(unit: str, high: float) -> float:
    """The smallest difference that means something for an estimate that goes up to `high`."""
    steps = steps_of_unit(_UNITS[unit])
    return next((step for above, step in steps if high > above), steps[-1][1])


def steps_of_unit(unit: str) -> tuple[tuple[float, float], ...]:
    """Of percent or phones: amounts, the largest first, and the step of what lies above each."""
    return _STEPS[unit]


def step_of(*numbers: float) -> float:
    """The step of numbers as they were given, such as ranges assumed: whole, or tenths."""
    return 1 if all(number == int(number) for number in numbers) else 0.1


def refusal(row: Any) -> Verdict:
    """In place of an interval where nothing can be estimated."""
    what = "Whether it can be estimated"
    return Verdict(about="estimable", answer="none", definition=what, lineage=lineage(row.lineage))


def rests_on(kind: str, row: Any) -> Verdict:
    """How sound the weakest input is, as a verdict."""
    what = "How sound the weakest input is"
    return Verdict(about="kind", answer=kind, definition=what, lineage=lineage(row.lineage))


def _about(row: Any, what: str, period: str) -> dict[str, Any]:
    unit = _UNITS[row.unit]
    if getattr(row, "quantity", "") == "units_per_year":
        unit = "phones_a_year"
    maker = row.maker if row.maker != ALL else "all makers"
    place = {"period": period, "region": row.region, "lineage": lineage(row.lineage)}
    return place | {"unit": unit, "definition": f"{what} ({maker}, {row.unit})"}
