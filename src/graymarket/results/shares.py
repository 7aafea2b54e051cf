"""The maker's share of smartphones in use, from all readings that tell of it."""

import math
from collections.abc import Hashable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.models import calibration, pairs, synthesis
from graymarket.models.synthesis import Posterior
from graymarket.question import Question
from graymarket.results import errors
from graymarket.results.build import Results
from graymarket.results.cells import column
from graymarket.results.errors import Kind, Learned
from graymarket.results.places import names_of
from graymarket.results.quantity import Quantity, Result, Verdict
from graymarket.results.share_readings import (
    REGISTER,
    Target,
    errors_of,
    limits_of,
    makers,
    readings_of,
    with_errors,
)

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
    def place(self) -> dict[str, Any]:
        """Region and period, as fields of a result."""
        return {"region": self.target.region, "period": f"{self.target.date:%Y-%m}"}

    @property
    def lineage(self) -> tuple[str, ...]:
        """The rows of its readings and limits."""
        return lineage(*(rows for rows in (self.readings, self.limits) if len(rows)))


@dataclass(frozen=True)
class Shares:
    """Shares of smartphones in use.

    `known`: by (region, month, maker), where there is a reading to build on. Of the main place at
    the event: `weights`, a row a reading or limit: label, value, alone (percent, corrected), the
    numbers of synthesis.combined, weight and without (results, the last the interval without it);
    `observed`, a row an observation that nobody has made yet: label, share, after (the interval
    with it), width (of the interval, in percent of now), kind, value and sample; `kinds`, what each
    kind of reading is off by there, as synthesis.Error, with label. `coverage`: a row a kind of
    reading: label, pairs, countries, hits and chances (results), method; `errors`: the numbers
    learned of each kind; `pairs`: the pairs of every kind, with kind and name (the place).
    """

    known: dict[Place, Known]
    weights: pd.DataFrame
    observed: pd.DataFrame
    kinds: pd.DataFrame
    coverage: pd.DataFrame
    errors: pd.DataFrame
    pairs: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Shares:
    """The shares of every maker in the question's places, at the months of the assumptions."""
    learned = errors.learned(tables)
    elsewhere = {region: learned.at(region) for region in question.regions}
    every = _known(question, elsewhere, tables)
    results = Results()
    coverage = _coverage(results, learned.kinds)
    here = every.get((question.regions[0], question.month, question.maker))
    weights = pd.DataFrame() if here is None else _weights(results, here)
    main = elsewhere[question.regions[0]]
    observed = pd.DataFrame() if here is None else _observed(results, here, main)
    if here is not None:
        results["share_with_c"] = _with_weak_rows(here, tables)
    numbers, paired = _errors(results, learned.kinds), _pairs(learned.kinds, tables)
    kinds = pd.DataFrame() if here is None else _kinds(here, main)
    return Shares(every, weights, observed, kinds, coverage, numbers, paired, results)


