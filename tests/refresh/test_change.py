"""What a dataset would change: rows added, figures revised, the rest untouched."""

import dataclasses
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graymarket import evidence
from graymarket.evidence.store import as_csv
from graymarket.refresh import Dataset, Download, changes, describe

DAY = date(2026, 12, 3)


def panel(*rows: tuple, name: str = "CU.json") -> Dataset:
    columns = ["region", "month", "mobile_share", "apple_share", "samsung_internet_share"]
    cells = pd.DataFrame(rows, columns=columns, dtype=str)
    cells["named_share"], cells["source_id"] = "", "caniuse-region-usage"
    return Dataset("usage_panel", cells, Download(name, b"{}", DAY))


def only(root: Path, *datasets: Dataset):
    (change,) = changes(root, list(datasets))
    return change


def test_every_table_is_written_back_byte_for_byte(root):
    for resource in evidence.package(root)["resources"]:
        content = (root / "data" / resource["path"]).read_bytes()
        assert as_csv(evidence.raw_cells(resource["name"], root)) == content, resource["name"]


def test_a_new_month_is_added_where_it_belongs(small_base):
    change = only(small_base, panel(("CUB", "2027-01", "70", "4.2", "3")))
    assert change.added["month"].to_list() == ["2027-01"]
    assert change.revised.empty
    at = change.cells.index[(change.cells["region"] == "CUB")][-1]
    assert change.cells.loc[at, "month"] == "2027-01"
    assert change.cells.loc[at + 1, "region"] > "CUB"
    old = evidence.raw_cells("usage_panel", small_base)
    assert change.cells.drop(index=at).reset_index(drop=True).equals(old)


def test_a_month_missing_in_between_is_said(small_base):
    last = evidence.raw_cells("usage_panel", small_base)["month"].max()
    after = str(pd.Period(last, "M") + 3)
    between = [str(pd.Period(last, "M") + step) for step in (1, 2)]
    change = only(small_base, panel(("CUB", after, "70", "4.2", "3")))
    (remark,) = change.remarks
    assert remark.startswith(f"Missing in between: {', '.join(between)}.")


def test_another_figure_for_a_published_month_is_a_revision(small_base):
    change = only(small_base, panel(("CUB", "2021-09", "76.7", "7.5", "3.78")))
    assert change.added.empty
    assert change.revised.to_dict("records") == [
        {"row": "CUB/2021-09", "field": "apple_share", "old": "7.36", "new": "7.5"}
    ]
    assert "  CUB/2021-09, apple_share: 7.36 → 7.5" in describe(change)


@pytest.mark.parametrize("apple", ["7.36", "7.360", "7.37", "7.35"])
def test_a_hundredth_by_another_rounding_is_the_same_figure(small_base, apple):
    change = only(small_base, panel(("CUB", "2021-09", "76.7", apple, "3.78")))
    assert not change.is_news
    assert change.same == 1


def test_an_empty_cell_never_overwrites_a_figure(small_base):
    assert not only(small_base, panel(("CUB", "2021-09", "76.7", "7.36", ""))).is_news


def test_files_that_contradict_each_other_are_refused(small_base):
    first = panel(("CUB", "2027-01", "70", "4.2", "3"), name="CU.json")
    second = panel(("CUB", "2027-01", "70", "5.2", "3"), name="CU (1).json")
    with pytest.raises(evidence.EvidenceError) as caught:
        changes(small_base, [first, second])
    assert str(caught.value) == (
        "CU.json and CU (1).json: found “CUB/2027-01 with different figures”, expected one set of "
        "figures for each row; the files contradict each other: add them one at a time, the oldest "
        "first"
    )


