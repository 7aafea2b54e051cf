"""What is estimated: smartphones, the maker's share of them, and the gray part, with refusals."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.models import sensitivity
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.intervals import bounds, estimable, interval, refusal, rests_on
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Moment, Result, Verdict

SENSES = ("brand", "customs", "sanctions")
_CHAIN = "brand_gray_phones"  # where the whole chain of inputs leads
_LARGER = 55  # percent of chance from which a share counts as larger: ICD 203's “likely”
_OUTSIDE = ((90, "nearly_all"), (50, "most"), (0, "some"))  # least percent outside the channel

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
    """Estimates from the table assumptions, for the question's places.

    `then`: the month of the assumptions nearest the event, `latest`: their newest (None without
    any); `inputs`: as models.calibrated; `estimates`: as models.estimate, for every maker, with
    name (the place), what, interval (a quantity, or a verdict where not estimable), bounds, rests
    (results) and proxy (bool); `asked`: those on the maker and on all makers that a table of all
    shows, with month; `chain`: the main place's inputs of its gray phones, a row each: label, low,
    mode, high, kind, reasoning; `swing`: what each of them does alone, as in models.sensitivity,
    with label and remark (results); `channel`: a row a place: name, channel (a result); `ratios`:
    counts of phones elsewhere against page views, with name and period. Frames of chain and swing
    are empty where the main place has no such estimate.
    """

    then: pd.Timestamp | None
    latest: pd.Timestamp | None
    inputs: pd.DataFrame
    estimates: pd.DataFrame
    asked: pd.DataFrame
    chain: pd.DataFrame
    swing: pd.DataFrame
    channel: pd.DataFrame
    ratios: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Estimate:
    """The estimates for the question's maker and places."""
    given = tables["assumptions"]
    given = given[given["region"].isin(question.regions)]
    inputs = models.calibrated(given, tables["usage_panel"])
    then, latest = _dates(inputs, question)
    estimates = _estimates(inputs, question, tables)
    own = estimates[estimates["maker"].isin([question.maker, models.ALL])]
    results = Results(f"{then:%Y-%m}" if then is not None else "")
    for row in _rows(own[own["date"] == then]):
        _amount(results, row, question)
    _assumed(results, inputs[inputs["date"] == then], question)
    _senses(results, own[own["date"] == then], question)
    _refused(results, own, then, latest, question, tables)
    _compared(results, inputs[inputs["date"] == then], own[own["date"] == then], question, tables)
    ratios = _ratios(results, question, tables)
    chain, swing = _chain(results, inputs, own, then, question)
    asked = _asked(results, own, question)
    _base(results, inputs)
    channel = _channel(inputs, own, then, question, tables)
    return Estimate(then, latest, inputs, estimates, asked, chain, swing, channel, ratios, results)


def _dates(
    inputs: pd.DataFrame, question: Question
) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """The date nearest the event, of two alike the earlier, and the newest."""
    dates = sorted(inputs["date"].unique())
    if not dates:
        return None, None
    return min(dates, key=lambda date: abs(date - question.event)), dates[-1]


def _estimates(inputs: pd.DataFrame, question: Question, tables: Tables) -> pd.DataFrame:
    if inputs.empty:
        columns = ["region", "date", "maker", "quantity", "unit", "low", "high", "low95", "low80"]
        columns += ["median", "high80", "high95", "kind", "weakest", "lineage", "name", "what"]
        return pd.DataFrame(columns=[*columns, "interval", "bounds", "rests", "proxy"])
    estimates = models.estimate(inputs)
    rows = list(_rows(estimates))
    return estimates.assign(
        name=estimates["region"].map(names_of(tables)),
        what=_cells([_what(row) for row in rows]),
        interval=_cells([_interval(row) for row in rows]),
        bounds=_cells([bounds(row, _WHAT[row.quantity], f"{row.date:%Y-%m}") for row in rows]),
        rests=_cells([rests_on(row.kind, row) for row in rows]),
        proxy=estimates["kind"] == "proxy",
    )


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
    """A quantity of a place at the event: its interval, its bounds and its median."""
    if row.kind == "none":
        return
    name = _name(row.quantity, row.region, question)
    results[name], results[f"{name}_bounds"] = row.interval, row.bounds
    if name == "share":
        what = "The middle of the draws of the maker's share"
        results.quantity("share_median", row.median, "percent", what, row, kind="estimated")


