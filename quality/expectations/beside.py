"""Great Expectations in a process of its own: it loads beside the run's other work and speaks when it is asked.

To load it takes seconds of processor time, as much as a small run's whole work, and 300 MB, so it is started when the
models are built and loads while they are tested. Belongs here: starting that process, asking it once, ending it. What
it does is in judge.py.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from quality.outcomes import Outcome

# Longer than any warehouse needs: what is not answered by then is stuck.
_PATIENCE = 900.0


class JudgeError(Exception):
    """Great Expectations gave no answer; `.args[0]` is the sentence to show."""


class Judge:
    """The process of Great Expectations. As a context manager it ends the process with the block."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the process, so that it loads meanwhile; nothing when it has been started."""
        if self._process is None:
            self._process = subprocess.Popen(
                # -P: the folder that the run was started in is no place to import from.
                [sys.executable, "-P", "-m", "quality.expectations.judge"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # A library's own words may quote a cell.
                stderr=subprocess.DEVNULL,
                text=True,
                encoding="utf-8",
            )

    def outcomes(self, warehouse: Path, docs: Path, previous: Path | None) -> list[Outcome]:
        """What the suite says of a built warehouse; writes its data docs into the folder `docs`.

        previous: the warehouse of the release before, None for the first. One outcome for each expectation of the
        suite, in its order. Raises JudgeError. The process ends with it; another question starts another one.
        """
        self.start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        stuck = threading.Timer(_PATIENCE, process.kill)
        stuck.daemon = True
        stuck.start()
        try:
            asked = {"warehouse": str(warehouse), "docs": str(docs), "previous": previous and str(previous)}
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline() or "{}")
        except (OSError, ValueError):
            answer = {}
        finally:
            stuck.cancel()
            self.end()
        if "outcomes" not in answer:
            why = f" ({answer['failed']})" if "failed" in answer else ""
            raise JudgeError(f"Great Expectations stopped before it had judged the warehouse{why}.")
        return [Outcome(**one) for one in answer["outcomes"]]

    def end(self) -> None:
        """End the process, if it runs."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # what was written and is read by nobody any more
                    pipe.close()

    def __enter__(self) -> Judge:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, at: TracebackType | None
    ) -> None:
        self.end()
