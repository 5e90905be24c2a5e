"""The dbt project, parsed once: every run of every trust starts from the same prepared manifest.

Parsing the project takes a quarter of a minute, and dbt parses anew whenever a path in its profile's environment
changes, so every trust paid for it. What is parsed depends on nothing but the project's files; where a trust's lake
lies is filled into the sources when the manifest is loaded. Belongs here: what dbt knows before it starts. Does not
belong here: running it (dbt.py).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingestion.files import write_text_atomically
from ingestion.trust import TrustError
from orchestration.workspace import REPO

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

PROJECT = REPO / "dbt_project"
_PARSED = "partial_parse.msgpack"
_JSON = "manifest.json"
_KEPT = 3
# What the environment says while the project is parsed; in the sources it stands for the trust's own.
_PLACES = {"ROLLCALL_LAKE": "/rollcall/lake", "ROLLCALL_PREVIOUS": "/rollcall/previous"}


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


def manifest_for(environment: Mapping[str, str]) -> Manifest:
    """dbt's manifest with the sources of one run: environment holds ROLLCALL_LAKE and, where it has one,
    ROLLCALL_PREVIOUS. A new object each time, because dbt writes into the one it is given. Raises DbtError."""
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(_parsed(prepared()))
    lake = environment["ROLLCALL_LAKE"]
    given = {"ROLLCALL_LAKE": lake, "ROLLCALL_PREVIOUS": f"{lake}/reference/previous", **environment}
    for source in manifest.sources.values():
        for meta in (source.meta, source.source_meta, source.config.meta):
            if location := meta.get("external_location"):
                for name, place in _PLACES.items():
                    location = location.replace(place, given[name])
                meta["external_location"] = location
    manifest.build_flat_graph()  # what models see as `graph`
    return manifest


def prepared() -> Path:
    """The folder of the parsed project as it stands: manifest.json and dbt's own form of it. Raises DbtError."""
    folder = _folder()
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=".parsing-", dir=folder.parent))
        try:
            _parse(scratch)
            scratch.rename(folder)
        except OSError:
            if not folder.is_dir():  # another process was first
                raise
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        _forget_old(folder)
    return folder


def _parse(home: Path) -> None:
    """Parse the project into `home`: its manifest in both forms and nothing else."""
    from orchestration.dbt import invoke

    places = {"ROLLCALL_BUILD": str(home / "warehouse.duckdb"), "ROLLCALL_WORK": str(home / "work.duckdb")}
    for _ in invoke(["parse", "--no-partial-parse"], home, {**places, **_PLACES}):
        pass
    target = home / "target"
    if not (target / _JSON).is_file():
        raise DbtError("dbt could not parse its project: run `dbt parse` in dbt_project to see why.")
    manifest = json.loads((target / _JSON).read_text(encoding="utf-8"))
    _attach_singular_tests(manifest)
    write_text_atomically(home / _JSON, json.dumps(manifest))
    os.replace(target / _PARSED, home / _PARSED)
    for made in ("target", "logs"):
        shutil.rmtree(home / made, ignore_errors=True)


def _attach_singular_tests(manifest: dict[str, Any]) -> None:
    # Dagster shows a test as a check of one asset. A singular test that reads several models belongs to the one it is
    # named after (<model>__<invariant>), where it reads that one.
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test" and not node.get("attached_node"):
            read = node["depends_on"]["nodes"]
            named = [key for key in read if key.split(".")[-1] == node["name"].split("__")[0]]
            node["attached_node"] = next(iter([*named, *read]), None)


@cache
def _parsed(folder: Path) -> bytes:
    return (folder / _PARSED).read_bytes()


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
    for path in sorted(PROJECT.rglob("*")):
        if path.suffix in {".sql", ".yml", ".yaml", ".csv", ".md", ".py"} and "target" not in path.parts:
            digest.update(str(path.relative_to(PROJECT)).encode() + sha256(path.read_bytes()).digest())
    return digest.hexdigest()
