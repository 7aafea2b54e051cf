"""The pages in docs/: their commands exist, their recipes parse, their links lead somewhere."""

import re
import shlex
import subprocess

import click
import pytest
import yaml

from graymarket.cli import main

PAGES = ["new-data", "scheduled-refresh", "your-own-question"]


@pytest.fixture(params=PAGES)
def page(request, root):
    return (root / "docs" / f"{request.param}.md").read_text(encoding="utf-8")


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


def test_links_lead_somewhere(page, root):
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page):
        assert (root / "docs" / target).exists(), target


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
    for path in (root / "docs").glob("*.md"):
        assert f"docs/{path.name}" in readme
        assert path.stem in PAGES
