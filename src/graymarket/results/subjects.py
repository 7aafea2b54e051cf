"""The subjects on which the report knows something, and what it knows of each."""

import hashlib
import importlib
import os
import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol, cast

from filelock import FileLock

from graymarket.evidence import Tables
from graymarket.question import Question
from graymarket.results.quantity import Result

# Each is a module of this package with a function compute(question, tables).
SUBJECTS = (
    "asked",
    "facts",
    "estimate",
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
    kept = tables.root / ".cache" / "results" / _key(question, tables.root) / f"{name}.pickle"
    with _alone(kept.with_suffix(".lock")):
        try:
            return cast(Subject, pickle.loads(kept.read_bytes()))
        except (OSError, EOFError, pickle.UnpicklingError):
            subject = _computed(name, question, tables)
            _keep(kept, subject)
            return subject


def every_result(question: Question, tables: Tables) -> dict[str, Result]:
    """All results of all subjects but those of RESTATING, by "subject/name"."""
    return {
        f"{subject}/{name}": result
        for subject in SUBJECTS
        if subject not in RESTATING
        for name, result in compute(subject, question, tables).results.items()
    }


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process at a time compute a subject: the next finds it done."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        waiting = FileLock(lock)
        waiting.acquire()
    except OSError:  # a read-only or full disk: then each computes for itself
        yield
        return
    try:
        yield
    finally:
        waiting.release()


def _computed(name: str, question: Question, tables: Tables) -> Subject:
    module: Any = importlib.import_module(f"graymarket.results.{name}")
    return cast(Subject, module.compute(question, tables))


def _keep(path: Path, subject: Subject) -> None:
    """Write aside and rename, so that a killed process leaves nothing half written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as scratch:
            pickle.dump(subject, scratch)
        os.replace(scratch.name, path)
    except OSError:
        pass  # a read-only or full disk: it is computed again the next time


def _key(question: Question, root: Path) -> str:
    """What results depend on: the question, tables and editions, the code below, libraries."""
    digest = hashlib.sha256(repr(_asked(question)).encode())
    digest.update(_code().encode())
    for path in sorted((root / "data").rglob("*")):
        if path.suffix in (".csv", ".json", ".zip"):
            digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:24]


def _asked(question: Question) -> list[tuple[str, str]]:
    given = vars(question) | {"path": None}  # wherever its file is
    closure = question.closure
    given["closure"] = None if closure is None else closure.to_dict()  # a Series prints cut short
    return sorted((name, str(value)) for name, value in given.items())


@lru_cache(maxsize=1)
def _code() -> str:
    digest = hashlib.sha256(" ".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    for floor in _FLOORS:
        place = _PACKAGE / floor
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
