"""The maker's share of smartphones in use, from all readings that tell of it."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.models import calibration, synthesis
from graymarket.models.synthesis import Posterior
from graymarket.question import Question
from graymarket.results import errors
from graymarket.results.build import Results
from graymarket.results.cells import column
from graymarket.results.errors import Kind, Learned
from graymarket.results.places import names_of
from graymarket.results.quantity import Quantity, Result, Verdict
from graymarket.results.share_readings import Target, limits_of, makers, readings_of

LEVEL = 95.0  # percent
Place = tuple[str, pd.Timestamp, str]  # region, month, maker


@dataclass(frozen=True)
class Known:
    """What is known of one target: its readings, limits on it, and the posterior of both."""

    target: Target
    readings: pd.DataFrame
    limits: pd.DataFrame
    posterior: Posterior

    @property
    def lineage(self) -> tuple[str, ...]:
        """The rows of its readings and limits."""
        return lineage(*(rows for rows in (self.readings, self.limits) if len(rows)))


@dataclass(frozen=True)
class Shares:
    """Shares of smartphones in use.

    `known`: by (region, month, maker), where there is a reading to build on; `weights`: the main
    place's at the event, a row a reading: label, value, alone, weight and without (results, the
    last the interval without it); `coverage`: a row a kind of reading: label, pairs, groups,
    countries, hits and chances (results); `pairs`: those of the panel, with name.
    """

    known: dict[Place, Known]
    weights: pd.DataFrame
    coverage: pd.DataFrame
    pairs: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Shares:
    """The shares of every maker in the question's places, at the months of the assumptions."""
    learned = errors.learned(tables)
    every = _known(question, learned, tables)
    results = Results()
    coverage = _coverage(results, learned.kinds)
    here = every.get((question.regions[0], question.month, question.maker))
    weights = pd.DataFrame() if here is None else _weights(results, here)
    return Shares(every, weights, coverage, _named_pairs(learned.kinds, tables), results)


def _named_pairs(kinds: dict[str, Kind], tables: Tables) -> pd.DataFrame:
    """The panel's pairs with their places' names; none where they were too few to learn from."""
    if errors.PANEL not in kinds:
        return pd.DataFrame()
    pairs = kinds[errors.PANEL].pairs
    return pairs.assign(name=pairs["region"].map(names_of(tables)))


def _known(question: Question, learned: Learned, tables: Tables) -> dict[Place, Known]:
    given = tables["assumptions"]
    found = {}
    for region in question.regions:
        dates = {question.month, *given.loc[given["region"] == region, "date"]}
        for date in sorted(dates):
            for maker in sorted({*makers(region, learned, tables), question.maker, errors.APPLE}):
                target = Target(region, date, maker)
                readings = readings_of(target, learned, tables)
                if len(readings):
                    limits = limits_of(target, learned, tables)
                    posterior = synthesis.combined(readings, limits)
                    found[region, date, maker] = Known(target, readings, limits, posterior)
    return found


def _coverage(results: Results, kinds: dict[str, Kind]) -> pd.DataFrame:
    """How the errors of each kind fared on countries that they were not learned from."""
    rows = []
    for name, kind in kinds.items():
        origin = lineage(kind.pairs)
        for of, tested in (("", kind.readings), ("_countries", kind.countries)):
            for level in calibration.LEVELS:
                hits = int(tested[f"hit{level}"].sum())
                what = f"Intervals of {level}% that caught: {name}{of}"
                results.count(f"{name}{of}_hits{level}", hits, what, origin)
                least, most = calibration.allowed_hits(len(tested), level)
                what = f"Hits that chance explains at {level}%: {name}{of}"
                results.range(
                    f"{name}{of}_allowed{level}",
                    *(least, most, "number", what, origin),
                    kind="counted",
                )
        results.count(f"{name}_pairs", len(kind.pairs), f"Pairs: {name}", origin)
        countries = kind.pairs["region"].nunique()
        results.count(f"{name}_countries", countries, f"Countries with pairs: {name}", origin)
        rows.append(_covered(results, name, kind))
    if errors.PANEL in kinds:
        _against(results, kinds[errors.PANEL])
    return pd.DataFrame(rows)


