"""One reader of Markdown: what it takes text for, and that every format says the same words."""

import html
import re
import tempfile
from pathlib import Path

import pytest
import typst as typst_compiler
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from graymarket.publish.markdown import (
    Block,
    Reader,
    Run,
    blocks,
    formulas,
    ids,
    read,
    without_links,
    words,
)
from graymarket.publish.markdown_html import line_to_html, to_html
from graymarket.publish.markdown_typst import to_typst
from graymarket.publish.text import for_stage
from printed import printed


def page(text, reader=None):
    return to_html((reader or Reader()).read(text))


def typst(text, folder):
    return to_typst([read(text)], folder)


@pytest.mark.parametrize(
    "text",
    ["$300 to $400", "(US$300) and ($400)", "$300–$400", "It cost \\$5 and $6.", "$20,000 or $1"],
)
def test_prices_are_no_formulas(text):
    assert formulas(read(text)) == []
    assert words(read(text)) == text.replace("\\", "")


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("cost $300, and $x$ grew", [("x", False)]),
        ("so $$x^2$$ is", [("x^2", True)]),
        ("$$\nx\n$$", [("x", True)]),
        ("\\\\(a\\\\) and \\\\[b\\\\]", [("a", False), ("b", True)]),
        ("\\begin{align}a&=b\\end{align}", [("\\begin{align}a&=b\\end{align}", True)]),
        ("`$x$`", []),
    ],
)
def test_formulas_between_dollars_brackets_and_in_environments(text, tex):
    assert formulas(read(text)) == tex


def test_headings_of_several_cells_have_ids_of_their_own():
    reader = Reader(taken={"sources"})
    assert ids(reader.read("# Sources of it\n\n## Sources of it")) == {
        "Sources-of-it",
        "Sources-of-it-1",
    }
    assert ids(reader.read("# Sources of it")) == {"Sources-of-it-2"}
    assert ids(reader.read("# Named {#own}\n\n{#before}\n## Also")) == {"own", "before"}
    assert ids(reader.read("# sources")) == {"sources-1"}


def test_footnotes_of_two_cells_lead_to_their_own_notes():
    reader = Reader()
    first = BeautifulSoup(page("A[^1] and again[^1].\n\n[^1]: First.", reader), "html.parser")
    second = BeautifulSoup(page("B[^1].\n\n[^1]: Other.", reader), "html.parser")
    for text, said in ((first, "First."), (second, "Other.")):
        target = text.select_one("sup a")["href"].removeprefix("#")
        assert said in text.find(id=target).get_text()
    every = [element["id"] for text in (first, second) for element in text.find_all(id=True)]
    assert len(every) == len(set(every)) == 5
    backs = [a["href"].removeprefix("#") for a in first.select("section a")]
    assert all(first.find(id=back) for back in backs) and len(backs) == 2


def test_footnotes_in_typst_stand_where_they_are_first_referred_to(tmp_path):
    code = typst("A[^1] and again[^1].\n\n[^1]: The *note*.", tmp_path)
    assert code.count("#footnote[") == 1
    assert "A#[#footnote[The #emph[note];" in code
    assert '#footnote(label("fn-1-1"));' in code


def test_definition_lists_tables_and_tasks():
    text = "Term\n: meaning\n\n| a | b |\n|---|--:|\n| 1 | `x` |\n\n- [x] done\n- [ ] open"
    soup = BeautifulSoup(page(text), "html.parser")
    assert (soup.dt.get_text(), soup.dd.get_text()) == ("Term", "meaning")
    assert [cell.get_text() for cell in soup.find_all(["th", "td"])] == ["a", "b", "1", "x"]
    assert soup.find_all("td")[1]["style"] == "text-align:right"
    assert [field.has_attr("checked") for field in soup.find_all("input")] == [True, False]
    assert [(b.kind, b.text) for b in blocks(read(text))] == [
        ("paragraph", "Term"),
        ("paragraph", "meaning"),
        ("table", ""),
        ("point", "☑ done"),
        ("point", "☐ open"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "```{warning} Careful\ninside **bold**\n```",
        ":::{warning} Careful\n:class: wide\n\ninside **bold**\n:::",
        "::::{warning} Careful\n:::{tip} inside\n**bold**\n:::\n::::",
    ],
)
def test_admonitions_are_boxes_with_a_title_and_a_text(text, tmp_path):
    soup = BeautifulSoup(page(text), "html.parser")
    assert soup.select_one(".admonition > .admonition-title").get_text() == "Careful"
    assert soup.strong.get_text() == "bold"
    assert "#admonition[#strong[Careful];" in typst(text, tmp_path)


def test_an_admonition_without_title_is_named_by_its_kind():
    assert words(read(":::{note}\nx\n:::")).startswith("Note")


