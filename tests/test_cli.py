"""The command line as a user meets it."""

import re
import shutil
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from graymarket import editions, evidence
from graymarket.cli import main
from graymarket.refresh import SOURCES


def graymarket(*arguments) -> Result:
    """A command in this process: its exit_code, stdout and stderr."""
    outcome = CliRunner().invoke(main, [*map(str, arguments)])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.output
    return outcome


@pytest.mark.parametrize(
    "command", [[], ["build"], ["check"], ["refresh"], ["add"], ["edition"], ["edition", "new"]]
)
def test_help(command):
    outcome = graymarket(*command, "--help")
    assert outcome.exit_code == 0
    assert outcome.stdout.startswith("Usage:")


def test_every_source_is_in_the_help():
    assert set(SOURCES) <= set(re.findall(r"\w+", graymarket("refresh", "--help").stdout))


def test_help_needs_no_libraries():
    code = "import sys, graymarket.cli; print([n for n in ('pandas', 'httpx') if n in sys.modules])"
    outcome = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (outcome.returncode, outcome.stdout) == (0, "[]\n"), outcome.stderr


def test_check_sums_up_a_sound_base(root):
    command = [sys.executable, "-m", "graymarket.cli", "check", "--root", str(root)]
    outcome = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert outcome.returncode == 0, outcome.stderr
    *table, blank, last = outcome.stdout.rstrip("\n").split("\n")
    assert len(table) == 1 + len(evidence.package(root)["resources"])
    assert blank == ""
    facts, sources = evidence.size(root)
    assert facts >= 1_900
    assert sources >= 670
    assert last == (
        f"Edition {editions.label(root)}: {facts:,} facts from {sources:,} sources, all in order."
    )


def test_a_table_that_is_gone_is_named(small):
    (small / "data" / "inputs.csv").unlink()
    outcome = graymarket("check", "--root", small)
    assert outcome.exit_code == 1
    assert outcome.stderr.startswith("data/inputs.csv: expected this file to be there")
    assert "editions" not in outcome.stderr


def test_check_tells_every_fault_the_worst_first(small):
    for table, old, new in [
        ("usage_panel", "CUB,2021-09,76.7", "CUB,2021-09,176.7"),
        ("inputs", "inputs-001,IRN,2021-01-01", "inputs-001,IRN,soon"),
        ("taxes", "id,region", "id,place"),
    ]:
        path = small / "data" / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    outcome = graymarket("check", "--root", small)
    assert outcome.exit_code == 1
    lines = outcome.stderr.strip().split("\n")
    assert [line.split(",")[0] for line in lines[:-1]] == [
        "data/taxes.csv",
        "data/taxes.csv",
        "data/inputs.csv",
        "data/usage_panel.csv",
    ]
    assert lines[-1] == "4 problems; correct the above and run this again."


def test_check_reads_the_questions_too(small):
    folder = small / "data" / "questions"
    folder.mkdir()
    (folder / "mine.toml").write_text('title = "Mine"\ncolour = "red"\n', encoding="utf-8")
    (folder / "yours.toml").write_text("title = ", encoding="utf-8")
    outcome = graymarket("check", "--root", small)
    assert outcome.exit_code == 1
    found = "data/questions/mine.toml, column colour: expected only the keys title"
    assert outcome.stderr.startswith(found)
    assert "data/questions/mine.toml, column maker: expected this key" in outcome.stderr
    assert "data/questions/yours.toml: expected a readable TOML file" in outcome.stderr


def test_a_fault_of_a_table_that_a_question_needs_is_named_once(small, root):
    shutil.copytree(root / "data" / "questions", small / "data" / "questions")
    path = small / "data" / "regions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("region,", "place,", 1), "utf-8")
    lines = graymarket("check", "--root", small).stderr.splitlines()
    assert len(lines) == len({*lines})
    assert lines[0].startswith("data/regions.csv")


def test_check_of_a_broken_descriptor(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/datapackage.json").write_text("{", encoding="utf-8")
    outcome = graymarket("check", "--root", tmp_path)
    assert outcome.exit_code == 1
    assert "data/datapackage.json: expected a readable JSON file" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_current_folder_that_is_gone(tmp_path):
    command = f"mkdir {tmp_path}/here && cd {tmp_path}/here && rmdir {tmp_path}/here && "
    command += f"{sys.executable} -m graymarket.cli check"
    outcome = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert outcome.returncode == 1
    assert "The current folder: expected a folder that is still there" in outcome.stderr
