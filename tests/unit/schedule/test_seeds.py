"""The seed of tasks: Annex C's fourteen, each line of the annex once, and what every task must say."""

import importlib.util
from collections import Counter
from pathlib import Path

import yaml

from tests.unit.schedule.small_trust import PROJECT, seed

# DfE, Toolkit for schools, Annex C: lines printed below each heading, and tasks that they make.
LINES = {"daily": 5, "weekly": 5, "half_termly": 5, "termly": 2}
TASKS = {"daily": 4, "weekly": 4, "half_termly": 4, "termly": 2}


def test_annex_c_has_fourteen_tasks_and_each_of_its_lines_is_in_one() -> None:
    annex = [task for task in seed("tasks") if task["annex_lines"]]
    assert Counter(task["cadence"] for task in annex) == TASKS
    assert len(annex) == 14
    lines = sorted((task["cadence"], int(line)) for task in annex for line in task["annex_lines"].split())
    assert lines == sorted((cadence, line + 1) for cadence, count in LINES.items() for line in range(count))


def test_every_task_names_what_serves_it_and_a_role_that_answers_for_it() -> None:
    files = (PROJECT / "models" / "exposures").glob("*.yml")
    exposures = {each["name"] for file in files for each in yaml.safe_load(file.read_text("utf-8"))["exposures"]}
    roles = {row["role"] for row in seed("task_roles")}
    cadences = {row["cadence"] for row in seed("task_cadences")}
    for task in seed("tasks"):
        assert task["exposure"] in exposures, task["task_id"]
        assert task["owner"] in roles, task["task_id"]
        assert task["cadence"] in cadences, task["task_id"]
        assert task["scope"] in ("school", "network"), task["task_id"]
        assert task["done_by"] in ("release", "staff"), task["task_id"]
        assert task["covers"] in ("period", "morning", "day_before"), task["task_id"]
        assert all(task[field] for field in ("producer", "audience", "action", "due_time", "requirement", "source"))
        # A task that a release does must have a release made for it.
        assert task["done_by"] == "staff" or int(task["lead_minutes"]) > 0, task["task_id"]


def test_what_is_published_says_who_it_is_for_and_what_they_do_with_it() -> None:
    files = sorted((PROJECT / "models" / "exposures").glob("*.yml"))
    exposures = [each for file in files for each in yaml.safe_load(file.read_text("utf-8"))["exposures"]]
    for exposure in exposures:
        told = {"producer": exposure["owner"]["name"], **exposure["meta"]}
        lacking = [field for field in ("producer", "audience", "cadence", "action") if not told.get(field)]
        assert not lacking, f"{exposure['name']} does not say its {', '.join(lacking)}"
    read = {name[5:-2] for exposure in exposures for name in exposure["depends_on"]}
    published = {path.stem for path in (PROJECT / "models" / "reports").rglob("rpt_*.sql")}
    assert published - read == set(), "published, and read by no page or report"


def test_a_report_says_who_it_is_for_and_what_they_do_with_it() -> None:
    registry = Path(PROJECT.parent) / "dashboards" / "reports" / "reports.yaml"
    reports = yaml.safe_load(registry.read_text("utf-8")) if registry.is_file() else {}
    for name, report in reports.items():
        assert all(report.get(field) for field in ("owner", "audience", "cadence", "action")), name


def test_the_document_has_the_tasks_as_the_seeds_have_them() -> None:
    spec = importlib.util.spec_from_file_location("page", PROJECT / "scripts" / "make_schedule_page.py")
    assert spec is not None
    assert spec.loader is not None
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    written = page.PAGE.read_text("utf-8")
    assert written == page.with_table(written), "run dbt_project/scripts/make_schedule_page.py"
