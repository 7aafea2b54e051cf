"""How a table's cells are printed, in every format alike."""

import csv
import io


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
