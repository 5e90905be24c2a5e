"""Inboxes as others leave them: files that grow, vanish, cannot be removed or opened, and things that are no files."""

import errno
import json
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from ingestion import inbox as inboxes_module
from ingestion.inbox import FIXED, GROWING, NO_FILE, TOO_LARGE, UNREADABLE, WORDS, Left, plain_name, ready, waiting
from ingestion.landing import land_inbox
from ingestion.ledger import entries, read_name
from ingestion.leftovers import clear_leftovers
from tests.unit.ingestion.helpers import HEADER, OTHER, PERMANENT, lake, land, make_trust, put

ROW = f"{PERMANENT},2025-09-04,AM,/\n"
LATER = f"{OTHER},2025-09-04,AM,/\n"


def test_a_file_that_is_being_written_waits_and_a_settled_one_does_not(tmp_path: Path) -> None:
    _, folder = make_trust(tmp_path)
    settled = put(folder, "ash", "marks_20251001.csv", HEADER + ROW)
    os.utime(settled, (time.time() - 60,) * 2)
    grows = put(folder, "ash", "marks_20251002.csv", HEADER)
    done = threading.Event()

    def write() -> None:
        while not done.wait(0.02):
            with grows.open("a") as out:
                out.write(ROW)

    writer = threading.Thread(target=write)
    writer.start()
    told: list[Left] = []
    try:
        assert ready(folder, ["ash"], told.append) == {"ash": [settled]}
    finally:
        done.set()
        writer.join()
    assert told == [Left("ash", grows.name, GROWING)]
    assert ready(folder, ["ash"])["ash"] == [settled, grows]


def test_there_is_one_wait_for_all_and_none_without_a_fresh_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, folder = make_trust(tmp_path)
    waits: list[float] = []
    monkeypatch.setattr(inboxes_module.time, "sleep", waits.append)
    files = [put(folder, "ash", f"marks_202510{day:02d}.csv", HEADER + ROW) for day in range(1, 9)]
    assert ready(folder, ["ash"])["ash"] == files
    assert len(waits) == 1
    for path in files:
        os.utime(path, (time.time() - 60,) * 2)
    assert ready(folder, ["ash"])["ash"] == files
    assert len(waits) == 1


@pytest.mark.parametrize(
    ("name", "content", "whole"),
    [
        ("marks_1.csv", HEADER + ROW, True),
        ("marks_1.csv", HEADER + ROW[:-4], False),
        ("marks_1.csv", (HEADER + ROW).encode("utf-16"), True),
        ("marks_1.csv", "", True),
        ("marks_1.json", '[{"upn": 1}]\n ', True),
        ("marks_1.json", '[{"upn": 1}, {"up', False),
        ("marks_1.parquet", b"PAR1....PAR1", True),
        ("marks_1.parquet", b"PAR1....", False),
        ("notes.txt", "anything", True),
    ],
)
def test_a_fresh_file_without_its_end_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str | bytes, whole: bool
) -> None:
    _, folder = make_trust(tmp_path)
    monkeypatch.setattr(inboxes_module.time, "sleep", lambda _: None)
    path = put(folder, "ash", name, content)
    assert bool(ready(folder, ["ash"])["ash"]) is whole
    os.utime(path, (time.time() - 60,) * 2)
    assert ready(folder, ["ash"])["ash"] == [path], "a file that nobody writes any more is taken as it is"


