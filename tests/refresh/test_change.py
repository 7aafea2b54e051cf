"""What a delivery would change: rows added, figures revised, the rest untouched."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graymarket import evidence
from graymarket.refresh import Delivery, Download, changes, words_of
from graymarket.refresh.store import as_csv

DAY = date(2026, 12, 3)


@pytest.fixture(scope="module")
def copy(root, tmp_path_factory) -> Path:
    """A project of nothing but a copy of data/; no test here writes to it."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(root / "data", folder / "data")
    return folder


def panel(*rows: tuple, name: str = "CU.json") -> Delivery:
    columns = ["region", "month", "mobile_share", "apple_share", "samsung_internet_share"]
    cells = pd.DataFrame(rows, columns=columns, dtype=str)
    cells["source_id"] = "caniuse-region-usage"
    return Delivery("usage_panel", cells, Download(name, b"{}", DAY))


def only(root: Path, *deliveries: Delivery):
    (change,) = changes(root, list(deliveries))
    return change


def test_every_table_is_written_back_byte_for_byte(root):
    for resource in evidence.package(root)["resources"]:
        content = (root / "data" / resource["path"]).read_bytes()
        assert as_csv(evidence.raw_cells(resource["name"], root)) == content, resource["name"]


def test_a_new_month_is_added_where_it_belongs(copy):
    change = only(copy, panel(("CUB", "2027-01", "70", "4.2", "3")))
    assert change.added["month"].to_list() == ["2027-01"]
    assert change.revised.empty
    at = change.cells.index[(change.cells["region"] == "CUB")][-1]
    assert change.cells.loc[at, "month"] == "2027-01"
    assert change.cells.loc[at + 1, "region"] > "CUB"
    old = evidence.raw_cells("usage_panel", copy)
    assert change.cells.drop(index=at).reset_index(drop=True).equals(old)


def test_a_month_missing_in_between_is_said(copy):
    last = evidence.raw_cells("usage_panel", copy)["month"].max()
    after = str(pd.Period(last, "M") + 3)
    between = [str(pd.Period(last, "M") + step) for step in (1, 2)]
    change = only(copy, panel(("CUB", after, "70", "4.2", "3")))
    (remark,) = change.remarks
    assert remark.startswith(f"Missing in between: {', '.join(between)}.")


def test_another_figure_for_a_published_month_is_a_revision(copy):
    change = only(copy, panel(("CUB", "2021-09", "76.7", "7.5", "3.78")))
    assert change.added.empty
    assert change.revised.to_dict("records") == [
        {"row": "CUB/2021-09", "field": "apple_share", "old": "7.36", "new": "7.5"}
    ]
    assert "  CUB/2021-09, apple_share: 7.36 → 7.5" in words_of(change)


@pytest.mark.parametrize("apple", ["7.36", "7.360", "7.37", "7.35"])
def test_a_hundredth_by_another_rounding_is_the_same_figure(copy, apple):
    change = only(copy, panel(("CUB", "2021-09", "76.7", apple, "3.78")))
    assert not change.is_news
    assert change.same == 1


def test_an_empty_cell_never_overwrites_a_figure(copy):
    assert not only(copy, panel(("CUB", "2021-09", "76.7", "7.36", ""))).is_news


def test_files_that_contradict_each_other_are_refused(copy):
    first = panel(("CUB", "2027-01", "70", "4.2", "3"), name="CU.json")
    second = panel(("CUB", "2027-01", "70", "5.2", "3"), name="CU (1).json")
    with pytest.raises(evidence.EvidenceError) as caught:
        changes(copy, [first, second])
    assert str(caught.value) == (
        "CU.json and CU (1).json: found “CUB/2027-01 with different figures”, expected one set of "
        "figures for each row; the files contradict each other: add them one at a time, the oldest "
        "first"
    )


def test_facts_without_an_id_get_the_next_one(copy):
    old = evidence.raw_cells("trade_flows", copy)
    twice = pd.concat([old.tail(1).assign(id="", exporter=place) for place in ("FRA", "DEU")])
    delivery = Delivery("trade_flows", twice, Download("flows.csv", b"", DAY))
    change = only(copy, delivery)
    last = int(old["id"].str[-3:].max())
    assert change.added["id"].to_list() == [f"trade_flows-{last + step:03d}" for step in (1, 2)]
    assert not only(copy, Delivery("trade_flows", old.assign(id=""), delivery.download)).is_news


MONTHS = st.sampled_from(["2021-09", "2021-10", "2027-01", "2027-02"])
REGIONS = st.sampled_from(["CUB", "IRN", "world"])
SHARES = st.decimals(0, 100, places=2).map(lambda number: f"{number.normalize():f}")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.dictionaries(st.tuples(REGIONS, MONTHS), st.tuples(SHARES, SHARES, SHARES), min_size=1))
def test_nothing_is_lost_and_all_that_came_is_there(copy, rows):
    old = evidence.raw_cells("usage_panel", copy)
    change = only(copy, panel(*(key + shares for key, shares in rows.items())))
    keys = ["region", "month"]
    assert len(change.cells) == len(old) + len(change.added)
    assert not change.cells.duplicated(keys).any()
    now, was = change.cells.set_index(keys), old.set_index(keys)
    assert now[~now.index.isin(rows.keys())].equals(was[~was.index.isin(rows.keys())])
    for key, (_, apple, _) in rows.items():
        assert abs(float(now.loc[key, "apple_share"]) - float(apple)) <= 0.0100001
    assert len(rows) == len(change.added) + change.same + change.revised["row"].nunique()
