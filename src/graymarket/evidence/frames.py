"""The tables as a mapping, for what computes with them."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import pandas as pd

from graymarket.evidence.tables import LINEAGE, PACKAGE, Base, find_root, package, row_entries
from graymarket.kept import CACHE, digest, kept


class Tables(Mapping[str, pd.DataFrame]):
    """The tables of one data/ folder by name, as `load` gives them, each loaded on its first use.

    `root`: the project's folder, None for tables of frames; `date`: the day of the edition.
    A table is handed out as a copy, so that changing one changes nobody else's. Raises KeyError
    for an unknown name, EvidenceError for a table with problems.
    """

    def __init__(self, root: Path | None = None) -> None:
        base = Base(root or find_root())
        self._base: Base | None = base
        self.root: Path | None = base.root
        self.date = pd.Timestamp(str(package(base.root)["created"])[:10])
        self._names = tuple(base.resources)
        self._frames: dict[str, pd.DataFrame] = {}

    @classmethod
    def of(cls, frames: Mapping[str, pd.DataFrame], date: str = "2026-12-01") -> "Tables":
        """Tables of these frames alone, of an edition of that `date`, without a folder.

        A frame without a column `lineage` gets it: its rows are named by the index, if that has
        names, or else by as few leading columns as tell them apart; dates that all open a month
        read YYYY-MM.
        """
        tables = cls.__new__(cls)
        tables._base, tables.root, tables.date = None, None, pd.Timestamp(date)
        tables._names = tuple(frames)
        tables._frames = {name: _with_lineage(name, frame) for name, frame in frames.items()}
        return tables

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self._names:
            raise KeyError(f"no table {name}; there are {', '.join(self._names)}")
        base = self._base
        if name not in self._frames and base is not None:
            self._frames[name] = kept(self._folder, name, lambda: base.load(name))
        return self._frames[name].copy(deep=False)

    @cached_property
    def _folder(self) -> Path:
        """Where loaded tables are kept while data/ and the code that loads it stay the same."""
        root = self.root or find_root()
        data = sorted((root / "data").glob("*.csv"))
        code = sorted(Path(__file__).parent.glob("*.py"))
        return root / CACHE / "tables" / digest(files=[root / "data" / PACKAGE, *data, *code])

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


def _with_lineage(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    if LINEAGE in frame:
        return frame.copy()
    if any(name is not None for name in frame.index.names):
        key = frame.index.to_frame(index=False)
    else:
        counts = range(1, frame.shape[1] + 1)
        unique = (n for n in counts if not frame.iloc[:, :n].duplicated().any())
        key = frame.iloc[:, : next(unique, frame.shape[1])]
    text = pd.DataFrame({str(name): _as_text(cells).to_numpy() for name, cells in key.items()})
    return frame.assign(**{LINEAGE: row_entries(table, text, [*text]).to_numpy()})


def _as_text(cells: pd.Series) -> pd.Series:
    if cells.dtype.kind != "M":
        return cells.astype(str)
    days = pd.DatetimeIndex(cells)
    return pd.Series(days.strftime("%Y-%m" if (days.day == 1).all() else "%Y-%m-%d"))
