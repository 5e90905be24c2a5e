"""Every way to somebody else's data that we could think of, tried against the server."""

import asyncio
import json
import re

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from dashboards.server.limits import ADDRESS_BYTES, BODY_BYTES, Buckets, SmallRequests
from tests.unit.server.conftest import AUDIENCES, PEOPLE, SCHOOLS, URL, Browser, publish

ASH = "/data/rollcall/t/school_ash/t.parquet"
ELM = "/data/rollcall/t/school_elm/t.parquet"
NETWORK = "/data/rollcall/t/network/t.parquet"
OAK = "/data/rollcall/t/school_ash_oak-class/t.parquet"
# Whose files each person may have; everything else of any audience must not be theirs.
OWN = {
    "central@trust.example": "network", "head@ash.example": "school/ash", "head@elm.example": "school/elm",
    "governor@ash.example": "network", "tutor@ash.example": "school/ash/oak-class",
}  # fmt: skip
CLIMBS = (
    "/../{0}/data/manifest.json", "/data/../../{0}/data/manifest.json", "/%2e%2e/{0}/data/manifest.json",
    "/..%2f{0}/data/manifest.json", "/data/%2e%2e/%2e%2e/{0}/index.html", "/data/..\\..\\{0}\\data\\manifest.json",
    "/{0}/data/manifest.json", "/school/{0}/data/manifest.json", "//{0}/data/manifest.json", "/./{0}/index.html",
    "/_app/../../{0}/fix-list.csv", "/{0}/fix-list.csv", "/reports/../{0}/report.pdf", "/reports/%2e%2e/x.pdf",
    "/reports/..%5c{0}", "/data/manifest.json/../../../{0}/data/manifest.json", "/data_docs/../../warehouse.duckdb",
    "/warehouse.duckdb", "/../../warehouse.duckdb", "/../../../identity/access_log.key", "/../../../trust.toml",
    "/data/\x00/manifest.json", "/data/.manifest.json", "/etc/passwd", "//etc/passwd", "/data//etc/passwd",
)  # fmt: skip


@pytest.mark.parametrize("email", OWN)
def test_only_one_s_own_files_are_served(sign_in, email):
    browser = sign_in(email)
    for audience in AUDIENCES:
        mine = audience == OWN[email]
        answer = browser.ask(f"/data/rollcall/t/{audience.replace('/', '_')}/t.parquet")
        assert answer.status == (200 if mine else 404), audience
        report = browser.ask(f"/reports/report-{audience.replace('/', '_')}.pdf")
        assert report.status == (200 if mine or audience == PEOPLE[email][0] else 404), audience
    assert json.loads(browser.ask("/data/manifest.json").body)["audience"] == OWN[email]
    fix_list = browser.ask("/fix-list.csv")
    assert fix_list.status == (200 if OWN[email] in ("school/ash", "school/elm") else 404)
    assert OWN[email] in fix_list.text or fix_list.status == 404
    assert (browser.ask("/data_docs/").status == 200) == (email == "central@trust.example")


@pytest.mark.parametrize("email", OWN)
def test_no_path_leads_to_another_audience_or_out_of_the_release(sign_in, email):
    browser = sign_in(email)
    others = [audience for audience in AUDIENCES if audience != OWN[email]]
    for shape in CLIMBS:
        for audience in others:
            answer = browser.ask(shape.format(audience))
            assert answer.status in (404, 429) or answer.body == b"<p>the shell</p>", shape
            assert not any(f"aaaa {audience}" in answer.text for audience in others)


def test_governors_get_their_own_report_and_the_network_s_but_nobody_s_pupils(sign_in):
    browser = sign_in("governor@ash.example")
    listed = browser.ask("/reports/").text
    assert "report-school_ash_governors.pdf" in listed
    assert "report-network.pdf" in listed
    assert browser.ask("/reports/report-school_ash.pdf").status == 404
    assert browser.ask("/data_docs/").status == 404


