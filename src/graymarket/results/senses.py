"""One phone in three senses of gray: to its maker, to customs and to sanctions, by place."""

from dataclasses import dataclass

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results import local_rules
from graymarket.results import rules as law
from graymarket.results.assumptions import with_ranges
from graymarket.results.build import Results
from graymarket.results.channel import standing
from graymarket.results.places import names_of
from graymarket.results.quantity import Names, Quantity, Result, Verdict

SENSES = ("brand", "customs", "sanctions")


@dataclass(frozen=True)
class Senses:
    """`answers`: a row for each place and sense: region, name, sense, answer (a verdict), rows.

    `rows` are the entries that the answer rests on.
    """

    answers: pd.DataFrame
    results: Results

    def branches(self, regions: list[str]) -> pd.DataFrame:
        """The answers of some places as branches of a tree: label, question, examples (a list)."""
        here = self.answers[self.answers["region"].isin(regions)]
        rows = lineage(*here["rows"])
        return pd.DataFrame(
            {
                "label": _verdict("sense_name", sense, rows),
                "question": _verdict("sense_asked", sense, rows),
                "examples": list(here.loc[here["sense"] == sense, "answer"]),
            }
            for sense in SENSES
        )


def compute(question: Question, tables: Tables) -> Senses:
    """What the base says of a phone of the maker in each place, at the event."""
    names, spans = names_of(tables), local_rules.spans_of(question, tables)
    assumed = with_ranges(tables)
    answers = []
    for region in question.regions:
        for sense, answer in (
            ("brand", _brand(region, assumed, question, tables)),
            ("customs", _customs(region, spans, assumed, question, tables)),
            ("sanctions", _sanctions(region, assumed, question, tables)),
        ):
            place = {"region": region, "name": names[region]}
            answers.append(place | {"sense": sense, "answer": answer, "rows": answer.lineage})
    return Senses(pd.DataFrame(answers), Results())


def _verdict(about: str, answer: str, rows: tuple[str, ...], **parts: Result | str) -> Verdict:
    definition = "What the base says of a phone in a sense of gray"
    return Verdict(about=about, answer=answer, definition=definition, lineage=rows, parts=parts)


def _assumed(
    region: str, sense: str, assumed: pd.DataFrame, question: Question
) -> tuple[str, dict[str, Result | str], tuple[str, ...]]:
    """The part of the maker's phones assumed to be gray: a suffix of the answer, parts, rows.

    `assumed`: as with_ranges.
    """
    row = assumed[
        (assumed["region"] == region)
        & (assumed["maker"] == question.maker)
        & (assumed["parameter"] == f"{sense}_gray")
        & (assumed["date"] == question.month)
        & (assumed["kind"] != "none")
    ].head(1)
    if row.empty:
        return "", {}, ()
    share = Quantity(
        low=row["low"].iloc[0],
        high=row["high"].iloc[0],
        unit="percent",
        kind="judged",
        step=1,
        definition=f"The part of the maker's phones assumed to be {sense}-gray",
        lineage=lineage(row),
        region=region,
        period=f"{question.month:%Y-%m}",
    )
    return "_share", {"share": share}, share.lineage


def _brand(region: str, assumed: pd.DataFrame, question: Question, tables: Tables) -> Verdict:
    presence, closures = tables["presence"], tables["closures"]
    answer, year = standing(presence, closures, region, question.maker, question.event)
    suffix, parts, rows = _assumed(region, "brand", assumed, question)
    origin = lineage(
        models.statements_on(presence, region, question.maker),
        models.exits_of(closures, region, question.maker),
        rows,
    )
    place = str(names_of(tables)[region])
    parts |= {"year": year, "place": place}
    return _verdict("sense_brand", answer + suffix, origin or ("presence",), **parts)


def _customs(
    region: str, spans: pd.DataFrame, assumed: pd.DataFrame, question: Question, tables: Tables
) -> Verdict:
    """The rules in force at the event are those that the chart of local rules shows."""
    rules = spans[spans["region"] == region]
    held = rules[rules["at"] == "in_force"]
    suffix, parts, rows = _assumed(region, "customs", assumed, question)
    origin = lineage(rules, rows) or ("local_rules",)
    count = Quantity(
        value=len(held),
        unit="rules",
        kind="counted",
        definition="Local rules on phones surely in force",
        lineage=origin,
    )
    parts |= {"count": count, "place": str(names_of(tables)[region])}
    return _verdict("sense_customs", "rules" + suffix, origin, **parts)


def _sanctions(region: str, assumed: pd.DataFrame, question: Question, tables: Tables) -> Verdict:
    rules = law.usable(tables["sanctions"], (region,))
    effects = {
        regime: models.sanctions_effect(rules, region, regime, question.event)
        for regime in models.REGIMES
    }
    barred = [(regime, regime) for regime, effect in effects.items() if effect == "prohibited"]
    silent = set(effects.values()) == {"none found"}
    suffix, parts, rows = _assumed(region, "sanctions", assumed, question)
    origin = lineage(models.in_force(rules, question.event), rows) or ("sanctions",)
    regimes = Names(items=tuple(barred), definition="Regimes that bar phones", lineage=origin)
    parts |= {"regimes": regimes, "place": str(names_of(tables)[region])}
    answer = "barred" if barred else "silent" if silent else "open"
    return _verdict("sense_sanctions", answer + suffix, origin, **parts)
