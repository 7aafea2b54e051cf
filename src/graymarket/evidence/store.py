"""Replace files of data/: the whole is checked first, then all of them are new or none.

A run that is killed on the way leaves a folder beside data/ with a journal and the former files;
`recover` puts these back, and every run that writes begins with it.
"""

import csv
import io
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from graymarket.evidence.checks import check
from graymarket.evidence.problems import EvidenceError, Problem

if sys.platform != "win32":
    import fcntl

_STAGING = ".data-graymarket-"
_JOURNAL = "journal.json"  # its presence says that data/ may be half old and half new
LEDGERS = ("additions", "revisions")  # tables that adding writes, and nobody by hand
_NOT_STAGED = shutil.ignore_patterns("editions", ".*")

Step = Callable[[str], None]


def replace(root: Path, files: dict[str, bytes], on_step: Step = lambda step: None) -> None:
    """Replace files of data/ (name → content), once the base with them has passed its check.

    `on_step` is called with a name before each step that touches the disk. Raises EvidenceError,
    with data/ as it was, if the base would not be sound, if somebody else changes data/ meanwhile,
    or if the system refuses to write.
    """
    data = _folder(root)
    with _lock(root), _refusals_named():
        _recover(data)
        before = _state(data)
        with _staging(data) as staging:
            on_step("stage")
            _stage(staging, data, files)
            on_step("compare")
            if _state(data) != before:
                expected = "to stay as it was while the change was checked"
                raise EvidenceError([Problem("data/", expected, fix="run this again")])
            _exchange(staging, data, _ledgers_last(files), on_step)


def check_with(root: Path, files: dict[str, bytes]) -> None:
    """Raise EvidenceError if the base with these files (name → content) would not be sound."""
    data = _folder(root)
    with _lock(root), _refusals_named():
        _recover(data)
        with _staging(data) as staging:
            _stage(staging, data, files)


def recover(root: Path) -> bool:
    """Undo what a killed run left half done; whether there was anything to undo.

    Does nothing while another run is writing. Raises EvidenceError if a file was changed by hand
    since that run was killed.
    """
    data = _folder(root)
    if not any(data.parent.glob(f"{_STAGING}*")):
        return False
    try:
        with _lock(root), _refusals_named():
            return _recover(data)
    except _BusyError:
        return False


def as_csv(cells: pd.DataFrame) -> bytes:
    """A table's cells (text) in the one form in which data/ is kept."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(cells.columns)
    writer.writerows(cells.itertuples(index=False, name=None))
    return text.getvalue().encode("utf-8")


def _folder(root: Path) -> Path:
    """Where data/ is: of a link, the folder that it leads to."""
    return (root / "data").resolve()


class _BusyError(EvidenceError):
    """Another run is writing."""


@contextmanager
def _lock(root: Path) -> Iterator[None]:
    """Keep out other runs that would write; on Windows nothing does."""
    if sys.platform == "win32":
        yield
        return
    place = os.open(_folder(root).parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fix = "another run of graymarket is writing: wait until it has ended, and try again"
            raise _BusyError([Problem("data/", "to be written by nobody else", fix=fix)]) from None
        yield
    finally:
        os.close(place)


@contextmanager
def _refusals_named() -> Iterator[None]:
    """What the system refuses becomes a Problem."""
    try:
        yield
    except OSError as error:
        fix = "is there room for a copy of data/ beside it, and permission to write there?"
        value = _reason(error)
        raise EvidenceError([Problem("data/", "to be written", value=value, fix=fix)]) from None


def _reason(error: OSError) -> str:
    """The system's words; where many files failed (shutil.Error), those about the first."""
    if isinstance(error, shutil.Error):
        return str(error.args[0][0][2])
    return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror or error)


@contextmanager
def _staging(data: Path) -> Iterator[Path]:
    """A folder beside data/, removed in the end unless its journal is needed to recover."""
    staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=data.parent))
    try:
        yield staging
    finally:
        if not (staging / _JOURNAL).exists():
            shutil.rmtree(staging, ignore_errors=True)


