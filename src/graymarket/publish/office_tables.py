"""A table on a slide: hairlines, numbers to the right, no more rows than fit."""

import math

from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from graymarket.publish.cells import cell_text
from graymarket.publish.office_theme import EMPTY_TABLE_STYLE

_MOST_ROWS = 12
_SIZES = (16, 14, 12, 11)  # points, the largest that fits is taken
_LETTER = 0.53  # of a letter's size: its mean width, with room for a wider font than the house's
_LINE = 1.25  # of a letter's size
_PADDING = 4.5  # points above and below a cell's words
_GAP = 12  # points to the right of a cell's words
_WIDEST = 60  # letters: longer cells wrap


def add_table(slide: Slide, table: dict, area: tuple) -> tuple:
    """Put the table's first rows on the slide; returns its frame and how many rows are left out.

    `area` is left, top, width and height in inches.
    """
    left, top, width, height = area
    rows = [[cell_text(cell) for cell in row] for row in table["rows"]]
    size, shown, widths = _fit(table["columns"], rows, width * 72, height * 72)
    rows = rows[:shown]
    frame = slide.shapes.add_table(
        shown + 1, len(widths), Inches(left), Inches(top), Inches(width), Inches(0.1)
    )
    made = frame.table
    made._tbl.tblPr.find("{*}tableStyleId").text = EMPTY_TABLE_STYLE
    made.first_row, made.horz_banding = True, False
    for column, points in zip(made.columns, widths, strict=True):
        column.width = Emu(int(points * Pt(1)))
    for i, row in enumerate([table["columns"], *rows]):
        made.rows[i].height = Pt(_row_height(row, widths, size))
        for cell, text, numeric in zip(made.rows[i].cells, row, table["numeric"], strict=True):
            _fill(cell, text, size, numeric=numeric, head=i == 0)
    frame.height = sum(row.height for row in made.rows)
    return frame, len(table["rows"]) - shown


def _fit(columns: list[str], rows: list[list[str]], width: float, height: float) -> tuple:
    """The letter size, the number of rows and the columns' widths that fit, in points."""
    for shown in range(min(_MOST_ROWS, len(rows)), 0, -1):
        for size in _SIZES:
            widths = _widths([columns, *rows[:shown]], width)
            heights = [_row_height(row, widths, size) for row in [columns, *rows[:shown]]]
            if sum(heights) <= height and _words_fit([columns, *rows[:shown]], widths, size):
                return size, shown, widths
    return _SIZES[-1], min(len(rows), 1), _widths([columns, *rows[:1]], width)


def _widths(rows: list[list[str]], width: float) -> list[float]:
    """Room by need: no column narrower than its longest word, long ones by their mean cell."""
    needs = []
    for cells in zip(*rows, strict=True):
        word = max(len(part) for cell in cells for part in cell.split() or [""])
        mean = 1.3 * sum(len(cell) for cell in cells) / len(cells)
        longest = max(len(cell) for cell in cells)
        needs.append(max(word + 2, min(longest + 1, _WIDEST, max(mean, 16))))
    return [need * width / sum(needs) for need in needs]


def _words_fit(rows: list[list[str]], widths: list[float], size: float) -> bool:
    return all(
        len(part) * size * _LETTER <= points - _GAP + 1
        for row in rows
        for cell, points in zip(row, widths, strict=True)
        for part in cell.split()
    )


def _row_height(row: list[str], widths: list[float], size: float) -> float:
    lines = max(
        math.ceil(len(cell) * size * _LETTER / max(points - _GAP, 1)) or 1
        for cell, points in zip(row, widths, strict=True)
    )
    return lines * size * _LINE + 2 * _PADDING


def _fill(cell, text: str, size: float, *, numeric: bool, head: bool) -> None:
    cell.margin_left, cell.margin_right = Pt(0), Pt(_GAP)
    cell.margin_top = cell.margin_bottom = Pt(_PADDING)
    cell.vertical_anchor = MSO_ANCHOR.BOTTOM if head else MSO_ANCHOR.TOP
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if numeric else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = text
    run._r.get_or_add_rPr().set("lang", "en-GB")
    run.font.size = Pt(size)
    run.font.color.theme_color = MSO_THEME_COLOR.TEXT_2 if head else MSO_THEME_COLOR.TEXT_1
    colour, width = ("accent4", 12700) if head else ("bg2", 9525)
    cell._tc.get_or_add_tcPr().append(
        parse_xml(
            f'<a:lnB {nsdecls("a")} w="{width}"><a:solidFill><a:schemeClr val="{colour}"/>'
            f"</a:solidFill></a:lnB>"
        )
    )
