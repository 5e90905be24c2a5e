"""One mock warehouse, one shell, one export and one browser for all browser tests; a server for each audience."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Request, Route, sync_playwright

from dashboards import evidence
from dashboards.audiences import audiences
from dashboards.serve import make_app
from dashboards.site_export import export_site
from tests.browser import mock_warehouse as mock

CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
RELEASE = "20261113-170512-0001"
GROUP = "school/northgate-academy/tutor"


@pytest.fixture(scope="session")
def mock_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return mock.make(tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb")


@pytest.fixture(scope="session")
def shell() -> Path:
    return evidence.build_shell()


@pytest.fixture(scope="session")
def release(mock_warehouse: Path, shell: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release's folder with every audience's site, as `rollcall run` leaves it, and published/current on it."""
    trust = tmp_path_factory.mktemp("trust")
    folder = trust / "releases" / RELEASE
    with duckdb.connect(str(mock_warehouse), read_only=True) as db:
        slug = GROUP.split("/")[1]
        keys = db.execute(f"select pupil_key from reports.rpt_pupils where slug = '{slug}' order by all").fetchall()
    members = {GROUP: [key for (key,) in keys[:3]]}
    export_site(mock_warehouse, shell, folder / "site", audiences(mock_warehouse), RELEASE, groups=members)
    (folder / "reports" / "network").mkdir(parents=True)
    (folder / "reports" / "network" / "network-report.pdf").write_bytes(b"%PDF-1.7\n")
    (folder / "data_docs").mkdir()
    (folder / "data_docs" / "index.html").write_text("<p>data docs</p>")
    (trust / "published").mkdir()
    (trust / "published" / "current").symlink_to(folder)
    return trust / "published" / "current"


@pytest.fixture(scope="session")
def serve(release: Path) -> Iterator[Callable[[str], str]]:
    """Starts a server for an audience (once) and returns its address."""
    running: dict[str, tuple[str, uvicorn.Server, threading.Thread]] = {}

    def start(audience: str) -> str:
        if audience not in running:
            listening = socket.create_server(("127.0.0.1", 0))
            config = uvicorn.Config(make_app(release / "site", audience), log_level="warning")
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
            thread.start()
            while not server.started:
                time.sleep(0.02)
            running[audience] = (f"http://127.0.0.1:{listening.getsockname()[1]}", server, thread)
        return running[audience][0]

    yield start
    for _, server, thread in running.values():
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()


class Visit:
    """A browser window that takes down everything that must not happen while pages are read."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.wrong = page, address, []  # type: ignore[var-annotated]
        page.on("console", lambda said: said.type == "error" and self.wrong.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        page.on("requestfailed", lambda asked: self.wrong.append(f"failed: {asked.url}"))
        page.route("**/*", self._guard)

    def _guard(self, route: Route, request: Request) -> None:
        if request.url.startswith((self.address + "/", "data:", "blob:")):
            route.continue_()
        else:
            self.wrong.append(f"outside request: {request.url}")
            route.abort()

    def open(self, path: str) -> Page:
        """Opens a page and waits until every figure has come."""
        self.page.goto(self.address + path)
        self.settle()
        return self.page

    def settle(self) -> None:
        self.page.wait_for_selector("main h1", timeout=60_000)
        self.page.wait_for_function(
            "() => document.querySelector('main table') && !document.querySelector('.waiting')", timeout=60_000
        )
        self.page.wait_for_load_state("networkidle")


@pytest.fixture
def visit(browser: Browser, serve: Callable[[str], str]) -> Iterator[Callable[..., Visit]]:
    """Opens windows for an audience; afterwards fails the test if anything went wrong in one."""
    opened: list[Visit] = []

    def start(audience: str = "network", width: int = 1280) -> Visit:
        context = browser.new_context(viewport={"width": width, "height": 900}, service_workers="block")
        opened.append(Visit(context.new_page(), serve(audience)))
        return opened[-1]

    yield start
    for one in opened:
        text = one.page.content()
        one.page.context.close()
        assert not one.wrong
        assert "Error in Query!" not in text
        assert "could not be worked out" not in text


@pytest.fixture
def site_copy(release: Path, tmp_path: Path) -> Path:
    """A trust folder of one's own with the same release, to publish a second one in."""
    folder = tmp_path / "releases" / RELEASE
    shutil.copytree(release.resolve(), folder, copy_function=shutil.copyfile)
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "current").symlink_to(folder)
    return tmp_path
