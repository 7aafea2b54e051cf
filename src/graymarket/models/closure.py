"""What a closed door did to a maker's usage share: synthetic control, with placebos for doubt."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pysyncon import Synth
from scipy.optimize import Bounds, LinearConstraint, minimize
from threadpoolctl import threadpool_limits

from graymarket.models.panel import region_series

HORIZONS = (6, 12, 24, 48)  # months after the closure
DONORS = 30  # regions whose share was nearest before
BAND = 0.9  # part of the placebos that the band holds
UNUSUAL = 0.1  # a p-value up to here is rare among untouched countries
_BEFORE, _AFTER = 60, 48  # months watched, where the panel has them
_MEAN_OF = 3  # months up to a horizon that are averaged, against the noise of one month
_MOST_FLAGGED = 0.1  # of a region's months in the window, for it to serve as a donor
_LEAST_PEOPLE = 1e6  # fewer make too small a panel for a donor
_LEAST_SHARE = 3.0  # percent: below it a share has no room to fall
_WELL_FITTED = 2.0  # the band leaves out placebos fitted this many times worse, but never half
_TREND_MONTHS = 36  # before the closure, for the plain line
_TESTED_AT = 24  # months after a pretended closure
_AT_ONCE = 2  # processes: the solver keeps the interpreter to itself

_HARMLESS = {"apple_share": [""], "samsung_internet_share": ["", "jump"]}  # flags of Apple's share


@dataclass(frozen=True)
class Shares:
    """A column of usage_panel as months × regions: all readings, and those without a flag."""

    all: pd.DataFrame
    clear: pd.DataFrame


def usage_shares(panel: pd.DataFrame) -> dict[str, Shares]:
    """Apple's and Samsung Internet's shares by region, percent; flags as in models.flags.

    Months in which most regions read 0, because the carrier did not count, are empty.
    """
    frames = {region: region_series(panel, region) for region in panel["region"].unique()}
    flag = pd.DataFrame({region: frame["flag"] for region, frame in frames.items()})
    found = {}
    for series, harmless in _HARMLESS.items():
        read = pd.DataFrame({region: frame[series] for region, frame in frames.items()})
        read[~(read.median(axis=1) > 0)] = np.nan
        found[series] = Shares(read, read.where(flag.isin(harmless)))
    return found


def donor_regions(
    case, closures: pd.DataFrame, policies: pd.DataFrame, regions: pd.DataFrame, people: pd.Series
) -> list[str]:
    """The regions that may stand in for a case: countries without an event of their own.

    Left out are countries of under a million `people` (by region), the regions of Xiaomi's terms,
    all regions of `closures`, those with a registry, a ban or a maker's lock (table policies)
    within the window, and the case's own left_out.
    """
    start, end = _window(case.month)
    events = policies["after_start"].fillna(policies["before_end"])
    kinds = ["registry", "registry_end", "import_ban", "import_rule", "maker_lock"]
    own = policies.loc[policies["kind"].isin(kinds) & events.between(start, end), "region"]
    watched = (regions["kind"] == "country") & (regions["usage_file"] != "")
    countries = regions[watched & ~regions["in_xiaomi_terms"]]["region"]
    small = people.index[people < _LEAST_PEOPLE]
    out = {*own, *small, *closures["region"], *case.left_out.split()}
    return [region for region in countries if region in people.index and region not in out]


def of_case(case: pd.Series, table: Callable[[str], pd.DataFrame]) -> "Closure":
    """closure() of a case against its donor_regions, from the tables that `table` loads by name.

    Raises ValueError, saying why, when the panel cannot show the case.
    """
    shares = usage_shares(table("usage_panel"))[case.series]
    if case.region not in shares.clear:
        raise ValueError(f"the panel has no series of {case.region}")
    months = shares.all.index
    if months[0] + pd.DateOffset(months=_BEFORE // 2) > case.month:
        raise ValueError(f"the panel begins in {months[0]:%B %Y}, too late to fit")
    if case.month + pd.DateOffset(months=HORIZONS[0]) > months[-1]:
        raise ValueError(f"the panel ends in {months[-1]:%B %Y}, too early to judge")
    world = table("world_development")
    people = world[(world["indicator"] == "SP.POP.TOTL") & (world["year"] == 2020)]
    people = people.set_index("region")["value"]
    donors = donor_regions(case, table("closures"), table("policies"), table("regions"), people)
    return closure(shares, case, [region for region in donors if region != case.region])


@dataclass(frozen=True)
class Closure:
    """One case: what was seen, what the donors say would have been, and how sure that is.

    `observed`, `synthetic`: percent by month; `gaps`: the placebos' distance from their own
    synthetic, months × donors, those fitted well alone; `weights` by donor; `rmspe` and
    `placebo_rmspe`: misfit before, in points; `p_value`: the case's rank among the placebos by
    misfit after over misfit before; `effects`: a row a horizon (points, percent, low, high, trend,
    all_months); `without`: the gap when each donor of weight is left out, months × donors;
    `in_time`: the gap, in points, of a closure pretended two years early; `flagged`: months left
    out.
    """

    observed: pd.Series
    synthetic: pd.Series
    weights: pd.Series
    gaps: pd.DataFrame
    rmspe: float
    placebo_rmspe: pd.Series
    p_value: float
    effects: pd.DataFrame
    without: pd.DataFrame
    in_time: float
    flagged: list[pd.Timestamp]

    @property
    def strayed(self) -> int:
        """How many of the placebos strayed as far from their synthetic, or farther."""
        return round(self.p_value * (len(self.placebo_rmspe) + 1)) - 1


def verdict(found: Closure, month: pd.Timestamp) -> tuple[str, list[str]]:
    """What the checks of a case say together at its last horizon, and what speaks against more.

    `month`: the closure's. "moved" if band and rank both leave chance behind and nothing speaks
    against it; "lost" if neither does; else "untold". The list names in words what disagrees.
    """
    last = found.effects.iloc[-1]
    outside = last["low"] > 0 or last["high"] < 0
    unusual = found.p_value <= UNUSUAL
    if not (outside or unusual):
        return "lost", []
    against = []
    if outside != unusual:
        against.append(
            "the band leaves zero out while the rank is ordinary"
            if outside
            else "the rank is rare while the band holds zero"
        )
    without = at_horizon(month, found.without, int(last["horizon"]))
    if (without * last["points"] < 0).any():
        against.append("leaving out one donor turns the sign")
    if found.rmspe >= abs(last["points"]):
        against.append("the misfit before is as large as the difference")
    return ("untold" if against else "moved"), against


def side_by_side(function: Callable, *arguments: list) -> list:
    """`function` of each set of arguments, two at a time, in order: closure() or recovery()."""
    # One thread of linear algebra each: more of them would wait for each other.
    with ProcessPoolExecutor(_AT_ONCE, initializer=threadpool_limits, initargs=(1,)) as pool:
        return list(pool.map(function, *arguments))


def closure(shares: Shares, case: pd.Series, donors: list[str]) -> Closure:
    """Compare a case (a row of the table closures) with its synthetic control.

    `donors`: donor_regions of the case. Raises ValueError when the region has too few clear months
    before the closure.
    """
    window = _ready(shares.clear, case, donors)
    before = window.index < case.month
    near = nearest(window, case.region, before)
    weights, gap = fit(window, case.region, near, before)
    placebo = {
        donor: fit(window, donor, [other for other in near if other != donor], before)[1]
        for donor in near
    }
    gaps = pd.DataFrame(placebo)
    misfit, misfits = _rms(gap[before]), _rms(gaps[before])
    well = misfits.index[misfits <= max(_WELL_FITTED * misfit, misfits.median())]
    ratios = _rms(gaps[~before]) / misfits
    rank = 1 + (ratios >= _rms(gap[~before]) / misfit).sum()
    observed = window[case.region]
    trend = observed - _trend(observed, before)
    whole = _ready(shares.all, case, near)
    everything = fit(whole, case.region, near, whole.index < case.month)[1]
    original = shares.clear.loc[window.index, case.region]
    return Closure(
        observed=observed,
        synthetic=observed - gap,
        weights=weights[weights >= 0.005].sort_values(ascending=False),
        gaps=gaps[well],
        rmspe=float(misfit),
        placebo_rmspe=misfits,
        p_value=float(rank / (len(near) + 1)),
        effects=_effects(case.month, observed, gap, gaps[well], trend, everything),
        without=_without(window, case.region, near, weights, before),
        in_time=_in_time(window, case, near),
        flagged=list(original.index[original.isna()]),
    )


def fit(
    window: pd.DataFrame, region: str, donors: list[str], before: np.ndarray
) -> tuple[pd.Series, pd.Series]:
    """The donors' weights that fit the months before, and the gap of all months, in points."""
    donated, own = window.loc[before, donors], window.loc[before, region]
    # pysyncon divides each month by its spread; these weights undo that, so months count alike.
    spread = pd.concat([donated, own], axis=1).std(axis=1).to_numpy()
    synth = _Synth()
    synth.fit(X0=donated, X1=own, Z0=donated, Z1=own, custom_V=spread**2)
    weights = pd.Series(np.clip(synth.W, 0, 1), index=donors)
    return weights, window[region] - window[donors] @ weights


