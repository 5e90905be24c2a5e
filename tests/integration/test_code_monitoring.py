"""Code monitoring finds every pattern of misuse that the synthetic trust plants."""

import importlib.util
from pathlib import Path

import pytest

from ingestion.twin import make_trust
from ingestion.twin.parameters import parameters

_PATH = Path(__file__).parents[2] / "bench" / "code_monitoring.py"


@pytest.mark.slow
def test_every_planted_pattern_is_found(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("code_monitoring", _PATH)
    assert spec is not None
    assert spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    root = tmp_path / "trust"
    make_trust(root, schools=12, pupils=900, years=2, faults=0, seed=1)
    found = bench.score(root, bench.build(root, tmp_path))
    assert set(found["patterns"]) == set(parameters("marks")["misuse"])
    assert {pattern for pattern, counts in found["patterns"].items() if counts["recall"] != 1} == set()
    # a handful of false alarms among all schools and codes
    rates = found["schools_and_codes"]
    assert rates["flagged"] - rates["planted"] <= 0.05 * rates["judged"]
