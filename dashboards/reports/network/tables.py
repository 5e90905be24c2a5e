"""The network report's tables of benchmarks, absence bands and groups of pupils, from the rows of its queries."""

from __future__ import annotations

from typing import Any

from dashboards.reports import charts
from dashboards.reports.figures import (
    HIDDEN,
    NOTHING,
    Cell,
    change,
    listed,
    number,
    percent,
    signed,
)
from dashboards.reports.typesetting import chart_svg

Rows = list[dict[str, Any]]
Row = dict[str, Any]


def grouped(rows: Rows, *keys: str) -> dict[Any, Rows]:
    """Rows by the value (or values) of the keys, in the order in which they first come."""
    groups: dict[Any, Rows] = {}
    for row in rows:
        groups.setdefault(row[keys[0]] if len(keys) == 1 else tuple(row[key] for key in keys), []).append(row)
    return groups


def benchmark_tables(rows: Rows, year: Rows, better: dict[str, str]) -> dict[str, Any]:
    """Benchmarks of the half term's window by measure and place, and of the year by phase, with what they speak for."""
    measures = []
    for label, of_measure in grouped(rows, "measure_label").items():
        table = []
        for of_place in grouped(of_measure, "place_key").values():
            first = of_place[0]
            by_type = {row["comparator_type"]: row for row in of_place}
            own = next((row for row in of_place if row["compared_period_key"]), first)
            cells: list[Cell] = [{"t": percent(own["compared_own_percent"], own["is_suppressed"])}]
            for comparator_type in ("national", "region", "local_authority"):
                found = by_type.get(comparator_type)
                named = comparator_type != "national"
                if found is None or found["comparator_percent"] is None:
                    cells += [{"t": NOTHING, "tone": "flat"}] * (3 if named else 2)
                    continue
                cells += [{"t": found["comparator"], "tone": "name"}] if named else []
                cells += [
                    {"t": percent(found["comparator_percent"])},
                    change(found["gap_percentage_points"], better[found["measure"]], found["is_suppressed"]),
                ]
            table.append({"name": first["place_name"], "kind": first["place_type"], "cells": cells})
        measures.append({"label": label, "window": _window(of_measure), "rows": table})
    statements = list(dict.fromkeys(row["statement"] for row in rows))
    year_rows = []
    for of_place in grouped(year, "place_key").values():
        by_measure = {row["measure"]: row for row in of_place}
        cells = []
        for row in by_measure.values():
            cells += [
                {"t": percent(row["compared_own_percent"], row["is_suppressed"])},
                {"t": percent(row["comparator_percent"])},
                change(row["gap_percentage_points"], better[row["measure"]], row["is_suppressed"]),
            ]
        year_rows.append({"name": of_place[0]["place_name"], "kind": "school", "cells": cells})
    return {
        "benchmarks": measures,
        "benchmark_statements": statements,
        "benchmark_series": next((row["series_label"] for row in rows), ""),
        "benchmark_sources": sorted({row["source"] for row in rows + year if row["source"]}),
        "benchmark_year": {
            "measures": list(dict.fromkeys(row["measure_label"] for row in year)),
            "window": _window(year),
            "rows": year_rows,
            "statement": next((row["statement"] for row in year), ""),
        },
    }


def _window(rows: Rows) -> str:
    return (
        listed(list(dict.fromkeys(row["window_label"] for row in rows if row["window_label"]))) or "nothing published"
    )


def cohort_tables(rows: Rows, hidden: Rows) -> dict[str, Any]:
    """Groups of pupils by phase: figures of the group and the gap to everyone else in the dimension."""
    phases = []
    widest = max((abs(row["attendance_gap"]) for row in rows if row["attendance_gap"] is not None), default=1.0)
    for key, of_phase in grouped(rows, "place_key").items():
        table = []
        for of_dimension in grouped(of_phase, "dimension_label").values():
            for index, row in enumerate(of_dimension):
                gap = row["attendance_gap"]
                table.append(
                    {
                        "first": index == 0,
                        "name": row["cohort_label"],
                        "bar": None if gap is None else round(gap / widest, 4),
                        "cells": [
                            {"t": number(row["pupils"])},
                            {"t": percent(row["attendance_percent"])},
                            {"t": NOTHING if gap is None else signed(gap), "tone": "flat"},
                            {"t": percent(row["persistent_absence_percent"], row["persistent_is_suppressed"])},
                            _gap(row["persistent_absence_gap"], row["persistent_is_suppressed"]),
                            {"t": percent(row["share_of_pupils_percent"])},
                            {"t": percent(row["share_of_absence_percent"])},
                        ],
                    }
                )
        missing = [row["cohort_label"] for row in hidden if row["place_key"] == key]
        phases.append({"name": of_phase[0]["place_name"], "rows": table, "hidden": ", ".join(missing)})
    return {"cohorts": phases}


