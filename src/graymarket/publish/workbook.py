"""Every table of the report as a workbook: numbers as numbers, one table a sheet."""

import io
import re
import textwrap
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from graymarket.palette import PALETTE
from graymarket.publish.calculated import calculated
from graymarket.publish.citation import full_title, how_to_cite, licences, long_date, sentence
from graymarket.publish.model_page import ModelPage
from graymarket.publish.model_sheet import Model, model
from graymarket.publish.model_tables import model_tables
from graymarket.publish.payloads import Payload
from graymarket.publish.sheets import Cell, Formula, Given, Sheet, kind_of, number_format, plain

_INK, _MUTE, _FAINT, _LINK = (PALETTE[name] for name in ("ink", "text-mute", "faint", "second"))
_FONT = {"font_name": "Arial", "font_size": 11, "font_color": _INK, "font_scheme": ""}
_WIDEST = 420  # pixels of a column: longer cells wrap
_LINE = 105  # letters a line of text around a table: it runs across the columns, unwrapped
_MANY_COLUMNS = 6  # with more, the first stays in view
_MANY_ROWS = 15  # with more, columns can be filtered
_COVER = 95  # letters a line of the cover
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
    ("Zero", "A zero that was counted, published or calculated."),
    ("2021-09", "A month: stored as its first day, or as text where it stands among other dates."),
    ("low, high", "The ends of the range of the column before them."),
    ("yes, no", "The two values of a yes-or-no column."),
    ("table/key", "A row of the database; the table's name alone is all of it."),
]

_RESULT_COLUMNS = {  # of the sheet of results → what each holds
    "subject": "What the result is about",
    "name": "Its name there, by which the prose quotes it",
    "type": "A quantity, verdict, moment, list of names, or label",
    "value": "The number before rounding",
    "low": "The lower end of its range",
    "high": "The upper end of its range",
    "level": "Percent of chance that the range is meant to hold the truth; empty if it is none",
    "unit": "What the numbers count",
    "period": "The time that it is about",
    "region": "Codes of the regions that it is about",
    "definition": "What is counted or asked",
    "kind": "How it is known",
    "confidence": "How good the evidence is",
    "text": "How the prose prints it",
    "lineage": "The rows of the database that it stands on",
}

_Look = dict[str, Any]


def workbook(report: Payload) -> bytes:
    """The workbook: cover, contents, notes, a sheet an exhibit, a sheet a table, all results.

    The same report gives the same bytes.
    """
    sheets = [_exhibit_sheet(exhibit) for exhibit in report["exhibits"]]
    sheets += [_table_sheet(table) for table in report["tables"]]
    models, tables = _live(report)
    sheets += [*tables, _results_sheet(report["results"])]
    listed: list[Sheet | Model] = [*models, *sheets]
    contents, notes, columns = _contents_sheet(listed), _notes_sheet(), _columns_sheet(listed)
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
    _Writer(book, report).write([contents, *models, notes, columns, *sheets])
    book.close()
    return _with_language(buffer.getvalue(), report["language"])


def _live(report: Payload) -> tuple[list[Model], list[Sheet]]:
    """The sheets that work the answer out: the model, and the tables beneath it; none without."""
    models: list[Model] = []
    tables: list[Sheet] = []
    for payload in report["calculators"]:
        known = calculated(payload)
        models.append(model(payload, known))
        tables += model_tables(payload, known)
    return models, tables


def _exhibit_sheet(exhibit: Payload) -> Sheet:
    columns, rows, units = _spread(exhibit["table"])
    return Sheet(
        name=f"E{exhibit['number']:02} {exhibit['id']}"[:_LONGEST_NAME].rstrip("-"),
        title=f"Exhibit {exhibit['number']}: {exhibit['title']}",
        about=exhibit["subtitle"],
        columns=columns,
        rows=rows,
        meanings=units,
        note=sentence(exhibit["note"]),
        links=[(f"{s['credit']}: {s['title']}", s["url"]) for s in exhibit["sources"]],
    )


def _table_sheet(table: Payload) -> Sheet:
    columns, rows, units = _spread(table["table"])
    name, title, about = table["name"][:_LONGEST_NAME], table["title"], table["description"]
    return Sheet(name, title, about, columns, rows, meanings=units)


def _spread(table: Payload) -> tuple[list[str], list[list[Any]], list[str]]:
    """Headers with their units, rows and units, a range in three columns: itself, low, high."""
    headers, columns, units = [], [], []
    cells = list(zip(*table["values"], strict=True)) or [()] * len(table["columns"])
    for column, values in zip(table["columns"], cells, strict=True):
        name, unit = column["name"], column.get("unit") or ""
        parts = {"": [_part(value, "value") for value in values]}
        if any(isinstance(value, dict) for value in values):
            for end in ("low", "high"):
                parts[f", {end}"] = [_part(v, end) if isinstance(v, dict) else None for v in values]
        for end, part in parts.items():
            headers.append(f"{name}{end} ({unit})" if unit else f"{name}{end}")
            columns.append(part)
            units.append(unit)
    return headers, [list(row) for row in zip(*columns, strict=True)], units


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else value


