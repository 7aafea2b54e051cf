"""What datasets would change in a table of data/: rows added, figures revised, nothing lost."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, groupby, pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from graymarket import evidence
from graymarket.evidence import EvidenceError, Problem
from graymarket.refresh.dataset import Dataset, Download

_NUMBERS = ("number", "integer")
_ORIGIN = "_origin"  # beside the columns of a table: the file and the row that a row came from
_NAMED = 3  # of months and regions that a remark names; the rest is counted

Fields = dict[str, dict[str, Any]]  # a table's fields by name, as datapackage.json has them


@dataclass(frozen=True)
class Change:
    """What datasets do to one table.

    `cells` is the whole new table as text. `added` has the new rows; `revised` a row for each
    figure that changes: row (its primary key), field, old, new. `same` counts the rows that came
    and are there already. `remarks` are sentences for whoever decides; `sources` are rows that
    sources.csv must have. `origins` leads from a spreadsheet row of the new table to the
    download's name and its row there; if that is not known, the name has the row's key with it.
    """

    table: str
    cells: pd.DataFrame
    added: pd.DataFrame
    revised: pd.DataFrame
    same: int
    downloads: tuple[Download, ...]
    remarks: tuple[str, ...]
    sources: tuple[dict[str, str], ...]
    origins: dict[int, tuple[str, int | None]]

    @property
    def is_news(self) -> bool:
        """Whether anything changes."""
        return len(self.added) + len(self.revised) > 0

    @property
    def span(self) -> tuple[str, str]:
        """The first and the last period of the added rows, ("", "") where rows have none."""
        for column in ("month", "year", "start", "date"):
            if column in self.added and len(self.added):
                return self.added[column].min(), self.added[column].max()
        return "", ""


def changes(root: Path, datasets: list[Dataset]) -> list[Change]:
    """The change of each table that the datasets are for.

    Raises EvidenceError when two datasets contradict each other, or data/ cannot be read.
    """
    tables = dict.fromkeys(dataset.table for dataset in datasets)
    return [_change(root, t, [d for d in datasets if d.table == t]) for t in tables]


def _change(root: Path, table: str, datasets: list[Dataset]) -> Change:
    resource = evidence.resource(table, root)
    old = evidence.raw_cells(table, root)
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    key = resource["schema"]["primaryKey"]
    new = _rows_of(datasets, old, resource, fields)
    old_keys = pd.MultiIndex.from_frame(old[key])
    known = pd.MultiIndex.from_frame(new[key]).isin(old_keys) & (new[key] != "").any(axis=1)
    cells, revised, emptied = _revise(old, old_keys, new[known], key, fields)
    added = _with_ids(new[~known], old, key)
    whole = _in_order(old, pd.concat([cells, added], ignore_index=True), key)
    origins = _origins(whole.pop(_ORIGIN), whole[resource.get("matchedBy", key)])
    added = added.drop(columns=_ORIGIN).reset_index(drop=True)
    revising = {name for name, _ in revised.pop(_ORIGIN)}
    return Change(
        table,
        whole,
        added,
        revised,
        int(known.sum()) - revised["row"].nunique(),
        tuple(dataset.download for dataset in datasets),
        (
            *dict.fromkeys(r for d in datasets for r in d.remarks),
            *_older(root, table, [d.download for d in datasets if d.download.name in revising]),
            *_gaps(old, added, key),
            *_emptied(emptied),
        ),
        tuple(source for dataset in datasets for source in dataset.sources),
        origins,
    )


def _rows_of(
    datasets: list[Dataset], old: pd.DataFrame, resource: dict[str, Any], fields: Fields
) -> pd.DataFrame:
    """All rows that came, each key once, with the column _ORIGIN."""
    rows = pd.concat([_with_origin(dataset) for dataset in datasets], ignore_index=True)
    rows = _recognised(rows, old, resource)
    rows = rows.drop_duplicates(subset=list(fields), ignore_index=True)
    for key in (resource["schema"]["primaryKey"], resource.get("matchedBy", [])):
        if not key:
            continue
        twice = rows[rows.duplicated(key, keep=False) & (rows[key] != "").any(axis=1)]
        if len(twice):
            raise EvidenceError([_contradiction(twice, key)])
    return rows


def _recognised(rows: pd.DataFrame, old: pd.DataFrame, resource: dict[str, Any]) -> pd.DataFrame:
    """Facts without an id take that of the table's row that is the same but for the id.

    The columns `matchedBy`, where a table has them, tell that of any id that is not known.
    """
    if resource["schema"]["primaryKey"] != ["id"]:
        return rows
    nameless = rows["id"] == ""
    columns = [name for name in old if name != "id"]
    if "matchedBy" in resource:
        nameless = ~rows["id"].isin(old["id"])
        columns = resource["matchedBy"]
    known = rows[columns].merge(old.drop_duplicates(columns), "left", on=columns)["id"]
    return rows.assign(id=rows["id"].where(~nameless | known.isna(), known))


def _origins(origins: pd.Series, keys: pd.DataFrame) -> dict[int, tuple[str, int | None]]:
    """As Change.origins, of a table's column of them and its keys."""
    names = keys.itertuples(index=False, name=None)
    return {
        row: origin if origin[1] else (f"{origin[0]}, {'/'.join(name)}", None)
        for row, (origin, name) in enumerate(zip(origins, names, strict=True), start=2)
        if isinstance(origin, tuple)
    }


