"""Builds each golden case once: its input through ingestion and dbt, without Dagster, checks or pages."""

import csv
import datetime as dt
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ingestion.decisions import decide, find_extract, schools_of
from ingestion.identity import SECRET_VARIABLE, pupil_key
from ingestion.landing import inboxes, land_inbox
from ingestion.previous import COMPARED, LEDGER, TABLES, link_previous, write_run, write_without_previous
from ingestion.quarantine import publish_refusals
from ingestion.reference import write_reference
from ingestion.trust import TrustFolder, load_trust
from orchestration.dbt_manifest import PROJECT, ready_plan, seeds_database
from orchestration.plan.execute import build as execute
from orchestration.plan.execute import open_build, start_from_seeds

CASES = Path(__file__).parent
SECRET = "golden cases have no secrets"

# The checks of dbt itself and the report tables are for whole runs; here marts are held against the hand's work.
_ALWAYS_BUILT = ["dim_pupil", "fct_extracts", "int_refused_states", "int_refused_marks"]


@dataclass(frozen=True)
class Built:
    """A case's warehouse, open for reading."""

    folder: TrustFolder
    warehouse: duckdb.DuckDBPyConnection

    def rows(self, expectation: Path) -> tuple[list[tuple[str | None, ...]], list[tuple[str | None, ...]]]:
        """Expected and actual rows of one expectation, as sorted text."""
        lines = expectation.read_text(encoding="utf-8").splitlines()
        where = "true"
        if lines[0].startswith("# where "):
            where = lines.pop(0).removeprefix("# where ")
        columns, *expected = list(csv.reader(lines))
        table = expectation.name.split(".")[0]
        selected = ", ".join(f"cast({'pupil_key' if name == 'upn' else name} as varchar)" for name in columns)
        actual = self.warehouse.execute(f"select {selected} from marts.{table} where {where}").fetchall()
        wanted = [
            tuple(
                pupil_key(cell, SECRET.encode()) if name == "upn" else cell or None
                for name, cell in zip(columns, row, strict=True)
            )
            for row in expected
        ]
        return sorted(map(_plain, wanted), key=str), sorted(map(_plain, actual), key=str)


def _plain(row: tuple[str | None, ...]) -> tuple[str | None, ...]:
    """Decimals to six places, so that 33.333333 in a file stands for a third."""
    return tuple(f"{float(cell):.6f}" if cell and "." in cell and _is_number(cell) else cell for cell in row)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def cases() -> list[str]:
    """The names of all cases."""
    return sorted(path.parent.name for path in CASES.glob("*/notes.md"))


def take_decisions(folder: TrustFolder) -> None:
    """Takes the decisions that decisions.csv lists (extract, school, decision), in its order."""
    listed = folder.root / "decisions.csv"
    if not listed.is_file():
        return
    for row in csv.DictReader(listed.read_text(encoding="utf-8").splitlines()):
        entry = find_extract(folder, row["extract"], row["school"])
        slugs = schools_of(folder, entry, row["school"])
        decide(folder, row["decision"], entry, slugs, "checked with the school")  # type: ignore[arg-type]


def every_mart() -> list[str]:
    """The names of all marts."""
    return [node.name for node in ready_plan().nodes if '"marts"' in node.relation]


@contextmanager
def build(
    root: Path, selected: Iterable[str], release_id: str | None = None, previous: Path | None = None
) -> Iterator[Built]:
    """A trust folder with extracts in its inbox, landed and built: the selected marts, open for reading.

    release_id: the name of the release that this stands for. previous: the folder of the one before, by `released`.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(SECRET_VARIABLE, SECRET)
        trust = load_trust(root)
        folder = TrustFolder(root).ensure(trust)
        for inbox in inboxes(folder, trust):
            land_inbox(trust, folder, inbox)
        take_decisions(folder)
        write_reference(trust, folder)
        if release_id:
            _follow(folder.reference / "previous", release_id, previous)
        plan = ready_plan().placed({"ROLLCALL_LAKE": str(root / "lake")}).with_parents([*selected, *_ALWAYS_BUILT])
        warehouse, work = root / "warehouse.duckdb", root / "work.duckdb"
        start_from_seeds(seeds_database(), warehouse, work)
        with closing(open_build(warehouse, work, plan.settings)) as connection:
            failed = [result for result in execute(connection, plan, PROJECT) if result.status != "success"]
        assert not failed, f"not built: {failed}"
        publish_refusals(folder, root / "work.duckdb")
    with duckdb.connect(str(root / "warehouse.duckdb"), read_only=True) as warehouse:
        yield Built(folder, warehouse)


def _follow(laid_out: Path, release_id: str, previous: Path | None) -> None:
    at = dt.datetime(2026, 1, 1)
    if previous is None:
        write_without_previous(laid_out, release_id, at)
    else:
        assert link_previous(previous, laid_out), "the release before has not all that the next one reads"
        write_run(laid_out, release_id, at, previous.name, COMPARED)


# What an earlier release is built for: figures and how they changed; not comparators, which take most of the time.
_EARLIER = ["fct_published_figures", "fct_figure_changes", *LEDGER.values()]


def released(built: Built, release: Path) -> Path:
    """What the next release reads of this one, as a run leaves it there; what was not built is empty."""
    from orchestration.previous import freeze

    (release / "parquet").mkdir(parents=True)
    query = "select table_name from duckdb_tables() where schema_name = 'marts'"
    marts = {table for (table,) in built.warehouse.execute(query).fetchall()}
    for file, schema in TABLES.values():
        if Path(file).stem in marts:
            built.warehouse.execute(f"copy marts.{Path(file).stem} to '{release / file}' (format parquet)")
        elif file.startswith("parquet/"):
            pl.DataFrame(schema=schema).write_parquet(release / file)
    freeze(built.folder.root / "work.duckdb", release)
    return release


@pytest.fixture(scope="module", params=cases())
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """One case, built."""
    root = tmp_path_factory.mktemp(request.param.replace("-", "_")) / "trust"
    # What earlier releases were made of comes first; each adds to the inbox of the one before.
    previous = None
    for earlier in sorted((CASES / request.param).glob("release-*")):
        shutil.copytree(earlier, root, dirs_exist_ok=True)
        with build(root, _EARLIER, earlier.name, previous) as built:
            previous = released(built, root.parent / earlier.name)
        (root / "warehouse.duckdb").unlink()
        (root / "work.duckdb").unlink()
    shutil.copytree(CASES / request.param / "input", root, dirs_exist_ok=True)
    tables = sorted({path.name.split(".")[0] for path in (CASES / request.param / "expect").glob("*.csv")})
    with build(root, tables, "release-now" if previous else None, previous) as built:
        yield built
