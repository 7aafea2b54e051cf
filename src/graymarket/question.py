"""A report's question: a maker, regions and an event, in a small TOML file of data/questions/."""

import datetime
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from graymarket import evidence
from graymarket.evidence import EvidenceError, Problem, Tables

DEFAULT = "xiaomi-cuba-2021"  # the main report's
FOLDER = "data/questions"
SERIES = {"apple_share": "Apple", "samsung_internet_share": "Samsung"}  # of the usage panel
_FIRST_DAY = datetime.date(2000, 1, 1)  # the base knows no older phones
_RESERVED = {"figures"}  # a folder that the main report has in report/
_NAME = r"[a-z0-9]+(-[a-z0-9]+)*"

_KINDS: dict[type, str] = {
    str: "text in quotes",
    list: "a list of texts",
    datetime.date: "a day as YYYY-MM-DD",
}
_FIELDS: dict[str, tuple[type, bool]] = {  # key → its type, and whether it must be there
    "title": (str, True),
    "subtitle": (str, False),
    "maker": (str, True),
    "regions": (list, True),
    "event": (datetime.date, True),
    "what": (str, True),
    "closure": (str, False),
    "series": (str, False),
    "left_out": (list, False),
    "rests_on": (list, False),
}
Given = dict[str, Any]  # the keys of a question's file


@dataclass(frozen=True)
class Question:
    """What a report is about.

    `regions`: codes, the main one first; `event`: its day; `what`: what happened then, in a few
    words that can end a sentence; `closure`: a row as in the table closures (id, region, maker,
    series, month, left_out, lineage and, in a row of that table, more), or None; `rests_on`: the
    rows that report the event, as "table/row-id"; `path`: the file.
    """

    name: str
    title: str
    subtitle: str
    maker: str
    regions: tuple[str, ...]
    event: pd.Timestamp
    what: str
    closure: pd.Series | None
    rests_on: tuple[str, ...]
    path: Path

    @property
    def series(self) -> str | None:
        """The column of usage_panel in which the maker can be seen, if there is one."""
        return next((series for series, maker in SERIES.items() if maker == self.maker), None)

    @property
    def closure_rows(self) -> tuple[str, ...]:
        """The rows that the closure stands on; () if the question's file alone has it."""
        if self.closure is None or "source_id" not in self.closure:
            return ()
        return (*evidence.lineage(self.closure), *self.closure["basis"].split())

    @property
    def lineage(self) -> tuple[str, ...]:
        """The rows that report the event: the file's, or else the closure's; () without either."""
        return self.rests_on or self.closure_rows[:1]

    @property
    def month(self) -> pd.Timestamp:
        """The first day of the event's month."""
        return self.event.to_period("M").to_timestamp()


def question(name_or_path: str = DEFAULT, root: Path | None = None) -> Question:
    """The question of a name (of a file in data/questions/, without ".toml") or of a path.

    Raises EvidenceError with every problem of the file, or with the names there are.
    """
    root = root or evidence.find_root()
    path = _path(name_or_path, root)
    file = path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)
    given, tables = _read(path, file), Tables(root)
    problems = _shape(given, file) or _facts(given, file, root, tables)
    if problems:
        raise EvidenceError(problems)
    return Question(
        name=path.stem,
        title=given["title"],
        subtitle=given.get("subtitle", ""),
        maker=given["maker"],
        regions=tuple(given["regions"]),
        event=pd.Timestamp(given["event"]),
        what=given["what"],
        closure=_closure(given, path.stem, tables),
        rests_on=tuple(given.get("rests_on", [])),
        path=path,
    )


def check(root: Path) -> list[Problem]:
    """What is wrong with the files of data/questions/, by file."""
    problems: list[Problem] = []
    for path in sorted((root / FOLDER).glob("*.toml")):
        try:
            question(path.stem, root)
        except EvidenceError as error:
            problems += error.problems
    return problems


def _path(name: str, root: Path) -> Path:
    names = sorted(path.stem for path in (root / FOLDER).glob("*.toml"))
    path = Path(name).resolve() if name.endswith(".toml") else root / FOLDER / f"{name}.toml"
    if name not in names and not (name.endswith(".toml") and path.is_file()):
        expected = f"one of {', '.join(names)}, or the path of a TOML file"
        raise EvidenceError([Problem(f"{FOLDER}/", expected, value=name)])
    if not re.fullmatch(_NAME, path.stem) or path.stem in _RESERVED:
        expected = "a file name of small letters, digits and hyphens, other than figures"
        raise EvidenceError([Problem(str(path), expected, value=path.stem)])
    return path


def _read(path: Path, file: str) -> Given:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EvidenceError([Problem(file, f"a readable TOML file ({error})")]) from None


def _shape(given: Given, file: str) -> list[Problem]:
    """What is wrong with keys and types."""
    problems = [
        Problem(file, f"only the keys {', '.join(_FIELDS)}", column=key)
        for key in given
        if key not in _FIELDS
    ]
    for key, (kind, needed) in _FIELDS.items():
        value = given.get(key)
        if key not in given:
            if needed:
                problems.append(Problem(file, f"this key, {_KINDS[kind]}", column=key))
        elif type(value) is not kind or not _all_text(value):
            problems.append(Problem(file, _KINDS[kind], column=key, value=_text(value)))
        elif not value and needed:
            problems.append(Problem(file, "something in it", column=key, value=_text(value)))
    return problems


