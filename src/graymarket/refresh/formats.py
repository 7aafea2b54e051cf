"""A file that somebody hands over → text, JSON or lines of CSV, or what it is instead."""

import io
import json
import lzma
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NoReturn

from graymarket.evidence.problems import FILE, EvidenceError, Problem
from graymarket.evidence.reading import csv_lines, delimiter_of, with_point
from graymarket.refresh.dataset import Download

# What zipfile raises, by where the bytes are wrong: in the list, in a name, or in what is packed.
DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)

_LOOK = "perhaps it asks to log in, or to prove that you are human: open it in a browser"
_A_ZIP = "a zip file"
_SHOWN = 60  # characters of a text that a message quotes


@dataclass(frozen=True)
class Look:
    """What a file looks like while nobody knows whose it is.

    `json`: its value, if it is JSON, with numbers as Decimal; `lines`: of the first ten lines of a
    CSV those with anything in them, as cells.
    """

    name: str
    is_zip: bool = False
    json: Any = None
    lines: list[list[str]] = field(default_factory=list)


def look_at(download: Download, expected: str) -> Look:
    """Raises EvidenceError for what is neither a zip file, JSON nor CSV."""
    start = download.content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    other = other_than_text(download.content)
    if other and other[0] == _A_ZIP:
        return Look(download.name, is_zip=True)
    if not other and start in (b"{", b"["):
        return Look(download.name, json=json_of(download, expected))
    lines = [line for line in lines_of(download, expected)[:10] if any(line)]
    return Look(download.name, lines=lines)


def refuse(
    download: Download,
    expected: str,
    *,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    fix: str = "",
) -> EvidenceError:
    """To be raised: one Problem of the file as a whole, or of the cell named."""
    return EvidenceError([Problem(download.name, expected, row, column, value, fix, severity=FILE)])


def text_of(download: Download, expected: str) -> str:
    """The file’s text; raises EvidenceError with what it is if it is no text, or a web page."""
    if other := other_than_text(download.content):
        kind, fix = other
        raise refuse(download, expected, value=kind, fix=fix)
    try:
        return download.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = download.content[: error.start].count(b"\n") + 1
        value = f"byte 0x{download.content[error.start]:02x}"
        fix = "save it as “CSV UTF-8”, or download it again"
        raise refuse(download, "text in UTF-8", row=row, value=value, fix=fix) from None


def other_than_text(content: bytes) -> tuple[str, str] | None:
    """What a file is that is not plain data, and what to do; None for data."""
    start = content[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if not start:
        return "nothing: the file is empty", "download it again"
    if re.match(rb"(<!--.*?-->\s*)?(<!doctype html|<html|<head|<body)", start, re.DOTALL):
        return _page(content), _LOOK
    if start.startswith(b"<"):
        return "XML", "choose CSV"
    if content.startswith((b"\xd0\xcf\x11\xe0", b"PK\x03\x04")):
        return _packed(content)
    if content.startswith(b"%PDF"):
        return "a PDF", "choose CSV"
    if b"\0" in content[:2048]:
        return "no text", "choose CSV, in UTF-8"
    return None


def _page(content: bytes) -> str:
    text = content[:100_000].decode("utf-8", errors="replace")
    title = re.search(r"<title[^>]*>(.*?)(</title>|$)", text, re.IGNORECASE | re.DOTALL)
    words = " ".join(title[1].split()) if title else ""
    return f"a web page, “{words[:_SHOWN]}”" if words else "a web page without a title"


def _packed(content: bytes) -> tuple[str, str]:
    if not content.startswith(b"PK"):
        return "an old Excel workbook", "save it as “CSV UTF-8”"
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except DAMAGED_ZIP:
        return "a damaged zip file", "was it cut off? Download it again"
    if any(name.startswith("xl/") for name in names):
        return "an Excel workbook", "save it as “CSV UTF-8”"
    return _A_ZIP, "unpack it and give the file within"


def json_of(download: Download, expected: str) -> Any:
    """The JSON value within, numbers as Decimal; raises EvidenceError if it is none."""
    text = text_of(download, expected)
    try:
        return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        within = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
        if within and text.lstrip()[:1] in "{[":
            value, fix = f"an end in the middle: “…{_tail(text)}”", "it was cut off: fetch it again"
        else:
            value, fix = f"“{text[error.pos : error.pos + 20]}”: {error.msg}", "fetch it again"
        raise refuse(download, expected, row=error.lineno, value=value, fix=fix) from None
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise refuse(download, expected, value=str(error)[:_SHOWN], fix="fetch it again") from None


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")


def _tail(text: str) -> str:
    return " ".join(text[-30:].split())


def lines_of(download: Download, expected: str) -> list[list[str]]:
    """The lines of a CSV file as cells; commas, semicolons or tabs part them."""
    text = text_of(download, expected)
    delimiter = delimiter_of(text)
    lines, problems = csv_lines(text, download.name, delimiter)
    if problems:
        raise EvidenceError(problems)
    lines = [[cell.strip() for cell in cells] for cells in lines]
    if delimiter != ",":
        lines = [[with_point(cell) for cell in cells] for cells in lines]
    return lines


def ended(download: Download) -> bool:
    """Whether the last line has an end; else its last number may have lost digits."""
    return download.content.endswith((b"\n", b"\r"))


def unended(download: Download, row: int) -> Problem:
    expected, fix = "an end of this line", "was the file cut off? Download it again"
    return Problem(download.name, expected, row, value="the end of the file", fix=fix)


def plain(number: Decimal) -> str:
    """As the tables write it: 76.7 and not 76.70, 0 and not 0.0, no exponent."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
