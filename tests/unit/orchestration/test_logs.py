"""The run's log: a fixed list of events, levels, and how long logs stay."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ingestion.trust import Trust, TrustError, TrustFolder, init_trust, load_trust
from orchestration.logs import EVENTS, LEVEL_VARIABLE, log, open_log, stage
from tests.integration.tiny import TRUST_TOML

DAY = 86_400


@pytest.fixture
def trust(tmp_path: Path) -> tuple[Trust, TrustFolder]:
    folder = init_trust(tmp_path / "trust", TRUST_TOML + "[rules]\nlog_days = 10\n")
    return load_trust(folder.root), folder


def lines(folder: TrustFolder, run: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder.runs / "logs" / f"{run}.jsonl").read_text().splitlines()]


def test_only_listed_fields_are_written(trust: tuple[Trust, TrustFolder]) -> None:
    with open_log(*trust, "r1"):
        log("extract_taken_in", extract_id="e1", school="elm", rows=3, file_name="marks_Surname.csv")
        with open_log(*trust, "r2"):
            log("run_started")
    log("run_started")
    first, second = lines(trust[1], "r1")
    assert first.pop("time")
    assert first == {"run_id": "r1", "level": "info", "event": "extract_taken_in", "extract_id": "e1",
                     "school": "elm", "rows": 3}  # fmt: skip
    assert second["event"] == "run_started"
    assert not (trust[1].runs / "logs" / "r2.jsonl").exists()


def test_a_stage_that_breaks_tells_where_and_not_what(trust: tuple[Trust, TrustFolder]) -> None:
    with open_log(*trust, "r1"), pytest.raises(ValueError, match="Surname"), stage("Counting"):
        raise ValueError("Surname is no number")
    (line,) = lines(trust[1], "r1")
    assert line["event"] == "stage_failed"
    assert str(line["where"]).startswith("ValueError at test_logs.py:")
    assert "Surname" not in json.dumps(line)


def test_the_level_is_chosen_by_the_environment(
    trust: tuple[Trust, TrustFolder], monkeypatch: pytest.MonkeyPatch
) -> None:
    for level, written in (("debug", 2), ("info", 1), ("ERROR", 0)):
        monkeypatch.setenv(LEVEL_VARIABLE, level)
        with open_log(*trust, level), stage("Counting"):
            pass
        assert len(lines(trust[1], level)) == written
    monkeypatch.setenv(LEVEL_VARIABLE, "loud")
    with pytest.raises(TrustError, match="debug, info, warning, error"), open_log(*trust, "r"):
        pass


def test_logs_older_than_the_rule_go(trust: tuple[Trust, TrustFolder]) -> None:
    logs = trust[1].runs / "logs"
    logs.mkdir()
    for name, days in (("kept", 9.9), ("gone", 10.1)):
        path = logs / f"{name}.jsonl"
        path.touch()
        os.utime(path, (time.time() - days * DAY,) * 2)
    with open_log(*trust, "now"):
        pass
    assert {path.stem for path in logs.iterdir()} == {"kept", "now"}


def test_every_event_in_the_code_is_listed(repo: Path) -> None:
    named = set()
    for path in (repo / "orchestration").rglob("*.py"):
        named |= set(re.findall(r"\blog\(\s*\"(\w+)\"", path.read_text(encoding="utf-8")))
    assert named == set(EVENTS)


def test_a_command_that_runs_nothing_loads_no_logging(trust: tuple[Trust, TrustFolder]) -> None:
    code = (
        "import sys; from orchestration.cli import invoke; invoke(['status', '--json'])\n"
        "print([m for m in ('structlog', 'dagster', 'dbt') if m in sys.modules], file=sys.stderr)"
    )
    environment = {**os.environ, "ROLLCALL_TRUST": str(trust[1].root)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stderr.strip() == "[]"
