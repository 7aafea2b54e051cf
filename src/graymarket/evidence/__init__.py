"""Tables in: find, type and validate the evidence in data/."""

from graymarket.evidence.dictionary import dictionary
from graymarket.evidence.lineage import lineage, trace
from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.evidence.question import SERIES, VARIABLE, Question, question
from graymarket.evidence.summary import size, summary
from graymarket.evidence.tables import (
    LINEAGE,
    PACKAGE,
    Tables,
    check,
    coverage,
    find_root,
    load,
    package,
    raw_cells,
    resource,
)

__all__ = [
    "LINEAGE",
    "PACKAGE",
    "SERIES",
    "VARIABLE",
    "EvidenceError",
    "Problem",
    "Question",
    "Tables",
    "check",
    "coverage",
    "dictionary",
    "find_root",
    "lineage",
    "load",
    "package",
    "question",
    "raw_cells",
    "resource",
    "size",
    "summary",
    "trace",
]
