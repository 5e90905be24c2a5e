"""Getting a message out: a mail by SMTP, a JSON document by webhook. Bounded in time, and never an exception.

Each channel works in a thread of its own and is given up at the deadline: a server that hangs holds no run.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any
from urllib.parse import urlsplit

from ingestion.alert_settings import Alerts, Email, Webhook
from orchestration.fingerprint import now

DEADLINE = 10.0
_ONE_TRY = 4.0
_PAUSES = (0.3, 1.0)
SIGNATURE = "X-Rollcall-Signature"
TIMESTAMP = "X-Rollcall-Timestamp"


@dataclass(frozen=True)
class Message:
    """One alert: the facts for machines, and the mail for people. Neither holds a file name or anything personal."""

    key: str
    subject: str
    text: str
    facts: dict[str, Any]


@dataclass(frozen=True)
class Delivered:
    """How one message fared over one channel; problem is null when it was handed over."""

    key: str
    channel: str
    problem: str | None


class _Final(Exception):
    """To try again would not help; `.args[0]` says why."""


def deliver(alerts: Alerts, messages: Sequence[Message], deadline: float = DEADLINE) -> list[Delivered]:
    """Send every message over every channel that is set; returns how each fared, within `deadline` seconds."""
    channels: dict[str, Callable[[Message, float], None]] = {}
    if alerts.email:
        email = alerts.email
        channels["email"] = lambda message, seconds: _mail(email, message, seconds)
    if alerts.webhook:
        webhook = alerts.webhook
        channels["webhook"] = lambda message, seconds: _post(webhook, message, seconds)
    until = time.monotonic() + deadline
    found: dict[tuple[str, str], str | None] = {}
    threads = [
        threading.Thread(
            target=_send_all, args=(name, send, messages, until, found), name=f"alerts by {name}", daemon=True
        )
        for name, send in channels.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    ended = dict(found)
    slow = f"no answer within {deadline:g} seconds"
    return [Delivered(m.key, name, ended.get((m.key, name), slow)) for m in messages for name in channels]


def _send_all(
    channel: str,
    send: Callable[[Message, float], None],
    messages: Sequence[Message],
    until: float,
    found: dict[tuple[str, str], str | None],
) -> None:
    for message in messages:
        found[(message.key, channel)] = _try(send, message, until)


def _try(send: Callable[[Message, float], None], message: Message, until: float) -> str | None:
    """None when it went out, else why not, after as many tries as there is time for."""
    problem: str | None = "no time was left for it"
    for pause in (*_PAUSES, None):
        left = until - time.monotonic()
        if left <= 0:
            return problem
        try:
            send(message, min(_ONE_TRY, left))
            return None
        except _Final as error:
            return str(error)
        except Exception as error:
            problem = _said(error)
        if pause is not None:
            time.sleep(max(0.0, min(pause, until - time.monotonic())))
    return problem


def _said(error: Exception) -> str:
    # Of a server's own words nothing goes on: they may repeat what it was sent.
    if isinstance(error, ssl.SSLError):
        return "the server's certificate is not trusted, or TLS failed"
    if isinstance(error, TimeoutError):
        return "the server did not answer in time"
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, Exception):
        return _said(error.reason)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code}"
    if isinstance(error, ConnectionError | OSError):
        return f"the server cannot be reached ({type(error).__name__})"
    return f"it failed ({type(error).__name__})"


def _trusted(ca_file: str | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError:
        raise _Final("the ca_file of trust.toml cannot be read") from None


def _mail(settings: Email, message: Message, seconds: float) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = settings.sender, ", ".join(settings.to), message.subject
    mail["Date"], mail["Message-ID"] = format_datetime(now()), make_msgid(domain="rollcall.invalid")
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    trusted = _trusted(settings.ca_file)
    server: smtplib.SMTP
    if settings.security == "tls":
        server = smtplib.SMTP_SSL(settings.host, settings.port, timeout=seconds, context=trusted)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=seconds)
    with server:
        try:
            if settings.security == "starttls":
                server.starttls(context=trusted)
            if settings.user:
                if settings.password is None:
                    raise _Final(f"the environment variable {settings.password_variable} with its password is not set")
                server.login(settings.user, settings.password)
            if server.send_message(mail):
                raise _Final("the mail server refused some of the addresses")
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPRecipientsRefused, smtplib.SMTPNotSupportedError) as error:
            raise _Final(f"the mail server refused it ({type(error).__name__})") from None


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        """A signed message goes where trust.toml says, and nowhere else."""


def _post(settings: Webhook, message: Message, seconds: float) -> None:
    body = json.dumps(message.facts, ensure_ascii=False).encode()
    request = urllib.request.Request(settings.url, data=body, method="POST")
    request.add_header("Content-Type", "application/json")
    request.add_header("User-Agent", "rollcall")
    request.add_header("Idempotency-Key", message.key)
    if settings.secret:
        moment = str(int(time.time()))
        request.add_header(TIMESTAMP, moment)
        request.add_header(SIGNATURE, signature(settings.secret, moment, body))
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if urlsplit(settings.url).scheme == "https":
        handlers.append(urllib.request.HTTPSHandler(context=_trusted(settings.ca_file)))
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=seconds):
            return
    except urllib.error.HTTPError as error:
        if error.code < 500 and error.code not in (408, 425, 429):
            raise _Final(f"the webhook answered {error.code}") from None
        raise RuntimeError from None


def signature(secret: str, moment: str, body: bytes) -> str:
    """The signature header: HMAC-SHA256 of the timestamp header's value, a full stop, and the body."""
    return "sha256=" + hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
