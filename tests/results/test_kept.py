"""What is known is kept beside the tables it came from, and computed anew when they change."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import miniature
from graymarket.evidence import Tables
from graymarket.results import subjects


@pytest.fixture
def project(tmp_path) -> Path:
    return miniature.write(tmp_path)


@pytest.fixture
def compute(asked, project) -> Callable:
    """The subject `asked` of a question on Alpha, with fields of the question changed."""

    def make(**changes):
        return subjects.compute("asked", asked(regions=("AAA",), **changes), Tables(project))

    return make


def kept(project: Path) -> list[Path]:
    return sorted(project.glob(".cache/results/*/asked.pickle"))


def test_what_is_kept_is_read_the_next_time(compute, project):
    first = compute()
    assert first.results["place"].text == "Alpha"
    [file] = kept(project)
    beside = {path.suffix for path in file.parent.iterdir()}
    assert beside <= {".pickle", ".lock"}  # nothing half written stays
    file.write_bytes(pickle.dumps("read from the file"))
    assert compute() == "read from the file"


def test_a_changed_table_is_computed_anew(compute, project):
    compute()
    table = project / "data" / "regions.csv"
    table.write_text(table.read_text().replace("Alpha", "Aleph"), encoding="utf-8")
    assert compute().results["place"].text == "Aleph"
    assert len(kept(project)) == 2


@pytest.mark.parametrize("name", ["editions/2021-06.zip", "new.csv", "new.json"])
def test_a_file_more_is_computed_anew(compute, project, name):
    compute()
    (project / "data" / "editions").mkdir()
    (project / "data" / name).write_bytes(b"")
    compute()
    assert len(kept(project)) == 2


def test_a_note_beside_the_tables_changes_nothing(compute, project):
    compute()
    (project / "data" / "README.md").write_text("A note", encoding="utf-8")
    compute()
    assert len(kept(project)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"what": "something else"},
        {"maker": "Apple"},
        {"event": pd.Timestamp("2021-09-18")},
        {"rests_on": ("readings/readings-001",)},
    ],
)
def test_another_question_is_another_answer(compute, project, changes):
    compute()
    compute(**changes)
    assert len(kept(project)) == 2


def test_a_closure_counts_whole_however_long(compute, project):
    left_out = " ".join(["BBB"] * 30)  # longer than a Series prints
    for codes in (left_out, f"{left_out} CCC"):
        compute(closure=pd.Series({"id": "x", "left_out": codes, "lineage": ()}))
    assert len(kept(project)) == 2


def test_where_the_questions_file_is_does_not_matter(compute, project):
    compute()
    compute(path=Path("elsewhere/mine.toml"))
    assert len(kept(project)) == 1


def test_a_file_cut_short_is_computed_anew(compute, project):
    whole = compute()
    [file] = kept(project)
    content = file.read_bytes()
    for part in (b"", content[:1], content[: len(content) // 2], content[:-1], b"\0" * 99):
        file.write_bytes(part)
        assert compute().results == whole.results
        assert pickle.loads(file.read_bytes()).results == whole.results


def test_a_folder_that_cannot_be_written_is_no_obstacle(compute, project):
    (project / ".cache").write_text("a file where the folder would be", encoding="utf-8")
    assert compute().results["place"].text == "Alpha"
    assert kept(project) == []


def test_tables_of_frames_are_kept_nowhere(asked, tables, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    known = subjects.compute("asked", asked(), tables())
    assert known.results["place"].text == "Cuba"
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_subject_is_refused_with_those_there_are(asked, tables):
    with pytest.raises(KeyError, match="weather: expected one of asked, facts"):
        subjects.compute("weather", asked(), tables())
