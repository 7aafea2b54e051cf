"""Every table of the report as a workbook: numbers as numbers, one table a sheet."""

import io
import re
import textwrap
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

import pandas as pd
from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from graymarket.publish.citation import (
    full_title,
    how_to_cite,
    licences,
    long_date,
    row_name,
    sentence,
)
from graymarket.publish.sheet_values import kind_of, stored

_INK, _MUTE, _FAINT, _LINK = "#1b1f24", "#6b737c", "#d9dee3", "#1f5fa8"
_FONT = {"font_name": "Arial", "font_size": 11, "font_color": _INK, "font_scheme": ""}
_NARROWEST, _LONG, _WIDEST = 9, 40, 100  # letters a column: longer cells wrap
_MOST_CELLS = 0.95  # of a column's cells fit its width, if it is not too wide
_SCREEN = 160  # letters that all long columns share
_LINE = 105  # letters a line of text around a table: it runs across the columns, unwrapped
_MANY_COLUMNS = 6  # with more, the first stays in view
_MANY_ROWS = 15  # with more, columns can be filtered
_COVER = 95  # letters a line of the cover
_TALLEST = 409  # points, by Excel's rule
_ROW = 15  # points: a line of text
_LONGEST_NAME = 31  # letters, by Excel's rule
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

_TO_CONTENTS = "internal:'Contents'!A1"
_ABOUT = (
    "The data behind every exhibit of the report, a sheet each, then the tables that the estimates "
    "rest on, and every result that the prose names. Made by the same run as the report, from the "
    "same data."
)

_MARKS = [
    ("Empty cell", "Not known, not published or not applicable; never zero."),
    ("0", "A zero that was counted, published or calculated."),
    ("2021-09", "A month: stored as its first day, or as text where it stands among other dates."),
    ("12.5% as text", "Printed as in the report; such columns mix units or ranges."),
    ("yes, no", "The two values of a yes-or-no column."),
    ("table/key", "A row of the database, named alone where its key begins with the table's name."),
]


@dataclass
class _Sheet:
    """What one sheet holds: a table, with the lines above and below it."""

    name: str
    title: str
    about: str
    columns: list[str]
    rows: list[list]
    meanings: list[str] = field(default_factory=list)
    note: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    printed: list[bool] = field(default_factory=list)

    @cached_property
    def shown(self) -> list[tuple[list, list[str]]]:
        """Each column's values as they are stored, and the number format of each."""
        columns = list(zip(*self.rows, strict=True)) or [()] * len(self.columns)
        printed = self.printed or [False] * len(columns)
        return [stored(column, numeric) for column, numeric in zip(columns, printed, strict=True)]

    @cached_property
    def headers(self) -> list[str]:
        """The columns' names, made unlike each other, as a spreadsheet's table asks."""
        names = []
        for column in self.columns:
            name, count = column.strip() or "Column", 1
            while name.lower() in (other.lower() for other in names):
                count += 1
                name = f"{column.strip()} ({count})"
            names.append(name)
        return names


def workbook(report: dict, tables: dict[str, pd.DataFrame]) -> bytes:
    """The workbook: cover, contents, notes, a sheet an exhibit, a sheet a table, all results.

    `tables` are named frames with `attrs["title"]` and `attrs["description"]`, and, if known,
    `attrs["columns"]`: what each column means. The same report and tables give the same bytes.
    """
    sheets = [_exhibit_sheet(exhibit) for exhibit in report["exhibits"]]
    sheets += [_table_sheet(name, frame) for name, frame in tables.items()]
    sheets.append(_results_sheet(report))
    sheets = [_contents_sheet(sheets), _notes_sheet(), _columns_sheet(sheets), *sheets]
    buffer = io.BytesIO()
    book = Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": dict(_FONT),  # XlsxWriter writes into it
        },
    )
    book.set_properties(
        {
            "title": full_title(report),
            "subject": f"Edition {report['edition']}",
            "comments": "The tables behind every exhibit, with their sources.",
            "created": datetime.fromisoformat(report["date"]),
        }
    )
    _Writer(book, report).write(sheets)
    book.close()
    return _in_english(buffer.getvalue())


