"""Rows with attributes, and results as a column: what the subjects of estimates share."""

from typing import Any

import pandas as pd


def each(frame: pd.DataFrame) -> list[Any]:
    """The rows, with a cell of a column as an attribute of that name."""
    return list(frame.itertuples())


def at(frame: pd.DataFrame, name: str) -> Any:
    """The row of that name in the index."""
    return frame.loc[name]


def column(cells: list[Any], index: pd.Index | None = None) -> pd.Series:
    """Results as a column."""
    return pd.Series(cells, index=index, dtype=object)
