"""The attendance tables as a good analyst writes them with Polars: one script, no validation, no history.

    python bench/analyst/polars_script.py TRUST OUT

TRUST is a folder as `rollcall synth` makes it (extracts in inbox/). Writes bands, band_distribution, cohorts,
code_usage and register_completeness as Parquet into OUT, for the periods and cohorts of Rollcall's marts. It leaves out
what such a script leaves out: rows are not checked, characteristics are those of the newest pupils file, a register
that no file mentions is not missed, and nothing can be traced back.
"""

import re
import sys
import tomllib
from pathlib import Path

import polars as pl

SEEDS = Path(__file__).resolve().parents[2] / "dbt_project" / "seeds"
# What each system calls the columns that matter.
COLUMNS = {
    "generic": {"upn": "upn", "date": "date", "session": "session", "code": "code"},
    "arbor": {"UPN": "upn", "Date": "date", "Register": "session", "Mark": "code"},
    "bromcom": {"UPN": "upn", "Date": "date", "Session": "session", "Mark": "code"},
    "sims": {"UPN": "upn", "Date": "date", "Session Name": "session", "Mark": "code"},
    "wonde": {"upn": "upn", "date": "date", "session": "session", "attendance_code": "code"},
    "mysa": {"UPN": "upn", "Session date": "date", "Period": "session", "Attendance code": "code",
             "School Name": "school"},
}  # fmt: skip
COHORTS = ["all", "year_group", "form", "sex", "fsm", "pupil_premium", "sen_status", "english_additional_language",
           "ethnicity", "looked_after", "previously_looked_after", "child_in_need", "child_protection_plan",
           "young_carer", "service_child"]  # fmt: skip
FLAGS = {"is_possible": "possible_sessions", "is_attended": "attended_sessions", "is_absent": "absent_sessions",
         "is_authorised_absence": "authorised_sessions", "is_unauthorised_absence": "unauthorised_sessions",
         "is_late": "late_sessions"}  # fmt: skip
COUNTS = list(FLAGS.values())
MISSING = "missing_sessions"


def date_of(column: str) -> pl.Expr:
    text = pl.col(column)
    return pl.coalesce(text.str.to_date("%Y-%m-%d", strict=False), text.str.to_date("%d/%m/%Y", strict=False))


def read_csv(path: Path) -> pl.DataFrame:
    head = path.open("rb").readline()
    separator = max(b",;\t", key=head.count)
    return pl.read_csv(path, separator=chr(separator), infer_schema=False, encoding="utf8-lossy")


def read_marks(path: Path, school: dict, by_name: dict[str, str]) -> pl.DataFrame:
    if path.suffix == ".json":
        text = path.read_bytes()
        records = re.sub(rb'^\{"data":(.*)\}$', rb"\1", text, flags=re.DOTALL)
        table = pl.read_json(records, infer_schema_length=None)
    else:
        table = read_csv(path)
    if "UPN" in table.columns and any(re.match(r"\d.* [AP]M$", name) for name in table.columns):
        sessions = [name for name in table.columns if re.match(r"\d.* [AP]M$", name)]
        table = table.unpivot(index="UPN", on=sessions, variable_name="slot", value_name="code").rename({"UPN": "upn"})
        parts = pl.col("slot").str.split_exact(" ", 1).struct
        table = table.with_columns(date=parts.field("field_0"), session=parts.field("field_1")).drop("slot")
    else:
        mis = "mysa" if "School Name" in table.columns else school["mis"]
        names = {old: new for old, new in COLUMNS[mis].items() if old in table.columns}
        table = table.select(*names).rename(names)
    slug = (
        pl.col("school").replace_strict(by_name, default=None, return_dtype=pl.String)
        if "school" in table.columns
        else pl.lit(school["slug"])
    )
    code = pl.col("code").str.strip_chars().str.to_uppercase()
    return table.select(
        slug=slug.cast(pl.Categorical),
        upn=pl.col("upn").cast(pl.Categorical),
        date=date_of("date"),
        session=pl.col("session").cast(pl.Categorical),
        code=pl.when(~code.is_in(["", "-", "--"])).then(code).cast(pl.Categorical),
    ).drop_nulls(["slug", "date"])


