"""Recorded flows of goods between places, and whether both sides report them."""

import pandas as pd

_FLOW = ["exporter", "importer", "start", "end"]
_SIDES = {"exporter", "importer"}


def mirrored(flows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table trade_flows whose flow of that period both sides report.

    A flow is one from the same place to the same place, of a period with the same first and last
    day; without both there is no mirror gap to compute.
    """
    both = [
        rows for _, rows in flows.groupby(_FLOW, sort=False) if set(rows["reported_by"]) >= _SIDES
    ]
    return pd.concat(both) if both else flows.head(0)


def distinct_flows(flows: pd.DataFrame) -> int:
    """How many flows the rows are of, each counted once for a period."""
    return len(flows.drop_duplicates(_FLOW))
