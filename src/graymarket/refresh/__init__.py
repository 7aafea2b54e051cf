"""Upstream → data/: one small client a source, and one door by which rows enter."""

from graymarket.refresh.change import Change, changes, words_of
from graymarket.refresh.delivery import Delivery, Download
from graymarket.refresh.edition import freeze, name_edition
from graymarket.refresh.store import put_in

__all__ = [
    "Change",
    "Delivery",
    "Download",
    "changes",
    "freeze",
    "name_edition",
    "put_in",
    "words_of",
]