def _results_sheet(results: Payload) -> Sheet:
    listed = [_result_row(name, entry) for name, entry in results.items()]
    return Sheet(
        name="results",
        title="Results: every number that the report's prose names",
        about="One row a result, with all that it takes to quote it",
        columns=list(_RESULT_COLUMNS),
        rows=[[row.get(column) for column in _RESULT_COLUMNS] for row in listed],
        meanings=list(_RESULT_COLUMNS.values()),
    )


def _result_row(name: str, entry: Payload) -> Payload:
    """The fields of the result "subject/name", those of every type in the same columns."""
    subject, _, own = name.rpartition("/")
    days = [day for day in (entry.get("date"), entry.get("end")) if day]
    period = {"period": "..".join(dict.fromkeys(days))} if days else {}
    lineage = ", ".join(entry["lineage"])
    return entry | period | {"subject": subject, "name": own, "lineage": lineage}


def _contents_sheet(sheets: list[Sheet | Model]) -> Sheet:
    return Sheet(
        name="Contents",
        title="Contents",
        about="Each sheet holds one table. The first column leads to it.",
        columns=["Sheet", "Title", "What it shows", "Rows"],
        rows=[[s.name, s.title, s.about, s.length] for s in sheets],
    )


def _notes_sheet() -> Sheet:
    return Sheet(
        name="Notes",
        title="Notes: marks used in this workbook",
        about="Units stand in the columns' names, or in the line under each sheet's title.",
        columns=["Mark", "Meaning"],
        rows=[list(mark) for mark in _MARKS],
    )


def _columns_sheet(sheets: list[Sheet | Model]) -> Sheet:
    return Sheet(
        name="Columns",
        title="Columns: what the columns of every sheet hold",
        about="What kind of value, how many cells are empty, and the unit or meaning where known",
        columns=["Sheet", "Column", "Holds", "Empty cells", "Unit or meaning"],
        rows=[row for sheet in sheets for row in _column_rows(sheet)],
    )


def _column_rows(sheet: Sheet | Model) -> Iterator[list[Any]]:
    for header, cells, meaning in sheet.described:
        empty = [plain(cell) for cell in cells].count(None)
        yield [sheet.name, header, kind_of(cells), empty, meaning]


def _with_language(content: bytes, language: str) -> bytes:
    """The file with its language declared, which XlsxWriter cannot, and one time on all parts."""
    declared = f"<dc:language>{language}</dc:language></cp:coreProperties>".encode()
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = part.replace(b"</cp:coreProperties>", declared)
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, part)
    return buffer.getvalue()


