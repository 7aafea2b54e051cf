"""What has changed since the last edition: results, rows and methods."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from graymarket import evidence
from graymarket.editions import Since, freeze, name_edition, table_files
from graymarket.evidence.store import as_csv
from graymarket.results import Results, as_json, changes

DAY = date(2027, 3, 1)
CUBA, WORLD = "usage_panel/CUB", "usage_panel/world"


def known(**values) -> dict:
    """Results of an edition by "subject/name"."""
    numbers = {"share": 20.0, "phones": 50.0, "same": 7.0, "count": 10.0, "zero": 5.0} | values
    results = Results()
    results.quantity("share", numbers["share"], "percent", "A share", CUBA)
    results.quantity("phones", numbers["phones"], "number", "Phones", CUBA)
    results.quantity("same", numbers["same"], "number", "Just as before", CUBA)
    results.quantity("zero", numbers["zero"], "number", "Of other rows", WORLD)
    results.verdict("moved", str(values.get("moved", "rose")), "What moved", CUBA)
    base = Results()
    base.quantity("facts", numbers["count"], "rows", "Facts", CUBA)
    return {f"estimate/{name}": one for name, one in results.items()} | {
        f"evidence_base/{name}": one for name, one in base.items()
    }


@pytest.fixture(scope="module")
def later(small_base, tmp_path_factory) -> Path:
    """The small base after its edition 2027-03: one figure of Cuba is revised since."""
    root = tmp_path_factory.mktemp("later")
    shutil.copytree(small_base, root, dirs_exist_ok=True)
    name_edition(root, "2027-03", DAY)
    plain = {name: as_json(one) for name, one in known().items()}
    freeze(root, table_files(root), lambda: plain)
    cells = evidence.raw_cells("usage_panel", root)
    row = cells.index[cells["region"] == "CUB"][0]
    cells.loc[row, "apple_share"] = "55"
    (root / "data" / "usage_panel.csv").write_bytes(as_csv(cells))
    return root


@pytest.fixture
def beside(later, tables):
    """Call it with the results of now for what changed; one method has since changed `phones`."""

    def make(now, *log):
        methods = [
            {"edition": "2027-03", "results": "estimate/share"},  # the edition’s own
            {"edition": "2027-04", "results": "estimate/phones estimate/same"},
        ]
        given = tables(method_changes=methods, additions=[], revisions=[*log])
        given.root = later
        return changes.beside(Since(later, "2027-03"), now, given)

    return make


def test_the_first_edition_has_nothing_to_compare_with(asked, tables, say):
    given = tables(
        method_changes=[{"edition": "2027-04", "results": ""}], additions=[], revisions=[]
    )
    first = changes.compute(asked(), given)
    assert say(first.results["headline"]) == "This is the first edition: nothing has changed yet"
    assert first.results_moved.empty and first.tables.empty and first.methods.empty
    assert first.results["last"].text == "none" and first.results["total"].value == 0
    assert first.largest(5).empty and "middle" not in first.results


def test_no_result_that_is_another(beside, say):
    same = beside(known())
    words = "Since edition 2027-03 no result has changed"
    assert say(same.results["headline"]) == words
    assert same.results["total"].value == 6 and same.results["differing"].value == 0
    assert list(same.tables["table"]) == ["usage_panel"]
    assert list(same.tables["revised"]) == [1] and same.results["revised_count"].value == 1
    assert same.results["rows"].value == 0
    assert same.tables["title"].iloc[0] == evidence.resource("usage_panel")["title"]
    assert list(same.revised["new"].astype(float)) == [55]
    assert list(same.methods["edition"]) == ["2027-04"]
    assert same.results["method_changes"].value == 1


def test_a_changed_cell_is_a_revised_figure_only_where_new_data_overwrote_it(beside):
    ours = beside(known())
    assert [ours.results[name].value for name in ("revised_rows", "by_source")] == [1, 0]
    row, field = ours.revised.loc[0, ["row", "field"]]
    assert (
        list(ours.revised["lineage"]) == [f"usage_panel/{row}"]
        and not ours.revised["by_source"].any()
    )
    assert list(ours.tables["lineage"]) == [(f"usage_panel/{row}",)]
    theirs = beside(known(), {"row": row, "field": field, "old": "50", "new": "55"})
    assert theirs.results["by_source"].value == 1


def test_results_that_are_others(beside, say):
    now = known(share=22.0, phones=20.0, zero=6.0, count=100.0, moved="fell")
    now["estimate/new"] = now["estimate/same"]
    del now["estimate/same"]
    moved = beside(now)
    rows = moved.results_moved.set_index("name")
    assert set(rows.index) == {"share", "phones", "zero", "moved", "facts"}
    assert rows["kind"].to_dict() == dict.fromkeys(rows.index, "moved") | {"moved": "flipped"}
    assert rows.loc["share", "percent"] == pytest.approx(10)
    assert (rows.loc["share", "before"].value, rows.loc["share", "after"].value) == (20, 22)
    by_data = {"share": True, "phones": False, "zero": False, "moved": True, "facts": True}
    assert rows["by_data"].to_dict() == by_data
    names = ("total", "differing", "moved", "flipped", "by_data", "by_method", "figures")
    assert [moved.results[name].value for name in names] == [5, 5, 4, 1, 3, 2, 3]
    assert say(moved.results["headline"]) == "Since edition 2027-03, five of 5 results differ"
    # share +10, zero +20, phones −60 percent: the base’s count of itself aside
    assert moved.results["middle"].value == pytest.approx(20)


def test_the_largest_moves_come_first(beside, say):
    moved = beside(known(share=22.0, phones=20.0, zero=6.0, count=100.0))
    top = moved.largest(2)
    assert list(top["name"]) == ["phones", "zero"]
    assert list(top["label"]) == ["Phones (estimate.phones)", "Of other rows (estimate.zero)"]
    assert [say(text) for text in top["text"]] == ["50 → 20", "5 → 6"]


def test_what_did_not_move_in_number_is_no_figure():
    columns = ["subject", "name", "kind", "percent"]
    rows = [
        ("a", "one", "moved", 0.0),
        ("a", "two", "moved", float("nan")),
        ("a", "three", "flipped", 5.0),
        ("evidence_base", "four", "moved", 9.0),
        ("a_b", "five", "moved", -1.0),
    ]
    assert list(changes.largest(pd.DataFrame(rows, columns=columns), 9)["name"]) == ["five"]
