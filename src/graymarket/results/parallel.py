"""Slow calls, two at a time."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # it has no types

_AT_ONCE = 2  # processes: the solver keeps the interpreter to itself


def side_by_side(calls: list[Callable[[], Any]]) -> list[Any]:
    """What each call returns, in order. Calls are functools.partial of functions of modules."""
    # One thread of linear algebra each: more of them would wait for each other.
    with ProcessPoolExecutor(_AT_ONCE, initializer=threadpool_limits, initargs=(1,)) as pool:
        return [job.result() for job in [pool.submit(call) for call in calls]]
