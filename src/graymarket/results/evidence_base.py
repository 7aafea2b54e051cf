"""What the base holds, how good it is, and how far its panel of page views can be trusted."""

from dataclasses import dataclass

import pandas as pd

from graymarket import evidence, models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.quantity import Moment, Quantity, Result

GRADES = ("A", "B", "C")
_OURS, _THEIRS = "panel", "statcounter"
_ARGUED = "case_inputs"
_UNGRADED = "assumptions"  # its grades are of our reasons, not of sources


@dataclass(frozen=True)
class EvidenceBase:
    """The base as a whole.

    `both`: Apple's share of the world's mobile page views by month, percent: panel (the sum of iOS
    browsers) and statcounter; `flags`: a row a region and flag of the panel: region, flag, months.
    """

    both: pd.DataFrame
    flags: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> EvidenceBase:
    """The base in numbers; the same for any question."""
    results = Results()
    _sizes(results, tables)
    panel, usage = tables["usage_panel"], tables["vendor_usage"]
    both = _both(panel, usage)
    _agreement(results, both, panel, usage)
    _second_hand(results, tables)
    flags = _flags(results, panel)
    return EvidenceBase(both, flags, results)


def _sizes(results: Results, tables: Tables) -> None:
    """How many facts, sources and rows of each grade there are."""
    facts, sources = evidence.size(tables.root)
    base = evidence.summary(tables.root)
    names = tuple(base["table"])
    results.quantity("facts", facts, "rows", "Facts in the base", names, kind="counted")
    results.quantity("sources", sources, "rows", "Sources of the base", "sources", kind="counted")
    graded = base.loc[base["table"] != _UNGRADED, list(GRADES)].sum()
    total = int(graded.sum())
    results.quantity("graded", total, "rows", "Rows with a grade", names, kind="counted")
    argued = int(base.loc[base["table"] == _ARGUED, list(GRADES)].sum().sum())
    what = "Graded inputs of cases, which are argued from facts and count as none"
    results.quantity("argued_rows", argued, "rows", what, _ARGUED, kind="counted")
    for grade in GRADES:
        share = 100 * graded[grade] / total
        what = f"Part of the graded rows that are of grade {grade}"
        name = f"part_{grade.lower()}"
        results.quantity(name, share, "percent", what, names, kind="counted", step=1)
        rows = int(graded[grade])
        what = f"Rows of grade {grade}"
        results.quantity(f"rows_{grade.lower()}", rows, "rows", what, names, kind="counted")
    original = tables["sources"]["original"]
    what = "Sources that were read in copies or as quoted"
    copies = int((original != "").sum())
    results.quantity("copies", copies, "rows", what, "sources", kind="counted")
    in_use = tables["shares_in_use"]
    what = "Makers' shares of phones in use, by those who counted"
    results.quantity("shares_in_use", len(in_use), "rows", what, "shares_in_use", kind="counted")
    corrections = tables["corrections"]
    what = "Cells that are corrected on loading, each with a reason"
    results.count("corrections", len(corrections), what, "corrections")


def _both(panel: pd.DataFrame, usage: pd.DataFrame) -> pd.DataFrame:
    """Both series over the months from the first to the last that both have."""
    ours = models.region_series(panel, "world")["apple_share"]
    theirs = models.vendor_series(usage, "world", "Apple")
    both = pd.concat({_OURS: ours, _THEIRS: theirs}, axis=1, sort=True).rename_axis("month")
    known = both.dropna().index
    return both.loc[known[0] : known[-1]]


