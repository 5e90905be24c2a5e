"""The queries that a page may ask, and all the others, which reach nothing: not a file, not another audience."""

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dashboards import query_engine
from dashboards.query_engine import Engine


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Two audiences, as an export leaves them: a table that both have, and one without rows."""
    root = tmp_path_factory.mktemp("site")
    for audience, secret in (("network", "ours"), ("school/northgate", "theirs")):
        schema = pa.schema([("place", pa.string()), ("pupils", pa.int64())])
        rows = pa.table({"place": [secret, "shared"], "pupils": [7, 12]}, schema)
        files = {"rpt_places": rows, "rpt_empty": schema.empty_table()}
        if audience != "network":
            files["rpt_pupils"] = pa.table({"pupil_name": ["Ada Example"]})
        names = []
        for name, table in files.items():
            place = root / audience / "data" / "rollcall" / f"{name}.parquet"
            place.parent.mkdir(parents=True, exist_ok=True)
            if table.num_rows:
                pq.write_table(table, place)
            else:
                with pa.OSFile(str(place), "wb") as sink, pa.ipc.new_stream(sink, schema):
                    pass
            names.append(str(place.relative_to(root / audience)))
        manifest = {"audience": audience, "release": "one", "renderedFiles": {"rollcall": names}}
        (root / audience / "data" / "manifest.json").write_text(json.dumps(manifest))
    return root


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture
def ask(engine, site):
    def answer(query: str, audience: str = "network") -> dict:
        folder = site / audience
        (found,) = engine.answers(folder, engine.figures(folder), [query])
        return json.loads(found)

    return answer


def test_a_query_is_answered_with_its_columns_and_values(ask):
    assert ask("---- Data trust\nselect place, pupils from rpt_places order by pupils;") == {
        "columns": [{"name": "place", "type": "string"}, {"name": "pupils", "type": "number"}],
        "values": [["ours", "shared"], [7, 12]],
    }
    assert ask("select * from rpt_empty")["values"] == [[], []]
    assert ask("with big as (from rpt_places where pupils > 10) select count(*) as n from big")["values"] == [[1]]


def test_values_are_what_the_database_in_the_browser_would_give(ask):
    found = ask(
        """select date '2026-11-13' as day, timestamp '2026-11-13 06:40:00' as at, 1.25::decimal(9, 2) as share,
        sum(pupils) as sum, true as yes, null as nothing, 'nan'::double as nan, 1 / 0 as none, [1, 2] as list
        from rpt_places"""
    )
    day = dt.datetime(2026, 11, 13, tzinfo=dt.UTC).timestamp() * 1000
    values = [column[0] for column in found["values"]]
    assert values == [day, day + (6 * 60 + 40) * 60_000, 1.25, 19.0, True, None, None, None, [1, 2]]
    kinds = [column["type"] for column in found["columns"]]
    assert kinds[:5] == ["date", "date", "number", "number", "boolean"]
    assert Decimal(str(values[2])) == Decimal("1.25")


def test_each_audience_is_answered_from_its_own_files_alone(ask, engine, site):
    assert ask("select min(place) as p from rpt_places")["values"] == [["ours"]]
    assert ask("select max(place) as p from rpt_places", "school/northgate")["values"] == [["theirs"]]
    assert ask("from rpt_pupils", "school/northgate")["values"] == [["Ada Example"]]
    assert "no table rpt_pupils" in ask("from rpt_pupils")["error"]
    assert engine.figures(site / "network") != engine.figures(site / "school/northgate")
    with pytest.raises(FileNotFoundError):
        engine.figures(site / "school")


FORBIDDEN = [
    "select * from read_csv('{file}')", "from '{file}'", "from read_parquet('{file}')", "from parquet_scan('{file}')",
    "select content from read_text('{file}')", "select (select content from read_blob('{file}'))", "from glob('/*')",
    "with x as materialized (from read_text('{file}')) from x", "from parquet_metadata('{file}')",
    "from sniff_csv('{file}')", "from 'https://example.org/x.parquet'", "from arrow_scan(1, 2, 3)",
    "attach '{file}' as other", "copy rpt_places to '{folder}/out.csv'", "export database '{folder}/out'",
    "pragma version", "pragma enable_external_access", "set enable_external_access = true", "reset lock_configuration",
    "select 1; select 2", "create table x as select 1", "insert into rpt_places from rpt_places",
    "drop table rpt_places", "delete from rpt_places", "update rpt_places set pupils = 0", "install httpfs",
    "load httpfs", "checkpoint",
    "call pragma_version()", "prepare x as select 1", "explain select 1", "use main", "begin transaction",
    "from query('select 1')", "from query_table('rpt_places')", "from duckdb_settings()", "from duckdb_settings",
    "from information_schema.tables", "from main.rpt_places", "from pg_catalog.pg_class", "from sqlite_master",
    "select getenv('HOME')", "select current_setting('memory_limit')", "select getvariable('x')",
    "from given_shared", "from given_whole", "from found",
    "select * from rpt_places) ; drop table rpt_places; --", "select * from rpt_places limit 1) union (select 1", "",
    # a name that is made somewhere is no way to a table of that name elsewhere
    "from duckdb_settings where exists (with duckdb_settings as (select 1) select 1)",
    'from "{file}" where exists (with "{file}" as (select 1) select 1)',
    # more than there is room for
    "select repeat('x', 1000000000)", "select range(1000000000)", "from range(100000000000)",
    "select lpad('x', 100000000, 'y')", "from rpt_places, range(rpt_places.pupils)",
    "select unnest(generate_series(1, 1000000))",
]  # fmt: skip


@pytest.mark.parametrize("query", FORBIDDEN)
def test_what_is_no_question_about_the_audience_s_tables_is_refused(ask, site, query):
    secret = next((site / "school" / "northgate").rglob("rpt_pupils.parquet"))
    found = ask(query.format(file=secret, folder=site))
    assert set(found) == {"error"}
    assert "Ada" not in found["error"]
    assert ask("select count(*) as n from rpt_places")["values"] == [[2]]


@pytest.mark.parametrize(
    "query",
    [
        "select content from read_text('{file}')", "from '{file}'", "attach '{file}' as other", "from glob('{file}')",
        "set enable_external_access = true", "set memory_limit = '9GB'", "copy rpt_places to '{folder}/out.csv'",
        "install json", "load spatial", "from python_rows",
    ],
)  # fmt: skip
def test_behind_the_first_wall_the_database_itself_is_locked(site, query):
    python_rows = pa.table({"secret": [1]})
    assert python_rows.num_rows
    figures = query_engine._Figures((site / "network").resolve())
    figures.run("from rpt_places")
    secret = next((site / "school" / "northgate").rglob("rpt_pupils.parquet"))
    with pytest.raises(duckdb.Error):
        figures._db.execute(query.format(file=secret, folder=site)).fetchall()
    assert not (site / "out.csv").exists()


@pytest.mark.parametrize(
    "query",
    [
        "with recursive t(n) as (select 1 union all select n + 1 from t) select count(*) from t",
        "select count(*) from rpt_places a, " + ", ".join(f"rpt_places t{n}" for n in range(40)),
    ],
)
def test_a_query_without_an_end_is_stopped(ask, monkeypatch, query):
    monkeypatch.setattr(query_engine, "SECONDS", 0.2)
    assert "Interrupt" in ask(query)["error"] or "INTERRUPT" in ask(query)["error"]


def test_more_rows_than_a_page_shows_are_refused(ask, monkeypatch):
    monkeypatch.setattr(query_engine, "ROWS", 3)
    assert len(ask("select 1 as n from rpt_places, rpt_places b limit 3")["values"][0]) == 3
    assert "more than a page" in ask("select 2 as n from rpt_places, rpt_places b")["error"]


def test_an_answer_is_kept_by_figures_and_the_oldest_forgotten(site, monkeypatch):
    engine = Engine()
    folder = site / "network"
    figures = engine.figures(folder)
    first = engine.answers(folder, figures, ["select 1 as n"])
    assert engine.answers(folder, figures, ["select 1 as n"])[0] is first[0]
    monkeypatch.setattr(query_engine, "CACHED_BYTES", 0)
    engine.answers(folder, figures, ["select 2 as n"])
    assert not engine._answers


def test_another_release_is_other_figures(site, tmp_path):
    engine = Engine()
    data = tmp_path / "network" / "data"
    data.mkdir(parents=True)
    (data / "manifest.json").write_text('{"renderedFiles": {}, "release": "one"}')
    before = engine.figures(tmp_path / "network")
    (data / "manifest.json").write_text('{"renderedFiles": {}, "release": "two"}')
    assert engine.figures(tmp_path / "network") != before
    (data / "manifest.json").write_text('{"renderedFiles": {"rollcall": ["../../etc/passwd"]}}')
    with pytest.raises(FileNotFoundError):
        engine.answers(tmp_path / "network", engine.figures(tmp_path / "network"), ["select 1"])
