"""The gate before every file: who asks, and as which audience. Nothing behind it is reached without a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.server.limits import Buckets, client_of, too_many
from dashboards.server.openid import Identity
from dashboards.server.sessions import COOKIE, Session, Sessions, drop_cookie

SIGN_IN, ACCOUNT = "/sign-in", "/account"
_SAFE = ("GET", "HEAD")
_SHARED = "public"


class UnreadableError(Exception):
    """Who may see what cannot be read just now."""


@dataclass
class Gate:
    """What every request passes: session, audience still given, not from another site, not too often.

    audiences_of: the audiences that somebody has now, by trust.toml as it stands; raises UnreadableError. person_of:
    the pseudonym for the log. origin: the public address. strangers, members: the limits of those without and with a
    session.
    """

    app: ASGIApp
    sessions: Sessions
    audiences_of: Callable[[Identity], Sequence[str]]
    person_of: Callable[[Identity], str]
    origin: str
    strangers: Buckets
    members: Buckets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on as its session's audience, or answers it."""
        request = Request(scope)
        try:
            session, answer = self._judge(request)
        except UnreadableError:
            answer = PlainTextResponse("The settings of this server are being changed; try again in a minute.", 503)
        if answer is not None:
            await answer(scope, receive, _unkept(send))
            return
        assert session is not None
        scope["rollcall.session"], scope["rollcall.audience"] = session, session.audience
        await self.app(scope, receive, _unkept(send))

    def _judge(self, request: Request) -> tuple[Session | None, Response | None]:
        """The session to go on with, or the answer that ends it here."""
        session = self.sessions.of(request.cookies.get(COOKIE))
        if session is None:
            if not self.strangers.take(client_of(request.scope)):
                return None, too_many()
            return None, self._sign_in_first(request)
        request.scope["rollcall.person"] = self.person_of(session.identity)
        if not self.members.take(session.key):
            return None, too_many()
        audiences = list(self.audiences_of(session.identity))
        if not audiences or (session.audience is not None and session.audience not in audiences):
            self.sessions.end(session)
            return None, self._sign_in_first(request)
        if request.method not in _SAFE and not self._is_ours(request.headers):
            return None, PlainTextResponse("This request did not come from these pages.", 403)
        if session.audience is None and len(audiences) == 1:
            session.audience = audiences[0]
        request.scope["rollcall.audiences"] = audiences
        if session.audience is None and not request.url.path.startswith((ACCOUNT, "/session", "/sign-out")):
            return None, self._instead(request, f"{ACCOUNT}?next={quote(request.url.path, safe='/')}", 403)
        return session, None

    def _sign_in_first(self, request: Request) -> Response:
        answer = self._instead(request, f"{SIGN_IN}?next={quote(request.url.path, safe='/')}", 401)
        drop_cookie(answer, COOKIE)
        return answer

    def _instead(self, request: Request, page: str, status: int) -> Response:
        """To a browser that opens a page, another page; to a file's or script's request, a plain refusal."""
        wants_page = request.headers.get("sec-fetch-dest", "document") == "document"
        if request.method == "GET" and wants_page and "." not in request.url.path.rpartition("/")[2]:
            return RedirectResponse(page, 303)
        return PlainTextResponse("Sign in first." if status == 401 else "Choose an audience first.", status)

    def _is_ours(self, headers: Headers) -> bool:
        """Whether a request that changes something was made by a page of ours."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin", "null")
        if origin != "null":
            return origin == self.origin and site in (None, "same-origin")
        return site == "same-origin"


def _unkept(send: Send) -> Send:
    """Lets no browser or proxy keep what only this session may see; the shell, the same for everybody, may be kept."""

    async def sends(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if not headers.get("cache-control", "").startswith(_SHARED):
                headers["Cache-Control"] = "no-store"
                headers.add_vary_header("Cookie")
        await send(message)

    return sends


def plain_path(value: str | None) -> str:
    """Where to go on after signing in: a path of this site, else its root. Never another host."""
    if not value or not value.isprintable() or len(value) > 300 or "\\" in value:
        return "/"
    parts = urlsplit(value)
    is_path = value.startswith("/") and not value.startswith("//") and not parts.scheme and not parts.netloc
    return value if is_path else "/"
