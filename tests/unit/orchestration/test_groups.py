"""Groups of pupils: whom forms, year groups and lists name, and what is said of those that name nobody."""

from pathlib import Path

import duckdb
import pytest

from ingestion.identity import pupil_key, read_secret
from ingestion.trust import TrustError, TrustFolder, init_trust, load_trust
from orchestration.fingerprint import state_of
from orchestration.groups import groups, list_file

SCHOOL = """
[trust]
name = "Small Trust"
[[school]]
slug = "ash"
name = "Ash Primary"
urn = 1
laestab = "8770001"
phase = "primary"
la_code = "877"
mis = "generic"
"""
GROUP = '[[school.group]]\nslug = "{slug}"\nname = "A group"\n{whom}\n'
UPNS = {name: f"A87700012000{number}" for number, name in enumerate(("ann", "bob", "cat", "dan", "eve"))}


@pytest.fixture
def trust(tmp_path: Path) -> TrustFolder:
    return init_trust(tmp_path / "trust", SCHOOL)


@pytest.fixture
def warehouse(trust: TrustFolder, tmp_path: Path) -> Path:
    """Ann moved to form 2A this year; Bob is in 2A, Cat in 2B; Dan was in 2A when he left; Eve is at another school."""
    path, secret = tmp_path / "warehouse.duckdb", read_secret(trust)
    key = {name: pupil_key(upn, secret) for name, upn in UPNS.items()}
    with duckdb.connect(str(path)) as db:
        db.execute("create schema marts")
        db.execute(
            "create table marts.dim_pupil (pupil_key text, school_urn int, valid_from date, form text, year_group text)"
        )
        db.execute("create table marts.fct_bands (pupil_key text, school_urn int, period_type text, period_key text)")
        for name, urn, year, form in (
            ("ann", 1, 2024, "1A"), ("ann", 1, 2025, "2a"), ("bob", 1, 2025, "2A"), ("cat", 1, 2025, "2B"),
            ("dan", 1, 2024, "2A"), ("eve", 2, 2024, "2A"),
        ):  # fmt: skip
            db.execute(
                "insert into marts.dim_pupil values (?, ?, ?, ?, ?)", [key[name], urn, f"{year}-09-01", form, form[0]]
            )
        weeks = {
            "2025-11-03": ("ann", "bob", "cat", "dan"),
            "2025-11-10": ("ann", "bob", "cat"),
            "2025-11-17": ("eve",),
        }
        for week, names in weeks.items():
            for name in names:
                urn = 2 if name == "eve" else 1
                db.execute("insert into marts.fct_bands values (?, ?, 'week', ?)", [key[name], urn, week])
        db.execute("insert into marts.fct_bands values (?, 1, 'year', '2025/26')", [key["dan"]])
    return path


def found(trust: TrustFolder, warehouse: Path, whom: str, slug: str = "mine") -> tuple[set[str], str | None]:
    trust.config.write_text(SCHOOL + GROUP.format(slug=slug, whom=whom))
    secret = read_secret(trust)
    names = {pupil_key(upn, secret): name for name, upn in UPNS.items()}
    members, outcome = groups(trust, load_trust(trust.root), warehouse)
    assert outcome.severity == "warn"
    assert outcome.passed == (outcome.failed_rows == 0)
    return {names[key] for key in members[f"school/ash/{slug}"]}, None if outcome.passed else outcome.message


def test_a_form_is_who_is_in_it_now_and_on_roll(trust: TrustFolder, warehouse: Path) -> None:
    assert found(trust, warehouse, 'forms = ["2A"]') == ({"ann", "bob"}, None)
    assert found(trust, warehouse, 'forms = ["2b"]') == ({"cat"}, None)
    assert found(trust, warehouse, 'year_groups = ["2"]') == ({"ann", "bob", "cat"}, None)
    assert found(trust, warehouse, 'forms = ["2A", "2B"]') == ({"ann", "bob", "cat"}, None)


