"""Tables in: find, type and validate the evidence in data/."""

from graymarket.evidence.dictionary import dictionary
from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.evidence.summary import size, summary
from graymarket.evidence.tables import check, find_root, load, package
from graymarket.evidence.trace import trace

__all__ = [
    "EvidenceError",
    "Problem",
    "check",
    "dictionary",
    "find_root",
    "load",
    "package",
    "size",
    "summary",
    "trace",
]
