"""What the question's own closure did to the maker's share, as far as the panel can show it."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.models import closure
from graymarket.models.closure import PanelCannotShow, SyntheticControl
from graymarket.models.stock import Stock
from graymarket.question import SERIES, Question
from graymarket.results import effects
from graymarket.results.build import Results
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Result, Verdict
from graymarket.results.stocks import add_stock, readings_of, renewal_case, stock_of

FLOOR = "samsung_internet_share"  # a browser is seen, and not all phones of its maker
_MAIN_DONORS = 4  # of the largest weight: what the synthetic is mostly made of


@dataclass(frozen=True)
class Door:
    """The question's closure; frames are empty where the panel cannot show it.

    `lines`, `gaps` and `weights` are as in effects.lines, gaps and weights; `checks` as
    effects.horizons, with leave_one_out (a range at the last horizon) and lineage; `stock`: None
    where no case says how long phones last; `month`: the closure's; `lineage`: the rows that all
    of it rests on.
    """

    lines: pd.DataFrame
    gaps: pd.DataFrame
    checks: pd.DataFrame
    weights: pd.DataFrame
    stock: Stock | None
    month: pd.Timestamp
    lineage: tuple[str, ...]
    results: Results


def compute(question: Question, tables: Tables) -> Door:
    """The question's closure against its synthetic control, and the stock that it left."""
    results, row = Results(), question.closure
    origin = (*lineage(question.rests_on, question.closure_rows), *effects.DONORS)
    try:
        result = None if row is None else _synthetic_control(row, tables)
        why = None if result else ("no_closure", question.month)
    except PanelCannotShow as error:
        result, why = None, (error.reason, error.month)
    if row is None or result is None:
        reason, month = why or ("no_closure", question.month)
        _add_why(results, reason, month, question, tables, origin)
        empty = pd.DataFrame()
        return Door(empty, empty, empty, empty, None, question.month, origin, results)
    results = effects.scope(result)
    case = renewal_case(tables, row) if question.series == row["series"] else None
    stock = None if case is None else stock_of(tables, row, case)
    _add_results(results, result, row, question, tables, stock is None)
    if stock is not None and case is not None:
        add_stock(results, "", stock, row, case, tables)
    marks = effects.marks_of(tables)
    return Door(
        lines=effects.lines(result, readings_of(tables, row), stock, marks, origin),
        gaps=effects.gaps(result, tables, origin),
        checks=_checks(result, effects.rows_of(row, tables)),
        weights=effects.weights(result, tables, origin),
        stock=stock,
        month=result.month,
        lineage=origin,
        results=results,
    )


def _synthetic_control(row: pd.Series, tables: Tables) -> SyntheticControl:
    return closure.of_closure(
        row,
        tables["usage_panel"],
        tables["world_development"],
        tables["closures"],
        tables["registries"],
        tables["regions"],
    )


def _checks(result: SyntheticControl, rows: tuple[str, ...]) -> pd.DataFrame:
    checks = effects.horizons(result, rows)
    spans = [None] * (len(checks) - 1) + [effects.left_out_span(result, rows)]
    return checks.assign(
        leave_one_out=pd.Series(spans, dtype=object),
        lineage=pd.Series([(*rows, *effects.DONORS)] * len(checks)),
    )


def _add_why(
    results: Results,
    reason: str,
    month: pd.Timestamp,
    question: Question,
    tables: Tables,
    origin: tuple[str, ...],
) -> None:
    """Why nothing can be tested."""
    what, parts = "Why the panel cannot show a closure", Results()
    parts.moment("month", month, "The month that it turns on", origin)
    words: dict[str, Result | str] = {**parts, "place": _place(question, tables)}
    for name in ("why", "no_door"):
        results.verdict(name, reason, what, origin, about="no_door", parts=words)
    title = {"place": _place(question, tables), "share": question.maker}
    results.verdict("title", "untested", "What the event did", origin, about="mark", parts=title)