def _stage(staging: Path, data: Path, files: dict[str, bytes]) -> None:
    """The base as it would be in staging/data, checked; what goes and what comes in old and new."""
    # Editors mark a file that is open by a link to nowhere.
    shutil.copytree(data, staging / "data", ignore=_NOT_STAGED, ignore_dangling_symlinks=True)
    (staging / "old").mkdir()
    (staging / "new").mkdir()
    for name, content in files.items():
        (staging / "data" / name).write_bytes(content)
        shutil.copy(data / name, staging / "old")
        shutil.copy(staging / "data" / name, staging / "new")
    for folder in ("old", "new"):
        for name in files:
            _sync(staging / folder / name)
        _sync(staging / folder)
    if problems := check(staging):
        raise EvidenceError(problems)


def _exchange(staging: Path, data: Path, names: list[str], on_step: Step) -> None:
    """Move the new files into data/, one after the other; back again if one cannot be moved."""
    on_step("journal")
    _write_journal(staging, names)
    try:
        for name in names:
            on_step(name)
            os.replace(staging / "new" / name, data / name)
        _sync(data)
    except BaseException:
        _undo(staging, data)
        raise
    on_step("commit")
    (staging / _JOURNAL).unlink()
    _sync(staging)
    on_step("clean up")


def _ledgers_last(names: Iterable[str]) -> list[str]:
    """In this order no ledger ever tells of a row that is not there."""
    return sorted(names, key=lambda name: name.removesuffix(".csv") in LEDGERS)


def _write_journal(staging: Path, names: list[str]) -> None:
    half = staging / f".{_JOURNAL}"
    half.write_text(json.dumps(names), encoding="utf-8")
    _sync(half)
    os.replace(half, staging / _JOURNAL)
    _sync(staging)


def _recover(data: Path) -> bool:
    """Undo what is journalled beside data/, and remove what killed runs left; whether any was."""
    undone = False
    for staging in sorted(data.parent.glob(f"{_STAGING}*")):
        if (staging / _JOURNAL).exists():
            _refuse_edited(staging, data)
            _undo(staging, data)
            undone = True
        shutil.rmtree(staging, ignore_errors=True)
    return undone


def _undo(staging: Path, data: Path) -> None:
    """Put the former files back; may itself be killed and done again."""
    journal = staging / _JOURNAL
    for name in reversed(json.loads(journal.read_text(encoding="utf-8"))):
        if (staging / "old" / name).exists():
            os.replace(staging / "old" / name, data / name)
    _sync(data)
    journal.unlink()


def _refuse_edited(staging: Path, data: Path) -> None:
    """Raise EvidenceError where a file is neither as it was nor as the killed run left it."""
    problems = []
    for name in json.loads((staging / _JOURNAL).read_text(encoding="utf-8")):
        former, new, present = staging / "old" / name, staging / "data" / name, data / name
        if not former.exists() or not present.exists():
            continue  # it is put back already, or has nothing to lose
        if present.read_bytes() not in (former.read_bytes(), new.read_bytes()):
            expected = "the file as a run that was killed left it, to undo that run"
            fix = f"compare it with {former}, put right what is wrong, and remove {staging.name}"
            problems.append(Problem(f"data/{name}", expected, fix=fix))
    if problems:
        raise EvidenceError(problems)


def _sync(path: Path) -> None:
    """Have the system write a file, or a folder’s list of files, to the disk."""
    if sys.platform == "win32":
        return  # it opens no folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _state(data: Path) -> dict[str, tuple[int, int]]:
    """What changes when a file of data/ does: its time and size."""
    stats = {str(path): path.stat() for path in data.rglob("*") if path.is_file()}
    return {path: (stat.st_mtime_ns, stat.st_size) for path, stat in stats.items()}
