"""Gray shares that somebody published: of all makers, and of the question's maker alone."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket import models
from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results import policy_moves, taxed
from graymarket.results.build import Results
from graymarket.results.cells import column, each
from graymarket.results.facts import picked
from graymarket.results.maker_shares import add_maker
from graymarket.results.places import named, rows_of
from graymarket.results.published import (
    in_order,
    least_of,
    most_of,
    sense_of,
    shares_of,
    spread_of,
    years,
)
from graymarket.results.quantity import Label, Quantity, Result, Verdict

SPEAKERS = "who_says_what"  # the place of the table picks that says who speaks
TAXES = "taxes"  # the place that leaves charges out


@dataclass(frozen=True)
class Benchmarks:
    """Published gray shares.

    `shares`: those of the whole market, all makers, that may be used, as in published.shares_of,
    with speaker, interest, said_in and said_for (who speaks, and with what interest, where that is
    read); their remark2 is the number of figures of the place and their years; `countries`: the
    places, those asked about first, then by the middle of their shares from the greatest;
    `here`: the shares of the places asked about, `alone`: those of the maker alone there,
    in_order; `both`: the latter, then the former, with whose (a verdict) and group (whose, and what
    they are taken of); `senses`: sense → its words; `moves`, `counts`: before and after policies,
    as in policy_moves; `taxes`, `gaps`: charges and price gaps beside shares, as in taxed.
    """

    shares: pd.DataFrame
    countries: list[str]
    here: pd.DataFrame
    alone: pd.DataFrame
    both: pd.DataFrame
    senses: dict[str, Result]
    moves: pd.DataFrame
    counts: pd.DataFrame
    taxes: pd.DataFrame
    gaps: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Benchmarks:
    """What is published on gray shares, for the question's maker and places and elsewhere."""
    published = models.published(tables["benchmarks"])
    shares = shares_of(published[published["use"] == "core"], tables)
    shares = in_order(_counted(_spoken(shares, question, tables)))
    here = shares[shares["region"].isin(question.regions)]
    results = Results(region=" ".join(question.regions))
    alone = add_maker(results, published, here, question, tables)
    _spread(results, shares, question, tables)
    _elsewhere(results, shares, here, question, tables)
    moves, counts = policy_moves.gray_shares(tables), policy_moves.clean_counts(tables)
    policy_moves.add_results(results, moves, counts)
    taxes, gaps = _taxed(question, tables, shares)
    taxed.add_results(results, taxes, gaps)
    countries, senses = _countries(shares, here), sense_of(shares)
    both = pd.concat([_whose(alone, question.maker), _whose(here, "")], ignore_index=True)
    frames = (moves, counts, taxes, gaps)
    return Benchmarks(shares, countries, here, alone, both, senses, *frames, results)


