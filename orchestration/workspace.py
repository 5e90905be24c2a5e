"""Where one run keeps what it makes before it is published.

`runs/work/<run_id>/` holds the warehouse being built, the scratch database of staging and intermediate models, and
the outcomes of every check; `releases/<run_id>.partial/` is the release being put together. Both go when the run
has ended. dbt's target folder and log are shared by all runs (`runs/dbt/`).
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingestion.files import write_text_atomically
from ingestion.leftovers import clear_leftovers
from ingestion.trust import TrustFolder
from quality.outcomes import Outcome, read_outcomes, write_outcomes

REPO = Path(__file__).resolve().parents[1]
PARTIAL = ".partial"
_THIS_RUN = "now"


def dbt_environment(folder: TrustFolder) -> dict[str, str]:
    """What the dbt profile reads, for any run of this trust."""
    work = folder.runs.resolve() / "work" / _THIS_RUN
    return {
        # It stands between quotation marks in the sources' SQL.
        "ROLLCALL_LAKE": str(folder.lake.resolve()).replace("'", "''"),
        "ROLLCALL_BUILD": str(work / "warehouse.duckdb"),
        "ROLLCALL_WORK": str(work / "work.duckdb"),
        "ROLLCALL_PREVIOUS": str(work / "previous"),
    }


def new_run_id(now: dt.datetime | None = None, mark: str | None = None) -> str:
    """A run's name, sortable by time: 20261113-071502-3fa9. The release it makes bears the same name."""
    moment = now or dt.datetime.now(dt.UTC)
    return f"{moment:%Y%m%d-%H%M%S}-{mark or secrets.token_hex(2)}"


@dataclass(frozen=True)
class Workspace:
    """The paths of one run in one trust folder."""

    folder: TrustFolder
    run_id: str

    @property
    def root(self) -> Path:
        """The run's own folder, deleted when the run has ended."""
        return self.folder.runs / "work" / self.run_id

    @property
    def warehouse(self) -> Path:
        """The DuckDB file dbt builds. Its name is the catalogue's name, the same as in the release."""
        return self.root / "warehouse.duckdb"

    @property
    def work_db(self) -> Path:
        """The scratch DuckDB file of staging and intermediate models."""
        return self.root / "work.duckdb"

    @property
    def data_docs(self) -> Path:
        """Where Great Expectations writes its pages before they move into the release."""
        return self.root / "data_docs"

    @property
    def candidate(self) -> Path:
        """The release being put together."""
        return self.folder.releases / f"{self.run_id}{PARTIAL}"

    @property
    def dbt_home(self) -> Path:
        """dbt's target and log folders, shared by all runs of the trust."""
        return self.folder.runs / "dbt"

    @property
    def summary(self) -> Path:
        """The run's summary, which stays."""
        return self.folder.runs / f"{self.run_id}.json"

    def dbt_environment(self) -> dict[str, str]:
        """The environment variables by which the dbt profile finds the lake and the files to build.

        The same in every run of a trust, through the link that `begin` makes, so that what they compile is the same.
        """
        return dbt_environment(self.folder)

    def begin(self) -> None:
        """Make the run's folder, and clear away what runs that crashed left behind. Call under the lock."""
        clear_away(self.folder)
        self.root.mkdir(parents=True, exist_ok=True)
        self.note("started_at", dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat())
        link = self.folder.runs / "work" / _THIS_RUN
        link.unlink(missing_ok=True)
        link.symlink_to(self.root.name)
        if (self.folder.runs / "purges").is_dir():
            from orchestration.retention import finish_purges

            finish_purges(self.folder)

    def end(self) -> None:
        """Delete the run's folder and whatever is left of its candidate release."""
        (self.folder.runs / "work" / _THIS_RUN).unlink(missing_ok=True)
        shutil.rmtree(self.root, ignore_errors=True)
        shutil.rmtree(self.candidate, ignore_errors=True)

    def keep_outcomes(self, stage: str, outcomes: list[Outcome]) -> None:
        """Keep what one stage's checks said, for the release step to read."""
        write_outcomes(self.root / "outcomes" / f"{stage}.json", outcomes)

    def outcomes(self) -> dict[str, list[Outcome]]:
        """What every stage of this run has kept so far, by stage."""
        return {path.stem: read_outcomes(path) for path in sorted((self.root / "outcomes").glob("*.json"))}

    def note(self, name: str, value: Any) -> None:
        """Keep a small fact (counts, times) for a later step of this run."""
        write_json(self.root / f"{name}.json", value)

    def noted(self, name: str, default: Any = None) -> Any:
        """A fact kept by `note`, or the default."""
        path = self.root / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else default


def clear_away(folder: TrustFolder) -> None:
    """Delete what runs that crashed left behind. Call under the lock, before the run's own workspace is begun."""
    left = [*folder.runs.glob("work/*"), *folder.releases.glob(f"*{PARTIAL}"), *folder.published.glob(".current.*")]
    for path in left:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    clear_leftovers(folder)


def write_json(path: Path, value: Any) -> None:
    """Write `value` as JSON so that a reader sees the whole file or none of it."""
    write_text_atomically(path, json.dumps(value, indent=2, default=str) + "\n")
