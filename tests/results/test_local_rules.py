"""Local rules on phones: which were in force when, and their spans, from a few rows."""

import pandas as pd
import pytest

from graymarket.results import local_rules
from graymarket.results.local_rules import first_day, held_at, last_day

DAY = pd.Timestamp


def rule(**cells):
    known = {"region": "CUB", "kind": "allowance", "rule": "A rule", "does": "terms"}
    return known | {"grade": "A", "start": "2020-01-01"} | cells


def pick(entry, label="", **cells):
    known = {"question": "mine", "place": local_rules.SPANS, "entry": entry, "use": "show"}
    return known | {"label": label, "order": 1} | cells


@pytest.fixture
def computed(asked, tables):
    def make(rows, picks=(), regions=("CUB",), **others):
        given = tables(local_rules=list(rows), picks=list(picks), **others)
        return local_rules.compute(asked(regions=regions), given)

    return make


@pytest.mark.parametrize(
    ("start", "end", "at"),
    [
        ("2021-09-17", "", "in_force"),
        ("2021-09-18", "", "later"),
        ("2021-10", "", "later"),
        ("2022", "", "later"),
        ("2021-09", "", "day_not_known"),
        ("2021", "", "day_not_known"),
        ("2020", "2021-09-16", "over"),
        ("2020", "2021-09-17", "in_force"),
        ("2020", "2021-09", "in_force"),
        ("", "", "in_force"),
    ],
)
def test_what_is_known_of_a_rule_at_the_event(computed, start, end, at):
    assert list(computed([rule(start=start, end=end)]).rules["at"]) == [at]


def test_the_headline_counts_rules_surely_in_force(computed, say):
    unsure = rule(start="2021-09")
    for rows, words in (
        ([], "No usable local rule on phones in Cuba is in our database"),
        ([rule(grade="C")], "No usable local rule on phones in Cuba is in our database"),
        ([rule(), unsure], "At the event one rule on phones was surely in force in Cuba"),
        ([rule(), rule()], "At the event two rules on phones were surely in force in Cuba"),
        ([unsure], "At the event no rules on phones were surely in force in Cuba"),
    ):
        assert say(computed(rows).results["headline"]) == words


def test_counts(computed, say):
    rows = [
        rule(),
        rule(start="2021-09"),
        rule(start="2022"),
        rule(start="2023"),
        rule(region="SYR", grade="B", end="2020-06"),
        rule(region="IRN"),
    ]
    results = computed(rows, regions=("CUB", "SYR", "PRK")).results
    names = ("with_rules", "places", "in_force", "count", "later", "unsure")
    assert [results[name].value for name in names] == [1, 3, 1, 5, 2, 1]
    assert say(results["without"]) == "North Korea"
    assert say(results["grounds"]) == "moderate"
    assert "searched" not in results
    assert results["with_rules"].lineage == (
        "local_rules/local_rules-1",
        "local_rules/local_rules-2",
    )


def test_what_is_not_so_is_not_told(computed, say):
    results = computed([rule(grade="B")]).results
    assert not {"unsure", "without", "ban", "searched"} & set(results)
    assert say(results["grounds"]) == "low"
    nothing = computed([rule(region="IRN")]).results
    assert nothing["searched"].value == 1 and say(nothing["grounds"]) == "none on record"
    assert not {"count", "later", "without"} & set(nothing)
    assert nothing["with_rules"].value == 0


def test_spans_stand_by_place_and_those_picked_first(computed):
    rows = [rule(region="SYR", rule="S"), rule(rule="one"), rule(rule="two"), rule(rule="out")]
    picks = [
        pick("local_rules/local_rules-3", "Second, by hand"),
        pick("local_rules/local_rules-4", use="leave_out"),
    ]
    known = computed(rows, picks, regions=("CUB", "SYR"))
    assert list(known.spans["label"]) == ["Second, by hand", "one", "S"]
    assert list(known.spans["group"]) == ["Cuba", "Cuba", "Syria"]
    assert len(known.rules) == 4  # the chart alone leaves one out