def newest_marks(trust: Path, schools: list[dict]) -> pl.DataFrame:
    """Every school-date from the newest file that covers it."""
    by_name, by_slug = {s["name"]: s["slug"] for s in schools}, {s["slug"]: s for s in schools}
    files = sorted(trust.glob("inbox/*/marks_*"), key=lambda path: path.name)
    tables = [read_marks(path, by_slug.get(path.parent.name, {"slug": "", "mis": "mysa"}), by_name) for path in files]
    days = [table.select("slug", "date").unique().with_columns(file=place) for place, table in enumerate(tables)]
    newest = pl.concat(days).group_by("slug", "date").agg(pl.col("file").max()).partition_by("file", as_dict=True)
    kept = []
    for place, covered in enumerate(days):
        mine = newest.get((place,))
        if mine is not None and mine.height < covered.height:
            kept.append(tables[place].join(mine, on=["slug", "date"], how="semi"))
        elif mine is not None:
            kept.append(tables[place])
        tables[place] = None
    return pl.concat(kept)


def newest_pupils(trust: Path) -> pl.DataFrame:
    pupils = []
    for folder in sorted((trust / "inbox").iterdir()):
        for path in sorted(folder.glob("pupils_*")):
            pupils.append(read_csv(path).with_columns(slug=pl.lit(folder.name), file=pl.lit(path.name)))
    every = pl.concat(pupils, how="diagonal").sort("file").unique(["slug", "upn"], keep="last")
    born = date_of("date_of_birth")
    return every.with_columns(
        slug=pl.col("slug").cast(pl.Categorical), upn=pl.col("upn").cast(pl.Categorical),
        cohort_year=born.dt.year() + (born.dt.month() > 8).cast(pl.Int32),
    )  # fmt: skip


def half_terms(trust: Path) -> pl.DataFrame:
    found = []
    for folder in sorted((trust / "inbox").iterdir()):
        for path in sorted(folder.glob("calendar_*")):
            rows = read_csv(path).filter(pl.col("status").str.starts_with("half_term_"))
            found.append(rows.select(slug=pl.lit(folder.name), date=date_of("date"), status="status", half_term="note"))
    both = pl.concat(found).unique()
    starts = both.filter(pl.col("status") == "half_term_start").rename({"date": "start"})
    ends = both.filter(pl.col("status") == "half_term_end").rename({"date": "end"})
    year = lambda day: pl.col(day).dt.year() - (pl.col(day).dt.month() < 8).cast(pl.Int32)  # noqa: E731
    joined = starts.with_columns(year=year("start")).join(
        ends.with_columns(year=year("end")), on=["slug", "half_term", "year"]
    )
    number = pl.col("half_term").str.slice(2).cast(pl.Int32)
    term = pl.when(number <= 2).then(pl.lit("autumn")).when(number <= 4).then(pl.lit("spring"))
    return joined.select(
        pl.col("slug").cast(pl.Categorical), "half_term", "start", "end", term=term.otherwise(pl.lit("summer")),
        year="year",
    )  # fmt: skip


