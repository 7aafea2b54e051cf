"""Another question's report: built from a small file, beside the main one."""

import json
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from graymarket import evidence
from graymarket.exhibits.results import RESULTS_MIME
from graymarket.publish.execute import execute, read_chapters
from graymarket.publish.problems import PublishError
from graymarket.publish.variant import general_chapters

CASE = "apple-russia-2022"
FIRST = "00-the-question"
BUILT = {
    "report.html",
    "report.pdf",
    "slides.html",
    "slides.pptx",
    "tables.xlsx",
    "brief.pdf",
    "headline.svg",
    "results.json",
    "figures",
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


def test_every_main_chapter_has_its_place_and_those_that_do_not_apply_say_so(root, built):
    _, page, _ = built
    numbers = re.findall(r'id="chapter-(\d\d)-', page)
    main = [name.split("-")[0] for name in read_chapters(root / "notebooks")]
    assert list(dict.fromkeys(numbers)) == main
    for name in ("02-the-lock", "12-verdicts", "80-method"):
        words = read_chapters(root / "notebooks")[name].metadata["report"]["otherwise"]
        assert words["title"] in page
        assert words["text"] in page


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


def test_a_chapter_without_words_for_other_questions_is_named(root, tmp_path):
    shutil.copytree(root / "notebooks", tmp_path / "notebooks")
    path = tmp_path / "notebooks/12-verdicts.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"otherwise"', '"other"'), encoding="utf-8")
    with pytest.raises(PublishError, match=r"notebooks/12-verdicts\.ipynb: expected a chapter 12-"):
        general_chapters(tmp_path / "notebooks")


def test_general_chapters_are_stored_without_outputs(root):
    for name, notebook in read_chapters(root / "notebooks/any").items():
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        assert not any(cell.outputs or cell.execution_count for cell in code), name


def findings(root, folder, edit=None):
    """The named results of the case's first chapter, after `edit` of the folder data/."""
    shutil.copytree(root / "data", folder / "data")
    (folder / "notebooks").mkdir()
    if edit:
        edit(folder / "data")
    chapters = {FIRST: general_chapters(root / "notebooks")[FIRST]}
    environment = {evidence.VARIABLE: str(folder / "data/questions" / f"{CASE}.toml")}
    done = execute(chapters, folder / "notebooks", lambda: None, environment)[FIRST]
    shown = {}
    for cell in done.cells:
        for output in cell.get("outputs", []):
            shown |= output.get("data", {}).get(RESULTS_MIME, {})
    return {name: result["text"] for name, result in shown.items()}


def edited(table, change):
    """An edit: `change` is given the table as text cells, and gives it back."""

    def edit(data):
        path = data / f"{table}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        change(frame).to_csv(path, index=False, lineterminator="\n")

    return edit


def fades(frame):
    late = (frame["region"] == "RUS") & (frame["month"] > "2025-06")
    frame.loc[late, "apple_share"] = "4"
    return frame


def nobody_left(frame):
    frame.loc[frame["id"] == "apple-russia-2022", "what_closed"] = "The customs stop all phones"
    return frame


def barred_in_russia(frame):
    frame.loc[frame["id"] == "sanctions-053", ["start", "effect"]] = ["2022-02-27", "prohibited"]
    return frame


@pytest.fixture(scope="module")
def as_they_are(root, tmp_path_factory):
    return findings(root, tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize(
    ("table", "change", "name", "now", "then"),
    [
        (
            "usage_panel",
            fades,
            "held",
            "Apple’s phones went on coming into Russia",
            "Apple’s phones in Russia may have run out",
        ),
        (
            "closures",
            nobody_left,
            "channel",
            "Apple sold officially in Russia, by a source of 2022",
            "Whether Apple sold officially in Russia is not on record",
        ),
        (
            "sanctions",
            barred_in_russia,
            "law",
            "sanctions rules barred consumer phones from Crimea",
            "sanctions rules barred consumer phones from Russia and Crimea",
        ),
    ],
)
def test_a_finding_turns_with_the_data(root, tmp_path, as_they_are, table, change, name, now, then):
    assert as_they_are[name] == now
    assert findings(root, tmp_path, edited(table, change))[name] == then
