"""The direction of dependencies, as pyproject.toml states it: orchestration > dashboards | ingestion > quality."""

import subprocess
import sys
from pathlib import Path


def test_imports_go_downwards(repo: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"],
        cwd=repo, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.returncode == 0, found.stdout
    assert "4 kept, 0 broken" in found.stdout
