"""The pages' queries and texts, checked without a browser: they run, and no figure of policy is written in them."""

import csv
import re

import pytest

from dashboards.audiences import open_audience
from dashboards.query_engine import tables_of
from tests.browser.pages import PAGES, REPO, choices, fill, queries

SCHOOL = "northgate-academy"


@pytest.fixture(scope="module", params=["network", f"school/{SCHOOL}"])
def opened(request, mock_warehouse):
    """What an audience has, opened once for all pages."""
    with open_audience(mock_warehouse, request.param) as connection:
        connection.execute("set search_path = 'rollcall'")
        yield connection


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_query_runs_and_answers(page, opened):
    periods = opened.execute("select period_key from rpt_periods where period_type <> 'week'").fetchall()
    served = frozenset(name for (name,) in opened.execute("select table_name from duckdb_tables()").fetchall())
    ((pupil,),) = opened.execute("select coalesce(min(pupil_id), '') from rpt_pupils").fetchall()
    for (period,) in [*periods[:2], *periods[-2:]]:
        inputs = {"inputs.period.value": period, "params.slug": SCHOOL, "params.pupil": pupil}
        found = queries(page)
        for choice, query in choices(page).items():  # as on the page: each begins with its query's first row
            offered = opened.execute(fill(found[query], found, inputs)).to_arrow_table()
            first = offered.slice(0, 1).to_pylist() or [dict.fromkeys(offered.column_names, "")]
            inputs |= {f"inputs.{choice}.{column}": str(value) for column, value in first[0].items()}
        for name, query in found.items():
            try:
                tables_of(opened, fill(query, found, inputs), served)  # the server answers no other query
                rows = opened.execute(fill(query, found, inputs)).fetchall()
            except Exception as problem:
                pytest.fail(f"{page.name}: {name} for {period}: {problem}")
            assert rows or not pupil or name != "extracts", f"{name} is empty for {period}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_threshold_or_code_letter_is_written_in_a_page(page):
    text = page.read_text("utf-8")
    with (REPO / "dbt_project/seeds/attendance_codes.csv").open(encoding="utf-8") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    written = {word for word in re.findall(r"'([^']{1,2})'", text) if word in codes}
    assert not written, f"{page.name} names the codes {sorted(written)}"
    assert not re.findall(r"(?<![\w.])\d+(?:\.\d+)?\s?%(?!['-])", text), "a percentage is written in the page"
    assert not re.findall(r"percent\w* *[<>]=? *[\d.]+", text), "a figure is compared with a number written in the page"


def test_every_page_has_an_exposure_with_owner_audience_cadence_and_action():
    import yaml

    files = sorted((REPO / "dbt_project/models/exposures").glob("*.yml"))
    exposures = [each for file in files for each in yaml.safe_load(file.read_text("utf-8"))["exposures"]]
    described = {each["meta"]["page"]: each for each in exposures if "page" in each["meta"]}
    for page in PAGES:
        address = str(page.relative_to(REPO / "dashboards/site/pages"))
        exposure = described.pop(address)
        assert exposure["owner"]["name"]
        assert all(exposure["meta"][key] for key in ("audience", "cadence", "action"))
        read = set(re.findall(r"\brpt_\w+", " ".join(queries(page).values())))
        assert read == {name[5:-2] for name in exposure["depends_on"]}, (
            f"{address} reads other tables than its exposure says"
        )
    assert not described, f"exposures of pages that do not exist: {sorted(described)}"
