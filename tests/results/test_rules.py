"""What rules barred phones from where; and that every place that says so says it alike."""

import re

import nbformat
import pandas as pd
import pytest
from few import asked, assumptions, closures, local_rules, presence, regions, sanctions

from graymarket.evidence import Tables
from graymarket.results import Quantity, rules, senses
from graymarket.wording import Wording

TEXT = Wording("en").text
CUBA = {"region": "CUB", "regime": "us_bis", "us_content_above": 10.0}
SUDAN = {"region": "SDN", "regime": "eu", "start": "2021-01-01"}


def tables(*rows):
    return Tables.of(
        {
            "regions": regions(),
            "sanctions": sanctions(*rows),
            "presence": presence({}),
            "closures": closures(),
            "local_rules": local_rules({}),
            "assumptions": assumptions({}),
        }
    )


def known(*rows, **changes):
    return rules.compute(asked(**changes), tables(*rows))


def codes(result):
    return [code for code, _ in result.items]


def test_a_ban_bars_its_place_and_no_other():
    found = known(CUBA).results
    assert codes(found["barred"]) == ["CUB"]
    assert codes(found["left_open"]) == codes(found["without"]) == ["SDN"]
    assert (found["barred_count"].value, found["places"].value, found["count"].value) == (1, 2, 1)
    assert found["barring"].answer == found["headline"].answer == "us_export"
    assert found["limit_least"].value == found["limit_most"].value == 10
    assert found["grounds"].answer == "moderate"
    assert found["barred"].lineage == ("sanctions/sanctions-001",)


def test_one_more_ban_moves_every_place_that_tells_of_it():
    """A row that the first edition’s page 1 and chapter 5 told of each in its own way."""
    before, after = known(CUBA), known(CUBA, SUDAN)
    assert codes(after.results["barred"]) == codes(after.results["barred_now"]) == ["CUB", "SDN"]
    assert codes(after.results["left_open"]) == codes(after.results["without"]) == []
    assert after.results["barred_count"].value == before.results["barred_count"].value + 1 == 2
    assert TEXT(after.results["barring"]) == "Sanctions rules"  # no longer those of the US alone
    for name in ("headline", "title"):
        assert TEXT(after.results[name]).endswith("Cuba and Sudan")
        assert TEXT(before.results[name]).endswith("Cuba")
    assert after.then.loc["Sudan", "European Union"] == "prohibited"
    assert TEXT(after.cells.loc["Sudan", "European Union"]) == "prohibited"
    assert before.then.loc["Sudan", "European Union"] == "none found"
    assert "sanctions/sanctions-002" in after.results["barred"].lineage


def test_the_senses_of_gray_follow_the_same_rules():
    def sudan(*rows):
        answers = senses.compute(asked(), tables(*rows)).answers
        return answers.set_index(["region", "sense"]).loc[("SDN", "sanctions")]

    assert sudan(CUBA)["answer"].answer == "silent"
    barred = sudan(CUBA, SUDAN)
    assert barred["answer"].answer == "barred"
    assert codes(barred["answer"].parts["regimes"]) == ["European Union"]
    assert barred["rows"] == ("sanctions/sanctions-002",)


def test_summary_and_chapter_name_the_same_results(root):
    """Neither computes which places are barred: both quote `rules`."""
    named = {}
    for start in ("00", "05"):
        (path,) = (root / "notebooks").glob(f"{start}-*.ipynb")
        cells = nbformat.read(path, as_version=4).cells
        text = "\n".join(cell.source for cell in cells)
        named[start] = set(re.findall(r"\brules\.(barring|barred|title)\b", text))
        assert "net_effect" not in text and "prohibited" not in text.replace('"prohibited": ', "")
    assert named["00"] == named["05"] == {"barring", "barred", "title"}


@pytest.mark.parametrize(
    "change",
    [
        {"grade": "C"},
        {"regime": "japan"},
        {"end": "2021-08-31"},
        {"start": "2021-09-02"},
        {"effect": "unclear"},
    ],
)
def test_what_does_not_hold_bars_nothing(change):
    assert codes(known(CUBA, SUDAN | change).results["barred"]) == ["CUB"]


def test_an_exception_opens_a_ban():
    found = known(CUBA, CUBA | {"effect": "authorised"})
    assert found.then.loc["Cuba", "US export rules"] == "authorised by exception"
    assert found.results["barring"].answer == "none"
    assert codes(found.results["barred"]) == []


def test_what_rules_do_otherwise_today():
    found = known(CUBA | {"end": "2022-01-01"})
    changed = found.effects[found.effects["changed"]]
    assert list(changed["regime"]) == ["US export rules"]
    assert list(changed[["then", "now"]].iloc[0]) == ["prohibited", "none found"]
    (change,) = found.results["changed"].items
    assert change.parts["place"] == "Cuba"
    assert codes(found.results["barred_now"]) == []
    assert TEXT(found.cells.loc["Cuba", "US export rules"]) == "prohibited\nnow none found"


def test_words_that_differ_and_mean_the_same_are_no_change():
    opened = CUBA | {"start": "2022-01-01", "effect": "not_covered"}
    found = known(opened)
    assert not found.effects["changed"].any()


def test_without_a_rule_it_says_how_many_were_searched():
    found = known(SUDAN, regions=("CUB",)).results
    assert found["title"].answer == "no_rows"
    assert found["headline"].answer == "none"
    assert (found["searched"].value, found["grounds"].answer) == (1, "none")
    assert found["barred"].lineage == ("sanctions",)
    assert "count" not in found


def test_the_senses_of_gray_in_a_place():
    answers = senses.compute(asked(), tables(CUBA)).answers
    cuba = answers[answers["region"] == "CUB"].set_index("sense")["answer"]
    assert [cuba[sense].answer for sense in senses.SENSES] == ["none_share", "rules", "barred"]
    share = cuba["brand"].parts["share"]
    assert isinstance(share, Quantity)
    assert (share.low, share.high, share.kind) == (90, 99, "judged")
    assert cuba["customs"].parts["count"].value == 1
    assert "assumptions/assumptions-001" in cuba["brand"].lineage
    branches = senses.compute(asked(), tables(CUBA)).branches(["CUB"])
    assert [len(examples) for examples in branches["examples"]] == [1, 1, 1]


def test_an_assumption_of_another_month_is_not_taken():
    elsewhen = assumptions({"date": pd.Timestamp("2020-01-01")})
    given = tables(CUBA)
    of_another = Tables.of({name: given[name] for name in given} | {"assumptions": elsewhen})
    answers = senses.compute(asked(), of_another).answers.set_index(["region", "sense"])
    assert answers.loc[("CUB", "brand"), "answer"].answer == "none"
