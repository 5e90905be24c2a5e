"""The benchmark: `make bench`, or `python -m bench.run --schools 57 --pupils 45000 --years 1 3 6`.

Makes synthetic trusts in a scratch folder, measures part by part (README.md says which), and keeps every step as it
ends: started again with the same sizes it goes on where it was. With --record the figures go into bench/results/ and
docs/performance.md; without, into the scratch folder.
"""

from __future__ import annotations

import argparse
import datetime as dt
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.kept import FAILED, Results, version
from bench.measure import machine
from bench.parts import PARTS, REPO, Bench, stamp
from bench.table import report

FULL = {"schools": 57, "pupils": 45_000, "years": [1, 3, 6], "faults": 120}
SMALL = {"schools": 3, "pupils": 300, "years": [1, 2], "faults": 6}
_SCRATCH = Path("/tmp/rollcall-bench")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for; 0 when every step went well, 1 when one failed, 2 for other sizes than before."""
    asked = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the step that runs is ended with us
    for name, value in (SMALL if asked.small else FULL).items():
        if getattr(asked, name) is None:
            setattr(asked, name, value)
    given = {int(years): Path(root).resolve() for years, _, root in (text.partition("=") for text in asked.twin)}
    scratch = asked.scratch or (_SCRATCH.with_name("rollcall-bench-small") if asked.small else _SCRATCH)
    kept = scratch / "results.json"
    if asked.fresh:
        kept.unlink(missing_ok=True)
    sizes = {name: getattr(asked, name) for name in ("schools", "pupils", "seed", "faults", "as_of")}
    about = {"date": str(dt.date.today()), "version": version(REPO), "machine": machine(), "sizes": sizes}
    try:
        results = Results(kept, about)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    results.forget_failed(asked.only, asked.years)
    bench = Bench(scratch, results, **sizes, given=given, say=_say)
    bench.prepare()
    for years in asked.years:
        for part in [part for part in PARTS if part in asked.only]:
            for step in [step for step in results.content["steps"] if asked.again and step.startswith(f"{part}.")]:
                results.forget(step.partition("/")[0], years)
            try:
                bench.run(part, years)
            except (RuntimeError, OSError, ValueError) as error:
                _say(f"{part}/{years} FAILED: {error}")
                results.keep(f"{part}.all", years, {}, str(error))
            else:
                results.forget(f"{part}.all", years)
    _write(results, asked.years, scratch, asked.record)
    return int(any(step["status"] == FAILED for step in results.content["steps"].values()))


def _write(results: Results, years: Sequence[int], scratch: Path, record: bool) -> None:
    folder, page = (REPO / "bench" / "results", REPO / "docs") if record else (scratch, scratch)
    target = folder / f"performance-{results.content['about']['date']}.json"
    results.content["years"] = sorted(years)
    results.write(target)
    (page / "performance.md").write_text(report(results, years), encoding="utf-8")
    _say(f"figures in {target}, tables in {page / 'performance.md'}")


def _say(text: str) -> None:
    print(f"{stamp()} {text}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench.run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schools", type=int)
    parser.add_argument("--pupils", type=int)
    parser.add_argument("--years", type=int, nargs="+")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--faults", type=int)
    parser.add_argument("--as-of", dest="as_of", default="2026-11-13", help="the day the trust's extracts go up to")
    parser.add_argument("--only", type=_parts, default=PARTS, metavar="a,c,…", help=f"parts out of {','.join(PARTS)}")
    parser.add_argument(
        "--small", action="store_true", help="3 schools, 300 pupils, 1 and 2 years: minutes, no figures"
    )
    parser.add_argument(
        "--twin", action="append", default=[], metavar="YEARS=DIR", help="a synthetic trust that exists"
    )
    parser.add_argument("--scratch", type=Path, help="where to work; kept afterwards, and gone on with next time")
    parser.add_argument("--again", action="store_true", help="measure the chosen parts again")
    parser.add_argument("--fresh", action="store_true", help="forget what was measured before")
    parser.add_argument("--record", action="store_true", help="write bench/results/ and docs/performance.md")
    return parser


def _parts(text: str) -> tuple[str, ...]:
    chosen = tuple(text.split(","))
    unknown = sorted(set(chosen) - set(PARTS))
    if unknown:
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(unknown)}")
    return chosen


if __name__ == "__main__":
    raise SystemExit(main())
