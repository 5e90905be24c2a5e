"""Which published cells must be hidden so that no figure about a few pupils can be read or worked out.

In: a DuckDB table `cells`, one row per figure that would be published. Out: the same table with `hidden` decided.
Belongs here: what counts as small, which sums tie cells together, and how many cells of a sum must stay hidden. Does
not belong here: which columns a cell has (audience_tables.yaml) and who sees what (audiences.py).

The rule and its reasons: docs/adr/0006-small-cells.md.
"""

from __future__ import annotations

import duckdb

# One row per figure. kind: pupils (a group and all its session counts), persistent, severe (pupils of the group who
# are), band (pupils of the place in an absence band), code (pupils of the place with a code, and its sessions).
# n is the number of pupils, base the group that they are a part of. A cell that is not shown in any case (the rest of a
# dimension) is there because subtraction would give it. was_hidden, is_known: the same number was hidden, or shown, in
# an earlier release (disclosed.py).
KINDS = ("pupils", "persistent", "severe", "band", "code")
CELLS = """
create table cells (
    cell integer, place_type varchar, place_key varchar, phase varchar, period_type varchar, period_key varchar,
    academic_year varchar, term varchar, half_term varchar, kind varchar, dimension varchar, member varchar,
    n bigint, base bigint, is_shown boolean, hidden boolean,
    was_hidden boolean, is_known boolean
)
"""

# Each sum that a reader can do: which cells are its parts, what they add up to, and what is shared by both.
# overlapping: the parts may be the same pupils, so they protect each other only as far as the largest.
# insiders: each part is a school (or phase) whose readers know its figure.
_PLACE = "place_type, place_key"
_PERIOD = "period_type, period_key"
_GROUP = "dimension, member"
_HAS_BANDS = "place_key in (from places_with_bands)"
_CATEGORIES = ("is_attended", "is_authorised", "is_unauthorised", "is_late", "not is_possible")
_SUMS: dict[str, dict[str, str | bool]] = {
    "groups of a dimension": {
        "part": "kind in ('pupils', 'persistent', 'severe') and dimension not in ('all', 'ages')",
        "total": "kind in ('pupils', 'persistent', 'severe') and dimension = 'all'",
        "shared": f"kind, {_PLACE}, {_PERIOD}",
        "of_part": "dimension",
        "with_rest": True,
    },
    "compulsory school age and the other year groups": {
        "part": "dimension = 'ages' or dimension = 'year_group' and member in (from outside_ages)",
        "total": "kind in ('pupils', 'persistent', 'severe') and dimension = 'all'",
        "shared": f"kind, {_PLACE}, {_PERIOD}",
    },
    "year groups of compulsory school age": {
        "part": "dimension = 'year_group' and member not in (from outside_ages)",
        "total": "dimension = 'ages'",
        "shared": f"kind, {_PLACE}, {_PERIOD}",
    },
    "schools of a phase": {
        "part": "place_type = 'school'",
        "total": "place_type = 'phase'",
        "shared": f"kind, phase, {_PERIOD}, {_GROUP}",
        "insiders": True,
    },
    "phases of the trust": {
        "part": "place_type = 'phase' and dimension = 'all'",
        "total": "place_type = 'trust' and dimension = 'all'",
        "shared": f"kind, {_PERIOD}, {_GROUP}",
        "insiders": True,
    },
    "weeks of a half term": {
        "part": "period_type = 'week' and kind = 'pupils'",
        "total": "period_type = 'half_term' and kind = 'pupils' and dimension = 'all'",
        "shared": f"kind, {_PLACE}, {_GROUP}, academic_year, half_term",
        "overlapping": True,
    },
    "half terms of a term": {
        "part": "period_type = 'half_term'",
        "total": "period_type = 'term'",
        "shared": f"kind, {_PLACE}, {_GROUP}, academic_year, term",
        "overlapping": True,
        "over_time": True,
    },
    "terms of a year": {
        "part": "period_type = 'term'",
        "total": "period_type = 'year'",
        "shared": f"kind, {_PLACE}, {_GROUP}, academic_year",
        "overlapping": True,
        "over_time": True,
    },
    "absence bands": {
        "part": "kind = 'band'",
        "total": "kind = 'pupils' and dimension = 'all'",
        "shared": f"{_PLACE}, {_PERIOD}",
    },
    "bands of persistent absence": {
        "part": "kind = 'band' and member in (select absence_band from bands where is_persistent)",
        "total": "kind = 'persistent' and dimension = 'all'",
        "shared": f"{_PLACE}, {_PERIOD}",
    },
    "bands of severe absence": {
        "part": "kind = 'band' and member in (select absence_band from bands where is_severe)",
        "total": "kind = 'severe' and dimension = 'all'",
        "shared": f"{_PLACE}, {_PERIOD}",
    },
    # What is left of a total when a total within it is taken away is a sum of its own.
    "bands below persistent absence": {
        "part": "kind = 'band' and member in (select absence_band from bands where not is_persistent) "
        f"or kind = 'persistent' and dimension = 'all' and {_HAS_BANDS}",
        "total": "kind = 'pupils' and dimension = 'all'",
        "shared": f"{_PLACE}, {_PERIOD}",
    },
    "bands of persistent below severe absence": {
        "part": "kind = 'band' and member in (select absence_band from bands where is_persistent and not is_severe) "
        f"or kind = 'severe' and dimension = 'all' and {_HAS_BANDS}",
        "total": "kind = 'persistent' and dimension = 'all'",
        "shared": f"{_PLACE}, {_PERIOD}",
    },
    # The sessions of these codes add up to a figure that is published beside them.
    **{
        f"codes that are {part}": {
            "part": f"kind = 'code' and member in (select code from codes where {part})",
            "total": "false",
            "shared": f"{_PLACE}, {_PERIOD}",
            "overlapping": True,
        }
        for part in _CATEGORIES
    },
}