class _PlainFormulas(Worksheet):  # type: ignore[misc]  # XlsxWriter has no types
    """A worksheet without functions that Excel keeps under a longer name, such as LAMBDA.

    XlsxWriter seeks thirty of them in every formula, which takes ten seconds for the points.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        return formula.removeprefix("=")


class _Writer:
    """Writes sheets into a book, in the house's look."""

    def __init__(self, book: Workbook, report: Payload):
        self._book, self._report = book, report
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._names: set[str] = set()

    def write(self, sheets: list[Sheet | Model]) -> None:
        """The cover, then one sheet each."""
        self._cover()
        names = {sheet.name for sheet in sheets}
        for sheet in sheets:
            if isinstance(sheet, Model):
                self._model(sheet)
            else:
                self._sheet(sheet, names if sheet.name in ("Contents", "Columns") else set())

    def _format(self, **properties: Any) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(_FONT | {"valign": "top"} | properties)
        return self._formats[key]

    def _cover(self) -> None:
        report, fingerprint = self._report, self._report["fingerprint"]
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
            (_ABOUT, wrapped, _height(_ABOUT)),
            ("How to cite", heading, 30),
            (how_to_cite(report), wrapped, _height(how_to_cite(report))),
            (fingerprint and f"Fingerprint {fingerprint[:16]}.", muted, _ROW),
            ("Licences", heading, 30),
            *((line, wrapped, _height(line)) for line in licences(report)),
        ]
        lines = [line for line in lines if line[0]]
        for row, (line, look, height) in enumerate(lines):
            page.set_row(row, height)
            page.write_string(row, 0, line, look)
        link = self._format(font_color=_LINK, underline=1, valign="bottom")
        page.set_row(len(lines), 30)
        page.write_url(len(lines), 0, _TO_CONTENTS, link, "Contents of this workbook")
        self._print(page, "Cover")

    def _model(self, model: Model) -> None:
        page = self._book.add_worksheet(model.name, _PlainFormulas)
        page.hide_gridlines(2)
        above = self._above(Sheet(model.name, model.title, model.about, [], []))
        for row, line in enumerate(above):
            self._line(page, row, *line)
        page.set_row(0, 24)
        self._print(page, model.name)
        ModelPage(page, self._format, partial(self._name, model.name)).write(model, len(above))

    def _name(self, sheet: str, name: str, address: str) -> None:
        """Names cells of the sheet. Raises ValueError where two would be called the same."""
        if name.lower() in self._names:
            raise ValueError(f"workbook: two of its cells would be named {name}")
        self._names.add(name.lower())
        self._book.define_name(name, f"='{sheet}'!{address}")

    def _sheet(self, sheet: Sheet, linked: set[str]) -> None:
        page = self._book.add_worksheet(sheet.name, _PlainFormulas)
        page.hide_gridlines(2)
        above = self._above(sheet)
        top = len(above)
        self._table(page, sheet, top, linked)
        page.autofit(_WIDEST)  # to the table alone: what stands around it runs across
        for row, (words, look, address) in enumerate(above):
            self._line(page, row, words, look, address)
        page.set_row(0, 24)
        self._below(page, sheet, top + len(sheet.rows) + 1)
        page.freeze_panes(top + 1, 1 if len(sheet.columns) > _MANY_COLUMNS else 0)
        page.repeat_rows(top)
        self._print(page, sheet.name)

    def _line(self, page: Worksheet, row: int, words: str, look: Format, address: str) -> None:
        if address:
            page.write_url(row, 0, address, look, words)
        else:
            page.write_string(row, 0, words, look)

    def _above(self, sheet: Sheet) -> list[tuple[str, Format, str]]:
        """Title, measure and links: the words of each line, its look, where it leads to."""
        muted = self._format(font_color=_MUTE)
        link = self._format(font_color=_LINK, underline=1)
        lines = [(sheet.title, self._format(bold=True, font_size=14), "")]
        lines += [(line, muted, "") for line in textwrap.wrap(sheet.about, _LINE)]
        if sheet.name != "Contents":
            lines.append(("Back to contents", link, _TO_CONTENTS))
        if sheet.note or sheet.links:
            below = len(lines) + len(sheet.rows) + 3
            words = "Note and sources" if sheet.note else "Sources"
            where = f"internal:'{sheet.name}'!A{below}"
            lines.append((f"{words}: below the table, from row {below}", link, where))
        return lines

    def _table(self, page: Worksheet, sheet: Sheet, top: int, linked: set[str]) -> None:
        header = {"bold": True, "text_wrap": True, "valign": "bottom", "bottom": 1}
        header["bottom_color"] = _INK
        looks = [self._format(**header, **_side(cells)) for cells in sheet.stored]
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
        for column, name in enumerate(sheet.ranges):
            self._name(sheet.name, name, xl_range_abs(top + 1, column, bottom, column))
        for column, cells in enumerate(sheet.stored):
            line = {"bottom": 1, "bottom_color": _FAINT, **_side(cells)}
            look = line | {"num_format": number_format(cells)}
            for row, value in enumerate(cells, top + 1):
                self._cell(page, (row, column), value, look, linked)

    def _cell(
        self, page: Worksheet, place: tuple[int, int], value: Cell, look: _Look, linked: set[str]
    ) -> None:
        link = look | {"font_color": _LINK, "underline": 1, "text_wrap": True}
        if value is None:
            page.write_blank(*place, None, self._format(**look))
        elif isinstance(value, Formula):
            text = value.text.format(row=place[0] + 1, before=place[0])
            page.write_formula(*place, f"={text}", self._format(**look), value.value)
        elif isinstance(value, date):
            page.write_datetime(*place, value, self._format(**look))
        elif isinstance(value, int | float):
            page.write_number(*place, value, self._format(**look))
        elif isinstance(value, Given):
            raise TypeError("only the sheet Model is edited")
        elif place[1] == 0 and value in linked:
            page.write_url(*place, f"internal:'{value}'!A1", self._format(**link), value)
        elif re.fullmatch(r"https?://\S+", value):
            page.write_url(*place, value, self._format(**link), value)
        else:
            page.write_string(*place, value, self._format(**look, text_wrap=True))

    def _below(self, page: Worksheet, sheet: Sheet, row: int) -> None:
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

    def _print(self, page: Worksheet, name: str) -> None:
        page.set_paper(9)  # A4
        page.set_landscape()
        page.fit_to_pages(1, 0)
        title = full_title(self._report).replace("&", "&&")
        page.set_footer(f"&L&8{title}, edition {self._report['edition']}&R&8{name}, &P of &N")


def _side(cells: list[Cell]) -> _Look:
    """Numbers to the right, all else to the left, with room between the two."""
    return {"align": "right" if kind_of(cells) == "numbers" else "left", "indent": 1}


def _height(text: str) -> int:
    """The points that a line of the cover needs when it wraps."""
    return _ROW * len(textwrap.wrap(text, _COVER)) + 1
