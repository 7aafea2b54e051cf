"""The floors of the house: over src/ and notebooks/ no import leads up, and none in a circle."""

import ast
from graphlib import TopologicalSorter

import nbformat
import pytest

FLOORS = (
    ("palette", "kept"),
    ("evidence",),
    ("models",),
    ("question", "editions", "refresh"),
    ("results",),
    ("wording",),
    ("charts",),
    ("exhibits",),
    ("publish",),
    ("report",),
    ("cli",),
    ("notebooks",),
)
TABLES = {"local_rules"}  # of data/, and so names of subjects, too
FLOOR = {part: floor for floor, parts in enumerate(FLOORS) for part in parts}
# What is published may come from any project.
FOREIGN = {"evidence", "models", "question", "editions", "refresh", "results", "wording"}
CLOSED = {"publish": FOREIGN | {"charts", "exhibits"}, "notebooks": {"publish", "report", "cli"}}


def sources(root):
    """Module → its code: all of src/, and each chapter as a module of notebooks."""
    src = root / "src"
    for path in sorted((src / "graymarket").rglob("*.py")):
        yield ".".join(path.relative_to(src).with_suffix("").parts), path.read_text("utf-8")
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        yield f"graymarket.notebooks.{path.stem}", code


def imports(code, modules):
    """The modules of ours that a module's code names, wherever in it the import stands."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield from [name for name in (whole, node.module) if name in modules][:1]


@pytest.fixture(scope="module")
def graph(root):
    """Module → the modules that it imports."""
    codes = dict(sources(root))
    packages = {name.removesuffix(".__init__"): name for name in codes}
    return {
        name: {packages[target] for target in imports(code, packages)} - {name}
        for name, code in codes.items()
    }


def part_of(module):
    return module.split(".")[1]


def arrows(graph):
    """(from, to) of every import between two parts of the house."""
    pairs = ((module, target) for module, targets in graph.items() for target in targets)
    known = [(module, target) for module, target in pairs if target != "graymarket.__init__"]
    return [(a, b) for a, b in known if part_of(a) != part_of(b)]


def test_every_part_has_its_floor(graph):
    assert {part_of(module) for module in graph} - {"__init__"} == set(FLOOR)


def test_no_arrow_leads_up(graph):
    up = [(a, b) for a, b in arrows(graph) if FLOOR[part_of(a)] <= FLOOR[part_of(b)]]
    assert up == []


def test_no_circle(graph):
    parts = {}
    for module, targets in graph.items():  # a package stands for what its __init__ gathers
        inner = {t for t in targets if not module.startswith(t.removesuffix("__init__"))}
        parts[module] = inner
    TopologicalSorter(parts).prepare()


def test_some_parts_know_nothing_of_others(graph):
    across = [(a, b) for a, b in arrows(graph) if part_of(b) in CLOSED.get(part_of(a), ())]
    assert across == []


def test_a_circle_and_an_arrow_up_would_be_noticed(graph):
    wrong = graph | {"graymarket.models.points": {"graymarket.results.units"}}
    with pytest.raises(AssertionError):
        test_no_arrow_leads_up(wrong)
    with pytest.raises(ValueError):
        test_no_circle({"graymarket.a.b": {"graymarket.c.d"}, "graymarket.c.d": {"graymarket.a.b"}})


def test_nothing_in_src_is_named_after_a_chapter(root):
    """A chapter's own name, such as "how-it-compares", not a subject's that it shares."""
    stems = {path.stem.lstrip("0123456789-") for path in (root / "notebooks").glob("*.ipynb")}
    several = {stem.replace("-", "_") for stem in stems if "-" in stem} - TABLES
    for name, code in sources(root):
        if part_of(name) == "notebooks":
            continue
        defined = {
            node.name
            for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        assert not several & {*defined, *name.split(".")}, name
