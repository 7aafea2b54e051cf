"""What happened when, and how long it was from lock to unlocking."""

import pandas as pd

from graymarket.results import timeline


def event(day, kind="press", precision="day"):
    return {"date": pd.Timestamp(day), "kind": kind, "precision": precision, "what": "x"}


def regions(*codes):
    return [
        {"region": code, "name": code.title(), "in_xiaomi_terms": code in codes}
        for code in ("CUB", "SYR", "IRN")
    ]


def test_days_from_the_first_lock_to_the_first_unlocking(asked, tables, say):
    rows = [
        event("2021-09-20", "unlock"),
        event("2021-09-12", "unlock"),
        event("2021-09-10", "lock"),
        event("2021-09-03", "lock"),
        event("2021-09-01"),
    ]
    given = tables(timeline=rows, regions=regions("CUB", "IRN"))
    known = timeline.compute(asked(), given)
    assert say(known.results["days"]) == "nine"
    assert say(known.results["lock"]) == "September 2021"
    assert known.results["days"].lineage == ("timeline/timeline-4", "timeline/timeline-2")
    assert known.results["named"].value == 2
    assert known.results["named"].lineage == ("regions/CUB", "regions/IRN")
    days = [1, 3, 10, 12, 20]
    assert list(known.events["date"]) == [pd.Timestamp(2021, 9, day) for day in days]


def test_without_a_lock_or_an_unlocking_there_are_no_days(asked, tables):
    for kind in ("lock", "unlock"):
        given = tables(timeline=[event("2021-09-03", kind)], regions=regions("CUB"))
        assert list(timeline.compute(asked(), given).results) == ["named"]


def test_a_day_reads_as_precisely_as_it_is_known(asked, tables, say):
    days = [
        ("day", "3 Sept"),
        ("week", "from 3 Sept"),
        ("month", "September"),
        ("year", "2021"),
        ("about", "about September"),
    ]
    rows = [event("2021-09-03", precision=precision) for precision, _ in days]
    events = timeline.compute(asked(), tables(timeline=rows, regions=regions("CUB"))).events
    assert [say(day) for day in events["day"]] == [words for _, words in days]
    assert events["day"].iloc[1].lineage == ("timeline/timeline-2",)


def test_events_of_one_day_stand_by_their_ids(asked, tables):
    rows = [event("2021-09-03") | {"id": name} for name in ("b", "c", "a")]
    events = timeline.compute(asked(), tables(timeline=rows, regions=regions("CUB"))).events
    assert list(events["id"]) == ["a", "b", "c"]
