"""Named results: every number that prose may use, with the rows it stands on."""

import html
import json
import os
import re
from pathlib import Path

from graymarket import evidence

RESULTS_MIME = "application/vnd.graymarket.results+json"


def results_of_this_build() -> dict[str, dict]:
    """The results of the other chapters: "chapter/name" → text, value, basis.

    For a chapter that the build runs last; by hand one sees those of the last build.
    """
    told = os.environ.get("GRAYMARKET_RESULTS")
    path = Path(told) if told else evidence.find_root() / "report" / "results.json"
    return json.loads(path.read_text(encoding="utf-8"))["results"]


class Result(str):
    """The printed form of a result; carries its bare `value` and its `basis` in the data."""

    value: object
    basis: tuple[str, ...]

    def __new__(cls, text: str, value, basis: tuple[str, ...]):
        self = super().__new__(cls, text)
        self.value, self.basis = value, basis
        return self


class Results:
    """The named results of a chapter.

    Prose refers to one as {eval}`r.name`; JupyterLab shows it live, and the report prints it.
    A name given twice, or a basis that is empty, raises ValueError.
    """

    def __init__(self):
        self._results: dict[str, Result] = {}

    def add(self, name: str, text: str, *, value=None, basis: tuple[str, ...]) -> None:
        """Name a result: `text` as printed, `basis` as evidence.trace takes it."""
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or hasattr(type(self), name):
            raise ValueError(f"result {name!r}: expected a new lower-case name")
        if name in self._results:
            raise ValueError(f"result {name!r} is named twice")
        if not basis:
            raise ValueError(f"result {name!r}: expected at least one row it stands on")
        self._results[name] = Result(text, text if value is None else value, tuple(basis))

    def __getattr__(self, name: str) -> Result:
        try:
            return self.__dict__["_results"][name]
        except KeyError:
            raise AttributeError(f"no result is named {name!r}") from None

    def payload(self) -> dict:
        """All results as plain JSON values: what `publish` reads."""
        return {
            name: {
                "text": str(result),
                "value": result.value,
                "basis": evidence.trace(result.basis),
            }
            for name, result in self._results.items()
        }

    def _repr_mimebundle_(self, include=None, exclude=None):
        rows = "".join(
            f"<tr><td><code>r.{name}</code></td><td>{html.escape(result)}</td></tr>"
            for name, result in self._results.items()
        )
        plain = "\n".join(f"r.{name}: {result}" for name, result in self._results.items())
        return {
            RESULTS_MIME: self.payload(),
            "text/html": f"<table>{rows}</table>",
            "text/plain": plain,
        }
