"""The measurements, part by part, on trusts of 1, 3, … academic years: what runs, on which folder, in which order.

Each step is a process of its own (measure.py) and is kept as it ends (kept.py). Belongs here: what is run. Does not
belong here: what it is to be set against (targets.py) or how it is written down (table.py).
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.days import Twin, move_as_of, write_again, write_day
from bench.kept import Results
from bench.measure import Measured, disk, measure

REPO = Path(__file__).resolve().parents[1]
# By a file, not by -c: there DuckDB takes somebody to be watching, and draws its progress on standard output.
ROLLCALL = (sys.executable, "-m", "orchestration.cli")
_PREPARE = (
    "from dashboards.evidence import build_shell; build_shell(); "
    "from orchestration.dbt_manifest import prepare_manifest; prepare_manifest()"
)
SCRIPTS = REPO / "bench" / "analyst"
PARTS = ("a", "b", "c", "d", "e", "f", "g", "i")


@dataclass
class Bench:
    """One benchmark: where it works, what it has measured, how large its trusts are.

    given: twins that were made before, by years; they are read and not changed. say: is told what happens.
    """

    scratch: Path
    results: Results
    schools: int
    pupils: int
    seed: int
    faults: int
    as_of: str
    given: dict[int, Path]
    say: Callable[[str], None]

    def run(self, part: str, years: int) -> None:
        """Measure one part on one size, but what has been measured."""
        {
            "a": self.ingestion,
            "b": self.warehouse,
            "c": self.first_run,
            "d": self.nights,
            "e": self.again,
            "f": self.nothing_new,
            "g": self.serving,
            "i": self.analysts,
        }[part](years)

    def prepare(self) -> None:
        """What a version's first run does once for all trusts: the project compiled, the dashboards' shell built."""
        self.results.forget("prepare", 0)
        self._step("prepare", 0, [sys.executable, "-c", _PREPARE])

    def twin(self, years: int) -> Twin:
        """The trust's extracts, made once and only read from then on. Raises RuntimeError where they cannot be."""
        root = self.given.get(years, self.scratch / "twins" / str(years))
        if years not in self.given and self.results.good("twin", years) is None:
            shutil.rmtree(root, ignore_errors=True)
            root.parent.mkdir(parents=True, exist_ok=True)
            made = {"schools": self.schools, "pupils": self.pupils, "years": years, "seed": self.seed}
            arguments = [f"--{name}={value}" for name, value in {**made, "faults": self.faults}.items()]
            command = [sys.executable, "-m", "bench.twin", str(root), f"--as-of={self.as_of}", *arguments]
            self._step("twin", years, command, told=_json)
        if not any((root / "inbox").glob("*/marks_*")):
            raise RuntimeError(f"there is no synthetic trust with waiting extracts in {root}")
        twin = Twin(root)
        if (str(twin.as_of), len(twin.schools)) != (self.as_of, self.schools):
            raise RuntimeError(f"{root} has {len(twin.schools)} schools up to {twin.as_of}, not what was asked for")
        return twin

    def ingestion(self, years: int) -> None:
        """(a) Taking extracts in, and DuckDB reading the same files."""
        twin = self.twin(years)
        if self.results.get("a.take_in", years) is None:
            trust = self._copy(twin, f"a-{years}")
            for path in (trust / "inbox").rglob("*.json"):  # the floor reads CSV: both read the same files
                path.unlink()
            self._step("a.take_in", years, [sys.executable, "-m", "bench.stage", "take_in", str(trust)], _json, trust)
            shutil.rmtree(trust)
        target = self._empty(f"a-floor-{years}")
        command = [sys.executable, "-m", "bench.stage", "floor", str(twin.root / "inbox"), str(target)]
        self._step("a.floor", years, command, _json, target)
        shutil.rmtree(target)

    def warehouse(self, years: int) -> None:
        """(b) The compiled SQL run straight in DuckDB, and dbt itself; Rollcall's own time is a stage of (c)."""
        trust = self.published(years)
        if self.results.get("b.floor", years) is None:
            work = self._empty(f"b-{years}")
            command = [sys.executable, "-m", "bench.floors.warehouse", str(trust), str(work)]
            self._step("b.floor", years, command, _json, work / "built")
            shutil.rmtree(work)
        if years == 1 and self.results.get("b.dbt", years) is None:
            work = self._empty(f"b-dbt-{years}")
            command = [sys.executable, "-m", "bench.stage", "dbt_build", str(trust), str(work)]
            self._step("b.dbt", years, command, _json)
            shutil.rmtree(work)

    def first_run(self, years: int) -> None:
        """(c) From extracts to a published release, without dashboards and with; and an analyst's two scripts."""
        twin = self.twin(years)
        if self.results.get("c.plain", years) is None:
            trust = self._copy(twin, f"c-{years}")
            self._rollcall("c.plain", years, trust, "--no-dashboards")
            shutil.rmtree(trust)
        for name in ("polars", "pandas"):
            out = self.scratch / f"c-{name}-{years}"
            command = [sys.executable, str(SCRIPTS / f"{name}_script.py"), str(twin.root), str(out)]
            self._step(f"c.{name}", years, command, folder=out)
        trust = self.published(years)
        for name in ("polars", "pandas"):
            out = self.scratch / f"c-{name}-{years}"
            if self.results.good(f"c.{name}", years) and out.is_dir():
                command = [sys.executable, "-m", "bench.same_sums", str(out), str(_warehouse(trust))]
                self._step(f"c.{name}_sums", years, command, _json)
                shutil.rmtree(out)

    def published(self, years: int) -> Path:
        """The trust folder after its first run with dashboards, which is measured; raises RuntimeError if it failed."""
        trust = self.scratch / "trusts" / str(years)
        gone = self.results.good("c.dashboards", years) is not None and not trust.is_dir()
        if gone or self.results.get("c.dashboards", years) is None:
            self.results.forget("c.dashboards", years)
            shutil.rmtree(trust, ignore_errors=True)
            self._copy(self.twin(years), f"trusts/{years}")
            self._rollcall("c.dashboards", years, trust)
        if self.results.good("c.dashboards", years) is None or not _warehouse(trust).is_file():
            raise RuntimeError("the first run did not end in a release")
        return trust

    def nights(self, years: int) -> None:
        """(d) Every school's new day; one school's new day, first of all schools; another's, when the day has begun.

        When as_of moves, the registers of a school that has sent nothing yet are missing: its figures change too.
        """
        trust, twin = self.published(years), self.twin(years)
        first = twin.next_day(twin.as_of)
        second = twin.next_day(first)
        largest = twin.largest()
        one, late = largest[0], largest[min(1, len(largest) - 1)]

        def every() -> None:
            write_day(twin, trust, first)
            move_as_of(trust, first)

        def alone() -> None:
            write_day(twin, trust, second, [[one]])
            move_as_of(trust, second)

        self._rollcall("d.all_day", years, trust, before=every)
        self._rollcall("d.one_day", years, trust, before=alone)
        if late != one:
            self._rollcall("d.late_day", years, trust, before=lambda: write_day(twin, trust, second, [[late]]))

    def again(self, years: int) -> None:
        """(e) The last whole half term of one school again, a few of its marks changed."""
        trust, twin = self.published(years), self.twin(years)
        feed = [twin.largest()[0]]
        sent = twin.next_day(twin.next_day(twin.as_of))
        self._rollcall("e.again", years, trust, before=lambda: write_again(twin, trust, feed, sent))

    def nothing_new(self, years: int) -> None:
        """(f) A run with nothing to do, twice, and Python starting for nothing."""
        trust = self.published(years)
        for name in ("again", "once_more"):
            self._rollcall(f"f.{name}", years, trust, outcome="nothing_new")
        self._step("f.floor", years, [sys.executable, "-c", "pass"])

    def serving(self, years: int) -> None:
        """(g) The reports tables copied once by DuckDB; the dashboards' own time is a stage of (c)."""
        warehouse, target = _warehouse(self.published(years)), self.scratch / f"g-{years}"
        command = [sys.executable, "-m", "bench.floors.export", str(warehouse), str(target)]
        self._step("g.floor", years, command, _json, target)
        shutil.rmtree(target, ignore_errors=True)

    def analysts(self, years: int) -> None:
        """(i) Ten queries on the published warehouse."""
        command = [sys.executable, "-m", "bench.analysts", str(_warehouse(self.published(years)))]
        self._step("i.queries", years, command, lambda output: {"queries": json.loads(output)})

    def _rollcall(
        self,
        step: str,
        years: int,
        trust: Path,
        *arguments: str,
        before: Callable[[], object] | None = None,
        outcome: str = "published",
    ) -> None:
        """Measure `rollcall run`; before: what arrives just before it. It failed when its outcome is another."""
        if self.results.get(step, years) is not None:
            return
        if before is not None:
            try:
                before()
            except (OSError, ValueError) as error:
                self._keep(step, years, {}, f"the extracts could not be written: {error}")
                return
        command = [*ROLLCALL, "run", "--trust", str(trust), "--json", *arguments]
        self._step(step, years, command, lambda output: _run_told(json.loads(output), outcome), trust)

    def _step(
        self,
        step: str,
        years: int,
        command: Sequence[str],
        told: Callable[[str], dict[str, Any]] | None = None,
        folder: Path | None = None,
    ) -> dict[str, Any]:
        """Measure a command once; told: reads its output, raising ValueError where it says that it failed."""
        known = self.results.get(step, years)
        if known is not None:
            return known
        self.say(f"{step}/{years} begins")
        found = measure(command, REPO)
        figures, why = found.figures(), _why(found)
        try:
            if told is not None and why is None:
                figures |= told(found.output)
        except json.JSONDecodeError:
            why = f"its output is no JSON; it begins with: {found.output[:200].strip()!r}"
        except ValueError as error:
            why = str(error) or type(error).__name__
        if folder is not None and folder.is_dir():
            figures["disk_mb"] = round(disk(folder) / 1e6)
            figures |= {"disk": _parts_of(folder)} if (folder / "releases").is_dir() else {}
        return self._keep(step, years, figures, why)

    def _keep(self, step: str, years: int, figures: dict[str, Any], why: str | None) -> dict[str, Any]:
        cost = f"{figures.get('wall_s', 0):,} s, {figures.get('peak_mb', 0):,} MB"
        self.say(f"{step}/{years} {f'FAILED: {why}' if why else cost}")
        return self.results.keep(step, years, figures, why)

    def _copy(self, twin: Twin, name: str) -> Path:
        """A trust folder of our own with the twin's extracts; a copy, because taking in moves them."""
        target = self.scratch / name
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(twin.root, target, symlinks=True)
        return target

    def _empty(self, name: str) -> Path:
        target = self.scratch / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        return target