def test_facts_without_an_id_get_the_next_one(small_base):
    old = evidence.raw_cells("trade_flows", small_base)
    twice = pd.concat([old.tail(1).assign(id="", exporter=place) for place in ("FRA", "DEU")])
    dataset = Dataset("trade_flows", twice, Download("flows.csv", b"", DAY))
    change = only(small_base, dataset)
    last = int(old["id"].str[-3:].max())
    assert change.added["id"].to_list() == [f"trade_flows-{last + step:03d}" for step in (1, 2)]
    assert not only(small_base, Dataset("trade_flows", old.assign(id=""), dataset.download)).is_news


def own(root: Path, table: str, **cells) -> Dataset:
    """The first row of a table of our own, in a file, with other `cells`."""
    row = evidence.raw_cells(table, root).head(1).assign(**cells)
    return Dataset(table, row, Download("mine.csv", b"", DAY), lines=(2,))


def test_a_fact_without_an_id_is_known_by_all_its_other_cells(small_base):
    change = only(small_base, own(small_base, "inputs", id=""))
    assert not change.is_news and change.same == 1
    assert len(only(small_base, own(small_base, "inputs", id="", note="Another")).added) == 1


def test_an_id_that_the_file_gives_is_not_given_again(small_base):
    last = int(evidence.raw_cells("inputs", small_base)["id"].max()[-3:])
    given = own(small_base, "inputs", id=f"inputs-{last + 1:03d}", note="One")
    change = only(small_base, given, own(small_base, "inputs", id="", note="Another"))
    assert set(change.added["id"]) == {f"inputs-{last + step:03d}" for step in (1, 2)}


def test_names_are_not_numbers(root):
    assert only(root, own(root, "closures", id="")).same == 1
    named = own(root, "closures", id="war-sudan", note="One")
    change = only(root, named, own(root, "closures", id="", note="Another"))
    assert {*change.added["id"]} == {"war-sudan", ""}  # that one is missing is for the check to say


def test_another_source_of_a_fact_is_a_revision(small_base):
    was = evidence.raw_cells("inputs", small_base).iloc[0]
    change = only(small_base, own(small_base, "inputs", source_id="faostat-2020"))
    assert change.revised.to_dict("records") == [
        {"row": was["id"], "field": "source_id", "old": was["source_id"], "new": "faostat-2020"}
    ]


def test_another_source_of_a_series_counts_with_another_figure_alone(small_base):
    same, other = (panel(("CUB", "2021-09", "76.7", apple, "3.78")) for apple in ("7.36", "7.5"))
    for dataset in (same, other):
        dataset.rows["source_id"] = "elsewhere"
    assert not only(small_base, same).is_news
    change = only(small_base, other)
    assert [*change.revised["field"]] == ["apple_share", "source_id"]
    now = change.cells.set_index(["region", "month"]).loc[("CUB", "2021-09")]
    assert now["source_id"] == "elsewhere"


def test_a_revision_is_named_by_the_primary_key(small_base):
    change = only(small_base, own(small_base, "trade_flows", id="", value_usd="44029999"))
    assert [*change.revised["row"]] == [evidence.raw_cells("trade_flows", small_base).at[0, "id"]]


@pytest.mark.parametrize(
    "table, field",
    [
        ("assumptions", "reasoning"),
        ("case_inputs", "reasoning"),
        ("cases", "note"),
        ("verdicts", "why"),
        ("corrections", "reason"),
        ("method_changes", "what"),
        ("regions", "note"),
        ("sources", "note"),
    ],
)
def test_every_table_can_be_revised(root, table, field):
    change = only(root, own(root, table, **{field: "Looked at again"}))
    assert [*change.revised["field"]] == [field] and change.added.empty
    assert change.cells.at[0, field] == "Looked at again"


@pytest.mark.parametrize("value", ["NaN", "sNaN", "-Infinity", "1e999", "1e99999999999", "many"])
def test_what_is_no_number_is_another_figure(small_base, value):
    change = only(small_base, own(small_base, "inputs", value=value))
    assert [*change.revised["new"]] == [value]


def test_a_month_that_is_none_leaves_no_gap(small_base):
    assert only(small_base, panel(("CUB", "2026-13", "70", "4.2", "3"))).remarks == ()


