"""Build the whole report: check, execute, assemble, write; all or nothing."""

import hashlib
import json
import multiprocessing
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
import pandas as pd
from nbformat import NotebookNode

from graymarket import editions, evidence
from graymarket.publish.assemble import assemble
from graymarket.publish.brief import brief
from graymarket.publish.execute import execute, read_chapters
from graymarket.publish.figures import figures
from graymarket.publish.found import EXHIBIT_MIME, as_told, outputs
from graymarket.publish.html import ReportHTMLExporter
from graymarket.publish.pdf import ReportPDFExporter
from graymarket.publish.powerpoint import powerpoint
from graymarket.publish.problems import PublishError
from graymarket.publish.readme import finding, with_part
from graymarket.publish.slides import ReportSlidesExporter
from graymarket.publish.variant import GENERAL, Variant, general_chapters
from graymarket.publish.workbook import workbook

_CODE = ("*.py", "*.j2", "*.css", "*.js", "*.typ", "*.json")


def build(
    root: Path,
    on_step: Callable[[str], None],
    on_cell: Callable[[], None],
    variant: Variant | None = None,
) -> list[Path]:
    """Write report/ and what README.md and data/README.md show of it; returns the files written.

    With a `variant`, its report alone is written, into its folder in report/. The pictures in
    figures/ count as one: their folder is returned.

    Nothing is touched unless every file could be made. Raises EvidenceError for bad data and
    PublishError for bad chapters, each with all problems found.
    """
    on_step("Checking data/")
    problems = evidence.check(root)
    if problems:
        raise evidence.EvidenceError(problems)
    folder = root / "notebooks"
    chapters = general_chapters(folder) if variant else read_chapters(folder)
    cells = sum(cell.cell_type == "code" for book in chapters.values() for cell in book.cells)
    on_step(f"Running {len(chapters)} chapters, {cells} cells")
    executed = execute(chapters, folder, on_cell, variant.environment if variant else None)
    on_step("Assembling chapters")
    report = assemble(executed, _about(root, executed, variant))
    place = f"report/{variant.name}" if variant else "report"
    files = {f"{place}/{name}": content for name, content in _formats(report, on_step).items()}
    files[f"{place}/results.json"] = _results(report).encode()
    files[f"{place}/headline.svg"] = _headline(executed).encode()
    if not variant:
        first_screen = finding(report.metadata["report"])
        files["README.md"] = with_part(root / "README.md", "finding", first_screen).encode()
        tables = evidence.dictionary(root)
        files["data/README.md"] = with_part(root / "data/README.md", "dictionary", tables).encode()
    written = _replace(root, files)
    folder = root / place / "figures"
    for old in {*filter(Path.is_file, folder.iterdir())} - {*written}:
        old.unlink()  # a picture of an exhibit that is no more
    return [path for path in written if path.parent != folder] + [folder]


def _formats(report: NotebookNode, on_step: Callable[[str], None]) -> dict[str, bytes]:
    """The report in every format, and figures/, by file name; two at a time where one may fork."""
    written = {}
    if sys.platform != "linux":
        for name in (*_WRITERS, _FIGURES):
            on_step(f"Writing {name}")
            written |= _made(name, report)
        return written
    # Forked writers share the report in memory: to hand it over would take longer than to write.
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(2, forked, initializer=_shared.append, initargs=(report,)) as pool:
        coming = {name: pool.submit(_made, name) for name in (*_WRITERS, _FIGURES)}
        for name, files in coming.items():
            on_step(f"Writing {name}")
            written |= files.result()
    return written


_FIGURES = "figures/"
_shared: list[NotebookNode] = []  # in a forked writer, the report


def _made(name: str, report: NotebookNode | None = None) -> dict[str, bytes]:
    report = report or _shared[0]
    if name != _FIGURES:
        return {name: _WRITERS[name](report)}
    pictures = figures(report.metadata["report"])
    return {f"{_FIGURES}{picture}": content for picture, content in pictures.items()}


def _workbook(report: NotebookNode) -> bytes:
    frames = {}
    for table in report.metadata["report"]["tables"]:
        frame = pd.DataFrame(table["table"]["rows"], columns=table["table"]["columns"])
        frame.attrs = {"title": table["title"], "description": table["description"]}
        frames[table["name"]] = frame
    return workbook(report.metadata["report"], frames)


