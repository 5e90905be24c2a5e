"""Taking in on a machine that dies, or whose disk is full, at each change of the file system in turn."""

import hashlib
import json
import random
import shutil
from pathlib import Path

import pytest

from ingestion.leftovers import clear_leftovers
from ingestion.trust import Trust, TrustFolder
from tests.dying import Died, Machine
from tests.unit.ingestion.helpers import HEADER, OTHER, PERMANENT, land, make_trust, put

MARKS = HEADER + f"{PERMANENT},2025-09-04,AM,/\nBAD,2025-09-04,AM,/\n{OTHER},2025-09-04,PM,N\n"


@pytest.fixture(scope="module")
def waiting_trust(tmp_path_factory: pytest.TempPathFactory) -> tuple[Trust, TrustFolder]:
    """Bytes that came before under another name, new marks with a bad row, and a file that cannot be used."""
    trust, folder = make_trust(tmp_path_factory.mktemp("waiting"))
    put(folder, "ash", "marks_20250911.csv", MARKS.replace("09-04", "09-11"))
    land(trust, folder)
    put(folder, "ash", "marks_20250910.csv", MARKS.replace("09-04", "09-11"))
    put(folder, "ash", "deeper/marks_20250904.csv", MARKS)
    put(folder, "ash", "marks_20250905.csv", "no,headings\n1,2\n")
    return trust, folder


def state(folder: TrustFolder) -> dict[str, str]:
    """Every file below the folder by what is in it; times of receipt are left out."""
    found = {}
    for path in sorted(path for path in folder.root.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.parent == folder.ledger:
            entry = json.loads(content)
            for delivery in entry["deliveries"]:
                del delivery["received_at"]
            content = json.dumps(entry).encode()
        if path.name != "extracts.parquet":
            found[str(path.relative_to(folder.root))] = hashlib.sha256(content).hexdigest()
    return found


def copied(original: TrustFolder, to: Path) -> TrustFolder:
    return TrustFolder(shutil.copytree(original.root, to, copy_function=shutil.copy2))


def run_again(trust: Trust, folder: TrustFolder) -> dict[str, str]:
    clear_leftovers(folder)
    land(trust, folder)
    return state(folder)


def changes_of(trust: Trust, folder: TrustFolder) -> tuple[int, dict[str, str]]:
    with Machine().running() as machine:
        land(trust, folder)
    return machine.changes, state(folder)


def test_wherever_the_machine_dies_the_next_run_ends_the_same(
    waiting_trust: tuple[Trust, TrustFolder], tmp_path: Path
) -> None:
    trust, original = waiting_trust
    changes, undisturbed = changes_of(trust, copied(original, tmp_path / "undisturbed"))
    assert changes > 40
    assert not [name for name in undisturbed if name.startswith("inbox/")]
    chance = random.Random(7)
    for moment in range(changes):
        folder = copied(original, tmp_path / f"dies-{moment}")
        with pytest.raises(Died), Machine(dies_at=moment).running():
            land(trust, folder)
        if moment % 5 == 0:
            with pytest.raises(Died), Machine(dies_at=chance.randrange(5)).running():
                run_again(trust, folder)
        assert run_again(trust, folder) == undisturbed, f"the machine died at change {moment}"
        shutil.rmtree(folder.root)


def test_wherever_the_disk_is_full_nothing_is_lost(waiting_trust: tuple[Trust, TrustFolder], tmp_path: Path) -> None:
    trust, original = waiting_trust
    changes, undisturbed = changes_of(trust, copied(original, tmp_path / "undisturbed"))
    before = state(original)
    stopped = 0
    for moment in range(0, changes, 3):
        folder = copied(original, tmp_path / f"full-{moment}")
        try:
            with Machine(full_at=moment).running():
                land(trust, folder)
        except OSError:
            stopped += 1
            assert not list(folder.root.rglob("*.tmp")), "no half file takes up space"
        waits = {name: content for name, content in before.items() if name.startswith("inbox/")}
        after = state(folder)
        kept = {content for name, content in after.items() if name.startswith("archive/")}
        assert all(after.get(name) == content or content in kept for name, content in waits.items())
        assert run_again(trust, folder) == undisturbed
        shutil.rmtree(folder.root)
    assert stopped > 15


def test_a_secret_is_whole_or_not_there(tmp_path: Path) -> None:
    _, folder = make_trust(tmp_path)
    from ingestion.identity import make_secret

    secret = folder.identity / "pupil_key.secret"
    secret.unlink()
    for moment in range(20):
        try:
            with Machine(dies_at=moment).running():
                make_secret(folder)
        except Died:
            assert not secret.exists() or len(secret.read_bytes()) == 64
            secret.unlink(missing_ok=True)
            continue
        break
    assert moment > 3
    assert len(secret.read_bytes()) == 64
