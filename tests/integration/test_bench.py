"""The benchmark runs through on a small trust: nothing fails, and the page is written."""

import json
from pathlib import Path

import pytest

from bench.run import main


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_small_benchmark_runs_through(tmp_path: Path) -> None:
    chosen = ["--small", "--years", "1", "--only", "a,e,f,i", "--scratch", str(tmp_path)]
    assert main(chosen) == 0
    steps = json.loads((tmp_path / "results.json").read_text())["steps"]
    assert {name for name, found in steps.items() if found["status"] != "ok"} == set()
    assert {name.split(".")[0] for name in steps} == {"prepare/0", "twin/1", "a", "c", "e", "f", "i"}
    assert steps["a.take_in/1"]["rows"] > 30_000
    assert steps["e.again/1"]["landed"]["extracts"] == 1
    assert "(f) nothing new | 1 |" in (tmp_path / "performance.md").read_text()
