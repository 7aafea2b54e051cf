"""Lineage: from frames to entries, and from entries back to rows."""

from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket import evidence
from graymarket.evidence import Tables, lineage


def panel(region, months):
    frame = pd.DataFrame({"region": region, "month": pd.PeriodIndex(months, freq="M")})
    return frame.assign(lineage=[f"usage_panel/{region}/{month}" for month in frame["month"]])


def run(first, last):
    return pd.period_range(first, last, freq="M").astype(str)


@dataclass(frozen=True)
class Reading:
    lineage: tuple[str, ...]


def test_every_table_names_its_rows(root):
    tables = Tables(root)
    assert tables["vendor_share"]["lineage"].iloc[0] == "vendor_share/vendor_share-001"
    assert tables["usage_panel"]["lineage"].iloc[-1].startswith("usage_panel/world/20")
    assert "world_development/ABW/FP.CPI.TOTL.ZG/2010" in set(
        tables["world_development"]["lineage"]
    )
    assert tables["regions"]["lineage"].is_unique


def test_entries_of_all_kinds_of_things_in_order_and_once_each():
    rows = pd.DataFrame({"value": [1, 2, 3], "lineage": ["taxes/b", "taxes/a", ("taxes/c", "x/1")]})
    assert lineage(rows) == ("taxes/b", "taxes/a", "taxes/c", "x/1")
    assert lineage(rows["lineage"]) == lineage(rows)
    assert lineage(rows.iloc[1], rows.iloc[0]) == ("taxes/a", "taxes/b")
    assert lineage(next(rows.itertuples())) == ("taxes/b",)
    assert lineage("taxes", Reading(("x/1", "taxes/b")), ["x/1", ("y",)]) == (
        "taxes",
        "x/1",
        "taxes/b",
        "y",
    )


def test_empty_cells_count_for_nothing():
    rows = pd.DataFrame({"lineage": ["taxes/a", None, float("nan"), "", ()]})
    assert lineage(rows, None, "", ()) == ("taxes/a",)
    assert lineage() == ()


@pytest.mark.parametrize("thing", [pd.DataFrame({"value": [1]}), pd.Series([1]), 18.27, {"a": 1}])
def test_what_carries_no_lineage_is_refused(thing):
    with pytest.raises(TypeError, match="expected rows or entries"):
        lineage(thing)


def test_months_that_follow_each_other_become_a_range():
    assert lineage(panel("RUS", run("2021-11", "2022-03"))) == ("usage_panel/RUS/2021-11..2022-03",)
    assert lineage(panel("RUS", ["2021-09"])) == ("usage_panel/RUS/2021-09",)
    split = panel("RUS", [*run("2021-01", "2021-02"), "2021-04"])
    assert lineage(split) == ("usage_panel/RUS/2021-01..2021-02", "usage_panel/RUS/2021-04")
    assert lineage(panel("RUS", run("2021-03", "2021-01"))) == ()


def test_ranges_join_what_follows_or_overlaps_them():
    ranges = ("p/RUS/2021-01..2021-06", "p/RUS/2021-07", "p/CUB/2021-01", "p/RUS/2021-03..2021-09")
    assert lineage(ranges) == ("p/RUS/2021-01..2021-09", "p/CUB/2021-01")


def test_years_run_too_and_other_parts_do_not():
    years = [f"world_development/CUB/IT.CEL.SETS/{year}" for year in (2019, 2021, 2020)]
    assert lineage(years) == ("world_development/CUB/IT.CEL.SETS/2019..2021",)
    mixed = ("t/CUB/2021", "t/CUB/2021-01", "t/CUB/2022", "t/CUB/2021-13", "t/CUB/lines")
    assert lineage(mixed) == mixed
    assert lineage("iran_imports/1395", "iran_imports/1396") == (
        "iran_imports/1395",
        "iran_imports/1396",
    )


