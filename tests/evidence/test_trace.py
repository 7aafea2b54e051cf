"""From a number back to its rows, and the base described."""

import pandas as pd
import pytest

from graymarket import evidence


def test_a_row(root):
    (line,) = evidence.trace(("vendor_share/vendor_share-001",), root)
    assert (line["file"], line["key"]) == ("data/vendor_share.csv", "vendor_share-001")
    assert "18.27 · percent" in line["text"]
    assert line["grades"] == ["A"]
    assert line["sources"][0]["url"].startswith("https://havanatimes.org/")


def test_a_row_of_a_key_of_several_columns(root):
    (line,) = evidence.trace(("usage_panel/CUB/2021-09",), root)
    assert (line["key"], line["rows"]) == ("CUB/2021-09", 1)
    assert "76.7 · 7.36 · 3.78" in line["text"]


def test_part_of_a_table(root):
    (line,) = evidence.trace(("usage_panel/CUB",), root)
    panel = pd.read_csv(root / "data/usage_panel.csv")
    assert line["rows"] == (panel["region"] == "CUB").sum()
    assert line["text"] == f"2014-06 to {panel['month'].max()}"
    assert [source["id"] for source in line["sources"]] == ["caniuse-region-usage"]


def test_a_table_with_more_sources_than_one_lists(root):
    (line,) = evidence.trace(("vendor_share",), root)
    assert line["sources"] == []
    assert line["source_count"] > 50


def test_corrected_cells_are_shown_corrected(root):
    (line,) = evidence.trace(("vendor_share/vendor_share-041",), root)
    assert "2021-02-20 · 2022-02-19" in line["text"]


@pytest.mark.parametrize(
    "entry", ["vendor_share/nobody", "usage_panel/CUB/2021-09/more", "nothing/row"]
)
def test_what_is_not_there_is_refused(root, entry):
    with pytest.raises(evidence.EvidenceError):
        evidence.trace((entry,), root)


def test_summary_counts_as_pandas_does(root):
    table = evidence.summary(root).set_index("table")
    plain = pd.read_csv(root / "data/benchmarks.csv")
    row = table.loc["benchmarks"]
    assert row["rows"] == len(plain)
    assert row["sources"] == plain["source_id"].nunique()
    assert row["regions"] == plain["region"].nunique()
    assert [row[g] for g in "ABC"] == [(plain["grade"] == g).sum() for g in "ABC"]


def test_every_fact_has_source_and_grade(root):
    sources = set(evidence.load("sources", root)["source_id"])
    for resource in evidence.package(root)["resources"]:
        if resource["name"] in ("cases", "method_changes"):  # argued or told, no facts
            continue
        if resource["schema"]["primaryKey"] == ["id"]:
            table = evidence.load(resource["name"], root)
            assert set(table["source_id"]) <= sources
            assert set(table["grade"]) <= {"A", "B", "C"}
            assert "note" in table


def test_dictionary_names_every_column(root):
    text = evidence.dictionary(root)
    for resource in evidence.package(root)["resources"]:
        section = text.split(f"`{resource['path']}`")[1].split("\n### ")[0]
        for field in resource["schema"]["fields"]:
            assert f"- **{field['name']}** (" in section
            assert field["description"] in section
