"""Who looks at a release, and the query of each table for them: its rows, what is hidden, and the flags that say so.

In: an audience's name and what audience_tables/ says of a table. Out: SQL over an attached `warehouse` and the tables
`hidden`, `people` and `members` (audiences.py makes them). Belongs here: the need to know, as SQL. Does not belong
here: which cells are hidden (disclosed.py), opening and writing anything.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dashboards.disclosed import KEYS, Config, tables

NETWORK = "network"
ANALYST = "analyst"


@dataclass(frozen=True)
class Viewer:
    """Who looks: `own`, the school whose rows it sees in full, `pupils_of`, the one whose pupils it sees by name, of
    them only those of the `group` (an audience's name) where there is one; and whether it keeps the data."""

    own: str | None = None
    pupils_of: str | None = None
    group: str | None = None
    keeps_data: bool = False

    @property
    def oversees(self) -> bool:
        """True for those who look at all schools alike."""
        return self.own is None and self.pupils_of is None


# Whoever has no school: what everybody is served of other schools.
NOBODY = Viewer()


def viewer_of(audience: str, known: Collection[str], groups: Collection[str]) -> Viewer:
    """The viewer behind an audience's name. known: the release's audiences; groups: those of schools' groups.

    Raises ValueError for any other name, and for a group of a school that the release does not have.
    """
    school, _, group = audience.removeprefix("school/").partition("/")
    if group and audience in groups and f"school/{school}" in known:
        return Viewer(pupils_of=school, group=audience)
    if audience not in known or audience in groups:
        raise ValueError(f"This release has no audience {audience}; it has {NETWORK}, {ANALYST} and school/<slug>")
    own = school if audience.startswith("school/") else None
    return Viewer(own=own, pupils_of=own, keeps_data=audience == ANALYST)


def is_the_same_for_all(table: str) -> bool:
    """Whether every audience is served the same rows of a table."""
    config = tables()[table]
    return config["rows"] == "all" and not {"cells", "follows", "others"} & set(config)


def rows_of(config: Config, columns: Sequence[str], viewer: Viewer) -> str | None:
    """Whose rows of a table a viewer is served: a school's slug, `*` for all of them, None for none.

    Of a table of `rows: all` those of the viewer's own school; for a viewer without one, everybody else's.
    """
    own = viewer.own if viewer.own and "slug" in columns else None
    everything = None if viewer.pupils_of else "*"
    if config["rows"] == "pupils":
        return viewer.pupils_of if not viewer.group or config.get("groups", True) else None
    return {
        "own": own,
        "network": everything,
        "overseen": "*" if viewer.oversees else own,
        "data": "*" if viewer.keeps_data else None,
        "all": own if viewer.own else "*",
    }[str(config["rows"])]


def query_of(name: str, columns: Sequence[str], viewer: Viewer) -> str:
    """The query of one table for one viewer."""
    build = _pupils_query if tables()[name]["rows"] == "pupils" else _table_query
    return build(name, tables()[name], columns, viewer)


def joined(shared: str, own: str, slug: str) -> str:
    """The query of a table that a school is served in two parts: of what everybody is served all but the school's own
    rows, and these as the school has them. shared, own: the parts, as they stand after `from`."""
    others = f"select * from {shared} where slug is distinct from {_text(slug)}"
    return f"{others} union all by name select * from {own}"


def _condition(rows: str | None) -> str:
    return {"*": "true", None: "false"}.get(rows, f"published.slug = {_text(str(rows))}")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _pupils_query(name: str, config: Config, columns: Sequence[str], viewer: Viewer) -> str:
    """The query of a table of pupils: those of the viewer, by name; whom nobody named has no name, not no row."""
    rows = _condition(rows_of(config, columns, viewer))
    if viewer.group:
        rows += f" and published.pupil_key in (select pupil_key from members where audience = {_text(viewer.group)})"
    others = ", ".join(f'published."{column}"' for column in columns if column != "pupil_key")
    return f"""
        select
            left(published.pupil_key, 16) as pupil_id,
            coalesce(people.pupil_name, 'Name not known') as pupil_name,
            coalesce(people.sort_name, 'Name not known') as sort_name,
            {others}
        from warehouse.reports.{name} as published
        left join people on published.pupil_key = people.pupil_key
        where {rows}
    """


def _table_query(name: str, config: Config, columns: Sequence[str], viewer: Viewer) -> str:
    """The query of any other table: its rows, hidden columns set to NULL, flags set.

    A school's rows are its own, so what is hidden from others only is not asked about there.
    """
    joins: dict[tuple[str, ...], str] = {}
    masks: dict[str, list[str]] = {}
    flags: dict[str, list[str]] = {}

    def hide(patterns: str | list[str], *conditions: str) -> None:
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            for column in fnmatch.filter(columns, pattern):
                masks.setdefault(column, []).extend(conditions)

    def join(place_type: str, place_key: str, period_key: str, dimension: str, member: str) -> str:
        """The alias of the hidden cells with these keys, joined once."""
        on = (place_type, place_key, period_key, dimension, member)
        if on not in joins:
            joins[on] = f"hidden_{len(joins)}"
        return joins[on]

    at = {"place_type": "published.place_type", "place_key": "published.place_key"} | config.get("at", {})
    place, phase = (at["place_type"], at["place_key"]), ("'phase'", "published.phase")
    period = at.get("period_key", "published.period_key")
    for spec in config.get("cells", []):
        kind, group = spec["kind"], (f"({spec['dimension']})", f"({spec['member']})")
        if viewer.own is None:
            is_hidden = f"{join(*place, period, *group)}.hides_{kind}"
            hide(spec["hides"], is_hidden)
            if "flag" in spec:
                flags.setdefault(spec["flag"], []).append(is_hidden)
            for key, pattern in spec.get("changes", {}).items():
                hide(pattern, is_hidden, f"{join(*place, f'published.{key}', *group)}.hides_{kind}")
        elif "flag" in spec:
            flags.setdefault(spec["flag"], [])
        if "phase_rate" in spec:
            hide(spec["phase_rate"], f"{join(*phase, period, *group)}.hides_{kind}")
        if "ranks" in spec:
            of_a_school = ("'of a school'", f"({spec['member']})")
            hide(spec["ranks"], f"{join(*phase, period, *of_a_school)}.hides_{kind}")
    if "follows" in config:
        spec = config["follows"]
        group = (spec["cells"][0]["dimension"], spec["cells"][0]["member"])
        then = f"published.{spec['compared_period']}"

        def by_measure(alias: str) -> str:
            whens = " ".join(f"when '{measure}' then {alias}.hides_{kind}" for measure, kind in spec["kinds"].items())
            return f"(case published.measure {whens} else {alias}.hides_pupils end)"

        trust_then = f"published.comparator_type = 'trust' and {by_measure(join(*phase, then, *group))}"
        flags[spec["flag"]] = [trust_then]
        hide(spec["trust_hides"], trust_then)
        if viewer.own is None:
            own_now = by_measure(join(*place, period, *group))
            own_then = by_measure(join(*place, then, *group))
            hide(spec["hides"], own_now)
            hide(spec["compared_hides"], own_then)
            flags[spec["flag"]] += [own_now, own_then]
    replaced = [
        f'case when {" or ".join(f"({c})" for c in conditions)} then null else published."{column}" end as "{column}"'
        for column, conditions in masks.items()
    ] + [
        f'coalesce({" or ".join(f"({c})" for c in conditions) or "false"}, false) as "{flag}"'
        for flag, conditions in flags.items()
        if flag in columns  # a release of an older version may not have it
    ]
    rows = rows_of(config, columns, viewer)
    condition = config.get("others", "true") if config["rows"] == "all" and rows == "*" else _condition(rows)
    select = f"published.* replace ({', '.join(replaced)})" if replaced else "published.*"
    joined = " ".join(
        f"left join hidden as {alias} on "
        + " and ".join(f"{alias}.{key} = {value}" for key, value in zip(KEYS, on, strict=True))
        for on, alias in joins.items()
    )
    return f"select {select} from warehouse.reports.{name} as published {joined} where {condition}"
