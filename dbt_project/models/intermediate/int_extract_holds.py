"""Which marks extracts are held for review, and which extract speaks for each date of a school.

Grain: one row per school and date that an extract covers: the newest extract that covers it and is not held. A held
extract has rows with session_date null. In Python because each decision depends on the ones before it: an extract is
held when it has more than `mass_drop_percent` fewer marks than those in force for its range when it came.
"""


def decide(extracts, mass_drop_percent):
    """Goes through one school's extracts in order of export.

    extracts: list of (extract_no, {date: marks}), oldest first. Returns ({date: extract_no in force}, held), where held
    lists (extract_no, its marks, marks in force for its range).
    """
    in_force, speaks, held = {}, {}, []
    for extract_no, marks in extracts:
        first, last = min(marks), max(marks)
        before = sum(count for date, count in in_force.items() if first <= date <= last)
        now = sum(marks.values())
        if 100 * (before - now) > mass_drop_percent * before:
            held.append((extract_no, now, before))
            continue
        for date in [date for date in in_force if first <= date <= last]:
            in_force[date] = 0
            speaks[date] = extract_no
        for date, count in marks.items():
            in_force[date] = count
            speaks[date] = extract_no
    return speaks, held


def model(dbt, session):
    """dbt's entry point: reads int_extract_days and the rule, returns an Arrow table."""
    import pyarrow as pa

    dbt.config(materialized="table")
    rule = (
        dbt.ref("dim_rule").filter("rule_name = 'mass_drop_percent' and valid_to is null").project("value").fetchall()
    )
    days = dbt.ref("int_extract_days").order("school_urn, export_order").fetchall()
    schools = {}
    for extract_no, school_urn, _, session_date, marks in days:
        schools.setdefault(school_urn, {}).setdefault(extract_no, {})[session_date] = marks
    rows = []
    for school_urn, extracts in schools.items():
        speaks, held = decide(list(extracts.items()), rule[0][0])
        rows += [(school_urn, date, extract_no, False, None, None) for date, extract_no in speaks.items()]
        rows += [(school_urn, None, extract_no, True, now, before) for extract_no, now, before in held]
    types = [pa.int32(), pa.date32(), pa.int32(), pa.bool_(), pa.int64(), pa.int64()]
    names = ["school_urn", "session_date", "extract_no", "is_held", "marks", "marks_in_force"]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    return pa.table([pa.array(column, type) for column, type in zip(columns, types, strict=True)], names=names)
