"""Files of data/ are replaced all at once or not at all, whatever happens on the way."""

import hashlib
import itertools
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from graymarket.evidence import EvidenceError
from graymarket.evidence.store import check_with, recover, replace
from killed import killed_at

forking = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills forked processes")

FIELDS = [{"name": "id", "type": "string"}, {"name": "value", "type": "integer"}]
NEW = {"facts.csv": b"id,value\na,2\n", "additions.csv": b"id,value\na,1\n"}


@pytest.fixture
def base(tmp_path) -> Path:
    """Two tables of a row each; `additions` is a ledger."""
    (tmp_path / "data").mkdir()
    resources = []
    for table in ("additions", "facts"):
        schema = {"fields": FIELDS, "primaryKey": ["id"]}
        resources.append({"name": table, "path": f"{table}.csv", "schema": schema})
        (tmp_path / "data" / f"{table}.csv").write_bytes(b"id,value\na,0\n")
    package = {"version": "2026-12", "created": "2026-12-01", "resources": resources}
    (tmp_path / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return tmp_path


def states(folder: Path) -> dict[str, str]:
    """Every file in it and its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_files_are_replaced_and_nothing_else_is_left(base):
    before = states(base)
    replace(base, NEW)
    assert {name: (base / "data" / name).read_bytes() for name in NEW} == NEW
    after = states(base)
    assert before.keys() == after.keys()
    assert before["data/datapackage.json"] == after["data/datapackage.json"]


def test_what_would_not_pass_the_check_does_not_enter(base):
    before = states(base)
    for write in (replace, check_with):
        with pytest.raises(EvidenceError, match="row 2, column value: found “two”"):
            write(base, NEW | {"facts.csv": b"id,value\na,two\n"})
    check_with(base, NEW)
    assert states(base) == before


def test_the_ledgers_come_last(base):
    steps = []
    replace(base, dict(sorted(NEW.items())), steps.append)
    assert steps == [
        "stage", "compare", "journal", "facts.csv", "additions.csv", "commit", "clean up"
    ]  # fmt: skip


@forking
def test_killed_at_any_step_data_is_old_or_new_once_recovered(base):
    old = states(base)
    seen = []
    for step in itertools.count():
        if not killed_at(step, lambda on_step: replace(base, NEW, on_step)):
            break
        for name in NEW:  # never half a file
            assert (base / "data" / name).read_bytes() in (b"id,value\na,0\n", NEW[name])
        recover(base)
        seen.append("old" if states(base) == old else "new")
        if seen[-1] == "new":
            assert {name: (base / "data" / name).read_bytes() for name in NEW} == NEW
            assert states(base).keys() == old.keys()
    assert seen == ["old"] * 6 + ["new"]


@forking
def test_a_killed_run_is_undone_before_the_next_one_writes(base):
    assert killed_at(4, lambda on_step: replace(base, NEW, on_step))
    assert (base / "data" / "facts.csv").read_bytes() == NEW["facts.csv"]
    replace(base, {"additions.csv": b"id,value\na,7\n"})
    assert (base / "data" / "facts.csv").read_bytes() == b"id,value\na,0\n"
    assert {path.name for path in base.iterdir()} == {"data"}


@forking
def test_a_file_changed_by_hand_since_is_not_overwritten(base):
    assert killed_at(4, lambda on_step: replace(base, NEW, on_step))
    (base / "data" / "facts.csv").write_bytes(b"id,value\na,3\n")
    with pytest.raises(EvidenceError, match=r"data/facts\.csv: expected the file as a run"):
        recover(base)
    assert (base / "data" / "facts.csv").read_bytes() == b"id,value\na,3\n"


def test_there_is_nothing_to_recover_in_a_sound_base(base):
    assert recover(base) is False


def test_while_another_run_writes_nothing_is_written_nor_undone(base):
    inner = []

    def another(step: str) -> None:
        if step == "commit":
            with pytest.raises(EvidenceError, match="to be written by nobody else"):
                replace(base, NEW)
            inner.append(recover(base))

    replace(base, NEW, another)
    assert inner == [False]
    assert (base / "data" / "facts.csv").read_bytes() == NEW["facts.csv"]


def test_an_interrupted_run_undoes_itself(base):
    before = states(base)

    def interrupt(step: str) -> None:
        if step == "additions.csv":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replace(base, NEW, interrupt)
    assert states(base) == before


def test_what_others_changed_meanwhile_is_not_overwritten(base):
    def somebody_writes(step: str) -> None:
        if step == "compare":
            (base / "data" / "facts.csv").write_bytes(b"id,value\na,9\n")

    with pytest.raises(EvidenceError, match="data/: expected to stay as it was"):
        replace(base, NEW, somebody_writes)
    assert (base / "data" / "facts.csv").read_bytes() == b"id,value\na,9\n"


@pytest.mark.skipif(sys.platform == "win32", reason="limits what a process may write")
@pytest.mark.parametrize("limit", [10, 500])
def test_what_the_system_refuses_to_write_is_said(base, limit):
    import resource

    before, (_, hard) = states(base), resource.getrlimit(resource.RLIMIT_FSIZE)
    content = b"id,value\n" + b"".join(b"%d,1\n" % i for i in range(1000))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(EvidenceError) as caught:
            replace(base, NEW | {"facts.csv": content})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    (problem,) = caught.value.problems
    assert str(problem).startswith("data/: found “") and "File too large" in str(problem)
    assert states(base) == before


def test_a_file_that_cannot_be_replaced_leaves_all_as_it_was(base):
    before = states(base)

    def in_the_way(step: str) -> None:
        if step == "additions.csv":
            (base / "data" / "additions.csv").unlink()
            (base / "data" / "additions.csv").mkdir()
            (base / "data" / "additions.csv" / "x").touch()

    with pytest.raises(EvidenceError, match="data/: found “"):
        replace(base, NEW, in_the_way)
    shutil.rmtree(base / "data" / "additions.csv")
    assert recover(base)
    assert states(base) == before


def test_a_lock_that_an_editor_left_is_no_hindrance(base):
    (base / "data" / ".#facts.csv").symlink_to("somebody@somewhere.1234")
    replace(base, NEW)
    assert (base / "data" / "facts.csv").read_bytes() == NEW["facts.csv"]


def test_data_that_is_a_link_stays_one(base):
    real = base / "disk" / "base"
    real.parent.mkdir()
    (base / "data").rename(real)
    (base / "data").symlink_to(Path("disk") / "base")
    replace(base, NEW)
    assert os.readlink(base / "data") == str(Path("disk") / "base")
    assert (real / "facts.csv").read_bytes() == NEW["facts.csv"]
    assert os.listdir(real.parent) == ["base"]


def test_the_folder_stays_the_same(base):
    before = (base / "data").stat().st_ino
    replace(base, NEW)
    assert (base / "data").stat().st_ino == before
