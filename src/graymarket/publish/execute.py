"""Run the chapters' notebooks, two at a time, each in a fresh kernel."""

import asyncio
import os
import re
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

from graymarket.publish.problems import PublishError

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

    `environment`: variables for the kernels beside those of this process.

    Raises PublishError naming notebook, cell and error for every chapter that fails.
    """
    return asyncio.run(_execute_all(chapters, folder, on_cell, environment or {}))


async def _execute_all(chapters, folder, on_cell, environment):
    gate = asyncio.Semaphore(_AT_ONCE)

    async def run(name: str, notebook: NotebookNode):
        client = NotebookClient(
            notebook,
            timeout=_CELL_SECONDS,
            record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=40"],
            resources={"metadata": {"path": str(folder)}},
            on_cell_executed=lambda **_: on_cell(),
        )
        async with gate:
            await client.async_execute(env=os.environ | environment)
        return name, notebook

    tasks = [run(name, notebook) for name, notebook in chapters.items()]
    done = await asyncio.gather(*tasks, return_exceptions=True)
    problems = [
        _explain(name, outcome)
        for name, outcome in zip(chapters, done, strict=True)
        if isinstance(outcome, BaseException)
    ]
    if problems:
        raise PublishError(problems)
    return dict(done)


def _explain(name: str, error: BaseException) -> str:
    if isinstance(error, CellExecutionError):
        text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
        source = text.split("------------------")[1].strip().splitlines()
        where = f", in the cell that begins “{source[0]}”" if source else ""
        return f"notebooks/{name}.ipynb{where}: {error.ename}: {error.evalue}"
    return f"notebooks/{name}.ipynb: {type(error).__name__}: {error}"