def _contradiction(twice: pd.DataFrame, key: list[str]) -> Problem:
    first = twice.iloc[0]
    origins = twice.loc[(twice[key] == first[key]).all(axis=1), _ORIGIN]
    files = dict.fromkeys(name for name, _ in origins)
    fix = "the files contradict each other: add them one at a time, the oldest first"
    return Problem(
        " and ".join(files),
        "one set of figures for each row",
        row=origins.iloc[-1][1] if len(files) == 1 else None,
        value=f"{'/'.join(first[key])} with different figures",
        fix=fix if len(files) > 1 else "this file gives the row twice: leave one of the two",
    )


def _with_origin(dataset: Dataset) -> pd.DataFrame:
    lines = dataset.lines or [None] * len(dataset.rows)
    origins = [(dataset.download.name, line) for line in lines]
    return dataset.rows.assign(**{_ORIGIN: pd.Series(origins, dataset.rows.index, dtype=object)})


def _revise(
    old: pd.DataFrame, old_keys: pd.MultiIndex, new: pd.DataFrame, key: list[str], fields: Fields
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The old table with the new figures put in, the list of them, and how many are not given.

    The list has the column _ORIGIN too.
    """
    places = dict(zip(old_keys, old.index, strict=True))
    new = new.set_axis([places[k] for k in pd.MultiIndex.from_frame(new[key])], axis=0)
    cells = old.assign(**{_ORIGIN: None})
    cells.loc[new.index, _ORIGIN] = new[_ORIGIN]
    names = [name for name in fields if name not in (*key, "id")]
    was, now = old.loc[new.index, names], new[names]
    moved = pd.DataFrame({name: _moved(was[name], now[name], fields[name]) for name in names})
    if "source_id" in moved and len(key) > 1:
        # In a series, that another source has the same figure too is no news.
        moved["source_id"] &= moved.drop(columns="source_id").any(axis=1)
    cells.loc[new.index, names] = now.where(moved, was)
    moves = [
        ("/".join(old.loc[at, key]), name, was.at[at, name], now.at[at, name], new.at[at, _ORIGIN])
        for at, row in zip(moved.index, moved.to_numpy(), strict=True)
        for name, is_moved in zip(names, row, strict=True)
        if is_moved
    ]
    revised = pd.DataFrame(moves, columns=["row", "field", "old", "new", _ORIGIN])
    emptied = int(((now == "") & (was != "")).to_numpy().sum())
    return cells, revised.sort_values("row", kind="stable", ignore_index=True), emptied


def _moved(was: pd.Series, now: pd.Series, field: dict[str, Any]) -> pd.Series:
    """Which cells are given and another figure than before."""
    moved = [
        after not in ("", before) and not _same(before, after, field)
        for before, after in zip(was, now, strict=True)
    ]
    return pd.Series(moved, was.index, dtype=bool)


def _same(before: str, after: str, field: dict[str, Any]) -> bool:
    """Whether two texts are one figure.

    Numbers may differ by the field's `rounding`, or in what lies beyond its `digits`.
    """
    if field["type"] not in _NUMBERS:
        return before == after
    digits = field.get("digits")
    try:
        was, now = Decimal(before), Decimal(after)
        slack = Decimal(str(field.get("rounding", 0)))
        if digits and was:
            slack = Decimal(1).scaleb(was.adjusted() - digits + 1)
        return abs(was - now) <= slack
    except ArithmeticError:  # no number, none that is finite, or beyond all bounds
        return before == after


def _with_ids(added: pd.DataFrame, old: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """New rows of a table of facts get the ids that come next, if its ids are numbered."""
    if key != ["id"] or (added["id"] != "").all():
        return added
    nameless = added.index[added["id"] == ""]
    ids = pd.concat([old["id"], added["id"]])
    numbered = ids.str.extract(r"^([a-z_]+-)(\d+)[a-z]?$").dropna()
    if numbered.empty:
        return added
    start = numbered[0].mode()[0]
    last = max(numbered.loc[numbered[0] == start, 1], key=int)
    ids = [f"{start}{int(last) + i:0{len(last)}d}" for i in range(1, len(nameless) + 1)]
    return added.assign(id=added["id"].where(added["id"] != "", pd.Series(ids, index=nameless)))


def _in_order(old: pd.DataFrame, cells: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Sorted by key if the table was; else new rows stay at the end."""
    keys = list(old[key].itertuples(index=False, name=None))
    if all(first <= second for first, second in pairwise(keys)):
        return cells.sort_values(key, kind="stable", ignore_index=True)
    return cells


def _older(root: Path, table: str, downloads: list[Download]) -> tuple[str, ...]:
    """That a file which revises figures is older than the last that was added."""
    ledger = evidence.raw_cells("additions", root)
    last = max(ledger.loc[ledger["table"] == table, "accessed"], default="")
    return tuple(
        f"The file is of {download.accessed}, older than what data/ has from {last}: "
        f"{download.name}."
        for download in sorted(downloads, key=lambda download: download.accessed)[:1]
        if str(download.accessed) < last
    )


def _gaps(old: pd.DataFrame, added: pd.DataFrame, key: list[str]) -> tuple[str, ...]:
    """Months that a region has neither in the table nor in the new rows, though around them."""
    if added.empty or not {"region", "month"} <= {*key}:
        return ()
    before = old.groupby("region")["month"].agg(_numbers)
    regions: dict[tuple[int, ...], list[str]] = {}  # of each gap
    for region, months in added.groupby("region")["month"]:
        gap = _missing(before.get(region, set()), _numbers(months))
        regions.setdefault(gap, []).append(str(region))
    everywhere = len(regions) == 1
    gaps = sorted(regions.keys() - {()}, key=lambda gap: (-len(regions[gap]), gap))
    if not gaps:
        return ()
    parts = [
        _few(_runs(gap)) + ("" if everywhere else f" for {_few(regions[gap])}")
        for gap in gaps[:_NAMED]
    ]
    if rest := sum(len(regions[gap]) for gap in gaps[_NAMED:]):
        parts.append(f"other months for {_counted(rest, 'more region')}")
    stay = "The month stays empty until a file with it is added"
    if len({*chain(*gaps)}) > 1:
        stay = "These months stay empty until a file with them is added"
    return (f"Missing in between: {'; '.join(parts)}. {stay}; nothing is filled in.",)


def _numbers(months: Iterable[str]) -> set[int]:
    """Months counted from the year 0; what is no month is left out."""
    matches = (re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", month) for month in months)
    return {int(match[1]) * 12 + int(match[2]) - 1 for match in matches if match}


def _missing(had: set[int], came: set[int]) -> tuple[int, ...]:
    """The months between that are not there; gaps that were there before are no news."""
    return tuple(sorted(_reach(had | came) - came - _reach(had)))


def _reach(months: set[int]) -> set[int]:
    return {*range(min(months), max(months) + 1)} if months else set()


def _runs(months: Iterable[int]) -> list[str]:
    """Months in words, three or more in a row as one item."""
    items = []
    for _, run in groupby(enumerate(months), lambda place: place[1] - place[0]):
        names = [f"{month // 12:04d}-{month % 12 + 1:02d}" for _, month in run]
        long = len(names) >= 3
        items += [f"{names[0]} … {names[-1]} ({len(names)})"] if long else names
    return items


def _few(items: list[str]) -> str:
    """The first items, and how many more there are."""
    more = f" and {len(items) - _NAMED:,} more" if len(items) > _NAMED else ""
    return ", ".join(items[:_NAMED]) + more


def _emptied(count: int) -> tuple[str, ...]:
    """That empty cells of a file withdraw nothing."""
    if not count:
        return ()
    return (
        f"{_counted(count, 'cell')} empty in the file, and kept: to withdraw a figure, edit data/.",
    )


def describe(change: Change, most: int = 12) -> list[str]:
    """The change in lines for a terminal; of revised figures the first `most`."""
    lines = [f"data/{change.table}.csv: {_summary(change)}"]
    columns = (change.revised[name].head(most) for name in ("row", "field", "old", "new"))
    for row, field, old, new in zip(*columns, strict=True):
        lines.append(f"  {row}, {field}: {old or 'empty'} → {new}")
    if len(change.revised) > most:
        lines.append(f"  … and {len(change.revised) - most:,} more figures")
    return lines + [f"  Note: {remark}" for remark in change.remarks]


def _summary(change: Change) -> str:
    parts = []
    if len(change.added):
        first, last = change.span
        when = f", {first}" if first == last else f", {first} to {last}"
        regions = change.added["region"].nunique() if "region" in change.added else 0
        where = f" for {_counted(regions, 'region')}" if regions else ""
        parts.append(f"{_counted(len(change.added), 'row')} added{where}{when if first else ''}")
    if len(change.revised):
        parts.append(f"{_counted(len(change.revised), 'published figure')} revised")
    if change.same:
        parts.append(f"{_counted(change.same, 'row')} already there")
    return "; ".join(parts) or "nothing in it that counts"


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
