"""docs/performance.md out of the steps that were measured: targets met or not, and what each step cost.

Belongs here: words and layout. Does not belong here: what is compared with what (targets.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.kept import FAILED, Results
from bench.targets import Line, judge

_PARTS = {
    "a": "Taking extracts in",
    "b": "Building the warehouse",
    "c": "The whole first run",
    "d": "The nightly run",
    "e": "A half term sent again",
    "f": "Nothing new",
    "g": "Dashboards' data and reports",
    "h": "Peak memory",
    "i": "Analysts' queries",
}
_STEPS = {
    "twin": "making the synthetic trust (not Rollcall's work)",
    "a.take_in": "taking extracts in, alone",
    "a.floor": "DuckDB reading the same files",
    "b.floor": "the compiled SQL in DuckDB",
    "b.dbt": "`dbt build`",
    "c.plain": "first run without dashboards",
    "c.dashboards": "first run with dashboards",
    "c.polars": "the Polars script",
    "c.pandas": "the pandas script",
    "d.all_day": "all schools' new day",
    "d.one_day": "one school's new day, the first of all",
    "d.late_day": "one school's new day, after the others",
    "e.again": "a half term of one school again",
    "f.floor": "Python starting for nothing",
    "f.again": "nothing new",
    "f.once_more": "nothing new, once more",
    "g.floor": "DuckDB copying the reports tables",
    "i.queries": "ten queries, five times each",
}
_RUNS = ("c.dashboards", "d.all_day", "d.one_day", "d.late_day", "e.again")
_READ = """\
# Performance

Made by `make bench`, not by hand; [bench/README.md](../bench/README.md) says how to repeat and how to read it.