def _exhibit_sheet(exhibit: dict) -> _Sheet:
    table = exhibit["table"]
    return _Sheet(
        name=f"E{exhibit['number']:02} {exhibit['id']}"[:_LONGEST_NAME].rstrip("-"),
        title=f"Exhibit {exhibit['number']}: {exhibit['title']}",
        about=exhibit["subtitle"],
        columns=table["columns"],
        rows=table["rows"],
        meanings=[exhibit["subtitle"] if numeric else "" for numeric in table["numeric"]],
        note=sentence(exhibit["note"]),
        links=[(f"{s['credit']}: {s['title']}", s["url"]) for s in exhibit["sources"]],
        printed=table["numeric"],
    )


def _table_sheet(name: str, frame: pd.DataFrame) -> _Sheet:
    meanings = frame.attrs.get("columns", {})
    return _Sheet(
        name=name[:_LONGEST_NAME],
        title=frame.attrs["title"],
        about=frame.attrs["description"],
        columns=[str(column) for column in frame.columns],
        rows=[
            [_plain(cell) for cell in row] for row in frame.astype(object).itertuples(index=False)
        ],
        meanings=[meanings.get(column, "") for column in frame.columns],
    )


def _plain(cell):
    """A frame's cell as a plain Python value; None if missing."""
    if not isinstance(cell, (list, tuple, dict)) and pd.isna(cell):
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.date()
    return cell.item() if hasattr(cell, "item") else cell


def _results_sheet(report: dict) -> _Sheet:
    return _Sheet(
        name="results",
        title="Results: every number that the report's prose names",
        about="The value, how it is printed, and the rows of the database that it stands on",
        columns=["Name", "Printed as", "Value", "Rows"],
        rows=[
            [name, r["text"], r["value"], ", ".join(_short_name(line) for line in r["basis"])]
            for name, r in report["results"].items()
        ],
        meanings=[
            "Chapter, then the result's name in it",
            "The words or numbers of the prose",
            "The number before rounding; text where the result is words",
            "Keys of the rows; a table's name alone is all of it",
        ],
    )


def _short_name(line: dict) -> str:
    """A row's key; with its table before it unless the key says so itself."""
    return line["key"] if line["key"].startswith(Path(line["file"]).stem) else row_name(line)


def _contents_sheet(sheets: list[_Sheet]) -> _Sheet:
    return _Sheet(
        name="Contents",
        title="Contents",
        about="Each sheet holds one table. The first column leads to it.",
        columns=["Sheet", "Title", "What it shows", "Rows"],
        rows=[[s.name, s.title, s.about, len(s.rows)] for s in sheets],
    )


def _notes_sheet() -> _Sheet:
    return _Sheet(
        name="Notes",
        title="Notes: marks used in this workbook",
        about="Units stand in the line under each sheet's title, or in the column's name.",
        columns=["Mark", "Meaning"],
        rows=[list(mark) for mark in _MARKS],
    )


def _columns_sheet(sheets: list[_Sheet]) -> _Sheet:
    return _Sheet(
        name="Columns",
        title="Columns: what the columns of every sheet hold",
        about="What kind of value, how many cells are empty, and the meaning or unit where known",
        columns=["Sheet", "Column", "Holds", "Empty cells", "Meaning or unit"],
        rows=[row for sheet in sheets for row in _column_rows(sheet)],
    )


def _column_rows(sheet: _Sheet) -> Iterator[list]:
    meanings = sheet.meanings or [""] * len(sheet.columns)
    for header, (values, _), meaning in zip(sheet.headers, sheet.shown, meanings, strict=True):
        yield [sheet.name, header, kind_of(values), values.count(None), meaning]


