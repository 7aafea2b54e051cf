"""A script: imports what kernels need, then forks one for each request on its socket.

It runs by itself, outside of the package, so that its kernels hold nothing they did not ask for.
Its arguments are the socket's file descriptor, the id of the process at its other end, and import
statements. Having run these it writes the line "ready". Each line in is a request as JSON
({command, env, cwd}), which the new kernel answers with its process id. When the other end of the
socket closes, however that came about, it ends every kernel and itself.
"""

import sys

sys.path.pop(0)  # this folder, whose html.py is not the standard library's

import contextlib
import ctypes
import gc
import json
import os
import runpy
import signal
import socket
import tempfile
import threading
import warnings
from typing import Any

_PR_SET_PDEATHSIG = 1


def main(channel: socket.socket, other: int, statements: list[str]) -> None:
    """Serve until the channel closes. Ends without "ready" when the imports are not harmless."""
    _die_with_parent(other)  # while it imports, it does not listen
    # These are read while modules are imported; a kernel's process would have had them by then.
    os.environ["JPY_PARENT_PID"] = str(os.getpid())
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    lines = channel.makefile("rw", encoding="utf-8")
    before = dict(os.environ)
    if not _import_silently(statements):
        return
    set_by_imports = {key: v for key, v in os.environ.items() if before.get(key) != v}
    gc.freeze()  # or a kernel would copy all of its parent's memory as it ends
    _die_with_parent(other, 0)  # from here on the channel says when
    print("ready", file=lines, flush=True)
    kernels, served_by = [], os.getpid()
    for line in lines:
        with warnings.catch_warnings():
            # Threads of linear algebra make Python 3.12 warn of fork; OpenBLAS is ready for it.
            warnings.simplefilter("ignore", DeprecationWarning)
            kernel = os.fork()
        if not kernel:
            os.setsid()
            _die_with_parent(served_by)
            print(os.getpid(), file=lines, flush=True)
            lines.close()
            channel.close()
            return _become_kernel(json.loads(line), set_by_imports)
        # Ended kernels are not waited for: so their ids stay theirs until the end.
        kernels.append(kernel)
    for kernel in kernels:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(kernel, signal.SIGKILL)
        os.waitpid(kernel, 0)  # so that its time counts as ours


def _die_with_parent(parent: int, signum: int = signal.SIGKILL) -> None:
    """Have Linux send us a signal when the parent ends; 0 for none."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signum)
    if os.getppid() != parent:  # it ended before
        os._exit(1)


def _import_silently(statements: list[str]) -> bool:
    """Import; false if that printed, warned, failed or started a thread.

    A kernel shows what an import says, and runs its threads, so then it must import by itself.
    """
    kept = [os.dup(1), os.dup(2)]
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 1)
        os.dup2(said.fileno(), 2)
        try:
            exec("from ipykernel import debugger, kernelapp")  # what every kernel imports
            _flush()
            said.truncate(0)  # as a kernel keeps what its own imports say to itself
            for statement in statements:
                # A module may lie beside the notebooks; if it is nowhere, the chapter will tell.
                with contextlib.suppress(ModuleNotFoundError):
                    exec(statement, {"__name__": "__main__"})
            _flush()
            return said.seek(0, os.SEEK_END) == 0 and threading.active_count() == 1
        except Exception:
            return False
        finally:
            os.dup2(kept[0], 1)
            os.dup2(kept[1], 2)
            for stream in kept:
                os.close(stream)


def _flush() -> None:
    sys.stdout.flush()
    sys.stderr.flush()


def _become_kernel(request: dict[str, Any], set_by_imports: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(request["env"] | set_by_imports | {"JPY_PARENT_PID": str(os.getppid())})
    os.chdir(request["cwd"])
    if random := sys.modules.get("numpy.random"):
        random.seed()  # Python's own generator sees to that itself
    sys.orig_argv = request["command"]
    module, *sys.argv = request["command"][2:]
    sys.argv.insert(0, module)
    sys.path.insert(0, request["cwd"])  # as “python -m” does
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]), sys.argv[3:])
