"""Upstream → data/: one small client a source, and one door by which rows enter."""

from graymarket.refresh.change import Change, changes, words_of
from graymarket.refresh.delivery import Delivery, Download, opened
from graymarket.refresh.edition import freeze, name_edition, named, next_name
from graymarket.refresh.sources import SOURCES, collect, recognise
from graymarket.refresh.store import put_in, verify

__all__ = [
    "SOURCES",
    "Change",
    "Delivery",
    "Download",
    "changes",
    "collect",
    "freeze",
    "name_edition",
    "named",
    "next_name",
    "opened",
    "put_in",
    "recognise",
    "verify",
    "words_of",
]
