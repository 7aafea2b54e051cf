"""What is published of the question's maker alone: its gray shares here and elsewhere."""

from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.places import named
from graymarket.results.published import in_order, shares_of
from graymarket.results.quantity import Moment, Names, Result, Verdict

_SENSES = ("brand", "customs", "sanctions")
_MOST_PLACES = 3  # places named before the others are counted

Parts = dict[str, Result | str]


def add_maker(
    results: Results,
    published: pd.DataFrame,
    everyone: pd.DataFrame,
    question: Question,
    tables: Tables,
) -> pd.DataFrame:
    """What is published of the maker alone in the places asked about; returns those shares.

    `published` is as in models.published, `everyone` the shares of all makers here. Where the
    benchmarks hold no share of the maker alone, its own table speaks, then all makers' shares.
    """
    of_maker = shares_of(models.of_maker(published, question.maker), tables)
    alone = in_order(of_maker[of_maker["region"].isin(question.regions)])
    rows = models.gray_shares_of(tables["xiaomi_gray_share"], question.maker)
    own = rows[rows["region"].isin(question.regions)].sort_values("end", kind="stable")
    if len(alone):
        _alone(results, alone, question, tables)
    elif len(own):
        _own(results, own, tables)
    elif len(everyone):
        _all(results, everyone.sort_values("end", kind="stable"), question)
    else:
        parts: Parts = {"places": few(tables, question.regions)}
        what = "Whether a gray share is published for these places"
        results.verdict("no_gray", "nothing", what, "benchmarks", parts=parts)
        searched = len(tables["benchmarks"])
        results.quantity("searched", searched, "rows", "Rows", "benchmarks", kind="counted")
    beyond = {*of_maker["region"], *rows["region"]} - set(question.regions)
    if beyond and alone.empty and own.empty:
        what = "Other places with a published share of this maker alone"
        places = sorted(named(tables, beyond), key=lambda place: place[1])
        results.names("elsewhere", places, what, of_maker, rows)
    _headline(results, alone, own, everyone, question, tables)
    _unmeasured(results, alone, question)
    return alone


def few(tables: Tables, regions: Any) -> Names:
    """Places named, or the first of them and how many others."""
    items = named(tables, dict.fromkeys(regions))
    rows = ("regions",)
    what = "Places"
    return Names(items=items, about="places", most=_MOST_PLACES, definition=what, lineage=rows)


def most_alike(shares: pd.DataFrame) -> pd.DataFrame:
    """The largest set of shares alike in what they are of and in sense, by time."""
    alike = shares.sort_values("end", kind="stable").groupby(["denominator", "sense"], sort=False)
    return max((part for _, part in alike), key=len)


def ends_of(shares: pd.DataFrame) -> Verdict:
    """First and last share, each with its year."""
    first, last = shares.iloc[0], shares.iloc[-1]
    parts: Parts = {"first": first["text"], "first_year": _year(first)}
    if len(shares) > 1:
        parts |= {"last": last["text"], "last_year": _year(last)}
    return Verdict(
        about="published_ends",
        answer="several" if len(shares) > 1 else "one",
        definition="The first and the last published share",
        lineage=lineage(shares),
        parts=parts,
    )


def _year(row: pd.Series) -> Moment:
    return Moment(date=row["end"], precision="year", definition="The year", lineage=lineage(row))