Seconds are of the clock. A ratio sets Rollcall's figure against a floor, a script or a full rebuild of the same trust
in the same benchmark: it says more than the seconds, which belong to this machine. A *full rebuild* is the first run
with dashboards without the taking in of extracts. Years are academic years, the running one as far as it has gone.
"""


def report(results: Results, years: Sequence[int]) -> str:
    """The whole page."""
    about = results.content["about"]
    parts = [_READ, _measured_on(about), _sizes(results, years), _targets(judge(results, years))]
    parts += [
        _sums(results, years),
        _costs(results, years),
        _stages(results, years),
        _queries(results, years),
        _failures(results),
    ]
    return "\n".join(part for part in parts if part)


def _measured_on(about: dict[str, Any]) -> str:
    told = about["machine"]
    versions = ", ".join(f"{name} {told[name]}" for name in ("python", "duckdb", "polars", "pandas"))
    return (
        f"Measured on {about['date']} at version `{about['version']}`: {told['cores']} cores, {told['memory_gb']:g} GB "
        f"of memory, {told['system']}; {versions}.\n"
    )


def _sizes(results: Results, years: Sequence[int]) -> str:
    sizes = results.content["about"]["sizes"]
    rows = []
    for size in sorted(years):
        found = results.good("c.dashboards", size) or results.good("c.plain", size) or {}
        landed = found.get("landed", {})
        rows.append(
            [
                str(size),
                _number(landed.get("rows")),
                _number(landed.get("rows_refused")),
                _number(landed.get("extracts")),
            ]
        )
    said = f"The trust: {sizes['schools']} schools, {sizes['pupils']:,} pupils, figures up to {sizes['as_of']}.\n\n"
    return said + _table(["years", "rows taken in", "of them refused", "extracts"], rows, right=range(4))


def _targets(lines: Sequence[Line]) -> str:
    judged = [line for line in lines if line.allowed is not None]
    met = sum(line.met is True for line in judged)
    missing = sum(line.missing is not None for line in lines)
    said = f"## Targets\n\n{met} of {len(judged)} targets that were measured are met."
    said += f" Not made, for the reasons below the table: {missing}.\n\n" if missing else "\n\n"
    rows = [
        [
            f"({line.part}) {line.what}",
            str(line.years),
            _figure(line.measured, line.unit),
            _figure(line.against, line.unit),
            _ratio(line.ratio),
            line.target,
            "not measured" if line.missing else "" if line.met is None else "met" if line.met else "**not met**",
        ]
        for line in lines
    ]
    headings = ["what", "years", "Rollcall", "against", "ratio", "target", ""]
    why = sorted({f"- {line.missing}" for line in lines if line.missing})
    return said + _table(headings, rows, right=range(1, 5)) + ("\n" + "\n".join(why) + "\n" if why else "")


def _sums(results: Results, years: Sequence[int]) -> str:
    rows = []
    for size in sorted(years):
        for script in ("polars", "pandas"):
            found = results.good(f"c.{script}_sums", size)
            if found is not None:
                share = f"{100 * found['largest_difference']:.2f} %"
                rows.append([script, str(size), f"{found['equal']:,} of {found['figures']:,}", share])
    if not rows:
        return ""
    said = (
        "## The scripts' figures\n\nPossible sessions, absent sessions, pupils and persistently absent pupils of every "
        "school and year, beside Rollcall's. They differ where rows were refused, extracts held, or no file mentions a "
        "register: what the scripts do not do. Few pupils make the difference large.\n\n"
    )
    return said + _table(["script", "years", "equal figures", "largest difference"], rows, right=range(1, 4))


def _costs(results: Results, years: Sequence[int]) -> str:
    rows = []
    for step, what in _STEPS.items():
        for size in sorted(years):
            found = results.get(step, size)
            if found is not None:
                failed = " (failed)" if found["status"] == FAILED else ""
                figures = [found.get(name) for name in ("wall_s", "cpu_s", "peak_mb", "disk_mb", "load_before")]
                rows.append([what + failed, str(size), *map(_number, figures)])
    said = (
        "## What each step cost\n\nSeconds of the clock and of the processors (the process and all that it waited "
        "for), most memory (of all its processes together), and the folder on disk afterwards (the trust's whole "
        "folder, files that releases share counted once). Load is the machine's before the step began.\n\n"
    )
    headings = ["step", "years", "seconds", "CPU seconds", "MB of memory", "MB on disk", "load"]
    return said + _table(headings, rows, right=range(1, 7))


def _stages(results: Results, years: Sequence[int]) -> str:
    """The stages of the runs on the largest size."""
    size = max(years)
    runs = {step: results.good(step, size) for step in _RUNS}
    seconds = {step: found["seconds"] for step, found in runs.items() if found and "seconds" in found}
    if not seconds:
        return ""
    names = list(dict.fromkeys(name for stages in seconds.values() for name in stages))
    rows = [[f"`{name}`", *(_number(stages.get(name)) for stages in seconds.values())] for name in names]
    # what lies between the stages and around them: start-up, locks, the summary
    beside = {step: (runs[step] or {})["wall_s"] - sum(stages.values()) for step, stages in seconds.items()}
    rows.append(["beside the stages", *(_number(max(0.0, spent)) for spent in beside.values())])
    said = f"## Where the time goes\n\nSeconds of each stage of the runs, {size} year{'s' if size > 1 else ''}.\n\n"
    return said + _table(["stage", *(_STEPS[step] for step in seconds)], rows, right=range(1, 1 + len(seconds)))


def _queries(results: Results, years: Sequence[int]) -> str:
    sizes = [size for size in sorted(years) if results.good("i.queries", size)]
    if not sizes:
        return ""
    asked = {size: (results.good("i.queries", size) or {})["queries"] for size in sizes}
    rows = [
        [f"`{name}`", *(f"{asked[size][name]['seconds']:.3f}" for size in sizes), f"{asked[sizes[-1]][name]['rows']:,}"]
        for name in asked[sizes[-1]]
    ]
    said = "## Analysts' queries\n\nThe middle of five, each over a fresh connection, opening the file included.\n\n"
    headings = ["query", *(f"seconds, {size} year{'s' if size > 1 else ''}" for size in sizes), "rows"]
    return said + _table(headings, rows, right=range(1, len(headings)))


def _failures(results: Results) -> str:
    steps = results.content["steps"].items()
    failed = [f"- {name}: {found['why']}" for name, found in steps if found["status"] == FAILED]
    return "## What failed\n\n" + "\n".join(failed) + "\n" if failed else ""


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[int]) -> str:
    marks = ["--:" if place in right else "---" for place in range(len(headings))]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in [headings, marks, *rows])


def _figure(value: float | None, unit: str) -> str:
    return "" if value is None else f"{_number(value)} {unit}"


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return (
        f"{value:,.0f}" if isinstance(value, int) or value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"
    )
