"""When a run goes on from what the last one kept, and when it builds everything."""

import datetime as dt
from pathlib import Path

import duckdb
import pytest

from ingestion.trust import Trust, TrustFolder, load_trust
from orchestration.dbt_manifest import ready_plan
from orchestration.kept import cut_tables, forget, go_on, keep, note_reach, note_slices, slices_built, what_changed
from orchestration.plan.beyond import Reach
from orchestration.plan.slices import Slices
from orchestration.workspace import Workspace, write_json
from tests.integration.tiny import make_tiny_trust

STARTED = dt.datetime(2025, 9, 19, 20, tzinfo=dt.UTC)
STATE = {"code": "c", "trust": "t", "key": "k"}


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    return load_trust(make_tiny_trust(tmp_path / "trust"))


def workspace(tmp_path: Path, run_id: str, days: int = 0, state: dict[str, str] = STATE) -> Workspace:
    made = Workspace(TrustFolder(tmp_path / "trust"), run_id)
    made.root.mkdir(parents=True, exist_ok=True)
    made.note("started_at", (STARTED + dt.timedelta(days=days)).isoformat())
    made.note("state", state)
    return made


@pytest.fixture
def published(tmp_path: Path, trust: Trust) -> Path:
    """A release whose working tables were kept: everything was built, of both schools' one year."""
    made = workspace(tmp_path, "20250919-200000-0001")
    release = made.folder.releases / made.run_id
    release.mkdir(parents=True)
    with duckdb.connect(str(release / "warehouse.duckdb")) as warehouse:
        warehouse.execute("create schema marts; create table marts.dim_school (school_urn integer)")
        warehouse.executemany("insert into marts.dim_school values (?)", [[school.urn] for school in trust.schools])
        warehouse.execute(
            "create table marts.dim_school_day as select *, '2025/26' as academic_year from marts.dim_school"
        )
    with duckdb.connect(str(made.work_db)) as work:
        work.execute("create schema intermediate")
    write_json(release / "manifest.json", {"as_of": trust.as_of.isoformat(), "inputs": [], "state": STATE})
    note_slices(made, None)
    keep(made, release)
    return release


def test_it_goes_on_when_nothing_but_extracts_changed(tmp_path: Path, trust: Trust, published: Path) -> None:
    run = workspace(tmp_path, "20250920-200000-0002", days=1)
    changed = go_on(run, trust)
    assert changed == Slices(frozenset(), {school.urn: school.slug for school in trust.schools}, same_roll=True)
    assert run.warehouse.is_file()
    assert run.work_db.is_file()
    note_slices(run, changed)
    assert slices_built(run) == set()


def test_what_was_kept_is_used_once(tmp_path: Path, trust: Trust, published: Path) -> None:
    assert go_on(workspace(tmp_path, "20250920-200000-0002", days=1), trust) is not None
    assert go_on(workspace(tmp_path, "20250920-210000-0003", days=1), trust) is None


@pytest.mark.parametrize("part", ["code", "trust", "key"])
def test_another_version_trust_or_key_builds_everything(
    tmp_path: Path, trust: Trust, published: Path, part: str
) -> None:
    run = workspace(tmp_path, "20250920-200000-0002", days=1, state={**STATE, part: "other"})
    assert go_on(run, trust) is None
    assert not (run.folder.runs / "kept").exists()


@pytest.mark.parametrize(("days", "goes_on"), [(6, True), (7, False)])
def test_everything_is_built_once_a_week(
    tmp_path: Path, trust: Trust, published: Path, days: int, goes_on: bool
) -> None:
    assert (go_on(workspace(tmp_path, "20250926-200000-0002", days=days), trust) is not None) == goes_on


def test_the_week_begins_when_everything_was_built(tmp_path: Path, trust: Trust, published: Path) -> None:
    run = workspace(tmp_path, "20250924-200000-0002", days=5)
    note_slices(run, go_on(run, trust))
    keep(run, published)
    assert go_on(workspace(tmp_path, "20250926-200000-0003", days=7), trust) is None


def test_a_release_that_is_not_the_newest_is_not_gone_on_from(tmp_path: Path, trust: Trust, published: Path) -> None:
    published.rename(published.with_name("20250919-210000-0009"))
    assert go_on(workspace(tmp_path, "20250920-200000-0002", days=1), trust) is None


def test_what_is_forgotten_is_gone(tmp_path: Path, trust: Trust, published: Path) -> None:
    forget(TrustFolder(tmp_path / "trust"))
    assert go_on(workspace(tmp_path, "20250920-200000-0002", days=1), trust) is None


@pytest.mark.parametrize(
    ("table", "values", "is_built"),
    [
        ("fct_sessions", (900001, "2025/26"), True),
        ("fct_sessions", (900001, "2024/25"), False),
        ("fct_sessions", (900002, "2025/26"), False),
        ("fct_rule_triggers", ("2024/25",), True),  # built by the school, all its years
        ("fct_pupil_weeks", ("2024/25",), False),
        ("fct_cohorts", ("2025/26",), True),  # built by the school and the year
        ("fct_cohorts", ("2024/25",), False),
        ("fct_pupil_periods", ("2025/26",), True),  # built by the year
        ("fct_pupil_periods", ("2024/25",), False),
    ],
)
def test_a_file_may_have_changed_where_the_run_built_what_it_is_cut_from(
    tmp_path: Path, table: str, values: tuple[object, ...], is_built: bool
) -> None:
    run = workspace(tmp_path, "20250920-200000-0002")
    note_slices(run, Slices(frozenset({(900001, "2025/26")}), {}))
    assert what_changed(run)(table, values) is is_built
    note_reach(run, {table: Reach.YEARS})
    assert what_changed(run)(table, values) is (is_built or values[0] != 900002), "all years of the school were built"
    note_reach(run, {table: Reach.ALL})
    assert what_changed(run)(table, values), "all of this table was built"
    note_slices(run, None)
    assert what_changed(run)(table, values), "everything was built"


def test_a_table_is_cut_by_columns_that_it_has() -> None:
    columns = {node.name: [name for name, _ in node.columns] for node in ready_plan().nodes}
    for table, cut in cut_tables().items():
        assert set(cut) <= set(columns[table]), table
