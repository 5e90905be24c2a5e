"""A school's table in two parts: everybody's rows in one file for all, its own beside it, and both read as one."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboards.audiences import audiences, open_audience
from dashboards.disclosed import tables
from dashboards.query_engine import Engine
from dashboards.site_export import export_site

OWN = "elm-academy"
GROUP, MEMBERS = f"school/{OWN}/7A", ["key one"]
PARTED = (
    "rpt_bands", "rpt_benchmarks", "rpt_code_use", "rpt_cohorts", "rpt_headline", "rpt_missing_registers",
    "rpt_places", "rpt_registers", "rpt_revised_figures", "rpt_school_data",
)  # fmt: skip
# A school without a row of its own, and a table of which nobody else is served a row.
EMPTY = (
    f"delete from reports.rpt_cohorts where slug = '{OWN}'",
    "delete from reports.rpt_bands where year_group = 'all'",
)


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shell")


@pytest.fixture(scope="module")
def site(warehouse: Path, shell: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("parts") / "site"
    export_site(warehouse, shell, out, audiences(warehouse), "r", groups={GROUP: MEMBERS})
    return out


def manifest(site: Path, audience: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site / audience / "data" / "manifest.json").read_text())
    return found


def rows_in(path: Path) -> pa.Table:
    if path.read_bytes()[:4] == b"PAR1":
        return pq.read_table(path)
    with pa.OSFile(str(path)) as source, pa.ipc.open_stream(source) as stream:
        return stream.read_all()


def test_only_a_school_has_tables_in_parts(site: Path, warehouse: Path) -> None:
    for audience in [*audiences(warehouse), GROUP]:
        said = manifest(site, audience)
        is_school = audience.count("/") == 1
        assert tuple(sorted(said["parts"])) == (PARTED if is_school else ())
        assert said["slug"] == (audience.removeprefix("school/") if is_school else None)
        whole = [Path(name).stem for name in said["renderedFiles"]["rollcall"]]
        assert sorted([*whole, *said["parts"]]) == sorted(tables())


@pytest.mark.parametrize("table", PARTED)
def test_everybodys_rows_are_one_file_and_a_schools_own_lie_with_it_alone(
    site: Path, warehouse: Path, table: str
) -> None:
    schools = [name for name in audiences(warehouse) if "/" in name]
    shared = {(site / school / manifest(site, school)["parts"][table]["shared"]).stat().st_ino for school in schools}
    for audience in ("network", "analyst", GROUP):
        (name,) = [name for name in manifest(site, audience)["renderedFiles"]["rollcall"] if Path(name).stem == table]
        shared.add((site / audience / name).stat().st_ino)
    assert len(shared) == 1
    for school in schools:
        own = rows_in(site / school / manifest(site, school)["parts"][table]["own"])
        assert set(own["slug"].to_pylist()) <= {school.removeprefix("school/")}


def test_what_is_hidden_from_others_is_in_no_shared_file(site: Path) -> None:
    parts = manifest(site, f"school/{OWN}")["parts"]["rpt_cohorts"]
    few = {
        part: duckdb.sql(f"select count(*) from '{site / 'school' / OWN / name}' where pupils between 1 and 5")
        for part, name in parts.items()
    }
    assert few["shared"].fetchall() == [(0,)]
    assert few["own"].fetchall() > [(0,)]


def read_by_the_server(folder: Path) -> dict[str, tuple[list[str], Counter[tuple]]]:
    """The columns and rows of every table that pages can ask for."""
    engine, names = Engine(), sorted(tables())
    answers = engine.answers(folder, engine.figures(folder), [f"from {name}" for name in names])
    found = {}
    for name, answer in zip(names, map(json.loads, answers), strict=True):
        rows = Counter(map(repr, zip(*answer["values"], strict=True)))
        found[name] = [column["name"] for column in answer["columns"]], rows
    return found


def served(warehouse: Path, audience: str, folder: Path) -> dict[str, tuple[list[str], Counter[tuple]]]:
    """The same of what the audience may see: its tables as files that are whole, read by the server."""
    members = MEMBERS if audience == GROUP else None
    (folder / "data").mkdir(parents=True)
    with open_audience(warehouse, audience, members=members) as db:
        for name in tables():
            rows = db.execute(f"from rollcall.{name}").to_arrow_table()
            db.execute(f"copy rollcall.{name} to '{folder / name}.parquet' (format parquet)")
            assert rows.num_rows == pq.read_metadata(folder / f"{name}.parquet").num_rows
    (folder / "data" / "manifest.json").write_text(
        json.dumps({"renderedFiles": {"rollcall": [f"{name}.parquet" for name in tables()]}})
    )
    return read_by_the_server(folder)


@pytest.mark.parametrize("audience", ["network", "analyst", f"school/{OWN}", GROUP])
def test_the_server_reads_what_the_audience_may_see(site: Path, warehouse: Path, tmp_path: Path, audience: str) -> None:
    assert read_by_the_server(site / audience) == served(warehouse, audience, tmp_path)


def test_parts_without_rows_are_read_as_well(warehouse: Path, shell: Path, tmp_path: Path) -> None:
    changed, audience = tmp_path / "warehouse.duckdb", f"school/{OWN}"
    shutil.copyfile(warehouse, changed)
    with duckdb.connect(str(changed)) as db:
        for change in EMPTY:
            db.execute(change)
    export_site(changed, shell, tmp_path / "site", [audience])
    parts = manifest(tmp_path / "site", audience)["parts"]
    folder = tmp_path / "site" / audience
    assert rows_in(folder / parts["rpt_cohorts"]["own"]).num_rows == 0
    assert rows_in(folder / parts["rpt_bands"]["shared"]).num_rows == 0
    found = read_by_the_server(folder)
    assert found == served(changed, audience, tmp_path / "whole")
    assert found["rpt_cohorts"][1].total() > 0
    assert found["rpt_bands"][1].total() > 0


def test_the_rows_come_in_order_everybodys_first(site: Path) -> None:
    engine, folder = Engine(), site / "school" / OWN
    (answer,) = engine.answers(folder, engine.figures(folder), ["select slug from rpt_headline"])
    is_own = [slug == OWN for slug in json.loads(answer)["values"][0]]
    assert is_own == sorted(is_own)
    assert set(is_own) == {False, True}
