"""What published readings of a vendor's share say together."""

import re
from dataclasses import dataclass
from math import sqrt

import pandas as pd

_MEASURED = ("page_view_share", "site_visitor_share")
Z95 = 1.959964  # two-sided 95% point of the standard normal distribution


@dataclass(frozen=True)
class MeasuredRange:
    """The least and the greatest of the readings that count as measurements, in percent."""

    low: float
    high: float
    readings: tuple[str, ...]


def measured_range(
    readings: pd.DataFrame, region: str, vendor: str, month: pd.Timestamp, within: int = 2
) -> MeasuredRange:
    """The range of the independent measurements of a share around a month.

    A reading counts if it is a share of page views or of a site's visitors, not of grade C, no
    republication of another, and ends within `within` months of `month`.
    `readings` is the table vendor_share. The result is a range of measurements of different
    things, not a confidence interval. Raises ValueError when no reading counts.
    """
    month = pd.Timestamp(month)
    ends = readings["end"].dt
    distance = ((ends.year - month.year) * 12 + ends.month - month.month).abs()
    counts = readings[
        (readings["region"] == region)
        & (readings["vendor"] == vendor)
        & readings["metric"].isin(_MEASURED)
        & (readings["grade"] != "C")
        & (readings["repeats"] == "")
        & (readings["statistic"] == "value")
        & (distance <= within)
    ]
    if counts.empty:
        raise ValueError(f"no measured share of {vendor} in {region} around {month}")
    low, high = counts["value"].min(), counts["value"].max()
    return MeasuredRange(float(low), float(high), tuple(counts["id"]))


def published(benchmarks: pd.DataFrame) -> pd.DataFrame:
    """Published gray shares as ranges, grade C aside, in percent.

    Adds least and most (equal for a single figure) and limit: "least" or "most" where the source
    gives a bound alone, else "".
    """
    rows = benchmarks[(benchmarks["grade"] != "C") & (benchmarks["unit"] == "percent")].copy()
    ends = rows[["low", "value", "high"]]
    whole = rows["share_of_total"].fillna(rows["value"])
    # Where the source gives a ratio to something else, only its conversion to a share counts.
    as_printed = whole.isna() | ((whole >= ends.min(axis=1)) & (whole <= ends.max(axis=1)))
    rows["least"] = ends.min(axis=1).where(as_printed, whole)
    rows["most"] = ends.max(axis=1).where(as_printed, whole)
    bounds = {"at_least": "least", "more_than": "least", "at_most": "most", "less_than": "most"}
    rows["limit"] = rows["qualifier"].map(bounds).fillna("")
    return rows


_PRODUCTS = {"Apple": "iPhone"}


def of_maker(benchmarks: pd.DataFrame, maker: str) -> pd.DataFrame:
    """The rows on one brand whose words name the maker, or the product it is known by."""
    names = "|".join(re.escape(name) for name in (maker, _PRODUCTS.get(maker, maker)))
    said = benchmarks["denominator_detail"] + " " + benchmarks["note"]
    alone = benchmarks["use"] == "one_brand_or_segment"
    return benchmarks[alone & said.str.contains(rf"\b(?:{names})\b")]


def gray_shares_of(own: pd.DataFrame, maker: str) -> pd.DataFrame:
    """The gray shares of a maker alone in its table (xiaomi_gray_share), as in `published`."""
    said = (own["metric"] == "gray_share") & (own["repeats"] == "")
    rows = own[said & own["what"].str.contains(rf"\b{re.escape(maker)}\b")]
    return published(rows.assign(share_of_total=float("nan")))


def rank_correlation(one: pd.Series, other: pd.Series) -> float:
    """Spearman's rank correlation: +1 for the same order, 0 for no link, -1 for the reverse.

    Source: C. Spearman, The proof and measurement of association between two things (1904).
    """
    return float(one.rank().corr(other.rank()))


def leave_one_out_correlations(one: pd.Series, other: pd.Series) -> list[float]:
    """The rank correlation without each of the pairs in turn."""
    return [rank_correlation(one.drop(row), other.drop(row)) for row in one.index]


def rank_cap(rank: float) -> float:
    """The greatest share, in percent, that a vendor of this rank can hold.

    Those ranked above hold at least as much each, so `rank` equal shares are the most there is
    room for: 100/rank. Logic alone; no distribution is assumed.
    """
    if rank < 1:
        raise ValueError(f"rank {rank}: expected 1 or more")
    return 100 / rank


def sampling_error(share: float, sample: float) -> float:
    """Half-width, in points, of the 95% interval from counting `sample` of them at random.

    `share` is in percent. Chance alone: it says nothing of whether the sample is the right one.
    """
    p = share / 100
    return 100 * Z95 * sqrt(p * (1 - p) / sample)
