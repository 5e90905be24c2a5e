"""The process that beside.py starts: loads Great Expectations, waits for one question, answers it, and ends.

The question is a line of JSON on standard input: warehouse, docs, previous (paths). The answer is a line of JSON on
standard output: outcomes, or failed with the kind of exception. Nothing else goes out.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any


def main() -> None:
    """Load, wait, answer."""
    answer_to = os.fdopen(os.dup(1), "w", encoding="utf-8")
    # Whatever a library prints goes nowhere: standard output is for the answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    asked: list[str] = []
    heard = threading.Event()

    def listen() -> None:
        asked.append(sys.stdin.readline())
        heard.set()
        # Until the run ends: nobody is left to be answered then, and its folder is not to be written into.
        sys.stdin.read()
        os._exit(1)

    threading.Thread(target=listen, daemon=True).start()
    try:
        from quality.expectations.checkpoint import run_suite
        from quality.expectations.frame import school_frame

        heard.wait()
        question = json.loads(asked[0])
        previous = question["previous"]
        frame = school_frame(Path(question["warehouse"]), Path(previous) if previous else None)
        answer: dict[str, Any] = {"outcomes": [asdict(one) for one in run_suite(frame, Path(question["docs"]))]}
    except Exception as error:
        answer = {"failed": type(error).__name__}
    answer_to.write(json.dumps(answer) + "\n")
    answer_to.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
