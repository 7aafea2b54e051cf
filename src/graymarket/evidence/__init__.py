"""Tables in: find, type and validate the evidence in data/."""

from graymarket.evidence.checks import check, coverage
from graymarket.evidence.dictionary import dictionary
from graymarket.evidence.editions import (
    RESULTS,
    Since,
    edition_file,
    label,
    marks,
    since_last,
    table_files,
)
from graymarket.evidence.frames import Tables
from graymarket.evidence.lineage import lineage, trace
from graymarket.evidence.problems import EvidenceError, Problem
from graymarket.evidence.question import SERIES, VARIABLE, question
from graymarket.evidence.summary import size, summary
from graymarket.evidence.tables import (
    LINEAGE,
    PACKAGE,
    Base,
    find_root,
    load,
    package,
    raw_cells,
    resource,
)

__all__ = [
    "LINEAGE",
    "PACKAGE",
    "RESULTS",
    "SERIES",
    "VARIABLE",
    "Base",
    "EvidenceError",
    "Problem",
    "Since",
    "Tables",
    "check",
    "coverage",
    "dictionary",
    "edition_file",
    "find_root",
    "label",
    "lineage",
    "load",
    "marks",
    "package",
    "question",
    "raw_cells",
    "resource",
    "since_last",
    "size",
    "summary",
    "table_files",
    "trace",
]
