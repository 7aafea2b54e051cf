"""How cells, sentences and points are printed and cut, in every format alike."""

import csv
import io
import re

_FEW = 3  # points of a list that a slide has room for as they are
_POINT = re.compile(r"^((?:\d+\.|[-*]) +)\*\*(.+?)\*\*(.*?)(\*[^*]+\*)?$", re.MULTILINE)


def cell_text(value: str | float | int | bool | None) -> str:
    """One cell as text: a dash if empty, yes or no, thousands set apart."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int) and abs(value) >= 1_000:
        return f"{value:,}"
    return str(value)


def csv_text(table: dict) -> str:
    """A table as CSV: a header, then its rows; empty cells stay empty."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table["columns"])
    writer.writerows(table["rows"])
    return buffer.getvalue()


def first_sentences(text: str, room: int) -> str:
    """As many whole sentences as there is room for; nothing if the first is longer."""
    if len(text) <= room:
        return text
    return text[: text.rfind(". ", 0, room) + 1]


def for_stage(text: str, notes: str) -> tuple[str, str]:
    """A slide's Markdown and its notes: of a long list, the slide has what the points begin with.

    That is their bold words, and the italics at their end, such as the grade of the evidence; the
    points as they are go into the notes.
    """
    points = list(_POINT.finditer(text))
    if len(points) <= _FEW:
        return text, notes
    shown = _POINT.sub(lambda point: f"{point[1]}**{lead(point[2])}** {point[4] or ''}", text)
    return shown, "\n\n".join([notes, *(point[0] for point in points)])


def lead(words: str) -> str:
    """The words that a point begins with, as a sentence of their own."""
    words = words.rstrip(" ,;:")
    return words if words.endswith((".", "?", "!")) else f"{words}."
