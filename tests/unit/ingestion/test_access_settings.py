"""[access] of trust.toml: what it may say, whom it lets in as what, and the sentence for what it may not say."""

import re
from importlib.resources import files
from pathlib import Path

import pytest

from ingestion.access_settings import Access, plain_address
from ingestion.trust import TrustError, load_trust
from tests.unit.ingestion.test_trust import GOOD, trust_at

TENANT = "11111111-2222-3333-4444-555555555555"
PROVIDER = """
[access]
public_url = "https://attendance.example"
[[access.provider]]
name = "Ours"
issuer = "https://sign-in.example"
client_id = "rollcall"
"""
SECOND = '[[access.provider]]\nname = "Theirs"\nissuer = "https://other.example"\nclient_id = "rollcall"\n'


def person(who: str = 'email = "a@b.example"', audiences: str = '["network"]') -> str:
    return f"[[access.person]]\n{who}\naudiences = {audiences}\n"


def test_the_template_s_examples_are_settings_that_can_be_used(tmp_path: Path) -> None:
    template = files("ingestion").joinpath("trust_template.toml").read_text(encoding="utf-8")
    text = re.sub(r"^# (?=\[|[a-z_]+ = )", "", template.replace("# [school.columns]", "#"), flags=re.M)
    trust = load_trust(trust_at(tmp_path, text.replace("<your tenant id>", TENANT)))
    assert (len(trust.access.providers), len(trust.access.people), len(trust.access.roles)) == (1, 1, 1)
    assert trust.schools[0].groups[0].forms == ["Oak"]


def test_without_access_nobody_signs_in(tmp_path: Path) -> None:
    assert not load_trust(trust_at(tmp_path, GOOD)).access.wanted
    assert load_trust(trust_at(tmp_path, GOOD + PROVIDER)).access.wanted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PROVIDER.replace("https://attendance", "http://attendance"), "must begin with https://"),
        (PROVIDER.replace('.example"\n[[', '.example/rollcall"\n[['), "must end after the host name"),
        (PROVIDER.replace("attendance.example", "user@attendance.example"), "must end after the host name"),
        (PROVIDER.replace("https://sign-in", "http://sign-in"), "must begin with https://"),
        (PROVIDER.replace("sign-in.example", "login.microsoftonline.com/common/v2.0"), "your own tenant"),
        (PROVIDER.replace("sign-in.example", "login.microsoftonline.com/organizations/v2.0"), "your own tenant"),
        (
            PROVIDER.replace("sign-in.example", "login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0"),
            "your own tenant",
        ),
        (PROVIDER.replace("sign-in.example", "accounts.google.com"), "Google needs domains"),
        (PROVIDER.replace('public_url = "https://attendance.example"\n', ""), "needs public_url"),
        (PROVIDER + PROVIDER.split("\n", 3)[3], "two providers have the same name"),
        (PROVIDER + "client_secret = 'in the open'\n", "Extra inputs"),
        (PROVIDER + 'secret_file = "../../etc/passwd"\n', "secret_file"),
        (PROVIDER.replace("[[access.provider]]", 'proxies = ["everybody"]\n[[access.provider]]'), "proxies"),
        (PROVIDER.replace("[[access.provider]]", "session_hours = 0\n[[access.provider]]"), "session_hours"),
        (PROVIDER.replace("[[access.provider]]", "session_hours = 25\n[[access.provider]]"), "session_hours"),
        (PROVIDER + person(audiences='["everything"]'), "is no audience"),
        (PROVIDER + person(audiences='["school/nowhere"]'), "there is no such school or group"),
        (PROVIDER + person(audiences='["school/ashfield/7a"]'), "there is no such school or group"),
        (PROVIDER + person(audiences="[]"), "audiences"),
        (PROVIDER + person('email = "a b@c.example"'), "is no mail address"),
        (PROVIDER + person('provider = "Ours"'), "needs an email or a subject"),
        (PROVIDER + person('email = "a@b.example"\nprovider = "Nobody\'s"'), "is not among Ours"),
        (PROVIDER + SECOND + person('subject = "7"'), "must say of which"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(TrustError, match=re.escape(words)) as raised:
        load_trust(trust_at(tmp_path, GOOD + text))
    assert "trust.toml" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_tenant_of_one_s_own_and_google_with_domains_are_taken(tmp_path: Path) -> None:
    entra = PROVIDER.replace("sign-in.example", f"login.microsoftonline.com/{TENANT}/v2.0")
    google = PROVIDER.replace("sign-in.example", "accounts.google.com") + 'domains = ["trust.example"]\n'
    kinds = [load_trust(trust_at(tmp_path, GOOD + text)).access.providers[0].kind for text in (entra, google, PROVIDER)]
    assert kinds == ["microsoft", "google", "other"]


def test_governors_of_every_school_are_an_audience(tmp_path: Path) -> None:
    text = GOOD + PROVIDER + person(audiences='["school/ashfield/governors"]')
    assert load_trust(trust_at(tmp_path, text)).access.all_audiences == {"school/ashfield/governors"}


def test_every_entry_that_fits_adds_its_audiences_once_and_in_order() -> None:
    access = Access.model_validate(
        {
            "public_url": "https://attendance.example",
            "provider": [
                {"name": name, "issuer": f"https://{name}.example", "client_id": "rollcall"} for name in ("one", "two")
            ],
            "person": [
                {"email": "A@b.example", "audiences": ["school/x"]},
                {"email": "a@b.example", "provider": "two", "audiences": ["analyst"]},
                {"subject": "7", "provider": "one", "audiences": ["school/y"]},
                {"email": "a@b.example", "subject": "8", "provider": "one", "audiences": ["school/z"]},
            ],
            "role": [{"claim": "groups", "value": "g", "provider": "one", "audiences": ["network", "school/x"]}],
        }
    )
    assert access.audiences_of("one", "1", "a@b.example", {}) == ["school/x"]
    assert access.audiences_of("two", "7", "a@b.example", {"groups": ["g"]}) == ["school/x", "analyst"]
    assert access.audiences_of("one", "7", None, {"groups": ["f", "g"]}) == ["school/y", "network", "school/x"]
    assert access.audiences_of("one", "8", "a@b.example", {}) == ["school/x", "school/z"]
    assert access.audiences_of("one", "8", None, {"groups": "g"[:0]}) == []
    assert access.audiences_of("two", "8", "a@B.example", {}) == []


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        (" Head@Ash.Example ", "head@ash.example"),
        ("o'neil+x@ash.example", "o'neil+x@ash.example"),
        ("\u212aate@ash.example", None),
        ("a@b@c.example", None),
        ("a b@c.example", None),
        ("@c.example", None),
        ("a@", None),
        ("a" * 250 + "@c.example", None),
    ],
)
def test_addresses_are_compared_in_one_form(written: str, plain: str | None) -> None:
    assert plain_address(written) == plain
