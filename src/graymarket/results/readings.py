"""What has been published of the maker's share, and how far the readings go together."""

from dataclasses import dataclass

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Moment, Quantity, Result, Verdict
from graymarket.results.times import month_span

UNNAMED = "not named"  # who is said to have measured, where nobody is
_AROUND = 6  # months before and after the event that are compared

# A metric of the table vendor_share → how a chart draws it: measured with a known method, or not.
_ROLES = {
    "page_view_share": "measured",
    "site_visitor_share": "measured",
    "reader_poll_share": "hollow",
}


@dataclass(frozen=True)
class Readings:
    """Published shares of the maker.

    `published`: the rows of the table vendor_share that may be used, for all places asked about,
    with name (the place), of (what they are a share of, a verdict), period (a moment) and share (a
    quantity); `main`: readings in the main place around the event, and the article's figure, a row
    each: label, value (percent), share (it as a result), role ("measured", "hollow" or "cap"), what
    (a result) and lineage;
    `worldwide`: the maker's share of page views worldwide by month, `own`: by place, where
    StatCounter's own series is in the base (both percent).
    """

    published: pd.DataFrame
    main: pd.DataFrame
    worldwide: pd.Series
    own: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Readings:
    """The readings of the question's maker."""
    shares = tables["vendor_share"]
    of_maker = shares[shares["vendor"] == question.maker]
    here = of_maker[of_maker["region"] == question.regions[0]]
    results = Results(region=question.regions[0])
    main = _around_the_event(results, here, question, tables)
    usage = tables["vendor_usage"]
    worldwide = models.vendor_series(usage, "world", question.maker)
    own = _own_series(results, usage, question, tables)
    _worldwide(results, here, worldwide, usage, question)
    _family(results, here, tables)
    published = _published(of_maker, question, tables)
    _counts(results, published, shares, question)
    _imports(results, published)
    return Readings(published, main, worldwide, own, results)


def by_metric(readings: pd.DataFrame, metric: str) -> pd.DataFrame:
    """The first reading of a metric, as a frame of one row or none."""
    return readings[readings["metric"] == metric].head(1)


def _around_the_event(
    results: Results, here: pd.DataFrame, question: Question, tables: Tables
) -> pd.DataFrame:
    """The readings of the main place, each named by its metric."""
    try:
        measured = models.measured_range(here, question.regions[0], question.maker, question.month)
    except ValueError:  # no measurement of that time
        measured = None
    if measured is not None:
        rows = here[here["id"].isin(measured.readings)]
        what = "The least and the greatest measurement of the share around the event"
        results.range("measured", measured.low, measured.high, "percent", what, rows)
        what = "How far the measurements lie apart"
        results.quantity("apart", measured.high - measured.low, "points_wide", what, rows)
    rows_drawn = [
        _reading(results, row, name)
        for name, metric in (
            ("poll", "reader_poll_share"),
            ("views", "page_view_share"),
            ("site", "site_visitor_share"),
        )
        for _, row in by_metric(here, metric).iterrows()
    ]
    for _, row in by_metric(here, "network_register_rank").iterrows():
        rows_drawn.append(_register(results, row))
    return pd.DataFrame(rows_drawn)


def _reading(results: Results, row: pd.Series, name: str) -> dict[str, object]:
    period = month_span(row["start"], row["end"])
    what = f"Share of the maker: {row['counted']}"
    step = 1 if row["metric"] == "reader_poll_share" else None
    results.quantity(name, row["value"], "percent", what, row, period=period, step=step)
    results.moment(f"{name}_when", row["start"], f"When: {row['counted']}", row, end=row["end"])
    if pd.notna(row["sample"]):
        what = f"How many were counted: {row['counted']}"
        results.quantity(f"{name}_sample", int(row["sample"]), "number", what, row, kind="counted")
    if row["metric"] == "site_visitor_share":
        chance = models.sampling_error(row["value"], row["sample"])
        what = "Half-width of the 95% interval from counting at random"
        results.quantity(f"{name}_chance", chance, "points_wide", what, row, step=0.01)
    return {
        "label": Verdict(
            about="reading_label",
            answer=row["metric"],
            definition="Who counted, and when",
            lineage=(row["lineage"],),
            parts={"when": results[f"{name}_when"]},
        ),
        "value": row["value"],
        "share": results[name],
        "role": _ROLES[row["metric"]],
        "what": _counted(results, row, name),
        "lineage": row["lineage"],
    }


