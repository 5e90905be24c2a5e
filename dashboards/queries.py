"""Answers a page's queries on the server, over the files of the reader's own audience and nothing else.

With this route a page needs no database in the browser, which would be nine tenths of what it loads. A query runs in
an in-memory database that holds the audience's tables and can reach no file, network, extension or setting; only
SELECTs over those tables get that far. Belongs here: HTTP, limits. Does not belong here: what an audience may see
(audiences.py), running the database (query_engine.py).
"""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboards.query_engine import Engine

BODY_BYTES, QUERIES = 400_000, 80
PACKED_FROM = 1_000  # bytes; a shorter answer is not worth compressing
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


def query_route(audience_folder: Callable[[Request], Path]) -> Route:
    """The route POST /query, which answers a batch of queries at once.

    audience_folder: the folder of the newest release's site for the audience of a request, which is asked at every
    request. The request is JSON: {"queries": [SQL, ...], "figures": what an earlier answer said, or null}. The answer
    is {"figures": what the figures are, "answers": [...]}, an answer being {"columns": [{"name", "type"}], "values":
    [a list for each column]} or {"error": a sentence}. Another release since then is answered with status 409, so that
    one page never mixes two releases.
    """
    engine = Engine()

    async def answer(request: Request) -> Response:
        if not _is_own_page(request):
            return _say(request, 403, {"error": "Only the dashboards' own pages may ask here."})
        try:
            asked = await _body(request)
        except ValueError as problem:
            return _say(request, 400, {"error": str(problem)})
        folder = audience_folder(request)
        try:
            figures = await run_in_threadpool(engine.figures, folder)
            if asked["figures"] not in (None, figures):
                return _say(request, 409, {"figures": figures, "error": "New figures have been published."})
            answers = await run_in_threadpool(engine.answers, folder, figures, asked["queries"])
        except FileNotFoundError:
            return _say(request, 404, {"error": "There are no figures for you in this release."})
        return _say(request, 200, b'{"figures":"%s","answers":[%s]}' % (figures.encode(), b",".join(answers)))

    return Route("/query", answer, methods=["POST"])


def _is_own_page(request: Request) -> bool:
    """Whether the request comes from a page of ours: another site's form cannot send JSON, nor this header."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/json" and request.headers.get("sec-fetch-site", "same-origin") == "same-origin"


async def _body(request: Request) -> dict[str, Any]:
    """The request's queries; raises ValueError, with a sentence, for anything else or too much of it."""
    sent = bytearray()
    async for part in request.stream():
        sent += part
        if len(sent) > BODY_BYTES:
            raise ValueError("That is too long.")
    try:
        asked = json.loads(sent)
    except (ValueError, RecursionError):
        raise ValueError("That is not JSON.") from None
    queries = asked.get("queries") if isinstance(asked, dict) else None
    if not isinstance(queries, list) or not all(isinstance(query, str) for query in queries):
        raise ValueError("There are no queries in it.")
    if len(queries) > QUERIES:
        raise ValueError(f"At most {QUERIES} queries at once.")
    return {"queries": queries, "figures": asked.get("figures")}


def _say(request: Request, status: int, content: bytes | dict[str, str]) -> Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = dict(_HEADERS)
    if len(body) >= PACKED_FROM and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = gzip.compress(body, 5), "gzip"
    return Response(body, status, headers, "application/json")
