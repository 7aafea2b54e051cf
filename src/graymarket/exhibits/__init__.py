"""What a reader sees: the exhibit contract, named results, the house style and the chart forms."""

from graymarket.exhibits import forms, words
from graymarket.exhibits.contract import EXHIBIT_MIME, TABLE_MIME, Exhibit, Table
from graymarket.exhibits.native import Native
from graymarket.exhibits.results import RESULTS_MIME, Results, results_of_this_build
from graymarket.exhibits.style import ACCENT, FAINT, INK, MUTE, SECOND, TEXT_MUTE, chart

__all__ = [
    "ACCENT",
    "EXHIBIT_MIME",
    "FAINT",
    "INK",
    "MUTE",
    "RESULTS_MIME",
    "SECOND",
    "TABLE_MIME",
    "TEXT_MUTE",
    "Exhibit",
    "Native",
    "Results",
    "Table",
    "chart",
    "forms",
    "results_of_this_build",
    "words",
]
