"""Is there anything new to do?

A release's manifest records the state it speaks for: the extracts in the ledger, trust.toml, the code and its seeds,
and the day of the figures. When all are the same and no file waits, a run has nothing to do, and finds that out
without importing Dagster, dbt or Polars.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingestion.ledger import digests
from ingestion.trust import Trust, TrustFolder
from orchestration.workspace import REPO

_PACKAGES = ("quality", "ingestion", "dbt_project", "dashboards", "orchestration")
_MADE = {"node_modules", "build", ".evidence", ".svelte-kit", "target", "logs", "dbt_packages", "__pycache__"}


def code_version() -> str:
    """A sha256 over every source, seed and page of the product and its locked dependencies."""
    digest = hashlib.sha256()
    for path in [*_sources(), REPO / "uv.lock"]:
        if path.is_file():
            digest.update(str(path.relative_to(REPO)).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for package in _PACKAGES:
        for parent, folders, files in os.walk(REPO / package):
            folders[:] = sorted(name for name in folders if name not in _MADE and not name.startswith("."))
            yield from (Path(parent, name) for name in sorted(files) if not name.startswith("."))


def state_of(folder: TrustFolder, trust: Trust) -> dict[str, Any]:
    """What a release made now would speak for; equal states give equal releases."""
    return {
        "inputs": _ledger_digest(folder),
        "decisions": _decisions(folder),
        "trust": _settings_digest(folder),
        "groups": _groups_digest(folder),
        "tasks": _tasks_digest(folder),
        "code": code_version(),
        "as_of": trust.as_of.isoformat(),
        "key": _key_digest(folder),
    }


def _settings_digest(folder: TrustFolder) -> str:
    # Who may sign in is read by the server as it stands; no release depends on it.
    settings = tomllib.loads(folder.config.read_bytes().decode("utf-8-sig"))
    settings.pop("access", None)
    settings.get("trust", {}).pop("as_of", None)  # stands for itself
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()


def _groups_digest(folder: TrustFolder) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.group_lists.glob("*/*.csv")):
        digest.update(f"{path.parent.name}/{path.name}|".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _key_digest(folder: TrustFolder) -> str | None:
    check = folder.key_check
    return hashlib.sha256(check.read_bytes()).hexdigest()[:16] if check.is_file() else None


def _ledger_digest(folder: TrustFolder) -> str:
    digest = hashlib.sha256()
    for name, found in digests(folder).items():
        digest.update(name.encode() + bytes.fromhex(found))
    return digest.hexdigest()


def _tasks_digest(folder: TrustFolder) -> str:
    digest = hashlib.sha256()
    for path in sorted((folder.ledger / "tasks").glob("*.jsonl")):
        digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _decisions(folder: TrustFolder) -> str:
    # What was decided, not why: a new reason for the same decision changes no figure.
    digest = hashlib.sha256()
    for path in sorted((folder.ledger / "decisions").glob("*.json")):
        decision = json.loads(path.read_text(encoding="utf-8"))["decision"]
        digest.update(f"{path.name}|{decision}\n".encode())
    return digest.hexdigest()


def nothing_new(folder: TrustFolder, trust: Trust, manifest: dict[str, Any] | None, dashboards: bool) -> bool:
    """True when the current release (its manifest) already speaks for everything there is.

    dashboards: whether the caller wants a release with site and reports.
    """
    if manifest is None or (dashboards and not manifest.get("dashboards")):
        return False
    return manifest.get("state") == state_of(folder, trust) and not _files_wait(folder, trust)


def _files_wait(folder: TrustFolder, trust: Trust) -> bool:
    from ingestion.inbox import inboxes, waiting

    return any(waiting(folder, inbox) for inbox in inboxes(folder, trust))


def now() -> dt.datetime:
    """The moment, in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
