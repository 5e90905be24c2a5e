"""Who sees whose tasks: a school its own, who oversees schools all of them, a group of pupils none."""

from pathlib import Path

import pytest

from dashboards.audiences import open_audience

SCHOOL = "northgate-academy"


@pytest.mark.parametrize("table", ["rpt_tasks", "rpt_tasks_lateness"])
def test_a_school_sees_its_own_tasks_alone(table: str, mock_warehouse: Path) -> None:
    def places(audience: str, members: list[str] | None = None) -> set[str]:
        with open_audience(mock_warehouse, audience, members=members) as db:
            return {row[0] for row in db.execute(f"select distinct place_key from rollcall.{table}").fetchall()}

    everywhere = places("network")
    assert {SCHOOL, "trust"} < everywhere
    assert places("analyst") == everywhere
    assert places(f"school/{SCHOOL}") == {SCHOOL}
    assert places(f"school/{SCHOOL}/champion", members=[]) == set()
