"""How far a reading lies from phones in use: random effects on the log-odds scale.

A pair is a share of phones in use beside another reading (page views, say) of one country, maker
and time. Their difference in log-odds is the mean of all, what is the maker's own in that country
(the group) and what is the reading's own. The spreads are fitted by restricted maximum likelihood:
D. A. Harville, Maximum likelihood approaches to variance component estimation, Journal of the
American Statistical Association 72 (1977). Intervals are for a country that is not among the pairs:
J. Higgins, S. Thompson and D. Spiegelhalter, A re-evaluation of random-effects meta-analysis,
Journal of the Royal Statistical Society A 172 (2009).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import minimize_scalar
from scipy.special import logit, stdtrit
from scipy.stats import binom

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]

LEVELS = (95, 80)  # percent, of the intervals that are tested
_MOST_RATIO = 1e4  # of the variance between groups to that within: more is no other fit
_CENTRAL = 0.98  # of the binomial: hits outside are no chance


@dataclass(frozen=True)
class Errors:
    """What was learned of a kind of reading: phones in use less the reading, in log-odds.

    `names` and `coefficients`: "mean" and the covariates; `covariance`: theirs; `between` and
    `within`: standard deviations from group to group and from reading to reading; `groups`,
    `readings`: how many; `freedom`: degrees of freedom of a prediction.
    """

    names: tuple[str, ...]
    coefficients: Vector
    covariance: npt.NDArray[np.float64]
    between: float
    within: float
    groups: int
    readings: int
    freedom: float

    @cached_property
    def mean(self) -> float:
        """The mean difference with every covariate at zero."""
        return float(self.coefficients[0])

    @cached_property
    def se(self) -> float:
        """The standard error of that mean."""
        return float(np.sqrt(self.covariance[0, 0]))

    def expected(self, **covariates: float) -> tuple[float, float]:
        """The mean difference at these covariates (others at zero), and its standard error."""
        point = np.array([[1.0, *(covariates.get(name, 0.0) for name in self.names[1:])]])
        (mean,), (se,) = self.expected_at(point)
        return float(mean), float(se)

    def expected_at(self, points: Matrix) -> tuple[Vector, Vector]:
        """As expected at many points, a row each: one, and the covariates in the order of names."""
        variance = np.einsum("ij,jk,ik->i", points, self.covariance, points)
        return points @ self.coefficients, np.sqrt(variance)

    def spread(self, readings: int = 1, groups: int = 1, **covariates: float) -> float:
        """The standard deviation of the mean of so many new readings of so many new groups."""
        _, se = self.expected(**covariates)
        return float(np.sqrt(se**2 + self.between**2 / groups + self.within**2 / readings))

    def interval(
        self, level: float, readings: int = 1, groups: int = 1, **covariates: float
    ) -> tuple[float, float]:
        """The prediction interval of that mean; `level`: percent.

        Raises ValueError where too few groups were learned from to tell.
        """
        mean, _ = self.expected(**covariates)
        reach = self.reach(level) * self.spread(readings, groups, **covariates)
        return mean - reach, mean + reach

    def reach(self, level: float) -> float:
        """How many spreads an interval of a level (percent) has on either side: Student's t.

        Raises ValueError where too few groups were learned from to tell.
        """
        if self.freedom < 1:
            raise ValueError(f"learned from {self.groups} groups: expected more for an interval")
        return float(stdtrit(self.freedom, 0.5 + level / 200))


def difference(in_use: pd.Series, reading: pd.Series) -> pd.Series:
    """Phones in use less the reading, in log-odds; both in percent, between 0 and 100."""
    counted, read = (logit(share.astype(float) / 100) for share in (in_use, reading))
    return pd.Series(counted - read, index=in_use.index)


def fitted(pairs: pd.DataFrame, covariates: Sequence[str] = ()) -> Errors:
    """The errors of these pairs, a row each: group, difference and the covariates.

    Raises ValueError where there are not two groups more than covariates: with fewer, the spread
    between groups cannot be told.
    """
    named = ("mean", *covariates)
    sums = _Sums.of(pairs, covariates)
    if len(sums.sizes) <= len(named):
        expected = f"expected {len(named) + 1} or more to learn from"
        raise ValueError(f"pairs of {len(sums.sizes)} groups: {expected}")
    ratio = _likeliest_ratio(sums, len(pairs) - len(named))
    gram, moment, square, _ = sums.at(ratio)
    coefficients = np.asarray(np.linalg.solve(gram, moment), dtype=float)
    within2 = (square - moment @ coefficients) / (len(pairs) - len(named))
    return Errors(
        names=named,
        coefficients=coefficients,
        covariance=within2 * np.linalg.inv(gram),
        between=float(np.sqrt(ratio * within2)),
        within=float(np.sqrt(within2)),
        groups=len(sums.sizes),
        readings=len(pairs),
        freedom=float(len(sums.sizes) - 1 - len(named)),
    )


@dataclass(frozen=True)
class _Sums:
    """What the likelihood needs of the pairs: X'X, X'y, y'y, and X'1 and y'1 of each group."""

    gram: Matrix
    moment: Vector
    square: float
    sizes: Vector
    designs: Matrix
    values: Vector

    @classmethod
    def of(cls, pairs: pd.DataFrame, covariates: Sequence[str]) -> "_Sums":
        values = pairs["difference"].to_numpy(float)
        columns = [np.ones(len(pairs)), *(pairs[name].to_numpy(float) for name in covariates)]
        design, (codes, groups) = np.column_stack(columns), pd.factorize(pairs["group"], sort=True)
        members = (codes[None, :] == np.arange(len(groups))[:, None]).astype(float)
        return cls(
            gram=design.T @ design,
            moment=design.T @ values,
            square=float(values @ values),
            sizes=members.sum(axis=1),
            designs=members @ design,
            values=members @ values,
        )

    def at(self, ratio: float) -> tuple[Matrix, Vector, float, float]:
        """X'WX, X'Wy, y'Wy and log|V|, where V has `ratio` within groups beside the unit matrix.

        In closed form: the inverse of I + ratio 11' is I - ratio / (1 + n ratio) 11'.
        """
        shrink = ratio / (1 + self.sizes * ratio)
        gram = self.gram - (self.designs * shrink[:, None]).T @ self.designs
        moment = self.moment - self.designs.T @ (shrink * self.values)
        square = self.square - float(shrink @ self.values**2)
        return gram, moment, square, float(np.log1p(self.sizes * ratio).sum())


