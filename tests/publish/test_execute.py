"""Chapters run as in ordinary fresh kernels, know nothing of each other, and leave no process."""

import json
import os
import re
import sys
from pathlib import Path

import pytest
from nbclient import NotebookClient
from nbformat import v4

from graymarket.publish import PublishError
from graymarket.publish.execute import execute
from graymarket.publish.warm_kernels import first_imports

# Most of them begin with what the parent imports for all.
AWKWARD = {
    "table and figure": [
        "import pandas as pd",
        "pd.DataFrame({'a': [1, 2]})",
        "pd.options.display.max_rows",
        "import matplotlib.pyplot as plt",
        "plt.plot([1, 2]);",
        "import matplotlib; matplotlib.get_backend(), matplotlib.rcParams['lines.linewidth']",
    ],
    "leaves a mess": [
        "import os, sys, warnings\nimport matplotlib as mpl\nimport pandas as pd",
        "mpl.rcParams['lines.linewidth'] = 9; pd.options.display.max_rows = 3",
        "os.environ['MESS'] = 'here'; os.chdir('/'); sys.path.insert(0, '/mess')",
        "warnings.simplefilter('ignore'); sys.modules['mess'] = sys; pd.mess = 1",
    ],
    "looks for a mess": [
        "import os, sys, warnings\nimport pandas as pd",
        "os.environ.get('MESS'), os.getcwd(), '/mess' in sys.path, hasattr(pd, 'mess')",
        "import matplotlib as mpl; mpl.rcParams['lines.linewidth'], pd.options.display.max_rows",
        "warnings.warn('seen'); 'mess' in sys.modules",
    ],
    "streams": [
        "import sys, warnings, subprocess, os, logging",
        "print('out'); print('err', file=sys.stderr)",
        "warnings.warn('old', DeprecationWarning)",
        "_ = subprocess.run(['echo', 'from below']); logging.warning('logged')",
        "os.write(1, b'low\\n')",
        "sys.stdin.read(), sys.stdin.isatty()",
    ],
    "process": [
        "import signal, sys, threading, multiprocessing, os, __main__",
        "sys.argv[0], sys.argv[3:], sys.path, sys.flags, sys.orig_argv[:3], __name__",
        "signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGCHLD), "
        "signal.getsignal(signal.SIGTERM), signal.pthread_sigmask(signal.SIG_BLOCK, [])",
        "multiprocessing.current_process().name, multiprocessing.parent_process(), "
        "sorted(t.name.split('-')[0] for t in threading.enumerate())",
        "os.getsid(0) == os.getpid(), int(os.environ['JPY_PARENT_PID']) == os.getppid()",
        "sorted(set(os.environ)), os.environ['MPLBACKEND']",
    ],
    "display and errors": [
        "from IPython.display import HTML, Markdown, display",
        "display({'text/plain': 'p', 'x/y': 'z'}, raw=True)",
        "h = display(HTML('<b>1</b>'), display_id='one')",
        "h.update(Markdown('*2*'))",
        "get_ipython().magic('timeit -n1 -r1 -q 1'); %pwd",
        *("1 / 0", "input('?')", "import no_such_module", "raise SystemExit", "def f(: pass"),
    ],
    "workers": [
        "import multiprocessing, subprocess, sys, threading\n"
        "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\n"
        "import numpy as np",
        "def square(n): return n * n",
        "with ProcessPoolExecutor(2) as pool: print(list(pool.map(square, range(9))))",
        "with ThreadPoolExecutor(2) as pool: print(list(pool.map(square, range(9))))",
        "multiprocessing.get_context('spawn').Pool(1).map(abs, [-1])",
        "subprocess.run([sys.executable, '-c', 'print(1)'], capture_output=True).returncode",
        "a = np.random.default_rng(1).normal(size=(400, 400)); np.linalg.svd(a @ a)[1].sum().hex()",
        "from scipy import linalg; float(linalg.inv(a).sum()).hex()",
        "from threadpoolctl import threadpool_info; [i['num_threads'] for i in threadpool_info()]",
    ],
}

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def notebook(*sources, **metadata):
    cells = [v4.new_code_cell(s, metadata={"tags": ["raises-exception"]}) for s in sources]
    for i, cell in enumerate(cells):
        cell["id"] = f"cell-{i}"
    return v4.new_notebook(cells=cells, metadata=metadata)


def run(notebooks, folder):
    return execute(notebooks, folder, lambda: None)


