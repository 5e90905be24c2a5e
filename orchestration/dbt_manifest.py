"""The dbt project, parsed and compiled once: every run of every trust starts from the same prepared files.

Parsing and compiling the project takes most of a minute. What comes of it depends on nothing but the project's files;
where a trust's lake lies is filled in when a run begins. Belongs here: what is known before a run starts, and where it
is kept. Does not belong here: running dbt (dbt.py), the plan itself (plan/).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ingestion.files import write_text_atomically
from ingestion.trust import TrustError
from orchestration.plan.nodes import PLACES, Plan, read_plan, write_plan
from orchestration.workspace import REPO

PROJECT = REPO / "dbt_project"
_JSON = "manifest.json"
_PLAN = "plan.json"
_SEEDS = "seeds.duckdb"
_KEPT = 3


class DbtError(Exception):
    """dbt itself could not run (not: a model or test failed); `.args[0]` is one sentence."""


def prepare_manifest() -> Path:
    """The project's manifest.json for Dagster, parsed when the project has changed. Raises DbtError."""
    return prepared() / _JSON


def ready_manifest() -> Path:
    """The manifest for loading the definitions: parsed only under `dagster dev`, else as it was prepared.

    Raises TrustError when none was prepared yet.
    """
    if os.environ.get("DAGSTER_IS_DEV_CLI"):
        return prepare_manifest()
    made = _folder() / _JSON
    if not made.is_file():
        raise TrustError("The dbt project is not prepared; run `rollcall run` (or `dagster dev`) once.")
    return made


def ready_plan() -> Plan:
    """The plan of the project as it stands. Raises DbtError."""
    return _plan(prepared())


def seeds_database() -> Path:
    """A DuckDB file that holds the project's seeds and nothing else. Raises DbtError."""
    return prepared() / _SEEDS


def prepared() -> Path:
    """The folder of the project as it stands, prepared: manifest.json, the plan and the seeds. Raises DbtError."""
    folder = _folder()
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".preparing-", dir=folder.parent))
        try:
            _prepare(scratch)
            scratch.rename(folder)
        except OSError:
            if not folder.is_dir():  # another process was first
                raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        _forget_old(folder)
    return folder


def _prepare(home: Path) -> None:
    """Parse and compile the project into `home`: its manifest, its plan and its seeds, and nothing else.

    Models are written from seeds, so that the seeds are loaded before the models are compiled.
    """
    from orchestration.dbt import invoke
    from orchestration.plan.prepare import plan_of

    built, work = home / "warehouse.duckdb", home / "work.duckdb"
    environment = {"ROLLCALL_BUILD": str(built), "ROLLCALL_WORK": str(work), **PLACES}
    manifests = []
    for command in (["parse", "--no-partial-parse"], ["seed"], ["compile"]):
        for _ in invoke(command, home, environment):
            pass
        made = home / "target" / _JSON
        if not made.is_file():
            raise DbtError("dbt could not parse its project: run `dbt parse` in dbt_project to see why.")
        manifests.append(json.loads(made.read_text(encoding="utf-8")))
    parsed, _, compiled = manifests
    _attach_singular_tests(parsed)
    write_text_atomically(home / _JSON, json.dumps(parsed))
    write_plan(home / _PLAN, plan_of(compiled, PROJECT))
    os.replace(built, home / _SEEDS)
    work.unlink(missing_ok=True)
    for left in ("target", "logs"):
        shutil.rmtree(home / left, ignore_errors=True)


def _attach_singular_tests(manifest: dict[str, Any]) -> None:
    # Dagster shows a test as a check of one asset. A singular test that reads several models belongs to the one it is
    # named after (<model>__<invariant>), where it reads that one.
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            read = node["depends_on"]["nodes"]
            named = [key for key in read if key.split(".")[-1] == node["name"].split("__")[0]]
            node["attached_node"] = next(iter([*named, *read]), None)


@cache
def _plan(folder: Path) -> Plan:
    return read_plan(folder / _PLAN)


def _folder() -> Path:
    """Where the parsed project is kept: beside the project, or for this user where that cannot be written."""
    kept = PROJECT / "target" / "prepared"
    if not os.access(PROJECT, os.W_OK):
        kept = Path.home() / ".cache" / "rollcall" / "dbt"
    return kept / _project_digest()[:16]


def _forget_old(newest: Path) -> None:
    old = sorted(newest.parent.glob("[0-9a-f]*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for folder in [path for path in old if path != newest][_KEPT - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def _project_digest() -> str:
    digest = sha256("|".join(version(name) for name in ("dbt-core", "dbt-duckdb")).encode())
    digest.update(str(PROJECT).encode())
    for path in sorted(Path(__file__).with_name("plan").glob("*.py")):  # the plan's form
        digest.update(path.read_bytes())
    for path in sorted(PROJECT.rglob("*")):
        if path.suffix in {".sql", ".yml", ".yaml", ".csv", ".md", ".py"} and "target" not in path.parts:
            digest.update(str(path.relative_to(PROJECT)).encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()
