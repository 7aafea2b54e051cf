"""The base described: its size, its tables and columns."""

import pandas as pd

from graymarket import evidence


def test_summary_counts_as_pandas_does(root):
    table = evidence.summary(root).set_index("table")
    plain = pd.read_csv(root / "data/benchmarks.csv")
    row = table.loc["benchmarks"]
    assert row["rows"] == len(plain)
    assert row["sources"] == plain["source_id"].nunique()
    assert row["regions"] == plain["region"].nunique()
    assert [row[g] for g in "ABC"] == [(plain["grade"] == g).sum() for g in "ABC"]


def test_every_fact_has_source_and_grade(root):
    base = evidence.Base(root)
    sources = set(base.text("sources")["source_id"])
    for resource in evidence.package(root)["resources"]:
        if resource["name"] in ("cases", "method_changes"):  # arguments and changes, no facts
            continue
        if resource["schema"]["primaryKey"] == ["id"]:
            table = base.text(resource["name"])
            assert set(table["source_id"]) <= sources
            assert set(table["grade"]) <= {"A", "B", "C"}
            assert "note" in table


def test_dictionary_names_every_column(base):
    text = evidence.dictionary(base)
    assert "- **sample** (whole number, persons): The sample." in text
    assert "- **grade** (text, never empty): The grade. One of: A, B, C." in text
    for resource in evidence.package(base)["resources"]:
        section = text.split(f"`{resource['path']}`")[1].split("\n### ")[0]
        for field in resource["schema"]["fields"]:
            assert f"- **{field['name']}** (" in section
            assert field["description"] in section


def test_sizes_of_the_miniature(base):
    facts, sources = evidence.size(base)
    assert (facts, sources) == (7 + 2, 3)  # readings and closures have ids and sources
    table = evidence.summary(base).set_index("table")
    assert [*table.loc["readings", ["rows", "sources", "regions", "A", "B", "C"]]] == [
        7,
        2,
        3,
        5,
        1,
        1,
    ]
    assert [*table.loc["panel", ["from", "to"]]] == ["2020-01", "2021-06"]
    assert pd.isna(table.at["picks", "sources"])
    assert table.at["picks", "from"] == ""
