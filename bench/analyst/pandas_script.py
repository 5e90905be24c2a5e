"""The attendance tables as a good analyst writes them with pandas: one script, no validation, no history.

    python bench/analyst/pandas_script.py TRUST OUT

The same tables from the same files as polars_script.py makes, with the same things left out; see there. Texts that
repeat are categories, groups are made on them, and periods are looked up once a day, as pandas' own advice has it.
"""

import json
import re
import sys
import tomllib
from pathlib import Path

import pandas as pd
from pandas.api.types import union_categoricals
from polars_script import COHORTS, COLUMNS, COUNTS, FLAGS, MISSING, SEEDS

BLANK = ["", "-", "--"]
REPEATED = ["slug", "upn", "session", "code"]
MARKS = [*REPEATED, "date"]


def dates(texts: pd.Series) -> pd.Series:
    """Each text that occurs is read once."""
    known = pd.Series(texts.unique())
    form = "%Y-%m-%d" if known.dropna().str.fullmatch(r"\d{4}-\d\d-\d\d").all() else "%d/%m/%Y"
    return texts.map(dict(zip(known, pd.to_datetime(known, format=form, errors="coerce"), strict=True)))


def read_csv(path: Path) -> pd.DataFrame:
    head = path.open("rb").readline()
    separator = chr(max(b",;\t", key=head.count))
    try:
        return pd.read_csv(path, sep=separator, dtype="str", engine="pyarrow", encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError):
        return pd.read_csv(path, sep=separator, dtype="str", encoding="cp1252")


def read_marks(path: Path, school: dict, by_name: dict[str, str]) -> pd.DataFrame:
    if path.suffix == ".json":
        records = json.loads(path.read_bytes())
        table = pd.DataFrame(records["data"] if isinstance(records, dict) else records)
    else:
        table = read_csv(path)
    sessions = [name for name in table.columns if re.match(r"\d.* [AP]M$", name)]
    if sessions:
        table = table.rename(columns={"UPN": "upn"}).melt("upn", sessions, "slot", "code")
        parts = {slot: slot.split(" ") for slot in sessions}
        table["date"] = table["slot"].map({slot: date for slot, (date, _) in parts.items()})
        table["session"] = table["slot"].map({slot: session for slot, (_, session) in parts.items()})
    else:
        table = table.rename(columns=COLUMNS["mysa" if "School Name" in table.columns else school["mis"]])
    table["slug"] = table["school"].map(by_name) if "school" in table.columns else school["slug"]
    table["date"] = dates(table["date"])
    code = table["code"].str.strip().str.upper()
    table["code"] = code.where(~code.isin(BLANK))
    return table[MARKS].dropna(subset=["slug", "date"]).astype(dict.fromkeys(REPEATED, "category"))


def newest_marks(trust: Path, schools: list[dict]) -> pd.DataFrame:
    """Every school-date from the newest file that covers it."""
    by_name, by_slug = {s["name"]: s["slug"] for s in schools}, {s["slug"]: s for s in schools}
    files = sorted(trust.glob("inbox/*/marks_*"), key=lambda path: path.name)
    tables = [read_marks(path, by_slug.get(path.parent.name, {"slug": "", "mis": "mysa"}), by_name) for path in files]
    covered = [table[["slug", "date"]].drop_duplicates().astype({"slug": "str"}) for table in tables]
    days = pd.concat(covered, keys=range(len(tables)), names=["file", None]).reset_index("file")
    newest = dict(list(days.drop_duplicates(["slug", "date"], keep="last").groupby("file")[["slug", "date"]]))
    kept = []
    for place, mine in newest.items():
        marks = tables[place]
        if len(mine) < len(covered[place]):
            of = pd.MultiIndex.from_frame(marks[["slug", "date"]])
            marks = marks[of.isin(pd.MultiIndex.from_frame(mine))]
        kept.append(marks)
    columns = {name: union_categoricals([marks[name] for marks in kept]) for name in REPEATED}
    return pd.DataFrame({**columns, "date": pd.concat([marks["date"] for marks in kept], ignore_index=True)})


def newest_pupils(trust: Path) -> pd.DataFrame:
    found = []
    for path in sorted(trust.glob("inbox/*/pupils_*"), key=lambda path: path.name):
        pupils = read_csv(path)
        pupils["date_of_birth"] = dates(pupils["date_of_birth"])
        found.append(pupils.assign(slug=path.parent.name))
    every = pd.concat(found, ignore_index=True).drop_duplicates(["slug", "upn"], keep="last")
    born = every["date_of_birth"]
    return every.assign(cohort_year=born.dt.year + (born.dt.month > 8))


