"""What sanctions and export rules did to a consumer phone, at the event and today."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.cells import column, each
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Names, Result, Verdict

# Two effects that differ in words but not for whoever carries a phone.
_ALIKE = {"none found": "not_covered", "authorised by exception": "authorised"}
_US_EXPORT = "US export rules"


@dataclass(frozen=True)
class Rules:
    """Rules by place and regime.

    `effects`: a row for each place and regime: region, name, regime, then, now (as in
    models.net_effect) and changed (bool); `rules`: the rows of the table sanctions that they
    follow from, grade C aside, with name (the place); `then`, `now`: those effects, and `cells`
    what a reader is told of both (a verdict each), as places × regimes.
    """

    effects: pd.DataFrame
    rules: pd.DataFrame
    then: pd.DataFrame
    now: pd.DataFrame
    cells: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Rules:
    """The rules for the question's places at its event and at the edition's date."""
    rules = usable(tables["sanctions"], question.regions)
    rules = rules.assign(name=rules["region"].map(names_of(tables)))
    effects = _effects(rules, question, tables)
    rows = lineage(rules) or ("sanctions",)
    effects["cell"] = column([_cell(row, rows) for row in each(effects)])
    then, now, cells = (_wide(effects, column) for column in ("then", "now", "cell"))
    results = _results(effects, rules, question, tables)
    return Rules(effects.drop(columns="cell"), rules, then, now, cells, results)


def barred(effects: pd.DataFrame, when: str) -> list[str]:
    """The places that at least one regime barred consumer phones from; `when`: "then" or "now"."""
    prohibited = effects.loc[effects[when] == "prohibited", "region"]
    return [region for region in dict.fromkeys(effects["region"]) if region in set(prohibited)]


def _wide(effects: pd.DataFrame, column: str) -> pd.DataFrame:
    wide = effects.pivot(index="name", columns="regime", values=column)
    return wide.loc[list(dict.fromkeys(effects["name"])), list(models.REGIMES)]


def usable(sanctions: pd.DataFrame, regions: tuple[str, ...]) -> pd.DataFrame:
    """The rules of REGIMES for these places, grade C aside."""
    regimes = [regime for ids in models.REGIMES.values() for regime in ids]
    return sanctions[
        sanctions["region"].isin(regions)
        & sanctions["regime"].isin(regimes)
        & (sanctions["grade"] != "C")
    ]


def _effects(rules: pd.DataFrame, question: Question, tables: Tables) -> pd.DataFrame:
    names = names_of(tables)
    effects = pd.DataFrame(
        {
            "region": region,
            "name": names[region],
            "regime": regime,
            "then": models.sanctions_effect(rules, region, regime, question.event),
            "now": models.sanctions_effect(rules, region, regime, tables.date),
        }
        for region in question.regions
        for regime in models.REGIMES
    )
    alike = effects[["then", "now"]].replace(_ALIKE)
    return effects.assign(changed=alike["then"] != alike["now"])


def _results(
    effects: pd.DataFrame, rules: pd.DataFrame, question: Question, tables: Tables
) -> Results:
    results = Results(f"{question.event:%Y-%m}", " ".join(question.regions))
    rows = lineage(rules) or ("sanctions",)
    closed = barred(effects, "then")
    left = [region for region in question.regions if region not in closed]
    without = [region for region in question.regions if region not in set(rules["region"])]
    results.names(
        "barred", named(tables, closed), "Places barred at the event", rows, about="places"
    )
    results.names(
        "left_open", named(tables, left), "Places barred by no rule then", rows, about="places"
    )
    results.names(
        "barred_now",
        named(tables, barred(effects, "now")),
        "Places barred today",
        rows,
        about="places",
    )
    results.count("barred_count", len(closed), "How many places were barred", rows)
    results.count("places", len(question.regions), "How many places are asked about", rows)
    if len(rules):
        results.count("count", len(rules), "Rules on record for these places", rows, unit="rules")
    else:
        searched = len(tables["sanctions"])
        results.quantity("searched", searched, "rows", "Rows on sanctions", rows, kind="counted")
    answer = _barring(effects, closed)
    few = _few(closed or question.regions, tables, rows)
    results.verdict("barring", answer, "Which rules barred phones", rows)
    what = "What rules barred phones from where at the event"
    parts: dict[str, Result | str] = {"places": few}
    results.verdict("headline", answer, what, rows, about="rules_headline", parts=parts)
    answer = answer if len(rules) else "no_rows"
    results.verdict("title", answer, what, rows, about="rules_title", parts=parts)
    grounds = models.grounds(rules["grade"]) if len(rules) else "none"
    what = "How good the evidence on the rules is"
    results.verdict("grounds", grounds, what, rows, about="confidence")
    results.names("without", named(tables, without), "Places without a rule", "sanctions")
    limits = models.in_force(rules, question.event).dropna(subset="us_content_above")
    limits = limits.sort_values("us_content_above")
    for name, part in (("limit_least", limits.head(1)), ("limit_most", limits.tail(1))):
        for row in each(part):
            what = "Part of US content above which US rules reach a foreign phone"
            results.quantity(
                name, row.us_content_above, "percent", what, limits, kind="stated", step=1
            )
    changes = [_change(row, rows) for row in effects[effects["changed"]].itertuples()]
    results.several("changed", changes, "What rules do otherwise today", rows, about="rule_change")
    return results


def _few(regions: Iterable[str], tables: Tables, rows: tuple[str, ...]) -> Names:
    places = named(tables, regions)
    return Names(items=places, about="places", most=3, definition="Places", lineage=rows)


def _change(row: Any, rows: tuple[str, ...]) -> Verdict:
    parts = {"place": row.name, "regime": row.regime}
    effects = {"then": effect(row.then, rows), "now": effect(row.now, rows)}
    return Verdict(
        about="rule_change",
        answer="changed",
        definition=f"What the rules of a regime do otherwise today in {row.name}",
        lineage=rows,
        parts=parts | effects,
    )


def _cell(row: Any, rows: tuple[str, ...]) -> Verdict:
    return Verdict(
        about="rule_cell",
        answer="changed" if row.changed else "same",
        definition=f"What the rules of a regime did and do in {row.name}",
        lineage=rows,
        parts={"then": effect(row.then, rows), "now": effect(row.now, rows)},
    )


def effect(answer: str, rows: tuple[str, ...]) -> Verdict:
    """An answer of models.net_effect as a verdict."""
    definition = "What the rules in force do to a consumer phone"
    return Verdict(
        about="effect", answer=answer.replace(" ", "_"), definition=definition, lineage=rows
    )


def _barring(effects: pd.DataFrame, closed: list[str]) -> str:
    """Whether the US export rules barred every barred place, or it takes other regimes too."""
    if not closed:
        return "none"
    by_us = effects[(effects["regime"] == _US_EXPORT) & (effects["then"] == "prohibited")]
    return "us_export" if set(closed) <= set(by_us["region"]) else "several"
