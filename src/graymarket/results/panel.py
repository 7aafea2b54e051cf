"""What the panel of page views shows of a maker in the question's places, month by month."""

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket import editions, models
from graymarket.evidence import Tables, lineage
from graymarket.question import SERIES, Question
from graymarket.results.build import Results
from graymarket.results.cells import column, each
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Moment, Result, Verdict
from graymarket.results.times import month_span

WATCHED = "apple_share"  # the series of a question whose maker the panel cannot tell apart
IPADS_LEAVE = pd.Timestamp("2019-09")  # iPadOS 13: from here on iPads no longer count as phones
FLOOR = "samsung_internet_share"  # the browser is seen, and not all phones of its maker
_MOVES = {"rose": "rose", "fell": "fell", "no clear change": "unclear"}
_DID = {"rose": "rose", "fell": "fell", "depends": "moved or not by the year compared"}
_CLEAR = ("rose", "fell")
_NOT_SEEN = ("blind", "absent", "no_year")
_ODD_MONTHS = 2  # left out to see whether a high end hangs on them
_CALM = 2  # times the median country's jump: up to here a panel is no noisier than most


@dataclass(frozen=True)
class Panel:
    """The monthly series and what moved.

    `months`: a row for each place and month: region, name, month, share (percent; the series
    watched), flag (as in models.flags) and mark ("provisional" and "revised" since the last
    edition, else ""); `changes`: a row a place with both years: region, name, low0, median0,
    high0 (the year to the event), low1, median1, high1 (the newest year), moved (rose, fell,
    unclear, depends or noise), verdict (its words) and lineage (the place's months).
    """

    months: pd.DataFrame
    changes: pd.DataFrame
    series: str
    results: Results


def compute(question: Question, tables: Tables) -> Panel:
    """The series of the question's maker, or of Apple where the panel cannot tell the maker apart.

    Places without a series are named in the results as `unseen`.
    """
    series = question.series or WATCHED
    months = _months(question, tables, series)
    changes = _changes(months, question.month)
    return Panel(months, changes, series, _results(months, changes, question, tables, series))


def _months(question: Question, tables: Tables, series: str) -> pd.DataFrame:
    panel, names = tables["usage_panel"], names_of(tables)
    counted = models.monthly_shares(panel, series)
    marks = editions.marks("usage_panel", tables.root) if tables.root else {}
    frames = []
    for region in question.regions:
        if region in counted:
            rows = models.region_series(panel, region)
            rows = rows.assign(region=region, name=names[region], share=counted[region])
            rows["mark"] = [marks.get(f"{region}/{month:%Y-%m}", "") for month in rows.index]
            frames.append(rows.reset_index())
    columns = ["region", "name", "month", "share", "flag", "mark", "lineage"]
    return pd.concat(frames)[columns] if frames else pd.DataFrame(columns=columns)


def _changes(months: pd.DataFrame, event: pd.Timestamp) -> pd.DataFrame:
    """The year to the event against the newest, place by place, where both can be compared."""
    columns = ["region", "name", "low0", "median0", "high0", "low1", "median1", "high1", "moved"]
    columns.append("lineage")
    rows = []
    for (region, name), rows_of_place in months.groupby(["region", "name"], sort=False):
        shares = rows_of_place.set_index("month")["share"]
        newest = shares.index[-1]
        before, after = year_to(shares, event), year_to(shares, newest)
        if before is None or after is None or models.months_between(event, newest) < 12:
            continue
        earlier = year_to(shares, event - pd.DateOffset(years=1))
        noisy = bool((rows_of_place["flag"] == "noisy panel").any())
        ends = (before.low, before.median, before.high, after.low, after.median, after.high)
        moved = "noise" if noisy else _moved(earlier, before, after)
        rows.append((region, name, *ends, moved, lineage(rows_of_place)))
    changes = pd.DataFrame(rows, columns=columns)
    return changes.assign(verdict=column([_verdict(row) for row in each(changes)]))


def _verdict(row: Any) -> Verdict:
    what = "Whether the share moved between the two years"
    return Verdict(about="panel_moved", answer=row.moved, definition=what, lineage=row.lineage)


