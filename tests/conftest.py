"""Two suites, and what all tests share: the root, a built report, a browser to read it with."""

import os
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import settings

from projects import build, copy_project
from small import write_small_base

# The same commit, the same outcome; a machine under load is no failure.
settings.register_profile("some", max_examples=25, derandomize=True, deadline=None)
settings.register_profile("every", max_examples=200, derandomize=True, deadline=None)

BUILD_SECONDS = 1800
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


def pytest_addoption(parser):
    parser.addoption(
        "--every", action="store_true", help="run every case, not one of each kind alone"
    )


def pytest_configure(config):
    settings.load_profile("every" if config.getoption("--every") else "some")


def pytest_collection_modifyitems(config, items):
    """Leave out what is marked `every` unless asked for, and put the browser's tests last.

    Playwright leaves an event loop running in its thread, and within it asyncio.run() fails, so a
    test that executes notebooks must come before, or after the browser is closed: it lives as long
    as a module.
    """
    if not config.getoption("--every"):
        left_out = [item for item in items if item.get_closest_marker("every")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
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
def built(root, tmp_path_factory):
    """A copy of the project with the report just built in it; no test writes to it.

    Built once, whatever the number of workers: the first to ask builds it, the others wait.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    project, outcome = shared / "built", shared / "built.txt"  # the problems; then it is done
    try:
        project.mkdir()
    except FileExistsError:
        _wait_for(outcome)
    else:
        done = build(copy_project(root, project))
        problems = done.stderr if done.returncode else ""
        (shared / "unfinished.txt").write_text(problems, encoding="utf-8")
        (shared / "unfinished.txt").rename(outcome)
    assert outcome.read_text(encoding="utf-8") == ""
    return project


def _wait_for(file):
    deadline = time.monotonic() + BUILD_SECONDS
    while not file.exists():
        assert time.monotonic() < deadline, "the build in another worker has not ended"
        time.sleep(0.2)


@pytest.fixture(scope="module")
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
