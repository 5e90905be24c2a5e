"""Every report on the mock warehouse: its numbers are its queries' rows, its bytes stay the same, and it opens."""

import json
import math
import re
import shutil
import zipfile
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
import yaml
from docx import Document as open_word
from openpyxl import load_workbook
from pypdf import PdfReader

from dashboards.audiences import open_audience
from dashboards.reports import Views, due, find, registry, write_due, write_report
from dashboards.reports.found import queries
from tests.browser.pages import REPO

SCHOOL = "northgate-academy"
REPORTS = list(registry().values())


@pytest.fixture(scope="session")
def people(mock_warehouse):
    """A name for every pupil; some would be formulas in a spreadsheet."""
    with duckdb.connect(str(mock_warehouse), read_only=True) as db:
        tables = db.execute(
            "select table_name from duckdb_columns() where schema_name = 'reports' and column_name = 'pupil_key'"
        ).fetchall()
        found = {
            key for (table,) in tables for (key,) in db.execute(f"select pupil_key from reports.{table}").fetchall()
        }
    keys = sorted(found)
    surnames = [f"=Surname{number}" if number % 5 == 0 else f"Surname{number}" for number in range(len(keys))]
    return pa.table(
        {
            "pupil_key": pa.array(keys, pa.string()),
            "pupil_name": pa.array([f"Given {name}" for name in surnames], pa.string()),
            "sort_name": pa.array([f"{name}, Given" for name in surnames], pa.string()),
        }
    )


@pytest.fixture(scope="session")
def made(mock_warehouse, people, tmp_path_factory):
    """Each report's files by its name, the school's where it is about one."""
    out = tmp_path_factory.mktemp("reports")
    with Views(mock_warehouse, people) as views:
        return {
            report.name: write_report(views, report, out, None if report.about == "trust" else SCHOOL)
            for report in sorted(REPORTS, key=lambda report: report.reads)
        }


def kept(paths: list[Path]) -> dict:
    return json.loads(paths[-1].read_text("utf-8"))


def words(paths: list[Path]) -> str:
    """Everything that is in the files; of a report that is there to edit too, Word's parts stand for the PDF."""
    said = []
    for path in paths:
        if path.suffix == ".docx":
            with zipfile.ZipFile(path) as parts:
                said += [parts.read(name).decode("utf-8", "replace") for name in parts.namelist()]
        elif path.suffix == ".json":
            said.append(path.read_text("utf-8"))
        elif len(paths) == 2:
            said += [page.extract_text() for page in PdfReader(path).pages]
    return "\n".join(said)


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_every_format_is_there_and_every_number_is_a_row_of_its_audience(report, made, mock_warehouse, people):
    paths = made[report.name]
    assert [path.suffix.lstrip(".") for path in paths] == [*report.formats, "json"]
    sources = kept(paths)
    with open_audience(mock_warehouse, sources["audience"], people if "school" in sources["audience"] else None) as db:
        for each in sources["queries"]:
            values = {
                name: sources["parameters"].get(name) for name in ("period", "slug", "pupil_id", "year_group", "form")
            }
            used = {name: value for name, value in values.items() if f"${name}" in each["query"]}
            result = db.execute(each["query"], used)
            columns = [column[0] for column in result.description]
            rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
            assert json.loads(json.dumps(rows, default=plain)) == each["rows"], each["name"]


def plain(value):
    return (
        float(value) if isinstance(value, Decimal) else value.isoformat() if hasattr(value, "isoformat") else str(value)
    )


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_the_exposure_of_a_report_says_what_it_reads_and_who_acts_on_it(report):
    exposures = yaml.safe_load((REPO / "dbt_project/models/exposures/reports.yml").read_text("utf-8"))["exposures"]
    exposure = next(each for each in exposures if each["meta"].get("report") == report.name)
    read = set(re.findall(r"rollcall\.(rpt_\w+)", " ".join(queries(report.query_folders).values())))
    assert read == {name[5:-2] for name in exposure["depends_on"]}
    assert exposure["owner"]["name"] == report.owner
    assert [exposure["meta"][key] for key in ("audience", "cadence")] == [report.audience, report.cadence]
    assert exposure["meta"]["action"].split() == report.action.split()


@pytest.mark.parametrize("name", [report.name for report in REPORTS if report.reads == "network"])
def test_what_leaves_the_school_says_nothing_about_a_pupil_or_a_few(name, made, mock_warehouse, people):
    with duckdb.connect(str(mock_warehouse), read_only=True) as db:
        minimum = db.execute("select suppression_minimum_pupils from reports.rpt_release").fetchall()[0][0]
    text = words(made[name])
    assert not [key for key in people["pupil_key"].to_pylist() if key in text or key[:16] in text]
    assert "Surname" not in text
    for each in kept(made[name])["queries"]:
        for row in each["rows"]:
            if "place_type" in row and isinstance(row.get("pupils"), int):
                assert row["pupils"] == 0 or row["pupils"] >= minimum, each["name"]
            if row.get("is_suppressed") and "pupils" in row:
                assert row["pupils"] is None


