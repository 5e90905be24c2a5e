"""The web application for people who sign in: signing in, the account, and the files behind the gate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.serve import file_routes, home_of
from dashboards.server.gate import SIGN_IN, Gate, UnreadableError, plain_path
from dashboards.server.limits import Buckets, SmallRequests, client_of, too_many
from dashboards.server.log import AccessLog
from dashboards.server.openid import Identity, Provider, SignInError, fresh_secret
from dashboards.server.pages import account_page, label_of, message_page, sign_in_page
from dashboards.server.sessions import COOKIE, STARTED_COOKIE, Session, Sessions, drop_cookie, set_cookie

DONE = "/sign-in/done"
_TRANSPORT_SECURITY = "max-age=63072000"
# Ends what the browser keeps of an audience, when it is left.
_CLEAR = '"cache", "storage"'

Write = Callable[..., None]


@dataclass
class ServerSettings:
    """What the server needs to know beyond its files.

    public_url: the address that people type. audiences_of: the audiences that somebody has now, as trust.toml stands;
    raises UnreadableError. labels: schools and groups in words, by audience. person_of: somebody's pseudonym.
    log_access, log_sign_in: take an event and its fields.
    """

    public_url: str
    providers: Sequence[Provider]
    audiences_of: Callable[[Identity], Sequence[str]]
    labels: Callable[[], Mapping[str, str]]
    person_of: Callable[[Identity], str]
    log_access: Write
    log_sign_in: Write
    session_hours: float = 8
    idle_minutes: float = 60
    sign_ins: Buckets = field(default_factory=lambda: Buckets(burst=30, per_second=0.5))
    strangers: Buckets = field(default_factory=lambda: Buckets(burst=240, per_second=8))
    members: Buckets = field(default_factory=lambda: Buckets(burst=600, per_second=40))


def make_signed_in_app(site_root: Path, settings: ServerSettings) -> Starlette:
    """The application: open to everybody are only the health check and the pages of signing in.

    site_root: <trust>/published/current/site, whose link is followed as in `dashboards.serve.make_app`.
    """
    sessions = Sessions(settings.session_hours, settings.idle_minutes)
    behind = Starlette(
        routes=[
            Route("/session", _session),
            Route("/session/audience", _choose, methods=["POST"]),
            Route("/account", _account),
            Route("/sign-out", _sign_out, methods=["POST"]),
            *file_routes(),
        ]
    )
    gate = Gate(
        behind,
        sessions,
        settings.audiences_of,
        settings.person_of,
        settings.public_url,
        settings.strangers,
        settings.members,
    )
    app = Starlette(
        routes=[
            Route("/health", _health),
            Route(SIGN_IN, _sign_in),
            Route("/sign-in/with/{number:int}", _start),
            Route(DONE, _done),
            Mount("", gate),
        ],
        middleware=[
            Middleware(AccessLog, write=settings.log_access),
            Middleware(OverTls, is_on=settings.public_url.startswith("https:")),
            Middleware(SmallRequests),
            Middleware(
                TrustedHostMiddleware, allowed_hosts=[urlsplit(settings.public_url).hostname or ""], www_redirect=False
            ),
        ],
    )
    for one in (app, behind):
        one.state.site_root, one.state.seen, one.state.audience = site_root, [], None
        one.state.settings, one.state.sessions = settings, sessions
    return app


class OverTls:
    """Tells browsers to come back over TLS only."""

    def __init__(self, app: ASGIApp, is_on: bool) -> None:
        self._app, self._is_on = app, is_on

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on and adds the header to its answer."""

        async def secured(message: Message) -> None:
            if self._is_on and message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    (b"strict-transport-security", _TRANSPORT_SECURITY.encode()),
                ]
            await send(message)

        await self._app(scope, receive, secured)


async def _health(request: Request) -> Response:
    is_there = (request.app.state.site_root / "network" / "index.html").is_file()
    return PlainTextResponse("ok" if is_there else "no release", 200 if is_there else 503)


async def _sign_in(request: Request) -> Response:
    settings: ServerSettings = request.app.state.settings
    if not settings.strangers.take(client_of(request.scope)):
        return too_many()
    said = "You are signed out." if "out" in request.query_params else ""
    return sign_in_page([one.name for one in settings.providers], plain_path(request.query_params.get("next")), said)


