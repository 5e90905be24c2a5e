"""The prepared dbt project: parsed once, with the sources of whichever trust is run."""

from pathlib import Path

from orchestration import dbt_manifest


def locations(**environment: str) -> dict[str, str]:
    manifest = dbt_manifest.manifest_for(environment)
    return {
        source.source_name + "." + source.name: source.meta["external_location"] for source in manifest.sources.values()
    }


def test_the_sources_are_those_of_the_trust_that_is_run() -> None:
    found = locations(ROLLCALL_LAKE="/a trust/lake", ROLLCALL_PREVIOUS="/a trust/runs/previous")
    assert found["lake.marks"] == "read_parquet('/a trust/lake/{name}/*/*.parquet')"
    assert found["reference.rules"] == "read_parquet('/a trust/lake/reference/{name}.parquet')"
    assert found["previous.figures"] == "read_parquet('/a trust/runs/previous/{name}.parquet')"


def test_another_trust_gets_its_own_and_without_a_previous_release_the_empty_tables_of_its_lake() -> None:
    locations(ROLLCALL_LAKE="/one/lake", ROLLCALL_PREVIOUS="/one/runs/previous")
    found = locations(ROLLCALL_LAKE="/two/lake")
    assert found["previous.figures"] == "read_parquet('/two/lake/reference/previous/{name}.parquet')"
    assert not [location for location in found.values() if "/rollcall/" in location or "/one/" in location]


def test_a_project_that_has_not_changed_is_not_parsed_again() -> None:
    made: Path = dbt_manifest.prepared()
    before = made.stat().st_mtime_ns
    assert dbt_manifest.prepared() == made
    assert made.stat().st_mtime_ns == before
    assert sorted(path.name for path in made.iterdir()) == ["manifest.json", "partial_parse.msgpack"]
