"""What deliveries would change in a table of data/: rows added, figures revised, nothing lost."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path

import pandas as pd

from graymarket import evidence
from graymarket.evidence import EvidenceError, Problem
from graymarket.refresh.delivery import Delivery, Download

_NUMBERS = ("number", "integer")
_ORIGIN = "_origin"  # beside the columns of a table: the file and the row that a row came from


@dataclass(frozen=True)
class Change:
    """What deliveries do to one table.

    `cells` is the whole new table as text. `added` has the new rows; `revised` a row for each
    figure that changes: row (its key), field, old, new. `same` counts the delivered rows that
    are there already. `remarks` are sentences for whoever decides; `sources` are rows that
    sources.csv must have. `origins` leads from a spreadsheet row of the new table to the
    download's name, and its row there if that is known.
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


def changes(root: Path, deliveries: list[Delivery]) -> list[Change]:
    """The change of each table that the deliveries are for.

    Raises EvidenceError when two deliveries contradict each other, or data/ cannot be read.
    """
    tables = dict.fromkeys(delivery.table for delivery in deliveries)
    return [_change(root, t, [d for d in deliveries if d.table == t]) for t in tables]


def _change(root: Path, table: str, deliveries: list[Delivery]) -> Change:
    resource = evidence.resource(table, root)
    old = evidence.raw_cells(table, root)
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    key = resource.get("matchedBy", resource["schema"]["primaryKey"])
    new = _delivered(deliveries, key, fields)
    old_keys = pd.MultiIndex.from_frame(old[key])
    new_keys = pd.MultiIndex.from_frame(new[key])
    known = new_keys.isin(old_keys)
    cells, revised, emptied = _revise(old, old_keys, new[known], key, fields)
    added = _with_ids(new[~known], old, resource["schema"]["primaryKey"])
    whole = _in_order(old, pd.concat([cells, added], ignore_index=True), key)
    origins = whole.pop(_ORIGIN)
    added = added.drop(columns=_ORIGIN).reset_index(drop=True)
    return Change(
        table,
        whole,
        added,
        revised,
        int(known.sum()) - revised["row"].nunique(),
        tuple(delivery.download for delivery in deliveries),
        (
            *dict.fromkeys(r for d in deliveries for r in d.remarks),
            *_gaps(old, added),
            *_emptied(emptied),
        ),
        tuple(source for delivery in deliveries for source in delivery.sources),
        {row: origin for row, origin in enumerate(origins, start=2) if origin is not None},
    )


def _delivered(deliveries: list[Delivery], key: list[str], fields: dict) -> pd.DataFrame:
    """All delivered rows, each key once, with the column _ORIGIN."""
    rows = pd.concat([_with_origin(d) for d in deliveries], ignore_index=True)
    rows = rows.drop_duplicates(subset=list(fields), ignore_index=True)
    twice = rows[rows.duplicated(key, keep=False) & (rows[key] != "").any(axis=1)]
    if len(twice):
        first = twice.iloc[0]
        others = twice[(twice[key] == first[key]).all(axis=1)]
        raise EvidenceError(
            [
                Problem(
                    " and ".join(dict.fromkeys(name for name, _ in others[_ORIGIN])),
                    "one set of figures for each row",
                    value=f"{'/'.join(first[key])} with different figures",
                    fix="the files contradict each other: add them one at a time, the oldest first",
                )
            ]
        )
    return rows


def _with_origin(delivery: Delivery) -> pd.DataFrame:
    lines = delivery.lines or [None] * len(delivery.rows)
    origins = [(delivery.download.name, line) for line in lines]
    return delivery.rows.assign(**{_ORIGIN: pd.Series(origins, dtype=object)})