def _counted(results: Results, row: pd.Series, name: str) -> Verdict:
    """What was counted, in a few words, with how many."""
    sample = results.get(f"{name}_sample")
    return Verdict(
        about="reading_counted",
        answer=row["metric"],
        definition="What was counted",
        lineage=(row["lineage"],),
        parts={"sample": sample} if sample is not None else {},
    )


def _register(results: Results, row: pd.Series) -> dict[str, object]:
    """A register that gives a rank alone: the most that a share of that rank can be."""
    rank = int(row["value"])
    cap = models.rank_cap(rank)
    what = "The maker's rank among the phones of all kinds on the operator's network"
    results.quantity("rank", rank, "rank", what, row)
    results.count("above", rank - 1, "Brands of a higher rank on the network", row)
    what = "The most that a brand of this rank can have of the phones on the network"
    results.quantity("cap", cap, "percent", what, row, kind="bound")
    results.moment("rank_when", row["end"], "When the register was read", row)
    label = Verdict(
        about="reading_label",
        answer=row["metric"],
        definition="Who counted, and when",
        lineage=(row["lineage"],),
        parts={"when": results["rank_when"]},
    )
    what_drawn = Verdict(
        about="register_rank",
        answer="rank",
        definition="The rank",
        lineage=(row["lineage"],),
        parts={"rank": results["rank"]},
    )
    return {
        "label": label,
        "value": cap,
        "share": results["cap"],
        "role": "cap",
        "what": what_drawn,
        "lineage": row["lineage"],
    }


def _worldwide(
    results: Results,
    here: pd.DataFrame,
    worldwide: pd.Series,
    usage: pd.DataFrame,
    question: Question,
) -> None:
    """The share in the main place beside the worldwide one of the same month and measure."""
    for _, views in by_metric(here, "page_view_share").iterrows():
        if views["start"] not in worldwide.index:
            continue
        share, month = worldwide[views["start"]], f"{views['start']:%Y-%m}"
        row = usage[
            (usage["region"] == "world")
            & (usage["vendor"] == question.maker)
            & (usage["month"] == views["start"])
        ]
        what = "The maker's share of mobile page views worldwide"
        results.quantity("world", share, "percent", what, row, period=month, region="world")
        results.moment("world_month", views["end"], "The month of both readings", row)
        what = "The share in the main place over the worldwide one"
        results.quantity("ratio", views["value"] / share, "ratio", what, row, views, step=0.1)


def _own_series(
    results: Results, usage: pd.DataFrame, question: Question, tables: Tables
) -> pd.DataFrame:
    """StatCounter's own series of the maker, a column a place of which it is in the base."""
    names = names_of(tables)
    series = {
        region: models.vendor_series(usage, region, question.maker) for region in question.regions
    }
    series = {region: months for region, months in series.items() if len(months)}
    rows = usage[usage["region"].isin(series) & (usage["vendor"] == question.maker)]
    main = question.regions[0]
    places = sorted(usage["region"].unique())
    what = "Places of which StatCounter's own series by maker is in the base"
    results.names("series_of", named(tables, places), what, "vendor_usage")
    if series:
        results.names("own_places", named(tables, series), what, rows)
    around = models.around(series[main], question.month, _AROUND) if main in series else None
    parts: dict[str, Result | str] = {"maker": question.maker, "place": str(names[main])}
    origin = rows if len(rows) else "vendor_usage"
    if main in series:
        months = series[main].index
        parts["first"], parts["last"] = (
            Moment(date=month, definition="A month", lineage=("vendor_usage",))
            for month in (months[0], months[-1])
        )
    if around is not None:
        for side, (low, high) in (("before", around.before), ("after", around.after)):
            what = f"Lowest to highest month of the six {side} the event's"
            results.range(f"own_{side}", low, high, "percent", what, rows)
            parts[side] = results[f"own_{side}"]
    answer = "there" if main in series else "missing"
    what = "Whether StatCounter's own series of the main place is in the base"
    results.verdict("own_series", answer, what, origin, parts=parts)
    what = "What the series says of before and after the event"
    answer = "compared" if around is not None else "nothing"
    results.verdict("own_around", answer, what, origin, parts=parts)
    if around is not None:
        results.verdict("own_compared", answer, what, origin, about="own_around", parts=parts)
    return pd.DataFrame({names[region]: months for region, months in series.items()})