def year_to(shares: pd.Series, month: pd.Timestamp) -> models.RecentRange | None:
    """The twelve months up to and with a month; None where fewer than half are there."""
    try:
        return models.recent_range(shares, month)
    except ValueError:
        return None


def _moved(
    earlier: models.RecentRange | None, before: models.RecentRange, after: models.RecentRange
) -> str:
    """What moved, if it did so whichever of two years one starts from."""
    moved = models.moved(before, after)
    if earlier is not None and models.moved(earlier, after) != moved:
        return "depends"
    return _MOVES[moved]


def _results(
    months: pd.DataFrame, changes: pd.DataFrame, question: Question, tables: Tables, series: str
) -> Results:
    results = Results()
    panel, names = tables["usage_panel"], names_of(tables)
    what = "Part of page views by mobile browsers below which a panel is tiny"
    limit = models.TINY_MOBILE_SHARE
    results.quantity("tiny_limit", limit, "percent", what, "usage_panel", kind="judged", step=1)
    newest, rows = panel["month"].max(), lineage(months) or ("usage_panel",)
    results.moment("newest", newest, "The panel's newest month", rows)
    results.moment("first", panel["month"].min(), "The panel's first month", rows)
    results.label("watched", SERIES[series], "Whose browsers the panel shows", rows)
    results.verdict("counted", series, "What the panel counts", rows, about="panel_series")
    for row in changes.itertuples():
        _place(results, row, months[months["region"] == row.region], question)
    main = slug(names[question.regions[0]])
    for when in ("before", "after"):
        if f"{main}_{when}" in results:
            results[when] = results[f"{main}_{when}"]
    _changed(results, changes, rows)
    seen = set(months["region"])
    unseen = [(region, names[region]) for region in question.regions if region not in seen]
    if unseen:
        results.names("unseen", unseen, "Places without a series", "usage_panel")
    _headline(results, changes, seen, question, tables)
    _noise(results, months, tables)
    return results


def _changed(results: Results, changes: pd.DataFrame, rows: tuple[str, ...]) -> None:
    for moved in ("fell", "rose", "depends"):
        what = f"Places where the share {_DID[moved]}"
        part = changes[changes["moved"] == moved]
        results.names(moved, _items(part), what, rows, about="regions")
    clear = changes[changes["moved"].isin(_CLEAR)]
    what = "Places whose two years do not touch, whichever year one starts from"
    results.names("clear", _items(clear), what, rows, about="regions")
    results.count("clear_count", len(clear), "How many such places there are", rows)
    results.count("compared", len(changes), "How many places can be compared", rows)


def _items(rows: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(rows["region"], rows["name"], strict=True))


def _place(results: Results, row: Any, months: pd.DataFrame, question: Question) -> None:
    """What a place's two years are, and from when on it lies outside the former one."""
    shares = months.set_index("month")["share"]
    name, known = slug(row.name), {"region": row.region}
    before, after = year_to(shares, question.month), year_to(shares, shares.index[-1])
    earlier = year_to(shares, question.month - pd.DateOffset(years=1))
    years = {"before": before, "after": after, "earlier": earlier}
    for when, year in years.items():
        if year is not None:
            period = month_span(year.start, year.end)
            what = f"Lowest to highest month of the share in {row.name}"
            rows = months[months["month"].between(year.start, year.end)]
            fields = {**known, "period": period}
            results.range(f"{name}_{when}", year.low, year.high, "percent", what, rows, **fields)
    what = f"Whether the share moved in {row.name}"
    results.verdict(f"{name}_moved", row.moved, what, months, about="panel_moved", **known)
    if before is None or after is None:
        return
    newest: dict[str, Any] = {**known, "period": month_span(after.start, after.end)}
    what = f"Months of the newest year in {row.name}"
    results.count(f"{name}_months", after.months, what, months, **newest)
    since = models.outside_since(shares, before)
    if row.moved == "fell" and since is not None:
        what = f"The month from which {row.name} lies below its former range"
        results.moment(f"{name}_since", since, what, months)
    odd = shares[after.start : after.end].nlargest(_ODD_MONTHS).index
    trimmed = year_to(shares.drop(odd), shares.index[-1])
    if trimmed is not None:
        what = f"The highest month of the newest year in {row.name} without the two highest"
        results.quantity(f"{name}_trimmed", trimmed.high, "percent", what, months, **newest)


