"""Run the chapters' notebooks, two at a time, each in a fresh kernel."""

import asyncio
import json
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from graymarket.publish.found import EXHIBIT_MIME, as_told, outputs, results_in
from graymarket.publish.problems import PublishError
from graymarket.publish.warm_kernels import WarmParent, kernel_manager, warm_parent

_AT_ONCE = 2
_CELL_SECONDS = 300


def read_chapters(folder: Path) -> dict[str, NotebookNode]:
    """The notebooks of `folder` by name (without ".ipynb"), in the order of their names."""
    paths = sorted(folder.glob("*.ipynb"))
    if not paths:
        raise PublishError([f"{folder}: expected notebooks (*.ipynb), found none"])
    chapters = {}
    for path in paths:
        try:
            chapters[path.stem] = nbformat.read(path, as_version=4)
        except (ValueError, nbformat.reader.NotJSONError) as error:
            raise PublishError([f"{path}: expected a Jupyter notebook: {error}"]) from error
    return chapters


def execute(
    chapters: dict[str, NotebookNode],
    folder: Path,
    on_cell: Callable[[], None],
    environment: dict[str, str] | None = None,
) -> dict[str, NotebookNode]:
    """Execute all chapters in `folder`; `on_cell` is called after each cell.

    A chapter whose metadata says {"report": {"runs": "last"}} comes after the others, and finds
    what they found in the JSON file that the environment variable GRAYMARKET_RESULTS names:
    {"results", "exhibits"} as in report/results.json, but for the exhibits' numbers.
    `environment`: variables for the kernels beside those of this process.

    Raises PublishError naming notebook, cell and error for every chapter that fails.
    """
    last = {name: book for name, book in chapters.items() if _runs_last(book)}
    first = {name: book for name, book in chapters.items() if name not in last}
    with (
        warm_parent(chapters.values(), folder) as warm,
        asyncio.Runner(loop_factory=_Loop) as runner,
    ):
        env = dict(environment or {})
        runner.run(_execute_all(first, folder, on_cell, warm, env))
        if last:
            with tempfile.TemporaryDirectory() as scratch:
                path = Path(scratch, "results.json")
                path.write_text(json.dumps(_found(first), ensure_ascii=False), encoding="utf-8")
                env |= {"GRAYMARKET_RESULTS": str(path)}
                runner.run(_execute_all(last, folder, on_cell, warm, env))
    return chapters


def _runs_last(notebook: NotebookNode) -> bool:
    return notebook.metadata.get("report", {}).get("runs") == "last"


def _found(chapters: dict[str, NotebookNode]) -> dict:
    named = {
        f"{name}/{key}": result
        for name, book in chapters.items()
        for key, result in results_in(book).items()
    }
    exhibits = [e for book in chapters.values() for e in outputs(book, EXHIBIT_MIME)]
    return as_told(named, exhibits)


class _Loop(asyncio.SelectorEventLoop):
    """Takes no signal handlers, as on Windows.

    On a signal nbclient's would end the kernel of one chapter and let the others run on; without
    them Ctrl-C ends all.
    """

    add_signal_handler = asyncio.AbstractEventLoop.add_signal_handler
    remove_signal_handler = asyncio.AbstractEventLoop.remove_signal_handler


async def _execute_all(
    chapters: dict[str, NotebookNode],
    folder: Path,
    on_cell: Callable[[], None],
    warm: WarmParent | None,
    env: dict[str, str],
) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def run(notebook: NotebookNode) -> None:
        async with gate:
            client = NotebookClient(
                notebook,
                km=warm and kernel_manager(_kernel_name(notebook), warm),
                timeout=_CELL_SECONDS,
                record_timing=False,
                # Or a kernel stopped in the middle would write how it was.
                extra_arguments=["--IPKernelApp.log_level=50"],
                resources={"metadata": {"path": str(folder)}},
                on_cell_executed=lambda **_: on_cell(),
            )
            await client.async_execute(env=os.environ | env, cleanup_kc=True)

    # The longest first: so both lanes end at about the same time.
    names = sorted(chapters, key=lambda name: -_length(chapters[name]))
    done = await asyncio.gather(*(run(chapters[n]) for n in names), return_exceptions=True)
    outcomes = dict(zip(names, done, strict=True))
    problems = [
        _explain(name, outcomes[name])
        for name in chapters
        if isinstance(outcomes[name], BaseException)
    ]
    if problems:
        raise PublishError(problems)


def _kernel_name(notebook: NotebookNode) -> str:
    return notebook.metadata.get("kernelspec", {}).get("name", "python3")


def _length(notebook: NotebookNode) -> int:
    return sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")


def _explain(name: str, error: BaseException) -> str:
    if isinstance(error, CellExecutionError):
        text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
        source = text.split("------------------")[1].strip().splitlines()
        where = f", in the cell that begins “{source[0]}”" if source else ""
        return f"notebooks/{name}.ipynb{where}: {error.ename}: {error.evalue}"
    return f"notebooks/{name}.ipynb: {type(error).__name__}: {error}"
