"""This project's reports: what each is made from, how it is published, what READMEs say of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

import graymarket
from graymarket import editions, evidence, publish
from graymarket.publish import Publication, PublishError
from graymarket.publish.assemble import without_links
from graymarket.publish.chapters import for_question, read_chapters
from graymarket.publish.execute import execute
from graymarket.publish.fingerprint import differences, files_of, fingerprint, hashes
from graymarket.question import FOLDER, Question
from graymarket.question import question as read_question
from graymarket.results.subjects import SUBJECTS

MAIN = "xiaomi-cuba-2021"  # the question whose report is report/ itself
INPUTS = "inputs.json"
CITATION = "CITATION.cff"

_PACKAGE = Path(graymarket.__file__).parent
_TABLES = (".csv", ".json")


def build(
    root: Path, question: str, on_step: Callable[[str], None], on_cell: Callable[[], None]
) -> list[Path]:
    """Write the report on a question, and what READMEs show of the main one; returns its files.

    `question`: the name of a file in data/questions/ without ".toml", or the path of one. The
    main report is written into report/, another into report/NAME/. Of the many files in
    figures/ and notebooks/ the folders are returned.

    Nothing is touched unless every file could be made. Raises EvidenceError for bad data, and
    PublishError for bad chapters or if what the report is made from changes meanwhile, each with
    all problems found.
    """
    on_step("Checking data/")
    if problems := evidence.check(root):
        raise evidence.EvidenceError(problems)
    asked = read_question(question, root)
    inputs = _inputs(root, asked)
    before = hashes(inputs | _modules(root, [*_PACKAGE.rglob("*.py")]))
    folder = root / "notebooks"
    chapters, left_out = for_question(read_chapters(folder), asked.name, _parameters(root, asked))
    cells = sum(cell.cell_type == "code" for book in chapters.values() for cell in book.cells)
    on_step(f"Running {len(chapters)} chapters, {cells} cells")
    loaded: set[str] = set()
    subjects = [f"import graymarket.results.{name}" for name in SUBJECTS]
    execute(chapters, folder, on_cell, on_modules=loaded.update, imports=subjects)
    code = _modules(root, [*map(Path, loaded), *_own_modules()])
    made_from = inputs | _inputs(root, asked) | code
    used = {name: before.get(name, "") for name in made_from}
    _refuse_changes(used, made_from)
    made, report = publish.publish(
        chapters,
        _publication(root, asked, fingerprint(used), left_out),
        lambda entries: evidence.trace(entries, root),
        on_step,
    )
    _refuse_changes(used, made_from)
    made[INPUTS] = (json.dumps(used, indent=1) + "\n").encode()
    files = {f"{_place(asked)}/{name}": content for name, content in made.items()}
    if asked.name == MAIN:
        files |= _readmes(root, report.metadata["report"])
    return _put_in_place(root, _place(asked), files)


def _refuse_changes(before: dict[str, str], files: dict[str, Path]) -> None:
    present = {name: path for name, path in files.items() if path.is_file()}
    if changed := differences(before, hashes(present)):
        raise PublishError([f"{name}: expected no change during the build" for name in changed])


def stale(root: Path, question: str = MAIN) -> list[str]:
    """The names of files by which the report on a question is not made from what is there now.

    Raises OSError if there is no such report.
    """
    asked = read_question(question, root)
    known = json.loads((root / _place(asked) / INPUTS).read_text(encoding="utf-8"))
    modules = [_PACKAGE.parent / name for name in known]
    return differences(known, hashes(_inputs(root, asked) | _modules(root, modules)))


def _place(question: Question) -> str:
    """Its folder: report/ for the main question's report, report/NAME/ for another."""
    return "report" if question.name == MAIN else f"report/{question.name}"


def _parameters(root: Path, question: Question) -> dict[str, str]:
    """What the chapters are told: the question's name, or the path of a file elsewhere."""
    known = question.path.resolve().parent == (root / FOLDER).resolve()
    return {"QUESTION": question.name if known else str(question.path.resolve())}


def _publication(
    root: Path, question: Question, made_from: str, left_out: list[str]
) -> Publication:
    """The title page and colophon."""
    package = evidence.package(root)
    cited = yaml.safe_load((root / CITATION).read_text(encoding="utf-8"))
    credits = [entry["credit"] for entry in package["resources"] if "credit" in entry]
    return Publication(
        title=question.title,
        author=cited["authors"][0]["name"],
        subtitle=question.subtitle or f"{question.what}, {question.event:%B %Y}",
        edition=editions.label(root),
        date=package["created"][:10],
        fingerprint=made_from,
        credits=tuple(dict.fromkeys(credits)),
        left_out=tuple(left_out),
    )


def _own_modules() -> list[Path]:
    """The code that runs beside the chapters' own."""
    return [Path(__file__), *(_PACKAGE / "publish").glob("*.py")]


def _modules(root: Path, loaded: list[Path]) -> dict[str, Path]:
    """By name, the files of the package that these modules need, and those beside the chapters."""
    own = {p.relative_to(_PACKAGE.parent).as_posix(): p for p in files_of(_PACKAGE, loaded)}
    beside = [p for p in loaded if root / "notebooks" in p.parents and p.is_file()]
    return own | {path.relative_to(root).as_posix(): path for path in beside}


def _inputs(root: Path, question: Question) -> dict[str, Path]:
    """By name, the tables, former editions, question, notebooks, lock and citation."""
    data = root / "data"
    paths = [path for path in data.rglob("*") if path.suffix in _TABLES]
    # The present edition is frozen from the report; only those before it are compared with.
    own = editions.edition_file(root, evidence.package(root)["version"])
    paths += [path for path in (data / "editions").glob("[!.]*.zip") if path != own]
    paths += [*(root / "notebooks").glob("*.ipynb")]
    paths += [root / "requirements.lock", root / CITATION]
    named = {path.relative_to(root).as_posix(): path for path in paths if path.is_file()}
    return named | {f"question {question.path.name}": question.path}


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
    """Write the files, and take away what stood for exhibits and chapters that are no more."""
    written = publish.write(root, files)
    folders = [root / place / name for name in publish.FOLDERS]
    for folder in folders:
        for old in {*filter(Path.is_file, folder.iterdir())} - {*written}:
            old.unlink()
    return [path for path in written if path.parent not in folders] + folders
