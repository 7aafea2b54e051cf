"""The report for another question: general chapters in the places of those made by hand for one."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from graymarket.publish.chapters import read_chapters
from graymarket.publish.problems import PublishError

GENERAL = "any"  # the folder in notebooks/ with chapters that hold for any question


def general_chapters(folder: Path) -> dict[str, NotebookNode]:
    """The chapters for any question, each in the place of the one in `folder` of its number.

    Where there is none, the chapter itself if its metadata's `report.general` is true, or else a
    short one made of `report.otherwise` (title and text), which says why it does not apply.
    Raises PublishError for a chapter that has nothing of the three.
    """
    own = read_chapters(folder / GENERAL)
    by_number = {name.split("-")[0]: name for name in own}
    chapters, problems = {}, []
    for name, notebook in read_chapters(folder).items():
        report = notebook.metadata.get("report", {})
        number = name.split("-")[0]
        if number in by_number:
            chapters[by_number[number]] = own[by_number[number]]
        elif report.get("general"):
            chapters[name] = notebook
        elif {"title", "text"} <= set(report.get("otherwise", {})):
            chapters[name] = _instead(report["otherwise"])
        else:
            problems.append(
                f"notebooks/{name}.ipynb: expected a chapter {number}-… in notebooks/{GENERAL}/, "
                "or “general” or “otherwise” under “report” in its metadata"
            )
    if problems:
        raise PublishError(problems)
    return chapters


def _instead(words: dict[str, str]) -> NotebookNode:
    text = f"# {words['title']}\n\n{words['text']}"
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
