"""What was done of the tasks, and when: records that staff make, and how far the figures of each release reach.

lake/ledger/tasks/<school>.jsonl has one line per record, only ever added to; the newest about a task and a period
counts. lake/ledger/releases/<release>.json is written when a release is published. Records name a role, never a person.
Belongs here: what happened. Does not belong here: when a task is due, which dbt works out (dim_task_due).
"""

from __future__ import annotations

import datetime as dt
import fcntl
import getpass
import json
import os
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError

from ingestion.files import PRIVATE_FILE, PRIVATE_FOLDER, write_parquet_atomically, write_private_atomically
from ingestion.previous import UNRELEASED, Schema
from ingestion.trust import TrustFolder

TIMEZONE = "Europe/London"
OF_TRUST = "_trust"
_RECORDS: Schema = {
    "task_id": pl.String,
    "slug": pl.String,
    "period_key": pl.String,
    "done_at": pl.Datetime("us"),
    "role": pl.String,
}
_RELEASES: Schema = {
    "release_id": pl.String,
    "published_at": pl.Datetime("us"),
    "slug": pl.String,
    "data_to": pl.String,
}


class TaskRecord(BaseModel):
    """A task that staff did (or, with `withdrawn`, did not do after all) for one period; times are local."""

    model_config = ConfigDict(extra="forbid")

    task_id: str
    slug: str | None
    period_key: str
    done_at: dt.datetime
    role: str
    withdrawn: bool = False
    recorded_at: dt.datetime
    recorded_by: str


class PublishedRelease(BaseModel):
    """A release, when it was published (local time), and the session that its figures reach at each school; that of
    the trust under OF_TRUST."""

    model_config = ConfigDict(extra="forbid")

    release_id: str
    published_at: dt.datetime
    data_to: dict[str, str]


def local_moment(at: dt.datetime, as_of: dt.date) -> dt.datetime:
    """The moment that tasks are judged at: the local time of `at`, when that is on the day that the figures speak for,
    else the end of that day (of a trust that pins it). `at` has a time zone; what is returned has none."""
    local = at.astimezone(ZoneInfo(TIMEZONE)).replace(tzinfo=None, microsecond=0)
    return local if local.date() == as_of else end_of_day(as_of)


def end_of_day(day: dt.date) -> dt.datetime:
    """The last second of a day."""
    return dt.datetime.combine(day, dt.time(23, 59, 59))


def record_task(
    folder: TrustFolder,
    task_id: str,
    slug: str | None,
    period_key: str,
    role: str,
    done_at: dt.datetime,
    recorded_at: dt.datetime,
    withdrawn: bool = False,
) -> TaskRecord:
    """Adds a record to the school's file (the trust's for slug None) and returns it. Safe beside a run and others."""
    made = TaskRecord(
        task_id=task_id,
        slug=slug,
        period_key=period_key,
        done_at=done_at,
        role=role,
        withdrawn=withdrawn,
        recorded_at=recorded_at,
        recorded_by=_who(),
    )
    path = folder.ledger / "tasks" / f"{slug or OF_TRUST}.jsonl"
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, PRIVATE_FILE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        # A line that a crash cut short stays by itself.
        size = os.fstat(descriptor).st_size
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        os.write(descriptor, (("\n" if torn else "") + made.model_dump_json() + "\n").encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return made


def task_records(folder: TrustFolder) -> list[TaskRecord]:
    """The records in force: of each task, school and period the newest, unless that withdrew it."""
    newest: dict[tuple[str, str | None, str], TaskRecord] = {}
    for path in sorted((folder.ledger / "tasks").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                found = TaskRecord.model_validate_json(line)
            except ValidationError:
                continue
            newest[(found.task_id, found.slug, found.period_key)] = found
    return [found for found in newest.values() if not found.withdrawn]


def note_release(folder: TrustFolder, release: PublishedRelease) -> None:
    """Keeps when a release was published and how far its figures reach."""
    write_private_atomically(_release_path(folder, release.release_id), release.model_dump_json(indent=1).encode())


def published_releases(folder: TrustFolder) -> list[PublishedRelease]:
    """Every release that was published, oldest first."""
    found = [
        PublishedRelease.model_validate(json.loads(path.read_text(encoding="utf-8")))
        for path in (folder.ledger / "releases").glob("*.json")
    ]
    return sorted(found, key=lambda release: (release.published_at, release.release_id))


def write_task_tables(folder: TrustFolder, moment: dt.datetime, release_id: str = UNRELEASED) -> None:
    """Writes lake/reference/task_{records,releases,clock}.parquet for a build at `moment` that makes `release_id`."""
    releases = published_releases(folder)
    followed_from = min([moment, *(release.published_at for release in releases)])
    tables = {
        "task_records": pl.DataFrame(
            [(one.task_id, one.slug, one.period_key, one.done_at, one.role) for one in task_records(folder)],
            schema=_RECORDS,
            orient="row",
        ),
        "task_releases": pl.DataFrame(
            [
                (release.release_id, release.published_at, None if slug == OF_TRUST else slug, data_to)
                for release in releases
                for slug, data_to in release.data_to.items()
            ],
            schema=_RELEASES,
            orient="row",
        ),
        "task_clock": pl.DataFrame(
            {"moment": [moment], "followed_from": [followed_from], "release_id": [release_id]},
            schema_overrides={"moment": pl.Datetime("us"), "followed_from": pl.Datetime("us")},
        ),
    }
    for name, table in tables.items():
        write_parquet_atomically(table, folder.reference / f"{name}.parquet")


def _release_path(folder: TrustFolder, release_id: str) -> Path:
    return folder.ledger / "releases" / f"{release_id}.json"


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # an operating system user without a name
        return str(os.getuid())
