"""Serves an audience's dashboards, reports and, to the network, the data documentation.

Read-only files under strict headers: nothing is fetched from elsewhere, nothing can frame the pages, and a page's
address can never lead outside the audience's own folders. Whose files they are is one choice at the start on this
computer (`make_app`), or the session's where people sign in (server/). Belongs here: files over HTTP. Does not belong
here: figures, signing in.
"""

import base64
import hashlib
import html
import re
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboards.queries import query_route

HOSTS = ["127.0.0.1", "localhost", "[::1]"]  # any other name is another site's page asking (DNS rebinding)
TYPES = {
    ".css": "text/css", ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet", ".pdf": "application/pdf", ".png": "image/png",
    ".svg": "image/svg+xml", ".wasm": "application/wasm", ".woff2": "font/woff2", ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
PACKED = {"br": ".br", "gzip": ".gz"}
# Files to keep, not to look at: never from an earlier release, nor from the browser's cache.
DOWNLOADS = (".csv", ".xlsx")
FOREVER = "max-age=31536000, immutable"
NETWORK, ANALYST = "network", "analyst"
_GOVERNORS = "/governors"


def make_app(site_root: Path, audience: str) -> Starlette:
    """The web application that serves site_root/<audience>/ and the same release's reports.

    site_root: <trust>/published/current/site; the link is followed anew at every page load, so that a new release
    appears by itself, while pages opened before it still find the files of theirs. Raises ValueError for an
    audience that has no folder there.
    """
    files = data_audience(audience)
    if not _inside(site_root, files) or not (site_root / files / "index.html").is_file():
        raise ValueError(f"There are no dashboards for {audience!r} in the current release.")
    app = Starlette(
        routes=[Route("/session", _session), *file_routes()],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS, www_redirect=False)],
    )
    app.state.site_root, app.state.audience, app.state.seen = site_root, audience, []
    return app


def file_routes() -> list[Route]:
    """The routes of everything that is an audience's: app.state has site_root, audience and seen (an empty list)."""
    return [
        Route("/reports/{path:path}", _reports),
        Route("/data_docs/{path:path}", _data_docs),
        query_route(audience_folder),
        Route("/{path:path}", _site),
    ]


def audience_of(request: Request) -> str:
    """Whose pages this request may see: its session's audience, or the one that was chosen at the start."""
    audience: str = request.scope.get("rollcall.audience") or request.app.state.audience
    return audience


def audience_folder(request: Request) -> Path:
    """The newest release's site folder of the audience of this request."""
    return _follow(request) / data_audience(audience_of(request))


def data_audience(audience: str) -> str:
    """The audience whose site somebody is served: governors of a school see what the network sees."""
    return NETWORK if audience.startswith("school/") and audience.endswith(_GOVERNORS) else audience


def home_of(audience: str) -> str:
    """The page an audience starts at."""
    return f"/schools/{audience.split('/')[1]}" if audience.startswith("school/") else "/"


async def _session(request: Request) -> Response:
    audience = audience_of(request)
    answer = {"person": None, "audience": audience, "audiences": [audience]}
    return JSONResponse(answer, headers=HEADERS | {"Cache-Control": "no-store"})


async def _site(request: Request) -> Response:
    path, audience = request.path_params["path"].rstrip("/"), data_audience(audience_of(request))
    if path and not _plain(path):
        return _missing()
    if not PurePosixPath(path).suffix:  # a page's address: every page is the same file
        path = "index.html"
    elif not (path.startswith(("_app/", "data/")) or "/" not in path):
        return _missing()  # a folder inside this one may be another audience's
    if path.endswith(DOWNLOADS):
        return _download(_inside(_follow(request) / audience, path), request)
    # A page open since an earlier release still finds what it names; what names a release is the newest one's alone.
    for root in [_follow(request)] if path in ("index.html", "data/manifest.json") else _releases(request):
        found = _inside(root / audience, path)
        if found:
            return _file(found, request, _caching(path), _policy(found) if path == "index.html" else None)
    return _missing()


