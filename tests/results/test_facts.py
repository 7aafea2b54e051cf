"""Facts that prose quotes: a cell of a row, as a quantity, range, moment or label."""

import pandas as pd
import pytest

from graymarket.results import Label, Moment, Quantity, facts

DAY = pd.Timestamp("2021-08-31")
SHARE = {
    "region": "CUB",
    "start": DAY,
    "value": 18.27,
    "unit": "percent",
    "counted": "page views",
    "sample": 1200,
}


def pick(field, text="", entry="vendor_share/vendor_share-1", **cells):
    known = {"question": "mine", "place": facts.PLACE, "label": "fact", "use": "show"}
    return known | {"entry": entry, "field": field, "text": text, "order": 1} | cells


@pytest.fixture
def fact(asked, tables):
    """Call it with a pick’s field for the one result."""

    def make(field, text="", entry="vendor_share/vendor_share-1", **rows):
        given = {"vendor_share": [SHARE]} | rows
        known = facts.compute(asked(), tables(picks=[pick(field, text, entry)], **given))
        return known.results["fact"]

    return make


def test_a_number_is_a_quantity_in_the_unit_of_its_row(fact, say):
    known = fact("value")
    assert isinstance(known, Quantity)
    assert (known.value, known.unit, known.definition) == (18.27, "percent", "page views")
    assert (known.period, known.region) == ("2021-08-31", "CUB")
    assert known.lineage == ("vendor_share/vendor_share-1",)
    assert say(known) == "18.27%"  # as exact as its source
    assert fact("value", vendor_share=[SHARE | {"unit": "units"}]).unit == "number"


def test_a_number_that_is_a_bound_says_so(fact, say):
    known = fact("value", vendor_share=[SHARE | {"value": 20, "qualifier": "at_least"}])
    assert (known.about, known.answer) == ("bounded", "at_least")
    assert say(known.parts["share"]) == "20%"


def test_a_column_of_percent_needs_no_unit_beside_it(fact):
    row = {"region": "CUB", "month": pd.Timestamp("2021-08-01"), "apple_share": 5.5}
    known = fact("apple_share", entry="usage_panel/CUB/2021-08", usage_panel=[row])
    assert (known.unit, known.value, known.period) == ("percent", 5.5, "2021-08-01")
    assert known.definition == "A cell of usage_panel/CUB/2021-08"


def test_two_columns_are_a_range(fact, say):
    row = {"region": "CUB", "low": 10, "high": 20.5, "unit": "percent", "denominator": "phones"}
    known = fact("low..high", entry="benchmarks/benchmarks-1", benchmarks=[row])
    assert say(known) == "10.0–20.5%" and known.region == "CUB" and known.period == ""


def test_a_day_is_told_to_the_month_unless_the_day_is_asked_for(fact, say):
    assert say(fact("start")) == "August 2021"
    assert say(fact("start/day")) == "31 August 2021"


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("2021-09-17", "start", "September 2021"),
        ("2021-09-17", "start/day", "17 September 2021"),
        ("2021-09", "start", "September 2021"),
        ("2021", "start", "2021"),
        ("2021", "start/day", "2021"),
    ],
)
def test_a_text_date_is_a_moment(fact, say, text, field, words):
    row = {"region": "CUB", "rule": "A rule", "start": text}
    known = fact(field, entry="local_rules/local_rules-1", local_rules=[row])
    assert isinstance(known, Moment)
    assert (say(known), known.definition) == (words, "A rule")


@pytest.mark.parametrize("text", ["Telegram", "2021 was the year", "2021-99"])
def test_other_words_are_a_label(fact, text):
    known = fact("counted", vendor_share=[SHARE | {"counted": text}])
    assert isinstance(known, Label) and known.text == text


def test_a_pick_can_quote_a_cell(fact):
    assert fact("value", text="eighteen").text == "eighteen"


def test_picks_are_those_of_the_question_and_of_all_in_their_order(asked, tables):
    picks = [
        pick("value", label="third", order=3),
        pick("value", label="second", order=2, question=""),
        pick("value", label="first", order=1),
        pick("value", label="other", order=1, question="other"),
        pick("value", label="elsewhere", order=1, place="door"),
        pick("value", label="left", order=1, use="leave_out"),
    ]
    given = tables(picks=picks, vendor_share=[SHARE])
    assert list(facts.compute(asked(), given).results) == ["first", "second", "third"]
    assert list(facts.picked(given, asked(), facts.PLACE, "leave_out")["label"]) == ["left"]


def test_an_entry_without_a_row_is_named(tables):
    with pytest.raises(KeyError, match="vendor_share/none: expected a row of data/"):
        facts.row_of(tables(vendor_share=[SHARE]), "vendor_share/none")
