"""The pages in a real browser: laid out, allowed by their own policy, and walked by keyboard.

Without Chromium these tests are skipped, except where SCRAPER_REQUIRE_CHROMIUM is set, as in CI:
there they fail. SCRAPER_CHROMIUM names another one than the system's.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

#: A browser that asks nobody but us, and starts as root.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE, DESK = 390, 1280


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    path = os.environ.get("SCRAPER_CHROMIUM") or shutil.which("chromium")
    if path is None:
        if os.environ.get("SCRAPER_REQUIRE_CHROMIUM"):
            pytest.fail("no Chromium is installed: apt-get install chromium")
        pytest.skip("no Chromium is installed: apt-get install chromium, or set SCRAPER_CHROMIUM")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo's archive, served by the command itself on a free port."""
    folder = tmp_path_factory.mktemp("demo")
    scraper = [sys.executable, "-m", "scraper"]
    demo = [*scraper, "demo", "--folder", str(folder)]  # not here: playwright's loop is running
    subprocess.run(demo, check=True, capture_output=True, timeout=300)
    command = [*scraper, "--archive", str(folder / "archive.db"), "web", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        found = re.search(r"http://[^/]+", said)
        assert found, said
        yield found[0]
        server.terminate()
        assert server.wait(timeout=60) == 0


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page in which the browser may refuse or miss nothing that it was told to load."""
    complaints: list[str] = []
    context = chromium.new_context(viewport={"width": DESK, "height": 900})
    opened = context.new_page()
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "requestfailed", lambda request: complaints.append(f"{request.failure} {request.url}")
    )
    yield opened
    context.close()
    # What was still being loaded when the test led elsewhere is nobody's fault.
    assert [said for said in complaints if "net::ERR_ABORTED" not in said] == []


def open_copied_story(page: Page, address: str) -> None:
    """Leads, by links alone, from the list to the story of the swing bridge."""
    page.goto(f"{address}/?order=copied")
    page.get_by_role("link", name=re.compile("^Swing bridge at Ottermouth")).click()
    expect(page).to_have_title(re.compile("^Swing bridge at Ottermouth"))


def paths_of(page: Page, address: str) -> list[str]:
    """One page of each kind."""
    open_copied_story(page, address)
    compare = page.get_by_role("link", name=re.compile("^Compare with brightline"))
    target = compare.get_attribute("href")
    assert target
    return ["/", "/?q=bridge", page.url.removeprefix(address), target, "/sources", "/article/1"]


def test_the_list_leads_to_a_story_and_a_comparison(page: Page, address: str) -> None:
    """As a person goes: the most copied story, its mirrors, one of them side by side."""
    open_copied_story(page, address)
    assert page.locator("table.mirrors tbody tr").count() == 3
    assert page.locator("#spread svg.fluid use").count() == 4
    page.get_by_role("link", name="Compare with brightline.example").click()
    expect(page.locator("h1")).to_contain_text("is a paraphrase of")
    first = page.locator("#a mark").first
    assert first.evaluate("mark => getComputedStyle(mark).backgroundColor") != "rgba(0, 0, 0, 0)"
    page.locator("#a .ref").first.click()
    page.wait_for_url("**/*#b1")


def test_search_is_a_form_that_enter_sends(page: Page, address: str) -> None:
    """Typing words and Enter finds stories and marks the words; filters are kept in the address."""
    page.goto(address)
    page.get_by_label("Search titles and texts").fill("logbooks")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=logbooks**")
    assert page.locator("h3").first.inner_text().startswith("Lighthouse logbooks")
    assert page.locator(".lead mark").first.inner_text().lower() == "logbooks"


def test_the_keyboard_reaches_the_page_first(page: Page, address: str) -> None:
    """The first Tab offers to skip the frame; what has the focus is outlined."""
    page.goto(address)
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text() == "Skip to the page"
    assert focused.evaluate("link => getComputedStyle(link).outlineStyle") == "solid"
    box = focused.bounding_box()
    assert box is not None
    assert box["y"] >= 0


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_no_page_is_wider_than_its_window(page: Page, address: str, width: int) -> None:
    """Nothing has to be moved sideways, on a phone either; tables there are stacks."""
    paths = paths_of(page, address)
    page.set_viewport_size({"width": width, "height": 844})
    for path in paths:
        page.goto(address + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        stacked = page.locator("table.stack tbody tr").first
        if stacked.count():
            shown = stacked.evaluate("row => getComputedStyle(row).display")
            assert shown == ("grid" if width == PHONE else "table-row"), path


def test_dark_is_dark(page: Page, address: str) -> None:
    """Who asks for dark gets light text on a dark ground, and who asks for light the reverse."""
    brightness = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(address)
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        brightness[scheme] = sum(map(int, re.findall(r"\d+", ground)[:3]))
    assert brightness["light"] > 3 * 200
    assert brightness["dark"] < 3 * 60


def test_a_script_that_got_in_would_not_run(chromium: Browser, address: str) -> None:
    """The policy holds in a browser: a script put into a page is refused."""
    page = chromium.new_page()
    page.goto(address)
    refused = page.evaluate(
        """() => new Promise(done => {
            document.addEventListener('securitypolicyviolation', event => done(event.blockedURI));
            const script = document.createElement('script');
            script.textContent = 'window.ran = true';
            document.body.append(script);
            setTimeout(() => done(null), 5000);
        })"""
    )
    assert refused == "inline"
    assert page.evaluate("window.ran") is None
    page.close()


def test_names_stay_within_their_boxes(page: Page, address: str) -> None:
    """On the drawing of who names whom, where a site's name may be as long as a box has room."""
    open_copied_story(page, address)
    overhang = """svg => {
        const boxes = [...svg.querySelectorAll("rect")].map(box => box.getBBox().width);
        const names = [...svg.querySelectorAll(".svg-name")].map(name => name.getBBox().width);
        return names.map((width, place) => width - boxes[place]);
    }"""
    found = page.locator("svg.graph").evaluate(overhang)
    assert len(found) == 2
    assert max(found) < 0
