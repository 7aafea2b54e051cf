"""Run the chapters' notebooks, two at a time, each in a fresh kernel."""

import ast
import asyncio
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from graymarket.publish.chapters import read_chapters
from graymarket.publish.problems import PublishError
from graymarket.publish.scratch import scratch_folder
from graymarket.publish.warm_kernels import WarmParent, first_imports, kernel_manager, warm_parent

__all__ = ["execute", "read_chapters"]

_AT_ONCE = 2
_CELL_SECONDS = 300
_LOADED = (
    "'\\n'.join(str(getattr(m, '__file__', None)) for m in [*__import__('sys').modules.values()])"
)


def execute(
    chapters: dict[str, NotebookNode],
    folder: Path,
    on_cell: Callable[[], None],
    on_modules: Callable[[Iterable[str]], None] = lambda files: None,
    imports: Iterable[str] = (),
) -> dict[str, NotebookNode]:
    """Execute all chapters in `folder`; `on_cell` is called after each cell.

    `on_modules` is given the files of all modules that a chapter's kernel has loaded when it ends.
    `imports` are statements of what most chapters come to import: where kernels are forked, it is
    done once for all.

    Raises PublishError naming notebook, cell and error for every chapter that fails. Whatever
    ends this process ends the kernels, too.
    """
    with (
        scratch_folder(Path(tempfile.gettempdir())) as scratch,
        warm_parent([*first_imports(chapters.values()), *imports], folder) as warm,
        asyncio.Runner(loop_factory=_Loop) as runner,
    ):
        run = _Run(folder, scratch, warm, on_cell, on_modules)
        runner.run(run.all(chapters))
    return chapters


class _Loop(asyncio.SelectorEventLoop):
    """Takes no signal handlers, as on Windows.

    On a signal nbclient's would end the kernel of one chapter and let the others run on; without
    them Ctrl-C ends all.
    """

    add_signal_handler = asyncio.AbstractEventLoop.add_signal_handler
    remove_signal_handler = asyncio.AbstractEventLoop.remove_signal_handler


@dataclass
class _Run:
    """What all chapters of a run have in common."""

    folder: Path
    scratch: Path
    warm: WarmParent | None
    on_cell: Callable[[], None]
    on_modules: Callable[[Iterable[str]], None]

    async def all(self, chapters: dict[str, NotebookNode]) -> None:
        """Run the chapters, so many at once; raises PublishError for those that fail."""
        gate = asyncio.Semaphore(_AT_ONCE)
        # The longest first: so both lanes end at about the same time.
        names = sorted(chapters, key=lambda name: -_length(chapters[name]))
        tasks = {name: asyncio.create_task(self._error_of(chapters[name], gate)) for name in names}
        if tasks:
            await asyncio.wait(tasks.values())
        errors = {name: tasks[name].result() for name in chapters}
        if problems := [_explain(name, error) for name, error in errors.items() if error]:
            raise PublishError(problems)

    async def _error_of(self, notebook: NotebookNode, gate: asyncio.Semaphore) -> Exception | None:
        """What went wrong with a chapter; as a value, since an interrupt asks nobody for it."""
        async with gate:
            try:
                await self._one(notebook)
            except Exception as error:
                return error
        return None

    async def _one(self, notebook: NotebookNode) -> None:
        manager: Any = kernel_manager(_kernel_name(notebook), self.scratch, self.warm)
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=_CELL_SECONDS,
            record_timing=False,
            # Or a kernel stopped in the middle would write how it was.
            extra_arguments=["--IPKernelApp.log_level=50"],
            resources={"metadata": {"path": str(self.folder)}},
            on_cell_executed=lambda **_: self.on_cell(),
        )
        async with client.async_setup_kernel(env=dict(os.environ), cleanup_kc=True):
            try:
                await client.async_execute(cleanup_kc=False)
                self.on_modules(await _modules(client))
            except (asyncio.CancelledError, DeadKernelError):
                if _is_cancelled():  # by an interrupt: nobody waits for a farewell
                    await manager.provisioner.kill()
                    raise asyncio.CancelledError from None
                raise


def _is_cancelled() -> bool:
    """Whether the task is being cancelled, which nbclient takes for the death of its kernel."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _modules(client: NotebookClient) -> list[str]:
    """The files of the modules that a Python kernel has loaded; of another kind, none."""
    assert client.kc is not None
    asked = client.kc.execute("", silent=True, user_expressions={"files": _LOADED})
    reply = await client.async_wait_for_reply(asked)
    answers = (reply or {}).get("content", {}).get("user_expressions", {})
    text = answers.get("files", {}).get("data", {}).get("text/plain", "''")
    return str(ast.literal_eval(text)).split("\n")


def _kernel_name(notebook: NotebookNode) -> str:
    return str(notebook.metadata.get("kernelspec", {}).get("name", "python3"))


def _length(notebook: NotebookNode) -> int:
    return sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")


def _explain(name: str, error: BaseException) -> str:
    if isinstance(error, CellExecutionError):
        text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
        source = text.split("------------------")[1].strip().splitlines()
        where = f", in the cell that begins “{source[0]}”" if source else ""
        return f"notebooks/{name}.ipynb{where}: {error.ename}: {error.evalue}"
    return f"notebooks/{name}.ipynb: {type(error).__name__}: {error}"
