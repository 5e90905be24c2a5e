"""What each measurement is set against, and whether it is met.

Belongs here: every target, and how its two figures are read out of the steps. Does not belong here: measuring, layout.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.kept import Results

FLOOR_TIMES, BUILD_TIMES, BUILD_START = 3.0, 1.2, 6.0
PANDAS_TIMES, POLARS_TIMES = 1.0, 5.0
HISTORY_TIMES, ONE_DAY_SHARE, ONE_DAY_SECONDS, ALL_DAY_SHARE = 1.2, 0.06, 20.0, 0.20
NOTHING_SECONDS, PEAK_MB, QUERY_SECONDS = 5.0, 3000, 0.3
INGESTION, WAREHOUSE = "ingestion__extracts", "warehouse"
SITES, REPORTS = "dashboards__sites", "dashboards__reports"
DAYS = {
    "d.one_day": "one school's new day, the first of all schools",
    "d.late_day": "one school's new day, when the others have sent theirs",
    "d.all_day": "all schools' new day",
}


@dataclass(frozen=True)
class Line:
    """One comparison. measured and against: figures in `unit`; allowed: the most that `measured` may be, None where
    there is no target; missing: the step that was not measured or failed, where there is one."""

    part: str
    what: str
    years: int
    unit: str = "s"
    measured: float | None = None
    against: float | None = None
    allowed: float | None = None
    target: str = ""
    missing: str | None = None

    @property
    def ratio(self) -> float | None:
        """Measured over what it is set against."""
        return self.measured / self.against if self.measured is not None and self.against else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or where it was not measured."""
        return None if self.measured is None or self.allowed is None else self.measured <= self.allowed


def judge(results: Results, years: Sequence[int]) -> list[Line]:
    """Every comparison for every size, part by part; those over history for the largest size."""
    sizes = sorted(years)
    lines = [line for make in (_ingestion, _build, _first_run) for size in sizes for line in make(results, size)]
    lines += [line for step, what in DAYS.items() for line in _days(results, sizes, step, what)]
    lines += [
        line for make in (_again, _nothing, _serving, _peak, _queries) for size in sizes for line in make(results, size)
    ]
    return lines


def rebuild_seconds(results: Results, years: int) -> float:
    """What a full rebuild takes: the first run with dashboards, without the taking in of the extracts."""
    seconds = _stage(results, "c.dashboards", years, INGESTION)
    return float(_of(results, "c.dashboards", years, "wall_s")) - seconds


class _NotMeasured(Exception):
    """`.args[0]` is the step that is missing, and why."""


def _of(results: Results, step: str, years: int, name: str) -> Any:
    found = results.get(step, years)
    if found is None:
        raise _NotMeasured(f"{step} was not measured")
    if found["status"] != "ok" or name not in found:
        raise _NotMeasured(f"{step} failed: {found.get('why', f'it told no {name}')}")
    return found[name]


def _stage(results: Results, step: str, years: int, name: str) -> float:
    seconds = _of(results, step, years, "seconds")
    if name not in seconds:
        raise _NotMeasured(f"{step} has no stage {name}")
    return float(seconds[name])


def _line(part: str, what: str, years: int, figures: Callable[[], dict[str, Any]], **told: Any) -> Line:
    try:
        return Line(part, what, years, **told, **figures())
    except _NotMeasured as missing:
        return Line(part, what, years, **told, missing=str(missing))


def _ingestion(results: Results, years: int) -> list[Line]:
    def figures() -> dict[str, Any]:
        floor = float(_of(results, "a.floor", years, "seconds"))
        measured = float(_of(results, "a.take_in", years, "seconds"))
        return {"measured": measured, "against": floor, "allowed": FLOOR_TIMES * floor}

    target = f"at most {FLOOR_TIMES:g} times DuckDB's reading"
    return [_line("a", "taking extracts in, every row validated", years, figures, target=target)]


def _build(results: Results, years: int) -> list[Line]:
    def figures() -> dict[str, Any]:
        floor = float(_of(results, "b.floor", years, "seconds"))
        measured = _stage(results, "c.plain", years, WAREHOUSE)
        return {"measured": measured, "against": floor, "allowed": BUILD_TIMES * floor + BUILD_START}

    def by_dbt() -> dict[str, Any]:
        measured = float(_of(results, "b.dbt", years, "wall_s"))
        return {"measured": measured, "against": float(_of(results, "b.floor", years, "seconds"))}

    target = f"at most {BUILD_TIMES:g} times the same SQL in DuckDB, and {BUILD_START:g} s"
    lines = [_line("b", "building and testing the warehouse", years, figures, target=target)]
    if results.get("b.dbt", years) is not None:
        lines.append(_line("b", "dbt building the same, start-up included", years, by_dbt, target="no run needs it"))
    return lines