EVERYTHING = (
    "/", "/schools/ash", "/data/manifest.json", ASH, NETWORK, "/reports/", "/reports/report-network.pdf",
    "/fix-list.csv", "/data_docs/index.html", "/session", "/account", "/_app/immutable/start.js", "/index.html",
    "/query",
)  # fmt: skip


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", "PROPFIND"]
)
def test_nothing_is_served_without_a_session(app, method):
    browser = Browser(app)
    for path in EVERYTHING:
        answer = browser.ask(path, method, origin=URL, sec_fetch_site="same-origin")
        assert answer.status in (303, 401), path
        assert "aaaa" not in answer.text
        assert "shell" not in answer.text


def test_methods_that_are_not_meant_change_and_show_nothing(sign_in):
    browser = sign_in("head@ash.example")
    for method in ("PUT", "DELETE", "PATCH", "POST", "OPTIONS", "TRACE", "get"):
        answer = browser.ask(ASH, method, origin=URL, sec_fetch_site="same-origin")
        assert (answer.status, b"PAR1" in answer.body) == (405, False), method
    for name in ("accept", "x_http_method_override", "x_method_override"):
        browser.ask("/sign-out", **{name: "POST"})
    assert browser.ask(ASH, "HEAD").status == 200
    assert browser.ask(ASH, "HEAD").body == b""
    assert browser.ask(ELM, "HEAD").status == 404


def test_a_range_is_a_part_of_one_s_own_file_only(sign_in):
    browser = sign_in("head@ash.example")
    part = browser.ask(ASH, range="bytes=0-3")
    assert (part.status, part.body) == (206, b"PAR1")
    for path in (ELM, NETWORK, "/../elm/fix-list.csv"):
        assert browser.ask(path, range="bytes=0-3").status == 404
    assert browser.ask(ASH, range="bytes=900-").status == 416
    assert browser.ask(ASH, range="bytes=" + ",".join(["0-"] * 500)).status in (200, 206, 400, 416)


@pytest.mark.parametrize("cookie", ["", "x", "0" * 43, "../../etc", "\u00e9", "a" * 4000, "null", "{}", '"'])
def test_a_made_up_cookie_is_nobody(app, sign_in, cookie):
    sign_in("central@trust.example")
    browser = Browser(app)
    browser.cookies["__Host-rollcall"] = cookie
    assert browser.ask("/data/manifest.json").status == 401


def test_a_changed_cookie_is_nobody_and_holds_nothing(sign_in):
    browser = sign_in("head@ash.example")
    token = browser.cookies["__Host-rollcall"]
    assert re.fullmatch(r"[\w-]{43}", token)
    for changed in (token[:-1], token + "A", token.swapcase(), token[::-1]):
        browser.cookies["__Host-rollcall"] = changed
        assert browser.ask("/data/manifest.json").status == 401


def test_a_cookie_under_another_name_or_planted_before_is_not_taken_over(app, sign_in):
    planted = Browser(app)
    planted.cookies["__Host-rollcall"] = "the attacker knows this"
    signed = sign_in("head@ash.example", planted)
    assert signed.cookies["__Host-rollcall"] != "the attacker knows this"
    other = Browser(app)
    other.cookies["rollcall"] = signed.cookies["__Host-rollcall"]
    assert other.ask("/data/manifest.json").status == 401


def test_signing_in_again_ends_the_session_before(app, sign_in):
    browser = sign_in("head@ash.example")
    before = dict(browser.cookies)
    sign_in("head@elm.example", browser)
    stale = Browser(app)
    stale.cookies = before
    assert stale.ask(ASH).status == 401


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(app, sign_in):
    browser = sign_in("head@ash.example")
    copy = Browser(app)
    copy.cookies = dict(browser.cookies)
    answer = browser.post("/sign-out")
    assert answer.headers["location"] == "/sign-in?out"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert "__Host-rollcall" not in browser.cookies
    assert copy.ask(ASH).status == 401
    assert "signed out" in browser.ask("/sign-in?out").text


