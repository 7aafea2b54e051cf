"""How the gray methods fare where somebody has published an answer."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.cells import column, each
from graymarket.results.gray_cases import method_of, span
from graymarket.results.intervals import bounds, interval, step_of
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Moment, Quantity, Result, Verdict

_YEAR = 366  # days


@dataclass(frozen=True)
class BackTest:
    """The test against published answers, the same for any question.

    `tested`: as models.back_test, with interval, bounds and printed (the published answer;
    quantities), by (the method) and caught (verdicts); `drawn`: the tested cases in percent, a row
    each, with label, answer_low and answer_high over all answers, remark (results) and proxy (bool:
    not independent); `judged`: as models.judged, a row a method, with label, allowed95, allowed80
    and outcome (results).
    """

    tested: pd.DataFrame
    drawn: pd.DataFrame
    judged: pd.DataFrame
    results: Results

    @property
    def failed(self) -> list[str]:
        """The methods that may not be used."""
        return list(self.judged.loc[self.judged["verdict"] == "fails", "method"])


def compute(question: Question, tables: Tables) -> BackTest:
    """The methods on all cases with published answers."""
    cases = tables["cases"]
    by_method = models.by_method(cases[cases["answers"] != ""], tables["case_inputs"])
    tested = models.back_test(by_method, lambda entry: _published(entry, tables))
    tested = tested.assign(
        interval=column([interval(row, row.what, span(row)) for row in each(tested)]),
        bounds=column([bounds(row, row.what, span(row)) for row in each(tested)]),
        printed=column([_printed(row) for row in each(tested)]),
        by=column([method_of(row) for row in each(tested)]),
        caught=column([_caught(row) for row in each(tested)]),
    )
    results = Results()
    judged = _judged(results, tested)
    _coverage(results, tested, tables)
    _residual(results, tested, tables)
    _chain(results, tested, tables)
    return BackTest(tested, _drawn(tested, tables), judged, results)


def _published(entry: str, tables: Tables) -> pd.Series:
    """The row of an entry such as "benchmarks/benchmarks-073"."""
    rows = tables[entry.split("/")[0]]
    row: pd.Series = rows[rows["lineage"] == entry].iloc[0]
    return row


def _printed(row: Any) -> Quantity:
    """The published answer: a number, or a range."""
    low, high = row.answer_low, row.answer_high
    one = low == high
    return Quantity(
        value=low if one else None,
        low=None if one else low,
        high=None if one else high,
        unit="percent" if row.unit == "percent" else "number",
        kind="stated",
        definition=f"Published: {row.what}",
        lineage=(row.answer,),
        step=step_of(low, high),
    )


def _answer(caught: bool, bounded: bool) -> str:
    return "inside" if caught else "in_bounds" if bounded else "missed"


def _caught(row: Any) -> Verdict:
    """Whether the method caught an answer, and whether the answer is made from like figures."""
    answer = _answer(row.in_95, row.in_bounds)
    return Verdict(
        about="caught",
        answer=answer if row.independent == "yes" else f"{answer}_same",
        definition="Where the published answer lies",
        lineage=lineage(row.lineage),
    )


def _judged(results: Results, tested: pd.DataFrame) -> pd.DataFrame:
    """Each method by its errors elsewhere, and which pass, fail or cannot be judged."""
    judged = models.judged(models.method_errors(tested))
    rows = []
    for row in each(judged):
        of = tested[(tested["method"] == row.method) & (tested["independent"] == "yes")]
        known: dict[str, Any] = {"lineage": lineage(of), "definition": "A gray method, tested"}
        outcome = Verdict(about="method_outcome", answer=row.verdict, **known)
        rows.append(
            {
                "label": Verdict(about="gray_method_long", answer=row.method, **known),
                "allowed95": _allowed(row.fewest95, row.most95, of),
                "allowed80": _allowed(row.fewest80, row.most80, of),
                "outcome": outcome,
                "lineage": lineage(of),
            }
        )
        what = f"Places with independent answers: {row.method}"
        results.count(f"{row.method}_places", row.places, what, of)
        results.count(f"{row.method}_answers", row.answers, f"Their answers: {row.method}", of)
        results.count(f"{row.method}_caught", row.caught95, f"Caught at 95%: {row.method}", of)
        what = f"Caught at 95% by the interval of the inputs alone: {row.method}"
        results.count(f"{row.method}_by_inputs", int(of["in_95"].sum()), what, of)
        results[f"{row.method}_outcome"] = outcome
        results[f"{row.method}_allowed"] = _allowed(row.fewest95, row.most95, of)
    origin = tested if len(tested) else "cases"
    results.count("methods", len(judged), "Gray methods with independent answers", origin)
    passed = int((judged["verdict"] == "passes").sum())
    results.count("passed", passed, "Those that pass their test", origin)
    cells = pd.DataFrame(rows, index=judged.index)
    return pd.concat([judged, cells], axis=1)


def _allowed(fewest: int, most: int, rows: pd.DataFrame) -> Quantity:
    """How many answers chance explains."""
    return Quantity(
        low=fewest,
        high=most,
        unit="number",
        kind="counted",
        definition="Answers that intervals of that level may catch by chance",
        lineage=lineage(rows),
    )


def _coverage(results: Results, tested: pd.DataFrame, tables: Tables) -> None:
    """How many published answers the intervals and bounds caught, all and independent ones."""
    independent = tested[tested["independent"] == "yes"]
    for prefix, part in (("all_", tested), ("", independent)):
        of = "published answers" if prefix else "published answers that rest on other figures"
        origin = part if len(part) else "cases"
        inside = part[part["in_95"].astype(bool)]
        bounded = int(part["in_bounds"].sum())
        results.count(f"{prefix}answers", len(part), f"All {of}", origin)
        results.count(f"{prefix}caught", len(inside), f"Of {of}, in the intervals", origin)
        results.count(f"{prefix}bounded", bounded, f"Of {of}, in the bounds", origin)
        results.count(f"{prefix}cases", part["id"].nunique(), f"Cases with {of}", origin)
        caught_cases = inside["id"].nunique()
        results.count(f"{prefix}caught_cases", caught_cases, "Cases with one caught", origin)
        places = named(tables, inside["region"].unique())
        results.names(f"{prefix}places", places, "Where one was caught", origin, about="places")
    if len(independent):
        answer = "narrow" if models.too_narrow(independent) else "right"
        what = "Whether the intervals catch as many answers as they should"
        results.verdict("too_narrow", answer, what, independent)
        what = "In which direction the intervals are wrong"
        results.verdict("direction", answer, what, independent, about="too_sure")
    percent = tested[tested["unit"] == "percent"]
    if len(percent):
        what = "The median width of the intervals, in points"
        width = percent["width95"].median()
        results.quantity("width", width, "number", what, percent, kind="estimated")


def _residual(results: Results, tested: pd.DataFrame, tables: Tables) -> None:
    """How the residual method fared with a gray share."""
    part = tested[
        (tested["method"] == "share_gap")
        & (tested["quantity"] == "gray_share")
        & (tested["independent"] == "yes")
    ]
    origin = part if len(part) else "cases"
    missed = len(part) - int(part["in_95"].sum())
    results.count("residual_answers", len(part), "Answers to the residual method", origin)
    results.count("residual_missed", missed, "Those that it missed", origin)
    places = named(tables, part["region"].unique())
    results.names("residual_places", places, "Where they were published", origin, about="places")


def _chain(results: Results, tested: pd.DataFrame, tables: Tables) -> None:
    """The one test of the channel method, the nearest kin of the estimate's chain."""
    for row in each(tested[tested["method"] == "channel"].head(1)):
        place = named(tables, [row.region])
        results.names("chain_place", place, "Where the channel method was tested", row.lineage)
        what = "The published number there"
        results.quantity(
            "chain_published", row.answer_high, "number", what, row.lineage, kind="stated"
        )
        what = "The bounds of the channel method there"
        results.range("chain_bounds", row.low, row.high, "number", what, row.lineage, kind="bound")
        what = "Where the published number lies"
        answer = _answer(row.in_95, row.in_bounds)
        results.verdict("chain_result", answer, what, row.lineage, about="chain_tested")
        what, answer = "Whether the published number rests on other figures", row.independent
        results.verdict("chain_figures", answer, what, row.lineage)