def test_code_is_not_read():
    assert words(read("```\n# no heading $x$\n```")) == ""
    assert blocks(read("```\n# no *heading*\n```")) == [
        Block("code", (Run("# no *heading*", code=True),))
    ]


def test_blocks_are_headings_points_and_paragraphs_with_their_runs():
    text = (
        "## Two *limits*\n\n1. **Views.** Not [phones](#x), see [it](https://e.org).\n2. Two\n\nEnd"
    )
    heading, first, second, end = blocks(read(text))
    assert (heading.kind, heading.level, heading.text) == ("heading", 2, "Two limits")
    assert heading.runs == (Run("Two "), Run("limits", italic=True))
    assert (first.kind, first.number, first.bold_lead) == ("point", 1, (Run("Views.", bold=True),))
    assert Run("it", link="https://e.org") in first.runs
    assert "phones" in first.text and not any(run.link == "#x" for run in first.runs)
    assert (second.number, second.text, end) == (2, "Two", Block("paragraph", (Run("End"),)))


def test_links_within_the_report_are_words_alone():
    text = without_links(read("See [Exhibit 1](#one) and [this](https://e.org)."))
    assert to_html(text).strip() == '<p>See Exhibit 1 and <a href="https://e.org">this</a>.</p>'


def test_a_long_list_is_shortened_for_the_stage_and_whole_in_the_notes():
    points = "\n".join(f"{i}. **Lead {i},** the *rest*. *Grade.*" for i in range(1, 6))
    shown, notes = for_stage(read(points), read("Say it."))
    assert [b.text for b in blocks(shown)] == [f"Lead {i}. Grade." for i in range(1, 6)]
    assert [b.text for b in blocks(notes)][:2] == ["Say it.", "Lead 1, the rest. Grade."]
    few = read("- **A** b\n- **C** d")
    assert for_stage(few, []) == (few, [])


def test_ranges_stay_on_one_line():
    assert line_to_html("between 10–19% of it") == 'between <span class="range">10–19%</span> of it'


def test_links_lead_to_labels_that_are_there_or_nowhere(tmp_path):
    texts = [read("# One\n\n[a](#One) [b](#two) [c](#three) [d](file.ipynb)")]
    code = to_typst(texts, tmp_path, labels=["two"])
    assert code.count("#link(label(") == 2
    assert "three" not in code and "file" not in code


def test_headings_skip_no_level_in_typst(tmp_path):
    code = typst("#### Four\n\n###### Six\n\n# One", tmp_path)
    assert re.findall(r"level: (\d)", code) == ["1", "2", "1"]


# Small texts of all kinds; signs that mean something in Typst or HTML are among the words.
WORD = st.sampled_from(
    ["one", "two", "3.5", "#panic()", "a@b", "1/2", "“q”", "c_d", "–", "x.", "&"]
)
WORDS = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
STYLED = st.one_of(WORDS, WORDS.map("**{}**".format), WORDS.map("*{}*".format))
LINE = st.lists(STYLED, min_size=1, max_size=3).map("; ".join)
PARTS = st.one_of(
    LINE,
    LINE.map("## {}".format),
    LINE.map("> {}".format),
    st.lists(LINE, min_size=1, max_size=3).map(lambda lines: "\n".join(f"- {x}" for x in lines)),
    st.lists(LINE, min_size=1, max_size=3).map(lambda lines: "\n".join(f"1. {x}" for x in lines)),
    st.tuples(LINE, LINE).map(lambda cells: f"| {cells[0]} | {cells[1]} |\n|---|---|\n| a | b |"),
    WORDS.map("```\n{}\n```".format),
)
TEXT = st.lists(PARTS, min_size=1, max_size=4).map("\n\n".join)


def letters(text):
    return re.sub(r"\s", "", text)


@given(TEXT)
def test_html_and_blocks_say_the_same_words(text):
    tokens = read(text)
    said = "".join(
        block.text or "".join(run.text for row in block.rows for cell in row for run in cell)
        for block in blocks(tokens)
    )
    soup = BeautifulSoup(to_html(tokens), "html.parser")
    assert letters(soup.get_text()) == letters(html.unescape(said))


@given(TEXT)
def test_typst_says_the_same_words(text):
    tokens = read(text)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prelude = (
            "#set page(width: 60cm, height: auto)\n#set text(hyphenate: false)\n"
            "#set list(marker: [])\n#set enum(numbering: (..numbers) => [])\n"
        )
        code = prelude + to_typst([tokens], folder)
        (folder / "text.typ").write_text(code, encoding="utf-8")
        (folder / "text.pdf").write_bytes(typst_compiler.compile(folder / "text.typ"))
        shown = printed(folder / "text.pdf")
    said = BeautifulSoup(to_html(tokens), "html.parser").get_text()
    assert sorted(letters(shown)) == sorted(letters(said))  # tables are read by columns
