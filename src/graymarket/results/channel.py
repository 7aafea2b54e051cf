"""Who sells officially where: a maker's own channel, and those of its rivals, at the event."""

from dataclasses import dataclass

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.places import named, names_of
from graymarket.results.quantity import Result, Verdict

_MOST_MAKERS = 6  # beside each other


@dataclass(frozen=True)
class Channel:
    """Official channels by place and maker.

    `answers` (official, none, contested or unknown) and `cells` (the same with the year of the
    newest statement, verdicts): places × makers, the question's maker first, then those with most
    statements; `on_maker`: the rows of the table presence on the question's maker, with name
    (the place); `read`: all rows of presence on these places, grade C aside.
    """

    answers: pd.DataFrame
    cells: pd.DataFrame
    on_maker: pd.DataFrame
    read: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Channel:
    """The channels at the event, by the newest statement up to it."""
    presence, closures = tables["presence"], tables["closures"]
    read = presence[presence["region"].isin(question.regions) & (presence["grade"] != "C")]
    makers = makers_beside(read, question.maker)
    known = {
        (region, maker): standing(presence, closures, region, maker, question.event)
        for region in question.regions
        for maker in makers
    }
    places = dict(named(tables, question.regions))
    answers = _grid(known, places, makers)
    rows = lineage(read) or ("presence",)
    cells = pd.DataFrame(
        [[_cell(*known[region, maker], rows) for maker in makers] for region in places],
        index=list(places.values()),
        columns=makers,
        dtype=object,
    )
    statements = [
        models.statements_on(presence, region, question.maker) for region in question.regions
    ]
    own = pd.concat(statements).assign(name=lambda rows: rows["region"].map(names_of(tables)))
    results = _results(question, tables, known, own, read)
    return Channel(answers, cells, own, read, results)


def makers_beside(read: pd.DataFrame, maker: str) -> list[str]:
    """The maker, and the rivals on which there are most statements, one maker a statement."""
    counts = read["vendor"].value_counts(sort=True)
    rivals = [
        name
        for name in counts.index
        if name != maker and not name.startswith("All ") and "," not in name
    ]
    return [maker, *rivals[: _MOST_MAKERS - 1]]


def standing(
    presence: pd.DataFrame, closures: pd.DataFrame, region: str, maker: str, event: pd.Timestamp
) -> tuple[str, str]:
    """A maker's channel in a place at an event, and the year of the statement (models.channel)."""
    statements = models.statements_on(presence, region, maker)
    return models.channel(statements, event, models.exits_of(closures, region, maker))


def _grid(
    known: dict[tuple[str, str], tuple[str, str]], places: dict[str, str], makers: list[str]
) -> pd.DataFrame:
    rows = [[known[region, maker][0] for maker in makers] for region in places]
    return pd.DataFrame(rows, index=list(places.values()), columns=makers)


def _cell(answer: str, year: str, rows: tuple[str, ...]) -> Verdict:
    return Verdict(
        about="channel_cell" if year else "channel",
        answer=answer,
        definition="Whether the maker had an official channel",
        lineage=rows,
        parts={"year": year},
    )


def _results(
    question: Question,
    tables: Tables,
    known: dict[tuple[str, str], tuple[str, str]],
    own: pd.DataFrame,
    read: pd.DataFrame,
) -> Results:
    main, maker = question.regions[0], question.maker
    results = Results(f"{question.event:%Y-%m}", " ".join(question.regions))
    rows = lineage(read) or ("presence",)
    answers = [answer for answer, _ in known.values()]
    unknown = answers.count("unknown")
    results.count("questions", len(answers), "Questions asked: a maker in a place", rows)
    results.count("unknown", unknown, "Questions without an answer", rows)
    results.count("answered", len(answers) - unknown, "Questions with an answer", rows)
    results.count("official", answers.count("official"), "Channels known to be official", rows)
    none = sum(known[region, maker][0] == "none" for region in question.regions)
    what = "Places where the maker had no official channel"
    results.count("maker_none", none, what, lineage(own) or rows)
    _headline(results, known[main, maker], own, question, tables)
    exits = models.exits_of(tables["closures"], main, maker)
    if len(own):
        results.count("statements", len(own), "Statements on the maker", own, unit="statements")
    results.quantity("searched", len(tables["presence"]), "rows", "Statements", "presence")
    if len(exits):
        what = "The month in which the maker stopped selling there"
        results.moment("sold_until", exits["month"].max(), what, exits)
    if question.closure_rows and question.closure is not None:
        closure = question.closure
        results.label("closed", closure["what_closed"], "What closed", question.closure_rows[:1])
        results.label("open", closure["what_stayed_open"], "What stayed", question.closure_rows[:1])
        results.label("grade", closure["grade"], "Grade of the source", question.closure_rows[:1])
    graded = pd.concat([own.loc[own["region"] == main, "grade"], exits["grade"]])
    results.verdict(
        "grounds",
        models.grounds(graded) if len(graded) else "none",
        "How good the evidence on the main place is",
        rows,
        about="confidence",
    )
    return results


def _headline(
    results: Results,
    known: tuple[str, str],
    own: pd.DataFrame,
    question: Question,
    tables: Tables,
) -> None:
    """Whether the maker sold officially in the main place."""
    answer, year = known
    main = question.regions[0]
    exits = models.exits_of(tables["closures"], main, question.maker)
    if answer == "unknown" and own[own["region"] == main].empty:
        answer = "silent"
    parts: dict[str, Result | str] = {
        "maker": question.maker,
        "place": named(tables, [main])[0][1],
        "year": year,
    }
    rows = lineage(own, exits) or ("presence",)
    what = "Whether the maker sold officially in the main place at the event"
    results.verdict("headline", answer, what, rows, about="channel_headline", parts=parts)