@pytest.mark.parametrize(("idle", "steps", "status"), [(59, 1, 200), (61, 1, 401), (50, 9, 200), (50, 10, 401)])
def test_a_session_ends_when_idle_or_old(app, sign_in, idle, steps, status):
    """Idle for at most 60 minutes, and 8 hours in all."""
    browser = sign_in("head@ash.example")
    now = [0.0]
    sessions = app.state.sessions
    start = next(iter(sessions._sessions.values())).seen
    sessions._clock = lambda: start + now[0]
    for _ in range(steps):
        now[0] += idle * 60
        answer = browser.ask(ASH)
    assert answer.status == status


def test_a_session_ends_when_its_audience_is_taken_away(folder, app, sign_in):
    browser, other = sign_in("head@ash.example"), sign_in("head@elm.example")
    folder.config.write_text(folder.config.read_text().replace("head@ash.example", "successor@ash.example"))
    assert browser.ask(ASH).status == 401
    assert other.ask(ELM).status == 200
    folder.config.write_text(folder.config.read_text().replace("successor@ash.example", "head@ash.example"))
    assert browser.ask(ASH).status == 401, "a session that ended stays ended"


def test_nobody_sees_anything_while_trust_toml_cannot_be_read(folder, sign_in):
    browser = sign_in("head@ash.example")
    whole = folder.config.read_text()
    for broken in (whole + "\n[[", "", SCHOOLS.replace('phase = "primary"', 'phase = "?"')):
        folder.config.write_text(broken)
        assert browser.ask(ASH).status in (401, 503)
    folder.config.unlink()
    assert browser.ask("/data/manifest.json").status in (401, 503)


def test_a_broken_file_keeps_out_and_a_mended_one_lets_back_in(folder, sign_in):
    browser = sign_in("head@ash.example")
    whole = folder.config.read_text()
    folder.config.write_text(whole + "\n[[")
    assert browser.ask(ASH).status == 503
    folder.config.write_text(whole)
    assert browser.ask(ASH).status == 200


def test_a_new_release_is_seen_at_once_and_by_its_own_audiences_only(folder, sign_in):
    browser, tutor = sign_in("head@ash.example"), sign_in("tutor@ash.example")
    assert browser.ask(ASH).text == "PAR1 20260101-000000-aaaa school/ash"
    publish(folder, "20260102-000000-bbbb", tuple(one for one in AUDIENCES if one != "school/ash/oak-class"))
    assert json.loads(browser.ask("/data/manifest.json").body)["release"] == "20260102-000000-bbbb"
    assert browser.ask(ELM).status == 404
    assert tutor.ask("/").status == 404, "the group is not in this release"
    assert tutor.ask("/data/manifest.json").status == 404


def test_page_source_and_cookies_hold_nothing_of_anybody(sign_in):
    browser = sign_in("head@ash.example")
    for path in ("/", "/schools/elm", "/schools/ash/follow-up", "/network"):
        assert browser.ask(path).body == b"<p>the shell</p>"
    account = browser.ask("/account").text
    assert "Ash Primary" in account
    assert "Elm" not in account
    assert "network" not in account


