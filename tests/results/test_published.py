"""Published shares, recorded flows and the panel’s loss: each counted once, and in one way."""

import re
import shutil

import nbformat
import numpy as np
import pandas as pd
import pytest
from few import EVENT, asked, regions, table
from hypothesis import given
from hypothesis import strategies as st

from graymarket.evidence import Tables
from graymarket.results import (
    Results,
    benchmarks,
    changes,
    evidence_base,
    published,
    readings,
    trade_flows,
)
from graymarket.wording import Wording

TEXT = Wording("en").text


def named_by_chapters(root, name):
    """The chapters whose prose or code quotes a result."""
    pattern = re.compile(rf"\b{re.escape(name)}\b")
    books = {path: nbformat.read(path, as_version=4) for path in (root / "notebooks").glob("*")}
    return {
        path.name[:2]
        for path, book in books.items()
        if any(pattern.search(cell.source) for cell in book.cells)
    }


# ---- published shares


@pytest.fixture(scope="module")
def real(root):
    return Tables(root)


ELSEWHERE = {"region": "PRK", "value": 70.0}


def shares(real, *changed):
    """Benchmarks of the real tables, but with these shares: 10 percent in Cuba, and 70 elsewhere."""
    first = real["benchmarks"].query("use == 'core' and unit == 'percent'").head(1)
    known = {"region": "CUB", "start": EVENT, "end": EVENT, "grade": "B", "qualifier": "exact"}
    known |= {"low": np.nan, "value": 10.0, "high": np.nan, "share_of_total": np.nan}
    rows = [first.assign(id=f"b-{n}", lineage=f"benchmarks/b-{n}", **(known | change))
            for n, change in enumerate([{}, ELSEWHERE, *changed])]  # fmt: skip
    given = {name: real[name] for name in real} | {"benchmarks": pd.concat(rows)}
    return benchmarks.compute(asked(), Tables.of(given))


@pytest.mark.parametrize(
    ("change", "figures"),
    [
        ({"value": 20.0}, 3),
        ({"unit": "ratio"}, 2),  # what chapter 80 of the first edition still counted
        ({"grade": "C"}, 2),
        ({"use": "counterfeit"}, 2),
    ],
)
def test_published_shares_are_counted_by_one_definition(real, change, figures):
    known = shares(real, change)
    assert known.results["figures"].value == len(known.shares) == figures


def test_chapters_quote_that_count(root):
    assert named_by_chapters(root, "benchmarks.figures") >= {"10", "80"}
    assert named_by_chapters(root, "core") == set()


def test_shares_of_the_places_asked_about_come_first(real):
    known = shares(real, {"region": "SDN", "value": 50.0})
    assert known.countries == ["Sudan", "Cuba", "North Korea"]
    assert known.results["covered"].items == (("CUB", "Cuba"), ("SDN", "Sudan"))
    assert known.results["other_count"].value == 1
    assert known.results["countries_count"].value == 3
    assert sorted(known.here["low"]) == [10, 50]
    assert "CUB" not in set(known.alone["region"])


def test_a_share_is_as_exact_as_its_source_prints_it():
    assert published.step_as_given(10, 12) == 1
    assert published.step_as_given(10, 12.5) == 0.1
    assert published.step_as_given(0.25) == published.step_as_given(1 / 3) == 0.01


@pytest.mark.parametrize("qualifier", published.BOUNDS)
def test_a_bound_is_said_to_be_one(qualifier):
    row = pd.Series({"lineage": "benchmarks/b-1"})
    share = published.percent(10, 10, "A share", row)
    bound = published.bounded(share, qualifier)
    assert bound.answer == qualifier
    assert bound.parts["share"] is share
    assert TEXT(bound) != TEXT(share) == "10%"
    assert published.bounded(share, "exact") is share


def test_years_go_from_the_one_to_the_other():
    start, end = pd.Timestamp("2019-05-01"), pd.Timestamp("2021-03-31")
    assert TEXT(published.years(start, end, "benchmarks")) == "2019–2021"
    assert TEXT(published.years(pd.NaT, end, "benchmarks")) == "2021"


# ---- recorded flows


def flow(exporter, importer, year, by):
    known = {"exporter": exporter, "importer": importer, "reported_by": by}
    return known | {"start": pd.Timestamp(f"{year}-01-01"), "end": pd.Timestamp(f"{year}-12-31")}


BOTH = [flow("PRK", "CUB", 2020, "exporter"), flow("PRK", "CUB", 2020, "importer")]


def mirrored(rows, places=("CUB",)):
    results = Results()
    names = regions().set_index("region")["name"]
    tables = Tables.of({"trade_flows": table("trade_flows", rows)})
    trade_flows.add_mirrored(results, tables["trade_flows"], places, names)
    return results["recorded"].value, results["mirrored"].value


@pytest.mark.parametrize(
    ("rows", "counts"),
    [
        (BOTH, (1, 1)),
        (BOTH[:1], (1, 0)),
        ([*BOTH, flow("PRK", "CUB", 2021, "exporter")], (2, 1)),  # of another year
        ([BOTH[0], flow("PRK", "CUB", 2021, "importer")], (2, 0)),
        ([BOTH[0], flow("CUB", "PRK", 2020, "importer")], (2, 0)),  # the other way
        ([*BOTH, BOTH[0]], (1, 1)),  # two kinds of goods are one flow
        ([*BOTH, flow("PRK", "SDN", 2020, "importer")], (1, 1)),  # of another place
        ([BOTH[0], BOTH[1] | {"end": pd.Timestamp("2020-06-30")}], (2, 0)),
    ],
)
def test_mirrored_flows_are_flows_of_one_period_that_both_sides_report(rows, counts):
    assert mirrored(rows) == counts


