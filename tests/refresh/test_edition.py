"""Editions: frozen once, and what has changed since is told figure by figure."""

import json
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from graymarket import evidence
from graymarket.refresh import freeze, name_edition
from graymarket.refresh.store import as_csv

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
    freeze(copy)
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
    assert freeze(frozen).read_bytes() == first


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


def test_a_broken_edition_is_named(frozen):
    edit(frozen, "inputs", lambda cells: cells.assign(note=""))
    evidence.edition_file(frozen, "2027-03").write_bytes(b"PK not a zip")
    with pytest.raises(
        evidence.EvidenceError, match=r"data/editions/2027-03\.zip: .*version control"
    ):
        evidence.label(frozen)
        evidence.since_last(frozen).counts()
