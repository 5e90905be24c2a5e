"""DfE's own files, dropped into the trust's inbox as they are published."""

import datetime as dt
import os
from pathlib import Path

import polars as pl
import pytest

from ingestion.ledger import entries
from tests.unit.ingestion.helpers import lake, land, make_trust, put

PLACE = "geographic_level,country_code,country_name,region_code,region_name,new_la_code,la_name,old_la_code"
SUMS = "enrolments,overall_attendance,overall_absence,authorised_absence,unauthorised_absence,late_sessions"
ENGLAND = "National,E92000001,England,,,,,"
KENT = "Local authority,E92000001,England,E12000008,South East,E10000016,Kent,886"
DAILY = f"time_period,time_identifier,{PLACE},education_phase,{SUMS},possible_sessions,reason_n_no_reason_yet,pa_perc"
EARLIER = f"academic_year,time_identifier,{PLACE},school_type,{SUMS},possible_sessions,reason_n_no_reason_yet,pa_perc"
FIGURES = "10,940,60,40,20,9,1000,3,18.5"


def _figures(table: pl.DataFrame, **where: str) -> dict[str, float | None]:
    for name, value in where.items():
        table = table.filter(pl.col(name) == value)
    return dict(table.drop_nulls("figure").select("figure", "value").iter_rows())


