"""What holds of every trust, on random ones: sums add up, order does not matter, and a recount agrees."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingestion.decisions import decide, find_extract
from ingestion.identity import SECRET_VARIABLE, pupil_key
from ingestion.landing import land_inbox
from ingestion.trust import TrustFolder, load_trust
from tests.golden import folders, random_trust, recount
from tests.golden.conftest import SECRET, Built, build, every_mart
from tests.golden.explained import every_cell_is_made_again, tampering_is_seen

# Each example is a whole build: few of them, with many pupils each, and no shrinking.
WHOLE_BUILDS = settings(
    max_examples=2,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
PLANS = st.tuples(st.integers(1, 2**32), st.integers(2, 4), st.integers(9, 14))
SUMS = [
    "possible_sessions", "attended_sessions", "absent_sessions", "authorised_sessions", "unauthorised_sessions",
    "late_sessions", "missing_sessions",
]  # fmt: skip

MARTS = [
    "fct_amendments", "fct_bands", "fct_cohorts", "fct_code_usage", "fct_definitions", "fct_pupil_periods",
    "fct_pupil_timeline",
]  # fmt: skip

# Each query lists what is off.
INVARIANTS = {
    "cohorts sum to their school": """
        with summed as (
            select school_urn, period_key, population, cohort_dimension, {sums}
            from marts.fct_cohorts group by all
        )
        select * from summed
        inner join summed as whole using (school_urn, period_key, population)
        where whole.cohort_dimension = 'all' and ({differs})
    """,
    "weeks, half terms and terms sum to the year": """
        with summed as (select school_urn, period_type, {sums} from marts.fct_bands group by all)
        select * from summed inner join summed as whole using (school_urn)
        where whole.period_type = 'year' and ({differs})
    """,
    "codes sum to marks": """
        select school_urn from (
            select school_urn, sum(sessions) as marks from marts.fct_code_usage where period_type = 'year' group by all
        ) as codes
        full outer join (
            select school_urn, count(*) as marks from marts.fct_sessions where mark_status = 'recorded' group by all
        ) as sessions using (school_urn)
        where codes.marks is distinct from sessions.marks
    """,
    "every row of every extract is in one place": """
        select extract_id from marts.fct_extracts
        where rows <> applied + superseded + identical_duplicate + no_mark + quarantined + held
    """,
    "bridges add up": """
        select definition from marts.fct_definition_bridge
        group by school_urn, period_type, period_key, definition
        having sum(case kind when 'end' then -possible_sessions else possible_sessions end) <> 0
            or sum(case kind when 'end' then -pupils else pupils end) <> 0
            or sum(case kind when 'end' then -persistently_absent_pupils else persistently_absent_pupils end) <> 0
    """,
    "a pupil has a session once": """
        select pupil_key from marts.fct_pupil_timeline
        group by pupil_key, session_date, session having count(*) > 1
    """,
    "pupils and sessions counted twice are the enrolments": """
        select period_key from (
            select period_key, sum(possible_sessions + double_counted_sessions) as possible_sessions
            from marts.fct_pupil_periods group by all
        ) as pupils
        full outer join (
            select period_key, sum(possible_sessions) as possible_sessions from marts.fct_bands group by all
        ) as enrolments using (period_key)
        where pupils.possible_sessions is distinct from enrolments.possible_sessions
    """,
    "a pupil's possible sessions are those of any school": """
        select pupil_key from (
            select pupil_key, count(distinct (session_date, session)) filter (where is_possible) as possible_sessions
            from marts.fct_sessions group by all
        ) as sessions
        inner join marts.fct_pupil_periods as period using (pupil_key)
        where period_type = 'year' and sessions.possible_sessions <> period.possible_sessions
    """,
}


def make(root: Path, schools: list[random_trust.School]) -> Path:
    """An empty trust folder for the schools."""
    folders.write_config(root, random_trust.AS_OF, [(school.slug, school.urn, "secondary") for school in schools])
    return root


def invariants_hold(built: Built) -> None:
    clauses = {
        "sums": ", ".join(f"sum({name}) as {name}" for name in SUMS),
        "differs": " or ".join(f"summed.{name} <> whole.{name}" for name in SUMS),
    }
    for name, query in INVARIANTS.items():
        assert built.warehouse.execute(query.format(**clauses)).fetchall() == [], name


def recount_agrees(built: Built, schools: list[random_trust.School]) -> None:
    columns = [f"{name}_sessions" for name in (*recount.COUNTED, "missing", "quarantined")]
    for school in schools:
        found = {
            row[:3]: row[3:]
            for row in built.warehouse.execute(
                f"select pupil_key, period_type, period_key, {', '.join(columns)}, absence_band,"
                " is_persistently_absent, is_severely_absent, is_at_risk, is_compulsory_school_age"
                " from marts.fct_bands where school_urn = ?",
                [school.urn],
            ).fetchall()
        }
        ages = {one.upn: recount.age(one) for one in school.roll}
        wanted = {}
        for (upn, *period), sums in recount.count(school).items():
            years = ages[upn]
            wanted[pupil_key(upn, SECRET.encode()), *period] = (
                *(sums.counts[name] for name in (*recount.COUNTED, "missing", "quarantined")),
                recount.band(sums),
                sums.reaches("persistent_absence_percent"),
                sums.reaches("severe_absence_percent"),
                sums.reaches("at_risk_low_percent") and not sums.reaches("at_risk_high_percent"),
                years is not None and recount.rule("compulsory_age_min") <= years <= recount.rule("compulsory_age_max"),
            )
        assert found == wanted, school.slug
        for definition in ("daily", "census"):
            assert built.warehouse.execute(
                "select pupils, possible_sessions, absent_sessions, persistently_absent_pupils"
                " from marts.fct_definitions where school_urn = ? and period_type = 'year' and definition = ?",
                [school.urn, definition],
            ).fetchone() == recount.census(school, of_daily=definition == "daily"), f"{school.slug}: {definition}"


def replay_agrees(built: Built, schools: list[random_trust.School]) -> None:
    """The log is every difference between extracts that spoke one after the other, and leads from what the first of
    them said to the register of today."""
    marks = "case {0}_status when 'quarantined' then '?' else {0}_code end"
    columns = f"{marks.format('original')}, {marks.format('amended')}"
    for school in schools:
        log: dict[tuple[object, ...], list[tuple[str | None, str | None]]] = {}
        for *key, original, amended in built.warehouse.execute(
            f"select pupil_key, session_date, session, {columns} from marts.fct_amendments where school_urn = ?"
            " order by change_no",
            [school.urn],
        ).fetchall():
            log.setdefault(tuple(key), []).append((original, amended))
        versions = {
            (pupil_key(upn, SECRET.encode()), *session): said
            for (upn, *session), said in recount.versions(school).items()
        }
        differences = {key: [pair for pair in pairwise(said) if len(set(pair)) > 1] for key, said in versions.items()}
        assert log == {key: pairs for key, pairs in differences.items() if pairs}, school.slug
        register = {key: said[0] if said else None for key, said in versions.items()}
        for key, changes in log.items():
            for original, amended in changes:
                assert register[key] == original
                register[key] = amended
        assert register == {
            tuple(key): code
            for *key, code in built.warehouse.execute(
                "select pupil_key, session_date, session, case mark_status when 'quarantined' then '?' else code end"
                " from marts.fct_sessions where school_urn = ?",
                [school.urn],
            ).fetchall()
        }, school.slug


def table_hashes(built: Built) -> dict[str, tuple[object, ...]]:
    """Rows and a sum of row hashes of every mart, without what says when and how a file came."""
    tables = built.warehouse.execute("select table_name from duckdb_tables() where schema_name = 'marts'").fetchall()
    kept = "select columns(c -> not c.contains('received_at')) from marts"
    return {
        name: built.warehouse.execute(f"select count(*), sum(hash(kept)) from ({kept}.{name}) as kept").fetchone()
        for (name,) in tables
    }  # type: ignore[misc]


def write_and_build(root: Path, plan: tuple[int, int, int]) -> None:
    """One example: the trust of a plan built in the order of its files, and held against all that must be."""
    schools = random_trust.make_trust(*plan)
    make(root, schools)
    for inbox, name, header, rows in random_trust.files(schools, plan[0]):
        folders.write_extract(root / "inbox" / inbox / name, header, rows)
    with build(root, MARTS) as built:
        invariants_hold(built)
        recount_agrees(built, schools)
        replay_agrees(built, schools)


@WHOLE_BUILDS
@given(plan=PLANS)
def test_sums_add_up_and_a_recount_agrees(tmp_path_factory: pytest.TempPathFactory, plan: tuple[int, int, int]) -> None:
    write_and_build(tmp_path_factory.mktemp("random") / "trust", plan)


@pytest.mark.slow
@settings(WHOLE_BUILDS, max_examples=12)
@given(plan=PLANS)
def test_they_do_in_many_trusts(tmp_path_factory: pytest.TempPathFactory, plan: tuple[int, int, int]) -> None:
    write_and_build(tmp_path_factory.mktemp("random") / "trust", plan)


def resubmissions(
    schools: list[random_trust.School],
) -> list[tuple[str, str, Sequence[str], Sequence[Sequence[object]]]]:
    """More files for the schools: an export that broke off (held) and one of the first days that did (held, accepted
    below), the same bytes under another name and at another school, and one that is refused below."""
    made: list[tuple[str, str, Sequence[str], Sequence[Sequence[object]]]] = []
    for school, other in zip(schools, [*schools[1:], schools[0]], strict=True):
        stamp, first = school.extracts[0]
        made += [
            (school.slug, f"marks_{stamp}-0800_again.csv", folders.MARKS, _cells(first)),
            (school.slug, "marks_20241110_broke-off.csv", folders.MARKS, _cells(first[: len(first) // 3])),
            (school.slug, "marks_20250616_half.csv", folders.MARKS, _cells(school.extracts[-1][1][::2])),
            (school.slug, "marks_20250617_wrong.csv", folders.MARKS, _cells(school.extracts[1][1])),
            (other.slug, "marks_20250618_of-another-school.csv", folders.MARKS, _cells(first)),
        ]
    return made


def _cells(rows: Sequence[random_trust.Row]) -> list[tuple[object, ...]]:
    return [(*row, "", "") for row in rows]


DECISIONS = [("marks_20250616_half.csv", "accepted"), ("marks_20250617_wrong.csv", "refused")]


def test_the_order_in_which_extracts_come_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    schools = random_trust.make_trust(7, 2, 9)
    found = []
    for order in (1, 2):
        root = make(tmp_path_factory.mktemp(f"order{order}") / "trust", schools)
        waiting = [*random_trust.files(schools, 7), *resubmissions(schools)]
        random.Random(order).shuffle(waiting)
        monkeypatch.setenv(SECRET_VARIABLE, SECRET)
        trust = load_trust(root)
        folder = TrustFolder(root).ensure(trust)
        for inbox, name, header, rows in waiting:
            folders.write_extract(root / "inbox" / inbox / name, header, rows)
            land_inbox(trust, folder, inbox)
            if order == 2:
                # the same bytes, dropped once more
                folders.write_extract(root / "inbox" / inbox / name, header, rows)
                land_inbox(trust, folder, inbox)
        for name, verdict in DECISIONS[:: 1 if order == 1 else -1]:
            for school in schools:
                decide(folder, verdict, find_extract(folder, name, school.slug), [school.slug], "a test")  # type: ignore[arg-type]
        with build(root, every_mart()) as built:
            found.append(table_hashes(built))
            reviews = built.warehouse.execute(
                "select review_status, count(*) from marts.fct_extracts where review_status is not null group by all"
            ).fetchall()
            counted = dict(reviews)
            assert (counted["accepted"], counted["refused"]) == (len(schools), len(schools))
            assert counted.get("awaiting", 0) + counted.get("overtaken", 0) >= len(schools)
            if order == 2:
                # A build of every mart takes long, so this one also shows that every cell can be opened.
                every_cell_is_made_again(built.warehouse)
                tampering_is_seen(built.warehouse)
        shutil.rmtree(root)
    assert found[0] == found[1]
