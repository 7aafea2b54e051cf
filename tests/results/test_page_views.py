"""The panel of page views: what moved, what is noise and what is not seen, from made-up months."""

import pandas as pd
import pytest

from graymarket.results import panel

EVENT = pd.Timestamp("2020-06-01")
MONTHS = pd.date_range("2018-01-01", "2022-12-01", freq="MS")


def months(region, share=30.0, since=None, **cells):
    """A region’s months: `share` up to the event, `since` after it; odd months by name."""
    rows = []
    for i, month in enumerate(MONTHS):
        level = share if since is None or month <= EVENT else since
        row = {"region": region, "month": month, "mobile_share": 50 + i % 3 / 10}
        row |= {"apple_share": level + i % 2 / 10, "samsung_internet_share": 5.0 + i % 2 / 10}
        rows.append(row | cells)
    return rows


def changed(rows, month, **cells):
    return [row | cells if row["month"] == pd.Timestamp(month) else row for row in rows]


@pytest.fixture
def computed(asked, tables):
    def make(rows, **changes):
        known = {"maker": "Apple", "event": EVENT}
        return panel.compute(asked(**(known | changes)), tables(usage_panel=rows))

    return make


@pytest.mark.parametrize(
    ("rows", "words", "grounds"),
    [
        (months("CUB", 30, 35), "Apple’s share of page views in Cuba rose", "moderate"),
        (months("CUB", 30, 25), "Apple’s share of page views in Cuba fell", "moderate"),
        (
            months("CUB"),
            "Apple’s share of page views in Cuba did not clearly move",
            "moderate",
        ),
        (
            [
                row if row["month"] > pd.Timestamp("2019-06") else row | {"apple_share": 35.0}
                for row in months("CUB", 30, 35)
            ],
            "Apple’s share of page views in Cuba moved or not by the year compared",
            "moderate",
        ),
        (
            [
                row | {"apple_share": [10.0, 30.0][i % 2]}
                for i, row in enumerate(months("CUB", 30, 25))
            ],
            "Apple’s share of page views in Cuba is too noisy to follow",
            "low",
        ),
        (months("SYR"), "The panel of page views has no series of Cuba", "none on record"),
        (
            [
                row | ({} if row["month"] > EVENT else {"apple_share": None, "mobile_share": None})
                for row in months("CUB")
            ]
            + months("SYR"),
            "Apple’s share of page views in Cuba has no year to compare the newest with",
            "none on record",
        ),
    ],
)
def test_the_headline(computed, say, rows, words, grounds):
    results = computed(rows).results
    assert say(results["headline"]) == words
    assert say(results["grounds"]) == grounds


def test_a_maker_that_the_panel_cannot_tell_apart(computed, say):
    known = computed(months("CUB"), maker="Xiaomi")
    assert say(known.results["headline"]) == "The panel of page views cannot tell Xiaomi apart"
    assert say(known.results["grounds"]) == "none on record"
    assert (known.series, say(known.results["watched"])) == ("apple_share", "Apple")
    assert say(known.results["counted"]) == "iOS browsers"


@pytest.mark.parametrize(("after", "moved"), [(15.0, "rose"), (1.0, "fell")])
def test_a_browser_is_a_floor_of_its_makers_phones(computed, say, after, moved):
    rows = [
        row | ({"samsung_internet_share": after} if row["month"] > EVENT else {})
        for row in months("CUB")
    ]
    known = computed(rows, maker="Samsung")
    assert known.series == panel.FLOOR
    words = f"Samsung’s own browser {moved} in page views in Cuba; its phones need not have"
    assert say(known.results["headline"]) == words
    assert say(known.results["grounds"]) == "low"


def test_two_years_are_compared_month_by_month(computed, say):
    known = computed(months("CUB", 30, 25), regions=("CUB", "SYR"))
    change = known.changes.iloc[0]
    assert list(known.changes["region"]) == ["CUB"]
    ends = ("low0", "median0", "high0", "low1", "median1", "high1")
    assert [change[name] for name in ends] == pytest.approx([30, 30.05, 30.1, 25, 25.05, 25.1])
    assert (change["moved"], say(change["verdict"])) == ("fell", "fell")
    results = known.results
    assert say(results["cuba_before"]) == say(results["before"]) == "30.0–30.1%"
    assert say(results["after"]) == "25.0–25.1%"
    assert results["before"].period == "2019-07..2020-06" and results["before"].region == "CUB"
    assert results["cuba_earlier"].period == "2018-07..2019-06"
    assert results["before"].lineage == ("usage_panel/CUB/2019-07..2020-06",)
    assert say(results["cuba_since"]) == "July 2020"
    assert results["cuba_months"].value == 12
    assert say(results["unseen"]) == "Syria"
    assert (say(results["first"]), say(results["newest"])) == ("January 2018", "December 2022")


