from pathlib import Path

import pytest
import tiny_trust


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny trust's warehouse; read-only by agreement."""
    return tiny_trust.build(tmp_path_factory.mktemp("tiny_trust") / "warehouse.duckdb")