def test_another_site_cannot_make_a_browser_act(sign_in):
    browser = sign_in("two@trust.example")
    browser.post("/session/audience", b"audience=school/ash")
    asks = (
        {}, {"origin": "https://evil.example"}, {"origin": "null"}, {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"}, {"origin": "null", "sec_fetch_site": "none"},
        {"origin": "https://evil.example", "sec_fetch_site": "same-origin"},
        {"origin": URL, "sec_fetch_site": "cross-site"}, {"origin": URL + ".evil.example"},
        {"origin": "http" + URL[5:]},
    )  # fmt: skip
    for headers in asks:
        for path, body in (("/session/audience", b"audience=school/elm"), ("/sign-out", b"")):
            assert browser.ask(path, "POST", body, **headers).status == 403, headers
    assert json.loads(browser.ask("/session").body)["audience"] == "school/ash"
    assert browser.ask("/sign-out", "POST", origin="null", sec_fetch_site="same-origin").status == 303


@pytest.mark.parametrize(
    "host",
    ["evil.example", "localhost", "127.0.0.1", "rollcall.example.evil.example", "", "rollcall.example@evil.example"],
)
def test_another_host_name_is_refused(sign_in, host):
    browser = sign_in("head@ash.example")
    for path in (ASH, "/sign-in", "/sign-in/with/0", "/"):
        answer = browser.ask(path, host=host)
        assert answer.status == 400
        assert "evil" not in answer.text


def test_where_people_are_sent_never_comes_from_the_request(app):
    answer = Browser(app).ask("/sign-in/with/0", x_forwarded_host="evil.example", forwarded="host=evil.example")
    assert "evil" not in answer.headers["location"]
    assert "redirect_uri=https%3A%2F%2Frollcall.example%2Fsign-in%2Fdone" in answer.headers["location"]


def test_oversize_requests_are_refused_before_they_are_read(sign_in, app):
    browser = sign_in("head@ash.example")
    assert browser.ask("/" + "a" * ADDRESS_BYTES).status == 414
    assert browser.ask("/?" + "a" * ADDRESS_BYTES).status == 414
    assert browser.post("/sign-out", b"a" * (BODY_BYTES + 1)).status == 413
    assert browser.ask("/sign-out", "POST", content_length="99999999999").status == 413
    assert browser.ask("/sign-out", "POST", content_length="-1").status == 413
    assert browser.post("/session/audience", b"&".join([b"a=b"] * 50)).status in (400, 403)
    assert browser.ask(ASH).status == 200


@pytest.mark.parametrize(("chunks", "status"), [(4, 200), (5, 413)])
def test_a_body_in_chunks_is_bounded_too(chunks, status):
    """Such a body announces no size; four quarters are the most, and nothing is read beyond the fifth."""
    left = [{"type": "http.request", "body": b"a" * (BODY_BYTES // 4), "more_body": True}] * (chunks - 1)
    left.append({"type": "http.request", "body": b"a" * (BODY_BYTES // 4), "more_body": chunks == 5})
    sent = []

    async def receive():
        return left.pop(0)

    async def send(message):
        sent.append(message)

    async def reads(scope, receive, send):
        body = await Request(scope, receive).body()
        await PlainTextResponse(str(len(body)))(scope, receive, send)

    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
    asyncio.run(SmallRequests(reads)(scope, receive, send))
    assert sent[0]["status"] == status
    if status == 200:
        assert sent[1]["body"] == str(BODY_BYTES).encode()


def test_who_asks_too_often_waits(app, settings, sign_in):
    for buckets, burst in ((settings.sign_ins, 30), (settings.strangers, 60), (settings.members, 60)):
        buckets._burst, buckets._clock = burst, lambda: 0.0
    member = sign_in("head@ash.example")
    stranger = Browser(app, client="192.0.2.9")
    statuses = [stranger.ask("/sign-in/with/0").status for _ in range(40)]
    assert statuses[:30] == [303] * 30
    assert 429 in statuses[30:]
    assert stranger.ask("/sign-in/done?state=x").status == 429
    assert Browser(app, client="192.0.2.10").ask("/sign-in/with/0").status == 303
    assert member.ask(ASH).status == 200
    guesses = []
    for guess in range(70):
        stranger.cookies["__Host-rollcall"] = f"guess {guess}"
        guesses.append(stranger.ask("/data/manifest.json").status)
    assert guesses[-1] == 429, "guessing sessions is slow"
    assert {member.ask(ASH).status for _ in range(70)} == {200, 429}


def test_buckets_fill_again_and_forget_the_longest_unseen():
    now = [0.0]
    buckets = Buckets(burst=2, per_second=0.5, clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(3)] == [True, True, False]
    now[0] = 1.9
    assert not buckets.take("a")
    now[0] = 3.9
    assert buckets.take("a")
    assert buckets.take("b")


def test_an_ipv6_client_is_its_network(app):
    statuses = [Browser(app, client=f"2001:db8::{number:x}").ask("/sign-in/with/0").status for number in range(40)]
    assert 429 in statuses
    assert Browser(app, client="2001:db8:1::1").ask("/sign-in/with/0").status == 303


def test_headers_are_strict_and_nothing_personal_is_kept_by_browsers(sign_in):
    browser = sign_in("head@ash.example")
    for path in (
        "/",
        ASH,
        "/data/manifest.json",
        "/fix-list.csv",
        "/reports/",
        "/session",
        "/account",
        "/nothing.json",
    ):
        headers = browser.ask(path).headers
        assert headers["cache-control"] == "no-store", path
        assert "Cookie" in headers["vary"]
        assert headers["strict-transport-security"].startswith("max-age=")
        if path not in ("/session",):
            assert headers["x-content-type-options"] == "nosniff", path
    assert browser.ask("/_app/immutable/start.js").headers["cache-control"].startswith("public")
    for path in ("/sign-in", "/account"):
        headers = browser.ask(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "script" not in headers["content-security-policy"]
        assert headers["x-frame-options"] == "DENY"


def test_what_a_person_is_called_cannot_become_part_of_a_page(app, provider):
    from tests.unit.server.conftest import come_back

    browser = Browser(app)
    provider.claims = {"email": "head@ash.example", "email_verified": True, "name": "<script>alert(1)</script>"}
    come_back(browser, provider)
    assert "<script>" not in browser.ask("/account").text
    assert "<script>" not in browser.ask('/account?next="><script>').text


def test_the_access_log_says_who_saw_what_and_nothing_more(folder, sign_in):
    browser = sign_in("head@ash.example")
    browser.ask(ASH + "?secret=in-a-query")
    browser.ask(ELM)
    browser.ask("/a\nforged line")
    files = list((folder.runs / "access").glob("*.jsonl"))
    text = "".join(path.read_text() for path in files)
    lines = [json.loads(line) for line in text.splitlines()]
    asked = {line["path"]: line for line in lines}
    assert (asked[ASH]["status"], asked[ASH]["audience"], asked[ELM]["status"]) == (200, "school/ash", 404)
    assert re.fullmatch(r"[0-9a-f]{16}", asked[ASH]["person"])
    assert asked[ASH]["bytes"] == len(browser.ask(ASH).body)
    for secret in ("in-a-query", "head@", "A Person", "code=", "state=", *browser.cookies.values()):
        assert secret not in text
    signed_in = next(iter((folder.identity / "sign_ins").glob("*.jsonl")))
    told = json.loads(signed_in.read_text().splitlines()[-1])
    assert (told["person"], told["email"]) == (asked[ASH]["person"], "head@ash.example")
    for path in (*files, signed_in):
        assert path.stat().st_mode & 0o077 == 0


def test_old_logs_are_deleted(tmp_path):
    import os

    from dashboards.server.log import ACCESS, DailyLog

    old, recent = tmp_path / "2025-01-01.jsonl", tmp_path / "2026-01-01.jsonl"
    for path, days in ((old, 91), (recent, 89)):
        path.write_text("")
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - days * 86_400))
    DailyLog(tmp_path, ACCESS, 90).write("request", path="/")
    assert (old.exists(), recent.exists()) == (False, True)


def test_health_says_whether_there_is_something_to_serve(folder, app):
    assert Browser(app).ask("/health").text == "ok"
    folder.current.unlink()
    assert Browser(app).ask("/health").status == 503