def _assumed(results: Results, inputs: pd.DataFrame, question: Question) -> None:
    """The ranges assumed at the event for the maker and for all, as assumed_PARAMETER."""
    own = inputs[inputs["maker"].isin([question.maker, models.ALL])]
    for row in _rows(own[own["unit"] == "percent"]):
        results.range(
            _name(f"assumed_{row.parameter}", row.region, question),
            row.low,
            row.high,
            "percent",
            f"The range assumed: {row.parameter}",
            row.lineage,
            kind="judged",
            region=row.region,
            step=_step_of(row.low, row.high),
        )


def _step_of(*numbers: float) -> float:
    """Whole numbers where all are whole."""
    return 1 if all(number == int(number) for number in numbers) else 0.1


def _senses(results: Results, own: pd.DataFrame, question: Question) -> None:
    """Whether the brand-gray share of a place lies above its customs-gray one for sure."""
    for region, rows in own.groupby("region", sort=False):
        ends = estimable(rows).set_index("quantity")
        if {"brand_gray_share", "customs_gray_share"} <= set(ends.index):
            brand, customs = _row(ends, "brand_gray_share"), _row(ends, "customs_gray_share")
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
    results: Results, inputs: pd.DataFrame, own: pd.DataFrame, question: Question, tables: Tables
) -> None:
    """The main place's share against what others say of it."""
    main = question.regions[0]
    own = estimable(own[own["region"] == main]).set_index("quantity")
    ranges = inputs[inputs["region"] == main].set_index("parameter")
    if "share" not in own.index:
        return
    share = _row(own, "share")
    _above_world(results, share, question, tables)
    _article(results, share, main, tables)
    if "brand_gray" in ranges.index:
        part = _row(ranges, "brand_gray")
        answer = next(word for end, word in _OUTSIDE if part["low"] >= end)
        what = "How many of the maker's phones come from outside its channel"
        results.verdict("outside", answer, what, part)
    register = tables["vendor_share"]
    register = register[
        (register["region"] == main)
        & (register["vendor"] == question.maker)
        & (register["metric"] == "network_register_rank")
    ].head(1)
    if len(register) and "smartphone_share" in ranges.index:
        cap, part = models.rank_cap(register["value"].iloc[0]), _row(ranges, "smartphone_share")
        low, high = 100 * cap / part["high"], 100 * cap / part["low"]
        what = "The most of smartphones that the rank in the register allows"
        results.range(
            "register_cap", low, high, "percent", what, register, part, kind="judged", step=1
        )


def _above_world(results: Results, share: pd.Series, question: Question, tables: Tables) -> None:
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
    chance = models.chance_above(share["low"], share["high"], world["usage_share"].iloc[0])
    what = "The chance that the share is above the worldwide one of page views, all shares between "
    what += "the bounds taken as equally likely"
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
    results.quantity("article", value, "percent", what, claim, kind="stated", step=_step_of(value))
    answer = "inside" if share["low95"] <= value <= share["high95"] else "outside"
    what = "Whether the article's share lies in our interval"
    results.verdict("article_place", answer, what, claim, share, about="in_interval")


def _ratios(results: Results, question: Question, tables: Tables) -> pd.DataFrame:
    """Counts of phones against page views, of places other than those that they correct."""
    ratios = tables["inputs"]
    ratios = ratios[(ratios["metric"] == "panel_calibration_ratio") & (ratios["grade"] != "C")]
    given = tables["assumptions"]
    corrected = given.loc[given["parameter"] == "register_ratio", "region"]
    elsewhere = ratios[~ratios["region"].isin(corrected)]
    if elsewhere.empty:
        return elsewhere
    value = elsewhere["value"]
    what = "A count's share of phones over the share of page views"
    low, middle, high = value.min(), value.median(), value.max()
    results.range("ratios", low, high, "ratio", f"{what}, least and greatest", elsewhere)
    results.quantity("ratio", middle, "ratio", f"{what}, the middle one", elsewhere)
    results.count("ratio_count", len(elsewhere), "How many such ratios there are", elsewhere)
    places = named(tables, elsewhere["region"].unique())
    results.names("ratio_places", places, "Where such counts were made", elsewhere)
    for row in _rows(ratios[ratios["region"] == question.regions[0]].head(1)):
        results.quantity("site_ratio", row.value, "ratio", f"{what}, in the main place", row)
    periods = [
        Moment(date=row.start, end=row.end, definition="When", lineage=(row.lineage,))
        for row in _rows(elsewhere)
    ]
    names = elsewhere["region"].map(names_of(tables))
    return elsewhere.assign(name=names, period=_cells(periods, elsewhere.index)).sort_values(
        "value", kind="stable"
    )


