"""Takes the pictures of the dashboards that the README shows, from a published trust.

    uv run python docs/screenshots.py TRUST [--only NAME ...]

TRUST is a trust folder with a release, such as `rollcall demo` makes. Each picture is of one page of one audience,
named below; {school} stands for the first school of the phase that is named. The pictures go to docs/images.
"""

import argparse
import json
import socket
import threading
import time
from pathlib import Path

import duckdb
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from dashboards.serve import make_app

IMAGES = Path(__file__).with_name("images")
CHROMIUM = "/usr/bin/chromium"
DESKTOP, PHONE = (1440, 1000), (390, 844)
# name: audience, address, size
PICTURES = {
    "network": ("network", "/", DESKTOP),
    "compare": ("network", "/compare", DESKTOP),
    "this-week": ("school/{school}", "/schools/{school}/this-week", DESKTOP),
    "this-week-phone": ("school/{school}", "/schools/{school}/this-week", PHONE),
}
PHASE = "secondary"


def main() -> None:
    """Takes the pictures and prints their names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trust", type=Path)
    parser.add_argument("--only", nargs="+", choices=sorted(PICTURES), default=sorted(PICTURES))
    asked = parser.parse_args()
    release = (asked.trust / "published" / "current").resolve()
    school = _school(release / "warehouse.duckdb")
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name in asked.only:
            audience, address, size = PICTURES[name]
            _take(browser, release / "site", audience.format(school=school), address.format(school=school), size, name)
        browser.close()
    print(json.dumps([f"{name}.png" for name in asked.only]))


def _school(warehouse: Path) -> str:
    with duckdb.connect(str(warehouse), read_only=True) as db:
        found = db.execute(
            "select slug from reports.rpt_places where place_type = 'school' order by phase <> ?, place_order limit 1",
            [PHASE],
        ).fetchall()
    slug: str = found[0][0]
    return slug


def _take(browser: Browser, site: Path, audience: str, address: str, size: tuple[int, int], name: str) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_app(site, audience), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, device_scale_factor=1.5)
    page.goto(f"http://127.0.0.1:{listening.getsockname()[1]}{address}")
    page.wait_for_selector("main h1")
    page.wait_for_function("() => document.querySelector('main table') && !document.querySelector('.waiting')")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=IMAGES / f"{name}.png")
    page.close()
    server.should_exit = True
    thread.join(timeout=10)


if __name__ == "__main__":
    main()
