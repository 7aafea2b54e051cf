"""Another question's report: built from a small file, beside the main one."""

import json
import re
import shutil
import subprocess
import sys

import pytest

CASE = "apple-russia-2022"
BUILT = {
    "report.html",
    "report.pdf",
    "slides.html",
    "slides.pptx",
    "tables.xlsx",
    "brief.pdf",
    "headline.svg",
    "results.json",
    "inputs.json",
    "figures",
    "notebooks",
}
THIN = """
title = "Samsung in Sudan"
maker = "Samsung"
regions = ["SDN"]
event = 2023-04-15
what = "War breaks out in Khartoum"
"""


def build(folder, case):
    command = [sys.executable, "-m", "graymarket.cli", "build", "--root", str(folder)]
    command += ["--question", str(case)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8")


def state(folder):
    """Every file that a case may not touch, with its bytes."""
    kept = [folder / "README.md", folder / "data/README.md", *(folder / "report").glob("*.*")]
    return {path: path.read_bytes() for path in kept}


@pytest.fixture(scope="session")
def project(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases")
    for name in ("data", "notebooks", "src"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "CITATION.cff", "requirements.lock"):
        shutil.copy(root / name, folder / name)
    (folder / "report").mkdir()
    (folder / "report/report.html").write_text("the main report", encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def built(project):
    """The folder of the example's report, the page as text, and its results."""
    before = state(project)
    outcome = build(project, CASE)
    assert outcome.returncode == 0, outcome.stderr
    assert state(project) == before
    folder = project / "report" / CASE
    page = (folder / "report.html").read_text(encoding="utf-8")
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return folder, page, results


def plain(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_all_files_stand_in_a_folder_of_their_own(built):
    folder, _, results = built
    assert {path.name for path in folder.iterdir()} == BUILT
    assert any((folder / "figures").iterdir())
    assert results["title"] == "iPhones in Russia"


def test_the_parameters_stand_in_the_report(built):
    _, page, results = built
    text = plain(page)
    for shown in ("Apple", "Russia", "Crimea", "1 March 2022", "Apple stops exports"):
        assert shown in text
    assert results["exhibits"][0]["id"] == "question"
    for region in ("Ukraine", "Belarus", "Uzbekistan"):  # left out as donors
        assert region in text


def test_its_figures_are_those_of_the_main_report(root, built):
    _, _, results = built
    main = json.loads((root / "report/results.json").read_text(encoding="utf-8"))["results"]
    for name in ("seen", "start", "left", "strayed"):
        here, there = (table[f"09-closed-doors/{name}"] for table in (results["results"], main))
        assert here["text"] == there["text"]


def test_the_deck_has_slides_to_show(built):
    _, _, results = built
    assert 6 <= len(results["slides"]) <= 10


def test_a_question_of_which_little_is_known(project, tmp_path):
    file = tmp_path / "samsung-sudan-2023.toml"
    file.write_text(THIN, encoding="utf-8")
    folder = project / "report/samsung-sudan-2023"
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "no-more.txt").touch()
    outcome = build(project, file)
    assert outcome.returncode == 0, outcome.stderr
    assert not (folder / "figures" / "no-more.txt").exists()
    assert {path.name for path in folder.iterdir()} == BUILT
    text = plain((folder / "report.html").read_text(encoding="utf-8"))
    assert "No gray share that may be used is published for Sudan" in text
    assert "What the event did to Samsung in Sudan cannot be tested here" in text
    assert "What would fill it" in text


def test_a_bad_file_stops_the_build_and_touches_nothing(project, tmp_path):
    before = state(project)
    file = tmp_path / "bad.toml"
    file.write_text(THIN.replace("SDN", "Sudan"), encoding="utf-8")
    outcome = build(project, file)
    assert outcome.returncode == 1
    first, last = outcome.stderr.strip().splitlines()
    assert first.endswith(
        "column regions: found “Sudan”, expected a code of data/regions.csv; Sudan is “SDN”"
    )
    assert last == "1 problem; report/ is untouched. Mend the above and run this again."
    assert not (project / "report/bad").exists()
    assert state(project) == before


def test_an_unknown_case_lists_those_there_are(project):
    outcome = build(project, "nokia-finland-1999")
    assert outcome.returncode == 1
    assert CASE in outcome.stderr
    assert "Traceback" not in outcome.stderr
