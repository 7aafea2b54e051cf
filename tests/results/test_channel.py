"""Official channels by the newest statement, from a few rows of presence and closures."""

import pandas as pd
import pytest

from graymarket.results import channel

CLOSED = "Xiaomi stops all sales"


def said(region, kind, start="2020", **cells):
    row = {"vendor": "Xiaomi", "region": region, "channel": kind, "start": start, "grade": "A"}
    return row | cells


def closure(**cells):
    known = {"region": "CUB", "maker": "Xiaomi", "what_closed": CLOSED, "grade": "B"}
    return known | {"month": pd.Timestamp("2023-04-01")} | cells


@pytest.mark.parametrize(
    ("presence", "closures", "answer", "cell", "headline"),
    [
        (
            [said("CUB", "distributor")],
            [],
            "official",
            "official\n2020",
            "Xiaomi sold officially in Cuba, by a source of 2020",
        ),
        (
            [said("CUB", "none")],
            [],
            "none",
            "none\n2020",
            "Xiaomi had no official channel in Cuba, by a source of 2020",
        ),
        (
            [said("CUB", "none"), said("CUB", "carrier")],
            [],
            "contested",
            "contested\n2020",
            "Whether Xiaomi sold officially in Cuba is contested in 2020",
        ),
        (
            [said("CUB", "unknown")],
            [],
            "unknown",
            "unknown",
            "What is on record does not say whether Xiaomi sold officially in Cuba",
        ),
        (
            [],
            [],
            "unknown",
            "unknown",
            "Whether Xiaomi sold officially in Cuba is not on record",
        ),
        (
            [],
            [closure()],
            "official",
            "official\n2023",
            "Xiaomi sold officially in Cuba, by a source of 2023",
        ),
    ],
)
def test_the_newest_statement_answers(
    asked, tables, say, presence, closures, answer, cell, headline
):
    known = channel.compute(asked(), tables(presence=presence, closures=closures))
    assert known.answers.loc["Cuba", "Xiaomi"] == answer
    assert say(known.cells.loc["Cuba", "Xiaomi"]) == cell
    assert say(known.results["headline"]) == headline


def test_answers_are_counted_by_place_and_maker(asked, tables, say):
    rows = [
        said("CUB", "none"),
        said("SYR", "subsidiary"),
        said("CUB", "distributor", vendor="Samsung"),
    ]
    question = asked(regions=("CUB", "SYR"))
    known = channel.compute(question, tables(presence=rows, closures=[]))
    assert list(known.answers.columns) == ["Xiaomi", "Samsung"]
    assert list(known.answers.index) == ["Cuba", "Syria"]
    numbers = ("questions", "unknown", "answered", "official", "maker_none")
    assert [known.results[name].value for name in numbers] == [4, 1, 3, 2, 1]
    assert say(known.results["statements"]) == "two statements"
    assert known.results["searched"].value == 3
    assert list(known.on_maker["name"]) == ["Cuba", "Syria"]
    assert known.results["maker_none"].lineage == ("presence/presence-1", "presence/presence-2")


def test_statements_of_grade_c_or_on_other_places_are_not_read(asked, tables):
    rows = [said("CUB", "none", grade="C"), said("IRN", "none"), said("CUB", "online_store")]
    known = channel.compute(asked(), tables(presence=rows, closures=[]))
    assert list(known.read["id"]) == list(known.on_maker["id"]) == ["presence-3"]
    assert known.answers.loc["Cuba", "Xiaomi"] == "official"
    assert known.results["searched"].value == 3


def test_rivals_are_single_makers_with_most_statements(tables):
    vendors = ["B", "A", "A", "Xiaomi", "All foreign vendors", "C, D"]
    read = tables(presence=[said("CUB", "none", vendor=name) for name in vendors])["presence"]
    assert channel.makers_beside(read, "Xiaomi") == ["Xiaomi", "A", "B"]
    many = [said("CUB", "none", vendor=f"M{i}") for i in range(9)]
    assert len(channel.makers_beside(tables(presence=many)["presence"], "Xiaomi")) == 6


def test_that_no_foreign_maker_sells_holds_for_each(asked, tables):
    rows = [said("CUB", "none", vendor="All foreign vendors")]
    known = channel.compute(asked(), tables(presence=rows, closures=[]))
    assert known.answers.loc["Cuba", "Xiaomi"] == "none"


def test_until_when_the_maker_sold(asked, tables, say):
    closures = [
        closure(),
        closure(month=pd.Timestamp("2024-06-01")),
        closure(month=pd.Timestamp("2025-06-01"), region="SYR"),
        closure(month=pd.Timestamp("2025-07-01"), what_closed="A state bars the maker"),
    ]
    results = channel.compute(asked(), tables(presence=[], closures=closures)).results
    assert say(results["sold_until"]) == "June 2024"
    assert "statements" not in results
    without = channel.compute(asked(), tables(presence=[], closures=[])).results
    assert "sold_until" not in without


def test_what_closed_is_told_of_a_closure_in_the_base(asked, tables, say):
    row = closure(id="xiaomi-cuba", what_stayed_open="Resellers", basis="timeline/timeline-001")
    given = tables(presence=[], closures=[row])
    question = asked(closure=given["closures"].iloc[0])
    results = channel.compute(question, given).results
    assert [say(results[name]) for name in ("closed", "open", "grade")] == [
        CLOSED,
        "Resellers",
        "B",
    ]
    assert results["closed"].lineage == ("closures/xiaomi-cuba",)
    assert "closed" not in channel.compute(asked(), given).results


@pytest.mark.parametrize(
    ("grades", "exit_grade", "grounds"),
    [
        (["A"], None, "moderate"),
        (["B"], None, "low"),
        (["B"], "A", "moderate"),
        ([], "B", "low"),
        ([], None, "none on record"),
    ],
)
def test_grounds_follow_from_grades_of_the_main_place(
    asked, tables, say, grades, exit_grade, grounds
):
    rows = [said("CUB", "none", grade=grade) for grade in grades] + [said("SYR", "none")]
    closures = [closure(grade=exit_grade)] if exit_grade else []
    question = asked(regions=("CUB", "SYR"))
    results = channel.compute(question, tables(presence=rows, closures=closures)).results
    assert say(results["grounds"]) == grounds


def test_a_statement_after_the_event_is_not_yet_known(asked, tables):
    rows = [said("CUB", "none", "2021-10"), said("CUB", "distributor", "2021-09")]
    known = channel.compute(asked(), tables(presence=rows, closures=[]))
    assert known.answers.loc["Cuba", "Xiaomi"] == "official"