def _known(question: Question, elsewhere: dict[str, Learned], tables: Tables) -> dict[Place, Known]:
    """What is known by place; `elsewhere`: what is learned for each region from all others."""
    given = tables["assumptions"]
    found = {}
    for region, learned in elsewhere.items():
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
    hits = {f"hits{level}": int(kind.readings[f"hit{level}"].sum()) for level in calibration.LEVELS}
    return {
        "label": _verdict("reading_kind", name, kind.pairs),
        "pairs": len(kind.pairs),
        "countries": kind.pairs["region"].nunique(),
        **hits,
        **{f"allowed{level}": results[f"{name}_allowed{level}"] for level in calibration.LEVELS},
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
    for (name, row), weight in zip(here.readings.iterrows(), weights, strict=True):
        rows.append(
            {
                "label": _verdict("reading_source", row["source"], row),
                "value": row["value"],
                "alone": row["alone"],
                **{part: row[part] for part in ("at", "off", "moved", "shared", "own", "freedom")},
                "weight": Quantity(
                    value=weight, unit="percent", kind="estimated", step=1,
                    definition="The reading's part in the share", lineage=row["lineage"],
                    **here.place,
                ),
                "without": _without(without, name, here),
                "lineage": row["lineage"],
            }
        )  # fmt: skip
    for name, row in here.limits.iterrows():
        rows.append(
            {
                "label": _verdict("reading_source", "register_rank", row),
                **{part: row[part] for part in ("at", "moved", "own")},
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
    _worked(results, here)
    return pd.DataFrame(rows).assign(weight=lambda f: column(list(f["weight"]), f.index))


# What might be observed: a source of wording (see reading_source), the kind of reading, how many
# would be counted (NaN: all there are), and the shares in percent that one might find.
_MIGHT = (
    ("register_count", REGISTER, math.nan, (9, 15, 25)),
    ("survey", REGISTER, 500, (10, 18, 25)),
    ("second_site", errors.VIEWS, math.nan, (10, 20, 30)),
    ("shop_sales", errors.FLOW, math.nan, (10, 20, 30)),
)


def _observed(results: Results, here: Known, elsewhere: Learned) -> pd.DataFrame:
    """The share after each of a dozen possible observations of the lock's month."""
    now = np.diff(here.posterior.interval(LEVEL))[0]
    rows = []
    for source, kind, sample, found in _MIGHT:
        known = errors_of(kind, elsewhere, here.target.date)
        if known is None:
            continue
        for share in found:
            reading = with_errors({"value": share, "sample": sample, "kind": kind}, known)
            more = pd.concat([here.readings, pd.DataFrame([reading], ["observed"])])
            after = synthesis.combined(more, here.limits)
            width = 100 * float(np.diff(after.interval(LEVEL))[0]) / now
            rows.append(
                {
                    "label": _verdict("might_observe", source, here.lineage),
                    "share": share,
                    "after": share_interval(after, here),
                    "width": width,
                    "kind": kind,
                    "value": float(share),
                    "sample": sample,
                    "lineage": here.lineage,
                }
            )
    frame = pd.DataFrame(rows)
    mean = frame.assign(kind=[one.answer for one in frame["label"]]).groupby("kind")["width"].mean()
    best = str(mean.idxmin())
    results["best_next"] = _verdict("might_observe", best, here.lineage)
    what = "The interval’s width with it, of the width now: mean of what it might say"
    fields: dict[str, Any] = {"kind": "estimated", "step": 1}
    results.quantity("best_width", float(mean[best]), "percent", what, here.lineage, **fields)
    return frame


def _kinds(here: Known, learned: Learned) -> pd.DataFrame:
    """What the kinds are off by at the target's month: those of its readings, and what might be."""
    named = dict.fromkeys([*here.readings["kind"], *(kind for _, kind, _, _ in _MIGHT)])
    known = {name: errors_of(name, learned, here.target.date) for name in named}
    found = {name: error for name, error in known.items() if error is not None}
    origin = {name: learned.kinds[name].pairs for name in found if name in learned.kinds}
    return pd.DataFrame.from_dict(
        {
            name: {
                "label": _verdict("reading_kind", name, origin.get(name, here.lineage)),
                **asdict(error),
                "lineage": lineage(origin.get(name, here.lineage)),
            }
            for name, error in found.items()
        },
        orient="index",
    )


def _more(results: Results, here: Known) -> None:
    """The middle of the share, and the interval that holds in four of five."""
    low, high = here.posterior.interval(80)
    what, rows = "The share of smartphones in use", here.lineage
    fields = {**here.place, "kind": "estimated", "step": 1}
    results.range("share_80", low, high, "percent", what, rows, level=80, **fields)
    middle = float(here.posterior.quantile(0.5))
    results.quantity("share_middle", middle, "percent", f"{what}: middle", rows, **fields)
    count = len(here.readings)
    results.count("readings", count, "Readings that the share follows from", rows, **here.place)


def _worked(results: Results, here: Known) -> None:
    """The numbers between readings and interval, so that they can be redone on paper."""
    known = {**here.place, "kind": "estimated", "step": 0.001}
    for name, value, what in (
        ("center", here.posterior.center, "The weighted readings, in log-odds"),
        ("spread", here.posterior.spread, "The standard deviation of that, in log-odds"),
    ):
        results.quantity(f"share_{name}", value, "ratio", what, here.lineage, **known)
    what, fields = "Degrees of freedom of the weighted readings", {**known, "step": 1}
    freedom = here.posterior.freedom
    results.quantity("share_freedom", freedom, "number", what, here.lineage, **fields)


def _errors(results: Results, kinds: dict[str, Kind]) -> pd.DataFrame:
    """The numbers learned of each kind, a row each; as results too."""
    rows = []
    for name, kind in kinds.items():
        of, origin = kind.errors, lineage(kind.pairs)
        numbers = {"mean": of.mean, "se": of.se, "between": of.between, "within": of.within}
        if len(of.names) > 1:
            numbers |= {of.names[1]: float(of.coefficients[1])}
        rows.append({"kind": name, **numbers, "freedom": of.freedom, "lineage": origin})
        for part, value in numbers.items():
            fields: dict[str, Any] = {"kind": "estimated", "step": 0.001}
            what = f"Of {name}, in log-odds: {part}"
            results.quantity(f"{name}_{part}", value, "ratio", what, origin, **fields)
    return pd.DataFrame(rows)


def _pairs(kinds: dict[str, Kind], tables: Tables) -> pd.DataFrame:
    """The pairs of every kind, with kind and name (the place)."""
    if not kinds:
        return pd.DataFrame()
    every = pd.concat([kind.pairs.assign(kind=name) for name, kind in kinds.items()])
    return every.assign(name=every["region"].map(names_of(tables))).reset_index(drop=True)


def _with_weak_rows(here: Known, tables: Tables) -> Quantity:
    """The share as it would be were rows of grade C built on, as a check."""
    learned = errors.learned(tables, (*pairs.SOUND, "C")).at(here.target.region)
    readings = readings_of(here.target, learned, tables)
    posterior = synthesis.combined(readings, limits_of(here.target, learned, tables))
    return replace(share_interval(posterior, here), lineage=lineage(readings))


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
        **known.place,
    )
