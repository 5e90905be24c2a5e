"""Taking in: nothing is lost, nothing counts twice, a crash heals."""

import os
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from ingestion import landing
from ingestion.files import write_private_atomically
from ingestion.identity import identities, pupil_key, read_secret
from ingestion.ledger import entries
from ingestion.trust import TrustError, load_trust
from tests.unit.ingestion.helpers import HEADER, OTHER, PERMANENT, lake, land, make_trust, put, school

ROW = f"{PERMANENT},2025-09-04,AM,/\n"


def test_the_bytes_are_archived_read_only_and_the_inbox_is_emptied(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    path = put(folder, "ash", "week 36/marks_20251001.csv", HEADER + ROW)
    content = path.read_bytes()
    land(trust, folder)
    kept = list((folder.archive / "ash").iterdir())
    assert [file.read_bytes() for file in kept] == [content]
    assert kept[0].stat().st_mode & 0o777 == 0o400
    assert not path.exists()


def test_the_same_bytes_again_change_nothing_but_at_another_school_they_are_an_extract(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path, school("ash", 900001, "generic"), school("birch", 900002, "generic"))
    put(folder, "ash", "marks_20251001.csv", HEADER + ROW)
    land(trust, folder)
    put(folder, "ash", "marks_20251001.csv", HEADER + ROW)
    put(folder, "birch", "marks_20251001.csv", HEADER + ROW)
    assert [one.repeated for one in land(trust, folder)] == [True, False]
    assert lake(folder, "marks")["slug"].to_list() == ["ash", "birch"]


@pytest.mark.parametrize("order", [("20251001", "20251008"), ("20251008", "20251001")])
def test_of_equal_bytes_the_earliest_export_counts_in_any_order(tmp_path: Path, order: tuple[str, str]) -> None:
    trust, folder = make_trust(tmp_path)
    for stamp in order:
        put(folder, "ash", f"marks_{stamp}.csv", HEADER + ROW)
        land(trust, folder)
    (entry,) = entries(folder)
    assert (entry.first.file_name, len(entry.deliveries)) == ("marks_20251001.csv", 2)


def test_files_that_cannot_be_used_are_refused_in_words_and_the_rest_goes_on(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20251001.csv", b"")
    put(folder, "ash", "marks_20251002.csv", b"\x00\x01\x02")
    put(folder, "ash", "marks_20251003.csv", "pupil,when\nA,B\nC,D\n")
    put(folder, "ash", "notes.txt", "hello")
    put(folder, "ash", "marks_20251004.csv", HEADER + ROW)
    put(folder, "elm", "marks_20251004.csv", HEADER + ROW)
    problems = {(one.inbox, one.file_name): (one.problem, one.reasons) for one in land(trust, folder)}
    assert problems["ash", "marks_20251001.csv"] == ("the file is empty", {"unreadable_file": 1})
    assert problems["ash", "marks_20251002.csv"][1] == {"unreadable_file": 1}
    assert problems["ash", "marks_20251003.csv"] == (
        "no column was found for upn, date, session, code",
        {"missing_column": 2},
    )
    assert problems["ash", "notes.txt"][1] == {"unreadable_file": 1}
    assert problems["ash", "marks_20251004.csv"] == (None, {})
    assert problems["elm", "marks_20251004.csv"][1] == {"unknown_school": 1}
    assert len(list(folder.archive.rglob("*.*"))) == 6
    refused = lake(folder, "refused")
    assert refused.group_by("row_reason").len().sort("row_reason").rows() == [
        ("missing_column", 2),
        ("unknown_school", 1),
        ("unreadable_file", 3),
    ]


def test_mended_settings_make_a_refused_file_be_read_again(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20251001.csv", HEADER.replace("code", "register mark") + ROW)
    assert land(trust, folder)[0].problem == "no column was found for code"
    with folder.config.open("a") as config:
        config.write('[school.columns]\n"register mark" = "code"\n')
    again = land(load_trust(folder.root), folder)
    assert [(one.rows, one.problem) for one in again] == [(1, None)]
    assert not list((folder.lake / "refused" / "ash").iterdir())
    assert lake(folder, "marks")["code"].to_list() == ["/"]


@pytest.mark.parametrize(
    "step",
    [
        "landing.write_private_atomically",
        "storing.write_parquet_atomically",
        "storing.store_refused",
        "landing.write_entry",
    ],
)
def test_a_crash_between_steps_is_healed_by_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20251001.csv", HEADER + ROW + f"BAD,2025-09-04,AM,/\n{OTHER},2025-09-04,PM,\\\n")
    with monkeypatch.context() as patched:
        patched.setattr(f"ingestion.{step}", lambda *_, **__: (_ for _ in ()).throw(OSError("the machine died")))
        with pytest.raises(OSError, match="died"):
            land(trust, folder)
    assert [one.rows for one in land(trust, folder)] == [3]
    assert lake(folder, "marks").height == 3
    assert len(entries(folder)) == 1


def test_a_file_that_grows_while_it_is_read_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust, folder = make_trust(tmp_path)
    path = put(folder, "ash", "marks_20251001.csv", HEADER)
    real = os.fstat

    def growing(descriptor: int) -> os.stat_result:
        found = real(descriptor)
        with path.open("a") as handle:
            handle.write(ROW)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(os, "fstat", growing)
        assert land(trust, folder) == []
    assert path.exists()
    assert [one.rows for one in land(trust, folder)] == [2]


def test_a_trust_without_a_history_gets_a_secret_and_one_with_it_never_a_new_one(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    secret = folder.identity / "pupil_key.secret"
    secret.unlink()
    put(folder, "ash", "marks_20251001.csv", HEADER + ROW)
    land(trust, folder)
    assert secret.stat().st_mode & 0o777 == 0o600
    secret.unlink()
    with pytest.raises(TrustError, match="restore it"):
        land(trust, folder)


def test_upns_and_names_stay_in_the_identity_store(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(
        folder,
        "ash",
        "pupils_20250901.csv",
        "upn,forename,surname,date_of_birth,entry_date,postcode\n"
        f"{PERMANENT},Zoë,Quillfeather,2016-03-09,2020-09-01,NG8 3AF\n",
    )
    put(folder, "ash", "marks_20251001.csv", HEADER + ROW + f"{PERMANENT},2025-09-04,PM,Quillfeather\n")
    land(trust, folder)
    key = pupil_key(PERMANENT, read_secret(folder))
    assert lake(folder, "marks")["pupil_key"].to_list() == [key, key]
    people = identities(folder).filter(surname="Quillfeather").collect()
    assert people.select("pupil_key", "upn", "forename").rows() == [(key, PERMANENT, "Zoë")]
    for path in folder.lake.rglob("*"):
        content = path.read_bytes().upper() if path.is_file() else b""
        assert not any(word in content for word in (PERMANENT.encode(), b"QUILLFEATHER", b"NG8", b"2016-03-09")), path
    for path in [*folder.quarantine.rglob("*.parquet"), *folder.identity.rglob("*.parquet")]:
        assert path.stat().st_mode & 0o077 == 0


def test_files_taken_together_are_judged_as_if_each_had_come_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = []
    for portion in (1, landing._PORTION_OF_BYTES):
        monkeypatch.setattr(landing, "_PORTION_OF_BYTES", portion)
        trust, folder = make_trust(tmp_path / str(portion))
        write_private_atomically(folder.identity / "pupil_key.secret", b"the same in both")
        put(folder, "ash", "marks_20251001.csv", HEADER + ROW + f"{OTHER},2025-09-32,AM,/\nBAD,2025-09-04,AM,/\n")
        put(folder, "ash", "marks_20251002.csv", HEADER + ROW + ROW + f"{OTHER},2025-09-04,AM,N\n")
        put(folder, "ash", "marks_20251003.csv", HEADER)
        put(folder, "ash", "marks_20251004.csv", HEADER + ROW + ROW.replace(",/", ",N") + ROW.lower())
        put(folder, "ash", "marks_20251005.csv", HEADER + ROW + ROW + f"{OTHER},2025-09-04,AM,N\n")
        put(folder, "ash", "marks_20251006.csv", HEADER.replace("code", "mark") + ROW)
        pupils = "upn,sex,entry_date\n"
        put(folder, "ash", "pupils_20250901.csv", pupils + f"{PERMANENT},?,2020-09-01\n{OTHER},F,yesterday\n")
        put(folder, "ash", "pupils_20250902.csv", pupils + f"{OTHER},F,2020-09-01\n{OTHER},F,2020-09-01\n")
        landed = [replace(one, inbox="") for one in land(trust, folder)]
        tables = [
            (path.relative_to(folder.root), pl.read_parquet(path).rows())
            for part in (folder.lake, folder.identity, folder.quarantine)
            for path in sorted(part.rglob("*.parquet"))
            if path.parent != folder.reference
        ]
        ledger = [entry.model_dump(exclude={"deliveries": {"__all__": {"received_at"}}}) for entry in entries(folder)]
        kept.append((landed, tables, ledger))
    assert [one.repeated for one in kept[1][0]].count(True) == 1
    assert kept[0] == kept[1]
