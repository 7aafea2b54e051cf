"""Kernels forked from a process that has imported what the chapters begin by importing."""

import ast
import json
import os
import select
import signal
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbformat import NotebookNode

_PARENT = Path(__file__).with_name("warm_parent.py")
_IPYKERNEL = [sys.executable, "-m", "ipykernel_launcher"]


class WarmParent:
    """Forks kernels on request; see warm_parent.py for the other end of the channel."""

    def __init__(self, channel: socket.socket):
        self._lines = channel.makefile("rw", encoding="utf-8")

    def is_ready(self) -> bool:
        """Wait for its imports; false if it found that kernels had better do them themselves."""
        return self._lines.readline() == "ready\n"

    def fork(self, command: list[str], env: dict[str, str], cwd: str) -> "_Process":
        request = {"command": command, "env": env, "cwd": cwd}
        print(json.dumps(request), file=self._lines, flush=True)
        return _Process(int(self._lines.readline()))


@contextmanager
def warm_parent(imports: Iterable[str], folder: Path) -> Iterator[WarmParent | None]:
    """A parent that has run these statements, or None where kernels must start by themselves.

    None of its kernels outlives the context, or this process.
    """
    if sys.platform != "linux":  # elsewhere there is no fork, or system libraries forbid it
        yield None
        return
    ours, theirs = socket.socketpair()
    script = [sys.executable, str(_PARENT), str(theirs.fileno()), str(os.getpid())]
    process = subprocess.Popen(
        [*script, *imports],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
    )
    theirs.close()
    parent = WarmParent(ours)
    try:
        is_ready = parent.is_ready()
    except BaseException:  # an interrupt: it has no kernels yet, and need not finish its imports
        process.kill()
        process.wait()
        raise
    try:
        yield parent if is_ready else None
    finally:
        ours.shutdown(socket.SHUT_RDWR)
        ours.close()
        process.wait()


def first_imports(notebooks: Iterable[NotebookNode]) -> list[str]:
    """The import statements with which the notebooks begin, their parameters aside, each once.

    Later ones are left alone: a notebook may have set something up for them.
    """
    return list(dict.fromkeys(line for book in notebooks for line in _first_imports(book)))


def _first_imports(notebook: NotebookNode) -> Iterator[str]:
    source = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    try:
        statements = ast.parse(source).body
    except SyntaxError:  # magics
        return iter(())
    first = takewhile(lambda line: _is_import(line) or _is_parameter(line), statements)
    return map(ast.unparse, filter(_is_import, first))


def _is_import(line: ast.stmt) -> bool:
    return isinstance(line, ast.Import | ast.ImportFrom)


def _is_parameter(line: ast.stmt) -> bool:
    """Whether it only gives names to constants: that sets up nothing but itself."""
    return (
        isinstance(line, ast.Assign)
        and isinstance(line.value, ast.Constant)
        and all(isinstance(target, ast.Name) for target in line.targets)
    )


class _Provisioner(LocalProvisioner):
    """Has Jupyter's ordinary Python kernels forked, and leaves others alone."""

    warm: WarmParent

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        if cmd[:3] != _IPYKERNEL:
            return await super().launch_kernel(cmd, **kwargs)
        process = self.warm.fork(cmd, kwargs["env"], kwargs["cwd"])
        self.process = cast("subprocess.Popen[bytes]", process)
        self.pid = self.pgid = process.pid
        self.cwd = kwargs["cwd"]
        return self.connection_info


def kernel_manager(name: str, scratch: Path, warm: WarmParent | None) -> AsyncKernelManager:
    """A manager of one kernel of that name, which `warm`, if given, will fork.

    How to connect to it stands in a file in `scratch`.
    """
    file = scratch / f"kernel-{uuid.uuid4().hex}.json"
    manager = AsyncKernelManager(kernel_name=name, connection_file=str(file))
    if warm:
        manager.provisioner = _Provisioner(kernel_spec=manager.kernel_spec, parent=manager)
        manager.provisioner.warm = warm
    return manager


class _Process:
    """As much of subprocess.Popen as LocalProvisioner uses, for a process of another parent."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid
        self._handle = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """None while it runs. The code it ended with is known to its parent alone."""
        return 0 if select.select([self._handle], [], [], 0)[0] else None

    def wait(self) -> int:
        """To be called once, when it has ended."""
        os.close(self._handle)
        return 0

    def send_signal(self, signum: int) -> None:
        signal.pidfd_send_signal(self._handle, signum)
