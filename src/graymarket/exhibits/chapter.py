"""A chapter’s way to what the report knows: subjects opened by name, as text for prose."""

import html
from pathlib import Path
from typing import Any

from graymarket import evidence, wording
from graymarket.question import Question
from graymarket.question import question as read_question
from graymarket.results import Result, as_json
from graymarket.results.subjects import Subject, compute

RESULTS_MIME = "application/vnd.graymarket.results+json"


class Opened:
    """A subject in a chapter: its results as text, and its frames as they are.

    Prose refers to a result as {eval}`subject.name`. `result(name)` gives the typed result.
    """

    def __init__(self, name: str, subject: Subject):
        self._name, self._subject = name, subject
        twice = [key for key in subject.results if hasattr(subject, key)]
        if twice:
            raise ValueError(f"{name}: {', '.join(twice)} names a result and a field")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        subject = self.__dict__["_subject"]
        if name in subject.results:
            return wording.current().text(subject.results[name])
        try:
            return getattr(subject, name)
        except AttributeError:
            subject_name = self.__dict__["_name"]
            raise AttributeError(f"{subject_name} has no result or field {name!r}") from None

    def __contains__(self, name: str) -> bool:
        return name in self._subject.results

    def result(self, name: str) -> Result:
        """The typed result of that name."""
        return self._subject.results[name]


class Chapter:
    """The question that a chapter is about, its tables, and the subjects that it opens.

    `question`: the name of a file in data/questions/ without ".toml", or a file's path. Shown as
    a cell's output it lists the results of the subjects opened so far, for `publish` to read.
    """

    def __init__(self, question: str, root: Path | None = None):
        root = root or evidence.find_root()
        self.question: Question = read_question(question, root)
        self.tables = evidence.Tables(root)
        self._opened: dict[str, Subject] = {}

    def open(self, *names: str) -> Any:
        """The subjects of these names (see results.SUBJECTS); for one name, that one alone."""
        for name in names:
            self._opened[name] = compute(name, self.question, self.tables)
        opened = tuple(Opened(name, self._opened[name]) for name in names)
        return opened[0] if len(opened) == 1 else opened

    def payload(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The opened subjects' results as plain JSON values, each with its text."""
        text = wording.current().text
        return {
            subject: {
                name: as_json(result) | {"text": str(text(result))}
                for name, result in known.results.items()
            }
            for subject, known in self._opened.items()
        }

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        payload = self.payload()
        lines = [
            (f"{subject}.{name}", result["text"])
            for subject, known in payload.items()
            for name, result in known.items()
        ]
        rows = "".join(
            f"<tr><td><code>{name}</code></td><td>{html.escape(text)}</td></tr>"
            for name, text in lines
        )
        folded = f"<details><summary>{len(lines)}</summary><table>{rows}</table></details>"
        plain = "\n".join(f"{name}: {text}" for name, text in lines)
        return {RESULTS_MIME: payload, "text/html": folded, "text/plain": plain}