async def _start(request: Request) -> Response:
    settings: ServerSettings = request.app.state.settings
    number = request.path_params["number"]
    if number >= len(settings.providers):
        return PlainTextResponse("There is nothing at this address.", 404)
    if not settings.sign_ins.take(client_of(request.scope)):
        return too_many()
    nonce, verifier = fresh_secret(), fresh_secret()
    goes_on_to = plain_path(request.query_params.get("next"))
    state, browser = request.app.state.sessions.start(number, nonce, verifier, goes_on_to)
    try:
        address = await settings.providers[number].address(settings.public_url + DONE, state, nonce, verifier)
    except SignInError as error:
        return _refused(request, str(error), settings.providers[number].name)
    answer = RedirectResponse(address, 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
    set_cookie(answer, STARTED_COOKIE, browser, seconds=600)
    return answer


async def _done(request: Request) -> Response:
    settings: ServerSettings = request.app.state.settings
    sessions: Sessions = request.app.state.sessions
    if not settings.sign_ins.take(client_of(request.scope)):
        return too_many()
    asked = request.query_params
    started = sessions.finish(asked.get("state"), request.cookies.get(STARTED_COOKIE))
    if started is None:
        return _refused(request, "not_started_here")
    provider = settings.providers[started.provider]
    if asked.get("iss", provider.issuer) != provider.issuer:
        return _refused(request, "another_issuer", provider.name)
    if not asked.get("code"):
        return _refused(request, "declined", provider.name)
    try:
        identity = await provider.identity(settings.public_url + DONE, asked["code"], started.nonce, started.verifier)
        audiences = list(settings.audiences_of(identity))
    except SignInError as error:
        return _refused(request, str(error), provider.name)
    except UnreadableError:
        return _refused(request, "settings_unreadable", provider.name)
    person = settings.person_of(identity)
    facts: dict[str, Any] = {
        "person": person, "name": identity.name, "email": identity.email, "subject": identity.subject,
        "provider": identity.provider, "audiences": audiences, "client": client_of(request.scope),
    }  # fmt: skip
    if not audiences:
        settings.log_sign_in("sign_in", outcome="no_audience", **facts)
        return message_page(
            "Nothing to show you yet",
            "You signed in, but nobody has given you access to the dashboards. Ask your trust's data team.",
            403,
            (SIGN_IN, "Sign in as somebody else"),
        )
    settings.log_sign_in("sign_in", outcome="signed_in", **facts)
    earlier = sessions.of(request.cookies.get(COOKIE))
    if earlier:
        sessions.end(earlier)
    token, session = sessions.begin(identity)
    request.scope["rollcall.person"] = person
    if len(audiences) == 1:
        session.audience = audiences[0]
    goes_on_to = started.goes_on_to
    if goes_on_to == "/" and session.audience:
        goes_on_to = home_of(session.audience)
    answer = RedirectResponse(goes_on_to, 303, headers={"Cache-Control": "no-store"})
    drop_cookie(answer, STARTED_COOKIE)
    set_cookie(answer, COOKIE, token)
    return answer


def _refused(request: Request, reason: str, provider: str | None = None) -> Response:
    """A sign-in that came to nothing; the log says why, the page does not."""
    settings: ServerSettings = request.app.state.settings
    settings.log_sign_in("sign_in", outcome=reason, provider=provider, client=client_of(request.scope))
    sentence = (
        "The sign-in service cannot be reached just now; try again in a few minutes."
        if reason == "provider_unreachable"
        else "The sign-in was not completed. Start again; if it happens twice, tell your trust's data team."
    )
    answer = message_page("Signing in did not work", sentence, 400, (SIGN_IN, "Sign in"))
    drop_cookie(answer, STARTED_COOKIE)
    return answer


async def _session(request: Request) -> Response:
    session: Session = request.scope["rollcall.session"]
    labels = request.app.state.settings.labels()
    return JSONResponse(
        {
            "person": session.identity.name or session.identity.email,
            "audience": session.audience,
            "audiences": request.scope["rollcall.audiences"],
            "labels": {one: label_of(one, labels) for one in request.scope["rollcall.audiences"]},
        }
    )


async def _account(request: Request) -> Response:
    session: Session = request.scope["rollcall.session"]
    name = session.identity.name or session.identity.email or "somebody without a name"
    return account_page(
        name,
        session.audience,
        request.scope["rollcall.audiences"],
        request.app.state.settings.labels(),
        plain_path(request.query_params.get("next")),
    )


async def _choose(request: Request) -> Response:
    session: Session = request.scope["rollcall.session"]
    try:
        form = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=4))
    except ValueError:
        form = {}
    audience = form.get("audience", "")
    if audience not in request.scope["rollcall.audiences"]:
        return PlainTextResponse("You have no such audience.", 403)
    # A page of the audience before may be none of the new one's; only a first choice goes on to what was asked for.
    goes_on_to = plain_path(form.get("next")) if session.audience is None else "/"
    session.audience = audience
    if goes_on_to == "/":
        goes_on_to = home_of(audience)
    return RedirectResponse(goes_on_to, 303, headers={"Clear-Site-Data": _CLEAR})


async def _sign_out(request: Request) -> Response:
    session: Session = request.scope["rollcall.session"]
    request.app.state.sessions.end(session)
    answer = RedirectResponse(f"{SIGN_IN}?out", 303, headers={"Clear-Site-Data": _CLEAR})
    drop_cookie(answer, COOKIE)
    return answer
