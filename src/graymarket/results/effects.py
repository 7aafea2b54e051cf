"""What a synthetic control says of one closure, as frames and results of one form."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from graymarket import editions
from graymarket.evidence import Tables, lineage
from graymarket.models import closure
from graymarket.models.closure import SyntheticControl
from graymarket.models.stock import Stock, at_horizon, fading_lines
from graymarket.results.build import Results
from graymarket.results.places import names_of
from graymarket.results.quantity import Quantity, Result, Several, Verdict
from graymarket.results.times import month_span

PANEL = "usage_panel"
# Donors are all regions that no registry bars: what rests on them rests on the whole tables.
DONORS = (PANEL, "registries")
BAND = 100 * closure.BAND  # percent
_CELL = "points_in_column"
_DIGITS = 2  # of percent and points by month: the panel has no more


def rows_of(row: pd.Series, tables: Tables) -> tuple[str, ...]:
    """The closure's row and its region's readings."""
    panel = tables["usage_panel"]
    return lineage(row, panel[panel["region"] == row["region"]])


def share_of(row: pd.Series) -> Verdict:
    """Whose share of page views is watched."""
    what = "The series of the usage panel in which a closure is watched"
    return Verdict(about="share", answer=row["series"], definition=what, lineage=lineage(row))


def points(value: float, what: str, *rows: object, unit: str = _CELL, **fields: Any) -> Quantity:
    """A number of points, by default for a column whose head names them."""
    known = {"unit": unit, "kind": "estimated", **fields}
    return Quantity(value=value, definition=what, lineage=lineage(*rows), **known)


def span(low: float, high: float, what: str, *rows: object, **fields: Any) -> Quantity:
    """Two ends in points, by default for a column whose head names them."""
    known = {"unit": _CELL, "kind": "estimated", **fields}
    return Quantity(low=low, high=high, definition=what, lineage=lineage(*rows), **known)


def horizons(result: SyntheticControl, rows: tuple[str, ...]) -> pd.DataFrame:
    """A row a horizon: months (int), and as quantities effect, range, percent, trend, all_months.

    In points, but `percent`, which is of the synthetic level. `range`: the effect less what chance
    did to BAND of the placebos; `trend`: against the straight line of three years; `all_months`:
    with flagged months as read.
    """
    return pd.DataFrame(
        [_at_horizon(row, result.region, rows) for row in result.effects.itertuples()]
    )


def _at_horizon(row: Any, region: str, rows: tuple[str, ...]) -> dict[str, object]:
    of = f"{row.horizon} months after the closure"
    chance = span(
        row.low, row.high, f"Effect less chance {of}", rows, DONORS, level=BAND, region=region
    )
    percent = {"unit": "percent_change", "region": region}
    return {
        "months": int(row.horizon),
        "effect": points(row.points, f"Seen less synthetic {of}", rows, DONORS, region=region),
        "range": chance,
        "percent": points(
            row.percent, f"Effect as a part of the synthetic {of}", rows, DONORS, **percent
        ),
        "trend": points(row.trend, f"Seen less the trend before, {of}", rows, region=region),
        "all_months": points(
            row.all_months, f"With all months as read, {of}", rows, DONORS, region=region
        ),
    }


def _ranks(result: SyntheticControl) -> tuple[tuple[str, int, str], ...]:
    """(name, how many comparison countries, of what) by either measure; no case is in its count."""
    what = "Comparison countries that moved as far from their synthetic, or farther"
    ratio = f"{what}: distance after over the error before, root mean squares"
    distance = f"{what}: root mean square of the distance after"
    return (
        ("as_far", result.as_far, ratio),
        ("as_far_by_distance", result.as_far_by_distance, distance),
    )


def ranks(result: SyntheticControl, *rows: object) -> dict[str, Verdict]:
    """as_far and as_far_by_distance as cells: so many of so many comparison countries."""
    every = len(result.placebo_ratios)
    return {
        name: Verdict(
            about="rank",
            answer="of",
            definition=what,
            lineage=lineage(*rows),
            parts={
                "far": points(far, what, *rows, unit="number", kind="counted"),
                "all": points(every, "Comparison countries", *rows, unit="number", kind="counted"),
            },
        )
        for name, far, what in _ranks(result)
    }


def weights(result: SyntheticControl, tables: Tables, origin: tuple[str, ...]) -> pd.DataFrame:
    """The mix: a row a donor, largest weight first: donor (its name), weight (percent), lineage."""
    names, what = names_of(tables), "The donor’s weight in the synthetic"
    before = month_span(result.observed.index[0], result.month - pd.DateOffset(months=1))
    known: dict[str, Any] = {"unit": "percent", "step": 1, "period": before}
    rows = [
        {
            "donor": str(names[str(region)]),
            "weight": points(100 * weight, what, origin, region=str(region), **known),
            "lineage": origin,
        }
        for region, weight in result.weights.items()
    ]
    return pd.DataFrame(rows, columns=["donor", "weight", "lineage"])


def mix(frame: pd.DataFrame, origin: tuple[str, ...]) -> Several:
    """A frame of `weights` as one result."""
    what = "The donors and their weights, largest first"
    items = [
        Verdict(
            about="donor",
            answer="weight",
            definition=what,
            lineage=origin,
            parts={"place": place, "weight": weight},
        )
        for place, weight in zip(frame["donor"], frame["weight"], strict=True)
    ]
    return Several(items=tuple(items), about="names", definition=what, lineage=origin)


def left_out_span(result: SyntheticControl, rows: tuple[str, ...]) -> Quantity | None:
    """Least and most effect at the last horizon when one donor of weight is left out."""
    ends = at_horizon(result.month, result.leave_one_out, int(result.last["horizon"]))
    if ends.empty:
        return None
    return span(ends.min(), ends.max(), "The effect with one donor left out", rows, DONORS)


def marks_of(tables: Tables) -> Mapping[str, str]:
    """What is provisional or revised since the last edition: "region/month" → which."""
    return editions.marks("usage_panel", tables.root) if tables.root else {}


def lines(
    result: SyntheticControl,
    shares: pd.Series,
    stock: Stock | None,
    marks: Mapping[str, str],
    origin: tuple[str, ...],
) -> pd.DataFrame:
    """By month: month, observed, synthetic, low, high, fade_low, fade_high, mark and lineage.

    In percent. Up to the end of the window, or with a `stock` to the newest of `shares`: low and
    high are the placebos' band, fade_low and fade_high the stock without supply, empty where there
    is none; `mark` is "provisional" or "revised" since the last edition, else "".
    """
    frame = closure.lines(result)
    if stock is not None:
        later = shares.loc[frame.index[-1] :].iloc[1:].to_frame("observed")
        frame = pd.concat([frame, later])
        frame = frame.join(fading_lines(stock, pd.DatetimeIndex(frame.index)))
    frame = frame.reindex(columns=[*closure.LINES, "fade_low", "fade_high"])
    frame["mark"] = [marks.get(f"{result.region}/{month:%Y-%m}", "") for month in frame.index]
    return _with_lineage(frame, origin)


def _with_lineage(frame: pd.DataFrame, origin: tuple[str, ...]) -> pd.DataFrame:
    """With a column month beside the index; every row rests on all of `origin`."""
    every = pd.Series([origin] * len(frame), index=frame.index)
    frame = frame.round(_DIGITS).assign(lineage=every).rename_axis("month")
    frame.insert(0, "month", frame.index)
    return frame.rename_axis(None)


def gaps(result: SyntheticControl, tables: Tables, origin: tuple[str, ...]) -> pd.DataFrame:
    """Seen less synthetic, points, a row a month: month, then the closure's region, the placebos
    that are fitted well, and lineage. The columns between are names of places.
    """
    names = names_of(tables)
    placebos = result.placebo_gaps.rename(columns=dict(names))
    placebos = placebos[sorted(str(name) for name in placebos)]
    placebos.insert(0, str(names[result.region]), result.gaps)
    return _with_lineage(placebos, origin)


def scope(result: SyntheticControl) -> Results:
    """No results yet; those added hold for the closure's place, from it to the last horizon."""
    return Results(_after(result), result.region)


