"""Results that a stage tells one by one, as a stream: Dagster wants its events yielded while the work goes on."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


def streamed(work: Callable[[Callable[[T], None]], object]) -> Iterator[T]:
    """Do `work` in a thread and yield what it tells, as it tells it; afterwards raises what the work raised.

    The work is always let finish, also when the reader gives up early.
    """
    told: queue.Queue[Any] = queue.Queue()
    finished = object()
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work(told.put)
        except BaseException as error:
            raised.append(error)
        finally:
            told.put(finished)

    thread = threading.Thread(target=run, name="stage", daemon=True)
    thread.start()
    try:
        while (one := told.get()) is not finished:
            yield one
    finally:
        thread.join()
    if raised:
        raise raised[0]