def _drawn(tested: pd.DataFrame, tables: Tables) -> pd.DataFrame:
    """The tested cases in percent, those with independent answers and the most caught first."""
    percent = tested[tested["unit"] == "percent"]
    groups = percent.groupby("id", sort=False)
    drawn = percent.drop_duplicates("id").set_index("id", drop=False)
    drawn = drawn.assign(
        answer_low=groups["answer_low"].min(),
        answer_high=groups["answer_high"].max(),
        part=groups["in_95"].mean().astype(float),
        proxy=drawn["independent"] == "no",
    )
    rows = list(each(drawn))
    names = names_of(tables)
    drawn = drawn.assign(
        label=column([_label(row, str(names[row.region])) for row in rows], drawn.index),
        remark=column([_remark(row, groups.get_group(row.id)) for row in rows], drawn.index),
    )
    return drawn.sort_values(["proxy", "part"], ascending=[True, False], ignore_index=True)


def _label(row: Any, place: str) -> Verdict:
    rows = lineage(row.lineage)
    start, end = (
        Moment(date=date, definition="A year", precision="year", lineage=rows)
        for date in (row.start, row.end)
    )
    answer = "years" if (row.end - row.start).days > _YEAR else "year"
    parts: dict[str, Result | str] = {"place": place, "start": start, "end": end}
    parts["method"] = method_of(row)
    what = "Where, when and by which method"
    return Verdict(about="case_label", answer=answer, definition=what, lineage=rows, parts=parts)


def _remark(row: Any, answers: pd.DataFrame) -> Verdict:
    """Where a case's answers lie: how many inside, if there are several."""
    if len(answers) == 1:
        verdict: Verdict = row.caught
        return verdict
    counts = Results()
    counts.count("caught", int(answers["in_95"].sum()), "Answers in the interval", answers)
    counts.count("answers", len(answers), "Answers", answers)
    answer = "several" if row.independent == "yes" else "several_same"
    what = "How many published answers lie inside"
    rows = lineage(answers)
    return Verdict(about="caught", answer=answer, definition=what, lineage=rows, parts=dict(counts))
