"""Taxes and price gaps beside the gray shares published for the same place and time."""

import pandas as pd

from graymarket import models
from graymarket.evidence import lineage
from graymarket.results.build import Results
from graymarket.results.published import years

_CHARGES = ("customs_duty", "excise", "income_tax", "levy", "sales_tax", "special_tax", "total_tax")
_NEAR = pd.Timedelta(days=366)  # a share counts as one of the same time within a year
_RISES_TOGETHER = 0.5  # least rank correlation, whichever place is left out
_DIGITS = 6  # of a sum: more are an accident of binary fractions
_KEY = ["region", "start", "end"]


def charges(taxes: pd.DataFrame) -> pd.DataFrame:
    """All that is charged on a phone by place and period, in percent: the total, or its parts.

    `taxes` is the table of that name. Where no total is published for a period the parts are added
    up, and `partial` says so. Columns: region, start, end, x_low, x_high, partial and lineage.
    """
    known = _usable(taxes[taxes["item"].isin(_CHARGES)])
    groups = [_burden(rows) for _, rows in known.groupby(_KEY, sort=False)]
    return pd.DataFrame(groups, columns=[*_KEY, "x_low", "x_high", "partial", "lineage"])


def price_gaps(taxes: pd.DataFrame) -> pd.DataFrame:
    """By how many percent a gray phone is cheaper; columns as in charges."""
    known = _usable(taxes[taxes["item"] == "price_gap"])
    return known.assign(partial=False)[[*_KEY, "x_low", "x_high", "partial", "lineage"]]


def beside_shares(burdens: pd.DataFrame, shares: pd.DataFrame) -> pd.DataFrame:
    """The burdens that have gray shares within a year of them: of a place the newest whole one.

    `shares` are as in published.shares_of. Adds label (the place), low and high (the least and the
    greatest share), charged and shared (years), to charges.
    """
    known = burdens.sort_values(["partial", "end"], ascending=[False, True], kind="stable")
    rows = [_crossed(burden, shares) for _, burden in known.iterrows()]
    crossed = {row["region"]: row for row in rows if row}
    first = {region: place for place, region in enumerate(burdens["region"].unique())}
    columns = [*burdens.columns, "label", "low", "high", "charged", "shared"]
    in_order = sorted(crossed, key=lambda region: first[region])
    return pd.DataFrame([crossed[region] for region in in_order], columns=columns)


def add_results(results: Results, taxed: pd.DataFrame, gapped: pd.DataFrame) -> None:
    """How taxes and shares go together, in the places that have both."""
    what = "Places with a tax burden and a gray share within a year of each other"
    rows = lineage(taxed) or ("taxes",)
    results.count("taxed_count", len(taxed), what, rows)
    what = "Places with a price gap and a gray share within a year of each other"
    results.count("gapped_count", len(gapped), what, lineage(gapped) or ("taxes",))
    if len(taxed) < 3:  # without one of them there is no order
        return
    middles = taxed["x_low"] + taxed["x_high"], taxed["low"] + taxed["high"]
    rank, without = models.rank_correlation(*middles), models.leave_one_out_correlations(*middles)
    what = "Rank correlation of tax burden and gray share, by the middles of their ranges"
    results.quantity("rank", rank, "correlation", what, rows, kind="estimated")
    least, most = min(without), max(without)
    what = "The least and the greatest such correlation with one place left out"
    results.range("rank_range", least, most, "correlation", what, rows, kind="estimated")
    answer = "together" if least >= _RISES_TOGETHER else "no_link"
    results.verdict("tax_link", answer, "Whether gray shares rise with taxes", rows)


def _usable(rows: pd.DataFrame) -> pd.DataFrame:
    known = rows[(rows["grade"] != "C") & (rows["unit"] == "percent") & rows["end"].notna()]
    ends = known[["low", "value", "high"]].abs()
    return known.assign(x_low=ends.min(axis=1), x_high=ends.max(axis=1))


def _burden(rows: pd.DataFrame) -> dict[str, object]:
    whole = rows[rows["item"] == "total_tax"]
    parts = whole if len(whole) else rows
    return {
        **{name: parts.iloc[0][name] for name in _KEY},
        "x_low": parts["x_low"].min() if len(whole) else round(parts["x_low"].sum(), _DIGITS),
        "x_high": parts["x_high"].max() if len(whole) else round(parts["x_high"].sum(), _DIGITS),
        "partial": whole.empty,
        "lineage": parts["lineage"].to_list(),
    }


def _crossed(burden: pd.Series, shares: pd.DataFrame) -> dict[str, object] | None:
    near = shares[
        (shares["region"] == burden["region"])
        & (shares["start"] <= burden["end"] + _NEAR)
        & (shares["end"] >= burden["start"] - _NEAR)
    ]
    if near.empty:
        return None
    return {
        **{str(name): cell for name, cell in burden.items()},
        "label": near["label"].iloc[0],
        "low": near["low"].min(),
        "high": near["high"].max(),
        "charged": years(burden["start"], burden["end"], burden["lineage"]),
        "shared": years(near["start"].min(), near["end"].max(), near),
        "lineage": lineage(burden["lineage"], near),
    }
