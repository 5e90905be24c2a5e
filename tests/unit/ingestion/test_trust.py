"""trust.toml: what it may say, and the sentence a person gets for what it may not."""

from pathlib import Path

import pytest

from ingestion.trust import TrustError, TrustFolder, init_trust, load_trust

SCHOOL = """
[[school]]
slug = "ashfield"
name = "Ashfield School"
urn = 900001
laestab = "8772001"
phase = "primary"
la_code = "877"
mis = "generic"
"""
GOOD = '[trust]\nname = "Wavecrest"\nas_of = 2026-11-13\n' + SCHOOL


def trust_at(root: Path, text: str) -> Path:
    root.mkdir(exist_ok=True)
    (root / "trust.toml").write_text(text)
    return root


def test_a_good_file_is_read(tmp_path: Path) -> None:
    trust = load_trust(trust_at(tmp_path, GOOD + "[rules]\nformal_meeting_attendance_percent = 90\n"))
    assert (trust.name, trust.as_of.isoformat(), trust.as_of_fixed) == ("Wavecrest", "2026-11-13", True)
    assert trust.school("ashfield").urn == 900001
    assert trust.rules == {"formal_meeting_attendance_percent": 90}


def test_headings_may_be_overridden_per_school(tmp_path: Path) -> None:
    trust = load_trust(trust_at(tmp_path, GOOD + '[school.columns]\n"Pupil UPN" = "upn"\n'))
    assert trust.school("ashfield").columns == {"Pupil UPN": "upn"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[trust\n", ["not valid TOML", "line 1"]),
        ("[trust]\n", ["needs a name"]),
        ('[trust]\nname = "T"\n', ["schools"]),
        (GOOD.replace('"primary"', '"nursery"'), ["line 10", "phase", "'nursery'", "primary"]),
        (GOOD.replace('"generic"', '"simz"'), ["line 12", "mis", "'simz'", "sims"]),
        (GOOD.replace('"8772001"', '"877"'), ["line 9", "laestab"]),
        (GOOD.replace('"ashfield"', '"Ash field"'), ["line 6", "slug", "small letters"]),
        (GOOD + "colour = 3\n", ["colour"]),
        (GOOD + "[rules]\nfree_fridays = 3\n", ["free_fridays", "formal_meeting_attendance_percent"]),
        (GOOD + SCHOOL, ["two schools", "slug"]),
        (GOOD + "[extra]\n", ["[extra]"]),
        (GOOD.replace("2026-11-13", '"soon"'), ["as_of", "line 3"]),
    ],
)
def test_a_broken_file_is_one_plain_sentence(tmp_path: Path, text: str, words: list[str]) -> None:
    with pytest.raises(TrustError) as raised:
        load_trust(trust_at(tmp_path, text))
    sentence = str(raised.value)
    assert "\n" not in sentence
    assert all(word in sentence for word in ["trust.toml", *words]), sentence


def test_a_folder_without_trust_toml_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(TrustError, match="rollcall init"):
        load_trust(tmp_path)


def test_init_makes_a_private_folder_and_never_overwrites(tmp_path: Path) -> None:
    folder = init_trust(tmp_path / "trust")
    for restricted in folder.restricted:
        assert restricted.stat().st_mode & 0o777 == 0o700
    secret = folder.identity / "pupil_key.secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert len(secret.read_text()) == 64
    assert (folder.inbox / "_trust").is_dir()
    assert (folder.inbox / "first-school").is_dir()
    with pytest.raises(TrustError, match="there already"):
        init_trust(tmp_path / "trust")
    assert TrustFolder(tmp_path / "trust").current == folder.root / "published" / "current"


@pytest.mark.parametrize(("years", "is_read"), [("6", True), ("7.5", True), ("5.9", False), ("0", False)])
def test_registers_may_be_kept_longer_but_never_for_less_than_the_law_asks(
    tmp_path: Path, years: str, is_read: bool
) -> None:
    root = trust_at(tmp_path, GOOD + f"[rules]\nretention_years = {years}\n")
    if is_read:
        assert load_trust(root).rules == {"retention_years": float(years)}
    else:
        with pytest.raises(TrustError, match=r"trust.toml line \d+: .*six years .*regulation 7"):
            load_trust(root)
