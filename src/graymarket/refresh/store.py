"""Put changes into data/: the whole checked first, then all of it at once or nothing."""

import csv
import ctypes
import dataclasses
import hashlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pandas as pd

from graymarket import evidence
from graymarket.evidence import EvidenceError, Problem
from graymarket.refresh.change import Change

try:
    import fcntl
except ImportError:  # Windows: nothing keeps two runs apart there
    fcntl = None
from graymarket.refresh.delivery import Download

_STAGING = ".data-graymarket-"
_FROM_HERE = -100  # AT_FDCWD: paths count from the working folder
_EXCHANGE = 2  # RENAME_EXCHANGE on Linux, RENAME_SWAP on macOS


def put_in(root: Path, changes: list[Change], today: date, why: str) -> None:
    """Write what `changes` say, with a line in the ledger for each, once all of it is sound.

    `why` stands beside each revised figure. Raises EvidenceError, with data/ untouched, if the
    base would not pass its check, or has changed since it was read.
    """
    with _told_by_origin(changes):
        replace(root, _files(root, changes, today, why))


def verify(root: Path, changes: list[Change], today: date) -> None:
    """Raise EvidenceError if `changes` would not pass the check; nothing is written."""
    with (
        _told_by_origin(changes),
        _alone(root),
        _staged(root, _files(root, changes, today, "to be told")),
    ):
        pass


@contextmanager
def _told_by_origin(changes: list[Change]) -> Iterator[None]:
    """Problems of delivered rows name the file and the row that they came from."""
    origins = {(f"data/{c.table}.csv", row): at for c in changes for row, at in c.origins.items()}
    try:
        yield
    except EvidenceError as error:
        raise EvidenceError([_at_origin(problem, origins) for problem in error.problems]) from None


def _at_origin(problem: Problem, origins: dict) -> Problem:
    file, row = origins.get((problem.file, problem.row), (problem.file, problem.row))
    return dataclasses.replace(problem, file=file, row=row)


def _files(root: Path, changes: list[Change], today: date, why: str) -> dict[str, bytes]:
    """The files of data/ that the changes touch, as they would be."""
    news = [change for change in changes if change.is_news]
    tables = {change.table: change.cells for change in news}
    tables |= _new_sources(tables.get("sources", evidence.raw_cells("sources", root)), news)
    for ledger, rows in _entries(root, news, today, why).items():
        old = evidence.raw_cells(ledger, root)
        tables[ledger] = pd.concat([old, rows[old.columns]], ignore_index=True)
    return {f"{table}.csv": as_csv(cells) for table, cells in tables.items()}


def replace(root: Path, files: dict[str, bytes]) -> None:
    """Replace files of data/, all at once; raises EvidenceError if the base would not be sound.

    The new state is built and checked beside the old one; then the two folders change places in
    one step of the file system, so that whoever reads, or kills, sees one or the other.
    """
    data = _folder(root)
    with _alone(root):
        before = _state(data)
        with _staged(root, files) as staging:
            if _state(data) != before:
                expected = "to stay as it was while the change was checked"
                raise EvidenceError([Problem("data/", expected, fix="run this again")])
            _exchange(staging / "data", data)


def _folder(root: Path) -> Path:
    """Where data/ is: of a link, the folder that it leads to, for that is what is exchanged."""
    return (root / "data").resolve()


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Hold off other runs that would write; what killed ones left behind is removed.

    What the file system refuses within is told as a Problem.
    """
    place = os.open(_folder(root).parent, os.O_RDONLY) if fcntl else None
    try:
        if fcntl:
            fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
        clean_up(root)
        yield
    except BlockingIOError:
        fix = "another run of graymarket is at it: wait until it has ended, and run this again"
        raise EvidenceError([Problem("data/", "to be written by nobody else", fix=fix)]) from None
    except OSError as error:
        fix = "it needs room for a copy of data/ beside it, and leave to put that in its place"
        raise EvidenceError(
            [Problem("data/", "to be written", value=_said(error), fix=fix)]
        ) from None
    finally:
        if fcntl:
            os.close(place)


def _said(error: OSError) -> str:
    """The system's words; of what befell many files (shutil.Error), those about the first."""
    if isinstance(error, shutil.Error):
        return str(error.args[0][0][2])
    return f"{error.strerror}: {error.filename}" if error.filename else str(error.strerror or error)


