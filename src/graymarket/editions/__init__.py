"""Editions: frozen states of data/ with their results, and what has changed since the last one."""

from graymarket.editions.diff import moves
from graymarket.editions.freeze import freeze, name_edition, named, next_name
from graymarket.editions.frozen import RESULTS, Edition, edition_file, table_files
from graymarket.editions.since import Since, label, marks, since_last

__all__ = [
    "RESULTS",
    "Edition",
    "Since",
    "edition_file",
    "freeze",
    "label",
    "marks",
    "moves",
    "name_edition",
    "named",
    "next_name",
    "since_last",
    "table_files",
]
