"""The pages in Chromium: what a reader sees is what the release's tables say, for that reader."""

from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest

from dashboards.audiences import open_audience

pytestmark = pytest.mark.browser

SCHOOL, NAME = "northgate-academy", "Northgate Academy"
PERIOD = "2026/27 HT1"


def percent(value: float) -> str:
    """As pages print it: one decimal place, half up."""
    return f"{Decimal(repr(value)).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def points(value: float) -> str:
    rounded = Decimal(repr(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{'+' if rounded > 0 else '−' if rounded < 0 else ''}{abs(rounded)}"


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    (row,) = connection.execute(query).fetchall()
    return row


@pytest.fixture(scope="module")
def network(mock_warehouse):
    with open_audience(mock_warehouse, "network") as connection:
        connection.execute("set search_path = 'rollcall'")
        yield connection


def row_of(page, heading: str, name: str) -> str:
    """The text of a table's row, by the section's heading and the row's."""
    section = page.locator("section.panel", has=page.get_by_role("heading", name=heading))
    return section.locator("tr", has=page.get_by_role("rowheader", name=name)).first.inner_text()


def test_network_overview_shows_the_headline_and_the_schools(visit, network):
    page = visit().open("/")
    attendance, change, persistent, pupils, absent = one(
        network,
        f"""select attendance_percent, attendance_change_previous, persistent_absence_percent, pupils,
        persistently_absent_pupils from rpt_headline
        where place_type = 'trust' and population = 'all' and period_key = '{PERIOD}'""",
    )
    cards = page.locator(".stat").all_inner_texts()
    assert percent(attendance) in cards[1]
    assert f"{points(change)} pp" in cards[1]
    assert percent(persistent) in cards[2]
    assert f"{absent:,} of {pupils:,} pupils" in cards[2]
    schools = network.execute(
        f"""select place_name, attendance_percent, persistent_absence_percent from rpt_headline
        where place_type = 'school' and population = 'all' and period_key = '{PERIOD}'"""
    ).fetchall()
    assert len(schools) == 6
    for name, attendance, persistent in schools:
        shown = row_of(page, "Schools within their phase", name)
        assert percent(attendance) in shown
        assert (percent(persistent) if persistent is not None else "hidden") in shown


def test_another_period_is_chosen_kept_in_the_address_and_from_page_to_page(visit, network):
    window = visit()
    page = window.open("/")
    page.get_by_label("Period").select_option("2025/26")
    (attendance,) = one(
        network,
        """select attendance_percent from rpt_headline
        where place_type = 'trust' and population = 'all' and period_key = '2025/26'""",
    )
    page.locator(".stat", has_text=percent(attendance)).wait_for()
    assert "period=2025%2F26" in page.url
    page.get_by_label("A school").select_option(SCHOOL)
    page.get_by_role("heading", name=NAME).wait_for()
    window.settle()
    assert page.get_by_label("Period").input_value() == "2025/26"


def test_a_gap_sets_both_figures_of_one_window_side_by_side(visit, network):
    page = visit().open(f"/?period={PERIOD}")
    own, theirs, gap, window = one(
        network,
        f"""select compared_own_percent, comparator_percent, gap_percentage_points, window_label from rpt_benchmarks
        where place_key = '{SCHOOL}' and period_key = '{PERIOD}'
        and measure = 'attendance' and comparator_type = 'national'""",
    )
    shown = row_of(page, "Against England", NAME)
    assert all(text in shown for text in (percent(own), percent(theirs), points(gap)))
    section = page.locator("section.panel", has=page.get_by_role("heading", name="Against England"))
    assert window in section.inner_text()
    assert "DfE publishes no figures for single half terms" in section.inner_text()


def test_school_page_shows_its_groups_codes_and_registers(visit, network):
    page = visit().open(f"/schools/{SCHOOL}?period={PERIOD}")
    assert page.locator("h1").inner_text() == NAME
    cohort, pupils, attendance, gap = one(
        network,
        f"""select cohort_label, pupils, attendance_percent, attendance_gap from rpt_cohorts
        where place_key = '{SCHOOL}' and period_key = '{PERIOD}'
        and cohort_dimension = 'sen_status' and cohort = 'K'""",
    )
    shown = row_of(page, "Groups of pupils", cohort)
    assert all(text in shown for text in (str(pupils), percent(attendance), points(gap)))
    description, sessions = one(
        network,
        f"""select description, sessions from rpt_code_use
        where place_key = '{SCHOOL}' and period_key = '{PERIOD}' and year_group = 'all' and stands_out""",
    )
    codes = page.locator("section.panel", has=page.get_by_role("heading", name="Codes used"))
    row = codes.locator("tr", has_text=description).inner_text()
    assert f"{sessions:,}" in row
    assert "stands out" in row


def test_small_numbers_are_said_to_be_hidden(visit, network):
    hidden = network.execute(
        f"""select cohort_label from rpt_cohorts
        where place_key = 'beacon-hill' and period_key = '{PERIOD}' and is_suppressed"""
    ).fetchall()
    assert hidden
    page = visit().open(f"/schools/beacon-hill?period={PERIOD}")
    groups = page.locator("section.panel", has=page.get_by_role("heading", name="Groups of pupils"))
    assert "hidden" in groups.inner_text()
    assert "fewer than 6 pupils" in groups.inner_text()


def test_data_quality_says_what_was_refused_and_what_to_do(visit, network):
    page = visit().open("/data-quality")
    for name, status in network.execute("select school_name, status_label from rpt_school_data").fetchall():
        assert status in row_of(page, "Newest data", name)
    reason, remedy, rows = one(
        network,
        "select reason_label, what_to_do, rows from rpt_refused_rows order by place_order, reason_order limit 1",
    )
    shown = row_of(page, "Rows refused", reason)
    assert remedy in shown
    assert str(rows) in shown


def test_a_school_sees_what_it_has_to_mend_and_what_is_held(visit):
    page = visit(f"school/{SCHOOL}").open("/data-quality")
    mend = page.locator("section.panel", has=page.get_by_role("heading", name="What your school has to mend"))
    assert [link.get_attribute("href") for link in mend.locator("p a").all()] == ["/fix-list.xlsx", "/fix-list.csv"]
    assert "17, 238" in mend.inner_text()
    held = page.locator("section.panel", has=page.get_by_role("heading", name="Held for review"))
    assert "Marks in force" in held.inner_text()
    page = visit().open("/data-quality")
    assert page.locator("a[href*='fix-list']").count() == 0
    assert row_of(page, "Held for review", NAME)


def test_definitions_come_from_the_reference_data(visit, network):
    page = visit().open("/definitions#severe_absence")
    text = page.locator("main").inner_text()
    for (definition,) in network.execute("select definition from rpt_guide_measures").fetchall():
        assert definition in text
    threshold, description = one(
        network, "select value, description from rpt_guide_rules where rule_name = 'persistent_absence_percent'"
    )
    assert f"{threshold:g}" in page.locator("#rules tr", has_text=description).inner_text()
    shown = page.locator("#codes").locator("tbody tr:visible th code").all_inner_texts()
    codes = network.execute("select code from rpt_guide_codes where is_current order by category_order, code_order")
    assert shown == [code for (code,) in codes.fetchall()]


@pytest.mark.parametrize("path", ["/", f"/schools/{SCHOOL}", "/data-quality", "/definitions"])
def test_pages_fit_a_phone(visit, path):
    page = visit(width=390).open(path)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_an_unknown_school_is_said_to_be_unknown(visit):
    window = visit()
    window.page.goto(window.address + "/schools/no-such-school")
    window.page.get_by_role("heading", name="No such school").wait_for(timeout=60_000)


@pytest.mark.parametrize("path", ["/", f"/schools/{SCHOOL}"])
def test_every_chart_has_its_figures_beside_it_and_a_name(visit, path):
    page = visit().open(path)
    charts = page.locator("main [role=img]").all()
    assert len(charts) >= 2
    for chart in charts:
        assert "table below" in (chart.get_attribute("aria-label") or "")
    tables = page.locator("details", has_text="The figures behind this chart").all()
    assert tables
    for table in tables:
        assert table.locator("tbody tr").count() > 0
