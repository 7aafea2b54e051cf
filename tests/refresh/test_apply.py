"""Into data/ goes all of a change or nothing, whatever happens on the way."""

import dataclasses
import hashlib
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from graymarket import evidence
from graymarket.refresh import Dataset, Download, apply, changes
from graymarket.refresh.apply import fingerprint

DAY = date(2026, 12, 3)


def states(folder: Path) -> dict[str, str]:
    """Every file in it and its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def december(apple: str = "4.2", september: str = "7.5") -> Dataset:
    """A month that is new, and another figure for the month of the lock."""
    cells = pd.DataFrame(
        [("CUB", "2026-11", "70", apple, "3"), ("CUB", "2021-09", "76.7", september, "3.78")],
        columns=["region", "month", "mobile_share", "apple_share", "samsung_internet_share"],
    ).assign(named_share="", source_id="caniuse-region-usage")
    address = "https://example.org/usage/CU.json"
    return Dataset("usage_panel", cells, Download("CU.json", b"{}", DAY, address))


def enter(root: Path, dataset: Dataset | None = None) -> None:
    apply(root, changes(root, [dataset or december()]), DAY, "Tried out")


def test_rows_enter_with_their_provenance(small):
    before = states(small / "data")
    enter(small)
    assert evidence.check(small) == []
    panel = evidence.load("usage_panel", small).set_index(["region", "month"])
    assert panel.loc[("CUB", "2026-11-01"), "apple_share"] == 4.2
    assert panel.loc[("CUB", "2021-09-01"), "apple_share"] == 7.5
    addition = evidence.raw_cells("additions", small).iloc[-1].to_dict()
    assert addition == {
        "addition": "2026-12-03-usage-panel-1",
        "added": "2026-12-03",
        "table": "usage_panel",
        "file": "CU.json",
        "sha256": hashlib.sha256(b"{}").hexdigest(),
        "accessed": "2026-12-03",
        "address": "https://example.org/usage/CU.json",
        "rows_added": "1",
        "figures_revised": "1",
        "first": "2026-11",
        "last": "2026-11",
    }
    revision = evidence.raw_cells("revisions", small).iloc[-1]
    assert list(revision) == [
        addition["addition"],
        "CUB/2021-09",
        "apple_share",
        "7.36",
        "7.5",
        "Tried out",
    ]
    changed = {name for name, state in states(small / "data").items() if state != before[name]}
    assert changed == {"additions.csv", "revisions.csv", "usage_panel.csv"}
    assert {path.name for path in small.iterdir()} == {"data", "CITATION.cff"}


def test_two_additions_of_one_day_have_two_names(small):
    enter(small)
    enter(small, december("4.3", "7.6"))
    names = evidence.raw_cells("additions", small)["addition"].to_list()
    assert names[-2:] == ["2026-12-03-usage-panel-1", "2026-12-03-usage-panel-2"]
    assert evidence.check(small) == []


def test_what_would_not_pass_the_check_does_not_enter(small):
    before = states(small)
    with pytest.raises(evidence.EvidenceError, match="found “118”, expected"):
        enter(small, december(apple="118"))
    assert states(small) == before


def test_several_files_have_the_hash_that_sha256sum_gives_them(tmp_path):
    downloads = tuple(Download(f"{name}.json", name.encode(), DAY) for name in "bca")
    lines = "".join(f"{hashlib.sha256(name.encode()).hexdigest()}  {name}.json\n" for name in "abc")
    assert fingerprint(downloads) == hashlib.sha256(lines.encode()).hexdigest()


def test_sources_that_are_revised_and_sources_that_a_file_brings(small):
    old = evidence.raw_cells("sources", small)
    revised = old.head(1).assign(note="Checked again")
    new = old.tail(1).assign(source_id="brought")
    month = dataclasses.replace(december(), sources=tuple(new.to_dict("records")))
    month.rows["source_id"] = "brought"
    file = Dataset("sources", revised, Download("sources.csv", b"", DAY))
    found = changes(small, [file, month])
    apply(small, found, DAY, "Tried out")
    sources = evidence.raw_cells("sources", small).set_index("source_id")
    assert sources.at[old.at[0, "source_id"], "note"] == "Checked again"
    assert "brought" in sources.index and len(sources) == len(old) + 1
