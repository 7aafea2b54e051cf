"""What the report is made from may not change while it is made."""

import shutil

import pytest
from nbformat import v4, write

from graymarket import report
from graymarket.kept import CACHE
from graymarket.publish import PublishError


@pytest.fixture
def project(root, tmp_path):
    """The project with one chapter, which does `source` while the build runs."""
    shutil.copytree(root / "data", tmp_path / "data")
    for name in ("README.md", "CITATION.cff", "requirements.lock"):
        shutil.copy(root / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def add_chapter(project, source):
    cells = [v4.new_markdown_cell("# A chapter"), v4.new_code_cell(source)]
    write(v4.new_notebook(cells=cells), project / "notebooks/00-a.ipynb")


def build(project):
    report.build(project, report.MAIN, lambda step: None, lambda: None)


def test_a_file_changed_while_chapters_run_stops_the_build(project):
    add_chapter(project, "open('../CITATION.cff', 'a').write('# later')")
    with pytest.raises(PublishError) as error:
        build(project)
    assert error.value.problems == ["CITATION.cff: expected no change during the build"]
    assert not (project / "report").exists()


def test_a_table_that_comes_to_be_used_or_goes_stops_the_build(project):
    add_chapter(project, "import os; os.remove('../requirements.lock')")
    with pytest.raises(PublishError, match=r"requirements\.lock: expected no change"):
        build(project)
    assert sorted(path.name for path in project.iterdir() if path.name != CACHE) == [
        *("CITATION.cff", "README.md", "data", "notebooks"),
    ]
