"""Every `rollcall …` that the documents name is a command with these options."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from ingestion.alert_settings import EVENTS
from orchestration.alerts import KINDS
from orchestration.cli import app

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
DOCUMENTS = (
    "README.md",
    "CHANGELOG.md",
    "docs/runbook.md",
    "docs/trust-folder.md",
    "docs/rules.md",
    "docs/serving.md",
    "docs/schedule.md",
    "docs/reports.md",
)


def named(text: str) -> set[str]:
    """What stands between backquotes, or on a line of its own, and begins with rollcall and a word."""
    return set(re.findall(r"`(rollcall [a-z][^`]*)`", text)) | set(
        re.findall(r"^ *(?:uv run )?(rollcall [a-z].*)$", text, re.M)
    )


@pytest.mark.parametrize("document", DOCUMENTS)
def test_commands_in_documents_exist(repo: Path, document: str) -> None:
    for line in sorted(named((repo / document).read_text(encoding="utf-8"))):
        words = shlex.split(line.replace("\n", " ").split("#")[0])[1:]
        for name in words[0].split("/"):
            assert name in COMMANDS, f"{document}: {line}"
            command, rest = COMMANDS[name], words[1:]
            subcommands = getattr(command, "commands", None)
            if subcommands and rest:
                command = subcommands[rest.pop(0)]
            known = {option for param in command.params for option in [*param.opts, *param.secondary_opts]}
            used = {word.split("=")[0] for word in rest if word.startswith("--")}
            assert used <= known | {"--help"}, f"{document}: {line}"


def test_alerts_point_to_entries_of_the_runbook(repo: Path) -> None:
    headings = set(re.findall(r"^## (.+)$", (repo / "docs" / "runbook.md").read_text(encoding="utf-8"), re.M))
    assert {kind.runbook for kind in KINDS.values()} <= headings
    assert set(EVENTS) <= set(KINDS)
