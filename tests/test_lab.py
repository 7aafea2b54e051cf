"""Chapters run in a real JupyterLab, and read there as they do in the report."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.browser

RESULTS_MIME = "application/vnd.graymarket.results+json"
CHAPTERS = ("03-*.ipynb", "05-*.ipynb")
SECONDS = 180

IDLE = """name => {
    const panel = jupyterapp.shell.currentWidget;
    const kernel = panel?.context?.sessionContext?.session?.kernel;
    return panel?.context?.path.endsWith(name) && kernel?.status === "idle";
}"""
RESULTS = """mime => {
    const cells = [...jupyterapp.shell.currentWidget.content.model.cells];
    const outputs = cells.flatMap(cell => cell.toJSON().outputs ?? []);
    return outputs.map(output => output.data?.[mime]).filter(Boolean);
}"""
ERRORS = """() => [...jupyterapp.shell.currentWidget.content.model.cells]
    .flatMap(cell => cell.toJSON().outputs ?? [])
    .filter(output => output.output_type === "error").map(output => output.evalue)"""
# JupyterLab draws a cell when it comes near the screen.
SCROLL = "index => jupyterapp.shell.currentWidget.content.scrollToItem(index, 'center')"
# What a text cell reads as on screen, once nothing in it waits for the kernel.
READS = """index => {
    const cell = jupyterapp.shell.currentWidget.content.widgets[index].node;
    const shown = cell.querySelector(".jp-RenderedMarkdown");
    const waits = !shown?.textContent || shown.textContent.includes("{eval}");
    const isHidden = node => getComputedStyle(node).display === "none";
    const read = node => node.nodeType === Node.TEXT_NODE ? node.data
        : isHidden(node) ? "" : [...node.childNodes].map(read).join("");
    return !waits && !shown.querySelector(".pending") && { text: read(shown) };
}"""


@pytest.fixture
def workshop(root, tmp_path):
    """A folder with copies of the chapters, since JupyterLab saves what it opens."""
    (tmp_path / "data").symlink_to(root / "data")
    (tmp_path / "notebooks").mkdir()
    for pattern in CHAPTERS:
        (chapter,) = (root / "notebooks").glob(pattern)
        shutil.copy(chapter, tmp_path / "notebooks")
    extensions = tmp_path / "labextensions"
    extensions.mkdir()
    (extensions / "graymarket-lab").symlink_to(root / "src/graymarket/lab")
    return tmp_path


@pytest.fixture
def lab(workshop):
    """The address of a JupyterLab of its own: no settings, workspaces or extensions of the user."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    folders = ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR")
    folders += ("JUPYTERLAB_WORKSPACES_DIR", "IPYTHONDIR")
    options = {
        "ServerApp.root_dir": workshop,
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "IdentityProvider.token": token,
        "LabApp.labextensions_path": workshop / "labextensions",
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
        "LabApp.expose_app_in_browser": True,
    }
    command = [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root"]
    with (workshop / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command + [f"--{name}={value}" for name, value in options.items()],
            env=os.environ | {name: str(workshop / name.lower()) for name in folders},
            cwd=workshop,
            stdout=log,
            stderr=log,
        )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api", server, workshop / "lab.log")
        yield lambda path: f"http://127.0.0.1:{port}/lab/tree/{path}?token={token}"
    finally:
        server.terminate()  # it ends its kernels first
        server.wait(timeout=60)


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()}", pytrace=False)


def test_chapters_run_and_read_well_in_jupyterlab(lab, workshop, page_factory):
    page = page_factory(viewport={"width": 1300, "height": 900})
    page.set_default_timeout(1000 * SECONDS)
    complaints = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for path in sorted((workshop / "notebooks").glob("*.ipynb")):
        page.goto(lab(f"notebooks/{path.name}"))
        page.wait_for_function(IDLE, arg=path.name)
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        assert page.evaluate(ERRORS) == []
        results = _texts(page.evaluate(RESULTS, RESULTS_MIME))
        assert results, f"{path.name} put out no results"
        _check_prose(page, nbformat.read(path, as_version=4), results)
    _check_link(page)
    assert complaints == []


def _texts(payloads: list[dict]) -> dict[str, str]:
    """The text of every result by the expression that prose names it with."""
    texts = {}
    for payload in payloads:
        for subject, results in payload.items():
            if isinstance(results.get("text"), str):  # a payload of one subject, r
                texts[f"r.{subject}"] = results["text"]
            else:
                texts |= {f"{subject}.{name}": result["text"] for name, result in results.items()}
    return texts


def _check_prose(page, notebook, results: dict[str, str]) -> None:
    """Every text cell, headings included, reads as its source with the results filled in."""
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type != "markdown":
            continue
        page.evaluate(SCROLL, index)
        shown = page.wait_for_function(READS, arg=index).json_value()["text"]
        assert _plain(shown) == _plain(_filled(_present(cell, results), results)), cell.id


def _present(cell, results: dict[str, str]) -> str:
    """As in the report: of an optional cell, the lines whose results are all there, if any."""
    if "optional" not in cell.metadata.get("tags", []):
        return cell.source
    named = {line: re.findall(r"\{eval\}`([^`]+)`", line) for line in cell.source.split("\n")}
    kept = [line for line, names in named.items() if {*names} <= {*results}]
    return "\n".join(kept) if any(named[line] for line in kept) else ""


def _filled(source: str, results: dict[str, str]) -> str:
    text = re.sub(r"\{eval\}`([^`]+)`", lambda match: results[match[1]], source)
    return re.sub(
        r"\[Exhibit\]\(#([a-z0-9-]+)\)",
        lambda match: f"Exhibit “{match[1].replace('-', ' ')}”",
        text,
    )


def _plain(text: str) -> str:
    """The words and numbers alone: without Markdown's marks, and JupyterLab's at headings."""
    without_links = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"^#+ |^- |^\d+\. |[*_`¶]", "", without_links, flags=re.M).split())


def _check_link(page) -> None:
    """A reference leads to its exhibit."""
    page.evaluate(SCROLL, 0)
    # Those that lead to another chapter have no exhibit's title.
    link = page.locator(".jp-RenderedMarkdown a[data-exhibit]:not([title^='In another'])").first
    link.scroll_into_view_if_needed()
    title = link.get_attribute("title")
    link.click()
    strong = page.locator(".jp-OutputArea strong", has_text=title)
    strong.wait_for()
    page.wait_for_function(
        """node => {
            const { top, bottom } = node.getBoundingClientRect();
            return top >= 0 && bottom <= innerHeight;
        }""",
        arg=strong.element_handle(),
    )


def test_the_wheel_puts_the_extension_where_jupyterlab_looks(root):
    import tomllib

    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    package = json.loads((root / "src/graymarket/lab/package.json").read_text(encoding="utf-8"))
    assert shared == {"src/graymarket/lab": f"share/jupyter/labextensions/{package['name']}"}
    assert (root / "src/graymarket/lab" / package["jupyterlab"]["_build"]["load"]).is_file()
