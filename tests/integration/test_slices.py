"""What is built again slice by slice is what building everything gives, in random sequences of extracts."""

import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

import orchestration.run
from ingestion.trust import Trust, TrustFolder, load_trust
from ingestion.twin import make_trust
from orchestration.kept import forget, go_on
from orchestration.plan.slices import Slices
from orchestration.run import run_trust
from orchestration.stages import warehouse
from orchestration.workspace import Workspace, new_run_id
from tests.integration.killed import table_hashes


def parcels(root: Path, chance: random.Random, number: int) -> list[list[Path]]:
    """The extracts in the trust's inboxes, moved out and shuffled into parcels; calendars and the first pupils extract
    of each school come with the first, so that there is something to release."""
    outside = root.parent / "to come"
    later: list[Path] = []
    for inbox in sorted(path for path in (root / "inbox").iterdir() if path.is_dir()):
        files = sorted(inbox.rglob("*.*"))
        first_pupils = next((path for path in files if path.name.startswith("pupils")), None)
        for path in files:
            if path.name.startswith("calendar") or path == first_pupils or chance.random() < 0.6:
                continue
            moved = outside / inbox.name / path.name
            moved.parent.mkdir(parents=True, exist_ok=True)
            later.append(Path(shutil.move(path, moved)))
    chance.shuffle(later)
    return [later[place::number] for place in range(number)]


def deliver(root: Path, files: list[Path]) -> None:
    """Drop a parcel into the inboxes."""
    for path in files:
        shutil.copy(path, root / "inbox" / path.parent.name / path.name)


def a_day_on(root: Path) -> None:
    """Let the figures speak for the next day."""
    settings, as_of = root / "trust.toml", load_trust(root).as_of
    text = settings.read_text(encoding="utf-8")
    assert str(as_of) in text
    settings.write_text(text.replace(str(as_of), str(as_of + timedelta(days=3))), encoding="utf-8")


def spy_on_slices(monkeypatch: pytest.MonkeyPatch) -> list[Slices | None]:
    """What the runs from now on build again; None where a run built everything."""
    built: list[Slices | None] = []

    def spied(workspace: Workspace, trust: Trust) -> Slices | None:
        built.append(go_on(workspace, trust))
        return built[-1]

    monkeypatch.setattr(warehouse, "go_on", spied)
    return built


def both_ways_agree(root: Path, beside: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run a trust, going on from what was kept, beside a copy that builds everything, and compare their tables."""
    name = new_run_id()  # of both, because tables name the release
    monkeypatch.setattr(orchestration.run, "new_run_id", lambda: name)
    shutil.copytree(root, beside, symlinks=True)
    forget(TrustFolder(beside))
    summaries = [run_trust(one, dashboards=False) for one in (root, beside)]
    assert [summary["outcome"] for summary in summaries] == ["published"] * 2
    gone_on, anew = table_hashes(root), table_hashes(beside)
    assert {name for name in anew if anew[name] != gone_on[name]} == set()
    shutil.rmtree(beside)


def parcel_by_parcel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, steps: int) -> list[int]:
    """Run a trust parcel by parcel, both ways. Returns how many slices the runs that went on built again."""
    built = spy_on_slices(monkeypatch)
    chance = random.Random(seed)
    root = tmp_path / "trust"
    make_trust(root, schools=3, pupils=90, years=2, seed=seed, faults=12)
    waiting = parcels(root, chance, steps)
    assert run_trust(root, dashboards=False)["outcome"] == "published"
    for step, parcel in enumerate(waiting):
        deliver(root, parcel)
        if step == steps - 1:
            a_day_on(root)
        both_ways_agree(root, tmp_path / f"beside{step}", monkeypatch)
    first, *others = built
    assert (first, set(others[1::2])) == (None, {None})
    return [len(changed.pairs) for changed in others[::2] if changed is not None]


def test_going_on_gives_what_building_everything_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(parcel_by_parcel(tmp_path, monkeypatch, seed=1, steps=2)) == 2


def test_pages_of_a_school_that_sent_nothing_say_what_the_others_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other schools' marks and pupils move the averages of its phase; then a calendar gives everybody another week."""
    built = spy_on_slices(monkeypatch)
    root, later = tmp_path / "trust", tmp_path / "to come"
    make_trust(root, schools=3, pupils=90, years=2, seed=5, faults=12)
    one, silent, other = load_trust(root).schools
    for school, kinds in ((one, ["marks"]), (other, ["marks", "pupils"])):
        (later / school.slug).mkdir(parents=True)
        for kind in kinds:
            shutil.move(max((root / "inbox" / school.slug).glob(f"{kind}_*")), later / school.slug)
    calendar = max((root / "inbox" / one.slug).glob("calendar_*")).read_text(encoding="utf-8")
    assert run_trust(root, dashboards=False)["outcome"] == "published"

    deliver(root, list(later.glob("*/*")))
    both_ways_agree(root, tmp_path / "beside0", monkeypatch)
    start = next(line.split(",")[0] for line in calendar.splitlines() if line.endswith("half_term_start,HT1"))
    earlier = str(date.fromisoformat(start) - timedelta(days=7))
    sent_again = calendar.replace(f"{start},,,half_term_start", f"{earlier},,,half_term_start")
    (root / "inbox" / one.slug / "calendar_20261001_again.csv").write_text(sent_again, encoding="utf-8")
    both_ways_agree(root, tmp_path / "beside1", monkeypatch)
    for changed in built[1::2]:
        assert changed is not None
        assert silent.urn not in changed.schools


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3, 4])
def test_it_does_in_many_sequences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    assert len(parcel_by_parcel(tmp_path, monkeypatch, seed, steps=4)) >= 3
