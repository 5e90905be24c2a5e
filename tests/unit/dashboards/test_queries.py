"""POST /query: who may ask, what is too much, and that a page never mixes two releases."""

import asyncio
import gzip
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette

from dashboards import queries


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "data").mkdir()
    pq.write_table(pa.table({"n": list(range(900))}), tmp_path / "data" / "rpt_numbers.parquet")
    manifest = {"release": "one", "renderedFiles": {"rollcall": ["data/rpt_numbers.parquet"]}}
    (tmp_path / "data" / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


@pytest.fixture
def post(folder):
    app = Starlette(routes=[queries.query_route(lambda request: folder)])

    def ask(content: object, method: str = "POST", **headers: str) -> tuple[int, dict[str, str], object]:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent = {
            "content-type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "path": "/query", "raw_path": b"/query",
            "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 80), "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
        }  # fmt: skip
        answers: list[dict] = []
        parts = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict:
            if parts:
                return parts.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: dict) -> None:
            answers.append(message)

        # a thread of its own: where a browser test ran before, this one has an event loop already
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, app(scope, receive, send)).result()
        said = {name.decode(): value.decode() for name, value in answers[0]["headers"]}
        text = b"".join(answer.get("body", b"") for answer in answers[1:])
        text = gzip.decompress(text) if said.get("content-encoding") == "gzip" else text
        return answers[0]["status"], said, json.loads(text) if "json" in said["content-type"] else text

    return ask


def test_queries_are_answered_together_and_in_their_order(post):
    asked = ["select max(n) as most from rpt_numbers", "select wrong", "select 1 as one"]
    status, headers, answer = post({"queries": asked, "figures": None})
    assert status == 200
    assert [one.get("values") for one in answer["answers"]] == [[[899]], None, [[1]]]
    assert "wrong" in answer["answers"][1]["error"]
    assert headers["cache-control"] == "no-store"
    assert headers["content-type"] == "application/json"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_long_answer_is_packed(post):
    asked = {"queries": ["from rpt_numbers"]}
    assert "content-encoding" not in post(asked)[1]
    assert post(asked, accept_encoding="gzip, br")[1]["content-encoding"] == "gzip"
    assert post(asked, accept_encoding="gzip")[2] == post(asked)[2]


def test_a_new_release_is_said_and_not_mixed_with_the_old_one(post, folder):
    figures = post({"queries": []})[2]["figures"]
    assert post({"queries": ["select 1"], "figures": figures})[0] == 200
    manifest = folder / "data" / "manifest.json"
    manifest.write_text(manifest.read_text().replace("one", "two"))
    status, _, answer = post({"queries": ["select 1"], "figures": figures})
    assert status == 409
    assert "answers" not in answer


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content_type": "text/plain"}, 403),
        ({"content_type": "application/x-www-form-urlencoded"}, 403),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"content_type": "application/json; charset=utf-8"}, 200),
    ],
)
def test_only_our_own_pages_may_ask(post, headers, status):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    assert post({"queries": ["select 1"]}, **headers)[0] == status


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"queries": "select 1"}', b'{"queries": [1]}', b"[" * 100_000, b"\xff\xfe",
     json.dumps({"queries": ["select 1"] * (queries.QUERIES + 1)}).encode(), b" " * (queries.BODY_BYTES + 1)],
    ids=["nothing", "broken", "list", "text", "number", "deep", "bytes", "many", "long"],
)  # fmt: skip
def test_what_is_no_list_of_queries_is_refused(post, body):
    assert post(body)[0] == 400


def test_nothing_but_post_is_answered(post):
    assert post(b"", method="GET")[0] == 405


def test_without_figures_there_is_no_answer(post, folder):
    (folder / "data" / "manifest.json").unlink()
    assert post({"queries": ["select 1"]})[0] == 404
