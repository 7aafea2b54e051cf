"""This project's reports: what each is made from, how it is published, what READMEs say of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

import graymarket
from graymarket import editions, evidence, publish
from graymarket.publish import Publication, PublishError
from graymarket.publish.assemble import without_links
from graymarket.publish.chapters import for_question, read_chapters
from graymarket.publish.execute import execute
from graymarket.publish.fingerprint import differences, files_of, fingerprint, hashes
from graymarket.publish.variant import GENERAL, general_chapters

MAIN = "xiaomi-cuba-2021"  # the question whose report is report/ itself
INPUTS = "inputs.json"
QUESTIONS = "data/questions"

_PACKAGE = Path(graymarket.__file__).parent
_TABLES = (".csv", ".json")


def build(
    root: Path, question: str, on_step: Callable[[str], None], on_cell: Callable[[], None]
) -> list[Path]:
    """Write the report on a question, and what READMEs show of the main one; returns its files.

    `question`: the name of a file in data/questions/ without ".toml", or the path of one. The
    main report is written into report/, another into report/NAME/. The pictures in figures/ count
    as one: their folder is returned.

    Nothing is touched unless every file could be made. Raises EvidenceError for bad data, and
    PublishError for bad chapters or if what the report is made from changes meanwhile, each with
    all problems found.
    """
    on_step("Checking data/")
    if problems := evidence.check(root):
        raise evidence.EvidenceError(problems)
    asked = _Asked(root, question)
    before = hashes(_inputs(root, asked) | _modules(root, [*_PACKAGE.rglob("*.py")]))
    chapters, left_out = asked.chapters()
    cells = sum(cell.cell_type == "code" for book in chapters.values() for cell in book.cells)
    on_step(f"Running {len(chapters)} chapters, {cells} cells")
    loaded: set[str] = set()
    execute(chapters, root / "notebooks", on_cell, asked.environment, loaded.update)
    made_from = _inputs(root, asked) | _modules(root, [*map(Path, loaded), *_own_modules()])
    used = {name: before.get(name, "") for name in made_from}
    publication = asked.publication(fingerprint(used), left_out)
    made, report = publish.publish(
        chapters, publication, lambda entries: evidence.trace(entries, root), on_step
    )
    if changed := differences(used, hashes(made_from)):
        raise PublishError([f"{name}: expected no change during the build" for name in changed])
    made[INPUTS] = (json.dumps(used, indent=1) + "\n").encode()
    files = {f"{asked.place}/{name}": content for name, content in made.items()}
    if asked.is_main:
        files |= _readmes(root, report.metadata["report"])
    return _put_in_place(root, asked.place, files)


def stale(root: Path, question: str = MAIN) -> list[str]:
    """The names of files by which the report on a question is not made from what is there now.

    Raises OSError if there is no such report.
    """
    asked = _Asked(root, question)
    known = json.loads((root / asked.place / INPUTS).read_text(encoding="utf-8"))
    modules = [_PACKAGE.parent / name for name in known]
    return differences(known, hashes(_inputs(root, asked) | _modules(root, modules)))


class _Asked:
    """A question as `build` needs it: its place, its chapters, its title page."""

    def __init__(self, root: Path, name: str):
        self.root, self.name, self.is_main = root, Path(name).stem, name == MAIN
        path = root / QUESTIONS / f"{name}.toml"
        # Until the main report has a file of its own, its chapters say what it is about.
        self.question = (
            None if self.is_main and not path.exists() else evidence.question(name, root)
        )
        self.place = "report" if self.is_main else f"report/{self.name}"
        self.files = [self.question.path] if self.question else []

    @property
    def environment(self) -> dict[str, str]:
        """What kernels are told beside the chapters' parameters."""
        return {evidence.VARIABLE: str(self.question.path.resolve())} if self.question else {}

    def chapters(self) -> tuple[dict[str, NotebookNode], list[str]]:
        """The chapters as they are to run, and the names of those left out."""
        folder = self.root / "notebooks"
        if not self.is_main and (folder / GENERAL).is_dir():
            return general_chapters(folder), []
        return for_question(read_chapters(folder), self.name, {"QUESTION": self._parameter()})

    def _parameter(self) -> str:
        """The name of the question, or the path of a file elsewhere."""
        path = self.files[0].resolve() if self.files else None
        known = path is None or path.parent == (self.root / QUESTIONS).resolve()
        return self.name if known else str(path)

    def publication(self, made_from: str, left_out: list[str]) -> Publication:
        """The title page and colophon."""
        package = evidence.package(self.root)
        credits = [entry["credit"] for entry in package["resources"] if "credit" in entry]
        title, subtitle = self._titles(package)
        return Publication(
            title=title,
            subtitle=subtitle,
            edition=editions.label(self.root),
            date=package["created"][:10],
            fingerprint=made_from,
            credits=tuple(dict.fromkeys(credits)),
            left_out=tuple(left_out),
        )

    def _titles(self, package: dict[str, Any]) -> tuple[str, str]:
        if self.question and not self.is_main:
            return self.question.title, f"{self.question.what}, {self.question.event:%B %Y}"
        first = next(iter(read_chapters(self.root / "notebooks").values()))
        about = first.metadata.get("report", {})
        return about.get("title", package["title"]), about.get("subtitle", "")


