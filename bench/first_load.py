"""How long a reader waits: bytes and seconds until a large trust's dashboards show their figures, over a slow line.

    uv run python bench/first_load.py TRUST                 # enlarges its newest release to 57 schools
    uv run python bench/first_load.py TRUST --schools 12    # as it is, or as many as asked for

TRUST is a trust folder with a release (`rollcall demo`). Its reports tables are copied school by school under new names
until there are enough, exported as a release is, and read in Chromium through a line of 20 Mbit/s with 40 ms there and
back. The line is a proxy of ours, because the browser's own throttle does not hold back what its workers fetch.
"""

import argparse
import asyncio
import json
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import duckdb
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from dashboards import evidence
from dashboards.serve import make_app
from dashboards.site_export import export_site

BITS_PER_SECOND, ROUND_TRIP = 20_000_000, 0.040
CHROMIUM = "/usr/bin/chromium"
RESULTS = Path(__file__).with_name("results") / "first_load.json"
# a headline figure with a digit in it; every table there, nothing waiting, nothing still on its way
FIRST = """() => [...document.querySelectorAll('.stat .figure')].some((f) => /[0-9]/.test(f.textContent)) &&
    performance.now()"""
ALL = """() => document.querySelector('main table') && !document.querySelector('.waiting') &&
    ![...document.querySelectorAll('.stat .figure')].some((f) => f.textContent.includes('…')) && performance.now()"""


def enlarge(source: Path, target: Path, schools: int) -> None:
    """A warehouse with the reports of `source` and as many schools as asked for: its own, then copies of them."""
    with duckdb.connect(str(target)) as db:
        db.execute(f"attach '{source}' as old (read_only); create schema reports; create schema reference")
        for schema, name in db.execute(
            "select schema_name, table_name from duckdb_tables() "
            "where database_name = 'old' and schema_name in ('reports', 'reference')"
        ).fetchall():
            db.execute(f"create table {schema}.{name} as from old.{schema}.{name}")
        slugs = [
            slug
            for (slug,) in db.execute(
                "select slug from old.reports.rpt_places where place_type = 'school' order by place_order"
            ).fetchall()
        ]
        tables = db.execute(
            "select table_name, list(column_name) from duckdb_columns() where database_name = 'old' "
            "and schema_name = 'reports' group by all having list_contains(list(column_name), 'slug')"
        ).fetchall()
        for copy in range(1, -(-schools // len(slugs))):
            chosen = slugs[: schools - copy * len(slugs)]
            changed = {
                "slug": f"slug || '-{copy}'",
                "place_key": f"place_key || '-{copy}'",
                "place_name": f"place_name || ' {copy}'",
                "school_name": f"school_name || ' {copy}'",
                "school_urn": f"school_urn + {copy * 100_000}",
                "place_order": f"place_order + {copy * 1000}",
            }
            for table, columns in tables:
                replaced = ", ".join(f"{value} as {name}" for name, value in changed.items() if name in columns)
                db.execute(
                    f"insert into reports.{table} select * replace ({replaced}) from old.reports.{table} "
                    "where list_contains(?, slug)",
                    [chosen],
                )
        db.execute("update reports.rpt_release set schools = ?", [max(schools, len(slugs))])


class Served:
    """A server of one audience that counts the bytes of each answer, and the slow line in front of it."""

    def __init__(self, site: Path, audience: str) -> None:
        self.bytes: dict[str, int] = {}
        app = make_app(site, audience)

        async def counting(scope: Any, receive: Any, send: Any) -> None:
            async def counted(message: Any) -> None:
                if message["type"] == "http.response.body":
                    path = scope["path"]
                    self.bytes[path] = self.bytes.get(path, 0) + len(message.get("body", b""))
                await send(message)

            await app(scope, receive, counted if scope["type"] == "http" else send)

        listening = socket.create_server(("127.0.0.1", 0))
        self.server = uvicorn.Server(uvicorn.Config(counting, log_level="warning", lifespan="off"))
        threading.Thread(target=self.server.run, kwargs={"sockets": [listening]}, daemon=True).start()
        while not self.server.started:
            time.sleep(0.02)
        self.address = f"http://127.0.0.1:{_slow_line(listening.getsockname()[1])}"


def _slow_line(port: int) -> int:
    """Starts a proxy to `port` with the line's speed, shared by all connections, and its delay; returns its port."""
    started: list[int] = []
    ready = threading.Event()

    async def run() -> None:
        free_at = 0.0  # when the line has sent what it was given

        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_down: bool) -> None:
            nonlocal free_at
            while data := await reader.read(16_384):
                now = time.monotonic()
                due = now
                if is_down:
                    free_at = due = max(free_at, now) + len(data) * 8 / BITS_PER_SECOND
                due += ROUND_TRIP / 2
                asyncio.get_running_loop().call_at(
                    asyncio.get_running_loop().time() + due - time.monotonic(), writer.write, data
                )
                await asyncio.sleep(max(0.0, due - ROUND_TRIP / 2 - time.monotonic()))
            await asyncio.sleep(ROUND_TRIP)
            writer.close()

        async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await asyncio.sleep(ROUND_TRIP)  # the handshake
            there, back = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(carry(reader, back, False), carry(there, writer, True), return_exceptions=True)

        server = await asyncio.start_server(connect, "127.0.0.1", 0)
        started.append(server.sockets[0].getsockname()[1])
        ready.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(run()), daemon=True).start()
    ready.wait()
    return started[0]


