"""CONTRIBUTING and docs/: what they name exists, recipes parse, links lead somewhere."""

import re
import shlex
import subprocess

import click
import pytest
import yaml

from graymarket.cli import main

PAGES = [
    "CONTRIBUTING.md",
    *(f"docs/{name}.md" for name in ("architecture", "new-data", "scheduled-refresh")),
    "docs/your-own-question.md",
]
# A file that a recipe asks for: xx.toml, tests/results/test_NAME.py, NN-name.ipynb.
_TO_BE_MADE = re.compile(r"NAME|NN-|/xx\.")


@pytest.fixture(params=PAGES)
def path(request, root):
    return root / request.param


@pytest.fixture
def page(path):
    return path.read_text(encoding="utf-8")


def blocks(text: str, language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Every call of graymarket in a block of code, as its words."""
    lines = "\n".join(re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    found = re.findall(r"^[\s$]*(?:\S*/)?graymarket ([^#<|\n&]*)", lines, re.MULTILINE)
    return [shlex.split(line) for line in found]


def test_every_command_and_option_exists(page):
    for words in commands(page):
        command = main
        while isinstance(command, click.Group):
            assert words[0] in command.commands, words
            command = command.commands[words.pop(0)]
        known = {name for parameter in command.params for name in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, words


def test_links_lead_somewhere(path, page):
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_every_file_named_for_maintainers_is_there(root, name):
    text = (root / name).read_text(encoding="utf-8")
    package = r"(?:charts|publish|refresh|results|wording|exhibits|editions|evidence|models)"
    named = re.findall(rf"`((?:src|tests|data|notebooks|{package})/[^` ]*\.\w+)`", text)
    assert len(named) > 10
    for file in named:
        if not _TO_BE_MADE.search(file) and "*" not in file:
            assert (root / file).exists() or (root / "src/graymarket" / file).exists(), file


def test_the_walk_of_one_reading_names_each_file_once_and_what_is_in_it(root):
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    steps = re.findall(r"^\| `([^`]+)` \| (.*) \|$", text.split("## A walk")[1], re.MULTILINE)
    files = [file for file, _ in steps]
    assert len(files) > 30 and len(set(files)) == len(files)
    for file, said in steps:
        if file.endswith((".py", ".typ", ".csv", ".ipynb")):
            content = (root / file).read_text(encoding="utf-8").replace('\\"', '"')
            for name in re.findall(r"`([^`]+)`", said):
                assert name in content, (file, name)


def test_the_workflow_is_one_that_opens_a_change(root):
    text = (root / "docs" / "scheduled-refresh.md").read_text(encoding="utf-8")
    (recipe,) = blocks(text, "yaml")
    workflow = yaml.safe_load(recipe)
    assert workflow[True]["schedule"][0]["cron"].split()[2:] == ["8", "*", "*"]  # “on” is true
    steps = workflow["jobs"]["refresh"]["steps"]
    ran = "\n".join(step.get("run", "") for step in steps)
    for needed in ("graymarket refresh --yes", "graymarket edition new", "gh pr create"):
        assert needed in ran


def test_the_scripts_parse(root):
    text = (root / "docs" / "scheduled-refresh.md").read_text(encoding="utf-8")
    steps = yaml.safe_load(blocks(text, "yaml")[0])["jobs"]["refresh"]["steps"]
    for script in [*blocks(text, "bash"), *(step["run"] for step in steps if "run" in step)]:
        checked = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
        assert checked.returncode == 0, checked.stderr


def test_the_readme_names_every_page(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    pages = ["CONTRIBUTING.md", "CHANGELOG.md", *(f"docs/{p.name}" for p in root.glob("docs/*.md"))]
    for name in pages:
        assert name in readme
        assert name in PAGES or name == "CHANGELOG.md"
