"""What is learned of each kind of reading from pairs, and how it fares where it was not learned."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from graymarket import models
from graymarket.evidence import Tables
from graymarket.models import calibration, pairs
from graymarket.models.calibration import Errors
from graymarket.question import SERIES

APPLE = "Apple"  # the maker that the panel's pairs are of: the one class that is well known
PANEL, VIEWS, APPLE_VIEWS, FLOW = "panel", "page_views", "apple_page_views", "flow"
KINDS = (PANEL, VIEWS, APPLE_VIEWS, FLOW)
# A metric of the table vendor_share → the kind of reading that it is.
METRICS = {
    "page_view_share": VIEWS,
    "site_visitor_share": VIEWS,
    "import_share": FLOW,
    "sales_share": FLOW,
    "shipment_share": FLOW,
}
_NEAR_VIEWS, _NEAR_FLOW = 6, 9  # months between the middles of a pair
_LEAN = 4.0  # degrees of freedom that the well-known class counts for
_ENOUGH = 10  # countries from which a class can tell its own spread between countries
_IPADS = ("ipads",)
Learn = Callable[[pd.DataFrame], Errors]


@dataclass(frozen=True)
class Kind:
    """A kind of reading: its pairs, the errors learned from all of them, and how they tested.

    `readings`, `countries`: as calibration.left_out and countries_left_out; `methods`: a row a
    method tried: method, score95, score80, passes; `method`: the one that is used.
    """

    pairs: pd.DataFrame
    errors: Errors
    readings: pd.DataFrame
    countries: pd.DataFrame
    methods: pd.DataFrame
    method: str


def learned(tables: Tables, grades: tuple[str, ...] = pairs.SOUND) -> dict[str, Kind]:
    """Every kind of reading of which there are pairs enough, by its name (KINDS)."""
    in_use = counted(tables, grades)
    shares = usable(tables["vendor_share"], grades)
    panel = pairs.with_panel(in_use, tables["usage_panel"], APPLE, _column_of(APPLE))
    known = _kind(panel, {"own": partial(calibration.fitted, covariates=_IPADS)})
    if known is None:
        return {}
    kinds, base = {PANEL: known}, known.errors
    others = in_use[in_use["vendor"] != APPLE]
    views = shares[shares["metric"] == "page_view_share"]
    flows = shares[shares["metric"].map(METRICS) == FLOW]
    for name, rows, readings, months in (
        (VIEWS, others, views, _NEAR_VIEWS),
        (APPLE_VIEWS, in_use[in_use["vendor"] == APPLE], views, _NEAR_VIEWS),
        (FLOW, others, flows, _NEAR_FLOW),
    ):
        found = pairs.beside(rows, readings, months)
        kind = _kind(found, _methods(found, base))
        kinds |= {} if kind is None else {name: kind}
    return kinds


def counted(tables: Tables, grades: tuple[str, ...] = pairs.SOUND) -> pd.DataFrame:
    """Shares of phones in use of countries, graded so, of smartphones."""
    in_use, regions = tables["shares_in_use"], tables["regions"]
    countries = regions.loc[regions["kind"] == "country", "region"]
    sound = in_use["grade"].isin(grades) & in_use["region"].isin(countries)
    return pairs.of_smartphones(in_use[sound])


def usable(shares: pd.DataFrame, grades: tuple[str, ...] = pairs.SOUND) -> pd.DataFrame:
    """Rows of the table vendor_share that are shares in percent, told once and graded so."""
    return shares[
        (shares["unit"] == "percent")
        & (shares["statistic"] == "value")
        & (shares["repeats"] == "")
        & shares["grade"].isin(grades)
        & shares["metric"].isin(METRICS)
    ]


def _column_of(maker: str) -> str:
    return next(series for series, of in SERIES.items() if of == maker)


def _methods(rows: pd.DataFrame, base: Errors) -> dict[str, Learn]:
    """Spreads that lean on the well-known class, or are taken from it.

    Those of the class's own pairs alone are tried where they come from countries enough: with fewer
    a spread of next to nothing passes any test.
    """

    def leaning(weight: float, part: pd.DataFrame) -> Errors:
        return calibration.moderated(calibration.fitted(part), base, weight)

    methods: dict[str, Learn] = {"leaning": partial(leaning, _LEAN)}
    methods["borrowed"] = partial(leaning, 1e6)
    if rows["region"].nunique() >= _ENOUGH:
        methods["own"] = calibration.fitted
    return methods


def _kind(rows: pd.DataFrame, methods: dict[str, Learn]) -> Kind | None:
    """The method of the smallest interval score among those whose coverage passes.

    None where the pairs are too few to test any method, or none passes: what fails is not used.
    """
    tried = []
    for name, learn in methods.items():
        try:
            tested = calibration.left_out(rows, learn)
        except ValueError:  # too few groups without one of the countries
            continue
        tried.append((name, tested))
    if not tried:
        return None
    table = pd.DataFrame(
        {
            "method": name,
            "passes": calibration.passes(tested),
            **{f"score{level}": _score(tested, level) for level in calibration.LEVELS},
            **{f"hits{level}": int(tested[f"hit{level}"].sum()) for level in calibration.LEVELS},
        }
        for name, tested in tried
    )
    if not table["passes"].any():
        return None
    best = table[table["passes"]].sort_values("score95", kind="stable").iloc[0]
    learn, tested = methods[best["method"]], dict(tried)[best["method"]]
    countries = calibration.countries_left_out(rows, learn)
    return Kind(rows, learn(rows), tested, countries, table, str(best["method"]))


def _score(tested: pd.DataFrame, level: int) -> float:
    ends = tested[f"low{level}"], tested[f"high{level}"]
    return calibration.interval_score(*ends, tested["difference"], level)


def register_noise(tables: Tables) -> float:
    """The standard deviation of a count of phones in use, in log-odds.

    From two measurers of one country and maker within nine months: the root mean square of their
    difference, of which each carries half of the variance.
    """
    in_use = counted(tables)
    middle = in_use["start"] + (in_use["end"] - in_use["start"]) / 2
    both = in_use.assign(middle=middle).merge(
        in_use.assign(middle=middle), on=["region", "vendor"], suffixes=("", "_other")
    )
    apart = (both["middle_other"] - both["middle"]).dt.days
    both = both[(both["measured_by"] < both["measured_by_other"]) & (apart.abs() <= 9 * 30.5)]
    gaps = calibration.difference(both["in_use"], both["in_use_other"])
    return float(np.sqrt((gaps**2).mean() / 2))


def carried(
    vendor: str, tables: Tables, since: pd.Timestamp, until: pd.Timestamp
) -> tuple[float, float]:
    """The drift of a maker's share between two months, and its doubt; see pairs.drift.

    Nothing within a month or two, which is what a reading's own error holds already.
    """
    if abs(models.months_between(since, until)) <= 2:
        return 0.0, 0.0
    panel = models.monthly_shares(tables["usage_panel"], _column_of(APPLE))
    regions = tables["regions"]
    countries = regions.loc[regions["kind"] == "country", "region"]
    world = models.vendor_series(tables["vendor_usage"], "world", vendor)
    return pairs.drift(world, panel[panel.columns.intersection(pd.Index(countries))], since, until)
