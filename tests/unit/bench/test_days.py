"""Later extracts of a synthetic trust: they are taken in like those that it was made with."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from bench.days import Twin, move_as_of, write_again, write_day
from ingestion.landing import inboxes, land_inbox
from ingestion.trust import TrustFolder, load_trust
from ingestion.twin import make_trust


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Twin:
    """One school of each layout, and a file of several schools."""
    root = tmp_path_factory.mktemp("bench") / "twin"
    make_trust(root, schools=13, pupils=400, years=1, seed=3, faults=0)
    return Twin(root)


def land(root: Path) -> pl.DataFrame:
    """What is taken in from the inboxes, as the lake has it."""
    trust = load_trust(root)
    folder = TrustFolder(root).ensure(trust)
    landed = [found for inbox in inboxes(folder, trust) for found in land_inbox(trust, folder, inbox)]
    assert [found for found in landed if found.problem or found.refused] == []
    return pl.concat(
        pl.read_parquet(path).select("slug", "pupil_key", date="session_date", session="session", code="code")
        for found in landed
        for path in folder.lake.glob(f"marks/*/{found.extract_id}.parquet")
    ).sort("slug", "date", "session", "pupil_key")


def empty_trust(twin: Twin, root: Path) -> Path:
    root.mkdir()
    (root / "trust.toml").write_bytes((twin.root / "trust.toml").read_bytes())
    TrustFolder(root).ensure(load_trust(root))
    return root


def test_the_trust_has_every_layout(twin: Twin) -> None:
    assert {school.layout for school in twin.schools} >= {
        "generic", "mysa", "sims_long", "sims_grid", "arbor", "bromcom", "wonde"
    }  # fmt: skip


def test_a_day_of_every_school_is_that_day_and_nothing_else(twin: Twin, tmp_path: Path) -> None:
    root = empty_trust(twin, tmp_path / "trust")
    day = twin.next_day(twin.as_of)
    assert len(write_day(twin, root, day)) == len(twin.feeds)
    rows = land(root)
    assert rows["date"].unique().to_list() == [day]
    assert set(rows["slug"]) == {school.slug for school in twin.schools}
    # everybody has a morning, nearly everybody an afternoon
    sessions = dict(rows["session"].value_counts().iter_rows())
    assert 0.8 * sessions["AM"] <= sessions["PM"] <= sessions["AM"]


def test_a_day_of_one_school_is_one_file(twin: Twin, tmp_path: Path) -> None:
    root = empty_trust(twin, tmp_path / "trust")
    school = twin.largest()[0]
    (written,) = write_day(twin, root, twin.next_day(twin.as_of), [[school]])
    assert written.parent.name == school.slug
    assert land(root)["slug"].unique().to_list() == [school.slug]


@pytest.mark.parametrize("place", range(3))
def test_a_half_term_again_differs_in_a_few_marks(twin: Twin, tmp_path: Path, place: int) -> None:
    feed = [next(f for f in twin.feeds if f[0].layout == layout) for layout in ("sims_grid", "wonde", "arbor")][place]
    root = empty_trust(twin, tmp_path / "trust")
    written = write_again(twin, root, feed, twin.as_of + dt.timedelta(days=1))
    again = land(root)
    written_before = root / "inbox" / feed[0].slug / "marks_20200101-0000_before"
    source = twin.newest(feed, "ht1")
    written_before.with_suffix(source.suffix).write_bytes(source.read_bytes())
    before = land(root)
    assert written.suffix == source.suffix
    assert again.height == before.height
    assert 0 < (again["code"] != before["code"]).sum() <= 40


def test_next_day_leaves_out_the_weekend_and_holidays(twin: Twin) -> None:
    assert twin.as_of == dt.date(2026, 11, 13)  # a Friday
    assert twin.next_day(twin.as_of) == dt.date(2026, 11, 16)
    first_of_term = twin.next_day(dt.date(2026, 12, 24))
    assert first_of_term.year == 2027
    with pytest.raises(ValueError, match="no school day is left"):
        twin.next_day(dt.date(2027, 7, 30))


def test_as_of_moves(twin: Twin, tmp_path: Path) -> None:
    root = empty_trust(twin, tmp_path / "trust")
    move_as_of(root, dt.date(2026, 11, 16))
    assert load_trust(root).as_of == dt.date(2026, 11, 16)