def test_a_file_is_known_by_its_headings_whatever_it_is_called(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(
        folder, "_trust", "sub/EES_ytd_data_2024-25.csv", f"{DAILY}\n202425,Academic year,{ENGLAND},Primary,{FIGURES}\n"
    )
    (landed,) = land(trust, folder)
    assert (landed.kind, landed.rows, landed.refused, landed.problem) == ("benchmarks", 1, 0, None)
    assert [entry.layout for entry in entries(folder)] == ["dfe_daily"]
    table = lake(folder, "benchmarks")
    place = table.select("academic_year", "time_window", "geography_level", "geography_code", "school_phase").row(0)
    assert place == ("2024/25", "year", "national", "E92000001", "primary")
    found = _figures(table)
    assert found["possible_sessions"] == 1000
    assert found["reason_n_no_reason_yet"] == 3
    assert found["persistent_absence_percent"] == 18.5


def test_both_headings_for_the_phase_and_the_year_are_read(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "_trust", "a.csv", f"{EARLIER}\n2023/24,Autumn term,{KENT},Secondary,{FIGURES}\n")
    land(trust, folder)
    row = lake(folder, "benchmarks").row(0, named=True)
    assert (row["academic_year"], row["time_window"], row["school_phase"]) == ("2023/24", "autumn", "secondary")
    assert (row["geography_level"], row["geography_code"], row["geography_name"]) == ("local_authority", "886", "Kent")


@pytest.mark.parametrize("sign", ["c", "x", "z", "low", ":", ".", "..", "C", ""])
def test_what_dfe_withholds_is_no_figure_and_not_nought(tmp_path: Path, sign: str) -> None:
    trust, folder = make_trust(tmp_path)
    cells = ["10", sign, "0", "40", "20", "9", "1000", sign, sign]
    put(folder, "_trust", "a.csv", f"{DAILY}\n202425,Academic year,{KENT},Primary,{','.join(cells)}\n")
    land(trust, folder)
    found = _figures(lake(folder, "benchmarks"))
    assert found["overall_attendance"] is None
    assert found["reason_n_no_reason_yet"] is None
    assert found["overall_absence"] == 0
    assert entries(folder)[0].unread_values == {}


def test_a_cell_that_is_neither_number_nor_sign_is_counted(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "_trust", "a.csv", f"{DAILY}\n202425,Academic year,{ENGLAND},Primary,10,many,60,40,20,9,1000,3,18.5\n")
    land(trust, folder)
    assert _figures(lake(folder, "benchmarks"))["overall_attendance"] is None
    assert entries(folder)[0].unread_values == {"overall_attendance": 1}


def test_broken_rows_are_refused_with_line_and_reason_and_the_rest_is_kept(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    lines = [
        f"202425,Academic year,{ENGLAND},Primary,{FIGURES}",
        f"next year,Academic year,{ENGLAND},Primary,{FIGURES}",
        f"202425,Academic year,{ENGLAND},,{FIGURES}",
        f"202425,Academic year,School,E92000001,England,,,,,,Primary,{FIGURES}".replace(",,,,,,P", ",,,,,P"),
    ]
    put(folder, "_trust", "a.csv", "\n".join([DAILY, *lines]) + "\n")
    (landed,) = land(trust, folder)
    assert (landed.rows, landed.refused) == (4, 2)
    reasons = lake(folder, "benchmarks").drop_nulls("row_reason").select("source_row", "row_reason").rows()
    assert reasons == [(3, "malformed_date"), (4, "missing_value")]
    kept = pl.read_parquet(next((folder.quarantine / "_trust").glob("*.parquet")))
    assert kept["source_row"].to_list() == [3, 4]


def test_two_rows_about_the_same_place_that_differ_are_not_chosen_between(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    row = f"202425,Academic year,{ENGLAND},Primary,"
    other = FIGURES.replace("940", "930")
    put(folder, "_trust", "a.csv", f"{DAILY}\n{row}{FIGURES}\n{row}{other}\n")
    land(trust, folder)
    table = lake(folder, "benchmarks")
    assert table["duplicate"].to_list() == ["conflicting", "conflicting"]
    assert table["figure"].null_count() == 2


def test_a_file_that_looks_like_none_of_dfes_is_refused_as_before(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "_trust", "EES_something.csv", "time_period,geographic_level,number\n202425,National,3\n")
    put(folder, "_trust", "benchmarks_20260901.csv", "time_period,geographic_level,number\n202425,National,3\n")
    first, second = land(trust, folder)
    assert "does not begin with a kind" in str(first.problem)
    assert "none of DfE's files" in str(second.problem)


def test_figures_of_a_running_year_reach_to_the_day_they_were_published(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    content = (
        f"{DAILY}\n202526,Academic year,{ENGLAND},Primary,{FIGURES}\n202526,Autumn term,{ENGLAND},Primary,{FIGURES}\n"
    )
    path = put(folder, "_trust", "EES_ytd_data_2025-26.csv", content)
    stamp = dt.datetime(2026, 2, 1, 12).timestamp()
    os.utime(path, (stamp, stamp))
    named = put(folder, "_trust", "EES_ytd_data_2025-26_to_2026-01-16.csv", content + "\n")
    os.utime(named, (stamp, stamp))
    land(trust, folder)
    found = lake(folder, "benchmarks").group_by("time_window", "as_published_to").len().drop("len").rows()
    assert set(found) == {
        ("year", dt.date(2026, 2, 1)),  # by the file's date, before the year's end
        ("autumn", None),  # over by then
        ("year", dt.date(2026, 1, 16)),
        ("autumn", dt.date(2026, 1, 16)),
    }


def test_schools_characteristics_and_absence_come_in_the_same_way(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    values = (
        "URN,KS2MRP,PPPerc,PercentEAL,Polar4QuintilePupils,PStability,IdaciPupils,PercentSchSupport,NumberOfPupils,"
        "PercentageStatementOrEHP,Att8Scr\n100049,103.7,72.5,50.6,3.9,76.7,NA,13.8,909,5.9,41.5\n"
    )
    wide = (
        "time_period,time_identifier,geographic_level,school_urn,school_name,education_phase,sess_overall_percent,"
        "enrolments_pa_10_exact_percent\n202425,Academic year,School,100049,Haverstock,Secondary,8.5,24.1\n"
    )
    long = "time_period,urn,measure,value_percent\n202324,100049,sess_overall_percent,9.25\n"
    for name, content in (("v.csv", values), ("w.csv", wide), ("l.csv", long)):
        put(folder, "_trust", name, content)
    assert {one.problem for one in land(trust, folder)} == {None}
    table = lake(folder, "benchmarks")
    assert set(table["geography_code"]) == {"100049"}
    found = _figures(table, dataset="school_values")
    assert found["prior_attainment"] == 103.7
    assert found["idaci_score"] is None
    assert set(table.filter(pl.col("dataset") == "school_values")["school_phase"]) == {"secondary"}
    absence = {"dataset": "school_absence"}
    assert _figures(table, academic_year="2024/25", **absence)["overall_absence_percent"] == 8.5
    assert _figures(table, academic_year="2023/24", **absence) == {"overall_absence_percent": 9.25}
