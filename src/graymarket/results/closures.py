"""Every closed door of the base against its synthetic control, and how far to trust the method."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.models import closure
from graymarket.models.closure import SyntheticControl
from graymarket.models.stock import MEAN_OF, at_horizon
from graymarket.question import Question
from graymarket.results import effects
from graymarket.results.build import Results
from graymarket.results.cells import column
from graymarket.results.facts import picked, row_of
from graymarket.results.parallel import side_by_side
from graymarket.results.places import names_of
from graymarket.results.quantity import Quantity, Result, Verdict
from graymarket.results.stocks import featured, life_of, readings_of, renewal_case, stock_of
from graymarket.results.times import month_span

TESTED = "tested_window"  # the place of picks that names closures whose windows test the method
INJECTED = (0, -1, -3, -8, -np.inf)  # points; the last: no phone is left
_POWERS = {0: "false", -3: "three", -8: "eight", -np.inf: "all"}
_MOST_EARLY = 3  # places whose in-time placebo is named
_ROOM_AT = 24  # months: how wide the band is by then
_LAST_MONTHS = 6  # of a closure that ended, whose mean is compared


@dataclass(frozen=True)
class Closures:
    """All rows of the table closures. All frames are empty where the question features none.

    `checks`: a row a closure: label (a verdict), months, as quantities effect, range, misfit,
    leave_one_out, any_donor (the range if registries barred no country), early, trend and
    all_months, as_far and as_far_by_distance (as effects.ranks), flagged (months); `horizons`: a
    row a closure and horizon, as effects.horizons, with label; `weights`: a row a closure and
    donor, as effects.weights, with label;
    `recovery`: a row an injected fall: fall, runs, bias, coverage, detected; `lines`: those of
    effects of every featured closure, with the label of its pick and panel (a verdict). By that
    label: `gaps` (as in effects) and `months` (the closure's).
    """

    checks: pd.DataFrame
    horizons: pd.DataFrame
    weights: pd.DataFrame
    recovery: pd.DataFrame
    lines: pd.DataFrame
    gaps: dict[str, pd.DataFrame]
    months: dict[str, pd.Timestamp]
    results: Results


@dataclass(frozen=True)
class _Watched:
    """A featured closure: its shares, the mobile base that they are part of, and its rows.

    `named`: percent of page views whose browser is named at all, in the months that tell it.

    `unbarred`: its control if registries barred no country from being a donor.
    """

    label: str
    row: pd.Series
    result: SyntheticControl
    unbarred: SyntheticControl
    place: str
    shares: pd.Series
    base: pd.Series
    named: pd.Series
    marks: Mapping[str, str]
    rows: tuple[str, ...]

    @property
    def origin(self) -> tuple[str, ...]:
        """Its rows and those of the donors."""
        return (*self.rows, *effects.DONORS)


def compute(question: Question, tables: Tables) -> Closures:
    """All closures, for a question whose prose tells of some; else nothing, which costs nothing."""
    chosen = list(featured(question, tables))
    if not chosen:
        none = pd.DataFrame()
        return Closures(none, none, none, none, none, {}, {}, Results())
    rows = {str(row["id"]): row for _, row in tables["closures"].iterrows()}
    controls, unbarred, recovery = _computed(rows, question, tables)
    results = Results()
    _add_picked(results, question, tables)
    watched = _watched(chosen, controls, unbarred, tables)
    for one in watched:
        results |= _featured(one, tables)
    of_all = Results(_panel_months(tables))
    _add_recovery(of_all, recovery)
    _add_all(of_all, controls, unbarred, rows, tables)
    results |= of_all
    weights = {key: _weights(result, rows[key], tables) for key, result in controls.items()}
    return Closures(
        checks=_checks(controls, unbarred, rows, tables),
        horizons=_horizons(controls, rows, tables),
        weights=pd.concat(weights.values(), ignore_index=True),
        recovery=_recovery(recovery),
        lines=pd.concat([_lines(one, tables) for one in watched]),
        gaps={one.label: effects.gaps(one.result, tables, one.origin) for one in watched},
        months={one.label: one.row["month"] for one in watched},
        results=results,
    )


def _computed(
    rows: dict[str, pd.Series], question: Question, tables: Tables
) -> tuple[dict[str, SyntheticControl], dict[str, SyntheticControl], pd.DataFrame]:
    """Each closure's synthetic control by id, the same if registries barred no country from being
    a donor, and what the method recovers in tested windows.
    """
    population = closure.population(tables["world_development"])
    closures, regions, registries = tables["closures"], tables["regions"], tables["registries"]
    donors, any_donors = (
        {
            key: closure.donor_regions(row, closures, barring, regions, population)
            for key, row in rows.items()
        }
        for barring in (registries, registries.iloc[:0])
    )
    watched = {row["region"] for row in rows.values()}.union(*any_donors.values())
    shares = closure.usage_shares(tables["usage_panel"], sorted(watched))
    tested = [row_of(tables, entry) for entry in picked(tables, question, TESTED)["entry"]]
    recoveries = [
        partial(closure.recovery, *_arguments(row, shares, donors), INJECTED) for row in tested
    ]
    controls = [
        partial(closure.synthetic_control, *_arguments(row, shares, allowed))
        for allowed in (donors, any_donors)
        for row in rows.values()
    ]
    done = side_by_side([*recoveries, *controls])  # the longest first: both processes end together
    recovery, results = closure.pooled(done[: len(tested)]), done[len(tested) :]
    strict, unbarred = results[: len(rows)], results[len(rows) :]
    return (
        dict(zip(rows, strict, strict=True)),
        dict(zip(rows, unbarred, strict=True)),
        recovery,
    )


def _arguments(
    row: pd.Series, shares: dict[str, closure.Shares], donors: dict[str, list[str]]
) -> tuple[closure.Shares, str, pd.Timestamp, list[str]]:
    return shares[row["series"]], row["region"], row["month"], donors[row["id"]]


def _origin(row: pd.Series, tables: Tables) -> tuple[str, ...]:
    return (*effects.rows_of(row, tables), *effects.DONORS)


def _watched(
    chosen: list[tuple[str, pd.Series]],
    controls: dict[str, SyntheticControl],
    unbarred: dict[str, SyntheticControl],
    tables: Tables,
) -> list[_Watched]:
    """The featured closures, with what their results are made of."""
    marks = effects.marks_of(tables)
    base, named = (
        models.monthly_shares(tables["usage_panel"], name)
        for name in ("mobile_share", "named_share")
    )
    return [
        _Watched(
            label=label,
            row=row,
            result=controls[row["id"]],
            unbarred=unbarred[row["id"]],
            place=str(names_of(tables)[row["region"]]),
            shares=readings_of(tables, row),
            base=base[row["region"]].dropna(),
            named=named[row["region"]].dropna(),
            marks=marks,
            rows=effects.rows_of(row, tables),
        )
        for label, row in chosen
    ]


def _lines(one: _Watched, tables: Tables) -> pd.DataFrame:
    case = renewal_case(tables, one.row)
    stock = None if case is None else stock_of(tables, one.row, case)
    origin = lineage(one.origin, () if case is None else life_of(tables, case))
    frame = effects.lines(one.result, one.shares, stock, one.marks, origin)
    panel = pd.Series([_panel(one)] * len(frame), index=frame.index)
    return frame.assign(label=one.label, panel=panel)


def _panel(one: _Watched) -> Verdict:
    """Whose share is watched, and where."""
    return Verdict(
        about="closure_panel",
        answer=one.row["series"],
        definition="Whose share is watched, and where",
        lineage=lineage(one.row),
        parts={"place": one.place},
    )


def _recovery(recovery: pd.DataFrame) -> pd.DataFrame:
    """The frame of closure.pooled with quantities."""
    rows, counted = effects.DONORS, {"unit": "percent", "kind": "counted", "step": 1}
    cells = {
        "fall": recovery["injected"].map(_fall),
        "runs": recovery["runs"].astype(int),
        "bias": recovery["bias"].map(lambda x: effects.points(x, "Estimate less truth", rows)),
    }
    for name, what in (("coverage", "Bands that hold the truth"), ("detected", "Falls found")):
        cells[name] = recovery[name].map(partial(_counted, what=what, rows=rows, fields=counted))
    return pd.DataFrame(cells).assign(lineage=column([rows] * len(recovery)))


def _counted(value: float, what: str, rows: tuple[str, ...], fields: dict[str, Any]) -> Quantity:
    return effects.points(value, what, rows, **fields)


# Tables of all closures


def _label(row: pd.Series, tables: Tables) -> Verdict:
    """The closure's place and year, and whose series is watched."""
    parts = Results()
    parts.moment("year", row["month"], "The year of the closure", row, precision="year")
    words: dict[str, Result | str] = {**parts, "place": str(names_of(tables)[row["region"]])}
    return Verdict(
        about="closure_label",
        answer=row["series"],
        definition="A closure, by its place and year",
        lineage=lineage(row),
        parts=words,
    )


def _weights(result: SyntheticControl, row: pd.Series, tables: Tables) -> pd.DataFrame:
    frame = effects.weights(result, tables, _origin(row, tables))
    frame.insert(0, "label", [_label(row, tables)] * len(frame))
    return frame


def _misfit(result: SyntheticControl, origin: tuple[str, ...]) -> Quantity:
    known = {"unit": "points_in_column_unsigned"}
    return effects.points(result.pre_rmspe, "Typical distance before", origin, **known)


def _checks(
    controls: dict[str, SyntheticControl],
    unbarred: dict[str, SyntheticControl],
    rows: dict[str, pd.Series],
    tables: Tables,
) -> pd.DataFrame:
    return pd.DataFrame(
        [_check(controls[key], unbarred[key], row, tables) for key, row in rows.items()]
    )


def _check(
    result: SyntheticControl, unbarred: SyntheticControl, row: pd.Series, tables: Tables
) -> dict[str, object]:
    known, origin = effects.rows_of(row, tables), _origin(row, tables)
    last = effects.horizons(result, known).iloc[-1]
    free = effects.horizons(unbarred, known).iloc[-1]
    early = "What a closure pretended two years early seems to do"
    return {
        "label": _label(row, tables),
        **last[["months", "effect", "range"]],
        **effects.ranks(result, origin),
        "misfit": _misfit(result, origin),
        "leave_one_out": effects.left_out_span(result, known),
        "any_donor": free["range"],
        "early": effects.points(result.in_time_placebo, early, origin),
        **last[["trend", "all_months"]],
        "flagged": len(result.flagged),
        "lineage": origin,
    }


def _horizons(
    controls: dict[str, SyntheticControl], rows: dict[str, pd.Series], tables: Tables
) -> pd.DataFrame:
    frames = []
    for key, result in controls.items():
        frame = effects.horizons(result, effects.rows_of(rows[key], tables))
        frame.insert(0, "label", [_label(rows[key], tables)] * len(frame))
        every = pd.Series([_origin(rows[key], tables)] * len(frame))
        frames.append(frame.assign(lineage=every))
    return pd.concat(frames, ignore_index=True)


def _fall(effect: float) -> Quantity | Verdict:
    """An injected effect: points, or words for none and for all."""
    what = "A fall put in where nothing happened"
    if effect in (0, -np.inf):
        answer = "none" if effect == 0 else "all"
        return Verdict(about="fall", answer=answer, definition=what, lineage=effects.DONORS)
    return effects.points(effect, what, effects.DONORS, step=1)


# Results


def _add_picked(results: Results, question: Question, tables: Tables) -> None:
    """Single figures that the prose on closures quotes, in whole percents or as a change."""
    for unit in ("percent", "percent_change"):
        for pick in picked(tables, question, f"closures_{unit}").itertuples():
            row = row_of(tables, str(pick.entry))
            what = str(row.get("what", row.get("counted")))
            value, name = row[str(pick.field)], str(pick.label)
            known: dict[str, Any] = {"region": row["region"], "kind": "stated", "step": 1}
            results.quantity(name, value, unit, what, row, **known)
            if unit == "percent_change" and value < 0:
                what = f"{what}: by how much"
                results.quantity(f"{name}_fall", -value, "percent", what, row, **known)


def _featured(one: _Watched, tables: Tables) -> Results:
    """The last effect in whole points, what was seen and what the synthetic was."""
    prefix, result, origin = f"{one.label}_", one.result, one.origin
    results = effects.scope(result)
    effects.add_effect(results, prefix, result, one.rows, one.place, step=1)
    low, high = one.unbarred.last[["low", "high"]]
    what = "The effect less chance, if registries barred no country from being a donor"
    known: dict[str, Any] = {"kind": "estimated", "step": 1, "level": effects.BAND}
    without = (*one.rows, effects.PANEL)
    results.range(f"{prefix}any_donor_range", low, high, "points", what, without, **known)
    years, what = int(result.last["horizon"]) / 12, "From the closure to the last horizon"
    results.quantity(f"{prefix}judged", years, "years", what, origin, kind="counted")
    results[f"{prefix}panel"], results[f"{prefix}case"] = _panel(one), _label(one.row, tables)
    results[f"{prefix}mix"] = effects.mix(effects.weights(result, tables, origin), origin)
    _add_levels(results, prefix, one)
    _add_lost(results, prefix, one)
    _add_before(results, prefix, one)
    _add_since(results, prefix, one)
    if one.row["month"] < one.row["end"]:
        _add_ended(results, prefix, one)
    return results


def _add_levels(results: Results, prefix: str, one: _Watched) -> None:
    """Seen and synthetic at the closure and at the last horizon, and the band's width."""
    result, horizon = one.result, int(one.result.last["horizon"])
    for when, months in (("at_first", 0), ("at_last", horizon)):
        last = result.month + pd.DateOffset(months=months)
        known: dict[str, Any] = {
            "period": month_span(last - pd.DateOffset(months=MEAN_OF - 1), last)
        }
        level, what = at_horizon(result.month, result.observed, months), "The share seen"
        name, what = f"{prefix}seen_{when}", f"{what}, mean of three months"
        results.quantity(name, level, "percent", what, one.rows, **known)
        level, what = at_horizon(result.month, result.synthetic, months), "The synthetic share"
        name, what = f"{prefix}synthetic_{when}", f"{what}, mean of three months"
        results.quantity(name, level, "percent", what, one.origin, kind="estimated", **known)
    if _ROOM_AT in set(result.effects["horizon"]):
        band = result.effects[result.effects["horizon"] == _ROOM_AT].iloc[0]
        what, room = "How much room chance has after two years", band["high"] - band["low"]
        until = result.month + pd.DateOffset(months=_ROOM_AT)
        period = month_span(result.month, until)
        fields: dict[str, Any] = {"kind": "estimated", "step": 1, "period": period}
        results.quantity(f"{prefix}room", room, "points_wide", what, one.origin, **fields)


def _add_lost(results: Results, prefix: str, one: _Watched) -> None:
    outside = "fell" if one.result.last["points"] < 0 else "rose"
    answer = outside if one.result.is_outside_band else "unclear"
    what = "What the closure did"
    results.verdict(f"{prefix}lost", answer, what, one.origin, about="closure_lost")
    early = "rise" if one.result.in_time_placebo > 0 else "fall"
    what = "What a closure pretended two years early shows"
    results.verdict(f"{prefix}earlier", early, what, one.origin, about="closure_earlier")


def _add_before(results: Results, prefix: str, one: _Watched) -> None:
    """The share in the two years before the closure, as read."""
    shares, month = one.shares, one.row["month"]
    year, step = pd.DateOffset(months=12), pd.DateOffset(months=1)
    last = shares.loc[month - year : month - step]
    earlier = shares.loc[month - 2 * year : month - year - step]
    what, known = "The share in the year before the closure", _during(last)
    results.quantity(f"{prefix}before", last.mean(), "percent", f"{what}, mean", one.rows, **known)
    what = f"{what}, highest"
    results.quantity(f"{prefix}before_top", last.max(), "percent", what, one.rows, **known)
    what, known = "The share in the year before that, middle month", _during(earlier)
    results.quantity(f"{prefix}before_middle", earlier.median(), "percent", what, one.rows, **known)


def _add_since(results: Results, prefix: str, one: _Watched) -> None:
    """The lowest month since, the base of the share, and how much of the newest is provisional."""
    since, month = one.shares.loc[one.row["month"] :], one.row["month"]
    what, lowest = "The lowest month since the closure", pd.Timestamp(str(since.idxmin()))
    results.moment(f"{prefix}lowest_month", lowest, what, one.rows)
    known: dict[str, Any] = _during(since)
    results.quantity(f"{prefix}lowest", since.min(), "percent", what, one.rows, **known)
    what = "Named mobile browsers’ part of all page views by month, since"
    base = one.base.loc[month:]
    ends, known = (base.min(), base.max()), _during(base)
    results.range(f"{prefix}base_since", *ends, "percent", what, one.rows, **known)
    steps = base.diff()
    for name, month_of in (("rise", steps.idxmax()), ("fall", steps.idxmin())):
        what = f"The month of the largest {name} in mobile browsers’ part since the closure"
        results.moment(f"{prefix}base_{name}", pd.Timestamp(str(month_of)), what, one.rows)
    _add_named(results, prefix, one)
    quarter = pd.date_range(end=since.index[-1], periods=3, freq="MS")
    fresh = sum(f"{one.row['region']}/{month:%Y-%m}" in one.marks for month in quarter)
    what = "Months of the newest quarter that are provisional"
    parts = Results(month_span(quarter[0], quarter[-1]), one.row["region"])
    parts.count("months", fresh, what, one.rows)
    answer, known = "some" if fresh else "none", {**parts}
    results.verdict(f"{prefix}quarter", answer, what, one.rows, about="provisional", parts=known)


def _add_named(results: Results, prefix: str, one: _Watched) -> None:
    """How much of page views is by browsers that the carrier names: last before, and newest."""
    what = "Page views whose browser the carrier names"
    before = one.named[one.named.index < one.row["month"]]
    ends = {"before": before.index[-1], "newest": one.named.index[-1]}
    for name, at in ends.items():
        known: dict[str, Any] = {"period": f"{at:%Y-%m}"}
        results.quantity(f"{prefix}named_{name}", one.named[at], "percent", what, one.rows, **known)
        results.moment(f"{prefix}named_{name}_month", at, f"{what}: the month", one.rows)


def _add_ended(results: Results, prefix: str, one: _Watched) -> None:
    """The effect when the closure ended, and whether a total loss could have shown."""
    row, result, origin = one.row, one.result, one.origin
    months = models.months_between(row["month"], row["end"])
    points, low, high = closure.effect_at(result, months)
    level = at_horizon(result.month, result.synthetic, months)
    period = month_span(row["month"], row["end"])
    known: dict[str, Any] = {"period": period, "kind": "estimated"}
    counted = {**known, "kind": "counted"}
    results.quantity(f"{prefix}lasted", months, "months", "How long it lasted", origin, **counted)
    results.moment(f"{prefix}ended", row["end"], "When the closure ended", row)
    what = "Seen less synthetic when the closure ended"
    results.quantity(f"{prefix}end_effect", points, "points", what, origin, **known)
    what, ends = "The effect then, less what chance did to comparison countries", {**known}
    ends["level"] = effects.BAND
    results.range(f"{prefix}end_range", low, high, "points", what, origin, **ends)
    what = "The synthetic share when the closure ended"
    results.quantity(f"{prefix}end_synthetic", level, "percent", what, origin, **known)
    _add_noise(results, prefix, high - points, level, one, known)
    first = row["end"] - pd.DateOffset(months=_LAST_MONTHS - 1)
    what = "The share in the closure’s last six months, mean"
    during = one.shares.loc[first : row["end"]]
    known = _during(during)
    results.quantity(f"{prefix}during", during.mean(), "percent", what, one.rows, **known)


def _add_noise(
    results: Results, prefix: str, noise: float, level: float, one: _Watched, known: dict[str, Any]
) -> None:
    """How much of the share could have been lost without showing."""
    what = "Nineteen in twenty comparison countries fell short by less"
    results.quantity(f"{prefix}noise", noise, "points_wide", what, one.origin, **known)
    part, fields = min(100 * noise / level, 100.0), {**known, "step": 1}
    what = "The part of the share that could be lost without showing"
    results.quantity(f"{prefix}hidden", part, "percent", what, one.origin, **fields)
    answer = "hopeless" if noise >= level else "coarse"
    results.verdict(f"{prefix}so", answer, what, one.origin, about="closure_power")


def _during(shares: pd.Series) -> dict[str, Any]:
    """From a series' first month to its last, as the field of a quantity."""
    return {"period": month_span(shares.index[0], shares.index[-1])}


def _panel_months(tables: Tables) -> str:
    """What the donors are watched in: not the time of the registries that bar some."""
    months = tables["usage_panel"]["month"]
    return month_span(months.min(), months.max())


def _add_recovery(results: Results, recovery: pd.DataFrame) -> None:
    """How often known falls are found where nothing happened."""
    rows, detected = (
        effects.DONORS,
        dict(zip(recovery["injected"], recovery["detected"], strict=True)),
    )
    for effect, name in _POWERS.items():
        what = f"How often a fall is found: {name}"
        results.quantity(
            f"power_{name}", detected[effect], "percent", what, rows, kind="counted", step=1
        )
    first = recovery.iloc[0]
    what = "Runs with an injected fall, for each fall"
    results.count("runs", int(first["runs"]), what, rows, unit="number")
    what = "How often the band holds the truth"
    results.quantity("coverage", first["coverage"], "percent", what, rows, kind="counted", step=1)
    what = "Mean estimate less the truth"
    results.quantity("bias", first["bias"], "points", what, rows, kind="estimated")
    what = "The part of well-fitted placebos that the band holds"
    results.quantity("band", effects.BAND, "percent", what, rows, kind="stated", step=1)
    results.count("donors", closure.DONORS, "Nearest regions that serve as donors", rows)


def _add_all(
    results: Results,
    controls: dict[str, SyntheticControl],
    unbarred: dict[str, SyntheticControl],
    rows: dict[str, pd.Series],
    tables: Tables,
) -> None:
    """What all closures show together: bands and in-time placebos."""
    origin, names = ("closures", *effects.DONORS), names_of(tables)
    results.count("count", len(controls), "Closures watched", origin)
    beyond = sum(result.is_outside_band for result in controls.values())
    results.count("beyond", beyond, "Closures whose range leaves out zero", origin)
    most = pd.Series([100 * result.weights.iloc[0] for result in controls.values()])
    known: dict[str, Any] = {"kind": "estimated", "step": 1}
    what = "The weight of the heaviest donor, over closures"
    results.range("heaviest", most.min(), most.max(), "percent", what, origin, **known)
    what = "Closures whose range leaves out zero whether or not registries bar donors"
    both = [controls[key].is_outside_band and unbarred[key].is_outside_band for key in controls]
    results.count("beyond_with_any_donor", sum(both), what, origin)
    chance, what = len(controls) * (1 - closure.BAND), "Ranges that would leave out zero by chance"
    known = {"kind": "counted", "step": 0.1}
    results.quantity("by_chance", chance, "number", what, origin, **known)
    early = pd.Series({key: result.in_time_placebo for key, result in controls.items()})
    sizes, what = early.abs(), "The gap of a closure pretended two years early"
    results.range(
        "earlier_range", sizes.min(), sizes.max(), "points_wide", what, origin, kind="estimated"
    )
    middle = sizes.median()
    results.quantity("earlier_middle", middle, "points_wide", what, origin, kind="estimated")
    top = early.abs().sort_values(ascending=False).index[:_MOST_EARLY]
    parts = [(str(names[rows[key]["region"]]), early[key]) for key in top]
    what = "The largest gap of a closure pretended two years early"
    during = _panel_months(tables)
    items = [
        _early(place, effects.points(gap, what, origin, period=during), what, origin)
        for place, gap in parts
    ]
    results.several("earlier", items, what, origin, about="names")


def _early(place: str, gap: Quantity, what: str, origin: tuple[str, ...]) -> Verdict:
    parts: dict[str, Result | str] = {"place": place, "gap": gap}
    return Verdict(
        about="early_gap", answer="gap", definition=what, lineage=lineage(origin), parts=parts
    )