class _Synth(Synth):
    """pysyncon's, with the gradient told to its solver, which else feels for it in small steps."""

    @staticmethod
    def w_optimize(V_mat, X0, X1, qp_method="SLSQP", qp_options=None):
        quadratic, linear = X0.T @ V_mat @ X0, X1.T @ V_mat @ X0
        count = X0.shape[1]
        found = minimize(
            lambda w: 0.5 * w @ quadratic @ w - linear @ w,
            x0=np.full(count, 1 / count),
            jac=lambda w: quadratic @ w - linear,
            bounds=Bounds(np.zeros(count), np.ones(count)),
            constraints=LinearConstraint(np.ones(count), 1, 1),
            method=qp_method,
            options=qp_options or {"maxiter": 1000},
        )
        return found.x, found.fun


def nearest(window: pd.DataFrame, region: str, before: np.ndarray) -> list[str]:
    """The regions whose mean share before was nearest to the region's."""
    means = window[before].mean()
    return list((means.drop(region) - means[region]).abs().nsmallest(DONORS).index)


def at_horizon(month: pd.Timestamp, gap: pd.Series | pd.DataFrame, horizon: int):
    """The mean gap of the months up to `horizon` months after the closure; NaN if none is seen."""
    last = month + pd.DateOffset(months=horizon)
    return gap[last - pd.DateOffset(months=_MEAN_OF - 1) : last].mean()