def _likeliest_ratio(sums: _Sums, freedom: int) -> float:
    """The variance between groups over that within, by restricted maximum likelihood."""

    def misfit(ratio: float) -> float:
        gram, moment, square, log_det = sums.at(ratio)
        rest = square - moment @ np.linalg.solve(gram, moment)
        return float(freedom * np.log(rest) + log_det + np.linalg.slogdet(gram)[1])

    ends = (np.log(1e-8), np.log(_MOST_RATIO))
    best = minimize_scalar(lambda x: misfit(np.exp(x)), bounds=ends, options={"xatol": 1e-10})
    return 0.0 if misfit(0.0) <= best.fun else float(np.exp(best.x))


def moderated(own: Errors, other: Errors, weight: float) -> Errors:
    """Errors whose spreads lean on those of another class of makers; the means stay their own.

    A variance is the mean of both, that of the class weighted by its degrees of freedom and the
    other's by `weight`, which counts as so many degrees, but for no more than the other has: G.
    Smyth, Linear models and empirical Bayes methods, Statistical Applications in Genetics and
    Molecular Biology 3 (2004).
    """
    total = own.freedom + weight

    def leaning(one: float, two: float) -> float:
        return float(np.sqrt((own.freedom * one**2 + weight * two**2) / total))

    between, within = leaning(own.between, other.between), leaning(own.within, other.within)
    wider = (between**2 / own.groups + within**2 / own.readings) / (
        own.between**2 / own.groups + own.within**2 / own.readings
    )
    return replace(
        own,
        covariance=own.covariance * max(1.0, wider),
        between=between,
        within=within,
        freedom=own.freedom + min(weight, other.freedom),
    )


