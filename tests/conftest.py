"""Shared by all tests: the repository's root, and one tiny trust run to a release."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.tiny import TinyRun, run_tiny_trust


@pytest.fixture(scope="session")
def repo() -> Path:
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def tiny_run(tmp_path_factory: pytest.TempPathFactory) -> TinyRun:
    """A tiny trust taken to its first release, without dashboards. Read it; change a copy."""
    return run_tiny_trust(tmp_path_factory.mktemp("tiny"))


@pytest.fixture
def tiny_root(tiny_run: TinyRun) -> Iterator[Path]:
    """The tiny trust itself, for a test that runs it again; as it was afterwards. In a copy, dbt would parse anew."""
    root, kept = tiny_run.root, tiny_run.root.with_name("kept")
    shutil.copytree(root, kept, symlinks=True)
    yield root
    shutil.rmtree(root)
    kept.rename(root)
