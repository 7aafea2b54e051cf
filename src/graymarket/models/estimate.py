"""The estimate: from ranges and shares to phones, with intervals and refusals."""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from graymarket.evidence import lineage
from graymarket.models.forecast import Forecast
from graymarket.models.points import even
from graymarket.models.synthesis import Posterior
from graymarket.models.triangular import Draws, triangular

LEVELS = {"low95": 2.5, "low80": 10, "median": 50, "high80": 90, "high95": 97.5}  # percent
ALL = "all"  # in the column `maker`: what holds for every brand
SHARE = "share"  # the parameter that readings give, where there are any
LEARNED = "learned"  # the kind of a share from readings, with errors learned from pairs

Amount = float | Draws  # a number, or one for each point

_ENDS95 = np.array([0.025, 0.975])
_KINDS = ["evidence", LEARNED, "inference", "proxy", "guess", "none"]  # from sound to nothing
_SHARE = "percent of smartphones"

# Quantity → its unit and its formulas: the first whose arguments are all there is taken. An
# argument is a parameter of the table assumptions or another quantity; shares are in percent.
QUANTITIES: dict[str, tuple[str, tuple[Callable[..., Any], ...]]] = {
    "smartphones": (
        "phones",
        (
            lambda population, smartphone_share: population * smartphone_share / 100,
            lambda lines, lines_per_user, smartphone_share: (
                lines / lines_per_user * smartphone_share / 100
            ),
        ),
    ),
    "share": (_SHARE, ()),
    "phones": ("phones", (lambda share, smartphones: smartphones * share / 100,)),
    "brand_gray_share": (_SHARE, (lambda share, brand_gray: share * brand_gray / 100,)),
    "brand_gray_phones": (
        "phones",
        (lambda brand_gray_share, smartphones: smartphones * brand_gray_share / 100,),
    ),
    "customs_gray_share": (_SHARE, (lambda share, customs_gray: share * customs_gray / 100,)),
    "sanctions_gray_share": (_SHARE, (lambda share, sanctions_gray: share * sanctions_gray / 100,)),
    "brand_gray_supply": (
        "percent of phones supplied",
        (lambda authorised_supply_share: 100 - authorised_supply_share,),
    ),
}


def with_shares(
    assumptions: pd.DataFrame,
    known: Mapping[tuple[str, pd.Timestamp, str], Posterior],
    rows: Mapping[tuple[str, pd.Timestamp, str], tuple[str, ...]],
) -> pd.DataFrame:
    """The table assumptions with the shares that readings give, by (region, month, maker).

    Such a share takes the place of a row of the table on the same. Its low and high are the ends
    of its 95% interval, its mode the median, its column posterior what it is drawn from; `rows`:
    its lineage.
    """
    place = zip(assumptions["region"], assumptions["date"], assumptions["maker"], strict=True)
    given = pd.Series([of in known for of in place], assumptions.index, dtype=bool)
    kept = assumptions[~(given & (assumptions["parameter"] == SHARE))]
    shares = [
        {
            **dict(zip(("region", "date", "maker"), of, strict=True)),
            **dict(zip(("low", "high"), posterior.interval(95), strict=True)),
            "mode": float(posterior.quantile(0.5)),
            "parameter": SHARE,
            "unit": "percent",
            "kind": LEARNED,
            "posterior": posterior,
            "lineage": rows[of],
        }
        for of, posterior in known.items()
    ]
    both = pd.concat([kept, pd.DataFrame(shares)], ignore_index=True)
    return both if "posterior" in both else both.assign(posterior=None)


def estimate(inputs: pd.DataFrame) -> pd.DataFrame:
    """Every quantity of every region, date and maker of `inputs` (see with_shares).

    One row each: region, date, maker (ALL where it concerns no one maker), quantity (of
    QUANTITIES), unit, low95, low80, median, high80, high95 (empty where not estimable; of POINTS
    points, in which inputs move apart from each other), low and high (were all inputs at those ends
    of their own 95% intervals that make least, and most: all off the same way; where it is not
    estimable, what logic leaves), kind (the weakest input's: "none" means not estimable), weakest
    (that input's parameter) and lineage.
    """
    places = [part for _, part in inputs.groupby(["region", "date"], sort=False)]
    return pd.DataFrame([row for part in places for row in _of_place(part)])