def _after(result: SyntheticControl) -> str:
    """From the closure to the last horizon."""
    until = result.month + pd.DateOffset(months=int(result.last["horizon"]))
    return month_span(result.month, until)


def add_effect(
    results: Results,
    prefix: str,
    result: SyntheticControl,
    rows: tuple[str, ...],
    place: str,
    step: float | None = None,
) -> None:
    """The last effect and its checks, as results (of `scope`) whose names begin with `prefix`.

    `rows`: as rows_of; `place`: the region's name; `step`: to what the effect and its range are
    known, None for tenths of a point.
    """
    rows, last = (*rows, *DONORS), result.last
    until = result.month + pd.DateOffset(months=int(last["horizon"]))
    what = "Seen less synthetic at the last horizon"
    fields: dict[str, Any] = {"kind": "estimated"}
    results.quantity(f"{prefix}effect", last["points"], "points", what, rows, step=step, **fields)
    what = "The effect, less what chance did to comparison countries"
    results.range(
        f"{prefix}range", last["low"], last["high"], "points", what, rows,
        step=step, level=BAND, **fields,
    )  # fmt: skip
    months, what = int(last["horizon"]), "From the closure to the last horizon"
    results.quantity(f"{prefix}months", months, "months", what, rows, kind="counted")
    results.moment(f"{prefix}until", until, "The last horizon’s month", rows)
    for name, far, what in _ranks(result):
        results.count(f"{prefix}{name}", far, what, rows, unit="number")
    what = "Comparison countries that played the case"
    results.count(f"{prefix}placebos", len(result.placebo_ratios), what, rows, unit="number")
    results.count(
        f"{prefix}well_fitted", result.placebo_gaps.shape[1], "Of these, well fitted", rows,
        unit="number",
    )  # fmt: skip
    what = "Typical distance before the closure"
    results.quantity(f"{prefix}misfit", result.pre_rmspe, "points_wide", what, rows, **fields)
    what = "What a closure pretended two years early seems to do"
    results.quantity(f"{prefix}early", result.in_time_placebo, "points", what, rows, **fields)
    _add_flagged(results, prefix, result, place, rows)


