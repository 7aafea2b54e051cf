"""What stood at a date, by hand."""

import pandas as pd
import pytest

from graymarket import models

LOCK = pd.Timestamp("2021-09-01")


def rules(*rows):
    return pd.DataFrame(rows, columns=["start", "end", "effect"])


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        ("", "", True),
        ("2021", "", True),
        ("2021-09", "2021-09", True),
        ("2021-09-02", "", False),
        ("", "2021-08-31", False),
        ("", "2021", True),
        ("2022", "", False),
    ],
)
def test_dates_of_any_precision(start, end, holds):
    assert len(models.in_force(rules((start, end, "prohibited")), LOCK)) == holds


def test_an_exception_opens_a_ban():
    both = rules(("", "", "prohibited"), ("2015", "", "authorised"))
    assert models.net_effect(both) == "authorised by exception"
    assert models.net_effect(both.iloc[:1]) == "prohibited"
    assert models.net_effect(both.iloc[1:]) == "authorised"
    assert models.net_effect(both.iloc[:0]) == "none found"


def statements(*rows):
    return pd.DataFrame(rows, columns=["start", "end", "channel"])


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([], ("unknown", "")),
        ([("2019-07", "", "distributor")], ("official", "2019")),
        ([("2011", "2025-09", "none")], ("none", "2021")),
        ([("", "2024-08", "none")], ("unknown", "")),  # said of 2024 alone
        ([("2015", "", "carrier"), ("", "2020-02", "none")], ("none", "2020")),
        ([("2021-01", "", "none"), ("", "2021-09", "carrier")], ("contested", "2021")),
        ([("2022", "", "subsidiary")], ("unknown", "")),
        ([("2018", "", "unknown")], ("unknown", "")),
    ],
)
def test_the_newest_statement_up_to_the_date_decides(rows, found):
    assert models.channel(statements(*rows), LOCK) == found


def test_a_day_that_may_lie_after_is_not_surely_in_force():
    days = ["", "2020", "2021-09-01", "2021", "2021-09", "2021-09-02"]
    rows = rules(*[(day, "", "prohibited") for day in days])
    assert list(models.surely_in_force(rows, LOCK)["start"]) == ["", "2020", "2021-09-01"]
    before_all = models.surely_in_force(rows.iloc[5:], LOCK)
    assert before_all.empty and list(before_all) == list(rows)


def test_a_none_for_all_makers_holds_for_each_and_a_channel_of_some_does_not():
    rows = pd.DataFrame(
        [
            ("PRK", "All foreign vendors", "none", "B"),
            ("CUB", "All foreign vendors", "carrier", "B"),
            ("CUB", "Apple", "none", "A"),
            ("CUB", "Apple", "none", "C"),
            ("CUB", "Samsung", "distributor", "B"),
        ],
        columns=["region", "vendor", "channel", "grade"],
    )
    assert list(models.statements_on(rows, "PRK", "Apple").index) == [0]
    assert list(models.statements_on(rows, "CUB", "Apple").index) == [2]


def test_a_maker_that_stopped_had_sold_until_then():
    closures = pd.DataFrame(
        [
            ("RUS", "Apple", "Apple stops exports", "B", pd.Timestamp("2022-03-01")),
            ("RUS", "Samsung", "Samsung suspends all shipments", "C", pd.Timestamp("2022-03-01")),
            ("CUB", "Xiaomi", "Xiaomi locks phones in use", "B", pd.Timestamp("2021-09-01")),
        ],
        columns=["region", "maker", "what_closed", "grade", "month"],
    )
    exits = models.exits_of(closures, "RUS", "Apple")
    assert len(exits) == 1
    assert models.exits_of(closures, "RUS", "Samsung").empty
    assert models.exits_of(closures, "CUB", "Xiaomi").empty
    assert models.channel(statements(), LOCK, exits) == ("official", "2022")
    assert models.channel(statements(), pd.Timestamp("2022-04-01"), exits) == ("unknown", "")
    assert models.channel(statements(("2020", "2021", "none")), LOCK, exits) == ("none", "2021")


def test_rules_on_other_goods_and_results_are_no_rules_on_phones():
    table = pd.DataFrame(
        [
            ("CUB", "allowance", "One phone is free of duty", "B"),
            ("CUB", "duty_exemption", "Food is free of duty", "B"),
            ("CUB", "registry", "Result of the first half-year", "B"),
        ],
        columns=["region", "kind", "rule", "grade"],
    )
    assert list(models.local_rules_of(table, ["CUB"])["kind"]) == ["allowance"]