def test_what_is_no_file_is_left_alone_and_said(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    inbox = folder.inbox / "ash"
    put(folder, "ash", "marks_20250101.csv/marks_20251001.csv", HEADER + ROW)
    os.mkfifo(inbox / "marks_20251002.csv")
    (inbox / "marks_20251003.csv").symlink_to(tmp_path / "nowhere.csv")
    (inbox / "linked").symlink_to(tmp_path)
    with socket.socket(socket.AF_UNIX) as sock:
        here = Path.cwd()
        os.chdir(inbox)
        try:
            sock.bind("marks_20251004.csv")
        finally:
            os.chdir(here)
    put(folder, "ash", ".rsync-partial/marks_20251005.csv", HEADER)
    put(folder, "ash", "marks_20251006.csv.filepart", HEADER)
    told: list[Left] = []
    landed = land_inbox(trust, folder, "ash", tell=told.append)
    assert [one.file_name for one in landed] == ["marks_20251001.csv"]
    names = ["linked", *(f"marks_2025100{day}.csv" for day in (2, 3, 4))]
    assert sorted(told, key=lambda left: left.file_name) == [Left("ash", name, NO_FILE) for name in names]
    assert set(WORDS) == {GROWING, UNREADABLE, NO_FILE, TOO_LARGE, FIXED}


def test_a_file_that_goes_or_changes_kind_or_cannot_be_opened_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust, folder = make_trust(tmp_path)
    gone, pipe, locked, fine = (put(folder, "ash", f"marks_2025100{n}.csv", HEADER + ROW + "\n" * n) for n in range(4))
    files = waiting(folder, "ash")
    gone.unlink()
    pipe.unlink()
    os.mkfifo(pipe)
    real = os.open

    def refuse(path: str | Path, *rest: int, **more: int) -> int:
        if Path(path) == locked:
            raise PermissionError(errno.EACCES, "no", str(path))
        return real(path, *rest, **more)

    monkeypatch.setattr(inboxes_module.os, "open", refuse)
    told: list[Left] = []
    landed = land_inbox(trust, folder, "ash", files=files, tell=told.append)
    assert [one.file_name for one in landed] == [fine.name]
    assert told == [Left("ash", pipe.name, NO_FILE), Left("ash", locked.name, UNREADABLE)]


def test_a_file_replaced_while_it_is_taken_in_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust, folder = make_trust(tmp_path)
    path = put(folder, "ash", "marks_20251001.csv", HEADER + ROW)
    real = inboxes_module.take_out

    def replaced_before(*arguments: object) -> bool:
        fresh = path.with_suffix(".new")
        fresh.write_text(HEADER + LATER)
        fresh.rename(path)
        return real(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr("ingestion.landing.take_out", replaced_before)
        assert len(land(trust, folder)) == 1
    assert path.read_text() == HEADER + LATER
    assert [one.rows for one in land(trust, folder)] == [1]
    assert lake(folder, "marks").height == 2


def test_a_file_that_cannot_be_removed_is_taken_in_once_until_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust, folder = make_trust(tmp_path)
    path = put(folder, "ash", "marks_20251001.csv", HEADER + ROW)
    real = Path.unlink

    def read_only(self: Path, missing_ok: bool = False) -> None:
        if folder.inbox in self.parents:
            raise OSError(errno.EROFS, "Read-only file system", str(self))
        real(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", read_only)
    told: list[Left] = []
    assert [one.rows for one in land_inbox(trust, folder, "ash", tell=told.append)] == [1]
    assert told == [Left("ash", path.name, FIXED)]
    assert waiting(folder, "ash") == []
    assert land_inbox(trust, folder, "ash", tell=told.append) == []
    assert len(told) == 1, "said once"
    listed = next((folder.quarantine / ".fixed").iterdir())
    assert listed.stat().st_mode & 0o777 == 0o600
    assert "marks" not in listed.read_text()

    path.write_text(HEADER + ROW + LATER)
    assert [one.rows for one in land_inbox(trust, folder, "ash")] == [2]
    assert waiting(folder, "ash") == []
    listed.write_text("{torn")
    assert [one.repeated for one in land_inbox(trust, folder, "ash")] == [True], "a lost list costs one look"
    assert len(entries(folder)) == 2


def test_a_file_too_large_to_read_stays_and_costs_nothing(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    path = put(folder, "ash", "marks_20251001.csv", HEADER)
    os.truncate(path, 1 << 40)
    told: list[Left] = []
    assert land_inbox(trust, folder, "ash", tell=told.append) == []
    assert told == [Left("ash", path.name, TOO_LARGE)]
    assert path.exists()


@pytest.mark.parametrize(
    "name",
    [
        b"marks_20251001_\xff\xfe.csv",
        b"marks_20251001\n.csv",
        "marks_20251001_\u202efdp.csv".encode(),
        b"marks_20251001_'; drop table x; --.csv",
        b"marks_20251001_" + b"n" * 236 + b".csv",
        b"marks_20251001_=cmd|'x'!A1.csv",
        b"marks_20251001_\x1b[31m.csv",
        b"x." + b"e" * 253,
        b"marks_20251001.csv\n",
        b"nul.csv",
        b"-rf",
        b"marks_99999999-9999.csv",
        "mark\u017f_20251001.csv".encode(),
        "marks_\u0662\u0660\u0662\u0665\u0661\u0660\u0660\u0661.csv".encode(),
    ],
)
def test_any_name_is_taken_in_and_can_be_shown(tmp_path: Path, name: bytes) -> None:
    trust, folder = make_trust(tmp_path)
    path = os.path.join(os.fsencode(folder.inbox / "ash"), name)
    with open(path, "wb") as out:
        out.write((HEADER + ROW).encode())
    (landed,) = land(trust, folder)
    assert landed.file_name.isprintable()
    json.dumps(landed.file_name).encode("utf-8")
    assert landed.file_name.encode()
    assert entries(folder)[0].first.file_name == landed.file_name
    assert not os.path.exists(path)


def test_a_folder_of_no_school_may_be_called_anything(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    for name in (b"\xff", b"a\nb", b"..x", b"'"):
        inbox = os.path.join(os.fsencode(folder.inbox), name)
        os.mkdir(inbox)
        with open(os.path.join(inbox, b"marks_20251001.csv"), "wb") as out:
            out.write((HEADER + ROW).encode())
    reasons = [one.reasons for one in land(trust, folder)]
    assert reasons == [{"unknown_school": 1}] * 3, "a hidden folder is not looked into"


def test_deep_folders_are_walked(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "/".join(["d"] * 400) + "/marks_20251001.csv", HEADER + ROW)
    assert len(land(trust, folder)) == 1


@pytest.mark.parametrize("modified", [-1e12, 1e15, float(2**62)])
def test_a_modification_time_that_no_calendar_holds(modified: float) -> None:
    assert read_name("marks.csv", modified)[2].year == 1970


def test_names_are_spelt_out() -> None:
    assert plain_name("Zoë's file (1).csv") == "Zoë's file (1).csv"
    assert plain_name(os.fsdecode(b"a\xffb\n\x1b")) == "a\\xffb\\n\\x1b"


def test_leftovers_go_and_everything_else_stays(tmp_path: Path) -> None:
    trust, folder = make_trust(tmp_path)
    put(folder, "ash", "marks_20251001.csv", HEADER + ROW + "BAD,2025-09-04,AM,/\n")
    land(trust, folder)
    before = {path: path.read_bytes() for path in folder.root.rglob("*") if path.is_file()}
    orphan = "0123456789abcdef.parquet"
    for place in (folder.archive / "ash" / ".x.0a.tmp", folder.identity / ".pupil_key.secret.0a.tmp",
                  folder.lake / "marks" / "ash" / orphan, folder.quarantine / "ash" / orphan,
                  folder.ledger / ".a.json.12.tmp", folder.runs / ".r.json.12.tmp"):  # fmt: skip
        place.parent.mkdir(exist_ok=True, parents=True)
        place.write_bytes(b"half")
    assert clear_leftovers(folder) == 6
    assert {path: path.read_bytes() for path in folder.root.rglob("*") if path.is_file()} == before
