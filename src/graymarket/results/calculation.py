"""The main place's answer as a calculation, for page and workbook to redo with other numbers."""

from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables
from graymarket.models.calculation import Calculation
from graymarket.models.estimate import of_maker
from graymarket.models.points import directions
from graymarket.question import Question
from graymarket.results import estimate, shares, subjects
from graymarket.results.build import Results
from graymarket.results.cells import column, each
from graymarket.results.chain import label_of
from graymarket.results.quantity import Verdict

# What page and workbook work out, each after what it follows from.
_OUTPUTS = ("smartphones", "phones", "brand_gray_share", "brand_gray_phones")


@dataclass(frozen=True)
class Calculated:
    """The main place's answer at the event; `model` is None where no reading tells the share.

    Frames by name, each with label (a result) and lineage: `kinds`, `readings`, `limits`, `inputs`
    as in models.Calculation, inputs with unit, kind (how it is known), grade, reasoning and
    `directions` (of its points, see points.directions); `outputs`, a row each of the share and what
    follows: unit and steps (its formula, None for the share); `possible`, a row an observation that
    might be made: kind, value, sample.
    """

    model: Calculation | None
    kinds: pd.DataFrame
    readings: pd.DataFrame
    limits: pd.DataFrame
    inputs: pd.DataFrame
    outputs: pd.DataFrame
    possible: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Calculated:
    """What the question's answer is worked out from, by name."""
    known = cast(shares.Shares, subjects.compute("shares", question, tables))
    estimated = cast(estimate.Estimate, subjects.compute("estimate", question, tables))
    place = (question.regions[0], question.month, question.maker)
    here = known.known.get(place)
    if here is None:
        none = pd.DataFrame()
        return Calculated(None, none, none, none, none, none, none, Results())
    readings, limits = _numbered(known.weights, here)
    ranges = of_maker(estimated.inputs, *place)
    ranges = ranges[ranges["kind"] != "none"]
    names = [name for name in _OUTPUTS if models.parameters(name, ranges.index)]
    inputs = _inputs(ranges, names)
    model = Calculation(known.kinds, readings, limits, inputs, tuple(names))
    outputs = _outputs(model, here, question)
    possible = known.observed[["label", "kind", "value", "sample", "lineage"]]
    return Calculated(model, known.kinds, readings, limits, inputs, outputs, possible, Results())


def _numbered(weights: pd.DataFrame, here: shares.Known) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Readings and limits with their labels, as reading_1, ... and limit_1, ..."""
    labels = weights["label"].tolist()
    frames = []
    for name, rows in (("reading", here.readings), ("limit", here.limits)):
        own, labels = labels[: len(rows)], labels[len(rows) :]
        numbers = [f"{name}_{number}" for number in range(1, len(rows) + 1)]
        labelled = rows.assign(label=column(own, rows.index)) if len(rows) else rows
        frames.append(labelled.set_axis(pd.Index(numbers, dtype=object)))
    return frames[0], frames[1]


def _inputs(ranges: pd.DataFrame, outputs: list[str]) -> pd.DataFrame:
    """The judged inputs that the outputs follow from, in the order of the formulas."""
    named = [name for output in outputs for name in models.parameters(output, ranges.index)]
    judged = ranges.loc[[name for name in dict.fromkeys(named) if name != models.SHARE]]
    return judged.assign(
        label=column([label_of(row) for row in each(judged.reset_index())], judged.index),
        directions=column([directions(str(name)) for name in judged.index], judged.index),
    )


def _outputs(model: Calculation, here: shares.Known, question: Question) -> pd.DataFrame:
    """The share and the outputs, with formula, unit and what is printed of each."""
    rows: list[dict[str, Any]] = []
    for name in (models.SHARE, *model.outputs):
        unit = models.QUANTITIES[name][0]
        rows.append(
            {
                "label": Verdict(
                    about="quantity",
                    answer=name,
                    definition="What is estimated",
                    lineage=here.lineage,
                    parts={"maker": question.maker},
                ),
                "unit": "phones" if unit == "phones" else "percent",
                "steps": None if name == models.SHARE else model.steps(name),
                "lineage": here.lineage,
            }
        )
    return pd.DataFrame(rows, [models.SHARE, *model.outputs])
