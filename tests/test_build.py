"""The build as an analyst meets it: same bytes twice, new data through, bad data refused."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from graymarket.cli import main
from projects import FILES, FOLDERS, build, copy_project, replace

BUILT = (
    "report/report.html",
    "report/rows.html",
    "report/report.pdf",
    "report/slides.html",
    "report/slides.pptx",
    "report/tables.xlsx",
    "report/brief.pdf",
    "report/headline.svg",
    "report/results.json",
    "report/inputs.json",
)


def test_same_input_same_bytes(root, built):
    """As the committed report, which is made from the same (see test_report_is_fresh)."""
    for name in (*BUILT, "README.md", "data/README.md"):
        assert (root / name).read_bytes() == (built / name).read_bytes(), name


@pytest.mark.every
def test_same_bytes_in_another_place(root, built, tmp_path):
    other = copy_project(root, tmp_path)
    assert build(other).returncode == 0
    for path in filter(Path.is_file, (built / "report").rglob("*")):
        assert (other / path.relative_to(built)).read_bytes() == path.read_bytes(), path.name


@pytest.mark.every
def test_one_changed_reading_changes_everything_that_rests_on_it(root, built, tmp_path):
    changed = copy_project(root, tmp_path)
    replace(changed, "vendor_share", ",14.57,", ",16.49,")
    assert build(changed).returncode == 0
    results = json.loads((changed / "report/results.json").read_text(encoding="utf-8"))
    share = results["results"]["readings/measured"]
    assert (share["low"], share["high"], share["text"]) == (16.49, 18.27, "16.5–18.3%")
    headline = results["exhibits"][0]
    assert headline["title"].startswith("Two web counts say 16.5–18.3%; for phones in use that ")
    share = results["results"]["estimate/share"]
    assert headline["title"].endswith(share["text"]) and share["value"] > 18.1
    page = (changed / "report/report.html").read_text(encoding="utf-8")
    assert "16.5%" in page  # the chart's own label
    assert "14.6%" not in page
    readme = (changed / "README.md").read_text(encoding="utf-8")
    assert "16.5–18.3%" in readme
    assert "14.6–18.3%" not in readme
    for name in BUILT:
        assert (changed / name).read_bytes() != (built / name).read_bytes(), name


def test_bad_data_stops_the_build_and_touches_nothing(root, tmp_path):
    broken = copy_project(root, tmp_path)
    shutil.copytree(root / "report", broken / "report")
    kept = [broken / "README.md", *filter(Path.is_file, (broken / "report").rglob("*"))]
    before = {path: path.read_bytes() for path in kept}
    replace(broken, "vendor_share", "18.27", "118")
    replace(broken, "usage_panel", "CUB,2021-09", "CUB,2021-13")
    outcome = CliRunner().invoke(main, ["build", "--root", str(broken)])
    assert outcome.exit_code == 1
    lines = outcome.stderr.strip().splitlines()
    panel = (broken / "data/usage_panel.csv").read_text(encoding="utf-8").split("\n")
    row = next(i for i, line in enumerate(panel, start=1) if line.startswith("CUB,2021-13"))
    assert lines[:2] == [
        f"data/usage_panel.csv, row {row}, column month: found “2021-13”, "
        "expected a month as YYYY-MM",
        "data/vendor_share.csv, row 2, column value: found “118”, expected 0 to 100 "
        "where unit is percent",
    ]
    assert {path: path.read_bytes() for path in before} == before
    assert {path.name for path in broken.iterdir()} == {*FOLDERS, *FILES, "report"}


def test_a_chapter_that_fails_is_named(root, tmp_path):
    broken = copy_project(root, tmp_path)
    for path in (broken / "notebooks").glob("*.ipynb"):
        if not path.name.startswith("02"):
            path.unlink()
    path = broken / "notebooks" / "02-the-lock.ipynb"
    source = path.read_text(encoding="utf-8")
    path.write_text(source.replace('here.open(\\"timeline\\")', "1 / 0"), encoding="utf-8")
    outcome = CliRunner().invoke(main, ["build", "--root", str(broken)])
    assert outcome.exit_code == 1
    assert (
        "notebooks/02-the-lock.ipynb, in the cell that begins “from graymarket import charts”"
        in outcome.stderr
    )
    assert "ZeroDivisionError" in outcome.stderr
    assert "Traceback" not in outcome.stderr
    assert not (broken / "report").exists()
