"""One set of dependencies, three files: pyproject.toml, environment.yml, requirements.lock."""

import re
import subprocess
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from graymarket import evidence

# Where conda-forge calls a package something else.
CONDA_NAMES = {
    "brotli": "brotli-python",
    "matplotlib": "matplotlib-base",
    "playwright": "playwright-python",
    "pypandoc-binary": "pypandoc",
    "typst": "typst-py",
}
# What only conda needs: pip itself, and the pandoc that pypandoc_binary carries within.
CONDA_ONLY = {"pip", "pandoc"}


def ranges(entries):
    """Canonical name → version range, each name once."""
    requirements = [Requirement(entry) for entry in entries]
    found = {canonicalize_name(each.name): each.specifier for each in requirements}
    assert len(found) == len(requirements), "a package is named twice"
    return found


@pytest.fixture(scope="module")
def pyproject(root):
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def direct(pyproject):
    groups = pyproject["dependency-groups"].values()
    return ranges([*pyproject["project"]["dependencies"], *(each for g in groups for each in g)])


@pytest.fixture(scope="module")
def conda(root):
    return yaml.safe_load((root / "environment.yml").read_text("utf-8"))


@pytest.fixture(scope="module")
def lock(root):
    """The lock's entries: each a requirement line with the hash lines that follow it."""
    text = (root / "requirements.lock").read_text("utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE)
    return [entry for entry in re.split(r"\n(?=\S)", text.strip()) if entry]


@pytest.fixture(scope="module")
def pins(lock):
    """Canonical name → every version pinned (one per marker)."""
    found = {}
    for entry in lock:
        requirement = Requirement(entry.split("\\")[0])
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement.specifier)
    return found


def test_every_direct_dependency_is_bounded_on_both_sides(direct):
    for name, specifier in direct.items():
        assert sorted(each.operator for each in specifier) == ["<", ">="], name


def test_conda_asks_for_the_same_packages_and_versions(conda, direct, pyproject):
    (pip_only,) = (each["pip"] for each in conda["dependencies"] if isinstance(each, dict))
    named = ranges(each for each in conda["dependencies"] if isinstance(each, str))
    python = named.pop("python")
    for name in CONDA_ONLY:
        del named[name]
    by_pip = ranges(pip_only)
    wanted = {
        name if name in by_pip else CONDA_NAMES.get(name, name): specifier
        for name, specifier in direct.items()
    }
    assert not named.keys() & by_pip.keys()
    assert named | by_pip == wanted
    assert str(python) == pyproject["project"]["requires-python"]


def test_conda_environment_is_named_and_uses_one_channel(conda, pyproject):
    assert conda["name"] == pyproject["project"]["name"]
    assert conda["channels"] == ["conda-forge"]


def test_lock_pins_every_direct_dependency_within_its_range(pins, direct):
    for name, specifier in direct.items():
        assert name in pins, f"{name} is not in requirements.lock; run: make lock"
        for pin in pins[name]:
            (exact,) = pin
            assert exact.operator == "=="
            assert exact.version in specifier, f"{name} {exact.version}; run: make lock"


def test_lock_has_a_hash_for_every_requirement(lock):
    assert lock
    for entry in lock:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry.splitlines()[0]


def test_lock_names_no_address(root):
    text = (root / "requirements.lock").read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash=)|^\s*-[a-z]\b", text, flags=re.MULTILINE)


def test_citation_names_the_same_edition(root, pyproject):
    citation = yaml.safe_load((root / "CITATION.cff").read_text("utf-8"))
    package = evidence.package(root)
    assert citation["version"] == package["version"]
    assert citation["date-released"] == package["created"][:10]
    assert citation["title"] == pyproject["project"]["description"]


def test_cleaning_keeps_the_executed_chapters(root, tmp_path):
    (tmp_path / "Makefile").write_bytes((root / "Makefile").read_bytes())
    for folder in ("src", "tests", "notebooks", *(f"report/{n}" for n in ("notebooks", "figures"))):
        (tmp_path / folder).mkdir(parents=True)
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    assert [path.name for path in (tmp_path / "report").iterdir()] == ["notebooks"]