def _first_run(results: Results, years: int) -> list[Line]:
    lines = []
    for step, what in (("c.plain", "first run without dashboards"), ("c.dashboards", "first run with dashboards")):
        for script, times in (("pandas", PANDAS_TIMES), ("polars", POLARS_TIMES)):

            def figures(step: str = step, script: str = script, times: float = times) -> dict[str, Any]:
                against = float(_of(results, f"c.{script}", years, "wall_s"))
                measured = float(_of(results, step, years, "wall_s"))
                return {"measured": measured, "against": against, "allowed": times * against}

            target = (
                f"no slower than the {script} script" if times == 1 else f"at most {times:g} times the {script} script"
            )
            lines.append(_line("c", what, years, figures, target=target))
    return lines


def _days(results: Results, sizes: list[int], step: str, what: str) -> list[Line]:
    share = ALL_DAY_SHARE if step == "d.all_day" else ONE_DAY_SHARE
    lines = []
    for years in sizes:

        def of_rebuild(years: int = years) -> dict[str, Any]:
            against = rebuild_seconds(results, years)
            allowed = share * against if years == sizes[-1] else None
            return {"measured": float(_of(results, step, years, "wall_s")), "against": against, "allowed": allowed}

        target = f"at most {share:.0%} of a full rebuild" if years == sizes[-1] else "share of a full rebuild"
        lines.append(_line("d", what, years, of_rebuild, target=target))
    if step == "d.all_day":
        return lines
    first, last = sizes[0], sizes[-1]

    def seconds() -> dict[str, Any]:
        return {"measured": float(_of(results, step, last, "wall_s")), "allowed": ONE_DAY_SECONDS}

    def of_history() -> dict[str, Any]:
        against = float(_of(results, step, first, "wall_s"))
        return {
            "measured": float(_of(results, step, last, "wall_s")),
            "against": against,
            "allowed": HISTORY_TIMES * against,
        }

    lines.append(_line("d", what, last, seconds, target=f"under {ONE_DAY_SECONDS:g} s, start-up included"))
    if last > first:
        target = f"at most {HISTORY_TIMES:g} times the same day on {first} year{'s' if first > 1 else ''} of history"
        lines.append(_line("d", what, last, of_history, target=target))
    return lines


def _again(results: Results, years: int) -> list[Line]:
    def figures() -> dict[str, Any]:
        measured = float(_of(results, "e.again", years, "wall_s"))
        return {"measured": measured, "against": rebuild_seconds(results, years)}

    return [_line("e", "a half term of one school again", years, figures, target="share of a full rebuild")]


def _nothing(results: Results, years: int) -> list[Line]:
    def figures() -> dict[str, Any]:
        slowest = max(float(_of(results, f"f.{name}", years, "wall_s")) for name in ("again", "once_more"))
        against = float(_of(results, "f.floor", years, "wall_s"))
        return {"measured": slowest, "against": against, "allowed": NOTHING_SECONDS}

    return [_line("f", "nothing new", years, figures, target=f"under {NOTHING_SECONDS:g} s, start-up included")]


def _serving(results: Results, years: int) -> list[Line]:
    def figures() -> dict[str, Any]:
        measured = _stage(results, "c.dashboards", years, SITES)
        return {"measured": measured, "against": float(_of(results, "g.floor", years, "seconds"))}

    def reports() -> dict[str, Any]:
        return {"measured": _stage(results, "c.dashboards", years, REPORTS)}

    target = "beside DuckDB copying the reports tables once"
    return [
        _line("g", "dashboards' data of every audience", years, figures, target=target),
        _line("g", "reports that are due", years, reports, target="no floor"),
    ]


def _peak(results: Results, years: int) -> list[Line]:
    def figures() -> dict[str, Any]:
        return {"measured": float(_of(results, "c.dashboards", years, "peak_mb")), "allowed": PEAK_MB}

    return [_line("h", "peak memory of the first run", years, figures, unit="MB", target=f"under {PEAK_MB:,} MB")]


def _queries(results: Results, years: int) -> list[Line]:
    def figures() -> dict[str, Any]:
        asked = _of(results, "i.queries", years, "queries")
        slowest = max(float(found["seconds"]) for name, found in asked.items() if name != "open")
        return {"measured": slowest, "against": float(asked["open"]["seconds"]), "allowed": QUERY_SECONDS}

    return [_line("i", "slowest of ten analysts' queries", years, figures, target=f"each under {QUERY_SECONDS:g} s")]
