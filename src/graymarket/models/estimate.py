"""The estimate: from assumptions to phones and shares, with bounds, intervals and refusals."""

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from graymarket.evidence import lineage
from graymarket.models.panel import recent_range
from graymarket.models.pert import Draws, pert

DRAWS = 200_000
SEED = 2021
LEVELS = {"low95": 2.5, "low80": 10, "median": 50, "high80": 90, "high95": 97.5}  # percent
ALL = "all"  # in the column `maker`: what holds for every brand

Amount = float | Draws  # a number, or one for each draw

_AT_ONCE = 2  # places drawn side by side: each holds its draws in memory
_KINDS = ["evidence", "inference", "proxy", "guess", "none"]  # from sound to nothing
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
    "share": (
        _SHARE,
        (lambda page_views, register_ratio: np.minimum(page_views * register_ratio, 100),),
    ),
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


def calibrated(assumptions: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """The table assumptions, with a maker's page views where a register ratio corrects them.

    For each row register_ratio there is a row page_views more, of the same region, date and
    maker: the lowest, median and highest month of the year that ends there, in percent, from the
    maker's column of the table usage_panel. Raises ValueError where the panel has no such column.
    """
    ratios = assumptions[assumptions["parameter"] == "register_ratio"]
    rows = [_page_views(row, panel) for row in rows_of(ratios)]
    return pd.concat([assumptions, pd.DataFrame(rows)], ignore_index=True)


def _page_views(ratio: Any, panel: pd.DataFrame) -> dict[str, object]:
    column = f"{ratio.maker.lower()}_share"
    if column not in panel:
        raise ValueError(
            f"{ratio.lineage}: a register_ratio of {ratio.maker} corrects page views, "
            f"expected a column {column} in usage_panel"
        )
    months = panel[panel["region"] == ratio.region].set_index("month").sort_index()
    year = recent_range(months[column], ratio.date)
    place = {"region": ratio.region, "date": ratio.date, "maker": ratio.maker}
    ends = {"low": year.low, "mode": year.median, "high": year.high}
    about = {"parameter": "page_views", "unit": "percent", "kind": "evidence"}
    return place | about | ends | {"lineage": lineage(months[year.start : year.end])}


def estimate(inputs: pd.DataFrame, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """Every quantity of every region, date and maker of `inputs` (see calibrated).

    One row each: region, date, maker (ALL where it concerns no one maker), quantity (of
    QUANTITIES), unit, low and high (bounds: no distribution assumed), low95, low80, median, high80,
    high95 (empty where not estimable), kind (the weakest input's: "none" means not estimable),
    weakest (that input's parameter) and lineage (the inputs' rows).
    """
    places = [part for _, part in inputs.groupby(["region", "date"], sort=False)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # numpy releases the interpreter while it draws
        rows_of_places = pool.map(lambda part: _of_place(part, draws, seed), places)
    return pd.DataFrame([row for rows in rows_of_places for row in rows])


def _of_place(part: pd.DataFrame, size: int, seed: int) -> list[dict[str, Any]]:
    """The rows of one region and date."""
    sample = samples(part, size, seed)
    rows = []
    for maker in sorted(part["maker"].unique()):
        ranges = _of_maker(part, maker)
        drawn = {name: draws for (name, of), draws in sample.items() if of in (maker, ALL)}
        for quantity, (unit, _) in QUANTITIES.items():
            names = parameters(quantity, ranges.index)
            if names and maker in set(ranges.loc[names, "maker"]):
                row = {"region": part["region"].iloc[0], "date": part["date"].iloc[0]}
                row |= {"maker": maker, "quantity": quantity, "unit": unit}
                rows.append(row | _known(quantity, ranges.loc[names], drawn))
    return rows


def _known(quantity: str, ranges: pd.DataFrame, drawn: Mapping[str, Draws]) -> dict[str, Any]:
    """Bounds, levels, kind, weakest and lineage of a quantity; `ranges`: its inputs' rows."""
    kind, weakest = _weakest(ranges)
    low, high = bounds(lambda **ends: value(quantity, ends), ranges)
    ends = {} if kind == "none" else levels(value(quantity, drawn))
    entries = {"kind": kind, "weakest": weakest, "lineage": lineage(ranges)}
    return {"low": low, "high": high} | ends | entries


def _weakest(ranges: pd.DataFrame) -> tuple[str, str]:
    """The kind and the name of the least sound input; of several, the first."""
    kinds = [(str(row.kind), str(row.Index)) for row in rows_of(ranges)]
    return max(kinds, key=lambda kind: _KINDS.index(kind[0]))


def of_maker(inputs: pd.DataFrame, region: str, date: pd.Timestamp, maker: str) -> pd.DataFrame:
    """The inputs that bear on a maker's phones in a region at a date, by parameter."""
    return _of_maker(inputs[(inputs["region"] == region) & (inputs["date"] == date)], maker)


def _of_maker(part: pd.DataFrame, maker: str) -> pd.DataFrame:
    return part[part["maker"].isin([maker, ALL])].set_index("parameter")


def samples(part: pd.DataFrame, draws: int, seed: int) -> dict[tuple[str, str], Draws]:
    """Draws of each input of one place that has a mode, by (parameter, maker)."""
    return {
        (row.parameter, row.maker): pert(row.low, row.mode, row.high, draws, seed, _stream(row))
        for row in rows_of(part[part["kind"] != "none"])
    }


# Names of streams are those of the first edition, so that no figure moves by a new name alone.
_STREAMS = {"population": "people"}


def _stream(row: Any) -> str:
    """The name of an input's draws: the same at every date, so that dates move together."""
    name = _STREAMS.get(row.parameter, row.parameter)
    return f"{row.region}/{name if row.maker == ALL else f'{row.maker.lower()}_{name}'}"


def chance_above(low: float, high: float, threshold: float) -> float:
    """The percent of a range that lies above `threshold`, all its values taken as equally likely.

    So the shape of the draws adds nothing. A range of one value lies above or does not.
    """
    if low == high:
        return 100.0 if low > threshold else 0.0
    return float(np.clip(100 * (high - threshold) / (high - low), 0, 100))


def value(quantity: str, given: Mapping[str, Amount]) -> Any:
    """A quantity from parameters by name; shares in percent; arrays where a parameter is one.

    Raises ValueError where `given` lacks what every formula needs.
    """
    if quantity in given:
        return given[quantity]
    for formula in _formulas(quantity):
        if all(parameters(name, given) for name in arguments(formula)):
            return formula(**{name: value(name, given) for name in arguments(formula)})
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


def bounds(formula: Callable[..., float], ranges: pd.DataFrame) -> tuple[float, float]:
    """The least and the greatest value with every input at its low or its high.

    `ranges`: low and high by argument of the formula. No distribution is assumed; since each
    input pushes one way only, no value between its ends gives less or more.
    """
    corners = product(*ranges[["low", "high"]].to_numpy())
    values = [float(formula(**dict(zip(ranges.index, ends, strict=True)))) for ends in corners]
    return min(values), max(values)


def levels(drawn: Draws) -> dict[str, float]:
    """The median and the ends of the 80% and 95% intervals of the draws, as in LEVELS."""
    ends = np.percentile(drawn, list(LEVELS.values()))
    return dict(zip(LEVELS, ends.tolist(), strict=True))


def rows_of(frame: pd.DataFrame) -> Iterable[Any]:
    """The frame's rows, with a cell of a column as an attribute of that name."""
    return frame.itertuples()


def _formulas(quantity: str) -> tuple[Callable[..., Any], ...]:
    return QUANTITIES[quantity][1] if quantity in QUANTITIES else ()
