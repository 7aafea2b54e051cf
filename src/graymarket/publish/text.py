"""How sentences, points and tables are cut and written, in every format alike."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from markdown_it.token import Token

from graymarket.publish.markdown import words

_FEW = 3  # points of a list that a slide has room for as they are


def csv_text(table: dict[str, Any]) -> str:
    """A table as CSV: a header, then its typed values; empty cells stay empty.

    A column that holds ranges is followed by its low and high ends.
    """
    names = [column["name"] for column in table["columns"]]
    columns = list(zip(*table["values"], strict=True))
    header: list[str] = []
    written: list[list[Any]] = []
    for name, cells in zip(names, columns, strict=True):
        ranged = any(isinstance(cell, dict) for cell in cells)
        for part in ("value", "low", "high") if ranged else ("value",):
            header.append(name if part == "value" else f"{name}, {part}")
            written.append([_part(cell, part) for cell in cells])
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(zip(*written, strict=True))
    return buffer.getvalue()


def _part(cell: Any, part: str) -> Any:
    if isinstance(cell, dict):
        return cell[part]
    return cell if part == "value" else None


def first_sentences(text: str, room: int) -> str:
    """As many whole sentences as there is room for; nothing if the first is longer."""
    if len(text) <= room:
        return text
    return text[: text.rfind(". ", 0, room) + 1]


def for_stage(tokens: list[Token], notes: list[Token]) -> tuple[list[Token], list[Token]]:
    """A slide's text and its notes: of a long list, the slide has what the points begin with.

    That is their bold words, and the italics at their end, such as the grade of the evidence; the
    lists as they are go into the notes.
    """
    points = [i for i, token in enumerate(tokens) if _begins_bold(tokens, i)]
    if len(points) <= _FEW:
        return tokens, notes
    shown = [_shortened(token) if i in points else token for i, token in enumerate(tokens)]
    return shown, [*notes, *_lists(tokens)]


def lead(text: str) -> str:
    """The words that a point begins with, as a sentence of their own."""
    text = text.rstrip(" ,;:")
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _begins_bold(tokens: list[Token], i: int) -> bool:
    """Whether the token holds the first words of a point, and they are bold."""
    children = tokens[i].children
    point = i > 1 and tokens[i - 2].type == "list_item_open"
    return point and bool(children) and children[0].type == "strong_open"  # type: ignore[index]


def _shortened(token: Token) -> Token:
    children = token.children or []
    end = next(i for i, child in enumerate(children) if child.type == "strong_close")
    kept = [children[0], _text(lead(words(children[:end]))), children[end]]
    if end + 1 < len(children) and children[-1].type == "em_close":
        last = max(i for i, child in enumerate(children) if child.type == "em_open")
        kept += [_text(" "), *children[last:]]
    return token.copy(children=kept)


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _lists(tokens: list[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        lists = token.type.startswith(("bullet_list", "ordered_list"))
        depth += token.nesting if lists else 0
        if depth or lists:
            yield token


def column_widths(rows: list[list[str]], width: float, gap: float, widest: float) -> list[float]:
    """How wide the columns of a table are, in letters as `width`, `gap` (of each) and `widest`.

    Each has room for its longest word, and of what is left what its longest cell wants, up to
    `widest`. Nothing if words would break.
    """
    columns = list(zip(*rows, strict=True))
    least = [max(len(w) for cell in c for w in ["", *cell.split()]) + gap for c in columns]
    wanted = [min(max(map(len, c)), widest) + gap for c in columns]
    wishes = [max(want - word, 0) for want, word in zip(wanted, least, strict=True)]
    spare = width - sum(least)
    if spare < 0:
        return []
    share = min(spare / sum(wishes), 1) if sum(wishes) else 0
    widths = [word + wish * share for word, wish in zip(least, wishes, strict=True)]
    return [letters * width / sum(widths) for letters in widths]
