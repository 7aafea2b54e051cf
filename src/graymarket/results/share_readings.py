"""The readings that a maker's share of smartphones in use is built on, each with its error."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.models import pairs, synthesis
from graymarket.models.synthesis import Error
from graymarket.results.cells import column, each
from graymarket.results.errors import (
    APPLE,
    APPLE_SERIES,
    APPLE_VIEWS,
    FLOW,
    METRICS,
    PANEL,
    VIEWS,
    Learned,
    carried,
)

REGISTER = "register"  # a count of phones in use itself: its own noise alone
_FARTHEST = 30  # months from a reading to the date beyond which it tells nothing of it
_NEAR_DAYS = 183  # from a register's month, in which a count of lines with data tells of it
_MANY = 1e6  # degrees of freedom of an error that is known
_NO_MAKER = (" and ", ",", "Other", "All vendors", "Unknown")  # of what is no single maker


@dataclass(frozen=True)
class Target:
    """What is asked for: a maker's share of smartphones in use in a region at a month."""

    region: str
    date: pd.Timestamp
    maker: str


def makers(region: str, known: Learned, tables: Tables) -> list[str]:
    """The single makers of which there is any reading of a region, in order of their names."""
    named = [known.shares, known.in_use, tables["offers"]]
    found = {
        str(vendor) for rows in named for vendor in rows.loc[rows["region"] == region, "vendor"]
    }
    return sorted(m for m in found if not any(part in m for part in _NO_MAKER))


def readings_of(target: Target, known: Learned, tables: Tables) -> pd.DataFrame:
    """The readings of a target, as synthesis.combined takes them, the index naming each.

    Beside its columns: value (percent, as read), start and end, source (what it is: a metric of
    vendor_share, "panel", "offers" or "register"), off (log-odds by which its kind is off), moved
    (by drift), alone (percent: what it says corrected) and lineage.
    """
    rows = [_entry(target, found, known, tables) for found in _found(target, known, tables)]
    frame = pd.DataFrame([row for row in rows if row is not None])
    return frame if frame.empty else frame.set_index("name")


def _found(target: Target, known: Learned, tables: Tables) -> Iterator[dict[str, Any]]:
    """Rows that are of the target's place and maker, in one form."""

    def own(rows: pd.DataFrame) -> list[dict[Any, Any]]:
        here = (rows["region"] == target.region) & (rows["vendor"] == target.maker)
        dated = rows["start"].notna() & rows["end"].notna()
        return rows[here & dated].to_dict("records")

    views = VIEWS if target.maker != APPLE else APPLE_VIEWS
    for row in own(known.shares):
        kind = METRICS[row["metric"]]
        kind = views if kind == VIEWS else kind
        yield _of(row, row["value"], row["sample"], kind=kind, source=row["metric"])
    for row in own(tables["offers"]):
        if row["grade"] in pairs.SOUND:
            part = 100 * row["count"] / row["total"]
            yield _of(row, part, row["total"], kind=FLOW, source="offers")
    for row in own(known.in_use):
        yield _of(row, row["in_use"], np.nan, kind=REGISTER, source=REGISTER)
    yield from _panel(target, tables)


def _of(row: dict[Any, Any], value: float, sample: float, **known: Any) -> dict[str, Any]:
    rows = row["lineage"]
    about = {"name": rows, "value": value, "sample": sample, "lineage": lineage(rows)}
    return about | {"start": row["start"], "end": row["end"], **known}


def _panel(target: Target, tables: Tables) -> Iterator[dict[str, Any]]:
    """The year of the panel up to the target's month, of the maker that it can tell."""
    if target.maker != APPLE:  # Samsung's browser is not all of its phones
        return
    rows = models.region_series(tables["usage_panel"], target.region)
    year = rows.loc[target.date - pd.DateOffset(months=11) : target.date]
    year = year[year[APPLE_SERIES] > 0]
    if year.empty or (year["flag"] == "noisy panel").any():
        return
    ends = {"start": year.index[0], "end": year.index[-1], "sample": np.nan, "source": PANEL}
    about = {"name": f"usage_panel/{target.region}", "lineage": lineage(year)}
    yield about | ends | {"value": float(year[APPLE_SERIES].mean()), "kind": PANEL}