def band(placebos: pd.Series) -> tuple[float, float]:
    """The ends between which BAND of the placebos' gaps lie."""
    tail = (1 - BAND) / 2
    return float(placebos.quantile(tail)), float(placebos.quantile(1 - tail))


@dataclass(frozen=True)
class Stock:
    """Shares before a closure, what was seen at a horizon, and what no supply would have left.

    In percent. Before is the lower and the higher mean of the two years before: a year in which
    the panel itself jumped about would else decide alone.
    """

    start_low: float
    start_high: float
    seen: float
    left_low: float
    left_high: float


def stock(observed: pd.Series, month: pd.Timestamp, horizon: int, lives: pd.Series) -> Stock:
    """Hold what was seen against a stock that nobody renews.

    `observed`: shares by month, in percent. `lives`: months that a phone lasts; the shortest with
    an even fall from the lower start gives the low end, the longest with a constant part going
    each month from the higher start the high end.
    """
    years = [(24, 13), (12, 1)]
    means = [
        observed[month - pd.DateOffset(months=first) : month - pd.DateOffset(months=last)].mean()
        for first, last in years
    ]
    low, high = float(np.nanmin(means)), float(np.nanmax(means))
    return Stock(
        start_low=low,
        start_high=high,
        seen=float(at_horizon(month, observed, horizon)),
        left_low=float(fading(low, horizon, lives.min())[0][-1]),
        left_high=float(fading(high, horizon, lives.max())[1][-1]),
    )


def seen_so_far(panel: pd.DataFrame, case: pd.Series) -> pd.Series:
    """All readings of a case's share, percent by month, up to the newest that there is."""
    return usage_shares(panel)[case["series"]].all[case["region"]].dropna()


def fading(start: float, months: int, life: float) -> tuple[np.ndarray, np.ndarray]:
    """A share month by month if no phone comes in: falling evenly, and by a constant part.

    Evenly: phones of all ages up to `life` months, each gone at that age. By a constant part: one
    in `life` goes each month, whatever its age.
    """
    since = np.arange(months + 1)
    return start * np.maximum(0, 1 - since / life), start * np.exp(-since / life)


