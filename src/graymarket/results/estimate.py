"""What is estimated: smartphones, the maker's share of them, and the gray part, with refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results import shares, subjects
from graymarket.results.assumptions import with_ranges
from graymarket.results.back_test import BackTest
from graymarket.results.build import Results
from graymarket.results.cells import at, column, each
from graymarket.results.chain import CHAIN, chain, label_of, widest
from graymarket.results.gray_cases import by_place, every_case, own_cases
from graymarket.results.intervals import (
    estimable,
    interval,
    refusal,
    rests_on,
    step_of,
    together,
)
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Moment, Result, Verdict

_LARGER = 55  # percent of chance from which a share counts as larger: ICD 203's “likely”
_OUTSIDE = ((90, "nearly_all"), (50, "most"), (0, "some"))  # least percent outside the channel

# In the order of tables.
_KINDS = ("evidence", models.LEARNED, "inference", "guess", "proxy", "none")
_CELLS = ("interval", "later", "together", "rests", "month", "proxy")
_OF_ALL = ("smartphones", "brand_gray_supply")  # of all makers, and asked about with any of them

# A quantity → what it is, for its definition.
_WHAT = {
    "smartphones": "Smartphones in use",
    "share": "The maker's share of smartphones in use",
    "phones": "The maker's phones in use",
    "brand_gray_share": "Its phones from outside its channel, of smartphones in use",
    "brand_gray_phones": "Its phones from outside its channel, in use",
    "customs_gray_share": "Its phones that customs never saw, of smartphones in use",
    "sanctions_gray_share": "Its phones supplied against a sanctions rule, of smartphones in use",
    "brand_gray_supply": "Phones of all makers from outside their channels, of phones supplied",
}


@dataclass(frozen=True)
class Estimate:
    """Estimates from the tables assumptions and cases, for the question's places.

    `then`: the month of the assumptions nearest the event (None without any); `latest`: their
    newest; `inputs`: as models.with_shares, with name (the place) and label (the input in words);
    `estimates`: as models.estimate, for every maker, with name (the place), what, interval (a
    quantity, or a verdict where not estimable), later (the same at the newest date), together,
    rests (results), month (a moment) and proxy (bool); `asked`: those on the maker or on all
    makers, and the cases, with the same cells; `chain`: the inputs of the main place's gray phones,
    a row each: label, low, mode, high, kind, reasoning; `swing`: what each of them does alone, as
    in models.sensitivity, with label and remark (results); `methods`: a row a place: name, channel,
    share_gap, flow (results). The frames chain and swing are empty where the main place has no such
    estimate.
    """

    then: pd.Timestamp | None
    latest: pd.Timestamp | None
    inputs: pd.DataFrame
    estimates: pd.DataFrame
    asked: pd.DataFrame
    chain: pd.DataFrame
    swing: pd.DataFrame
    methods: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Estimate:
    """The estimates for the question's maker and places."""
    given = with_ranges(tables)
    given = given[given["region"].isin(question.regions)]
    known = cast(shares.Shares, subjects.compute("shares", question, tables)).known
    inputs = models.with_shares(
        given,
        {of: one.posterior for of, one in known.items()},
        {of: one.lineage for of, one in known.items()},
    )
    then, latest = _dates(inputs, question)
    estimates = _estimates(inputs, tables)
    own = estimates[estimates["maker"].isin([question.maker, models.ALL])]
    at_event = own[own["date"] == then]
    assumed = inputs[(inputs["date"] == then) & inputs["maker"].isin([question.maker, models.ALL])]
    results = Results(f"{then:%Y-%m}" if then is not None else "", question.regions[0])
    for estimate in each(estimable(at_event)):
        _amount(results, estimate, question)
    _assumed(results, assumed, question)
    if latest != then:
        newest = inputs[inputs["date"] == latest]
        newest = newest[newest["maker"].isin([question.maker, models.ALL])]
        _assumed(results, newest, question, "_latest")
    _senses(results, at_event, question)
    _refused(results, own, then, latest, question, tables)
    _compared(results, assumed, at_event, known, question, tables)
    frames = _chain(results, inputs, at_event, question)
    _base(results, inputs)
    tested = cast(BackTest, subjects.compute("back_test", question, tables))
    cases = every_case(question, tables, tested.failed)
    asked = _asked(results, own, own_cases(results, cases, question, tables), question, tables)
    methods = _methods(assumed, at_event, question, tables).merge(
        by_place(cases, question), on="region", how="left", suffixes=("", "_of_cases")
    )
    _all_methods(results, methods)
    inputs = inputs.assign(
        name=inputs["region"].map(names_of(tables)),
        label=column([label_of(row) for row in each(inputs)], inputs.index),
    )
    return Estimate(then, latest, inputs, estimates, asked, *frames, methods, results)