def test_rules_of_other_tables_become_spans(computed):
    event = {"region": "CUB", "date": DAY("2021-09-01"), "what": "A lock", "note": "It locks"}
    stay = {"region": "CUB", "start": "2019", "end": "2020-02", "channel": "none", "note": "A stay"}
    elsewhere = event | {"region": "IRN"}
    picks = [
        pick("timeline/timeline-1", "Lock", order=1),
        pick("presence/presence-1", "Stay", order=2),
        pick("timeline/timeline-2", "Elsewhere", order=3),
    ]
    spans = computed([], picks, timeline=[event, elsewhere], presence=[stay]).spans
    assert list(spans["label"]) == ["Lock", "Stay"]
    assert list(spans["rule"]) == ["A lock", "A stay"]
    assert list(spans["effect"]) == ["It locks", "none"]
    assert list(spans["start"]) == [DAY("2021-09-01"), DAY("2019-01-01")]
    assert list(spans["end"]) == [pd.NaT, DAY("2020-02-15")]
    assert list(spans["does"]) == ["terms", "terms"] and not spans["open"].any()
    picks[0] |= {"text": "forbids"}
    spans = computed([], picks, timeline=[event, elsewhere], presence=[stay]).spans
    assert list(spans["does"]) == ["forbids", "terms"]
    assert list(spans["at"]) == ["in_force", "over"]


@pytest.mark.parametrize(
    ("end", "ends", "is_open"),
    [("", "", True), ("", "not_known", False), ("2022", "", False), ("2022", "not_known", False)],
)
def test_a_span_is_open_where_no_end_is_on_record(computed, end, ends, is_open):
    assert list(computed([rule(end=end, ends=ends)]).spans["open"]) == [is_open]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021-09-17", "2021-09-17", "2021-09-17"),
        ("2021-09", "2021-09-01", "2021-09-15"),
        ("2021", "2021-01-01", "2021-01-01"),
    ],
)
def test_days_of_dates_of_any_precision(text, first, last):
    assert (first_day(text), last_day(text)) == (DAY(first), DAY(last))
    assert first_day("") is pd.NaT and last_day("") is pd.NaT


@pytest.mark.parametrize(
    ("cells", "day", "held"),
    [
        ({}, "2019-12-31", False),
        ({}, "2020-01-01", True),
        ({"start": ""}, "1999-01-01", True),
        ({"end": "2020-06-01"}, "2020-06-01", True),
        ({"end": "2020-06-01"}, "2020-06-02", False),
        ({"end": "2020-06-01", "disputed_until": DAY("2020-07-01")}, "2020-06-30", True),
        ({"end": "2020-06-01", "disputed_until": DAY("2020-07-01")}, "2020-07-02", False),
        ({"does": "forbids"}, "2020-06-01", True),
        ({"does": "allows"}, "2020-06-01", False),
    ],
)
def test_rules_held_at_a_day(computed, cells, day, held):
    assert len(held_at(computed([rule(**cells)]).spans, DAY(day))) == held


@pytest.mark.parametrize(
    ("end", "until", "stood", "told"),
    [
        ("2021-09-17", "2022-01-01", "still stood", "Cuba’s ban still stood"),
        (
            "2021-09-16",
            "2021-09-17",
            "stood or had ended, which is disputed",
            "whether Cuba still banned is disputed",
        ),
        ("2021-01-01", "2021-09-16", "had ended", "Cuba’s ban had ended"),
    ],
)
def test_a_ban_whose_end_is_disputed(computed, say, end, until, stood, told):
    ban = rule(does="forbids", end=end, disputed_until=DAY(until))
    results = computed([ban]).results
    assert (say(results["ban"]), say(results["ban_told"])) == (stood, told)
    assert "ban" not in computed([ban | {"does": "terms"}]).results
    assert "ban" not in computed([ban | {"disputed_until": None}]).results