def _alone(results: Results, alone: pd.DataFrame, question: Question, tables: Tables) -> None:
    part = most_alike(alone)
    one = part.iloc[0]
    ends = ends_of(part)
    what = "Published gray shares of this maker alone that may be used"
    results.count("alone_count", len(alone), what, alone, unit="figures")
    results.verdict("gray", ends.answer, ends.definition, part, about=ends.about, parts=ends.parts)
    answer = one["denominator"] or "other"
    results.verdict("gray_taken_of", answer, "What they are taken of", part, about="of")
    parts: Parts = {"maker": question.maker, "of": results["gray_taken_of"]}
    places = few(tables, part["region"])
    parts["places"] = places
    what = "Places that they are of"
    results.names("gray_where", places.items, what, part, about="places", most=_MOST_PLACES)
    results.verdict("gray_of", "maker", "Of which phones", part, parts=parts)
    what = "In which sense they are gray"
    results.verdict("gray_sense", one["sense"], what, part, about="sense_is")
    answer = "one" if part["source_id"].nunique() == 1 else "several"
    results.verdict("gray_by", answer, "In how many sources they stand", part)
    speakers = [(name, name) for name in dict.fromkeys(part["measured_by"])]
    results.names("gray_speakers", speakers, "Who says so", part)
    grounds = models.grounds(part["grade"])
    what = "How good the evidence is"
    results.verdict("gray_grounds", grounds, what, part, about="confidence")


def _own(results: Results, own: pd.DataFrame, tables: Tables) -> None:
    words = dict(zip(own["lineage"], own["what"], strict=True))
    shares = shares_of(own, tables)
    items = [_own_share(row, str(words[row["lineage"]])) for _, row in shares.iterrows()]
    what = "Gray shares in the maker's own table"
    results.several("gray_own", items, what, own, about="none")
    results.count("gray_own_count", len(own), what, own, unit="gray_shares")
    grounds = models.grounds(own["grade"])
    what = "How good the evidence is"
    results.verdict("gray_own_grounds", grounds, what, own, about="confidence")


def _own_share(row: pd.Series, words: str) -> Verdict:
    parts: Parts = {"what": words, "share": row["text"], "year": _year(row)}
    parts["sense"] = row["sense_is"]
    what, rows = "A gray share of the maker alone", lineage(row)
    return Verdict(about="own_share", answer="alone", definition=what, lineage=rows, parts=parts)


def _all(results: Results, everyone: pd.DataFrame, question: Question) -> None:
    ends = ends_of(everyone)
    what = "The first and the last published share of all makers"
    results.verdict("gray_all", ends.answer, what, everyone, about=ends.about, parts=ends.parts)
    answer = "before" if (everyone["end"] < question.event).all() else "after"
    what = "Whether they are of a time before the event"
    results.verdict("gray_all_when", answer, what, everyone)
    grounds = models.grounds(everyone["grade"])
    what = "How good the evidence is"
    results.verdict("gray_all_grounds", grounds, what, everyone, about="confidence")


def _headline(
    results: Results,
    alone: pd.DataFrame,
    own: pd.DataFrame,
    everyone: pd.DataFrame,
    question: Question,
    tables: Tables,
) -> None:
    """What is published, in one sentence: of the maker alone, else of all, else nothing."""
    places = few(tables, question.regions)
    parts: Parts = {"maker": question.maker, "places": places, "where": places}
    answer, rows = "none", lineage(everyone) or ("benchmarks",)
    if len(alone):
        part = most_alike(alone)
        answer, rows = "maker", lineage(part)
        parts |= {"ends": results["gray"], "of": results["gray_taken_of"]}
        parts |= {"sense": results["gray_sense"], "where": few(tables, part["region"])}
    elif len(own):
        answer, rows = "own", lineage(own)
        parts["count"] = results["gray_own_count"]
    elif len(everyone):
        answer = "all"
    what = "What is published on gray shares of the maker in these places"
    results.verdict("headline", answer, what, rows, about="published_headline", parts=parts)


def _unmeasured(results: Results, alone: pd.DataFrame, question: Question) -> None:
    """The senses in which nobody has measured the maker's phones here since the event."""
    since = set(alone.loc[alone["end"] >= question.event, "sense"])
    rows = lineage(alone) or ("benchmarks",)
    what = "Senses in which no share of the maker's phones is published since the event"
    for name, senses in (("unmeasured", _SENSES), ("unmeasured_but_brand", _SENSES[1:])):
        missing = [sense for sense in senses if sense not in since]
        if missing:
            results.verdict(name, "_".join(missing), what, rows, about="unmeasured")