# Figures inside a hidden figure are hidden too.
_INSIDE = """
update cells set hidden = true from cells as outer_cell
where outer_cell.hidden and not cells.hidden
    and outer_cell.place_type = cells.place_type and outer_cell.place_key = cells.place_key
    and outer_cell.period_type = cells.period_type and outer_cell.period_key = cells.period_key
    and (
        -- everything about a group whose number of pupils is hidden, and everything about a place whose own is
        outer_cell.kind = 'pupils' and outer_cell.dimension = cells.dimension and outer_cell.member = cells.member
        or outer_cell.kind = 'pupils' and outer_cell.dimension = 'all'
        -- the parts of a hidden number
        or outer_cell.kind = cells.kind and outer_cell.dimension = 'all'
    )
"""

# A sum is unsafe when what is hidden in it can be worked out: a single cell, or several that together are about few
# pupils. Everybody knows that a figure which is there is about one pupil at least; what is left above that must do for
# any of the hidden to be the largest of the small ones. Among schools one may be a reader who knows its own figure:
# with the total shown, two others must be left, about enough pupils without the largest of all.
# A sum is weak when it would be unsafe without the cells whose number is known.
_WEIGH = """
create or replace temp table sums as
select
    * exclude (shown, other_pupils, hides, covers),
    is_touched and shown > 0 and ({unsafe_hides} or not hides.total and other_pupils between 1 and $minimum - 1)
        as is_unsafe,
    is_touched and shown > 0 and ({unsafe_covers}) as is_weak
from (
    select
        relation,
        any_value(insiders) as insiders,
        any_value(overlapping) as overlapping,
        count(*) filter (where not is_total) as parts,
        bool_or(hidden) as is_touched,
        count(*) filter (where not hidden) as shown,
        sum(base - n) filter (where hidden and not is_total and kind in ('persistent', 'severe')) as other_pupils,
        {hides} as hides,
        {covers} as covers
    from members
    inner join cells using (cell)
    group by relation
)
"""
_HIDDEN = """{{
    'total': bool_or(is_total and {which}),
    'parts': count(*) filter (where {which} and not is_total),
    'pupils': coalesce(sum(n) filter (where {which} and not is_total), 0),
    'there': count(*) filter (where {which} and not is_total and n > 0 and kind in ('pupils', 'code')),
    'largest': coalesce(max(n) filter (where {which} and not is_total), 0)
}}"""
_UNSAFE = """case
    when {hidden}.total then {hidden}.parts = 0
    when insiders then {hidden}.parts < 3 or {hidden}.pupils - {hidden}.largest < $minimum
        or {hidden}.pupils - {hidden}.largest - {hidden}.there < $minimum - 3
    when overlapping then {hidden}.parts < 2 or {hidden}.largest < $minimum
    else {hidden}.parts < 2 or {hidden}.pupils < $minimum or {hidden}.pupils - {hidden}.there < $minimum - 2
end"""