def _gap(value: float | None, hidden: bool) -> Cell:
    return {"t": signed(value) if value is not None else HIDDEN if hidden else NOTHING, "tone": "flat"}


def cohort_matrix(rows: Rows) -> dict[str, Any]:
    """Gap in attendance of each named group at each school."""
    ordered = sorted(rows, key=lambda row: (row["dimension_order"], row["cohort_order"], row["cohort"]))
    groups = list(grouped(ordered, "cohort_dimension", "cohort"))
    labels = {(row["cohort_dimension"], row["cohort"]): row["cohort_label"] for row in rows}
    table = []
    for of_school in grouped(rows, "place_key").values():
        found = {(row["cohort_dimension"], row["cohort"]): row for row in of_school}
        cells = []
        for group in groups:
            row = found.get(group)
            cells.append(
                {"t": NOTHING, "tone": "flat"} if row is None else _gap(row["attendance_gap"], row["is_suppressed"])
            )
        table.append({"name": of_school[0]["place_name"], "kind": "school", "cells": cells})
    return {"cohort_groups": [labels[group] for group in groups], "cohort_matrix": table}


def place(row: Row) -> Row:
    """What a table row is called, and whether it is a school's, a phase's or the trust's."""
    return {
        "name": row["place_name"] if row["place_type"] != "trust" else "All schools of the trust",
        "kind": row["place_type"],
    }


# Fill and text colour of the groups of bands, least absence first, and of what is hidden.
GROUP_COLOURS = (("#d3e6e6", charts.INK), ("#86bdbd", charts.INK), ("#e0a066", charts.INK), ("#8f3d14", "white"))
HIDDEN_COLOURS = (charts.HIDDEN, charts.GREY)


def band_table(found: dict[str, Rows], rules: dict[str, Row]) -> Row:
    """Absence bands of each school: those below persistent absence one by one, then persistent and severe absence."""
    persistent_from, severe_from = (rules[f"{n}_absence_percent"]["value"] for n in ("persistent", "severe"))
    below = [row for row in found["band_edges"] if row["low_percent"] < persistent_from]
    groups = [row["band_label"] for row in below] + [
        f"{persistent_from:g}% to under {severe_from:g}% (persistent)",
        f"{severe_from:g}% or more (severe)",
    ]
    hidden_group = "hidden (c)"
    colours = dict(zip([*groups, hidden_group], [*GROUP_COLOURS[: len(groups)], HIDDEN_COLOURS], strict=False))
    shares = {(row["place_key"], row["absence_band"]): row for row in found["bands"]}
    drawn, table = [], []
    for row in found["headline"]:
        if row["place_type"] == "trust" or not row["pupils"]:
            continue
        counts: list[int | None] = [shares[row["place_key"], band["absence_band"]]["pupils"] for band in below]
        persistent, severe = row["persistently_absent_pupils"], row["severely_absent_pupils"]
        counts += [None if persistent is None or severe is None else persistent - severe, severe]
        rest = row["pupils"] - sum(count or 0 for count in counts)
        cells = [{"t": number(row["pupils"])}]
        for count in counts:
            cells += [
                {"t": number(count, True)},
                {"t": percent(None if count is None else 100 * count / row["pupils"], True)},
            ]
        table.append({**place(row), "cells": cells})
        if row["place_type"] != "school":
            continue
        for order, (group, count) in enumerate(zip([*groups, hidden_group], [*counts, rest or None], strict=True)):
            if count:
                share = 100 * count / row["pupils"]
                drawn.append(
                    {
                        "school": row["place_name"], "school_order": row["place_order"], "group": group,
                        "group_order": order, "percent": share,
                        "label": HIDDEN if group == hidden_group else percent(share),
                    }
                )  # fmt: skip
    return {
        "groups": groups,
        "legend": [{"label": group, "fill": colours[group][0]} for group in colours],
        "rows": table,
        "svg": chart_svg(charts.stacked_bands(drawn, colours)) if drawn else "",
        "alt": "Stacked bars, one a school: share of pupils by band of overall absence; figures in the table below.",
    }
