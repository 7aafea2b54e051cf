"""How a report, its rows and its licences are named in files read away from it."""

import re
from datetime import date
from typing import Any

REPORT_FILE = "report.html"
ROWS_FILE = "rows.html"  # where every number’s rows and sources are listed


def full_title(report: dict[str, Any]) -> str:
    """Title and subtitle as one line."""
    return ": ".join(part for part in (report["title"], report.get("subtitle", "")) if part)


def long_date(report: dict[str, Any]) -> str:
    """The edition's day, written out: 24 November 2026."""
    day = date.fromisoformat(report["date"])
    return f"{day.day} {day:%B %Y}"


def how_to_cite(report: dict[str, Any]) -> str:
    """The report's own words for it, or one sentence: author (where known), title, edition, day."""
    if report.get("citation"):
        return str(report["citation"])
    name = full_title(report)
    name += "" if name.endswith(("?", "!", ".")) else "."
    author = f"{report['author']}: " if report.get("author") else ""
    return f"{author}{name} Edition {report['edition']}, {long_date(report)}."


def licences(report: dict[str, Any]) -> list[str]:
    """The report's own licence, if given, then the credits, each with its own."""
    own = [f"Licence: {report['licence']}."] if report.get("licence") else []
    return [*own, *report.get("credits", [])]


def publishers(exhibit: dict[str, Any]) -> list[dict[str, Any]]:
    """The sources of an exhibit, each publisher once: those to name, and to count.

    Several works of one publisher count as the first of them. A credit that only says more of
    another, such as “X (copy)” or “X, from Y” beside “X”, counts as that one, unless a licence
    wants it named.
    """
    first: dict[str, dict[str, Any]] = {}
    for source in exhibit["sources"]:
        first.setdefault(source["credit"], source)
    return [
        source
        for credit, source in first.items()
        if source.get("licence")
        or not any(credit.startswith((f"{other} (", f"{other}, ")) for other in first)
    ]


def credits(exhibit: dict[str, Any]) -> list[str]:
    """How those to name are credited."""
    return [source["credit"] for source in publishers(exhibit)]


def credit_line(exhibit: dict[str, Any]) -> str:
    """Who made the data of an exhibit."""
    return "; ".join(credits(exhibit))


def sentence(text: str) -> str:
    """The text with a capital at its start: notes follow a label in other formats."""
    return re.sub(r"^\w", lambda first: first[0].upper(), text)
