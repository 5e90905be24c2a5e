"""The server and the database in the browser answer a page's queries alike: every page reads the same through both."""

import re

import pytest

from dashboards.disclosed import tables
from tests.browser.conftest import GROUP
from tests.browser.pages import PAGES, SITE

pytestmark = pytest.mark.browser

SCHOOL = "northgate-academy"
NO_ROWS_IN_A_PART = "larkhill-primary"  # of its own, in rpt_missing_registers
FOLLOW = (
    "(to) => { const link = document.createElement('a'); link.href = to; document.body.append(link); link.click() }"
)


def addresses() -> list[str]:
    """The address of every page; of those about a school, that of the school's own edition."""
    found = []
    for page in PAGES:
        path = "/" + str(page.relative_to(SITE / "pages").with_suffix("")).replace("[slug]", SCHOOL)
        found.append(re.sub(r"/index$", "/", path))
    return [path for path in found if "[" not in path]


def own_pages(path: str) -> bool:
    """Whether a page is one of those below a school's overview, which others see without figures."""
    return path.count("/") > 2


def texts(window, paths: list[str]) -> dict[str, str]:
    """What each page says, walked through by links as a reader does, so that the database is started once."""
    page = window.page
    page.goto(window.address + "/definitions")
    window.settle()
    found = {}
    for path in paths:
        page.evaluate(FOLLOW, path)
        page.wait_for_function("(to) => location.pathname.replace(/(.)[/]$/, '$1') === to", arg=path)
        page.wait_for_load_state("networkidle")
        window.settle()
        page.wait_for_timeout(400)
        found[path] = page.locator("main").inner_text()
    return found


# Both ways to the rows of each query; the server's as the page would ask for it.
BOTH_WAYS = """async ([script, queries]) => {
    const { open } = await import(script);
    const database = await open();
    const rows = await Promise.all(queries.map((one) => database.query(one)));
    const headers = { 'content-type': 'application/json' };
    const asked = await fetch('/query', { method: 'POST', headers, body: JSON.stringify({ figures: null, queries }) });
    return [rows.map(([row]) => Object.values(row)), (await asked.json()).answers];
}"""


@pytest.mark.parametrize("audience", ["network", f"school/{SCHOOL}", f"school/{NO_ROWS_IN_A_PART}", GROUP])
def test_every_table_has_the_same_rows_both_ways(visit, shell, audience):
    """Those in two parts among them, which each puts together by itself."""
    window = visit(audience)
    window.page.goto(window.address + "/definitions")
    window.settle()
    (script,) = shell.glob("_app/immutable/chunks/in-browser.*.js")
    queries = [
        f"select count(*)::int as n, md5(string_agg(t::varchar, '|' order by t::varchar)) as rows from {table} as t"
        for table in sorted(tables())
    ]
    in_browser, by_server = window.page.evaluate(BOTH_WAYS, [f"/{script.relative_to(shell)}", queries])
    for table, found, answer in zip(sorted(tables()), in_browser, by_server, strict=True):
        assert found == [column[0] for column in answer["values"]], table


@pytest.mark.slow
def test_every_page_says_the_same_without_a_server_that_answers(visit):
    answered, alone = visit(f"school/{SCHOOL}"), visit(f"school/{SCHOOL}")
    alone.page.route("**/query", lambda route: route.fulfill(status=405, body="Method not allowed"))
    asked: list[str] = []
    answered.page.on("request", lambda request: asked.append(request.url))
    paths = addresses()
    by_server, by_browser = texts(answered, paths), texts(alone, paths)
    for path in paths:
        assert by_server[path] == by_browser[path], path
    assert any(url.endswith("/query") for url in asked)
    assert not [url for url in asked if ".wasm" in url or ".parquet" in url or "worker" in url]
    alone.wrong = [said for said in alone.wrong if "405" not in said]