@given(st.lists(st.sampled_from([2019, 2020, 2021]).flatmap(
    lambda year: st.sampled_from(["exporter", "importer"]).map(
        lambda by: flow("PRK", "CUB", year, by))), min_size=1))  # fmt: skip
def test_no_more_flows_are_mirrored_than_recorded(rows):
    recorded, both = mirrored(rows)
    assert both <= recorded <= len(rows)
    assert 2 * both <= len({(row["start"], row["reported_by"]) for row in rows})


def test_chapters_quote_those_counts(root):
    assert named_by_chapters(root, "trade.mirrored") >= {"11", "80"}


# ---- the panel beside StatCounter


def test_the_panels_loss_is_one_quantity_in_percent(small, root):
    """The panel sees 16 or 24 percent where StatCounter sees 20 or 30: a fifth is lost."""
    panel, theirs = (small / "data" / f"{name}.csv" for name in ("usage_panel", "vendor_usage"))
    rows = pd.read_csv(panel, dtype=str, keep_default_na=False)
    world = rows["region"] == "world"
    rows.loc[world, "apple_share"] = ["16", "16", "16", "16", "16", "24", "24"]
    rows.to_csv(panel, index=False, lineterminator="\n")
    known = rows.loc[world, ["region", "month"]].assign(vendor="Apple")
    known["usage_share"] = ["20", "20", "20", "20", "20", "30", "30"]
    known["source_id"] = "statcounter-global-stats"
    known.to_csv(theirs, index=False, lineterminator="\n")
    results = evidence_base.compute(asked(), Tables(small)).results
    lost = results["lost"]
    assert (lost.value, lost.unit, TEXT(lost)) == (20, "percent", "20%")
    assert TEXT(results["typical"]) == "4.0 points"  # of all seven months
    assert results["gap_last"].answer == "below"
    assert results["gap_last"].parts["size"].value == 5
    assert named_by_chapters(root, "evidence_base.lost") >= {"80", "90"}


# ---- readings of a maker’s share


def usage(region, first, shares_by_month):
    months = pd.date_range(first, periods=len(shares_by_month), freq="MS")
    rows = {"region": region, "month": months, "vendor": "Xiaomi", "usage_share": shares_by_month}
    return pd.DataFrame(rows)


def read(*series):
    columns = ["region", "vendor", "metric", "statistic", "value", "unit", "counted", "sample"]
    columns += ["start", "end", "attributed_to", "repeats", "grade", "source_id"]
    one = dict.fromkeys(columns, "") | {"region": "CUB", "vendor": "Xiaomi", "grade": "A"}
    one |= {"metric": "page_view_share", "statistic": "value", "value": 18.0, "unit": "percent"}
    one |= {"start": EVENT, "end": EVENT + pd.offsets.MonthEnd(0), "sample": np.nan}
    site = one | {"metric": "site_visitor_share", "value": 15.0, "sample": 1000.0}
    poll = one | {"metric": "reader_poll_share", "value": 40.0, "grade": "B"}
    again = one | {"value": 99.0, "repeats": "vendor_share-001"}
    world = usage("world", "2021-09-01", [10.0])
    world_region = pd.DataFrame({"region": ["world"], "name": ["the world"]})
    given = {
        "regions": pd.concat([regions(), world_region]),
        "vendor_share": table("vendor_share", [one, site, poll, again]),
        "vendor_usage": pd.concat([world, *series], ignore_index=True),
        "sources": pd.DataFrame({"source_id": ["x"], "publisher": ["X"]}),
    }  # fmt: skip
    return readings.compute(asked(), Tables.of(given))


def test_the_measured_range_is_of_measurements_alone():
    known = read()
    measured = known.results["measured"]
    assert (measured.low, measured.high, measured.level) == (15, 18, None)
    assert TEXT(known.results["apart"]) == "3.0 points"
    assert measured.lineage == ("vendor_share/vendor_share-001", "vendor_share/vendor_share-002")
    assert known.results["ratio"].value == pytest.approx(1.8)
    assert known.results["published_count"].value == 3  # a republication is none
    # 1.96 √(15 × 85 / 1000)
    assert known.results["site_chance"].value == pytest.approx(2.213, abs=1e-3)
    assert list(known.main["role"]) == ["hollow", "measured", "measured"]


def test_statcounters_own_series_is_read_around_the_event():
    """March to August 2021, then October 2021 to March 2022; the world’s rows are its own."""
    without, with_it = read(), read(usage("CUB", "2021-01-01", np.arange(10.0, 28.0)))
    assert without.results["own_around"].answer == "nothing"
    assert without.results["own_series"].answer == "missing"
    assert TEXT(with_it.results["own_around"]) == (
        "Xiaomi had 12.0–17.0% of page views in the six months before the month of the event, and "
        "19.0–24.0% in the six after"
    )
    assert with_it.results["own_series"].answer == "there"
    assert with_it.results["world"].value == without.results["world"].value == 10
    short = read(usage("CUB", "2021-04-01", np.arange(10.0, 25.0)))  # a month is missing before
    assert short.results["own_around"].answer == "nothing"


# ---- what has changed


@pytest.mark.every
def test_a_first_edition_has_nothing_to_compare_with(root, tmp_path):
    shutil.copytree(root / "data", tmp_path / "data")
    shutil.rmtree(tmp_path / "data/editions")
    known = changes.compute(asked(), Tables(tmp_path)).results
    assert known["headline"].answer == "first"
    names = ("rows", "moved", "flipped", "revised_count")
    assert [known[name].value for name in names] == [0, 0, 0, 0]
