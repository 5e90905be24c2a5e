"""What one audience is served, asked of the server itself: its own files and no others, under strict headers."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from dashboards.serve import make_app

SCHOOL = "northgate-academy"
OTHER = "ashfield-primary"

pytestmark = pytest.mark.browser


class Answer:
    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


def ask(app, path: str, host: str = "127.0.0.1", **headers: str) -> Answer:
    """One request as it comes off the wire: the path is not tidied on the way."""
    sent: list[dict] = []
    raw = [
        (b"host", host.encode()),
        *((name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()),
    ]
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": path, "raw_path": path.encode(),
        "query_string": b"", "headers": raw, "scheme": "http", "server": ("127.0.0.1", 80), "root_path": "",
    }  # fmt: skip

    async def receive() -> dict:
        await asyncio.Event().wait()  # nothing more comes from this client, and it does not hang up
        raise AssertionError

    async def send(message: dict) -> None:
        sent.append(message)

    # a thread of its own: where a browser test ran before, this one has an event loop already
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    start = next(message for message in sent if message["type"] == "http.response.start")
    body = b"".join(message.get("body", b"") for message in sent if message["type"] == "http.response.body")
    return Answer(start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, body)


def tables(site: Path) -> dict[str, Path]:
    """The tables' files; of a table in two parts the school's own, and the other under `shared <table>`."""
    manifest = json.loads((site / "data" / "manifest.json").read_text("utf-8"))
    whole = {Path(file).stem: site / file for file in manifest["renderedFiles"]["rollcall"]}
    own = {table: site / files["own"] for table, files in manifest["parts"].items()}
    return whole | own | {f"shared {table}": site / files["shared"] for table, files in manifest["parts"].items()}


def test_an_audience_is_served_its_own_files_and_no_others(release):
    app = make_app(release / "site", f"school/{SCHOOL}")
    assert json.loads(ask(app, "/data/manifest.json").body)["audience"] == f"school/{SCHOOL}"
    own, others = (
        {
            file.relative_to(release / "site" / "school" / slug)
            for file in tables(release / "site" / "school" / slug).values()
        }
        for slug in (SCHOOL, OTHER)
    )
    assert others - own, "the two schools should differ"
    for file in others - own:
        assert ask(app, f"/{file}").status == 404
    for file in own:
        assert ask(app, f"/{file}").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../network/data/manifest.json", "/data/../../network/data/manifest.json", "/%2e%2e/network/index.html",
        f"/school/{OTHER}/data/manifest.json", "/network/data/manifest.json", "//etc/passwd", "/data//etc/passwd",
        "/data/..\\..\\warehouse.duckdb", "/../../warehouse.duckdb", "/_app/../../../../warehouse.duckdb",
        "/data/.manifest.json", "/reports/../../warehouse.duckdb", "/data_docs/../warehouse.duckdb",
        "/warehouse.duckdb",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_audience_folder(release, path):
    for audience in ("network", f"school/{SCHOOL}"):
        answer = ask(make_app(release / "site", audience), path)
        assert answer.status == 404 or answer.body == (release / "site" / audience / "index.html").read_bytes()


def test_a_folder_below_an_audience_is_not_served_by_it(site_copy):
    below = site_copy / "published" / "current" / "site" / "school" / SCHOOL / "year-7" / "data"
    below.mkdir(parents=True)
    (below / "manifest.json").write_text("{}")
    app = make_app(site_copy / "published" / "current" / "site", f"school/{SCHOOL}")
    assert ask(app, "/year-7/data/manifest.json").status == 404


def test_network_files_hold_no_rows_that_are_a_school_s_own(release, mock_warehouse):
    files = tables(release / "site" / "network")
    own = tables(release / "site" / "school" / SCHOOL)

    def rows(file: Path, where: str) -> int:
        return duckdb.sql(f"select count(*) from '{file}' where {where}").fetchall()[0][0]

    assert rows(files["rpt_bands"], "year_group <> 'all'") == 0
    assert rows(own["rpt_bands"], "year_group <> 'all'") > 0
    assert rows(files["rpt_cohorts"], "pupils between 1 and 5") == 0
    for table in ("rpt_bands", "rpt_cohorts"):
        assert rows(own[table], f"slug is distinct from '{SCHOOL}'") == 0
        assert own[f"shared {table}"].samefile(files[table])


def test_a_table_without_rows_is_an_arrow_stream(release):
    extracts = tables(release / "site" / "network")["rpt_extracts"].read_bytes()
    own = tables(release / "site" / "school" / SCHOOL)["rpt_extracts"].read_bytes()
    assert (extracts[:4], own[:4]) == (b"\xff\xff\xff\xff", b"PAR1")


def test_what_audiences_share_is_stored_once(release):
    network = tables(release / "site" / "network")["rpt_guide_codes"]
    school = tables(release / "site" / "school" / SCHOOL)["rpt_guide_codes"]
    assert os.stat(network).st_ino == os.stat(school).st_ino
    pages = (release / "site" / audience / "index.html" for audience in ("network", f"school/{SCHOOL}"))
    assert len({os.stat(page).st_ino for page in pages}) == 1


def test_headers_are_strict_and_files_cached_as_they_deserve(release):
    app = make_app(release / "site", "network")
    index = ask(app, "/schools/anything")
    policy = index.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy.split("style-src-attr")[0]
    assert "'unsafe-eval'" not in policy
    assert "http" not in policy
    assert (index.headers["x-content-type-options"], index.headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert index.headers["cache-control"] == "no-cache"
    script = next((release / "site" / "network" / "_app" / "immutable").rglob("*.js"))
    found = ask(app, f"/{script.relative_to(release / 'site' / 'network')}", accept_encoding="gzip")
    assert found.headers["content-encoding"] == "gzip"
    assert "immutable" in found.headers["cache-control"]
    assert found.headers["content-type"].startswith("text/javascript")


def test_another_site_s_page_cannot_ask_under_its_own_name(release):
    app = make_app(release / "site", "network")
    assert ask(app, "/", host="evil.example").status == 400
    assert ask(app, "/", host="localhost:8800").status == 200


def test_reports_are_the_audience_s_own_and_data_docs_the_network_s(release):
    network, school = (make_app(release / "site", audience) for audience in ("network", f"school/{SCHOOL}"))
    assert b"network-report.pdf" in ask(network, "/reports/").body
    assert ask(network, "/reports/network-report.pdf").body.startswith(b"%PDF")
    assert b"no printed report" in ask(school, "/reports/").body
    assert ask(school, "/reports/network-report.pdf").status == 404
    assert (ask(network, "/data_docs/").status, ask(school, "/data_docs/").status) == (200, 404)


def test_a_new_release_appears_and_pages_of_the_old_one_keep_their_data(site_copy):
    current = site_copy / "published" / "current"
    app = make_app(current / "site", "network")
    first = json.loads(ask(app, "/data/manifest.json").body)
    old_file = first["renderedFiles"]["rollcall"][0]
    newer = site_copy / "releases" / "newer"
    (newer / "site" / "network" / "data").mkdir(parents=True)
    (newer / "site" / "network" / "index.html").write_text("<p>newer</p>")
    (newer / "site" / "network" / "data" / "manifest.json").write_text('{"release": "newer"}')
    fresh = site_copy / "published" / "fresh"
    fresh.symlink_to(newer)
    fresh.replace(current)
    assert ask(app, "/").body == b"<p>newer</p>"
    assert json.loads(ask(app, "/data/manifest.json").body) == {"release": "newer"}
    assert ask(app, f"/{old_file}").status == 200


def test_an_audience_without_dashboards_is_refused_at_the_start(release):
    for audience in ("school/no-such-school", "../network", ""):
        with pytest.raises(ValueError, match="no dashboards"):
            make_app(release / "site", audience)


def test_a_fix_list_is_kept_by_its_school_and_found_nowhere_else(site_copy):
    site = site_copy / "published" / "current" / "site"
    (site / "school" / SCHOOL / "fix-list.csv").write_text("File,Line")
    answer = ask(make_app(site, f"school/{SCHOOL}"), "/fix-list.csv")
    assert (answer.status, answer.body) == (200, b"File,Line")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="fix-list-{SCHOOL}.csv"'
    assert answer.headers["cache-control"] == "no-store"
    for audience in ("network", f"school/{OTHER}"):
        assert ask(make_app(site, audience), "/fix-list.csv").status == 404
        assert ask(make_app(site, audience), f"/school/{SCHOOL}/fix-list.csv").status == 404
