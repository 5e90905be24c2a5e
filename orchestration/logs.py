"""What a run did, as one JSON line per event: `runs/logs/<run_id>.jsonl`, and readable lines on request.

Events and their fields are a fixed list: counts, seconds, school slugs, extract ids, names of checks, kinds of
exceptions with their places. A file's name, a cell or another library's text has no field to be written into.
structlog is imported when a run opens its log, not before.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ingestion.trust import Trust, TrustError, TrustFolder

LEVEL_VARIABLE = "ROLLCALL_LOG_LEVEL"
LEVELS = ("debug", "info", "warning", "error")
_RULE = "log_days"
_DAY = 86_400

EVENTS: dict[str, tuple[str, ...]] = {
    "run_started": ("as_of", "dashboards"),
    "run_ended": ("outcome", "release", "seconds", "extracts", "rows", "rows_refused", "extracts_held", "checks"),
    "stage_started": ("stage",),
    "stage_ended": ("stage", "seconds"),
    "stage_failed": ("stage", "seconds", "where"),
    "extract_taken_in": ("extract_id", "school", "kind", "rows", "refused", "usable", "repeated"),
    "check_failed": ("check", "source", "severity", "failed_rows"),
    "alert": ("alert", "schools", "sent"),
    "alert_undelivered": ("alert", "channel", "problem"),
    "alerts_failed": ("where",),
}

_open: list[Any] = []


@contextmanager
def open_log(trust: Trust, folder: TrustFolder, run_id: str, verbose: bool = False) -> Iterator[None]:
    """Keep the log of one run while the block lasts; within another log of the process, that one goes on.

    Raises TrustError when ROLLCALL_LOG_LEVEL is no level.
    """
    if _open:
        yield
        return
    level = _level()
    logs = folder.runs / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    _prune(trust, logs)
    with (logs / f"{run_id}.jsonl").open("a", buffering=1, encoding="utf-8") as out:
        _open.extend(_loggers(out, level, run_id, verbose))
        try:
            yield
        finally:
            _open.clear()


def log(event: str, level: str = "info", **facts: Any) -> None:
    """Write one event into the log that is open, if any; only the fields that EVENTS gives it are written."""
    kept = {name: facts[name] for name in EVENTS[event] if facts.get(name) is not None}
    for logger in tuple(_open):
        getattr(logger, level)(event, **kept)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """Log that a stage of the run starts and how it ended, with its seconds."""
    from orchestration.faults import where

    log("stage_started", level="debug", stage=name)
    started = time.monotonic()
    try:
        yield
    except BaseException as error:
        log("stage_failed", level="error", stage=name, seconds=_since(started), where=where(error))
        raise
    log("stage_ended", stage=name, seconds=_since(started))


def log_end(summary: dict[str, Any], started: float) -> None:
    """Log what a run's summary says: the checks that failed, and the outcome."""
    for check in summary["checks"]["failed"]:
        level = "error" if check["severity"] == "error" else "warning"
        log("check_failed", level=level, **{name: check[name] for name in EVENTS["check_failed"]})
    landed = summary["landed"]
    log(
        "run_ended",
        level="info" if summary["outcome"] == "published" else "error",
        outcome=summary["outcome"],
        release=summary["release"],
        seconds=_since(started),
        extracts=landed["extracts"],
        rows=landed["rows"],
        rows_refused=landed["rows_refused"],
        extracts_held=summary["extracts_held"],
        checks=summary["checks"]["run"],
    )


def _since(started: float) -> float:
    return round(time.monotonic() - started, 3)


def _level() -> str:
    named = os.environ.get(LEVEL_VARIABLE, "").strip().lower() or "info"
    if named not in LEVELS:
        raise TrustError(f"{LEVEL_VARIABLE} is {named}; use one of {', '.join(LEVELS)}.")
    return named


def _loggers(out: Any, level: str, run_id: str, verbose: bool) -> list[Any]:
    import structlog

    wrapper = structlog.make_filtering_bound_logger(level)
    first: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    ]
    made = structlog.wrap_logger(
        structlog.WriteLogger(out),
        processors=[*first, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=wrapper,
    ).bind(run_id=run_id)
    if not verbose:
        return [made]
    readable = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), timestamp_key="time")
    told = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr), processors=[*first, readable], wrapper_class=wrapper
    )
    return [made, told.bind()]


def log_days(trust: Trust) -> float:
    """For how many days logs are kept: the rule `log_days`."""
    from quality.seeds import seed

    default = next(row["value"] for row in seed("rules").iter_rows(named=True) if row["rule_name"] == _RULE)
    return float(trust.rules.get(_RULE, default))


def _prune(trust: Trust, logs: Path) -> None:
    oldest = time.time() - log_days(trust) * _DAY
    for path in logs.glob("*.jsonl"):
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