def half_terms(trust: Path) -> pd.DataFrame:
    found = []
    for path in sorted(trust.glob("inbox/*/calendar_*")):
        rows = read_csv(path)
        rows = rows[rows["status"].fillna("").str.startswith("half_term_")]
        found.append(pd.DataFrame({"slug": path.parent.name, "date": dates(rows["date"]), "status": rows["status"],
                                   "half_term": rows["note"]}))  # fmt: skip
    both = pd.concat(found).drop_duplicates()
    both["year"] = both["date"].dt.year - (both["date"].dt.month < 8)
    wide = both.pivot(index=["slug", "half_term", "year"], columns="status", values="date").reset_index()
    number = wide["half_term"].str[2:].astype(int)
    wide["term"] = number.map(lambda n: ("autumn", "spring", "summer")[(n - 1) // 2])
    return wide.sort_values("half_term_start")


def main(trust: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    config = tomllib.loads((trust / "trust.toml").read_text())
    codes = pd.read_csv(SEEDS / "attendance_codes.csv", parse_dates=["valid_from", "valid_to"])
    marks = newest_marks(trust, config["school"])
    marks = marks[marks["date"] <= pd.Timestamp(config["trust"]["as_of"])]
    pupils, terms = newest_pupils(trust), half_terms(trust)

    days = marks[["slug", "date"]].drop_duplicates().sort_values("date").astype({"slug": "str"})
    days = pd.merge_asof(days, terms, left_on="date", right_on="half_term_start", by="slug")
    days["week"] = (days["date"] - pd.to_timedelta(days["date"].dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d")
    start = days["year"].astype(int)
    days["year"] = start.astype(str) + "/" + ((start + 1) % 100).astype(str).str.zfill(2)
    days["half_term_key"], days["term_key"] = days["year"] + " " + days["half_term"], days["year"] + " " + days["term"]
    days["weekday"] = days["date"].dt.day_name()
    keys = {"week": "week", "half_term": "half_term_key", "term": "term_key", "year": "year"}
    looked_up = ["week", "half_term_key", "term_key", "year", "weekday"]
    days = days.astype(dict.fromkeys(looked_up, "category")).astype({"slug": marks["slug"].dtype})
    marks = marks.merge(days[["slug", "date", *looked_up]], on=["slug", "date"])
    dated = marks[["code", "date"]].drop_duplicates().dropna().merge(codes, on="code")
    dated = dated[(dated["date"] >= dated["valid_from"]) & ~(dated["date"] > dated["valid_to"])]
    dated = dated.astype({"code": marks["code"].dtype})
    marks = marks.merge(dated[["code", "date", *FLAGS]], on=["code", "date"], how="left").rename(columns=FLAGS)
    for name in COUNTS:
        marks[name] = marks[name].eq(True)
    marks[MISSING] = marks["code"].isna()
    sums = [*COUNTS, MISSING]

    def summed(table: pd.DataFrame, by: list[str], columns: list[str] = sums) -> pd.DataFrame:
        return table.groupby(by, observed=True, dropna=False, sort=False)[columns].sum().reset_index()

    weekly = summed(marks, ["slug", "upn", *keys.values()])
    slots = summed(marks, ["slug", "session", "weekday", *keys.values()])
    bands = pd.concat(
        summed(weekly, list(dict.fromkeys(["slug", "upn", "year", key])))
        .assign(period_type=kind, period_key=lambda table, key=key: table[key].astype(str))
        for kind, key in keys.items()
    )  # fmt: skip
    bands = bands[["slug", "upn", "year", "period_type", "period_key", *sums]].astype({"slug": "str", "upn": "str"})
    bands = bands.merge(pupils, on=["slug", "upn"], how="left")
    possible, absent = bands["possible_sessions"], bands["absent_sessions"]
    has = possible > 0
    bands["absence_band"] = (20 * absent // possible.where(has)).clip(0, 10)
    bands["is_persistently_absent"] = has & (10 * absent >= possible)
    bands["is_severely_absent"] = has & (2 * absent >= possible)
    age = bands["year"].astype(str).str[:4].astype(int) - bands["cohort_year"]
    bands["is_compulsory_school_age"] = age.between(5, 15)
    bands["pupils"], bands["all"] = has, "all"
    period = ["slug", "year", "period_type", "period_key"]
    shape = bands[has].groupby([*period, "year_group", "absence_band"]).size().rename("pupils").reset_index()
    counted = [*sums, "pupils", "is_persistently_absent", "is_severely_absent"]
    bands[COHORTS] = bands[COHORTS].fillna("unknown").astype("category")
    found = []
    for population in ("all", "compulsory_school_age"):
        chosen = bands if population == "all" else bands[bands["is_compulsory_school_age"]]
        for dimension in COHORTS:
            cells = summed(chosen, [*period, dimension], counted).rename(columns={dimension: "cohort"})
            found.append(cells.assign(population=population, cohort_dimension=dimension).astype({"cohort": "str"}))
    for slot in ("weekday", "session"):
        for kind, key in keys.items():
            cells = summed(slots, list(dict.fromkeys(["slug", "year", key, slot])))
            texts = {"period_key": cells[key].astype(str), "cohort": cells[slot].astype(str)}
            found.append(cells.assign(period_type=kind, cohort_dimension=slot, population="all", **texts))
    cohorts = pd.concat(found, ignore_index=True)[
        [*period, "population", "cohort_dimension", "cohort", *counted]
    ].astype({"slug": "str", "year": "str"})
    for name in COUNTS[1:]:
        cohorts[name.replace("_sessions", "_percent")] = 100 * cohorts[name] / cohorts["possible_sessions"]
    groups = pupils[["slug", "upn", "year_group"]].astype({"slug": marks["slug"].dtype, "upn": marks["upn"].dtype})
    coded = marks[["slug", "upn", "code", *keys.values()]].merge(groups, on=["slug", "upn"], how="left")
    usage = pd.concat(
        coded.groupby(list(dict.fromkeys(["slug", "year", key, "year_group", "code"])), observed=True, dropna=False)
        .size().rename("sessions").reset_index().assign(period_type=kind) for kind, key in keys.items()
    )  # fmt: skip
    registers = marks.groupby(["slug", "date", "session"], observed=True)[MISSING].agg(["size", "sum"]).reset_index()
    registers = registers.rename(columns={"size": "expected_marks", "sum": "missing_marks"})
    for name, table in {"bands": bands, "band_distribution": shape, "cohorts": cohorts, "code_usage": usage,
                        "register_completeness": registers}.items():  # fmt: skip
        table.to_parquet(out / f"{name}.parquet")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