def test_a_word_report_opens_with_its_tables_and_says_the_headline(made):
    governors = made["governors"]
    document = open_word(governors[1])
    headline = next(each for each in kept(governors)["queries"] if each["name"] == "headline")["rows"][0]
    cards = [cell.text for cell in document.tables[0].rows[0].cells]
    assert cards[0].startswith("Attendance\n" + f"{Decimal(repr(round(headline['attendance_percent'], 9))):.1f}"[:3])
    assert any(
        "What changed, and how we know" in cell.text for table in document.tables for cell in table.rows[0].cells
    )
    assert document.core_properties.created == document.core_properties.modified
    assert all(shape._inline.docPr.get("descr") for shape in document.inline_shapes)


def test_the_codes_tool_has_six_charts_and_its_sessions_add_up(made):
    book = load_workbook(made["codes"][0])
    rows = next(each for each in kept(made["codes"])["queries"] if each["name"] == "datasets")["rows"]
    datasets = {row["dataset"] for row in rows}
    assert len(book["Charts"]._charts) == len(datasets)
    lines = [[cell.value for cell in line] for line in book["Codes by year group"].iter_rows()]
    heads = next(line for line in lines if line[0] == "Code")
    first = lines.index(heads) + 1
    for line in lines[first:]:
        if line[1] == "Possible sessions":
            break
        by_year = {
            row["year_group_label"]: row["sessions"]
            for row in rows
            if row["item"] == line[0] and row["dataset"] == "code_by_year_group"
        }
        for label, shown in zip(heads[3:], line[3:], strict=True):
            if label:
                assert shown == by_year.get(label, 0)


def test_the_index_of_a_group_is_a_formula_with_the_warehouse_s_value(made):
    formulas, values = (load_workbook(made["vulnerable-groups"][0], data_only=only)["Groups"] for only in (False, True))
    rows = next(each for each in kept(made["vulnerable-groups"])["queries"] if each["name"] == "groups")["rows"]
    lines = list(formulas.iter_rows())
    top = next(number for number, line in enumerate(lines) if line[0].value == "Group of")
    for number, row in enumerate(rows, start=top + 1):
        found = lines[number]
        assert [found[0].value, found[1].value, found[2].value] == [
            row["dimension_label"],
            row["cohort_label"],
            row["pupils"],
        ]
        if row["representation_index"] is not None:
            absence, possible = re.findall(r"[A-Z]+\d+", found[14].value)
            assert formulas[absence].value / formulas[possible].value == pytest.approx(row["representation_index"])
            assert values.cell(number + 1, 15).value == pytest.approx(row["representation_index"])


def value_of(formula: str, sheet, thresholds: dict[str, float]):
    """What a spreadsheet would show: the few functions that our formulas use, as Python knows them."""
    text = formula.lstrip("=")
    for address in set(re.findall(r"[A-Z]+\d+", text)):
        text = re.sub(rf"\b{address}\b", str(sheet[address].value or 0), text)
    text = re.sub(r"(?<![<>=])=(?!=)", "==", text.replace("<>", "!="))
    functions = {
        "IF": lambda holds, then, otherwise: (then if holds else otherwise)(),
        "AND": lambda *parts: all(parts),
        "ROUNDUP": lambda number, _: math.ceil(number) if number > 0 else math.floor(number),
        "INT": math.floor,
    }
    # only the branch that is taken is worked out, as in a spreadsheet
    return eval(_lazy(text), {"__builtins__": {}, **functions, **thresholds})


def _lazy(text: str) -> str:
    """The second and third argument of each IF as functions."""
    at = text.find("IF(")
    if at < 0:
        return text
    depth, start, parts = 0, at + 3, []
    for place in range(start, len(text)):
        if text[place] == "(":
            depth += 1
        elif text[place] == ")" and depth:
            depth -= 1
        elif text[place] in ",)" and not depth:
            parts.append(text[start:place])
            start = place + 1
            if text[place] == ")":
                break
    condition, then, otherwise = parts
    inner = f"IF_({condition}, lambda: ({_lazy(then)}), lambda: ({_lazy(otherwise)}))".replace("IF_(", "\0(")
    return text[:at] + inner.replace("\0(", "IF(") + _lazy(text[start:])


