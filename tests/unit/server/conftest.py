"""A trust with two schools, a release of small files, a provider, and browsers that talk to the server over ASGI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from dashboards.server import ServerSettings, make_signed_in_app
from ingestion.trust import TrustFolder, init_trust, load_trust
from orchestration.sign_in import server_settings
from tests.unit.server.provider import CLIENT, SECRET, OpenIdProvider

URL = "https://rollcall.example"
SCHOOLS = """
[trust]
name = "Small Trust"
[[school]]
slug = "ash"
name = "Ash Primary"
urn = 100001
laestab = "8770001"
phase = "primary"
la_code = "877"
mis = "generic"
[[school.group]]
slug = "oak-class"
name = "Oak class"
forms = ["Oak"]
[[school]]
slug = "elm"
name = "Elm Primary"
urn = 100002
laestab = "8770002"
phase = "primary"
la_code = "877"
mis = "generic"
"""
ACCESS = f"""
[access]
public_url = "{URL}"
[[access.provider]]
name = "Our accounts"
issuer = "https://sign-in.example"
client_id = "{CLIENT}"
"""
PEOPLE = {
    "central@trust.example": ["network"],
    "data@trust.example": ["analyst", "network"],
    "head@ash.example": ["school/ash"],
    "head@elm.example": ["school/elm"],
    "governor@ash.example": ["school/ash/governors"],
    "tutor@ash.example": ["school/ash/oak-class"],
    "two@trust.example": ["school/ash", "school/elm"],
}
AUDIENCES = ("network", "analyst", "school/ash", "school/elm", "school/ash/oak-class")


def person(email: str, audiences: list[str]) -> str:
    return f'[[access.person]]\nemail = "{email}"\naudiences = {json.dumps(audiences)}\n'


class Answer:
    def __init__(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status, self.all_headers, self.body = status, headers, body
        self.headers = dict(headers)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Browser:
    """Requests as they come off the wire (no path is tidied), with the cookies that a browser would send back."""

    def __init__(self, app: ASGIApp, client: str = "192.0.2.1") -> None:
        self.app, self.client, self.cookies = app, client, dict[str, str]()

    def ask(
        self, path: str, method: str = "GET", body: bytes = b"", host: str = "rollcall.example", **headers: str
    ) -> Answer:
        plain, _, query = path.partition("?")
        raw = [(b"host", host.encode())]
        if self.cookies:
            raw.append((b"cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()).encode()))
        if body:
            raw.append((b"content-length", str(len(body)).encode()))
        raw += [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "path": plain, "raw_path": plain.encode(),
            "query_string": query.encode(), "headers": raw, "scheme": "https", "server": ("rollcall.example", 443),
            "client": (self.client, 50000), "root_path": "",
        }  # fmt: skip
        sent: list[dict[str, Any]] = []
        unread = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if unread:
                return unread.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(self.app(scope, receive, send))  # type: ignore[arg-type]
        start = next(message for message in sent if message["type"] == "http.response.start")
        answer = Answer(
            start["status"],
            [(name.decode().lower(), value.decode()) for name, value in start["headers"]],
            b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body"),
        )
        for name, value in answer.all_headers:
            if name == "set-cookie":
                self._keep(value)
        return answer

    def _keep(self, header: str) -> None:
        for name, morsel in SimpleCookie(header).items():
            assert morsel["secure"]
            assert morsel["httponly"]
            assert (morsel["path"], morsel["domain"], morsel["samesite"].lower()) == ("/", "", "lax")
            if morsel.value and morsel["max-age"] != "0":
                self.cookies[name] = morsel.value
            else:
                self.cookies.pop(name, None)

    def post(self, path: str, body: bytes = b"", **headers: str) -> Answer:
        """What a form of our own pages sends."""
        ours = {"origin": URL, "sec_fetch_site": "same-origin"}
        return self.ask(path, "POST", body, **(ours | headers))


@pytest.fixture
def folder(tmp_path: Path) -> TrustFolder:
    """The trust with a published release."""
    people = "".join(person(email, audiences) for email, audiences in PEOPLE.items())
    made = init_trust(tmp_path / "trust", SCHOOLS + ACCESS + people)
    publish(made, "20260101-000000-aaaa")
    return made


def publish(folder: TrustFolder, release: str, audiences: tuple[str, ...] = AUDIENCES) -> None:
    root = folder.releases / release
    for audience in audiences:
        site, mark = root / "site" / audience, f"{release} {audience}"
        parquet = f"data/rollcall/t/{audience.replace('/', '_')}/t.parquet"
        (site / parquet).parent.mkdir(parents=True)
        (site / "index.html").write_text("<p>the shell</p>")
        (site / parquet).write_text(f"PAR1 {mark}")
        manifest = {"audience": audience, "release": release, "renderedFiles": {"rollcall": [parquet]}}
        (site / "data" / "manifest.json").write_text(json.dumps(manifest))
        (site / "_app" / "immutable").mkdir(parents=True)
        (site / "_app" / "immutable" / "start.js").write_text("// the same for everybody")
        if audience.count("/") == 1:
            (site / "fix-list.csv").write_text(f"fix list of {mark}")
    for audience in (*audiences, "school/ash/governors"):
        (root / "reports" / audience).mkdir(parents=True)
        name = f"report-{audience.replace('/', '_')}.pdf"
        (root / "reports" / audience / name).write_text(f"%PDF {audience}")
    (root / "data_docs").mkdir()
    (root / "data_docs" / "index.html").write_text("data docs")
    (root / "warehouse.duckdb").write_text("every pupil")
    link = folder.published / ".next"
    link.symlink_to(root)
    link.replace(folder.current)


@pytest.fixture
def provider() -> OpenIdProvider:
    return OpenIdProvider()


@pytest.fixture
def settings(folder: TrustFolder, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch) -> ServerSettings:
    monkeypatch.setenv("ROLLCALL_SIGN_IN_SECRET", SECRET)
    made = server_settings(folder, load_trust(folder.root))
    made.providers[0].transport = provider.transport
    return made


@pytest.fixture
def app(folder: TrustFolder, settings: ServerSettings) -> ASGIApp:
    return make_signed_in_app(folder.current / "site", settings)


SignIn = Callable[..., Browser]


@pytest.fixture
def sign_in(app: ASGIApp, provider: OpenIdProvider) -> SignIn:
    """Signs somebody in, in a browser of their own."""

    def start(email: str, browser: Browser | None = None) -> Browser:
        browser = browser or Browser(app)
        provider.claims = {"sub": f"number of {email}", "email": email, "email_verified": True, "name": "A Person"}
        assert come_back(browser, provider).status == 303
        return browser

    return start


def come_back(browser: Browser, provider: OpenIdProvider, goes_on_to: str = "/") -> Answer:
    """From the sign-in button to the provider and back."""
    sent = browser.ask(f"/sign-in/with/0?next={goes_on_to}")
    assert sent.status == 303
    return browser.ask(provider.approve(sent.headers["location"]).removeprefix(URL))
