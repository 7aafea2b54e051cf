"""Temporary folders that are gone in the end, however the process that made them ends."""

import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A process of its own, which outlives ours when ours is killed: its input ends then.
_GUARD = "import shutil, sys; sys.stdin.read(); shutil.rmtree(sys.argv[1], ignore_errors=True)"


@contextmanager
def scratch_folder(beside: Path) -> Iterator[Path]:
    """A new hidden folder in `beside`, removed afterwards, even if this process is killed.

    It stays as long as a process forked from this one still lives.
    """
    folder = beside / f".build-{uuid.uuid4().hex[:12]}"
    guard = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _GUARD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # an interrupt from the terminal is not meant for it
    )
    try:
        folder.mkdir()
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        guard.communicate()
