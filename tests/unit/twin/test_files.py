"""The extracts: headings, dialects, names, and that the same arguments make the same bytes."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

from ingestion.trust import TrustError, load_trust
from ingestion.twin import make_trust
from ingestion.twin.parameters import parameters
from quality.contracts.upn import check_letter_fits
from tests.unit.twin.conftest import SIZE, cells, layout_of, records

TINY: dict[str, Any] = {"schools": 4, "pupils": 80, "years": 1, "faults": 10}


def _digest(root: Path) -> str:
    content = hashlib.sha256()
    files = [path for path in sorted((root / "inbox").rglob("*")) if path.is_file()]
    for path in [*files, root / "answer_key.json", root / "trust.toml"]:
        content.update(str(path.relative_to(root)).encode() + path.read_bytes())
    return content.hexdigest()


def test_same_seed_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    digests = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        make_trust(tmp_path / name, seed=seed, **TINY)
        digests.append(_digest(tmp_path / name))
    assert digests[0] == digests[1] != digests[2]


def test_an_existing_trust_is_left_alone(trust: Path) -> None:
    before = _digest(trust)
    with pytest.raises(TrustError):
        make_trust(trust, **TINY)
    assert _digest(trust) == before


@pytest.mark.parametrize("size", [{"schools": 0}, {"schools": 5, "pupils": 4}, {"years": 0}, {"years": 40}])
def test_impossible_sizes_are_refused_before_anything_is_written(tmp_path: Path, size: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="synthetic trust"):
        make_trust(tmp_path / "t", **{**TINY, **size})
    assert not (tmp_path / "t").exists()


def test_trust_toml_is_complete(trust: Path) -> None:
    config = load_trust(trust)
    assert len(config.schools) == SIZE["schools"]
    assert {school.mis for school in config.schools} == {"sims", "arbor", "bromcom", "wonde", "generic", "mysa"}
    assert {school.phase for school in config.schools} == {"primary", "secondary", "special"}
    assert sum(school.phase == "primary" for school in config.schools) == 8
    assert all(school.laestab.startswith(school.la_code) for school in config.schools)


def test_every_layout_is_there_under_its_own_headings(trust: Path) -> None:
    found = {layout_of(path) for path in (trust / "inbox").rglob("marks_*")}
    assert found == set(parameters("schools")["layouts"])


def test_file_names_carry_kind_and_stamp(trust: Path) -> None:
    for path in (trust / "inbox").rglob("*.*"):
        assert re.fullmatch(r"(marks|pupils|calendar|year6)_\d{8}(-\d{4})?(_\w+)?\.(csv|json)", path.name), path.name


def test_encodings_and_delimiters_vary(trust: Path) -> None:
    starts, separators, latin = set(), set(), 0
    for path in (trust / "inbox").rglob("pupils_*.csv"):
        content = path.read_bytes()
        starts.add(content.startswith(b"\xef\xbb\xbf"))
        separators.add(content.removeprefix(b"\xef\xbb\xbf")[3:4])
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            latin += 1
    assert starts == {True, False}
    assert separators == {b",", b";", b"\t"}
    assert latin > 0


def test_one_codes_export_covers_several_schools(trust: Path) -> None:
    config = load_trust(trust)
    expected = {school.name for school in config.schools if school.mis == "mysa"}
    newest = max((trust / "inbox" / "_trust").iterdir())
    named = {row["School Name"] for row in records(newest)}
    assert len(expected) > 1
    assert expected <= named


def test_upns_are_valid_and_some_are_temporary(trust: Path) -> None:
    upns = set()
    for path in (trust / "inbox").rglob("pupils_*.csv"):
        headings, *rows = cells(path)
        upns |= {row[headings.index("upn")] for row in rows}
    assert len(upns) > 250
    assert all(re.fullmatch(r"[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]", upn) for upn in upns)
    assert all(check_letter_fits(upn) for upn in upns)


def test_dates_of_birth_fit_the_year_group(trust: Path) -> None:
    places = parameters("pupils")["year_groups"]
    for path in (trust / "inbox").rglob("pupils_20261113*.csv"):
        for row in records(path):
            if row["leaving_date"]:
                continue
            text = row["date_of_birth"]
            born = text if "-" in text else "-".join(reversed(text.split("/")))
            age = 2026 - int(born[:4]) - (born[5:] > "08-31")
            assert age == places.index(row["year_group"]) + 2


def test_no_name_or_upn_in_the_answer_key(trust: Path) -> None:
    text = (trust / "answer_key.json").read_text(encoding="utf-8")
    assert not re.search(r"[A-Z]\d{11}", text)


def test_a_secondary_is_told_of_pupils_from_outside_and_no_primary_is(trust: Path) -> None:
    schools = {school.slug: school.phase for school in load_trust(trust).schools}
    told = {path.parent.name for path in (trust / "inbox").rglob("year6_*.csv")}
    assert {schools[slug] for slug in told} == {"secondary"}
