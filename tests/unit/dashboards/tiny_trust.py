"""A small invented trust's warehouse for tests: marts made by hand, the reports models rendered as dbt would.

The models under test are the project's own SQL. dbt itself would take seconds to start; all that these models need of
it is `ref`, `config` and the project's macros, so Jinja with those three renders them.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import jinja2
import polars as pl
import yaml

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
HERE = Path(__file__).parent


def load_seeds(db: duckdb.DuckDBPyConnection) -> None:
    """Load every seed into schema `reference`, typed as its properties file says."""
    db.execute("create schema reference")
    types: dict[str, dict[str, str]] = {}
    for properties in sorted((PROJECT / "seeds").rglob("*.yml")):
        for seed in yaml.safe_load(properties.read_text())["seeds"]:
            types[seed["name"]] = seed.get("config", {}).get("column_types", {})
    for path in sorted((PROJECT / "seeds").rglob("*.csv")):
        rows = pl.read_csv(path, infer_schema=False)  # read by name in the query
        typed = types.get(path.stem, {})
        columns = ", ".join(f'cast("{name}" as {typed.get(name, "varchar")}) as "{name}"' for name in rows.columns)
        db.execute(f"create table reference.{path.stem} as select {columns} from rows")


def _environment(tables: dict[str, str]) -> jinja2.Environment:
    env = jinja2.Environment(extensions=["jinja2.ext.do"], trim_blocks=False)
    env.globals.update(ref=lambda name: tables[name], config=lambda **_: "")
    for path in sorted((PROJECT / "macros").glob("*.sql")):
        source = path.read_text()
        if path.stem in ("generate_schema_name", "load_csv_rows"):
            continue
        # A dbt macro may return a list or a mapping; in plain Jinja a macro gives text only.
        for name, body in re.findall(r"macro (\w+)\(\) -%\}\s*\{\{ return\((.*?)\) \}\}", source, re.DOTALL):
            env.globals[name] = (lambda expression: lambda: env.compile_expression(expression)())(body)
        module = env.from_string(source).make_module({"ref": env.globals["ref"]})
        for name in re.findall(r"macro (\w+)\(", source):
            env.globals.setdefault(name, getattr(module, name))
    return env


def _contract(model: str) -> str:
    """The columns of a reports table with their types, as its properties file promises."""
    properties = yaml.safe_load((PROJECT / "models" / "reports" / f"{model}.yml").read_text())["models"][0]
    return ", ".join(f"{column['name']} {column['data_type']}" for column in properties["columns"])


def build(warehouse: Path) -> Path:
    """Write the tiny trust's warehouse (schemas reference, marts and reports) to `warehouse`."""
    with duckdb.connect(str(warehouse)) as db:
        load_seeds(db)
        db.execute((HERE / "tiny_trust.sql").read_text())
        tables = {
            name: f"{schema}.{name}"
            for schema, name in db.execute(
                "select schema_name, table_name from duckdb_tables() where not internal"
            ).fetchall()
        }
        models = {path.stem: path.read_text() for path in (PROJECT / "models" / "reports").glob("rpt_*.sql")}
        for name in (
            "int_place_schools",
            "int_place_registers",
            "int_running_year",
            "int_pupil_codes",
            "int_code_pupils",
            "int_place_codes",
            "int_place_comparisons",
            "int_rate_dispersion",
            "int_place_rates",
        ):
            models[name] = (PROJECT / "models" / "intermediate" / f"{name}.sql").read_text()
        known = set(tables) | set(models)
        for name in sorted(models):
            if not set(re.findall(r'ref\("(\w+)"\)', models[name])) <= known:
                # what it reads is not part of the tiny trust: a table without rows, as its contract says
                db.execute(f"create schema if not exists reports; create table reports.{name} ({_contract(name)})")
                tables[name] = f"reports.{name}"
                del models[name]
        tables |= {name: f"{'reports' if name.startswith('rpt_') else 'intermediate'}.{name}" for name in models}
        env = _environment(tables)
        db.execute("create schema if not exists reports")
        while models:
            ready = [n for n, sql in models.items() if not set(re.findall(r'ref\("(\w+)"\)', sql)) & set(models)]
            for name in sorted(ready):
                db.execute(f"create table {tables[name]} as {env.from_string(models.pop(name)).render()}")
    return warehouse
