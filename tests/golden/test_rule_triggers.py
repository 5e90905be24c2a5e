"""The rules about pupils over registers made up at random, against the count in plain Python (tests/rule_oracle.py).

The golden cases beside this file prove each edge by hand; this proves that rules do not disturb one another.
"""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from ingestion.identity import pupil_key
from tests.golden.conftest import SECRET, build
from tests.rule_oracle import Oracle, Row, Session

AS_OF = date(2026, 11, 24)
PUPILS = 110
OVERRIDES = {"absent_running_days": 2.5, "formal_meeting_attendance_percent": 87.5}
BANK_HOLIDAYS = {date(2026, 5, 4), date(2026, 5, 25)}
# Half terms by school: name, term, first and last day. The two schools' holidays differ.
HALF_TERMS = {
    900001: [
        ("HT5", "summer", date(2026, 4, 13), date(2026, 5, 22)),
        ("HT6", "summer", date(2026, 6, 1), date(2026, 7, 17)),
        ("HT1", "autumn", date(2026, 9, 2), date(2026, 10, 23)),
        ("HT2", "autumn", date(2026, 11, 2), date(2026, 12, 18)),
    ],
    900002: [
        ("HT5", "summer", date(2026, 4, 20), date(2026, 5, 29)),
        ("HT6", "summer", date(2026, 6, 8), date(2026, 7, 22)),
        ("HT1", "autumn", date(2026, 9, 7), date(2026, 10, 16)),
        ("HT2", "autumn", date(2026, 10, 26), date(2026, 12, 18)),
    ],
}
SLUGS = {900001: "ash", 900002: "elm"}
# A week of planned closure at one school: no school week, and it breaks no run.
CLOSED_WEEK = (900002, date(2026, 6, 29))
# What a pupil's register is pieced together from: marks, how long a piece lasts, how often it comes.
PIECES = [
    (["present"], (1, 60), 10),
    (["present", "present", "L", "V", "I", "U", "-"], (5, 40), 6),
    (["G", "O", "O", "O", "N"], (1, 50), 3),
    (["O", "O", "O", "O", "O", "O", "O", "U"], (15, 45), 2),
    (["O", "O", "O", "O", "O", "O", "#", "-", "ZZ"], (20, 60), 2),
    (["O", "O", "O", "O", "O", "O", "O", "O", "O", "O", "O", "O", "O", "Y1", "D", "X"], (20, 60), 1),
    (["I", "I", "M"], (1, 30), 3),
    (["E", "E", "E", "E", "E", "Q", "-"], (6, 16), 1),
    (["I", "O", "C", "E", "Y1", "Z"], (3, 14), 2),
    (["N", "present"], (1, 6), 2),
]
BIRTHS = ["2015-12-03", "2016-04-09", "2010-09-01", "2010-08-31", "2021-08-31", "2021-09-01", ""]


def _days(school: int) -> Iterator[tuple[date, str]]:
    for _, term, first, last in HALF_TERMS[school]:
        for number in range((min(last, AS_OF) - first).days + 1):
            day = first + timedelta(days=number)
            if day.weekday() < 5 and day not in BANK_HOLIDAYS:
                yield day, term


def _register(random: Random, school: int, first: date, last: date) -> Iterator[tuple[date, str, str, str]]:
    """Day, session, mark as the extract has it, term."""
    piece, left = ["present"], 0
    for day, term in _days(school):
        if not first <= day <= last:
            continue
        for half, present in (("AM", "/"), ("PM", "\\")):
            if left == 0:
                marks, (least, most), _ = random.choices(PIECES, weights=[p[2] for p in PIECES])[0]
                piece, left = marks, random.randint(least, most)
            left -= 1
            mark = random.choice(piece)
            if (school, day - timedelta(days=day.weekday())) == CLOSED_WEEK:
                mark = "#"
            yield day, half, present if mark == "present" else mark, term


def _spans(random: Random) -> list[tuple[int, date, date]]:
    """Where a pupil is on roll: at one school, at both, or first at one and then at the other."""
    start, end = date(2026, 4, 1), date(2027, 7, 31)
    leaves = random.choice([date(2026, 6, 17), date(2026, 9, 30), date(2026, 11, 6)])
    return random.choice(
        [
            [(900001, start, end)],
            [(900002, start, end)],
            [(900001, start, leaves)],
            [(900001, start, end), (900002, date(2026, 6, 8), leaves)],
            [(900002, start, leaves), (900001, leaves + timedelta(days=1), end)],
        ]
    )


