"""Work in a database side by side: most files of a release are small, and one query of them does not use two cores.

Belongs here: connections and threads. Does not belong here: what is asked or written.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import TypeVar

import duckdb

_AT_ONCE = 2
Made = TypeVar("Made")


class AtOnce:
    """Two workers, each with a connection of its own to the databases that `db` holds; they end with the block."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        self._idle: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
        self._connections = [db.cursor() for _ in range(_AT_ONCE)]
        for connection in self._connections:
            self._idle.put(connection)
        self._pool = ThreadPoolExecutor(_AT_ONCE)

    def __enter__(self) -> AtOnce:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=error is not None)
        for connection in self._connections:
            connection.close()

    def submit(self, work: Callable[[duckdb.DuckDBPyConnection], Made]) -> Future[Made]:
        """Do some work with a connection, as soon as a worker is idle."""

        def with_connection() -> Made:
            connection = self._idle.get()
            try:
                return work(connection)
            finally:
                self._idle.put(connection)

        return self._pool.submit(with_connection)