def recovery(
    shares: Shares, case: pd.Series, donors: list[str], injected: tuple[float, ...]
) -> pd.DataFrame:
    """How well the method finds effects, after two years, put where nothing happened.

    Each clear donor in turn is treated as if its door had closed in the case's month; `injected`
    points (0 for none, -inf for all of its share) are added to its months after. One row an
    effect: injected, runs, bias (mean found minus injected), coverage (percent of bands that hold
    the truth), detected (percent of bands that lie below zero; for 0, off zero: false alarms).
    """
    window = _ready(shares.clear, case, donors).drop(columns=case.region)
    before = window.index < case.month
    near = {region: nearest(window, region, before) for region in window}
    gaps = pd.DataFrame({region: fit(window, region, near[region], before)[1] for region in window})
    found = at_horizon(case.month, gaps, _TESTED_AT)
    bands = {region: band(found[near[region]]) for region in window}
    most = -min(effect for effect in injected if np.isfinite(effect))
    roomy = [region for region in window if window.loc[~before, region].min() > most]
    level = at_horizon(case.month, window, _TESTED_AT)
    rows = []
    for effect in injected:
        truth = (-level[roomy]).clip(lower=effect)
        seen = found[roomy] + truth
        low = seen - [bands[region][1] for region in roomy]
        high = seen - [bands[region][0] for region in roomy]
        rows.append(
            {
                "injected": effect,
                "runs": len(roomy),
                "bias": float(found[roomy].mean()),
                "coverage": 100 * float(((low <= truth) & (truth <= high)).mean()),
                "detected": 100 * float(((high < 0) | ((low > 0) & (effect == 0))).mean()),
            }
        )
    return pd.DataFrame(rows)


def _window(month: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    return month - pd.DateOffset(months=_BEFORE), month + pd.DateOffset(months=_AFTER)


def _ready(shares: pd.DataFrame, case, donors: list[str]) -> pd.DataFrame:
    """The window's months × regions without gaps: short ones are bridged by a straight line."""
    start, end = _window(case.month)
    months = shares.loc[start:end]
    months = months[months.notna().mean(axis=1) > 0.1]  # months that the carrier lacks altogether
    able = months[donors]
    able = able.loc[:, (able.isna().mean() <= _MOST_FLAGGED) & (able.mean() >= _LEAST_SHARE)]
    own = months[case.region]
    if own[own.index < case.month].notna().sum() < _BEFORE / 3:
        raise ValueError(
            f"{case.id}: too few clear months of {case.region} before {case.month:%Y-%m}"
        )
    return able.assign(**{case.region: own}).interpolate(limit_direction="both")


def _rms(gap: pd.Series | pd.DataFrame):
    return np.sqrt((gap**2).mean())


def _trend(observed: pd.Series, before: np.ndarray) -> pd.Series:
    """The straight line through the last months before, drawn on."""
    months = np.arange(len(observed))
    used = before & (months >= before.sum() - _TREND_MONTHS)
    slope, level = np.polyfit(months[used], observed[used], 1)
    return pd.Series(level + slope * months, index=observed.index)


def _effects(month, observed, gap, placebos, trend, everything) -> pd.DataFrame:
    rows = []
    for horizon in HORIZONS:
        if month + pd.DateOffset(months=horizon) > observed.index[-1]:
            continue
        points = at_horizon(month, gap, horizon)
        low, high = band(at_horizon(month, placebos, horizon))
        expected = at_horizon(month, observed, horizon) - points
        rows.append(
            {
                "horizon": horizon,
                "points": points,
                "percent": 100 * points / expected,
                "low": points - high,
                "high": points - low,
                "trend": at_horizon(month, trend, horizon),
                "all_months": at_horizon(month, everything, horizon),
            }
        )
    return pd.DataFrame(rows)


def _without(window, region, near, weights, before) -> pd.DataFrame:
    carrying = weights.index[weights >= 0.05]
    return pd.DataFrame(
        {out: fit(window, region, [d for d in near if d != out], before)[1] for out in carrying}
    )


def _in_time(window: pd.DataFrame, case, near: list[str]) -> float:
    """The gap that a closure two years earlier would seem to have had when the real one came."""
    pretended = case.month - pd.DateOffset(months=24)
    known = window[window.index < case.month]
    gap = fit(known, case.region, near, known.index < pretended)[1]
    return float(at_horizon(pretended, gap, 23))
