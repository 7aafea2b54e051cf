"""Legal imports around a registry of phones, from the table iran_imports."""

from typing import Any

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.results.build import Results
from graymarket.results.cells import each
from graymarket.results.quantity import Moment, Quantity, Result, Verdict

REGION = "IRN"  # the place that the table iran_imports is of
_MILLION = 1e6
_NEAR = 0.1  # apart by less, two counts are about the same
_YEAR = 365  # days


def registry_of(policies: pd.DataFrame) -> pd.Series | None:
    """The first policy of the place that is a registry and says from when; None without any."""
    rows = policies[
        (policies["region"] == REGION)
        & (policies["kind"] == "registry")
        & (policies["begins"] != "")
        & (policies["grade"] != "C")
    ].sort_values("begins", kind="stable")
    return None if rows.empty else rows.iloc[0]


def begins(registry: pd.Series) -> pd.Timestamp:
    """The first day on which it can have held."""
    return pd.Period(registry["begins"]).start_time


def bars_of(imports: pd.DataFrame) -> pd.DataFrame:
    """A bar for each Iranian year from the first to the last, in millions of phones.

    `imports` are rows of the table iran_imports. Columns: label (the year), value (none where no
    figure is known), text, by and of_part (verdicts), part (bool: a part of the year), other (bool:
    counted by importers), grade and lineage.
    """
    known = imports.assign(year=imports["start"].dt.year).set_index("year")
    years = range(known.index.min(), known.index.max() + 1)
    rows = [_bar(known, year, lineage(imports)) for year in years]
    return pd.DataFrame(rows)


def _bar(known: pd.DataFrame, year: int, rows: tuple[str, ...]) -> dict[str, Any]:
    label = _split_year(year, rows)
    if year not in known.index:
        nothing = {"value": None, "text": "", "by": "", "of_part": "", "grade": "", "lineage": ""}
        return {"label": label, "part": False, "other": False} | nothing
    row: Any = known.loc[year]
    part = row["period"] == "iranian_part"
    of: dict[str, Any] = {"definition": "Whose count", "lineage": lineage(row)}
    whole: dict[str, Any] = {"definition": "What part of the year", "lineage": lineage(row)}
    return {
        "label": label,
        "value": row["units"] / _MILLION,
        "text": _millions(row),
        "by": Verdict(about="counted_by", answer=row["counted_by"], **of),
        "of_part": Verdict(about="part_of_year", answer="half", **whole) if part else "",
        "part": part,
        "other": row["counted_by"] == "importers",
        "grade": row["grade"],
        "lineage": row["lineage"],
    }


def _split_year(year: int, rows: tuple[str, ...]) -> Moment:
    first, last = (pd.Timestamp(of, 1, 1) for of in (year, year + 1))
    what = "The Iranian year"
    return Moment(date=first, end=last, precision="split_year", definition=what, lineage=rows)


def _millions(row: pd.Series) -> Quantity:
    return Quantity(
        value=row["units"] / _MILLION,
        unit="number",
        definition="Millions of phones imported legally",
        kind="counted",
        lineage=lineage(row),
        region=REGION,
        step=0.1,
    )


def place_in(bars: pd.DataFrame, day: pd.Timestamp) -> float:
    """Where a day lies among bars of Iranian years (from 21 March), the first bar at 0."""
    first = int(bars["label"].iloc[0].date.year)
    return day.year - first + (day - pd.Timestamp(day.year, 3, 21)).days / _YEAR - 0.5


