"""What a report is made from: the files, their hashes, and one hash of them all."""

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

_SCRIPTS = (".py", ".pyc")


def hashes(files: dict[str, Path]) -> dict[str, str]:
    """SHA-256 of each file, by its name here, in the order of the names.

    Of a notebook the cells and what is said of it in `report` count: to run it by hand changes
    nothing. Ends of lines count as one character on every system.
    """
    return {name: hashlib.sha256(_content(files[name])).hexdigest() for name in sorted(files)}


def fingerprint(hashed: dict[str, str]) -> str:
    """One SHA-256 for the names and hashes of files."""
    lines = "".join(f"{name}\0{hashed[name]}\n" for name in sorted(hashed))
    return hashlib.sha256(lines.encode()).hexdigest()


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The names of files that are not the same in both, or in one alone."""
    return sorted(n for n in before.keys() | after.keys() if before.get(n) != after.get(n))


def _content(path: Path) -> bytes:
    content = path.read_bytes().replace(b"\r\n", b"\n")
    if path.suffix != ".ipynb":
        return content
    notebook = json.loads(content)
    about = ("tags", "slideshow")
    cells = [
        [c["cell_type"], "".join(c["source"]), *(c.get("metadata", {}).get(key) for key in about)]
        for c in notebook["cells"]
    ]
    return json.dumps([cells, notebook.get("metadata", {}).get("report")]).encode()


def files_of(package: Path, loaded: Iterable[str | Path]) -> list[Path]:
    """The files of a package that a run with these modules loaded may have read.

    That is those of `loaded` that lie in it, the modules that these import, however late, and
    the files that lie beside the modules of the same part of the package, such as templates.
    """
    modules: set[Path] = set()
    waiting = [path for path in map(Path, loaded) if package in path.parents]
    while waiting:
        path = waiting.pop()
        if path not in modules and path.suffix == ".py" and path.is_file():
            modules.add(path)
            waiting += _imported_by(path, package)
    parts = {package / path.relative_to(package).parts[0] for path in modules}
    beside = [p for part in parts for p in part.rglob("*") if p.is_file()]
    return sorted({*modules, *(p for p in beside if p.suffix not in _SCRIPTS)})


def _imported_by(path: Path, package: Path) -> Iterator[Path]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            first, *parts = name.split(".")
            if first == package.name:
                yield from _on_the_way(package, parts)


def _on_the_way(package: Path, parts: list[str]) -> Iterator[Path]:
    """The file of a module of the package, and those of the packages that it lies in."""
    for depth in range(len(parts) + 1):
        place = package.joinpath(*parts[:depth])
        yield place / "__init__.py"
        yield place.with_suffix(".py")
