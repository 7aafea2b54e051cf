"""Formats written two at a time, each in a process that ends with its parent."""

import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from nbformat import NotebookNode

Files = dict[str, bytes]
Writer = Callable[[NotebookNode], Files]

_AT_ONCE = 2
_shared: list[tuple[NotebookNode, dict[str, Writer]]] = []  # in a forked writer alone


def write_all(
    report: NotebookNode, writers: dict[str, Writer], scratch: Path, on_step: Callable[[str], None]
) -> Files:
    """The files of all writers; `on_step` is told the name of each in turn.

    Temporary files go into `scratch`. Where one may fork, writers run in processes of their own,
    which share the report in memory: to hand it over would take longer than to write. None of
    them outlives this process, holds its output, or answers an interrupt by itself.
    """
    files: Files = {}
    if sys.platform != "linux":
        for name, writer in writers.items():
            on_step(name)
            files |= writer(report)
        return files
    before = set(multiprocessing.active_children())
    forked = multiprocessing.get_context("fork")
    start = (report, writers, scratch)
    with ProcessPoolExecutor(_AT_ONCE, forked, initializer=_begin, initargs=start) as pool:
        try:
            coming = {name: pool.submit(_write, name) for name in writers}
            for name, made in coming.items():
                on_step(name)
                files |= made.result()
        except BaseException:  # an interrupt, too: nobody waits for the others any more
            for process in set(multiprocessing.active_children()) - before:
                process.kill()
            raise
    return files


def _begin(report: NotebookNode, writers: dict[str, Writer], scratch: Path) -> None:
    _shared.append((report, writers))
    tempfile.tempdir = str(scratch)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(os.devnull, "w") as nowhere:
        for stream in (1, 2):
            os.dup2(nowhere.fileno(), stream)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)


def _write(name: str) -> Files:
    report, writers = _shared[0]
    return writers[name](report)