def _entry(
    target: Target, found: dict[str, Any], known: Learned, tables: Tables
) -> dict[str, Any] | None:
    """A reading with its errors; None where it is too far off, or nothing tells its error."""
    middle = found["start"] + (found["end"] - found["start"]) / 2
    month = target.date if found["kind"] == PANEL else _month(middle)
    if abs(models.months_between(month, target.date)) > _FARTHEST:
        return None
    if not 0 < found["value"] < 100:
        return None
    try:
        usage = tables["vendor_usage"]
        moved, doubt = carried(target.maker, known, usage, month, target.date)
    except ValueError:
        return None
    error = errors_of(found["kind"], known, month)
    return None if error is None else with_errors(found, error, moved, doubt)


def with_errors(
    found: dict[str, Any], error: Error, moved: float = 0.0, doubt: float = 0.0
) -> dict[str, Any]:
    """A reading (value, sample, kind), as synthesis.combined takes it; see synthesis.reading."""
    return found | synthesis.reading(found["value"], found["sample"], error, moved, doubt)


def _month(day: pd.Timestamp) -> pd.Timestamp:
    return day.to_period("M").to_timestamp()


def errors_of(name: str, known: Learned, month: pd.Timestamp) -> Error | None:
    """What readings of a kind are off by; None for a kind of which there are too few pairs."""
    if name == REGISTER:
        none = {"off": 0.0, "se": 0.0, "between": 0.0}
        return None if np.isnan(known.noise) else Error(**none, within=known.noise, freedom=_MANY)
    if name not in known.errors:
        return None
    errors = known.errors[name]
    given = {"ipads": float(month < pairs.IPADS_LEAVE)} if len(errors.names) > 1 else {}
    off, se = errors.expected(**given)
    return Error(off, se, errors.between, errors.within, errors.freedom)


def limits_of(target: Target, known: Learned, tables: Tables) -> pd.DataFrame:
    """What the share cannot exceed, as synthesis.combined takes it: the rank in a register.

    A brand of a rank has at most that part of all phones; of smartphones it has as many times more
    as smartphones are fewer than phones: as lines with data are fewer than lines, in counts of the
    register's own months. Beside at and own: value (percent of all phones), cap_low and cap_high
    (percent of smartphones, in its month), month, moved and lineage.
    """
    shares = tables["vendor_share"]
    ranks = shares[
        (shares["region"] == target.region)
        & (shares["vendor"] == target.maker)
        & (shares["metric"] == "network_register_rank")
        & shares["grade"].isin(pairs.SOUND)
    ]
    rows: list[dict[str, Any]] = []
    for rank in each(ranks):
        parts = _with_data(target.region, rank.start, tables)
        if len(parts) and abs(models.months_between(rank.start, target.date)) <= _FARTHEST:
            rows.append(_limit(target, rank, parts, known, tables))
    frame = pd.DataFrame(rows)
    return frame if frame.empty else frame.set_index("name")


def _with_data(region: str, day: pd.Timestamp, tables: Tables) -> pd.DataFrame:
    """Counts of lines with data near a day, with part: percent of all lines of that year's end."""
    counts, world = tables["market_size"], tables["world_development"]
    near = (counts["end"] - day).abs() <= pd.Timedelta(days=_NEAR_DAYS)
    of_lines = (counts["region"] == region) & (counts["metric"] == "mobile_internet_users")
    sound = counts["grade"].isin(pairs.SOUND) & counts["value"].notna()
    here = counts[near & of_lines & sound]
    lines = world[(world["region"] == region) & (world["indicator"] == "IT.CEL.SETS")]
    both = here.assign(year=here["end"].dt.year).merge(lines, on="year", suffixes=("", "_lines"))
    entries = zip(both["lineage"], both["lineage_lines"], strict=True)
    return both.assign(
        part=100 * both["value"] / both["value_lines"],
        lineage=column(list(entries), both.index),
    )


def _limit(
    target: Target, rank: Any, parts: pd.DataFrame, known: Learned, tables: Tables
) -> dict[str, Any]:
    cap = models.rank_cap(rank.value)
    low, high = (float(100 * cap / end) for end in (parts["part"].max(), parts["part"].min()))
    usage = tables["vendor_usage"]
    moved, doubt = carried(target.maker, known, usage, _month(rank.start), target.date)
    return {
        "name": rank.lineage,
        **synthesis.limit(low, high, moved, doubt),
        "value": cap,
        "cap_low": low,
        "cap_high": high,
        "month": _month(rank.start),
        "lineage": lineage(rank.lineage, parts),
    }
