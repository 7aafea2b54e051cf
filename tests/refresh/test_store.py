"""Into data/ goes all of a change or nothing, whatever happens on the way."""

import ctypes
import dataclasses
import errno
import hashlib
import multiprocessing
import os
import random
import shutil
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from graymarket import evidence
from graymarket.refresh import Delivery, Download, changes, put_in
from graymarket.refresh.store import clean_up, fingerprint

DAY = date(2026, 12, 3)
KILLS = 50


@pytest.fixture
def copy(root, tmp_path) -> Path:
    """A project of nothing but a copy of data/, free to be changed."""
    shutil.copytree(root / "data", tmp_path / "data")
    return tmp_path


def states(folder: Path) -> dict[str, str]:
    """Every file in it and its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def december(apple: str = "4.2", september: str = "7.5") -> Delivery:
    """A month that is new, and another figure for the month of the lock."""
    cells = pd.DataFrame(
        [("CUB", "2026-11", "70", apple, "3"), ("CUB", "2021-09", "76.7", september, "3.78")],
        columns=["region", "month", "mobile_share", "apple_share", "samsung_internet_share"],
    ).assign(source_id="caniuse-region-usage")
    address = "https://example.org/usage/CU.json"
    return Delivery("usage_panel", cells, Download("CU.json", b"{}", DAY, address))


def enter(root: Path, delivery: Delivery | None = None) -> None:
    put_in(root, changes(root, [delivery or december()]), DAY, "Tried out")


def test_rows_enter_with_their_provenance(copy):
    before = states(copy / "data")
    enter(copy)
    assert evidence.check(copy) == []
    panel = evidence.load("usage_panel", copy).set_index(["region", "month"])
    assert panel.loc[("CUB", "2026-11-01"), "apple_share"] == 4.2
    assert panel.loc[("CUB", "2021-09-01"), "apple_share"] == 7.5
    addition = evidence.raw_cells("additions", copy).iloc[-1].to_dict()
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
    revision = evidence.raw_cells("revisions", copy).iloc[-1]
    assert list(revision) == [
        addition["addition"],
        "CUB/2021-09",
        "apple_share",
        "7.36",
        "7.5",
        "Tried out",
    ]
    changed = {name for name, state in states(copy / "data").items() if state != before[name]}
    assert changed == {"additions.csv", "revisions.csv", "usage_panel.csv"}
    assert os.listdir(copy) == ["data"]


def test_two_additions_of_one_day_have_two_names(copy):
    enter(copy)
    enter(copy, december("4.3", "7.6"))
    names = evidence.raw_cells("additions", copy)["addition"].to_list()
    assert names[-2:] == ["2026-12-03-usage-panel-1", "2026-12-03-usage-panel-2"]
    assert evidence.check(copy) == []


def test_what_would_not_pass_the_check_does_not_enter(copy):
    before = states(copy)
    with pytest.raises(evidence.EvidenceError, match="found “118”, expected"):
        enter(copy, december(apple="118"))
    assert states(copy) == before


def test_what_others_changed_meanwhile_is_not_overwritten(copy, monkeypatch):
    sound = evidence.check

    def slow_check(root):
        (copy / "data" / "claims.csv").touch()
        return sound(root)

    monkeypatch.setattr(evidence, "check", slow_check)
    with pytest.raises(evidence.EvidenceError, match="data/: expected to stay as it was"):
        enter(copy)


def test_several_files_have_the_hash_that_sha256sum_gives_them(tmp_path):
    downloads = tuple(Download(f"{name}.json", name.encode(), DAY) for name in "bca")
    lines = "".join(f"{hashlib.sha256(name.encode()).hexdigest()}  {name}.json\n" for name in "abc")
    assert fingerprint(downloads) == hashlib.sha256(lines.encode()).hexdigest()


def test_where_the_system_cannot_exchange_two_folders(copy, monkeypatch):
    def nothing(*_, **__):
        raise OSError("no such library")

    monkeypatch.setattr(ctypes, "CDLL", nothing)
    enter(copy)
    assert evidence.check(copy) == []
    assert len(evidence.raw_cells("additions", copy)) > 0
    assert os.listdir(copy) == ["data"]


def test_data_that_was_put_aside_is_brought_back(copy):
    before = states(copy / "data")
    aside = copy / ".data-graymarket-killed"
    aside.mkdir()
    (copy / "data").rename(aside / "aside")
    clean_up(copy)
    assert states(copy / "data") == before
    assert os.listdir(copy) == ["data"]


def test_data_stays_if_the_new_cannot_take_its_place(copy, monkeypatch):
    before = states(copy)
    rename = Path.rename

    def full(path, target):
        if path.name == "data" and path.parent != copy:
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: None)
    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(evidence.EvidenceError, match="data/: found “No space left on device”"):
        enter(copy)
    assert states(copy) == before


@pytest.mark.skipif(sys.platform == "win32", reason="limits what a process may write")
@pytest.mark.parametrize("limit", [100, 1_000_000])
def test_what_the_system_refuses_to_write_is_told(copy, limit):
    import resource

    before = states(copy)
    found, hard = changes(copy, [december()]), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard[1]))
    try:
        with pytest.raises(evidence.EvidenceError) as caught:
            put_in(copy, found, DAY, "Tried out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, hard)
    (problem,) = caught.value.problems
    assert str(problem).startswith("data/: found “") and "File too large" in str(problem)
    assert states(copy) == before


def test_a_lock_that_an_editor_left_is_no_hindrance(copy):
    (copy / "data" / ".#inputs.csv").symlink_to("somebody@somewhere.1234")
    enter(copy)
    assert evidence.check(copy) == []


def test_data_that_is_a_link_stays_one(copy):
    real = copy / "disk" / "base"
    real.parent.mkdir()
    (copy / "data").rename(real)
    (copy / "data").symlink_to(Path("disk") / "base")
    enter(copy)
    assert os.readlink(copy / "data") == str(Path("disk") / "base")
    assert len(evidence.raw_cells("revisions", copy)) == 1
    assert os.listdir(real.parent) == ["base"]


def test_sources_that_are_revised_and_sources_that_a_file_brings(copy):
    old = evidence.raw_cells("sources", copy)
    revised = old.head(1).assign(note="Checked again")
    new = old.tail(1).assign(source_id="brought")
    month = dataclasses.replace(december(), sources=tuple(new.to_dict("records")))
    month.rows["source_id"] = "brought"
    file = Delivery("sources", revised, Download("sources.csv", b"", DAY))
    found = changes(copy, [file, month])
    put_in(copy, found, DAY, "Tried out")
    sources = evidence.raw_cells("sources", copy).set_index("source_id")
    assert sources.at[old.at[0, "source_id"], "note"] == "Checked again"
    assert "brought" in sources.index and len(sources) == len(old) + 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")
def test_killed_at_any_moment_data_is_old_or_new(root, copy, tmp_path_factory):
    old = states(copy / "data")
    finished = tmp_path_factory.mktemp("finished")
    shutil.copytree(copy / "data", finished / "data")
    enter(finished)
    new = states(finished / "data")
    chance = random.Random(2021)
    within = 0.1  # seconds; grows and shrinks until kills fall before and after the change alike
    seen = set()
    for _ in range(KILLS):
        process = multiprocessing.get_context("fork").Process(target=enter, args=(copy,))
        process.start()
        process.join(chance.uniform(0, within))
        process.kill()
        process.join()
        found = states(copy / "data")
        assert found in (old, new)
        seen.add("new" if found == new else "old")
        if found == new:
            within /= 1.5
            shutil.rmtree(copy / "data")
            shutil.copytree(root / "data", copy / "data")
        else:
            within *= 1.5
    assert seen == {"old", "new"}
    enter(copy)
    assert states(copy) == {f"data/{name}": state for name, state in new.items()}  # no litter
