"""Places by their codes, and results put together a line each."""

import pandas as pd
import pytest

from graymarket.results import Moment, Names, Results, places
from graymarket.results.cells import at, column, each

ROW = "regions/CUB"


def test_places_in_the_order_given(tables):
    given = tables()
    assert places.named(given, ["SYR", "CUB"]) == (("SYR", "Syria"), ("CUB", "Cuba"))
    assert places.named(given, []) == ()
    assert list(places.rows_of(given, ("SYR", "CUB"))["name"]) == ["Syria", "Cuba"]
    assert places.names_of(given)["IRN"] == "Iran"
    with pytest.raises(KeyError):
        places.named(given, ["XXX"])


def test_rows_and_results_as_cells():
    frame = pd.DataFrame({"share": [1.5, 2.5]}, index=["a", "b"])
    assert [row.share for row in each(frame)] == [1.5, 2.5]
    assert at(frame, "b").share == 2.5
    cells = column([("x", "y"), None], frame.index)
    assert list(cells.index) == ["a", "b"] and cells["a"] == ("x", "y")
    assert column([]).dtype == object


def test_period_and_region_hold_for_all_that_do_not_say_otherwise():
    results = Results("2021-09", "CUB")
    results.quantity("one", 1, "percent", "A share", ROW)
    results.quantity("two", 2, "percent", "A share", ROW, period="2020", region="SYR", step=1)
    results.range("both", 1, 2, "percent", "A range", ROW, kind="estimated", level=90)
    results.verdict("is_so", "none", "Whether", ROW, confidence="low")
    results.moment("when", pd.Timestamp("2021-09-17"), "When", ROW, precision="day")
    results.names("where", [("CUB", "Cuba")], "Where", ROW, most=2)
    assert (results["one"].period, results["one"].region) == ("2021-09", "CUB")
    assert (results["two"].period, results["two"].region, results["two"].step) == ("2020", "SYR", 1)
    assert (results["both"].low, results["both"].high, results["both"].level) == (1, 2, 90)
    assert (results["one"].kind, results["both"].kind) == ("measured", "estimated")
    verdict, when, where = results["is_so"], results["when"], results["where"]
    assert (verdict.about, verdict.parts, verdict.confidence) == ("is_so", {}, "low")
    assert isinstance(when, Moment) and isinstance(where, Names)
    assert (when.region, when.precision, when.end) == ("CUB", "day", None)
    assert (where.period, where.most, where.about) == ("2021-09", 2, "names")


def test_results_made_of_results_have_their_lineage():
    results = Results()
    results.label("text", "As it is", "A text", ROW, "sources/x")
    results.count("count", 3, "How many", results["text"])
    results.several("all", results.values(), "All of it", *results.values(), about="none")
    assert results["all"].lineage == (ROW, "sources/x")
    assert results["count"].kind == "counted" and results["count"].unit == "count"
    assert len(results["all"].items) == 2 and not results["all"].listed


@pytest.mark.parametrize("name", ["Upper", "1st", "_x", "a-b", "a b", ""])
def test_a_name_is_lower_case_words_joined_by_underscores(name):
    with pytest.raises(ValueError, match="expected a lower-case name"):
        Results().count(name, 1, "How many", ROW)


def test_a_result_without_a_row_is_refused():
    with pytest.raises(ValueError, match="expected at least one row"):
        Results().names("where", [], "Where", pd.DataFrame({"lineage": []}))
