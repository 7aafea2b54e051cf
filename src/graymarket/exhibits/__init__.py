"""What a reader sees: chapters' results in words, and the exhibit contract."""

from graymarket.exhibits.chapter import RESULTS_MIME, Chapter, Opened
from graymarket.exhibits.contract import EXHIBIT_MIME, SHEET_MIME, Exhibit, Sheet
from graymarket.exhibits.panels import panels

__all__ = [
    "EXHIBIT_MIME",
    "RESULTS_MIME",
    "SHEET_MIME",
    "Chapter",
    "Exhibit",
    "Opened",
    "Sheet",
    "panels",
]
