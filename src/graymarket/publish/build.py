"""Executed notebooks → one publication in every format."""

import json
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from nbformat import NotebookNode

from graymarket.publish.assemble import assemble
from graymarket.publish.copies import copies
from graymarket.publish.figures import figures
from graymarket.publish.formats import FORMATS, Format
from graymarket.publish.normalise import normalised
from graymarket.publish.payloads import Resolve, results_in, summary
from graymarket.publish.publication import Publication
from graymarket.publish.scratch import scratch_folder
from graymarket.publish.writers import Files, Writer, write_all

PICTURES = "figures"
NOTEBOOKS = "notebooks"
FOLDERS = (PICTURES, NOTEBOOKS)  # of many files
RESULTS = "results.json"
HEADLINE = "headline.svg"


def publish(
    chapters: dict[str, NotebookNode],
    publication: Publication,
    resolve: Resolve,
    on_step: Callable[[str], None] = lambda step: None,
) -> tuple[Files, NotebookNode]:
    """Executed notebooks, by name, in every format that `publication` asks for.

    Returns the files by name (pictures as figures/NAME, the chapters with their outputs as
    notebooks/NAME, results.json always) and the assembled
    notebook that they were made of. `resolve` gives what entries of lineage stand for: dicts of
    file, key, rows, text, grades, source_count and sources. Raises PublishError with every
    problem found in the notebooks.
    """
    on_step("Assembling chapters")
    report = normalised(assemble(chapters, publication.metadata(), resolve))
    wanted = [made for made in FORMATS if made.name in publication.files and _has(report, made)]
    writers: dict[str, Writer] = {made.name: partial(_single, made) for made in wanted}
    writers[f"{PICTURES}/"] = _pictures
    with scratch_folder(Path(tempfile.gettempdir())) as scratch:
        files = write_all(report, writers, scratch, lambda name: on_step(f"Writing {name}"))
    files |= _copies(chapters, files)
    files[RESULTS] = _results(report).encode()
    if headline := _headline(report):
        files[HEADLINE] = headline.encode()
    return files, report


def _has(report: NotebookNode, made: Format) -> bool:
    return not made.needs or bool(report.metadata["report"][made.needs])


def _single(made: Format, report: NotebookNode) -> Files:
    return {made.name: made.write(report)}


def _pictures(report: NotebookNode) -> Files:
    made = figures(report.metadata["report"])
    return {f"{PICTURES}/{name}": content for name, content in made.items()}


def _copies(chapters: dict[str, NotebookNode], files: Files) -> Files:
    """The chapters as notebooks that open anywhere, with the charts of the written pictures."""
    start = f"{PICTURES}/"
    pictures = {
        Path(name).stem: content
        for name, content in files.items()
        if name.startswith(start) and name.endswith(".png")
    }
    texts = {name: _texts(notebook) for name, notebook in chapters.items()}
    made = copies(chapters, texts, pictures)
    return {f"{NOTEBOOKS}/{name}": content for name, content in made.items()}


def _texts(notebook: NotebookNode) -> dict[str, str]:
    """The text of every expression by which prose may name a result."""
    texts = {name: result["text"] for name, result in results_in(notebook).items()}
    capitals = {f"{name}.capital": text[:1].upper() + text[1:] for name, text in texts.items()}
    return texts | capitals


def _results(report: NotebookNode) -> str:
    about = report.metadata["report"]
    kept = {key: about[key] for key in ("title", "edition", "date", "fingerprint")}
    kept |= summary(about["results"], about["exhibits"])
    kept["slides"] = [slide["exhibit"] for slide in about["slides"] if slide["exhibit"]]
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"


def _headline(report: NotebookNode) -> str:
    """The first chart, its letters as shapes, for places without the fonts; "" without charts."""
    charts = (e["outlined_svg"] for e in report.metadata["report"]["exhibits"])
    return next(filter(None, charts), "")


def write(root: Path, files: Files) -> list[Path]:
    """Put all files in place below `root`; until every one is on disk, no old one is touched."""
    with scratch_folder(root) as staging:
        for name, content in files.items():
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name in files:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / name, root / name)
    return [root / name for name in files]
