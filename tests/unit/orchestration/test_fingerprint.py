"""Nothing new means nothing to do: what counts as new, and how little is loaded to find out."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ingestion.trust import TrustFolder, init_trust, load_trust
from orchestration.fingerprint import nothing_new, state_of
from tests.integration.tiny import TRUST_TOML


@pytest.fixture
def folder(tmp_path: Path) -> TrustFolder:
    made = init_trust(tmp_path / "trust", TRUST_TOML)
    (made.ledger / "0123456789abcdef.json").write_text("{}")
    return made


def is_same(folder: TrustFolder, manifest: dict[str, object] | None, dashboards: bool = False) -> bool:
    return nothing_new(folder, load_trust(folder.root), manifest, dashboards)


def manifest_for(folder: TrustFolder, dashboards: bool = False) -> dict[str, object]:
    return {"state": state_of(folder, load_trust(folder.root)), "dashboards": dashboards}


def test_the_same_state_is_nothing_new(folder: TrustFolder) -> None:
    assert is_same(folder, manifest_for(folder))


def test_no_release_is_new(folder: TrustFolder) -> None:
    assert not is_same(folder, None)


CHANGES: dict[str, Callable[[TrustFolder], object]] = {
    "an extract in the ledger": lambda f: (f.ledger / "fedcba9876543210.json").write_text("{}"),
    "an extract that came again": lambda f: (f.ledger / "0123456789abcdef.json").write_text('{"deliveries": 2}'),
    "trust.toml": lambda f: f.config.write_text(TRUST_TOML + "\n[rules]\nformal_meeting_attendance_percent = 80\n"),
    "the day": lambda f: f.config.write_text(TRUST_TOML.replace("2025-09-19", "2025-09-20")),
    "a waiting file": lambda f: (f.inbox / "elm" / "marks_20250919.csv").write_text("upn,date,session,code\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_new(folder: TrustFolder, change: str) -> None:
    manifest = manifest_for(folder)
    CHANGES[change](folder)
    assert not is_same(folder, manifest)


def test_a_hidden_file_is_not_new(folder: TrustFolder) -> None:
    manifest = manifest_for(folder)
    (folder.inbox / "elm" / ".marks.csv.upload").write_text("")
    assert is_same(folder, manifest)


def test_a_release_without_dashboards_is_not_enough_for_who_wants_them(folder: TrustFolder) -> None:
    assert not is_same(folder, manifest_for(folder), dashboards=True)
    assert is_same(folder, manifest_for(folder, dashboards=True), dashboards=True)


def test_finding_out_loads_neither_dagster_nor_dbt(folder: TrustFolder) -> None:
    asked = (
        "import sys; from ingestion.trust import *; from orchestration.fingerprint import *; import orchestration.run;"
        "folder = TrustFolder(sys.argv[1]); trust = load_trust(sys.argv[1]);"
        "nothing_new(folder, trust, {'state': state_of(folder, trust)}, False) or sys.exit(1);"
        "print(*sorted({'dagster', 'dbt', 'pandera', 'great_expectations'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", asked, str(folder.root)], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