def _family(results: Results, here: pd.DataFrame, tables: Tables) -> None:
    """Reports of one figure that name no table: who prints it, and whom they name."""
    family = here[(here["metric"] == "reported_share") & (here["repeats"] == "")]
    if family.empty:
        return
    sources = tables["sources"].set_index("source_id")["publisher"]
    outlets = [(source, str(sources[source])) for source in family["source_id"]]
    by = family.loc[family["attributed_to"] != UNNAMED, "attributed_to"]
    value = float(family["value"].iloc[0])
    what = "A share that is reported without a table behind it"
    results.quantity("reported", value, "percent", what, family, kind="stated", step=1)
    results.names("reported_by", outlets, "Outlets that print it", family)
    results.count("reported_outlets", len(family), "How many outlets print it", family)
    results.count("reported_named", len(by), "How many of them name a measurer", family)
    results.names("reported_measurers", [(x, x) for x in by.unique()], "Whom they name", family)
    ranks = here[
        (here["metric"] == "reported_rank")
        & here["source_id"].isin(family["source_id"])
        & (here["attributed_to"] != UNNAMED)
    ]
    if len(ranks):
        by_rank = [(x, x) for x in ranks["attributed_to"].unique()]
        who = [(source, str(sources[source])) for source in ranks["source_id"].unique()]
        results.names("rank_outlets", who, "Outlets that name a measurer of the rank", ranks)
        results.names("rank_measurers", by_rank, "Whom they name for the rank", ranks)


def _published(of_maker: pd.DataFrame, question: Question, tables: Tables) -> pd.DataFrame:
    """Every usable reading of a percent share: no republication, no grade C."""
    rows = of_maker[
        of_maker["region"].isin(question.regions)
        & (of_maker["unit"] == "percent")
        & (of_maker["statistic"] == "value")
        & (of_maker["repeats"] == "")
        & (of_maker["grade"] != "C")
    ].sort_values(["metric", "region", "start"], kind="stable")
    told = [_published_row(row) for _, row in rows.iterrows()]
    return rows.assign(
        name=rows["region"].map(names_of(tables)),
        of=pd.Series([of for of, _, _ in told], rows.index, dtype=object),
        period=pd.Series([period for _, period, _ in told], rows.index, dtype=object),
        share=pd.Series([share for _, _, share in told], rows.index, dtype=object),
    )


def _published_row(row: pd.Series) -> tuple[Verdict, Moment, Quantity]:
    rows = (str(row["lineage"]),)
    measure = Verdict(about="metric", answer=row["metric"], definition="Of what", lineage=rows)
    when = Moment(date=row["start"], end=row["end"], definition="When", lineage=rows)
    share = Quantity(
        value=row["value"],
        unit="percent",
        kind="measured",
        definition=row["counted"] or "A published share",
        lineage=rows,
        region=row["region"],
        period=month_span(row["start"], row["end"]),
    )
    return measure, when, share


def _imports(results: Results, published: pd.DataFrame) -> None:
    """The maker's part of a place's legal imports, the newest of each place."""
    imports = published[published["metric"] == "import_share"]
    for _, row in imports.sort_values("end").groupby("region").tail(1).iterrows():
        name, what = f"imports_{row['region'].lower()}", "The maker's part of legal imports"
        known = {"region": row["region"], "period": month_span(row["start"], row["end"])}
        results.quantity(name, row["value"], "percent", what, row, step=1, **known)


def _counts(
    results: Results, published: pd.DataFrame, shares: pd.DataFrame, question: Question
) -> None:
    if len(published):
        what = "Published readings that may be used"
        results.count("published_count", len(published), what, published, unit="readings")
        kinds = published.drop_duplicates("metric")["of"]
        results.several("measures", kinds, "What they are shares of", published, about="none")
    else:
        what = "Published readings of all makers and places"
        results.quantity("searched", len(shares), "rows", what, "vendor_share", kind="counted")
