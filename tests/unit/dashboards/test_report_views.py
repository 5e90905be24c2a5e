"""What reports ask is put to each audience's view once, and answered from no other audience's."""

from pathlib import Path

import pytest

from dashboards.audiences import audiences
from dashboards.reports import Views
from dashboards.reports.found import rows_of


@pytest.mark.parametrize("table", ["rpt_places", "rpt_cohorts", "rpt_headline", "rpt_periods", "rpt_guide_rules"])
def test_each_audience_has_its_own_answers(warehouse: Path, table: str) -> None:
    query = f"select * from rollcall.{table} order by all"
    names = [name for name in audiences(warehouse) if name != "analyst"]
    with Views(warehouse) as views:
        for audience in [*names, *names]:
            view = views.of(audience)
            expected = rows_of(view, query, {})
            assert views.rows(query, {}) == views.rows(query, {}) == expected
