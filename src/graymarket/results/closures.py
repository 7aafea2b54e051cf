"""Every closed door of the base against its synthetic control, and how far to trust the method."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from graymarket import editions, models
from graymarket.evidence import Tables, lineage
from graymarket.models import closure
from graymarket.models.closure import SyntheticControl
from graymarket.models.stock import Stock, at_horizon
from graymarket.question import Question
from graymarket.results import effects
from graymarket.results.build import Results
from graymarket.results.facts import picked, row_of
from graymarket.results.parallel import side_by_side
from graymarket.results.places import names_of
from graymarket.results.quantity import Kind, Quantity, Result, Verdict
from graymarket.results.stocks import featured, readings_of, renewal_case, stock_of

TESTED = "tested_window"  # the place of picks that names closures whose windows test the method
INJECTED = (0, -1, -3, -8, -np.inf)  # points; the last: no phone is left
_POWERS = {0: "false", -3: "three", -8: "eight", -np.inf: "all"}
_MOST_EARLY = 3  # places whose in-time placebo is named
_ROOM_AT = 24  # months: how wide the band is by then
_LAST_MONTHS = 6  # of a closure that ended, whose mean is compared


@dataclass(frozen=True)
class Closures:
    """All rows of the table closures. All frames are empty where the question features none.

    `checks`: a row a closure: label (words), months, effect, range, p, misfit, leave_one_out (a
    range), early, trend, as_read (points) and flagged (months); `horizons`: a row a closure and
    horizon, as effects.horizons, with label and maker's label; `recovery`: as closure.pooled, with
    `fall` (words). By the label of a featured closure: `lines` and `gaps` (as in effects),
    `months` (the closure's) and `origins` (the rows it rests on).
    """

    checks: pd.DataFrame
    horizons: pd.DataFrame
    recovery: pd.DataFrame
    lines: dict[str, pd.DataFrame]
    gaps: dict[str, pd.DataFrame]
    months: dict[str, pd.Timestamp]
    origins: dict[str, tuple[str, ...]]
    results: Results


def compute(question: Question, tables: Tables) -> Closures:
    """All closures, for a question whose prose tells of some; else nothing, which costs nothing."""
    chosen = list(featured(question, tables))
    if not chosen:
        none = pd.DataFrame()
        return Closures(none, none, none, {}, {}, {}, {}, Results())
    rows = {str(row["id"]): row for _, row in tables["closures"].iterrows()}
    controls, recovery = _computed(rows, question, tables)
    origins = {key: (*effects.rows_of(row, tables), effects.DONORS) for key, row in rows.items()}
    results = Results()
    for label, row in chosen:
        _add_featured(results, label, controls[row["id"]], row, tables)
    _add_recovery(results, recovery)
    _add_all(results, controls, rows, tables)
    return Closures(
        checks=_checks(controls, rows, tables),
        horizons=_horizons(controls, rows, tables),
        recovery=recovery.assign(fall=recovery["injected"].map(_fall)),
        lines={label: _lines(controls[row["id"]], row, tables) for label, row in chosen},
        gaps={label: effects.gaps(controls[row["id"]], tables) for label, row in chosen},
        months={label: row["month"] for label, row in chosen},
        origins={label: origins[str(row["id"])] for label, row in chosen},
        results=results,
    )


def _computed(
    rows: dict[str, pd.Series], question: Question, tables: Tables
) -> tuple[dict[str, SyntheticControl], pd.DataFrame]:
    """Each closure's synthetic control by id, and what the method recovers in tested windows."""
    population = closure.population(tables["world_development"])
    known = (tables["closures"], tables["policies"], tables["regions"], population)
    donors = {key: closure.donor_regions(row, *known) for key, row in rows.items()}
    watched = {row["region"] for row in rows.values()}.union(*donors.values())
    shares = closure.usage_shares(tables["usage_panel"], sorted(watched))
    tested = [row_of(tables, entry) for entry in picked(tables, question, TESTED)["entry"]]
    recoveries = [
        partial(closure.recovery, *_arguments(row, shares, donors), INJECTED) for row in tested
    ]
    controls = [
        partial(closure.synthetic_control, *_arguments(row, shares, donors))
        for row in rows.values()
    ]
    done = side_by_side([*recoveries, *controls])  # the longest first: both processes end together
    recovery = closure.pooled(done[: len(tested)])
    return dict(zip(rows, done[len(tested) :], strict=True)), recovery


def _arguments(
    row: pd.Series, shares: dict[str, closure.Shares], donors: dict[str, list[str]]
) -> tuple[closure.Shares, str, pd.Timestamp, list[str]]:
    return shares[row["series"]], row["region"], row["month"], donors[row["id"]]


def _stock(row: pd.Series, tables: Tables) -> Stock | None:
    case = renewal_case(tables, row)
    return None if case is None else stock_of(tables, row, case)


def _lines(result: SyntheticControl, row: pd.Series, tables: Tables) -> pd.DataFrame:
    return effects.lines(result, readings_of(tables, row), _stock(row, tables), tables)


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


def _checks(
    controls: dict[str, SyntheticControl], rows: dict[str, pd.Series], tables: Tables
) -> pd.DataFrame:
    checks = []
    for key, result in controls.items():
        origin = effects.rows_of(rows[key], tables)
        last = effects.horizons(result, origin).iloc[-1]
        checks.append(
            {
                "label": _label(rows[key], tables),
                "months": last["months"],
                "effect": last["effect"],
                "range": last["range"],
                "p": result.p_value,
                "misfit": result.pre_rmspe,
                "leave_one_out": effects.left_out_span(result, origin),
                "early": result.in_time_placebo,
                "trend": last["trend"],
                "as_read": last["all_months"],
                "flagged": len(result.flagged),
                "lineage": rows[key]["lineage"],
            }
        )
    return pd.DataFrame(checks)


def _horizons(
    controls: dict[str, SyntheticControl], rows: dict[str, pd.Series], tables: Tables
) -> pd.DataFrame:
    frames = []
    for key, result in controls.items():
        frame = effects.horizons(result, effects.rows_of(rows[key], tables))
        frame.insert(0, "label", [_label(rows[key], tables)] * len(frame))
        frames.append(frame.assign(lineage=rows[key]["lineage"]))
    return pd.concat(frames, ignore_index=True)


def _fall(effect: float) -> Quantity | Verdict:
    """An injected effect: points, or words for none and for all."""
    what = "A fall put in where nothing happened"
    if effect in (0, -np.inf):
        answer = "none" if effect == 0 else "all"
        return Verdict(about="fall", answer=answer, definition=what, lineage=(effects.DONORS,))
    return effects.points(effect, what, effects.DONORS, step=1)


# Results


def _add_featured(
    results: Results, label: str, result: SyntheticControl, row: pd.Series, tables: Tables
) -> None:
    """The last effect in whole points, what was seen and what the synthetic was."""
    prefix, origin = f"{label}_", (*effects.rows_of(row, tables), effects.DONORS)
    effects.add_effect(results, prefix, result, row, tables, step=1)
    years, what = int(result.last["horizon"]) / 12, "From the closure to the last horizon"
    results.quantity(f"{prefix}judged", years, "years", what, origin, kind="counted")
    what = "One in how many would stray as far by chance"
    results.quantity(
        f"{prefix}one_in", 1 / result.p_value, "number", what, origin, kind="counted", step=1
    )
    _add_levels(results, prefix, result, row, tables)
    _add_lost(results, prefix, result, origin)
    _add_before(results, prefix, row, tables)
    place = {"place": str(names_of(tables)[row["region"]])}
    what = "Whose share is watched, and where"
    results.verdict(
        f"{prefix}panel", row["series"], what, origin, about="closure_panel", parts=place
    )
    if row["month"] < row["end"]:
        _add_ended(results, prefix, result, row, tables)


def _add_levels(
    results: Results, prefix: str, result: SyntheticControl, row: pd.Series, tables: Tables
) -> None:
    """Seen and synthetic at the closure and at the last horizon, and the band's width."""
    origin, horizon = effects.rows_of(row, tables), int(result.last["horizon"])
    for name, line in (("seen", result.observed), ("synthetic", result.synthetic)):
        rows = origin if name == "seen" else (*origin, effects.DONORS)
        kind: Kind = "measured" if name == "seen" else "estimated"
        for when, months in (("at_first", 0), ("at_last", horizon)):
            level = at_horizon(result.month, line, months)
            what = f"The share {name}, mean of three months"
            results.quantity(f"{prefix}{name}_{when}", level, "percent", what, rows, kind=kind)
    if _ROOM_AT in set(result.effects["horizon"]):
        band = result.effects[result.effects["horizon"] == _ROOM_AT].iloc[0]
        what, room = "How much room chance has after two years", band["high"] - band["low"]
        results.quantity(
            f"{prefix}room", room, "points_wide", what, origin, effects.DONORS,
            kind="estimated", step=1,
        )  # fmt: skip


def _add_lost(
    results: Results, prefix: str, result: SyntheticControl, origin: tuple[str, ...]
) -> None:
    last = result.last
    outside = "fell" if last["points"] < 0 else "rose"
    answer = outside if result.is_outside_band else "unclear"
    results.verdict(f"{prefix}lost", answer, "What the closure did", origin, about="closure_lost")
    early = "rise" if result.in_time_placebo > 0 else "fall"
    what = "What a closure pretended two years early shows"
    results.verdict(f"{prefix}earlier", early, what, origin, about="closure_earlier")


def _add_before(results: Results, prefix: str, row: pd.Series, tables: Tables) -> None:
    """The share and the mobile base about the closure, as read."""
    shares, month, origin = readings_of(tables, row), row["month"], effects.rows_of(row, tables)
    year, step = pd.DateOffset(months=12), pd.DateOffset(months=1)
    what, earlier = (
        "The share in the year before the closure",
        shares.loc[month - year : month - step],
    )
    results.quantity(f"{prefix}before", earlier.mean(), "percent", f"{what}, mean", origin)
    results.quantity(f"{prefix}before_top", earlier.max(), "percent", f"{what}, highest", origin)
    what = "The share in the year before that, middle month"
    middle = shares.loc[month - 2 * year : month - year - step].median()
    results.quantity(f"{prefix}before_middle", middle, "percent", what, origin)
    since = shares.loc[month:]
    what = "The lowest month since the closure"
    results.moment(f"{prefix}lowest_month", pd.Timestamp(str(since.idxmin())), what, origin)
    results.quantity(f"{prefix}lowest", since.min(), "percent", what, origin)
    base = models.monthly_shares(tables["usage_panel"], "mobile_share")[row["region"]].dropna()
    what = "Mobile browsers’ part of all page views"
    results.quantity(f"{prefix}base_then", base[month], "percent", what, origin)
    results.quantity(f"{prefix}base_now", base.iloc[-1], "percent", what, origin)
    _add_provisional(results, prefix, row, shares.index[-1], tables)


def _add_provisional(
    results: Results, prefix: str, row: pd.Series, newest: pd.Timestamp, tables: Tables
) -> None:
    """How many of the newest three months are new since the last edition."""
    marks = editions.marks("usage_panel", tables.root) if tables.root else {}
    quarter = pd.date_range(end=newest, periods=3, freq="MS")
    fresh = sum(f"{row['region']}/{month:%Y-%m}" in marks for month in quarter)
    parts, what = Results(), "Months of the newest quarter that are provisional"
    parts.count("months", fresh, what, effects.rows_of(row, tables))
    answer = "some" if fresh else "none"
    results.verdict(
        f"{prefix}quarter", answer, what, effects.rows_of(row, tables),
        about="provisional", parts={**parts},
    )  # fmt: skip


def _add_ended(
    results: Results, prefix: str, result: SyntheticControl, row: pd.Series, tables: Tables
) -> None:
    """The effect when the closure ended, and whether a total loss could have shown."""
    months = models.months_between(row["month"], row["end"])
    origin = (*effects.rows_of(row, tables), effects.DONORS)
    points, low, high = closure.effect_at(result, months)
    level = at_horizon(result.month, result.synthetic, months)
    known: dict[str, Any] = {
        "region": result.region,
        "period": f"{row['month']:%Y-%m}..{row['end']:%Y-%m}",
    }
    fields = {**known, "kind": "estimated"}
    what = "How long the closure lasted"
    results.quantity(f"{prefix}lasted", months, "months", what, origin, kind="counted", **known)
    results.moment(f"{prefix}ended", row["end"], "When the closure ended", row)
    what = "Seen less synthetic when the closure ended"
    results.quantity(f"{prefix}end_effect", points, "points", what, origin, **fields)
    what = "The effect then, less what chance did to untouched countries"
    fields_of_range = {**fields, "level": effects.BAND}
    results.range(f"{prefix}end_range", low, high, "points", what, origin, **fields_of_range)
    what = "The synthetic share when the closure ended"
    results.quantity(f"{prefix}end_synthetic", level, "percent", what, origin, **fields)
    noise, what = high - points, "Nineteen in twenty untouched countries fell short by less"
    results.quantity(f"{prefix}noise", noise, "points_wide", what, origin, **fields)
    part = min(100 * noise / level, 100.0)
    what = "The part of the share that could be lost without showing"
    results.quantity(f"{prefix}hidden", part, "percent", what, origin, step=1, **fields)
    answer = "hopeless" if noise >= level else "coarse"
    results.verdict(f"{prefix}so", answer, what, origin, about="closure_power")
    shares = readings_of(tables, row)
    first = row["end"] - pd.DateOffset(months=_LAST_MONTHS - 1)
    what = "The share in the closure’s last six months, mean"
    during = shares.loc[first : row["end"]].mean()
    results.quantity(f"{prefix}during", during, "percent", what, effects.rows_of(row, tables))


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
    rows: dict[str, pd.Series],
    tables: Tables,
) -> None:
    """What all closures show together: bands, ranks and in-time placebos."""
    origin, names = ("closures", effects.DONORS), names_of(tables)
    results.count("count", len(controls), "Closures watched", origin)
    beyond = sum(result.is_outside_band for result in controls.values())
    results.count("beyond", beyond, "Closures whose range leaves out zero", origin)
    least = min(result.p_value for result in controls.values())
    what = "One in how many: the rarest rank"
    results.quantity("rarest", 1 / least, "number", what, origin, kind="counted", step=1)
    early = pd.Series({key: result.in_time_placebo for key, result in controls.items()})
    for name, size in (
        ("least", early.abs().min()),
        ("most", early.abs().max()),
        ("middle", early.abs().median()),
    ):
        what = f"The gap of a closure pretended two years early: {name}"
        results.quantity(
            f"earlier_{name}", size, "points_in_column", what, origin, kind="estimated"
        )
    top = early.abs().sort_values(ascending=False).index[:_MOST_EARLY]
    parts = [(str(names[rows[key]["region"]]), early[key]) for key in top]
    what = "The largest gap of a closure pretended two years early"
    items = [_early(place, gap, what, origin) for place, gap in parts]
    results.several("earlier", items, what, origin, about="names")


def _early(place: str, gap: float, what: str, origin: tuple[str, ...]) -> Verdict:
    parts: dict[str, Result | str] = {"place": place, "gap": effects.points(gap, what, origin)}
    return Verdict(
        about="early_gap", answer="gap", definition=what, lineage=lineage(origin), parts=parts
    )
