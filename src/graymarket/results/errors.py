"""What is learned of each kind of reading from pairs, and how it fares where it was not learned."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import beta

from graymarket import models
from graymarket.evidence import Tables
from graymarket.models import calibration, pairs
from graymarket.models.calibration import Errors
from graymarket.question import SERIES

APPLE = "Apple"  # the maker that the panel's pairs are of: the one class that is well known
APPLE_SERIES = next(series for series, maker in SERIES.items() if maker == APPLE)
PANEL, VIEWS, APPLE_VIEWS, FLOW = "panel", "page_views", "apple_page_views", "flow"
# A metric of the table vendor_share → the kind of reading that it is.
METRICS = {
    "page_view_share": VIEWS,
    "site_visitor_share": VIEWS,
    "import_share": FLOW,
    "sales_share": FLOW,
    "shipment_share": FLOW,
}
_NEAR_VIEWS, _NEAR_FLOW = 6, 9  # months between the middles of a pair
_SAME = 2  # months apart that count as one time
_LEAN = 4.0  # degrees of freedom that the well-known class counts for
_ENOUGH = 10  # countries from which a class can tell its own spread between countries
_IPADS = ("ipads",)
_FORMER_RATIO = (0.36, 0.8, 1.22)  # low, mode and high of a PERT distribution
NAIVE = {
    "former": "the former edition’s interval",
    "views": "page views as they are, with the former interval’s width",
    "ratio": "eight tenths of page views",
}
# From the errors of the well-known class, where there are any yet, and a kind's own to those used.
Method = Callable[[Errors | None, Errors], Errors]


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


@dataclass(frozen=True)
class Learned:
    """What all shares are worked out with.

    `kinds`: every kind of reading of which there are pairs enough, by its name; `errors`: those
    that a reading of each is given; `twice`: what two measurers counted, see counted_twice;
    `shares` and `in_use`: the readings that may be built on, as usable and counted; `panel`:
    Apple's share by month and country, in percent.
    """

    kinds: dict[str, Kind]
    errors: dict[str, Errors]
    twice: pd.DataFrame
    shares: pd.DataFrame
    in_use: pd.DataFrame
    panel: pd.DataFrame

    def at(self, region: str) -> "Learned":
        """A region's own readings, with errors and noise learned from all other regions.

        So what its readings are given holds for a region that is not among the pairs, and none of
        its counts tells twice: as a reading, and in a pair. Each kind keeps the method that was
        chosen on all pairs.
        """
        elsewhere = {name: _others(kind.pairs, region) for name, kind in self.kinds.items()}
        errors: dict[str, Errors] = {}
        for name, rows in elsewhere.items():
            errors[name] = _METHODS[self.kinds[name].method](errors.get(PANEL), _own(rows))
        shares, in_use = (rows[rows["region"] == region] for rows in (self.shares, self.in_use))
        twice = _others(self.twice, region)
        return replace(self, errors=errors, twice=twice, shares=shares, in_use=in_use)

    @cached_property
    def noise(self) -> float:
        """The standard deviation of a count of phones in use, in log-odds.

        The root mean square of the differences of two counts, of which each carries half of the
        variance. NaN where there are no two.
        """
        return float(np.sqrt((self.twice["difference"] ** 2).mean() / 2))


def _others(rows: pd.DataFrame, region: str) -> pd.DataFrame:
    return rows[rows["region"] != region]


def learned(tables: Tables, grades: tuple[str, ...] = pairs.SOUND) -> Learned:
    """The errors of every kind, from the pairs of readings of these grades."""
    shares, in_use = usable(tables["vendor_share"], grades), counted(tables, grades)
    panel = models.monthly_shares(tables["usage_panel"], APPLE_SERIES)
    panel = panel[panel.columns.intersection(pd.Index(_countries(tables)))]
    kinds = _kinds(tables, shares, in_use)
    of_all = {name: kind.errors for name, kind in kinds.items()}
    return Learned(kinds, of_all, counted_twice(in_use), shares, in_use, panel)


def _kinds(tables: Tables, shares: pd.DataFrame, in_use: pd.DataFrame) -> dict[str, Kind]:
    panel = pairs.with_panel(in_use, tables["usage_panel"], APPLE, APPLE_SERIES)
    known = _kind(panel, ("own",))
    if known is None:
        return {}
    kinds = {PANEL: known}
    others = in_use[in_use["vendor"] != APPLE]
    views = shares[shares["metric"] == "page_view_share"]
    flows = shares[shares["metric"].map(METRICS) == FLOW]
    for name, rows, readings, months in (
        (VIEWS, others, views, _NEAR_VIEWS),
        (APPLE_VIEWS, in_use[in_use["vendor"] == APPLE], views, _NEAR_VIEWS),
        (FLOW, others, flows, _NEAR_FLOW),
    ):
        found = pairs.beside(rows, readings, months)
        kind = _kind(found, _methods(found), known.errors)
        kinds |= {} if kind is None else {name: kind}
    return kinds


def _countries(tables: Tables) -> pd.Series:
    regions = tables["regions"]
    return pd.Series(regions.loc[regions["kind"] == "country", "region"])


def counted(tables: Tables, grades: tuple[str, ...] = pairs.SOUND) -> pd.DataFrame:
    """Shares of phones in use of countries, graded so, of smartphones."""
    in_use = tables["shares_in_use"]
    sound = in_use["grade"].isin(grades) & in_use["region"].isin(_countries(tables))
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


def _own(rows: pd.DataFrame) -> Errors:
    """The errors of these pairs alone, with iPads apart where the pairs tell of them."""
    return calibration.fitted(rows, [name for name in _IPADS if name in rows])


def _leaning(weight: float, base: Errors | None, own: Errors) -> Errors:
    """Spreads that lean on those of the well-known class."""
    return own if base is None else calibration.moderated(own, base, weight)


def _alone(_base: Errors | None, own: Errors) -> Errors:
    return own


_METHODS: dict[str, Method] = {
    "leaning": partial(_leaning, _LEAN),
    "borrowed": partial(_leaning, 1e6),  # taken from it
    "own": _alone,
}


def _methods(rows: pd.DataFrame) -> tuple[str, ...]:
    """Those to try: a class's own pairs alone where they come from countries enough.

    With fewer a spread of next to nothing passes any test.
    """
    enough = rows["region"].nunique() >= _ENOUGH
    return tuple(name for name in _METHODS if enough or name != "own")


def _kind(rows: pd.DataFrame, methods: tuple[str, ...], base: Errors | None = None) -> Kind | None:
    """The method of the smallest interval score among those whose coverage passes.

    None where the pairs are too few to test any method, or none passes: what fails is not used.
    """
    try:
        own = calibration.without_each(rows, _own)
    except ValueError:  # too few groups without one of the countries
        return None
    tried = {}
    for name in methods:
        elsewhere = {region: _METHODS[name](base, errors) for region, errors in own.items()}
        tried[name] = elsewhere, calibration.left_out(rows, elsewhere)
    table = pd.DataFrame(
        {
            "method": name,
            "passes": calibration.passes(tested),
            **{f"score{level}": score(tested, level) for level in calibration.LEVELS},
            **{f"hits{level}": int(tested[f"hit{level}"].sum()) for level in calibration.LEVELS},
        }
        for name, (_, tested) in tried.items()
    )
    if not table["passes"].any():
        return None
    best = table[table["passes"]].sort_values("score95", kind="stable").iloc[0]
    method = str(best["method"])
    elsewhere, tested = tried[method]
    countries = calibration.countries_left_out(rows, elsewhere)
    return Kind(rows, _METHODS[method](base, _own(rows)), tested, countries, table, method)


def score(tested: pd.DataFrame, level: int = 95) -> float:
    """The mean interval score of calibration.left_out's rows."""
    ends = tested[f"low{level}"], tested[f"high{level}"]
    return calibration.interval_score(*ends, tested["difference"], level)