def test_places_are_listed_by_what_moved(computed, say):
    rows = months("CUB", 30, 25) + months("SYR", 30, 35) + months("PRK")
    results = computed(rows, regions=("CUB", "SYR", "PRK")).results
    lists = {name: say(results[name]) for name in ("fell", "rose", "depends", "clear")}
    assert lists == {
        "fell": "Cuba",
        "rose": "Syria",
        "depends": "no region",
        "clear": "Cuba and Syria",
    }
    assert (results["clear_count"].value, results["compared"].value) == (2, 3)
    assert "syria_since" not in results and "unseen" not in results
    assert say(results["north_korea_moved"]) == "did not clearly move"


def test_the_newest_year_must_be_a_year_after_the_event(computed):
    rows = months("CUB")
    assert computed(rows, event=pd.Timestamp("2021-12-15")).results["compared"].value == 1
    assert computed(rows, event=pd.Timestamp("2022-01-15")).results["compared"].value == 0


def test_the_highest_month_of_a_year_without_its_two_highest(computed):
    rows = changed(months("CUB"), "2022-03-01", apple_share=33.0)
    rows = changed(rows, "2022-05-01", apple_share=32.0)
    rows = changed(rows, "2022-07-01", apple_share=31.0)
    assert computed(rows).results["cuba_trimmed"].value == 31


def test_months_that_are_missing_or_of_a_tiny_panel_are_named(computed, say):
    rows = changed(months("CUB"), "2021-03-01", mobile_share=None, apple_share=None)
    rows = changed(rows, "2021-04-01", mobile_share=None, apple_share=None)
    rows = changed(rows, "2018-02-01", mobile_share=9.0)
    # Another region, lest the month be missing for all.
    known = computed(rows + months("SYR"))
    assert say(known.results["cuba_missing"]) == "March 2021 and April 2021"
    assert say(known.results["cuba_clear_from"]) == "March 2018"
    flags = known.months.set_index("month")["flag"]
    assert flags["2021-03-01"] == "missing" and flags["2018-02-01"] == "tiny panel"
    clear = computed(months("CUB")).results
    assert "cuba_missing" not in clear and "cuba_clear_from" not in clear


def test_months_that_repeat_the_one_before_are_counted(computed):
    last = {"mobile_share": 49.0, "apple_share": 30.1, "samsung_internet_share": 5.1}
    rows = months("CUB")
    for month in ("2020-01-01", "2020-02-01", "2020-03-01"):
        rows = changed(rows, month, **last)
    assert computed(rows).results["repeated"].value == 2


def test_noise_is_beside_all_countries(computed, say):
    def jumping(region, jump):
        return [
            row | {"apple_share": 30.0 + jump * (i % 2)} for i, row in enumerate(months(region))
        ]

    rows = [
        row
        for region, jump in (("CUB", 1.0), ("SYR", 3.0), ("PRK", 1.5), ("world", 9.0))
        for row in jumping(region, jump)
    ]
    rows = [  # from 2018: before iPads leave, months that are not looked at
        row | ({"apple_share": 90.0 + i % 2 * 9} if row["month"] < panel.IPADS_LEAVE else {})
        for i, row in enumerate(rows)
    ]
    results = computed(rows, regions=("CUB", "SYR", "PRK")).results
    assert results["typical_noise"].value == pytest.approx(100 * 1.5 / 30.75)
    assert results["cuba_noise"].value == pytest.approx(100 * 1 / 30.5)
    assert results["noise_others"].value == 2  # the world is no country
    quieter = [results[f"{name}_quieter"].value for name in ("cuba", "north_korea", "syria")]
    assert quieter == [0, 1, 2]
    assert say(results["calm"]) == "Cuba, Syria and North Korea"
    louder = rows[: len(MONTHS)] + jumping("SYR", 4.0) + rows[2 * len(MONTHS) :]
    assert say(computed(louder, regions=("CUB", "SYR")).results["calm"]) == "Cuba"


def test_what_is_watched_and_judged(computed, say):
    results = computed(months("CUB")).results
    assert (say(results["tiny_limit"]), results["tiny_limit"].kind) == ("10%", "judged")


@pytest.mark.parametrize(
    ("name", "slug"),
    [("North Korea", "north_korea"), ("Côte d’Ivoire", "c_te_d_ivoire"), ("World ", "world")],
)
def test_a_name_as_part_of_a_results(name, slug):
    assert panel.slug(name) == slug


def test_half_a_year_is_enough_to_compare(computed):
    shares = pd.Series(range(12), index=MONTHS[:12], dtype=float)
    assert panel.year_to(shares[6:], MONTHS[11]).months == 6
    assert panel.year_to(shares[7:], MONTHS[11]) is None
    assert (panel.year_to(shares, MONTHS[11]).low, panel.year_to(shares, MONTHS[11]).high) == (
        0,
        11,
    )