def _add_flagged(
    results: Results, prefix: str, result: SyntheticControl, place: str, rows: tuple[str, ...]
) -> None:
    """Which months are bridged, and what the last effect would be with them as read."""
    what = "Months bridged since they are hard to read"
    results.count(f"{prefix}flagged", len(result.flagged), what, rows, unit="flagged_months")
    if not result.flagged:
        results.verdict(f"{prefix}bridged", "none", what, rows, about="bridged")
        return
    parts = Results()
    runs = _runs(list(result.flagged))
    moments = Results()
    for start, end in runs:
        moments.moment(f"m{start:%Y%m}", start, what, rows, end=end)
    parts.several("months", moments.values(), what, rows, about="names")
    for name, key in (("as_read", "all_months"), ("effect", "points")):
        value, of = float(result.last[key]), f"The last effect: {key}"
        parts[name] = points(value, of, rows, period=_after(result))
    every: dict[str, Result | str] = {**parts, "place": place}
    results.verdict(f"{prefix}bridged", "some", what, rows, about="bridged", parts=every)


def _runs(months: list[pd.Timestamp]) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Months as first and last of those that follow each other."""
    runs: list[tuple[pd.Timestamp, pd.Timestamp]] = []
    for month in months:
        if runs and runs[-1][1] + pd.DateOffset(months=1) == month:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    return runs