def test_an_unknown_form_is_said(trust: TrustFolder, warehouse: Path) -> None:
    members, said = found(trust, warehouse, 'forms = ["2B", "1A"]\nyear_groups = ["9"]')
    assert members == {"cat"}
    assert said == (
        "school/ash/mine: nobody on roll is in the form 1A; school/ash/mine: nobody on roll is in the year group 9"
    )


def test_a_list_names_pupils_of_its_school_and_no_other_s(trust: TrustFolder, warehouse: Path) -> None:
    path = list_file(trust, "ash", "mine")
    path.parent.mkdir(parents=True)
    path.write_text(f"\ufeffUPN,why\r\n{UPNS['ann'].lower()},transport\r\n\r\n {UPNS['cat']} \r\n")
    assert found(trust, warehouse, "list = true") == ({"ann", "cat"}, None)
    assert found(trust, warehouse, 'list = true\nforms = ["2A"]') == ({"ann", "bob", "cat"}, None)
    path.write_text(f"{UPNS['ann']}\n{UPNS['eve']}\nA99\n")
    members, said = found(trust, warehouse, "list = true")
    assert members == {"ann"}
    assert said == "school/ash/mine: 2 of the 3 UPNs of its list are no pupil of the school"
    assert UPNS["eve"] not in said


def test_a_missing_or_empty_list_is_said_and_the_group_is_empty(trust: TrustFolder, warehouse: Path) -> None:
    assert found(trust, warehouse, "list = true") == (
        set(),
        "school/ash/mine: its list identity/groups/ash/mine.csv is missing",
    )
    path = list_file(trust, "ash", "mine")
    path.parent.mkdir(parents=True)
    path.write_text("upn\n")
    assert found(trust, warehouse, "list = true")[0] == set()
    assert found(trust, warehouse, "list = true")[1]


def test_a_trust_without_groups_reads_nothing(trust: TrustFolder) -> None:
    members, outcome = groups(trust, load_trust(trust.root), Path("no warehouse"))
    assert (members, outcome.passed) == ({}, True)


@pytest.mark.parametrize(
    ("whom", "slug", "said"),
    [
        ("", "mine", "needs forms, year_groups or list = true"),
        ('forms = ["2A"]', "governors", "choose another slug"),
        ('forms = ["2A"]', "../elm", "should match pattern"),
        ('form = ["2A"]', "mine", "Extra inputs"),
    ],
)
def test_a_group_that_cannot_be_meant_is_refused(trust: TrustFolder, whom: str, slug: str, said: str) -> None:
    trust.config.write_text(SCHOOL + GROUP.format(slug=slug, whom=whom))
    with pytest.raises(TrustError, match=said):
        load_trust(trust.root)


def test_two_groups_of_one_slug_are_refused(trust: TrustFolder) -> None:
    trust.config.write_text(SCHOOL + GROUP.format(slug="mine", whom='forms = ["2A"]') * 2)
    with pytest.raises(TrustError, match="two groups have the same slug"):
        load_trust(trust.root)


def test_a_changed_list_or_group_is_something_new_but_a_new_person_is_not(trust: TrustFolder) -> None:
    states = []

    def state() -> None:
        states.append(state_of(trust, load_trust(trust.root)))

    state()
    trust.config.write_text(
        SCHOOL + '# a remark\n[access]\n[[access.person]]\nemail = "a@b.example"\naudiences = ["network"]\n'
    )
    state()
    assert states[1] == states[0]
    trust.config.write_text(SCHOOL + GROUP.format(slug="mine", whom="list = true"))
    state()
    path = list_file(trust, "ash", "mine")
    path.parent.mkdir(parents=True)
    path.write_text("upn\n")
    state()
    path.write_text("upn\nA1\n")
    state()
    assert all(states[number] != states[number + 1] for number in range(1, 4))