def add_results(
    results: Results, imports: pd.DataFrame, registry: pd.Series, tables: Tables
) -> None:
    """Officials' counts before and after the registry, and what had been smuggled before it."""
    start_day = begins(registry)
    results.moment("registry", start_day, "When the registry began", registry, precision="year")
    officials = imports[imports["counted_by"] == "officials"]
    before = officials[officials["end"] < start_day]
    whole = officials["period"] == "iranian_year"
    after = officials[whole & (officials["start"] > start_day)]
    _importers(results, imports[imports["counted_by"] == "importers"])
    unseen = int((officials["second_look"] == "not_found").sum())
    what = "Official figures that could not be found a second time"
    results.count("not_found_again", unseen, what, officials)
    _missing(results, imports)
    if before.empty or after.empty:
        return
    start, low, high = before["units"].max(), after["units"].min(), after["units"].max()
    what = "Phones imported legally in a year before the registry, by officials' count"
    known: dict[str, Any] = {"kind": "counted", "region": REGION}
    results.quantity("imports_before", start, "phones_imported", what, before, **known)
    what = "Phones imported legally in a full year after, by officials' count"
    results.range("imports_after", low, high, "phones_imported", what, after, **known)
    what = "How many times as many"
    results.range("factor", low / start, high / start, "number", what, before, after)
    answer = "grew" if low > start else "fell"
    results.verdict("swelled", answer, "Whether legal imports grew", before, after)
    _smuggled(results, before, after, tables)
    _smuggled_later(results, start_day, tables)


def _importers(results: Results, imports: pd.DataFrame) -> None:
    if len(imports):
        most = imports["units"].max()
        what = "Phones imported legally in a year, by the importers' own count, at most"
        known: dict[str, Any] = {"kind": "stated", "region": REGION}
        results.quantity("imports_importers", most, "phones_imported", what, imports, **known)


def _missing(results: Results, imports: pd.DataFrame) -> None:
    years = imports["start"].dt.year
    rows = lineage(imports)
    missing: list[Result] = [
        _split_year(year, rows)
        for year in range(years.min(), years.max() + 1)
        if year not in set(years)
    ]
    what = "Iranian years without a figure"
    results.several("missing", missing, what, imports, about="none", listed=True)


def _smuggling(tables: Tables) -> pd.DataFrame:
    """What is told of phones smuggled in, grade C aside."""
    facts = tables["trade_facts"]
    of_phones = (facts["metric"] == "smuggled_phones") & (facts["region"] == REGION)
    return facts[of_phones & (facts["grade"] != "C")]


def _smuggled_later(results: Results, begun: pd.Timestamp, tables: Tables) -> None:
    """The first figure of phones smuggled after the registry began, if there is one."""
    facts = _smuggling(tables)
    rows = facts[facts["start"] > begun].sort_values("start", kind="stable")
    for row in each(rows.head(1)):
        what, unit = f"{row.what}, after the registry began", "phones_imported"
        known: dict[str, Any] = {"region": REGION, "kind": "stated"}
        results.quantity("smuggled_later", row.value, unit, what, row.lineage, **known)
        what = "The year of that figure"
        results.moment("smuggled_later_year", row.start, what, row.lineage, precision="year")


def _smuggled(results: Results, before: pd.DataFrame, after: pd.DataFrame, tables: Tables) -> None:
    """Phones smuggled in the year before, and whether with the legal ones they make today's."""
    last = before.sort_values("units", kind="stable").iloc[-1]
    facts = _smuggling(tables)
    for row in each(facts[facts["start"] == last["start"]].head(1)):
        known: dict[str, Any] = {"region": REGION}
        results.quantity(
            "smuggled", row.value, "phones_imported", row.what, row.lineage, kind="stated", **known
        )
        together = last["units"] + row.value
        what = "Legal and smuggled phones together in that year"
        origin = (last, row.lineage)
        results.quantity(
            "together", together, "phones_imported", what, *origin, kind="estimated", **known
        )
        newest = after[after["start"] >= after["start"].max() - pd.DateOffset(years=1)]["units"]
        near = abs(newest / together - 1).max() < _NEAR
        what = "Whether that is about what is counted as legal now"
        answer = "near" if near else "far"
        results.verdict("together_reading", answer, what, *origin, after)
