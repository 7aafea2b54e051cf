"""What was published of phones before a policy and after it."""

from typing import Any

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.results.build import Results
from graymarket.results.cells import column
from graymarket.results.places import names_of
from graymarket.results.published import bounded, percent
from graymarket.results.quantity import Moment, Quantity, Result, Verdict
from graymarket.results.times import month_span

_SIDES = ("before", "after")
_COUNTED = {"USD": "million_dollars", "units": "thousands"}  # unit of the table → of UNITS


def gray_shares(tables: Tables) -> pd.DataFrame:
    """Gray shares that were published for both before and after a policy, grade C aside.

    Columns: label (place, policy and years), region, kind, low0, high0, low1, high1 (percent before
    and after), text0, text1 (as printed), strong (bool: free of an obvious other cause) and
    lineage. Where a benchmark of the same time prints a range, it stands for the single figure.
    By how surely the share fell, those that fell most first.
    """
    known = _known(tables)
    rows = known[(known["metric"] == "gray_share") & (known["unit"] == "percent")]
    ranges = _ranges(tables["benchmarks"])
    moves = _moves(rows, tables, [_share_move(row, ranges) for _, row in rows.iterrows()])
    change = moves["high1"] - moves["low0"]
    return moves.loc[change.sort_values(kind="stable").index].reset_index(drop=True)


def clean_counts(tables: Tables) -> pd.DataFrame:
    """Clean counts that are no shares, before and after a policy, with before = 100.

    Columns as in gray_shares.
    """
    known = _known(tables)
    rows = known[known["clean"] & (known["metric"] != "gray_share")]
    return _moves(rows, tables, [_count_move(row) for _, row in rows.iterrows()])


def add_results(results: Results, shares: pd.DataFrame, counts: pd.DataFrame) -> None:
    """How many shares fell after a policy, and what the clean counts did."""
    rows = lineage(shares) or ("policies",)
    what = "Gray shares published for both before and after a policy"
    results.count("pairs", len(shares), what, rows)
    fell = int((shares["high1"] < shares["low0"]).sum())
    results.count("fell", fell, "How many of them fell", rows)
    clean = int(shares["strong"].sum())
    what = "Those free of an obvious other cause"
    results.count("clean_shares", clean, what, rows)
    results.verdict("clean_heading", "some" if clean else "none", what, rows)
    rows = lineage(counts) or ("policies",)
    results.count("clean_counts", len(counts), "Clean counts that are no shares", rows)
    if len(counts):
        what = "What the clean counts moved to, of what they were"
        least, most = counts["low1"].min(), counts["low1"].max()
        results.range("counts_moved", least, most, "percent", what, rows, step=1)
    _registry(results, counts)


def _registry(results: Results, counts: pd.DataFrame) -> None:
    """The registry of which both the start and the end are clean: before, with it, and after."""
    starts, ends = (counts[counts["kind"] == kind] for kind in ("registry", "registry_end"))
    both = [region for region in starts["region"] if region in set(ends["region"])]
    for region in both[:1]:
        start = starts[starts["region"] == region].iloc[0]
        end = ends[ends["region"] == region].iloc[0]
        for name, row, side in (("before", start, 0), ("with", start, 1), ("after", end, 1)):
            quantity = row[f"text{side}"]
            what = quantity.definition
            results.quantity(f"registry_{name}", quantity.value, quantity.unit, what, row)


def _known(tables: Tables) -> pd.DataFrame:
    rows = tables["policies"]
    return rows[(rows["grade"] != "C") & rows[["before", "after"]].notna().all(axis=1)]


def _ranges(benchmarks: pd.DataFrame) -> pd.DataFrame:
    both = benchmarks[["low", "high"]].notna().all(axis=1)
    return benchmarks[both & (benchmarks["grade"] != "C") & (benchmarks["scope"] == "all_brands")]


def _moves(rows: pd.DataFrame, tables: Tables, moves: list[dict[str, object]]) -> pd.DataFrame:
    names = names_of(tables)
    columns = ["low0", "high0", "text0", "low1", "high1", "text1", "lineage"]
    moved = pd.DataFrame(moves, index=rows.index, columns=columns)
    labels = [_label(row, str(names[row["region"]])) for _, row in rows.iterrows()]
    return moved.assign(
        label=column(labels, rows.index),
        region=rows["region"],
        kind=rows["kind"],
        strong=rows["clean"],
    )


def _label(row: pd.Series, place: str) -> Verdict:
    parts: dict[str, Result | str] = {"place": place}
    for side in _SIDES:
        year = row[f"{side}_start"]
        parts[side] = Moment(date=year, precision="year", definition=side, lineage=lineage(row))
    what = "The place, the policy, and the years compared"
    rows = lineage(row)
    return Verdict(about="policy", answer=row["kind"], definition=what, lineage=rows, parts=parts)


def _share_move(row: pd.Series, ranges: pd.DataFrame) -> dict[str, object]:
    move: dict[str, object] = {}
    rows: list[object] = [row]
    for number, side in enumerate(_SIDES):
        same = ranges[
            (ranges["region"] == row["region"])
            & (ranges["start"] == row[f"{side}_start"])
            & (ranges["end"] == row[f"{side}_end"])
        ]
        rows.append(same)
        low, high = (same["low"].min(), same["high"].max()) if len(same) else [row[side]] * 2
        text: Any = percent(low, high, f"{row['what']}, {side}", row, region=row["region"])
        text = text if len(same) else bounded(text, row[f"{side}_qualifier"])
        move |= {f"low{number}": low, f"high{number}": high, f"text{number}": text}
    return move | {"lineage": list(lineage(*rows))}


def _count_move(row: pd.Series) -> dict[str, object]:
    index = 100 * row["after"] / row["before"]
    texts = [_count(row, side) for side in _SIDES]
    ends = {"low0": 100.0, "high0": 100.0, "low1": index, "high1": index}
    return ends | {"text0": texts[0], "text1": texts[1], "lineage": list(lineage(row))}


def _count(row: pd.Series, side: str) -> Quantity:
    period = month_span(row[f"{side}_start"], row[f"{side}_end"])
    return Quantity(
        value=row[side],
        unit=_COUNTED[row["unit"]],
        definition=f"{row['what']}, {side} the policy",
        kind="counted",
        lineage=lineage(row),
        period=period,
        region=row["region"],
    )
