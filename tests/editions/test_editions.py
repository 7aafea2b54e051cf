"""Editions: frozen once, and what has changed since is told figure by figure."""

import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from graymarket import evidence
from graymarket.editions import (
    Since,
    edition_file,
    freeze,
    label,
    marks,
    name_edition,
    named,
    next_name,
    since_last,
    table_files,
)
from graymarket.evidence.store import as_csv

DAY = date(2027, 3, 1)


RESULTS = {
    "estimate/share": {"type": "quantity", "unit": "percent", "low": 10.5, "high": 18.9},
    "rules/barred": {"type": "verdict", "about": "barred", "answer": "yes"},
}


@pytest.fixture(scope="module")
def frozen_base(small_base, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("frozen")
    shutil.copytree(small_base, folder, dirs_exist_ok=True)
    name_edition(folder, "2027-03", DAY)
    freeze(folder, table_files(folder), lambda: RESULTS)
    return folder


@pytest.fixture
def frozen(frozen_base, tmp_path) -> Path:
    """A small base, with its state frozen as edition 2027-03; free to be changed."""
    shutil.copytree(frozen_base, tmp_path, dirs_exist_ok=True)
    return tmp_path


def edit(project: Path, table: str, change) -> None:
    cells = evidence.raw_cells(table, project)
    (project / "data" / f"{table}.csv").write_bytes(as_csv(change(cells)))


def test_an_edition_is_a_data_package_with_its_results(frozen, tmp_path_factory):
    path = edition_file(frozen, "2027-03")
    elsewhere = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(elsewhere / "data")
    assert evidence.check(elsewhere) == []
    assert Since(frozen, "2027-03").results == RESULTS
    first = path.read_bytes()
    path.unlink()
    assert freeze(frozen, table_files(frozen), lambda: RESULTS).read_bytes() == first


def test_results_without_types_are_refused_by_name(frozen):
    path = edition_file(frozen, "2027-03")
    with zipfile.ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    old = {"00-summary/share": {"text": "10–19%", "value": "10–19%", "basis": []}}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in (files | {"results.json": json.dumps({"results": old})}).items():
            archive.writestr(name, content)
    edit(frozen, "inputs", lambda cells: cells.assign(note=""))
    since = since_last(frozen)
    assert len(since.revised())  # its tables are as good as ever
    with pytest.raises(evidence.EvidenceError) as caught:
        _ = since.results
    assert str(caught.value) == (
        "data/editions/2027-03.zip, results.json: expected typed results (each with a “type”); it "
        "was frozen before results had types: compute them from its tables, freeze it anew"
    )


def test_naming_says_so_everywhere_and_sets_what_the_check_expects(frozen):
    package = evidence.package(frozen)
    assert (package["version"], package["created"][:10]) == ("2027-03", "2027-03-01")
    citation = (frozen / "CITATION.cff").read_text(encoding="utf-8")
    assert 'version: "2027-03"' in citation and 'date-released: "2027-03-01"' in citation
    panel = evidence.resource("usage_panel", frozen)["coverage"]
    rows = len(evidence.raw_cells("usage_panel", frozen))
    assert (panel["edition"], panel["rows"]) == ("2027-03", rows)


@pytest.mark.parametrize(
    "name, said",
    [
        ("March", "found “March”, expected an edition’s name as 2026-12 or 2026-12-24"),
        ("2027-13", "expected an edition’s name"),
        ("2027-03", "expected a name that no edition has yet; an edition never changes"),
        ("2026-01", "expected a name after 2027-03, the present edition’s"),
    ],
)
def test_names_that_will_not_do(frozen, name, said):
    with pytest.raises(evidence.EvidenceError) as caught:
        name_edition(frozen, name, DAY)
    assert said in str(caught.value)
    assert evidence.package(frozen)["version"] == "2027-03"


@pytest.mark.parametrize(
    "today, name",
    [
        (date(2027, 4, 8), "2027-04"),
        (date(2027, 3, 20), "2027-03-20"),  # this month has an edition
        (date(2027, 1, 8), "2027-04"),  # the present name is ahead of the calendar
    ],
)
def test_the_next_name_that_is_free(frozen, today, name):
    assert next_name(frozen, today) == name
    name_edition(frozen, name, today)


def test_the_label_tells_data_of_after_the_edition(frozen):
    name_file = edition_file(frozen, "2027-03")
    shutil.copy(name_file, name_file.with_name("2027-01.zip"))
    assert label(frozen) == "2027-03"
    assert since_last(frozen).name < "2027-03"  # compared with the one before
    edit(frozen, "inputs", lambda cells: cells.assign(note=cells["note"] + "."))
    assert label(frozen) == "2027-03, later data"
    assert since_last(frozen).name == "2027-03"


def test_the_first_edition_has_nothing_to_compare_with(small):
    assert since_last(small) is None
    assert marks("usage_panel", small) == {}


def test_what_changed_is_told_row_by_row_with_the_reason(frozen):
    def change(cells):
        cells = cells.copy()
        at = cells.index[cells["id"] == "inputs-001"][0]
        cells.loc[at, "note"] = "Another note"
        extra = cells.tail(1).assign(id="inputs-998")
        return pd.concat([cells[cells["id"] != "inputs-002"], extra])

    edit(frozen, "inputs", change)
    since = since_last(frozen)
    assert since.added("inputs")["id"].to_list() == ["inputs-998"]
    (row,) = since.counts().to_dict("records")
    assert row == {"table": "inputs", "added": 1, "removed": 1, "revised": 1}
    (move,) = since.revised().to_dict("records")
    assert (move["row"], move["field"], move["new"]) == ("inputs-001", "note", "Another note")
    assert move["why"] == "Edited by hand; no reason is on record"
    assert since.marks("inputs") == {"inputs-998": "provisional", "inputs-001": "revised"}


def test_a_correction_gives_its_own_reason(frozen):
    old = evidence.raw_cells("inputs", frozen).iloc[0]
    fix = {
        "table": "inputs",
        "id": old["id"],
        "field": "note",
        "old": old["note"],
        "new": "Corrected",
    }
    fix |= {"reason": "Seen in print", "expect": old["note"]}
    edit(frozen, "corrections", lambda cells: pd.concat([cells, pd.DataFrame([fix])]))
    moved = since_last(frozen).revised()
    (move,) = moved[moved["table"] == "inputs"].to_dict("records")
    assert (move["old"], move["new"], move["why"]) == (old["note"], "Corrected", "Seen in print")


def test_an_edition_is_of_what_the_report_was_built_from(small):
    def results():
        edit(small, "claims", lambda cells: cells.assign(note="Changed meanwhile"))
        return RESULTS

    with (
        pytest.raises(evidence.EvidenceError, match="to stay as it was while the report"),
        named(small, "2027-03", DAY) as tables,
    ):
        freeze(small, tables, results)
    assert not edition_file(small, "2027-03").exists()
    assert evidence.package(small)["version"] < "2027-03"


def test_a_half_written_edition_is_none(frozen):
    file = edition_file(frozen, "2027-03")
    shutil.copy(file, file.with_name(".2027-04.zip"))
    edit(frozen, "claims", lambda cells: cells.assign(note="Changed"))
    assert since_last(frozen).name == "2027-03"


def test_what_rests_on_changed_rows_is_told_from_what_does_not(frozen):
    edit(
        frozen,
        "usage_panel",
        lambda cells: cells.assign(
            apple_share=cells["apple_share"].mask(
                (cells["region"] == "CUB") & (cells["month"] == "2021-09"), "9.9"
            )
        ),
    )
    since = since_last(frozen)
    for entry in ("usage_panel", "usage_panel/CUB", "usage_panel/CUB/2021-09"):
        assert since.touches(["claims/claim-01", entry])
    for entry in ("2021-08..2021-10", "2021-09..2021-10", "2021-08..2021-09"):
        assert since.touches([f"usage_panel/CUB/{entry}"])
    assert not since.touches(["claims", "usage_panel/IRN", "usage_panel/CUB/2021-08"])
    assert not since.touches(
        ["usage_panel/CUB/2021-10..2026-08", "usage_panel/CUB/2020-01..2021-08"]
    )
    assert not since.touches(["usage_panel/IRN/2021-08..2021-10"])


def test_a_row_edited_by_hand_has_the_reason_told_for_it(frozen):
    def edited(cells):
        return cells.assign(note=cells["note"].mask(cells["id"] == "claim-14", "Read again"))

    def told(cells):
        row = ("method_changes-999", "2027-04", "", "claims/claim-14", "Read once more")
        return pd.concat([cells, pd.DataFrame([row], columns=cells.columns)])

    edit(frozen, "claims", edited)
    edit(frozen, "method_changes", told)
    revised = since_last(frozen).revised()
    assert revised.loc[revised["row"] == "claim-14", "why"].item() == "Read once more"


@pytest.mark.parametrize(
    "table, added",
    [("inputs", 0), ("usage_panel", 84)],  # by ids alone; no longer told apart
)
def test_a_key_of_which_the_edition_has_no_column(frozen, table, added):
    key = {"inputs": ["id", "maker"], "usage_panel": ["region", "maker"]}[table]
    edit(frozen, table, lambda cells: cells.assign(maker="Apple"))
    path = frozen / "data" / "datapackage.json"
    package = json.loads(path.read_text(encoding="utf-8"))
    (schema,) = (r["schema"] for r in package["resources"] if r["name"] == table)
    schema["fields"].append({"name": "maker", "type": "string"})
    schema["primaryKey"] = key
    path.write_text(json.dumps(package), encoding="utf-8")
    since = since_last(frozen)
    assert len(since.added(table)) == added
    assert since.revised().empty


def damaged(content: bytes) -> bytes:
    """The bytes with some in the middle flipped."""
    middle = len(content) // 2
    flipped = bytes(byte ^ 0xFF for byte in content[middle : middle + 40])
    return content[:middle] + flipped + content[middle + 40 :]


@pytest.mark.parametrize("broken", [lambda _: b"PK not a zip", damaged])
def test_a_broken_edition_is_named(frozen, broken):
    edit(frozen, "inputs", lambda cells: cells.assign(note=""))
    file = edition_file(frozen, "2027-03")
    file.write_bytes(broken(file.read_bytes()))
    with pytest.raises(
        evidence.EvidenceError, match=r"data/editions/2027-03\.zip: .*version control"
    ):
        label(frozen)
        since_last(frozen).counts()
