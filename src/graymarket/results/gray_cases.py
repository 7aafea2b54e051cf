"""What the methods of the table cases say of the question's places.

The residual method is called share_gap in that table, the mirror method flow.
"""

from collections.abc import Collection
from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.assumptions import with_ranges
from graymarket.results.build import Results
from graymarket.results.cells import column, each
from graymarket.results.intervals import bounds, interval, refusal
from graymarket.results.places import names_of
from graymarket.results.quantity import Moment, Result, Several, Verdict
from graymarket.results.times import month_span

_METHODS = ("share_gap", "flow")  # beside the channel method of the estimate
_SAME = ["region", "maker", "method", "quantity", "start", "end", "low", "high"]
_FAR_APART = 2  # times the most that is assumed: a method that allows more is far from it


def every_case(question: Question, tables: Tables, failed: Collection[str]) -> pd.DataFrame:
    """models.by_method for the question's places, and its maker or all makers; with name.

    `failed`: methods that failed their test, and are not used.
    """
    cases = tables["cases"]
    cases = cases[~cases["method"].isin(failed)]
    makers = [question.maker, models.ALL]
    here = cases[cases["region"].isin(question.regions) & cases["maker"].isin(makers)]
    names = here["region"].map(names_of(tables))
    return models.by_method(here.assign(name=names), tables["case_inputs"])


def own_cases(
    results: Results, every: pd.DataFrame, question: Question, tables: Tables
) -> pd.DataFrame:
    """Results of the cases to which their method applies, each once, as METHOD_REGION_YEAR.

    Gives the rows of every_case, those that are refused last, with what, interval, bounds, rests
    (results, or the reason of a refusal) and month (a moment).
    """
    done = every[every["reason"] == ""].drop_duplicates(_SAME)
    cases = each(done)
    for case in cases:
        name = f"{case.method}_{case.region.lower()}_{case.start:%Y}"
        if name in results:
            continue
        results[name] = interval(case, case.what, span(case))
        results[f"{name}_bounds"] = bounds(case, case.what, span(case))
        what = f"{case.what}: the most that the method allows"
        unit = "percent" if case.unit == "percent" else "phones"
        of = {"region": case.region, "period": span(case)}
        results.quantity(f"{name}_most", case.high, unit, what, case.lineage, kind="bound", **of)
    _others_allow(results, done, question, tables)
    refused = every[every["reason"] != ""]
    cells = [
        {
            "what": _what(case),
            "month": _period(case),
            "interval": refusal(case) if case.reason else interval(case, case.what, span(case)),
            "bounds": None if case.reason else bounds(case, case.what, span(case)),
            "rests": case.reason or _rests(case),
        }
        for case in each(pd.concat([done, refused]))
    ]
    known = pd.concat([done, refused]).drop(columns="what").reset_index(drop=True)
    return pd.concat([known, pd.DataFrame(cells, dtype=object)], axis=1)


def _others_allow(results: Results, done: pd.DataFrame, question: Question, tables: Tables) -> None:
    """Whether the residual method allows far more customs-gray phones than are assumed."""
    gaps = done[(done["method"] == "share_gap") & (done["quantity"] == "gray_share")]
    assumed = with_ranges(tables)
    for gap in each(gaps[gaps["maker"] == question.maker]):
        ranges = assumed[
            (assumed["region"] == gap.region)
            & (assumed["maker"] == question.maker)
            & (assumed["parameter"] == "customs_gray")
            & assumed["date"].between(gap.start, gap.end)
        ]
        name = f"others_allow_{gap.region.lower()}"
        if len(ranges) and name not in results:
            more = gap.high > _FAR_APART * ranges["high"].iloc[0]
            what = "Whether another method allows far more than is assumed"
            answer = "far_more" if more else "no_more"
            results.verdict(name, answer, what, ranges, gap.lineage, about="others_allow")


def _what(row: Any) -> Verdict:
    named_already = row.what.startswith("Gray")
    return Verdict(
        about="case",
        answer="named" if named_already else row.quantity,
        definition="What is estimated",
        lineage=lineage(row.lineage),
        parts={"what": row.what},
    )


def _rests(row: Any) -> Verdict:
    rows = lineage(row.lineage)
    what = "In which sense gray"
    sense = Verdict(about="gray_sense", answer=row.gray_sense, definition=what, lineage=rows)
    answer = f"{row.method}_gray" if row.quantity == "gray_share" else row.method
    return Verdict(
        about="case_rests",
        answer=answer,
        definition="How it is estimated",
        lineage=rows,
        parts={"sense": sense},
    )


def method_of(row: Any) -> Verdict:
    """The method of a case, as a verdict."""
    rows = lineage(row.lineage)
    return Verdict(about="gray_method", answer=row.method, definition="The method", lineage=rows)


def _period(row: Any) -> Moment:
    return Moment(date=row.start, end=row.end, definition="When", lineage=lineage(row.lineage))


def span(row: Any) -> str:
    """The period of a case, as results have it."""
    return month_span(row.start, row.end)


def by_place(every: pd.DataFrame, question: Question) -> pd.DataFrame:
    """A row a place: region, share_gap and flow (what they say, or why they do not apply)."""
    here = every[every["role"] == "six_regions"]
    places = [region for region in question.regions if region in set(here["region"])]
    methods = {
        method: column(
            [
                _method_cells(here[(here["region"] == region) & (here["method"] == method)])
                for region in places
            ]
        )
        for method in _METHODS
    }
    rows = column([lineage(here[here["region"] == region]) for region in places])
    return pd.DataFrame({"region": places, **methods, "lineage": rows})


def _method_cells(cases: pd.DataFrame) -> Several:
    what = "What a method says of a place"
    rows = lineage(cases) or ("cases",)
    cells = tuple(_method_cell(case) for case in each(cases))
    return Several(items=cells, about="none", definition=what, lineage=rows)


def _method_cell(case: Any) -> Verdict:
    parts: dict[str, Result | str] = {"what": case.what, "why": case.reason}
    if case.reason:
        answer = "refused"
    else:
        answer = "fits" if case.high95 > 0 else "no_fit"
        parts["interval"] = interval(case, case.what, span(case))
        parts["bounds"] = bounds(case, case.what, span(case))
    what = "What a method says"
    rows = lineage(case.lineage)
    return Verdict(about="method_cell", answer=answer, definition=what, lineage=rows, parts=parts)
