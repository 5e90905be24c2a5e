"""The command line as people and scripts meet it: exit codes, one plain sentence, JSON alone."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration import cli
from orchestration.lock import trust_lock
from tests.integration.tiny import TRUST_TOML

COMMANDS = (
    "demo", "init", "synth", "run", "status", "quarantine", "sql", "explain", "report", "serve", "rollback",
    "alerts", "backup", "restore", "rotate-secret", "accept", "refuse", "amendments", "purge",
)  # fmt: skip


def rollcall(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments], capture_output=True, text=True, check=False
    )


def one_sentence(text: str) -> bool:
    return text.endswith("\n") and text.count("\n") == 1 and "Traceback" not in text


@pytest.fixture
def trust(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    root = tmp_path / "trust"
    assert cli.invoke(["init", str(root)]) == 0
    (root / "trust.toml").write_text(TRUST_TOML)
    capsys.readouterr()
    return root


def test_help_names_every_command() -> None:
    found = rollcall("--help")
    assert found.returncode == 0
    assert [name for name in COMMANDS if f"\n  {name} " not in found.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_trust_and_json(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.invoke([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert "--trust" in said
    assert "--json" in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["run", "--nonsense"],
        ["run"],
        ["run", "--trust", "/nowhere"],
        ["status", "--trust", "/nowhere"],
        ["explain", "--trust", "/nowhere"],
        ["synth", "/nowhere", "--schools", "many"],
    ],
)
def test_wrong_usage_is_one_sentence_and_2(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROLLCALL_TRUST", raising=False)
    found = rollcall(*arguments)
    assert found.returncode == 2
    assert one_sentence(found.stderr), found.stderr
    assert found.stdout == ""


def test_a_fault_in_trust_toml_is_2_with_its_line(trust: Path) -> None:
    (trust / "trust.toml").write_text(TRUST_TOML.replace('phase = "primary"', 'phase = "junior"'))
    found = rollcall("run", "--trust", str(trust))
    assert found.returncode == 2
    assert one_sentence(found.stderr)
    assert "trust.toml line 10" in found.stderr


def test_a_held_trust_is_3_at_once(trust: Path) -> None:
    with trust_lock(trust / "runs"):
        found = rollcall("run", "--trust", str(trust))
    assert found.returncode == 3
    assert one_sentence(found.stderr)


def test_the_trust_may_come_from_the_environment(trust: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLCALL_TRUST", str(trust))
    assert rollcall("status").returncode == 0


def test_json_is_alone_on_standard_output(trust: Path) -> None:
    found = rollcall("status", "--trust", str(trust), "--json")
    assert json.loads(found.stdout)["release"] is None
    assert rollcall("quarantine", "--trust", str(trust), "--json").stdout == "[]\n"


@pytest.mark.parametrize(
    "command", [["sql", "select 1"], ["report", "--list"], ["explain", "elm", "2025/26"], ["serve"]]
)
def test_what_needs_a_release_says_so(trust: Path, command: list[str]) -> None:
    found = rollcall(*command, "--trust", str(trust))
    assert found.returncode == 2
    assert "rollcall run" in found.stderr
    assert one_sentence(found.stderr)


def test_an_unforeseen_fault_tells_its_place_and_not_its_text(
    trust: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("A123456789012 is no number")

    monkeypatch.setattr("ingestion.trust.load_trust", fail)
    assert cli.invoke(["status", "--trust", str(trust)]) == 1
    said = capsys.readouterr().err
    assert "ValueError at test_cli.py" in said
    assert "A123456789012" not in said
    assert one_sentence(said)


def test_nobody_else_s_folder_is_thrown_away_for_a_demo(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    found = rollcall("demo", str(tmp_path), "--fresh")
    assert found.returncode == 2
    assert (tmp_path / "thesis.txt").exists()
