"""The command line as a user meets it."""

import shutil
import subprocess
import sys

import pytest

from graymarket import evidence


def graymarket(*arguments):
    command = [sys.executable, "-m", "graymarket.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


@pytest.mark.parametrize(
    "command", [[], ["build"], ["check"], ["refresh"], ["add"], ["edition"], ["edition", "new"]]
)
def test_help(command):
    outcome = graymarket(*command, "--help")
    assert outcome.returncode == 0
    assert outcome.stdout.startswith("Usage:")


def test_check_sums_up_a_sound_base(root):
    outcome = graymarket("check", "--root", str(root))
    assert outcome.returncode == 0, outcome.stderr
    *table, blank, last = outcome.stdout.rstrip("\n").split("\n")
    assert len(table) == 1 + len(evidence.package(root)["resources"])
    assert blank == ""
    facts, sources = evidence.size(root)
    assert facts >= 1_900
    assert sources >= 670
    assert last == (
        f"Edition {evidence.label(root)}: {facts:,} facts from {sources:,} sources, all in order."
    )


def test_a_table_that_is_gone_is_named(root, tmp_path):
    shutil.copytree(root / "data", tmp_path / "data")
    (tmp_path / "data" / "inputs.csv").unlink()
    outcome = graymarket("check", "--root", str(tmp_path))
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("data/inputs.csv: expected this file to be there")
    assert "editions" not in outcome.stderr


def test_check_tells_every_fault_the_worst_first(root, tmp_path):
    shutil.copytree(root / "data", tmp_path / "data")
    for table, old, new in [
        ("vendor_share", ",18.27,percent", ",118,percent"),
        ("timeline", "timeline-008,2021-09-01", "timeline-008,soon"),
        ("taxes", "id,region", "id,place"),
    ]:
        path = tmp_path / "data" / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    outcome = graymarket("check", "--root", str(tmp_path))
    assert outcome.returncode == 1
    lines = outcome.stderr.strip().split("\n")
    assert [line.split(",")[0] for line in lines[:-1]] == [
        "data/taxes.csv",
        "data/taxes.csv",
        "data/timeline.csv",
        "data/vendor_share.csv",
    ]
    assert lines[-1] == "4 problems; mend the above and run this again."


def test_check_of_a_broken_descriptor(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/datapackage.json").write_text("{", encoding="utf-8")
    outcome = graymarket("check", "--root", str(tmp_path))
    assert outcome.returncode == 1
    assert "data/datapackage.json: expected a readable JSON file" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_current_folder_that_is_gone(tmp_path):
    command = f"mkdir {tmp_path}/here && cd {tmp_path}/here && rmdir {tmp_path}/here && "
    command += f"{sys.executable} -m graymarket.cli check"
    outcome = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert outcome.returncode == 1
    assert "The current folder: expected a folder that is still there" in outcome.stderr
