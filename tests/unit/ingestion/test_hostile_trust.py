"""A trust.toml that is broken or hostile: one plain sentence, whatever it holds."""

from pathlib import Path

import pytest

from ingestion.trust import TrustError, TrustFolder, init_trust, load_trust
from tests.unit.ingestion.helpers import make_trust, school

GOOD = '[trust]\nname = "Test Trust"\n' + school("ash", 900001, "generic")


def spoilt(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


BROKEN = {
    "a way out of the folder": spoilt('slug = "ash"', 'slug = "../ash"'),
    "an absolute slug": spoilt('slug = "ash"', 'slug = "/etc"'),
    "a slug with a line break": spoilt('slug = "ash"', 'slug = "as\\nh"'),
    "a hidden slug": spoilt('slug = "ash"', 'slug = ".ash"'),
    "the trust's own inbox as a slug": spoilt('slug = "ash"', 'slug = "_trust"'),
    "a slug longer than file systems allow": spoilt('slug = "ash"', f'slug = "{"a" * 300}"'),
    "a name with a line break": spoilt('name = "Ash"', 'name = "Ash\\nElm"'),
    "a name that turns the writing round": spoilt('name = "Ash"', 'name = "Ash \\u202e"'),
    "a name without end": spoilt('name = "Ash"', f'name = "{"A" * 10_000}"'),
    "digits of another script": spoilt('la_code = "877"', 'la_code = "\u0668\u0667\u0667"'),
    "a number for a name": spoilt('name = "Test Trust"', "name = 5"),
    "a list for the trust": 'trust = [1, 2]\n',
    "a school that is a number": '[trust]\nname = "T"\n'.replace("[trust]", "school = 5\n[trust]"),
    "a rule that is no number": GOOD + "[rules]\nmass_drop_percent = nan\n",
    "a rule without end": GOOD + "[rules]\nmass_drop_percent = inf\n",
    "rules that are a list": "rules = [1]\n" + GOOD,
    "names that differ by case": GOOD + school("ash-2", 900002, "generic").replace('"Ash 2"', '"ASH"'),
    "nesting without end": "a = " + "[" * 50_000,
    "ten megabytes": GOOD + "#" * 10_000_000,
    "no text": "\udcff\udcfe",
    "a day that does not exist": spoilt("[trust]", "[trust]\nas_of = 2025-02-30"),
    "a number longer than Python reads": spoilt("urn = 900001", "urn = " + "9" * 5000),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_said_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "trust.toml").write_bytes(BROKEN[name].encode("utf-8", "surrogateescape"))
    with pytest.raises(TrustError) as told:
        load_trust(tmp_path)
    assert "\n" not in str(told.value)
    assert "trust.toml" in str(told.value)
    assert len(str(told.value)) < 1_000


@pytest.mark.parametrize("name", ["St Mary's [old]", "{x}", "what?", "a*"])
def test_a_folder_whose_name_is_a_pattern_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TrustError, match="rename that folder"):
        init_trust(tmp_path / name, GOOD)
    assert not (tmp_path / name).exists()
    (tmp_path / name).mkdir()
    (tmp_path / name / "trust.toml").write_text(GOOD)
    (tmp_path / "link").symlink_to(tmp_path / name)
    with pytest.raises(TrustError, match="rename that folder"):
        load_trust(tmp_path / "link")


def test_quotes_and_markup_are_names_like_others(tmp_path: Path) -> None:
    names = ('St Mary\'s \\"Old\\" School', "<script>alert(1)</script>", "=HYPERLINK(1)", "#eval(sys) {@html 1}")
    schools = (school(f"s{n}", 900001 + n, "generic").replace(f"S{n}", name) for n, name in enumerate(names))
    trust, _ = make_trust(tmp_path, *schools)
    assert [one.name for one in trust.schools] == [name.replace('\\"', '"') for name in names]


def test_a_trust_is_not_made_from_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(TrustError):
        init_trust(tmp_path / "trust", BROKEN["a way out of the folder"])
    assert not (tmp_path / "ash").exists()
    assert not TrustFolder(tmp_path / "trust").inbox.exists()