def _all_text(value: object) -> bool:
    return not isinstance(value, list) or all(isinstance(entry, str) for entry in value)


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _facts(given: Given, file: str, root: Path, tables: Tables) -> list[Problem]:
    """What does not agree with the tables."""
    problems = [
        *_unknown_regions("regions", given, file, tables),
        *_unknown_regions("left_out", given, file, tables),
        *_named_twice(given, file),
        *_unknown_maker(given["maker"], file, tables),
        *_unknown_rows(given.get("rests_on", []), file, root),
    ]
    edition = datetime.date.fromisoformat(evidence.package(root)["created"][:10])
    if not _FIRST_DAY <= given["event"] <= edition:
        expected = f"a day from {_FIRST_DAY} up to the edition’s, {edition}"
        problems.append(Problem(file, expected, column="event", value=str(given["event"])))
    if "series" in given and given["series"] not in SERIES:
        expected = f"one of {', '.join(SERIES)}"
        problems.append(Problem(file, expected, column="series", value=given["series"]))
    if "left_out" in given and "series" not in given:
        problems.append(Problem(file, "series beside it", column="left_out"))
    if "closure" in given:
        problems += _other_closure(given, file, tables)
    return problems


def _unknown_regions(key: str, given: Given, file: str, tables: Tables) -> list[Problem]:
    names = tables["regions"].set_index("region")["name"]
    codes = {name: code for code, name in names.items()}
    return [
        Problem(
            file,
            "a code of data/regions.csv",
            column=key,
            value=code,
            fix=f"{code} is “{codes[code]}”" if code in codes else "",
        )
        for code in given.get(key, [])
        if code not in names.index
    ]


def _named_twice(given: Given, file: str) -> list[Problem]:
    codes: dict[str, list[str]] = {key: given.get(key, []) for key in ("regions", "left_out")}
    problems = [
        Problem(file, "each region once", column=key, value=code)
        for key in codes
        for code, count in Counter(codes[key]).items()
        if count > 1
    ]
    both = [code for code in codes["left_out"] if code in codes["regions"]]
    expected = "none of the question’s own regions"
    return problems + [Problem(file, expected, column="left_out", value=code) for code in both]


def _unknown_rows(entries: list[str], file: str, root: Path) -> list[Problem]:
    expected = "a row of data/, as “table/row-id”"
    return [
        Problem(file, expected, column="rests_on", value=entry)
        for entry in entries
        if not _is_row(entry, root)
    ]


def _is_row(entry: str, root: Path) -> bool:
    try:
        evidence.Base(root).rows(entry)
    except EvidenceError:
        return False
    return "/" in entry


def _unknown_maker(maker: str, file: str, tables: Tables) -> list[Problem]:
    known = {
        *tables["presence"]["vendor"],
        *tables["vendor_share"]["vendor"],
        *tables["closures"]["maker"],
    }
    if maker in known:
        return []
    near = get_close_matches(maker, sorted(known), 1, 0.5)
    return [
        Problem(
            file,
            "a maker of data/presence.csv, data/vendor_share.csv or data/closures.csv",
            column="maker",
            value=maker,
            fix=f"is “{near[0]}” meant?" if near else "",
        )
    ]


def _other_closure(given: Given, file: str, tables: Tables) -> list[Problem]:
    """An unknown closure, or one that is not the question's."""
    rows = tables["closures"].set_index("id")
    key = given["closure"]
    if "series" in given:
        expected = "no closure beside series: a row of closures.csv has a series"
        return [Problem(file, expected, column="closure", value=key)]
    if key not in rows.index:
        expected = f"an id that stands in data/closures.csv ({', '.join(sorted(rows.index))})"
        return [Problem(file, expected, column="closure", value=key)]
    row, of = rows.loc[key], f"as closure {key} has in data/closures.csv"
    month, first = f"{row['month']:%Y-%m}", given["regions"][0]
    pairs = {
        "maker": (given["maker"], row["maker"], row["maker"]),
        "regions": (first, row["region"], f"{row['region']} first"),
        "event": (str(given["event"]), month, f"a day of {month}"),
    }
    return [
        Problem(file, f"{expected}, {of}", column=column, value=value)
        for column, (value, right, expected) in pairs.items()
        if not value.startswith(right)
    ]


def _closure(given: Given, name: str, tables: Tables) -> pd.Series | None:
    if "closure" in given:
        rows = tables["closures"]
        row: pd.Series = rows[rows["id"] == given["closure"]].iloc[0]
        return row
    if "series" not in given:
        return None
    return pd.Series(
        {
            "id": name,
            "region": given["regions"][0],
            "maker": given["maker"],
            "series": given["series"],
            "month": pd.Timestamp(given["event"]).to_period("M").to_timestamp(),
            "left_out": " ".join(given.get("left_out", [])),
            "lineage": tuple(given.get("rests_on", [])),
        }
    )
