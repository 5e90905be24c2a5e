"""The lineage follows dbt's graph from who reads a table back to what came in, each by the shortest way."""

from types import SimpleNamespace as Graph

import duckdb
import tiny_trust


def node(key: str, folder: str, *reads: str) -> dict:
    kind, name = key.split(".")
    return {
        "unique_id": key, "resource_type": kind, "name": name, "fqn": ["rollcall", folder, name], "description": "",
        "depends_on": {"nodes": list(reads)},
    }  # fmt: skip


def test_a_page_is_made_from_everything_behind_its_table() -> None:
    marks = {"unique_id": "source.marks", "source_name": "lake", "name": "marks", "description": ""}
    page = node("exposure.page", "", "model.rpt_one") | {
        "label": "A page", "type": "dashboard", "meta": {"audience": "network"},
    }  # fmt: skip
    nodes = [
        node("seed.codes", "codes"),
        node("model.stg_marks", "staging", "source.marks"),
        node("model.fct_one", "marts", "model.stg_marks", "seed.codes"),
        node("model.rpt_one", "reports", "model.fct_one", "seed.codes"),
        node("test.fct_one", "marts", "model.fct_one"),
    ]
    graph = Graph(sources={"m": marks}, nodes={each["unique_id"]: each for each in nodes}, exposures={"p": page})
    db = duckdb.connect()
    tiny_trust.load_seeds(db)
    env = tiny_trust._environment({"lineage_kinds": "reference.lineage_kinds"})
    env.globals.update(execute=True, graph=graph)
    model = tiny_trust.PROJECT / "models" / "reports" / "rpt_lineage.sql"
    lineage = env.from_string(model.read_text("utf-8")).render()
    query = f"select made_from, made_from_kind, steps from ({lineage}) where thing = 'A page' order by steps, made_from"
    assert db.execute(query).fetchall() == [
        ("rpt_one", "reports", 1), ("codes", "seed", 2), ("fct_one", "marts", 2),
        ("stg_marks", "staging", 3), ("lake.marks", "source", 4),
    ]  # fmt: skip
    # Working layers are a way, not something that somebody asks the origin of.
    assert {kind for (kind,) in db.execute(f"select kind from ({lineage})").fetchall()} == {"marts", "reports", "page"}