def _taxed(
    question: Question, tables: Tables, shares: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    left_out = picked(tables, question, TAXES, "leave_out")["entry"]
    taxes = tables["taxes"]
    taxes = taxes[~taxes["lineage"].isin(left_out)]
    return (
        taxed.beside_shares(taxed.charges(taxes), shares),
        taxed.beside_shares(taxed.price_gaps(taxes), shares),
    )


def _whose(shares: pd.DataFrame, maker: str) -> pd.DataFrame:
    """With whose phones the shares are of: the maker's alone, or all makers' ("")."""
    whose = Verdict(
        about="whose",
        answer="maker" if maker else "all",
        definition="Whose phones the share is of",
        lineage=lineage(shares) or ("benchmarks",),
        parts={"maker": maker},
    )
    groups: list[Verdict] = [
        Verdict(
            about="whose_of",
            answer="group",
            definition="Whose phones, and what the share is taken of",
            lineage=lineage(row.lineage),
            parts={"whose": whose, "of": row.of},
        )
        for row in each(shares)
    ]
    return shares.assign(
        whose=column([whose] * len(shares), shares.index), group=column(groups, shares.index)
    )


def _countries(shares: pd.DataFrame, here: pd.DataFrame) -> list[str]:
    middle = shares.assign(middle=shares[["low", "high"]].mean(axis=1)).groupby("label")["middle"]
    order = list(middle.median().sort_values(ascending=False, kind="stable").index)
    asked = set(here["label"])
    return sorted(order, key=lambda place: place not in asked)


def _spoken(shares: pd.DataFrame, question: Question, tables: Tables) -> pd.DataFrame:
    """With who speaks and what the speaker would gain, where a pick says so."""
    picks = picked(tables, question, SPEAKERS)
    speakers = dict(zip(picks["entry"], picks["label"], strict=True))
    keys = column([speakers.get(entry, "") for entry in shares["lineage"]], shares.index)
    said = shares.assign(speaker_key=keys)
    said["speaker"] = column([_speaker(row) for row in each(said)], said.index)
    said["interest"] = column([_interest(row) for row in each(said)], said.index)
    said["said_in"] = column([_said_in(row) for row in each(said)], said.index)
    said["said_for"] = column([_said_for(row) for row in each(said)], said.index)
    return said.drop(columns="speaker_key")


def _speaker(row: Any) -> Result:
    rows = lineage(row.lineage)
    if not row.speaker_key:
        return Label(text=row.measured_by, definition="Who says so", lineage=rows)
    what = "Who says so"
    return Verdict(about="speaker", answer=row.speaker_key, definition=what, lineage=rows)


def _interest(row: Any) -> Result | str:
    what = "What the speaker would gain, as we read it"
    rows = lineage(row.lineage)
    if not row.speaker_key:
        return ""
    return Verdict(about="interest", answer=row.speaker_key, definition=what, lineage=rows)


def _said_in(row: Any) -> Verdict:
    parts: dict[str, Result | str] = {"years": row.when, "speaker": row.speaker}
    what, rows = "When, and by whom it is said", lineage(row.lineage)
    return Verdict(about="said_in", answer="years", definition=what, lineage=rows, parts=parts)


def _said_for(row: Any) -> Result:
    """What the phones are called and the interest; the sense where no interest is read."""
    if not row.speaker_key:
        return row.remark  # type: ignore[no-any-return]  # a cell of a frame
    parts: dict[str, Result | str] = {"called": row.called, "interest": row.interest}
    what, rows = "What the phones are called, and the speaker's interest", lineage(row.lineage)
    return Verdict(about="called", answer="interest", definition=what, lineage=rows, parts=parts)


def _counted(shares: pd.DataFrame) -> pd.DataFrame:
    """With the number of figures of the place and their years."""
    counted = {label: _count_of(rows) for label, rows in shares.groupby("label")}
    return shares.assign(
        counted=column([counted[label] for label in shares["label"]], shares.index)
    )


def _count_of(rows: pd.DataFrame) -> Verdict:
    parts: dict[str, Result | str] = {
        "count": Quantity(
            value=len(rows),
            unit="number",
            definition="How many figures",
            kind="counted",
            lineage=lineage(rows),
        ),
        "years": years(rows["start"].min(), rows["end"].max(), rows),
    }
    what = "How many figures, and of which years"
    known = lineage(rows)
    return Verdict(about="counted_in", answer="years", definition=what, lineage=known, parts=parts)


def _spread(results: Results, shares: pd.DataFrame, question: Question, tables: Tables) -> None:
    """From where to where the shares of all places run, and those of one place."""
    results.count("figures", len(shares), "Published shares that may be used", shares)
    results.count("countries_count", shares["region"].nunique(), "Places they are of", shares)
    what = "The year in which the earliest of them ends"
    results.moment("from_year", shares["end"].min(), what, shares, precision="year")
    results["least"], results["most"] = least_of(shares), most_of(shares)
    ends = shares.groupby("label").agg(low=("low", "min"), high=("high", "max"))
    widest = str((ends["high"] - ends["low"]).idxmax())
    rows = shares[shares["label"] == widest]
    results.label("widest", widest, "The place whose published shares lie farthest apart", rows)
    _range(results, "widest_range", "spread_from", rows, "From where to where they run")
    asked = rows_of(tables, question.regions)
    results.count("asked_count", len(asked), "Places asked about", asked)
    covered = [region for region in question.regions if region in set(shares["region"])]
    what = "Places asked about for which a share is published"
    results.names("covered", named(tables, covered), what, shares, about="none")
    solid = int((shares["grade"] == "A").sum())
    results.count("solid", solid, "Published shares of grade A", shares)


def _elsewhere(
    results: Results,
    shares: pd.DataFrame,
    here: pd.DataFrame,
    question: Question,
    tables: Tables,
) -> None:
    """The places asked about beside all others."""
    others = shares[~shares["region"].isin(question.regions)]
    what = "From where to where the shares of other places run"
    _range(results, "spread" if len(here) else "spread_alone", "spread", others, what)
    what = "Other places with a published share"
    results.count("other_count", others["region"].nunique(), what, others)
    if len(here):
        what = "From where to where the shares of the places asked about run"
        _range(results, "here_range", "spread", here, what)
        results.count("here_count", len(here), "Figures on these places", here, unit="figures")
        what = "Places asked about for which a share is published"
        where = named(tables, dict.fromkeys(here["region"]))
        results.names("here_where", where, what, here, about="places", most=3)
    _chart(results, here, question)


def _chart(results: Results, here: pd.DataFrame, question: Question) -> None:
    """What a chart of the shares here says: of the maker alone, else of all makers."""
    what, about = "What is published for the places asked about", "published_chart"
    parts: dict[str, Result | str] = {"maker": question.maker}
    if "gray" in results:
        parts |= {"ends": results["gray"], "where": results["gray_where"]}
        results.verdict("chart_title", "maker", what, results["gray"], about=about, parts=parts)
    elif len(here):
        parts |= {"here": results["here_range"], "where": results["here_where"]}
        results.verdict("chart_title", "all", what, here, about=about, parts=parts)


def _range(results: Results, name: str, about: str, rows: pd.DataFrame, what: str) -> None:
    known = spread_of(rows, what)
    results.verdict(name, known.answer, what, rows, about=about, parts=known.parts)
