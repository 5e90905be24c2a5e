"""Signing in: who gets in as what, and every token that must not."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboards.server import make_signed_in_app
from ingestion.trust import load_trust
from orchestration.sign_in import server_settings
from tests.unit.server.conftest import ACCESS, PEOPLE, SCHOOLS, URL, Browser, come_back, person
from tests.unit.server.provider import (
    ANOTHER_KEY,
    CLIENT,
    KEY,
    SECRET,
    signed,
    signed_with_public_key,
    unsigned,
)

TENANT = "11111111-2222-3333-4444-555555555555"
ENTRA = f"https://login.microsoftonline.com/{TENANT}/v2.0"


@pytest.mark.parametrize("email", [email for email, audiences in PEOPLE.items() if len(audiences) == 1])
def test_people_see_what_trust_toml_gives_them(sign_in, email):
    seen = json.loads(sign_in(email).ask("/session").body)
    assert (seen["audience"], seen["audiences"]) == (PEOPLE[email][0], PEOPLE[email])


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(app, provider):
    browser = Browser(app)
    sent = browser.ask("/schools/ash/follow-up")
    assert (sent.status, sent.headers["location"]) == (303, "/sign-in?next=/schools/ash/follow-up")
    page = browser.ask(sent.headers["location"]).text
    assert "Sign in with Our accounts" in page
    assert 'href="/sign-in/with/0?next=/schools/ash/follow-up"' in page
    provider.claims = {"email": "head@ash.example", "email_verified": True}
    assert come_back(browser, provider, "/schools/ash/follow-up").headers["location"] == "/schools/ash/follow-up"
    assert browser.ask("/schools/ash/follow-up").text == "<p>the shell</p>"


def test_a_school_s_people_start_at_their_school(app, provider):
    for email, home in (("governor@ash.example", "/schools/ash"), ("central@trust.example", "/")):
        provider.claims = {"email": email, "email_verified": True}
        assert come_back(Browser(app), provider).headers["location"] == home


def test_a_person_of_several_audiences_chooses_and_changes(sign_in):
    browser = sign_in("two@trust.example")
    assert browser.ask("/").headers["location"] == "/account?next=/"
    assert browser.ask("/data/manifest.json").status == 403
    assert "Elm Primary" in browser.ask("/account").text
    assert browser.post("/session/audience", b"audience=school/ash").headers["location"] == "/schools/ash"
    assert json.loads(browser.ask("/data/manifest.json").body)["audience"] == "school/ash"
    changed = browser.post("/session/audience", b"audience=school/elm&next=/schools/ash/follow-up")
    assert changed.headers["location"] == "/schools/elm"
    assert "cache" in changed.headers["clear-site-data"]
    assert json.loads(browser.ask("/data/manifest.json").body)["audience"] == "school/elm"
    assert browser.post("/session/audience", b"audience=network").status == 403


def test_a_role_of_the_provider_gives_audiences(folder, provider, monkeypatch):
    monkeypatch.setenv("ROLLCALL_SIGN_IN_SECRET", SECRET)
    role = '[[access.role]]\nclaim = "roles"\nvalue = "Attendance.Ash"\naudiences = ["school/ash"]\n'
    folder.config.write_text(SCHOOLS + ACCESS + role)
    settings = server_settings(folder, load_trust(folder.root))
    settings.providers[0].transport = provider.transport
    app = make_signed_in_app(folder.current / "site", settings)
    for roles, status in (
        (["Attendance.Ash", "Else"], 303),
        (["Attendance"], 403),
        ("Attendance.Ash", 303),
        (None, 403),
    ):
        provider.claims = {"email": "x@trust.example", "email_verified": True, "roles": roles}
        assert come_back(Browser(app), provider).status == status


def test_a_stranger_gets_in_nowhere(app, provider):
    provider.claims = {"email": "stranger@trust.example", "email_verified": True}
    browser = Browser(app)
    answer = come_back(browser, provider)
    assert (answer.status, browser.ask("/data/manifest.json").status) == (403, 401)
    assert "__Host-rollcall" not in browser.cookies


FORGED = {
    "another client's token": {"aud": "another-client"},
    "another client's token, that names us as presenter": {"aud": "another-client", "azp": CLIENT},
    "of two audiences, without saying for whom": {"aud": [CLIENT, "another-client"]},
    "another issuer's token": {"iss": "https://evil.example"},
    "no issuer": {"iss": None},
    "yesterday's token": {"iat": int(time.time()) - 90_000, "exp": int(time.time()) - 86_400},
    "a token without an end": {"exp": None},
    "a token of tomorrow": {"nbf": int(time.time()) + 86_400},
    "another sign-in's nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "nobody's token": {"sub": ""},
}
SIGNED = {
    "alg none": unsigned,
    "signed with the public key": signed_with_public_key,
    "signed with another key": lambda claims: signed(claims, ANOTHER_KEY),
    "a changed token": lambda claims: signed(claims)[:-4] + "AAAA",
    "no token": lambda claims: "nonsense",
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_token_that_is_not_for_us_now_is_refused(app, provider, forged):
    provider.claims = {"email": "central@trust.example", "email_verified": True}
    provider.forged = FORGED[forged]
    browser = Browser(app)
    assert come_back(browser, provider).status == 400
    assert browser.cookies == {}


@pytest.mark.parametrize("how", SIGNED)
def test_a_token_that_the_provider_did_not_sign_is_refused(app, provider, how):
    provider.claims = {"email": "central@trust.example", "email_verified": True}
    provider.sign = SIGNED[how]
    assert come_back(Browser(app), provider).status == 400


@pytest.mark.parametrize("verified", [False, None, "true", 1, "yes"])
def test_an_address_that_the_provider_does_not_vouch_for_is_nobody_s(app, provider, verified):
    provider.claims = {"email": "central@trust.example", "email_verified": verified}
    assert come_back(Browser(app), provider).status == 403


def test_addresses_that_only_look_alike_are_nobody_s(app, provider):
    for email in (
        "\u212aentral@trust.example",
        "central@trust.ex\u0430mple",
        "central@trust.example\n",
        ["central@trust.example"],
    ):
        provider.claims = {"email": email, "email_verified": True}
        assert come_back(Browser(app), provider).status == (303 if email == "central@trust.example\n" else 403), email


def of_kind(settings, provider, kind, issuer, domains=()):
    one = settings.providers[0]
    one.kind, one.issuer, one.domains = kind, issuer, domains
    provider.issuer = issuer
    one.transport = provider.transport


ENTRA_MEMBER = {"tid": TENANT, "oid": "7", "preferred_username": "Central@Trust.example", "email": "x@evil.example"}


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 303),
        ({"preferred_username": "x@evil.example", "email": "central@trust.example"}, 403),
        ({"preferred_username": "x@evil.example", "email": "central@trust.example", "email_verified": True}, 403),
        ({"preferred_username": None, "email": "central@trust.example", "xms_edov": True}, 303),
        ({"preferred_username": None, "email": "central@trust.example", "xms_edov": False}, 403),
        ({"acct": 1}, 403),
        ({"idp": "https://sts.windows.net/99999999-2222-3333-4444-555555555555/"}, 403),
        ({"idp": f"https://sts.windows.net/{TENANT}/"}, 303),
        ({"tid": "99999999-2222-3333-4444-555555555555"}, 400),
        ({"oid": None}, 400),
    ],
)
def test_of_microsoft_only_what_the_trust_s_own_tenant_gives_counts(app, settings, provider, changed, status):
    of_kind(settings, provider, "microsoft", ENTRA)
    provider.claims = ENTRA_MEMBER | changed
    assert come_back(Browser(app), provider).status == status


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 303),
        ({"email_verified": False}, 403),
        ({"hd": None}, 403),
        ({"hd": "evil.example"}, 403),
        ({"email": "central@evil.example", "hd": "evil.example"}, 403),
        ({"email": "somebody@gmail.com", "hd": None}, 403),
    ],
)
def test_of_google_only_the_trust_s_own_domain_counts(app, settings, provider, changed, status):
    of_kind(settings, provider, "google", "https://accounts.google.com", ("trust.example",))
    provider.claims = {"email": "central@trust.example", "email_verified": True, "hd": "trust.example"} | changed
    assert come_back(Browser(app), provider).status == status


def test_a_subject_pins_an_address_to_one_account(folder, app, provider):
    pinned = '[[access.person]]\nemail = "a@trust.example"\nsubject = "42"\naudiences = ["network"]\n'
    folder.config.write_text(SCHOOLS + ACCESS + pinned)
    for subject, status in (("42", 303), ("43", 403)):
        provider.claims = {"sub": subject, "email": "a@trust.example", "email_verified": True}
        assert come_back(Browser(app), provider).status == status


def test_a_state_is_good_once_and_in_its_own_browser(app, provider):
    provider.claims = {"email": "central@trust.example", "email_verified": True}
    browser, other = Browser(app), Browser(app)
    back = provider.approve(browser.ask("/sign-in/with/0").headers["location"]).removeprefix(URL)
    cookies = dict(browser.cookies)
    assert browser.ask(back).status == 303
    browser.cookies |= cookies
    assert browser.ask(back).status == 400, "used up"
    # An attacker who sends a victim their own answer must not sign the victim in as the attacker.
    forced = provider.approve(other.ask("/sign-in/with/0").headers["location"]).removeprefix(URL)
    assert Browser(app).ask(forced).status == 400
    assert other.ask(forced).status == 400, "used up by the attempt"
    for asked in ("", "?code=x", "?code=x&state=x", "?state=x"):
        assert other.ask(f"/sign-in/done{asked}").status == 400


def test_a_code_of_another_sign_in_is_refused(app, provider):
    provider.claims = {"email": "central@trust.example", "email_verified": True}
    one, two = Browser(app), Browser(app)
    first, second = (
        parse_qs(urlsplit(provider.approve(each.ask("/sign-in/with/0").headers["location"])).query)
        for each in (one, two)
    )
    assert one.ask(f"/sign-in/done?code={second['code'][0]}&state={first['state'][0]}").status == 400


def test_an_answer_of_another_issuer_is_refused(app, provider):
    browser = Browser(app)
    back = provider.approve(browser.ask("/sign-in/with/0").headers["location"]).removeprefix(URL)
    assert browser.ask(back + "&iss=https://evil.example").status == 400


def test_a_provider_that_names_another_issuer_or_plain_http_is_not_asked(app, settings, provider):
    for metadata in ({"issuer": "https://evil.example"}, {"token_endpoint": "http://sign-in.example/token"}):
        provider.metadata = metadata
        settings.providers[0]._loaded = None
        answer = Browser(app).ask("/sign-in/with/0")
        assert (answer.status, "location" in answer.headers) == (400, False)


def test_new_keys_of_the_provider_are_fetched_but_not_at_will(app, settings, provider):
    provider.claims = {"email": "central@trust.example", "email_verified": True}
    assert come_back(Browser(app), provider).status == 303
    fresh = type(KEY).generate_key(2048, {"kid": "two", "use": "sig"})
    from joserfc import jwt

    provider.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "two"}, claims, fresh)
    provider.keys = [KEY, fresh]
    assert come_back(Browser(app), provider).status == 400, "fetched a moment ago"
    assert provider.key_requests == 1
    settings.providers[0]._loaded -= 100
    assert come_back(Browser(app), provider).status == 303
    assert provider.key_requests == 2


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
        "https:evil.example", "/%0d%0aSet-Cookie: a=b", "///evil.example", "evil.example", "/a\r\nLocation: //evil",
    ],
)  # fmt: skip
def test_nobody_is_sent_on_to_another_host(app, provider, target):
    from urllib.parse import quote

    provider.claims = {"email": "central@trust.example", "email_verified": True}
    for written in (target, quote(target, safe="")):
        location = come_back(Browser(app), provider, written).headers["location"]
        parts = urlsplit(location)
        assert not parts.netloc
        assert not parts.scheme
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))
        assert "\r" not in location
        assert "\n" not in location


def test_what_is_said_of_a_refusal_names_no_reason_but_the_log_does(app, folder, provider):
    provider.claims = {"email": "central@trust.example", "email_verified": True}
    provider.forged = {"aud": "another-client"}
    page = come_back(Browser(app), provider).text
    assert "token" not in page
    logged = "".join(path.read_text() for path in (folder.identity / "sign_ins").glob("*.jsonl"))
    assert json.loads(logged.splitlines()[-1])["outcome"] == "token_refused"


def test_a_person_added_to_trust_toml_can_sign_in_at_once(folder, app, provider):
    provider.claims = {"email": "new@trust.example", "email_verified": True}
    assert come_back(Browser(app), provider).status == 403
    folder.config.write_text(folder.config.read_text() + person("new@trust.example", ["network"]))
    assert come_back(Browser(app), provider).status == 303
