"""Shared by all tests: the repository's root, and one tiny trust run to a release."""

from pathlib import Path

import pytest

from tests.integration.tiny import TinyRun, run_tiny_trust


@pytest.fixture(scope="session")
def repo() -> Path:
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> TinyRun:
    """A tiny trust taken to its first release, without dashboards, with a Dagster home. Read it; change a copy."""
    return run_tiny_trust(tmp_path_factory.mktemp("tiny"))
