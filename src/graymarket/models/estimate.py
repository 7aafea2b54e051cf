"""The estimate: from assumptions to phones and shares, with bounds, intervals and refusals."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from graymarket.models.panel import recent_range, region_series
from graymarket.models.pert import pert

DRAWS = 200_000
SEED = 2021
LEVELS = {"low95": 2.5, "low80": 10, "median": 50, "high80": 90, "high95": 97.5}  # percent

_AT_ONCE = 2  # places drawn side by side: each holds its draws in memory
_KINDS = ["evidence", "inference", "proxy", "guess", "none"]  # from sound to nothing
_FALLING = {
    "lines_per_user",
    "authorised_supply_share",
}  # more of these means less of every quantity


_SHARE = "percent of smartphones"
# Quantity → its unit and what it needs; a need is a parameter, or a key of _WAYS.
QUANTITIES = {
    "smartphones": ("phones", ("smartphones",)),
    "xiaomi_share": (_SHARE, ("xiaomi_share",)),
    "xiaomi_phones": ("phones", ("xiaomi_share", "smartphones")),
    "xiaomi_brand_gray_share": (_SHARE, ("xiaomi_share", "xiaomi_brand_gray")),
    "xiaomi_brand_gray_phones": ("phones", ("xiaomi_share", "xiaomi_brand_gray", "smartphones")),
    "xiaomi_customs_gray_share": (_SHARE, ("xiaomi_share", "xiaomi_customs_gray")),
    "xiaomi_sanctions_gray_share": (_SHARE, ("xiaomi_share", "xiaomi_sanctions_gray")),
    "apple_share": (_SHARE, ("apple_share",)),
    "apple_phones": ("phones", ("apple_share", "smartphones")),
    "all_brand_gray_share": ("percent of phones supplied", ("authorised_supply_share",)),
}
# Some needs can be met in more than one way: by the first whose parameters are all there.
_WAYS = {
    "smartphones": [
        ("people", "smartphone_share"),
        ("lines", "lines_per_user", "smartphone_share"),
    ],
    "apple_share": [("apple_share",), ("apple_page_views", "apple_register_ratio")],
}


def with_page_views(assumptions: pd.DataFrame, panel: pd.DataFrame) -> pd.DataFrame:
    """The table assumptions, and Apple's share of page views read off the panel's year.

    Where a region and date has an apple_register_ratio, a row apple_page_views is added: the
    lowest, median and highest month of the year that ends there.
    """
    added = []
    for row in assumptions[assumptions["parameter"] == "apple_register_ratio"].itertuples():
        year = recent_range(region_series(panel, row.region)["apple_share"], row.date)
        added.append(
            {
                "region": row.region,
                "date": row.date,
                "parameter": "apple_page_views",
                "low": year.low,
                "mode": year.median,
                "high": year.high,
                "unit": "percent",
                "kind": "evidence",
            }
        )
    return pd.concat([assumptions, pd.DataFrame(added)], ignore_index=True)


def estimate(inputs: pd.DataFrame, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """Every quantity of every region and date of `inputs` (see with_page_views).

    One row each: region, date, quantity, unit, low and high (bounds: no distribution assumed),
    low95, low80, median, high80, high95 (empty where not estimable), kind (the weakest input's:
    "none" means not estimable) and weakest (that input's parameter).
    """
    places = [part for _, part in inputs.groupby(["region", "date"], sort=False)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:  # numpy lets go of the interpreter while it draws
        found = pool.map(lambda part: _of_one_place(part, draws, seed), places)
    return pd.DataFrame([row for rows in found for row in rows])


def _of_one_place(part: pd.DataFrame, draws: int, seed: int) -> list[dict]:
    region, date = part["region"].iloc[0], part["date"].iloc[0]
    given = part.set_index("parameter")
    drawn = _drawn(given, region, draws, seed)
    rows = []
    for quantity, (unit, needs) in QUANTITIES.items():
        names = parameters(needs, given)
        if names is None:
            continue
        weakest = max(names, key=lambda name: _KINDS.index(given.at[name, "kind"]))
        kind = given.at[weakest, "kind"]
        low, high = _bounds(quantity, given)
        ends = {} if kind == "none" else levels(value(quantity, drawn))
        place = {"region": region, "date": date, "quantity": quantity, "unit": unit}
        rows.append(place | {"low": low, "high": high, **ends, "kind": kind, "weakest": weakest})
    return rows


def chance_above(inputs: pd.DataFrame, region: str, date, quantity: str, threshold: float) -> float:
    """The percent of draws in which the quantity lies above `threshold`, in its own unit.

    Raises ValueError where it is not estimable.
    """
    here = inputs[(inputs["region"] == region) & (inputs["date"] == date)]
    given = here.set_index("parameter")
    names = parameters(QUANTITIES[quantity][1], given)
    if names is None or (given.loc[names, "kind"] == "none").any():
        raise ValueError(f"{quantity} of {region} in {date:%Y-%m} is not estimable")
    drawn = _drawn(given, region, DRAWS, SEED)
    return float(100 * np.mean(value(quantity, drawn) > threshold))


def value(quantity: str, given: dict) -> np.ndarray | float:
    """A quantity from the parameters of one region and date; shares in percent."""
    if quantity == "smartphones":
        users = given["people"] if "people" in given else given["lines"] / given["lines_per_user"]
        return users * given["smartphone_share"] / 100
    if quantity == "apple_share":
        if "apple_share" in given:
            return given["apple_share"]
        return np.minimum(given["apple_page_views"] * given["apple_register_ratio"], 100)
    if quantity == "all_brand_gray_share":
        return 100 - given["authorised_supply_share"]
    if quantity == "xiaomi_share":
        return given["xiaomi_share"]
    if quantity.endswith("_phones"):
        share = value(quantity.removesuffix("_phones") + "_share", given)
        return value("smartphones", given) * share / 100
    gray = quantity.removesuffix("_share")  # xiaomi_brand_gray and the like
    return given["xiaomi_share"] * given[gray] / 100


def parameters(needs: tuple[str, ...], given: pd.DataFrame) -> list[str] | None:
    """The parameters that meet the needs with what is given; None if one cannot be met."""
    names = []
    for need in needs:
        ways = _WAYS.get(need, [(need,)])
        way = next((way for way in ways if set(way) <= set(given.index)), None)
        if way is None:
            return None
        names += way
    return names


def levels(drawn: np.ndarray) -> dict[str, float]:
    """The median and the ends of the 80% and 95% intervals of the draws, as in LEVELS."""
    return dict(zip(LEVELS, np.percentile(drawn, list(LEVELS.values())), strict=True))


def _drawn(given: pd.DataFrame, region: str, draws: int, seed: int) -> dict[str, np.ndarray]:
    return {
        row.Index: pert(row.low, row.mode, row.high, draws, seed, f"{region}/{row.Index}")
        for row in given[given["kind"] != "none"].itertuples()
    }


def _bounds(quantity: str, given: pd.DataFrame) -> tuple[float, float]:
    """The least and the greatest value that the inputs allow, since each pushes one way only."""
    ends = []
    for plain, falling in (("low", "high"), ("high", "low")):
        end = {name: row[falling if name in _FALLING else plain] for name, row in given.iterrows()}
        ends.append(float(value(quantity, end)))
    return ends[0], ends[1]
