"""Tables in: find, type and validate the evidence in data/."""

from graymarket.evidence.dictionary import dictionary
from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.evidence.question import SERIES, VARIABLE, Question, question
from graymarket.evidence.summary import size, summary
from graymarket.evidence.tables import check, find_root, load, package
from graymarket.evidence.trace import trace

__all__ = [
    "SERIES",
    "VARIABLE",
    "EvidenceError",
    "Problem",
    "Question",
    "check",
    "dictionary",
    "find_root",
    "load",
    "package",
    "question",
    "size",
    "summary",
    "trace",
]
