"""A real browser, the real programs, and a place for screenshots."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, sync_playwright

ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "journeys"


@pytest.fixture(scope="session")
def chromium():
    """Debian's chromium, without a window."""
    path = shutil.which("chromium")
    assert path, "these tests need chromium (Debian package chromium)"
    options = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=options)
        yield browser
        browser.close()


class Visitor:
    """A person at a browser, who keeps pictures."""

    def __init__(self, chromium, program, story: str, **options) -> None:
        self.context = chromium.new_context(
            viewport={"width": 1280, "height": 800}, **options
        )
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.program = program
        self.story = story

    def goes_to(self, address: str) -> None:
        """Open a page of the intranet."""
        self.page.goto(self.program.url + address)

    def signs_in(self, user: str, password: str = "fabrikam") -> None:
        """Fill in the tenant's login page."""
        self.page.fill("[name=username]", user)
        self.page.fill("[name=password]", password)
        self.page.click("[name=action][value=default]")

    def keeps_picture(self, name: str) -> Path:
        """Keep a picture of the page as it is now."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        path = ARTEFACTS / f"{self.story}-{name}.png"
        self.page.screenshot(path=path)
        return path

    def finds_no_barrier(self) -> None:
        """Run the accessibility checker over the page as it is now."""
        results = Axe().run(self.page)
        assert results.violations_count == 0, results.generate_report()


@pytest.fixture
def visitor(chromium):
    """Bring people to a program."""
    visitors = []

    def arrive(program, story: str, **options) -> Visitor:
        visitors.append(Visitor(chromium, program, story, **options))
        return visitors[-1]

    yield arrive
    for one in visitors:
        one.context.close()
