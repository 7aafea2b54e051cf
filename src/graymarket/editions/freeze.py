"""Name the present state of data/ as an edition, and freeze it with its results."""

import io
import json
import os
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from graymarket import evidence
from graymarket.editions.frozen import RESULTS, edition_file, table_files
from graymarket.evidence import EvidenceError, Problem
from graymarket.evidence.store import replace

Results = Mapping[str, Mapping[str, Any]]  # name → plain JSON values of a typed result

_CITATION = "CITATION.cff"
_FIXED = (1980, 1, 1, 0, 0, 0)  # so that the same edition is the same bytes
_NAME = r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?"


def name_edition(root: Path, name: str, today: date) -> None:
    """Make `name` the edition that data/ and CITATION.cff speak of, as of `today`.

    What each table now covers becomes what the check expects of it from here on. Raises
    EvidenceError, with nothing changed, for a name that is none, that is frozen already, or that
    comes before the present one.
    """
    _check_name(root, name)
    package = evidence.package(root)
    package |= {"version": name, "created": f"{today}T00:00:00Z"}
    for resource in package["resources"]:
        if "coverage" in resource:
            coverage = evidence.coverage(evidence.load(resource["name"], root))
            resource["coverage"] = {"edition": name} | coverage
    text = json.dumps(package, indent=2, ensure_ascii=False) + "\n"
    replace(root, {evidence.PACKAGE: text.encode()})
    citation = (root / _CITATION).read_text(encoding="utf-8")
    for field, value in (("version", name), ("date-released", today)):
        citation = re.sub(rf'^{field}: ".*"$', f'{field}: "{value}"', citation, flags=re.MULTILINE)
    _write(root / _CITATION, citation.encode())


@contextmanager
def named(root: Path, name: str, today: date) -> Iterator[dict[str, bytes]]:
    """The edition named as by name_edition, and the former name back if anything fails within.

    Gives the tables' files as they are then.
    """
    before = {
        path: path.read_bytes() for path in (root / "data" / evidence.PACKAGE, root / _CITATION)
    }
    name_edition(root, name, today)
    try:
        yield table_files(root)
    except BaseException:
        for path, content in before.items():
            _write(path, content)
        raise


def freeze(root: Path, tables: dict[str, bytes], results: Callable[[], Results]) -> Path:
    """Keep data/ and its results as the edition that data/ names; returns the file.

    `tables`: the files that the report was built from; `results`: computes what the report knows.
    The same tables and results give the same bytes. Raises EvidenceError if data/ has changed
    since, or changes meanwhile.
    """
    kept = {RESULTS: _as_json({"results": results()})}
    if table_files(root) != tables:
        expected = "to stay as it was while the report was built"
        raise EvidenceError([Problem("data/", expected, fix="run this again")])
    package = (root / "data" / evidence.PACKAGE).read_bytes().replace(b"\r\n", b"\n")
    file = edition_file(root, evidence.package(root)["version"])
    file.parent.mkdir(exist_ok=True)
    _write(file, _zipped({evidence.PACKAGE: package} | dict(sorted(tables.items())) | kept))
    return file


def next_name(root: Path, today: date) -> str:
    """The first name that may be given now: this month, today, or the month after the present one.

    The last is for an edition whose name is ahead of the calendar.
    """
    following = pd.Period(evidence.package(root)["version"][:7], "M") + 1
    for name in (f"{today:%Y-%m}", f"{today}"):
        try:
            _check_name(root, name)
        except EvidenceError:
            continue
        return name
    return str(following)


def _check_name(root: Path, name: str) -> None:
    present = evidence.package(root)["version"]
    place = f"data/{evidence.PACKAGE}"
    problem = None
    if not _is_name(name):
        problem = Problem(place, "an edition’s name as 2026-12 or 2026-12-24", value=name)
    elif edition_file(root, name).exists():
        fix = "an edition never changes once it is frozen: choose a later name"
        problem = Problem(place, "a name that no edition has yet", value=name, fix=fix)
    elif name < present:
        problem = Problem(place, f"a name after {present}, the present edition’s", value=name)
    if problem:
        raise EvidenceError([problem])


def _is_name(name: str) -> bool:
    """Whether it is a month or a day of the calendar: 2026-12, 2026-12-24."""
    try:
        date.fromisoformat(name if len(name) == 10 else f"{name}-01")
    except ValueError:
        return False
    return re.fullmatch(_NAME, name) is not None


def _as_json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _zipped(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, kept in files.items():
            entry = zipfile.ZipInfo(name, _FIXED)
            archive.writestr(entry, kept, zipfile.ZIP_DEFLATED, compresslevel=9)
    return content.getvalue()


def _write(path: Path, content: bytes) -> None:
    staged = path.with_name(f".{path.name}")
    staged.write_bytes(content)
    os.replace(staged, path)
