"""Which marks extracts are held or refused, and which extract speaks for each date of a school.

Grain: one row per school and date (holidays too) that an extract covers: the newest extract that covers it and
applies; and, with session_date null, one row per extract that is held, or that somebody decided about (its review). In
Python because each extract depends on the ones before it: it is held when it has more than `mass_drop_percent` fewer
marks than those in force for its range when it came. An accepted extract applies whatever it brings, a refused one
never speaks. A held one is overtaken, and waits for nobody, when a newer extract that applies covers all of its dates.
"""

import datetime as dt

AWAITING, OVERTAKEN, ACCEPTED, REFUSED = "awaiting", "overtaken", "accepted", "refused"


def decide(extracts, mass_drop_percent, decisions=None):
    """Goes through one school's extracts in order of export.

    extracts: list of (extract_no, {date: marks}), oldest first. decisions: {extract_no: accepted or refused}. Returns
    ({date: extract_no in force}, reviews), where reviews lists (extract_no, awaiting, overtaken, accepted or refused,
    its marks, marks in force for its range when it came).
    """
    in_force, speaks, reviews = {}, {}, []
    decisions = decisions or {}
    spans, applied = {}, []
    for number, (extract_no, marks) in enumerate(extracts):
        first, last = min(marks), max(marks)
        before = sum(count for date, count in in_force.items() if first <= date <= last)
        now = sum(marks.values())
        spans[extract_no] = number, first, last
        review = decisions.get(extract_no)
        if review is None and 100 * (before - now) > mass_drop_percent * before:
            review = AWAITING
        if review is not None:
            reviews.append((extract_no, review, now, before))
        if review in (AWAITING, REFUSED):
            continue
        applied.append((number, first, last))
        # It speaks for every day of its range, those too of which it has refused rows alone or none.
        for date in (first + dt.timedelta(days=n) for n in range((last - first).days + 1)):
            in_force[date] = 0
            speaks[date] = extract_no
        for date, count in marks.items():
            in_force[date] = count
            speaks[date] = extract_no
    for place, (extract_no, review, *counts) in enumerate(reviews):
        number, first, last = spans[extract_no]
        if review == AWAITING and any(n > number and f <= first and last <= t for n, f, t in applied):
            reviews[place] = extract_no, OVERTAKEN, *counts
    return speaks, reviews


def model(dbt, session):
    """dbt's entry point: reads int_extract_days, the decisions and the rule, returns an Arrow table."""
    import pyarrow as pa

    dbt.config(materialized="table")
    rule = (
        dbt.ref("dim_rule").filter("rule_name = 'mass_drop_percent' and valid_to is null").project("value").fetchall()
    )
    days = dbt.ref("int_extract_days").order("school_urn, export_order").fetchall()
    decided = dbt.ref("stg_extracts").filter("decision is not null").project("extract_no, decision").fetchall()
    decisions = dict(decided)
    schools = {}
    for extract_no, school_urn, _, session_date, marks in days:
        schools.setdefault(school_urn, {}).setdefault(extract_no, {})[session_date] = marks
    rows = []
    for school_urn, extracts in schools.items():
        speaks, reviews = decide(list(extracts.items()), rule[0][0], decisions)
        rows += [(school_urn, date, extract_no, False, None, None, None) for date, extract_no in speaks.items()]
        rows += [
            (school_urn, None, extract_no, review != ACCEPTED, review, now, before)
            for extract_no, review, now, before in reviews
        ]
    types = [pa.int32(), pa.date32(), pa.int64(), pa.bool_(), pa.string(), pa.int64(), pa.int64()]
    names = ["school_urn", "session_date", "extract_no", "is_held", "review_status", "marks", "marks_in_force"]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.table([pa.array(column, type) for column, type in zip(columns, types, strict=True)], names=names)
