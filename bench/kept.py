"""What has been measured so far, step by step, kept on disk so that a stopped benchmark goes on where it was."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OK, FAILED = "ok", "failed"


class Results:
    """The steps of one benchmark, by step and years (`d.one_day/6`), in a JSON file that is written after each."""

    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        """about: what the figures depend on (sizes, machine). Raises ValueError where the file is about other sizes."""
        self.path = path
        self.content: dict[str, Any] = {"about": about, "steps": {}}
        if path.is_file():
            self.content = json.loads(path.read_text(encoding="utf-8"))
            was = self.content["about"].get("sizes")
            if was != about.get("sizes"):
                raise ValueError(f"{path} was measured on other sizes ({was}); choose another --scratch, or --fresh")
            self.content["about"] = about

    def get(self, step: str, years: int) -> dict[str, Any] | None:
        """What was measured, also a failure; None before."""
        found: dict[str, Any] | None = self.content["steps"].get(f"{step}/{years}")
        return found

    def good(self, step: str, years: int) -> dict[str, Any] | None:
        """What was measured where it went well, else None."""
        found = self.get(step, years)
        return found if found is not None and found["status"] == OK else None

    def keep(self, step: str, years: int, figures: dict[str, Any], why: str | None = None) -> dict[str, Any]:
        """Keep a step's figures; why: the sentence that says how it failed."""
        kept = {"status": FAILED if why else OK, **figures, **({"why": why} if why else {})}
        self.content["steps"][f"{step}/{years}"] = {**kept, "at": time.strftime("%Y-%m-%dT%H:%M:%S")}
        self.write(self.path)
        return kept

    def forget(self, step: str, years: int) -> None:
        """Measure the step again."""
        self.content["steps"].pop(f"{step}/{years}", None)

    def forget_failed(self, parts: Sequence[str], years: Sequence[int]) -> None:
        """Let what failed be tried once more: the steps of these parts, and the trusts that all parts need."""
        for name, found in list(self.content["steps"].items()):
            step, _, size = name.partition("/")
            chosen = step.partition(".")[0] in parts or step in ("prepare", "twin", "c.dashboards")
            if found["status"] == FAILED and int(size) in (0, *years) and chosen:
                self.forget(step, int(size))

    def write(self, path: Path) -> None:
        """Write everything that was measured to `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".writing")
        scratch.write_text(json.dumps(self.content, indent=1) + "\n", encoding="utf-8")
        scratch.replace(path)


def version(repo: Path) -> str:
    """The commit that was measured, with a + where files differ from it; `unknown` outside a checkout."""
    found = subprocess.run(
        ["git", "describe", "--always", "--dirty=+"], cwd=repo, capture_output=True, text=True, check=False
    )
    return found.stdout.strip() or "unknown"
