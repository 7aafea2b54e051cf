"""What a closed door did to a maker's share of use: synthetic control, with placebos for doubt.

Sources: Abadie, Diamond and Hainmueller, "Synthetic Control Methods for Comparative Case
Studies", JASA 105 (2010), 493–505 (ADH below); Abadie, "Using Synthetic Controls: Feasibility,
Data Requirements, and Methodological Aspects", Journal of Economic Literature 59 (2021), 391–425.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, minimize

from graymarket.models.panel import monthly_shares, region_series
from graymarket.models.stock import at_horizon

HORIZONS = (6, 12, 24, 48)  # months after the closure
DONORS = 30  # regions whose share was nearest before
LINES = ("observed", "synthetic", "low", "high")  # columns of lines()
BAND = 0.9  # part of the placebos that the band holds
UNUSUAL = 0.1  # part of the comparison countries: if no more moved as far, that is rare
_BEFORE, _AFTER = 60, 48  # months watched, where the panel has them
_SMOOTH = 3  # months of a placebo that the drawn band averages
_MOST_FLAGGED = 0.1  # of a region's months in the window, for it to serve as a donor
_LEAST_PEOPLE = 1e6  # fewer make too small a panel for a donor
_LEAST_SHARE = 3.0  # percent: below it a share has no room to fall
_WELL_FITTED = 2.0  # the band leaves out placebos fitted this many times worse, but never half
_LEAST_WEIGHT = 0.005  # smaller ones are the solver's noise
_CARRYING = 0.05  # donors of at least this weight are left out one by one
_TREND_MONTHS = 36  # before the closure, for the straight line
_TESTED_AT = 24  # months after a pretended closure
_EARLIER = 24  # months that the in-time placebo is set back

_HARMLESS = {"apple_share": [""], "samsung_internet_share": ["", "jump"]}  # flags of Apple's share

Answer = Literal["moved", "inconclusive", "within_chance"]
Doubt = Literal["ordinary_rank", "within_band", "one_donor_decides", "poor_fit"]
Reason = Literal["no_series", "begins_too_late", "ends_too_early", "too_few_clear_months"]


class PanelCannotShow(ValueError):
    """The panel has too little of a closure's region: `reason`, and the `month` it turns on."""

    def __init__(self, reason: Reason, region: str, month: pd.Timestamp):
        super().__init__(f"{region}, {month:%Y-%m}: {reason.replace('_', ' ')}")
        self.reason, self.region, self.month = reason, region, month


@dataclass(frozen=True)
class Shares:
    """A column of usage_panel as months × regions, percent: all readings, and those unflagged."""

    all: pd.DataFrame
    clear: pd.DataFrame


def usage_shares(panel: pd.DataFrame, regions: Collection[str]) -> dict[str, Shares]:
    """Apple's and Samsung Internet's shares of these regions; flags as in models.flags.

    A jump in Apple's share is none in another browser's, so that it flags Apple's alone.
    """
    flag = pd.DataFrame({region: region_series(panel, region)["flag"] for region in regions})
    shares = {}
    for series, harmless in _HARMLESS.items():
        read = monthly_shares(panel, series)[list(regions)]
        shares[series] = Shares(read, read.where(flag.isin(harmless)))
    return shares


def donor_regions(
    row: pd.Series,
    closures: pd.DataFrame,
    registries: pd.DataFrame,
    regions: pd.DataFrame,
    population: pd.Series,
) -> list[str]:
    """The regions that may stand in for a closure's, and play it: countries without their own.

    Parameters
    ----------
    row : a row of the table closures; its region and its left_out are no donors.
    closures, registries, regions : the tables. All regions of `closures` are left out, those whose
        registry, block or ban held for a day of the window, and those of Xiaomi's terms.
    population : people by region; countries of under a million are left out.
    """
    own = held_within(registries, *_window(row["month"]))["region"]
    watched = (regions["kind"] == "country") & (regions["usage_file"] != "")
    countries = regions[watched & ~regions["in_xiaomi_terms"]]["region"]
    small = population.index[population < _LEAST_PEOPLE]
    out = {*own, *small, *closures["region"], row["region"], *row["left_out"].split()}
    return [region for region in countries if region in population.index and region not in out]