def main(trust: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    config = tomllib.loads((trust / "trust.toml").read_text())
    schools = config["school"]
    codes = pl.read_csv(SEEDS / "attendance_codes.csv", try_parse_dates=True, infer_schema_length=1000)
    codes = codes.select(pl.col("code").cast(pl.Categorical), "valid_from", "valid_to", *FLAGS)
    marks = newest_marks(trust, schools).filter(pl.col("date") <= config["trust"]["as_of"])
    pupils, terms = newest_pupils(trust), half_terms(trust)

    # One row per day and session gets its period once, not every mark.
    days = marks.select("slug", "date").unique().sort("date")
    days = days.join_asof(terms.sort("start"), left_on="date", right_on="start", by="slug", check_sortedness=False)
    days = days.with_columns(
        week=pl.col("date").dt.truncate("1w").cast(pl.String),
        year=pl.format("{}/{}", pl.col("year"), ((pl.col("year") + 1) % 100).cast(pl.String).str.zfill(2)),
    )
    marks = marks.join(days.select("slug", "date", "half_term", "term", "week", "year"), on=["slug", "date"])
    dated = marks.select("code", "date").unique().join(codes, on="code", how="inner").filter(
        (pl.col("date") >= pl.col("valid_from")) & (pl.col("date") <= pl.col("valid_to").fill_null(pl.date(9999, 1, 1)))
    )  # fmt: skip
    marks = marks.join(dated.drop("valid_from", "valid_to"), on=["code", "date"], how="left")
    marks = marks.with_columns(pl.col(list(FLAGS)).fill_null(False))
    sums = [pl.col(flag).sum().cast(pl.Int32).alias(name) for flag, name in FLAGS.items()]
    missing = pl.col("code").is_null().sum().cast(pl.Int32).alias(MISSING)
    weekly = marks.group_by("slug", "upn", "year", "term", "half_term", "week").agg(*sums, missing)
    slots = marks.group_by(
        "slug", "year", "term", "half_term", "week", "session", weekday=pl.col("date").dt.strftime("%A")
    ).agg(*sums, missing)

    keys = {
        "week": pl.col("week"),
        "half_term": pl.col("year") + " " + pl.col("half_term"),
        "term": pl.col("year") + " " + pl.col("term"),
        "year": pl.col("year"),
    }
    bands = pl.concat(
        weekly.group_by("slug", "upn", "year", period_key=key).agg(pl.col([*COUNTS, MISSING]).sum())
        .with_columns(period_type=pl.lit(kind)) for kind, key in keys.items()
    )  # fmt: skip
    possible, absent = pl.col("possible_sessions"), pl.col("absent_sessions")
    bands = bands.join(pupils, on=["slug", "upn"], how="left").with_columns(
        absence_band=pl.when(possible > 0).then((20 * absent // possible).clip(0, 10)),
        is_persistently_absent=(possible > 0) & (10 * absent >= possible),
        is_severely_absent=(possible > 0) & (2 * absent >= possible),
        is_compulsory_school_age=(pl.col("year").str.slice(0, 4).cast(pl.Int32) - pl.col("cohort_year")).is_between(
            5, 15
        ),
        all=pl.lit("all"),
    )
    period = ["slug", "year", "period_type", "period_key"]
    shape = bands.filter(possible > 0).group_by(*period, "year_group", "absence_band").agg(pupils=pl.len())
    counted = [pl.col([*COUNTS, MISSING]).sum(), (possible > 0).sum().alias("pupils"),
               pl.col("is_persistently_absent").sum(), pl.col("is_severely_absent").sum()]  # fmt: skip
    cohorts = pl.concat(
        bands.filter(pl.col("is_compulsory_school_age") | (population == "all"))
        .group_by(*period, pl.col(dimension).fill_null("unknown").cast(pl.String).alias("cohort")).agg(counted)
        .with_columns(population=pl.lit(population), cohort_dimension=pl.lit(dimension))
        for dimension in COHORTS for population in ("all", "compulsory_school_age")
    )  # fmt: skip
    by_slot = pl.concat(
        slots.group_by("slug", "year", pl.col(slot).cast(pl.String).alias("cohort"), period_key=key)
        .agg(pl.col([*COUNTS, MISSING]).sum()).with_columns(period_type=pl.lit(kind), cohort_dimension=pl.lit(slot))
        for slot in ("weekday", "session") for kind, key in keys.items()
    ).with_columns(population=pl.lit("all"))  # fmt: skip
    cohorts = pl.concat([cohorts, by_slot], how="diagonal_relaxed").with_columns(
        **{name.replace("_sessions", "_percent"): 100 * pl.col(name) / possible for name in COUNTS[1:]}
    )
    by_year = marks.join(pupils.select("slug", "upn", "year_group"), on=["slug", "upn"], how="left")
    usage = pl.concat(
        by_year.group_by("slug", "year", "year_group", "code", period_key=key).agg(sessions=pl.len())
        .with_columns(period_type=pl.lit(kind)) for kind, key in keys.items()
    )  # fmt: skip
    registers = marks.group_by("slug", "date", "session").agg(expected_marks=pl.len(), missing_marks=missing)
    for name, table in {"bands": bands, "band_distribution": shape, "cohorts": cohorts, "code_usage": usage,
                        "register_completeness": registers}.items():  # fmt: skip
        table.write_parquet(out / f"{name}.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
