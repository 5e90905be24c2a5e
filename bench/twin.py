"""Makes a synthetic trust as `rollcall synth` does, up to a day of one's choice: `python -m bench.twin DIR …`."""

from __future__ import annotations

import argparse
import datetime as dt
import json
from pathlib import Path

from ingestion.twin import make_trust

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("root", type=Path)
    for name in ("schools", "pupils", "years", "seed", "faults"):
        parser.add_argument(f"--{name}", type=int, required=True)
    parser.add_argument("--as-of", type=dt.date.fromisoformat, required=True)
    asked = vars(parser.parse_args())
    made = make_trust(asked.pop("root"), **asked)
    print(json.dumps({"marks": made.marks, "files": made.files, "faults_planted": made.faults}))
