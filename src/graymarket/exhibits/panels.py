"""Rows by what a column of them reads: the panels and groups of a chart."""

import pandas as pd

from graymarket.wording import current


def panels(rows: pd.DataFrame, column: str) -> dict[str, pd.DataFrame]:
    """The rows by the text of a column, which may hold results; in the order of the rows."""
    heads = rows[column].map(lambda cell: current().cell(cell))
    return {str(head): part for head, part in rows.groupby(heads, sort=False)}
