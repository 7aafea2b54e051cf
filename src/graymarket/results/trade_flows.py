"""Recorded flows of phones between two places: those that vanished, and those that swelled."""

from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.results.build import Results
from graymarket.results.cells import each
from graymarket.results.places import names_of
from graymarket.results.published import bounded
from graymarket.results.quantity import Moment, Quantity, Verdict
from graymarket.results.times import month_span

_EXPORTS = ("phone_export_value", "smartphone_export_value", "smartphone_exports")
_SWELLED = 2.0  # times its first year: a flow that grew as much or more
_STEP = {"USD": 1.0, "units": 0.01}  # of millions
_WAY = ["partner", "region"]


def moved_flows(tables: Tables) -> pd.DataFrame:
    """Yearly exports that came to nothing or at least doubled: the rows of trade_facts, by flow.

    Those that vanished come first. Adds ended ("stopped" or "swelled").
    """
    facts = tables["trade_facts"]
    rows = facts[
        facts["metric"].isin(_EXPORTS)
        & (facts["partner"] != "")
        & (facts["period"] == "year")
        & (facts["grade"] != "C")
    ].sort_values("start", kind="stable")
    parts = [
        part.assign(ended=ended)
        for _, part in rows.groupby([*_WAY, "metric"], sort=False)
        if (ended := _ended(part["value"]))
    ]
    moved = pd.concat(parts) if parts else rows.assign(ended="")
    return moved.sort_values("ended", kind="stable")


def _ended(values: pd.Series) -> str:
    first, last = values.iloc[0], values.iloc[-1]
    if len(values) < 2 or not values.max():
        return ""
    return "stopped" if last == 0 else "swelled" if last >= _SWELLED * first else ""


