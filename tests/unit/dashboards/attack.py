"""An attack on what an audience is served: how closely can each hidden figure be worked out from all that is shown?

In: the folder that was exported for an audience, read as its browser would read it, and the warehouse, for the truth.
Out: for each figure about a few pupils the least and the most it could be. Every sum, difference and percentage that a
reader can form is an equation; two integer programmes for each figure find its bounds. It shares no code with
dashboards/small_cells.py: what that overlooks, this should find.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array


class Cell(NamedTuple):
    """One number. kind: pupils, persistent, severe, band, possible, absent, late, code (its sessions), …"""

    kind: str
    place_type: str
    place: str
    period: str
    dimension: str
    member: str


Figures = dict[Cell, int]
# A sum that is 0: each cell with its sign. A limit: the first is at most the second.
Equation = dict[Cell, int]
Limit = tuple[Cell, Cell]

COUNTS = {"pupils": "pupils", "persistent": "persistently_absent_pupils", "severe": "severely_absent_pupils"}
SESSIONS = {
    name: f"{name}_sessions" for name in ("possible", "attended", "absent", "authorised", "unauthorised", "late")
}
REST = "the rest"


@dataclass
class View:
    """What somebody sees: the figures with a number, those that are there without one, and what holds between them."""

    shown: Figures = field(default_factory=dict)
    present: set[Cell] = field(default_factory=set)

    def add(self, cell: Cell, value: object) -> None:
        """Takes in one figure; a rest comes in parts, which are added up."""
        self.present.add(cell)
        if value is not None:
            self.shown[cell] = self.shown.get(cell, 0) * (cell.member == REST) + int(str(value))


@dataclass(frozen=True)
class Structure:
    """What everybody knows of the trust without a figure: phases, periods, bands, codes, groups."""

    phase_of: Mapping[str, str]
    half_terms_of: Mapping[str, list[str]]
    terms_of: Mapping[str, list[str]]
    bands: Mapping[str, set[str]]
    codes: Mapping[str, set[str]]
    outside_ages: set[str]
    rests: set[tuple[str, str]]


def open_export(folder: Path) -> duckdb.DuckDBPyConnection:
    """The files that a folder's manifest names, as tables of schema rollcall: of a table in two parts the rows of both,
    for whoever attacks reads all that is in the files."""
    db = duckdb.connect()
    db.execute("create schema rollcall")
    manifest = json.loads((folder / "data" / "manifest.json").read_text())
    parts = [name for files in manifest["parts"].values() for name in (files["shared"], files["own"])]
    for name in [*manifest["renderedFiles"]["rollcall"], *parts]:
        path, table = folder / name, Path(name).stem
        if path.read_bytes()[:4] == b"PAR1":
            rows = pq.read_table(path)
        else:
            with pa.OSFile(str(path), "rb") as source:
                rows = pa.ipc.open_stream(source).read_all()
        db.register("rows", rows)
        db.execute(f"create table if not exists rollcall.{table} as from rows limit 0")
        db.execute(f"insert into rollcall.{table} by name from rows")
        db.unregister("rows")
    return db


def structure(truth: duckdb.DuckDBPyConnection) -> Structure:
    """The trust's structure, from its warehouse."""

    def sets(query: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for key, member in truth.execute(query).fetchall():
            found[key].add(member)
        return found

    def lists(period_type: str, within: str) -> dict[str, list[str]]:
        query = f"""
            select outer_period.period_key, list(inner_period.period_key)
            from reports.rpt_periods as outer_period
            inner join reports.rpt_periods as inner_period
                on inner_period.period_type = '{period_type}' and outer_period.period_type = '{within}'
                and outer_period.academic_year = inner_period.academic_year
                and (outer_period.term is null or outer_period.term = inner_period.term)
            group by all
        """
        return dict(truth.execute(query).fetchall())

    rules = dict(truth.execute("select rule_name, value from reports.rpt_guide_rules").fetchall())
    return Structure(
        phase_of=dict(
            truth.execute("select place_key, phase from reports.rpt_places where place_type = 'school'").fetchall()
        ),
        half_terms_of=lists("half_term", "term"),
        terms_of=lists("term", "year"),
        bands={
            kind: {
                band
                for (band,) in truth.execute(
                    f"select absence_band from reports.rpt_guide_bands where low_percent >= {rules[rule]}"
                ).fetchall()
            }
            for kind, rule in {"persistent": "persistent_absence_percent", "severe": "severe_absence_percent"}.items()
        },
        codes=sets(
            """
            unpivot (
                select code, is_possible and is_attended as attended, is_late as late,
                    is_absent and statistical_category = 'authorised_absence' as authorised,
                    is_absent and statistical_category = 'unauthorised_absence' as unauthorised
                from reports.rpt_guide_codes
                qualify row_number() over (partition by code order by valid_from desc) = 1
            ) on attended, late, authorised, unauthorised into name kind value counts
            """.replace("unpivot (", "select kind, code from (unpivot (", 1)
            + ") where counts"
        ),
        outside_ages={
            year
            for (year,) in truth.execute(
                f"select year_group from reference.year_groups where cast(typical_age as integer) "
                f"not between {rules['compulsory_age_min']} and {rules['compulsory_age_max']}"
            ).fetchall()
        },
        rests=set(
            truth.execute("select distinct cohort_dimension, cohort from reports.rpt_cohorts where is_rest").fetchall()
        ),
    )


def look(db: duckdb.DuckDBPyConnection, schema: str, known: Structure) -> View:
    """Every figure in the tables of `schema`, the shown and the hidden."""
    view = View()
    place = "place_type, place_key, period_key"
    columns = {**COUNTS, **SESSIONS}

    def rows(query: str) -> Iterable[tuple]:
        return db.execute(query).fetchall()

    listed = ", ".join(columns.values())
    for *at, population, pupils in rows(f"select {place}, population, ({listed}) from {schema}.rpt_headline"):
        group = ("all", "all") if population == "all" else ("ages", "compulsory")
        for kind, value in zip(columns, pupils.values() if isinstance(pupils, dict) else pupils, strict=True):
            if value is not None or kind not in COUNTS or kind == "pupils":
                view.add(Cell(kind, *at, *group), value)
    for *at, dimension, cohort, numbers in rows(
        f"select {place}, cohort_dimension, cohort, ({listed}) from {schema}.rpt_cohorts "
        "where cohort_dimension != 'form'"
    ):
        member = REST if (dimension, cohort) in known.rests else cohort
        for kind, value in zip(columns, numbers.values() if isinstance(numbers, dict) else numbers, strict=True):
            view.add(Cell(kind, *at, dimension, member), value)
    for *at, band, value in rows(
        f"select {place}, absence_band, pupils from {schema}.rpt_bands where year_group = 'all'"
    ):
        view.add(Cell("band", *at, "absence_band", band), value)
    for *at, code, sessions, pupils in rows(
        f"select {place}, code, sessions, pupils from {schema}.rpt_code_use where year_group = 'all'"
    ):
        view.add(Cell("code", *at, "code", code), sessions)
        view.add(Cell("code pupils", *at, "code", code), pupils)
    return view


def shown_by_percentages(db: duckdb.DuckDBPyConnection, figures: Figures) -> Figures:
    """The counts of ages 5 to 15 that percentages in rpt_benchmarks stand for: a fraction in full precision is both."""
    kinds = {"persistent_absence": ["persistent", "pupils"], "severe_absence": ["severe", "pupils"]}
    found: Figures = {}
    for place_type, place, phase, period, then, measure, own, own_then, other, comparator in db.execute(
        "select place_type, place_key, phase, period_key, compared_period_key, measure, own_percent, "
        "compared_own_percent, comparator_percent, comparator_type from rollcall.rpt_benchmarks"
    ).fetchall():
        for at, key, value in (
            ((place_type, place), period, own),
            ((place_type, place), then, own_then),
            (("phase", phase), then, other if comparator == "trust" else None),
        ):
            for kind in kinds.get(measure, ["possible", "absent"]):
                cell = Cell(kind, *at, key, "ages", "compulsory") if key else None
                if value is not None and cell in figures:
                    found[cell] = figures[cell]
    return found


def equations(cells: Collection[Cell], known: Structure) -> list[Equation]:
    """Every sum between the cells, over groups, places, periods, bands and codes."""
    found: dict[tuple, Equation] = {}
    total = {cell for cell in cells if cell.dimension in ("all", "code", "ages")}
    yearly = {cell.period for cell in cells if cell.dimension == "year_group"}

    def add(name: tuple, whole: Cell, part: Cell) -> None:
        if whole in cells:
            found.setdefault(name, {whole: -1})[part] = 1

    for cell in cells:
        whole = cell._replace(dimension="all", member="all")
        if cell.dimension not in ("all", "ages", "code", "absence_band"):
            add(("groups", whole, cell.dimension), whole, cell)
        if cell.dimension == "year_group" and cell.member in known.outside_ages:
            add(("ages", whole), whole, cell)
        if cell.dimension == "ages" and cell.period in yearly and cell.place_type != "trust":
            add(("ages", whole), whole, cell)
        if cell.place_type == "school":
            outer = cell._replace(place_type="phase", place=known.phase_of[cell.place])
            add(("schools", outer), outer, cell)
        elif cell.place_type == "phase" and cell in total:
            outer = cell._replace(place_type="trust", place="trust")
            add(("phases", outer), outer, cell)
        if cell.kind == "band":
            everybody = whole._replace(kind="pupils")
            add(("bands", everybody), everybody, cell)
            for kind, bands in known.bands.items():
                if cell.member in bands:
                    add(("bands", kind, everybody), everybody._replace(kind=kind), cell)
        if cell.kind == "code":
            for kind, codes in known.codes.items():
                if cell.member in codes:
                    add(("codes", kind, whole), whole._replace(kind=kind), cell)
    for parts in (known.half_terms_of, known.terms_of):
        for period, inner in parts.items():
            for cell in [cell for cell in cells if cell.period == period]:
                lone = [cell._replace(period=key) for key in inner if cell._replace(period=key) in cells]
                if cell.kind in SESSIONS or cell.kind == "code" or len(lone) == 1:
                    for part in lone:
                        add(("periods", cell), cell, part)
    for cell in [cell for cell in cells if cell.kind == "possible"]:
        for part in ("attended", "absent"):
            add(("possible", cell), cell, cell._replace(kind=part))
    for cell in [cell for cell in cells if cell.kind == "absent"]:
        for part in ("authorised", "unauthorised"):
            add(("absent", cell), cell, cell._replace(kind=part))
    return list(found.values())


def limits(cells: Collection[Cell]) -> Iterator[Limit]:
    """What is part of what: the severely among the persistently absent, those among the pupils."""
    for cell in cells:
        for inner, outer in (("severe", "persistent"), ("persistent", "pupils")):
            if cell.kind == inner and cell._replace(kind=outer) in cells:
                yield cell, cell._replace(kind=outer)


Row = tuple[Equation, int, int]


def narrow(
    targets: Mapping[Cell, int],
    unknown: Mapping[Cell, int],
    ties: list[Equation],
    under: Iterable[Limit],
    figures: Figures,
) -> dict[Cell, tuple[int, int]]:
    """The targets that can be pinned down too closely, with the least and the most that each could be.

    targets: each with the number of values that must remain possible. unknown: the cells without a number, with the
    least they can be. figures: the truth, of which the attack uses the shown. Cells that no equation connects are
    solved apart from each other.
    """
    rows: list[Row] = []
    for tie in ties:
        rest = -sum(sign * figures[cell] for cell, sign in tie.items() if cell not in unknown)
        rows.append(({cell: sign for cell, sign in tie.items() if cell in unknown}, rest, rest))
    for inner, outer in under:
        tie = {inner: 1, outer: -1}
        rest = -sum(sign * figures[cell] for cell, sign in tie.items() if cell not in unknown)
        rows.append(({cell: sign for cell, sign in tie.items() if cell in unknown}, -(10**9), rest))
    rows = [row for row in rows if row[0]]
    leader: dict[Cell, Cell] = {}

    def lead(cell: Cell) -> Cell:
        while leader.setdefault(cell, cell) != cell:
            leader[cell] = leader[leader[cell]]
            cell = leader[cell]
        return cell

    for left, _, _ in rows:
        first, *others = left
        for other in others:
            leader[lead(other)] = lead(first)
    rows_of, targets_of = defaultdict(list), defaultdict(dict)
    for row in rows:
        rows_of[lead(next(iter(row[0])))].append(row)
    for target, promised in targets.items():
        targets_of[lead(target)][target] = promised
    found: dict[Cell, tuple[int, int]] = {}
    for group, wanted in targets_of.items():
        found |= _narrow(wanted, unknown, rows_of[group], figures)
    return found


def _narrow(
    targets: dict[Cell, int], unknown: Mapping[Cell, int], rows: list[Row], figures: Figures
) -> dict[Cell, tuple[int, int]]:
    """The same for cells that hang together. Each solution found says something of all cells, so few are sought."""
    cells = sorted({cell for left, _, _ in rows for cell in left} | set(targets))
    place = {cell: i for i, cell in enumerate(cells)}
    entries = [(i, place[cell], sign) for i, (left, _, _) in enumerate(rows) for cell, sign in left.items()]
    constraints = []
    if entries:
        at_row, at_column, signs = zip(*entries, strict=True)
        matrix = csr_array((signs, (at_row, at_column)), shape=(len(rows), len(cells)))
        constraints = [LinearConstraint(matrix, [low for _, low, _ in rows], [high for _, _, high in rows])]
    box = Bounds([unknown[cell] for cell in cells], 10**7)
    least = np.array([figures[cell] for cell in cells])
    most = least.copy()
    promised = np.array([targets.get(cell, 0) for cell in cells])
    settled = np.zeros(len(cells), bool)

    def solve(aim: np.ndarray) -> np.ndarray:
        nonlocal least, most
        result = milp(aim, constraints=constraints, bounds=box, integrality=np.ones(len(cells)))
        assert result.success, result.message  # the truth itself is a solution
        solution = np.round(result.x).astype(np.int64)
        least, most = np.minimum(least, solution), np.maximum(most, solution)
        return solution

    def open_targets() -> np.ndarray:
        return np.flatnonzero((most - least + 1 < promised) & ~settled)

    chance = np.random.default_rng(0)
    left = len(cells) + 1
    while 8 < len(open_targets()) < left:
        left = len(open_targets())
        aim = np.zeros(len(cells))
        aim[open_targets()] = chance.uniform(0.5, 1.5, left) * chance.choice([-1, 1], left)
        solve(aim)
        solve(-aim)
    for i in range(len(cells)):
        if i in open_targets():
            aim = np.zeros(len(cells))
            aim[i] = 1
            solve(aim)
            if most[i] - least[i] + 1 < promised[i]:
                solve(-aim)
            settled[i] = True
    return {cells[i]: (int(least[i]), int(most[i])) for i in np.flatnonzero(settled & (most - least + 1 < promised))}


def lone_codes(cells: Collection[Cell], known: Structure) -> set[Cell]:
    """The sessions of codes that a place's own totals say: the only code of a category, then the only one left.

    That is a figure about the whole place which is shown in any case; of how many pupils it comes stays hidden.
    """
    parts: dict[tuple, set[Cell]] = defaultdict(set)
    for cell in cells:
        for kind, codes in known.codes.items():
            if cell.kind == "code" and cell.member in codes:
                parts[kind, cell.place, cell.period].add(cell)
    found: set[Cell] = set()
    for _ in known.codes:
        found |= {cell for group in parts.values() if len(group - found) == 1 for cell in group}
    return found
