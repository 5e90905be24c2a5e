"""Who is signed in: sessions kept in memory, under the hash of what the browser's cookie holds.

A session ends by signing out, by being idle or old, and when the server stops. Nothing about the person is in the
cookie. Belongs here: sessions and sign-ins under way. Does not belong here: what a session may see.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.responses import Response

from dashboards.server.openid import Identity

# __Host-: the browser takes it over TLS only, for this host alone, and no other host of the domain can set it.
COOKIE = "__Host-rollcall"
STARTED_COOKIE = "__Host-rollcall-sign-in"
_STARTED_SECONDS = 600
_MOST_STARTED = 5_000
_MOST_SESSIONS = 20_000


@dataclass
class Session:
    """One browser in which somebody is signed in, and the audience that they look as."""

    identity: Identity
    began: float
    seen: float
    audience: str | None = None
    key: str = field(default="", repr=False)


@dataclass(frozen=True)
class Started:
    """A sign-in on its way through the provider: what its answer must fit."""

    provider: int
    nonce: str
    verifier: str
    goes_on_to: str
    browser: str
    began: float


class Sessions:
    """The sessions of a server. hours and idle_minutes: how long one lasts at most, and without a request."""

    def __init__(self, hours: float, idle_minutes: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._longest, self._idle, self._clock = hours * 3600, idle_minutes * 60, clock
        self._sessions: OrderedDict[str, Session] = OrderedDict()
        self._started: OrderedDict[str, Started] = OrderedDict()

    def begin(self, identity: Identity) -> tuple[str, Session]:
        """A new session, and the text that its cookie holds; nothing but its hash is kept."""
        now, token = self._clock(), secrets.token_urlsafe(32)
        session = Session(identity, now, now, key=_hash(token))
        self._sessions[session.key] = session
        if len(self._sessions) > _MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return token, session

    def of(self, token: str | None) -> Session | None:
        """The session of a cookie, when it is neither too old nor too long idle; its time of idleness starts anew."""
        session = self._sessions.get(_hash(token)) if token else None
        if session is None:
            return None
        now = self._clock()
        if now - session.began > self._longest or now - session.seen > self._idle:
            self.end(session)
            return None
        session.seen = now
        self._sessions.move_to_end(session.key)
        return session

    def end(self, session: Session) -> None:
        """Ends a session at once."""
        self._sessions.pop(session.key, None)

    def start(self, provider: int, nonce: str, verifier: str, goes_on_to: str) -> tuple[str, str]:
        """Remembers a sign-in that begins: its state, and what the same browser must show when it comes back."""
        state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._started[state] = Started(provider, nonce, verifier, goes_on_to, _hash(browser), self._clock())
        if len(self._started) > _MOST_STARTED:
            self._started.popitem(last=False)
        return state, browser

    def finish(self, state: str | None, browser: str | None) -> Started | None:
        """The sign-in of a state, once: a state is used up by being asked for, by whichever browser."""
        started = self._started.pop(state, None) if state else None
        if started is None or not browser or not secrets.compare_digest(started.browser, _hash(browser)):
            return None
        return started if self._clock() - started.began <= _STARTED_SECONDS else None


def set_cookie(answer: Response, name: str, value: str, seconds: int | None = None) -> None:
    """Gives the browser a cookie that no script, no other site's request and no plain HTTP carries."""
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")


def drop_cookie(answer: Response, name: str) -> None:
    """Takes a cookie back from the browser."""
    answer.delete_cookie(name, path="/", secure=True, httponly=True, samesite="lax")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