def _revise(
    old: pd.DataFrame, old_keys: pd.MultiIndex, new: pd.DataFrame, key: list[str], fields: dict
) -> tuple[pd.DataFrame, pd.DataFrame, int]:
    """The old table with the new figures put in, the list of them, and how many are not given."""
    cells, moves, emptied = old.assign(**{_ORIGIN: None}), [], 0
    compared = [name for name in fields if name not in (*key, "id", "source_id")]
    places = dict(zip(old_keys, range(len(old)), strict=True))
    was = old.iloc[[places[k] for k in pd.MultiIndex.from_frame(new[key])]]
    cells.loc[was.index, _ORIGIN] = new[_ORIGIN].to_numpy()
    for name in compared:
        given = (new[name] != "").to_numpy()
        differs = (new[name].to_numpy() != was[name].to_numpy()) & given
        emptied += int((~given & (was[name] != "").to_numpy()).sum())
        for place in differs.nonzero()[0]:
            before, after = was[name].iloc[place], new[name].iloc[place]
            if _same(before, after, fields[name]):
                continue
            at = was.index[place]
            cells.loc[at, [name, "source_id"]] = after, new["source_id"].iloc[place]
            moves.append(("/".join(was.iloc[place][key]), name, before, after))
    revised = pd.DataFrame(moves, columns=["row", "field", "old", "new"])
    return cells, revised.sort_values("row", kind="stable", ignore_index=True), emptied


def _same(before: str, after: str, field: dict) -> bool:
    """Whether two texts are one figure.

    Numbers may differ by the field's `rounding`, or in what lies beyond its `digits`.
    """
    if field["type"] not in _NUMBERS:
        return before == after
    try:
        was, now = Decimal(before), Decimal(after)
    except InvalidOperation:
        return before == after
    digits = field.get("digits")
    slack = Decimal(str(field.get("rounding", 0)))
    if digits and was:
        slack = Decimal(1).scaleb(was.adjusted() - digits + 1)
    return abs(was - now) <= slack


def _with_ids(added: pd.DataFrame, old: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """New rows of a table of facts get the ids that come next."""
    nameless = added.index[added["id"] == ""] if key == ["id"] else []
    if len(nameless) == 0:
        return added
    numbers = old["id"].str.extract(r"^(.*-)(\d+)")
    last = numbers[1].astype(int).idxmax()
    start, width = int(numbers.at[last, 1]) + 1, len(numbers.at[last, 1])
    ids = [f"{numbers.at[last, 0]}{start + i:0{width}d}" for i in range(len(nameless))]
    return added.assign(id=added["id"].where(added["id"] != "", pd.Series(ids, index=nameless)))


def _in_order(old: pd.DataFrame, cells: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Sorted by key if the table was; else new rows stay at the end."""
    keys = list(old[key].itertuples(index=False, name=None))
    if all(first <= second for first, second in pairwise(keys)):
        return cells.sort_values(key, kind="stable", ignore_index=True)
    return cells


def _gaps(old: pd.DataFrame, added: pd.DataFrame) -> tuple[str, ...]:
    """Months that neither the table nor the new rows have, between the two."""
    if "month" not in old or old.empty or added.empty:
        return ()
    months = {*old["month"], *added["month"]}
    between = pd.period_range(old["month"].max(), added["month"].max(), freq="M").strftime("%Y-%m")
    missing = [month for month in between if month not in months]
    if not missing:
        return ()
    return (
        f"Missing in between: {', '.join(missing)}. The month stays empty until a file with it "
        "is added; nothing is filled in.",
    )


def _emptied(count: int) -> tuple[str, ...]:
    """That empty cells of a file withdraw nothing."""
    if not count:
        return ()
    return (
        f"{_counted(count, 'cell')} empty in the file, and kept: to withdraw a figure, edit data/.",
    )


def words_of(change: Change, most: int = 12) -> list[str]:
    """The change in lines for a terminal; of revised figures the first `most`."""
    lines = [f"data/{change.table}.csv: {_summary(change)}"]
    for move in change.revised.head(most).itertuples():
        lines.append(f"  {move.row}, {move.field}: {move.old or 'empty'} → {move.new}")
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