def stamp() -> str:
    """The time of day, as progress shows it."""
    return time.strftime("%H:%M:%S")


def _warehouse(trust: Path) -> Path:
    return (trust / "published" / "current" / "warehouse.duckdb").resolve()


def _json(output: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(output.strip().splitlines()[-1]) if output.strip() else {}
    return found


def _run_told(summary: dict[str, Any], outcome: str) -> dict[str, Any]:
    """What a run's summary says that the figures need. Raises ValueError where it ended otherwise than it should."""
    if summary["outcome"] != outcome:
        raise ValueError(f"it ended as {summary['outcome']}: {' '.join(summary.get('why') or ['no reason given'])}")
    told = {name: summary[name] for name in ("landed", "seconds", "release") if name in summary}
    if "checks" in summary:
        told["checks"] = {"run": summary["checks"]["run"], "failed": len(summary["checks"]["failed"])}
    return told


def _why(found: Measured) -> str | None:
    if found.code in (0, 1) and found.output.lstrip().startswith("{"):
        return None  # an exit code of 1 with a summary is judged by the summary: a held extract is no failure
    last = (found.said.strip().splitlines() or ["it said nothing"])[-1]
    return None if found.code == 0 else f"exit code {found.code}: {last[:300]}"


def _parts_of(trust: Path) -> dict[str, int]:
    return {f"{name}_mb": round(disk(trust / name) / 1e6) for name in ("archive", "lake", "releases", "runs")}
