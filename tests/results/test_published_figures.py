"""Published figures as results: how exact they are, what is a bound, and what goes with what."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket.evidence import Tables
from graymarket.models import (
    distinct_flows,
    leave_one_out_correlations,
    mirrored,
    rank_correlation,
)
from graymarket.results import Quantity, Results, Verdict, policy_moves, taxed
from graymarket.results.policy_moves import clean_counts, gray_shares
from graymarket.results.published import bounded, percent, spread_of, step_as_given, years
from graymarket.results.taxed import beside_shares, charges, price_gaps
from graymarket.wording import Wording

TEXT = Wording("en").text
ROW = pd.Series({"lineage": "benchmarks/benchmarks-001"})
YEAR = ("2020-01-01", "2020-12-31")


def day(text):
    return pd.Timestamp(text)


@pytest.mark.parametrize(
    ("low", "high", "qualifier", "printed"),
    [
        (30, 30, "exact", "30%"),
        (8.3, 8.3, "exact", "8.3%"),
        (20.48, 20.48, "exact", "20.48%"),
        (25, 30, "range", "25–30%"),
        (30, 30, "at_least", "at least 30%"),
        (90, 90, "more_than", "over 90%"),
        (10, 10, "at_most", "at most 10%"),
        (1, 1, "less_than", "under 1%"),
        (5, 5, "about", "5%"),
    ],
)
def test_a_published_share_reads_as_its_source_has_it(low, high, qualifier, printed):
    share = bounded(percent(low, high, "a share", ROW), qualifier)
    assert str(TEXT(share)) == printed
    assert share.lineage == ("benchmarks/benchmarks-001",)


@given(st.integers(0, 10_000))
def test_a_percent_of_two_decimals_is_printed_with_all_its_digits(hundredths):
    value = hundredths / 100
    step = step_as_given(value)
    assert abs(round(value / step) * step - value) < 1e-9


def test_years_are_told_once_and_the_end_alone_where_the_start_is_not_known():
    assert str(TEXT(years(day("2018-01-01"), day("2019-12-31"), "benchmarks"))) == "2018–2019"
    assert str(TEXT(years(day("2018-01-01"), day("2018-12-31"), "benchmarks"))) == "2018"
    assert str(TEXT(years(pd.NaT, day("2020-12-31"), "benchmarks"))) == "2020"


def shares(rows):
    """Shares of (region, start, end, low, high)."""
    columns = ["region", "start", "end", "low", "high"]
    frame = pd.DataFrame(rows, columns=columns)
    frame[["start", "end"]] = frame[["start", "end"]].apply(pd.to_datetime)
    frame["lineage"] = [f"benchmarks/benchmarks-{i:03}" for i in range(len(frame))]
    text = [
        percent(row.low, row.high, "a share", row, region=row.region) for row in frame.itertuples()
    ]
    return frame.assign(label=frame["region"], text=pd.Series(text, dtype=object))


def test_a_spread_runs_from_the_least_to_the_greatest_end():
    rows = shares([("AAA", *YEAR, 10, 20), ("BBB", *YEAR, 5, 5)])
    assert str(TEXT(spread_of(rows))) == "5% to 20%"
    assert str(TEXT(spread_of(rows.tail(1)))) == "5%"


def taxes(rows):
    """Rows of the table taxes: (id, region, item, value)."""
    frame = pd.DataFrame(rows, columns=["id", "region", "item", "value"])
    known = {"low": float("nan"), "high": float("nan"), "unit": "percent", "grade": "B"}
    first, last = map(day, YEAR)
    return frame.assign(**known, start=first, end=last, lineage="taxes/" + frame["id"])


def test_parts_are_added_up_only_where_no_total_is_published():
    rows = [("t1", "AAA", "total_tax", 30.0), ("t2", "AAA", "sales_tax", 20.0)]
    rows += [("t3", "BBB", "sales_tax", 10.0), ("t4", "BBB", "excise", 2.5)]
    known = charges(taxes(rows)).set_index("region")
    assert known["x_high"].to_dict() == {"AAA": 30.0, "BBB": 12.5}
    assert known["partial"].to_dict() == {"AAA": False, "BBB": True}
    assert known.at["BBB", "lineage"] == ["taxes/t3", "taxes/t4"]


def test_a_charge_counts_only_with_a_share_within_a_year_and_the_newest_of_a_place():
    first = taxes([("t1", "AAA", "total_tax", 30.0), ("t2", "BBB", "total_tax", 9.0)])
    later = taxes([("t3", "AAA", "total_tax", 40.0)])
    later = later.assign(start=day("2021-01-01"), end=day("2021-12-31"))
    known = charges(pd.concat([first, later], ignore_index=True))
    rows = shares(
        [
            ("AAA", "2022-01-01", "2022-12-31", 50, 60),
            ("AAA", "2030-01-01", "2030-12-31", 1, 1),
            ("BBB", "2023-01-01", "2023-12-31", 1, 1),
        ]
    )
    crossed = beside_shares(known, rows)
    assert crossed[["region", "x_low", "low", "high"]].to_numpy().tolist() == [
        ["AAA", 40.0, 50, 60]
    ]
    assert crossed["lineage"].iloc[0] == ("taxes/t3", "benchmarks/benchmarks-000")


def test_a_price_gap_is_how_much_cheaper_whatever_its_sign():
    rows = taxes([("t1", "AAA", "price_gap", -30.0), ("t2", "AAA", "sales_tax", 20.0)])
    known = price_gaps(rows)
    assert known[["x_low", "x_high"]].to_numpy().tolist() == [[30.0, 30.0]]


def test_the_rank_correlation_is_spearmans():
    one, other = pd.Series([1.0, 2.0, 3.0]), pd.Series([10.0, 30.0, 20.0])
    assert rank_correlation(one, other) == pytest.approx(0.5)  # 1 - 6 * 2 / (3 * 8)
    assert leave_one_out_correlations(one, other) == pytest.approx([-1.0, 1.0, 1.0])


def policies(rows):
    """Rows of the table policies: (id, metric, unit, before, after, qualifier, clean)."""
    columns = ["id", "metric", "unit", "before", "after", "before_qualifier", "clean"]
    frame = pd.DataFrame(rows, columns=columns).assign(
        region="AAA", kind="registry", grade="B", what="A figure", after_qualifier="exact"
    )
    for side, year in (("before", 2010), ("after", 2012)):
        frame[f"{side}_start"] = pd.Timestamp(year, 1, 1)
        frame[f"{side}_end"] = pd.Timestamp(year, 12, 31)
    return frame.assign(lineage="policies/" + frame["id"])


def tables(rows, benchmarks=()):
    columns = ["region", "start", "end", "low", "high", "grade", "scope", "lineage"]
    known = pd.DataFrame(list(benchmarks), columns=columns)
    known[["start", "end"]] = known[["start", "end"]].apply(pd.to_datetime)
    regions = pd.DataFrame({"region": ["AAA"], "name": ["Aland"]})
    return Tables.of({"policies": policies(rows), "benchmarks": known, "regions": regions})


def test_a_range_of_the_same_days_stands_for_a_single_figure():
    rows = [("p1", "gray_share", "percent", 90.0, 6.0, "more_than", False)]
    printed = ("AAA", "2012-01-01", "2012-12-31", 5.0, 7.0, "B", "all_brands", "benchmarks/b1")
    other = ("AAA", "2012-01-01", "2012-12-31", 1.0, 99.0, "C", "all_brands", "benchmarks/b2")
    move = gray_shares(tables(rows, [printed, other])).iloc[0]
    assert [str(TEXT(move[name])) for name in ("text0", "text1")] == ["over 90%", "5–7%"]
    assert str(TEXT(move["label"])) == "Aland, registry, 2010 to 2012"
    assert move["lineage"] == ["policies/p1", "benchmarks/b1"]


def test_clean_counts_are_no_shares_and_are_drawn_with_before_as_100():
    rows = [
        ("p1", "legal_import_value", "USD", 25e6, 73e6, "exact", True),
        ("p2", "legal_imports", "units", 200_000.0, 100_000.0, "exact", False),
    ]
    counts = clean_counts(tables(rows))
    assert counts[["low0", "low1"]].to_numpy().tolist() == [[100.0, 292.0]]
    assert str(TEXT(counts["text1"].iloc[0])) == "$73 million"


def flows(rows):
    """Rows of trade_flows: (exporter, importer, year of the end, reported_by)."""
    columns = ["exporter", "importer", "end", "reported_by"]
    return pd.DataFrame(rows, columns=columns).assign(start=2020)


def test_a_flow_is_mirrored_where_both_sides_report_the_same_period():
    rows = flows([("AAA", "BBB", 2020, "exporter"), ("AAA", "BBB", 2020, "importer")])
    assert distinct_flows(rows) == distinct_flows(mirrored(rows)) == 1


@pytest.mark.parametrize(
    "other",
    [
        ("AAA", "BBB", 2020, "exporter"),  # the same side twice
        ("AAA", "BBB", 2020, "unclear"),
        ("AAA", "BBB", 2021, "importer"),  # of another period
        ("BBB", "AAA", 2020, "importer"),  # the other way
    ],
)
def test_a_flow_is_not_mirrored_by_another(other):
    rows = flows([("AAA", "BBB", 2020, "exporter"), other])
    assert mirrored(rows).empty


def test_a_bound_keeps_its_number():
    share = bounded(percent(30, 30, "a share", ROW), "at_least")
    assert isinstance(share, Verdict)
    assert isinstance(share.parts["share"], Quantity)
    assert share.parts["share"].value == 30


def test_how_many_shares_fell_and_what_a_registry_did_to_imports():
    rows = [
        ("p1", "gray_share", "percent", 90.0, 60.0, "exact", False),
        ("p2", "gray_share", "percent", 25.0, 33.0, "exact", True),
        ("p3", "gray_share", "percent", 25.0, 20.0, "exact", False),
        ("p4", "legal_import_value", "USD", 25e6, 73e6, "exact", True),
        ("p5", "legal_import_value", "USD", 73e6, 11e6, "exact", True),
    ]
    known = tables(rows)
    ended = policies(rows)
    ended.loc[4, "kind"] = "registry_end"
    known = Tables.of(
        {name: known[name] for name in ("benchmarks", "regions")} | {"policies": ended}
    )
    results = Results()
    policy_moves.add_results(results, gray_shares(known), clean_counts(known))
    read = {name: str(TEXT(result)) for name, result in results.items()}
    assert (read["pairs"], read["fell"], read["clean_shares"]) == ("three", "two", "one")
    assert read["clean_heading"].endswith("red: free of another cause")
    sides = [read[f"registry_{side}"] for side in ("before", "with", "after")]
    assert sides == ["$25 million", "$73 million", "$11 million"]
    assert read["counts_moved"] == "15–292%"


@pytest.mark.parametrize(
    ("greatest", "answer"),
    [([10, 20, 30, 40], "rise together"), ([40, 20, 30, 10], "show no firm link")],
)
def test_taxes_and_shares_rise_together_only_if_they_do_without_any_one_place(greatest, answer):
    taxes_there = pd.Series([1.0, 2.0, 3.0, 4.0])
    crossed = pd.DataFrame(
        {"x_low": taxes_there, "x_high": taxes_there, "low": greatest, "high": greatest}
    ).assign(lineage="taxes/taxes-001")
    results = Results()
    taxed.add_results(results, crossed, crossed.head(2))
    assert str(TEXT(results["tax_link"])) == answer
    assert str(TEXT(results["taxed_count"])) == "four"
    assert str(TEXT(results["gapped_count"])) == "two"


def test_two_places_have_no_order():
    crossed = pd.DataFrame(columns=["x_low", "x_high", "low", "high", "lineage"])
    results = Results()
    taxed.add_results(results, crossed, crossed)
    assert set(results) == {"taxed_count", "gapped_count"}
