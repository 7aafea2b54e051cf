"""The units of quantities, and the rounding rules: the one place for both."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal


@dataclass(frozen=True)
class Unit:
    """A unit's rounding and form.

    `step`: the smallest difference printed, unless the quantity has its own; `scale`: what one
    printed unit stands for (a million for phones); `form`: "number", "signed" (with its sign),
    "cardinal" (small whole numbers in words), "ordinal", "duration" (years and months in words)
    or "likelihood" (the words of ICD 203 with the number).
    """

    step: float = 1
    scale: float = 1
    form: str = "number"


UNITS: dict[str, Unit] = {
    "percent": Unit(0.1),
    "percent_change": Unit(1, form="signed"),
    "points": Unit(0.1, form="signed"),
    "points_wide": Unit(0.1),
    "points_in_column_unsigned": Unit(0.1),
    "points_in_column": Unit(0.1, form="signed"),  # the column's head names the unit
    "chance": Unit(1, form="likelihood"),
    "ratio": Unit(0.01),
    "phones": Unit(10_000, 1_000_000),
    "phones_imported": Unit(100_000, 1_000_000),
    "phones_a_year": Unit(100_000, 1_000_000),
    "people": Unit(100_000, 1_000_000),
    "dollars": Unit(1),
    "million_dollars": Unit(1_000_000, 1_000_000),
    "thousands": Unit(1_000, 1_000),
    "correlation": Unit(0.01, form="signed"),
    "months": Unit(1),
    "years": Unit(1 / 12, form="duration"),
    "days": Unit(1, form="cardinal"),
    "rank": Unit(1, form="ordinal"),
    "number": Unit(1),
    "count": Unit(1, form="cardinal"),
    "rules": Unit(1, form="cardinal"),
    "claims": Unit(1, form="cardinal"),
    "readings": Unit(1, form="cardinal"),
    "shares": Unit(1, form="cardinal"),
    "cases": Unit(1, form="cardinal"),
    "statements": Unit(1, form="cardinal"),
    "figures": Unit(1, form="cardinal"),
    "gray_shares": Unit(1, form="cardinal"),
    "flows": Unit(1, form="cardinal"),
    "other_figures": Unit(1, form="cardinal"),
    "sources": Unit(1, form="cardinal"),
    "estimates": Unit(1, form="cardinal"),
    "nothing": Unit(1, form="cardinal"),
    "refusals": Unit(1, form="cardinal"),
    "rows": Unit(1),
    "flagged_months": Unit(1, form="cardinal"),
}


def rounded(number: float, step: float) -> Decimal:
    """To the nearest multiple of `step`; halves go away from zero, as a reader would."""
    return _to_step(number, step, ROUND_HALF_UP)


def outwards(low: float, high: float, step: float) -> tuple[Decimal, Decimal]:
    """The ends of an estimated interval, rounded so that the printed range holds it."""
    return _to_step(low, step, ROUND_FLOOR), _to_step(high, step, ROUND_CEILING)


def _to_step(number: float, step: float, rounding: str) -> Decimal:
    exact, unit = Decimal(str(round(float(number), 9))), Decimal(str(step))
    return (exact / unit).to_integral_value(rounding) * unit + Decimal(0)
