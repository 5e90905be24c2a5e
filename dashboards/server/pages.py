"""The few pages that the server itself writes: signing in, choosing an audience, and why not. No scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from starlette.responses import HTMLResponse

# Same-origin, unlike the dashboards: a form's origin is then sent with it, and says that the form is ours.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
}

_NAMES = {"network": "The whole trust", "analyst": "Data team: the whole trust and its data"}


def sign_in_page(providers: Sequence[str], goes_on_to: str, said: str = "", status: int = 200) -> HTMLResponse:
    """Buttons to sign in with, and a sentence about what happened before."""
    note = f'<p role="status">{escape(said)}</p>' if said else ""
    links = "".join(
        f'<a class="button" href="/sign-in/with/{number}?next={quote(goes_on_to, safe="/")}">Sign in with '
        f"{escape(name)}</a>"
        for number, name in enumerate(providers)
    )
    return _page("Sign in to the attendance dashboards", f"{note}{links}", status)


def account_page(
    name: str, audience: str | None, audiences: Sequence[str], labels: Mapping[str, str], goes_on_to: str
) -> HTMLResponse:
    """Who is signed in, as whom they look, what else they may choose, and the way out."""
    choices = "".join(
        f'<li><button name="audience" value="{escape(one)}"'
        f"{' aria-current=true' if one == audience else ''}>{escape(label_of(one, labels))}"
        f"{' (chosen now)' if one == audience else ''}</button></li>"
        for one in audiences
    )
    back = '<p><a href="/">To the dashboards</a></p>' if audience else ""
    body = (
        f"<p>You are signed in as {escape(name)}.</p><h2>What would you like to see?</h2>"
        f'<form method="post" action="/session/audience"><input type="hidden" name="next" value="{escape(goes_on_to)}">'
        f"<ul>{choices}</ul></form>{back}"
        '<form method="post" action="/sign-out"><button class="quiet">Sign out</button></form>'
    )
    return _page("Your account", body)


def message_page(title: str, sentence: str, status: int, link: tuple[str, str] = ("/", "Try again")) -> HTMLResponse:
    """One sentence and one way on."""
    address, words = link
    return _page(title, f'<p>{escape(sentence)}</p><p><a href="{escape(address)}">{escape(words)}</a></p>', status)


def label_of(audience: str, labels: Mapping[str, str]) -> str:
    """An audience in words: `labels` for schools and groups, which trust.toml names."""
    return _NAMES.get(audience) or labels.get(audience, audience)


def _page(title: str, body: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=escape(title), body=body), status, headers=HEADERS)


_PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} · Rollcall</title>
<style>
body {{ font: 1.05rem/1.5 "Segoe UI", system-ui, sans-serif; color: #17232e; background: #f4f6f8; margin: 0 }}
main {{ max-width: 32rem; margin: 12vh auto 2rem; padding: 2rem; background: #fff; border-radius: 0.5rem }}
h1 {{ font-size: 1.5rem; margin: 0 0 1rem }}
h2 {{ font-size: 1.1rem }}
ul {{ list-style: none; padding: 0 }}
a {{ color: #14589c }}
.button, button {{ display: block; box-sizing: border-box; width: 100%; margin: 0.5rem 0; padding: 0.75rem 1rem;
  border: 1px solid #14589c; border-radius: 0.35rem; background: #14589c; color: #fff; font: inherit;
  text-align: left; text-decoration: none; cursor: pointer }}
button {{ background: #fff; color: #14589c }}
button[aria-current] {{ background: #e8f0f8 }}
.quiet {{ width: auto; border-color: #6b7780; color: #3c4650 }}
:focus-visible {{ outline: 3px solid #c8590b; outline-offset: 2px }}
</style>
</head>
<body><main><h1>{title}</h1>{body}</main></body>
</html>"""