def _dates(
    inputs: pd.DataFrame, question: Question
) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """The date nearest the event, of two alike the earlier, and the newest."""
    dates = sorted(inputs["date"].unique())
    if not dates:
        return None, None
    return min(dates, key=lambda date: abs(date - question.event)), dates[-1]


def _estimates(inputs: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    if inputs.empty:
        columns = ["region", "date", "maker", "quantity", "unit", "low", "high", "low95", "low80"]
        columns += ["median", "high80", "high95", "kind", "weakest", "lineage", "name", "what"]
        return pd.DataFrame(columns=[*columns, *_CELLS])
    estimates = models.estimate(inputs)
    rows = each(estimates)
    intervals = [_interval(row) for row in rows]
    latest = {_key(row): cell for row, cell in zip(rows, intervals, strict=True)}
    return estimates.assign(
        name=estimates["region"].map(names_of(tables)),
        what=column([_what(row) for row in rows]),
        interval=column(intervals),
        later=column([latest[_key(row)] for row in rows]),
        together=column([together(row, _WHAT[row.quantity], f"{row.date:%Y-%m}") for row in rows]),
        rests=column([rests_on(row.kind, row) for row in rows]),
        month=column([_month(row) for row in rows]),
        kind=pd.Categorical(estimates["kind"], _KINDS, ordered=True),
        proxy=estimates["kind"] == "proxy",
    )


def _key(row: Any) -> tuple[str, str, str]:
    return row.region, row.maker, row.quantity


def _month(row: Any) -> Moment:
    return Moment(date=row.date, definition="The month", lineage=lineage(row.lineage))


def _interval(row: Any) -> Result:
    if row.kind == "none":
        return refusal(row)
    return interval(row, _WHAT[row.quantity], f"{row.date:%Y-%m}")


def _what(row: Any) -> Verdict:
    return Verdict(
        about="quantity",
        answer=row.quantity,
        definition="What is estimated",
        lineage=lineage(row.lineage),
        parts={"maker": row.maker},
    )


def _name(name: str, region: str, question: Question) -> str:
    """A result's name: that of the quantity, with the region unless it is the main one."""
    return name if region == question.regions[0] else f"{name}_{region.lower()}"


def _amount(results: Results, row: Any, question: Question) -> None:
    """A quantity of a place at the event: its interval, and that of inputs off together."""
    name = _name(row.quantity, row.region, question)
    results[name] = row.interval
    if row.quantity != models.SHARE:  # which is an input itself
        results[f"{name}_together"] = row.together


def _assumed(results: Results, inputs: pd.DataFrame, question: Question, when: str = "") -> None:
    """The ranges assumed for the maker and for all, as assumed_PARAMETER; `when` is a suffix."""
    units = {"percent": "percent", "ratio": "ratio", "persons": "people", "lines": "people"}
    for row in each(inputs[inputs["kind"] != models.LEARNED]):
        unit = units[row.unit]
        results.range(
            _name(f"assumed_{row.parameter}", row.region, question) + when,
            *(row.low, row.high, unit, f"The range assumed: {row.parameter}", row.lineage),
            kind="judged",
            region=row.region,
            period=f"{row.date:%Y-%m}",
            step=step_of(row.low, row.high) if unit == "percent" else None,
        )


def _senses(results: Results, own: pd.DataFrame, question: Question) -> None:
    """Whether the brand-gray share of a place lies above its customs-gray one for sure."""
    for region, rows in own.groupby("region", sort=False):
        ends = estimable(rows).set_index("quantity")
        if {"brand_gray_share", "customs_gray_share"} <= set(ends.index):
            brand, customs = at(ends, "brand_gray_share"), at(ends, "customs_gray_share")
            results.verdict(
                _name("senses", str(region), question),
                "apart" if brand["low95"] > customs["high95"] else "together",
                "Whether two senses of gray can be told apart",
                brand,
                customs,
                about="senses",
                region=str(region),
            )


def _refused(
    results: Results,
    own: pd.DataFrame,
    then: pd.Timestamp | None,
    latest: pd.Timestamp | None,
    question: Question,
    tables: Tables,
) -> None:
    """The places whose share of the maker cannot be estimated, at the event and at the newest."""
    if then is None or latest is None:
        return
    shares = own[(own["quantity"] == "share") & (own["maker"] == question.maker)]
    for name, date in (("refused", then), ("refused_latest", latest)):
        rows = shares[shares["date"] == date]
        none = rows[rows["kind"] == "none"]
        what = "Places for which no share of the maker can be estimated"
        origin = rows if len(rows) else "assumptions"
        results.names(name, named(tables, none["region"]), what, origin, about="regions")
        if name == "refused":
            what = "How many places stay without an estimate of the maker's share"
            results.count("refused_count", len(none), what, origin)
            results.count("share_places", len(rows), "Places with a row on the share", origin)
            answer = "some" if len(none) else "no_place"
            parts = {"count": results["refused_count"], "places": results["share_places"]}
            what = "Whether places stay blank"
            results.verdict("blank", answer, what, origin, about="blank", parts=dict(parts))
    origin = own if len(own) else "assumptions"
    results.moment("month", then, "The month of the estimates nearest the event", origin)
    results.moment("latest_month", latest, "The month of the newest estimates", origin)


def _compared(
    results: Results,
    inputs: pd.DataFrame,
    own: pd.DataFrame,
    known: Mapping[shares.Place, shares.Known],
    question: Question,
    tables: Tables,
) -> None:
    """The main place's share against what others say of it."""
    main = question.regions[0]
    own = estimable(own[own["region"] == main]).set_index("quantity")
    ranges = inputs[inputs["region"] == main].set_index("parameter")
    if "share" not in own.index:
        return
    share = at(own, "share")
    here = known.get((main, share["date"], question.maker))
    if here is not None:
        _above_world(results, share, here, question, tables)
    _article(results, share, main, tables)
    if "brand_gray" in ranges.index:
        part = at(ranges, "brand_gray")
        answer = next(word for end, word in _OUTSIDE if part["low"] >= end)
        what = "How many of the maker's phones come from outside its channel"
        results.verdict("outside", answer, what, part)


def _above_world(
    results: Results, share: pd.Series, here: shares.Known, question: Question, tables: Tables
) -> None:
    """The chance that the share lies above the worldwide one, the month of the page views."""
    views = tables["vendor_share"]
    views = views[
        (views["region"] == share["region"])
        & (views["vendor"] == question.maker)
        & (views["metric"] == "page_view_share")
    ].head(1)
    usage = tables["vendor_usage"]
    world = usage[
        (usage["region"] == "world")
        & (usage["vendor"] == question.maker)
        & usage["month"].isin(views["start"])
    ]
    if world.empty:
        return
    chance = here.posterior.chance_above(float(world["usage_share"].iloc[0]))
    what = "The chance that the share is above the worldwide one of page views"
    results.quantity("above_world", chance, "chance", what, share, world, kind="estimated")
    answer = "larger" if chance > _LARGER else "no_larger"
    what = "Whether the maker is larger in the main place than elsewhere"
    place: dict[str, Result | str] = {"place": str(share["name"])}
    results.verdict("size", answer, what, share, world, parts=place)


def _article(results: Results, share: pd.Series, main: str, tables: Tables) -> None:
    """The article's figure for the share, and where it lies."""
    claims = tables["claims"]
    claim = claims[
        (claims["topic"] == "market-share") & (claims["region"] == main) & claims["value"].notna()
    ].head(1)
    if claim.empty:
        return
    value = float(claim["value"].iloc[0])
    what = "The share that the article gives"
    results.quantity("article", value, "percent", what, claim, kind="stated", step=step_of(value))
    answer = "inside" if share["low95"] <= value <= share["high95"] else "outside"
    what = "Whether the article's share lies in our interval"
    results.verdict("article_place", answer, what, claim, share, about="in_interval")


def _chain(
    results: Results, inputs: pd.DataFrame, own: pd.DataFrame, question: Question
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The inputs that matter most in each place, and the main place's chain of them."""
    frames = pd.DataFrame(), pd.DataFrame()
    here = estimable(own)
    for region in question.regions:
        at_event = here[here["region"] == region].set_index("quantity")
        for quantity in [name for name in (CHAIN, "phones") if name in at_event.index][:1]:
            place = (region, at(at_event, quantity)["date"], question.maker)
            widest(results, inputs, place, quantity, _name("", region, question))
            if quantity == CHAIN and region == question.regions[0]:
                frames = chain(results, inputs, place)
    return frames


def _asked(
    results: Results,
    own: pd.DataFrame,
    cases: pd.DataFrame,
    question: Question,
    tables: Tables,
) -> pd.DataFrame:
    """All that a table of estimates lists, and how much of it there is."""
    of_all = own["quantity"].isin(_OF_ALL)
    listed = own[(own["maker"] == question.maker) | of_all]
    asked = pd.concat([listed, cases], ignore_index=True)
    made = estimable(asked)
    of_maker = made["maker"] == question.maker
    origin = made if len(made) else ("assumptions", "cases")
    counts = {
        "made": (len(made), "Estimates for these places"),
        "made_of_maker": (int(of_maker.sum()), "Those on the maker"),
        "made_of_all": (len(made) - int(of_maker.sum()), "Those on all makers"),
        "made_of_gray": (int(made["quantity"].str.contains("gray").sum()), "Those of gray phones"),
    }
    parts = Results()
    for name, (count, what) in counts.items():
        parts.count(name, count, what, origin, unit="nothing" if "of" in name else "estimates")
    if len(made):
        results.update(parts)
        what = "Points of each input"
        results.quantity("points", models.POINTS, "number", what, origin, kind="counted")
    what = "The places asked about"
    parts.names("places", named(tables, question.regions), what, "regions", most=3)
    words: dict[str, Result | str] = {"maker": question.maker, **parts}
    what = "What can be estimated"
    answer = "some" if len(made) else "nothing"
    results.verdict("headline", answer, what, origin, about="estimate_headline", parts=words)
    if not len(made):
        results.verdict("nothing", "nothing", what, origin, about="no_estimate", parts=words)
    if not counts["made_of_gray"][0]:
        results.verdict("no_gray", "none", what, origin, about="no_gray_estimate", parts=words)
    return asked


def _base(results: Results, inputs: pd.DataFrame) -> None:
    """How many inputs there are, by kind."""
    given = inputs[inputs["kind"] != models.LEARNED]
    origin = given if len(given) else "assumptions"
    what = "Ranges assumed"
    results.quantity("inputs_count", len(given), "rows", what, origin, kind="counted")
    for kind in ("evidence", "inference", "proxy", "guess", "none"):
        rows = given[given["kind"] == kind]
        what = f"Ranges assumed of the kind “{kind}”"
        results.quantity(f"inputs_{kind}", len(rows), "rows", what, origin, kind="counted")


def _methods(
    inputs: pd.DataFrame, own: pd.DataFrame, question: Question, tables: Tables
) -> pd.DataFrame:
    """What the channel method says of each place that has assumptions."""
    places = [region for region in question.regions if region in set(inputs["region"])]
    cells = []
    for region in places:
        ranges = inputs[(inputs["region"] == region) & (inputs["maker"] == question.maker)]
        ranges = ranges.set_index("parameter")
        shares = own[own["region"] == region].set_index("quantity")
        cells.append(_channel_cell(ranges, shares, question))
    names = names_of(tables)
    frame = pd.DataFrame({"region": places, "name": [names[region] for region in places]})
    return frame.assign(channel=column(cells), lineage=column([cell.lineage for cell in cells]))


def _all_methods(results: Results, methods: pd.DataFrame) -> None:
    """The places where every method applies, and whether the share gap fits in each of them."""
    known = methods.dropna(subset=["channel", "share_gap", "flow"])
    full = [row for row in each(known) if "refused" not in _answers(row)]
    origin = lineage(*(row.lineage for row in full)) or ("cases",)
    what = "Places where each of the three methods applies"
    places = [(row.region, row.name) for row in full]
    results.names("every_method", places, what, origin, about="places")
    unfit = bool(full) and all("no_fit" in _answers(row) for row in full)
    parts: dict[str, Result | str] = {"places": results["every_method"]}
    what = "Where each method applies, and whether the share gap fits there"
    answer = "no_fit" if unfit else "some"
    results.verdict("methods_headline", answer, what, origin, parts=parts)


def _answers(row: Any) -> set[str]:
    """What the three methods say of a place: the answers of their cells."""
    cells = (row.channel, *row.share_gap.items, *row.flow.items)
    return {"refused" if cell.answer == "missing" else cell.answer for cell in cells}


def _channel_cell(ranges: pd.DataFrame, shares: pd.DataFrame, question: Question) -> Verdict:
    parts: dict[str, Result | str] = {"maker": question.maker}
    lacking = [name for name in ("share", "brand_gray") if name in ranges.index]
    lacking = [name for name in lacking if ranges.at[name, "kind"] == "none"]
    rows = lineage(ranges) or ("assumptions",)
    if lacking:
        answer, parts["why"] = "refused", str(ranges.at[lacking[0], "reasoning"])
        rows = lineage(at(ranges, lacking[0]))
    elif "brand_gray_share" not in shares.index:
        answer = "missing"
    else:
        gray = at(shares, "brand_gray_share")
        parts |= {"interval": gray["interval"]}
        answer = "brand"
        if "customs_gray" in ranges.index:
            answer, customs = "brand_and_customs", at(ranges, "customs_gray")
            of = Results()
            what = "The range assumed: customs_gray"
            of.range("range", customs["low"], customs["high"], "percent", what, customs, step=1)
            parts |= {"customs": of["range"], "kind": rests_on(str(customs["kind"]), customs)}
    what = "What the channel method says"
    return Verdict(
        about="channel_method", answer=answer, definition=what, lineage=rows, parts=parts
    )
