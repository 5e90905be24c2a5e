"""Figures as print shows them: one decimal place half up, changes with arrow and sign, hidden ones as `c`."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

HIDDEN = "c"
NOTHING = "–"
MINUS = "\u2212"

Cell = dict[str, Any]


def half_up(value: float, digits: int = 1) -> Decimal:
    """Rounded half up, away from zero; 6.85, which a float stores a little lower, becomes 6.9."""
    nearest = Decimal(repr(round(value, 9)))
    return nearest.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def percent(value: float | None, hidden: bool = False) -> str:
    """A percentage with one decimal place and without its sign, `c` when hidden, a dash when there is none."""
    if value is None:
        return HIDDEN if hidden else NOTHING
    return f"{half_up(value)}"


def number(value: int | None, hidden: bool = False) -> str:
    """A whole number with separated thousands, `c` when hidden, a dash when there is none."""
    if value is None:
        return HIDDEN if hidden else NOTHING
    return f"{value:,}"


def change(value: float | None, better: str | None = None, hidden: bool = False) -> Cell:
    """Percentage points with arrow and sign: {"t": text, "tone": good | bad | flat}.

    better: `higher` or `lower`; without it a change has no tone. The arrow says the direction, not whether it is good.
    """
    if value is None:
        return {"t": HIDDEN if hidden else NOTHING, "tone": "flat"}
    rounded = half_up(value)
    if not rounded:
        return {"t": "0.0", "tone": "flat"}
    rose = rounded > 0
    tone = "flat" if better is None else "good" if rose == (better == "higher") else "bad"
    return {"t": f"{'▲' if rose else '▼'} {signed(value)}", "tone": tone}


def signed(value: float) -> str:
    """One decimal place with its sign; zero has none."""
    rounded = half_up(value)
    return f"{'+' if rounded > 0 else MINUS if rounded < 0 else ''}{abs(rounded)}"


def points(value: float) -> str:
    """A change in words: `0.3 percentage points higher than`, `the same as`."""
    rounded = half_up(value)
    if not rounded:
        return "the same as"
    unit = "percentage point" if abs(rounded) == 1 else "percentage points"
    return f"{abs(rounded)} {unit} {'higher' if rounded > 0 else 'lower'} than"


def day(value: date | None) -> str:
    """A date as `13 November 2026`; a dash when there is none."""
    return NOTHING if value is None else f"{value.day} {value:%B %Y}"


def short_day(value: date | None) -> str:
    """A date as `13 Nov 2026`; a dash when there is none."""
    return NOTHING if value is None else f"{value.day} {value:%b %Y}"


def listed(words: list[str]) -> str:
    """Words in a sentence: `a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""