def without_each(pairs: pd.DataFrame, learn: Callable[[pd.DataFrame], Errors]) -> dict[str, Errors]:
    """What is learned without each country (column region) in turn; `learn`: from pairs.

    Raises ValueError where there are none.
    """
    if pairs.empty:
        raise ValueError("no pairs: expected some to learn from")
    regions = sorted(pairs["region"].unique())
    return {str(region): learn(pairs[pairs["region"] != region]) for region in regions}


def left_out(pairs: pd.DataFrame, elsewhere: Mapping[str, Errors]) -> pd.DataFrame:
    """Each pair against errors learned from all other countries: see without_each.

    The pairs, with low95, high95, low80 and high80: the prediction intervals of a single reading,
    and hit95, hit80: whether the difference lies inside.
    """
    ends = {name: np.empty(len(pairs)) for level in LEVELS for name in _ends(level)}
    regions = pairs["region"].to_numpy()
    for region, errors in elsewhere.items():
        rows = regions == region
        design = [np.ones(rows.sum()), *(pairs.loc[rows, name] for name in errors.names[1:])]
        points = np.column_stack(design).astype(float)
        mean, se = errors.expected_at(points)
        spread = np.sqrt(se**2 + errors.between**2 + errors.within**2)
        for level in LEVELS:
            low, high = _ends(level)
            reach = errors.reach(level) * spread
            ends[low][rows], ends[high][rows] = mean - reach, mean + reach
    return _with_hits(pairs.assign(**ends))


def countries_left_out(pairs: pd.DataFrame, elsewhere: Mapping[str, Errors]) -> pd.DataFrame:
    """As left_out, with one vote a country: the mean of its readings."""
    rows = []
    for region, part in pairs.groupby("region", sort=True):
        errors = elsewhere[str(region)]
        covariates = {name: float(part[name].mean()) for name in errors.names[1:]}
        row = {"region": region, "difference": part["difference"].mean()}
        for level in LEVELS:
            groups = part["group"].nunique()
            ends = errors.interval(level, len(part), groups, **covariates)
            row |= dict(zip(_ends(level), ends, strict=True))
        rows.append(row)
    return _with_hits(pd.DataFrame(rows))


def _ends(level: float) -> tuple[str, str]:
    return f"low{level}", f"high{level}"


def _with_hits(tested: pd.DataFrame) -> pd.DataFrame:
    hits = {
        f"hit{level}": tested["difference"].between(tested[f"low{level}"], tested[f"high{level}"])
        for level in LEVELS
    }
    return tested.assign(**hits)


def allowed_hits(number: int, level: float) -> tuple[int, int]:
    """Least and most hits of `number` intervals of a level (percent) that chance explains.

    The central 98% of the binomial.
    """
    low, high = binom.interval(_CENTRAL, number, level / 100)
    return int(low), int(high)


def passes(tested: pd.DataFrame) -> bool:
    """Whether the hits at both levels are as many as chance explains; `tested`: of left_out."""
    counts = [(int(tested[f"hit{level}"].sum()), level) for level in LEVELS]
    ends = [allowed_hits(len(tested), level) for level in LEVELS]
    return all(low <= hits <= high for (hits, _), (low, high) in zip(counts, ends, strict=True))


def interval_score(low: pd.Series, high: pd.Series, value: pd.Series, level: float) -> float:
    """The mean score of intervals of a level (percent); less is better, in the values' unit.

    The width, and what lies outside, the dearer the surer the interval claims to be. Source: T.
    Gneiting and A. Raftery, Strictly proper scoring rules, prediction, and estimation, Journal of
    the American Statistical Association 102 (2007), equation 43.
    """
    miss = (low - value).clip(lower=0) + (value - high).clip(lower=0)
    return float(((high - low) + 2 / (1 - level / 100) * miss).mean())