def held_within(registries: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """The rows that held for a day from the month `first` to the month `last`.

    Their start and end are text of any precision; an empty one is open.
    """
    begins, ends = f"{first:%Y-%m}", f"{last:%Y-%m}"
    begun = [not start or start[:7] <= ends[: len(start)] for start in registries["start"]]
    lasting = [not end or end[:7] >= begins[: len(end)] for end in registries["end"]]
    return registries[pd.Series(begun, registries.index) & pd.Series(lasting, registries.index)]


@dataclass(frozen=True)
class SyntheticControl:
    """A closure: what was seen, what the donors say would have been, and how sure that is.

    `region`, `month`: the closure's; `observed`, `synthetic`: percent by month; `weights`: by
    donor, largest first; `pre_rmspe`: root mean square of the gap before, in points; `distance`:
    that of the gap after; `ratio`: the one after over the one before (ADH, section III.B);
    `placebo_gaps`: the same gap of each donor fitted well, months × donors, in points;
    `placebo_pre_rmspe`, `placebo_distances`, `placebo_ratios`: of all donors; `effects`: a row a
    horizon (horizon in months; points; percent of the synthetic; low and high, points; trend,
    points against the straight line; all_months, points with flagged months as read);
    `leave_one_out`: the gap with each donor of weight left out in turn, months × donors;
    `in_time_placebo`: points by which a closure pretended two years early seems to have moved the
    share; `flagged`: months bridged.
    """

    region: str
    month: pd.Timestamp
    observed: pd.Series
    synthetic: pd.Series
    weights: pd.Series
    pre_rmspe: float
    distance: float
    ratio: float
    placebo_gaps: pd.DataFrame
    placebo_pre_rmspe: pd.Series
    placebo_distances: pd.Series
    placebo_ratios: pd.Series
    effects: pd.DataFrame
    leave_one_out: pd.DataFrame
    in_time_placebo: float
    flagged: tuple[pd.Timestamp, ...]

    @property
    def gaps(self) -> pd.Series:
        """Seen less synthetic, points by month."""
        return self.observed - self.synthetic

    @property
    def as_far(self) -> int:
        """How many placebos have as large a ratio, or a larger one; the closure is not counted.

        ADH (section III.B) and Abadie (2021, eq. 11) count it, and make a p-value of the rank.
        """
        return int((self.placebo_ratios >= self.ratio).sum())

    @property
    def as_far_by_distance(self) -> int:
        """The same by the distance after alone, however the months before were fitted."""
        return int((self.placebo_distances >= self.distance).sum())

    @property
    def last(self) -> Any:
        """The row of `effects` at the last horizon."""
        return self.effects.iloc[-1]

    @property
    def is_outside_band(self) -> bool:
        """Whether the range of the last effect leaves out zero."""
        return bool(self.last["low"] > 0 or self.last["high"] < 0)

    @property
    def is_unusual(self) -> bool:
        """Whether few comparison countries went as far, by the ratio."""
        return self.as_far <= UNUSUAL * len(self.placebo_ratios)


def verdict(result: SyntheticControl) -> tuple[Answer, tuple[Doubt, ...]]:
    """What the checks say together at the last horizon, and which speak against a move.

    "moved" if band and rank both leave chance behind and nothing speaks against it;
    "within_chance" if neither does; else "inconclusive".
    """
    if not (result.is_outside_band or result.is_unusual):
        return "within_chance", ()
    last = result.last
    left_out = at_horizon(result.month, result.leave_one_out, int(last["horizon"]))
    doubts: dict[Doubt, bool] = {
        "ordinary_rank": not result.is_unusual,
        "within_band": not result.is_outside_band,
        "one_donor_decides": bool((left_out * last["points"] < 0).any()),
        "poor_fit": result.pre_rmspe >= abs(last["points"]),
    }
    against = tuple(doubt for doubt, speaks in doubts.items() if speaks)
    return ("inconclusive" if against else "moved"), against


def of_closure(
    row: pd.Series,
    panel: pd.DataFrame,
    world: pd.DataFrame,
    closures: pd.DataFrame,
    registries: pd.DataFrame,
    regions: pd.DataFrame,
) -> SyntheticControl:
    """A closure against its donor_regions.

    Parameters
    ----------
    row : as in the table closures: region, series, month, left_out.
    panel, world, closures, registries, regions : the tables usage_panel, world_development (for
        the population of 2020), closures, registries and regions.

    Raises PanelCannotShow, saying why.
    """
    require_shown(panel, row)
    donors = donor_regions(row, closures, registries, regions, population(world))
    shares = usage_shares(panel, [row["region"], *donors])[row["series"]]
    return synthetic_control(shares, row["region"], row["month"], donors)


def require_shown(panel: pd.DataFrame, row: pd.Series) -> None:
    """Raise PanelCannotShow if the panel lacks the row's region or is too short about its month."""
    region, month = row["region"], row["month"]
    first, last = panel["month"].min(), panel["month"].max()
    if region not in set(panel["region"]):
        raise PanelCannotShow("no_series", region, month)
    if first + pd.DateOffset(months=_BEFORE // 2) > month:
        raise PanelCannotShow("begins_too_late", region, first)
    if month + pd.DateOffset(months=HORIZONS[0]) > last:
        raise PanelCannotShow("ends_too_early", region, last)


def population(world: pd.DataFrame) -> pd.Series:
    """People by region in 2020, from the table world_development."""
    rows = world[(world["indicator"] == "SP.POP.TOTL") & (world["year"] == 2020)]
    return rows.set_index("region")["value"]


def synthetic_control(
    shares: Shares, region: str, month: pd.Timestamp, donors: list[str]
) -> SyntheticControl:
    """Compare a region with a weighted mix of donors, and each donor likewise (the placebos).

    Parameters
    ----------
    shares : percent, months × regions.
    region, month : the closure's.
    donors : as donor_regions gives them; the nearest DONORS with enough clear months serve.

    Raises PanelCannotShow if the region has too few clear months before the closure.
    """
    window = _ready(shares.clear, region, month, donors)
    before = np.asarray(window.index < month)
    near = nearest(window, region, before)
    weights, gap = fit(window, region, near, before)
    placebos = pd.DataFrame({donor: _without(window, donor, near, donor, before) for donor in near})
    pre_rmspe, placebo_pre_rmspe = float(_rms(gap[before])), _rms(placebos[before])
    well = placebo_pre_rmspe <= max(_WELL_FITTED * pre_rmspe, placebo_pre_rmspe.median())
    whole = _ready(shares.all, region, month, near)
    as_read = fit(whole, region, near, np.asarray(whole.index < month))[1]
    distance, placebo_distances = float(_rms(gap[~before])), _rms(placebos[~before])
    original = shares.clear.loc[window.index, region]
    observed = window[region]
    return SyntheticControl(
        region=region,
        month=month,
        observed=observed,
        synthetic=observed - gap,
        weights=weights[weights >= _LEAST_WEIGHT].sort_values(ascending=False),
        pre_rmspe=pre_rmspe,
        distance=distance,
        ratio=distance / pre_rmspe,
        placebo_gaps=placebos.loc[:, well],
        placebo_pre_rmspe=placebo_pre_rmspe,
        placebo_distances=placebo_distances,
        placebo_ratios=placebo_distances / placebo_pre_rmspe,
        effects=_effects(month, observed, gap, placebos.loc[:, well], before, as_read),
        leave_one_out=_leave_one_out(window, region, near, weights, before),
        in_time_placebo=_in_time_placebo(window, region, month, near),
        flagged=tuple(original.index[original.isna()]),
    )


def fit(
    window: pd.DataFrame, region: str, donors: list[str], before: np.ndarray
) -> tuple[pd.Series, pd.Series]:
    """The donors' weights that fit the months before, and the gap of all months, in points.

    The weights W minimise ‖X₁ − X₀W‖², none negative, their sum one (ADH, eq. 2), where X₀ and X₁
    hold the shares of every month before, and all months count alike (V is the identity).

    `window`: percent, months × regions; `before`: one boolean a month.
    """
    own = window.loc[before, region].to_numpy(dtype=float)
    donated = window.loc[before, donors].to_numpy(dtype=float)
    weights = pd.Series(_weights(donated, own), index=donors)
    return weights, window[region] - window[donors] @ weights


def _weights(donated: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Months × donors and months → a weight a donor. The solver is given the gradient: faster."""
    quadratic, linear = donated.T @ donated, own @ donated
    count = donated.shape[1]

    def misfit(weights: np.ndarray) -> float:
        return float(0.5 * weights @ quadratic @ weights - linear @ weights)

    def gradient(weights: np.ndarray) -> np.ndarray:
        return np.asarray(quadratic @ weights - linear)

    result = minimize(
        misfit,
        x0=np.full(count, 1 / count),
        jac=gradient,
        bounds=Bounds(np.zeros(count), np.ones(count)),
        constraints=LinearConstraint(np.ones(count), 1, 1),
        method="SLSQP",
        options={"maxiter": 1000},
    )
    return np.asarray(np.clip(result.x, 0, 1))


def nearest(window: pd.DataFrame, region: str, before: np.ndarray) -> list[str]:
    """The regions whose mean share before was nearest to the region's, nearest first."""
    means = window[before].mean()
    return list((means.drop(region) - means[region]).abs().nsmallest(DONORS).index)


def band(placebos: pd.Series) -> tuple[float, float]:
    """The ends between which BAND of the placebos' gaps lie, in points."""
    tail = (1 - BAND) / 2
    return float(placebos.quantile(tail)), float(placebos.quantile(1 - tail))


def effect_at(result: SyntheticControl, horizon: int) -> tuple[float, float, float]:
    """The gap at a horizon in months, and its ends: the gap less what chance did, in points."""
    points = at_horizon(result.month, result.gaps, horizon)
    low, high = band(at_horizon(result.month, result.placebo_gaps, horizon))
    return points, points - high, points - low


def lines(result: SyntheticControl) -> pd.DataFrame:
    """What was seen, the synthetic, and the placebos' band around it, percent by month.

    Columns observed, synthetic, and from the closure on low (never under 0) and high; the band is
    of the placebos' gaps, each averaged over three months.
    """
    after = result.observed.index >= result.month
    smooth = result.placebo_gaps.rolling(_SMOOTH, min_periods=1).mean()
    ends = smooth.quantile([(1 - BAND) / 2, (1 + BAND) / 2], axis=1).to_numpy()
    return pd.DataFrame(
        {
            "observed": result.observed,
            "synthetic": result.synthetic,
            "low": (result.synthetic + ends[0]).where(after).clip(lower=0),
            "high": (result.synthetic + ends[1]).where(after),
        }
    )


def recovery(
    shares: Shares,
    region: str,
    month: pd.Timestamp,
    donors: list[str],
    injected: tuple[float, ...],
) -> pd.DataFrame:
    """How well the method finds effects, after two years, put where nothing happened.

    Each clear donor in turn is treated as if its door had closed in `month`; `injected` points
    (0 for none, -inf for all of its share) are added to its months after. One row an effect:
    injected, runs, bias (mean estimate minus injected, points), coverage (percent of bands that
    hold the truth), detected (percent of bands below zero; for 0 these are false alarms).
    """
    window = _ready(shares.clear, region, month, donors).drop(columns=region)
    before = np.asarray(window.index < month)
    clear = [str(donor) for donor in window]
    near = {donor: nearest(window, donor, before) for donor in clear}
    gaps = pd.DataFrame({donor: fit(window, donor, near[donor], before)[1] for donor in clear})
    estimates = at_horizon(month, gaps, _TESTED_AT)
    ends = pd.DataFrame({donor: band(estimates[near[donor]]) for donor in clear}).T
    most = -min(effect for effect in injected if np.isfinite(effect))
    lowest = window[~before].min()
    roomy = [donor for donor in clear if lowest[donor] > most]
    level = at_horizon(month, window, _TESTED_AT)[roomy]
    return pd.DataFrame(
        [_recovered(effect, estimates[roomy], level, ends.loc[roomy]) for effect in injected]
    )


def pooled(runs: list[pd.DataFrame]) -> pd.DataFrame:
    """Frames of `recovery` as one, each weighted by its runs: none injected first, all last."""
    every = pd.concat(runs)
    sums = every[["bias", "coverage", "detected"]].mul(every["runs"], axis=0)
    sums = sums.assign(injected=every["injected"], runs=every["runs"]).groupby("injected").sum()
    means = sums.drop(columns="runs").div(sums["runs"], axis=0).assign(runs=sums["runs"])
    return means.sort_index(ascending=False).reset_index()


def _recovered(
    effect: float, estimates: pd.Series, level: pd.Series, ends: pd.DataFrame
) -> dict[str, float]:
    truth = (-level).clip(lower=effect)
    seen = estimates + truth
    low, high = seen - ends[1], seen - ends[0]
    return {
        "injected": effect,
        "runs": len(estimates),
        "bias": float(estimates.mean()),
        "coverage": 100 * float(((low <= truth) & (truth <= high)).mean()),
        "detected": 100 * float((high < 0).mean()),
    }


def _window(month: pd.Timestamp) -> tuple[pd.Timestamp, pd.Timestamp]:
    return month - pd.DateOffset(months=_BEFORE), month + pd.DateOffset(months=_AFTER)


def _ready(
    shares: pd.DataFrame, region: str, month: pd.Timestamp, donors: list[str]
) -> pd.DataFrame:
    """The window's months × regions without gaps: short ones are bridged by a straight line."""
    start, end = _window(month)
    months = shares.loc[start:end]
    months = months[months.notna().mean(axis=1) > 0.1]  # months that the carrier lacks altogether
    able = months[donors]
    able = able.loc[:, (able.isna().mean() <= _MOST_FLAGGED) & (able.mean() >= _LEAST_SHARE)]
    own = months[region]
    if own[own.index < month].notna().sum() < _BEFORE / 3:
        raise PanelCannotShow("too_few_clear_months", region, month)
    return able.assign(**{region: own}).interpolate(limit_direction="both")


def _rms(gap: Any) -> Any:
    """The root mean square of a series, or of each column of a frame."""
    return np.sqrt((gap**2).mean())


def _trend(observed: pd.Series, before: np.ndarray) -> pd.Series:
    """The straight line through the last months before, drawn on."""
    months = np.arange(len(observed))
    used = before & (months >= before.sum() - _TREND_MONTHS)
    slope, level = np.polyfit(months[used], observed[used], 1)
    return pd.Series(level + slope * months, index=observed.index)


def _effects(
    month: pd.Timestamp,
    observed: pd.Series,
    gap: pd.Series,
    placebos: pd.DataFrame,
    before: np.ndarray,
    as_read: pd.Series,
) -> pd.DataFrame:
    trend = observed - _trend(observed, before)
    rows = []
    for horizon in HORIZONS:
        if month + pd.DateOffset(months=horizon) > observed.index[-1]:
            continue
        points = at_horizon(month, gap, horizon)
        low, high = band(at_horizon(month, placebos, horizon))
        rows.append(
            {
                "horizon": horizon,
                "points": points,
                "percent": 100 * points / (at_horizon(month, observed, horizon) - points),
                "low": points - high,
                "high": points - low,
                "trend": at_horizon(month, trend, horizon),
                "all_months": at_horizon(month, as_read, horizon),
            }
        )
    return pd.DataFrame(rows)


def _without(
    window: pd.DataFrame, region: str, donors: list[str], out: str, before: np.ndarray
) -> pd.Series:
    """The gap of a region against the donors but one."""
    return fit(window, region, [donor for donor in donors if donor != out], before)[1]


def _leave_one_out(
    window: pd.DataFrame, region: str, donors: list[str], weights: pd.Series, before: np.ndarray
) -> pd.DataFrame:
    """Abadie 2021, section 7: does one donor decide?"""
    carrying = weights.index[weights >= _CARRYING]
    return pd.DataFrame({out: _without(window, region, donors, out, before) for out in carrying})


def _in_time_placebo(
    window: pd.DataFrame, region: str, month: pd.Timestamp, donors: list[str]
) -> float:
    """The gap of a closure pretended two years early (ADH, section IV.D; "backdating" since)."""
    pretended = month - pd.DateOffset(months=_EARLIER)
    known = window[window.index < month]
    gap = fit(known, region, donors, np.asarray(known.index < pretended))[1]
    return at_horizon(pretended, gap, _EARLIER - 1)
