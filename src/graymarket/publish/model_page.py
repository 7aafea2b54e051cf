"""The sheet “Model” written into a book: its blocks one below the other, a page when printed."""

import textwrap
from collections.abc import Callable
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from graymarket.palette import PALETTE
from graymarket.publish.model_sheet import Block, Column, Model
from graymarket.publish.sheets import Cell, Formula, Given, by_size, kind_of, named, plain

_WIDTHS = [250, 125, *[80] * 10, 300, 215, 66, 60]  # pixels
_LETTER = 6.2  # pixels
_HEAD = 24  # points: the line of a title within the sheet
_LINE = 15  # points
_PROSE = ("label", "rows", "source", "reasoning")  # keys of columns that no formula names
_TEXT = 12  # column at which the long texts begin
_SECOND = 7  # column at which the second half of the sources stands
_LINK = 90  # letters of a source
_RIGHT: dict[str, Any] = {"align": "right"}
_LEFT: dict[str, Any] = {"align": "left", "indent": 1}

Look = Callable[..., Format]
Name = Callable[[str, str], None]  # a name, and the address that it stands for


class ModelPage:
    """Writes a model onto its page. `look` gives formats, `name` names cells."""

    def __init__(self, page: Worksheet, look: Look, name: Name):
        self._page, self._look, self._name = page, look, name
        self._heights: dict[int, int] = {}  # of rows, in points

    def write(self, model: Model, top: int) -> None:
        """Everything below the lines that every sheet begins with."""
        for column, width in enumerate(_WIDTHS):
            self._page.set_column_pixels(column, column, width)
        row = bottom = top
        for block in model.blocks:
            end = self._block(block, row)
            bottom = max(bottom, end)
            row = row if block.beside else end
        bottom = self._links(model.links, bottom)
        for row, height in self._heights.items():
            self._page.set_row(row, height)
        self._page.print_area(0, 0, bottom - 1, len(_WIDTHS) - 1)
        self._page.fit_to_pages(1, 1)
        self._page.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.6)

    def _block(self, block: Block, top: int) -> int:
        """Writes the block and names its cells; the row below it."""
        heading = self._look(bold=True, font_size=12, valign="bottom")
        self._heights[top] = _HEAD
        self._page.write_string(top, block.columns[0].place, block.title, heading)
        cells = block.cells()
        for column, of_column in zip(block.columns, cells, strict=True):
            self._header(top + 1, column, of_column)
            if block.name and column.key not in _PROSE:
                rows = (top + 2, column.place, top + 1 + len(of_column), column.place)
                self._name(named(block.name, column.key), xl_range_abs(*rows))
        for number, (name, row) in enumerate(block.rows.items()):
            for i, (column, cell) in enumerate(zip(block.columns, row, strict=True)):
                alike = row if block.by_row else cells[i]
                place = (top + 2 + number, column.place)
                self._cell(place, cell, _shown(cell, alike))
                if isinstance(cell, Given | Formula):
                    self._name(named(name, column.key), xl_rowcol_to_cell(*place, True, True))
                if isinstance(cell, Given):
                    self._validate(place, column.key)
        return top + 2 + len(block.rows)

    def _header(self, row: int, column: Column, cells: list[Cell]) -> None:
        side = _RIGHT if kind_of(cells) == "numbers" else _LEFT
        look = self._look(bold=True, text_wrap=True, valign="bottom", bottom=1, **side)
        self._page.write_string(row, column.place, column.header, look)
        self._need(row, column.place, column.header)

    def _cell(self, place: tuple[int, int], cell: Cell, look: dict[str, Any]) -> None:
        shown = plain(cell)
        if isinstance(cell, Formula):
            self._page.write_formula(*place, f"={cell.text}", self._look(**look), cell.value)
        elif isinstance(shown, str):
            wrapped = place[1] in (0, *range(_TEXT, len(_WIDTHS)))
            self._page.write_string(*place, shown, self._look(**look, text_wrap=wrapped))
            if wrapped:
                self._need(*place, shown)
        elif isinstance(shown, int | float):
            self._page.write_number(*place, shown, self._look(**look))
        else:
            self._page.write_blank(*place, None, self._look(**look))

    def _need(self, row: int, column: int, text: str) -> None:
        lines = textwrap.wrap(text, int(_WIDTHS[column] / _LETTER))
        self._heights[row] = max(_LINE * len(lines), self._heights.get(row, _LINE))

    def _validate(self, place: tuple[int, int], key: str) -> None:
        """What may be put into an edited cell: a kind of the list, or a share that has log-odds."""
        rule: dict[str, str] = {}
        if key == "kind":
            rule = {"validate": "list", "source": "=kinds_name"}
        elif key in ("value", "cap_low", "cap_high"):
            cell = xl_rowcol_to_cell(*place)
            rule = {"validate": "custom", "value": f"=AND({cell}>0,{cell}<100)"}
            rule |= {"error_title": "A share in percent"}
            rule |= {"error_message": "More than 0 and less than 100, or nothing."}
        if rule:
            self._page.data_validation(*place, *place, rule)

    def _links(self, links: list[tuple[str, str]], top: int) -> int:
        """The sources in two columns; the row below them."""
        self._heights[top] = _HEAD
        link = self._look(font_color=PALETTE["second"], underline=1)
        half = -(-len(links) // 2)
        for i, (words, url) in enumerate(links):
            shown = textwrap.shorten(f"Source: {words}", _LINK, placeholder=" …")
            column = 0 if i < half else _SECOND
            self._page.write_url(top + 1 + i % half, column, url, link, shown)
        return top + 1 + half


def _shown(cell: Cell, alike: list[Cell]) -> dict[str, Any]:
    """How a cell looks among those that are shown alike."""
    look = {"bottom": 1, "bottom_color": PALETTE["faint"], "valign": "vcenter"}
    number = isinstance(plain(cell), int | float)
    look |= _RIGHT | {"num_format": by_size(alike)} if number else _LEFT
    return look | ({"bg_color": PALETTE["faint"]} if isinstance(cell, Given) else {})
