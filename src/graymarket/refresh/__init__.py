"""Upstream → data/: a small client for each source, and one way by which rows enter."""

from graymarket.refresh.apply import apply, verify
from graymarket.refresh.change import Change, changes, describe
from graymarket.refresh.dataset import Dataset, Download, opened
from graymarket.refresh.sources import SOURCES, Source, collect, recognise

__all__ = [
    "SOURCES",
    "Change",
    "Dataset",
    "Download",
    "Source",
    "apply",
    "changes",
    "collect",
    "describe",
    "opened",
    "recognise",
    "verify",
]
