"""Runs that are killed at a step of their own choosing, so that each step is tried once."""

import multiprocessing
import os
import signal
from collections.abc import Callable


def killed_at(step: int, action: Callable[[Callable[[str], None]], object]) -> bool:
    """Whether `action`, in a process of its own, got as far as to be killed at its nth step.

    `action` takes a function and calls it with a name before each of its steps.
    """

    def run() -> None:
        count = 0

        def on_step(name: str) -> None:
            nonlocal count
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1

        action(on_step)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join()
    return process.exitcode == -signal.SIGKILL