@contextmanager
def _staged(root: Path, files: dict[str, bytes]) -> Iterator[Path]:
    """A folder beside data/ that holds it with `files` replaced, checked as a whole."""
    data = _folder(root)
    staging = Path(tempfile.mkdtemp(prefix=_STAGING, dir=data.parent))
    try:
        # Editors mark a file that is open by a link to nowhere.
        shutil.copytree(data, staging / "data", ignore_dangling_symlinks=True)
        for name, content in files.items():
            (staging / "data" / name).write_bytes(content)
        problems = evidence.check(staging)
        if problems:
            raise EvidenceError(problems)
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def as_csv(cells: pd.DataFrame) -> bytes:
    """A table's cells in the one form in which data/ is kept."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(cells.columns)
    writer.writerows(cells.itertuples(index=False, name=None))
    return text.getvalue().encode("utf-8")


def clean_up(root: Path) -> None:
    """Remove what a killed run left behind; bring data/ back if it was killed between renames."""
    data = _folder(root)
    for left in data.parent.glob(f"{_STAGING}*"):
        aside = left / "aside"
        if aside.is_dir() and not data.exists():
            aside.rename(data)
        shutil.rmtree(left, ignore_errors=True)


def _state(data: Path) -> dict[str, tuple[int, int]]:
    found = {path: path.stat() for path in data.rglob("*") if path.is_file()}
    return {str(path): (stat.st_mtime_ns, stat.st_size) for path, stat in found.items()}


def _exchange(new: Path, old: Path) -> None:
    """Two folders change places in one step, or, where the system has none, in two."""
    names = os.fsencode(new), os.fsencode(old)
    try:
        system = ctypes.CDLL(None, use_errno=True)
        if sys.platform == "darwin":
            failed = system.renamex_np(*names, _EXCHANGE)
        else:
            failed = system.renameat2(_FROM_HERE, names[0], _FROM_HERE, names[1], _EXCHANGE)
    except (AttributeError, OSError, TypeError):  # no such call in this system's library
        failed = True
    if failed:
        aside = old.rename(new.with_name("aside"))
        try:
            new.rename(old)
        except OSError:
            aside.rename(old)
            raise


def fingerprint(downloads: tuple[Download, ...]) -> str:
    """The file's SHA-256; of several, the SHA-256 of what `sha256sum *` prints for them."""
    if len(downloads) == 1:
        return downloads[0].sha256
    lines = sorted({f"{d.sha256}  {d.name}\n" for d in downloads}, key=lambda line: line[64:])
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _entries(root: Path, news: list[Change], today: date, why: str) -> dict[str, pd.DataFrame]:
    """What the ledgers gain: a row for each change, and one for each figure revised."""
    taken = evidence.raw_cells("additions", root)["addition"]
    additions, revisions = [], []
    for change in news:
        start = f"{today}-{change.table.replace('_', '-')}-"
        name = f"{start}{taken.str.startswith(start).sum() + 1}"
        additions.append(_addition(name, change, today))
        revisions.append(change.revised.assign(addition=name, why=why))
    return {"additions": pd.DataFrame(additions), "revisions": pd.concat(revisions)}


def _new_sources(old: pd.DataFrame, news: list[Change]) -> dict[str, pd.DataFrame]:
    """The table sources with the rows that deliveries bring along and it has not; {} if none."""
    brought = {row["source_id"]: row for change in news for row in change.sources}
    rows = [row for source, row in brought.items() if source not in set(old["source_id"])]
    if not rows:
        return {}
    cells = pd.concat([old, pd.DataFrame(rows, columns=old.columns).fillna("")])
    return {"sources": cells.sort_values("source_id", kind="stable", ignore_index=True)}


def _addition(name: str, change: Change, today: date) -> dict[str, str]:
    names = sorted({download.name for download in change.downloads})
    several = f"{len(change.downloads)} files, {names[0]} to {names[-1]}"
    first, last = change.span
    return {
        "addition": name,
        "added": str(today),
        "table": change.table,
        "file": several if len(change.downloads) > 1 else names[0],
        "sha256": fingerprint(change.downloads),
        "accessed": str(max(download.accessed for download in change.downloads)),
        "address": _common_address(change.downloads),
        "rows_added": str(len(change.added)),
        "figures_revised": str(len(change.revised)),
        "first": first,
        "last": last,
    }


def _common_address(downloads: tuple[Download, ...]) -> str:
    """Where all came from: the address, or what is left when query and file name differ."""
    for shorten in (str, lambda full: full.split("?")[0], lambda full: full.rpartition("/")[0]):
        shared = {shorten(download.address) for download in downloads}
        if len(shared) == 1:
            return shared.pop()
    return ""
