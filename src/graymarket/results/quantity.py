"""The types of what the report knows. No text is made here: see graymarket.wording."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from math import isfinite
from typing import Any, Literal

import pandas as pd

from graymarket.results.units import UNITS

Kind = Literal["measured", "estimated", "bound", "judged", "stated", "counted"]
Confidence = Literal["high", "moderate", "low", "none", ""]
Precision = Literal["day", "month", "year", "day_short", "month_alone", "split_year"]


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """A number, or the two ends of a range, with all that it takes to quote it.

    `value`, `low`, `high` in `unit` (a key of UNITS); `level`: percent of chance that the range is
    meant to hold the truth, None where it is no interval (bounds, readings side by side);
    `period`: "2021-09", "2021-09-17" or "2020-02..2021-09", filled in by periods.with_periods where
    it is empty; `region`: codes of the table regions, apart by a space, empty for what is of the
    method or of the whole base; `definition`: what is counted, in a sentence; `kind`: how it is
    known; `confidence`: how good the evidence is; `lineage`: the rows it stands on, as
    evidence.trace takes them; `step`: the smallest difference that means something, None for the
    unit's own.

    Raises ValueError for a quantity without a number or without lineage, for ends in the wrong
    order, and for a unit that is not known.
    """

    unit: str
    definition: str
    kind: Kind
    lineage: tuple[str, ...]
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    period: str = ""
    region: str = ""
    confidence: Confidence = ""
    step: float | None = None

    def __post_init__(self) -> None:
        _require_lineage(self.definition, self.lineage)
        if self.unit not in UNITS:
            raise ValueError(f"{self.definition!r}: expected a unit of UNITS, got {self.unit!r}")
        numbers = [n for n in (self.low, self.value, self.high) if n is not None]
        if not numbers or (self.low is None) != (self.high is None):
            raise ValueError(f"{self.definition!r}: expected a value, or both ends of a range")
        if not all(isfinite(n) for n in numbers) or numbers != sorted(numbers):
            raise ValueError(f"{self.definition!r}: expected finite low <= value <= high")
        for name in ("value", "low", "high", "level"):
            if (number := getattr(self, name)) is not None:
                object.__setattr__(self, name, _plain(number))

    @property
    def is_range(self) -> bool:
        """Whether it has two ends."""
        return self.low is not None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A categorical answer: `answer` is one of the answers that the question `about` can have.

    The words for each answer stand in the language's file, under `about`; `parts` are results or
    plain names that those words mention.
    """

    about: str
    answer: str
    definition: str
    lineage: tuple[str, ...]
    parts: Mapping[str, "Result | str"] = field(default_factory=dict)
    period: str = ""
    region: str = ""
    confidence: Confidence = ""

    def __post_init__(self) -> None:
        _require_lineage(self.definition, self.lineage)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A day, month or year, or the time from the one to the other (`end`).

    The precision "split_year" is that of a year of another calendar, which runs over two of ours.
    """

    date: pd.Timestamp
    definition: str
    lineage: tuple[str, ...]
    end: pd.Timestamp | None = None
    precision: Precision = "month"
    region: str = ""
    confidence: Confidence = ""

    def __post_init__(self) -> None:
        _require_lineage(self.definition, self.lineage)
        for name in ("date", "end"):  # also given as text, as files have it
            if (day := getattr(self, name)) is not None:
                object.__setattr__(self, name, pd.Timestamp(day))


@dataclass(frozen=True, kw_only=True)
class Names:
    """A list of names, such as places: `items` are (code, name), as data/ has them; may be empty.

    `most`: longer lists are cut to the first and a count; `about`: the words for an empty list.
    """

    items: tuple[tuple[str, str], ...]
    definition: str
    lineage: tuple[str, ...]
    about: str = "names"
    most: int | None = None
    period: str = ""
    confidence: Confidence = ""

    def __post_init__(self) -> None:
        _require_lineage(self.definition, self.lineage)


@dataclass(frozen=True, kw_only=True)
class Label:
    """A text just as a row of data/ or the question's file has it: a maker, a place, a title."""

    text: str
    definition: str
    lineage: tuple[str, ...]

    def __post_init__(self) -> None:
        _require_lineage(self.definition, self.lineage)


@dataclass(frozen=True, kw_only=True)
class Several:
    """Results one after the other, such as what changed.

    `about`: the words for none of them; `listed`: joined as names are, with a last “and”.
    """

    items: "tuple[Result, ...]"
    definition: str
    lineage: tuple[str, ...]
    about: str = "names"
    listed: bool = False

    def __post_init__(self) -> None:
        _require_lineage(self.definition, self.lineage)


Result = Quantity | Verdict | Moment | Names | Label | Several


def as_json(result: Result) -> dict[str, Any]:
    """The result as plain JSON values; `type` is the type's name in lower case."""
    plain = {name: _json(value) for name, value in vars(result).items()}
    return {"type": type(result).__name__.lower(), **plain}


def from_json(plain: Mapping[str, Any]) -> Result:
    """The result that as_json wrote; raises KeyError or TypeError for other values."""
    kind = _TYPES[plain["type"]]
    given = {name: value for name, value in plain.items() if name in _FIELDS[kind]}
    restored = {name: _restored(value) for name, value in given.items() if name != "parts"}
    if "parts" in given:
        restored["parts"] = {name: _restored(part) for name, part in given["parts"].items()}
    return kind(**restored)


def _require_lineage(definition: str, lineage: Iterable[str]) -> None:
    if not definition.strip():
        raise ValueError("a result needs a definition: what is counted, or asked")
    if not tuple(lineage):
        raise ValueError(f"{definition!r}: expected at least one row that it stands on")


def _plain(number: float) -> float:
    """A numpy number as Python's; whole numbers stay whole."""
    return int(number) if isinstance(number, int) or hasattr(number, "bit_count") else float(number)


_TYPES: dict[str, type[Result]] = {
    kind.__name__.lower(): kind for kind in (Quantity, Verdict, Moment, Names, Label, Several)
}
_FIELDS = {kind: {one.name for one in fields(kind)} for kind in _TYPES.values()}


def _restored(value: Any) -> Any:
    """A field of a result from its JSON value: mappings are results, lists tuples."""
    if isinstance(value, Mapping):
        return from_json(value)
    if isinstance(value, list):
        return tuple(_restored(part) for part in value)
    return value


def _json(value: Any) -> Any:
    if isinstance(value, Result):
        return as_json(value)
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, Mapping):
        return {name: _json(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [_json(part) for part in value]
    return value
