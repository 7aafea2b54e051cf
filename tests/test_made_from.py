"""What the report is made from may not change while it is made."""

import shutil

import pytest
from nbformat import v4, write

from graymarket import report
from graymarket.kept import CACHE
from graymarket.publish import PublishError


@pytest.fixture
def project(root, tmp_path):
    """The project without a chapter."""
    shutil.copytree(root / "data", tmp_path / "data")
    for name in ("README.md", "CITATION.cff", "requirements.lock"):
        shutil.copy(root / name, tmp_path / name)
    (tmp_path / "notebooks").mkdir()
    return tmp_path


def test_what_changes_or_goes_while_chapters_run_stops_the_build(project):
    source = """
import os
open('../CITATION.cff', 'a').write('# later')
os.remove('../requirements.lock')
"""
    cells = [v4.new_markdown_cell("# A chapter"), v4.new_code_cell(source)]
    write(v4.new_notebook(cells=cells), project / "notebooks/00-a.ipynb")
    with pytest.raises(PublishError) as error:
        report.build(project, report.MAIN, lambda step: None, lambda: None)
    assert sorted(error.value.problems) == [
        "CITATION.cff: expected no change during the build",
        "requirements.lock: expected no change during the build",
    ]
    assert sorted(path.name for path in project.iterdir() if path.name != CACHE) == [
        *("CITATION.cff", "README.md", "data", "notebooks"),
    ]
