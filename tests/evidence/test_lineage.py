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
    panel = evidence.load("usage_panel", root)["lineage"]
    assert panel.is_unique
    assert panel.iloc[0] == "usage_panel/ABW/2014-06"


def test_a_row_is_named_by_its_whole_key(corrected):
    tables = Tables(corrected)
    assert tables["readings"]["lineage"].iloc[0] == "readings/readings-001"
    assert tables["panel"]["lineage"].iloc[-1] == "panel/BBB/2021-06"
    assert tables["corrections"]["lineage"].tolist() == ["corrections/readings/readings-003/value"]


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


def test_a_table_is_read_once_and_nobody_can_change_it_for_others(base):
    tables = Tables(base)
    readings = tables["readings"]
    readings.loc[0, "value"] = -1
    readings["new"] = 1
    assert tables["readings"].loc[0, "value"] == 40.5
    assert "new" not in tables["readings"]
    assert [*tables] == [resource["name"] for resource in evidence.package(base)["resources"]]
    pd.testing.assert_frame_equal(tables["readings"], evidence.load("readings", base))
    (base / "data" / "readings.csv").unlink()
    assert len(tables["readings"]) == 7


def test_a_table_with_a_fault_is_not_handed_out(base):
    path = base / "data" / "readings.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("18.27", "x"), encoding="utf-8")
    with pytest.raises(evidence.EvidenceError, match="row 4, column value: found “x”"):
        Tables(base)["readings"]


def test_an_entry_leads_to_its_row_and_source(root):
    (line,) = evidence.trace(("vendor_share/vendor_share-001",), root)
    assert (line["file"], line["key"]) == ("data/vendor_share.csv", "vendor_share-001")
    assert "18.27 · percent" in line["text"]
    assert (line["rows"], line["grades"]) == (1, ["B"])
    assert line["sources"][0]["url"].startswith("https://havanatimes.org/")


def test_a_table_with_more_sources_than_one_lists(root):
    (line,) = evidence.trace(("vendor_share",), root)
    assert line["sources"] == []
    assert line["source_count"] > 50


def test_part_of_a_table(base):
    (line,) = evidence.trace(("panel/AAA",), base)
    assert line == {
        "file": "data/panel.csv",
        "key": "AAA",
        "rows": 18,
        "text": "2020-01 to 2021-06",
        "grades": [],
        "source_count": 1,
        "sources": [
            {
                "id": "counter",
                "credit": "Counter (CC BY 4.0)",
                "title": "Page views",
                "url": "https://example.org/c",
                "licence": "CC BY 4.0",
            }
        ],
    }


def test_a_range_leads_to_its_rows(base):
    (line,) = evidence.trace(("panel/AAA/2020-03..2020-09",), base)
    assert (line["key"], line["rows"]) == ("AAA/2020-03..2020-09", 7)
    assert line["text"] == "2020-03 to 2020-09"
    (line,) = evidence.trace(("panel/AAA..BBB",), base)
    assert line["rows"] == 36
    few = evidence.trace(("panel/AAA/2020-03..2020-08",), base)
    assert [row["key"] for row in few] == [f"AAA/2020-0{month}" for month in range(3, 9)]
    assert few[0]["text"] == "2020-03 · 11.5"


def test_rows_that_rest_on_others_bring_them(base):
    lines = evidence.trace(("closures/closure-a", "closures/closure-b"), base)
    assert [f"{line['file'][5:-4]}/{line['key']}" for line in lines] == [
        "closures/closure-a",
        "readings/readings-001",
        "panel/AAA",
        "closures/closure-b",
        *[f"panel/BBB/2020-0{month}" for month in range(1, 7)],
    ]


def test_months_that_the_table_lacks_part_no_range(base):
    path = base / "data" / "panel.csv"
    content = path.read_text(encoding="utf-8")
    path.write_text(content.replace("AAA,2020-06,9.5,counter\n", ""), encoding="utf-8")
    panel = evidence.Base(base).load("panel")
    entries = lineage(panel[panel["region"] == "AAA"])
    assert entries == ("panel/AAA/2020-01..2020-05", "panel/AAA/2020-07..2021-06")
    (line,) = evidence.trace(entries, base)
    assert (line["key"], line["rows"]) == ("AAA/2020-01..2021-06", 17)
    apart = evidence.trace(("panel/AAA/2020-01..2020-04", "panel/AAA/2020-07..2021-06"), base)
    assert [line["key"] for line in apart[-1:]] == ["AAA/2020-07..2021-06"]
    assert len(apart) == 5


def test_corrected_cells_read_corrected(corrected):
    (line,) = evidence.trace(("readings/readings-003",), corrected)
    assert "18.72" in line["text"]


@pytest.mark.parametrize(
    "entry",
    [
        "readings/nobody",
        "panel/AAA/2020-01/more",
        "nothing/row",
        "panel/AAA/2001-01..2001-12",
        "panel/AAA/2020-12..2020-01",
        "panel/AAA..BBB/2020-01",
    ],
)
def test_what_is_not_there_is_refused(base, entry):
    with pytest.raises(evidence.EvidenceError):
        evidence.trace((entry,), base)
    with pytest.raises(evidence.EvidenceError):
        evidence.trace((entry, "panel/AAA/2020-01"), base)


def test_a_line_is_the_callers_own(base):
    evidence.trace(("panel/AAA",), base)[0]["sources"].clear()
    assert evidence.trace(("panel/AAA",), base)[0]["sources"]
