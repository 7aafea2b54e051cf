"""Other questions' reports: built from a small file each, beside the main one."""

import json
import re
import tomllib

import pytest
from click.testing import CliRunner

from graymarket.cli import main
from graymarket.publish.chapters import for_question, read_chapters
from projects import build, copy_project

QUESTION = "apple-russia-2022"
BUILT = {
    "report.html",
    "rows.html",
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


def state(folder):
    """Every file that another question's report may not touch, with its bytes."""
    kept = [folder / "README.md", folder / "data/README.md", *(folder / "report").glob("*.*")]
    return {path: path.read_bytes() for path in kept}


@pytest.fixture(scope="module")
def project(root, tmp_path_factory):
    folder = copy_project(root, tmp_path_factory.mktemp("questions"))
    (folder / "report").mkdir()
    (folder / "report/report.html").write_text("the main report", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def report(project):
    """The folder of a question's report, the page as text, and its results."""
    before = state(project)
    outcome = build(project, "--question", QUESTION)
    assert outcome.returncode == 0, outcome.stderr
    assert state(project) == before
    folder = project / "report" / QUESTION
    page = (folder / "report.html").read_text(encoding="utf-8")
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    return folder, page, results


def plain(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_chapters_of_one_question_alone_are_left_out_and_named(root):
    """In the main report every chapter stands; each other question has most of them."""
    for path in (root / "data/questions").glob("*.toml"):
        chapters = read_chapters(root / "notebooks")
        kept, left_out = for_question(chapters, path.stem, {})
        assert len(kept) + len(left_out) == len(chapters)
        assert (left_out == []) == (path.stem == "xiaomi-cuba-2021"), path.stem
        assert len(kept) >= 10
        assert all(name[0].isupper() or name.islower() for name in left_out)


def test_a_question_is_a_dozen_lines(root):
    for path in (root / "data/questions").glob("*.toml"):
        lines = path.read_text(encoding="utf-8").strip().split("\n")
        assert len([line for line in lines if line and not line.startswith("#")]) <= 12, path.name
        assert {"title", "maker", "regions", "event", "what"} <= set(
            tomllib.loads("\n".join(lines))
        )


def test_all_files_stand_in_a_folder_of_their_own(report):
    folder, _, results = report
    assert {path.name for path in folder.iterdir()} == BUILT
    assert any((folder / "figures").iterdir())
    assert results["title"] == "iPhones in Russia"


def test_the_parameters_stand_in_the_report(report):
    _, page, results = report
    text = plain(page)
    for words in ("Apple", "Russia", "Crimea", "1 March 2022", "Apple stops exports"):
        assert words in text
    assert results["exhibits"][0]["id"] == "question"
    for region in ("Ukraine", "Belarus", "Uzbekistan"):  # left out as donors
        assert region in text


def test_its_figures_are_those_of_the_main_report(built, report):
    """The stock of iPhones in Russia, which the main report features, too."""
    results = report[2]["results"]
    main = json.loads((built / "report/results.json").read_text(encoding="utf-8"))["results"]
    for name in ("seen", "left", "since"):
        assert results[f"door/{name}"]["text"] == main[f"stocks/russia_{name}"]["text"]


def test_the_deck_has_slides_to_show(report):
    assert 6 <= len(report[2]["slides"]) <= 10


@pytest.mark.every
def test_every_question_of_the_base_is_built(project):
    for path in (project / "data/questions").glob("*.toml"):
        if path.stem in (QUESTION, "xiaomi-cuba-2021"):
            continue
        outcome = build(project, "--question", path.stem)
        assert outcome.returncode == 0, outcome.stderr
        assert {each.name for each in (project / "report" / path.stem).iterdir()} == BUILT


@pytest.mark.every
def test_a_question_of_which_little_is_known(project, tmp_path):
    file = tmp_path / "samsung-sudan-2023.toml"
    file.write_text(THIN, encoding="utf-8")
    folder = project / "report/samsung-sudan-2023"
    (folder / "figures").mkdir(parents=True)
    (folder / "figures" / "no-more.txt").touch()
    outcome = build(project, "--question", file)
    assert outcome.returncode == 0, outcome.stderr
    assert not (folder / "figures" / "no-more.txt").exists()
    assert {path.name for path in folder.iterdir()} == BUILT
    text = plain((folder / "report.html").read_text(encoding="utf-8"))
    assert "No gray share that may be used is published for Sudan" in text
    assert "What the event did to Samsung in Sudan cannot be tested here" in text
    assert "What would fill it" in text


def refused(project, question):
    outcome = CliRunner().invoke(main, ["build", "--root", str(project), "--question", question])
    assert outcome.exit_code == 1
    return outcome.stderr.strip().splitlines()


def test_a_bad_file_stops_the_build_and_touches_nothing(project, tmp_path):
    before = state(project)
    file = tmp_path / "bad.toml"
    file.write_text(THIN.replace("SDN", "Sudan"), encoding="utf-8")
    first, last = refused(project, str(file))
    assert first.endswith(
        "column regions: found “Sudan”, expected a code of data/regions.csv; Sudan is “SDN”"
    )
    assert last == "1 problem; report/ is untouched. Correct the above and run this again."
    assert not (project / "report/bad").exists()
    assert state(project) == before


def test_an_unknown_question_lists_those_there_are(project):
    names = {path.stem for path in (project / "data/questions").glob("*.toml")}
    (first, _) = refused(project, "nokia-finland-1999")
    assert all(name in first for name in names)
