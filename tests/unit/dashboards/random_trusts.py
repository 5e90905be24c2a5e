"""Random small trusts as tables of cells, release after release, for the attack: pupils are drawn, then counted.

Between two releases a few pupils are corrected (another group, another absence), as closed periods are in fact. What
was hidden and shown before is told to the next release as dashboards/disclosed.py tells it.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, replace

import attack
import duckdb
from attack import Cell, Figures, Structure

from dashboards import small_cells

PERIOD = "2025/26 HT1"
BANDS = ("0-5", "5-10", "10-15", "15-50", "50+")
YEARS = ("R", "1", "2", "3", "4")
MINIMUM = 6


@dataclass(frozen=True)
class Pupil:
    """One pupil: where, in which groups, and in which band of absence."""

    school: str
    phase: str
    year_group: str
    sen_status: str
    ethnicity: str
    band: str


def draw(seed: int) -> list[Pupil]:
    """The pupils of a trust of two phases with one to five schools each."""
    chance = random.Random(seed)
    pupils = []
    for phase in ("primary", "secondary"):
        for number in range(chance.randint(1, 5)):
            for _ in range(chance.choice((12, 40, 90))):
                pupils.append(_redraw(chance, Pupil(f"{phase}-{number}", phase, "", "", "", "")))
    return pupils


def correct(pupils: list[Pupil], seed: int) -> list[Pupil]:
    """The same pupils with three of them corrected."""
    chance = random.Random(seed)
    pupils = list(pupils)
    for at in chance.sample(range(len(pupils)), 3):
        pupils[at] = _redraw(chance, pupils[at])
    return pupils


def _redraw(chance: random.Random, pupil: Pupil) -> Pupil:
    return replace(
        pupil,
        year_group=chance.choice(YEARS),
        sen_status=chance.choices(("E", "K", attack.REST), (1, 3, 20))[0],
        ethnicity=chance.choices(("WBRI", "APKN", "BAFR", "WROM"), (20, 5, 3, 1))[0],
        band=chance.choices(BANDS, (50, 20, 12, 6, 2))[0],
    )


def structure(pupils: list[Pupil]) -> Structure:
    """What everybody knows of it."""
    return Structure(
        phase_of={pupil.school: pupil.phase for pupil in pupils},
        half_terms_of={},
        terms_of={},
        bands={"persistent": set(BANDS[2:]), "severe": set(BANDS[4:])},
        codes={},
        outside_ages={"R"},
        rests={("sen_status", attack.REST)},
    )


def count(pupils: list[Pupil]) -> Figures:
    """Every figure about them that the reports count."""
    found: Counter[Cell] = Counter()
    for pupil in pupils:
        groups = [("all", "all"), *((name, getattr(pupil, name)) for name in ("year_group", "sen_status", "ethnicity"))]
        groups += [("ages", "compulsory")] if pupil.year_group != "R" else []
        for place_type, place in (("school", pupil.school), ("phase", pupil.phase), ("trust", "trust")):
            for dimension, member in groups[: 1 if place_type == "trust" else None]:
                at = (place_type, place, PERIOD, dimension, member)
                found[Cell("pupils", *at)] += 1
                found[Cell("persistent", *at)] += pupil.band in BANDS[2:]
                found[Cell("severe", *at)] += pupil.band in BANDS[4:]
            if place_type != "trust":
                for band in BANDS:
                    found[Cell("band", place_type, place, PERIOD, "absence_band", band)] += band == pupil.band
    return dict(found)


def publish(figures: Figures, phase_of: dict[str, str], before: list[tuple[Figures, set[Cell]]]) -> set[Cell]:
    """The cells that a release hides. before: the figures of earlier releases, and what they hid."""
    hidden_at = {
        (cell, figures_then[cell]) for figures_then, hidden in before for cell in hidden if cell in figures_then
    }
    shown_at = {(cell, n) for figures_then, hidden in before for cell, n in figures_then.items() if cell not in hidden}
    with duckdb.connect() as db:
        db.execute(small_cells.CELLS)
        db.execute("create table outside_ages as select 'R' as year_group")
        db.execute("create table bands (absence_band varchar, is_persistent boolean, is_severe boolean)")
        db.executemany("insert into bands values (?, ?, ?)", [(b, b in BANDS[2:], b in BANDS[4:]) for b in BANDS])
        db.execute(
            "create table codes (code varchar, is_possible boolean, is_attended boolean, is_authorised boolean, "
            "is_unauthorised boolean, is_late boolean)"
        )
        rows = []
        for number, (cell, n) in enumerate(sorted(figures.items())):
            phase = {"phase": cell.place, "trust": None}.get(cell.place_type, phase_of.get(cell.place))
            base = figures.get(cell._replace(kind="pupils")) if cell.kind in ("persistent", "severe") else None
            is_shown = cell.member != attack.REST
            rows.append(
                (number, cell.place_type, cell.place, phase, "half_term", PERIOD, "2025/26", "autumn", "HT1", cell.kind,
                 cell.dimension, cell.member, n, base, is_shown, False, is_shown and (cell, n) in hidden_at,
                 is_shown and (cell, n) in shown_at)
            )  # fmt: skip
        db.executemany(f"insert into cells values ({', '.join('?' * 18)})", rows)
        small_cells.hide(db, MINIMUM)
        hidden = {number for (number,) in db.execute("select cell from cells where hidden or not is_shown").fetchall()}
    return {cell for number, cell in enumerate(sorted(figures)) if number in hidden}