def _of_place(part: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of one region and date."""
    inputs = [*rows_of(part)]
    drawn = {(row.parameter, row.maker): _points(row) for row in inputs if row.kind != "none"}
    rows = []
    for maker in sorted({row.maker for row in inputs}):
        ranges = {row.parameter: row for row in inputs if row.maker in (maker, ALL)}
        points = {name: draws for (name, of), draws in drawn.items() if of in (maker, ALL)}
        for quantity, (unit, _) in QUANTITIES.items():
            used = [ranges[name] for name in parameters(quantity, ranges)]
            if maker in {row.maker for row in used}:
                row = {"region": used[0].region, "date": used[0].date, "maker": maker}
                row |= {"quantity": quantity, "unit": unit}
                rows.append(row | _known(quantity, used, points))
    return rows


def _known(quantity: str, used: list[Any], drawn: Mapping[str, Draws]) -> dict[str, Any]:
    """Interval, ends together, kind, weakest and lineage; `used`: the rows of its inputs."""
    weakest = max(used, key=lambda row: _KINDS.index(row.kind))  # of several, the first
    refused = weakest.kind == "none"
    ends = {
        row.parameter: (row.low, row.high) if refused else quantile(row, _ENDS95) for row in used
    }
    low, high = bounds(lambda **of: value(quantity, of), ends)
    if refused:
        middle = dict.fromkeys(LEVELS, np.nan)
    elif quantity in ends:  # an input as it is: its own quantiles, exactly
        exact = quantile(used[0], np.array(list(LEVELS.values())) / 100)
        middle = dict(zip(LEVELS, exact.tolist(), strict=True))
    else:
        middle = levels(value(quantity, drawn))
    entries = {"kind": weakest.kind, "weakest": weakest.parameter}
    return {
        "low": low,
        "high": high,
        **middle,
        **entries,
        "lineage": lineage(*(row.lineage for row in used)),
    }


def of_maker(inputs: pd.DataFrame, region: str, date: pd.Timestamp, maker: str) -> pd.DataFrame:
    """The inputs that bear on a maker's phones in a region at a date, by parameter."""
    return _of_maker(inputs[(inputs["region"] == region) & (inputs["date"] == date)], maker)


def _of_maker(part: pd.DataFrame, maker: str) -> pd.DataFrame:
    return part[part["maker"].isin([maker, ALL])].set_index("parameter")


def samples(part: pd.DataFrame) -> dict[tuple[str, str], Draws]:
    """The points of each input of one place that has a mode, by (parameter, maker)."""
    known = rows_of(part[part["kind"] != "none"])
    return {(row.parameter, row.maker): _points(row) for row in known}


def _points(row: Any) -> Draws:
    return quantile(row, even(row.parameter))


def quantile(row: Any, probability: Draws) -> Draws:
    """The quantiles of an input: of its posterior or forecast, or those of its triangle."""
    if isinstance(getattr(row, "posterior", None), Posterior | Forecast):
        return np.asarray(row.posterior.quantile(probability))
    return triangular(row.low, row.mode, row.high, probability)


def value(quantity: str, given: Mapping[str, Amount]) -> Any:
    """A quantity from parameters by name; shares in percent; arrays where a parameter is one.

    Raises ValueError where `given` lacks what every formula needs.
    """
    if quantity in given:
        return given[quantity]
    formula = formula_of(quantity, given)
    return formula(**{name: value(name, given) for name in arguments(formula)})


def formula_of(quantity: str, given: Collection[str]) -> Callable[..., Any]:
    """The first of a quantity's formulas whose arguments follow from what is given, by name.

    Raises ValueError where `given` lacks what every formula needs.
    """
    for formula in _formulas(quantity):
        if all(parameters(name, given) for name in arguments(formula)):
            return formula
    raise ValueError(f"{quantity}: expected more parameters than {', '.join(given) or 'none'}")


def parameters(quantity: str, given: Collection[str]) -> list[str]:
    """The parameters among `given` that the quantity follows from; [] where they do not do."""
    if quantity in given:
        return [quantity]
    for formula in _formulas(quantity):
        parts = [parameters(name, given) for name in arguments(formula)]
        if all(parts):
            return [name for part in parts for name in part]
    return []


@cache
def arguments(formula: Callable[..., Any]) -> tuple[str, ...]:
    """The names of a formula's arguments, which are those of its inputs."""
    return tuple(inspect.signature(formula).parameters)


def bounds(
    formula: Callable[..., Any], ends: Mapping[str, Sequence[float] | Draws]
) -> tuple[float, float]:
    """The least and the greatest value with every input at its low or its high.

    `ends`: low and high by argument of the formula. No distribution is assumed; since each input
    pushes one way only, no value between its ends gives less or more.
    """
    corners = np.array([*product(*ends.values())], dtype=float).T
    values = formula(**dict(zip(ends, corners, strict=True)))
    return float(np.min(values)), float(np.max(values))


def levels(drawn: Draws) -> dict[str, float]:
    """The median and the ends of the 80% and 95% intervals of the draws, as in LEVELS."""
    ends = np.percentile(drawn, list(LEVELS.values()))
    return dict(zip(LEVELS, ends.tolist(), strict=True))


def rows_of(frame: pd.DataFrame) -> Iterable[Any]:
    """The frame's rows, with a cell of a column as an attribute of that name."""
    return frame.itertuples()


def _formulas(quantity: str) -> tuple[Callable[..., Any], ...]:
    return QUANTITIES[quantity][1] if quantity in QUANTITIES else ()
