"""Editions: frozen once, and what has changed since is told figure by figure."""

import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from graymarket import evidence
from graymarket.refresh import freeze, name_edition, named, next_name
from graymarket.refresh.apply import as_csv

DAY = date(2027, 3, 1)


@pytest.fixture
def copy(root, tmp_path) -> Path:
    """data/, the citation and the results of the report, free to be changed."""
    shutil.copytree(root / "data", tmp_path / "data")
    shutil.copy(root / "CITATION.cff", tmp_path)
    (tmp_path / "report").mkdir()
    shutil.copy(root / "report" / "results.json", tmp_path / "report")
    return tmp_path


@pytest.fixture
def frozen(copy) -> Path:
    """The same, with its state frozen as edition 2027-03."""
    name_edition(copy, "2027-03", DAY)
    freeze(copy, evidence.table_files(copy))
    return copy


def edit(project: Path, table: str, change) -> None:
    cells = evidence.raw_cells(table, project)
    (project / "data" / f"{table}.csv").write_bytes(as_csv(change(cells)))


def test_an_edition_is_a_data_package_with_its_results(frozen, tmp_path_factory):
    path = evidence.edition_file(frozen, "2027-03")
    elsewhere = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(elsewhere / "data")
    assert evidence.check(elsewhere) == []
    kept = json.loads((elsewhere / "data" / "results.json").read_text(encoding="utf-8"))
    assert kept["results"] == evidence.Since(frozen, "2027-03").results
    first = path.read_bytes()
    path.unlink()
    assert freeze(frozen, evidence.table_files(frozen)).read_bytes() == first


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
    assert evidence.label(frozen) == "2027-03"
    assert evidence.since_last(frozen).name < "2027-03"  # compared with the one before
    edit(frozen, "inputs", lambda cells: cells.assign(note=cells["note"] + "."))
    assert evidence.label(frozen) == "2027-03, later data"
    assert evidence.since_last(frozen).name == "2027-03"


def test_the_first_edition_has_nothing_to_compare_with(copy):
    shutil.rmtree(copy / "data" / "editions")
    assert evidence.since_last(copy) is None


def test_what_changed_is_told_row_by_row_with_the_reason(frozen):
    def change(cells):
        cells = cells.copy()
        at = cells.index[cells["id"] == "inputs-001"][0]
        cells.loc[at, "note"] = "Another note"
        extra = cells.tail(1).assign(id="inputs-998")
        return pd.concat([cells[cells["id"] != "inputs-002"], extra])

    edit(frozen, "inputs", change)
    since = evidence.since_last(frozen)
    assert since.added("inputs")["id"].to_list() == ["inputs-998"]
    (row,) = since.counts().to_dict("records")
    assert row == {"table": "inputs", "added": 1, "removed": 1, "revised": 1}
    (move,) = since.revised().to_dict("records")
    assert (move["row"], move["field"], move["new"]) == ("inputs-001", "note", "Another note")
    assert move["why"] == "Edited by hand; no reason is on record"
    assert since.marks("inputs") == {"inputs-998": "provisional", "inputs-001": "revised"}


def test_a_correction_gives_its_own_reason(frozen):
    old = evidence.raw_cells("inputs", frozen).iloc[0]
    fix = {"table": "inputs", "id": old["id"], "field": "note", "old": old["note"], "new": "Mended"}
    fix |= {"reason": "Seen in print", "expect": old["note"]}
    edit(frozen, "corrections", lambda cells: pd.concat([cells, pd.DataFrame([fix])]))
    moved = evidence.since_last(frozen).revised()
    (move,) = moved[moved["table"] == "inputs"].to_dict("records")
    assert (move["old"], move["new"], move["why"]) == (old["note"], "Mended", "Seen in print")


def test_an_edition_is_of_what_the_report_was_built_from(copy):
    with (
        pytest.raises(evidence.EvidenceError, match="to stay as it was while the report"),
        named(copy, "2027-03", DAY) as tables,
    ):
        edit(copy, "claims", lambda cells: cells.assign(note="Changed meanwhile"))
        freeze(copy, tables)
    assert not evidence.edition_file(copy, "2027-03").exists()
    assert evidence.package(copy)["version"] < "2027-03"


def test_a_half_written_edition_is_none(frozen):
    file = evidence.edition_file(frozen, "2027-03")
    shutil.copy(file, file.with_name(".2027-04.zip"))
    edit(frozen, "claims", lambda cells: cells.assign(note="Changed"))
    assert evidence.since_last(frozen).name == "2027-03"


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
    since = evidence.since_last(frozen)
    for entry in ("usage_panel", "usage_panel/CUB", "usage_panel/CUB/2021-09"):
        assert since.touches(["claims/claim-01", entry])
    assert not since.touches(["claims", "usage_panel/IRN", "usage_panel/CUB/2021-08"])


def test_a_row_edited_by_hand_has_the_reason_told_for_it(frozen):
    def edited(cells):
        return cells.assign(note=cells["note"].mask(cells["id"] == "claim-14", "Read again"))

    def told(cells):
        row = ("method_changes-999", "2027-04", "", "claims/claim-14", "Read once more")
        return pd.concat([cells, pd.DataFrame([row], columns=cells.columns)])

    edit(frozen, "claims", edited)
    edit(frozen, "method_changes", told)
    revised = evidence.since_last(frozen).revised()
    assert revised.loc[revised["row"] == "claim-14", "why"].item() == "Read once more"


def damaged(content: bytes) -> bytes:
    """The bytes with some in the middle flipped."""
    middle = len(content) // 2
    flipped = bytes(byte ^ 0xFF for byte in content[middle : middle + 40])
    return content[:middle] + flipped + content[middle + 40 :]


@pytest.mark.parametrize("broken", [lambda _: b"PK not a zip", damaged])
def test_a_broken_edition_is_named(frozen, broken):
    edit(frozen, "inputs", lambda cells: cells.assign(note=""))
    file = evidence.edition_file(frozen, "2027-03")
    file.write_bytes(broken(file.read_bytes()))
    with pytest.raises(
        evidence.EvidenceError, match=r"data/editions/2027-03\.zip: .*version control"
    ):
        evidence.label(frozen)
        evidence.since_last(frozen).counts()