def _agreement(
    results: Results, both: pd.DataFrame, panel: pd.DataFrame, usage: pd.DataFrame
) -> None:
    """How the panel goes together with StatCounter's own series, and how far apart by year."""
    rows = lineage(
        panel[panel["region"] == "world"],
        usage[(usage["region"] == "world") & (usage["vendor"] == "Apple")],
    )
    agreement = models.agreement(both[_OURS], both[_THEIRS])
    results.quantity("months", agreement.months, "rows", "Months of both", rows, kind="counted")
    what = "Correlation of the two series"
    results.quantity("correlation", agreement.correlation, "ratio", what, rows)
    what = "Points within which half of the months lie"
    results.quantity("typical", agreement.typical_distance, "points_wide", what, rows)
    gap = (both[_OURS] - both[_THEIRS]).dropna()
    years = pd.DatetimeIndex(gap.index).year
    by_year = gap.groupby(years).median()
    first, last = by_year.index[0], by_year.index[-1]
    for name, year in (("gap_first", first), ("gap_second", first + 1), ("gap_last", last)):
        _gap(results, name, float(by_year[year]), gap[years == year].index, rows)
    level = both.loc[gap.index, _THEIRS]
    level = level[years == last].median()
    what = "Part of Apple's share that the panel misses worldwide in its newest year"
    results.quantity("lost", -100 * by_year[last] / level, "percent", what, rows, step=1)
    results.moment("lost_when", gap.index[-1], "The newest month of both", rows)
    lacking = both.index[both[_OURS].isna()]
    if len(lacking):
        results.count("lacking", len(lacking), "Months that the panel lacks", rows)
        results.moment("lacking_when", lacking[0], "When", rows, end=lacking[-1])


def _gap(
    results: Results, name: str, points: float, months: pd.Index, rows: tuple[str, ...]
) -> None:
    """A year's median distance of the panel from StatCounter's series."""
    what = "Median distance of the panel from StatCounter's series"
    year = f"{months[0]:%Y}"
    size = Quantity(
        value=abs(points),
        unit="points_wide",
        kind="measured",
        definition=what,
        lineage=rows,
        period=year,
        region="world",
    )
    whole = months[-1].month == 12
    when = Moment(
        date=months[0],
        end=None if whole else months[-1],
        precision="year" if whole else "month",
        definition="When",
        lineage=rows,
    )
    parts: dict[str, Result | str] = {"size": size, "when": when}
    answer = "below" if points < 0 else "above"
    results.verdict(name, answer, what, rows, about="panel_gap", parts=parts, period=year)
    results.verdict(f"{name}_size", answer, what, rows, about="panel_beside", parts=parts)


def _second_hand(results: Results, tables: Tables) -> None:
    """What of Apple's share the panel misses where a reading of StatCounter was quoted."""
    shares, panel = tables["vendor_share"], tables["usage_panel"]
    quoted = shares[
        (shares["vendor"] == "Apple")
        & (shares["metric"] == "page_view_share")
        & (shares["grade"] != "C")
        & (shares["period"] == "month")
        & (shares["start"] >= panel["month"].max() - pd.DateOffset(years=1))
    ]
    for region, rows in quoted.groupby("region"):
        ours = panel[panel["region"] == region].set_index("month")["apple_share"]
        seen = ours.reindex(rows["start"]).set_axis(rows.index)
        missing = 100 * (1 - seen / rows["value"]).dropna()
        if missing.empty:  # the panel has none of these months
            continue
        what = "Part of Apple's share that the panel misses beside quoted readings"
        name = f"missing_{str(region).lower()}"
        origin = (rows, f"usage_panel/{region}")
        results.range(name, missing.min(), missing.max(), "percent", what, *origin, step=1)


def _flags(results: Results, panel: pd.DataFrame) -> pd.DataFrame:
    """How many months of each region carry which flag."""
    counts = {
        region: models.region_series(rows_of, str(region))["flag"].value_counts()
        for region, rows_of in panel.groupby("region")
    }
    flags = pd.concat(counts, names=["region", "flag"]).rename("months").reset_index()
    there = flags[flags["flag"] != "missing"]
    clear = 100 * there.loc[there["flag"] == "", "months"].sum() / there["months"].sum()
    what = "Part of the panel's months that carry no flag"
    results.quantity("clear", clear, "percent", what, "usage_panel", step=1)
    noisy = flags.loc[flags["flag"] == "noisy panel", "region"].nunique()
    what = "Regions whose panel is noise"
    results.quantity("noisy_regions", noisy, "rows", what, "usage_panel", kind="counted")
    for name, value, unit, what in (
        ("jump_points", models.JUMP_POINTS, "number", "Points beyond which a month is a jump"),
        ("jump_factor", models.JUMP_FACTOR, "count", "Times the typical distance, for a jump"),
        ("noisy", models.NOISY_JUMP, "percent", "Typical jump beyond which a panel is noise"),
        ("tiny", models.TINY_MOBILE_SHARE, "percent", "Part of page views, for a tiny panel"),
    ):
        results.quantity(name, value, unit, what, "usage_panel", kind="judged", step=1)
    return flags