def _chain(
    results: Results,
    inputs: pd.DataFrame,
    own: pd.DataFrame,
    then: pd.Timestamp | None,
    question: Question,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The main place's chain of inputs by hand, and what each input does to the result."""
    for region in question.regions[1:]:
        _widest(results, inputs, own, region, then, question)
    variance = _widest(results, inputs, own, question.regions[0], then, question)
    if variance.empty or then is None or _CHAIN not in results:
        return pd.DataFrame(), pd.DataFrame()
    place = (inputs, question.regions[0], then, question.maker, _CHAIN)
    ranges = sensitivity.ranges_of(*place)
    modes = {str(name): float(mode) for name, mode in ranges["mode"].items()}
    by_hand = float(models.value(_CHAIN, modes))
    what = "The maker's gray phones, with every input at its likeliest value"
    results.quantity("by_hand", by_hand, "number", what, ranges, kind="estimated")
    results.quantity("about", by_hand, "phones", what, ranges, kind="estimated")
    for row in _rows(ranges):
        _link(results, row)
    labels = [_input(row.Index, row, question, "input_label") for row in _rows(ranges)]
    chain = ranges.reset_index().assign(label=_cells(labels))
    swing = sensitivity.one_at_a_time(*place).merge(
        variance.drop(columns="lineage"), on="parameter"
    )
    labels = [_input(row.parameter, row, question, "input_label") for row in _rows(swing)]
    remarks = [_width(row) for row in _rows(swing)]
    return chain, swing.assign(label=_cells(labels), remark=_cells(remarks))


def _link(results: Results, row: Any) -> None:
    """The likeliest value of an input of the chain, as link_PARAMETER."""
    what = f"The likeliest value of the input {row.Index}"
    unit = {"percent": "percent", "ratio": "ratio"}.get(row.unit, "number")
    step = _step_of(row.mode) if unit == "percent" else None
    results.quantity(
        f"link_{row.Index}", row.mode, unit, what, row.lineage, kind="judged", step=step
    )


def _widest(
    results: Results,
    inputs: pd.DataFrame,
    own: pd.DataFrame,
    region: str,
    then: pd.Timestamp | None,
    question: Question,
) -> pd.DataFrame:
    """The variance that each input of a place's gray phones, or of its phones, carries."""
    here = estimable(own[(own["region"] == region) & (own["date"] == then)])
    quantity = next((name for name in (_CHAIN, "phones") if name in set(here["quantity"])), None)
    if quantity is None or then is None:
        return pd.DataFrame()
    variance = sensitivity.variance_shares(inputs, region, then, question.maker, quantity)
    for rank, row in zip(("first", "second"), _rows(variance.head(2)), strict=False):
        name = _name(f"{rank}_input", region, question)
        results[name] = _input(row.parameter, row, question, "input")
        part, known = (_name(f"{rank}_{end}", region, question) for end in ("part", "known"))
        what = "What part of the variance the input carries"
        results.quantity(
            part, row.alone, "percent", what, row.lineage, kind="estimated", step=1, region=region
        )
        what = "The interval's width were the input known, of the width now"
        origin = (what, row.lineage)
        results.quantity(
            known, row.width_if_known, "percent", *origin, kind="estimated", step=1, region=region
        )
    return variance


def _input(parameter: str, row: Any, question: Question, about: str) -> Verdict:
    return Verdict(
        about=about,
        answer=parameter,
        definition="An input of the estimate",
        lineage=lineage(row.lineage),
        parts={"maker": question.maker},
    )


def _width(row: Any) -> Verdict:
    rows = Results()
    what = "The interval's width were the input known, of the width now"
    rows.quantity("width", row.width_if_known, "percent", what, row.lineage, step=1)
    return Verdict(
        about="width", answer="known", definition=what, lineage=(row.lineage,), parts=dict(rows)
    )


def _asked(results: Results, own: pd.DataFrame, question: Question) -> pd.DataFrame:
    """The estimates that a table of all lists, and how many there are."""
    asked = own[(own["maker"] == question.maker) | own["quantity"].isin(_OF_ALL)]
    made = estimable(asked)
    origin = made if len(made) else "assumptions"
    results.count("made", len(made), "Estimates from assumptions", origin)
    of_maker = made[made["maker"] == question.maker]
    results.count("made_of_maker", len(of_maker), "Those on the maker", origin)
    gray = made[made["quantity"].str.contains("gray")]
    results.count("made_of_gray", len(gray), "Those of a gray share or number", origin)
    months = [
        Moment(date=row.date, definition="The month", lineage=lineage(row.lineage))
        for row in _rows(asked)
    ]
    return asked.assign(month=_cells(months, asked.index))


def _base(results: Results, inputs: pd.DataFrame) -> None:
    """How many inputs there are, by kind, and how many draws are taken."""
    given = inputs[inputs["parameter"] != "page_views"]
    origin = given if len(given) else "assumptions"
    results.quantity("draws", models.DRAWS, "number", "Draws of each input", origin, kind="counted")
    what = "Ranges assumed"
    results.quantity("inputs_count", len(given), "rows", what, origin, kind="counted")
    for kind in ("evidence", "inference", "proxy", "guess", "none"):
        rows = given[given["kind"] == kind]
        what = f"Ranges assumed of the kind “{kind}”"
        results.quantity(f"inputs_{kind}", len(rows), "rows", what, origin, kind="counted")


def _channel(
    inputs: pd.DataFrame,
    own: pd.DataFrame,
    then: pd.Timestamp | None,
    question: Question,
    tables: Tables,
) -> pd.DataFrame:
    """What the channel method says of each place that has assumptions."""
    places = [region for region in question.regions if region in set(inputs["region"])]
    cells = []
    for region in places:
        ranges = inputs[(inputs["region"] == region) & (inputs["date"] == then)]
        ranges = ranges[ranges["maker"] == question.maker].set_index("parameter")
        shares = own[(own["region"] == region) & (own["date"] == then)].set_index("quantity")
        cells.append(_channel_cell(ranges, shares, question))
    names = names_of(tables)
    frame = pd.DataFrame({"region": places, "name": [names[region] for region in places]})
    return frame.assign(channel=_cells(cells), lineage=_cells([cell.lineage for cell in cells]))


def _channel_cell(ranges: pd.DataFrame, shares: pd.DataFrame, question: Question) -> Verdict:
    parts: dict[str, Result | str] = {"maker": question.maker}
    lacking = [name for name in ("share", "brand_gray") if name in ranges.index]
    lacking = [name for name in lacking if ranges.at[name, "kind"] == "none"]
    rows = lineage(ranges) or ("assumptions",)
    if lacking:
        answer, parts["why"] = "refused", str(ranges.at[lacking[0], "reasoning"])
        rows = lineage(_row(ranges, lacking[0]))
    elif "brand_gray_share" not in shares.index:
        answer = "missing"
    else:
        gray = _row(shares, "brand_gray_share")
        parts |= {"interval": gray["interval"], "bounds": gray["bounds"]}
        answer = "brand"
        if "customs_gray" in ranges.index:
            answer, customs = "brand_and_customs", _row(ranges, "customs_gray")
            of = Results()
            what = "The range assumed: customs_gray"
            of.range("range", customs["low"], customs["high"], "percent", what, customs, step=1)
            parts |= {"customs": of["range"], "kind": rests_on(str(customs["kind"]), customs)}
    what = "What the channel method says"
    return Verdict(
        about="channel_method", answer=answer, definition=what, lineage=rows, parts=parts
    )


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows, with a cell of a column as an attribute of that name."""
    yield from frame.itertuples()


def _row(frame: pd.DataFrame, name: str) -> Any:
    """The row of that name in the index."""
    return frame.loc[name]


def _cells(cells: list[Any], index: pd.Index | None = None) -> pd.Series:
    """Results as a column."""
    return pd.Series(cells, index=index, dtype=object)
