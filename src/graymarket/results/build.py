"""How a subject puts its results together: a dict that makes them, one short line each."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from graymarket.evidence import lineage
from graymarket.results.quantity import (
    Kind,
    Label,
    Moment,
    Names,
    Precision,
    Quantity,
    Result,
    Several,
    Verdict,
)


class Results(dict[str, Result]):
    """Results by name. `period` and `region` hold for all that do not say otherwise.

    Each method names a result, says in a sentence what it is (`definition`), and takes what it
    came from: rows, frames, entries or other results, from which its lineage follows. Further
    fields are those of the type. Raises ValueError for a name used twice or not in lower case.
    """

    def __init__(self, period: str = "", region: str = ""):
        super().__init__()
        self._place = {"period": period, "region": region}

    def quantity(
        self,
        name: str,
        value: float,
        unit: str,
        definition: str,
        *origin: object,
        kind: Kind = "measured",
        **fields: Any,
    ) -> None:
        """A number."""
        known = self._fields(definition, origin, fields)
        self._add(name, Quantity(value=value, unit=unit, kind=kind, **known))

    def range(
        self,
        name: str,
        low: float,
        high: float,
        unit: str,
        definition: str,
        *origin: object,
        kind: Kind = "measured",
        **fields: Any,
    ) -> None:
        """The two ends of a range; `level` among the fields makes it an interval."""
        known = self._fields(definition, origin, fields)
        self._add(name, Quantity(low=low, high=high, unit=unit, kind=kind, **known))

    def count(
        self,
        name: str,
        number: int,
        definition: str,
        *origin: object,
        unit: str = "count",
        **fields: Any,
    ) -> None:
        """How many; the unit is a noun of UNITS, or "count" where prose has the noun."""
        self.quantity(name, number, unit, definition, *origin, kind="counted", **fields)

    def verdict(
        self,
        name: str,
        answer: str,
        definition: str,
        *origin: object,
        about: str = "",
        parts: Mapping[str, Result | str] | None = None,
        **fields: Any,
    ) -> None:
        """A categorical answer; `about` is the name itself where it is not given."""
        known = self._fields(definition, origin, fields)
        self._add(name, Verdict(about=about or name, answer=answer, parts=parts or {}, **known))

    def moment(
        self,
        name: str,
        date: pd.Timestamp,
        definition: str,
        *origin: object,
        end: pd.Timestamp | None = None,
        precision: Precision = "month",
    ) -> None:
        """A day, month or year, or the time from the one to the other."""
        known = self._fields(definition, origin, {})
        known.pop("period")
        self._add(name, Moment(date=date, end=end, precision=precision, **known))

    def names(
        self,
        name: str,
        items: Iterable[tuple[str, str]],
        definition: str,
        *origin: object,
        about: str = "names",
        most: int | None = None,
    ) -> None:
        """A list of (code, name), which may be empty."""
        known = self._fields(definition, origin, {})
        known.pop("region")
        self._add(name, Names(items=tuple(items), about=about, most=most, **known))

    def label(self, name: str, text: str, definition: str, *origin: object) -> None:
        """A text just as its source has it."""
        self._add(name, Label(text=text, definition=definition, lineage=lineage(*origin)))

    def several(
        self,
        name: str,
        items: Iterable[Result],
        definition: str,
        *origin: object,
        about: str,
        listed: bool = False,
    ) -> None:
        """Results one after the other; there may be none."""
        known: dict[str, Any] = {"definition": definition, "lineage": lineage(*origin)}
        self._add(name, Several(items=tuple(items), about=about, listed=listed, **known))

    def _fields(
        self, definition: str, origin: tuple[object, ...], fields: dict[str, Any]
    ) -> dict[str, Any]:
        return {**self._place, "definition": definition, "lineage": lineage(*origin), **fields}

    def _add(self, name: str, result: Result) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ValueError(f"result {name!r}: expected a lower-case name")
        if name in self:
            raise ValueError(f"result {name!r} is named twice")
        self[name] = result
