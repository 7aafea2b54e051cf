"""What sanctions rules did to a phone, worked by hand from a few rows of the table sanctions."""

import pandas as pd
import pytest

from graymarket.models import REGIMES
from graymarket.results import rules

THREE = ("CUB", "SYR", "PRK")


def rule(region, regime, effect, **cells):
    return {"region": region, "regime": regime, "effect": effect, "grade": "A"} | cells


BAN_CUBA = rule("CUB", "us_bis", "prohibited")
BAN_SYRIA = rule("SYR", "us_bis_ofac", "prohibited")


def test_effects_are_of_each_place_and_regime_at_the_event_and_today(asked, tables):
    known = rules.compute(
        asked(regions=THREE),
        tables(sanctions=[BAN_CUBA | {"end": "2022-05"}, rule("PRK", "un", "conditional")]),
    )
    assert len(known.effects) == 3 * len(REGIMES)
    assert list(known.then.index) == list(known.now.index) == ["Cuba", "Syria", "North Korea"]
    assert list(known.then.columns) == list(REGIMES)
    assert known.then.loc["Cuba", "US export rules"] == "prohibited"
    assert known.now.loc["Cuba", "US export rules"] == "none found"
    assert known.then.loc["North Korea", "United Nations"] == "conditional"
    assert known.then.loc["Syria", "US export rules"] == "none found"
    changed = known.effects[known.effects["changed"]]
    assert list(zip(changed["region"], changed["regime"], strict=True)) == [
        ("CUB", "US export rules")
    ]
    assert list(known.rules["name"]) == ["Cuba", "North Korea"]
    assert "cell" not in known.effects


def test_a_cell_tells_what_has_changed(asked, tables, say):
    rows = [BAN_CUBA | {"end": "2022-05"}, rule("CUB", "us_ofac", "prohibited")]
    known = rules.compute(asked(), tables(sanctions=rows))
    assert say(known.cells.loc["Cuba", "US export rules"]) == "prohibited\nnow none found"
    assert say(known.cells.loc["Cuba", "US Treasury"]) == "prohibited"
    assert say(known.results["changed"]) == "Cuba (US export rules: prohibited, now none found)"


def test_what_differs_in_words_alone_has_not_changed(asked, tables, say):
    """Not covered and no rule found, authorised and by exception: alike to who carries a phone."""
    rows = [
        rule("CUB", "us_bis", "not_covered", end="2023"),
        rule("SYR", "us_bis", "authorised"),
        rule("SYR", "us_bis", "prohibited", start="2023-01"),
    ]
    known = rules.compute(asked(regions=("CUB", "SYR")), tables(sanctions=rows))
    assert known.then.loc["Cuba", "US export rules"] == "not_covered"
    assert known.now.loc["Syria", "US export rules"] == "authorised by exception"
    assert not known.effects["changed"].any()
    assert say(known.results["changed"]) == "nothing that these rows show"


@pytest.mark.parametrize(
    ("rows", "answer", "headline", "title"),
    [
        (
            [BAN_CUBA, BAN_SYRIA],
            "us_export",
            "US export rules barred consumer phones with enough US content from Cuba and Syria",
            "At the event sanctions rules barred consumer phones from Cuba and Syria",
        ),
        (
            [BAN_CUBA, rule("PRK", "un", "prohibited")],
            "several",
            "Sanctions rules barred consumer phones from Cuba and North Korea",
            "At the event sanctions rules barred consumer phones from Cuba and North Korea",
        ),
        (
            [BAN_CUBA, rule("CUB", "un", "prohibited")],  # US rules alone would have barred it
            "us_export",
            "US export rules barred consumer phones with enough US content from Cuba",
            "At the event sanctions rules barred consumer phones from Cuba",
        ),
        (
            [rule("CUB", "us_ofac", "prohibited")],  # the Treasury’s are no export rules
            "several",
            "Sanctions rules barred consumer phones from Cuba",
            "At the event sanctions rules barred consumer phones from Cuba",
        ),
        (
            [rule("CUB", "us_bis", "conditional")],
            "none",
            "No sanctions rule on record barred consumer phones from Cuba, Syria and North Korea",
            "At the event no sanctions rule on record barred consumer phones from Cuba, Syria and "
            "North Korea",
        ),
        (
            [BAN_CUBA | {"grade": "C"}],
            "none",
            "No sanctions rule on record barred consumer phones from Cuba, Syria and North Korea",
            "No usable sanctions rule on phones for Cuba, Syria and North Korea is in our database",
        ),
    ],
)
def test_which_rules_barred_phones(asked, tables, say, rows, answer, headline, title):
    results = rules.compute(asked(regions=THREE), tables(sanctions=rows)).results
    assert results["barring"].answer == answer
    assert say(results["headline"]) == headline
    assert say(results["title"]) == title


