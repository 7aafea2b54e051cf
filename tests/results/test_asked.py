"""The question as results and as a table of its parameters."""

import pandas as pd

from graymarket.results import asked as subject


def words(known, say):
    answers = known.parameters["answer"]
    texts = [one if isinstance(one, str) else say(one) for one in answers]
    return dict(zip(known.parameters["parameter"], texts, strict=True))


def test_a_question_without_a_closure(asked, tables, say):
    known = subject.compute(asked(regions=("CUB", "SYR")), tables(date="2026-11-30"))
    assert {name: say(result) for name, result in known.results.items()} == {
        "maker": "Xiaomi",
        "place": "Cuba",
        "places": "Cuba and Syria",
        "others": "Syria",
        "what": "it locks phones",
        "month": "September 2021",
        "day": "17 September 2021",
        "today": "November 2026",
        "in_cub": "Cuba",
        "in_syr": "Syria",
    }
    assert known.results["maker"].lineage == ("regions/CUB", "regions/SYR")
    assert known.results["today"].lineage == ("sources",)
    assert words(known, say) == {
        "Maker": "Xiaomi",
        "Main region": "Cuba",
        "Other regions": "Syria",
        "Event": "17 September 2021",
        "What happened": "it locks phones",
        "Closure watched": "none",
        "Left out of the comparison": "none",
        "File": "mine.toml",
    }
    assert set(known.parameters["lineage"]) == {"regions/CUB"}


def test_a_closure_and_the_rows_that_report_the_event(asked, tables, say):
    closure = pd.Series({"id": "xiaomi-cuba", "left_out": "SYR IRN", "lineage": "closures/x"})
    question = asked(closure=closure, rests_on=("timeline/timeline-3",))
    known = subject.compute(question, tables())
    assert known.results["what"].lineage == ("timeline/timeline-3",)
    assert known.results["place"].lineage == ("regions/CUB",)
    told = words(known, say)
    assert told["Closure watched"] == "xiaomi-cuba"
    assert told["Left out of the comparison"] == "Syria and Iran"
    assert told["Other regions"] == "none"


def test_of_more_than_three_places_the_others_are_counted(asked, tables, say):
    three, four = ("CUB", "SYR", "IRN"), ("CUB", "SYR", "IRN", "PRK")
    of_three = subject.compute(asked(regions=three), tables()).results
    of_four = subject.compute(asked(regions=four), tables()).results
    assert say(of_three["places"]) == "Cuba, Syria and Iran"
    assert say(of_four["places"]) == "Cuba and three others"
    assert say(of_four["others"]) == "Syria, Iran and North Korea"