def vendors(*months: str, region: str) -> Dataset:
    rows = [(region, month, "Xiaomi", "12", "statcounter") for month in months]
    columns = ["region", "month", "vendor", "usage_share", "source_id"]
    return Dataset("vendor_usage", pd.DataFrame(rows, columns=columns), Download("v", b"", DAY))


def test_gaps_are_those_of_each_region(small_base):
    known = evidence.raw_cells("vendor_usage", small_base)
    assert "EGY" not in set(known["region"]) and "world" in set(known["region"])
    assert only(small_base, vendors("2031-01", "2031-02", region="EGY")).remarks == ()
    gap = vendors("2020-01", "2020-06", "2020-08", region="EGY")
    (remark,) = only(small_base, gap).remarks
    assert remark.startswith("Missing in between: 2020-02 … 2020-05 (4), 2020-07. These months")
    (remark,) = only(small_base, gap, vendors("2020-01", "2020-02", region="FRA")).remarks
    assert remark.startswith("Missing in between: 2020-02 … 2020-05 (4), 2020-07 for EGY.")


def test_a_month_missing_everywhere_is_said_once(small_base):
    known = evidence.raw_cells("usage_panel", small_base)
    last = pd.Period(known["month"].max(), "M")
    regions = known.loc[known["month"] == str(last), "region"]
    (remark,) = only(
        small_base, panel(*((r, str(last + 2), "70", "4.2", "3") for r in regions))
    ).remarks
    assert remark == (
        f"Missing in between: {last + 1}. The month stays empty until a file with it is added; "
        "nothing is filled in."
    )


def test_an_older_file_that_revises_is_said(small_base):
    dataset = panel(("CUB", "2021-09", "76.7", "7.5", "3.78"))
    old = dataclasses.replace(dataset, download=Download("CU.json", b"{}", date(2024, 1, 1)))
    last = evidence.raw_cells("additions", small_base)["accessed"].max()
    said = f"The file is of 2024-01-01, older than what data/ has from {last}: CU.json."
    assert said in only(small_base, old).remarks
    assert said not in only(small_base, dataset).remarks


def test_a_row_twice_in_one_file_is_named(small_base):
    rows = pd.concat([own(small_base, "inputs", value=value).rows for value in ("1", "2")])
    dataset = Dataset("inputs", rows, Download("mine.csv", b"", DAY), lines=(2, 3))
    with pytest.raises(evidence.EvidenceError) as caught:
        changes(small_base, [dataset])
    assert str(caught.value) == (
        f"mine.csv, row 3: found “{rows.iloc[0]['id']} with different figures”, expected one set "
        "of figures for each row; this file gives the row twice: leave one of the two"
    )


MONTHS = st.sampled_from(["2021-09", "2021-10", "2027-01", "2027-02"])
REGIONS = st.sampled_from(["CUB", "IRN", "world"])
SHARES = st.decimals(0, 100, places=2).map(lambda number: f"{number.normalize():f}")


@given(st.dictionaries(st.tuples(REGIONS, MONTHS), st.tuples(SHARES, SHARES, SHARES), min_size=1))
def test_nothing_is_lost_and_all_that_came_is_there(small_base, rows):
    old = evidence.raw_cells("usage_panel", small_base)
    change = only(small_base, panel(*(key + shares for key, shares in rows.items())))
    keys = ["region", "month"]
    assert len(change.cells) == len(old) + len(change.added)
    assert not change.cells.duplicated(keys).any()
    now, was = change.cells.set_index(keys), old.set_index(keys)
    assert now[~now.index.isin(rows.keys())].equals(was[~was.index.isin(rows.keys())])
    for key, (_, apple, _) in rows.items():
        assert abs(float(now.loc[key, "apple_share"]) - float(apple)) <= 0.0100001
    assert len(rows) == len(change.added) + change.same + change.revised["row"].nunique()
