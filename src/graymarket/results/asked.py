"""What is asked: the maker, the places and the event, as the question's file gives them."""

from dataclasses import dataclass

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.places import named, rows_of

_MOST_NAMES = 3  # places named before the others are counted


@dataclass(frozen=True)
class Asked:
    """The question. `parameters`: a row each: parameter, answer (text or a result)."""

    parameters: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Asked:
    """The question's parameters, with the rows that name its places and tell of its event."""
    results = _results(question, tables)
    return Asked(_parameters(question, tables, results), results)


def _results(question: Question, tables: Tables) -> Results:
    places = rows_of(tables, question.regions)
    event = question.lineage or places
    results = Results(f"{question.event:%Y-%m}", " ".join(question.regions))
    main, *others = named(tables, question.regions)
    results.label("maker", question.maker, "The maker asked about", event)
    results.label("place", main[1], "The main place asked about", places)
    results.names(
        "places",
        [main, *others],
        "The places asked about",
        places,
        most=_MOST_NAMES,
        about="places",
    )
    results.names("others", others, "The other places asked about", places, about="none")
    results.label("what", question.what, "What happened", event)
    results.moment("month", question.event, "The month of the event", event)
    results.moment("day", question.event, "The day of the event", event, precision="day")
    results.moment("today", tables.date, "The month of the edition", "sources")
    for code, name in (main, *others):
        results.label(f"in_{code.lower()}", name, "A place asked about", places)
    return results


def _parameters(question: Question, tables: Tables, results: Results) -> pd.DataFrame:
    closure = question.closure
    left_out = named(tables, str(closure["left_out"]).split()) if closure is not None else ()
    rows = Results()
    rows.names("left_out", left_out, "Places left out of the comparison", "regions", about="none")
    return pd.DataFrame(
        [
            ("Maker", results["maker"]),
            ("Main region", results["place"]),
            ("Other regions", results["others"]),
            ("Event", results["day"]),
            ("What happened", results["what"]),
            ("Closure watched", "none" if closure is None else str(closure["id"])),
            ("Left out of the comparison", rows["left_out"]),
            ("File", f"{question.name}.toml"),
        ],
        columns=["parameter", "answer"],
    ).assign(lineage=lineage(rows_of(tables, question.regions))[0])
