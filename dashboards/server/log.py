"""Logs of the server as JSON lines, a file a day: what was asked, and (apart, on the restricted side) who signed in.

The access log names people by a pseudonym; the log of sign-ins says whose it is. Fields are a fixed list, so that
no query, token or cookie has a place to go.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.server.limits import client_of

ACCESS = ("person", "audience", "method", "path", "status", "bytes", "ms", "client")
SIGN_INS = ("person", "name", "email", "subject", "provider", "audiences", "outcome", "client")
_PATH_CHARACTERS = 300
_DAY = 86_400


class DailyLog:
    """folder/<YYYY-MM-DD>.jsonl, for the owner alone; files older than `days` are deleted when a new day begins."""

    def __init__(self, folder: Path, fields: tuple[str, ...], days: float) -> None:
        self._folder, self._fields, self._days = folder, fields, days
        self._day, self._out, self._lock = "", None, threading.Lock()
        self._log: Any = None

    _out: TextIO | None

    def write(self, event: str, **facts: Any) -> None:
        """Writes one event with the fields that this log has."""
        with self._lock:
            self._turn(dt.datetime.now(dt.UTC).date().isoformat())
            self._log.info(event, **{name: facts[name] for name in self._fields if facts.get(name) is not None})

    def _turn(self, day: str) -> None:
        if day == self._day:
            return
        if self._out is not None:
            self._out.close()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        oldest = time.time() - self._days * _DAY
        for path in self._folder.glob("*.jsonl"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
        private = os.open(self._folder / f"{day}.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._day, self._out = day, os.fdopen(private, "a", buffering=1, encoding="utf-8")
        self._log = structlog.wrap_logger(
            structlog.WriteLogger(self._out),
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
                structlog.processors.JSONRenderer(ensure_ascii=True),
            ],
            wrapper_class=structlog.make_filtering_bound_logger("info"),
        )


def pseudonym(key: bytes, provider: str, subject: str) -> str:
    """The same 16 hexadecimal characters for the same person, which say nothing without the key or the other log."""
    return hmac.new(key, f"{provider}\n{subject}".encode(), hashlib.sha256).hexdigest()[:16]


class AccessLog:
    """Writes a line for every request. `person` and `audience` are what the gate left in the scope."""

    def __init__(self, app: ASGIApp, write: Callable[..., None]) -> None:
        self._app, self._write = app, write

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and notes what came of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, sent = time.monotonic(), 500, 0

        async def noted(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
            sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            self._write(
                "request",
                person=scope.get("rollcall.person"),
                audience=scope.get("rollcall.audience"),
                method=scope["method"],
                path=scope["path"][:_PATH_CHARACTERS],
                status=status,
                bytes=sent,
                ms=round((time.monotonic() - began) * 1000, 1),
                client=client_of(scope),
            )