def _covered(results: Results, name: str, kind: Kind) -> dict[str, object]:
    cells = [f"{name}_{part}" for part in ("pairs", "countries", "hits95", "allowed95")]
    cells += [f"{name}_{part}" for part in ("hits80", "allowed80", "countries_hits95")]
    return {
        "label": _verdict("reading_kind", name, kind.pairs),
        **{cell.removeprefix(f"{name}_"): results[cell] for cell in cells},
        "mean": kind.errors.mean,
        "between": kind.errors.between,
        "within": kind.errors.within,
        "method": _verdict("spread_method", kind.method, kind.pairs),
        "lineage": lineage(kind.pairs),
    }


def _against(results: Results, kind: Kind) -> None:
    """The mean interval score of what was learned, and of what one would do without it."""
    origin = lineage(kind.pairs)
    ways = {"learned": "learned errors", **errors.NAIVE}
    for name, way in ways.items():
        score = errors.score(kind.readings) if name == "learned" else errors.naive(kind, name)
        what = f"Mean score of 95% intervals, log-odds, less is better: {way}"
        results.quantity(f"score_{name}", score, "ratio", what, origin, kind="estimated", step=0.1)


def _verdict(about: str, answer: str, rows: object, **parts: Result | str) -> Verdict:
    what = "What sort of reading it is, and how its error was learned"
    return Verdict(about=about, answer=answer, definition=what, lineage=lineage(rows), parts=parts)


def _weights(results: Results, here: Known) -> pd.DataFrame:
    """Each reading's weight in the main place's share, and the share without it."""
    without = synthesis.without_each(here.readings, here.limits)
    rows = []
    weights = 100 * here.posterior.weights
    place: dict[str, Any] = {"region": here.target.region, "period": f"{here.target.date:%Y-%m}"}
    for (name, row), weight in zip(here.readings.iterrows(), weights, strict=True):
        rows.append(
            {
                "label": _verdict("reading_source", row["source"], row),
                "value": row["value"],
                "alone": row["alone"],
                "weight": Quantity(
                    value=weight, unit="percent", kind="estimated", step=1,
                    definition="The reading's part in the share", lineage=row["lineage"], **place,
                ),
                "without": _without(without, name, here),
                "lineage": row["lineage"],
            }
        )  # fmt: skip
    for name, row in here.limits.iterrows():
        rows.append(
            {
                "label": _verdict("reading_source", "register_rank", row),
                "value": row["value"],
                "without": _without(without, name, here),
                "lineage": row["lineage"],
            }
        )
        ends = (row["cap_low"], row["cap_high"], "percent")
        what = "The most of smartphones that the rank allows, in its own month"
        month = f"{row['month']:%Y-%m}"
        results.range("register_cap", *ends, what, row, kind="bound", step=1, period=month)
    results["share"] = share_interval(here.posterior, here)
    _more(results, here)
    return pd.DataFrame(rows).assign(weight=lambda f: column(list(f["weight"]), f.index))


def _more(results: Results, here: Known) -> None:
    """The middle of the share, and the interval that holds in four of five."""
    place: dict[str, Any] = {"region": here.target.region, "period": f"{here.target.date:%Y-%m}"}
    low, high = here.posterior.interval(80)
    what, rows = "The share of smartphones in use", here.lineage
    fields = {**place, "kind": "estimated", "step": 1}
    results.range("share_80", low, high, "percent", what, rows, level=80, **fields)
    middle = float(here.posterior.quantile(0.5))
    results.quantity("share_middle", middle, "percent", f"{what}: middle", rows, **fields)
    count = len(here.readings)
    results.count("readings", count, "Readings that the share follows from", rows, **place)


def _without(without: pd.Series, name: Hashable, here: Known) -> Quantity | None:
    posterior = without.to_dict()[name]
    return None if posterior is None else share_interval(posterior, here)


def share_interval(posterior: Posterior, known: Known) -> Quantity:
    """The 95% interval of a share, with its middle."""
    low, high = posterior.interval(LEVEL)
    return Quantity(
        value=float(posterior.quantile(0.5)),
        low=low,
        high=high,
        level=LEVEL,
        unit="percent",
        kind="estimated",
        step=1,
        confidence="low",
        definition=f"{known.target.maker}: share of smartphones in use",
        lineage=known.lineage,
        region=known.target.region,
        period=f"{known.target.date:%Y-%m}",
    )
