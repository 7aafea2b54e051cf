"""What was computed is kept in a folder under a key of all that it depends on."""

import hashlib
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast

from filelock import FileLock

CACHE = ".cache"  # in the project's folder; may be deleted at any time
_MOST_KEYS = 12  # folders of as many former states are kept

T = TypeVar("T")


def kept(folder: Path, name: str, compute: Callable[[], T]) -> T:
    """What stands in `folder` under that name, or else what `compute` gives, which is then kept.

    `folder` is named by a digest of all that the value depends on. One process at a time computes
    it: the next finds it done. A file half written by a killed process counts as none, and where
    the disk is full or read-only nothing is kept.
    """
    file = folder / f"{name}.pickle"
    with _alone(file.with_suffix(".lock")):
        try:
            return cast(T, pickle.loads(file.read_bytes()))
        except (OSError, EOFError, pickle.UnpicklingError):
            value = compute()
            _write(file, value)
            return value


def digest(*parts: str, files: Iterable[Path] = ()) -> str:
    """A name for a state: of texts, and of files by their names and content."""
    state = hashlib.sha256("\0".join(parts).encode())
    for file in files:
        state.update(file.name.encode() + hashlib.sha256(file.read_bytes()).digest())
    return state.hexdigest()[:24]


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """One process at a time within, where the folder can be written."""
    try:
        if not lock.parent.is_dir():
            lock.parent.mkdir(parents=True, exist_ok=True)
            _drop_oldest(lock.parent.parent)
        waiting = FileLock(lock)
        waiting.acquire()
    except OSError:
        yield
        return
    try:
        yield
    finally:
        waiting.release()


def _drop_oldest(folder: Path) -> None:
    states = sorted(folder.iterdir(), key=lambda state: state.stat().st_mtime)
    for state in states[:-_MOST_KEYS]:
        shutil.rmtree(state, ignore_errors=True)


def _write(file: Path, value: object) -> None:
    """Write aside and rename, so that a killed process leaves nothing half written."""
    try:
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as scratch:
            pickle.dump(value, scratch)
        os.replace(scratch.name, file)
    except OSError:
        pass  # a read-only or full disk: it is computed again the next time