def shown(book, name=0):
    return [output.get("data", output).get("text/plain") for output in book.cells[name].outputs]


def comparable(book):
    """The notebook as text, without the process id that stands in the names of cells' files."""
    return re.sub(r"ipykernel_\d+", "ipykernel", json.dumps(book, indent=1))


def descendants(pid):
    """Process ids of all below `pid`, by /proc."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [d for child in children for d in (int(child), *descendants(child))]


@pytest.fixture(scope="module")
def forked(tmp_path_factory):
    books = {name: notebook(*sources) for name, sources in AWKWARD.items()}
    return run(books, tmp_path_factory.getbasetemp())


@pytest.mark.parametrize("name", AWKWARD)
def test_outputs_are_those_of_an_ordinary_kernel(name, forked, tmp_path_factory):
    ordinary = notebook(*AWKWARD[name])
    NotebookClient(
        ordinary,
        record_timing=False,
        extra_arguments=["--IPKernelApp.log_level=50"],
        resources={"metadata": {"path": str(tmp_path_factory.getbasetemp())}},
    ).execute()
    assert comparable(forked[name]) == comparable(ordinary)
    assert all(cell.execution_count for cell in forked[name].cells)


def test_one_chapter_does_not_repeat_the_chances_of_another(tmp_path):
    source = "import random\nimport numpy as np\nrandom.random(), float(np.random.rand())"
    first, second = run({name: notebook(source) for name in "ab"}, tmp_path).values()
    assert first.cells[0].outputs[0].data != second.cells[0].outputs[0].data


def test_a_kernel_that_dies_is_named_and_the_others_run_on(tmp_path):
    books = {"dies": notebook("import os", "os._exit(3)"), "lives": notebook("import os", "1 + 1")}
    with pytest.raises(PublishError, match=r"notebooks/dies\.ipynb: DeadKernelError"):
        run(books, tmp_path)
    assert shown(books["lives"], 1) == ["2"]


LOUD = {
    "warns": "import warnings; warnings.warn('from an import')",
    "prints": "print('from an import')",
    "fails": "raise RuntimeError('from an import')",
    "threads": "import threading, time; threading.Thread(target=time.sleep, args=[1]).start()",
}


@pytest.mark.parametrize(
    "name", ["prints", *(pytest.param(n, marks=pytest.mark.every) for n in LOUD if n != "prints")]
)
def test_an_import_that_is_not_harmless_is_left_to_the_chapter(name, tmp_path, monkeypatch):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/loud_module.py").write_text(LOUD[name])
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"), prepend=os.pathsep)
    source = ["import loud_module", "import sys; 'loud_module' in sys.modules"]
    forked, ordinary = notebook(*source), notebook(*source)
    run({"loud": forked}, tmp_path)
    NotebookClient(ordinary, record_timing=False).execute()
    assert comparable(forked) == comparable(ordinary)


def test_only_imports_at_a_notebooks_beginning_are_made_ahead():
    books = [
        notebook("import a\nfrom b import c as d", "import e.f", "x = f()", "import late"),
        notebook("import a", "%matplotlib inline\nimport magic"),
        notebook("import os\nos.environ['X'] = '1'\nimport reads_x"),
        notebook("QUESTION = 'one'", "import after_parameters", "x = max(1, 2)", "import late"),
    ]
    assert first_imports(books) == [
        *("import a", "from b import c as d", "import e.f", "import os"),
        "import after_parameters",
    ]


def test_the_modules_that_a_kernel_has_loaded_are_reported(tmp_path):
    (tmp_path / "beside.py").write_text("x = 1")
    files = set()
    books = {"a": notebook("import json", "1 + 1", "import beside")}
    execute(books, tmp_path, lambda: None, on_modules=files.update)
    assert {str(tmp_path / "beside.py"), json.__file__} <= files


@needs_proc
def test_the_time_of_kernels_counts(tmp_path):
    busy = "import time\nend = time.process_time() + 2\nwhile time.process_time() < end: pass"
    before = os.times()
    run({name: notebook(busy) for name in "ab"}, tmp_path)
    after = os.times()
    user = after.children_user - before.children_user
    assert user + after.children_system - before.children_system >= 4


@needs_proc
def test_no_process_is_left(tmp_path):
    before = descendants(os.getpid())
    slow = "import subprocess\nsubprocess.Popen(['sleep', '60'])"
    run({name: notebook(slow) for name in "abc"}, tmp_path)
    assert descendants(os.getpid()) == before
