"""`rollcall explain` on a published release: from a figure to the line of the file, and what it says when it cannot."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from orchestration import cli
from tests.integration.tiny import PUPILS, TinyRun, school_days, upn

Found = tuple[int, str, str]


@pytest.fixture
def explain(tiny_run: TinyRun, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def call(*words: str, root: Path = tiny_run.root) -> Found:
        capsys.readouterr()
        code = cli.invoke(["explain", *words, "--trust", str(root)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_share_opens_down_to_the_line_of_the_file(tiny_run: TinyRun, explain) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = explain("elm", "2025/26 HT1", "--measure", "overall_absence_percent", "--limit", "0", "--json")
    found = json.loads(out)
    days = len(school_days())
    assert code == 0
    assert found["agrees"]
    parts = {row["column"]: row["counted_again"] for row in found["parts"]}
    # pupil 1 is ill every morning, everybody else is there
    assert (parts["absent_sessions"], parts["possible_sessions"]) == (days, 2 * days * PUPILS)
    counted = [row for row in found["sessions"] if row["counts"]]
    assert len(found["sessions"]) == found["sessions_opened"] == 2 * days * PUPILS
    assert len(counted) == days
    assert len({row["pupil_key"] for row in counted}) == 1
    (archived,) = {row["archived"] for row in found["files"]}
    (path,) = tiny_run.root.glob(f"{archived}*")
    lines = path.read_text(encoding="utf-8").splitlines()
    for row in found["sessions"]:
        _, date, session, mark, *_ = lines[row["line"] - 1].split(",")
        assert (date, session, mark) == (row["session_date"], row["session"], row["code"])
    assert all(lines[row["line"] - 1].startswith(upn("elm", 1)) for row in counted)


def test_a_cell_of_any_mart_opens_by_its_keys(explain) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = explain(
        "fct_code_usage", "school=elm", "period=2025/26", "year_group=5", "code=I", "--column", "sessions", "--json"
    )
    found = json.loads(out)
    assert code == 0
    assert found["value"] == len(school_days())
    assert {row["code"] for row in found["sessions"] if row["counts"]} == {"I"}


def test_the_rules_in_force_and_the_enrolments_stand_beside_a_count_of_pupils(explain) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = explain("elm", "2025/26", "--measure", "persistent_absence_percent", "--json")
    found = json.loads(out)
    assert code == 0
    assert "persistent_absence_percent" in {row["rule_name"] for row in found["rules"]}
    assert len(found["enrolments"]) == PUPILS
    assert [row["counts"] for row in found["enrolments"]] == [True] + [False] * (PUPILS - 1)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fct_cohort", "school=elm"], "did you mean fct_cohorts?"),
        (["fct_cohorts", "schol=elm"], "did you mean"),
        (["fct_cohorts", "school=elmm"], "did you mean elm?"),
        (["fct_cohorts", "elm"], "KEY=VALUE"),
        (["fct_cohorts", "school=elm", "period=2025/26"], "cohort_dimension ("),
        (["fct_cohorts", "school=elm", "period=2025/26 HT2"], "2025/26 HT1"),
        (["fct_cohorts", "school=elm", "--column", "pupil"], "did you mean pupils?"),
        (["elm"], "a school and a period"),
        (["nowhere", "2025/26"], "no school nowhere"),
    ],
)
def test_what_is_missing_or_wrong_is_said_in_a_sentence(explain, words: list[str], said: str) -> None:  # type: ignore[no-untyped-def]
    code, out, err = explain(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_figure_that_its_marks_do_not_give_is_1(tiny_run: TinyRun, tmp_path: Path, explain) -> None:  # type: ignore[no-untyped-def]
    import duckdb

    root = tmp_path / "trust"
    release = tiny_run.root.joinpath("published", "current").resolve()
    shutil.copytree(release, root / "releases" / release.name)
    shutil.copy(tiny_run.root / "trust.toml", root)
    (root / "published").mkdir()
    (root / "published" / "current").symlink_to(f"../releases/{release.name}")
    warehouse = root / "releases" / release.name / "warehouse.duckdb"
    warehouse.chmod(0o600)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update marts.fct_cohorts set absent_sessions = absent_sessions + 1")
    code, out, _ = explain("elm", "2025/26", root=root)
    assert code == 1
    assert "these differ: absent_sessions" in out
    assert explain("oak", "2025/26", "--dimension", "session", "--cohort", "AM", root=root)[0] == 1
