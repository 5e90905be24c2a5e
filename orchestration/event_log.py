"""Dagster's event log in SQLite, with connections that stay open. A home's dagster.yaml names it (event_log.yaml).

Dagster's own opens a database anew for every event, compiles each statement anew and waits for the disk twice; a run of
Rollcall has some thousand events. The files are the same, in the same place: either class reads what the other wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster import StringSource
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME, SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event


class EventLog(SqliteEventLogStorage):
    """The event log of a Dagster home, in the folder in which Dagster's own keeps it.

    Overrides how a database is opened, which Dagster keeps to itself: its version is pinned, and a test reads what was
    written with Dagster's own class.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """home: the Dagster home."""
        return {"home": StringSource}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]) -> EventLog:
        """The log that dagster.yaml describes."""
        return cls(str(Path(config_value["home"]) / "history" / "runs"), inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # One at a time, as in Dagster's own.
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection

    def _engine(self, shard: str) -> Engine:
        """The open database of a run, or the index of all runs. Those two stay open, no other run's."""
        if shard not in self._engines:
            for other in [name for name in self._engines if INDEX_SHARD_NAME not in (name, shard)]:
                self._engines.pop(other).dispose()
            engine = create_engine(
                self.conn_string_for_shard(shard), pool_size=1, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            )
            event.listen(engine, "connect", _without_a_flush_for_each_event)
            self._engines[shard] = engine
        return self._engines[shard]

    def wipe(self) -> None:
        """Forget every event; the files of runs go."""
        self._let_go()
        super().wipe()

    def dispose(self) -> None:
        """Close what is open."""
        super().dispose()
        self._let_go()

    def _let_go(self) -> None:
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()


def _without_a_flush_for_each_event(connection: Any, _: object) -> None:
    # With its write-ahead log the file stays whole when the machine stops; of the events, the last may be lost.
    connection.execute("pragma synchronous = normal")