def _in_english(content: bytes) -> bytes:
    """The file with its language declared, which XlsxWriter cannot, and one time on all parts."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = part.replace(
                    b"</cp:coreProperties>",
                    b"<dc:language>en-GB</dc:language></cp:coreProperties>",
                )
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return buffer.getvalue()


class _Writer:
    """Writes sheets into a book, in the house's look."""

    def __init__(self, book: Workbook, report: dict):
        self._book, self._report = book, report
        self._formats: dict[tuple, Format] = {}

    def write(self, sheets: list[_Sheet]) -> None:
        """The cover, then one sheet each."""
        self._cover()
        names = {sheet.name for sheet in sheets}
        for sheet in sheets:
            self._sheet(sheet, names if sheet.name in ("Contents", "Columns") else set())

    def _format(self, **properties) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(_FONT | {"valign": "top"} | properties)
        return self._formats[key]

    def _cover(self) -> None:
        report = self._report
        page = self._book.add_worksheet("Cover")
        page.hide_gridlines(2)
        page.set_column(0, 0, _COVER)
        wrapped = self._format(text_wrap=True)
        muted = self._format(font_color=_MUTE)
        heading = self._format(bold=True, font_size=13, valign="bottom")
        lines = [
            (report["title"], self._format(bold=True, font_size=20), 30),
            (report.get("subtitle", ""), self._format(font_size=13, text_wrap=True), 20),
            (f"Edition {report['edition']}, {long_date(report)}", muted, _ROW),
            ("What this is", heading, 30),
            (_ABOUT, wrapped, _height(_ABOUT, _COVER)),
            ("How to cite", heading, 30),
            (how_to_cite(report), wrapped, _height(how_to_cite(report), _COVER)),
            (f"Made from inputs with the fingerprint {report['inputs'][:16]}.", muted, _ROW),
            ("Licences", heading, 30),
            *((line, wrapped, _height(line, _COVER)) for line in licences(report)),
        ]
        lines = [line for line in lines if line[0]]
        for row, (line, look, height) in enumerate(lines):
            page.set_row(row, height)
            page.write_string(row, 0, line, look)
        link = self._format(font_color=_LINK, underline=1, valign="bottom")
        page.set_row(len(lines), 30)
        page.write_url(len(lines), 0, _TO_CONTENTS, link, "Contents of this workbook")
        self._print(page, "Cover")

    def _sheet(self, sheet: _Sheet, linked: set[str]) -> None:
        page = self._book.add_worksheet(sheet.name)
        page.hide_gridlines(2)
        widths = self._widths(sheet)
        for column, width in enumerate(widths):
            page.set_column(column, column, width)
        top = self._above(page, sheet)
        page.set_row(top, max(map(_height, sheet.headers, (w - 3 for w in widths))) + 3)
        for row, cells in enumerate(
            zip(*(values for values, _ in sheet.shown), strict=True), top + 1
        ):
            page.set_row(row, max(map(_height, cells, widths)))
        self._table(page, sheet, top, linked)
        self._below(page, sheet, top + len(sheet.rows) + 1)
        page.freeze_panes(top + 1, 1 if len(sheet.columns) > _MANY_COLUMNS else 0)
        page.repeat_rows(top)
        self._print(page, sheet.name)

    def _above(self, page: Worksheet, sheet: _Sheet) -> int:
        """Title, measure and links; returns the row of the table's header."""
        page.set_row(0, 24)
        page.write_string(0, 0, sheet.title, self._format(bold=True, font_size=14))
        row = 1
        for line in textwrap.wrap(sheet.about, _LINE):
            page.write_string(row, 0, line, self._format(font_color=_MUTE))
            row += 1
        link = self._format(font_color=_LINK, underline=1)
        if sheet.name != "Contents":
            page.write_url(row, 0, _TO_CONTENTS, link, "Back to contents")
            row += 1
        if sheet.note or sheet.links:
            below = row + len(sheet.rows) + 3
            where = f"internal:'{sheet.name}'!A{below}"
            words = "Note and sources" if sheet.note else "Sources"
            page.write_url(row, 0, where, link, f"{words}: below the table, from row {below}")
            row += 1
        return row

    def _table(self, page: Worksheet, sheet: _Sheet, top: int, linked: set[str]) -> None:
        header = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1}
        header["bottom_color"] = _INK
        looks = [self._format(**header, **_side(values)) for values, _ in sheet.shown]
        bottom = top + max(len(sheet.rows), 1)
        page.add_table(
            top,
            0,
            bottom,
            len(sheet.columns) - 1,
            {
                "name": "t_" + re.sub(r"\W+", "_", sheet.name).lower(),
                "style": None,
                "autofilter": len(sheet.rows) > _MANY_ROWS,
                "columns": [
                    {"header": name, "header_format": look}
                    for name, look in zip(sheet.headers, looks, strict=True)
                ],
                "title": sheet.title[:255],
                "description": sheet.about[:255],
            },
        )
        for column, (values, forms) in enumerate(sheet.shown):
            line = {"bottom": 1, "bottom_color": _FAINT, **_side(values)}
            for row, (value, form) in enumerate(zip(values, forms, strict=True), top + 1):
                self._cell(page, (row, column), value, line | {"num_format": form}, linked)
        # Text that looks like a number is meant as text: no green corners.
        page.ignore_errors({"number_stored_as_text": f"A1:XFD{bottom + 1}"})

    def _cell(self, page, place: tuple[int, int], value, look: dict, linked: set[str]) -> None:
        link = look | {"font_color": _LINK, "underline": 1, "text_wrap": True}
        if value is None:
            page.write_blank(*place, None, self._format(**look))
        elif isinstance(value, date):
            page.write_datetime(*place, value, self._format(**look))
        elif not isinstance(value, str):
            page.write_number(*place, value, self._format(**look))
        elif place[1] == 0 and value in linked:
            page.write_url(*place, f"internal:'{value}'!A1", self._format(**link), value)
        elif re.fullmatch(r"https?://\S+", value):
            page.write_url(*place, value, self._format(**link), value)
        else:
            page.write_string(*place, value, self._format(**look, text_wrap=True))

    def _below(self, page: Worksheet, sheet: _Sheet, row: int) -> None:
        lines = textwrap.wrap(f"Note: {sheet.note}", _LINE) if sheet.note else []
        if lines or sheet.links:
            page.set_row(row, 2 * _ROW)  # room between the table and what stands below it
        for line in lines:
            page.write_string(row, 0, line, self._format(valign="bottom"))
            row += 1
        link = self._format(font_color=_LINK, underline=1, valign="bottom")
        for words, url in sheet.links:
            page.write_url(
                row, 0, url, link, textwrap.shorten(f"Source: {words}", _LINE, placeholder=" …")
            )
            row += 1

    def _widths(self, sheet: _Sheet) -> list[int]:
        """As wide as the longest cell or word of the header; long columns share one screen."""
        asked = [
            max(_length(*column), max(len(word) for word in name.split()) + 4, _NARROWEST)
            for name, column in zip(sheet.headers, sheet.shown, strict=True)
        ]
        long = sum(width > _LONG for width in asked)
        most = min(max(_SCREEN // max(long, 1), _LONG), _WIDEST)
        return [min(width, most) for width in asked]

    def _print(self, page: Worksheet, name: str) -> None:
        page.set_paper(9)  # A4
        page.set_landscape()
        page.fit_to_pages(1, 0)
        title = full_title(self._report).replace("&", "&&")
        page.set_footer(f"&L&8{title}, edition {self._report['edition']}&R&8{name}, &P of &N")


def _side(values: list) -> dict:
    """Numbers to the right, all else to the left, with room between the two."""
    return {"align": "right" if kind_of(values) == "numbers" else "left", "indent": 1}


def _height(value, width: int) -> int:
    """The points that a cell needs when its text wraps: not every program works them out."""
    # A letter is narrower than the digit by which columns are measured; the indent takes two.
    width = max(int(1.1 * (width - 2)), 1)
    lines = textwrap.wrap(value, width, break_on_hyphens=False) if isinstance(value, str) else []
    return min(_ROW * max(len(lines), 1) + 1, _TALLEST)


def _length(values: list, forms: list[str]) -> int:
    """The letters that a column asks for: its longest cell, or of long texts that most fit."""
    lengths = sorted(len(_printed(v, f)) for v, f in zip(values, forms, strict=True))
    if lengths and lengths[-1] > _LONG:
        lengths = lengths[: int(_MOST_CELLS * (len(lengths) - 1)) + 1]
    return lengths[-1] + 3 if lengths else 0


def _printed(value, form: str) -> str:
    """About what a cell shows: for its width alone."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.{len(form.partition('.')[2])}f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
