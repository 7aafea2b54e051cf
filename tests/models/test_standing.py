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