async def _reports(request: Request) -> Response:
    path, audience = request.path_params["path"], audience_of(request)
    reports = _follow(request).parent / "reports"
    folders = [reports / one for one in dict.fromkeys([audience, data_audience(audience)])]
    if path:
        places = (_inside(folder, path) for folder in folders if "/" not in path)
        found = next((place for place in places if place and place.is_file()), None)
        return _file(found, request, "no-cache") if found else _missing()
    names = sorted({file.name for folder in folders for file in folder.glob("*.*") if file.is_file()}, reverse=True)
    items = "".join(f'<li><a href="/reports/{quote(name)}">{html.escape(name)}</a></li>' for name in names)
    body = f"<ul>{items}</ul>" if names else "<p>This release has no printed report for you.</p>"
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
    return HTMLResponse(_PAGE.replace("BODY", body), headers=HEADERS | {"Content-Security-Policy": policy})


async def _data_docs(request: Request) -> Response:
    path = request.path_params["path"] or "index.html"
    if audience_of(request) not in (NETWORK, ANALYST):
        return _missing()
    found = _inside(_follow(request).parent / "data_docs", path)
    policy = "default-src 'self' 'unsafe-inline' data:; connect-src 'none'; frame-ancestors 'none'"
    return _file(found, request, "no-cache", policy) if found else _missing()


def _follow(request: Request) -> Path:
    """The newest release's site folder, by its real path; remembered, newest first."""
    seen: list[Path] = request.app.state.seen
    real: Path = request.app.state.site_root.resolve()
    if not seen or seen[0] != real:
        request.app.state.seen = [real, *(path for path in seen if path != real)][:5]
    return real


def _releases(request: Request) -> list[Path]:
    if not request.app.state.seen:
        _follow(request)
    releases: list[Path] = request.app.state.seen
    return releases


def _plain(path: str) -> bool:
    """Whether every part of a path is an ordinary name: nothing hidden, nothing that climbs."""
    return not any(not part or part.startswith(".") or re.search(r"[\\\x00-\x1f]", part) for part in path.split("/"))


def _inside(folder: Path, path: str) -> Path | None:
    """The file or folder at path below folder; None when it does not exist or lies outside, links followed."""
    if not _plain(path):
        return None
    found, root = (folder / path).resolve(), folder.resolve()
    return found if found.exists() and root in found.parents else None


def _file(found: Path, request: Request, caching: str, policy: str | None = None) -> Response:
    if not found.is_file():
        return _missing()
    headers = HEADERS | {"Cache-Control": caching, "Vary": "Accept-Encoding"}
    headers["Content-Security-Policy"] = policy or "default-src 'none'; frame-ancestors 'none'"
    if found.suffix == ".pdf":  # a browser's own PDF reader needs no less
        headers["Content-Security-Policy"] = "frame-ancestors 'none'"
    if found.suffix == ".js":  # a worker's own policy is that of its script
        headers["Content-Security-Policy"] = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"
    for coding, suffix in PACKED.items():  # the smaller first
        packed = found.with_name(found.name + suffix)
        if coding in request.headers.get("accept-encoding", "") and packed.is_file():
            headers["Content-Encoding"] = coding
            return FileResponse(packed, headers=headers, media_type=TYPES.get(found.suffix, "application/octet-stream"))
    return FileResponse(found, headers=headers, media_type=TYPES.get(found.suffix, "application/octet-stream"))


def _download(found: Path | None, request: Request) -> Response:
    if found is None:
        return _missing()
    answer = _file(found, request, "no-store")
    whose = PurePosixPath(audience_of(request)).name
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.stem}-{whose}{found.suffix}"'
    return answer


def _caching(path: str) -> str:
    if path.startswith("_app/immutable/"):
        return f"public, {FOREVER}"
    return f"private, {FOREVER}" if path.endswith(".parquet") else "no-cache"


def _policy(index: Path) -> str:
    """The page's content security policy: only its own inline script runs, named by its hash."""
    scripts = re.findall(r"<script>(.*?)</script>", index.read_text("utf-8"), re.DOTALL)
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(s.encode()).digest()).decode()}'" for s in scripts)
    return (
        f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {hashes}; worker-src 'self'; connect-src 'self'; "
        "style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _missing() -> Response:
    return PlainTextResponse("There is nothing at this address.", 404, headers=HEADERS)


_PAGE = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Printed reports · Rollcall</title>
<style>
body { font: 1rem/1.5 "Segoe UI", system-ui, sans-serif; color: #17232e }
body { max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
a { color: #14589c }
li { margin: 0.4rem 0 }
</style>
</head>
<body><h1>Printed reports</h1>BODY<p><a href="/">Back to the dashboards</a></p></body>
</html>"""