def test_the_persistent_absence_workbook_calculates_what_the_warehouse_says(made):
    path = made["persistent-absence"][0]
    book = load_workbook(path)
    formulas, shown = book["Pupils"], load_workbook(path, data_only=True)["Pupils"]
    rows = next(each for each in kept(made["persistent-absence"])["queries"] if each["name"] == "pupils")["rows"]
    lines = [line[0].row for line in formulas.iter_rows() if line[0].value == "Pupil"]
    thresholds = {}
    for name, each in book.defined_names.items():
        sheet, address = each.attr_text.split("!")
        thresholds[name] = book[sheet][address.replace("$", "")].value
    assert len(thresholds) == 4
    assert rows
    columns = {"F": "overall_absence_percent", "H": "sessions_before_persistent", "I": "sessions_to_recover"}
    for line, row in enumerate(rows, start=lines[0] + 1):
        assert formulas[f"A{line}"].value == row["sort_name"]
        assert formulas[f"A{line}"].data_type == "s"
        for letter, key in columns.items():
            for value in (
                value_of(formulas[f"{letter}{line}"].value, formulas, thresholds),
                shown[f"{letter}{line}"].value,
            ):
                assert (value or None) == (pytest.approx(row[key]) if row[key] else None), (key, line)
        assert value_of(formulas[f"G{line}"].value, formulas, thresholds) == (shown[f"G{line}"].value or "")
    assert len(book["Movement"]._charts) == 1


def test_what_is_due_goes_to_those_who_may_read_it_and_the_same_release_gives_the_same_bytes(
    made, mock_warehouse, people, tmp_path
):
    with Views(mock_warehouse, people) as views:
        written = write_due(views, [SCHOOL], tmp_path)
    with_each = [report for report in REPORTS if report.due != "command"]
    assert written == {"reports": len(with_each), "carried": 0}
    for report in with_each:
        folder = tmp_path / report.folder(None if report.about == "trust" else SCHOOL)
        for path in made[report.name]:
            assert (folder / path.name).read_bytes() == path.read_bytes(), path.name


def test_what_says_the_same_as_before_is_taken_over_and_nothing_else(mock_warehouse, people, tmp_path, monkeypatch):
    """The day alone changes nothing; a figure, a name or the code does."""
    rendered = []

    def render(gathered, out):
        rendered.append(gathered.report.name)
        out.mkdir(parents=True, exist_ok=True)
        for suffix in (*gathered.report.formats, "sources.json"):
            (out / f"{gathered.name}.{suffix}").write_text(str(gathered.found.as_of))
        return []

    def follow(name, change, names=people, after="first", built=None):
        """What is rendered in the release `name` after the release `after`; change: SQL on its warehouse."""
        warehouse = tmp_path / f"{name}.duckdb"
        shutil.copyfile(mock_warehouse, warehouse)
        with duckdb.connect(str(warehouse)) as db:
            db.execute(change)
        rendered.clear()
        with Views(warehouse, names) as views:
            written = write_due(views, [SCHOOL], tmp_path / name, tmp_path / after, built)
        assert written["reports"] == written["carried"] + len(rendered)
        return set(rendered)

    monkeypatch.setattr(due, "render", render)
    every = {report.name for report in REPORTS if report.due != "command"}
    assert follow("first", "select 1", after="none") == every
    assert follow("next day", "update reports.rpt_release set as_of = as_of + 1") == set()
    pdf = next((tmp_path / "next day" / "school" / SCHOOL).glob("*.pdf"))
    assert pdf.samefile(tmp_path / "first" / pdf.relative_to(tmp_path / "next day"))
    change = f"update reports.rpt_codes_tool set category_label = 'changed' where slug = '{SCHOOL}'"
    assert follow("a figure", change) == {"codes"}
    # A workbook that is due once a week waits until a week is over, or everything is built.
    assert follow("a figure of the week", change, built={SCHOOL}) == set()
    new_week = (
        "insert into reports.rpt_periods by name select * replace ('2099-01-05' as period_key) from reports.rpt_periods"
        " where period_type = 'week' and not is_running limit 1;"
    )
    assert "codes" in follow("the next week", new_week + change, built=set())
    assert {"persistent-absence", "briefing"} >= follow("a name", "select 1", people.slice(0, 0)) > set()
    # Within a week nothing is asked about a school of which nothing was built.
    assert follow("a name in the week", "select 1", people.slice(0, 0), built=set()) == set()
    assert follow("a name of this school", "select 1", people.slice(0, 0), built={SCHOOL}) == {"briefing"}
    pdf.unlink()
    assert follow("a file less", "select 1", after="next day") == {"briefing"}
    monkeypatch.setattr(due, "of_code", lambda *_: "other code")
    assert follow("code", "select 1") == every


@pytest.mark.parametrize(
    ("name", "school", "period", "sentence"),
    [
        ("governors", None, None, "The report governors is about one school: say which with --school."),
        ("network", SCHOOL, None, "The report network is about the whole trust: leave out --school."),
        ("governors", "nowhere", None, "There is no school nowhere; this release has "),
        ("governors", SCHOOL, "2031/32 autumn", "There are no figures for 2031/32 autumn; this release has "),
        ("codes", "nowhere", None, "This release has no audience school/nowhere"),
    ],
)
def test_what_does_not_exist_is_refused_in_a_sentence(name, school, period, sentence, mock_warehouse, tmp_path):
    with Views(mock_warehouse) as views, pytest.raises(ValueError, match=re.escape(sentence)):
        write_report(views, find(name), tmp_path, school, period)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="There is no report called netwrk; there are network, governors"):
        find("netwrk")