def first_load(browser: Browser, served: Served, path: str) -> dict[str, Any]:
    """One reader who comes for the first time, goes on to a school, to the network, and comes back another day."""
    served.bytes.clear()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(served.address + path, wait_until="commit")
    first, everything = _seconds(page, FIRST), _seconds(page, ALL)
    page.wait_for_load_state("networkidle")
    found = {"first_figure_s": first, "all_figures_s": everything, "bytes": _by_kind(served.bytes)}
    found["to_a_school_s"] = _navigate(page, lambda: page.get_by_label("A school").select_option(index=5))
    found["to_the_network_s"] = _navigate(page, lambda: page.locator("header a.brand").click())
    again = context.new_page()
    served.bytes.clear()
    again.goto(served.address + path, wait_until="commit")
    found |= {"second_visit_first_figure_s": _seconds(again, FIRST), "second_visit_all_figures_s": _seconds(again, ALL)}
    again.wait_for_load_state("networkidle")
    found["second_visit_bytes"] = sum(served.bytes.values())
    context.close()
    return found


def _seconds(page: Page, when: str) -> float:
    return round(page.wait_for_function(when, timeout=120_000).json_value() / 1000, 2)


def _navigate(page: Page, go: Callable[[], object]) -> float:
    """From the click to all figures of the page that it leads to."""
    heading = page.locator("main h1").inner_text()
    start = page.evaluate("performance.now()")
    go()
    page.wait_for_function("(was) => document.querySelector('main h1')?.innerText !== was", arg=heading)
    return round(page.wait_for_function(ALL, timeout=120_000).json_value() / 1000 - start / 1000, 2)


def _by_kind(sizes: dict[str, int]) -> dict[str, int]:
    kinds = {".wasm": "wasm", ".js": "scripts", ".css": "styles", ".woff2": "font", ".parquet": "tables"}
    found: dict[str, int] = {}
    for path, size in sizes.items():
        kind = "queries" if path == "/query" else kinds.get(PurePosixPath(path).suffix, "page")
        found[kind] = found.get(kind, 0) + size
    return {"total": sum(found.values()), **dict(sorted(found.items()))}


def median(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The middle of each figure over the runs."""
    return {
        key: median([run[key] for run in runs])
        if isinstance(value, dict)
        else round(statistics.median(run[key] for run in runs), 2)
        for key, value in runs[-1].items()
        if all(key in run for run in runs)
    }


def main() -> None:
    """Measures and prints; with --record, also writes results/first_load.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trust", type=Path)
    parser.add_argument("--schools", type=int, default=57)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    shell = evidence.build_shell()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        warehouse = Path(scratch) / "warehouse.duckdb"
        enlarge((asked.trust / "published/current/warehouse.duckdb").resolve(), warehouse, asked.schools)
        with duckdb.connect(str(warehouse), read_only=True) as db:
            slug = db.execute("select min(slug) from reports.rpt_places where place_type = 'school'").fetchall()[0][0]
        site = Path(scratch) / "releases" / "measured" / "site"
        exported = export_site(warehouse, shell, site, ["network", f"school/{slug}"], "measured")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        found: dict[str, Any] = {
            "schools": asked.schools, "line_mbit_s": BITS_PER_SECOND / 1e6, "round_trip_ms": ROUND_TRIP * 1000,
            "runs": asked.runs, "export": exported,
        }  # fmt: skip
        for audience, path in (("network", "/"), (f"school/{slug}", f"/schools/{slug}")):
            served = Served(site, audience)
            found[audience.split("/")[0]] = median([first_load(browser, served, path) for _ in range(asked.runs)])
            served.server.should_exit = True
        browser.close()
    print(json.dumps(found, indent=1))
    if asked.record:
        RESULTS.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
