"""Cells chosen by tags, parameters put in, chapters left out."""

import pytest
from nbformat import v4

from graymarket.publish import PublishError
from graymarket.publish.chapters import for_question, read_chapters


def cell(kind, source, *tags):
    made = {"markdown": v4.new_markdown_cell, "code": v4.new_code_cell}[kind]
    return made(source, metadata={"tags": list(tags)})


def book(*cells, **metadata):
    return v4.new_notebook(cells=list(cells), metadata=metadata)


def sources(chapters):
    return {name: [cell.source for cell in notebook.cells] for name, notebook in chapters.items()}


@pytest.fixture
def chapters():
    return {
        "01-shares": book(
            cell("markdown", "# The share of $X$", "general"),
            cell("markdown", "# Xiaomi in Cuba", "for:cuba"),
            cell("code", 'QUESTION = "cuba"', "parameters"),
            cell("markdown", "For all."),
            cell("markdown", "Of Iran.", "for:iran", "optional"),
        ),
        "02-the-lock": book(cell("markdown", "# The lock", "for:cuba"), cell("code", "1")),
        "13-news": book(cell("markdown", "# News", "for:cuba"), report={"name": "what changed"}),
    }


def test_a_questions_own_cells_take_the_place_of_general_ones(chapters):
    kept, left_out = for_question(chapters, "cuba", {"QUESTION": "cuba"})
    assert sources(kept) == {
        "01-shares": ["# Xiaomi in Cuba", 'QUESTION = "cuba"', "For all."],
        "02-the-lock": ["# The lock", "1"],
        "13-news": ["# News"],
    }
    assert left_out == []


def test_chapters_without_a_title_for_the_question_are_left_out_by_name(chapters):
    kept, left_out = for_question(chapters, "russia", {"QUESTION": "russia"})
    assert sources(kept) == {"01-shares": ["# The share of $X$", 'QUESTION = "russia"', "For all."]}
    assert left_out == ["the lock", "what changed"]


def test_general_cells_go_where_the_chapter_has_any_cell_of_the_question(chapters):
    kept, left_out = for_question(chapters, "iran", {})
    assert kept == {}
    assert left_out == ["shares", "the lock", "what changed"]


def test_parameters_are_python_and_each_on_a_line(chapters):
    kept, _ = for_question(chapters, "russia", {"QUESTION": 'a "b"\\', "REGION": "Côte"})
    namespace = {}
    exec(kept["01-shares"].cells[1].source, namespace)
    assert (namespace["QUESTION"], namespace["REGION"]) == ('a "b"\\', "Côte")


def test_a_folder_without_notebooks_or_with_a_broken_one_is_named(tmp_path):
    with pytest.raises(PublishError, match="expected notebooks"):
        read_chapters(tmp_path)
    (tmp_path / "01-broken.ipynb").write_text("{")
    with pytest.raises(PublishError, match=r"01-broken\.ipynb: expected a Jupyter notebook"):
        read_chapters(tmp_path)
