"""A frozen edition: a zipped Data Package with its typed results, read in memory."""

import json
import zipfile
import zlib
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from graymarket import evidence
from graymarket.evidence import corrections
from graymarket.evidence.problems import FILE, EvidenceError, Problem
from graymarket.evidence.reading import cells_in

RESULTS = "results.json"


def edition_file(root: Path, name: str) -> Path:
    """Where the edition of that name is kept."""
    return root / "data" / "editions" / f"{name}.zip"


def table_files(root: Path) -> dict[str, bytes]:
    """The files of data/'s tables by name, their lines ended alike; raises EvidenceError."""
    paths = [resource["path"] for resource in evidence.package(root)["resources"]]
    try:
        return {path: (root / "data" / path).read_bytes().replace(b"\r\n", b"\n") for path in paths}
    except OSError as error:
        expected = f"a file that can be read ({error.strerror})"
        place = f"data/{Path(error.filename).name}"
        raise EvidenceError([Problem(place, expected, severity=FILE)]) from None


class Edition:
    """The edition in a zip file, which is read on the first use.

    Raises EvidenceError, then or later, for a file that is no edition.
    """

    def __init__(self, file: Path):
        self.file = file
        self._cells: dict[str, pd.DataFrame] = {}

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The tables' entries in its datapackage.json, by name."""
        try:
            package = json.loads(self._content[evidence.PACKAGE])
            return {resource["name"]: resource for resource in package["resources"]}
        except (KeyError, TypeError, ValueError) as error:
            self._refuse(error)

    @property
    def tables(self) -> dict[str, bytes]:
        """Its tables' files by name, their lines ended alike."""
        others = (evidence.PACKAGE, RESULTS)
        files = {name: content for name, content in self._content.items() if name not in others}
        return {name: content.replace(b"\r\n", b"\n") for name, content in files.items()}

    def cells(self, table: str) -> pd.DataFrame:
        """A table's cells as text, with the edition's own corrections put in."""
        if table not in self._cells:
            cells = self._raw(table)
            if table != corrections.TABLE and corrections.TABLE in self.resources:
                cells, _ = corrections.corrected(cells, table, self.cells(corrections.TABLE))
            self._cells[table] = cells
        return self._cells[table]

    @cached_property
    def results(self) -> dict[str, dict[str, Any]]:
        """Its results: name → plain JSON values of a typed result, see results.as_json."""
        try:
            results: dict[str, dict[str, Any]] = json.loads(self._content[RESULTS])["results"]
            if all("type" in result for result in results.values()):
                return results
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self._refuse(error)
        expected = "typed results (each with a “type”)"
        fix = "it was frozen before results had types: compute them from its tables, freeze it anew"
        raise EvidenceError(
            [Problem(f"{self._place}, {RESULTS}", expected, fix=fix, severity=FILE)]
        )

    def _raw(self, table: str) -> pd.DataFrame:
        resource = self.resources[table]
        path = resource["path"]
        if path not in self._content:
            self._refuse(KeyError(path))
        place = f"{self._place}, {path}"
        cells, problems = cells_in(self._content[path], place, resource["schema"]["fields"])
        if cells is None:
            raise EvidenceError(problems)
        return cells

    @cached_property
    def _content(self) -> dict[str, bytes]:
        try:
            with zipfile.ZipFile(self.file) as archive:
                return {name: archive.read(name) for name in archive.namelist()}
        except (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile) as error:
            self._refuse(error)

    @property
    def _place(self) -> str:
        return f"data/{self.file.parent.name}/{self.file.name}"

    def _refuse(self, error: Exception) -> NoReturn:
        form = f"a zip with {evidence.PACKAGE}, its tables and {RESULTS}"
        expected = f"a frozen edition: {form} ({error})"
        fix = "take it back from version control"
        raise EvidenceError([Problem(self._place, expected, fix=fix, severity=FILE)]) from None
