"""Every answer that results can give has words, and no words stand there for nobody."""

import ast
import json
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from graymarket.models.standing import EFFECTS, OFFICIAL
from graymarket.question import SERIES
from graymarket.results import UNITS, Quantity
from graymarket.results.claims import VERDICTS
from graymarket.wording import Wording

SRC = Path(__file__).resolve().parents[2] / "src" / "graymarket"
WORDS = tomllib.loads((SRC / "wording" / "en.toml").read_text(encoding="utf-8"))
ASKED_BY_WORDING = {"empty"}  # what a list without items says


def trees() -> Iterator[ast.Module]:
    for path in sorted(SRC.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"))


def texts_of(node: ast.AST | None) -> list[str]:
    """The texts that an expression can be, where it says so itself: x if a else y, f"{…}_so"."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return texts_of(node.body) + texts_of(node.orelse)
    return []


def calls() -> Iterator[tuple[str, str]]:
    """(about, answer) of each verdict made of plain texts, there or in a name just before."""
    for tree in trees():
        for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            given: dict[str, list[str]] = {}
            for statement in function.body:
                given |= assigned(statement)
                for node in (n for n in ast.walk(statement) if isinstance(n, ast.Call)):
                    yield from verdict(node, given)


def assigned(statement: ast.stmt) -> dict[str, list[str]]:
    """The texts that a statement, such as an if with its branches, gives to names."""
    texts: dict[str, list[str]] = {}
    for node in ast.walk(statement):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            texts.setdefault(node.targets[0].id, []).extend(texts_of(node.value))
    return texts


def verdict(node: ast.Call, given: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    keywords = {keyword.arg: keyword.value for keyword in node.keywords}
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name == "Verdict":
        about, answer = keywords.get("about"), keywords.get("answer")
    elif name == "verdict" and len(node.args) > 1:
        about, answer = keywords.get("about", node.args[0]), node.args[1]
    else:
        return
    answers = texts_of(answer) or given.get(getattr(answer, "id", ""), [])
    yield from ((a, b) for a in texts_of(about) for b in answers)


ANSWERS = sorted(set(calls()))


def test_there_are_answers_to_look_at():
    assert ("rules_title", "no_rows") in ANSWERS and ("rule_cell", "changed") in ANSWERS
    assert len(ANSWERS) > 60


@pytest.mark.parametrize(("about", "answer"), ANSWERS)
def test_an_answer_in_the_code_has_words(about, answer):
    assert answer in WORDS["verdicts"].get(about, {})


@pytest.mark.parametrize(
    ("about", "answers"),
    [
        ("effect", [*EFFECTS, "authorised_by_exception", "none_found"]),
        ("channel", ["official", "none", "contested", "unknown"]),
        ("channel_cell", ["official", "none", "contested"]),
        ("claim", VERDICTS),
        ("panel_series", SERIES),
        ("panel_moved", ["rose", "fell", "unclear", "depends", "noise"]),
        ("confidence", ["high", "moderate", "low", "none"]),
    ],
)
def test_answers_that_models_give_have_words(about, answers):
    assert set(answers) <= set(WORDS["verdicts"][about])
    assert OFFICIAL  # kinds of a channel that all read “official”


@pytest.mark.parametrize(
    ("about", "table", "field"),
    [("event_day", "timeline", "precision"), ("claim", "verdicts", "verdict")],
)
def test_answers_that_tables_give_have_words(root, about, table, field):
    package = json.loads((root / "data" / "datapackage.json").read_text(encoding="utf-8"))
    [schema] = [each["schema"] for each in package["resources"] if each["name"] == table]
    [enum] = [f["constraints"]["enum"] for f in schema["fields"] if f["name"] == field]
    assert set(enum) <= set(WORDS["verdicts"][about])


def patterns() -> list[str]:
    """Each text of the code as a pattern: “{name}_so” fits what ends so."""
    found = []
    for tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.escape(node.value))
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"
                    for part in node.values
                ]
                if any(re.search(r"[a-z]{3}", part) for part in parts):
                    found.append("".join(parts))
    return found


@pytest.mark.parametrize("kind", ["verdicts", "units"])
def test_no_words_stand_there_for_nobody(kind):
    used = re.compile("|".join(f"(?:{one})" for one in dict.fromkeys(patterns())))
    known = set(WORDS[kind]) - ({"plain"} if kind == "units" else set())
    assert [name for name in sorted(known) if not used.fullmatch(name)] == []


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_unit_has_words_of_its_own_or_is_a_plain_number(unit):
    say = Wording("en").text
    known = {"unit": unit, "definition": "d", "kind": "counted", "lineage": ("sources",)}
    assert say(Quantity(value=UNITS[unit].scale, **known))
    if UNITS[unit].form not in ("ordinal", "likelihood", "duration"):
        high = 3 * UNITS[unit].scale
        form = WORDS["units"].get(unit, WORDS["units"]["plain"])
        if "range" in form:
            assert say(Quantity(low=UNITS[unit].scale, high=high, **known))


def test_units_with_words_are_units():
    assert set(WORDS["units"]) - {"plain"} <= set(UNITS)


def test_every_form_of_a_number_takes_a_number():
    for unit, form in WORDS["units"].items():
        for name, words in form.items():
            fields = {field for _, field, _, _ in string.Formatter().parse(words) if field}
            expected = {"range": {"low", "high"}, "zero": set()}.get(name, {"n"})
            assert fields == expected, f"[units.{unit}] {name}"
