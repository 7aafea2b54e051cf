"""A build that is stopped, however, leaves no process and no folder, and lets go of its output."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

BUILD = """
import signal, sys, time
from pathlib import Path
from nbformat import v4
from graymarket.publish import Publication, build, formats
from graymarket.publish.execute import execute

signal.signal(signal.SIGINT, signal.default_int_handler)  # also where tests run in the background
folder, phase = Path(sys.argv[1]), sys.argv[2]

def wait(report=None):
    (folder / "began").open("a").write("x")
    import tempfile
    tempfile.mkdtemp()
    time.sleep(60)

try:
    source = "1 + 1"
    if phase == "chapters":
        began = str(folder / "began")
        source = f"open({began!r}, 'a').write('x')\\nimport time\\ntime.sleep(60)"
    sources = dict.fromkeys("abc", source)
    if phase == "chapters":
        sources["fails"] = "1 / 0  # the longest: runs first" + 500 * " "
    books = {n: v4.new_notebook(cells=[v4.new_code_cell(s)]) for n, s in sources.items()}
    executed = execute(books, folder, lambda: None)
    build.FORMATS = tuple(formats.Format(name, wait) for name in ("brief.pdf", "report.pdf"))
    about = Publication("T", "1", "2026-11-24", files=("brief.pdf", "report.pdf"))
    build.publish(executed, about, lambda entries: [])
except KeyboardInterrupt:
    sys.exit("Stopped")
"""


def descendants(pid):
    """Process ids of all below `pid`, by /proc."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [d for child in children for d in (int(child), *descendants(child))]


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("name", "phase"),
    [
        ("SIGINT", "chapters"),
        ("SIGKILL", "writing"),
        pytest.param("SIGINT", "writing", marks=pytest.mark.every),
        pytest.param("SIGKILL", "chapters", marks=pytest.mark.every),
    ],
)
def test_nothing_is_left(name, phase, tmp_path):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    build = subprocess.Popen(
        [sys.executable, "-c", BUILD, str(tmp_path), phase],
        env=os.environ | {"TMPDIR": str(temporary), "JUPYTER_RUNTIME_DIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    began = tmp_path / "began"
    while not began.exists() or began.read_text() != "xx":
        assert build.poll() is None, build.communicate()
        time.sleep(0.05)
    below = descendants(build.pid)
    assert len(below) >= 3  # the guard of the folder, and two at work
    stopped = time.monotonic()
    if name == "SIGINT":
        os.killpg(build.pid, signal.SIGINT)  # as a terminal does
    else:
        build.send_signal(getattr(signal, name))
    output, _ = build.communicate(timeout=30)  # its end, and the end of all that hold its output
    took = time.monotonic() - stopped
    assert build.returncode != 0
    assert took < 2 * slowness(), output
    deadline = time.monotonic() + 10
    while left := [pid for pid in below if alive(pid)] or [*temporary.iterdir()]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    if name == "SIGINT":
        assert output == "Stopped\n"
    assert began.read_text() == "xx"


def slowness():
    """How many times slower than an idle machine this one is now: more work than processors."""
    return max(1, os.getloadavg()[0] / (os.cpu_count() or 1))