def _cohort(birth: str) -> int | None:
    if not birth:
        return None
    day = date.fromisoformat(birth)
    return day.year if (day.month, day.day) <= (8, 31) else day.year + 1


def _write(path: Path, rows: list[tuple[object, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(rows)


def _make_trust(root: Path, random: Random) -> Oracle:
    """Writes the trust's extracts and returns the oracle that was told the same."""
    pupils: dict[int, list[tuple[object, ...]]] = {school: [] for school in SLUGS}
    marks: dict[int, list[tuple[object, ...]]] = {school: [] for school in SLUGS}
    enrolments: dict[tuple[str, int], list[Session]] = {}
    cohorts: dict[str, int | None] = {}
    for number in range(PUPILS):
        upn = f"A8770{number:08d}"
        key = pupil_key(upn, SECRET.encode())
        birth = random.choice([*BIRTHS[:2], *BIRTHS])
        year_group = random.choice(["5", "8"])
        cohorts[key] = _cohort(birth)
        for school, first, last in _spans(random):
            leaving = "" if last > AS_OF else str(last)
            pupils[school].append((upn, "A", "B", birth, year_group, f"{year_group}A", str(first), leaving, "C"))
            for day, half, mark, term in _register(random, school, first, last):
                marks[school].append((upn, str(day), half, mark))
                code = None if mark in ("-", "ZZ") else mark
                enrolments.setdefault((key, school), []).append(Session(day, half, code, term, year_group))
    schools, ends = "", {}
    for school, slug in SLUGS.items():
        inbox = root / "inbox" / slug
        _write(
            inbox / "pupils_20260401.csv",
            [
                ("upn", "forename", "surname", "date_of_birth", "year_group", "form", "entry_date", "leaving_date",
                 "enrolment_status"),
                *pupils[school],
            ],
        )  # fmt: skip
        _write(inbox / "marks_20261124-1700.csv", [("upn", "date", "session", "code"), *marks[school]])
        calendar: list[tuple[object, ...]] = [("date", "session", "year_group", "status", "note")]
        for half_term, term, first, last in HALF_TERMS[school]:
            calendar += [(first, "", "", "half_term_start", half_term), (last, "", "", "half_term_end", half_term)]
            year = first.year if first.month >= 8 else first.year - 1
            ends[school, year, term] = last
        _write(inbox / "calendar_20260401.csv", calendar)
        schools += (
            f'[[school]]\nslug = "{slug}"\nname = "{slug} School"\nurn = {school}\nlaestab = "877{school - 898000}"\n'
            'phase = "all_through"\nla_code = "877"\nmis = "generic"\n'
        )
    rules = "\n".join(f"{name} = {value}" for name, value in OVERRIDES.items())
    (root / "trust.toml").write_text(
        f'[trust]\nname = "Random Trust"\nas_of = {AS_OF}\n{schools}[rules]\n{rules}\n', encoding="utf-8"
    )
    return Oracle(enrolments, cohorts, AS_OF, ends, OVERRIDES)


def _plain(row: Row) -> tuple[object, ...]:
    return (row.pupil, row.school, row.rule, row.triggered_on, round(float(row.value), 9), float(row.threshold),
            row.sessions, row.is_open, row.evidence_sessions)  # fmt: skip


def test_every_rule_agrees_with_a_count_in_plain_python(tmp_path: Path) -> None:
    oracle = _make_trust(tmp_path, Random(20261124))
    with build(tmp_path, ["fct_rule_triggers"]) as built:
        actual = built.warehouse.execute(
            "select pupil_key, school_urn, rule_id, triggered_on, round(value, 9), threshold, sessions, is_open,"
            " coalesce(evidence_sessions, '') from marts.fct_rule_triggers"
        ).fetchall()
        rules = {rule for (rule,) in built.warehouse.execute("select rule_id from reference.rule_steps").fetchall()}
    expected = {_plain(row) for row in oracle.rows()}
    assert {row[2] for row in expected} == rules, "the registers must bring every rule to its edge"
    assert set(actual) - expected == set()
    assert expected - set(actual) == set()