def _own_modules() -> list[Path]:
    """The code that runs beside the chapters' own."""
    return [Path(__file__), *(_PACKAGE / "publish").glob("*.py")]


def _modules(root: Path, loaded: list[Path]) -> dict[str, Path]:
    """By name, the files of the package that these modules need, and those beside the chapters."""
    own = {p.relative_to(_PACKAGE.parent).as_posix(): p for p in files_of(_PACKAGE, loaded)}
    beside = [p for p in loaded if root / "notebooks" in p.parents and p.is_file()]
    return own | {path.relative_to(root).as_posix(): path for path in beside}


def _inputs(root: Path, asked: "_Asked") -> dict[str, Path]:
    """By name, the tables, former editions, question, notebooks, lock and citation."""
    data = root / "data"
    paths = [path for path in data.rglob("*") if path.suffix in _TABLES]
    # The present edition is frozen from the report; only those before it are compared with.
    own = editions.edition_file(root, evidence.package(root)["version"])
    paths += [path for path in (data / "editions").glob("[!.]*.zip") if path != own]
    paths += [*(root / "notebooks").glob("*.ipynb")]
    if not asked.is_main:
        paths += [*(root / "notebooks" / GENERAL).glob("*.ipynb")]
    paths += [root / "requirements.lock", root / "CITATION.cff"]
    named = {path.relative_to(root).as_posix(): path for path in paths if path.is_file()}
    return named | {f"question {path.name}": path for path in asked.files}


def _readmes(root: Path, about: dict[str, Any]) -> dict[str, bytes]:
    """README.md with the finding, data/README.md with the dictionary of the tables."""
    tables = evidence.dictionary(root)
    return {
        "README.md": _with_part(root / "README.md", "finding", _finding(about)),
        "data/README.md": _with_part(root / "data/README.md", "dictionary", tables),
    }


def _with_part(path: Path, name: str, text: str) -> bytes:
    """The file with what stands between the marks of the part `name` replaced."""
    start, end = f"<!-- {name}: written by the build -->", f"<!-- end of {name} -->"
    readme = path.read_text(encoding="utf-8")
    if start not in readme or end not in readme:
        raise PublishError([f"{path}: expected the marks “{start}” and “{end}”"])
    before, after = readme.split(start)[0], readme.split(end)[1]
    return f"{before}{start}\n{text}\n{end}{after}".encode()


def _finding(about: dict[str, Any]) -> str:
    """The first chapter's title and deck and the first chart, as Markdown."""
    chapter, exhibit = about["chapters"][0], about["exhibits"][0]
    return (
        f"**{chapter['title']}**\n\n{without_links(chapter['deck'])}\n\n"
        f"![{exhibit['alt']}](report/headline.svg)\n\n"
        f"*{exhibit['title']}. {exhibit['subtitle']}. Edition {about['edition']}.*"
    )


def _put_in_place(root: Path, place: str, files: dict[str, bytes]) -> list[Path]:
    written = publish.write(root, files)
    pictures = root / place / "figures"
    for old in {*filter(Path.is_file, pictures.iterdir())} - {*written}:
        old.unlink()  # a picture of an exhibit that is no more
    return [path for path in written if path.parent != pictures] + [pictures]
