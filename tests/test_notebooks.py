"""Chapters as an analyst reads them: short, free of plumbing, and following what one changes."""

import ast
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from graymarket import evidence
from graymarket.exhibits import Exhibit
from graymarket.publish.chapters import for_question, read_chapters
from graymarket.question import question
from graymarket.report import MAIN
from graymarket.results import subjects

IN_ALL, IN_A_CHAPTER, IN_A_CELL, IN_A_DEF = 1_500, 120, 25, 3
ROW_ID = re.compile(r"\b[a-z_]+-\d{3}[a-z]?\b")
FORMATTERS = {"round", "format", "strftime", "to_string", "to_html"}
FOLDER = Path(__file__).parent.parent / "data/questions"
OTHERS = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != MAIN)
QUESTIONS = [MAIN, *(pytest.param(name, marks=pytest.mark.every) for name in OTHERS)]


@pytest.fixture(scope="module")
def code(root):
    """(chapter, number of the cell) → its code."""
    return {
        (path.stem, number): cell.source
        for path in sorted((root / "notebooks").rglob("*.ipynb"))
        for number, cell in enumerate(nbformat.read(path, as_version=4).cells)
        if cell.cell_type == "code"
    }


def lines_of(source):
    """The lines that are neither blank nor comments."""
    lines = map(str.strip, source.split("\n"))
    return [line for line in lines if line and not line.startswith("#")]


def nodes(code, *kinds):
    for place, source in code.items():
        yield from (
            (place, node) for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)
        )


def test_there_is_little_code(code):
    length = {place: len(lines_of(source)) for place, source in code.items()}
    chapters = {name for name, _ in length}
    whole = {c: sum(n for (name, _), n in length.items() if name == c) for c in chapters}
    assert {place: n for place, n in length.items() if n > IN_A_CELL} == {}
    assert {chapter: n for chapter, n in whole.items() if n > IN_A_CHAPTER} == {}
    assert sum(whole.values()) <= IN_ALL


def test_functions_are_local_and_tiny(code):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = [(*place, node.name, node.end_lineno - node.lineno + 1) for place, node in
             nodes(code, *kinds)]  # fmt: skip
    assert [each for each in found if each[-1] > IN_A_DEF] == []


def ids(root):
    """Every id of a row of data/ that could not be a plain word."""
    tables = evidence.Tables(root)
    columns = [(name, column) for name in tables for column in ("id", "source_id", "pick")]
    known = {str(i) for name, c in columns if c in tables[name] for i in tables[name][c]}
    return {each for each in known if "-" in each}


def test_no_row_is_named(code, root):
    known = ids(root)
    texts = [(*place, node.value) for place, node in nodes(code, ast.Constant)]
    named = [
        each
        for each in texts
        if isinstance(text := each[-1], str)
        and (ROW_ID.search(text) or known & {*re.split("[ /]", text)})
    ]
    assert named == []


def test_no_number_becomes_text(code):
    """No format after a colon, no "%", no method that makes text; dates and numbers alike."""
    found = [node for _, node in nodes(code, ast.FormattedValue) if node.format_spec is not None]
    found += [
        node
        for _, node in nodes(code, ast.BinOp)
        if isinstance(node.op, ast.Mod) and isinstance(getattr(node.left, "value", None), str)
    ]
    found += [
        node
        for _, node in nodes(code, ast.Call)
        if getattr(node.func, "attr", getattr(node.func, "id", "")) in FORMATTERS
    ]
    assert [ast.unparse(node) for node in found] == []


def chapters(root, name):
    """The chapters of a question's report, each with the cells that are in it."""
    kept, _ = for_question(read_chapters(root / "notebooks"), name, {"QUESTION": name})
    return kept


class Names(ast.NodeVisitor):
    """The subjects that a chapter opens, and what it takes from them wherever it runs."""

    def __init__(self):
        self.opened, self.taken = {}, []

    def visit_Assign(self, node):
        self.generic_visit(node)
        call = node.value
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "here.open":
            (target,) = node.targets
            targets = target.elts if isinstance(target, ast.Tuple) else [target]
            subjects_ = [argument.value for argument in call.args]
            self.opened |= dict(zip([t.id for t in targets], subjects_, strict=True))

    def visit_IfExp(self, node):
        self.visit(node.test)  # what stands before the "if" may be there for other questions alone
        self.visit(node.orelse)

    def visit_Call(self, node):
        self.generic_visit(node)
        typed = isinstance(node.func, ast.Attribute) and node.func.attr == "result"
        if typed and isinstance(node.args[0], ast.Constant):
            self.taken.append((ast.unparse(node.func.value), node.args[0].value))

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.attr != "result":
            self.taken.append((node.value.id, node.attr))


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_result_that_code_names_exists(name, built):
    asked, tables = question(name, built), evidence.Tables(built)
    known = cache(lambda subject: subjects.compute(subject, asked, tables))
    for chapter, notebook in chapters(built, name).items():
        names = Names()
        for cell in notebook.cells:
            if cell.cell_type == "code":
                names.visit(ast.parse(cell.source))
        for variable, attribute in names.taken:
            if variable in names.opened:
                subject = known(names.opened[variable])
                where = f"{chapter}: {variable}.{attribute}"
                assert attribute in subject.results or hasattr(subject, attribute), where


def exhibit(root, chapter, wanted, old="", new=""):
    """What a chapter shows, run as an analyst would who changes `old` to `new` in one cell."""
    (notebook,) = (n for name, n in chapters(root, MAIN).items() if name.startswith(chapter))
    names = {}
    if old:
        assert sum(old in cell.source for cell in notebook.cells) == 1
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        body = ast.parse(cell.source.replace(old, new) if old else cell.source)
        last = body.body.pop() if isinstance(body.body[-1], ast.Expr) else None
        exec(compile(body, chapter, "exec"), names)
        if last is not None and f'id="{wanted}"' in cell.source:
            shown = eval(compile(ast.Expression(last.value), chapter, "eval"), names)
            assert isinstance(shown, Exhibit)
            return shown.payload()
    raise AssertionError(f"{chapter} shows no {wanted}")


CHANGES = {
    "month": ("02", "lock-timeline", '"2021-09-20"', '"2021-09-10"'),
    "region": ("08", "three-measures", '["CUB", "IRN"]', '["CUB"]'),
    "filter": ("07", "share-change", '["moved"] != "noise"', '["moved"] == "fell"'),
}


@pytest.mark.parametrize(("chapter", "wanted", "old", "new"), CHANGES.values(), ids=CHANGES)
def test_an_exhibit_follows_what_a_cell_says(built, monkeypatch, chapter, wanted, old, new):
    monkeypatch.chdir(built / "notebooks")
    before = exhibit(built, chapter, wanted)
    after = exhibit(built, chapter, wanted, old, new)
    assert len(before["table"]["rows"]) > len(after["table"]["rows"]) > 0
    assert {*map(tuple, before["table"]["rows"])} > {*map(tuple, after["table"]["rows"])}
    assert {*before["lineage"]} > {*after["lineage"]}
    if before["svg"]:
        assert len(before["marks"]["wide"]) > len(after["marks"]["wide"]) > 0
