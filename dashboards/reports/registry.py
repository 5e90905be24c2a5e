"""Which reports there are: reports.yaml, typed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

# What a report can be about. Pupils are those of one school, all of them or those that somebody names.
ABOUT = ("trust", "school", "pupils")
# Whose view of the release it reads, and among whose files it is put.
READS = ("network", "school")
GOES_TO = ("network", "school", "governors")
DUE = ("release", "week", "command")


@dataclass(frozen=True)
class Report:
    """One report; the fields are those of reports.yaml, described at its head."""

    name: str
    title: str
    package: str
    file: str
    about: str
    reads: str
    goes_to: str
    periods: tuple[str, ...]
    formats: tuple[str, ...]
    due: str
    owner: str
    audience: str
    cadence: str
    action: str
    requirements: tuple[str, ...]
    with_queries_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field, known in (("about", ABOUT), ("reads", READS), ("goes_to", GOES_TO), ("due", DUE)):
            if getattr(self, field) not in known:
                raise ValueError(f"reports.yaml: {self.name}: {field} is one of {', '.join(known)}")

    @property
    def query_folders(self) -> tuple[str, ...]:
        """The folders whose queries the report runs."""
        return ("shared", *self.with_queries_of, self.package)

    def viewer(self, school: str | None, group: str | None = None) -> str:
        """The audience whose view of the release the report reads."""
        if self.reads == "network":
            return "network"
        return f"school/{school}" + (f"/{group}" if group else "")

    def folder(self, school: str | None, group: str | None = None) -> str:
        """The audience among whose files the report belongs."""
        if self.goes_to == "network":
            return "network"
        inner = "governors" if self.goes_to == "governors" else group
        return f"school/{school}" + (f"/{inner}" if inner else "")


@cache
def registry() -> dict[str, Report]:
    """Every report by its name, in the order of reports.yaml."""
    listed: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("reports.yaml").read_text("utf-8"))
    several = ("periods", "formats", "requirements", "with_queries_of")
    found = {}
    for name, fields in listed.items():
        typed: dict[str, Any] = {key: tuple(value) if key in several else value for key, value in fields.items()}
        found[name] = Report(name=name, **typed)
    return found


def find(name: str) -> Report:
    """The report of that name. Raises ValueError, with a sentence to show, when there is none."""
    known = registry()
    if name not in known:
        raise ValueError(f"There is no report called {name}; there are {', '.join(known)}.")
    return known[name]
