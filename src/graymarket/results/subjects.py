"""The subjects on which the report knows something, and what it knows of each."""

import importlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, cast

from graymarket.evidence import Tables
from graymarket.kept import CACHE, digest, kept
from graymarket.question import Question
from graymarket.results.periods import with_periods
from graymarket.results.quantity import Result

# Each is a module of this package with a function compute(question, tables).
SUBJECTS = (
    "asked",
    "facts",
    "shares",
    "estimate",
    "calculation",
    "readings",
    "channel",
    "rules",
    "local_rules",
    "panel",
    "stocks",
    "door",
    "closures",
    "benchmarks",
    "trade",
    "back_test",
    "claims",
    "timeline",
    "evidence_base",
    "headline",
    "senses",
    "changes",
)

# Subjects that put in other words what others know; every_result leaves them out.
RESTATING = ("changes", "door", "headline")

_PACKAGE = Path(__file__).parent.parent
# The code that results come from.
_FLOORS = ("evidence", "editions", "models", "results", "question.py")
_DATA = (".csv", ".json", ".zip")
_LIBRARIES = ("numpy", "pandas", "scipy", "salib")


class Subject(Protocol):
    """What is known of a subject: typed results by name, and frames that exhibits show."""

    @property
    def results(self) -> dict[str, Result]: ...


def compute(name: str, question: Question, tables: Tables) -> Subject:
    """What is known of one of SUBJECTS; kept in .cache/ where the tables come from a folder.

    Raises KeyError for another name, ValueError where the tables do not hold what it needs.
    """
    if name not in SUBJECTS:
        raise KeyError(f"{name}: expected one of {', '.join(SUBJECTS)}")
    if tables.root is None:
        return _computed(name, question, tables)
    folder = tables.root / CACHE / "results" / _key(question, tables.root)
    return kept(folder, name, lambda: _computed(name, question, tables))


def every_result(question: Question, tables: Tables) -> dict[str, Result]:
    """All results of all subjects but those of RESTATING, by "subject/name"."""
    return {
        f"{subject}/{name}": result
        for subject in SUBJECTS
        if subject not in RESTATING
        for name, result in compute(subject, question, tables).results.items()
    }


def _computed(name: str, question: Question, tables: Tables) -> Subject:
    module: Any = importlib.import_module(f"graymarket.results.{name}")
    subject = cast(Subject, module.compute(question, tables))
    subject.results.update(with_periods(subject.results, tables))
    return subject


def _key(question: Question, root: Path) -> str:
    """What results depend on: the question, tables and editions, the code below, libraries."""
    data = [path for path in sorted((root / "data").rglob("*")) if path.suffix in _DATA]
    return digest(repr(_asked(question)), _code(), files=data)


def _asked(question: Question) -> list[tuple[str, str]]:
    given = vars(question) | {"path": None}  # wherever its file is
    closure = question.closure
    given["closure"] = None if closure is None else closure.to_dict()  # a Series prints cut short
    return sorted((name, str(value)) for name, value in given.items())


@lru_cache(maxsize=1)
def _code() -> str:
    places = [_PACKAGE / floor for floor in _FLOORS]
    files = [place.rglob("*.py") if place.is_dir() else [place] for place in places]
    libraries = " ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    return digest(libraries, files=[path for some in files for path in sorted(some)])
