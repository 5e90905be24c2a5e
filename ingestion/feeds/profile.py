"""Feed profiles: which headings each management system uses, as data in profiles/*.yaml.

Belongs here: loading profiles and finding the layout that a file's headings fit. A new system is a new YAML file.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

CANONICAL_PROFILE = "generic"
_PROFILES = Path(__file__).parent / "profiles"


class Layout(BaseModel):
    """One report layout of a system for one kind of extract.

    columns maps each canonical name to the headings that may stand for it, best first.
    known_extras are headings that are expected and not used. no_mark are further words for "nothing recorded".
    """

    model_config = ConfigDict(extra="forbid")

    layout: str
    shape: Literal["table", "grid", "json"]
    required: list[str]
    columns: dict[str, list[str]]
    known_extras: list[str] = []
    no_mark: list[str] = []
    records_under: str | None = None

    def match(self, headings: list[str], own: dict[str, str]) -> dict[str, list[int]]:
        """Canonical name -> positions of the headings that stand for it, best first.

        `own` holds a school's overrides from trust.toml, heading to canonical name or the other way round.
        """
        found: dict[str, list[int]] = {}
        plain = [fold(heading) for heading in headings]
        overrides = {fold(heading): name for heading, name in own.items() if name in self.columns}
        overrides |= {fold(heading): name for name, heading in own.items() if name in self.columns}
        for name, aliases in self.columns.items():
            wanted = [heading for heading, target in overrides.items() if target == name]
            wanted += [fold(alias) for alias in aliases if overrides.get(fold(alias), name) == name]
            places = [plain.index(heading) for heading in dict.fromkeys(wanted) if heading in plain]
            if places:
                found[name] = places
        return found


class Arrival(BaseModel):
    """How files arrive: what an unfinished one is called, and how long one may still change."""

    model_config = ConfigDict(extra="forbid")

    temporary_endings: list[str]
    fresh_seconds: float
    second_look_seconds: float


class Limits(BaseModel):
    """The size beyond which a file is not read."""

    model_config = ConfigDict(extra="forbid")

    file_bytes: int
    json_bytes: int
    json_records: int
    json_depth: int
    columns: int
    rows: int
    cells: int
    field_bytes: int


class Conventions(BaseModel):
    """What all feeds have in common: date formats, session names, words for "no mark", kinds, delimiters, limits."""

    model_config = ConfigDict(extra="forbid")

    date_formats: list[str]
    sessions: dict[str, list[str]]
    no_mark: list[str]
    kinds: list[str]
    delimiters: list[str]
    year_group_words: dict[str, str]
    arrival: Arrival
    limits: Limits


def fold(heading: str) -> str:
    """A heading as it is compared: small letters, single spaces, no underscores."""
    return re.sub(r"[\s_]+", " ", heading.strip().strip('"').strip()).casefold()


@cache
def profile_names() -> tuple[str, ...]:
    """The feeds that trust.toml may name as a school's `mis`."""
    return tuple(sorted(path.stem for path in _PROFILES.glob("*.yaml")))


@cache
def conventions() -> Conventions:
    """The conventions that hold for every feed."""
    path = Path(__file__).parent / "conventions.yaml"
    return Conventions.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@cache
def _profile(name: str) -> dict[str, list[Layout]]:
    raw: dict[str, Any] = yaml.safe_load((_PROFILES / f"{name}.yaml").read_text(encoding="utf-8"))
    raw.pop("title")
    return {kind: [Layout.model_validate(layout) for layout in layouts] for kind, layouts in raw.items()}


@cache
def layouts(profile: str, kind: str) -> tuple[Layout, ...]:
    """The layouts to try for a kind of extract from a system: its own first, then the canonical form."""
    own = _profile(profile).get(kind, [])
    canonical = [] if profile == CANONICAL_PROFILE else _profile(CANONICAL_PROFILE).get(kind, [])
    return (*own, *canonical)


@cache
def layouts_for_several_schools(kind: str) -> tuple[Layout, ...]:
    """The layouts that say in each row which school it speaks for: the ones a trust-wide file may have."""
    return tuple(
        layout for name in profile_names() for layout in _profile(name).get(kind, []) if "school" in layout.required
    )
