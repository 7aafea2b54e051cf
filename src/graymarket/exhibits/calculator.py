"""The what-if calculator: an answer’s numbers by name, for page and workbook to redo it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket import evidence, wording
from graymarket.exhibits.tables import as_html, plain, table
from graymarket.models import POINTS, Z95
from graymarket.models.estimate import LEVELS, SHARE
from graymarket.models.points import directions
from graymarket.models.synthesis import GRID, STEP
from graymarket.results import UNITS
from graymarket.results.calculation import Calculated
from graymarket.results.intervals import steps_of_unit

CALCULATOR_MIME = "application/vnd.graymarket.calculator+json"

_KIND = ("off", "se", "between", "within", "freedom")
_READING = ("kind", "value", "sample", "moved", "doubt")
_LIMIT = ("cap_low", "cap_high", "moved", "doubt")
_INPUT = ("low", "mode", "high", "unit", "kind", "grade", "reasoning", "directions")
_POSSIBLE = ("kind", "value", "sample")


@dataclass(frozen=True)
class Calculator:
    """What the subject “calculation” knows, as page and workbook take it.

    `id`, `title` and `subtitle` are as in Exhibit. Raises ValueError where nothing is calculated.
    """

    id: str
    title: str
    subtitle: str
    calculated: Calculated

    def __post_init__(self) -> None:
        if self.calculated.model is None:
            raise ValueError(f"calculator {self.id}: expected readings to calculate from")

    def payload(self) -> dict[str, Any]:
        """Every number by the name of its row and column, and each output's formula, as plain JSON.

        `outputs` have their printed forms, and `outcome`: what the code works out, by LEVELS.
        """
        known = self.calculated
        return {
            "id": self.id,
            "title": self.title,
            "subtitle": self.subtitle,
            "kinds": [*_rows(known.kinds, _KIND)],
            "readings": [*_with_rows(known.readings, _READING)],
            "limits": [*_with_rows(known.limits, _LIMIT)],
            "inputs": [*_with_rows(known.inputs, _INPUT)],
            "outputs": [*self._outputs()],
            "possible": [*_rows(known.possible, _POSSIBLE)],
            "share": {"name": SHARE, "directions": directions(SHARE)},
            "grid": {"first": float(GRID[0]), "step": STEP, "count": len(GRID)},
            "points": POINTS,
            "z95": Z95,
            "levels": {name: percent / 100 for name, percent in LEVELS.items()},
        }

    def _outputs(self) -> Iterator[dict[str, Any]]:
        known = self.calculated
        assert known.model is not None  # see __post_init__
        outcome, say = known.model.outcome().to_dict("index"), wording.current()
        for entry in _rows(known.outputs, ("unit", "steps")):
            unit = entry["unit"]
            forms = {form: say.form(unit, form) for form in ("other", "range")}
            yield entry | {
                "scale": UNITS[unit].scale,
                "roundings": steps_of_unit(unit),
                "forms": forms,
                "outcome": outcome[entry["name"]],
            }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        shown = self.calculated.inputs[["label", "low", "mode", "high", "reasoning"]]
        page = as_html(table(shown, None, {}))
        return {CALCULATOR_MIME: self.payload(), "text/html": page, "text/plain": self.title}


def _rows(frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The rows as JSON values: name (of the index), label and these columns."""
    say = wording.current().cell
    for name, row in frame.iterrows():
        cells = {column: plain(row[column]) for column in columns}
        yield {"name": str(name), "label": say(row["label"]), **cells}


def _with_rows(frame: pd.DataFrame, columns: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """As _rows, with the lineage of each."""
    for entry, rows in zip(_rows(frame, columns), frame.get(evidence.LINEAGE, ()), strict=True):
        yield entry | {"lineage": [*evidence.lineage(rows)]}