def test_a_ban_of_any_regime_moves_every_result_that_tells_of_it(asked, tables, say):
    """A row on a place, the EU and a ban: page 1 and the chapter on law once disagreed on it."""
    before = rules.compute(asked(regions=THREE), tables(sanctions=[BAN_CUBA])).results
    rows = [BAN_CUBA, rule("SYR", "eu", "prohibited", start="2021-01-01")]
    after = rules.compute(asked(regions=THREE), tables(sanctions=rows)).results
    assert say(before["barred"]) == "Cuba" and say(after["barred"]) == "Cuba and Syria"
    assert say(after["left_open"]) == "North Korea"
    assert (before["barred_count"].value, after["barred_count"].value) == (1, 2)
    assert (
        say(before["barring"]) == "US export rules" and say(after["barring"]) == "Sanctions rules"
    )
    assert "sanctions/sanctions-2" in after["headline"].lineage


def test_places_are_listed_in_the_order_of_the_question(asked, tables):
    known = rules.compute(asked(regions=("SYR", "CUB")), tables(sanctions=[BAN_CUBA, BAN_SYRIA]))
    assert rules.barred(known.effects, "then") == ["SYR", "CUB"]
    assert rules.barred(known.effects, "now") == ["SYR", "CUB"]


def test_today_is_the_day_of_the_edition(asked, tables, say):
    rows = [BAN_CUBA | {"start": "2024-02-02"}]
    early = rules.compute(asked(), tables(date="2024-02-01", sanctions=rows)).results
    late = rules.compute(asked(), tables(date="2024-02-02", sanctions=rows)).results
    assert say(early["barred_now"]) == "no place" and say(late["barred_now"]) == "Cuba"
    assert say(late["barred"]) == "no place"


def test_rules_are_counted_and_graded(asked, tables, say):
    rows = [
        BAN_CUBA | {"grade": "B"},
        rule("CUB", "other", "prohibited"),  # no regime that is followed
        rule("IRN", "us_bis", "prohibited"),  # no place that is asked about
        rule("CUB", "eu", "prohibited", grade="C"),
    ]
    results = rules.compute(asked(regions=("CUB", "SYR")), tables(sanctions=rows)).results
    assert say(results["count"]) == "one rule"
    assert say(results["places"]) == "two"
    assert say(results["without"]) == "Syria"
    assert say(results["grounds"]) == "low"
    assert results["count"].period == "2021-09" and results["count"].region == "CUB SYR"
    rows[0]["grade"] = "A"
    better = rules.compute(asked(), tables(sanctions=rows)).results
    assert say(better["grounds"]) == "moderate" and "searched" not in better


def test_without_rules_it_is_said_how_many_were_searched(asked, tables, say):
    rows = [rule("IRN", "us_bis", "prohibited"), rule("SYR", "us_bis", "prohibited")]
    results = rules.compute(asked(), tables(sanctions=rows)).results
    assert results["searched"].value == 2 and results["searched"].lineage == ("sanctions",)
    assert say(results["grounds"]) == "none on record"
    assert "count" not in results


def test_the_least_and_the_most_us_content_of_rules_in_force(asked, tables, say):
    rows = [
        BAN_CUBA | {"us_content_above": 25},
        BAN_CUBA | {"us_content_above": 10},
        BAN_CUBA | {"us_content_above": 5, "end": "2020"},
        BAN_CUBA,
    ]
    results = rules.compute(asked(), tables(sanctions=rows)).results
    assert (say(results["limit_least"]), say(results["limit_most"])) == ("10%", "25%")
    assert results["limit_least"].kind == "stated"
    assert "limit_least" not in rules.compute(asked(), tables(sanctions=[BAN_CUBA])).results


@pytest.mark.parametrize("effect", sorted({*rules.models.standing.EFFECTS, "none found"}))
def test_every_effect_has_words(say, effect):
    assert say(rules.effect(effect, ("sanctions",))) == effect.replace("_", " ")


def test_an_event_on_the_first_day_of_a_ban_is_barred(asked, tables, say):
    rows = [BAN_CUBA | {"start": "2021-09-17"}]
    for day, places in (("2021-09-16", "no place"), ("2021-09-17", "Cuba")):
        results = rules.compute(asked(event=pd.Timestamp(day)), tables(sanctions=rows)).results
        assert say(results["barred"]) == places