# One more cell for each unsafe sum. First one that is not shown in any case; last a place's number of pupils, for all
# else would go with it. Of the figures of few schools the phase's total goes first, which leaves the schools' standing;
# of other sums a part. Then one whose number nobody knows yet, then the cell that mends most sums and upsets fewest,
# then the one about fewest pupils. A sum that is only weak is not worth a whole place, nor one more known cell.
_HIDE_ONE_MORE = """
update cells set hidden = true where cell in (
    with candidates as (
        select members.*, n, is_shown, is_known, kind = 'pupils' and dimension = 'all' as is_whole_place, parts
        from members
        inner join (select relation, parts, is_unsafe from sums where is_unsafe or is_weak) using (relation)
        inner join cells using (cell)
        where not hidden and (is_unsafe or not is_known and not (kind = 'pupils' and dimension = 'all'))
    ),
    reach as (
        select cell, count(*) filter (where not is_touched) - count(*) filter (where is_unsafe or is_weak) as harm
        from members
        inner join sums using (relation)
        where cell in (select cell from candidates)
        group by cell
    )
    select arg_min(
        cell, (is_shown, is_whole_place, is_known, is_total != (insiders and parts < 5), harm, n = 0, n, cell)
    )
    from candidates
    inner join reach using (cell)
    group by relation
)
"""

# The only code of a category is known from the category's sessions, and so is the last one when others are.
_KNOWN_BY_CATEGORY = """
update cells set is_known = true where cell in (
    select any_value(cell) from cells
    where kind = 'code' and not is_known and member in (select code from codes where {category})
    group by place_type, place_key, period_type, period_key
    having count(*) = 1
)
"""


def find_places_with_bands(db: duckdb.DuckDBPyConnection) -> None:
    """Table places_with_bands, of the rows that `cells` has now; once made it stands."""
    db.execute(
        "create table if not exists places_with_bands as select distinct place_key from cells where kind = 'band'"
    )


def _write_members(db: duckdb.DuckDBPyConnection) -> None:
    """Table members: one row per sum and cell in it. Sums with a single cell tell nothing and are left out."""
    db.execute(
        "create table members (relation ubigint, cell integer, is_total boolean, overlapping boolean, insiders boolean)"
    )
    for name, tie in _SUMS.items():
        of_part = tie.get("of_part", "''")
        rest = "true" if tie.get("with_rest") else "is_shown"
        db.execute(
            f"""
            insert into members
            with parts as (select *, {of_part} as side from cells where ({tie["part"]}) and {rest}),
            sides as (select distinct {tie["shared"]}, side from parts),
            all_members as (
                select {tie["shared"]}, side, cell, false as is_total, kind as of_kind from parts
                union all
                select {tie["shared"]}, side, cell, true, kind
                from (select * from cells where {tie["total"]}) inner join sides using ({tie["shared"]})
            )
            select hash({tie["shared"]}, side, '{name}'), cell, is_total, {bool(tie.get("overlapping"))},
                {bool(tie.get("insiders"))}
            from all_members
            qualify count(*) over (partition by {tie["shared"]}, side) > 1
                -- Pupils of two periods are not added up; only a lone part says the same as its total.
                and ({not tie.get("over_time")} or of_kind in ('pupils', 'code')
                    or count(*) over (partition by {tie["shared"]}, side) = 2)
            """
        )


def hide(db: duckdb.DuckDBPyConnection, minimum: int) -> int:
    """Decide `hidden` for every row of `cells`; returns the number of rounds it took.

    Needs the tables `bands` (absence_band, is_persistent, is_severe), `codes` (code, is_possible, is_attended,
    is_authorised, is_unauthorised, is_late) and `outside_ages` (year_group: those not of compulsory school age).
    `minimum` is the rule suppression_minimum_pupils. First every figure about fewer pupils is hidden (none at all is no
    figure about anybody), or about all but so few, or that was hidden before; then, sum by sum, others, until no sum
    gives any of them away. Every sum lies within an academic year, so one can be judged without the others; with only
    some of them in `cells`, places_with_bands must have been made of all.
    """
    db.execute(
        "update cells set hidden = was_hidden or n between 1 and $minimum - 1 "
        "or kind in ('persistent', 'severe') and base - n between 1 and $minimum - 1",
        {"minimum": minimum},
    )
    find_places_with_bands(db)
    _write_members(db)
    for category in _CATEGORIES * 2:
        db.execute(_KNOWN_BY_CATEGORY.format(category=category))
    hides, covers = (_HIDDEN.format(which=which) for which in ("hidden", "hidden and not is_known"))
    weigh = _WEIGH.format(
        hides=hides,
        covers=covers,
        unsafe_hides=_UNSAFE.format(hidden="hides"),
        unsafe_covers=_UNSAFE.format(hidden="covers"),
    )
    rounds, more = 0, 1
    while more:
        rounds += 1
        while db.execute(_INSIDE).fetchall()[0][0]:
            pass
        db.execute(weigh, {"minimum": minimum})
        more = db.execute(_HIDE_ONE_MORE).fetchall()[0][0]
    return rounds
