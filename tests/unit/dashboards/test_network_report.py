"""The network report: what it says is what the audience sees, and the same release gives the same bytes."""

import json
import re
from pathlib import Path

import duckdb
import pytest
from pypdf import PdfReader

from dashboards.audiences import open_audience
from dashboards.reports import Views, find, write_report
from dashboards.reports.figures import change, half_up, percent, points

PERIOD = "2025/26 HT1"


def write(warehouse: Path, out: Path, period: str | None = None) -> Path:
    with Views(warehouse) as views:
        return write_report(views, find("network"), out, period=period)[0]


@pytest.fixture(scope="module")
def report(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(warehouse, tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def text(report: Path) -> str:
    """The report's words in reading order, with single spaces."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(report).pages))


@pytest.fixture(scope="module")
def headline(warehouse: Path) -> list[dict]:
    with open_audience(warehouse, "network") as db:
        result = db.execute(f"select * from rollcall.rpt_headline where period_key = '{PERIOD}' order by place_order")
        columns = [column[0] for column in result.description or []]
        return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]


def test_the_newest_half_term_that_is_over_is_reported_on(report: Path) -> None:
    assert report.name == "half-termly-network-report-2025-26-HT1.pdf"


def test_pages_header_footer_and_document_properties(report: Path) -> None:
    pdf = PdfReader(report)
    pages = len(pdf.pages)
    assert pages == 7
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Saltmarsh Learning Trust: Half-termly network report, 2025/26 HT1"
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    for number, page in enumerate(pdf.pages, start=1):
        words = page.extract_text()
        assert f"Page {number} of {pages}" in words
        assert "Figures as of 14 November 2025" in words


def test_only_fonts_of_the_projects_packages_are_used(report: Path) -> None:
    names = set()
    for page in PdfReader(report).pages:
        for font in page["/Resources"].get("/Font", {}).values():
            names.add(font.get_object()["/BaseFont"].split("+")[-1])
    assert names
    assert all(name.startswith(("HKGrotesk", "LibertinusSerif")) for name in names), names


def test_every_school_stands_with_its_exact_figures(text: str, headline: list[dict]) -> None:
    schools = [row for row in headline if row["place_type"] == "school"]
    assert len(schools) == 8
    for row in schools:
        rank = f"{row['attendance_rank']} of {row['schools_in_phase']}"
        cells = [f"{row['pupils']:,}", rank]
        for measure in ("attendance", "overall_absence", "authorised_absence", "unauthorised_absence"):
            cells.append(percent(row[f"{measure}_percent"]))
            for then in ("previous", "last_year"):
                cells.append(change(row[f"{measure}_change_{then}"])["t"])
        assert " ".join([row["place_name"], *cells]) in text


def test_hidden_figures_are_not_in_the_file(warehouse: Path, report: Path, text: str, headline: list[dict]) -> None:
    hidden = [row for row in headline if row["place_type"] == "school" and row["severe_is_suppressed"]]
    assert hidden
    kept = json.loads(report.with_suffix(".sources.json").read_text())
    shown = {row["place_key"]: row for q in kept["queries"] if q["name"] == "headline" for row in q["rows"]}
    for row in hidden:
        assert shown[row["place_key"]]["severely_absent_pupils"] is None
        name = re.escape(row["place_name"])
        late = re.escape(percent(row["late_percent"]))
        # pupils, percent and both changes of severe absence, then lateness
        assert re.search(rf"{name} [^A-Z]* c c c c {late}", text)
    with duckdb.connect(str(warehouse), read_only=True) as db:
        pupils = db.execute("select distinct pupil_key from marts.fct_sessions limit 50").fetchall()
    everything = report.with_suffix(".sources.json").read_text() + text
    assert not any(key in everything for (key,) in pupils)


def test_the_benchmarks_say_which_window_they_speak_for(text: str) -> None:
    said = (
        "DfE publishes no figures for single half terms; shown instead is its newest figure of the same kind, "
        "2024/25 autumn, beside the own figures of that same window."
    )
    assert said in text
    assert "Attendance, 2024/25 autumn" in text


def test_every_number_has_its_query(report: Path) -> None:
    kept = json.loads(report.with_suffix(".sources.json").read_text())
    assert kept["period"] == PERIOD
    assert kept["as_of"] == "2025-11-14"
    assert {"headline", "bands", "benchmarks", "cohorts", "codes", "registers", "refused"} <= {
        query["name"] for query in kept["queries"]
    }
    assert all(query["query"].strip() for query in kept["queries"])


def test_the_same_release_gives_the_same_bytes(warehouse: Path, report: Path, tmp_path: Path) -> None:
    again = write(warehouse, tmp_path, PERIOD)
    assert again.read_bytes() == report.read_bytes()
    assert again.with_suffix(".sources.json").read_bytes() == report.with_suffix(".sources.json").read_bytes()


def test_a_running_half_term_says_so(warehouse: Path, tmp_path: Path) -> None:
    report = write(warehouse, tmp_path, "2025/26 HT2")
    assert report.name.endswith("2025-26-HT2.pdf")
    first_page = PdfReader(report).pages[0].extract_text()
    assert "The half term is still running: figures to 14 November 2025." in re.sub(r"\s+", " ", first_page)


def test_an_unknown_half_term_is_refused_in_a_sentence(warehouse: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There are no figures for 2025/26 HT5; this release has 2025/26 HT2"):
        write(warehouse, tmp_path, "2025/26 HT5")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("value", "shown"), [(6.85, "6.9"), (6.849, "6.8"), (93.25, "93.3"), (-0.05, "-0.1"), (0.04, "0.0"), (100, "100.0")]
)
def test_half_up(value: float, shown: str) -> None:
    assert str(half_up(value)) == shown


@pytest.mark.parametrize(
    ("value", "better", "shown"),
    [
        (0.34, "higher", {"t": "▲ +0.3", "tone": "good"}),
        (0.34, "lower", {"t": "▲ +0.3", "tone": "bad"}),
        (-1.25, "lower", {"t": "▼ −1.3", "tone": "good"}),
        (-0.04, "higher", {"t": "0.0", "tone": "flat"}),
        (None, "higher", {"t": "–", "tone": "flat"}),
    ],
)
def test_change(value: float | None, better: str, shown: dict) -> None:
    assert change(value, better) == shown
    assert change(None, better, hidden=True)["t"] == "c"


def test_points_in_words() -> None:
    assert points(1.0) == "1.0 percentage point higher than"
    assert points(-0.25) == "0.3 percentage points lower than"
    assert points(0.01) == "the same as"