def bars_of(moved: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """A bar for each year from a flow's first to its last; years without a figure stay empty.

    Columns: flow, unit and heading (verdicts), label (the year), value (millions, or none), text,
    part (bool, always False) and lineage ("" for an empty year).
    """
    names = names_of(tables)
    columns = ["flow", "unit", "heading", "label", "value", "text", "part", "lineage"]
    parts = [_bars(part, names) for _, part in moved.groupby([*_WAY, "metric"], sort=False)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _bars(part: pd.DataFrame, names: pd.Series) -> pd.DataFrame:
    first, rows = part.iloc[0], lineage(part)
    flow = Verdict(
        about="flow",
        answer="way",
        definition="From where to where",
        lineage=rows,
        parts={
            side: str(names[first[key]])
            for side, key in (("exporter", "partner"), ("importer", "region"))
        },
    )
    what = "The unit of the figures"
    unit = Verdict(about="flow_unit", answer=first["unit"], definition=what, lineage=rows)
    parts = {"flow": flow, "unit": unit}
    heading = Verdict(
        about="flow_heading", answer="way", definition=what, lineage=rows, parts=parts
    )
    by_year = part.set_index(part["start"].dt.year)
    years = range(by_year.index[0], by_year.index[-1] + 1)
    bars = [_bar(by_year, year, rows) for year in years]
    same = {"flow": flow, "unit": unit, "heading": heading, "part": False}
    return pd.DataFrame([same | bar for bar in bars])


def _bar(by_year: pd.DataFrame, year: int, rows: tuple[str, ...]) -> dict[str, Any]:
    date = pd.Timestamp(year, 1, 1)
    label = Moment(date=date, precision="year", definition="The year", lineage=rows)
    if year not in by_year.index:
        return {"label": label, "value": None, "text": "", "lineage": ""}
    row: Any = by_year.loc[year]
    text = Quantity(
        value=row["value"] / 1e6,
        unit="number",
        definition=row["what"],
        kind="counted",
        lineage=lineage(row),
        period=str(year),
        region=row["region"],
        step=_STEP[row["unit"]],
    )
    return {"label": label, "value": text.value, "text": text, "lineage": row["lineage"]}


def add_stopped(results: Results, moved: pd.DataFrame, tables: Tables) -> None:
    """The flow that came to nothing, and how many phone lines there were then and now."""
    stopped = moved[moved["ended"] == "stopped"]
    answer = "stopped" if len(stopped) else "went_on"
    what = "Whether a recorded flow came to nothing"
    results.verdict("stopped", answer, what, stopped if len(stopped) else "trade_facts")
    if stopped.empty:
        return
    last = stopped.iloc[-1]
    before = stopped[stopped["value"] > 0].iloc[-1]
    for name, row in (("stop_before", before), ("stop_after", last)):
        results.quantity(name, row["value"], "million_dollars", row["what"], row, **_when(row))
    lines = tables["market_size"]
    lines = lines[
        (lines["region"] == last["region"])
        & (lines["metric"] == "subscribers")
        & (lines["grade"] != "C")
        & (lines["start"] >= last["start"])
    ].sort_values("start", kind="stable")
    for name, part in (("lines_then", lines.head(1)), ("lines_now", lines.tail(1))):
        for row in each(part):
            _lines(results, name, row)


def _lines(results: Results, name: str, row: Any) -> None:
    known: dict[str, Any] = {"kind": "stated", "region": row.region, "period": f"{row.start:%Y-%m}"}
    if pd.isna(row.value):
        results.range(name, row.low, row.high, "people", row.what, row.lineage, **known)
    else:
        results.quantity(name, row.value, "people", row.what, row.lineage, **known)
        quantity = results[name]
        assert isinstance(quantity, Quantity)
        results[name] = bounded(quantity, row.qualifier)


def add_swelled(results: Results, moved: pd.DataFrame, tables: Tables) -> None:
    """The flow that grew, in dollars and in phones, and what a phone came to."""
    swelled = moved[moved["ended"] == "swelled"]
    ends = {}
    for name, unit in (("units", "units"), ("value", "USD")):
        part = swelled[swelled["unit"] == unit]
        if part.empty:
            return
        first, last = part.iloc[0], part.iloc[-1]
        ends[name] = first, last
        what = f"How many times as much as in the first year: {first['what']}"
        grew = last["value"] / first["value"]
        results.quantity(f"grew_{name}", grew, "ratio", what, first, last, step=0.1)
    for name, place in (("before", 0), ("after", 1)):
        units, value = ends["units"][place], ends["value"][place]
        results.quantity(
            f"swell_{name}", units["value"], "phones", units["what"], units, **_when(units)
        )
        what = "Declared value of a phone"
        results.quantity(
            f"each_{name}", value["value"] / units["value"], "dollars", what, value, units
        )
    _re_exported(results, ends["units"][1], tables)


def _re_exported(results: Results, last: pd.Series, tables: Tables) -> None:
    facts = tables["trade_facts"]
    part = facts[
        (facts["metric"] == "re_export_share")
        & (facts["region"] == last["partner"])
        & (facts["start"] == last["start"])
        & (facts["grade"] != "C")
    ]
    for row in each(part.head(1)):
        results.quantity("re_export", row.value, "percent", row.what, row.lineage, kind="stated")


def add_mirrored(
    results: Results, flows: pd.DataFrame, regions: tuple[str, ...], names: pd.Series
) -> None:
    """How many recorded flows to or from the places are reported by both sides."""
    ours = flows[flows["importer"].isin(regions) | flows["exporter"].isin(regions)]
    rows = lineage(ours) or ("trade_flows",)
    what = "Recorded flows to or from these places, each of one period"
    results.count("recorded", models.distinct_flows(ours), what, rows)
    what = "Those of them that both sides report for the same period"
    results.count("mirrored", models.distinct_flows(models.mirrored(ours)), what, rows)
    traced = [region for region in set(ours["importer"]) if region in regions]
    places = sorted(((region, str(names[region])) for region in traced), key=lambda place: place[1])
    what = "Places to which a flow is recorded"
    results.names("traced_to", places, what, rows, about="no_region")


def _when(row: pd.Series) -> dict[str, Any]:
    period = month_span(row["start"], row["end"])
    return {"kind": "counted", "period": period, "region": row["region"]}
