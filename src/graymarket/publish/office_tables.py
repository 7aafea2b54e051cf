"""A table on a slide: hairlines, numbers to the right, no more rows than fit."""

import math
from typing import Any

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from graymarket.publish.office_theme import EMPTY_TABLE_STYLE, Area
from graymarket.publish.payloads import Payload
from graymarket.publish.text import column_widths

_MOST_ROWS = 12
_SIZES = (16, 14, 12, 11)  # points, the largest that fits is taken
_LETTER = 0.6  # of a letter's size: its mean width, with room for a wider font than the house's
_LINE = 1.25  # of a letter's size
_PADDING = 4.5  # points above and below a cell's words
_GAP = 12  # points to the right of a cell's words
_WIDEST = 60  # letters: longer cells wrap


def add_table(slide: Slide, table: Payload, area: Area) -> tuple[Any, int]:
    """Put the table's first rows on the slide; returns its frame and how many rows are left out."""
    left, top, width, height = area
    names = [column["name"] for column in table["columns"]]
    size, shown, widths = _fit(names, table["rows"], width.pt, height.pt)
    rows = table["rows"][:shown]
    frame: Any = slide.shapes.add_table(shown + 1, len(widths), left, top, width, Inches(0.1))
    made = frame.table
    made._tbl.tblPr.find("{*}tableStyleId").text = EMPTY_TABLE_STYLE
    made.first_row, made.horz_banding = True, False
    for column, points in zip(made.columns, widths, strict=True):
        column.width = Emu(int(points * Pt(1)))
    for i, row in enumerate([names, *rows]):
        made.rows[i].height = Pt(_row_height(row, widths, size))
        for cell, text, column in zip(made.rows[i].cells, row, table["columns"], strict=True):
            _fill(cell, text, size, numeric=column["numeric"], head=i == 0)
    frame.height = sum(row.height for row in made.rows)
    return frame, len(table["rows"]) - shown


def _fit(
    columns: list[str], rows: list[list[str]], width: float, height: float
) -> tuple[float, int, list[float]]:
    """The letter size, the number of rows and the columns' widths that fit, in points."""
    for shown in range(min(_MOST_ROWS, len(rows)), 0, -1):
        for size in _SIZES:
            printed = [columns, *rows[:shown]]
            widths = _widths(printed, width, size)
            if widths and sum(_row_height(row, widths, size) for row in printed) <= height:
                return size, shown, widths
    return _SIZES[-1], 1, [width / len(columns)] * len(columns)


def _widths(rows: list[list[str]], width: float, size: float) -> list[float]:
    """The columns' widths in points; nothing if words would break."""
    letter = size * _LETTER
    letters = column_widths(rows, width / letter, _GAP / letter, _WIDEST)
    return [count * letter for count in letters]


def _row_height(row: list[str], widths: list[float], size: float) -> float:
    lines = max(
        math.ceil(len(cell) * size * _LETTER / max(points - _GAP, 1)) or 1
        for cell, points in zip(row, widths, strict=True)
    )
    return lines * size * _LINE + 2 * _PADDING


def _fill(cell: Any, text: str, size: float, *, numeric: bool, head: bool) -> None:
    cell.margin_left, cell.margin_right = Pt(0), Pt(_GAP)
    cell.margin_top = cell.margin_bottom = Pt(_PADDING)
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.TOP
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if numeric else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = text
    run.font.size = Pt(size)
    run.font.color.theme_color = MSO_THEME_COLOR.TEXT_2 if head else MSO_THEME_COLOR.TEXT_1
    colour, width = ("accent4", 12700) if head else ("bg2", 9525)
    cell._tc.get_or_add_tcPr().append(
        parse_xml(
            f'<a:lnB {nsdecls("a")} w="{width}"><a:solidFill><a:schemeClr val="{colour}"/>'
            f"</a:solidFill></a:lnB>"
        )
    )
