"""The build as an analyst meets it: same bytes twice, new data through, bad data refused."""

import json
import shutil
import subprocess
import sys

import pytest

BUILT = (
    "report/report.html",
    "report/report.pdf",
    "report/slides.html",
    "report/slides.pptx",
    "report/tables.xlsx",
    "report/brief.pdf",
    "report/headline.svg",
    "report/results.json",
    "report/inputs.json",
)


def project(root, folder):
    for name in ("data", "notebooks", "src"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "CITATION.cff", "requirements.lock"):
        shutil.copy(root / name, folder / name)
    return folder


def build(folder):
    command = [sys.executable, "-m", "graymarket.cli", "build", "--root", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def replace(folder, table, old, new):
    path = folder / "data" / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


@pytest.fixture(scope="session")
def built(root, tmp_path_factory):
    folder = project(root, tmp_path_factory.mktemp("first"))
    outcome = build(folder)
    assert outcome.returncode == 0, outcome.stderr
    return folder


def test_same_input_same_bytes(root, built, tmp_path):
    other = project(root, tmp_path / "elsewhere")
    assert build(other).returncode == 0
    for name in (*BUILT, "README.md", "data/README.md"):
        assert (other / name).read_bytes() == (built / name).read_bytes(), name
    pictures = sorted(path.name for path in (built / "report/figures").iterdir())
    assert len(pictures) > 100
    for name in pictures:
        first, second = (folder / "report/figures" / name for folder in (built, other))
        assert first.read_bytes() == second.read_bytes(), name


def test_one_changed_reading_changes_everything_that_rests_on_it(root, built, tmp_path):
    changed = project(root, tmp_path / "changed")
    replace(changed, "vendor_share", ",14.57,", ",16.49,")
    assert build(changed).returncode == 0
    results = json.loads((changed / "report/results.json").read_text(encoding="utf-8"))
    assert results["results"]["00-summary/cuba_range"]["text"] == "16.5–18.3%"
    headline = results["exhibits"][0]
    assert headline["title"] == (
        "Two web counts say 16.5–18.3%; with the register’s doubt our interval is 10–19%"
    )
    page = (changed / "report/report.html").read_text(encoding="utf-8")
    assert "16.49%" in page  # the chart's own label
    assert "14.57%" not in page
    readme = (changed / "README.md").read_text(encoding="utf-8")
    assert "16.5–18.3%" in readme
    assert "14.6–18.3%" not in readme
    for name in BUILT:
        assert (changed / name).read_bytes() != (built / name).read_bytes(), name


def test_bad_data_stops_the_build_and_touches_nothing(root, built, tmp_path):
    broken = project(root, tmp_path / "broken")
    shutil.copytree(built / "report", broken / "report")
    before = {name: (broken / name).read_bytes() for name in (*BUILT, "README.md")}
    replace(broken, "vendor_share", "18.27", "118")
    replace(broken, "usage_panel", "CUB,2021-09", "CUB,2021-13")
    outcome = build(broken)
    assert outcome.returncode == 1
    lines = outcome.stderr.strip().splitlines()
    panel = (broken / "data/usage_panel.csv").read_text(encoding="utf-8").split("\n")
    row = next(i for i, line in enumerate(panel, start=1) if line.startswith("CUB,2021-13"))
    assert lines[:2] == [
        f"data/usage_panel.csv, row {row}, column month: found “2021-13”, "
        "expected a month as YYYY-MM",
        "data/vendor_share.csv, row 2, column value: found “118”, expected 0 to 100 "
        "where unit is percent",
    ]
    assert "Traceback" not in outcome.stderr
    assert {name: (broken / name).read_bytes() for name in before} == before
    assert {path.name for path in broken.iterdir()} == {
        "data",
        "notebooks",
        "src",
        "report",
        "README.md",
        "CITATION.cff",
        "requirements.lock",
    }


def test_a_chapter_that_fails_is_named(root, tmp_path):
    broken = project(root, tmp_path / "broken")
    path = broken / "notebooks" / "02-the-lock.ipynb"
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace('evidence.load(\\"timeline\\")', "1 / 0"), encoding="utf-8")
    outcome = build(broken)
    assert outcome.returncode == 1
    assert (
        "notebooks/02-the-lock.ipynb, in the cell that begins “import pandas as pd”"
        in outcome.stderr
    )
    assert "ZeroDivisionError" in outcome.stderr
    assert not (broken / "report").exists()
