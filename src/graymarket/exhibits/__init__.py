"""What a reader sees: chapters' results in words, and the exhibit contract."""

from graymarket.exhibits.calculator import CALCULATOR_MIME, Calculator
from graymarket.exhibits.chapter import RESULTS_MIME, Chapter, Opened
from graymarket.exhibits.contract import EXHIBIT_MIME, SHEET_MIME, Exhibit, Sheet
from graymarket.exhibits.panels import panels

__all__ = [
    "CALCULATOR_MIME",
    "EXHIBIT_MIME",
    "RESULTS_MIME",
    "SHEET_MIME",
    "Calculator",
    "Chapter",
    "Exhibit",
    "Opened",
    "Sheet",
    "panels",
]
