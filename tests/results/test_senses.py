"""One phone in three senses of gray, with and without an assumption on its part."""

import pandas as pd
import pytest

from graymarket.results import senses

SEPTEMBER = pd.Timestamp("2021-09-01")
NONE = {"vendor": "Xiaomi", "region": "CUB", "channel": "none", "start": "2021", "grade": "A"}
BAN = {"region": "CUB", "regime": "us_bis", "effect": "prohibited", "grade": "A"}
DUTY = {"region": "CUB", "kind": "duty", "rule": "A duty", "start": "2020", "grade": "A"}


def assumed(sense, **cells):
    known = {"region": "CUB", "maker": "Xiaomi", "parameter": f"{sense}_gray", "kind": "guess"}
    return known | {"date": SEPTEMBER, "low": 60, "mode": 80, "high": 95} | cells


def given(tables, **rows):
    for name in ("presence", "closures", "local_rules", "sanctions", "assumptions", "picks"):
        rows.setdefault(name, [])
    return tables(**rows)


@pytest.fixture
def answer(asked, tables, say):
    """Call it with a sense and rows by table for its answer in words."""

    def words(sense, **rows):
        known = senses.compute(asked(), given(tables, **rows)).answers
        return say(known.loc[known["sense"] == sense, "answer"].item())

    return words


@pytest.mark.parametrize(
    ("channels", "plain", "with_share"),
    [
        (
            ["carrier"],
            "Cuba: the maker sold officially, by a source of 2021.",
            "Cuba: for 60–95% of its phones, as assumed. The maker sold officially, by a source of "
            "2021.",
        ),
        (
            ["none"],
            "Cuba: no official channel, by a source of 2021: brand-gray.",
            "Cuba: for 60–95% of its phones, as assumed. No official channel, by a source of 2021.",
        ),
        (
            ["none", "carrier"],
            "Cuba: sources of 2021 disagree.",
            "Cuba: for 60–95% of its phones, as assumed. Sources of 2021 disagree.",
        ),
        (
            [],
            "Cuba: the maker’s channel is not on record.",
            "Cuba: for 60–95% of its phones, as assumed. Its channel is not on record.",
        ),
    ],
)
def test_brand(answer, channels, plain, with_share):
    presence = [NONE | {"channel": channel} for channel in channels]
    assert answer("brand", presence=presence) == plain
    assert answer("brand", presence=presence, assumptions=[assumed("brand")]) == with_share


def test_customs(answer):
    rules = [DUTY, DUTY | {"start": "2021-09"}, DUTY | {"end": "2020-12"}, DUTY | {"grade": "C"}]
    assert answer("customs") == "Cuba: no rules in force on record."
    assert answer("customs", local_rules=rules) == "Cuba: one rule in force on record."
    known = answer("customs", local_rules=rules, assumptions=[assumed("customs")])
    assert known == "Cuba: for 60–95%, a guess. On record: one rule in force."


@pytest.mark.parametrize(
    ("rows", "plain", "with_share"),
    [
        (
            [BAN, BAN | {"regime": "un"}],
            "Cuba: barred by US export rules and United Nations.",
            "Cuba: for 60–95%, as assumed. Barred by US export rules and United Nations.",
        ),
        (
            [BAN | {"start": "2022"}],
            "Cuba: no rule in force is on record.",
            "Cuba: for 60–95%, as assumed. No rule in force is on record.",
        ),
        (
            [BAN | {"effect": "not_covered"}],
            "Cuba: no rule on record bars a consumer phone.",
            "Cuba: for 60–95%, as assumed. No rule on record bars a consumer phone.",
        ),
    ],
)
def test_sanctions(answer, rows, plain, with_share):
    assert answer("sanctions", sanctions=rows) == plain
    assert answer("sanctions", sanctions=rows, assumptions=[assumed("sanctions")]) == with_share


@pytest.mark.parametrize(
    "other",
    [
        {"region": "SYR"},
        {"maker": "Apple"},
        {"parameter": "customs_gray"},
        {"date": pd.Timestamp("2021-08-01")},
        {"kind": "none"},
    ],
)
def test_an_assumption_on_something_else_is_none_on_this(answer, other):
    known = answer("brand", assumptions=[assumed("brand", **other)])
    assert known == "Cuba: the maker’s channel is not on record."


def test_answers_rest_on_their_rows(asked, tables):
    rows = given(tables, presence=[NONE], sanctions=[BAN], assumptions=[assumed("brand")])
    known = senses.compute(asked(), rows).answers.set_index("sense")
    assert known.loc["brand", "rows"] == (
        "presence/presence-1",
        "assumptions/CUB/2021-09/Xiaomi/brand_gray",
    )
    assert known.loc["customs", "rows"] == ("local_rules",)
    assert known.loc["sanctions", "rows"] == ("sanctions/sanctions-1",)
    share = known.loc["brand", "answer"].parts["share"]
    assert (share.low, share.high, share.kind, share.period) == (60, 95, "judged", "2021-09")


def test_branches_are_one_a_sense_with_an_example_a_place(asked, tables, say):
    rows = given(tables, presence=[NONE])
    known = senses.compute(asked(regions=("CUB", "SYR", "IRN")), rows)
    branches = known.branches(["CUB", "IRN"])
    assert [say(label) for label in branches["label"]] == [
        "Brand-gray",
        "Customs-gray",
        "Sanctions-gray",
    ]
    assert say(branches["question"][0]) == "Was it sold outside the maker’s own channel?"
    assert [say(one) for one in branches["examples"][0]] == [
        "Cuba: no official channel, by a source of 2021: brand-gray.",
        "Iran: the maker’s channel is not on record.",
    ]
    assert len(known.answers) == 9 and known.results == {}
