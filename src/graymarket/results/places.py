"""The places that a question is about, with their names."""

from collections.abc import Iterable

import pandas as pd

from graymarket.evidence import Tables


def names_of(tables: Tables) -> pd.Series:
    """The name of every region of the table regions, by its code."""
    return tables["regions"].set_index("region")["name"]


def named(tables: Tables, codes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Each code with its name, in the order given."""
    names = names_of(tables)
    return tuple((code, str(names[code])) for code in codes)


def rows_of(tables: Tables, codes: Iterable[str]) -> pd.DataFrame:
    """The rows of the table regions that name these places, in the order given."""
    return tables["regions"].set_index("region").loc[list(codes)]