_WRITERS: dict[str, Callable[[NotebookNode], bytes]] = {
    "report.html": lambda report: ReportHTMLExporter().from_notebook_node(report)[0].encode(),
    "report.pdf": lambda report: ReportPDFExporter().from_notebook_node(report)[0],
    "slides.html": lambda report: ReportSlidesExporter().from_notebook_node(report)[0].encode(),
    "slides.pptx": lambda report: powerpoint(report.metadata["report"]),
    "tables.xlsx": _workbook,
    "brief.pdf": brief,
}


def inputs_hash(root: Path, variant: Variant | None = None) -> str:
    """SHA-256 over what the report is made from: data, notebooks' cells, code, lock, citation.

    With a `variant`, also over the general chapters and its own inputs.
    """
    digest = hashlib.sha256()
    named = {path.relative_to(root).as_posix(): path for path in _inputs(root)}
    if variant:
        general = sorted((root / "notebooks" / GENERAL).glob("*.ipynb"))
        named |= {path.relative_to(root).as_posix(): path for path in general}
        named |= {path.name: path for path in variant.inputs}  # they may lie anywhere
    for name, path in named.items():
        digest.update(name.encode() + b"\0")
        digest.update(_content(path) + b"\0")
    return digest.hexdigest()


def _inputs(root: Path) -> list[Path]:
    code = [path for pattern in _CODE for path in (root / "src").rglob(pattern)]
    data = [path for path in (root / "data").rglob("*") if path.suffix in (".csv", ".json")]
    # The present edition is frozen from the report; only those before it are compared with.
    own = editions.edition_file(root, evidence.package(root)["version"])
    data += [path for path in (root / "data" / "editions").glob("[!.]*.zip") if path != own]
    notebooks = list((root / "notebooks").glob("*.ipynb"))
    whole = [root / "requirements.lock", root / "CITATION.cff"]
    return sorted([*code, *data, *notebooks, *whole])


def _content(path: Path) -> bytes:
    if path.suffix == ".ipynb":
        # Outputs and editor state are not inputs: running a chapter by hand changes nothing.
        notebook = nbformat.read(path, as_version=4)
        cells = [[cell.cell_type, cell.source] for cell in notebook.cells]
        return json.dumps([cells, notebook.metadata.get("report")]).encode()
    return path.read_bytes().replace(b"\r\n", b"\n")


def _about(root: Path, executed: dict[str, NotebookNode], variant: Variant | None) -> dict:
    package = evidence.package(root)
    first = next(iter(executed.values()))
    titles = vars(variant) if variant else first.metadata.get("report", {})
    return {
        "title": titles.get("title", package["title"]),
        "subtitle": titles.get("subtitle", ""),
        "edition": editions.label(root),
        "date": package["created"][:10],
        "inputs": inputs_hash(root, variant),
        "files": [*_WRITERS],
        "credits": list(dict.fromkeys(r["credit"] for r in package["resources"] if "credit" in r)),
    }


def _results(report: NotebookNode) -> str:
    about = report.metadata["report"]
    kept = {key: about[key] for key in ("title", "edition", "date", "inputs")}
    kept |= as_told(about["results"], about["exhibits"])
    kept["slides"] = [slide["exhibit"] for slide in about["slides"] if slide["exhibit"]]
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def _headline(executed: dict[str, NotebookNode]) -> str:
    """The first chart, with its letters as shapes, for places without the house's fonts."""
    for notebook in executed.values():
        for exhibit in outputs(notebook, EXHIBIT_MIME):
            if exhibit["outlined_svg"]:
                return exhibit["outlined_svg"]
    raise PublishError(["notebooks/: expected at least one chart"])


def _replace(root: Path, files: dict[str, bytes]) -> list[Path]:
    """Put all files in place; until every one is on disk in full, no old one is touched."""
    staging = Path(tempfile.mkdtemp(prefix=".build-", dir=root))
    try:
        for name, content in files.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name in files:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / name, root / name)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return [root / name for name in files]