def _add_results(
    results: Results,
    result: SyntheticControl,
    row: pd.Series,
    question: Question,
    tables: Tables,
    without_stock: bool,
) -> None:
    place = str(names_of(tables)[row["region"]])
    effects.add_effect(results, "", result, effects.rows_of(row, tables), place)
    origin = (*effects.rows_of(row, tables), *effects.DONORS)
    what = "The part of well-fitted placebos that the band holds"
    results.quantity("band", effects.BAND, "percent", what, origin, kind="stated", step=1)
    what = "How much room chance has at the last horizon"
    room = result.last["high"] - result.last["low"]
    results.quantity("room", room, "points_wide", what, origin, kind="estimated", step=1)
    answer, doubts = closure.verdict(result)
    _add_mark(results, result, row, question, tables, answer, without_stock)
    if doubts:
        against = [_doubt(doubt, origin) for doubt in doubts]
        results.several("against", against, "What speaks against a move", origin, about="names")
    _add_crowd(results, result, origin)
    results["made_of"] = effects.mix(effects.weights(result, tables, origin), origin)
    _add_mix(results, result, row, question, tables, origin)
    if without_stock:
        parts = {"maker": question.maker, "place": _place(question, tables)}
        what = "What the base lacks for a stock"
        results.verdict("no_stock", "no_life", what, "case_inputs", about="no_stock", parts=parts)


def _doubt(doubt: str, origin: tuple[str, ...]) -> Verdict:
    what = "A check that speaks against a move"
    return Verdict(about="doubt", answer=doubt, definition=what, lineage=origin)


def _add_mark(
    results: Results,
    result: SyntheticControl,
    row: pd.Series,
    question: Question,
    tables: Tables,
    answer: str,
    without_stock: bool,
) -> None:
    """Whether the event left a mark; by another name where prose differs."""
    origin, what = (*effects.rows_of(row, tables), *effects.DONORS), "What the event did"
    side = "above" if result.last["points"] > 0 else "below"
    kind = f"moved_{side}" if answer == "moved" else answer
    place = _place(question, tables)
    parts: dict[str, Result | str] = {"share": effects.share_of(row), "place": place}
    known: dict[str, Any] = {"about": "mark", "parts": parts}
    results.verdict("title", kind, what, origin, **known)
    if row["series"] != question.series:
        other = {"seen": SERIES[row["series"]], "maker": question.maker}
        results.verdict("no_door", "stand_in", what, origin, parts=other)
        return
    results["effect_range"] = results["range"]
    if without_stock:
        name = "inconclusive" if answer == "inconclusive" else "mark"
        results.verdict(name, kind, what, origin, **known)


def _add_crowd(results: Results, result: SyntheticControl, origin: tuple[str, ...]) -> None:
    """Where the closure's line lies among the placebos'."""
    outside, rare = result.is_outside_band, result.is_unusual
    both = "stands_out" if outside and rare else "lost"
    answer = both if outside == rare else "band_alone" if outside else "rank_alone"
    what = "Where the line lies among those of comparison countries"
    results.verdict("crowd", answer, what, origin)


def _add_mix(
    results: Results,
    result: SyntheticControl,
    row: pd.Series,
    question: Question,
    tables: Tables,
    origin: tuple[str, ...],
) -> None:
    """What the synthetic is made of, and what the share stands for."""
    mix, what = named(tables, result.weights.index[:_MAIN_DONORS]), "Donors of the largest weight"
    if row["series"] == question.series:
        results.names("mix", mix, what, origin)
    else:
        parts: dict[str, Result | str] = {
            "share": effects.share_of(row),
            "maker": question.maker,
        }
        results.verdict("stand_in", "other", "What is seen instead", origin, parts=parts)
        results.names("stand_in_mix", mix, what, origin)
    if row["series"] == question.series == FLOOR:
        results.verdict("floor", "browser", "What part of the maker’s phones is seen", origin)
    if out := row["left_out"].split():
        what = "Places left out as donors"
        results.names("left_out", named(tables, out), what, (*lineage(row), "regions"))


def _place(question: Question, tables: Tables) -> str:
    return str(names_of(tables)[question.regions[0]])
