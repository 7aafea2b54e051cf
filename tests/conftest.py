"""Fixtures shared by all tests: the repository's root, and a browser to read the report with."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

from small import write_small_base

settings.register_profile("steady", derandomize=True)  # the same commit, the same outcome
settings.load_profile("steady")

BROWSERS = ("chromium", "google-chrome", "chromium-browser")
BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items):
    """Mark the tests that use the browser, and run them last.

    Playwright leaves an event loop running in this thread until the session ends, and within it
    asyncio.run() fails, so a test that executes notebooks must come before.
    """
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def root():
    """The repository's root."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def small_base(root, tmp_path_factory):
    """A project of a small base; no test writes to it."""
    folder = tmp_path_factory.mktemp("small")
    write_small_base(root, folder)
    return folder


@pytest.fixture
def small(small_base, tmp_path):
    """A copy of the small base, free to be changed."""
    shutil.copytree(small_base, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="session")
def browser():
    """A headless Chromium. Skips when the machine has none, or fails if one is required."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        message = (
            f"no browser: none of {', '.join(BROWSERS)} is on PATH "
            "(Debian, Ubuntu: apt-get install chromium; elsewhere install Chrome)"
        )
        if os.environ.get("GRAYMARKET_REQUIRE_BROWSER") == "1":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)

    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable, args=BROWSER_ARGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page_factory(browser):
    """Call it for a new page; keywords are the context's (viewport, offline, color_scheme, ...)."""
    contexts = []

    def new_page(**options):
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield new_page
    for context in contexts:
        context.close()