def slug(name: str) -> str:
    """A place's name as part of a result's: "North Korea" → "north_korea"."""
    return re.sub(r"[^a-z]+", "_", name.lower()).strip("_")


def _headline(
    results: Results,
    changes: pd.DataFrame,
    seen: set[str],
    question: Question,
    tables: Tables,
) -> None:
    """What the panel says of the maker's share in the main place, in a sentence."""
    main = question.regions[0]
    here = changes[changes["region"] == main]
    if question.series is None:
        answer = "blind"
    elif len(here):
        answer = str(here["moved"].iloc[0])
    else:
        answer = "no_year" if main in seen else "absent"
    floor = question.series == FLOOR and answer in _CLEAR
    parts: dict[str, Result | str] = {"maker": question.maker, "place": named(tables, [main])[0][1]}
    what = "What became of the maker's share of page views in the main place"
    about = "panel_floor" if floor else "panel_headline"
    origin = f"usage_panel/{main}" if main in seen else "usage_panel"
    results.verdict("headline", answer, what, origin, about=about, parts=parts)
    grade = "none" if answer in _NOT_SEEN else "low" if floor or answer == "noise" else "moderate"
    what = "How good the evidence on the share in the main place is"
    results.verdict("grounds", grade, what, origin, about="confidence")


def _noise(results: Results, months: pd.DataFrame, tables: Tables) -> None:
    """How noisy the places are beside all countries, by the typical jump of Apple's share."""
    panel, regions = tables["usage_panel"], tables["regions"]
    countries = regions.loc[regions["kind"] == "country", "region"]
    recent = panel[(panel["month"] >= IPADS_LEAVE) & panel["region"].isin(countries)]
    noise = recent.set_index("month").groupby("region")[WATCHED].apply(models.jumpiness).dropna()
    typical = noise.median()
    what = "Typical jump from one month to the next, in percent of the level"
    since: dict[str, Any] = {"period": month_span(IPADS_LEAVE, recent["month"].max())}
    median = f"{what}: median country"
    results.quantity("typical_noise", typical, "percent", median, recent, step=1, **since)
    what_others = "How many other countries have a series"
    results.count("noise_others", len(noise) - 1, what_others, recent, **since)
    calm = []
    for (region, name), rows in months.groupby(["region", "name"], sort=False):
        _flags(results, slug(str(name)), rows)
        if region not in noise:
            continue
        own, known = float(noise.loc[str(region)]), {**since, "region": region}
        results.quantity(
            f"{slug(str(name))}_noise", own, "percent", f"{what}: {name}", rows, step=1, **known
        )
        quieter = int((noise < own).sum())
        what_rank = f"Countries whose series is quieter than that of {name}"
        results.count(f"{slug(str(name))}_quieter", quieter, what_rank, recent, **known)
        calm += [(str(region), str(name))] if own <= _CALM * typical else []
    results.names("calm", calm, "Places within twice the median country's jump", recent)
    repeated = int((months["flag"] == "repeated").sum())
    what = "Months that repeat the one before"
    results.count("repeated", repeated, what, "usage_panel", unit="flagged_months")


def _flags(results: Results, name: str, rows: pd.DataFrame) -> None:
    tiny = rows[rows["flag"] == "tiny panel"]
    if len(tiny):
        clear = tiny["month"].max() + pd.DateOffset(months=1)
        what = "The first month after mobile browsers had a tiny part of page views"
        results.moment(f"{name}_clear_from", clear, what, rows)
    missing = rows.loc[rows["flag"] == "missing", "month"]
    if len(missing):
        known: dict[str, Any] = {"definition": "A month without a reading"}
        months = [Moment(date=month, lineage=lineage(rows), **known) for month in missing]
        what = "Months without a reading"
        results.several(f"{name}_missing", months, what, rows, about="none", listed=True)
