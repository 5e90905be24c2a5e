"""Every page as those meet it who use a keyboard, a screen reader or a phone."""

import re
from pathlib import Path

import axe_playwright_python
import pytest

from tests.browser.test_query_paths import SCHOOL, addresses, own_pages

pytestmark = pytest.mark.browser

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
    .filter((found) => ['serious', 'critical'].includes(found.impact))
    .map(({id, help, nodes}) => [id, help, ...nodes.slice(0, 3).map((node) => node.html.slice(0, 160))].join(' | '))"""
WIDE = """() => [...document.querySelectorAll('main *')].filter((e) => e.getBoundingClientRect().right > innerWidth + 1
    && !e.closest('.scroll, .sections')).slice(0, 3).map((e) => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module", params=["network", f"school/{SCHOOL}"])
def audience(request) -> str:
    return request.param


def test_axe_finds_nothing_serious_and_no_page_is_wider_than_a_phone(visit, audience):
    window = visit(audience)
    page = window.page
    page.add_init_script(AXE)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    problems = []
    # what the network sees of a school's own pages is a sentence
    for path in [path for path in addresses() if audience != "network" or not own_pages(path)]:
        page.goto(window.address + path)
        page.locator("main h1").wait_for()
        page.wait_for_load_state("networkidle")
        page.wait_for_function("() => !document.querySelector('.waiting')")
        problems += [f"{path}: {found}" for found in page.evaluate(RUN)]
        page.set_viewport_size({"width": 390, "height": 844})
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            problems.append(f"{path} is wider than a phone: {page.evaluate(WIDE)}")
        page.set_viewport_size({"width": 1280, "height": 900})
    assert not problems, "\n".join(problems)
    assert not [url for url in asked if ".wasm" in url or ".parquet" in url], "a database in the browser was loaded"
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")  # one that says nothing
    assert [found.partition(" ")[0] for found in page.evaluate(RUN)] == ["button-name"]


def test_the_keyboard_reaches_pages_schools_and_headings_to_sort_by(visit):
    page = visit().open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the figures"
    reached = []
    for _ in range(14):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.getAttribute('href') ?? document.activeElement.tagName"))
    assert {"/", "/definitions", "SELECT"} <= set(reached)
    heading = page.locator("thead button", has_text="Attendance").first
    heading.focus()
    page.keyboard.press("Enter")
    assert heading.locator("xpath=..").get_attribute("aria-sort") == "descending"
    page.keyboard.press("Enter")
    assert heading.locator("xpath=..").get_attribute("aria-sort") == "ascending"
    page.get_by_label("A school").focus()
    page.keyboard.type("North")
    page.keyboard.press("Enter")
    page.wait_for_function(f"() => location.pathname === '/schools/{SCHOOL}'")


def test_on_a_phone_the_pages_are_behind_one_button(visit):
    page = visit(width=390).open("/")
    link = page.get_by_role("link", name="Guide", exact=True)
    assert not link.is_visible()
    page.get_by_role("button", name="Menu").click()
    assert page.get_by_role("button", name="Menu").get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    assert not link.is_visible()
    page.get_by_role("button", name="Menu").click()
    link.click()
    page.get_by_role("heading", level=1, name=re.compile("worked out|Definitions|means", re.IGNORECASE)).wait_for()
    assert page.get_by_role("button", name="Menu").get_attribute("aria-expanded") == "false"
