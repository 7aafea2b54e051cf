"""What sanctions and export rules did to a consumer phone, at the event and today."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Verdict

# Two effects that differ in words but not for whoever carries a phone.
_ALIKE = {"none found": "not_covered", "authorised by exception": "authorised"}
_US_EXPORT = "US export rules"


@dataclass(frozen=True)
class Rules:
    """Rules by place and regime.

    `effects`: a row for each place and regime: region, name, regime, then, now (as in
    models.net_effect) and changed (bool); `rules`: the rows of the table sanctions that they
    follow from, grade C aside.
    """

    effects: pd.DataFrame
    rules: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Rules:
    """The rules for the question's places at its event and at the edition's date."""
    rules = _usable(tables["sanctions"], question.regions)
    effects = _effects(rules, question, tables)
    return Rules(effects, rules, _results(effects, rules, question, tables))


def barred(effects: pd.DataFrame, when: str) -> list[str]:
    """The places that at least one regime barred consumer phones from; `when`: "then" or "now"."""
    prohibited = effects.loc[effects[when] == "prohibited", "region"]
    return [region for region in dict.fromkeys(effects["region"]) if region in set(prohibited)]


def _usable(sanctions: pd.DataFrame, regions: tuple[str, ...]) -> pd.DataFrame:
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
    results.count("count", len(rules), "Rules on record for these places", rows, unit="rules")
    results.verdict("barring", _barring(effects, closed), "Which rules barred phones", rows)
    results.names("without", named(tables, without), "Places without a rule", "sanctions")
    changes = [_change(row, rows) for row in effects[effects["changed"]].itertuples()]
    results.several("changed", changes, "What rules do otherwise today", rows, about="rule_change")
    return results


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
