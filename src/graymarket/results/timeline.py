"""How a lock of phones went: what happened when, and how long it was until they were unlocked."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from graymarket.evidence import Tables, lineage
from graymarket.question import Question
from graymarket.results.build import Results
from graymarket.results.quantity import Moment, Precision, Verdict


@dataclass(frozen=True)
class Timeline:
    """`events`: the rows of the table timeline in the order of their days.

    The column `day` says in a verdict what is known of it: the day, its week, month or year.
    """

    events: pd.DataFrame
    results: Results


def compute(question: Question, tables: Tables) -> Timeline:
    """What the table timeline tells; the same for any question."""
    events = tables["timeline"].sort_values(["date", "id"], kind="stable")
    results = Results()
    locks, unlocks = (events[events["kind"] == kind] for kind in ("lock", "unlock"))
    if len(locks) and len(unlocks):
        first, unlock = locks.iloc[0], unlocks.iloc[0]
        days = (unlock["date"] - first["date"]).days
        what = "Days from the first wave of locks to the first unlocking, at most"
        results.count("days", days, what, first, unlock)
        results.moment("lock", first["date"], "The month of the first wave of locks", first)
    terms = tables["regions"].query("in_xiaomi_terms")
    results.count("named", len(terms), "Places that the maker’s terms name", terms)
    days_known = [_day(event) for _, event in events.iterrows()]
    return Timeline(events.assign(day=pd.Series(days_known, events.index, dtype=object)), results)


def _day(event: pd.Series) -> Verdict:
    known: dict[str, Any] = {"definition": "When it happened", "lineage": lineage(event)}
    precisions: dict[str, Precision] = {"day": "day_short", "month": "month_alone", "year": "year"}
    parts = {
        name: Moment(date=event["date"], precision=precision, **known)
        for name, precision in precisions.items()
    }
    return Verdict(about="event_day", answer=event["precision"], parts=parts, **known)
