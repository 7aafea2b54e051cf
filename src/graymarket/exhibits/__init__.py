"""What a reader sees: the exhibit contract and named results."""

from graymarket.exhibits import words
from graymarket.exhibits.contract import EXHIBIT_MIME, TABLE_MIME, Exhibit, Table
from graymarket.exhibits.results import RESULTS_MIME, Results, results_of_this_build

__all__ = [
    "EXHIBIT_MIME",
    "RESULTS_MIME",
    "TABLE_MIME",
    "Exhibit",
    "Results",
    "Table",
    "results_of_this_build",
    "words",
]