def test_a_prefix_in_more_than_twelve_pieces_is_one():
    other_months = run("2020-01", "2022-12")[::2]
    assert lineage(panel("RUS", other_months[:12])) == tuple(
        f"usage_panel/RUS/{month}" for month in other_months[:12]
    )
    assert lineage(panel("RUS", other_months[:13])) == ("usage_panel/RUS/2020-01..2022-01",)
    vendors = [f"vendor_usage/world/2024-05/{n}" for n in range(13)]
    assert lineage(vendors[:12]) == tuple(vendors[:12])
    assert lineage(vendors) == ("vendor_usage/world/2024-05",)


def test_a_table_with_more_than_twelve_prefixes_is_one():
    rows = [panel(f"R{n:02}", ["2021-09"]) for n in range(13)]
    assert len(lineage(rows[:12])) == 12
    assert lineage("regions/CUB", rows, "taxes") == ("regions/CUB", "usage_panel", "taxes")


@given(st.sets(st.integers(0, 30), min_size=1), st.randoms(use_true_random=False))
def test_ranges_stand_for_the_months_given_and_no_others(numbers, random):
    months = [f"{2020 + n // 12}-{n % 12 + 1:02}" for n in numbers]
    random.shuffle(months)
    entries = lineage([f"p/RUS/{month}" for month in months])
    covered = []
    for entry in entries:
        first, _, last = entry.removeprefix("p/RUS/").partition("..")
        covered.extend(run(first, last or first))
    if len(entries) > 1 or len(covered) == len(months):
        assert sorted(covered) == sorted(months)
    else:  # too many pieces: one range around them
        assert (min(covered), max(covered)) == (min(months), max(months))
    assert lineage(entries) == entries


def test_frames_of_tests_get_a_lineage():
    days = pd.to_datetime(["2021-09-01", "2021-10-01"])
    tables = Tables.of(
        {
            "taxes": pd.DataFrame({"id": ["a", "b"], "value": [1, 1]}),
            "usage_panel": pd.DataFrame({"region": "CUB", "month": days, "apple_share": [7, 8]}),
            "sales": pd.DataFrame({"value": [1]}, index=pd.Index([2021], name="year")),
            "named": pd.DataFrame({"lineage": ["elsewhere/1"]}),
        }
    )
    assert [*tables] == ["taxes", "usage_panel", "sales", "named"]
    assert lineage(*tables.values()) == (
        "taxes/a",
        "taxes/b",
        "usage_panel/CUB/2021-09..2021-10",
        "sales/2021",
        "elsewhere/1",
    )
    assert "claims" not in tables
    with pytest.raises(KeyError, match="no table claims; there are taxes, usage_panel"):
        tables["claims"]


def test_a_table_is_read_once_and_nobody_can_change_it_for_others(root):
    tables = Tables(root)
    taxes = tables["taxes"]
    taxes.loc[0, "value"] = -1
    taxes["new"] = 1
    assert tables["taxes"].loc[0, "value"] != -1
    assert "new" not in tables["taxes"]
    assert len(tables) == len(evidence.package(root)["resources"])
    pd.testing.assert_frame_equal(tables["taxes"], evidence.load("taxes", root))


def test_a_range_leads_to_its_rows(root):
    (line,) = evidence.trace(("usage_panel/CUB/2021-01..2021-12",), root)
    assert (line["key"], line["rows"]) == ("CUB/2021-01..2021-12", 12)
    assert line["text"] == "2021-01 to 2021-12"
    first, last = evidence.trace(("usage_panel/CUB/2021-09..2021-10",), root)
    assert (first["key"], last["key"]) == ("CUB/2021-09", "CUB/2021-10")
    with pytest.raises(evidence.EvidenceError, match=r"found “usage_panel/CUB/2001-01\.\.2001-12”"):
        evidence.trace(("usage_panel/CUB/2001-01..2001-12",), root)


def test_what_lineage_sums_up_leads_back_to_as_many_rows(root):
    tables = Tables(root)
    russia = tables["usage_panel"].query("region == 'RUS' and month >= '2017-03'")
    assert sum(line["rows"] for line in evidence.trace(lineage(russia), root)) == len(russia)
