"""`rollcall amendments` on a published trust: a private file, and plain words for what cannot be."""

import csv
import json
from pathlib import Path

import pytest

from orchestration import cli
from tests.integration.tiny import TinyRun


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_log_is_written_for_the_owner_alone(
    tiny_run: TinyRun, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    out = tmp_path / "log"
    arguments = ["amendments", "--trust", str(tiny_run.root), "--school", "elm", "--format", form, "--out", str(out)]
    assert cli.invoke([*arguments, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"file": f"{out}.{form}", "rows": 0, "documented": 0}
    assert Path(told["file"]).stat().st_mode & 0o777 == 0o600
    if form == "csv":
        with Path(told["file"]).open(encoding="utf-8-sig", newline="") as found:
            (heading,) = csv.reader(found)
        assert {"upn", "original_code", "amended_code", "amended_by", "reason"} <= set(heading)


@pytest.mark.parametrize("wrong", [["--school", "nowhere"], ["--school", "elm", "--format", "pdf"],
                                   ["--school", "elm", "--from", "soon"]])  # fmt: skip
def test_what_cannot_be_is_said_in_a_sentence(
    tiny_run: TinyRun, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert cli.invoke(["amendments", "--trust", str(tiny_run.root), *wrong]) == 2
    assert capsys.readouterr().err.count("\n") == 1