def naive(kind: Kind, way: str) -> float:
    """The mean score of 95% intervals without learning: a way of NAIVE.

    The former edition took a share of page views times a ratio between 0.36 and 1.22, likeliest
    0.8 (as PERT); here that interval, the same centred on the page views, and the ratio alone.
    """
    reading = kind.pairs["reading"]
    ends = _pert(*_FORMER_RATIO).ppf([0.025, 0.5, 0.975])
    low, middle, high = (_times(reading, ratio) for ratio in ends)
    if way == "ratio":
        low = high = _times(reading, _FORMER_RATIO[1])
    elif way == "views":
        low, high = low - middle, high - middle
    return calibration.interval_score(low, high, kind.pairs["difference"], 95)


def _pert(low: float, mode: float, high: float) -> Any:
    width = high - low
    parts = (mode - low) / width, (high - mode) / width
    return beta(1 + 4 * parts[0], 1 + 4 * parts[1], loc=low, scale=width)


def _times(reading: pd.Series, ratio: float) -> pd.Series:
    """What a share times a ratio lies from it, in log-odds."""
    return calibration.difference((reading * ratio).clip(upper=99), reading)


def counted_twice(in_use: pd.DataFrame) -> pd.DataFrame:
    """Counts by two measurers within nine months: region and difference (log-odds), a row a pair.

    Of one country and maker; `in_use`: rows as of counted.
    """
    one = in_use.assign(middle=pairs.middle(in_use))
    both = one.merge(one, on=["region", "vendor"], suffixes=("", "_other"))
    apart = (both["middle_other"] - both["middle"]).abs()
    near = apart <= pd.Timedelta(days=30.5 * _NEAR_FLOW)
    both = both[near & (both["measured_by"] < both["measured_by_other"])]
    gaps = calibration.difference(both["in_use"], both["in_use_other"])
    return both[["region"]].assign(difference=gaps)


def carried(
    vendor: str, known: Learned, usage: pd.DataFrame, since: pd.Timestamp, until: pd.Timestamp
) -> tuple[float, float]:
    """The drift of a maker's share between two months, and its doubt; see pairs.drift.

    `usage`: the table vendor_usage. Nothing within a month or two, which is what a reading's own
    error holds already.
    """
    if abs(models.months_between(since, until)) <= _SAME:
        return 0.0, 0.0
    world = models.vendor_series(usage, "world", vendor)
    return pairs.drift(world, known.panel, since, until)
